"""A study's stages: each from the tables of the one before, run again only when what it is made from has changed."""

import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from collections_of import collections_of
from PIL import Image

from dedupelab import tables
from dedupelab.collect.reading.codes import image_code
from dedupelab.collect.reading.pdq import pdq
from dedupelab.errors import CollectionError, ConfigError, OutputError
from dedupelab.match.compare.verdicts import Verdict
from dedupelab.match.pairing import examine_pairs, near_candidates
from dedupelab.study import execution, matching, scanning
from dedupelab.study.start import init
from dedupelab.study.study import Study

pytestmark = pytest.mark.slow

WHOLE = (0.0, 0.0, 1.0, 1.0)


class Agrees:
    """A verifier that finds every candidate near-identical, so that these tests are about stages."""

    def prepare(self, gray, _open_large=None, _stored=None):
        return gray

    def judge(self, _left, _right, transform="identity"):
        return Verdict("near-identical", 0.9, "whole picture", transform, WHOLE, WHOLE)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(matching, "examine_pairs", partial(examine_pairs, verifier=Agrees()))
    # Files are read in this process, where tests can stand in for reading.
    monkeypatch.setattr(execution, "readers", lambda *_: nullcontext())


@pytest.fixture
def folder(tmp_path: Path, photograph) -> Path:
    """Two collections that share a picture, in three files."""
    held = collections_of(tmp_path, photograph, archive=((0, 1, 2), 90), portal=((0, 3), 60))
    photograph(0).save(tmp_path / "portal" / "copy.png")
    Image.new("RGB", (50, 50), "white").save(tmp_path / "portal" / "blank.png")
    (tmp_path / "portal" / "notes.txt").write_text("text")
    init(tmp_path, held, "small")
    return tmp_path


def stored(study: Study) -> dict[str, bytes]:
    return {
        p.name: p.read_bytes()
        for p in sorted(study.store.root.rglob("*"))
        if p.suffix in {".parquet", ".json"}
    }


def test_a_study_is_a_folder_or_its_file(folder):
    """Both open the same study; a folder whose name ends in .toml is a folder; nothing there is an error."""
    assert Study(folder).folder == Study(folder / "study.toml").folder == folder
    odd = folder / "odd.toml"
    odd.mkdir()
    (odd / "study.toml").write_bytes((folder / "study.toml").read_bytes())
    assert Study(odd).folder == odd
    with pytest.raises(ConfigError, match="dedupelab init"):
        Study(folder / "archive")


def test_what_is_fresh_is_not_run_again(folder):
    """A second journey computes no table and changes no byte; parameters of one stage leave the earlier ones alone."""
    first = Study(folder)
    first.measure()
    assert first.execution.ran == ["scan", "match", "group", "measure"]
    before = stored(first)
    again = Study(folder)
    again.measure()
    assert again.execution.ran == []
    assert stored(again) == before
    text = (folder / "study.toml").read_text("utf-8")
    (folder / "study.toml").write_text(text.replace('"content-credentials", ', ""), "utf-8")
    other = Study(folder)
    other.match()
    assert other.execution.ran == ["group"]


def test_two_studies_of_the_same_pictures_have_the_same_bytes(folder, tmp_path_factory):
    """Tables and results do not depend on the folder, the day or an earlier run."""
    other = tmp_path_factory.mktemp("other")
    for name in ("archive", "portal"):
        (other / name).mkdir()
        for file in (folder / name).iterdir():
            (other / name / file.name).write_bytes(file.read_bytes())
            os.utime(other / name / file.name, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    (other / "study.toml").write_bytes((folder / "study.toml").read_bytes())
    for home in (folder, other):
        Study(home).measure()
    one, two = stored(Study(folder)), stored(Study(other))
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


@pytest.mark.parametrize("compiled", [True, False])
def test_the_search_takes_the_workers(folder, monkeypatch, compiled):
    """Compiled code searches in as many threads as the study has workers; without it the processes search."""
    file = folder / "study.toml"
    file.write_text(file.read_text("utf-8").replace("workers = 0", "workers = 2"), "utf-8")
    asked = []
    monkeypatch.setattr(execution, "pool", lambda workers, _tasks: ThreadPoolExecutor(workers))
    monkeypatch.setattr(matching, "compiled", lambda: compiled)
    monkeypatch.setattr(
        matching, "near_candidates", lambda *a, **k: asked.append(k) or near_candidates(*a, **k)
    )
    Study(folder).match()
    (search,) = asked
    assert search["threads"] == 2
    assert (search["executor"] is None) is compiled


def test_totals_and_groups(folder):
    """Listed = hashed + skipped; the three copies of one picture are a group, the blank page is in none."""
    study = Study(folder)
    study.match()
    assert study.images()["status"].value_counts().to_dict() == {"hashed": 7, "skipped": 1}
    paths = study.images().set_index("image_id")["path"]
    assert set(study.members()["image_id"].map(paths)) == {"0.jpg", "copy.png"}
    assert study.groups()["images"].tolist() == [3]
    assert set(study.graph()) == set(study.members()["image_id"])
    assert study.incomplete() == []


def test_a_change_is_followed_through(folder, photograph):
    """A new file, a changed one and a deleted one: the tables are those of a study that never knew better."""
    study = Study(folder)
    study.match()
    (folder / "archive" / "1.jpg").unlink()
    photograph(4).save(folder / "archive" / "2.jpg")
    photograph(0).save(folder / "archive" / "new.webp")
    changed = Study(folder)
    changed.match()
    assert changed.execution.ran == ["scan", "match", "group"]
    assert changed.groups()["images"].tolist() == [4]
    assert "1.jpg" not in set(changed.images()["path"])


def test_another_code_reads_again(folder, monkeypatch):
    """Fingerprints of another version are never mixed with this one's."""
    Study(folder).scan()
    monkeypatch.setattr(scanning, "decoder_versions", lambda: {"pillow": "other"})
    read = []
    monkeypatch.setattr("dedupelab.collect.batch.read_records", _noting(read))
    Study(folder).scan()
    assert len(read) == 8


def _noting(read):
    from dedupelab.collect.record import read_records

    def note(entries, *settings):
        read.extend(entry.path for entry in entries)
        return read_records(entries, *settings)

    return note


def ask(folder: Path, codes: str, decode: str = "scaled") -> Study:
    """Open the study with another [scan] section."""
    file = folder / "study.toml"
    lines = [
        f"codes = {codes}" if line.startswith("codes =")
        else f'decode = "{decode}"' if line.startswith("decode =")
        else line
        for line in file.read_text("utf-8").splitlines()
    ]  # fmt: skip
    file.write_text("\n".join(lines), "utf-8")
    return Study(folder)


def test_codes_land_in_the_table_where_asked_for(folder):
    """Both codes of every hashed picture in images.parquet, typed as declared; without the setting the columns are empty."""
    pytest.importorskip("iscc_core", reason="the extra 'codes' is not installed")
    columns = ["pdq", "pdq_quality", "iscc"]
    assert Study(folder).scan()[columns].isna().all(axis=None)
    study = ask(folder, '["pdq", "iscc"]')
    study.scan()
    stored_table = pq.read_table(study.store.path(tables.IMAGES))
    assert [str(stored_table.schema.field(name).type) for name in columns] == [
        "fixed_size_binary[32]",
        "int64",
        "string",
    ]
    images = stored_table.to_pandas().set_index("path")
    hashed = images["status"] == "hashed"
    assert hashed.sum() == 7
    assert images.loc[hashed, columns].notna().all(axis=None)
    assert images.loc[~hashed, columns].isna().all(axis=None)
    with Image.open(folder / "archive" / "1.jpg") as picture:
        assert (images.loc["1.jpg", "pdq"], images.loc["1.jpg", "pdq_quality"]) == pdq(picture.convert("RGB"))
        assert images.loc["1.jpg", "iscc"] == image_code(picture.convert("RGB"))


def test_a_change_of_codes_reads_what_it_must(folder, monkeypatch):
    """More codes read every file again, fewer or the same none; what is no longer asked for leaves the table."""
    read = []
    monkeypatch.setattr("dedupelab.collect.batch.read_records", _noting(read))
    without = Study(folder).scan()
    assert len(read) == 8
    read.clear()
    asked = ask(folder, '["pdq"]')
    images = asked.scan()
    assert (asked.execution.ran, len(read)) == (["scan"], 8)
    assert images["pdq"].notna().sum() == 7
    read.clear()
    again = ask(folder, '["pdq"]')
    again.scan()
    assert (again.execution.ran, read) == ([], [])
    fewer = ask(folder, "[]").scan()
    assert read == ["notes.txt"]  # a row that costs no reading
    assert fewer.equals(without)
    read.clear()
    assert ask(folder, '["pdq"]').scan().equals(images)
    assert len(read) == 8


def stop_at(path: str, monkeypatch) -> None:
    from dedupelab.collect.record import read_records

    def stop(entries, *settings):
        if any(entry.path == path for entry in entries):
            raise KeyboardInterrupt
        return read_records(entries, *settings)

    monkeypatch.setattr("dedupelab.collect.scan.SMALLEST_BATCH", 1)
    monkeypatch.setattr("dedupelab.collect.scan.BATCH", 1)
    monkeypatch.setattr("dedupelab.collect.batch.read_records", stop)


def test_a_first_scan_that_was_stopped_goes_on(folder, monkeypatch):
    """There is no table yet; what was read before the stop is not read again."""
    with monkeypatch.context() as patched:
        stop_at("copy.png", patched)
        with pytest.raises(KeyboardInterrupt):
            Study(folder).scan()
    read = []
    monkeypatch.setattr("dedupelab.collect.batch.read_records", _noting(read))
    assert len(Study(folder).scan()) == 8
    assert "copy.png" in read
    assert not {"1.jpg", "2.jpg"} & set(read)


@pytest.mark.parametrize(("codes", "decode"), [('["pdq"]', "scaled"), ("[]", "full"), ('["pdq"]', "full")])
def test_a_scan_stopped_after_a_change_of_settings_mixes_nothing(folder, monkeypatch, codes, decode):
    """Old table, new settings, a stop, and on: the table is that of a study that never had other settings."""
    Study(folder).scan()
    with monkeypatch.context() as patched:
        stop_at("copy.png", patched)
        with pytest.raises(KeyboardInterrupt):
            ask(folder, codes, decode).scan()
    gone_on = ask(folder, codes, decode).scan()
    fresh = folder / "fresh"
    fresh.mkdir()
    text = (folder / "study.toml").read_text("utf-8").replace('location = "', 'location = "../')
    (fresh / "study.toml").write_text(text, "utf-8")
    assert gone_on.equals(Study(fresh).scan())


def test_a_stop_after_the_table_was_written_claims_nothing(folder, monkeypatch):
    """A table without codes is not taken for the one with codes that the note beside it speaks of."""
    whole = ask(folder, '["pdq"]').scan()
    fewer = ask(folder, "[]")
    write = type(fewer.store).write

    def stop(store, table, frame, key):
        write(store, table, frame, key)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(type(fewer.store), "write", stop)
        with pytest.raises(KeyboardInterrupt):
            fewer.scan()
    assert ask(folder, '["pdq"]').scan().equals(whole)


def test_an_absent_package_is_told_before_anything_is_read(folder, monkeypatch):
    """One line with the remedy, and nothing is written."""
    monkeypatch.setitem(sys.modules, "iscc_core", None)
    monkeypatch.setattr("dedupelab.collect.batch.read_records", None)
    study = ask(folder, '["pdq", "iscc"]')
    with pytest.raises(ConfigError, match=r"pip install 'dedupelab\[codes\]'"):
        study.scan()
    assert not study.store.root.exists()


SIDECAR = """<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description
 xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:Credit="Harbour Archive"/></r:RDF>"""


def test_a_sidecar_that_comes_or_goes_is_noticed(folder):
    """The picture's row follows, though the picture did not change and the sidecar is older; totals count it as skipped."""
    beside = folder / "archive" / "0.xmp"
    bare = Study(folder).scan()
    beside.write_text(SIDECAR)
    os.utime(beside, (0, 0))
    told = Study(folder).scan().set_index(["collection", "path"])
    assert told.loc[("archive", "0.jpg"), ["credit", "sidecar"]].tolist() == ["Harbour Archive", "0.xmp"]
    assert told["credit"].notna().sum() == 1
    assert told.loc[("archive", "0.xmp"), ["status", "problem"]].tolist() == [
        "skipped",
        "XMP sidecar of 0.jpg",
    ]
    beside.unlink()
    assert Study(folder).scan().equals(bare)


def test_readers_that_are_not_there_are_one_line_before_the_scan(folder, monkeypatch):
    """A missing program and a missing trust list stop the scan before a picture is read."""
    settings = folder / "study.toml"
    whole = settings.read_text("utf-8")
    read = []
    monkeypatch.setattr("dedupelab.collect.batch.read_records", _noting(read))
    monkeypatch.setattr("dedupelab.collect.metadata.exiftool.version", lambda: None)
    for before, after, words in (
        ('metadata = "own"', 'metadata = "exiftool"', "expected the program exiftool on PATH"),
        ('trust_anchors = ""', 'trust_anchors = "absent.pem"', "correct [scan] trust_anchors"),
    ):
        settings.write_text(whole.replace(before, after), "utf-8")
        with pytest.raises(ConfigError, match=re.escape(words)):
            Study(folder).scan()
    assert read == []


def test_a_file_that_could_not_be_read_is_tried_until_it_can(folder, monkeypatch):
    """Neither its size nor its time changes, but the tables do, those of later stages too."""

    def refuse(where):
        if where.endswith("copy.png"):
            raise PermissionError(13, "Permission denied")
        return Path(where).read_bytes()

    with monkeypatch.context() as patched:
        patched.setattr("dedupelab.collect.record.read_bytes", refuse)
        refused = Study(folder)
        refused.match()
        assert refused.groups()["images"].tolist() == [2]
        again = Study(folder)
        again.match()
        assert again.execution.ran == ["scan"]
    allowed = Study(folder)
    allowed.match()
    assert allowed.execution.ran == ["scan", "match", "group"]
    assert allowed.groups()["images"].tolist() == [3]
    settled = Study(folder)
    settled.match()
    assert settled.execution.ran == []


def test_nothing_readable_is_an_error_every_time(tmp_path):
    """A collection of broken files fails at the first scan and at the next."""
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "a.png").write_text("no picture")
    init(tmp_path, {"c": str(tmp_path / "c")}, "broken")
    for _ in range(2):
        with pytest.raises(CollectionError, match="got 0 hashed of 1 files"):
            Study(tmp_path).scan()


def test_bad_collections_are_told_before_anything_is_written(folder):
    """A folder that has gone is one line, and there is no table."""
    (folder / "portal").rename(folder / "elsewhere")
    with pytest.raises(CollectionError, match="got nothing there"):
        Study(folder).scan()
    assert stored(Study(folder)) == {}


def test_a_study_that_cannot_be_written(folder):
    """Where the tables should lie is a file: one line."""
    (folder / ".dedupelab").write_text("in the way")
    with pytest.raises(OutputError, match="allow writing or copy the study elsewhere"):
        Study(folder).scan()


def test_pictures_are_opened_by_identifier(folder):
    """Small and in colour; an unknown identifier and a picture that has gone are one-line errors."""
    study = Study(folder)
    images = study.scan().set_index("path")
    identity = images.loc["copy.png", "image_id"]
    assert study.picture(identity, 100).size == (100, 75)
    with pytest.raises(CollectionError, match="expected an image_id"):
        study.picture("unknown")
    (folder / "portal" / "copy.png").unlink()
    with pytest.raises(CollectionError, match="scan the study again"):
        study.picture(identity)


def test_archives_are_collections_too(folder):
    """The same pictures from a zip file are the same pictures."""
    import zipfile

    with zipfile.ZipFile(folder / "p.zip", "w") as archive:
        for file in (folder / "portal").iterdir():
            archive.write(file, file.name)
    home = folder / "zipped"
    init(home, {"archive": str(folder / "archive"), "portal": f"zip://::{folder}/p.zip"})
    study = Study(home)
    study.match()
    assert study.groups()["images"].tolist() == [3]
    again = Study(home)
    again.match()
    assert again.execution.ran == []


def test_content_replaced_under_equal_size_and_time_is_found(tmp_path, photograph):
    """A plain scan believes size and time; `verify` reads the file, and everything after it is done again."""
    (tmp_path / "c").mkdir()
    place = tmp_path / "c" / "1.bmp"
    photograph(0).save(place)
    photograph(1).save(tmp_path / "c" / "2.bmp")
    times = place.stat().st_atime_ns, place.stat().st_mtime_ns
    init(tmp_path / "study", {"c": str(tmp_path / "c")})
    before = Study(tmp_path / "study").match()
    first = Study(tmp_path / "study").scan()
    photograph(1).save(place)
    os.utime(place, ns=times)
    assert Study(tmp_path / "study").scan()["sha256"].equals(first["sha256"])
    told = []
    study = Study(tmp_path / "study")
    study.execution.tell = told.append
    assert study.scan(verify=True)["sha256"].nunique() == 1
    assert told == ["verified: 1 of 2 files hold other bytes than when they were read"]
    assert len(before) != len(Study(tmp_path / "study").match()) == 1
    again = Study(tmp_path / "study")
    assert again.scan(verify=True)["sha256"].nunique() == 1
    again.match()
    assert again.execution.ran == ["verify"]


def test_a_larger_limit_reads_what_was_taken_for_a_bomb(tmp_path, photograph):
    """Other files are not read again, and a lower limit is kept, too."""
    (tmp_path / "c").mkdir()
    photograph(0, (320, 240)).save(tmp_path / "c" / "large.png")
    photograph(1, (160, 120)).save(tmp_path / "c" / "small.png")
    toml = init(tmp_path / "study", {"c": str(tmp_path / "c")})
    text = toml.read_text("utf-8")

    def status(pixels):
        toml.write_text(text.replace("pixels = 178956970", f"pixels = {pixels}"), "utf-8")
        images = Study(tmp_path / "study").scan().set_index("path")
        return images["status"].to_dict()

    assert status(20_000) == {"large.png": "unreadable", "small.png": "hashed"}
    assert status(80_000) == {"large.png": "hashed", "small.png": "hashed"}
    assert status(20_000) == {"large.png": "unreadable", "small.png": "hashed"}
