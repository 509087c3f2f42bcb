"""Millions of verdicts in some fifty bytes each: text and objects are made of them only when rows are written."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.tables import RELATIONS, TRANSFORMS

if TYPE_CHECKING:
    from dedupelab.match.compare.regions import Box

Rows: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True)
class Verdicts:
    """One verdict per pair: transform and relation as places in TRANSFORMS and RELATIONS, reason as place in `reasons`.

    Regions are x0, y0, x1, y1, all NaN where there is none.
    """

    transform: NDArray[np.int8]
    relation: NDArray[np.int8]
    score: NDArray[np.float64]
    reason: Rows
    left_region: NDArray[np.float32]
    right_region: NDArray[np.float32]
    reasons: list[str]
    mirrored: list[str]
    """Each reason as it reads with left and right exchanged."""
    drawn: NDArray[np.bool_]
    """Of what is undecided, whether what agrees is drawn or printed, or surrounds pictures."""
    windows: "dict[int, tuple[Box, Box]]" = field(default_factory=dict)
    """By pair, the windows of the few that have any (`Verdict.left_window`)."""
    places: "dict[int, tuple[tuple[Box, ...], tuple[Box, ...]]]" = field(default_factory=dict)
    """By pair, where left and right differ, of those that were compared at their own resolution."""

    def columns(self) -> dict[str, pd.Series]:
        """Return the verdicts as columns of the pairs table."""
        return {
            "transform": words(TRANSFORMS, self.transform),
            "relation": words(RELATIONS, self.relation),
            "reason": words(self.reasons, self.reason),
            "score": pd.Series(self.score),
            "left_region": boxes(self.left_region),
            "right_region": boxes(self.right_region),
            "differences": differences(self.places, np.arange(len(self.relation)), np.zeros(1, bool)),
        }


def differences(
    places: "dict[int, tuple[tuple[Box, ...], tuple[Box, ...]]]",
    of: NDArray[np.integer],
    mirrored: NDArray[np.bool_],
) -> pd.Series:
    """Return the places of the verdicts `of` as a column of JSON: lists of boxes in left, empty where none were looked for."""
    column = np.full(len(of), "", object)
    known = np.isin(of, list(places)) if places else np.zeros(len(of), bool)
    sides = np.broadcast_to(mirrored, len(of))
    for row in np.flatnonzero(known):
        side = places[int(of[row])][int(sides[row])]
        column[row] = json.dumps([[round(end, 4) for end in box] for box in side])
    return pd.Series(column, dtype="str")


def words(known: "list[str] | tuple[str, ...]", places: NDArray[np.integer]) -> pd.Series:
    """Return the words at these places as a column."""
    return pd.Series(np.array([*known, ""], object)[places], dtype="str")


def boxes(regions: NDArray[np.float32]) -> pd.Series:
    """Return regions as a column of arrays, None where there is none."""
    column = np.full(len(regions), None, object)
    for row in np.flatnonzero(~np.isnan(regions[:, 0])):
        column[row] = regions[row]
    return pd.Series(column, dtype=object)
