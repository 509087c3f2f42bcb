"""The fingerprint join in numpy alone: the same pairs as the compiled kernels, some ten times slower."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dedupelab.match.search.bands import Band, Buckets, Costs, Prints, masks, word_count

COSTS = Costs(prepare=100.0, visit=16.0, compare=14.0, scan=2.5)
TILE = 1 << 15
CHUNK = 1 << 17
"""Pairs compared at a time: small enough to stay in the processor's cache."""


def bucket_order(keys: NDArray[np.uint32], band: Band) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the prints in order of their bucket, and where each bucket starts."""
    order = np.argsort(keys, kind="stable").astype(np.int32)
    starts = np.zeros(band.buckets + 1, np.int32)
    np.cumsum(np.bincount(keys, minlength=band.buckets), out=starts[1:])
    return order, starts


def near_pairs(
    buckets: Buckets, band: Band, earlier: tuple[Band, ...], radius: int, span: tuple[int, int], *, same: bool
) -> Iterator[NDArray[np.uint64]]:
    """Yield pairs within `radius` that share `band` and none of the `earlier` bands, as `left << 32 | right`.

    `span` are the rows to do. When rows and columns are the `same` prints, each unordered pair comes once, its smaller
    position left.
    """
    rows, row_order, _keys, columns, column_order, _starts = buckets
    scan = band.width == 0
    if scan:
        near = _scan(rows, columns, radius, span, same=same)
    else:
        near = _visit(buckets, band, radius, span, same=same)
    earlier_masks = masks(earlier, word_count(rows))
    for row, column in near:
        fresh = row < column if same and scan else np.ones(len(row), bool)
        difference = rows[row] ^ columns[column]
        for other, mask in zip(earlier, earlier_masks, strict=True):
            fresh &= bit_count(difference & (mask[0] if rows.ndim == 1 else mask)) > other.radius
        left, right = row_order[row[fresh]].astype(np.uint64), column_order[column[fresh]].astype(np.uint64)
        if same:
            left, right = np.minimum(left, right), np.maximum(left, right)
        if len(left):
            yield left << np.uint64(32) | right


def bit_count(words: Prints) -> NDArray[np.integer]:
    """Count the bits of each print.

    >>> bit_count(np.array([[1, 0, 3, 0], [0, 0, 0, 0]], np.uint64)).tolist()
    [3, 0]
    """
    counts: NDArray[np.uint8] = np.bitwise_count(words)
    return counts if words.ndim == 1 else counts.sum(axis=1, dtype=np.uint16)


def _scan(
    rows: Prints, columns: Prints, radius: int, span: tuple[int, int], *, same: bool
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Compare every row of the span with every column (later column, when they are the same), a block at a time."""
    width = 1 << 12
    height = max(CHUNK // min(width, len(columns)), 1)
    for top in range(span[0], span[1], height):
        for start in range(top if same else 0, len(columns), width):
            block = rows[top : min(top + height, span[1])]
            row, column = np.nonzero(_block_distances(block, columns[start : start + width]) <= radius)
            if len(row):
                yield row + top, column + start


def _block_distances(rows: Prints, columns: Prints) -> NDArray[np.integer]:
    if rows.ndim == 1:
        counts: NDArray[np.uint8] = np.bitwise_count(rows[:, None] ^ columns)
        return counts
    total = np.zeros((len(rows), len(columns)), np.uint16)
    for word in range(rows.shape[1]):
        total += np.bitwise_count(rows[:, None, word] ^ columns[:, word])
    return total


def _visit(
    buckets: Buckets, band: Band, radius: int, span: tuple[int, int], *, same: bool
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Compare each row of the span with the columns of the buckets near its own."""
    rows, _rows, row_keys, columns, _columns, starts = buckets
    flips = band.flips()
    for top in range(span[0], span[1], TILE):
        tile = np.arange(top, min(top + TILE, span[1]))
        keys = row_keys[tile]
        for flip in flips:
            near = keys ^ flip
            first, last = starts[near].astype(np.intp), starts[near + 1].astype(np.intp)
            if same:
                # Of the two directions only the upward one is compared, and within a bucket only what comes later.
                first = np.maximum(first, tile + 1) if flip == 0 else np.where(near > keys, first, last)
            sizes = np.maximum(last - first, 0)
            ends = np.cumsum(sizes)
            cuts = np.searchsorted(ends, np.arange(CHUNK, ends[-1] + CHUNK, CHUNK))
            low = 0
            for high in np.unique(np.minimum(cuts + 1, len(tile))):
                part = sizes[low:high]
                row = np.repeat(tile[low:high], part)
                offset = first[low:high] - (np.cumsum(part) - part)
                column = np.arange(len(row)) + np.repeat(offset, part)
                alike = bit_count(rows[row] ^ columns[column]) <= radius
                if alike.any():
                    yield row[alike], column[alike]
                low = high
