"""Coverage: of the pictures that descriptors propose, those that together explain a picture best.

Sorted by votes alone, thirty pictures that share a screenshot's window come before the photograph in it, and copies of one half of a
collage before the other half. So each choice takes away from the worth of the descriptors that it explains
(a greedy cover, as Carbonell and Goldstein's "maximal marginal relevance", SIGIR 1998, diversifies search results).
"""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

STRONG: Final = 6
"""Votes from which a proposal is hardly chance: it is opened while it explains something."""
LEAST_GAIN: Final = 2.0
"""Votes, less those for what is explained already, below which a strong proposal is not opened."""
FIRST: Final = 6
"""Choices within which a weak proposal is opened too; the original of an edited copy is nearly always among these."""
FIRST_ELSEWHERE: Final = 6
"""The same of each other collection."""
FRESH: Final = 3.0
"""Votes for what nothing else explains from which a weak proposal is opened as well: the ninth part of a collage may have no more."""
FRESH_WITHIN: Final = 14
"""Choices within which that holds."""
KEPT_WORTH: Final = 0.5
"""Part of its worth that a descriptor keeps each time it is explained: a work has more copies than one."""

Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]


def worth_opening(votes: pd.DataFrame, pairs: pd.DataFrame, collections: Indices) -> Flags:
    """Say which proposed pairs at least one of their pictures would open.

    Parameters
    ----------
    votes
        One row per vote: `pair` (row of `pairs`), `left` and `right` (descriptor within either picture).
    pairs
        `left`, `right` (numbers of pictures) and `votes`, in order of preference among equals.
    """
    wanted = np.zeros(len(pairs), bool)
    if not len(pairs):
        return wanted
    strong = pairs["votes"].to_numpy() >= STRONG
    ends = pd.concat(
        [
            pd.DataFrame(
                {
                    "own": pairs[own].to_numpy()[votes["pair"]],
                    "elsewhere": collections[pairs[far].to_numpy()[votes["pair"]]],
                    "pair": votes["pair"],
                    "at": votes[own],
                }
            )
            for own, far in (("left", "right"), ("right", "left"))
        ]
    ).sort_values(["own", "elsewhere", "pair"], kind="stable")
    cuts = np.flatnonzero(np.diff(ends["own"]) | np.diff(ends["elsewhere"])) + 1
    for part in np.split(ends.to_numpy(np.int64), cuts):
        own, elsewhere = part[0, :2]
        proposed, row = np.unique(part[:, 2], return_inverse=True)
        coverage = np.zeros((len(proposed), int(part[:, 3].max()) + 1), np.float32)
        coverage[row, part[:, 3]] = 1
        first = FIRST if collections[own] == elsewhere else FIRST_ELSEWHERE
        wanted[proposed[_choose(coverage, strong[proposed], first)]] = True
    return wanted


def _choose(coverage: NDArray[np.float32], strong: Flags, first: int) -> Flags:
    """Return which proposals to open, given the descriptors that each explains (proposals x descriptors)."""
    chosen = np.zeros(len(coverage), bool)
    gain = coverage.sum(axis=1)
    worth = np.ones(coverage.shape[1], np.float32)
    for rank in range(len(coverage)):
        best = int(gain.argmax())
        if gain[best] < LEAST_GAIN and rank >= first:
            break
        fresh = gain[best] >= FRESH and rank < FRESH_WITHIN
        chosen[best] = strong[best] or fresh or rank < first
        worth[coverage[best] > 0] *= KEPT_WORTH
        gain = np.where(gain < 0, gain, coverage @ worth)
        gain[best] = -1
    return chosen
