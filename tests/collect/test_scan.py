"""The scan accounts for every listed file, on however many workers, and goes on where it was stopped."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from dedupelab import tables
from dedupelab.collect import batch
from dedupelab.collect import scan as stage
from dedupelab.collect.batch import Job
from dedupelab.collect.listing import Entry, list_files
from dedupelab.collect.record import image_id
from dedupelab.collect.scan import IN_FLIGHT, scan, tolerate, unread
from dedupelab.errors import CollectionError

NOTHING = tables.IMAGES.empty()


def entries(count: int) -> list[Entry]:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return [Entry(f"{i:05d}.png", f"absent/{i}", i, moment) for i in range(count)]


def row(entry: Entry, collection: str) -> dict[str, object]:
    return {
        "image_id": image_id(collection, entry.path),
        "collection": collection,
        "path": entry.path,
        "bytes": entry.bytes,
        "modified": entry.modified,
        "status": "hashed",
        "sha256": entry.path,
        "ai_label": "no-label",
        "c2pa": "none",
        "has_gps": False,
    }


@pytest.fixture
def reads(monkeypatch) -> list[str]:
    """Stand in for reading, and say what was read."""
    seen: list[str] = []

    def read(batch: tuple[Entry, ...], collection: str, *_: object) -> list[dict[str, object]]:
        seen.extend(entry.path for entry in batch)
        return [row(entry, collection) for entry in batch]

    monkeypatch.setattr(batch, "read_records", read)
    return seen


@pytest.mark.parametrize("count", [0, 1, IN_FLIGHT - 1, IN_FLIGHT, IN_FLIGHT + 1, 1003])
def test_no_batch_is_lost_on_an_executor(count):
    """However many batches there are and however they finish, each comes back once."""
    jobs = [Job("c", (entry,)) for entry in entries(count)]
    with ThreadPoolExecutor(3) as executor:
        found = list(stage._run(jobs, lambda job: [{"path": job.entries[0].path}], executor))
    assert sorted(batch[0]["path"] for batch in found) == [entry.path for entry in entries(count)]


def test_only_a_few_batches_are_in_flight():
    """Memory stays bounded: no more is handed out than is asked for."""
    submitted = []
    with ThreadPoolExecutor(2) as executor:
        running = stage._run([Job("c", ())] * 1000, lambda job: submitted.append(job) or [], executor)
        for _ in range(5):
            next(running)
        assert len(submitted) <= IN_FLIGHT + 10 * 2
        running.close()


@pytest.mark.parametrize("count", [1, 31, 32, 33, 1000, 2500])
def test_totals_reconcile(reads, tmp_path, count):
    """As many rows as files, the last one included, whatever the batch size; progress ends at the total."""
    said: list[tuple[int, int]] = []
    found = scan(
        {"a": entries(count), "b": entries(3)},
        known=NOTHING,
        folder=tmp_path / "parts",
        progress=lambda *x: said.append(x),
    )
    assert len(found) == len(reads) == count + 3
    assert found["path"].tolist() == [e.path for e in entries(count)] + [e.path for e in entries(3)]
    assert said[0] == (0, count + 3)
    assert said[-1] == (count + 3, count + 3)
    assert said == sorted(said)


@pytest.mark.parametrize(
    ("count", "largest", "number"), [(0, 0, 0), (3, 3, 1), (200, 4, 50), (1000, 15, 67), (5000, 32, 157)]
)
def test_batches_fit_the_collection(count, largest, number):
    """Few files make small batches, so that workers finish nearly together; no file is lost or moved."""
    whole = entries(count)
    kept, jobs = stage._sort_out({"c": whole}, {})
    assert kept == []
    assert [entry for job in jobs for entry in job.entries] == whole
    assert (max((len(job.entries) for job in jobs), default=0), len(jobs)) == (largest, number)


def test_an_interrupted_scan_goes_on(reads, tmp_path, monkeypatch):
    """After an error or a stop in the middle, only what was not read yet is read."""
    whole = entries(200)
    read = batch.read_records

    def stop(some, *settings):
        if any(entry.path == "00130.png" for entry in some):
            raise KeyboardInterrupt
        return read(some, *settings)

    monkeypatch.setattr(batch, "read_records", stop)
    with pytest.raises(KeyboardInterrupt):
        scan({"c": whole}, known=NOTHING, folder=tmp_path / "parts")
    monkeypatch.setattr(batch, "read_records", read)
    reads.clear()
    found = scan({"c": whole}, known=NOTHING, folder=tmp_path / "parts")
    assert len(found) == 200
    assert reads == [e.path for e in whole[128:]]  # whole batches of 4 were kept
    stage.forget_saved(tmp_path / "parts")
    assert not (tmp_path / "parts").exists()


def test_a_killed_scan_goes_on(reads, tmp_path, monkeypatch):
    """What was saved on the way counts even if the process had no time for anything; a damaged part is read again."""
    monkeypatch.setattr(stage, "SAVE_EVERY", 64)
    monkeypatch.setattr(stage, "SMALLEST_BATCH", stage.BATCH)
    parts = tmp_path / "parts"
    scan({"c": entries(320)}, known=NOTHING, folder=parts)
    (first, *_) = sorted(parts.glob("*.parquet"))
    first.write_bytes(first.read_bytes()[:100])
    reads.clear()
    assert len(scan({"c": entries(330)}, known=NOTHING, folder=parts)) == 330
    assert len(reads) == 64 + 10
    # New parts never replace those that are there.
    reads.clear()
    scan({"c": entries(330)}, known=NOTHING, folder=parts)
    assert len(reads) == 10


def test_only_changes_are_read(reads, tmp_path):
    """A new size or time is read again, a deleted file is gone, a new one is added, the rest is kept as it was."""
    known = scan({"c": entries(5)}, known=NOTHING, folder=tmp_path)
    known["title"] = ["kept"] * 5
    listed = entries(5)
    grown = Entry(listed[1].path, "x", 999, listed[1].modified)
    touched = Entry(listed[2].path, "x", listed[2].bytes, datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC))
    timeless = Entry(listed[3].path, "x", listed[3].bytes, None)
    new = Entry("new.png", "x", 1, listed[0].modified)
    reads.clear()
    found = scan({"c": [listed[0], grown, touched, timeless, new]}, known=known, folder=tmp_path)
    assert reads == [grown.path, touched.path, timeless.path, new.path]
    assert found["path"].tolist() == [listed[0].path, grown.path, touched.path, timeless.path, new.path]
    assert found["title"].notna().tolist() == [True, False, False, False, False]


def test_what_could_not_be_read_is_tried_again(tmp_path, monkeypatch):
    """A refused file is read as soon as it can be, though neither its size nor its time changed."""
    (tmp_path / "a.png").write_bytes(_png())
    listing = {"c": list_files(str(tmp_path))}
    with monkeypatch.context() as patched:
        patched.setattr("dedupelab.collect.record.read_bytes", _refuse)
        refused = scan(listing, known=NOTHING, folder=tmp_path / "parts")
    assert refused["problem"].tolist() == ["cannot be read: Permission denied"]
    assert unread(refused) == refused["image_id"].tolist()
    found = scan(listing, known=refused, folder=tmp_path / "parts")
    assert found["status"].tolist() == ["hashed"]
    assert unread(found) == []


def _refuse(_where: str) -> bytes:
    raise PermissionError(13, "Permission denied")


def _png() -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (8, 8), 40).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def folder(tmp_path: Path, photograph) -> Path:
    """Pictures, a truncated one, a foreign one, an empty one, a text."""
    home = tmp_path / "pictures"
    home.mkdir()
    for seed in range(40):
        photograph(seed, (64, 48)).save(home / f"{seed:02d}.jpg")
    (home / "cut.jpg").write_bytes((home / "00.jpg").read_bytes()[:500])
    (home / "page.png").write_bytes(b"<html>not found</html>")
    (home / "empty.gif").touch()
    (home / "notes.txt").write_text("text")
    return home


def test_every_file_has_its_row_and_its_reason(folder, tmp_path):
    """Listed = hashed + unreadable + skipped, each with its reason."""
    found = scan({"c": list_files(str(folder))}, known=NOTHING, folder=tmp_path / "parts")
    assert found["status"].value_counts().to_dict() == {"hashed": 40, "unreadable": 3, "skipped": 1}
    reasons = found[found["status"] != "hashed"].set_index("path")["problem"]
    assert reasons.notna().all()
    assert "truncated" in reasons["cut.jpg"].lower()
    assert reasons["empty.gif"] == "empty file"
    assert unread(found) == []


def test_the_same_bytes_however_it_runs(folder, tmp_path):
    """In one process, on threads, over again, and after a change and back: byte for byte one table."""
    listings = {"c": list_files(str(folder))}
    one = scan(listings, known=NOTHING, folder=tmp_path / "p")
    with ThreadPoolExecutor(3) as executor:
        other = scan(listings, known=NOTHING, folder=tmp_path / "p", executor=executor)
    again = scan(listings, known=one, folder=tmp_path / "p")
    for name, frame in (("one", one), ("other", other), ("again", again)):
        tables.write(tables.IMAGES, frame, tmp_path / name, "key")
    assert (
        (tmp_path / "one").read_bytes()
        == (tmp_path / "other").read_bytes()
        == (tmp_path / "again").read_bytes()
    )


def test_too_many_unreadable_are_named_by_collection():
    """One bad collection is told even when the others are fine; skipped files do not dilute the share."""
    frame = pd.DataFrame(
        {
            "collection": ["good"] * 97 + ["bad"] * 3 + ["bad"] * 50,
            "status": ["hashed"] * 99 + ["unreadable"] + ["skipped"] * 50,
        }
    )
    (sentence,) = tolerate(frame, 0.05)
    assert sentence == "bad: 1 of 3 pictures are unreadable, more than the tolerated 5%"
    assert tolerate(frame, 0.34) == []
    with pytest.raises(CollectionError, match="got 0 hashed of 1 files"):
        tolerate(frame[frame["status"] == "unreadable"], 1.0)


def test_a_file_that_goes_away_in_between_is_a_row(folder, tmp_path):
    """What was listed and is gone when it is to be read is unreadable, not an error."""
    listings = {"c": list_files(str(folder))}
    (folder / "07.jpg").unlink()
    found = scan(listings, known=NOTHING, folder=tmp_path / "parts").set_index("path")
    assert found.loc["07.jpg", "status"] == "unreadable"
    assert (found["status"] == "hashed").sum() == 39


def test_a_sidecar_that_comes_changes_or_goes_is_read(reads, tmp_path):
    """The picture is read again though it stayed as it was itself; the totals do not know the sidecar as a picture."""
    moment = datetime(2025, 12, 31, tzinfo=UTC)
    (bare,) = entries(1)
    sidecar = Entry("00000.xmp", "absent/x", 9, moment, skipped="XMP sidecar of 00000.png")
    beside = replace(bare, sidecar=sidecar)
    touched = replace(bare, sidecar=replace(sidecar, modified=datetime(2026, 1, 2, tzinfo=UTC)))
    known = NOTHING
    for now, read in ((bare, 1), (bare, 0), (beside, 1), (beside, 0), (touched, 1), (touched, 0), (bare, 1)):
        reads.clear()
        known = scan({"c": [now]}, known=known, folder=tmp_path)
        known["sidecar"] = now.sidecar and now.sidecar.path
        known["sidecar_modified"] = pd.Series(
            [now.sidecar and now.sidecar.modified], dtype="datetime64[us, UTC]"
        )
        assert len(reads) == read


def test_a_sidecar_speaks_for_its_picture(tmp_path, photograph):
    """What stands beside a picture is in its row, and the sidecar is listed and not counted as a picture."""
    photograph(0, (64, 48)).save(tmp_path / "a.jpg", xmp=packet("Ann", "in"))
    (tmp_path / "a.xmp").write_bytes(packet("Ben", "beside"))
    found = scan({"c": list_files(str(tmp_path))}, known=NOTHING, folder=tmp_path / "parts").set_index("path")
    assert found["status"].to_dict() == {"a.jpg": "hashed", "a.xmp": "skipped"}
    picture = found.loc["a.jpg"]
    assert (picture["credit"], picture["source"], picture["sidecar"]) == ("Ben", "beside", "a.xmp")
    assert json.loads(picture["sources"])["credit"] == ["sidecar", "xmp"]
    assert json.loads(picture["disagreements"])["credit"] == {"sidecar": "Ben", "xmp": "Ann"}


def packet(credit: str, source: str) -> bytes:
    said = f'xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:Credit="{credit}" p:Source="{source}"'
    return f'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description {said}/></r:RDF>'.encode()
