"""Sampling: which pairs people look at, so that few labels say most about the totals.

Each pair has a random number made from its content and the seed; of each stratum those with the smallest numbers are drawn.
So a draw can be repeated, and does not depend on the order of anything. Pairs that were there when people began stay in the strata
and in the order of then, whatever is added, so that their labels stay a sample of what they were drawn from; pairs that came later
are strata of their own.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab import tables
from dedupelab.numbers.messages import Message, dumped, loaded, message, named
from dedupelab.review.graph_context import HOLDS, JOINS, REPEATS, SUPPORT
from dedupelab.review.sampling_frame import BANDS, BESIDE, PLAUSIBLE, PROPOSED, VOTES, Frame
from dedupelab.tables.contents import contents_by_digest

ENDS = ["left_digest", "right_digest"]
FEW = 2
"""Pairs of every stratum that are drawn, however few labels there are."""
FLOOR = 20
"""Pairs reviewed at least in a stratum that has as many: fewer say next to nothing of it."""
FLOORS = 2 / 3
"""Share of the labels that floors take at most; the rest goes to where most can be wrong.

Of 300 labels floors took nearly all in 200 simulated studies, so that the 408 links that works hang on had 52; with two thirds these have
90, and the interval of what is counted along the forests is narrower by a fifth (by a sixth with 100 labels).
"""
DOUBLE = 0.1
"""Share of the drawn pairs that a second person looks at."""
REPEATED_WEIGHT = 0.35
"""What a pair beside the forests counts in the allocation: it matters for the number of pairs, not for that of copies."""
FACETS = {
    HOLDS: ("relation", "support", "ends", "band", "reach"),
    JOINS: ("relation", "support", "ends", "band", "reach"),
    REPEATS: ("relation", "band", "reach"),
    BESIDE: ("relation", "band", "reach"),
}
"""What strata are told apart by within each role, what matters most first."""
EXPECTED = dict(
    zip(PLAUSIBLE, (1.0, 1.0, 1.0, 0.98, 0.96, 0.5, 0.5, 0.2, 0.05, 0.05, 0.02, 0.03), strict=True)
)
"""Share of copies that the allocation expects before anybody has looked; it steers the effort, never an estimate."""

BRIDGES = 0.95
"""The same of a link that alone holds two parts of a work together, times what is expected of its relation."""

PROPOSALS = {
    f"{PROPOSED}, {votes}": message("{first}, {rest}", first=named(PROPOSED), rest=named(votes))
    for _, votes in VOTES
}
"""What the relations of proposed pairs are called."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ORDER = {name: place for place, name in enumerate((*PLAUSIBLE, *(name for _, name in BANDS)))}


@dataclass(frozen=True)
class Draw:
    """What is to be reviewed. `units` are the frame's with `stratum`, `number` (0..1, decides) and `drawn`; `plan` has one row
    a stratum: `role`, `stratum`, `units`, `pairs`, `planned`; `titles` holds what each stratum is called.
    """  # noqa: D205  one sentence

    units: pd.DataFrame
    plan: pd.DataFrame
    titles: Mapping[str, Message]
    size: int
    seed: int

    @property
    def laid(self) -> pd.DataFrame:
        """The units as the table `laid` keeps them for later draws."""
        titles = {name: dumped(title) for name, title in self.titles.items()}
        kept = self.units[[*ENDS, "stratum", "wave", "number", "drawn"]]
        return kept.assign(title=kept["stratum"].map(titles).astype("str"))


def draw(
    frame: Frame, size: int, *, seed: int = 1, floor: int = FLOOR, before: pd.DataFrame | None = None
) -> Draw:
    """Draw about `size` pairs for review, all of them where there are no more.

    Parameters
    ----------
    size
        Pairs to look at, double reviews apart.
    seed
        Equal seeds and contents give equal draws.
    floor
        Pairs of each stratum at least.
    before
        The table `laid` of earlier draws (`carried`), on which people have worked: what is in it stays where it is.
    """
    content = frame.nodes["content"].to_numpy(object)
    ends = np.sort(np.array([content[frame.units["one"]], content[frame.units["two"]]]).astype(str), axis=0)
    units = frame.units.assign(**dict(zip(ENDS, ends, strict=True)), number=_numbers(frame, seed))
    units, titles = _kept(units, tables.LAID.empty() if before is None else before)
    fresh = units["wave"].isna().to_numpy()
    wave = 0 if fresh.all() else int(units["wave"].max()) + 1
    share = size if fresh.all() else max(floor, round(size * fresh.mean())) if fresh.any() else 0
    name, rows = units["stratum"].to_numpy(object).copy(), np.flatnonzero(fresh)
    for part in strata(units[fresh].reset_index(drop=True), share, floor):
        later = message("{stratum}, added in draw {wave}", stratum=part.title, wave=wave + 1)
        called = f"{part.name}, added {wave}" if wave else part.name
        name[rows[part.rows]], titles[called] = called, later if wave else part.title
    units = units.assign(
        stratum=pd.Series(name, index=units.index, dtype="str"),
        wave=units["wave"].fillna(wave).astype(np.int64),
    )
    by = units.assign(effort=_effort(units), fresh=fresh).groupby(["role", "stratum"], sort=True)
    plan = by.agg(
        units=("pairs", "size"),
        pairs=("pairs", "sum"),
        effort=("effort", "mean"),
        fresh=("fresh", "all"),
        asked=("asked", "sum"),
    ).reset_index()
    plan["planned"] = _planned(plan, size, share, floor)
    plan = plan.drop(columns=["effort", "fresh", "asked"])
    place = units.groupby("stratum")["number"].rank(method="first").astype(int)
    # Where all copies are exact there is nothing to draw, and an empty map would have no numbers.
    planned = units["stratum"].map(plan.set_index("stratum")["planned"]).astype(np.int64)
    return Draw(units.assign(place=place, drawn=place <= planned), plan, titles, size, seed)


def carried(laid: pd.DataFrame, frame: Frame, images: pd.DataFrame) -> pd.DataFrame:
    """Return the table `laid` with each pair under the digests that its contents have now, whatever equal files came since."""
    known, content = contents_by_digest(images), frame.nodes.set_index("image_id")["content"]
    now = [laid[end].map(known).map(content).fillna(laid[end]).to_numpy(str) for end in ENDS]
    ends = dict(zip(ENDS, np.sort(now, axis=0), strict=True))
    return laid.assign(**ends).sort_values("drawn", ascending=False).drop_duplicates(ENDS)


def _kept(units: pd.DataFrame, before: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Message]]:
    """Give the units that were there before the stratum, wave and number of then, with the strata's titles; `asked` says which had been drawn.

    A stratum is told by the role of now too: a part of a sample that no label chose is a sample of that part.
    """
    old = before.drop_duplicates(ENDS).set_index(ENDS).reindex(pd.MultiIndex.from_frame(units[ENDS]))
    there = old["stratum"].notna().to_numpy()
    was = old["stratum"].fillna("").to_numpy(object)
    moved = [
        name if name.startswith(f"{role}: ") else f"{role}: {name.replace(': ', ', ', 1)}"
        for role, name in zip(units["role"], was, strict=True)
    ]
    titles: dict[str, Message] = {}
    for name, now, title in zip(was, moved, old["title"], strict=True):
        if name and now not in titles:
            kept = loaded(title)
            role = now.partition(": ")[0]
            titles[now] = kept if name == now else message("{role}: {facets}", role=named(role), facets=kept)
    known = units.assign(
        stratum=np.where(there, moved, ""),
        wave=old["wave"].astype("Float64").to_numpy(np.float64, na_value=np.nan),
        number=np.where(
            there, old["number"].astype("Float64").to_numpy(np.float64, na_value=0.0), units["number"]
        ),
        asked=old["drawn"].astype("boolean").fillna(value=False).to_numpy(bool),
    )
    return known, titles


def _planned(plan: pd.DataFrame, size: int, share: int, floor: int) -> Ints:
    """Share out the labels: what was drawn before stays drawn, and every stratum has a few, or nobody would look there."""
    fresh, units = plan["fresh"].to_numpy(bool), plan["units"].to_numpy(np.int64)
    least = np.where(plan["role"] == BESIDE, floor // 2, floor)
    planned = np.minimum(units, FEW)
    for part, labels in ((fresh, share), (~fresh, size - share)):
        given = allocate(units[part], plan["effort"].to_numpy(np.float64)[part], labels, least[part])
        planned[part] = np.maximum(planned[part], given)
    found: Ints = np.maximum(planned, plan["asked"].to_numpy(np.int64))
    return found


def allocate(units: Ints, spread: Floats, size: int, floor: int | Ints) -> Ints:
    """Share out `size` labels among strata: a floor each, the rest in proportion to units times spread (Neyman 1934).

    Where floors would take more than `FLOORS` of the labels, they are smaller by as much.

    >>> allocate(np.array([100, 100, 5]), np.array([0.5, 0.1, 0.5]), 65, 10).tolist()
    [50, 10, 5]
    """
    given = np.minimum(units, floor)
    if given.sum() > FLOORS * size:
        given = np.floor(given * (FLOORS * size / given.sum())).astype(np.int64)
    while (rest := size - int(given.sum())) > 0 and (given < units).any():
        want = np.where(given < units, units * spread + 1e-9, 0.0)
        goal = _shared(want, size, given, units)
        step = np.minimum(np.floor(goal), units) - given
        if step.max() < 1:
            # What is left is less than one each: it goes to those that lack most.
            first = np.argsort(-(goal - given), kind="stable")[:rest]
            given[first[given[first] < units[first]]] += 1
            break
        given = given + np.maximum(step, 0).astype(np.int64)
    return given


def _shared(want: Floats, size: int, given: Ints, units: Ints) -> Floats:
    """Return Neyman's allocation where the floors hold: what has its floor by right of size gives nothing away."""
    goal = given.astype(np.float64)
    open_ = (given < units) & (want > 0)
    while open_.any():
        left = size - goal[~open_].sum()
        fair = left * want / want[open_].sum()
        short = open_ & (fair <= given)
        if not short.any():
            goal[open_] = np.minimum(fair, units)[open_]
            break
        goal[short] = given[short]
        open_ &= ~short
    return goal


def strata(units: pd.DataFrame, size: int, floor: int = FLOOR) -> "list[Part]":
    """Part the units into strata, as fine as the number of labels allows.

    Every role is told apart by relation, then by what else matters while each part has at least `floor` units and all floors
    together take no more than two thirds of the labels. Nothing in it depends on labels.
    """
    effort = _effort(units)
    waiting: list[Part] = []
    for role, rows in [(role, np.flatnonzero(units["role"] == role)) for role in sorted(set(units["role"]))]:
        facets = FACETS[role]
        waiting += [
            Part(role, (values,), inner, facets[1:]) for values, inner in _split(units, rows, facets[0], 1)
        ]
    done: list[Part] = []
    while waiting:
        part = waiting.pop(
            max(range(len(waiting)), key=lambda k: (effort[waiting[k].rows].sum(), waiting[k].name))
        )
        if not part.facets:
            done.append(part)
            continue
        finer = _split(units, part.rows, part.facets[0], floor)
        sizes = [len(each.rows) for each in (*waiting, *done)] + [len(rows) for _, rows in finer]
        if len(finer) == 1 or sum(min(count, floor) for count in sizes) > FLOORS * size:
            waiting.append(replace(part, facets=part.facets[1:]))
        else:
            waiting += [
                replace(part, said=(*part.said, values), rows=rows, facets=part.facets[1:])
                for values, rows in finer
            ]
    return done


def facet(value: str) -> Message:
    """Return what the value of a facet, such as a relation or a band, is called."""
    return PROPOSALS.get(value) or named(value)


def kind(relation: str, band: str) -> Message:
    """Return what pairs of a relation and a band are called.

    >>> str(kind("not examined, 10-19 votes", "over 10 bits"))
    'not examined, 10-19 votes, over 10 bits'
    """
    return message("{first}, {rest}", first=facet(relation), rest=facet(band))


@dataclass(frozen=True)
class Part:
    """A stratum, or one in the making: what it has in common, its rows, and the facets that may still split it.

    `said` holds the values of one facet after another; neighbours that were too few share a place.
    """

    role: str
    said: tuple[tuple[str, ...], ...]
    rows: Ints
    facets: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The key of the stratum, under which labels keep it."""
        return f"{self.role}: {', '.join(' or '.join(each) for each in self.said)}"

    @property
    def title(self) -> Message:
        """What people call the stratum.

        >>> str(Part("holds", (("derivative", "variant"), ("0 bits",)), np.array([0])).title)
        'holds: derivative or variant, 0 bits'
        """
        either = [
            reduce(lambda first, rest: message("{first} or {rest}", first=first, rest=rest), map(facet, each))
            for each in self.said
        ]
        facets = reduce(lambda first, rest: message("{first}, {rest}", first=first, rest=rest), either)
        return message("{role}: {facets}", role=named(self.role), facets=facets)


def _split(units: pd.DataFrame, rows: Ints, facet: str, floor: int) -> list[tuple[tuple[str, ...], Ints]]:
    """Split rows by a facet's values in their order; neighbours that are too few stay together."""
    values = units[facet].to_numpy(object)[rows]
    found: list[tuple[tuple[str, ...], Ints]] = []
    for value in sorted(set(values), key=lambda each: (ORDER.get(each, 99), each)):
        inner = rows[values == value]
        if found and (len(found[-1][1]) < floor or len(inner) < floor):
            others, before = found.pop()
            found.append(((*others, value), np.concatenate([before, inner])))
        else:
            found.append(((value,), inner))
    return found


def _effort(units: pd.DataFrame) -> Floats:
    """Return how much each unit draws labels: its expected spread, less where it only repeats others."""
    share = expected(units)
    forest = units["role"].isin([HOLDS, JOINS]).to_numpy()
    return np.asarray(np.sqrt(share * (1 - share)) * np.where(forest, 1.0, REPEATED_WEIGHT))


def expected(units: pd.DataFrame) -> Floats:
    """Return the share of copies that is expected of each unit before anybody has looked."""
    share = np.asarray(units["relation"].map(EXPECTED).fillna(0.5), np.float64)
    bridge = ((units["role"] == HOLDS) & (units["support"] == SUPPORT[1])).to_numpy()
    return np.where(bridge, BRIDGES * share, share)


def _numbers(frame: Frame, seed: int) -> Floats:
    """Return a number in 0..1 for each unit that only its content and the seed decide."""
    digest = frame.nodes["digest"].to_numpy(object)
    ends = (digest[frame.units["one"]], digest[frame.units["two"]])
    texts = (f"{seed}|{min(pair)}|{max(pair)}" for pair in zip(*ends, strict=True))
    whole = (int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest()) for text in texts)
    return np.fromiter(whole, np.float64, len(frame.units)) / 2.0**48


def sheet(drawn: Draw) -> pd.DataFrame:
    """Return what a reviewer gets, blind: `draw`, `left` and `right` (in random order) and `double`; shuffled.

    Neither relation, score nor collection is in it, nor can any be guessed from the order: the strata are mixed evenly, so
    that a review broken off early has looked at all of them.
    """
    units = drawn.units[drawn.units["drawn"]]
    bits = (units["number"].to_numpy() * 2.0**48).astype(np.int64)
    # Of no units at all, the map would be text.
    planned = units["stratum"].map(drawn.plan.set_index("stratum")["planned"]).astype(float)
    turn = (bits >> 8) & 1 == 1
    rows = pd.DataFrame(
        {
            "draw": [f"{drawn.seed}-{each:012x}" for each in bits],
            "left": units["left"].where(~turn, units["right"]),
            "right": units["right"].where(~turn, units["left"]),
            "double": ((bits >> 10) & 1023) < DOUBLE * 1024,
            "when": (units["place"] - ((bits >> 20) & 255) / 256) / planned,
        }
    )
    return rows.sort_values(["when", "draw"]).drop(columns="when").reset_index(drop=True)
