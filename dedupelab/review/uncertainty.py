"""Propagation: what the reviewed pairs say of those that nobody looked at, carried through the graph to works and groups.

In each of many draws every stratum gets a share of copies that its reviewed pairs allow, every unreviewed pair is a copy or not
by that share, and the works are put together anew. What a number would be in 95 of 100 draws is its interval.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.review.copy_allocation import Spread
from dedupelab.review.graph_context import HOLDS, JOINS, REPEATS
from dedupelab.review.sampling import Draw
from dedupelab.review.sampling_frame import BESIDE, PROPOSED, Frame
from dedupelab.tables.components import components
from dedupelab.tables.contents import content_classes
from dedupelab.work.progress import Progress

DRAWS = 2000
FEWER = 500
"""Draws where each takes longer than some milliseconds."""
LARGE = 20_000
"""Pictures with any pair from which that is so."""
HALF = 0.5
"""Jeffreys' prior for a share adds half a success and half a failure."""
WIDER = {"groups": 1.4, "pairs": 1.0}
"""How many times as far from their median draws are set, by total; `WIDER_ELSE` for the others."""
WIDER_ELSE = 1.1
"""Draws know only what the reviewed pairs of each stratum show and take the others as independent, so that they lie too close
together. How much was measured on simulated studies (benchmarks/review_coverage.py, seeds below 30000); what is published
comes from other seeds. Calibration of a confidence interval: Loh, JASA 82 (1987) 155-162.
"""
RARE = {HOLDS: "failures", REPEATS: "failures", JOINS: "copies", BESIDE: "copies"}
"""What is rare in a role: links that are none, and copies among what was not linked."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Holdings:
    """Who holds each node of a frame: images and the bytes they take, by collection; `largest` is the largest file."""

    collections: tuple[str, ...]
    images: Ints
    bytes: Ints
    largest: Ints


def holdings(frame: Frame, images: pd.DataFrame) -> Holdings:
    """Return who holds each node, `images` of shape (nodes, collections)."""
    shown = images[images["status"] == "hashed"]
    row = pd.Series(np.arange(len(frame.nodes)), index=frame.nodes["image_id"].to_numpy())
    node = shown["image_id"].map(content_classes(images)).map(row)
    kept = node.notna().to_numpy()
    place, names = pd.factorize(shown["collection"], sort=True)
    counts = np.zeros((len(row), len(names)), np.int64)
    at = node[kept].to_numpy(np.int64)
    np.add.at(counts, (at, place[kept]), 1)
    size = shown["bytes"].to_numpy(np.int64)[kept]
    total, largest = np.zeros(len(row), np.int64), np.zeros(len(row), np.int64)
    np.add.at(total, at, size)
    np.maximum.at(largest, at, size)
    return Holdings(tuple(map(str, names)), counts, total, largest)


def known_copies(units: pd.DataFrame, reviewed: pd.DataFrame) -> tuple[Floats, Flags]:
    """Return for each unit 1 (a copy), 0 (none) or NaN (unknown) as reviewed, and whether anybody has looked at all."""
    keyed = reviewed.set_index(["left", "right"])["duplicate"]
    place = pd.MultiIndex.from_frame(units[["left", "right"]])
    found = keyed.reindex(place)
    copies = np.asarray(found.astype("Float64").to_numpy(np.float64, na_value=np.nan), np.float64)
    return copies, np.asarray(place.isin(keyed.index), bool)


def rates(drawn: Draw, known: Floats, looked: Flags) -> pd.DataFrame:
    """Return the plan with what its strata showed: `reviewed`, `copies`, and `alpha`, `beta` of the Beta posterior.

    Only the pairs of a stratum up to its first one that nobody has looked at are a random sample of it. Where reviewers could
    not tell or disagree, the pair is left out, as if missing at random.

    The prior is Jeffreys'. Where nothing of what is rare was seen (errors among links, copies among the rest), the strata of
    a role share its half by their size: a half in each of ten strata would be five errors that nobody saw.
    """
    units = drawn.units
    state = pd.DataFrame(
        {"stratum": units["stratum"], "place": units["place"], "looked": looked, "known": known}
    ).sort_values(["stratum", "place"])
    in_order = state.groupby("stratum")["looked"].cumprod().astype(bool) & state["known"].notna()
    seen = state[in_order].groupby("stratum")["known"].agg(["size", "sum"])
    plan = drawn.plan.set_index("stratum")
    reviewed = seen["size"].reindex(plan.index).fillna(0).to_numpy(np.float64)
    copies = seen["sum"].reindex(plan.index).fillna(0).to_numpy(np.float64)
    wrong = plan["role"].map(RARE).to_numpy() == "failures"
    none = (reviewed > 0) & (np.where(wrong, reviewed - copies, copies) == 0)
    unseen = plan["units"].where(none, 0)
    share = (unseen / unseen.groupby(plan["role"]).transform("sum")).fillna(0.0).to_numpy(np.float64)
    rare = np.where(none, HALF * share, HALF)
    return plan.assign(
        reviewed=reviewed.astype(np.int64),
        copies=copies.astype(np.int64),
        alpha=copies + np.where(wrong, HALF, rare),
        beta=reviewed - copies + np.where(wrong, rare, HALF),
    ).reset_index()


@dataclass(frozen=True)
class Totals:
    """One number per draw for each total; `detected` holds what the detector alone says.

    `cells` are the kinds of pairs (`relation`, `band`, `pairs`) and `copies` how many image pairs of each are copies, of shape
    (draws, cells).
    """

    draws: dict[str, Floats]
    detected: dict[str, float]
    cells: pd.DataFrame
    copies: Floats

    def interval(self, name: str, share: float = 0.95) -> tuple[float, float]:
        """Return the middle `share` of the draws."""
        tail = (1 - share) / 2
        low, high = np.quantile(self.draws[name], (tail, 1 - tail))
        return float(low), float(high)

    def ratio(self, part: Flags, whole: "Flags | float") -> Floats:
        """Return for each draw the copies in some cells over those in others, or over a number; NaN over nothing."""
        above = self.copies[:, part].sum(axis=1)
        below = np.full(len(above), whole) if isinstance(whole, float) else self.copies[:, whole].sum(axis=1)
        found: Floats = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
        return found

    def middle(self, name: str) -> float:
        """Return the median of the draws."""
        return float(np.median(self.draws[name]))


def propagate(
    frame: Frame,
    held: Holdings,
    found: pd.DataFrame,
    strata: "pd.Series[str]",
    known: Floats,
    *,
    draws: int = 0,
    seed: int = 1,
    progress: Progress | None = None,
) -> Totals:
    """Draw the totals.

    Parameters
    ----------
    frame, held
        The frame and who holds its nodes.
    found
        Strata with `alpha` and `beta`, as `rates` gives them.
    strata, known
        For each unit its stratum, and whether it is a copy (NaN where unknown).
    draws, seed
        How many, from where; 0 takes 2,000, or 500 where the graph is large.
    progress
        Called with draws done and draws in all.
    """
    units = frame.units
    touched, at = np.unique(
        np.concatenate([units["one"], units["two"]]).astype(np.int64), return_inverse=True
    )
    one, two = at[: len(units)], at[len(units) :]
    count = draws or (FEWER if len(touched) > LARGE else DRAWS)
    forest = units["role"].isin([HOLDS, JOINS]).to_numpy()
    weight = units["pairs"].to_numpy(np.float64)
    examined = ~units["relation"].str.startswith(PROPOSED).to_numpy(dtype=bool)
    by = units.groupby(["relation", "band"], sort=True)
    cells, cell = by["pairs"].sum().reset_index(), by.ngroup().to_numpy(np.int64)
    place = strata.map({name: row for row, name in enumerate(found["stratum"])}).to_numpy(np.int64)
    random = np.random.default_rng(seed)
    shares = random.beta(found["alpha"].to_numpy(), found["beta"].to_numpy(), (count, len(found)))
    open_, sure = np.flatnonzero(np.isnan(known) & forest), known == 1
    # A link that a refuted pair keeps from joining two works does not join them for being seen to be right.
    detected = frame.nodes["work"].to_numpy(np.int64)
    pinned = (units["role"] == REPEATS).to_numpy() & (detected[units["one"]] != detected[units["two"]])
    rest = np.flatnonzero(np.isnan(known) & ~forest)
    spread = Spread.of(units, place, known, found, detected)
    tally = _Tally.of(held, touched)
    groups = _Marginal.of(units, one, two, known, tally)
    rows, copies = [], np.zeros((count, len(cells)))
    for number in range(count):
        copy = sure.copy()
        copy[open_] = spread(shares[number], random)
        copy[rest] = random.random(len(rest)) < shares[number, place[rest]]
        joined = copy & (forest | sure) & ~pinned
        found_now = tally(components(one[joined], two[joined], len(touched)))
        rows.append((*found_now, float(weight[copy & examined].sum()), groups(joined)))
        copies[number] = np.bincount(cell[copy], weight[copy], len(cells))
        if progress and (number % 50 == 49 or number == count - 1):
            progress(number + 1, count)
    names = (*tally.names, "pairs")
    link = (units["role"] == HOLDS).to_numpy()
    linked = units["role"].isin([HOLDS, REPEATS]).to_numpy()
    raw = (*tally(components(one[link], two[link], len(touched))), float(weight[linked].sum()))
    table = np.array(rows, np.float64).reshape(count, len(names) + 1)
    drawn = dict(zip(names, table.T[:-1], strict=True)) | {"groups": table[:, -1]}
    drawn = {name: widened(values, WIDER.get(name, WIDER_ELSE)) for name, values in drawn.items()}
    return Totals(drawn, dict(zip(names, raw, strict=True)), cells, copies)


def widened(draws: Floats, factor: float) -> Floats:
    """Return draws so many times as far from their median, none below 0.

    >>> widened(np.array([1.0, 2.0, 4.0]), 1.5).tolist()
    [0.5, 2.0, 5.0]
    """
    middle = np.median(draws) if len(draws) else 0.0
    return np.asarray(np.maximum(middle + factor * (draws - middle), 0.0), np.float64)


@dataclass(frozen=True)
class _Marginal:
    """Counts groups by what each change does alone to the graph as it is known: parts two, ends one, joins two."""

    base: float
    before: Flags
    effect: Floats

    @classmethod
    def of(cls, units: pd.DataFrame, one: Ints, two: Ints, known: Floats, tally: "_Tally") -> "_Marginal":
        held, join = ((units["role"] == role).to_numpy() for role in (HOLDS, JOINS))
        before = (held & (known != 0)) | (join & (known == 1))
        work = components(one[before], two[before], len(tally.images))
        images = np.bincount(work, tally.images)
        single = (images[work[one]] == 1).astype(int) + (images[work[two]] == 1)
        ends = units["ends"].map({"one and one": 2, "one and several": 1, "several and several": 0}).fillna(1)
        effect = np.where(held, 1.0 - ends.to_numpy(np.float64), np.where(join, single - 1.0, 0.0))
        base = tally(work)[tally.names.index("groups")]
        return cls(base, before, effect)

    def __call__(self, joined: Flags) -> float:
        return self.base + float(self.effect[joined != self.before].sum())


@dataclass(frozen=True)
class _Tally:
    """Counts what the works of a draw come to; pictures without any pair count alike in each."""

    images: Ints
    by_collection: Ints
    bytes: Ints
    largest: Ints
    alone: tuple[float, ...]
    collections: tuple[str, ...]

    @classmethod
    def of(cls, held: Holdings, touched: Ints) -> "_Tally":
        rest = np.ones(len(held.bytes), bool)
        rest[touched] = False
        pick = held.images[touched]
        base = cls(pick.sum(axis=1), pick, held.bytes[touched], held.largest[touched], (), held.collections)
        other = held.images[rest]
        lone = cls(other.sum(axis=1), other, held.bytes[rest], held.largest[rest], (), held.collections)
        fixed = lone(np.arange(len(other), dtype=np.int64))
        return cls(base.images, base.by_collection, base.bytes, base.largest, fixed, held.collections)

    @property
    def names(self) -> tuple[str, ...]:
        return (
            "surplus", "works", "groups", "together", "bytes", "shared", *(f"surplus in {name}" for name in self.collections)
        )  # fmt: skip

    def __call__(self, work: Ints) -> tuple[float, ...]:
        number = int(work.max(initial=-1)) + 1
        images = np.bincount(work, self.images, number)
        kept = np.zeros(number, np.int64)
        np.maximum.at(kept, work, self.largest)
        several = images > 1
        by = [np.bincount(work, column, number) for column in self.by_collection.T]
        holders = sum((column > 0 for column in by), np.zeros(number, np.int64))
        found = (
            float(images.sum() - number),
            float(number),
            float(several.sum()),
            float(images[several].sum()),
            float(self.bytes.sum() - kept.sum()),
            float((holders > 1).sum()),
            *(float(column.sum() - (column > 0).sum()) for column in by),
        )
        if not self.alone:
            return found
        return tuple(value + fixed for value, fixed in zip(found, self.alone, strict=True))
