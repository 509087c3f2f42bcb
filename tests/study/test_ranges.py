"""An estimate is a count times a speed, and never pretends to be exact."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupelab.study.ranges import Estimate, Range, Stage, spend, worded

POSITIVE = st.floats(1e-3, 1e6)
RANGES = st.tuples(POSITIVE, st.floats(1, 5), st.floats(1, 5)).map(
    lambda t: Range(t[0] / t[1], t[0], t[0] * t[2])
)


def ordered(found: Range) -> bool:
    slack = 1 + 1e-9
    return found.low <= found.expected * slack and found.expected <= found.high * slack


@given(st.lists(POSITIVE, min_size=1, max_size=30))
def test_a_mean_lies_in_its_interval(samples):
    """Whatever was measured, the mean is within its range, and the low end is not zero."""
    found = Range.of(samples)
    assert ordered(found)
    assert found.low > 0


def test_the_interval_by_hand():
    """Mean 4, standard deviation 2, four values: 4 +- 1.96 * 2 / 2."""
    found = Range.of([2.0, 6.0, 3.0, 5.0])
    spread = ((4 + 4 + 1 + 1) / 3) ** 0.5
    assert found.expected == 4.0
    assert found.high == pytest.approx(4 + 1.96 * spread / 2)
    assert Range.of([3.0]) == Range(1.5, 3.0, 6.0)


@given(RANGES, RANGES)
def test_products_keep_order_and_do_not_depend_on_it(one, two):
    """A product of ranges is a range, the same either way round, and not wider than both extremes at once."""
    product = one * two
    other = two * one
    assert ordered(product)
    assert product.low == pytest.approx(other.low)
    assert product.low >= one.low * two.low * 0.999
    assert product.high <= one.high * two.high * 1.001


@given(RANGES, st.integers(2, 64))
def test_more_workers_are_not_more_than_so_many_times_as_fast(speed, workers):
    """The best case is the speed times the workers, the worst never better than that."""
    alone = spend([(Range.exactly(1000), speed)], 1)
    spread = spend([(Range.exactly(1000), speed)], workers)
    assert ordered(spread)
    assert spread.low == pytest.approx(alone.low / workers)
    assert spread.high > alone.high / workers
    assert spend([(Range.exactly(0), speed)], workers) == Range.exactly(0)


def test_one_in_words():
    """Seconds, minutes and hours with two digits; what is short is not spread out."""
    assert worded(Range(20, 30, 40)) == "about 30 s (20 to 40 s)"
    assert worded(Range(1800, 2400, 3300)) == "about 40 min (30 to 55 min)"
    assert worded(Range(7200, 10800, 20000)) == "about 3 h (2 to 5.6 h)"
    assert worded(Range(0, 1, 2.2)) == "less than 3 s"


def test_lines_are_a_table():
    """One line per stage, one column per number of workers, then memory and what it rests on."""
    stages = tuple(
        Stage(name, workers, Range.exactly(seconds / workers))
        for workers in (1, 2)
        for name, seconds in (("scan", 600), ("quick match", 1200))
    )
    found = Estimate(12_345, False, stages, {"per worker": 200.0}, {}, ("measured now", "assumed"))
    assert found.lines() == [
        "12,345 files",
        "             1 worker                     2 workers",
        "scan         about 10 min (10 to 10 min)  about 5 min (5 to 5 min)",
        "quick match  about 20 min (20 to 20 min)  about 10 min (10 to 10 min)",
        "memory: about per worker 200 MB",
        "measured now",
        "assumed",
    ]
    assert found.facts()["stages"][0] == {
        "name": "scan", "workers": 1, "seconds": {"low": 600.0, "expected": 600.0, "high": 600.0},
    }  # fmt: skip


def test_the_plan_page_says_what_the_estimate_computes():
    """Its hours for a hundred million pictures on 128 workers are those of `spend`, with the constants that it prints."""
    page = (Path(__file__).parents[2] / "data" / "guides" / "hundred-million.md").read_text("utf-8")
    rows = (line.split("|") for line in page.splitlines() if line.startswith("| ") and line.count("|") == 4)
    signs = {cells[1].strip(): cells[3].strip().replace(",", "") for cells in rows}
    count, read, full, pair = (float(signs[sign]) for sign in ("N", "r", "f", "v"))
    pictures, workers = Range.exactly(count), int(signs["W"])
    scan = spend([(pictures, Range.exactly(read))], workers)
    match = spend([(pictures, Range.exactly(0.2 * full + float(signs["p"]) * pair))], workers)
    assert f"N · r / (W · g) = {scan.expected / 3600:.0f} h" in page
    assert f"(0.2 · f + p · v) / (W · g) = {match.expected / 3600:.0f} h" in page
