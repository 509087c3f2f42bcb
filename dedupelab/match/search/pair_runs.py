"""Pairs in order without holding them all: sorted runs, spilled to a temporary file when they outgrow the memory."""

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]


class PairRuns:
    """Collects pairs packed as `left << 32 | right` from several threads and gives them back ascending.

    At most about `limit` pairs are held in memory; more are kept as sorted runs in a temporary folder and merged.

    Examples
    --------
    >>> with PairRuns(limit=2) as runs:
    ...     for keys in ([5, 1], [4], [3, 2]):
    ...         runs.add(np.array(keys, np.uint64))
    ...     [block.tolist() for block in runs.blocks(3)]
    [[1, 2, 3], [4, 5]]
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: list[Keys] = []
        self._count = 0
        self._runs: list[Keys] = []
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runs.clear()
        if self._folder is not None:
            # Windows keeps a mapped file while a reader holds a block of it; the system removes it later.
            with suppress(OSError):
                self._folder.cleanup()

    def add(self, keys: Keys) -> None:
        """Take some pairs, in any order."""
        with self._lock:
            self._held.append(keys)
            self._count += len(keys)
            if self._count > self._limit:
                self._spill()

    def blocks(self, size: int) -> Iterator[Keys]:
        """Yield all pairs ascending, `size` at a time (the last block may be smaller)."""
        rest = np.empty(0, np.uint64)
        for merged in self._merged(size):
            rest = np.concatenate((rest, merged)) if len(rest) else merged
            whole = len(rest) // size * size
            for start in range(0, whole, size):
                yield rest[start : start + size]
            rest = rest[whole:]
        if len(rest):
            yield rest

    def _sorted(self) -> Keys:
        keys = np.concatenate(self._held) if self._held else np.empty(0, np.uint64)
        self._held, self._count = [], 0
        keys.sort()
        return keys

    def _spill(self) -> None:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="dedupelab-pairs-")
        path = Path(self._folder.name) / f"{len(self._runs)}.npy"
        np.save(path, self._sorted())
        self._runs.append(np.load(path, mmap_mode="r"))

    def _merged(self, size: int) -> Iterator[Keys]:
        """Take from every run what is not above the smallest of the runs' next cuts: that much is final."""
        runs = [*self._runs, self._sorted()]
        share = max(size // len(runs), 1)
        taken = [0] * len(runs)
        while open_runs := [number for number, run in enumerate(runs) if taken[number] < len(run)]:
            cut = min(runs[number][min(taken[number] + share, len(runs[number])) - 1] for number in open_runs)
            parts = []
            for number in open_runs:
                end = int(np.searchsorted(runs[number], cut, side="right"))
                parts.append(runs[number][taken[number] : end])
                taken[number] = end
            merged = np.concatenate(parts)
            merged.sort()
            yield merged
