"""What goes wrong around a study: a collection that goes away, a folder that cannot be written, a second run."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from collections_of import collections_of
from command import invoke

from dedupelab.study import execution
from dedupelab.study.start import init
from dedupelab.study.study import Study

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path, photograph) -> Path:
    """Two collections of three pictures each, one of which both hold."""
    held = {"one": ((0, 1, 2), 90), "two": ((0, 2, 4), 90)}
    init(tmp_path / "study", collections_of(tmp_path, photograph, **held))
    return tmp_path


def test_a_collection_unmounted_halfway_is_partial(folder, monkeypatch):
    """It goes away between listing and reading: its files are unreadable, exit 3 names it, and its return mends the table."""
    list_files = execution.list_files
    before = invoke("scan", folder / "study", "--json")
    assert before.exit_code == 0
    shutil.rmtree(folder / "study" / ".dedupelab")

    def listed(location, *more):
        found = list_files(location, *more)
        if location.endswith("two"):
            (folder / "two").rename(folder / "gone")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(execution, "list_files", listed)
        halfway = invoke("match", folder / "study")
    assert halfway.exit_code == 3
    assert "incomplete: two: 3 of 3 pictures are unreadable" in halfway.stderr
    images = Study(folder / "study").images()
    assert images.groupby("collection")["status"].agg(set).to_dict() == {
        "one": {"hashed"},
        "two": {"unreadable"},
    }
    assert (
        images.loc[images["collection"] == "two", "problem"]
        .str.startswith("cannot be read: No such file")
        .all()
    )
    (folder / "gone").rename(folder / "two")
    after = invoke("match", folder / "study")
    assert after.exit_code == 0
    assert "links among" in after.stdout
    assert set(Study(folder / "study").images()["status"]) == {"hashed"}


def test_a_collection_that_is_not_there_changes_nothing(folder):
    """Not mounted at all, or mounted empty: one error line, and the tables of last time stay as they are."""
    assert invoke("match", folder / "study").exit_code == 0
    tables = {path: path.read_bytes() for path in (folder / "study" / ".dedupelab" / "tables").iterdir()}
    (folder / "two").rename(folder / "gone")
    absent = invoke("match", folder / "study")
    (folder / "two").mkdir()
    empty = invoke("match", folder / "study")
    assert [absent.exit_code, empty.exit_code] == [1, 1]
    assert "expected a folder at" in absent.stderr
    assert "expected pictures in" in empty.stderr
    assert {path: path.read_bytes() for path in tables} == tables


def test_a_picture_that_goes_away_before_its_comparison_is_an_error(folder, monkeypatch):
    """Between scan and match: one line that says what to do; the next run mends it, and no pair is made up."""
    study = Study(folder / "study")
    study.scan()
    scan = Study.scan
    (folder / "two" / "0.jpg").unlink()
    with monkeypatch.context() as patched:
        patched.setattr(Study, "scan", lambda self, **_: self.images())
        done = invoke("match", folder / "study")
    assert done.exit_code in {0, 1}
    if done.exit_code:
        assert "scan the study again" in done.stderr
    assert Study.scan is scan
    assert invoke("match", folder / "study").exit_code == 0
    assert "two/0.jpg" not in set(
        Study(folder / "study").images()["collection"] + "/" + Study(folder / "study").images()["path"]
    )


AS_NOBODY = """
import fcntl, os, sys
import dedupelab.commands.cli, dedupelab.study.study
# Everything is imported by then: another user may not be allowed to read this interpreter's files.
dedupelab.study.study.Study(sys.argv[1])
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
dedupelab.commands.cli.main(["scan", sys.argv[1]])
"""


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs users")
def test_a_study_that_cannot_be_written_is_one_line(folder):
    """Read-only for this user: expected, got, remedy, exit code 1."""
    with tempfile.TemporaryDirectory() as name:  # what pytest makes is closed to other users
        place = Path(name) / "place"
        shutil.copytree(folder, place)
        for path in (place / "study", place, Path(name)):
            path.chmod(0o555 if path.name == "study" else 0o755)
        ran = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, str(place / "study")],
            capture_output=True,
            text=True,
            check=False,
        )
        (place / "study").chmod(0o755)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("error: expected to write in")


HOLD = "import sys, time; from dedupelab.study.study import Study\nwith Study(sys.argv[1]).store.lock():\n print('held', flush=True); time.sleep(120)"


def test_of_two_runs_at_once_the_second_says_who_holds_the_study(folder):
    """It ends with 1 and the process that is at work; once that one is killed, the next run goes ahead."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder / "study")], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        refused = invoke("scan", folder / "study")
        assert refused.exit_code == 1
        assert f"a run that holds it (process {holder.pid})" in refused.stderr
        holder.kill()
    assert invoke("scan", folder / "study").exit_code == 0


def test_a_study_in_which_nothing_is_alike_has_nothing_to_review(tmp_path, photograph):
    """No pair at all: an empty sheet for reviewers, of which a report can be made."""
    (tmp_path / "own").mkdir()
    for seed in range(2):
        photograph(seed).save(tmp_path / "own" / f"{seed}.jpg")
    init(tmp_path / "study", {"own": str(tmp_path / "own")})
    study = Study(tmp_path / "study")
    study.measure()
    assert len(study.pairs()) == 0
    assert len(study.review().sheet) == 0
