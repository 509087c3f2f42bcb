"""The share of copies of one kind of pair, of which strata were drawn at different rates."""

from types import SimpleNamespace

import pandas as pd
import pytest

from dedupelab.numbers.messages import named
from dedupelab.review.estimates import _weighed, stands_for


def weighed(*parts, tested=False):
    """Return the share from strata as (units, looked, copies)."""
    seen = pd.DataFrame(parts, columns=["units", "looked", "copies"])
    of = SimpleNamespace(drawn=SimpleNamespace(seed=1), said=SimpleNamespace(tested=tested))
    return _weighed("V.copies.x", named("derivative"), seen, of, ())


def test_strata_weigh_what_they_hold():
    """Ten of ten copies stand for 100 pairs, none of ten for ten: 100 of 110 are copies, not ten of twenty."""
    found = weighed((100, 10, 10), (10, 10, 0))
    assert found.value == pytest.approx(100 / 110)
    low, high = found.interval
    assert low == pytest.approx((10 + 90 * 0.025 ** (1 / 10)) / 110, abs=0.02)
    assert low < found.value == high


def test_few_pairs_of_a_kind_have_exact_ends():
    """Two of three are copies in a stratum of 200: up to 99 % may be (Clopper and Pearson), where a prior of a half would say 96 %."""
    _low, high = weighed((200, 3, 2), (10, 10, 10)).interval
    assert high == pytest.approx((2 + 197 * 0.9916 + 10) / 210, abs=0.005)


@pytest.mark.parametrize(
    "strata", [((100, 10, 10), (10, 5, 4)), ((100, 50, 25), (10, 0, 0)), ((9, 3, 1),), ((4, 4, 2), (3, 3, 1))]
)
def test_each_copy_stands_for_pairs_that_add_up_to_the_number(strata):
    """What the copies that people saw stand for is the numerator: weighed, with a stratum unseen, in one stratum, all seen."""
    parts = pd.DataFrame(strata, columns=["units", "looked", "copies"])
    assert (stands_for(parts) * parts["copies"]).sum() == pytest.approx(weighed(*strata).numerator)


def test_a_stratum_that_nobody_looked_at_may_hold_anything():
    """Of 110 pairs ten are in a stratum without a label: the interval takes in that all or none of them are copies."""
    found = weighed((100, 50, 25), (10, 0, 0))
    assert found.interval_kind == "bounds"
    low, high = found.interval
    assert low < 50 / 110 - 0.05
    assert high > 60 / 110 + 0.05


def test_what_is_taken_as_said_is_named():
    """Where gold pairs say how often reviewers err, the share says that this is not in it."""
    assert "as reviewers said" in str(weighed((100, 10, 10), (10, 5, 0), tested=True).caveat)
    assert not weighed((100, 10, 10), (10, 5, 0)).caveats
