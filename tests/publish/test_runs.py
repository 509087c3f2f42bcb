"""Old runs go, and never what is needed."""

import pytest

from dedupelab.publish.runs import complete_runs, forget_old, newest

STAMPS = [
    "2026-01-05T030000Z",
    "2026-01-12T030000Z",
    "2026-01-12T030000Z-2",
    "2026-01-12T030000Z-10",
    "2026-01-19T030000Z",
]


@pytest.fixture
def home(tmp_path):
    for stamp in STAMPS:
        (tmp_path / stamp).mkdir()
        for name in ("run.json", "results.json"):
            (tmp_path / stamp / name).write_text("{}")
    (tmp_path / "latest").symlink_to(STAMPS[-1])
    return tmp_path


def names(home):
    return [run.name for run in complete_runs(home)]


def test_runs_are_ordered_by_time_and_number(home):
    """The tenth run of one second is later than the second one."""
    assert names(home) == STAMPS
    assert newest(home).name == STAMPS[-1]


@pytest.mark.parametrize(("keep", "left"), [(0, STAMPS), (1, STAMPS[-1:]), (2, STAMPS[-2:]), (99, STAMPS)])
def test_the_newest_stay(home, keep, left):
    """As many as asked for, the newest among them; 0 keeps all; the names of the others come back."""
    gone = forget_old(home, keep)
    assert names(home) == left
    assert sorted(gone) == sorted(set(STAMPS) - set(left))


def test_a_clock_that_went_back_costs_no_new_run(home):
    """The run that `latest` points to stays, however old its name is."""
    (home / "latest").unlink()
    (home / "latest").symlink_to(STAMPS[0])
    assert newest(home).name == STAMPS[0]
    forget_old(home, 2)
    assert names(home) == [STAMPS[0], STAMPS[-1]]


def test_nothing_else_is_touched(home):
    """Incomplete runs, other folders, files and links stay, and do not count as runs."""
    (home / "2025-01-01T000000Z").mkdir()
    (home / "notes").mkdir()
    (home / "log.jsonl").write_text("{}")
    (home / "2024-01-01T000000Z").symlink_to(home / "notes")
    (home / STAMPS[-1] / "run.json").unlink()
    assert newest(home).name == STAMPS[-2]
    forget_old(home, 1)
    assert names(home) == [STAMPS[-2]]
    assert sorted(path.name for path in home.iterdir()) == [
        "2024-01-01T000000Z", "2025-01-01T000000Z", STAMPS[-2], STAMPS[-1], "latest", "log.jsonl", "notes",
    ]  # fmt: skip


def test_no_runs_at_all(tmp_path):
    """An absent folder holds none."""
    assert (complete_runs(tmp_path / "x"), newest(tmp_path / "x"), forget_old(tmp_path / "x", 1)) == (
        [],
        None,
        [],
    )
