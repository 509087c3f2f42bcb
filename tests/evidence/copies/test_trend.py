from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from dedupelab.evidence.copies.trend import fit, mann_kendall, weekly

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def dated(frames, weeks, copies):
    """One original in the first week; each week `copies[w]` copies of it and ten other pictures."""
    images = [{"id": "w", "modified": START}]
    for week in range(weeks):
        when = START + timedelta(weeks=week, hours=1)
        images += [{"id": f"c{week}-{n}", "modified": when} for n in range(copies[week])]
        images += [{"id": f"l{week}-{n}", "modified": when} for n in range(10)]
    group = [i["id"] for i in images if i["id"][0] in "wc"]
    return frames(images, [[group]])


def test_weeks_by_hand(frames):
    """Three weeks with 1, 0 and 2 copies among 12, 10 and 12 new pictures; the first of a work is no copy."""
    study = dated(frames, 3, [1, 0, 2])
    table = study.measured(["a"], dates="modified").trend
    assert table[["week", "ingested", "copies"]].to_numpy().tolist() == [
        ["2026-01-05", 12, 1],
        ["2026-01-12", 10, 0],
        ["2026-01-19", 12, 2],
    ]


def test_a_trend_needs_twelve_weeks(frames):
    """Eleven weeks are refused with the reason; so is a study that names no dates."""
    study = dated(frames, 11, [1] * 11)
    assert tuple(map(str, study.results(["a"], dates="modified")["M11"].needs)) == (
        "at least 12 weeks with new pictures (this study has 11 weeks)",
    )
    assert str(study.results(["a"])["M11"].needs[0]).startswith("trend.dates")


def test_a_planted_growth_is_found(frames):
    """Copies that double every eight weeks: e^slope - 1 = 2^(1/8) - 1 = 9.05 % a week, within the interval; tau agrees."""
    copies = [round(3 * 2 ** (week / 8)) for week in range(16)]
    study = dated(frames, 16, copies)
    found = study.results(["a"], dates="modified")
    shares = np.array(copies) / (np.array(copies) + 10.0)
    assert (
        0 < found["M11"].value < 2 ** (1 / 8) - 1
    )  # the share of new pictures, not the number, is what grows
    assert found["M11"].interval[0] > 0
    assert found["M11.tau"].value == pytest.approx(mann_kendall(shares)[0], abs=0.05)
    assert "the stock grows as well" in str(found["M11"].caveat)


def test_without_growth_the_interval_holds_zero(frames):
    """The same share every week is no trend."""
    found = dated(frames, 14, [4] * 14).results(["a"], dates="modified")["M11"]
    assert found.interval[0] <= 0 <= found.interval[1]


def test_the_regression_is_the_weighted_mean_where_there_is_no_slope():
    """With two halves of equal shares the slope is 0 and the rate is all copies over all pictures: 30 / 120."""
    line = fit(np.arange(12.0), np.full(12, 2.5), np.full(12, 10.0))
    assert line.slope == pytest.approx(0, abs=1e-9)
    assert np.exp(line.intercept) == pytest.approx(0.25)
    assert line.dispersion == 1.0


def test_mann_kendall_by_hand():
    """1, 3, 2, 4: of six pairs five rise and one falls: tau = 4 / 6."""
    assert mann_kendall(np.array([1.0, 3.0, 2.0, 4.0]))[0] == pytest.approx(4 / 6)
    assert mann_kendall(np.ones(5)) == (0.0, 1.0)


def test_the_week_is_counted_once(frames, twenty):
    """Every dated picture that shows something is in exactly one week."""
    from dedupelab.evidence.copies.population import population

    images = twenty.images.assign(modified=START)
    people = population(images, twenty.groups, twenty.members, collections=["a", "b"])
    table = weekly(people, "modified")
    assert (len(table), table["ingested"].sum(), table["copies"].sum()) == (1, 15, people.surplus)
