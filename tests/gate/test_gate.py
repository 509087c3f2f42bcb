"""The gate answers as a match would, and says when it could not."""

import json
import multiprocessing
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageOps

from dedupelab import tables
from dedupelab.errors import CollectionError, ConfigError
from dedupelab.gate import gate as gate_module
from dedupelab.gate.gate import Gate, index_of, screen
from dedupelab.match.search.gate_index import index_folder
from dedupelab.study.start import init
from dedupelab.study.study import Study
from dedupelab.tables import INVERSE, LINKS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory, photograph) -> Path:
    """Two holders with six photographs, one of them with a credit."""
    home = tmp_path_factory.mktemp("gate")
    for name in ("archive", "portal"):
        (home / name).mkdir()
    for seed in range(6):
        photograph(seed, (640, 480)).save(
            home / ("archive" if seed % 2 else "portal") / f"{seed}.jpg", quality=92
        )
    exif = Image.Exif()
    exif[0x013B] = "Ada Example"
    photograph(0, (640, 480)).save(home / "portal" / "0.jpg", quality=92, exif=exif)
    Image.new("RGB", (300, 200), "white").save(home / "archive" / "blank.png")
    init(home / "study", {name: str(home / name) for name in ("archive", "portal")})
    toml = home / "study" / "study.toml"
    head, portal = toml.read_text("utf-8").split('name = "portal"')
    portal = portal.replace('holder = ""', 'holder = "Tradewharf"', 1)
    toml.write_text(f'{head}name = "portal"{portal}', "utf-8")
    Study(home / "study").scan()
    return home


@pytest.fixture
def study(folder) -> Study:
    return Study(folder / "study")


def uploads(folder: Path, photograph) -> dict[str, tuple[Image.Image, str]]:
    """Edits of the photograph 0, and the relation each has to it."""
    whole = photograph(0, (640, 480))
    return {
        "resized.jpg": (whole.resize((400, 300)), "near-identical"),
        "turned.jpg": (whole.rotate(90, expand=True), "derivative"),
        "mirrored.png": (ImageOps.mirror(whole), "derivative"),
        "bordered.jpg": (ImageOps.expand(whole, 60, "white"), "derivative"),
        "inverted.jpg": (ImageOps.invert(whole), "derivative"),
    }


def test_edits_are_held_by_whom_and_under_which_credit(study, folder, tmp_path, photograph):
    """Resized, turned, mirrored, bordered, inverted: the relation, the holder, the credit and the reason."""
    sent = uploads(folder, photograph)
    for name, (edited, _) in sent.items():
        edited.save(tmp_path / name)
    answers = screen(study, [tmp_path / name for name in sent])
    for (name, (_, relation)), answer in zip(sent.items(), answers, strict=True):
        copy = answer.copies[0]
        assert (answer.said, copy.relation, copy.verified) == ("held", relation, True), name
        assert (copy.holder, copy.collection, copy.path, copy.credit) == (
            "Tradewharf",
            "portal",
            "0.jpg",
            "Ada Example",
        )
        assert "Tradewharf" in answer.reason
        assert "of left" not in copy.reason


def test_the_relation_is_that_of_a_match(folder, tmp_path, photograph):
    """Were the uploads a collection of the study, match would say of each pair what the gate says."""
    (tmp_path / "inbox").mkdir()
    for name, (edited, _) in uploads(folder, photograph).items():
        edited.save(tmp_path / "inbox" / name)
    shutil.copyfile(folder / "portal" / "0.jpg", tmp_path / "inbox" / "same.jpg")
    answers = screen(Study(folder / "study"), [tmp_path / "inbox"])
    said = {
        (Path(a.upload).name, c.path): (c.relation, c.distance, c.transform)
        for a in answers
        for c in a.copies
    }
    places = {"archive": folder / "archive", "portal": folder / "portal", "inbox": tmp_path / "inbox"}
    init(tmp_path / "study", {name: str(place) for name, place in places.items()})
    matched = Study(tmp_path / "study")
    images = matched.scan().set_index("image_id")
    pairs = matched.match()
    pairs = pairs[(images["collection"].reindex(pairs["left"]).to_numpy() == "inbox") != (images["collection"].reindex(pairs["right"]).to_numpy() == "inbox")]  # fmt: skip
    expected = {}
    for row in pairs.to_dict("records"):
        left, right = images.loc[row["left"]], images.loc[row["right"]]
        upright = left["collection"] == "inbox"
        upload, held = (left, right) if upright else (right, left)
        transform = row["transform"] if upright else INVERSE[row["transform"]]
        expected[upload["path"], held["path"]] = (row["relation"], row["distance"], transform)
    assert {key: value[0] for key, value in said.items()} == {
        key: value[0] for key, value in expected.items() if key in said
    }
    assert {key for key, value in expected.items() if value[0] in LINKS} <= set(said)
    assert said["same.jpg", "0.jpg"] == expected["same.jpg", "0.jpg"] == ("byte-identical", 0, "identity")


def test_what_is_new_is_new(study, tmp_path, photograph):
    """A photograph nobody holds: no copy, and the reason says so."""
    photograph(8, (640, 480)).save(tmp_path / "new.jpg")
    (answer,) = screen(study, [tmp_path / "new.jpg"])
    assert (answer.said, answer.reason, answer.copies) == ("new", "nothing near is held", ())


def test_a_blank_picture_is_held_by_its_digests_alone(study, folder, tmp_path):
    """Another blank page is new; the same page in another file is not."""
    Image.new("RGB", (300, 201), "white").save(tmp_path / "other.png")
    other, same = screen(study, [tmp_path / "other.png", folder / "archive" / "blank.png"])
    assert (other.said, other.copies) == ("new", ())
    assert other.reason.endswith("shows so little that only digests were compared")
    assert (same.said, same.copies[0].relation) == ("held", "byte-identical")


def test_without_the_pictures_it_says_that_nothing_was_compared(folder, tmp_path, photograph):
    """A registry of fingerprints: near is near, and only digests prove."""
    registry = tmp_path / "registry"
    shutil.copytree(folder / "study", registry)
    toml = registry / "study.toml"
    toml.write_text(toml.read_text("utf-8").replace(str(folder / "portal"), str(tmp_path / "gone")), "utf-8")
    photograph(0, (640, 480)).resize((400, 300)).save(tmp_path / "resized.jpg")
    answers = screen(Study(registry), [tmp_path / "resized.jpg", folder / "portal" / "0.jpg"])
    assert [answer.said for answer in answers] == ["near", "held"]
    copy = answers[0].copies[0]
    assert (copy.relation, copy.verified, copy.reason) == (
        "undecided",
        False,
        "near, not verified: pixels not here",
    )
    assert copy.holder == "Tradewharf"
    assert answers[1].copies[0].relation == "byte-identical"


def test_a_bad_upload_is_an_answer_and_a_bad_call_an_error(study, tmp_path):
    """What is no picture has its reason; a path that is not there, a radius that is none, a study never scanned are errors."""
    (tmp_path / "no.jpg").write_bytes(b"no picture")
    (answer,) = screen(study, [tmp_path / "no.jpg"])
    assert (answer.said, answer.reason) == ("unreadable", "not a picture that Pillow can read")
    with pytest.raises(CollectionError, match="got nothing at"):
        screen(study, [tmp_path / "absent.jpg"])
    with pytest.raises(ConfigError, match=r"max_distance must be within 0\.\.64, got 65"):
        Gate(study, max_distance=65)
    (tmp_path / "empty").mkdir()
    init(tmp_path / "unscanned", {"own": str(tmp_path / "empty")})
    with pytest.raises(CollectionError, match="run: dedupelab scan"):
        Gate(Study(tmp_path / "unscanned"))


def test_an_index_lasts_until_the_images_change(folder, tmp_path, photograph):
    """Opened twice it is written once; after a scan that found another picture it knows that picture."""
    shutil.copytree(folder / "archive", tmp_path / "archive")
    init(tmp_path / "study", {"own": str(tmp_path / "archive")})
    study = Study(tmp_path / "study")
    study.scan()
    before = Gate(study).index.folder
    stamp = before.stat().st_mtime_ns
    assert (Gate(study).index.folder, before.stat().st_mtime_ns) == (before, stamp)
    photograph(8, (640, 480)).save(tmp_path / "archive" / "8.jpg")
    study.scan()
    photograph(8, (320, 240)).save(tmp_path / "small.jpg")
    (answer,) = screen(study, [tmp_path / "small.jpg"])
    assert (answer.said, answer.copies[0].path) == ("held", "8.jpg")
    assert len(list(before.parent.iterdir())) == 1


def test_an_answer_is_json(study, folder):
    """What the command prints for machines holds the whole answer."""
    (answer,) = screen(study, [folder / "portal" / "0.jpg"])
    facts = json.loads(json.dumps(answer.facts()))
    assert facts["copies"][0]["rights"] == {"creator": "Ada Example"}


def test_an_open_gate_keeps_the_process_that_reads(study, folder):
    """It stays for the next upload, there are never more than the study's workers, and closing ends them."""
    before = set(multiprocessing.active_children())
    with Gate(study) as gate:
        gate.screen([folder / "portal" / "0.jpg"])
        (first,) = set(multiprocessing.active_children()) - before
        for _ in range(4):
            gate.screen([folder / "portal" / "2.jpg"])
        kept = set(multiprocessing.active_children()) - before
        assert first in kept
        assert len(kept) <= study.config.workers
    assert not set(multiprocessing.active_children()) - before


def test_a_held_picture_that_hangs_leaves_the_answer_near(tmp_path, photograph):
    """In its place stands a pipe that nobody writes to: the process is ended, what was not compared is said, the gate goes on."""
    (tmp_path / "held").mkdir()
    photograph(0, (640, 480)).save(tmp_path / "held" / "0.jpg")
    toml = init(tmp_path / "study", {"own": str(tmp_path / "held")})
    toml.write_text(toml.read_text("utf-8") + "seconds = 3.0\n", "utf-8")
    study = Study(tmp_path / "study")
    study.scan()
    (tmp_path / "held" / "0.jpg").unlink()
    os.mkfifo(tmp_path / "held" / "0.jpg")
    photograph(0, (640, 480)).resize((400, 300)).save(tmp_path / "small.jpg")
    photograph(8, (640, 480)).save(tmp_path / "new.jpg")
    with Gate(study, limits=study.config.serve) as gate:
        gate.warm()
        answers = gate.screen([tmp_path / "new.jpg", tmp_path / "small.jpg", tmp_path / "new.jpg"])
    assert [answer.said for answer in answers] == ["new", "near", "new"]
    assert answers[1].copies[0].reason == "near, not verified: opening the pictures failed"


def test_an_index_that_was_replaced_is_found_anew(folder, tmp_path, photograph):
    """Another process wrote the index of new images, and a process that reads starts only then: the gate takes the new one."""
    shutil.copytree(folder / "archive", tmp_path / "archive")
    init(tmp_path / "study", {"own": str(tmp_path / "archive")})
    study = Study(tmp_path / "study")
    study.scan()
    with Gate(study) as gate:
        photograph(8, (640, 480)).save(tmp_path / "archive" / "8.jpg")
        study.scan()
        screen(study, [tmp_path / "archive" / "8.jpg"])
        (answer,) = gate.screen([tmp_path / "archive" / "8.jpg"])
        assert (answer.said, len(gate.index), gate.renew()) == ("held", 5, False)


@pytest.fixture(scope="module")
def described(tmp_path_factory, photograph) -> Path:
    """Make a study with local descriptors: photographs, one of them twice, one inside a page of something else."""
    home = tmp_path_factory.mktemp("described")
    (home / "held").mkdir()
    for seed in range(8):
        photograph(seed, (640, 480)).save(home / "held" / f"{seed}.jpg", quality=92)
    shutil.copyfile(home / "held" / "1.jpg", home / "held" / "again.jpg")
    init(home / "study", {"own": str(home / "held")})
    Study(home / "study").match()
    return home


def cut(photograph) -> dict[str, tuple[Image.Image, str, tuple[float, ...]]]:
    """Parts and screenshots of held photographs, which held one each is of, and what part of that it shows."""
    crop = photograph(1, (640, 480)).crop((64, 48, 416, 384))
    screen = Image.new("RGB", (1000, 700), (40, 44, 52))
    ImageDraw.Draw(screen).rectangle((0, 0, 1000, 60), fill=(200, 200, 205))
    screen.paste(photograph(2, (640, 480)).resize((500, 375)), (300, 200))
    captioned = Image.new("RGB", (640, 700), "white")
    captioned.paste(photograph(3, (640, 480)), (0, 0))
    ImageDraw.Draw(captioned).text((40, 560), "A caption under the photograph, in black", fill="black")
    inset = photograph(8, (800, 600)).copy()
    inset.paste(photograph(0, (640, 480)).resize((400, 300)), (380, 280))
    whole = (0.0, 0.0, 1.0, 1.0)
    return {
        "crop.jpg": (crop, "1.jpg", (0.1, 0.1, 0.65, 0.8)),
        "turned crop.jpg": (ImageOps.mirror(crop).rotate(90, expand=True), "1.jpg", (0.1, 0.1, 0.65, 0.8)),
        "screenshot.png": (screen, "2.jpg", whole),
        "caption.jpg": (captioned, "3.jpg", whole),
        "inset.jpg": (inset, "0.jpg", whole),
    }


def test_parts_and_screenshots_are_held_and_where(described, tmp_path, photograph):
    """A crop, one turned and mirrored, a screenshot, a captioned copy, a picture in a picture: derivative, and of what part."""
    study = Study(described / "study")
    with Gate(study) as gate:
        for name, (edited, held, place) in cut(photograph).items():
            edited.save(tmp_path / name)
            (answer,) = gate.screen([tmp_path / name])
            assert answer.said == "held", (name, answer)
            copies = {copy.path: copy for copy in answer.copies if copy.linked}
            assert set(copies) == ({held, "again.jpg"} if held == "1.jpg" else {held}), name
            assert (copies[held].relation, copies[held].verified) == ("derivative", True)
            region = copies[held].held_region
            assert region == pytest.approx(place, abs=0.06), name
        photograph(8, (640, 480)).save(tmp_path / "new.jpg")
        assert [answer.said for answer in gate.screen([tmp_path / "new.jpg"])] == ["new"]


def test_what_is_stored_of_held_pictures_places_them(described):
    """The index gives back of each described picture what the match stored, and of the others nothing."""
    study = Study(described / "study")
    table = study.store.read(tables.DESCRIPTORS)
    stored = dict(zip(table["image_id"], table["descriptors"], strict=True))
    index = index_of(study)
    for number in range(len(index)):
        found = index.descriptors(number)
        assert (found and found.to_bytes()) == stored.get(index.fact(number)["image_id"])
    assert stored


def test_an_index_that_another_process_takes_away_is_written_again(study, monkeypatch):
    """Two services of one study: what one has just written is an old index to the other, which then wants another."""
    write, taken = gate_module._write, []

    def written(*told):
        write(*told)
        if not taken:
            shutil.rmtree(index_folder(study.store.root / "gate", told[1]))
            taken.append(told[1])

    shutil.rmtree(study.store.root / "gate", ignore_errors=True)
    monkeypatch.setattr(gate_module, "_write", written)
    assert len(index_of(study)) == 7
    assert len(taken) == 1


def test_a_crop_whose_original_is_not_here_is_near(described, tmp_path, photograph):
    """Local features lie alike and nothing was opened: near, by how many, and never held."""
    shutil.copytree(described / "study", tmp_path / "study")
    photograph(1, (640, 480)).crop((64, 48, 416, 384)).save(tmp_path / "crop.jpg", quality=92)
    (tmp_path / "study" / "study.toml").write_text(
        (described / "study" / "study.toml").read_text("utf-8").replace("../held", "../gone"), "utf-8"
    )
    (answer,) = screen(Study(tmp_path / "study"), [tmp_path / "crop.jpg"])
    assert answer.said == "near"
    assert {(copy.path, copy.relation, copy.verified) for copy in answer.copies} == {
        (path, "undecided", False) for path in ("1.jpg", "again.jpg")
    }
    count = answer.copies[0].features
    assert count >= 10
    assert answer.reason == (
        f"near, not verified: pixels not here; {count} local features lie as in a picture of own"
    )


def test_a_study_without_descriptors_asks_fingerprints_alone(folder, study, tmp_path, photograph):
    """Scanned and not matched: a crop is new; nothing fails."""
    photograph(1, (640, 480)).crop((64, 48, 416, 384)).save(tmp_path / "crop.jpg", quality=92)
    with Gate(study) as gate:
        assert gate.index.described == 0
        assert gate.screen([tmp_path / "crop.jpg"])[0].said == "new"


def test_a_film_is_not_held_because_its_first_frame_is(tmp_path, photograph):
    """Another film that begins alike is new; the same film in another format, and the still it begins with, are held."""
    shots = [photograph(seed, (320, 240)) for seed in (0, 1, 2)]
    (tmp_path / "held").mkdir()
    options = {"save_all": True, "duration": 90, "lossless": True}
    shots[0].save(tmp_path / "held" / "film.webp", append_images=shots[1:2], **options)
    init(tmp_path / "study", {"archive": str(tmp_path / "held")})
    study = Study(tmp_path / "study")
    study.scan()
    shots[0].save(tmp_path / "other.webp", append_images=shots[2:], **options)
    shots[0].save(tmp_path / "same.png", append_images=shots[1:2], save_all=True)
    shots[0].save(tmp_path / "still.png")
    answers = screen(study, [tmp_path / name for name in ("other.webp", "same.png", "still.png")])
    assert [(a.said, a.copies[0].relation) for a in answers] == [
        ("new", "variant"),
        ("held", "pixel-identical"),
        ("held", "derivative"),
    ]
    assert "the first of the 2 frames of the held picture" in answers[2].reason
