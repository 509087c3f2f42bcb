"""Edits: every kind gives a valid, plausible file, the same one every time, and says so of itself."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageStat

# The benchmarks are scripts beside the package, not part of it.
sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from corpus import build_benchmark, kinds, shared
from documents import DOCUMENTS, PAGES
from edits import EDITS, REGENERATIONS, VARIANTS, Edit
from graphics import DRAWN
from makes import MAKES
from negatives import SHARED, negatives
from photographs import read_photographs

pytestmark = pytest.mark.slow

EVERY = kinds()


@pytest.fixture(scope="module")
def pictures() -> list[Image.Image]:
    """Nine pictures with shapes and grain, so that no edit meets an empty part."""
    made = []
    for k in range(9):
        rng = np.random.default_rng(k)
        coarse = Image.fromarray(rng.integers(0, 256, (6, 9, 3), dtype=np.uint8)).resize(
            (180, 120), Image.Resampling.BICUBIC
        )
        grain = rng.normal(0, 12, (120, 180, 1))
        made.append(Image.fromarray(np.clip(np.asarray(coarse) + grain, 0, 255).astype(np.uint8)))
    return made


def opened(edit: Edit, pictures: list[Image.Image], seed: int = 3) -> tuple[bytes, Image.Image]:
    result = edit(pictures[0], np.random.default_rng(seed), pictures[1 : 1 + edit.partners])
    return result.data, Image.open(io.BytesIO(result.data)).convert("RGB")


def test_there_are_enough_kinds() -> None:
    """At least 66 kinds with different names in at least 20 classes, besides variants and regenerations."""
    names = [edit.name for edit in EVERY]
    assert len(names) == len(set(names))
    assert len(names) - len(VARIANTS) - len(REGENERATIONS) >= 66
    assert len(EDITS) >= 20


@pytest.mark.parametrize("edit", EVERY, ids=lambda edit: edit.name)
def test_edit(edit: Edit, pictures: list[Image.Image]) -> None:
    """An edit is deterministic, leaves its input alone, and gives a readable file that is neither tiny nor huge nor empty, and not the original."""
    before = [each.tobytes() for each in pictures]
    data, picture = opened(edit, pictures)
    assert [each.tobytes() for each in pictures] == before
    assert data == opened(edit, pictures)[0]
    assert min(picture.size) >= 24
    assert max(picture.size) <= 1300
    assert max(ImageStat.Stat(picture.convert("L")).stddev) > 8
    same_size = picture.size == pictures[0].size
    unchanged = same_size and ImageChops.difference(picture, pictures[0]).getbbox() is None
    assert unchanged == (edit.name == "png")


def test_kinds_by_name_and_class() -> None:
    """Kinds are chosen by name or class; an unknown one is an error that names it."""
    assert [edit.name for edit in kinds(["aspect", "png"])] == ["png", "aspect-80", "aspect-125"]
    with pytest.raises(ValueError, match="sharpenn"):
        kinds(["sharpenn"])


def test_negatives_differ(pictures: list[Image.Image]) -> None:
    """No two hard negatives are the same picture; every recipe takes part; a seed gives the same pictures again."""
    made = list(negatives(2 * (len(DRAWN) + len(SHARED)), 1, pictures))
    contents = [(n.picture.size, n.picture.tobytes()) for n in made]
    assert len(set(contents)) == len(made)
    assert {n.recipe for n in made} == {*DRAWN, *SHARED}
    assert contents == [(n.picture.size, n.picture.tobytes()) for n in negatives(len(made), 1, pictures)]


def test_shared_template_shows_other_photographs(
    pictures: list[Image.Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under one template each photograph comes once, so that any two pictures show different works."""
    monkeypatch.setattr("negatives.DRAWN", {})
    monkeypatch.setattr("negatives.SHARED", {"shared phone": SHARED["shared phone"]})
    shown = [n.shows for n in negatives(9, 1, pictures)]
    assert sorted(s for s in shown if s is not None) == list(range(9))


def test_packaged_photographs_are_distinct() -> None:
    """The installed wheels hold at least 30 works with different names."""
    names = [photograph.name for photograph in read_photographs()]
    assert len(names) == len(set(names)) >= 30


def test_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The corpus is real files with what they show; built again it is read, not made; collages show several works, cards their photographs."""
    # What a whole benchmark holds of both; here one page, twice, of each document, and of each make one thing more than share a work.
    assert (2 * PAGES * len(DOCUMENTS), sum(count for _, count, _ in MAKES.values())) == (70, 160)
    makes = {name: (draw, of_one + 1, of_one) for name, (draw, _, of_one) in MAKES.items()}
    monkeypatch.setattr("makes.MAKES", makes)
    monkeypatch.setattr("documents.PAGES", 1)
    first = build_benchmark(tmp_path, None, 2, 1, hard=27, wanted=["collage-2x1", "burst", "jpeg-60"])
    held = 27 + 2 * len(DOCUMENTS) + sum(count for _, count, _ in makes.values())
    assert first["role"].value_counts()[["query", "negative"]].tolist() == [4, held]
    assert all(Path(file).is_file() for file in first["file"])
    assert first.loc[first["kind"] == "collage-2x1", "work"].str.count(";").tolist() == [1, 1]
    cards = first.loc[first["edit_class"] == "card", "work"]
    assert shared(cards.iloc[0], cards.iloc[1]) <= {
        name for name in cards.iloc[0].split(";") if "|" not in name
    }
    ground = cards.iloc[0].rpartition("|")[2]
    assert ground in shared(cards.iloc[0], ground)
    stamps = {file: Path(file).stat().st_mtime_ns for file in first["file"]}
    again = build_benchmark(tmp_path, None, 2, 1, hard=27, wanted=["collage-2x1", "burst", "jpeg-60"])
    assert again.equals(first)
    assert stamps == {file: Path(file).stat().st_mtime_ns for file in again["file"]}
