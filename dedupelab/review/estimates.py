"""Estimates: what the detector counted, corrected by what people saw, each with an interval."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dedupelab.numbers.messages import Message, joined, message
from dedupelab.numbers.results import Result
from dedupelab.review.cuts import Flags, Floats
from dedupelab.review.decisions import Decided, decided
from dedupelab.review.file_search import ENOUGH, Missed, drawn_files, found_copies, missed
from dedupelab.review.label_errors import Judgements, judgements
from dedupelab.review.labels import SEARCH
from dedupelab.review.sampling import Draw
from dedupelab.review.sampling_frame import Frame
from dedupelab.review.uncertainty import Totals, ends, known_copies, propagate, rates
from dedupelab.tables.contents import content_classes, contents_by_digest
from dedupelab.work.progress import Progress

FEWEST_REVIEWED = 30
"""Drawn pairs reviewed below which nothing is corrected: the strata would hardly have been touched."""
CORRECTED = message(
    "Corrected by the reviewed sample: in each draw every stratum has a share of copies that its reviewed pairs allow, "
    "unreviewed pairs follow it, and errors are counted along the links that hold works together and the pairs that would join them."
)
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
    caveats, grade, kind = limits(of)
    return replace(
        result, value=value, numerator=numerator, denominator=denominator, interval=ends(drawn), interval_method=of.method,
        method=message("{method} {CORRECTED}", method=result.method, CORRECTED=CORRECTED), grade=grade, status="estimated",
        caveats=caveats, raw=raw, interval_kind=kind, review="sampled", lower_bound=result.id != "N.works" and not of.complete,
    )  # fmt: skip


def limits(of: Assessment) -> tuple[tuple[Message, ...], str, str]:
    """Return what must be said of a corrected number, its grade, and the kind of its interval."""
    at_least = () if of.complete else (AT_LEAST,)
    if of.totals.open_pairs:
        open_ = message(
            "bounds: in strata with {pairs:,} pairs nobody has looked yet; their share of copies may be anything",
            pairs=of.totals.open_pairs,
        )
        return (open_, *at_least), "C", "bounds"
    return at_least, "B", "sampling"
