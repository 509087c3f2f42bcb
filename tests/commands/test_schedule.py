"""`dedupelab schedule` prints units that run a report, and a repeated report says what changed and lets old runs go."""

import json
from functools import partial

import pytest
from command import invoke

from dedupelab.match.compare.verdicts import Verdict
from dedupelab.match.pairing import examine_pairs
from dedupelab.publish import run as publish
from dedupelab.study import matching
from dedupelab.study.start import init

pytestmark = pytest.mark.slow


class Disagrees:
    """A verifier that finds nothing alike."""

    def prepare(self, gray, _open_large=None, _stored=None):
        return gray

    def judge(self, _left, _right, transform="identity"):
        return Verdict("unrelated", 0.1, "none", "identity", None, None)


@pytest.fixture
def folder(tmp_path, photograph, monkeypatch):
    """Make a study whose papers and notebooks are left out: these tests are about what lies around them."""
    monkeypatch.setattr(matching, "examine_pairs", partial(examine_pairs, verifier=Disagrees()))
    monkeypatch.setattr(publish, "RENDERERS", {})
    monkeypatch.setattr(publish, "_notebooks", lambda *_: None)
    monkeypatch.setattr(publish, "exhibits", lambda *_: {})
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pictures").mkdir()
    for seed in (0, 1):
        photograph(seed).save(tmp_path / "pictures" / f"{seed}.jpg")
    init(tmp_path / "study", {"own": str(tmp_path / "pictures")})
    return tmp_path


@pytest.mark.parametrize(("options", "needle"), [
    (["--cron"], "0 3 * * 1 cd "), (["--as", "systemd", "--every", "daily", "--at", "4:05"], "OnCalendar=*-*-* 04:05:00"),
    (["--github"], '- cron: "0 3 * * 1"'), ([], "0 3 * * 1 cd "),
])  # fmt: skip
def test_each_scheduler_has_its_units(folder, options, needle):
    """Printed to standard output alone, so that it can be piped into place; what to do with it goes to standard error."""
    done = invoke("schedule", "study", *options, "--keep", 5)
    assert done.exit_code == 0
    assert needle in done.stdout
    assert "dedupelab report " in done.stdout
    assert "--keep 5" in done.stdout
    assert "next: " in done.stderr


def test_units_can_be_written(folder):
    """Into a folder, named in the answer."""
    facts = json.loads(invoke("schedule", "study", "--systemd", "--write", "units", "--json").stdout)
    assert [folder / path for path in facts["written"]] == sorted((folder / "units").iterdir())
    assert set(facts["units"].values()) == {path.read_text("utf-8") for path in (folder / "units").iterdir()}


def test_a_study_that_is_none_is_told_now(folder):
    """Not at three in the morning."""
    done = invoke("schedule", "nowhere")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "expected a study at nowhere" in done.stderr


def test_a_repeated_report_says_what_changed(folder, photograph):
    """First run; nothing changed; one more picture: one line each, the same in the log, and only two runs stay."""
    log = folder / "log.jsonl"
    said = []
    for more in (None, None, 2):
        if more:
            photograph(more).save(folder / "pictures" / f"{more}.jpg")
        done = invoke("report", "study", "--keep", 2, "--log", log, "--json")
        assert done.exit_code == 0, done.output
        said.append(json.loads(done.stdout))
    first, second, third = (each["summary"] for each in said)
    assert first == "study: 2 files, 0 unreadable; first run"
    assert second.startswith("study: 2 files, 0 unreadable; nothing changed since 20")
    assert "1 appeared" in third
    assert third.endswith("1 old runs removed")
    assert len(said[2]["removed"]) == 1
    runs = [path for path in (folder / "reports" / "study").iterdir() if path.name[:2] == "20"]
    assert len(runs) == 2
    found = invoke("history", "study", "--csv", folder / "history.csv")
    assert found.exit_code == 0, found.output
    head, *shown = found.stdout.splitlines()
    assert head.endswith("(M1)")
    # One of the three runs is gone by now.
    assert [line.split("  ")[2][:5] for line in shown[:3]] == ["0.0 %"] * 3
    assert (folder / "history.csv").read_text().count(",M1,") == 3
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert [event["summary"] for event in events if event["event"] == "end"] == [first, second, third]
    assert [event["exit"] for event in events if event["event"] == "end"] == [0, 0, 0]
    assert {event["event"] for event in events} == {"start", "step", "end"}


def test_an_unchanged_study_needs_no_run(folder, photograph):
    """With --skip-unchanged a second report writes no folder, says since when, and ends well; a third one with news is written."""
    said = []
    for more in (None, None, 2):
        if more:
            photograph(more).save(folder / "pictures" / f"{more}.jpg")
        done = invoke("report", "study", "--skip-unchanged", "--no-notebooks", "--json")
        assert done.exit_code == 0, done.output
        said.append(json.loads(done.stdout))
    first, second, third = said
    assert second["run"] == first["run"] != third["run"]
    since = first["run"].rpartition("/")[2]
    assert (
        second["summary"]
        == f"study: 2 files, 0 unreadable; nothing changed since {since}, so no run was written"
    )
    runs = [path for path in (folder / "reports" / "study").iterdir() if path.name[:2] == "20"]
    assert len(runs) == 2
    assert not [path for path in runs if (path / "notebooks").exists()]


def test_a_failed_report_is_in_the_log(folder):
    """It lies beside the runs, where there is no run."""
    for path in (folder / "pictures").iterdir():
        path.unlink()
    assert invoke("report", "study").exit_code == 1
    last = json.loads((folder / "reports" / "study" / "log.jsonl").read_text().splitlines()[-1])
    assert (last["event"], last["exit"]) == ("failed", 1)
    assert "expected pictures" in last["problem"]


def test_too_many_unreadable_are_exit_3_in_the_log(folder):
    """Partial is not done."""
    (folder / "pictures" / "bad.jpg").write_bytes(b"none")
    assert invoke("report", "study").exit_code == 3
    last = json.loads((folder / "reports" / "study" / "log.jsonl").read_text().splitlines()[-1])
    assert (last["event"], last["exit"], last["unreadable"]) == ("end", 3, 1)
    assert "incomplete" in last["summary"]
