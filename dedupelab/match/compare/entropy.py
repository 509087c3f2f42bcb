"""Tones of chosen squares: how many there are altogether, and whether they shade as in a photograph or are two as in lettering."""

import numpy as np
from numpy.typing import NDArray

from dedupelab.match.compare.alignment import Gray, Matrix, apply
from dedupelab.match.compare.blocks import Blocks
from dedupelab.match.compare.medians import median
from dedupelab.match.compare.squares import Flags, Floats

SHADED = 0.1
"""`shading` above which something looks photographed rather than drawn."""
_INSIDE = np.stack(np.meshgrid(*[(np.arange(8) + 0.5) / 8 - 0.5] * 2), -1).reshape(-1, 2)


def sampled(gray: Gray, blocks: Blocks, chosen: Flags, matrix: Matrix | None) -> NDArray[np.uint8]:
    """Return 64 brightness samples from each chosen square (squares x 64); `matrix` maps to them, None for the target's own."""
    centres: Floats = blocks.centre[chosen]
    points = (centres[:, None] + _INSIDE * blocks.side).reshape(-1, 2)
    x, y = np.rint(points if matrix is None else apply(matrix, points)).astype(np.intp).T
    height, width = gray.shape
    values: NDArray[np.uint8] = gray.ravel().take(y.clip(0, height - 1) * width + x.clip(0, width - 1))
    return values.reshape(-1, len(_INSIDE))


def entropy(samples: NDArray[np.uint8]) -> float:
    """Shannon entropy of all samples, in bits.

    At most 6 bits are lost by few samples; a hundred squares are enough for any photograph to pass 6.
    """
    part = np.bincount(samples.ravel(), minlength=256) / max(samples.size, 1)
    part = part[part > 0]
    return float(-np.sum(part * np.log2(part)))


def shading(samples: NDArray[np.uint8]) -> float:
    """Median over the squares of the length of the shortest half (Rousseeuw and Leroy 1988), as a part of the square's range.

    The range leaves out a twentieth at either end; in agreeing squares it is never 0, as they show something.
    """
    if not len(samples):
        return 0.0
    # Of sixteen bits numpy sorts many at once, of eight it does not.
    ordered = np.sort(samples.astype(np.uint16), axis=1).astype(np.float32)
    half, out = ordered.shape[1] // 2, ordered.shape[1] // 20
    shortest = (ordered[:, half:] - ordered[:, :-half]).min(axis=1)
    spread = ordered[:, -1 - out] - ordered[:, out]
    return median(shortest / np.maximum(spread, 1))
