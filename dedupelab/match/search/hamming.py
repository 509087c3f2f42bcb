"""Exact joins of binary fingerprints: every pair within a radius, each once, in order.

Equal fingerprints are collapsed first, so that 50,000 copies of one picture cost no more than 50,000 pictures: only the
first row with a fingerprint is joined, and `Classes` says which rows it stands for. The distinct ones meet through bands
(see `bands`), in machine code where numba is installed, otherwise in numpy: the pairs are the same.
"""

import importlib.util
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain, pairwise
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dedupelab.errors import ConfigError, MissingExtraError
from dedupelab.match.search import hamming_numpy
from dedupelab.match.search.band_search import Sides, load_kernels, parts, prepare, search_part
from dedupelab.match.search.bands import WORD, Prints, plan_bands, plan_seconds, word_count
from dedupelab.work.batches import run_batches

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
            "see hamming.from_bytes"
        )
    if len(array) > MAX_PRINTS:
        raise ConfigError(f"fingerprints must be at most {MAX_PRINTS}, got {len(array)}; join parts of them")
    return np.ascontiguousarray(array)


def _differ(prints: Prints, order: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Compare each print with the one before it in order."""
    ordered = prints[order]
    different: NDArray[np.bool_] = ordered[1:] != ordered[:-1]
    return different if different.ndim == 1 else np.any(different, axis=1)


class PairBlock(NamedTuple):
    """Pairs of rows and the bits in which their fingerprints differ, ordered by left, then right."""

    left: Rows
    right: Rows
    distance: NDArray[np.int16]


@dataclass(frozen=True)
class Join:
    """The pairs of a join in collapsed form: only rows that are the first of their class appear.

    `same` says that both sides are the same rows; each unordered pair then comes once, with left < right.
    """

    pairs: PairBlock
    left: Classes
    right: Classes
    same: bool

    def expand(self, limit: int | None = None) -> PairBlock:
        """Return the pairs of all rows, copies included.

        Parameters
        ----------
        limit
            Classes of more rows than this are not multiplied out: their first row stands for them, and in a self-join
            each of its copies is paired with it once (a star). None multiplies everything out.

        Examples
        --------
        >>> from dedupelab.match.search.hamming import self_join
        >>> prints = np.array([5, 5, 4, 5], np.uint64)
        >>> [column.tolist() for column in self_join(prints, 1).expand()]
        [[0, 0, 0, 1, 1, 2], [1, 2, 3, 2, 3, 3], [0, 1, 0, 1, 0, 1]]
        >>> [column.tolist() for column in self_join(prints, 1).expand(limit=2)]
        [[0, 0, 0], [1, 2, 3], [0, 1, 0]]
        """
        left, right, distance = (np.concatenate(c) for c in zip(*self.copies(limit), strict=True))
        order = np.lexsort((right, left))
        return PairBlock(left[order], right[order], distance[order])

    def copies(self, limit: int | None = None, size: int = 1 << 20) -> Iterator[PairBlock]:
        """Yield the pairs of `expand` in no order, about `size` at a time, the first block perhaps empty."""
        left_starts, left_sizes = self.left.spans(limit)
        right_starts, right_sizes = self.right.spans(limit)
        left_class, right_class = self.left.inverse[self.pairs.left], self.right.inverse[self.pairs.right]
        products = left_sizes[left_class] * right_sizes[right_class]
        ends = np.cumsum(products)
        begin = 0
        while begin == 0 or begin < len(products):
            done = ends[begin - 1] if begin else 0
            end = max(int(np.searchsorted(ends, done + size, side="right")), begin + 1)
            part = slice(begin, end)
            count = products[part]
            step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
            across = np.repeat(right_sizes[right_class[part]], count)
            left = self.left.members[np.repeat(left_starts[left_class[part]], count) + step // across]
            right = self.right.members[np.repeat(right_starts[right_class[part]], count) + step % across]
            if self.same:
                left, right = np.minimum(left, right), np.maximum(left, right)
            yield PairBlock(left, right, np.repeat(self.pairs.distance[part], count))
            begin = end
        if self.same:
            for centre, copy in self.left.within(limit, size):
                yield PairBlock(
                    np.minimum(centre, copy), np.maximum(centre, copy), np.zeros(len(centre), np.int16)
                )


Engine: TypeAlias = Literal["auto", "numba", "numpy"]
Keys: TypeAlias = NDArray[np.uint64]
"""Pairs packed as `left << 32 | right`."""

WORTH_COMPILING = 0.2
"""Seconds that numpy must be expected to take before numba is worth its start."""
WORTH_SENDING = 1.0
"""Seconds that one thread must be expected to take before fingerprints are sent to workers."""
SENT_AHEAD = 32
"""Tasks under way; each holds all fingerprints."""
BLOCK = 1 << 20
"""Pairs whose distances are counted at a time."""
SPANS_PER_THREAD = 16
SPAN = 1 << 12
"""Rows that are worth handing to a thread."""


def self_join(
    prints: Prints,
    radius: int,
    *,
    engine: Engine = "auto",
    threads: int = 1,
    executor: Executor | None = None,
) -> Join:
    """Find all pairs of rows whose fingerprints differ in at most `radius` bits.

    Parameters
    ----------
    prints
        64-bit fingerprints, shape (n,), or 256-bit ones, shape (n, 4), as unsigned 64-bit integers.
    engine
        "auto" takes numba where it is installed and the join is large enough to be worth its start.
    threads
        How many threads search with numba; the result does not depend on it.
    executor
        Its workers search instead, a band or part of a band each, where that takes longer than sending the
        fingerprints; the result is the same.

    Raises
    ------
    ConfigError
        If the fingerprints have another shape or type, or the radius does not fit them.
    MissingExtraError
        If numba is asked for and not installed.

    Examples
    --------
    >>> found = self_join(np.array([0b1111, 0b0000, 0b0111, 0b1111], np.uint64), 1)
    >>> [column.tolist() for column in found.pairs]
    [[0], [2], [1]]
    >>> [column.tolist() for column in found.expand()]
    [[0, 0, 2], [2, 3, 3], [1, 0, 1]]
    """
    prints = checked(prints)
    classes = collapse(prints)
    side = _Side(prints, classes)
    found = _found(side, side, radius, engine, _Spread(threads, executor))
    return Join(found, classes, classes, same=True)


def join(
    queries: Prints,
    prints: Prints,
    radius: int,
    *,
    engine: Engine = "auto",
    threads: int = 1,
    executor: Executor | None = None,
) -> Join:
    """Find all pairs (row of `queries`, row of `prints`) within `radius` bits; see `self_join`.

    >>> found = join(np.array([7, 7], np.uint64), np.array([0, 6], np.uint64), 1)
    >>> [column.tolist() for column in found.expand()]
    [[0, 1], [1, 1], [1, 1]]
    """
    queries, prints = checked(queries), checked(prints)
    left, right = collapse(queries), collapse(prints)
    found = _found(_Side(queries, left), _Side(prints, right), radius, engine, _Spread(threads, executor))
    return Join(found, left, right, same=False)


@dataclass(frozen=True)
class _Side:
    """One side of a join: all its fingerprints and their classes."""

    prints: Prints
    classes: Classes

    def different(self) -> tuple[Prints, NDArray[np.int32]]:
        """Return each fingerprint once, and the row it is found in first."""
        all_differ = len(self.classes) == len(self.prints)
        return self.prints if all_differ else self.prints[self.classes.first], self.classes.first.astype(
            np.int32
        )


@dataclass(frozen=True)
class _Spread:
    """Who searches: threads of this process, or workers that are sent the fingerprints."""

    threads: int
    executor: Executor | None = None


def _kernels(engine: Engine, rows: int, columns: int, bits: int, radius: int) -> Any:  # noqa: ANN401 - one of two modules
    if engine not in {"auto", "numba", "numpy"}:
        raise ConfigError(
            f"engine must be auto, numba or numpy, got {engine}; leave it out to have it chosen"
        )
    if engine == "numba" and not compiled():
        raise MissingExtraError.for_extra("numba", "fast")
    if engine == "auto":
        plan = plan_bands(rows, columns, bits, radius, hamming_numpy.COSTS)
        quick = plan_seconds(plan, rows, columns, hamming_numpy.COSTS) < WORTH_COMPILING
        engine = "numpy" if quick or not compiled() else "numba"
    return load_kernels(engine)


def search_seconds(rows: int, radius: int) -> float:
    """Estimate how long one thread takes to join so many 64-bit fingerprints with themselves."""
    if rows < 2:
        return 0.0
    costs = _kernels("auto", rows, rows, WORD, radius).COSTS
    return plan_seconds(plan_bands(rows, rows, WORD, radius, costs), rows, rows, costs)


def compiled() -> bool:
    """Whether joins that are large enough run in machine code: only then do threads search side by side."""
    return importlib.util.find_spec("numba") is not None


def _found(rows: _Side, columns: _Side, radius: int, engine: Engine, spread: _Spread) -> PairBlock:
    """Return the pairs of first rows in order, with their distances."""
    bits = WORD * word_count(columns.prints)
    if word_count(rows.prints) != word_count(columns.prints):
        raise ConfigError(
            f"both sides must have the same bits, got {rows.prints.shape} and {columns.prints.shape}; use one hasher"
        )
    if not 0 <= radius <= bits:
        raise ConfigError(f"radius must be within 0..{bits}, got {radius}; choose a smaller one")
    if spread.threads < 1:
        raise ConfigError(f"threads must be at least 1, got {spread.threads}; leave it out")
    kernels = _kernels(engine, len(rows.classes), len(columns.classes), bits, radius)
    searched = len(rows.classes) and len(columns.classes)
    runs = _search(rows, columns, radius, kernels, spread) if searched else ()
    keys = np.concatenate([np.empty(0, np.uint64), *runs])
    keys.sort()
    left, right = (keys >> np.uint64(32)).astype(np.int64), (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)
    distance = np.empty(len(keys), np.int16)
    for start in range(0, len(keys), BLOCK):
        part = slice(start, start + BLOCK)
        distance[part] = hamming_numpy.bit_count(rows.prints[left[part]] ^ columns.prints[right[part]])
    return PairBlock(left, right, distance)


def _search(
    rows: _Side,
    columns: _Side,
    radius: int,
    kernels: Any,  # noqa: ANN401 - either of two modules with the same functions
    spread: _Spread,
) -> Iterator[Keys]:
    """Join band by band; the rows of a band are shared out among the threads, or the bands among the executor's workers."""
    right = (None, None) if rows is columns else columns.different()
    sides = Sides(*rows.different(), *right)
    plan, seconds = sides.plan(radius, kernels)
    if spread.executor is not None and seconds >= WORTH_SENDING:
        engine = "numpy" if kernels is hamming_numpy else "numba"
        work = partial(search_part, engine=engine)
        yield from run_batches(work, parts(sides, radius, kernels), spread.executor, ahead=SENT_AHEAD)
        return
    # Numpy holds the interpreter's lock between its operations: threads would wait for each other.
    threads = 1 if kernels is hamming_numpy else spread.threads
    for number in range(len(plan)):
        near = prepare(sides, plan, number, radius, kernels)
        spans = min(SPANS_PER_THREAD * threads if threads > 1 else 1, len(sides.left) // SPAN + 1)
        cuts = np.linspace(0, len(sides.left), spans + 1).astype(int).tolist()
        with ThreadPoolExecutor(threads) as pool:
            yield from chain.from_iterable(pool.map(lambda span, near=near: list(near(span)), pairwise(cuts)))
