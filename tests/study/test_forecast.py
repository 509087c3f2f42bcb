"""What a study is going to take: counted where it can be, assumed in print where it cannot, remembered from run to run."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from command import invoke

from dedupelab.collect.listing import Entry
from dedupelab.study import execution, forecast
from dedupelab.study import speeds as probe
from dedupelab.study.ranges import Range
from dedupelab.study.start import init
from dedupelab.study.study import Study

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Measure in this process: starting one takes longer than all that is measured."""
    monkeypatch.setattr(forecast, "started", ThreadPoolExecutor)


@pytest.fixture
def folder(tmp_path: Path, photograph) -> Path:
    (tmp_path / "pictures").mkdir()
    for seed in range(4):
        photograph(seed).save(tmp_path / "pictures" / f"{seed}.jpg", quality=90)
    photograph(0).save(tmp_path / "pictures" / "0.png")
    (tmp_path / "pictures" / "notes.txt").write_text("text")
    (tmp_path / "pictures" / "broken.png").write_text("no picture")
    init(tmp_path / "study", {"own": str(tmp_path / "pictures")})
    return tmp_path / "study"


def spoken(found) -> str:
    return "\n".join(found.lines())


def test_before_and_after_the_scan(folder):
    """Before it the number of pairs is an assumption that is printed, after it the pairs are counted; nothing is written."""
    study = Study(folder)
    before = study.estimate(workers=[1, 4])
    assert not before.scanned
    assert "how many there are is unknown before the scan" in spoken(before)
    assert not (folder / ".dedupelab").exists()
    assert [(s.name, s.workers) for s in before.stages] == [
        (name, workers) for workers in (1, 4) for name in ("scan", "quick match", "thorough match")
    ]
    assert all(0 < s.seconds.low <= s.seconds.expected <= s.seconds.high for s in before.stages)
    assert all(amount > 10 for amount in before.memory_mb.values())
    study.scan()
    after = study.estimate(workers=[1])
    assert after.scanned
    assert "1 pairs to compare, counted" in spoken(after)
    before_match, after_match = (
        next(s.seconds for s in found.stages if s.name == "quick match") for found in (before, after)
    )
    assert after_match.high / after_match.low < before_match.high / before_match.low


def test_other_numbers_of_files(folder):
    """Of a hundred times the files, the scan takes a hundred times as long."""
    study = Study(folder)
    few, many = study.estimate(workers=[1]), study.estimate(workers=[1], files=700)
    assert (few.files, many.files) == (7, 700)
    ratio = many.stages[0].seconds.expected / few.stages[0].seconds.expected
    assert 20 < ratio < 500


def test_the_command(folder):
    """People get a table and the next command, machines the same as JSON; an absent collection is one line."""
    printed = invoke("estimate", folder)
    assert printed.exit_code == 0
    assert printed.stdout.splitlines()[0] == "7 files"
    assert printed.stdout.splitlines()[-1] == f"next: dedupelab scan {folder}"
    facts = json.loads(invoke("estimate", folder, "--json", "--workers", "3").stdout)
    assert {stage["workers"] for stage in facts["stages"]} == {3}
    assert facts["speeds"]["read"]["expected"] > 0
    (folder.parent / "pictures").rename(folder.parent / "elsewhere")
    gone = invoke("estimate", folder)
    assert (gone.exit_code, len(gone.stderr.splitlines())) == (1, 1)


def test_the_sample_is_seeded_and_has_all_sizes():
    """Equal listings give equal samples, whatever their order; small and large files are in it alike, skipped ones are not."""
    listed = [("c", Entry(f"{k}.jpg", f"{k}.jpg", k * k, None)) for k in range(1000)]
    listed.append(("c", Entry("notes.txt", "notes.txt", 5, None, skipped="not a picture format: .txt")))
    chosen = probe.choose(listed, 20)
    assert chosen == probe.choose(listed[::-1], 20)
    places = sorted(int(entry.path[:-4]) for _, entry in chosen)
    assert {b - a for a, b in pairwise(places)} == {50}
    assert len(probe.choose(listed[:3], 20)) == 3


def test_speeds_are_remembered(folder):
    """A run's own speed is told at the next one, in one line, when a minute is expected; damage is no error."""
    study = Study(folder)
    probe.remember(study.store, "read", 49, 5.0, 2)
    assert study.store.note(probe.NOTE) == ""
    probe.remember(study.store, "read", 100, 50.0, 2)
    unmeasured = lambda: pytest.fail("remembered")  # noqa: E731
    line = probe.foretell(study.store, 2, "reading files,", "read", 100_000, 1.0, unmeasured)
    assert line.startswith("reading files, 100,000: about ")
    assert line.endswith("by the speed of an earlier run of this study")
    assert probe.foretell(study.store, 2, "reading files,", "read", 10, 1.0, unmeasured) is None
    study.store.remember(probe.NOTE, "[oops")
    measured = probe.foretell(study.store, 2, "x", "read", 100_000, 1.0, lambda: Range(0.5, 1, 2))
    assert measured.endswith("by a short measurement of its files")
    assert probe.foretell(study.store, 2, "x", "read", 10, 1e-6, unmeasured) is None


def test_stages_tell_only_who_listens(folder, monkeypatch):
    """The command line prints the line to standard error; in Python nothing is measured and nothing printed."""
    monkeypatch.setattr(execution, "foretell", lambda _store, _workers, doing, *_: f"{doing} long")
    quiet = Study(folder)
    quiet.scan()
    (folder / ".dedupelab" / "tables" / "scanned.parquet").unlink()
    told = invoke("scan", folder, "--json")
    assert told.stderr.splitlines()[0] == "reading files, long"
    assert json.loads(told.stdout)["hashed"] == 5
