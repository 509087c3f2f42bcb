import csv
import hashlib
import io
import sys
import tomllib
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

import imagehash
import numpy as np
import pytest
from PIL import Image, ImageOps

from dedupelab.errors import MissingExtraError, OutputError
from dedupelab.sample import study, write_sample
from dedupelab.sample.edits import DERIVED, EXACT, NEAR
from dedupelab.sample.labels import AI_COMPOSITE, AI_MADE
from dedupelab.sample.plan import COPIES
from dedupelab.tables import RELATIONS

pytestmark = pytest.mark.slow

FIRSTS = {"original", "burst", "stereo", "template", "low-information"}


def key(row):
    return f"{row['collection']}/{row['path']}"


def hashed(truth):
    return [row for row in truth if row["status"] == "hashed"]


def pixels(data):
    with Image.open(io.BytesIO(data)) as image:
        upright = ImageOps.exif_transpose(image)
        upright = upright.convert("RGB") if upright.mode == "P" else upright
        return upright.mode, upright.size, upright.tobytes()


def test_same_bytes_every_time(sample_study, tmp_path):
    """Two runs give the same files, bytes and modification times."""
    again = write_sample(tmp_path / "again")
    # What a study adds to it.
    listing = [
        {p.relative_to(root): p for p in root.rglob("*") if p.is_file() and p.name != "registers.sqlite"}
        for root in (sample_study, again)
    ]
    assert listing[0].keys() == listing[1].keys()
    for name, path in listing[0].items():
        other = listing[1][name]
        assert path.read_bytes() == other.read_bytes(), name
        if name.parts[0] == "collections":
            assert path.stat().st_mtime == other.stat().st_mtime, name


def test_truth_lists_exactly_the_files_on_disk(sample_study, truth):
    """Every file has one row and every row a file."""
    root = sample_study / "collections"
    assert sorted(key(row) for row in truth) == sorted(
        p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()
    )


def test_paths_do_not_collide_where_case_is_ignored(truth):
    """The sample can be written on file systems that ignore case."""
    assert len({key(row).lower() for row in truth}) == len(truth)


def test_counts(sample_study, truth):
    """Enough files and works, in four collections, of bearable size."""
    assert 640 <= len(truth) <= 700
    assert 230 <= len({row["work"] for row in hashed(truth)}) <= 280
    assert set(Counter(row["collection"] for row in truth)) == {
        "film-archive",
        "news-library",
        "stock-agency",
        "trade-portal",
    }
    assert sum(p.stat().st_size for p in sample_study.rglob("*") if p.is_file()) < 60_000_000


def test_every_edit_is_there(truth):
    """Every edit and every kind of first file occurs."""
    assert {row["edit"] for row in hashed(truth)} == FIRSTS | {*EXACT, *NEAR, *DERIVED}
    assert set(COPIES) == {*EXACT, *NEAR, *DERIVED}


def test_every_copy_shows_the_work_it_was_made_from(truth):
    """`of` names a file of the same work, ingested before; of a variant, a file of the same scene."""
    rows = {key(row): row for row in truth}
    for row in hashed(truth):
        if row["edit"] not in FIRSTS:
            parent = rows[row["of"]]
            assert parent["work"] == row["work"]
            assert parent["ingested"] <= row["ingested"]
        elif row["relation"] == "variant":
            assert rows[row["of"]]["scene"] == row["scene"]
            assert rows[row["of"]]["work"] != row["work"]
        else:
            assert row["of"] == ""


def test_every_work_has_one_first_file(truth):
    """A work has exactly one file that was not made from another of it."""
    firsts = Counter(row["work"] for row in hashed(truth) if row["edit"] in FIRSTS)
    assert set(firsts.values()) == {1}


def test_relations_are_those_of_the_tables(truth):
    """The weakest step decides: a copy of a derivative is a derivative."""
    rows = {key(row): row for row in truth}
    for row in hashed(truth):
        assert row["relation"] in {"", *RELATIONS}
        parent = rows.get(row["of"])
        if parent is not None and row["edit"] not in FIRSTS and parent["edit"] not in FIRSTS:
            assert RELATIONS.index(row["relation"]) >= RELATIONS.index(parent["relation"])


def test_identical_copies_are_identical(truth, contents):
    """Bytes, JPEG data and pixels are shared as `edit` says, and no more than it says."""
    for row in hashed(truth):
        mine, theirs = contents[key(row)], contents.get(row["of"], b"")
        if row["edit"] == "byte-identical":
            assert mine == theirs
        elif row["edit"] == "payload-identical":
            assert mine != theirs
            assert mine[mine.rindex(b"\xff\xda") :] == theirs[theirs.rindex(b"\xff\xda") :]
        elif row["edit"] == "pixel-identical":
            assert mine != theirs
            assert pixels(mine) == pixels(theirs)


def test_different_works_share_no_bytes(truth, contents):
    """No file is a byte copy of a file of another work."""
    works = defaultdict(set)
    for row in hashed(truth):
        works[hashlib.sha256(contents[key(row)]).digest()].add(row["work"])
    assert all(len(found) == 1 for found in works.values())


def test_different_works_look_different(truth, contents):
    """Firsts of different works are at least 12 bits apart in every orientation, unless planted."""
    plain = [row for row in hashed(truth) if row["edit"] == "original"]
    assert len(plain) > 150
    forms = []
    for row in plain:
        with Image.open(io.BytesIO(contents[key(row)])) as image:
            gray = ImageOps.exif_transpose(image)
            gray = (
                Image.fromarray((np.asarray(gray) >> 8).astype(np.uint8))
                if gray.mode == "I;16"
                else gray.convert("L")
            )
        small = gray.resize((64, 64), Image.Resampling.LANCZOS)
        turned = [small, *(small.transpose(turn) for turn in Image.Transpose)]
        forms.append([imagehash.phash(picture).hash.ravel() for picture in turned])
    bits = np.array(forms)
    for position in range(1, len(plain)):
        nearest = int((bits[position, 0] ^ bits[:position]).sum(axis=2).min())
        assert nearest >= 12, key(plain[position])


def test_near_identical_copies_stay_near(truth, contents):
    """Copies made by near edits are within 10 bits of their work's first file."""
    first = {row["work"]: row for row in hashed(truth) if row["edit"] in FIRSTS}
    for row in hashed(truth):
        if row["edit"] in NEAR and row["relation"] == "near-identical":
            hashes = []
            for data in (contents[key(row)], contents[key(first[row["work"]])]):
                with Image.open(io.BytesIO(data)) as image:
                    upright = ImageOps.exif_transpose(image)
                    if upright.mode == "I;16":
                        upright = Image.fromarray((np.asarray(upright) >> 8).astype(np.uint8))
                    hashes.append(imagehash.phash(upright))
            assert hashes[0] - hashes[1] <= 10, key(row)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data", "ignore:Truncated File Read")
def test_pictures_decode_and_the_others_do_not(truth, contents):
    """Hashed files decode; unreadable ones carry a picture's ending and do not; skipped ones carry another or are hidden."""
    endings = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".gif"}
    for row in truth:
        name = Path(row["path"])
        if row["status"] == "skipped":
            assert name.name.startswith(".") or name.suffix.lower() not in endings
            continue
        assert name.suffix.lower() in endings
        if row["status"] == "hashed":
            with Image.open(io.BytesIO(contents[key(row)])) as image:
                image.load()
        else:
            with (
                pytest.raises((OSError, SyntaxError, ValueError, IndexError)),
                Image.open(io.BytesIO(contents[key(row)])) as image,
            ):
                image.load()


def test_formats(truth, contents):
    """The formats that institutions hold are all there, with the modes that trip readers."""
    seen = Counter()
    for row in hashed(truth):
        with Image.open(io.BytesIO(contents[key(row)])) as image:
            seen[image.format, image.mode] += 1
            seen[image.format, "frames"] += getattr(image, "n_frames", 1) > 1
            seen["turned"] += image.format == "JPEG" and image.getexif().get(0x0112, 1) == 6
    wanted = [
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("PNG", "I;16"),
        ("TIFF", "I;16"),
        ("TIFF", "RGB"),
        ("WEBP", "RGB"),
        ("GIF", "P"),
    ]
    assert all(seen[kind] >= 3 for kind in [*wanted, ("TIFF", "frames"), ("GIF", "frames"), "turned"]), seen


def test_planted_labels_are_in_the_bytes(truth, contents):
    """What truth says of AI labels and rights can be found in the files, and stripped files have none of it."""
    for row in hashed(truth):
        data = contents[key(row)]
        address = {"yes": AI_MADE, "composite": AI_COMPOSITE}.get(row["ai_label"])
        assert (address is not None and f'"{address}"'.encode() in data) == (b"DigitalSourceType" in data)
        for field in ("creator", "credit", "copyright_notice"):
            for text in filter(None, row[field].split("; ")):
                escaped = text.replace("&", "&amp;").encode()
                assert text.encode() in data or escaped in data, (key(row), field)
        if row["rights"] == "none":
            assert b"xpacket" not in data
            assert b"Photoshop 3.0" not in data
        assert (row["rights"] == "asserted") or not any(
            row[field] for field in ("creator", "credit", "copyright_notice", "licensor")
        )


def test_planted_facts_are_many_enough(truth):
    """Conflicts, stripped rights, AI labels and positions occur often enough to be counted."""
    rows = hashed(truth)
    works = {row["work"]: row["conflict"].split(";") for row in rows if row["conflict"]}
    fields = Counter(field for found in works.values() for field in found)
    assert all(
        fields[field] >= 5
        for field in ("creator", "credit", "copyright_notice", "licensor", "date_created", "caption")
    )
    assert all(count >= 30 for count in Counter(row["rights"] for row in rows).values())
    assert Counter(row["ai_label"] for row in rows)["yes"] >= 30
    assert Counter(row["has_gps"] for row in rows)["yes"] >= 15


def test_conflicts_are_recorded_for_the_whole_work(truth):
    """All files of a work list the same conflicts, and a conflict needs two different values."""
    by_work = defaultdict(list)
    for row in hashed(truth):
        by_work[row["work"]].append(row)
    for rows in by_work.values():
        assert len({row["conflict"] for row in rows}) == 1
        for field in rows[0]["conflict"].split(";"):
            if field and field != "caption":
                assert len({row[field] for row in rows if row[field]}) > 1


def test_differences_without_conflict_are_there(truth):
    """Some works differ in how a value is written and are recorded as free of conflict."""
    by_work = defaultdict(list)
    for row in hashed(truth):
        by_work[row["work"]].append(row)
    for field in ("creator", "copyright_notice", "date_created"):
        harmless = [
            w
            for w, rows in by_work.items()
            if len({r[field] for r in rows if r[field]}) > 1 and field not in rows[0]["conflict"]
        ]
        assert harmless, field


def test_copies_and_labels_grow(sample_study, truth):
    """Ingest spans 26 weeks, is the modification time, and copies and AI labels grow in number and share."""
    rows = hashed(truth)
    weeks = [(date.fromisoformat(row["ingested"]) - date(2026, 1, 5)).days // 7 for row in rows]
    assert min(weeks) == 0
    assert max(weeks) == 25
    for is_counted in (lambda row: row["edit"] not in FIRSTS, lambda row: row["ai_label"] != "no-label"):
        halves = [
            [is_counted(row) for row, week in zip(rows, weeks, strict=True) if week // 13 == half]
            for half in (0, 1)
        ]
        assert sum(halves[1]) > 1.4 * sum(halves[0])
        assert np.mean(halves[1]) > 1.1 * np.mean(halves[0])
    for row in truth:
        moment = datetime.fromtimestamp((sample_study / "collections" / key(row)).stat().st_mtime, UTC)
        assert moment.date().isoformat() == row["ingested"]


def test_names_in_several_scripts(truth):
    """Chinese, accents, an emoji and spaces occur in paths."""
    names = "\n".join(row["path"] for row in truth)
    assert all(sign in names for sign in ("圖片", "É", "🚢", " ", "/"))


def test_study_toml(sample_study):
    """study.toml is TOML, lists the four collections where they are, and sources every input of harm."""
    settings = tomllib.loads((sample_study / "study.toml").read_text(encoding="utf-8"))
    assert settings["study"]["name"] == "sample"
    assert all((sample_study / entry["location"]).is_dir() for entry in settings["collection"])
    assert len(settings["collection"]) == 4
    inputs = [entry for entry in settings["harm"].values() if isinstance(entry, dict) and "value" in entry]
    assert len(inputs) == 5
    assert all(entry["source"] and entry["unit"] and entry["value"] > 0 for entry in inputs)
    deadweight = settings["harm"]["net"]["dispute"]["deadweight"]
    assert (
        deadweight["source"] == settings["harm"]["deflator"]["source"] == "sample figure, not a measurement"
    )
    common = [entry for entry in settings["scenarios"].values() if isinstance(entry, dict)]
    own = [e for option in settings["scenarios"]["option"] for e in option.values() if isinstance(e, dict)]
    assert {entry["source"] for entry in [*common, *own]} == {"sample figure, not a measurement"}


def test_registers_say_that_they_are_a_sample(sample_study):
    """Every entry of every register names itself a sample figure, and licences are of files that are there."""
    for path in (sample_study / "registers").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows
        assert {row["source"] for row in rows} == {"sample figure, not a measurement"}
        assert [
            r["asset"]
            for r in rows
            if "asset" in r and not (sample_study / "collections" / r["asset"]).exists()
        ] == []


class Stop(Exception):  # noqa: N818  a signal, not an error
    """Raised by a progress callback."""


def test_interrupted_run_leaves_nothing(tmp_path):
    """Nothing half-written stays when the run breaks off."""

    def stop(done, total):
        assert 640 <= total <= 700
        if done == 3:
            raise Stop

    with pytest.raises(Stop):
        write_sample(tmp_path / "study", progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_foreign_folder_is_refused(tmp_path):
    """A folder that holds something else is left alone; the message says what to do."""
    (tmp_path / "thesis.doc").write_text("precious")
    with pytest.raises(
        OutputError, match=r"expected a new or empty folder .* got .*thesis.doc.*choose another folder"
    ):
        write_sample(tmp_path)
    assert (tmp_path / "thesis.doc").read_text() == "precious"


def test_file_in_the_way_is_refused(tmp_path):
    """A file where the folder should be is an error."""
    (tmp_path / "study").write_text("")
    with pytest.raises(OutputError, match="got a file"):
        write_sample(tmp_path / "study")


def test_unwritable_place(tmp_path):
    """A folder below a file cannot be made: one line, with a remedy."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="free space or choose another folder"):
        write_sample(tmp_path / "file" / "study")


def test_earlier_sample_is_replaced_and_the_rest_stays(tmp_path, monkeypatch):
    """Writing again replaces pictures and truth, and keeps what a study has added."""
    monkeypatch.setattr(study, "plan_files", lambda *_: [])
    monkeypatch.setattr(
        study,
        "_write_all",
        lambda building, *_, **__: [
            (building / "collections").mkdir(),
            (building / "truth.csv").write_text("collection,path,status,work,new\n"),
            (building / "study.toml").write_text(""),
        ],
    )
    folder = tmp_path / "study"
    (folder / ".dedupelab").mkdir(parents=True)
    (folder / "collections").mkdir()
    (folder / "collections" / "old.jpg").write_text("")
    (folder / "study.toml").write_text("")
    (folder / "truth.csv").write_text("collection,path,status,work,old\n")
    assert write_sample(folder) == folder
    assert sorted(p.name for p in folder.iterdir()) == [
        ".dedupelab",
        "collections",
        "study.toml",
        "truth.csv",
    ]
    assert "new" in (folder / "truth.csv").read_text()
    assert list((folder / "collections").iterdir()) == []
    assert [p.name for p in tmp_path.iterdir()] == ["study"]


def test_missing_extra(tmp_path, monkeypatch):
    """Without scikit-image the message names the extra to install."""
    monkeypatch.setattr("dedupelab.sample.photographs.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"scikit-image.*dedupelab\[sample\]"):
        write_sample(tmp_path / "study")


def test_importing_is_light():
    """Importing the sample loads neither scikit-image nor scikit-learn."""
    import subprocess

    code = "import sys, dedupelab.sample; sys.exit(any(name in sys.modules for name in ('skimage', 'sklearn', 'imagehash')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
