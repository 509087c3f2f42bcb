"""One band of a join: prepared where it is searched, by threads that share the fingerprints or by workers that are sent them.

A pair belongs to the first band that finds it, so the bands, and parts of a band, are searched independently of each other and
give every pair once.
"""

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedupelab.match.search import hamming_numpy
from dedupelab.match.search.bands import WORD, Band, Buckets, Prints, plan_bands, plan_seconds, word_count

Keys = NDArray[np.uint64]
"""Pairs as `left << 32 | right`."""
Near = Callable[[tuple[int, int]], Iterator[Keys]]
"""Yields the pairs of a span of rows."""
PART_SECONDS = 10.0
"""How long one task of a worker should take: longer ones cannot be spread, shorter ones are mostly sending."""


@dataclass(frozen=True)
class Sides:
    """What is joined: different fingerprints and the rows they stand for; `right` is None when both sides are the same."""

    left: Prints
    left_rows: NDArray[np.int32]
    right: Prints | None
    right_rows: NDArray[np.int32] | None

    def plan(self, radius: int, kernels: Any) -> tuple[tuple[Band, ...], float]:  # noqa: ANN401 - either of two modules
        """Return the bands to search, and about how many seconds one thread takes."""
        rows, columns = len(self.left), len(self.left if self.right is None else self.right)
        plan = plan_bands(rows, columns, WORD * word_count(self.left), radius, kernels.COSTS)
        return plan, plan_seconds(plan, rows, columns, kernels.COSTS)


@dataclass(frozen=True)
class Part:
    """One part of one band of a plan, as a worker gets it."""

    sides: Sides
    plan: tuple[Band, ...]
    number: int
    radius: int
    part: int
    parts: int


def load_kernels(engine: str) -> Any:  # noqa: ANN401 - either of two modules with the same functions
    """Return the compiled kernels, or numpy's when these are asked for or numba is not installed here."""
    if engine == "numpy" or importlib.util.find_spec("numba") is None:
        return hamming_numpy
    from dedupelab.match.search import hamming_numba  # noqa: PLC0415 - numba is optional and slow to import

    return hamming_numba


def prepare(sides: Sides, plan: tuple[Band, ...], number: int, radius: int, kernels: Any) -> Near:  # noqa: ANN401 - see above
    """Sort both sides into a band's buckets; return what searches a span of the left rows in bucket order."""
    band = plan[number]
    keys = band.keys(sides.left)
    order, starts = kernels.bucket_order(keys, band)
    ordered = (sides.left[order], sides.left_rows[order])
    visitors = (*ordered, keys[order])
    same = sides.right is None
    visited = (*ordered, starts)
    if sides.right is not None and sides.right_rows is not None:
        order, starts = kernels.bucket_order(band.keys(sides.right), band)
        visited = (sides.right[order], sides.right_rows[order], starts)
    return partial(kernels.near_pairs, Buckets(*visitors, *visited), band, plan[:number], radius, same=same)


def parts(sides: Sides, radius: int, kernels: Any) -> Iterator[Part]:  # noqa: ANN401 - see above
    """Cut a join into tasks for workers: band by band, and large bands into parts."""
    plan, seconds = sides.plan(radius, kernels)
    cuts = min(max(1, round(seconds / len(plan) / PART_SECONDS)), len(sides.left))
    for number in range(len(plan)):
        yield from (Part(sides, plan, number, radius, part, cuts) for part in range(cuts))


def search_part(part: Part, engine: str) -> Keys:
    """Return the pairs of one part; runs in a worker."""
    near = prepare(part.sides, part.plan, part.number, part.radius, load_kernels(engine))
    rows = len(part.sides.left)
    span = (rows * part.part // part.parts, rows * (part.part + 1) // part.parts)
    return np.concatenate([np.empty(0, np.uint64), *near(span)])
