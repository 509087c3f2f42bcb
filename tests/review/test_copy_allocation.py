"""How copies lie within strata is learned from what was seen, and never moves how many there are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupelab.review.copy_allocation import by_kind, crowding

KINDS = np.array([0, 1, 0, 1])


def test_a_kind_of_which_nothing_special_was_seen_has_its_stratum_share():
    """Where every part shows its stratum's share, kinds have no effect."""
    reviewed = np.array([20.0, 20.0, 40.0, 40.0])
    middle = np.array([0.1, 0.1, 0.5, 0.5])
    assert by_kind(reviewed * middle, reviewed, middle, KINDS) == pytest.approx(middle)


def test_a_kind_that_is_seldom_a_copy_is_expected_less_in_every_stratum():
    """What one stratum shows of a kind is carried to another, in which nobody has looked."""
    reviewed = np.array([40.0, 40.0, 0.0, 0.0])
    seen = np.array([24.0, 0.0, 0.0, 0.0])
    share = by_kind(seen, reviewed, np.array([0.3, 0.3, 0.9, 0.9]), KINDS)
    assert share[1] < 0.05 < 0.5 < share[0]
    assert share[3] < 0.5 < 0.95 < share[2]


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 2), st.floats(0.01, 0.99)),
        min_size=1,
    )
)
def test_every_share_stays_a_share(parts):
    """Whatever was seen, the shares are finite and between 0 and 1."""
    seen = np.array([min(one, two) for one, two, _, _ in parts], float)
    reviewed = np.array([max(one, two) for one, two, _, _ in parts], float)
    kind = np.array([each for _, _, each, _ in parts])
    share = by_kind(seen, reviewed, np.array([each for *_, each in parts]), kind)
    assert ((share > 0) & (share < 1)).all()


def test_crowding_by_hand():
    """Of 10 pairs beside a known copy 1 is a copy, of 10 others 5: (5*10/20 + 1/2) / (1*10/20 + 1/2)."""
    kind = np.zeros(20, np.int64)
    beside = np.arange(20) < 10
    copy = np.zeros(20)
    copy[[0, 10, 11, 12, 13, 14]] = 1
    assert crowding(kind, beside, np.ones(20), copy) == pytest.approx(
        (5 * 10 / 20 + 0.5) / (1 * 10 / 20 + 0.5)
    )
