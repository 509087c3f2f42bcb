import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from dedupelab.numbers.intervals import (
    clopper_pearson,
    ratio_interval,
    share_interval,
    wilson,
)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_agrees_with_statsmodels(case):
    """Our Wilson interval is statsmodels' to ten digits."""
    successes, trials = case
    assert wilson(successes, trials).bounds == pytest.approx(
        proportion_confint(successes, trials, method="wilson"), abs=1e-10
    )


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_clopper_pearson_agrees_with_scipy(case):
    """Our exact interval is scipy's."""
    successes, trials = case
    exact = binomtest(successes, trials).proportion_ci(method="exact")
    assert clopper_pearson(successes, trials).bounds == pytest.approx((exact.low, exact.high), abs=1e-9)


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (2, 1), (-1, 5)])
@pytest.mark.parametrize("interval", [wilson, clopper_pearson])
def test_impossible_shares_are_refused(interval, successes, trials):
    """A share of nothing, or more than all, is a bad call."""
    with pytest.raises(ValueError, match="expected 0 <= successes <= trials"):
        interval(successes, trials)


def test_a_share_of_nothing_has_no_interval_and_says_so():
    """Where nothing can be shared out the words replace the numbers."""
    nothing = share_interval(np.zeros(0, bool), np.zeros(0, np.int64))
    assert nothing.bounds is None
    assert "nothing" in str(nothing.method)


def test_pictures_of_as_many_works_have_wilsons_interval():
    """Where no two pictures show one work they are independent."""
    hits = np.arange(40) < 7
    assert share_interval(hits, np.arange(40)).bounds == wilson(7, 40).bounds


def test_copies_are_no_independent_witnesses():
    """200 pictures, four copies each of 50 works, that are all alike count as 50, less for the works' own spread by Student's t (49).

    Kish's effect of the design is then 4, and with 50 / 49 in the variance of the works 200 / 4 x 49 / 50 = 49; times (1.960 / 2.010)^2.
    """
    works = np.repeat(np.arange(50), 4)
    student = (1.959964 / 2.009575) ** 2
    worth = 49 * student
    found = share_interval(works < 10, works)
    assert found.bounds == pytest.approx(clopper_pearson(0.2 * worth, worth).bounds, abs=1e-5)
    assert "200 count as 46.6" in str(found.method)
    assert share_interval(works < 0, works).bounds[1] == pytest.approx(
        clopper_pearson(0, 50 * student).bounds[1], abs=1e-5
    )


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_shares_of_pictures_hold_the_truth(share):
    """Copies that say the same, 400 holdings of 200 works: held in 92 % or more, where pictures taken one by one hold it in 70 % at most."""
    random = np.random.default_rng(5)
    held, naive = [], []
    for _ in range(400):
        works = np.repeat(np.arange(200), 1 + (random.random(200) < 0.5) * random.geometric(0.35, 200))
        hits = (random.random(200) < share)[works]
        for found, interval in (
            (held, share_interval(hits, works)),
            (naive, wilson(int(hits.sum()), len(hits))),
        ):
            found.append(interval.bounds[0] <= share <= interval.bounds[1])
    assert np.mean(held) >= 0.92
    assert np.mean(naive) <= 0.7


def test_one_work_says_nothing_of_others():
    """Three copies of one work that are all hit count as one picture at most."""
    low, high = share_interval(np.ones(3, bool), np.zeros(3, np.int64)).bounds
    assert low <= 0.025
    assert high == 1


def test_bootstrap_agrees_with_drawing_units_one_by_one():
    """Drawing equal rows together as one multinomial cell is the ordinary bootstrap."""
    random = np.random.default_rng(7)
    sizes = random.integers(1, 6, 400).astype(float)
    plain = []
    for _ in range(4000):
        drawn = sizes[random.integers(0, 400, 400)]
        plain.append((drawn - 1).sum() / drawn.sum())
    bounds = ratio_interval(sizes - 1, sizes).bounds
    assert bounds == pytest.approx(np.quantile(plain, (0.025, 0.975)), abs=0.003)


def test_drawing_images_instead_of_groups_would_be_too_sure():
    """Copies are not independent: with groups of 20 the honest interval is several times the naive one."""
    sizes = np.array([20.0] * 10 + [1.0] * 200)
    low, high = ratio_interval(sizes - 1, sizes).bounds
    naive = wilson(190, 400).bounds
    assert (high - low) > 2 * (naive[1] - naive[0])


def test_bootstrap_covers_the_truth():
    """Over 300 simulated studies the nominal 95 % interval holds the true ratio in 91 to 99 %."""
    random = np.random.default_rng(11)
    sizes, odds = np.array([1, 2, 3, 5]), np.array([0.7, 0.15, 0.1, 0.05])
    truth = ((sizes - 1) @ odds) / (sizes @ odds)
    held = 0
    for seed in range(300):
        drawn = random.choice(sizes, 300, p=odds).astype(float)
        low, high = ratio_interval(drawn - 1, drawn, draws=400, seed=seed).bounds
        held += low <= truth <= high
    assert 0.91 <= held / 300 <= 0.99


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), min_size=10, max_size=60), st.randoms())
def test_order_does_not_matter_and_the_value_lies_within(pairs, random):
    """The same units in another order give the same bytes; the interval holds the value."""
    rows = [(min(a, b), b) for a, b in pairs]
    other = list(rows)
    random.shuffle(other)
    one = ratio_interval(*np.array(rows, float).T, draws=50)
    assert one == ratio_interval(*np.array(other, float).T, draws=50)
    value = sum(a for a, _ in rows) / sum(b for _, b in rows)
    assert one.bounds[0] - 1e-12 <= value <= one.bounds[1] + 1e-12


def test_none_among_many_is_not_certainly_none():
    """No surplus copy among 100 lone images leaves room for up to 3.7 %: z^2 / (n + z^2) = 3.84 / 103.84."""
    interval = ratio_interval(np.zeros(100), np.ones(100))
    assert interval.bounds == (0.0, pytest.approx(3.8415 / 103.8415, abs=1e-5))
    assert "none among 100" in str(interval.method)


def test_too_few_groups_give_no_interval():
    """Nine units are a census with a remark, not a bootstrap."""
    interval = ratio_interval(np.ones(9), np.ones(9))
    assert interval.bounds is None
    assert str(interval.method) == "census; 9 groups are too few for an interval"
