"""Spilled rows: more than memory holds, on disk by a number that each has, and read back by it, so many at a time as fit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Rows = NDArray[np.void]

FILES: Final = 256
"""Files in which rows are laid down at once. What has too many rows for one is divided again when it is read: adding costs no more as it grows."""


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
    """Made here, and taken away as it is read."""
    dtype: "np.dtype[Any]"
    number: Callable[[Rows], Numbers]
    """Of each row; rows of one number are read together, however many."""
    stop: int
    """Above all numbers."""
    start: int = 0
    _width: int = field(init=False)

    def __post_init__(self) -> None:
        """Make the folder."""
        self._width = -(-(self.stop - self.start) // FILES) or 1
        self.folder.mkdir()

    def add(self, rows: Rows) -> None:
        """Lay rows down."""
        if not len(rows):
            return
        part = (self.number(rows) - self.start) // self._width
        order = np.argsort(part, kind="stable")
        rows, part = rows[order], part[order]
        cuts = np.flatnonzero(np.diff(part)) + 1
        for place, some in zip(part[np.append(0, cuts)].tolist(), np.split(rows, cuts), strict=True):
            with (self.folder / str(place)).open("ab") as file:
                file.write(some.tobytes())

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
        self.folder.rmdir()

    def _read(self, most: int) -> Iterator[Rows]:
        for place in range(FILES):
            path = self.folder / str(place)
            if not path.exists():
                continue
            size = path.stat().st_size // self.dtype.itemsize
            if size <= most or self._width == 1:
                rows = np.fromfile(path, self.dtype)
                path.unlink()
                yield rows
            else:
                start = self.start + place * self._width
                finer = Spilled(
                    self.folder / f"{place}-finer", self.dtype, self.number, start + self._width, start
                )
                with path.open("rb") as file:
                    while len(rows := np.fromfile(file, self.dtype, max(most, 1))):
                        finer.add(rows)
                path.unlink()
                yield from finer.read(most)
