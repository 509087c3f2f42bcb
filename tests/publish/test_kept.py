"""What is kept is whole, the newest of its name, and known by all that goes into it."""

import os
import subprocess
import sys

import pytest

from dedupelab import Study
from dedupelab.publish.kept import Kept, brought_key, found_key
from dedupelab.publish.language.translations import FOLDERS


def undo(study: Study) -> None:
    assert study.review().undo("Ada")


def register(study: Study) -> None:
    entry = {"value": 3, "unit": "copies", "source_type": "expert", "source": "minutes", "owner": "Bo", "date": "2026-01-02"}  # fmt: skip
    study.registers.add("assumption", [entry], who="Bo")


def settings(study: Study) -> None:
    path = study.folder / "study.toml"
    path.write_text(path.read_text("utf-8") + "\n[harm]\nprice_year = 2020\n", encoding="utf-8")


def redact(study: Study) -> None:
    row = study.images().iloc[0]
    text = (
        f"file,action,left,top,width,height,reason\n{row['collection']}/{row['path']},leave out,,,,,asked\n"
    )
    (study.folder / "redactions.csv").write_text(text, encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("change", [undo, register, settings, redact])
def test_what_people_decide_is_in_the_key_of_what_was_found(reviewed, change):
    """A label taken back, an entry of a register, a setting, a redaction: nothing made before is shown again."""
    reviewed.measure()
    before = found_key(reviewed)
    assert found_key(Study(reviewed.folder)) == before
    change(reviewed)
    assert found_key(Study(reviewed.folder)) != before


@pytest.mark.slow
def test_what_people_bring_has_a_key_of_its_own(reviewed, tmp_path, monkeypatch):
    """A text, the consultation and another translation are in it; numbers and notebooks do not hang on them."""
    keys, found = [brought_key(reviewed)], found_key(reviewed)
    (reviewed.folder / "text").mkdir()
    for file in (
        reviewed.folder / "text" / "harm.en.md",
        reviewed.folder / "consultation.toml",
        tmp_path / "de.po",
    ):
        file.write_text("", encoding="utf-8")
        monkeypatch.setenv(FOLDERS, str(tmp_path))
        keys.append(brought_key(reviewed))
    assert len(set(keys)) == 4
    assert found_key(reviewed) == found


def half(kept: Kept) -> None:
    with kept.new("paper", "two") as folder:
        (folder / "a.txt").write_text("half")
        raise ZeroDivisionError


def test_what_fails_half_way_leaves_what_was_there(tmp_path):
    """The folder is kept when its maker is done, notes with it, and takes the place of the version before."""
    kept = Kept(tmp_path / "kept")
    with kept.new("paper", "one", ["no font"]) as folder:
        (folder / "a.txt").write_text("first")
    with pytest.raises(ZeroDivisionError):
        half(kept)
    assert (kept.has("paper", "one"), kept.has("paper", "two")) == (True, False)
    assert kept.take("paper", "one", tmp_path / "run") == ["no font"]
    assert [(p.name, p.read_text()) for p in (tmp_path / "run").iterdir()] == [("a.txt", "first")]
    with kept.new("paper", "two"):
        pass
    assert [p.name for p in (tmp_path / "kept" / "paper").iterdir()] == ["two"]


def test_what_a_killed_report_left_is_cleared(tmp_path):
    """A half-made folder of a process that is gone goes with the next one; that of a process at work stays."""
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    left, busy = tmp_path / f".making-{gone.stdout.strip()}-a", tmp_path / f".making-{os.getpid()}-b"
    for folder in (left, busy):
        (folder / "whole").mkdir(parents=True)
    with Kept(tmp_path).new("en", "key") as made:
        (made / "report").write_text("whole", encoding="utf-8")
    assert not left.exists()
    assert busy.exists()
    assert Kept(tmp_path).has("en", "key")
