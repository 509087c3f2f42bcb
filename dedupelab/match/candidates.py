"""Candidate pairs: pictures whose 64-bit fingerprints are near as they are, turned, trimmed or inverted."""

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Final, TypedDict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab import tables
from dedupelab.errors import ConfigError
from dedupelab.match.search.bands import Prints
from dedupelab.match.search.hamming import Engine, PairBlock, Rows, join, self_join


@dataclass(frozen=True)
class Candidates:
    """Candidate pairs as rows of `names`, the image_ids of all images in order; eleven bytes a pair, text only in `frame`."""

    names: NDArray[np.object_]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    distance: NDArray[np.int16]
    transform: NDArray[np.int8]
    """Place in `tables.TRANSFORMS`."""

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.left)

    def frame(self) -> pd.DataFrame:
        """Return the pairs with left, right, distance and transform as a table's columns."""
        return pd.DataFrame(
            {
                "left": pd.Series(self.names[self.left], dtype="str"),
                "right": pd.Series(self.names[self.right], dtype="str"),
                "distance": self.distance.astype(np.int64),
                "transform": pd.Series(np.array(tables.TRANSFORMS, object)[self.transform], dtype="str"),
            }
        )

    def only(self, kept: NDArray[np.bool_]) -> "Candidates":
        """Return some of these pairs."""
        return Candidates(
            self.names, self.left[kept], self.right[kept], self.distance[kept], self.transform[kept]
        )

    def with_frame(self, more: pd.DataFrame) -> "Candidates":
        """Return these pairs and those of a frame with the columns of `frame`, in no order."""
        left, right = (np.searchsorted(self.names, more[side].to_numpy(object)) for side in ("left", "right"))
        transform = more["transform"].map(tables.TRANSFORMS.index)
        return self.with_rows(left, right, more["distance"].to_numpy(), transform.to_numpy())

    def with_rows(
        self,
        left: NDArray[np.integer],
        right: NDArray[np.integer],
        distance: NDArray[np.integer],
        transform: NDArray[np.integer],
    ) -> "Candidates":
        """Return these pairs and others given in the same way, in no order."""
        return Candidates(
            self.names,
            np.append(self.left, left.astype(np.int32)),
            np.append(self.right, right.astype(np.int32)),
            np.append(self.distance, distance.astype(np.int16)),
            np.append(self.transform, transform.astype(np.int8)),
        )


def no_candidates(images: pd.DataFrame) -> Candidates:
    """Return no pair yet of these images."""
    none = np.empty(0, np.int32)
    names = np.sort(images["image_id"].to_numpy(object))
    return Candidates(names, none, none, none.astype(np.int16), none.astype(np.int8))


COLUMNS: Final = ("left", "right", "distance", "transform")
MOST = 1 << 27
LISTED_COPIES = 64
"""Up to this many pictures with one and the same fingerprint are paired with each other in full."""


class Search(TypedDict):
    """How a join is run; see `hamming.self_join`."""

    engine: Engine
    threads: int
    executor: Executor | None


OFF: Final = -1
INVERSE = tuple(tables.TRANSFORMS.index(tables.INVERSE[name]) for name in tables.TRANSFORMS)
"""Quarter turns undo each other; half a turn and every mirroring undoes itself."""
_BRIGHTNESS = np.uint64(1 << 63)


def search_candidates(
    images: pd.DataFrame,
    max_distance: int,
    *,
    turned: int | None = None,
    trimmed: int | None = None,
    inverted: int | None = None,
    engine: Engine = "auto",
    threads: int = 1,
    executor: Executor | None = None,
) -> Candidates:
    """Find the pairs of pictures whose fingerprints are near.

    Pictures that were not hashed or show next to nothing (`tables.LOW_INFORMATION`) take no part.

    Where more than `LISTED_COPIES` pictures have one and the same fingerprint, only the one with the smallest image_id is
    joined with others, and each of its copies is paired with it alone: 50,000 equal pictures give 49,999 pairs.

    Parameters
    ----------
    max_distance
        Largest distance of the fingerprints of two pictures as they are, in bits, 0..64.
    turned, trimmed, inverted
        The same for a picture that was turned or mirrored, whose even border was cut off, and whose tones were inverted.
        None takes `max_distance`, -1 leaves the form out. The fingerprint of an exact negative is 1 bit away.

    Returns
    -------
    Candidates
        Each pair once, left before right, in order; the distance in bits, the smallest of all forms; the transform of
        the form with that distance (trimmed and inverted ones say identity).

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
    images = images.sort_values("image_id")
    taken = (
        (images["status"] == "hashed")
        & (images["information"] >= tables.LOW_INFORMATION)
        & images["phash"].notna()
    ).to_numpy(bool)
    search: Search = {"engine": engine, "threads": threads, "executor": executor}
    packed = np.concatenate([*_near(images[taken], radii, search), np.empty(0, np.uint64)])
    left, right, distance, transform = unpack(once(packed))
    place = np.flatnonzero(taken).astype(np.int32)
    return Candidates(images["image_id"].to_numpy(object), place[left], place[right], distance, transform)


def negative(prints: Prints) -> Prints:
    """Return the fingerprints that the pictures would have with inverted tones, to within one bit.

    Inverting negates every coefficient of the cosine transform except the first, the sum of all brightness, which stays
    the largest. Of the 63 others the middle one lies at the median and below it both ways: hence the one bit.

    >>> hex(negative(np.array([0xFFFFFFFF00000000], np.uint64))[0])
    '0x80000000ffffffff'
    """
    return ~prints | _BRIGHTNESS


def pack(
    left: NDArray[np.integer],
    right: NDArray[np.integer],
    distance: NDArray[np.integer],
    last: NDArray[np.integer] | int,
) -> NDArray[np.uint64]:
    """Return each pair as one number that orders like (left, right, distance, last): 27, 27, 7 and 3 bits."""
    packed = left.astype(np.uint64) << np.uint64(37) | right.astype(np.uint64) << np.uint64(10)
    packed |= distance.astype(np.uint64) << np.uint64(3)
    packed |= np.asarray(last, np.uint64)
    return packed


def once(packed: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return each pair once, in order, with its smallest distance and, among equals, the smallest last part; sorts in place."""
    packed.sort()
    first = np.ones(len(packed), bool)
    pairs = packed >> np.uint64(10)
    np.not_equal(pairs[1:], pairs[:-1], out=first[1:])
    return packed[first]


def unpack(
    packed: NDArray[np.uint64],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int16], NDArray[np.int8]]:
    """Undo `pack`.

    >>> [column.tolist() for column in unpack(pack(*np.array([[5], [9], [64], [7]])))]
    [[5], [9], [64], [7]]
    """
    return (
        (packed >> np.uint64(37)).astype(np.int32),
        (packed >> np.uint64(10) & np.uint64(MOST - 1)).astype(np.int32),
        (packed >> np.uint64(3) & np.uint64(127)).astype(np.int16),
        (packed & np.uint64(7)).astype(np.int8),
    )


def _near(shown: pd.DataFrame, radii: dict[str, int], search: Search) -> Iterator[NDArray[np.uint64]]:
    """Yield the packed pairs of every form, rows counted in order of image_id."""
    prints = shown["phash"].to_numpy(np.uint64)
    if len(prints) > MOST:
        raise ConfigError(f"expected at most {MOST:,} pictures in a study, got {len(prints):,}; split it")
    for block in self_join(prints, radii["max_distance"], **search).copies(LISTED_COPIES):
        yield pack(*block, 0)

    def against_all(queries: Prints, rows: Rows, radius: int, transform: int) -> Iterator[NDArray[np.uint64]]:
        for block in join(queries, prints, radius, **search).copies(LISTED_COPIES):
            yield from _ordered(PairBlock(rows[block.left], block.right, block.distance), transform)

    if radii["inverted"] != OFF:
        yield from against_all(negative(prints), np.arange(len(prints)), radii["inverted"], 0)
    if radii["trimmed"] != OFF:
        rows, cut = _trimmed(shown, prints)
        yield from against_all(cut, rows, radii["trimmed"], 0)
        for block in self_join(cut, radii["trimmed"], **search).copies(LISTED_COPIES):
            yield pack(rows[block.left], rows[block.right], block.distance, 0)
    if radii["turned"] != OFF:
        rows = np.flatnonzero(shown["phash_forms"].notna()).astype(np.int64)
        forms = np.frombuffer(b"".join(shown["phash_forms"].iloc[rows]), "<u8").reshape(-1, 8)
        for transform in range(1, len(tables.TRANSFORMS)):
            turned = forms[:, transform].astype(np.uint64)
            yield from against_all(turned, rows, radii["turned"], transform)


def _trimmed(shown: pd.DataFrame, prints: Prints) -> tuple[Rows, Prints]:
    """Return the rows that had a border, and their fingerprints without it."""
    column = shown["phash_trimmed"]
    rows = np.flatnonzero(column.notna()).astype(np.int64)
    cut = column.iloc[rows].to_numpy(np.uint64)
    bordered = cut != prints[rows]
    return rows[bordered], cut[bordered]


def _ordered(block: PairBlock, transform: int) -> Iterator[NDArray[np.uint64]]:
    """Put the smaller row left: where that swaps the two, what turns one into the other is undone instead."""
    left, right, distance = block
    kept, swapped = left < right, left > right
    yield pack(left[kept], right[kept], distance[kept], transform)
    yield pack(right[swapped], left[swapped], distance[swapped], INVERSE[transform])
