"""A fast version of the coverage simulation: nominal 95 % intervals hold the truth about as often as they say."""

import pytest
from scripts import script

from dedupelab.publish.chapters.coverage import MEASURED, STUDIES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def coverage():
    return script("benchmarks/money_coverage.py")


def test_intervals_cover(coverage, monkeypatch):
    """100 studies each: with a true coverage of 93 % or more, fewer than 86 hits is a matter of once in a hundred."""
    orders = coverage.random_orders
    monkeypatch.setattr(
        coverage, "random_orders", lambda *stock, **more: orders(*stock, **{"orders": 199, **more})
    )
    found = {(what, truth): share for what, truth, share in coverage.table(100, 11)}
    assert found.keys() == {(what, truth) for what, truth, _ in MEASURED}
    assert {key: share for key, share in found.items() if share < 0.86} == {}


def test_the_annex_prints_what_was_simulated(coverage):
    """The printed table has the simulation's rows; coverages lie between 93 and 98 %, with few events above 92 %."""
    rows = [(what, truth) for what, truth, _ in coverage.table(1, 1)]
    assert [(what, truth) for what, truth, _ in MEASURED] == rows
    few = [row for row in MEASURED if "few events" in row[0]]
    assert [row for row in MEASURED if row not in few and not 0.93 <= row[2] <= 0.98] == []
    assert [row for row in few if row[2] < 0.92] == []
    assert STUDIES >= 500


def test_it_can_fail(coverage, monkeypatch):
    """Intervals half as wide are noticed."""
    monkeypatch.setattr(
        coverage, "interval", lambda _draws, costs: (costs.sum() / 3 * 0.9, costs.sum() / 3 * 1.1)
    )
    assert coverage.losses(60, 1, 12.0, 3.0, 3.0) < 0.86
