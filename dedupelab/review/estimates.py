"""Estimates: what the detector counted, corrected by what people saw, each with an interval; and how good the detector is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from dedupelab.numbers.intervals import Interval
from dedupelab.numbers.messages import Message, joined, message, named
from dedupelab.numbers.results import Result, count, missing, share
from dedupelab.review.agreement import agreement
from dedupelab.review.cuts import Flags, Floats
from dedupelab.review.decisions import Decided, decided
from dedupelab.review.file_search import ENOUGH, Missed, drawn_files, found_copies, missed
from dedupelab.review.label_errors import Judgements, judgements
from dedupelab.review.labels import SEARCH
from dedupelab.review.persons_seen import persons_seen
from dedupelab.review.sampling import Draw, kind
from dedupelab.review.sampling_frame import BANDS, PROPOSED, Frame
from dedupelab.review.uncertainty import DRAWS, Totals, ends, known_copies, propagate, rates
from dedupelab.tables import LINKS
from dedupelab.tables.contents import content_classes, contents_by_digest
from dedupelab.work.progress import Progress

FEWEST_REVIEWED = 30
"""Drawn pairs reviewed below which nothing is corrected: the strata would hardly have been touched."""
CORRECTED = message(
    "Corrected by the reviewed sample: in each draw every stratum has a share of copies that its reviewed pairs allow, "
    "unreviewed pairs follow it, and errors are counted along the links that hold works together and the pairs that would join them."
)
_DIRECT = message(
    "Reviewed pairs that are copies, over the reviewed pairs of this kind that could be decided."
)
_BY_STRATUM = message(
    "Copies among the reviewed pairs of this kind in each stratum, weighed by the stratum's pairs of this kind."
)
AS_SAID = message("as reviewers said: how often they err is not in it")
_TOTALS = {"M1": "surplus", "N.surplus": "surplus", "N.works": "works"}
"""Results that are one total of the draws, over their own denominator where they are shares.

Groups, files with a copy, shared works, bytes and the surplus of each collection are not among them: each error changes these by
another amount, of which the few errors that are seen say too little. They stay as linked, without an interval.
"""
AT_LEAST = message(
    "at least: copies that no detector proposed are not in it, as files were not searched for them"
)
NEVER_ERR = message(
    "if reviewers never err: neither gold pairs nor pairs decided by two reviewers say how often they do"
)
AS_ON_GOLD = message("if reviewers err on drawn pairs as often as on gold pairs, and each by themselves")


@dataclass(frozen=True)
class Assessment:
    """What a study's labels say: the draw, its strata with what was seen in them, the totals drawn from these, and the files to search for."""

    frame: Frame
    drawn: Draw
    decided: Decided
    known: Floats
    asked: Flags
    found: pd.DataFrame
    totals: Totals
    said: Judgements
    search: Missed
    files: pd.DataFrame

    @property
    def reviewed(self) -> int:
        """Drawn pairs with a decision that enters the estimate."""
        return int(self.found["reviewed"].sum())

    @property
    def enough(self) -> bool:
        """Whether the detector's numbers may be corrected."""
        return self.reviewed >= min(FEWEST_REVIEWED, int(self.drawn.plan["planned"].sum()))

    @property
    def complete(self) -> bool:
        """Whether random files were searched for, so that totals take in copies that nothing proposed."""
        return self.search.searched >= ENOUGH

    @property
    def method(self) -> Message:
        """How the intervals came about."""
        drawn = message(
            "reviewed sample 95 %, {pairs:,} pairs in {strata} strata, {draws:,} draws",
            pairs=self.reviewed,
            strata=len(self.found),
            draws=len(self.totals.copies),
        )
        open_ = self.asked & np.isnan(self.known)
        if self.said.tested:  # Then what people said is weighed, also where they differ.
            open_[self.said.unit] = False
        like = message("if pairs that nobody could decide ({pairs:,}) are like others of their strata", pairs=int(open_.sum()))  # fmt: skip
        return joined([drawn, AS_ON_GOLD if self.said.tested else NEVER_ERR, *([like] if open_.any() else [])])  # fmt: skip


def assess(
    images: pd.DataFrame,
    labels: pd.DataFrame,
    laid: Frame,
    drawn: Draw,
    *,
    draws: int = 0,
    progress: Progress | None = None,
) -> Assessment:
    """Bring a study's tables and labels together.

    Parameters
    ----------
    laid, drawn
        The frame over the study, and what was drawn from it for review.
    draws
        How many, as `uncertainty.propagate` takes them.
    progress
        Called with draws done and draws in all.
    """
    said = decided(labels, images)
    known, looked = known_copies(laid.units, said.reviewed)
    counted = _asked(drawn, said.placed, looked)
    found = rates(drawn, known, counted)
    told_ = judgements(laid.units, said.placed, said.gold)
    files = drawn_files(images, len(images), drawn.seed)
    search = missed(laid, known, _searched(laid, images, said, files))
    totals = propagate(
        laid,
        found,
        drawn.units["stratum"],
        known,
        said=told_ if told_.tested else None,
        counted=counted,
        search=search if search.searched >= ENOUGH else None,
        draws=draws,
        seed=drawn.seed,
        progress=progress,
    )
    return Assessment(laid, drawn, said, known, counted, found, totals, told_, search, files)


def _searched(laid: Frame, images: pd.DataFrame, said: Decided, files: pd.DataFrame) -> dict[str, list[int]]:
    """Return for each file searched for the frame's nodes of its own content and of the copies found."""
    classes, row = content_classes(images), {name: k for k, name in enumerate(laid.nodes["image_id"])}
    found = found_copies(files, said.searched, contents_by_digest(images))
    nodes = {
        name: [row.get(str(each), -1) for each in (classes[name], *copies)] for name, copies in found.items()
    }
    return {name: [each for each in rows if each >= 0] for name, rows in nodes.items() if rows[0] >= 0}


def _asked(drawn: Draw, placed: pd.DataFrame, looked: Flags) -> Flags:
    """Say which units speak for their stratum: those drawn that somebody was asked about.

    A label that does not say that its pair was drawn (it came from a list or from a group's sheet) counts only among those of its
    stratum up to the first that nobody has looked at: beyond, whoever labelled may have chosen.
    """
    units = drawn.units
    drawn_for = (placed["draw"] != "") & (placed["purpose"] != SEARCH)
    asked = pd.MultiIndex.from_frame(placed.loc[drawn_for, ["left", "right"]])
    was_asked = pd.MultiIndex.from_frame(units[["left", "right"]]).isin(asked)
    order = units.assign(looked=looked).sort_values(["stratum", "place"])
    first = order.groupby("stratum")["looked"].cumprod().astype(bool).reindex(units.index).to_numpy()
    return np.asarray(units["drawn"].to_numpy(bool) & looked & (was_asked | first))


def corrected(results: Iterable[Result], of: Assessment) -> list[Result]:
    """Return the results, those that the review bears on corrected (grade B, with `raw`), the others saying that they are not."""
    if not of.enough:
        return list(results)
    return [_corrected(result, of) for result in results]


def _corrected(result: Result, of: Assessment) -> Result:
    totals = of.totals
    if result.review != "unreviewed" or result.value is None:
        return result
    name = _TOTALS.get(result.id)
    if name is None:
        return replace(result, review="as-linked")
    whole = (result.denominator or 1.0) if result.unit == "fraction" else 1.0
    drawn = (totals.draws[name] / whole, totals.most[name] / whole)
    middle, raw = totals.middle(name) / whole, totals.detected[name] / whole
    return _put(result, of, drawn, middle, raw, result.denominator)


def _put(
    result: Result,
    of: Assessment,
    drawn: tuple[Floats, ...],
    value: float,
    raw: float,
    denominator: float | None,
) -> Result:
    numerator = value * (denominator or 0) if result.unit == "fraction" else value
    caveats, grade, kind = _limits(of)
    return replace(
        result, value=value, numerator=numerator, denominator=denominator, interval=ends(drawn), interval_method=of.method,
        method=message("{method} {CORRECTED}", method=result.method, CORRECTED=CORRECTED), grade=grade, status="estimated",
        caveats=caveats, raw=raw, interval_kind=kind, review="sampled", lower_bound=result.id != "N.works" and not of.complete,
    )  # fmt: skip


def _limits(of: Assessment) -> tuple[tuple[Message, ...], str, str]:
    """Return what must be said of a corrected number, its grade, and the kind of its interval."""
    at_least = () if of.complete else (AT_LEAST,)
    if of.totals.open_pairs:
        open_ = message(
            "bounds: in strata with {pairs:,} pairs nobody has looked yet; their share of copies may be anything",
            pairs=of.totals.open_pairs,
        )
        return (open_, *at_least), "C", "bounds"
    return at_least, "B", "sampling"


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
        found.append(_weighed(copies_id(relation, band), label, by_stratum(of, kinds == number), of, subject))
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
    result_id: str, label: Message, parts: pd.DataFrame, of: Assessment, subject: tuple[tuple[str, str], ...]
) -> Result:
    """Return the share of copies of a kind from what was seen of it in each stratum (domains after stratification: Cochran 1977, 5A.14)."""
    units, looked, copies = (parts[name].to_numpy(np.float64) for name in ("units", "looked", "copies"))
    whole, some, stand = units.sum(), looked > 0, stands_for(parts)
    if (stand == 1).all():
        return _direct(
            result_id, label, int(copies.sum()), int(looked.sum()), int(whole), subject, _as_said(of)
        )
    weight = units[some] / units[some].sum()
    value = float((stand * parts["copies"]).sum()) / whole
    random = np.random.default_rng(of.drawn.seed)
    # Of strata that were reviewed to the end nothing is unsure, and of those that nobody looked at everything. Of the others a few
    # pairs of a kind are seen, too few to lean on a prior: the ends are exact in each (Clopper and Pearson 1934).
    yes, no = copies[some], looked[some] - copies[some]
    open_ = (units[some] - looked[some]).astype(np.int64)
    shape = DRAWS, len(yes)
    # No beta distribution takes nothing for a parameter.
    least, most = (
        (yes + random.binomial(open_, random.beta(np.maximum(first, 1e-9), np.maximum(second, 1e-9), shape)))
        @ (weight / units[some])
        for first, second in ((yes, no + 1), (yes + 1, no))
    )
    low, high = ends((least,))[0], ends((most,))[1]
    # Where all that was seen of a stratum is alike, the value is an end.
    low, high = min(low, value), max(high, value)
    rest = 1 - units[some].sum() / whole
    method = message("Clopper-Pearson 95 % in each of {count:,} strata", count=len(parts))
    return share(
        result_id,
        label,
        value * whole,
        (whole, message("pairs of this kind, {looked:,} of them reviewed", looked=int(looked.sum()))),
        Interval((low * (1 - rest), high * (1 - rest) + rest), method, "bounds" if rest else "sampling"),
        _BY_STRATUM,
        grade="B",
        subject=subject,
        caveats=_as_said(of),
    )


def _as_said(of: Assessment) -> tuple[Message, ...]:
    return (AS_SAID,) if of.said.tested else ()


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
    return [
        _direct(
            f"V.stratum.{number}",
            of.drawn.titles[str(row["stratum"])],
            int(row["copies"]),
            int(row["reviewed"]),
            int(row["units"]),
            caveats=_as_said(of),
        )
        for number, row in enumerate(of.found.to_dict("records"), 1)
    ]


def _direct(
    result_id: str,
    label: Message,
    copies: int,
    looked: int,
    units: int,
    subject: tuple[tuple[str, str], ...] = (),
    caveats: tuple[Message, ...] = (),
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
        (looked, message("reviewed pairs of {units:,}", units=units)),
        interval,
        _DIRECT,
        grade="B",
        subject=subject,
        caveats=caveats,
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
    caveats, grade, kind = _limits(of)
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
