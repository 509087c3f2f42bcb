"""A job outlives who started it, is told from its file alone, and stopped loses nothing."""

import time

import pytest
from collections_of import collections_of

from dedupelab import Study, init
from dedupelab.errors import OutputError
from dedupelab.lab import job

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path, picture):
    """Make a study of thirty pictures."""
    init(tmp_path / "study", collections_of(tmp_path, picture, (160, 120), a=(range(30), 75)))
    return tmp_path / "study"


def ended(folder):
    """Wait until the job of a study has ended; return what it tells."""
    for _ in range(1200):
        now = job.told(folder)
        if now.state not in job.OPEN:
            return now
        time.sleep(0.2)
    raise AssertionError(now)


def test_a_stage_runs_by_itself_and_a_held_study_is_told(folder):
    """Scan ends with its count; a second start is refused, and one of a study that is held; held since then, it fails in one line."""
    assert job.told(folder).state == ""
    job.start(folder, "scan")
    with pytest.raises(OutputError, match="scan at work"):
        job.start(folder, "match")
    now = ended(folder)
    assert (now.state, now.message) == ("done", "30 files read.")
    with Study(folder).store.lock():
        with pytest.raises(OutputError, match="expected the study to be free"):
            job.start(folder, "match")
        assert job.told(folder) == now
        assert job.run(folder, "match") == 1
        now = job.told(folder)
    assert now.state == "failed"
    assert "expected the study to be free" in now.message


def test_a_cancelled_job_goes_on_when_started_again(folder):
    """Cancelled at once, nothing is at work any more; started again it ends well."""
    job.start(folder, "match")
    job.cancel(folder)
    assert job.told(folder).state == "cancelled"
    job.start(folder, "match")
    assert ended(folder).state == "done"
    assert len(Study(folder).images()) == 30


def test_a_killed_job_is_told_as_stopped(folder):
    """A process that is gone without a word is not taken for one at work."""
    job._write(folder, job.Told("scan", "running", "reading", 3, 30, "", 2**22 - 3))
    now = job.told(folder)
    assert (now.state, now.done) == ("stopped", 3)
    assert "goes on where it was" in now.message
