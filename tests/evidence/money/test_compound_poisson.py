import numpy as np
import pytest
from scipy.stats import norm, t

from dedupelab.evidence.money.compound_poisson import (
    compound_draws,
    expected_draws,
    interval,
    spread,
    year_draws,
)
from dedupelab.numbers.distributions import LogNormal, Point, Triangular
from dedupelab.numbers.draws import Streams

STREAMS = Streams(draws=40_000)


def test_equal_costs_are_a_count():
    """Ten events of 3 in two years: 15 a year. Equal costs have s^2 = 0: log variance ln(1 + 1.2 / 10), x (t9 / z)^2.

    ln(1.12) = 0.11333; t of 9 degrees 2.2622 over 1.9600 is 1.1542; deviation 0.33665 x 1.15415 = 0.38855. A lognormal of mean
    15 then has its central 95 % from 15 exp(-0.07549 - 0.76156) = 6.495 to 15 exp(-0.07549 + 0.76156) = 29.79.
    """
    costs = np.full(10, 3.0)
    width = np.log(1.12) ** 0.5 * t.ppf(0.975, 9) / norm.ppf(0.975)
    assert spread(costs) == pytest.approx(width) == pytest.approx(0.38855, abs=1e-5)
    draws = expected_draws(costs, 2.0, STREAMS, "a")
    assert draws.mean() == pytest.approx(15)
    assert interval(draws, costs) == pytest.approx((6.495, 29.79), rel=2e-3)


def test_unequal_costs_are_less_sure():
    """Costs e^0 and e^2, five of each: s^2 = 10 / 9, so exp(1.3333) x 1.2 / 10 in place of 0.12; a fixed number has 1 less."""
    costs = np.exp([0.0, 2.0] * 5)
    wide = t.ppf(0.975, 9) / norm.ppf(0.975)
    assert spread(costs) == pytest.approx(np.log1p(np.exp(10 / 9 * 1.2) * 0.12) ** 0.5 * wide)
    fixed = np.log1p((np.exp(10 / 9 * 1.2) - 1) * 0.12) ** 0.5 * wide
    assert spread(costs, counted=False) == pytest.approx(fixed)


def test_few_events_have_no_interval():
    """Four events say too little of their spread; five do."""
    assert interval(np.ones(9), np.ones(4)) is None
    assert interval(np.ones(9), np.ones(5)) == (1.0, 1.0)


def test_a_compound_year_has_walds_mean_and_variance():
    """Rate 4, cost 10 x triangle(0, 3, 6), share 0.5: mean 4 x 30 x 0.5 = 60; variance 4 x E(cost^2) x 0.25.

    E(triangle^2) = variance (0 + 9 + 36 - 0 - 0 - 18) / 18 = 1.5, plus 3^2, so E(cost^2) = 100 x 10.5 = 1050; the variance
    is 4 x 1050 x 0.25 = 1050. With 40,000 draws the mean's error is sqrt(1050 / 40000) = 0.16: four of these are allowed.
    """
    share = np.full(STREAMS.draws, 0.5)
    draws = compound_draws(
        np.full(STREAMS.draws, 4.0), {"days": Point(10), "value": Triangular(0, 3, 6)}, STREAMS, share
    )
    assert draws.mean() == pytest.approx(60, abs=4 * (1050 / 40_000) ** 0.5)
    assert draws.var() == pytest.approx(1050, rel=0.05)


def test_many_events_go_by_the_normal_law():
    """Rate 1,000: too many to draw one by one for each of the draws; mean and variance are the same law's."""
    draws = compound_draws(
        np.full(STREAMS.draws, 1000.0), {"cost": LogNormal(2, 4)}, STREAMS, np.ones(STREAMS.draws)
    )
    mean = LogNormal(2, 4).mean
    square = mean**2 * np.exp(LogNormal(2, 4).sigma ** 2)
    assert draws.mean() == pytest.approx(1000 * mean, rel=5e-3)
    assert draws.var() == pytest.approx(1000 * square, rel=0.08)


def test_a_recorded_year_has_the_recorded_mean():
    """Costs 1 to 9 over three years: 45 / 3 = 15 a year on average, and so has a single year, which scatters more."""
    costs = np.arange(1.0, 10.0)
    average = expected_draws(costs, 3.0, STREAMS, "a")
    one = year_draws(costs, 3.0, average, STREAMS, "a year")
    assert average.mean() == pytest.approx(15)
    assert one.mean() == pytest.approx(15, rel=0.02)
    assert one.std() > 1.3 * average.std()


def test_equal_seeds_give_equal_draws():
    """The same stream, the same numbers."""
    costs = np.arange(1.0, 10.0)
    one, other = (year_draws(costs, 3.0, np.ones(100), Streams(100, 7), "a") for _ in range(2))
    assert (one == other).all()
