"""What runs found, one after the other: handed on from run to run, and only news is news."""

import json
import shutil

import pytest

from dedupelab.numbers.messages import message
from dedupelab.numbers.results import Result, write_results
from dedupelab.publish.history import FILE, history, lines, results, with_news, written
from dedupelab.publish.runs import FACTS, RESULTS


def share(value: float) -> Result:
    ends = (value - 0.05, value + 0.05)
    return Result("M1", message("surplus copies"), value, "fraction", interval=ends, interval_kind="sampling")


@pytest.fixture
def home(tmp_path):
    """Three runs of which the second found what the first did."""
    for day, value in ((1, 0.25), (2, 0.25), (3, 0.5)):
        run = tmp_path / f"2026-01-0{day}T030000Z"
        run.mkdir()
        (run / FACTS).write_text(json.dumps({"time": f"2026-01-0{day}T03:00:00+00:00"}))
        write_results(run / RESULTS, [share(value)], study="s")
    return tmp_path


def told(home) -> list[tuple[str, float | None]]:
    return [(time[8:10], found.value) for time, found in results(history(home))]


def test_every_run_has_its_lines(home):
    """Oldest first, with both ends of the interval, from numbers alone where no run handed anything on."""
    assert told(home) == [("01", 0.25), ("02", 0.25), ("03", 0.5)]
    _time, last = [*results(history(home))][-1]
    assert last.interval == pytest.approx((0.45, 0.55))


def test_what_was_handed_on_outlasts_its_run(home):
    """The newest run knows what a deleted one found, to the last digit."""
    before = history(home)
    (home / "2026-01-03T030000Z" / FILE).write_text(written(before))
    shutil.rmtree(home / "2026-01-01T030000Z")
    assert history(home).equals(before)


def test_only_news_is_news(home):
    """A run that found what the one before did is left out; the one that found it first stays."""
    news = with_news(history(home))
    assert [(time[8:10], found.value) for time, found in results(news)] == [("01", 0.25), ("03", 0.5)]


def test_a_run_that_cannot_be_read_is_passed_over(home):
    """Numbers of another version, or half a file handed on, take nothing from the others."""
    (home / "2026-01-02T030000Z" / RESULTS).write_text("{}")
    (home / "2026-01-03T030000Z" / FILE).write_text("time\n")
    assert told(home) == [("01", 0.25), ("03", 0.5)]
    assert lines([share(0.25)], "x")["kind"].tolist() == ["sampling"]
