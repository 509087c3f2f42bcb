"""A registry: manifests of two holders merged, no picture among them. Its gate says who holds what, and what it cannot know."""

import json
import shutil
from pathlib import Path

import pytest
from command import invoke
from PIL import Image

from dedupelab.gate.gate import screen
from dedupelab.study.start import init
from dedupelab.study.study import Study

pytestmark = pytest.mark.slow

UNSETTLED = "near, not verified: pixels not here"


def run(*words: object, code: int = 0):
    result = invoke(*words)
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def home(tmp_path_factory, photograph) -> Path:
    """Export from a museum and an agency, each with a picture of its own and one in common; then take the museum away."""
    home = tmp_path_factory.mktemp("registry")
    for name, seeds in (("museum", (0, 1)), ("agency", (1, 2))):
        (home / name).mkdir()
        for seed in seeds:
            exif = Image.Exif()
            exif[0x013B] = f"Photographer of {name}"
            photograph(seed, (640, 480)).save(home / name / f"{seed}.jpg", quality=92, exif=exif)
        file = init(home / f"{name}-study", {f"{name}-pictures": str(home / name)}, name)
        text = file.read_text("utf-8").replace('holder = ""', f'holder = "The {name.title()}"', 1)
        file.write_text(text, "utf-8")
        run("match", home / f"{name}-study")
        run("export", home / f"{name}-study", "--tier", "private", "--out", home / f"{name}.zip")
        run(
            "export",
            home / f"{name}-study",
            "--tier",
            "private",
            "--fingerprints-only",
            "--out",
            home / f"{name}-bare.zip",
        )
    run("merge", home / "joint", home / "museum.zip", home / "agency.zip")
    run("merge", home / "bare", home / "museum-bare.zip", home / "agency-bare.zip")
    (home / "uploads").mkdir()
    photograph(0, (640, 480)).resize((400, 300)).save(home / "uploads" / "resized.jpg", quality=80)
    photograph(1, (640, 480)).transpose(Image.Transpose.ROTATE_90).save(home / "uploads" / "turned.jpg")
    photograph(8, (640, 480)).save(home / "uploads" / "unknown.jpg")
    shutil.copyfile(home / "museum" / "0.jpg", home / "uploads" / "same.jpg")
    shutil.rmtree(home / "museum")
    return home


@pytest.fixture(params=["joint", "bare"])
def asked(home, request) -> dict[str, dict]:
    """Ask both registries, with names and without, about every upload; answers by file name."""
    told = run("screen", home / request.param, home / "uploads", "--json", code=11)
    return {Path(each["upload"]).name: each for each in json.loads(told.stdout)["uploads"]}


def test_a_near_picture_has_its_holder_and_is_not_settled(asked):
    """Resized and turned uploads: near, by whom, and that pixels would have to be compared where the picture is."""
    for name, holders in (("resized.jpg", {"The Museum"}), ("turned.jpg", {"The Museum", "The Agency"})):
        answer = asked[name]
        assert answer["said"] == "near"
        assert UNSETTLED in answer["reason"]
        assert {copy["holder"] for copy in answer["copies"]} == holders
        assert {(c["relation"], c["verified"], c["reason"]) for c in answer["copies"]} == {
            ("undecided", False, UNSETTLED)
        }
        assert any(f"from a picture of {holder}" in answer["reason"] for holder in holders)


def test_digests_settle_without_pixels(asked):
    """The same bytes are held, by whom; what nobody holds is new."""
    assert (asked["same.jpg"]["said"], asked["unknown.jpg"]["said"]) == ("held", "new")
    (copy,) = [c for c in asked["same.jpg"]["copies"] if c["relation"] == "byte-identical"]
    assert (copy["holder"], copy["verified"]) == ("The Museum", True)
    assert "held by The Museum" in asked["same.jpg"]["reason"]


def test_the_credit_travels_where_metadata_did(home):
    """With metadata the answer names whom to credit; fingerprints alone do not."""
    for registry, credit in (("joint", "Photographer of museum"), ("bare", "")):
        (answer,) = screen(Study(home / registry), [home / "uploads" / "same.jpg"])
        assert answer.copies[0].credit == credit


def test_people_are_told(home):
    """One line says that nothing was compared; a near picture ends with 11 as a held one does: the portal decides."""
    told = run("screen", home / "joint", home / "uploads" / "resized.jpg", code=11)
    assert UNSETTLED in told.stdout
    assert "The Museum" in told.stdout
    assert "0 held, 1 near, 0 new" in told.stdout
