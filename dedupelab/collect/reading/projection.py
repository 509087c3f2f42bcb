"""All resizes that fingerprints need as one matrix product a side, with the DCT of the largest folded in.

The resize is Pillow's Lanczos filter (support 3 output pixels), the transform the unnormalised DCT-II. Both are linear;
what is saved is three separate resizes, which cost more than everything else a fingerprint needs. The product is taken over
a copy averaged in blocks, with the weights of a block's pixels added up: the resize of the original, as far as its blocks
are even, and a quarter of the work at 500 pixels.
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


def project(pixels: NDArray[np.uint8], size: tuple[int, int], block: int) -> Projected:
    """Return what the fingerprints need of a gray picture.

    Parameters
    ----------
    pixels
        The picture averaged in blocks, shape (ceil(height / block), ceil(width / block)).
    size
        Width and height before that, in pixels.
    block
        Side of the blocks; those of the last row and column may be cut off by the edge of the picture.
    """
    down, across = _bases(size[1], block, 8), _bases(size[0], block, 9)
    # Averages are rounded half up, so where a block has halves they are too high by this much in the mean.
    excess = 0.0 if block % 2 else 0.5 / block**2
    seen = down @ (pixels.astype(np.float32) - np.float32(excess)) @ across.T
    # imagehash sees whole gray levels: equal neighbours must stay equal, and rounding decides some of its bits.
    return Projected(_levels(seen[:32, :32]), seen[32:48, 32:48].astype(np.float64), _levels(seen[48:, 48:]))


def lanczos(length: int, size: int) -> NDArray[np.float64]:
    """Return the matrix, shape (size, length), that resizes `length` pixels to `size`, rows adding up to 1."""
    scale = length / size
    offset = (np.arange(length) + 0.5 - (np.arange(size)[:, None] + 0.5) * scale) / max(scale, 1.0)
    near = np.abs(offset) < SUPPORT
    weight = np.zeros((size, length))
    weight[near] = np.sinc(offset[near]) * np.sinc(offset[near] / SUPPORT)
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


@lru_cache(maxsize=16)
def cosines(length: int, count: int) -> NDArray[np.float64]:
    """Return the first `count` rows of the unnormalised DCT-II of `length` points, as scipy computes it."""
    frequency, position = np.arange(count)[:, None], np.arange(length)[None, :]
    return np.asarray(2.0 * np.cos(np.pi * frequency * (2 * position + 1) / (2 * length)))


@lru_cache(maxsize=1024)
def _bases(length: int, block: int, last: int) -> Float:
    """Stack what one side needs: a resize to 32 points, 16 frequencies of 64 points, and a resize to `last` points."""
    weights = np.concatenate(
        (lanczos(length, 32), cosines(64, 16) @ lanczos(length, 64), lanczos(length, last))
    )
    return np.add.reduceat(weights, np.arange(0, length, block), axis=1).astype(np.float32)


def _levels(values: Float) -> NDArray[np.uint8]:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
