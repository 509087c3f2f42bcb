"""One file's row: everything from one read, and a reason where there is nothing."""

import hashlib
import io

import pytest
from PIL import Image

from dedupelab import tables
from dedupelab.collect import record
from dedupelab.collect.listing import Entry, list_files
from dedupelab.collect.record import describe, image_id, read_record, read_records
from dedupelab.sample.files import relabel_jpeg
from dedupelab.sample.labels import Labels, xmp_packet


@pytest.fixture
def jpeg(photograph):
    buffer = io.BytesIO()
    photograph(0).save(buffer, "JPEG", comment=b"a comment")
    return buffer.getvalue()


def test_a_row_fits_the_table(jpeg, tmp_path):
    """A picture's row has every column it needs, and only declared ones."""
    (tmp_path / "a.jpg").write_bytes(jpeg)
    (entry,) = list_files(str(tmp_path))
    row = read_record(entry, "one")
    (found,) = tables.IMAGES.from_rows([row]).to_dict("records")
    assert (found["status"], found["format"], found["mode"], found["frames"]) == ("hashed", "JPEG", "RGB", 1)
    assert (found["width"], found["height"], found["bytes"]) == (320, 240, len(jpeg))
    assert found["sha256"] == hashlib.sha256(jpeg).hexdigest()
    assert found["image_id"] == image_id("one", "a.jpg")


def test_one_read_per_file(jpeg, tmp_path, monkeypatch):
    """The bytes of a file are read once."""
    (tmp_path / "a.jpg").write_bytes(jpeg)
    (entry,) = list_files(str(tmp_path))
    reads = []
    monkeypatch.setattr(record, "read_bytes", lambda where: reads.append(where) or jpeg)
    read_record(entry, "one")
    assert reads == [entry.native]


def test_what_is_not_read_has_a_reason(tmp_path, monkeypatch):
    """Skipped, unlistable and unreadable files are rows that fit the table."""
    entries = [
        Entry("a.txt", "a.txt", 3, None, skipped="not a picture format: .txt"),
        Entry("b", "b", 0, None, unreadable="folder cannot be listed: Permission denied"),
        Entry("c.png", str(tmp_path / "gone.png"), 7, None),
    ]
    found = tables.IMAGES.from_rows(read_record(entry, "one") for entry in entries)
    assert found["status"].tolist() == ["skipped", "unreadable", "unreadable"]
    assert found["problem"].tolist()[:2] == [entries[0].skipped, entries[1].unreadable]
    assert found["problem"].tolist()[2] == "cannot be read: No such file or directory"
    assert found["sha256"].isna().all()


def test_a_batch_is_what_its_files_are(jpeg, tmp_path):
    """Metadata and fingerprints are taken together: each row is the same as that of its file alone, whatever lies beside it."""
    says = {name: Labels(creators=(name,), caption=f"{name} " * 50) for name in ("ann", "ben", "cid", "dan")}
    labelled = {name: relabel_jpeg(jpeg, said) for name, said in says.items()}
    packet = xmp_packet(Labels(title="beside"))
    files = {
        "a.jpg": labelled["ann"],
        "b.jpg": jpeg,
        "c.jpg": labelled["ben"],
        "c.xmp": packet,
        "d.jpg": labelled["cid"][: len(labelled["cid"]) // 2],
        "e.png": b"nothing",
        "f.jpg": labelled["dan"].replace(b"</rdf:RDF>", b"</rdf:RD >"),
        "g.jpg": relabel_jpeg(jpeg, Labels(caption="much " * 12_000)),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    entries = list_files(str(tmp_path))
    rows = read_records(entries, "one")
    assert rows == [read_record(entry, "one") for entry in entries]
    by = {row["path"]: row for row in rows}
    assert [by[name].get("creator") for name in ("a.jpg", "b.jpg", "c.jpg", "f.jpg")] == [
        "ann",
        None,
        "ben",
        "dan",
    ]
    assert by["c.jpg"]["title"] == "beside"
    assert "well-formed" in by["f.jpg"]["problem"]
    assert (by["d.jpg"]["status"], by["d.jpg"]["creator"]) == ("unreadable", "cid")


def test_damaged_files_keep_their_digest(jpeg):
    """A truncated or foreign file is unreadable with its reason, and still known by its bytes."""
    for data, words in (
        (jpeg[: len(jpeg) // 2], "truncated"),
        (b"<html>", "not a picture"),
        (b"", "empty file"),
    ):
        row = describe(data)
        assert row["status"] == "unreadable"
        assert words in row["problem"]
        assert row["sha256"] == hashlib.sha256(data).hexdigest()
        assert row["payload_sha256"] is None
        assert "phash" not in row


def test_another_comment_is_the_same_payload(jpeg):
    """A copy with another comment differs as a file and not as a picture."""
    image = Image.open(io.BytesIO(jpeg))
    copies = []
    for comment in (b"one", b"another"):
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality="keep", comment=comment)
        copies.append(describe(buffer.getvalue()))
    one, other = copies
    assert one["sha256"] != other["sha256"]
    assert one["payload_sha256"] == other["payload_sha256"] is not None
    assert one["phash"] == other["phash"]


def test_identifiers_follow_collection_and_path():
    """No two places share an identifier, and it does not depend on the bytes."""
    places = [("a", "b/c"), ("a/b", "c"), ("a", "b"), ("", "ab/c"), ("電影", "x"), ("a", "電影")]
    assert len({image_id(*place) for place in places}) == len(places)


def test_a_missing_end_is_said(photograph):
    """A progressive JPEG without its last bytes is read as viewers read it; cut in the middle of its first scans it is not."""
    buffer = io.BytesIO()
    photograph(0).save(buffer, "JPEG", progressive=True)
    data = buffer.getvalue()
    whole, cut = describe(data), describe(data[:-60])
    assert whole.get("problem") is None
    assert (cut["status"], cut["payload_sha256"]) == ("hashed", None)
    assert cut["problem"] == "the end of the file is missing; read as far as viewers show it"
    assert (whole["phash"] ^ cut["phash"]).bit_count() <= 2
    assert describe(data[:900])["status"] == "unreadable"


def test_how_a_picture_is_turned_is_part_of_its_row(jpeg):
    """Equal data under another orientation: the payload says how it is shown, and the stored data are told apart."""
    exif = Image.Exif()
    exif[0x0112] = 6
    block = b"Exif\0\0" + exif.tobytes().removeprefix(b"Exif\0\0")
    turned = jpeg[:2] + b"\xff\xe1" + (len(block) + 2).to_bytes(2) + block + jpeg[2:]
    one, other = describe(jpeg), describe(turned)
    assert (one["orientation"], other["orientation"]) == (1, 6)
    assert one["payload_sha256"] == other["stored_sha256"] != other["payload_sha256"]
    assert one["stored_sha256"] is None
    assert (one["width"], one["height"]) == (other["height"], other["width"])
