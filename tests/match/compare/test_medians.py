"""Medians and percentiles of inner loops: to the last bit those of numpy."""

import numpy as np
import pytest

from dedupelab.match.compare.differences import _at_most
from dedupelab.match.compare.medians import median, percentile


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
@pytest.mark.parametrize("count", [1, 2, 7, 640, 5001])
def test_percentiles_are_those_of_numpy(dtype, count):
    """Of single and double precision and of whole numbers, however many."""
    values = (255 * np.random.default_rng(count).random((count, 1))).astype(dtype)
    for part in (0, 1, 25, 50, 75, 90, 99, 100):
        assert percentile(values, part) == float(np.percentile(values, part))
    if dtype is not np.uint8:
        assert median(values) == float(np.median(values))


def test_a_bound_in_single_precision_is_exceeded_by_the_same():
    """What exceeds a bound of double precision exceeds the nearest one below it of single precision, and nothing else does."""
    bounds = np.random.default_rng(1).random(500)
    near = bounds.astype(np.float32)
    for value in (near, np.nextafter(near, np.float32(0)), np.nextafter(near, np.float32(2))):
        assert ((value > _at_most(bounds)) == (value > bounds)).all()
