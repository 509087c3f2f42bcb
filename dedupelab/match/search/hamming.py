"""Exact joins of binary fingerprints: every pair within a radius, each once, in order.

Equal fingerprints are collapsed first, so that 50,000 copies of one picture cost no more than 50,000 pictures: only the
first row with a fingerprint is joined, and `Classes` says which rows it stands for. The distinct ones meet through bands
(see `bands`), in machine code where numba is installed, otherwise in numpy: the pairs are the same.
"""

import importlib.util
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain, pairwise
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedupelab.errors import ConfigError, MissingExtraError
from dedupelab.match.search import hamming_numpy
from dedupelab.match.search.band_search import Sides, load_kernels, parts, prepare, search_part
from dedupelab.match.search.bands import WORD, Prints, plan_bands, plan_seconds, word_count
from dedupelab.match.search.fingerprint_classes import Classes, checked, collapse
from dedupelab.match.search.join_result import Join, PairBlock
from dedupelab.work.batches import run_batches

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
    radius
        Largest distance, in bits.
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

    Examples
    --------
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
