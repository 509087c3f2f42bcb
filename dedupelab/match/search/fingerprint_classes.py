"""Fingerprints as arrays, and the classes of rows whose fingerprints are equal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dedupelab.errors import ConfigError
from dedupelab.match.search.bands import Prints

Rows: TypeAlias = NDArray[np.int64]

MAX_PRINTS = 2**31 - 1


@dataclass(frozen=True)
class Classes:
    """Rows with equal fingerprints: class c begins at row `first[c]` (ascending), row i is in class `inverse[i]`."""

    first: Rows
    inverse: NDArray[np.int32]

    def __len__(self) -> int:
        """Return the number of different fingerprints."""
        return len(self.first)

    @cached_property
    def sizes(self) -> Rows:
        """How many rows each class has."""
        return np.bincount(self.inverse, minlength=len(self.first)).astype(np.int64)

    @cached_property
    def members(self) -> Rows:
        """All rows, class after class, ascending within each."""
        return np.argsort(self.inverse, kind="stable").astype(np.int64)

    def spans(self, limit: int | None) -> tuple[Rows, Rows]:
        """Return where each class begins among the members, and how many of its rows are multiplied out."""
        starts = np.cumsum(self.sizes) - self.sizes
        return starts, self.sizes if limit is None else np.where(self.sizes > limit, 1, self.sizes)

    def within(self, limit: int | None, size: int = 1 << 20) -> Iterator[tuple[Rows, Rows]]:
        """Yield pairs of rows of one class, about `size` at a time: all of them, or a star where it is larger than the limit."""
        sizes = np.repeat(self.sizes, self.sizes)
        place = np.arange(len(sizes)) - np.repeat(np.cumsum(self.sizes) - self.sizes, self.sizes)
        later = sizes - place - 1
        if limit is not None:
            later[(sizes > limit) & (place > 0)] = 0
        ends = np.cumsum(later)
        begin = 0
        while begin < len(later):
            done = ends[begin - 1] if begin else 0
            end = max(int(np.searchsorted(ends, done + size, side="right")), begin + 1)
            count = later[begin:end]
            step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
            at = np.repeat(np.arange(begin, end), count)
            yield self.members[at], self.members[at + 1 + step]
            begin = end


def collapse(prints: Prints) -> Classes:
    """Find the rows with equal fingerprints.

    Examples
    --------
    >>> classes = collapse(np.array([9, 4, 9], np.uint64))
    >>> classes.first.tolist(), classes.inverse.tolist()
    ([0, 1], [0, 1, 0])
    """
    prints = checked(prints)
    order = np.argsort(prints) if prints.ndim == 1 else np.lexsort(prints.T)
    new = np.ones(len(prints), bool)
    new[1:] = _differ(prints, order)
    starts = np.flatnonzero(new)
    first = np.minimum.reduceat(order, starts) if len(starts) else np.empty(0, np.int64)
    by_first = np.argsort(first)
    rank = np.empty(len(first), np.int32)
    rank[by_first] = np.arange(len(first), dtype=np.int32)
    inverse = np.empty(len(prints), np.int32)
    inverse[order] = np.repeat(rank, np.diff(starts, append=len(prints)))
    return Classes(first[by_first].astype(np.int64), inverse)


def from_bytes(prints: Iterable[bytes]) -> Prints:
    r"""Return 256-bit fingerprints of 32 bytes each in the form that the joins take.

    >>> from_bytes([b"\x01" + bytes(31)]).tolist()
    [[1, 0, 0, 0]]
    """
    return np.frombuffer(b"".join(prints), "<u8").reshape(-1, 4).astype(np.uint64)


def checked(prints: ArrayLike) -> Prints:
    """Return fingerprints contiguous and of a form that the joins take.

    Raises
    ------
    ConfigError
        If they have another shape or type.
    """
    array = np.asarray(prints)
    if array.dtype != np.uint64 or array.shape[1:] not in {(), (4,)} or array.ndim == 0:
        raise ConfigError(
            f"fingerprints must be uint64 of shape (n,) or (n, 4), got {array.dtype} of shape {array.shape}; "
            "see fingerprint_classes.from_bytes"
        )
    if len(array) > MAX_PRINTS:
        raise ConfigError(f"fingerprints must be at most {MAX_PRINTS}, got {len(array)}; join parts of them")
    return np.ascontiguousarray(array)


def _differ(prints: Prints, order: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Compare each print with the one before it in order."""
    ordered = prints[order]
    different: NDArray[np.bool_] = ordered[1:] != ordered[:-1]
    return different if different.ndim == 1 else np.any(different, axis=1)
