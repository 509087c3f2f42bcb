"""Planted copies say of themselves what files of the study say: nothing tells that they were made for the review."""

import io

import pytest
from PIL import Image

from dedupelab import Study, init
from dedupelab.review.gold import Planted
from dedupelab.study import planted
from dedupelab.study.calibration import EDITS

pytestmark = pytest.mark.slow


@pytest.fixture
def named_and_silent(tmp_path, photograph):
    """Three PNG files that name their creator, and one that says nothing."""
    named = Image.Exif()
    named[0x013B] = "Ada Lovelace"
    (tmp_path / "files").mkdir()
    for seed in range(4):
        exif = {} if seed == 3 else {"exif": named}
        photograph(seed, (320, 240)).save(tmp_path / "files" / f"{seed}.png", **exif)
    init(tmp_path / "study", {"files": str(tmp_path / "files")})
    study = Study(tmp_path / "study")
    study.scan()
    return study


def test_copies_are_silent_as_often_as_files(named_and_silent):
    """Of four copies made beside four different files, one is silent; all are PNG, as the originals are, and their bytes are a PNG's."""
    images = named_and_silent.images()
    original = images.loc[images["creator"].notna(), "image_id"].iloc[0]
    copies = planted.PlantedCopies(named_and_silent)
    kind = list(EDITS).index("re-encoded at quality 70")
    names = [Planted(original, kind + len(EDITS) * other).name for other in range(4)]
    said = [copies.facts(name) for name in names]
    assert sorted(str(each.get("creator", "")) for each in said) == ["", *["Ada Lovelace"] * 3]
    assert {(each["format"], each["width"], each["height"]) for each in said} == {("PNG", 320, 240)}
    as_png = io.BytesIO()
    copies.picture(names[0]).save(as_png, "PNG")
    assert said[0]["bytes"] == as_png.tell()


def test_copies_of_large_files_have_any_size(named_and_silent, monkeypatch):
    """Above the size that is edited, no two copies need have the same one: a size met again and again would tell them."""
    monkeypatch.setattr(planted, "LONGEST", 200)
    image = named_and_silent.images()["image_id"].iloc[0]
    copies = planted.PlantedCopies(named_and_silent)
    kind = list(EDITS).index("re-encoded at quality 70")
    widths = {copies.facts(Planted(image, kind + len(EDITS) * n).name)["width"] for n in range(5)}
    assert len(widths) > 1
    assert all(100 <= width < 200 for width in widths)
