"""The middle of many numbers, for inner loops: numpy's own looks for NaN first, which costs more than the rest."""

import numpy as np
from numpy.typing import NDArray


def median(values: NDArray[np.floating]) -> float:
    """Return what `np.median` does of at least one number, none of them NaN.

    >>> median(np.array([3.0, 1.0, 2.0])), median(np.array([[4.0, 1.0], [2.0, 3.0]]))
    (2.0, 2.5)
    """
    flat = values.ravel()
    upper = len(flat) // 2
    if len(flat) % 2:
        return float(np.partition(flat, upper)[upper])
    two = np.partition(flat, (upper - 1, upper))[upper - 1 : upper + 1]
    return float((two[0] + two[1]) / values.dtype.type(2))


def percentile(values: NDArray[np.floating] | NDArray[np.uint8], part: float) -> float:
    """Return what `np.percentile` does of at least one number, none of them NaN.

    >>> percentile(np.array([3.0, 1.0, 2.0]), 75), percentile(np.array([[7, 9]], np.uint8), 0)
    (2.5, 7.0)
    """
    flat = values.ravel()
    at = (len(flat) - 1) * (part / 100)
    lower = int(at)
    upper = min(lower + 1, len(flat) - 1)
    ordered = np.partition(flat, (lower, upper))
    low, high, over = ordered[lower], ordered[upper], at - lower
    step = high - low
    return float(high - step * (1 - over) if over >= 0.5 else low + step * over)
