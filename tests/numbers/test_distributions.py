import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupelab.errors import ConfigError
from dedupelab.numbers.distributions import LogNormal, MeanTime, Point, Triangular, distribution
from dedupelab.numbers.draws import Streams, correlation, quantiles

STREAMS = Streams(draws=20_000)


def test_a_triangle_by_hand():
    """(0, 1, 5): mean (0 + 1 + 5) / 3 = 2; the share below 1 is (1 - 0) / (5 - 0) = 0.2."""
    draws = Triangular(0, 1, 5).draw(STREAMS, "a")
    assert draws.mean() == pytest.approx(2, rel=1e-3)
    assert (draws < 1).mean() == pytest.approx(0.2, abs=1e-3)
    assert (draws.min(), draws.max()) == (pytest.approx(0, abs=0.05), pytest.approx(5, abs=0.05))


def test_a_lognormal_by_hand():
    """P50 10 and P90 40: sigma = ln 4 / 1.28155 = 1.08173; mean = 10 exp(sigma^2 / 2) = 17.952."""
    given = LogNormal(10, 40)
    assert given.sigma == pytest.approx(1.08173, abs=1e-4)
    assert given.mean == pytest.approx(17.952, abs=1e-2)
    assert quantiles(given.draw(STREAMS, "b"), (0.5, 0.9)) == pytest.approx((10, 40), rel=2e-3)


def test_a_mean_time_narrows_with_more_entries():
    """The mean of ten times as many entries is about three times as sure."""
    logs = np.random.default_rng(2).lognormal(3, 0.5, 400)
    spread = [
        np.ptp(quantiles(MeanTime(tuple(logs[:n])).draw(STREAMS, "t"), (0.025, 0.975))) for n in (40, 400)
    ]
    assert 2 < spread[0] / spread[1] < 5
    assert MeanTime((30.0,)).draw(STREAMS, "t").tolist() == [30.0] * STREAMS.draws


def test_streams_belong_to_names():
    """One name, one stream, whatever else is drawn; another name or seed, another stream."""
    one, other = Streams(100, 1), Streams(100, 1)
    other.uniform("before")
    assert (one.uniform("x") == other.uniform("x")).all()
    assert (one.uniform("x") != one.uniform("y")).any()
    assert (one.uniform("x") != Streams(100, 2).uniform("x")).any()


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"value": -1}, "from 0 upwards, got -1"),
        ({"value": float("nan")}, "from 0 upwards, got nan"),
        ({"p50": 5, "p90": 3}, "expected 0 < p50 <= p90"),
        ({"p50": 0, "p90": 3}, "expected 0 < p50 <= p90"),
        ({"low": 2, "value": 1, "high": 3}, "expected low <= value <= high"),
        ({"low": 2, "high": 3}, "got low, high; give one of these forms"),
        ({}, "got none"),
        ({"value": 1.2, "most": 1}, "expected value to be at most 1, got 1.2"),
        ({"p50": 0.2, "p90": 0.4, "most": 1}, "expected value; low, value and high, got p50, p90"),
    ],
)
def test_impossible_numbers_are_refused(numbers, message):
    """Negative, unordered, incomplete numbers and shares above 1 say what was expected."""
    with pytest.raises(ConfigError, match=message):
        distribution(**numbers)


@given(st.lists(st.floats(0, 1e6), min_size=3, max_size=3).map(sorted))
def test_draws_stay_within_the_triangle(ends):
    """No draw lies outside, also where the ends meet."""
    draws = Triangular(*ends).draw(Streams(50), "x")
    assert (draws >= ends[0] - 1e-9 * ends[2]).all()
    assert (draws <= ends[2] + 1e-9 * ends[2]).all()


def test_rank_correlation_is_spearmans():
    """Equal to scipy's, ties included; 0 where nothing varies."""
    from scipy.stats import spearmanr

    random = np.random.default_rng(1)
    one = np.round(random.normal(size=200), 1)
    other = np.round(one + random.normal(size=200), 1)
    assert correlation(one, other) == pytest.approx(spearmanr(one, other).statistic)
    assert correlation(one, np.ones(200)) == 0


def test_points_are_points():
    """A bare number is taken as it is."""
    assert distribution(value=3) == Point(3)
    assert Point(3).draw(Streams(2), "x").tolist() == [3.0, 3.0]
