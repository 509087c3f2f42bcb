"""Spilled rows: more than memory holds, on disk by a number that each has, and read back by it, so many at a time as fit. Few stay in memory."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Rows = NDArray[np.void]

FILES: Final = 256
"""Files in which rows are laid down at once. What has too many rows for one is divided again when it is read: adding costs no more as it grows."""
HELD: Final = 1 << 25
"""Bytes that wait in memory until they are laid down together."""


@dataclass
class Spilled:
    """Rows in files, each of a range of numbers.

    >>> rows = np.array([(5,), (1,), (9,), (1,)], [("at", np.int64)])
    >>> spilled = Spilled(getfixture("tmp_path") / "rows", rows.dtype, lambda rows: rows["at"], 10)
    >>> spilled.add(rows)
    >>> [part["at"].tolist() for part in spilled.read(2)]
    [[1, 1], [5, 9]]
    """

    folder: Path
    """Made once there is too much for memory, and taken away as it is read."""
    dtype: "np.dtype[Any]"
    number: Callable[[Rows], Numbers]
    """Of each row; rows of one number are read together, however many."""
    stop: int
    """Above all numbers."""
    start: int = 0
    _width: int = field(init=False)
    _waiting: list[Rows] = field(default_factory=list)
    _bytes: int = 0

    def __post_init__(self) -> None:
        """Divide the numbers among the files."""
        self._width = -(-(self.stop - self.start) // FILES) or 1

    def add(self, rows: Rows) -> None:
        """Lay rows down."""
        self._waiting.append(rows)
        self._bytes += rows.nbytes
        if self._bytes > HELD:
            self._lay_down()

    def _lay_down(self) -> None:
        """Write what waits."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for place, some in self._parted():
            with (self.folder / str(place)).open("ab") as file:
                file.write(some.tobytes())

    def _parted(self) -> Iterator[tuple[int, Rows]]:
        """Give what waits away, by the file that it belongs to."""
        rows = np.concatenate([np.empty(0, self.dtype), *self._waiting])
        self._waiting, self._bytes = [], 0
        if not len(rows):
            return
        # Numbers of 16 bits are counted into their places instead of compared.
        part = ((self.number(rows) - self.start) // self._width).astype(np.uint16)
        order = np.argsort(part, kind="stable")
        rows, part = rows[order], part[order]
        cuts = np.flatnonzero(np.diff(part)) + 1
        yield from zip(part[np.append(0, cuts)].tolist(), np.split(rows, cuts), strict=True)

    def read(self, most: int) -> Iterator[Rows]:
        """Yield the rows in order of the ranges of their numbers, at most so many at once unless one number has more."""
        waiting: list[Rows] = []
        for rows in self._read(most):
            if waiting and sum(map(len, waiting)) + len(rows) > most:
                yield np.concatenate(waiting)
                waiting = []
            waiting.append(rows)
        if waiting:
            yield np.concatenate(waiting)

    def _read(self, most: int) -> Iterator[Rows]:
        if not self.folder.exists():
            for place, rows in self._parted():
                yield from self._divided(place, [rows], most, len(rows))
            return
        self._lay_down()
        for place in range(FILES):
            path = self.folder / str(place)
            if path.exists():
                size = path.stat().st_size // self.dtype.itemsize
                yield from self._divided(place, self._pieces(path, most), most, size)
                path.unlink()
        self.folder.rmdir()

    def _pieces(self, path: Path, most: int) -> Iterator[Rows]:
        with path.open("rb") as file:
            while len(rows := np.fromfile(file, self.dtype, max(most, 1))):
                yield rows

    def _divided(self, place: int, pieces: Iterable[Rows], most: int, size: int) -> Iterator[Rows]:
        """Yield the rows of one file, divided again where they are too many."""
        if size <= most or self._width == 1:
            yield np.concatenate(list(pieces))
            return
        start = self.start + place * self._width
        finer = Spilled(self.folder / f"{place}-finer", self.dtype, self.number, start + self._width, start)
        for some in pieces:
            finer.add(some)
        yield from finer.read(most)
