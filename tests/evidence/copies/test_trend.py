from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations
from math import log

import numpy as np
import pytest

from dedupelab.evidence.copies.trend import expected_copies, growth, mann_kendall, random_orders, weekly

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
WEEKLY = 0.03


def dated(frames, weeks, copies):
    """One original in the first week; each week `copies[w]` copies of it and ten other pictures."""
    images = [{"id": "w", "modified": START}]
    for week in range(weeks):
        when = START + timedelta(weeks=week, hours=1)
        images += [{"id": f"c{week}-{n}", "modified": when} for n in range(copies[week])]
        images += [{"id": f"l{week}-{n}", "modified": when} for n in range(10)]
    group = [i["id"] for i in images if i["id"][0] in "wc"]
    return frames(images, [[group]])


def stock(random, pictures, share, weeks):
    """Sizes of works, of which about `share` of the pictures are copies, and how many pictures come in each week."""
    several = []
    while sum(several) - len(several) < share * pictures:
        several.append(1 + random.geometric(0.6))
    sizes = np.concatenate([several, np.ones(pictures - sum(several))]).astype(float)
    return sizes, random.multinomial(pictures, np.ones(weeks) / weeks).astype(float)


def test_weeks_by_hand(frames):
    """Three weeks with 1, 0 and 2 copies among 12, 10 and 12 new pictures; the first of a work is no copy."""
    study = dated(frames, 3, [1, 0, 2])
    table = study.measured(["a"], dates="modified").trend
    assert table[["week", "ingested", "copies"]].to_numpy().tolist() == [
        ["2026-01-05", 12, 1],
        ["2026-01-12", 10, 0],
        ["2026-01-19", 12, 2],
    ]


def test_a_trend_needs_weeks_and_copies(frames):
    """Eleven weeks are refused with the reason; so are nine copies, and a study that names no dates."""
    (need,) = dated(frames, 11, [1] * 11).results(["a"], dates="modified")["M11"].needs
    assert str(need) == "at least 12 weeks with new pictures (this study has 11 weeks)"
    few = dated(frames, 12, [1] * 9 + [0] * 3)
    (need,) = few.results(["a"], dates="modified")["M11"].needs
    assert str(need) == "at least 10 copies among dated pictures (this study has 9)"
    assert str(few.results(["a"])["M11"].needs[0]).startswith("the day on which each picture came in")


def test_random_order_by_counting_all_orders():
    """Works of 3, 2 and 1 pictures arriving 2, 1 and 3 a week: the mean over all 720 orders, counted one by one."""
    works, ends = [0, 0, 0, 1, 1, 2], (0, 2, 3, 6)
    counted = np.zeros(3)
    for order in permutations(range(6)):
        seen = [works[n] for n in order]
        copies = [work in seen[:n] for n, work in enumerate(seen)]
        counted += [sum(copies[a:b]) for a, b in pairwise(ends)]
    expected = expected_copies(np.array([3.0, 2.0, 1.0]), np.array([2.0, 1.0, 3.0]))
    assert expected == pytest.approx(counted / 720)
    assert expected.sum() == pytest.approx(6 - 3)  # pictures less works, in any order


def test_drawn_orders_have_the_expected_copies():
    """Means of 999 random orders lie within four standard errors of the closed form; every order has all copies."""
    random = np.random.default_rng(1)
    sizes, ingested = stock(random, 300, 0.3, 20)
    orders = random_orders(sizes, ingested)
    error = orders.drawn.std(axis=0) / len(orders.drawn) ** 0.5
    assert (np.abs(orders.drawn.mean(axis=0) - orders.expected) <= 4 * error + 1e-9).all()
    assert set(orders.drawn.sum(axis=1)) == {sizes.sum() - len(sizes)}


def test_the_slope_by_hand():
    """Expected 1, 1, 1 and copies 1, 2, 4: they double every week beyond random order, so the slope is ln 2 and the fit exact."""
    ratio = [1.0, 2.0, 4.0]
    orders = random_orders(np.full(40, 2.0), np.array([40.0, 20.0, 20.0]))
    level = type(orders)(np.ones(3), orders.drawn)
    assert growth(np.array(ratio), level).slope == pytest.approx(log(2))
    assert growth(np.array(ratio), level).fitted == pytest.approx(ratio)


@pytest.mark.slow
def test_any_growing_stock_shows_no_growth():
    """Random order, 200 studies: the raw share rises in all of them, M11 is significant in few, its mean is about 0.

    At 5 % two hundred studies have 10 with a standard error of 3.1: fewer than 20. The standard error of the mean of slopes
    is about 0.1 points: within 0.3.
    """
    random = np.random.default_rng(7)
    slopes, significant, rising = [], 0, 0
    for study in range(200):
        sizes, ingested = stock(random, 400, 0.25, 26)
        orders = random_orders(sizes, ingested, seed=study, orders=299)
        copies = random_orders(sizes, ingested, seed=10_000 + study, orders=1).drawn[0]
        found = growth(copies, orders)
        slopes.append(found.slope)
        significant += not found.interval[0] <= 0 <= found.interval[1]
        rising += (copies / ingested)[:13].mean() < (copies / ingested)[13:].mean()
        assert (found.interval[0] > 0 or found.interval[1] < 0) == (
            found.chance < 0.05
        ) or found.chance < 0.07
    assert rising == 200
    assert 1 <= significant < 20
    assert abs(np.mean(slopes)) < 0.003


@pytest.mark.slow
def test_planted_growth_is_held():
    """Copies 3 % a week beyond random order, 200 studies: the interval holds it in at least 180; in half of them zero is left out."""
    random = np.random.default_rng(8)
    held = found_growth = 0
    for study in range(200):
        sizes, ingested = stock(random, 500, 0.25, 30)
        orders = random_orders(sizes, ingested, seed=study, orders=299)
        planted = orders.expected * (1 + WEEKLY) ** np.arange(30)
        planted *= orders.expected.sum() / planted.sum()
        copies = random.binomial(ingested.astype(int), np.minimum(1, planted / ingested.clip(1)))
        found = growth(copies.astype(float), orders)
        held += found.interval[0] <= log(1 + WEEKLY) <= found.interval[1]
        found_growth += found.interval[0] > 0
    assert held >= 180
    assert found_growth >= 100


def test_a_study_is_told_what_was_done(frames):
    """24 pictures a week whose 64 copies all come in the second half: growth is found with its interval, chance, check and limits."""
    first = [{"id": f"w{n}", "modified": START + timedelta(weeks=n % 8)} for n in range(64)]
    late = [{"id": f"c{n}", "modified": START + timedelta(weeks=8 + n % 8)} for n in range(64)]
    lone = [{"id": f"l{n}", "modified": START + timedelta(weeks=n % 16)} for n in range(256)]
    study = frames(first + late + lone, [[[f"w{n}", f"c{n}"]] for n in range(64)])
    found = study.results(["a"], dates="modified")
    assert found["M11"].interval[0] > 0
    assert found["M11"].chance < 0.05
    assert found["M11.tau"].value > 0
    assert "their order is compared with chance" in str(found["M11"].caveat)
    table = study.measured(["a"], dates="modified").trend
    assert table["expected"].sum() == pytest.approx(64)
    assert table["fitted"].sum() == pytest.approx(table["copies"].sum())
    assert (table["low"] <= table["high"]).all()


def test_mann_kendall_by_hand():
    """1, 3, 2, 4: of six pairs five rise and one falls: tau = 4 / 6; of three orders one is as far from 0: p = (1 + 1) / 4."""
    orders = np.array([[4.0, 3.0, 2.0, 1.0], [1.0, 2.0, 1.0, 2.0], [2.0, 1.0, 2.0, 1.0]])
    assert mann_kendall(np.array([1.0, 3.0, 2.0, 4.0]), orders) == (pytest.approx(4 / 6), 0.5)
    assert mann_kendall(np.ones(5), np.ones((3, 5))) == (0.0, 1.0)


def test_the_week_is_counted_once(frames, twenty):
    """Every dated picture that shows something is in exactly one week, and so is every picture of every work."""
    from dedupelab.evidence.copies.population import population

    images = twenty.images.assign(modified=START)
    people = population(images, twenty.groups, twenty.members, collections=["a", "b"])
    table, sizes = weekly(people, "modified")
    assert (len(table), table["ingested"].sum(), table["copies"].sum()) == (1, 15, people.surplus)
    assert (sizes.sum(), len(sizes)) == (15, people.works)
