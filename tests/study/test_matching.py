"""The second stage: what changed is compared, the rest is known, and the tables are those of a run from scratch."""

from pathlib import Path

import pytest

from dedupelab import Study
from dedupelab.match import gear
from dedupelab.match.compare import verified_pairs

pytestmark = pytest.mark.slow

TABLES = ("detected", "pairs", "groups", "members", "verdicts")


def study_of(folder: Path, gear: str = "thorough", memory: int = 1000) -> Study:
    folder.mkdir(exist_ok=True)
    (folder / "study.toml").write_text(
        f'[study]\nname = "small"\n[[collection]]\nname = "own"\nlocation = "../pictures"\n[match]\ngear = "{gear}"\nmemory = {memory}\n',
        encoding="utf-8",
    )
    return Study(folder)


def tables_of(study: Study) -> dict[str, bytes]:
    return {name: (study.store.root / "tables" / f"{name}.parquet").read_bytes() for name in TABLES}


@pytest.fixture
def pictures(tmp_path, photograph) -> Path:
    """Make a folder of two works, each whole, cut and stored again."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for seed in (0, 1):
        whole = photograph(seed, (640, 480))
        whole.save(folder / f"{seed}.png")
        whole.save(folder / f"{seed}-again.jpg", quality=60)
        whole.crop((0, 0, 360, 480)).save(folder / f"{seed}-half.jpg")
    return folder


def test_new_pictures_cost_what_touches_them(tmp_path, pictures, photograph, monkeypatch):
    """After a picture came and one went, only pairs with the new one are opened; tables are those of a new study, byte for byte."""
    opened = []
    original = verified_pairs.judge_batch
    monkeypatch.setattr(
        verified_pairs,
        "judge_batch",
        lambda task, verifier: opened.extend(task[0]) or original(task, verifier),
    )
    study = study_of(tmp_path / "study")
    study.match()
    assert len(opened) >= 6
    opened.clear()
    photograph(0, (640, 480)).resize((320, 240)).save(pictures / "small.jpg")
    (pictures / "1-half.jpg").unlink()
    study.match()
    images = study.images().set_index("path")["image_id"]
    assert opened
    assert all(images["small.jpg"] in pair for pair in opened)
    scratch = study_of(tmp_path / "scratch")
    scratch.match()
    assert tables_of(study) == tables_of(scratch)


def test_memory_is_no_reason_to_match_again(tmp_path, pictures):
    """Another `[match] memory` leaves a match as it is, a new study with as little as may be has the same tables, and no working file stays."""
    study = study_of(tmp_path / "study")
    study.match()
    found = tables_of(study)
    again = study_of(tmp_path / "study", memory=50)
    again.match()
    assert "match" not in again.execution.ran
    scratch = study_of(tmp_path / "scratch", memory=50)
    scratch.match()
    assert tables_of(scratch) == found
    assert not (scratch.store.root / "working").exists()


def test_auto_is_thorough_and_says_so_once(tmp_path, pictures):
    """A study from when `auto` went by size is matched thoroughly, and is told in one line what to write."""
    told = []
    study = study_of(tmp_path / "study", "auto")
    study.execution.tell = told.append
    study.match()
    study.match()
    assert study.config.gear == "thorough"
    assert [line for line in told if "auto" in line] == [
        'note: [match] gear = "auto" is read as "thorough" at every size; write that, or "quick", into study.toml'
    ]


def test_what_one_gear_described_the_other_does_not_describe_again(tmp_path, pictures, monkeypatch):
    """What a quick study described to count its misses, a thorough match takes; matched quick in between, it is described once."""
    described = []
    original = gear._extract_batch
    monkeypatch.setattr(gear, "_extract_batch", lambda task: described.extend(task[0]) or original(task))
    quick = study_of(tmp_path / "study", "quick")
    quick.match()
    assert described == []
    quick.propose()
    assert len(described) == len(list(pictures.iterdir()))
    described.clear()
    first = study_of(tmp_path / "study")
    first.match()
    once = tables_of(first)
    study_of(tmp_path / "study", "quick").match()
    again = study_of(tmp_path / "study")
    again.match()
    assert described == []
    assert tables_of(again) == once
