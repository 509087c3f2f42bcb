"""The share of copies of one kind of pair, of which strata were drawn at different rates, and of which reviewers may be wrong."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from dedupelab.numbers.messages import named
from dedupelab.review.accuracy import _weighed, by_stratum, stands_for


def seen(*parts, truth=None):
    """Return an assessment of strata as (units, looked, copies), and a flag for each pair."""
    stratum = np.repeat([f"s{number}" for number in range(len(parts))], [units for units, *_ in parts])
    known = [
        each
        for units, looked, copies in parts
        for each in (*[1.0] * copies, *[0.0] * (looked - copies), *[np.nan] * (units - looked))
    ]
    asked = ~np.isnan(known)
    drawn = SimpleNamespace(seed=1, units=pd.DataFrame({"stratum": stratum}))
    totals = SimpleNamespace(truth=truth and (np.flatnonzero(asked), truth(np.array(known)[asked])))
    return SimpleNamespace(drawn=drawn, asked=asked, known=np.array(known), totals=totals), np.ones(
        len(known), bool
    )


def weighed(*parts, truth=None):
    """Return the share from strata as (units, looked, copies); `truth` makes what the pairs looked at are, in each draw, out of what was said."""
    of, kind = seen(*parts, truth=truth)
    return _weighed("V.copies.x", named("derivative"), kind, of)


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
    of, kind = seen(*strata)
    parts = by_stratum(of, kind)
    assert (stands_for(parts) * parts["copies"]).sum() == pytest.approx(weighed(*strata).numerator)


def test_a_stratum_that_nobody_looked_at_may_hold_anything():
    """Of 110 pairs ten are in a stratum without a label: the interval takes in that all or none of them are copies."""
    found = weighed((100, 50, 25), (10, 0, 0))
    assert found.interval_kind == "bounds"
    low, high = found.interval
    assert low < 50 / 110 - 0.05
    assert high > 60 / 110 + 0.05


def test_reviewers_errors_are_in_the_interval():
    """Of 40 copies 36 were called so, and nine in ten draws take the rest for slips: the number is as said, the interval reaches to all."""

    def slips(known):
        return np.where(np.arange(500)[:, None] % 10 > 0, True, known == 1)

    plain, erring = weighed((40, 40, 36)), weighed((40, 40, 36), truth=slips)
    assert plain.interval is None
    assert (erring.value, erring.numerator, erring.denominator) == (0.9, 36, 40)
    assert erring.interval == (0.9, 1.0)
    assert erring.interval_kind == "sampling"
    assert "as reviewers said" in str(erring.caveat)
    assert not plain.caveats


def test_what_each_stratum_showed_stays_in_it():
    """Every pair of two strata was looked at and is as said: the interval is the share, 8 of 40, and each stratum keeps its own."""
    found = weighed((10, 10, 8), (30, 30, 0), truth=lambda known: np.tile(known == 1, (500, 1)))
    assert found.value == 0.2
    assert found.interval == pytest.approx((0.2, 0.2))
