"""Spread: which of a stratum's unreviewed pairs are copies in a draw, once it is drawn how many are.

Within a stratum the reviewed pairs were drawn like any others, so they show how its copies lie: more often between lone pictures
than between groups, say, and seldom two at one picture, as most works have few copies. How many copies there are decides the
number of surplus copies; how they lie decides the number of groups.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from dedupelab.review.graph_context import HOLDS, JOINS

SMOOTH = 2.0
"""Pairs of the stratum's kind that each of its parts is taken to have shown besides its own."""
RIDGE = 0.25
"""Weight that draws a kind's effect towards none: that of an effect with a standard deviation of two on the log odds."""
EDGE = 1e-4
"""Nearest to 0 and 1 that a share comes where its odds are taken."""
NEWTON = 12
"""Steps of Newton's method; none is longer than 1 on the log odds."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Spread:
    """How copies lie within strata; call it with each stratum's share of copies to draw which unreviewed pairs are copies.

    A stratum's parts are told apart by what lies at the two ends, by support, and by whether another pair at the same work is
    known to be a copy. `crowded` is how many times likelier a pair is a copy where no other at its works is.
    """

    part: Ints
    stratum: Ints
    seen: Floats
    reviewed: Floats
    prior: Floats
    weight: Floats
    place: Ints
    ends: Ints
    joins: Ints
    crowded: float

    @classmethod
    def of(cls, units: pd.DataFrame, place: Ints, known: Floats, found: pd.DataFrame, work: Ints) -> "Spread":
        """Learn it from the reviewed pairs.

        Parameters
        ----------
        units, place
            The frame's units, and for each the row of its stratum in `found`.
        known
            1 for a copy, 0 for none, NaN where nobody knows.
        found
            Strata with `alpha` and `beta`.
        work
            The detected work of each node.
        """
        beside = beside_known(units, known, work)
        facts = units.assign(place=place, beside=beside)
        part = facts.groupby(["place", "support", "ends", "beside"]).ngroup().to_numpy(np.int64)
        count = int(part.max(initial=-1)) + 1
        stratum = np.zeros(count, np.int64)
        stratum[part] = place
        looked = (~np.isnan(known)).astype(np.float64)
        copy = (known == 1).astype(np.float64)
        alpha, beta = found["alpha"].to_numpy(np.float64), found["beta"].to_numpy(np.float64)
        kinds = facts.groupby(["role", "support", "ends"]).ngroup().to_numpy(np.int64)
        kind_of = np.zeros(count, np.int64)
        kind_of[part] = kinds
        seen = np.asarray(np.bincount(part, copy, count), np.float64)
        reviewed = np.asarray(np.bincount(part, looked, count), np.float64)
        prior = by_kind(seen, reviewed, (alpha / (alpha + beta))[stratum], kind_of)
        join = (units["role"] == JOINS).to_numpy()
        open_ = np.flatnonzero(np.isnan(known) & (join | (units["role"] == HOLDS).to_numpy()))
        kind = facts.groupby(["place", "support", "ends"]).ngroup().to_numpy(np.int64)
        return cls(
            part[open_].astype(np.int64),
            stratum,
            seen,
            reviewed,
            prior,
            np.bincount(part[open_], minlength=count).astype(np.float64),
            place[open_].astype(np.int64),
            np.stack([work[units["one"].to_numpy()], work[units["two"].to_numpy()]])[:, open_],
            np.flatnonzero(join[open_]),
            crowding(np.asarray(kind[join], np.int64), beside[join], looked[join], copy[join]),
        )

    def __call__(self, shares: Floats, random: np.random.Generator) -> Flags:
        """Return for each unreviewed pair of the forests, in order, whether it is a copy in this draw."""
        chance = self._chances(shares, random)
        copy: Flags = random.random(len(chance)) < chance
        if not len(self.joins):
            return copy
        strata, chances = self.place[self.joins], chance[self.joins]
        wanted = np.bincount(strata[copy[self.joins]], minlength=len(shares))
        key = random.exponential(size=len(chances)) / np.maximum(chances, 1e-12)
        # Of several pairs at one work the one whose turn comes first is as likely as it stands, the others less.
        ends = self.ends[:, self.joins]
        first = np.full(int(ends.max()) + 1, np.inf)
        np.minimum.at(first, ends, np.broadcast_to(key, ends.shape))
        key = np.where((key > first[ends[0]]) | (key > first[ends[1]]), key * self.crowded, key)
        order = np.lexsort((key, strata))
        begins = np.searchsorted(strata[order], np.arange(len(shares)))
        turn = np.arange(len(order)) - begins[strata[order]]
        copy[self.joins[order]] = turn < wanted[strata[order]]
        return copy

    def _chances(self, shares: Floats, random: np.random.Generator) -> Floats:
        """Return each pair's chance: its part's, moved so that the stratum's share is what it is."""
        chance = random.beta(
            self.seen + SMOOTH * self.prior, self.reviewed - self.seen + SMOOTH * (1 - self.prior)
        )
        odds = logit(np.clip(chance, EDGE, 1 - EDGE))
        size = len(shares)
        wanted = np.bincount(self.stratum, self.weight, size) * np.clip(shares, EDGE, 1 - EDGE)
        move = np.zeros(size)
        for _ in range(NEWTON):
            each = expit(odds + move[self.stratum])
            slope = np.bincount(self.stratum, self.weight * each * (1 - each), size) + 1e-9
            move += np.clip((wanted - np.bincount(self.stratum, self.weight * each, size)) / slope, -1, 1)
        return np.asarray(expit(odds + move[self.stratum])[self.part], np.float64)


def by_kind(seen: Floats, reviewed: Floats, middle: Floats, kind: Ints) -> Floats:
    """Return the share of copies to expect of each part: its stratum's, moved by how its kind fares in all strata.

    Parts are small, kinds are not: that pairs between two groups are seldom copies is learned from all strata together.

    Parameters
    ----------
    seen, reviewed
        Copies and reviewed pairs of each part, shape (parts,).
    middle
        Each part's stratum's share of copies.
    kind
        Each part's kind.

    Notes
    -----
    A logistic regression with the stratum as offset and one effect a kind, drawn towards none (ridge).
    """
    size = int(kind.max(initial=-1)) + 1
    base, effect = logit(middle), np.zeros(size)
    for _ in range(NEWTON):
        share = expit(base + effect[kind])
        slope = np.bincount(kind, reviewed * share * (1 - share), size) + RIDGE
        effect += np.clip((np.bincount(kind, seen - reviewed * share, size) - RIDGE * effect) / slope, -1, 1)
    return np.asarray(expit(base + effect[kind]), np.float64)


def beside_known(units: pd.DataFrame, known: Floats, work: Ints) -> Flags:
    """Say of each pair that would join two works whether another such pair at either is known to be a copy."""
    joins = (units["role"] == JOINS).to_numpy()
    one, two = work[units["one"].to_numpy()], work[units["two"].to_numpy()]
    true = joins & (known == 1)
    size = int(work.max(initial=-1)) + 1
    there = np.bincount(one[true], minlength=size) + np.bincount(two[true], minlength=size)
    return np.asarray(joins & (there[one] + there[two] - 2 * true > 0))


def crowding(kind: Ints, beside: Flags, looked: Floats, copy: Floats) -> float:
    """Return how many times likelier a reviewed pair is a copy where no other copy lies beside it, within kinds of pairs.

    Source: rate ratio of Mantel and Haenszel 1959, a half added to either side.
    """
    size = int(kind.max(initial=-1)) + 1
    near, far = looked * beside, looked * ~beside
    total = np.maximum(np.bincount(kind, looked, size), 1.0)
    alone = np.bincount(kind, copy * ~beside, size) * np.bincount(kind, near, size) / total
    crowd = np.bincount(kind, copy * beside, size) * np.bincount(kind, far, size) / total
    return float((alone.sum() + 0.5) / (crowd.sum() + 0.5))
