"""Exact joins of binary fingerprints: every pair within a radius, each once, in order.

Equal fingerprints are collapsed first, so that 50,000 copies of one picture cost no more than 50,000 pictures: only the
first row with a fingerprint is joined, and `Classes` says which rows it stands for. The distinct ones meet through bands
(see `bands`), in machine code where numba is installed, otherwise in numpy: the pairs are the same.
"""

import importlib.util
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedupelab.errors import ConfigError, MissingExtraError
from dedupelab.match.search import hamming_numpy
from dedupelab.match.search.band_search import Sides, load_kernels, parts, prepare, search_part
from dedupelab.match.search.bands import WORD, Prints, plan_bands, plan_seconds, word_count
from dedupelab.match.search.fingerprint_classes import Classes, checked, collapse
from dedupelab.match.search.join_result import Join, PairBlock
from dedupelab.match.search.pair_runs import PairRuns
from dedupelab.work.batches import run_batches

Engine: TypeAlias = Literal["auto", "numba", "numpy"]

WORTH_COMPILING = 0.2
"""Seconds that numpy must be expected to take before numba is worth its start."""
WORTH_SENDING = 1.0
"""Seconds that one thread must be expected to take before fingerprints are sent to workers."""
SENT_AHEAD = 32
"""Tasks under way; each holds all fingerprints."""
PAIRS_IN_MEMORY = 1 << 22
BLOCK = 1 << 20
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
    blocks = _blocks(prints, classes, None, radius, engine=engine, threads=threads, executor=executor)
    return Join(_gather(blocks), classes, classes, same=True)


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
    blocks = _blocks(
        queries, left, (prints, right), radius, engine=engine, threads=threads, executor=executor
    )
    return Join(_gather(blocks), left, right, same=False)


def iter_self_join(
    prints: Prints,
    radius: int,
    *,
    repeats: bool = False,
    block: int = BLOCK,
    engine: Engine = "auto",
    threads: int = 1,
) -> Iterator[PairBlock]:
    """Yield the collapsed pairs of `self_join` in blocks of at most `block`, in order, in bounded memory.

    With `repeats`, each row that repeats an earlier fingerprint comes too, paired at distance 0 with the first such row:
    the blocks then say everything there is to know about `prints`.
    """
    prints = checked(prints)
    classes = collapse(prints)
    return _blocks(
        prints, classes, None, radius, engine=engine, threads=threads, block=block, repeats=repeats
    )


def iter_join(
    queries: Prints,
    prints: Prints,
    radius: int,
    *,
    block: int = BLOCK,
    engine: Engine = "auto",
    threads: int = 1,
) -> Iterator[PairBlock]:
    """Yield the collapsed pairs of `join` in blocks of at most `block`, in order, in bounded memory."""
    queries, prints = checked(queries), checked(prints)
    right = (prints, collapse(prints))
    return _blocks(queries, collapse(queries), right, radius, engine=engine, threads=threads, block=block)


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


def _blocks(
    queries: Prints,
    left: Classes,
    right: tuple[Prints, Classes] | None,
    radius: int,
    *,
    engine: Engine,
    threads: int,
    executor: Executor | None = None,
    block: int = BLOCK,
    repeats: bool = False,
) -> Iterator[PairBlock]:
    """Check what can be checked at once; the search begins with the first block asked for."""
    prints = queries if right is None else right[0]
    bits = WORD * word_count(prints)
    if word_count(queries) != word_count(prints):
        raise ConfigError(
            f"both sides must have the same bits, got {queries.shape} and {prints.shape}; use one hasher"
        )
    if not 0 <= radius <= bits:
        raise ConfigError(f"radius must be within 0..{bits}, got {radius}; choose a smaller one")
    if threads < 1 or block < 1:
        raise ConfigError(f"threads and block must be at least 1, got {threads} and {block}; leave them out")
    rows = _Side(queries, left)
    columns = rows if right is None else _Side(*right)
    kernels = _kernels(engine, len(rows.classes), len(columns.classes), bits, radius)
    return _found(rows, columns, radius, kernels, _Spread(threads, executor), block, repeats=repeats)


def _found(
    rows: _Side,
    columns: _Side,
    radius: int,
    kernels: Any,  # noqa: ANN401 - either of two modules with the same functions
    spread: _Spread,
    block: int,
    *,
    repeats: bool,
) -> Iterator[PairBlock]:
    with PairRuns(max(PAIRS_IN_MEMORY, block)) as runs:
        if repeats:
            first, repeating = rows.classes.repeats()
            runs.add(first.astype(np.uint64) << np.uint64(32) | repeating.astype(np.uint64))
        if len(rows.classes) and len(columns.classes):
            _search(rows, columns, radius, kernels, spread, runs)
        for keys in runs.blocks(block):
            left, right = keys >> np.uint64(32), keys & np.uint64(0xFFFFFFFF)
            distance = hamming_numpy.bit_count(rows.prints[left] ^ columns.prints[right])
            yield PairBlock(left.astype(np.int64), right.astype(np.int64), distance.astype(np.int16))


def _search(
    rows: _Side,
    columns: _Side,
    radius: int,
    kernels: Any,  # noqa: ANN401 - either of two modules with the same functions
    spread: "_Spread",
    runs: PairRuns,
) -> None:
    """Join band by band; the rows of a band are shared out among the threads, or the bands among the executor's workers."""
    right = (None, None) if rows is columns else columns.different()
    sides = Sides(*rows.different(), *right)
    plan, seconds = sides.plan(radius, kernels)
    if spread.executor is not None and seconds >= WORTH_SENDING:
        engine = "numpy" if kernels is hamming_numpy else "numba"
        work = partial(search_part, engine=engine)
        for keys in run_batches(work, parts(sides, radius, kernels), spread.executor, ahead=SENT_AHEAD):
            runs.add(keys)
        return
    # Numpy holds the interpreter's lock between its operations: threads would wait for each other.
    threads = 1 if kernels is hamming_numpy else spread.threads
    for number in range(len(plan)):
        near = prepare(sides, plan, number, radius, kernels)
        spans = min(SPANS_PER_THREAD * threads if threads > 1 else 1, len(sides.left) // SPAN + 1)
        cuts = np.linspace(0, len(sides.left), spans + 1).astype(int).tolist()
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(partial(_collect, near, runs), pairwise(cuts)))


def _collect(
    near: Callable[[tuple[int, int]], Iterator[NDArray[np.uint64]]], runs: PairRuns, span: tuple[int, int]
) -> None:
    for keys in near(span):
        runs.add(keys)


def _gather(blocks: Iterable[PairBlock]) -> PairBlock:
    columns = list(zip(*blocks, strict=True)) or [
        (np.empty(0, np.int64),),
        (np.empty(0, np.int64),),
        (np.empty(0, np.int16),),
    ]
    return PairBlock(*(np.concatenate(column) for column in columns))
