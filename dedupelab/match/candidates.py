"""Candidate pairs: pictures whose 64-bit fingerprints are near as they are, turned, trimmed or inverted."""

from collections.abc import Iterator
from concurrent.futures import Executor
from typing import Final, TypedDict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab import tables
from dedupelab.errors import ConfigError
from dedupelab.match.bands import Prints
from dedupelab.match.fingerprint_classes import Rows
from dedupelab.match.hamming import Engine, join, self_join
from dedupelab.match.joined import PairBlock

COLUMNS: Final = ("left", "right", "distance", "transform")
LISTED_COPIES = 64
"""Up to this many pictures with one and the same fingerprint are paired with each other in full."""


class Search(TypedDict):
    """How a join is run; see `hamming.self_join`."""

    engine: Engine
    threads: int
    executor: Executor | None


OFF: Final = -1
_INVERSE = tuple(tables.TRANSFORMS.index(tables.INVERSE[name]) for name in tables.TRANSFORMS)
"""Quarter turns undo each other; half a turn and every mirroring undoes itself."""
_BRIGHTNESS = np.uint64(1 << 63)


def find_candidates(
    images: pd.DataFrame,
    max_distance: int,
    *,
    turned: int | None = None,
    trimmed: int | None = None,
    inverted: int | None = None,
    engine: Engine = "auto",
    threads: int = 1,
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Find the pairs of pictures whose fingerprints are near.

    Pictures that were not hashed or show next to nothing (`tables.LOW_INFORMATION`) take no part.

    Where more than `LISTED_COPIES` pictures have one and the same fingerprint, only the one with the smallest image_id is
    joined with others, and each of its copies is paired with it alone: 50,000 equal pictures give 49,999 pairs.

    Parameters
    ----------
    images
        Table of images.
    max_distance
        Largest distance of the fingerprints of two pictures as they are, in bits, 0..64.
    turned, trimmed, inverted
        The same for a picture that was turned or mirrored, whose even border was cut off, and whose tones were inverted.
        None takes `max_distance`, -1 leaves the form out. The fingerprint of an exact negative is 1 bit away.
    engine, threads, executor
        As for `hamming.self_join`.

    Returns
    -------
    DataFrame
        `left`, `right` (left < right, each pair once, in order), `distance` (bits, the smallest of all forms) and
        `transform` (of `tables.TRANSFORMS`, the form with that distance; trimmed and inverted ones say identity).

    Raises
    ------
    ConfigError
        If a distance is out of bounds.
    """
    radii = {
        "max_distance": max_distance,
        "turned": max_distance if turned is None else turned,
        "trimmed": max_distance if trimmed is None else trimmed,
        "inverted": max_distance if inverted is None else inverted,
    }
    for name, radius in radii.items():
        if not (0 if name == "max_distance" else OFF) <= radius <= 64:
            raise ConfigError(f"{name} must be within 0..64, got {radius}; choose a number of differing bits")
    shown = images[
        (images["status"] == "hashed")
        & (images["information"] >= tables.LOW_INFORMATION)
        & images["phash"].notna()
    ]
    shown = shown.sort_values("image_id")
    search: Search = {"engine": engine, "threads": threads, "executor": executor}
    found = _smallest([*_near(shown, radii, search)])
    names = shown["image_id"].to_numpy(object)
    left, right, distance, transform = found
    return pd.DataFrame(
        {
            "left": pd.Series(names[left], dtype="str"),
            "right": pd.Series(names[right], dtype="str"),
            "distance": distance.astype(np.int64),
            "transform": pd.Series(np.array(tables.TRANSFORMS, object)[transform], dtype="str"),
        }
    )


def negative(prints: Prints) -> Prints:
    """Return the fingerprints that the pictures would have with inverted tones, to within one bit.

    Inverting negates every coefficient of the cosine transform except the first, the sum of all brightness, which stays
    the largest. Of the 63 others the middle one lies at the median and below it both ways: hence the one bit.

    Examples
    --------
    >>> hex(negative(np.array([0xFFFFFFFF00000000], np.uint64))[0])
    '0x80000000ffffffff'
    """
    return ~prints | _BRIGHTNESS


def _near(
    shown: pd.DataFrame, radii: dict[str, int], search: Search
) -> Iterator[tuple[Rows, Rows, NDArray[np.int16], int]]:
    """Yield (left, right, distance, transform) of every form, rows counted in order of image_id."""
    prints = shown["phash"].to_numpy(np.uint64)
    block = self_join(prints, radii["max_distance"], **search).expand(LISTED_COPIES)
    yield *block, 0

    def against_all(
        queries: Prints, rows: Rows, radius: int, transform: int
    ) -> Iterator[tuple[Rows, Rows, NDArray[np.int16], int]]:
        block = join(queries, prints, radius, **search).expand(LISTED_COPIES)
        yield from _ordered(PairBlock(rows[block.left], block.right, block.distance), transform)

    if radii["inverted"] != OFF:
        yield from against_all(negative(prints), np.arange(len(prints)), radii["inverted"], 0)
    if radii["trimmed"] != OFF:
        rows, cut = _trimmed(shown, prints)
        yield from against_all(cut, rows, radii["trimmed"], 0)
        block = self_join(cut, radii["trimmed"], **search).expand(LISTED_COPIES)
        yield rows[block.left], rows[block.right], block.distance, 0
    if radii["turned"] != OFF:
        rows = np.flatnonzero(shown["phash_forms"].notna()).astype(np.int64)
        forms = (
            np.frombuffer(b"".join(shown["phash_forms"].iloc[rows]), "<u8").reshape(-1, 8).astype(np.uint64)
        )
        for transform in range(1, len(tables.TRANSFORMS)):
            yield from against_all(forms[:, transform], rows, radii["turned"], transform)


def _trimmed(shown: pd.DataFrame, prints: Prints) -> tuple[Rows, Prints]:
    """Return the rows that had a border, and their fingerprints without it."""
    column = shown["phash_trimmed"]
    rows = np.flatnonzero(column.notna()).astype(np.int64)
    cut = column.iloc[rows].to_numpy(np.uint64)
    bordered = cut != prints[rows]
    return rows[bordered], cut[bordered]


def _ordered(block: PairBlock, transform: int) -> Iterator[tuple[Rows, Rows, NDArray[np.int16], int]]:
    """Put the smaller row left: where that swaps the two, what turns one into the other is undone instead."""
    left, right, distance = block
    kept, swapped = left < right, left > right
    yield left[kept], right[kept], distance[kept], transform
    yield right[swapped], left[swapped], distance[swapped], _INVERSE[transform]


def _smallest(
    found: list[tuple[Rows, Rows, NDArray[np.int16], int]],
) -> tuple[Rows, Rows, NDArray[np.int16], NDArray[np.int8]]:
    """Keep each pair once, with its smallest distance and, among equals, the earliest transform."""
    left, right, distance = (np.concatenate([part[column] for part in found]) for column in range(3))
    transform = np.concatenate([np.full(len(part[0]), part[3], np.int8) for part in found])
    order = np.lexsort((transform, distance, right, left))
    left, right, distance, transform = left[order], right[order], distance[order], transform[order]
    first = np.ones(len(left), bool)
    first[1:] = (left[1:] != left[:-1]) | (right[1:] != right[:-1])
    return left[first], right[first], distance[first], transform[first]
