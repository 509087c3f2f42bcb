import numpy as np
import pytest
from scipy.stats import chi2

from dedupelab.evidence.money.compound_poisson import compound_draws, expected_draws, year_draws, yearly
from dedupelab.numbers.distributions import LogNormal, Point, Triangular
from dedupelab.numbers.draws import Streams

STREAMS = Streams(draws=40_000)


def test_equal_costs_are_a_count():
    """Ten events in two years: 5 a year; Garwood's exact interval of a count of 10 is chi2(0.025, 20)/2 to chi2(0.975, 22)/2."""
    value, bounds = yearly(np.full(10, 3.0), 2.0)
    assert value == 15
    assert bounds == pytest.approx((chi2.ppf(0.025, 20) / 2 * 1.5, chi2.ppf(0.975, 22) / 2 * 1.5))


def test_nothing_recorded_costs_nothing():
    """No event, no cost, no interval to speak of."""
    assert yearly(np.empty(0), 2.0) == (0.0, (0.0, 0.0))


def test_a_compound_year_has_walds_mean_and_variance():
    """Rate 4, cost 10 x triangle(0, 3, 6), share 0.5: mean 4 x 30 x 0.5 = 60; variance 4 x E(cost^2) x 0.25.

    E(triangle^2) = variance (0 + 9 + 36 - 0 - 0 - 18) / 18 = 1.5, plus 3^2, so E(cost^2) = 100 x 10.5 = 1050; the variance
    is 4 x 1050 x 0.25 = 1050. With 40,000 draws the mean's error is sqrt(1050 / 40000) = 0.16: four of these are allowed.
    """
    share = np.full(STREAMS.draws, 0.5)
    draws = compound_draws(
        np.full(STREAMS.draws, 4.0), (Point(10), Triangular(0, 3, 6)), STREAMS, "M9", share
    )
    assert draws.mean() == pytest.approx(60, abs=4 * (1050 / 40_000) ** 0.5)
    assert draws.var() == pytest.approx(1050, rel=0.05)


def test_many_events_go_by_the_normal_law():
    """Rate 1,000: too many to draw one by one for each of the draws; mean and variance are the same law's."""
    draws = compound_draws(
        np.full(STREAMS.draws, 1000.0), (LogNormal(2, 4),), STREAMS, "x", np.ones(STREAMS.draws)
    )
    mean = LogNormal(2, 4).mean
    square = mean**2 * np.exp(LogNormal(2, 4).sigma ** 2)
    assert draws.mean() == pytest.approx(1000 * mean, rel=5e-3)
    assert draws.var() == pytest.approx(1000 * square, rel=0.08)


def test_a_recorded_year_has_the_recorded_mean():
    """Costs 1 to 9 over three years: 45 / 3 = 15 a year on average; a year's rate is drawn with half an event more."""
    costs = np.arange(1.0, 10.0)
    assert year_draws(costs, 3.0, STREAMS, "a").mean() == pytest.approx(9.5 / 3 * 5, rel=0.02)
    average = expected_draws(costs, 3.0, STREAMS, "a")
    assert average.mean() == pytest.approx(15, rel=0.01)
    assert average.var() == pytest.approx((costs**2).sum() / 9, rel=0.03)


def test_equal_seeds_give_equal_draws():
    """The same stream, the same numbers."""
    costs = np.arange(1.0, 10.0)
    one, other = (year_draws(costs, 3.0, Streams(100, 7), "a") for _ in range(2))
    assert (one == other).all()
