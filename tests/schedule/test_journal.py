"""The log is lines of JSON, whatever happens."""

import json

import pytest

from dedupelab.errors import ConfigError, OutputError
from dedupelab.schedule.journal import Journal, journal


def lines(path):
    return [json.loads(line) for line in path.read_text("ascii").splitlines()]


def test_steps_are_logged_once_with_their_counts(tmp_path):
    """A step that tells its end twice is one line; the bar beneath still moves."""
    moved = []
    log = Journal(tmp_path / "deep" / "log.jsonl")
    bar = log.follow(lambda label: lambda done, total: moved.append((label, done, total)))("reading")
    for done in (0, 1, 2, 2):
        bar(done, 2)
    (step,) = lines(tmp_path / "deep" / "log.jsonl")
    assert (step["event"], step["step"], step["done"]) == ("step", "reading", 2)
    assert moved == [("reading", d, 2) for d in (0, 1, 2, 2)]


def test_a_failure_is_logged_and_raised(tmp_path):
    """The message is in the log, on one line, with the exit code; names that break lines do not."""
    with pytest.raises(ConfigError), journal(tmp_path / "log", "a\n\u2028\x1b[2Jb"):
        raise ConfigError("expected\nthis")
    start, failed = lines(tmp_path / "log")
    assert (start["event"], start["study"]) == ("start", "a\n\u2028\x1b[2Jb")
    assert (failed["event"], failed["problem"], failed["exit"]) == ("failed", "expected this", 1)
    assert start["run"] == failed["run"]


def test_stopping_is_logged_too(tmp_path):
    """Ctrl-C and a scheduler's SIGTERM."""
    with pytest.raises(KeyboardInterrupt), journal(tmp_path / "log", "x"):
        raise KeyboardInterrupt
    assert lines(tmp_path / "log")[1]["problem"] == "KeyboardInterrupt()"


def test_where_it_cannot_be_written(tmp_path):
    """One line with the option to change."""
    with pytest.raises(OutputError, match="choose another file with --log"), journal(tmp_path, "x"):
        pass
