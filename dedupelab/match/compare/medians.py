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
