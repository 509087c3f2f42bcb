"""Surroundings: what lies at the two ends of a pair, and whether other pairs speak for the same."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

HOLDS, REPEATS, JOINS = "holds", "repeats", "joins"
"""A link that a work hangs on, a link beside such, and a pair that would join two works."""
ENDS = ("several and several", "one and several", "one and one")
"""What lies at the two ends of a pair: works of several pictures, or single ones, by how many ends are single."""
SUPPORT = ("with others", "alone")
"""Whether other pairs speak for the same."""
ANY = "any"
"""In place of both where nothing hangs on the pair."""

Ints = NDArray[np.int64]


def surroundings(
    units: pd.DataFrame, role: NDArray[np.str_], sizes: Ints, work: Ints
) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Say what a cut parts or a join brings together, and whether other pairs speak for the same.

    A link with no other across the same cut is a bridge: chains of strangers hang on such. Of two works that several pairs
    would join, more likely than not somebody cut one out of the other.
    """
    one, two = units["one"].to_numpy(), units["two"].to_numpy()
    count = int(work.max(initial=-1)) + 1
    whole = np.bincount(work, sizes, minlength=count).astype(np.int64)
    near, far = whole[work[one]], whole[work[two]]
    held, beside = np.flatnonzero(role == HOLDS), np.flatnonzero(role == REPEATS)
    # Each repeating link leaves one random mark at both of its ends: on a side of a cut that none crosses, marks cancel out.
    marks = np.zeros(len(sizes), np.uint64)
    for ends in (one, two):
        np.bitwise_xor.at(
            marks, ends[beside], np.random.default_rng(1).integers(1, 1 << 63, len(beside), np.uint64)
        )
    side, crossed = _parted(one[held], two[held], sizes, marks)
    near[held], far[held] = side, whole[work[one[held]]] - side
    place = np.minimum(work[one], work[two]) * np.int64(max(count, 1)) + np.maximum(work[one], work[two])
    same = pd.Series(place).groupby(place).transform("size").to_numpy()
    supported = (role == JOINS) & (same > 1)
    supported[held] = crossed != 0
    single = (near == 1).astype(int) + (far == 1)
    names = np.array(ENDS)
    forest = (role == HOLDS) | (role == JOINS)
    return (
        np.asarray(np.where(forest, names[single], ANY)),
        np.asarray(np.where(~forest, ANY, np.where(supported, *SUPPORT))),
    )


def _parted(one: Ints, two: Ints, sizes: Ints, marks: NDArray[np.uint64]) -> tuple[Ints, NDArray[np.uint64]]:
    """Return for each edge of a forest how many images a cut would leave at one end, and the marks there taken together.

    Leaves are peeled off in rounds.
    """
    below, mark = sizes.astype(np.int64).copy(), marks.copy()
    side, found = np.zeros(len(one), np.int64), np.zeros(len(one), np.uint64)
    left = np.arange(len(one))
    degree = np.bincount(np.concatenate([one, two]), minlength=len(sizes)).astype(np.int64)
    while len(left):
        ends = one[left], two[left]
        leaf = np.where(degree[ends[0]] == 1, ends[0], ends[1])
        peeled = degree[leaf] == 1
        edges, leaves = left[peeled], leaf[peeled]
        other = np.where(one[edges] == leaves, two[edges], one[edges])
        side[edges], found[edges] = below[leaves], mark[leaves]
        np.add.at(below, other, below[leaves])
        np.bitwise_xor.at(mark, other, mark[leaves])
        np.subtract.at(degree, leaves, 1)
        np.subtract.at(degree, other, 1)
        left = left[~peeled]
    return side, found
