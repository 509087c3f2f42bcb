"""Calibration plants copies of a study's own pictures, counts which are found, and names what was linked wrongly."""

import pytest
from PIL import Image

from dedupelab import Study, init
from dedupelab.errors import CollectionError, ConfigError
from dedupelab.study import calibration
from dedupelab.study.calibration import EDITS, calibrate, plant
from dedupelab.work.progress import silent

pytestmark = pytest.mark.slow
FEW = ("re-encoded at quality 70", "resized to 50%", "turned by 2 degrees", "cropped to 30% of the area")
"""Kinds that are looked for here: the pairs to judge grow with their square."""


@pytest.fixture
def few(monkeypatch):
    """Plant some of the kinds only."""
    for kind in set(EDITS) - set(FEW):
        monkeypatch.delitem(EDITS, kind)


@pytest.fixture(scope="module")
def study(tmp_path_factory, photograph):
    """Three works, one of them blank."""
    root = tmp_path_factory.mktemp("calibration")
    (root / "pictures").mkdir()
    for seed in range(2):
        photograph(seed, (320, 240)).save(root / "pictures" / f"{seed}.png")
    init(root / "study", {"pictures": str(root / "pictures")})
    text = (root / "study" / "study.toml").read_text()
    (root / "study" / "study.toml").write_text(text.replace('gear = "thorough"', 'gear = "quick"'))
    return Study(root / "study")


def test_every_kind_is_planted(photograph, tmp_path):
    """Each kind of edit gives of each picture one file that can be read, under a name of its own."""
    held = {"one": photograph(0, (320, 240)), "two": photograph(1, (320, 240))}
    planted = plant(lambda name, _: held[name], list(held), tmp_path, 1, lambda *_: None)
    assert planted["kind"].value_counts().to_dict() == dict.fromkeys(EDITS, 2)
    assert sorted(planted["path"]) == sorted(path.name for path in (tmp_path / "copies").iterdir())
    for path in (tmp_path / "copies").iterdir():
        with Image.open(path) as copy:
            copy.load()


@pytest.mark.usefixtures("few")
def test_planted_copies_are_counted_by_kind(study):
    """Every kind is counted; re-encoded ones are found, nothing joins the two works, and it is kept."""
    found, wrong = calibrate(study, pictures=2, bars=silent)
    by = {result.id: result for result in found}
    assert by["K.recall"].denominator == 2 * len(EDITS) == 2 * len(FEW)
    assert by["K.recall.re-encoded-at-quality-70"].value == 1.0
    assert by["K.recall.cropped-to-30%-of-the-area"].value == 0.0
    assert (by["K.false"].value, by["K.alone"].value, wrong) == (0.0, 1.0, {})
    assert {result.id for result in study.review().calibration} == set(by)
    files = next(result for result in study.measure() if result.id == "V.files")
    assert str(files.interval_method) == "Lang-Reiczigel 95 %"
    assert str(files.caveat).startswith("planted")


def test_copies_that_nobody_knew_are_named(photograph, tmp_path, monkeypatch):
    """Two files of one work that quick search did not join are named by their image_ids, for somebody to look at."""
    (tmp_path / "pictures").mkdir()
    whole = photograph(3, (400, 300))
    whole.save(tmp_path / "pictures" / "whole.png")
    whole.crop((60, 45, 340, 255)).save(tmp_path / "pictures" / "part.png")
    init(tmp_path / "study", {"pictures": str(tmp_path / "pictures")})
    path = tmp_path / "study" / "study.toml"
    path.write_text(path.read_text().replace('gear = "thorough"', 'gear = "quick"'))
    cut = {
        "the part": lambda picture, _: picture.crop((60, 45, 340, 255)),
        "resized to 50%": EDITS["resized to 50%"],
    }
    monkeypatch.setattr(calibration, "EDITS", cut)
    opened = Study(tmp_path / "study")
    _, wrong = calibrate(opened, pictures=2, bars=silent)
    assert [set(pair) for pair in wrong] == [set(opened.images()["image_id"])]
    assert sum(wrong.values()) > 0


def test_too_few_pictures_are_refused(study, tmp_path, photograph):
    """One picture cannot be linked wrongly to another: two at least are asked for, and must be there."""
    with pytest.raises(ConfigError, match="at least 2"):
        calibrate(study, pictures=1, bars=silent)
    (tmp_path / "pictures").mkdir()
    photograph(0, (320, 240)).save(tmp_path / "pictures" / "0.png")
    init(tmp_path / "study", {"pictures": str(tmp_path / "pictures")})
    with pytest.raises(CollectionError, match="at least 2"):
        calibrate(Study(tmp_path / "study"), bars=silent)
