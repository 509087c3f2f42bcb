"""Accuracy: how good the detector is, by what people saw: precision, recall, and shares of copies by kind of pair and by stratum."""

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from dedupelab.numbers.intervals import Interval
from dedupelab.numbers.messages import Message, joined, message, named
from dedupelab.numbers.results import Result, count, missing, share
from dedupelab.review.agreement import agreement
from dedupelab.review.cuts import Flags, Floats
from dedupelab.review.estimates import AS_ON_GOLD, AT_LEAST, CORRECTED, FEWEST_REVIEWED, Assessment, limits
from dedupelab.review.persons_seen import persons_seen
from dedupelab.review.sampling import kind
from dedupelab.review.sampling_frame import BANDS, PROPOSED
from dedupelab.review.uncertainty import DRAWS, ends
from dedupelab.tables import LINKS

_DIRECT = message(
    "Reviewed pairs that are copies, over the reviewed pairs of this kind that could be decided."
)
_BY_STRATUM = message(
    "Copies among the reviewed pairs of this kind in each stratum, weighed by the stratum's pairs of this kind."
)
AS_SAID = message("as reviewers said; the interval takes in that they err")


def accuracy(of: Assessment) -> list[Result]:
    """Return how the numbers were checked: labels, strata, precision and recall by relation and band, agreement."""
    return [
        *_labels(of),
        *_overall(of),
        *_kinds(of),
        *_curve(of),
        *_strata(of),
        of.search.result,
        persons_seen(of.decided, of.files),
        *agreement(of.decided.placed),
    ]


def _labels(of: Assessment) -> list[Result]:
    placed, said = of.decided.placed, of.decided.reviewed
    planned = (int(of.drawn.plan["planned"].sum()), message("pairs drawn for review"))
    whole = (len(said), message("pairs that were decided"))
    method = message("Counted in the labels.")
    return [
        count("V.reviewed", message("Drawn pairs that were reviewed"), of.reviewed, "pairs", planned, method),
        count("V.labelled", message("Pairs that were decided, drawn or not"), len(said), "pairs", whole, method),
        count("V.reviewers", message("Reviewers"), placed["reviewer"].nunique(), "reviewers", whole, method),
        count("V.twice", message("Pairs that more than one reviewer decided"), int((placed.drop_duplicates(["left", "right", "reviewer"]).groupby(["left", "right"]).size() > 1).sum()), "pairs", whole, method),
        count("V.disputes", message("Pairs on which reviewers disagree, not counted until adjudicated"), len(of.decided.disputes), "pairs", whole, method),
        count("V.open", message("Pairs on which no reviewer could tell, not counted"), int((said["state"] == "open").sum()), "pairs", whole, method),
        count(
            "V.absent", message("Labels of pictures no longer present, kept and not counted"), len(of.decided.absent), "labels",
            (len(placed) + len(of.decided.absent), message("labels that stand")), method,
        ),
    ]  # fmt: skip


def _overall(of: Assessment) -> list[Result]:
    cells, totals = of.totals.cells, of.totals
    link = cells["relation"].isin(LINKS).to_numpy()
    every = np.ones(len(cells), bool)
    judged = float(cells.loc[link, "pairs"].sum())
    copies = float(np.median(totals.copies.sum(axis=1))) if len(totals.copies) else 0.0
    right, linked = totals.ratios(link, judged), totals.ratios(link, every)
    # Of shares so near to 1 the lower end alone is asked for: they are printed as bounds.
    bounds = (ends(right)[0], 1.0) if judged else None
    reached = (ends(linked)[0], 1.0) if copies else None
    return [
        _drawn(of, "V.precision", message("Links that are copies"), right, (judged, message("links that no digest proves")), bounds=bounds),
        _drawn(of, "V.recall", message("Copies that were linked, among all pairs examined or proposed"), linked, (copies, message("copies that no digest proves")), bounds=reached),
    ]  # fmt: skip


def _kinds(of: Assessment) -> list[Result]:
    """Return the share of copies by relation and band; strata mix these, so that each stratum's reviewed pairs of a kind stand for its own."""
    found = []
    units = of.drawn.units
    kinds = units.groupby(["relation", "band"]).ngroup().to_numpy()
    for number, (relation, band) in enumerate(of.totals.cells[["relation", "band"]].to_numpy(str).tolist()):
        facets = kind(relation, band)
        proposed = message("Copies among pairs {facets}", facets=facets)
        examined = message("Copies among pairs found {facets}", facets=facets)
        label = proposed if relation.startswith(PROPOSED) else examined
        subject = (("relation", relation), ("band", band))
        found.append(_weighed(copies_id(relation, band), label, kinds == number, of, subject))
    return found


def by_stratum(of: Assessment, kind: Flags) -> pd.DataFrame:
    """Return by stratum how many `units` are of a kind, a flag for each unit, how many of them people `looked` at, and how many are `copies`."""
    seen = of.asked & ~np.isnan(of.known)
    rows = pd.DataFrame({"stratum": of.drawn.units["stratum"], "seen": seen, "copy": seen & (of.known == 1)})
    parts = rows[kind].groupby("stratum")
    return parts.agg(units=("seen", "size"), looked=("seen", "sum"), copies=("copy", "sum"))


def stands_for(parts: pd.DataFrame) -> "pd.Series[float]":
    """Return by stratum for how many pairs of a kind each one that people looked at stands: 1 where each stands for itself or they alone count."""
    some = parts["looked"] > 0
    if not some.any() or (parts["looked"] == parts["units"]).all() or len(parts) == 1:
        return pd.Series(1.0, parts.index)
    known = parts.loc[some, "units"]
    return known / parts.loc[some, "looked"] * (parts["units"].sum() / known.sum())


def _weighed(
    result_id: str, label: Message, kind: Flags, of: Assessment, subject: tuple[tuple[str, str], ...] = ()
) -> Result:
    """Return the share of copies of a kind from what was seen of it in each stratum (domains after stratification: Cochran 1977, 5A.14)."""
    parts, true = by_stratum(of, kind), _true_copies(of, kind)
    units, looked, copies = (parts[name].to_numpy(np.float64) for name in ("units", "looked", "copies"))
    whole, some, stand = units.sum(), looked > 0, stands_for(parts)
    if not some.any() or ((stand == 1).all() and true is None):
        return _direct(result_id, label, int(copies.sum()), int(looked.sum()), int(whole), subject)
    weight = units[some] / units[some].sum()
    over = whole if (stand != 1).any() else looked.sum()
    value = float((stand * parts["copies"]).sum()) / over
    random = np.random.default_rng(of.drawn.seed)
    # Of strata that were reviewed to the end nothing is unsure but for reviewers' errors, and of those that nobody looked at everything.
    # Of the others a few pairs of a kind are seen, too few to lean on a prior: the ends are exact in each (Clopper and Pearson 1934).
    yes = np.broadcast_to(copies[some], (DRAWS, some.sum())) if true is None else true[:, some]
    no, open_ = looked[some] - yes, (units[some] - looked[some]).astype(np.int64)
    # No beta distribution takes nothing for a parameter.
    least, most = (
        (yes + random.binomial(open_, random.beta(np.maximum(first, 1e-9), np.maximum(second, 1e-9))))
        @ (weight / units[some])
        for first, second in ((yes, no + 1), (yes + 1, no))
    )
    low, high = ends((least,))[0], ends((most,))[1]
    # Where all that was seen of a stratum is alike, the value is an end.
    low, high = min(low, value), max(high, value)
    rest = 1 - units[some].sum() / whole
    exact = message("Clopper-Pearson 95 % in each of {count:,} strata", count=len(parts))
    about = (
        message("pairs of this kind, {looked:,} of them reviewed", looked=int(looked.sum()))
        if over == whole
        else _reviewed_of(int(whole))
    )
    return share(
        result_id,
        label,
        value * over,
        (over, about),
        Interval(
            (low * (1 - rest), high * (1 - rest) + rest),
            exact if true is None else joined([exact, AS_ON_GOLD]),
            "bounds" if rest else "sampling",
        ),
        _BY_STRATUM if (stand != 1).any() else _DIRECT,
        grade="B",
        subject=subject,
        caveats=() if true is None else (AS_SAID,),
    )


def _true_copies(of: Assessment, kind: Flags) -> Floats | None:
    """Return for each draw how many of a kind that people looked at are copies, by stratum as `by_stratum` orders them; None where nobody errs."""
    if of.totals.truth is None:
        return None
    rows, copy = of.totals.truth
    strata = of.drawn.units["stratum"][kind]
    place = {name: number for number, name in enumerate(sorted(set(strata)))}
    counted = (kind & of.asked & ~np.isnan(of.known))[rows]
    member = np.zeros((len(rows), len(place)))
    into = of.drawn.units["stratum"].iloc[rows[counted]].map(place).to_numpy(np.int64)
    member[np.flatnonzero(counted), into] = 1.0
    found: Floats = copy @ member
    return found


def copies_id(relation: str, band: str) -> str:
    """Return the id of the share of copies among pairs of a relation and band."""
    return f"V.copies.{relation}.{band}".replace(" ", "-").replace(",", "")


def _curve(of: Assessment) -> list[Result]:
    """Return precision and recall as they would be if links went up to each band only, as bounds: no band is sampled by itself."""
    cells, totals = of.totals.cells, of.totals
    order = {name: place for place, (_, name) in enumerate(BANDS)}
    place = cells["band"].map(order).fillna(len(order)).to_numpy()
    link, every = cells["relation"].isin(LINKS).to_numpy(), np.ones(len(cells), bool)
    copies = float(np.median(totals.copies.sum(axis=1)))
    found = []
    for name, number in order.items():
        upto = link & (place <= number)
        kept = float(cells.loc[upto, "pairs"].sum())
        if kept:
            at = name.replace(" ", "-")
            right, least, most = totals.at_worst(upto, link)
            found += [
                _drawn(of, f"V.precision.upto.{at}", message("Links up to {limit} that are copies", limit=named(name)), totals.ratios(upto, kept), (kept, message("links up to {limit} that no digest proves", limit=named(name))), bounds=(ends((right,))[0], 1.0)),
                _drawn(of, f"V.recall.upto.{at}", message("Copies linked up to {limit}", limit=named(name)), totals.ratios(upto, every), (copies, message("copies that no digest proves")), bounds=ends((least, most))),
            ]  # fmt: skip
    return found


def _strata(of: Assessment) -> list[Result]:
    stratum = of.drawn.units["stratum"]
    return [
        _weighed(f"V.stratum.{number}", of.drawn.titles[str(name)], (stratum == name).to_numpy(bool), of)
        for number, name in enumerate(of.found["stratum"], 1)
    ]


def _reviewed_of(units: int) -> Message:
    return message("reviewed pairs of {units:,}", units=units)


def _direct(
    result_id: str,
    label: Message,
    copies: int,
    looked: int,
    units: int,
    subject: tuple[tuple[str, str], ...] = (),
) -> Result:
    if not looked:
        need = message("reviewed pairs of this kind")
        return missing(result_id, label, "fraction", (need,), _DIRECT, subject=subject)
    ends = betaincinv([copies + 0.5] * 2, [looked - copies + 0.5] * 2, [0.025, 0.975])
    bounds = (0.0 if copies == 0 else float(ends[0]), 1.0 if copies == looked else float(ends[1]))
    interval = (
        Interval(None, message("census: every pair of this kind was reviewed"), "census")
        if looked == units
        else Interval(bounds, message("Jeffreys 95 %"))
    )
    return share(
        result_id,
        label,
        copies,
        (looked, _reviewed_of(units)),
        interval,
        _DIRECT,
        grade="B",
        subject=subject,
    )


def _drawn(
    of: Assessment,
    result_id: str,
    label: Message,
    drawn: tuple[Floats, Floats],
    whole: tuple[float, Message],
    *,
    bounds: tuple[float, float] | None = None,
) -> Result:
    sound = np.concatenate(drawn)
    sound = sound[~np.isnan(sound)]
    if not (len(sound) and of.enough and whole[0]):
        return missing(
            result_id,
            label,
            "fraction",
            (message("at least {count} reviewed pairs, and pairs of this kind", count=FEWEST_REVIEWED),),
            CORRECTED,
        )
    caveats, grade, kind = limits(of)
    caveats = tuple(each for each in caveats if each is not AT_LEAST)
    sure = Interval(bounds, of.method, "bounds") if bounds else Interval(ends(drawn), of.method, kind)
    return share(
        result_id,
        label,
        float(np.median(sound)) * whole[0],
        whole,
        sure,
        CORRECTED,
        grade=grade,
        caveats=caveats,
    )
