"""A gray picture cut into squares, and what each of them shows: worked out once, however many pictures are held against it."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

SQUARES = 24
"""About how many squares lie along the longer side. Chosen: enough to tell places apart, each with enough pixels to correlate."""
SQUARE = (8, 16)
"""Pixels of a square's side, at least and at most. Chosen."""
SHOWS = (2.0, 0.1, 5.0)
"""Grey levels, and part of its picture's up to so many, by which a square must vary to show something: faded copies count, too, and dark
trees over snow, of which but the edge varies by a tenth as much as the whole: with 4 and 5 at most, these are a photograph, with 6 some edits are
taken for print. Of 139 photographs eight in ten vary by less than 60."""
_ACROSS = np.array([[-0.5, 0.0, 0.5]], np.float32)


@dataclass(frozen=True)
class Squares:
    """A picture in squares; what is said of squares is rows x columns, what of their pixels, as large as these together."""

    picture: Floats

    @cached_property
    def side(self) -> int:
        """Side of a square in pixels."""
        return min(max(int(max(self.picture.shape)) // SQUARES, SQUARE[0]), SQUARE[1])

    @cached_property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        height, width = self.picture.shape
        return max(height // self.side, 1), max(width // self.side, 1)

    @cached_property
    def start(self) -> tuple[int, int]:
        """Where the first square begins: pixels from the top, and from the left."""
        (height, width), (rows, columns) = self.picture.shape, self.shape
        return (height - rows * self.side) // 2, (width - columns * self.side) // 2

    @property
    def centres(self) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        """Where squares have their centres: across, and down, in pixels."""
        (rows, columns), (top, left) = self.shape, self.start
        return (
            left + (np.arange(columns) + 0.5) * self.side - 0.5,
            top + (np.arange(rows) + 0.5) * self.side - 0.5,
        )

    def cut(self, values: Floats) -> Floats:
        """Return what of pixels lies in whole squares."""
        (rows, columns), (top, left) = self.shape, self.start
        return values[top : top + rows * self.side, left : left + columns * self.side]

    def mean(self, values: Floats) -> Floats:
        """Return the mean of each square of what was cut."""
        return np.asarray(cv2.resize(values, self.shape[::-1], interpolation=cv2.INTER_AREA))

    def times(self, values: Floats, of_squares: Floats) -> Floats:
        """Return pixels, each multiplied by what holds of its square."""
        return (self._rows(values) * self._across(of_squares)).reshape(values.shape)

    def inverted(self) -> "Squares":
        """Return the same with black and white exchanged."""
        return Squares(-self.picture)

    @cached_property
    def part(self) -> Floats:
        """The picture, cut to whole squares."""
        return self.cut(self.picture)

    @cached_property
    def centred(self) -> Floats:
        """The picture less the means of its squares."""
        return (self._rows(self.part) - self._across(self.mean(self.part))).reshape(self.part.shape)

    @cached_property
    def spread(self) -> Floats:
        """Variance in each square."""
        return self.mean(self.centred * self.centred)

    @cached_property
    def shown(self) -> Flags:
        """Whether a square shows something."""
        least, part, most = SHOWS
        least = max(least, min(part * float(cv2.meanStdDev(self.picture)[1][0, 0]), most))
        return np.asarray(np.sqrt(self.spread) >= least)

    @cached_property
    def slopes(self) -> tuple[Floats, Floats]:
        """How brightness rises across, and down."""
        rises = (
            cv2.filter2D(self.part, cv2.CV_32F, kernel, borderType=cv2.BORDER_REPLICATE)
            for kernel in (_ACROSS, _ACROSS.T)
        )
        across, down = (np.asarray(each, np.float32) for each in rises)
        return across, down

    def _rows(self, values: Floats) -> Floats:
        """Return pixels by rows of squares."""
        return values.reshape(self.shape[0], self.side, -1)

    def _across(self, of_squares: Floats) -> Floats:
        """Return what holds of squares for every pixel of one row of each: long rows are multiplied at once."""
        return np.repeat(of_squares, self.side, axis=1)[:, None]
