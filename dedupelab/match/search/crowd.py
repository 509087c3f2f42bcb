"""Crowds: descriptors near to so many others that they say nothing, such as a letter, a corner of a window, or sky."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.uint32 | np.uint64]
"""Numbers of descriptors: 256 times the picture's, and the place within it."""
Counts = NDArray[np.int64]
Rows = NDArray[np.void]
Bits = NDArray[np.uint8]
"""A bit for each of 256 descriptors of a picture (pictures x 32)."""
Flags = NDArray[np.bool_]

CROWD: Final = 400
"""A descriptor near to more descriptors than this says nothing. A vote is found from both of its sides, so that twice as many are counted."""
_PICTURES = 1024


def met(votes: Rows) -> tuple[Ids, Counts]:
    """Return the descriptors that vote, and how many votes each is in."""
    ids, counts = np.unique(np.concatenate([votes["left"], votes["right"]]), return_counts=True)
    return ids, counts


def thinned(votes: Rows) -> tuple[Rows, tuple[Ids, Counts]]:
    """Leave out the votes of descriptors that are a crowd by these votes alone; return the others, and who voted in those left out.

    A crowd only grows, so that these votes would not be counted in the end: what some template repeats need not be kept until then.
    """
    ids, counts = met(votes)
    over = ids[counts > 2 * CROWD]
    out = np.isin(votes["left"], over) | np.isin(votes["right"], over)
    return votes[~out], met(votes[out])


def among(ids: Ids, bits: Bits) -> Flags:
    """Whether the bit of each descriptor is set."""
    flags: Flags = (bits[ids >> 8, ids >> 3 & 31] >> (7 - (ids & 7)).astype(np.uint8) & 1).astype(bool)
    return flags


@dataclass(frozen=True)
class Crowd:
    """How many votes each descriptor is in, counted in a file: a kilobyte for each picture."""

    path: Path
    pictures: int

    def __post_init__(self) -> None:
        """Begin with none."""
        with self.path.open("wb") as file:
            file.truncate(self.pictures << 10)

    def add(self, ids: Ids, counts: Counts) -> None:
        """Count so many votes of each of these descriptors, none named twice."""
        if len(ids):
            file = np.memmap(self.path, np.uint32, "r+")
            file[ids] += counts.astype(np.uint32)

    def bits(self) -> Bits:
        """Return which descriptors say nothing."""
        bits = np.zeros((self.pictures, 32), np.uint8)
        with self.path.open("rb") as file:
            for start in range(0, self.pictures, _PICTURES):
                counts = np.fromfile(file, np.uint32, _PICTURES << 8).reshape(-1, 256)
                bits[start : start + _PICTURES] = np.packbits(counts > 2 * CROWD, axis=1)
        return bits
