"""What people ask not to be shown is not shown anywhere, and cannot be won back from what is."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageDraw

from dedupelab import ConfigError, Study, init
from dedupelab.lab.browser import Browser
from dedupelab.lab.opened_group import KEPT
from dedupelab.publish.chapters.author_texts import check_findings
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.figures.examples import example, example_groups, worked_example
from dedupelab.study.redactions import (
    BLOCKS,
    COLUMNS,
    FILE,
    Region,
    blurred,
    load_redactions,
    redactions_of,
    shown_together,
    turned_region,
)
from dedupelab.tables import TRANSFORMS

pytestmark = pytest.mark.slow

GOOD = {"file": "one/a.jpg", "action": "blur", "left": "0.25", "top": "0.25", "width": "0.5", "height": "0.5", "reason": "asked"}  # fmt: skip


def write(folder, *rows):
    with (folder / FILE).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return folder


def test_without_a_file_nothing_is_kept_back(tmp_path):
    """No file, no rows; a file of the head alone, no rows."""
    assert load_redactions(tmp_path) == ()
    assert load_redactions(write(tmp_path)) == ()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"action": "blurr"}, "row 2: expected an action of blur, hide caption, leave out, got 'blurr'; did you mean blur?"),
        ({"left": "25"}, "row 2: expected left as a fraction of the picture, 0 to 1, got '25'"),
        ({"width": "0"}, "row 2: expected width as a fraction of the picture, more than 0 to 1, got '0'"),
        ({"top": "nan"}, "row 2: expected top as a fraction"),
        ({"height": ""}, "row 2: expected height as a fraction of the picture, more than 0 to 1, got ''"),
        ({"left": "1"}, "row 2: expected a part within the picture"),
        ({"reason": ""}, "row 2: expected a reason of 1 to 500 characters, got 0"),
        ({"file": ""}, "row 2: expected a file such as"),
    ],
)  # fmt: skip
def test_a_bad_row_is_one_line(tmp_path, changed, words):
    """Expected, got, remedy, and the row as a spreadsheet counts it."""
    with pytest.raises(ConfigError) as caught:
        load_redactions(write(tmp_path, GOOD | changed))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_bad_file_is_one_line(tmp_path):
    """Columns that are missing, cells too few, bytes that are no text."""
    for content, words in (
        (b"file,action\n", "expected the columns file, action, left"),
        ((",".join(COLUMNS) + "\none/a.jpg,blur\n").encode(), "row 2: expected 7 cells, got 2"),
        (b"\xff\xfe\x00", "expected UTF-8"),
    ):
        (tmp_path / FILE).write_bytes(content)
        with pytest.raises(ConfigError, match=words):
            load_redactions(tmp_path)


@pytest.mark.parametrize("action", ["hide caption", "leave out"])
def test_only_blurring_needs_a_part(tmp_path, action):
    """What concerns the whole picture has no fractions; semicolons and commas in numbers are what spreadsheets write."""
    head = ";".join(COLUMNS)
    lines = f"{head}\none/a.jpg;{action.upper()};;;;;asked\none/b.jpg;blur;0,1;0,1;0,2;0,2;asked\n"
    (tmp_path / FILE).write_text(lines, "utf-8")
    first, second = load_redactions(tmp_path)
    assert (first.action, first.region) == (action, None)
    assert second.region == Region(0.1, 0.1, 0.2, 0.2)


def table(*rows, **more):
    columns = ["image_id", "collection", "path", "sha256", "pixel_sha256"]
    facts = {"status": "hashed", "payload_sha256": None, "stored_sha256": None, "orientation": 1} | more
    return pd.DataFrame(rows, columns=columns).assign(**facts)


def test_it_holds_for_every_copy_with_the_same_pixels(tmp_path):
    """Named by place or by digest, in whatever collection; a name that nobody has is an error with the nearest."""
    images = table(
        ("1", "one", "a.jpg", "aa", "p"), ("2", "two", "b.jpg", "bb", "p"), ("3", "two", "c.jpg", "cc", None)
    )
    rows = load_redactions(write(tmp_path, GOOD, GOOD | {"file": "CC", "action": "leave out"}))
    kept = redactions_of(rows, images)
    assert set(kept) == {"1", "2", "3"}
    assert kept["1"] == kept["2"]
    assert kept["3"].left_out
    assert shown_together(["1", "2", "3"], kept) == ["1", "2"]
    assert shown_together(["1", "4"], kept) == ["1"]
    wrong = load_redactions(write(tmp_path, GOOD | {"file": "one/aa.jpg"}))
    with pytest.raises(
        ConfigError, match=r"row 2: expected a file of the study, got 'one/aa.jpg'; did you mean one/a.jpg\?"
    ):
        redactions_of(wrong, images)


def test_what_is_blurred_is_gone():
    """Letters within the part leave no edge; what lies outside it is the same pixel for pixel; more letters change little."""
    picture = Image.new("RGB", (400, 300), "white")
    pen = ImageDraw.Draw(picture)
    for x in range(0, 400, 4):
        pen.line((x, 0, x, 300), fill="black")
    shown = blurred(picture, [Region(0.25, 0.25, 0.5, 0.5)])
    before, after = (np.asarray(each.convert("L"), dtype=float) for each in (picture, shown))
    inside = (slice(75, 225), slice(100, 300))
    assert np.abs(np.diff(before[inside], axis=1)).max() == 255
    assert np.abs(np.diff(after[inside], axis=1)).max() < 255 / 10
    outside = np.ones(before.shape, bool)
    outside[inside] = False
    assert (before[outside] == after[outside]).all()
    # The part is a function of a few mean colours: another picture with the same means gives the same pixels.
    noisy = np.asarray(picture).copy()
    noisy[75:225, 100:300] = noisy[75:225, 100:300][:, ::-1]
    assert BLOCKS <= 8
    again = np.asarray(
        blurred(Image.fromarray(noisy), [Region(0.25, 0.25, 0.5, 0.5)]).convert("L"), dtype=float
    )
    assert np.abs(again[inside] - after[inside]).mean() < 8


@pytest.fixture(scope="module")
def study(tmp_path_factory, photograph):
    """Two works: of each, three files in two collections, under creators that contradict each other."""
    folder = tmp_path_factory.mktemp("redacted")
    for collection in ("one", "two"):
        (folder / collection).mkdir()
    for seed in range(2):
        for collection, quality, name in (("one", 95, "a"), ("two", 70, "b"), ("two", 40, "c")):
            picture = photograph(seed)
            exif = picture.getexif()
            exif[0x013B] = f"Secret {collection} {name}"
            picture.save(folder / collection / f"{seed}{name}.jpg", exif=exif, quality=quality)
    init(folder / "study", {name: str(folder / name) for name in ("one", "two")}, "small")
    study = Study(folder / "study")
    study.measure()
    return study


def test_the_examples_of_a_paper_obey(study, tmp_path):
    """A blurred copy stands with other blurred ones only, hidden words are nowhere in the sheet, a lone copy is no example."""
    groups = example_groups(study)
    assert len(groups) == 2
    plain = example(study, groups[0], tmp_path / "plain")
    assert "Secret" in str(plain.copies.rows)
    members = study.members()
    inside = members.loc[members["group_id"] == groups[0], "image_id"]
    names = study.images().set_index("image_id").loc[inside, ["collection", "path"]]
    first, second, third = (f"{collection}/{path}" for collection, path in names.to_numpy())
    blur = [GOOD | {"file": name} for name in (first, second)]
    write(
        study.folder,
        *blur,
        {**GOOD, "file": first, "action": "hide caption"},
        {**GOOD, "file": second, "action": "hide caption"},
    )
    opened = Study(study.folder)
    found = example(opened, groups[0], tmp_path / "blurred")
    assert "Secret" not in str(found)
    assert found.kept == (2, 2, 1)
    assert "Parts of 2 copies are blurred on request." in found.copies.note
    assert found.sheet.raster.read_bytes() != plain.sheet.raster.read_bytes()
    write(study.folder, *(GOOD | {"file": name, "action": "leave out"} for name in (second, third)))
    opened = Study(study.folder)
    assert example(opened, groups[0], tmp_path / "out") is None
    assert example(opened, groups[1], tmp_path / "out") is not None
    assert len(opened.shown(list(inside))) == 1
    write(study.folder, GOOD | {"file": "one/none.jpg"})
    with pytest.raises(
        ConfigError, match=r"redactions.csv row 2: expected a file of the study, got 'one/none.jpg'"
    ):
        check_findings(Study(study.folder), Numbers.of(study.results()))
    write(study.folder, GOOD | {"action": "erase"})
    with pytest.raises(ConfigError, match="expected an action of"):
        Study(study.folder)
    assert opened.picture(str(inside.iloc[0])).size == study.picture(str(inside.iloc[0])).size


def test_the_group_worked_through_obeys(study):
    """A group with hidden words is not shown field by field; another one is taken."""
    (study.folder / "redactions.csv").unlink(missing_ok=True)
    groups = example_groups(Study(study.folder))
    whole = worked_example(Study(study.folder), groups)
    assert whole.id.endswith(groups[0])
    members, images = study.members(), study.images().set_index("image_id")
    own = members.loc[members["group_id"] == groups[0], "image_id"].iloc[0]
    name = f"{images.loc[own, 'collection']}/{images.loc[own, 'path']}"
    write(study.folder, {**GOOD, "file": name, "action": "hide caption"})
    assert worked_example(Study(study.folder), groups).id.endswith(groups[1])
    assert worked_example(Study(study.folder), groups[:1]) is None
    browser = Browser(Study(study.folder))
    shown = []
    browser.widget.send = lambda content, _buffers: shown.append([copy["path"] for copy in content["copies"]])
    for group in groups[:2]:
        browser.hear({"do": "open", "group": group})
    assert [KEPT in paths for paths in shown] == [True, False]


def test_it_holds_for_equal_data_in_every_orientation(tmp_path):
    """Another profile, a video behind it, Exif that turns it, and a pixel-equal copy of the turned one: each in its own way up."""
    images = table(
        ("1", "one", "a.jpg", "1", None), ("2", "one", "profile.jpg", "2", None), ("3", "two", "moving.jpg", "3", None),
        ("4", "two", "turned.jpg", "4", "p"), ("5", "two", "turned.png", "5", "p"), ("6", "two", "other.jpg", "6", None),
        payload_sha256=["d", "d", "dv", "d6", "x", "e"], stored_sha256=[None, None, "d", "d", None, None],
        orientation=[1, 1, 1, 6, 1, 1],
    )  # fmt: skip
    (row,) = load_redactions(
        write(tmp_path, GOOD | {"left": "0", "top": "0", "width": "0.25", "height": "0.5"})
    )
    kept = redactions_of([row], images)
    assert {name: each.blurred[0] for name, each in kept.items()} == dict.fromkeys(
        "123", row.region
    ) | dict.fromkeys("45", Region(0.5, 0.0, 0.5, 0.25))
    (named,) = load_redactions(write(tmp_path, GOOD | {"file": "two/turned.png", "left": "0.5", "top": "0", "width": "0.5", "height": "0.25"}))  # fmt: skip
    assert redactions_of([named], images) == kept


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_a_part_turns_with_its_picture(transform):
    """What is blurred in the turned picture is what is blurred in the picture, turned."""
    picture = Image.new("L", (40, 20))
    region = Region(0.1, 0.2, 0.25, 0.4)
    picture.paste(255, (4, 4, 14, 12))
    turned = np.asarray(picture)
    turned = turned[:, ::-1] if transform.startswith("flip") else turned
    turned = np.rot90(turned, int(transform.rpartition("rot")[2]) // 90) if "rot" in transform else turned
    part = turned_region(region, transform)
    high, wide = turned.shape
    box = [
        part.left * wide,
        part.top * high,
        (part.left + part.width) * wide,
        (part.top + part.height) * high,
    ]
    left, top, right, bottom = (round(edge) for edge in box)
    assert turned[top:bottom, left:right].min() == 255
    assert int((turned > 0).sum()) == (bottom - top) * (right - left)


def test_a_study_shows_no_copy_unblurred(tmp_path, photograph):
    """Scanned files: the same JPEG with a profile, with a video, turned by Exif; whichever is named, no page shows the part."""
    folder = tmp_path / "one"
    folder.mkdir()
    buffer = io.BytesIO()
    photograph(0).save(buffer, "JPEG", quality=90)
    data = buffer.getvalue()
    exif = Image.Exif()
    exif[0x0112] = 6
    block = b"Exif\0\0" + exif.tobytes().removeprefix(b"Exif\0\0")
    profile = b"ICC_PROFILE\0\1\1" + bytes(64)
    for name, more in (("a.jpg", b""), ("profile.jpg", b"\xff\xe2" + (len(profile) + 2).to_bytes(2) + profile), ("turned.jpg", b"\xff\xe1" + (len(block) + 2).to_bytes(2) + block)):  # fmt: skip
        (folder / name).write_bytes(data[:2] + more + data[2:])
    (folder / "moving.jpg").write_bytes(data + b"\0\0\0\x18ftypmp42 video")
    init(tmp_path / "study", {"one": str(folder)})
    for row in (GOOD, GOOD | {"file": "one/turned.jpg"}):
        study = Study(write(tmp_path / "study", row))
        images = study.scan()
        shown = study.shown(images["image_id"].tolist(), 240)
        assert len(shown) == len(images) == 4
        for identity, picture in shown.items():
            plain = np.asarray(study.picture(identity, 240), dtype=float)
            apart = np.abs(np.asarray(picture, dtype=float) - plain).mean(axis=2)
            high, wide = apart.shape
            assert apart[high // 4 : high * 3 // 4, wide // 4 : wide * 3 // 4].mean() > 5
