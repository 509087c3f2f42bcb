"""What labels are spent on: a few of every stratum, most of them where most can be wrong."""

import numpy as np

from dedupelab.review.sampling import FLOOR, FLOORS, allocate


def test_floors_leave_labels_to_what_holds_most_pairs():
    """Beside thirteen strata of 100 pairs stands one of 500: floors of twenty would leave it one label in seven."""
    given = allocate(np.array([500, *[100] * 13]), np.full(14, 0.2), 300, FLOOR)
    assert given.sum() == 300
    assert given[0] > 80
    assert given[1:].min() >= FLOORS * 300 // 14
