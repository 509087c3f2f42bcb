"""Cuts: what a link that is none parts, and whether the two parts meet again all the same.

Errors are counted along the frame's forests, where a link that is none is one surplus copy less. But a stranger that was linked to
two copies of one work, which are not linked themselves, is two links that are none and one surplus copy less only. The pairs that
cross a cut say how likely that is.
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
    frame
        The frame.
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
    # Pairs that nobody is asked about are taken for copies as often as those like them that would join works.
    like = pd.Series(shares[role == JOINS]).groupby(relation[role == JOINS]).mean().to_dict()
    guess = np.where(role == REPEATS, shares, [like.get(each, 0.0) for each in relation])
    share = np.where(np.isnan(known), np.where(forest, shares, guess), known)
    crossing = pd.DataFrame({"one": one, "two": two, "share": share, "seen": known == 1})[beside]
    aside = frame.aside.assign(share=frame.aside["relation"].map(like).fillna(0.0), seen=False)
    crossing = pd.concat([crossing, aside[crossing.columns]], ignore_index=True)
    refuted = np.flatnonzero((role == HOLDS) & (known == 0))
    tree = np.flatnonzero((forest & (share > HALF)) | np.isin(np.arange(len(units)), refuted))
    part = components(one[tree], two[tree], count)
    met, seen = np.zeros(len(refuted)), np.zeros(len(refuted), bool)
    within = crossing[(part[crossing["one"]] == part[crossing["two"]]) & (crossing["share"] > 0)]
    by_part = dict(iter(within.assign(part=part[within["one"]]).groupby("part")))
    for number in np.unique(part[one[refuted]]).tolist():
        pairs = by_part.get(number, within[:0])
        edges = tree[part[one[tree]] == number]
        ways = _ways(one[edges], two[edges], share[edges], edges)
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


def _ways(one: Ints, two: Ints, share: Floats, of: Ints | Flags) -> Ways:
    """Return for each picture where its pairs lead, with the share of copies among such and what `of` says of it."""
    ways: Ways = defaultdict(list)
    for left, right, chance, what in zip(
        one.tolist(), two.tolist(), share.tolist(), of.tolist(), strict=True
    ):
        ways[left].append((right, chance, what))
        ways[right].append((left, chance, what))
    return ways


def _reached(start: int, ways: Ways, cut: int) -> dict[int, float]:
    """Return what hangs together with a picture beyond a cut, and how likely all pairs between are copies."""
    reached, waiting = {start: 1.0}, [start]
    while waiting:
        at = waiting.pop()
        for other, share, unit in ways.get(at, ()):
            if unit != cut and other not in reached:
                reached[other] = reached[at] * share
                waiting.append(other)
    return reached


def _met(one: dict[int, float], two: dict[int, float], over: Ways) -> tuple[float, bool]:
    """Return how likely two parts meet again by the likeliest of the pairs between them, and whether one was seen to be a copy.

    Copies of copies are copies: a pair across a cut is one only if another pair on the way between its ends is none.
    """
    fewer, more = sorted((one, two), key=len)
    likeliest, seen = 0.0, False
    for node, near in fewer.items():
        for other, share, proved in over.get(node, ()):
            if other in more:
                broken = share * (1 - near * more[other])
                likeliest = max(likeliest, broken / (broken + 1 - share) if broken else 0.0)
                seen |= bool(proved)
    return likeliest, seen
