"""The run folder: whole or not there at all, honest about small and empty studies, inert for spreadsheets."""

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from collections_of import collections_of

from dedupelab import NotebookError, OutputError, Study, init
from dedupelab.publish import run as run_module
from dedupelab.publish.kept import kept
from dedupelab.publish.run import publish_run, readable
from dedupelab.publish.runs import made_from
from dedupelab.work.progress import silent

pytestmark = pytest.mark.slow

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def small_notebook(folder: Path, source: str) -> Path:
    cells = [
        nbformat.v4.new_code_cell(
            'study: str = ""  # folder of the study', metadata={"tags": ["parameters"]}
        ),
        nbformat.v4.new_code_cell(source),
    ]
    path = folder / "one.ipynb"
    nbformat.write(
        nbformat.v4.new_notebook(
            cells=cells,
            metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "P"}},
        ),
        path,
    )
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory, photograph):
    """One collection of three different pictures, a study of it, and the run of this study with one notebook."""
    home = tmp_path_factory.mktemp("made")
    init(home / "study", collections_of(home, photograph, own=(range(3), 75)), "small")
    path = small_notebook(home, "print(len(study) > 0)")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_module, "notebook_sources", lambda: [path])
        publish_run(Study(home / "study"), home / "out", bars=silent, now=NOW)
    return home


@pytest.fixture
def home(made, tmp_path) -> Path:
    """Copy pictures, study and run: each test does with them what it likes."""
    return shutil.copytree(made, tmp_path / "home", symlinks=True)


@pytest.fixture
def one_notebook(home, monkeypatch):
    monkeypatch.setattr(run_module, "notebook_sources", lambda: [home / "one.ipynb"])


@pytest.fixture
def lone_study(home) -> Study:
    return Study(home / "study")


@pytest.fixture
def first(home) -> Path:
    """Return the folder of the run that was made already."""
    return (home / "out" / "small" / "latest").resolve()


def test_a_study_without_duplicates_gives_an_honest_short_report(first, home):
    """One collection and no copy: all three papers are written and say so; no figure is drawn of nothing."""
    page = re.sub(r"</?span[^>]*>", "", (first / "report.en.html").read_text("utf-8"))
    assert "No duplicates were found among 3 pictures" in page
    assert "two collections or more" in page
    assert first.parent == home / "out" / "small"
    assert {"report.en.pdf", "report.en.docx", "results.json", "run.json"} <= {
        p.name for p in first.iterdir()
    }


def test_equal_runs_give_equal_papers(first, lone_study, one_notebook, tmp_path):
    """Built twice at the same moment, every file has the same bytes."""
    shutil.rmtree(kept(lone_study).root)
    again = publish_run(lone_study, tmp_path / "again", bars=silent, now=NOW)
    files = [p for p in first.rglob("*") if p.is_file() and p.name != "run.json"]
    assert len(files) > 20
    for path in sorted(files):
        assert path.read_bytes() == (again / path.relative_to(first)).read_bytes(), path.name


@pytest.fixture
def nothing_is_made(monkeypatch):
    """Let what makes notebooks and papers fail from now on when the test says so."""

    def refuse(*_given, **_named):
        raise AssertionError

    def forbid(*names: str) -> None:
        for name in names:
            monkeypatch.setattr(run_module, name, refuse)

    return forbid


def test_an_unchanged_run_makes_nothing_anew(first, lone_study, one_notebook, home, nothing_is_made):
    """A week later, notebooks and papers are those of the first run byte for byte, and both runs say they are made from the same."""
    nothing_is_made("run_notebooks", "exhibits")
    again = publish_run(lone_study, home / "out", bars=silent, now=NOW + timedelta(days=7))
    files = {p.relative_to(first) for p in first.rglob("*") if p.is_file()}
    assert files == {p.relative_to(again) for p in again.rglob("*") if p.is_file()}
    assert {"report.en.pdf", "notebooks/one.ipynb", "report.xlsx"} <= {str(file) for file in files}
    differing = [f for f in files if (first / f).read_bytes() != (again / f).read_bytes()]
    assert sorted(map(str, differing)) == ["history.csv", "run.json"]
    assert made_from(first) == made_from(again) != ""


def test_a_changed_text_makes_papers_only(first, lone_study, one_notebook, home, nothing_is_made):
    """An author who mends a sentence does not wait for notebooks, and reads it in the paper."""
    nothing_is_made("run_notebooks")
    (lone_study.folder / "text").mkdir()
    (lone_study.folder / "text" / "introduction.en.md").write_text("We begin with this.")
    again = publish_run(lone_study, home / "out", bars=silent, now=NOW)
    assert "We begin with this." in (again / "report.en.html").read_text("utf-8")
    assert made_from(first) != made_from(again)


def test_what_was_altered_in_a_run_does_not_come_back(first, lone_study, one_notebook, home):
    """A paper that somebody edits in its run is that run's alone: the next run has what was made."""
    made = (first / "report.en.docx").read_bytes()
    (first / "report.en.docx").write_bytes(b"edited")
    again = publish_run(lone_study, home / "out", bars=silent, now=NOW)
    assert (again / "report.en.docx").read_bytes() == made


def test_two_runs_in_one_second_do_not_meet(first, lone_study, one_notebook, home):
    """The second run gets a name of its own and `latest` points to it."""
    second = publish_run(lone_study, home / "out", bars=silent, now=NOW)
    assert first != second
    assert (home / "out" / "small" / "latest").resolve() == second.resolve()


def test_a_failing_notebook_is_kept_and_named(lone_study, tmp_path, monkeypatch):
    """The run folder does not appear; the failed notebook lies beside the runs and the error says where."""
    path = small_notebook(tmp_path, "1 / 0")
    monkeypatch.setattr(run_module, "notebook_sources", lambda: [path])
    with pytest.raises(NotebookError, match="ZeroDivisionError") as caught:
        publish_run(lone_study, tmp_path / "out", bars=silent, now=NOW)
    home = tmp_path / "out" / "small"
    assert [p.name for p in home.iterdir()] == ["one.failed.ipynb"]
    assert str(home / "one.failed.ipynb") in str(caught.value)
    assert ".building" not in str(caught.value)


def test_an_unwritable_place_is_one_error(lone_study, tmp_path):
    """A file where the folder should be: expected, got, remedy; nothing half-written."""
    (tmp_path / "taken").write_text("x")
    with pytest.raises(OutputError, match="expected to write"):
        publish_run(lone_study, tmp_path / "taken", bars=silent)
    assert (tmp_path / "taken").read_text() == "x"


def test_run_facts_name_no_place(first, made):
    """run.json says what was run with which settings, not where the pictures lie."""
    facts = json.loads((first / "run.json").read_text("utf-8"))
    assert facts["stages_run"]
    assert facts["gear"] in {"quick", "thorough"}
    assert str(made) not in (first / "run.json").read_text("utf-8")


def test_csv_cells_are_no_formulas():
    """Text that a spreadsheet would run is quoted; hashes are hexadecimal; numbers stay numbers."""
    frame = pd.DataFrame(
        {
            "creator": ["=cmd()", "+1", "@x", "plain", None],
            "phash": pd.array([1, 2**63, None, 3, 4], dtype="UInt64"),
            "pdq": [b"\x0f" * 32, None, None, None, bytes(32)],
            "pdq_quality": pd.array([100, None, None, None, 0], dtype="Int64"),
            "bytes": range(5),
        }
    )
    shown = readable(frame)
    assert list(shown["creator"][:4]) == ["'=cmd()", "'+1", "'@x", "plain"]
    assert shown["phash"][1] == "8000000000000000"
    assert list(shown["pdq"]) == ["0f" * 32, "", "", "", "0" * 64]
    assert shown["pdq_quality"][0] == 100
    assert list(shown["bytes"]) == list(range(5))
