"""Cuts: what a link that is none parts, and whether the two parts meet again all the same.

Errors are counted along the frame's forests, where a link that is none is one surplus copy less. But a stranger that was linked to
two copies of one work, which are not linked themselves, is two links that are none and one surplus copy less only. The pairs that
cross such a cut without being links say how likely that is: they are copies as often as pairs like them that would join works.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.review.graph_context import HOLDS, JOINS, REPEATS
from dedupelab.review.sampling_frame import Frame
from dedupelab.tables.components import components

HALF = 0.5
"""Share of copies above which a pair counts as joining."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Ways = dict[int, list[tuple[int, float, int]]]


@dataclass(frozen=True)
class Cuts:
    """The links of the forest that were seen to be none, in `unit`.

    `met` is how likely the parts of each meet again by a pair that crosses it, and `seen` says whether one that does was seen to be a
    copy. `sure` counts the surplus copies that such pairs prove.
    """

    unit: Ints
    met: Floats
    seen: Flags
    sure: int


def cuts(frame: Frame, known: Floats, shares: Floats) -> Cuts:
    """Return what the links that were seen to be none part.

    Parameters
    ----------
    known
        For each unit 1 (a copy), 0 (none) or NaN.
    shares
        For each unit the share of copies in its stratum.
    """
    units, count = frame.units, len(frame.nodes)
    one, two = units["one"].to_numpy(np.int64), units["two"].to_numpy(np.int64)
    role, relation = units["role"].to_numpy(str), units["relation"].to_numpy(object)
    forest = np.isin(role, [HOLDS, JOINS])
    # A link that a refuted pair keeps from joining two works does not join them for being seen to be right.
    work = frame.nodes["work"].to_numpy(np.int64)
    beside = ~forest & ~((role == REPEATS) & (work[one] != work[two]))
    # Links beside the forest say nothing more: what fooled the detector once fooled it there too.
    like = pd.Series(shares[role == JOINS]).groupby(relation[role == JOINS]).mean().to_dict()
    guess = np.where(role == REPEATS, 0.0, [like.get(each, 0.0) for each in relation])
    crossing = pd.DataFrame(
        {"one": one, "two": two, "share": np.where(np.isnan(known), guess, known), "seen": known == 1}
    )
    aside = frame.aside.assign(share=frame.aside["relation"].map(like).fillna(0.0), seen=False)
    crossing = pd.concat([crossing[beside], aside[crossing.columns]], ignore_index=True)
    refuted = np.flatnonzero((role == HOLDS) & (known == 0))
    # A link that holds a work together is a way around a cut whatever it is itself: of two errors mostly one is seen only.
    joins = (role == JOINS) & (np.where(np.isnan(known), shares, known) > HALF)
    tree = np.flatnonzero((role == HOLDS) | joins)
    part = components(one[tree], two[tree], count)
    met, seen = np.zeros(len(refuted)), np.zeros(len(refuted), bool)
    within = crossing[(part[crossing["one"]] == part[crossing["two"]]) & (crossing["share"] > 0)]
    by_part = dict(iter(within.assign(part=part[within["one"]]).groupby("part")))
    for number in np.unique(part[one[refuted]]).tolist():
        pairs = by_part.get(number, within[:0])
        edges = tree[part[one[tree]] == number]
        ways = _ways(one[edges], two[edges], known[edges] == 1, edges)
        over = _ways(*(pairs[name].to_numpy() for name in ("one", "two", "share", "seen")))
        for place in np.flatnonzero(part[one[refuted]] == number).tolist():
            cut = int(refuted[place])
            sides = _reached(int(one[cut]), ways, cut), _reached(int(two[cut]), ways, cut)
            met[place], seen[place] = _met(*sides, over)
    joined = forest & (known != 0)
    before = components(one[joined], two[joined], count)
    shown = beside & (known == 1)
    after = components(before[one[shown]], before[two[shown]], count)
    return Cuts(refuted, met, seen, len(np.unique(before)) - len(np.unique(after[before])))


def _ways(one: Ints, two: Ints, what: Floats | Flags, of: Ints | Flags) -> Ways:
    """Return for each picture where its pairs lead, with what is said of such."""
    ways: Ways = defaultdict(list)
    for left, right, first, second in zip(
        one.tolist(), two.tolist(), what.tolist(), of.tolist(), strict=True
    ):
        ways[left].append((right, first, second))
        ways[right].append((left, first, second))
    return ways


def _reached(start: int, ways: Ways, cut: int) -> dict[int, bool]:
    """Return what hangs together with a picture beyond a cut, and whether all pairs between were seen to be copies."""
    reached, waiting = {start: True}, [start]
    while waiting:
        at = waiting.pop()
        for other, copy, unit in ways.get(at, ()):
            if unit != cut and other not in reached:
                reached[other] = reached[at] and bool(copy)
                waiting.append(other)
    return reached


def _met(one: dict[int, bool], two: dict[int, bool], over: Ways) -> tuple[float, bool]:
    """Return how likely any pair between two parts is a copy, and whether one was seen to be.

    Copies of copies are copies: where all else on the way between its ends was seen to be, no pair across a cut is one.
    """
    fewer, more = sorted((one, two), key=len)
    none, seen = 1.0, False
    for node, near in fewer.items():
        for other, share, proved in over.get(node, ()):
            if other in more and not (near and more[other]):
                none *= 1 - share
                seen |= bool(proved)
    return 1 - none, seen
