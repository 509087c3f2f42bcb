"""A person can ask what is held, and nothing is kept past its date."""

import json
import shutil
from datetime import UTC, datetime

import pytest
from command import invoke

from dedupelab import Study
from dedupelab.errors import ConfigError
from dedupelab.exchange.data_subjects import find_subject, purge

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def study(shared_study, tmp_path):
    """Make a copy of the study with a retention date and an owner."""
    shutil.copytree(shared_study.folder, tmp_path / "study")
    file = tmp_path / "study" / "study.toml"
    text = file.read_text("utf-8").replace('owner = ""', 'owner = "Ｃｈａｎ Siu-ming"')
    file.write_text(
        text + '\n[privacy]\nretention = "2026-06-30"\nadverse_action = "none"\n', encoding="utf-8"
    )
    return Study(tmp_path / "study")


def test_mentions_are_found_whatever_their_case_and_width(study):
    """Settings and tables are searched; the place is told."""
    assert [m.table for m in find_subject(study, ["chan siu-MING"])] == ["study.toml"]
    found = find_subject(study, ["5.JPG"])
    assert {(m.table, m.column) for m in found} >= {("images", "path")}
    assert find_subject(study, ["nobody of that name"]) == []
    with pytest.raises(ConfigError, match="got an empty one"):
        find_subject(study, [" "])


def test_nothing_is_purged_before_its_date(study):
    """The day itself still counts; a study without a date needs to be told."""
    with pytest.raises(ConfigError, match="expected a day after 2026-06-30"):
        purge(study, now=NOW.replace(month=6, day=30))
    assert len(study.images())


def test_a_purge_leaves_pictures_and_settings_alone(study, tmp_path):
    """Tables, keys and runs go; what went is on record without saying what it was."""
    (tmp_path / "out" / "shared" / "run").mkdir(parents=True)
    (tmp_path / "out" / "shared" / "run" / "results.json").write_text("{}")
    gone = purge(study, runs=tmp_path / "out", now=NOW)
    assert gone.files > 5
    assert not study.store.root.exists()
    assert not (tmp_path / "out" / "shared").exists()
    assert {p.name for p in study.folder.iterdir()} == {"study.toml", "consultation.toml", "purged.json"}
    assert json.loads((study.folder / "purged.json").read_text("utf-8"))["retention"] == "2026-06-30"


def test_the_commands(study):
    """find-subject lists, purge asks for the date or --early."""
    found = invoke("find-subject", study.folder, "Siu-ming", "--json")
    assert len(json.loads(found.stdout)["mentions"]) == 1
    done = invoke("purge", study.folder, "--early")
    assert (done.exit_code, "deleted" in done.stdout) == (0, True), done.output


def test_what_people_wrote_is_searched_too(reviewed):
    """Reviewers and writers of registers are persons: their names are found with table and row."""
    found = {(m.table, m.column) for m in find_subject(reviewed, ["ADA"])}
    assert found >= {("labels", "reviewer"), ("register assumption", "who")}
