"""Compiled kernels of the fingerprint join; imported only where numba is installed.

Machine code is cached beside the package, or in the user's cache folder where that is read-only, so that compiling is
paid once. The kernels release the interpreter's lock: threads run them side by side.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]  # llvmlite has no types
from numba.core import types
from numba.extending import intrinsic, register_jitable
from numpy.typing import NDArray

from dedupelab.match.search.bands import Band, Buckets, Costs, Prints, masks, word_count

COSTS = Costs(prepare=10.0, visit=8.0, compare=1.0, scan=1.0)
TILE = 4096
"""Rows that visit the same flip one after another: their buckets then lie side by side in memory."""
CAPACITY = 1 << 16

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile on first call; without any writable cache folder compile in every process instead of failing."""
    try:
        return cast("Function", numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:
        return cast("Function", numba.njit(nogil=True)(function))


def _popcount(typing_context: Any, word: Any) -> Any:  # noqa: ANN401, ARG001 - numba's own protocol
    """Count the bits of a word with the processor's instruction."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401 - numba's own protocol
        counter = builder.module.declare_intrinsic("llvm.ctpop", [ir.IntType(64)])
        return builder.call(counter, arguments)

    return types.int64(types.uint64), generate


popcount: Any = intrinsic(_popcount)


@register_jitable
def distance(rows: Prints, row: int, columns: Prints, column: int) -> Any:  # noqa: ANN401 - a numba integer
    """Count the bits in which two prints differ; numba keeps only the branch of the array's shape."""
    if rows.ndim == 1:
        return popcount(rows[row] ^ columns[column])
    total = 0
    for word in range(4):
        total += popcount(rows[row, word] ^ columns[column, word])
    return total


@register_jitable
def masked_distance(rows: Prints, row: int, columns: Prints, column: int, mask: NDArray[np.uint64]) -> Any:  # noqa: ANN401 - a numba integer
    """Count the bits under a mask in which two prints differ."""
    if rows.ndim == 1:
        return popcount((rows[row] ^ columns[column]) & mask[0])
    total = 0
    for word in range(4):
        total += popcount((rows[row, word] ^ columns[column, word]) & mask[word])
    return total


@compiled
def count_buckets(keys: NDArray[np.uint32], starts: NDArray[np.int32]) -> None:
    """Set `starts[b]` to where bucket b will begin."""
    for key in keys:
        starts[key + 1] += 1
    for bucket in range(len(starts) - 1):
        starts[bucket + 1] += starts[bucket]


@compiled
def fill_buckets(keys: NDArray[np.uint32], starts: NDArray[np.int32], order: NDArray[np.int32]) -> None:
    """Set `order` to the rows in order of their bucket; `starts` moves on by one bucket."""
    for row in range(len(keys)):
        order[starts[keys[row]]] = row
        starts[keys[row]] += 1


@compiled
def join_rows(  # noqa: C901 - one loop nest, in one piece for the compiler
    rows: Prints,
    row_order: NDArray[np.int32],
    row_keys: NDArray[np.uint32],
    columns: Prints,
    column_order: NDArray[np.int32],
    starts: NDArray[np.int32],
    flips: NDArray[np.uint32],
    earlier_masks: NDArray[np.uint64],
    earlier_radii: NDArray[np.int64],
    radius: int,
    same: bool,  # noqa: FBT001 - numba passes positions
    end: int,
    state: NDArray[np.int64],
    out: NDArray[np.uint64],
) -> int:
    """Write the near pairs of rows up to `end` that no earlier band has; return how many fitted.

    `state` holds where to go on: tile, flip, row. It has reached `end` when there is nothing left.
    """
    count = 0
    tile, flip_from, row_from = state[0], state[1], state[2]
    while tile < end:
        tile_end = min(tile + TILE, end)
        for flip in range(flip_from, len(flips)):
            pattern = flips[flip]
            for row in range(max(tile, row_from), tile_end):
                key = row_keys[row]
                bucket = key ^ pattern
                if same and bucket < key:
                    continue
                first = starts[bucket]
                last = starts[bucket + np.uint32(1)]
                if same and bucket == key:
                    first = row + 1
                before = count
                for column in range(first, last):
                    if distance(rows, row, columns, column) <= radius:
                        fresh = True
                        for band in range(len(earlier_radii)):
                            if (
                                masked_distance(rows, row, columns, column, earlier_masks[band])
                                <= earlier_radii[band]
                            ):
                                fresh = False
                                break
                        if fresh:
                            if count == len(out):
                                state[0], state[1], state[2] = tile, flip, row
                                return before
                            left = np.uint64(row_order[row])
                            right = np.uint64(column_order[column])
                            if same and right < left:
                                left, right = right, left
                            out[count] = left << np.uint64(32) | right
                            count += 1
            row_from = 0
        flip_from = 0
        tile = tile_end
    state[0], state[1], state[2] = tile, 0, 0
    return count


def bucket_order(keys: NDArray[np.uint32], band: Band) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the prints in order of their bucket, and where each bucket starts."""
    starts = np.zeros(band.buckets + 1, np.int32)
    count_buckets(keys, starts)
    order = np.empty(len(keys), np.int32)
    fill_buckets(keys, starts[:-1].copy(), order)
    return order, starts


def near_pairs(
    buckets: Buckets, band: Band, earlier: tuple[Band, ...], radius: int, span: tuple[int, int], *, same: bool
) -> Iterator[NDArray[np.uint64]]:
    """Yield pairs as `left << 32 | right`; see `hamming_numpy.near_pairs` for the arguments."""
    earlier_radii = np.array([other.radius for other in earlier], np.int64)
    arguments = (*buckets, band.flips(), masks(earlier, word_count(buckets.rows)), earlier_radii)
    state = np.array([span[0], 0, 0], np.int64)
    out = np.empty(CAPACITY, np.uint64)
    while state[0] < span[1]:
        count = join_rows(*arguments, radius, same, span[1], state, out)
        if count:
            yield out[:count].copy()
        elif state[0] < span[1]:
            # One row alone has more neighbours than fit.
            out = np.empty(2 * len(out), np.uint64)
