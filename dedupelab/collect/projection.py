"""All resizes that fingerprints need as one matrix product a side, with the DCT of the largest folded in.

The resize is Pillow's Lanczos filter (support 3 output pixels), the transform the unnormalised DCT-II. Both are linear;
what is saved is three separate resizes, which cost more than everything else a fingerprint needs.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]
SUPPORT = 3.0


class Projected(NamedTuple):
    """A resize to 32 x 32, the 16 x 16 lowest frequencies of a resize to 64 x 64, and a resize to 9 x 8."""

    small: NDArray[np.uint8]
    frequencies: NDArray[np.float64]
    tiny: NDArray[np.uint8]


def project(pixels: NDArray[np.uint8], spans: tuple[float, float]) -> Projected:
    """Return what the fingerprints need of a gray picture.

    Parameters
    ----------
    pixels
        Shape (height, width).
    spans
        Width and height that the picture truly has, in its pixels: the last row and column may be filled in part.
    """
    down, across = _bases(pixels.shape[0], spans[1], 8), _bases(pixels.shape[1], spans[0], 9)
    seen = down @ pixels.astype(np.float32) @ across.T
    # imagehash sees whole gray levels: equal neighbours must stay equal, and rounding decides some of its bits.
    return Projected(_levels(seen[:32, :32]), seen[32:48, 32:48].astype(np.float64), _levels(seen[48:, 48:]))


def lanczos(length: int, span: float, size: int) -> NDArray[np.float64]:
    """Return the matrix, shape (size, length), that resizes `span` of `length` pixels to `size`, rows adding up to 1."""
    scale = span / size
    stretch = max(scale, 1.0)
    centre = (np.arange(size) + 0.5) * scale
    offset = (np.arange(length)[None, :] + 0.5 - centre[:, None]) / stretch
    weight = np.where(np.abs(offset) < SUPPORT, np.sinc(offset) * np.sinc(offset / SUPPORT), 0.0)
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


@lru_cache(maxsize=16)
def cosines(length: int, count: int) -> NDArray[np.float64]:
    """Return the first `count` rows of the unnormalised DCT-II of `length` points, as scipy computes it."""
    frequency, position = np.arange(count)[:, None], np.arange(length)[None, :]
    return np.asarray(2.0 * np.cos(np.pi * frequency * (2 * position + 1) / (2 * length)))


@lru_cache(maxsize=1024)
def _bases(length: int, span: float, last: int) -> Float:
    """Stack what one side needs: a resize to 32 points, 16 frequencies of 64 points, and a resize to `last` points."""
    return np.concatenate(
        (
            lanczos(length, span, 32),
            cosines(64, 16) @ lanczos(length, span, 64),
            lanczos(length, span, last),
        )
    ).astype(np.float32)


def _levels(values: Float) -> NDArray[np.uint8]:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
