"""Tones of two pictures lying on each other: the rising curve that carries the one's into the other's."""

import cv2
import numpy as np
from numpy.typing import NDArray

from dedupelab.match.compare.alignment import Gray

LEVELS = 64
"""Steps of brightness of which each is given its own median: finer ones hold too few pixels."""
FEW = 20
"""Pixels from which a step has a say."""


def curve(source: Gray, target: Gray, valid: Gray | None = None) -> Gray:
    """Return for each of 256 levels of the source the level at which the target shows the same; it never falls.

    Medians of each level, made rising by pooling neighbours that violate it (Ayer et al., "An empirical distribution function for
    sampling with incomplete information", 1955): a minority of pixels that show something else has no say.

    Parameters
    ----------
    source, target
        Gray pictures of one size.
    valid
        255 where both show something, else 0; None where they do everywhere.
    """
    counts = cv2.calcHist([source, target], [0, 1], valid, [LEVELS, 256], [0, 256, 0, 256])
    total = counts.sum(axis=1)
    used = np.flatnonzero(total >= max(FEW, 1e-4 * float(total.sum())))
    if not len(used):
        return np.arange(256, dtype=np.uint8)
    median = (np.cumsum(counts[used], axis=1) >= total[used, None] / 2).argmax(axis=1)
    step = 256 // LEVELS
    levels = np.interp(np.arange(256), used * step + (step - 1) / 2, rising(median, total[used]))
    return np.asarray(np.rint(levels), np.uint8)


def rising(values: NDArray[np.integer], weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the rising sequence nearest to the values by weighted squares.

    >>> rising(np.array([1, 5, 3, 7]), np.ones(4)).tolist()
    [1.0, 4.0, 4.0, 7.0]
    """
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        pools.append((float(value), float(weight), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (one, heavy, some), (two, light, more) = pools[-2:]
            pools[-2:] = [((one * heavy + two * light) / (heavy + light), heavy + light, some + more)]
    return np.repeat([pool[0] for pool in pools], [pool[2] for pool in pools])
