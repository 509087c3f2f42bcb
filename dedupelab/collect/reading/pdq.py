"""PDQ, the 256-bit fingerprint that platforms exchange, bit for bit as the package pdqhash computes it.

"The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (Facebook, 2019), sections on PDQ: luma, two
passes of a box filter either way, 64 x 64 samples, the DCT's 16 x 16 lowest frequencies without the constant one, one
bit per coefficient above their median. pdqhash is offered as source that a C++ compiler must build, hence this module.
The order of additions and single precision are part of the answer, as a coefficient beside the median shows.
"""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Float = NDArray[np.float32]
SIDE = 64
BITS_SIDE = 16
SMALLEST = 5
"""Pictures with a shorter side have no PDQ: all bits are 0 and so is the quality."""
_PASSES = 2
_STRIP = 64


def pdq(picture: Image.Image) -> tuple[bytes, int]:
    """Return the PDQ hash (32 bytes, in the order of its hexadecimal form) and its quality (0..100) of an RGB picture.

    >>> code, quality = pdq(Image.new("RGB", (100, 80), "red"))
    >>> len(code), quality
    (32, 0)
    """
    if min(picture.size) < SMALLEST:
        return bytes(BITS_SIDE * BITS_SIDE // 8), 0
    samples = _samples(_luma(picture))
    low = _low_frequencies(samples)
    # The lower of the two middle values, not their mean.
    bits = low.ravel() > np.sort(low, axis=None)[low.size // 2 - 1]
    return np.packbits(bits[::-1]).tobytes(), _quality(samples)


def _luma(picture: Image.Image) -> Float:
    """Weigh the channels in double precision; strips keep the memory for it small."""
    pixels = np.asarray(picture)
    luma = np.empty(pixels.shape[:2], np.float32)
    for top in range(0, len(pixels), _STRIP):
        red, green, blue = np.moveaxis(pixels[top : top + _STRIP], 2, 0)
        luma[top : top + _STRIP] = red * 0.299 + green * 0.587 + blue * 0.114
    return luma


def _samples(luma: Float) -> Float:
    """Blur and take the centres of 64 x 64 cells."""
    height, width = luma.shape
    if (height, width) == (SIDE, SIDE):
        return luma
    for _ in range(_PASSES):
        for side in (width, height):  # whole lines at a time, so the picture is turned for each direction
            luma = np.ascontiguousarray(luma.T)
            luma = _box(luma, _window(side))
    rows, columns = ([int((place + 0.5) * side / SIDE) for place in range(SIDE)] for side in (height, width))
    return luma[np.ix_(rows, columns)]


def _window(side: int) -> int:
    """Width of the box filter: half a cell, rounded up."""
    return -(-side // (2 * SIDE))


def _box(lines: Float, window: int) -> Float:
    """Average each line with its neighbours: a running sum that a line enters ahead and leaves behind."""
    means = np.empty_like(lines)
    total = np.zeros(lines.shape[1], np.float32)
    ahead = window // 2
    for line in lines[:ahead]:
        total += line
    for place in range(len(lines)):
        first, last = place + ahead - window, place + ahead
        if last < len(lines):
            total += lines[last]
        if first >= 0:
            total -= lines[first]
        count = min(last, len(lines) - 1) - max(first, -1)
        np.divide(total, np.float32(count), out=means[place])
    return means


def _quality(samples: Float) -> int:
    """Sum of the whole-per-cent steps between neighbours over 90, at most 100."""
    steps = (
        np.trunc(np.diff(samples, axis=axis) * np.float32(100) / np.float32(255)).astype(np.int64)
        for axis in (0, 1)
    )
    return min(100, sum(int(np.abs(each).sum()) for each in steps) // 90)


def _low_frequencies(samples: Float) -> Float:
    """Frequencies 1 to 16 of the two-dimensional DCT-II, vertical first, summed one product after the other."""
    rows = _cosines()
    half = np.zeros((BITS_SIDE, SIDE), np.float32)
    for place in range(SIDE):
        half += rows[:, place, None] * samples[place]
    low = np.zeros((BITS_SIDE, BITS_SIDE), np.float32)
    for place in range(SIDE):
        low += half[:, place, None] * rows[:, place]
    return low


@cache
def _cosines() -> Float:
    scale = float(np.float32(math.sqrt(2 / SIDE)))
    angle = math.pi / 2 / SIDE
    return np.array(
        [
            [scale * math.cos(angle * frequency * (2 * place + 1)) for place in range(SIDE)]
            for frequency in range(1, BITS_SIDE + 1)
        ],
        np.float32,
    )
