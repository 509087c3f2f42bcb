"""Listing: every file becomes an entry, with a reason when it is left out; what is no collection is one line."""

import os
import zipfile
from pathlib import Path

import fsspec
import pytest

from dedupelab.collect import remote
from dedupelab.collect.listing import EXCLUDED, address, list_files, read_bytes
from dedupelab.errors import CollectionError


def names(location: object) -> dict[str, str | None]:
    """Each listed path with why it is not opened."""
    return {entry.path: entry.skipped or entry.unreadable for entry in list_files(str(location))}


def test_every_file_is_listed_with_its_reason(tmp_path):
    """Hidden, other and extensionless files are entries; suffixes count in any case; order is by path."""
    for name in (
        "b.TIF",
        "a.JpEg",
        ".hidden.jpg",
        "notes.txt",
        "README",
        "z/c.png",
        ".git/d.png",
        "z/.h/e.png",
    ):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"12345")
    assert names(tmp_path) == {
        ".git": "hidden folder",
        ".hidden.jpg": "hidden file",
        "README": "no file extension",
        "a.JpEg": None,
        "b.TIF": None,
        "notes.txt": "not a picture format: .txt",
        "z/.h": "hidden folder",
        "z/c.png": None,
    }
    entries = list_files(str(tmp_path))
    assert [e.path for e in entries] == sorted(e.path for e in entries)
    assert {e.bytes for e in entries if e.skipped is None} == {5}
    assert all(e.modified is not None and e.modified.tzinfo is not None for e in entries if e.skipped is None)


def test_what_storages_keep_for_themselves_is_left_out(tmp_path):
    """Bins, snapshots and thumbnails are one row each, in any case; folders whose names sound like them are pictures."""
    kept = (
        "recycling centre/1.jpg",
        "trash can art/2.jpg",
        "tmp/3.jpg",
        "a/snapshot/4.jpg",
        "RECYCLER/5.jpg",
    )
    left = ("#recycle", "a/$Recycle.Bin", "@eaDir", "a/b/@EADIR", "RECYCLER/S-1-5-21-1", ".Trash-1000", "#snapshot", "lost+found")  # fmt: skip
    for name in (*kept, *(f"{folder}/x.jpg" for folder in left)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"1")
    found = {entry.path: entry.skipped for entry in list_files(str(tmp_path), EXCLUDED)}
    assert {path for path, why in found.items() if why is None} == set(kept)
    assert {path for path, why in found.items() if why} == set(left)
    assert found["a/$Recycle.Bin"] == "left out by [scan] exclude: $RECYCLE.BIN"
    assert names(tmp_path)["#recycle/x.jpg"] is None


def test_patterns_leave_out_files_and_folders(tmp_path):
    """Of one's own choice: by suffix, by folder, at the top alone; in an archive, too."""
    archive = tmp_path / "a.zip"
    for name in ("1.jpg", "1.tif", "drafts/2.jpg", "a/drafts/3.jpg"):
        file = tmp_path / "c" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"1")
        with zipfile.ZipFile(archive, "a") as packed:
            packed.write(file, name)
    for place in (tmp_path / "c", f"zip://::{archive}"):
        opened = {e.path for e in list_files(str(place), ["*.TIF", "/drafts"]) if e.skipped is None}
        assert opened == {"1.jpg", "a/drafts/3.jpg"}
        opened = {e.path for e in list_files(str(place), ["drafts"]) if e.skipped is None}
        assert opened == {"1.jpg", "1.tif"}


def test_links_do_not_lead_astray(tmp_path):
    """A link to a picture is a picture; loops, links to folders, broken links and pipes are rows with reasons."""
    (tmp_path / "real.jpg").write_bytes(b"1")
    (tmp_path / "link.jpg").symlink_to("real.jpg")
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    (tmp_path / "up").symlink_to("..", target_is_directory=True)
    (tmp_path / "broken.jpg").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe.jpg")
    found = names(tmp_path)
    assert found["link.jpg"] is None
    assert found["up"] == "link to a folder"
    assert found["pipe.jpg"] == "not a regular file"
    assert found["loop.jpg"].startswith("cannot be opened: ")
    assert found["broken.jpg"].startswith("cannot be opened: ")


def test_a_folder_that_cannot_be_opened_is_a_row(tmp_path, monkeypatch):
    """Below the collection it is counted as unreadable; the rest is still listed."""
    for name in ("closed/a.png", "open/b.png"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"1")
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert names(tmp_path) == {"closed": "folder cannot be listed: Permission denied", "open/b.png": None}
    with pytest.raises(CollectionError, match=r"expected to list .*Permission denied"):
        list_files(str(tmp_path / "closed"))


@pytest.mark.parametrize("name", [b"caf\xe9.jpg", "照片📷.jpg".encode(), "e\u0301 \u202e.png".encode(), b"a\\xff.jpg", b"new\nline.gif", b"a%20#?b.jpg"])  # fmt: skip
def test_any_file_name_is_found_again(tmp_path, name):
    """Names in old encodings, four-byte characters, breaks and literal escapes: the stored path leads back to the bytes."""
    folder = os.fsencode(tmp_path) + b"/sub\xff"
    Path(os.fsdecode(folder)).mkdir()
    Path(os.fsdecode(folder + b"/" + name)).write_bytes(name)
    (entry,) = list_files(str(tmp_path))
    entry.path.encode("utf-8")  # can be stored
    assert read_bytes(entry.native) == name
    assert read_bytes(address(str(tmp_path), entry.path)) == name


def test_deep_folders(tmp_path):
    """Depth is no matter of recursion."""
    deep = tmp_path
    for _ in range(300):
        deep /= "d"
        deep.mkdir()
    (deep / "a.png").write_bytes(b"1")
    assert names(tmp_path) == {"d/" * 300 + "a.png": None}


def test_a_time_that_no_calendar_knows(tmp_path):
    """A file dated to the year 60,000 is listed, without a time."""
    (tmp_path / "a.png").write_bytes(b"1")
    try:
        os.utime(tmp_path / "a.png", (2**41, 2**41))
    except OSError:
        pytest.skip("this file system holds no such time")
    if (tmp_path / "a.png").stat().st_mtime < 2**40:
        pytest.skip("this file system holds no such time")
    (entry,) = list_files(str(tmp_path))
    assert entry.modified is None


@pytest.mark.parametrize(
    "stated", [2**60, float("inf"), float("nan"), (1980, 0, 0, 0, 0, 0), "yesterday", None]
)
def test_times_that_are_none(stated):
    """What cannot be read as a time counts as not stated."""
    assert remote.moment(stated) is None


def test_what_is_no_collection_is_one_line(tmp_path):
    """Missing, a file, empty, or without any picture: the message names the place and the remedy."""
    (tmp_path / "file.jpg").write_bytes(b"1")
    (tmp_path / "empty").mkdir()
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_bytes(b"1")
    found = []
    for name in ("absent", "file.jpg", "empty", "texts"):
        with pytest.raises(CollectionError) as caught:
            list_files(str(tmp_path / name))
        found.append(str(caught.value))
    assert "got nothing there" in found[0]
    assert "got a file" in found[1]
    assert "got 0 images in 0 files" in found[2]
    assert "got 0 images in 1 files" in found[3]
    assert all("\n" not in message for message in found)


@pytest.fixture
def archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as file:
        for name in ("a[1].png", "sub/b.JPG", ".hidden/c.png", "sub/notes.txt"):
            file.writestr(name, name)
    return tmp_path / "p.zip"


@pytest.mark.parametrize("inner", ["", "*"])
def test_archives_are_listed_without_unpacking(archive, inner):
    """A zip address lists as a folder would, and each entry is read by its own address."""
    location = f"zip://{inner}::{archive}"
    assert names(location) == {
        ".hidden/c.png": "in a hidden folder",
        "a[1].png": None,
        "sub/b.JPG": None,
        "sub/notes.txt": "not a picture format: .txt",
    }
    for entry in list_files(location):
        assert read_bytes(entry.native) == entry.path.encode()
        assert entry.native == address(location, entry.path)
        assert entry.modified is not None


def test_a_folder_of_an_archive(archive):
    """Paths are relative to the folder that is named."""
    (found, _) = list_files(f"zip://sub::{archive}")
    assert (found.path, read_bytes(found.native)) == ("b.JPG", b"sub/b.JPG")


@pytest.mark.parametrize("prefix", ["memory://col-listing", "memory:///col-listing", "memory://col-listing/"])
def test_object_stores(prefix):
    """An address is listed below its prefix only, with times as the store states them."""
    store = fsspec.filesystem("memory")
    store.pipe(
        {"/col-listing/a.png": b"123", "/col-listing/x/照片.jpg": b"4", "/col-listing-other/b.png": b"5"}
    )
    entries = list_files(prefix)
    assert {e.path: read_bytes(e.native) for e in entries} == {"a.png": b"123", "x/照片.jpg": b"4"}
    assert all(e.modified is not None for e in entries)


def test_file_addresses_are_the_folder(tmp_path):
    """file:// lists and reads what the plain folder does, characters that mean something in patterns included."""
    for name in ("a[1].png", "b*.png", "c d.png"):
        (tmp_path / name).write_bytes(name.encode())
    remote = list_files(f"file://{tmp_path}")
    assert {e.path: read_bytes(e.native) for e in remote} == {
        e.path: e.path.encode() for e in list_files(str(tmp_path))
    }


def test_remote_places_that_are_none(archive, tmp_path):
    """A file, a broken archive, a missing one, an unknown protocol: one line each, whatever the library raises."""
    (tmp_path / "broken.zip").write_bytes(b"no archive")
    for location in (
        f"file://{archive}",
        f"zip://::{tmp_path}/broken.zip",
        f"zip://::{tmp_path}/absent.zip",
        "nosuchprotocol://x",
        "memory://nothing-here",
    ):
        with pytest.raises(CollectionError) as caught:
            list_files(location)
        assert location in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_damaged_member_of_an_archive_is_that_files_error(archive):
    """Whatever a remote file system raises on reading comes as OSError, so that the scan goes on."""
    whole = archive.read_bytes()
    archive.write_bytes(
        whole.replace(b"sub/b.JPG", b"sub/b.JPX", 1).replace(b"a[1].pnga[1].png", b"a[1].pnga[1].pnX", 1)
    )
    for member in ("a[1].png", "absent.png"):
        with pytest.raises(OSError):
            read_bytes(f"zip://{member}::{archive}")


def test_sidecars_join_the_pictures_beside_them(tmp_path):
    """`a.jpg.xmp` is nearer to a.jpg than `a.xmp`, which then speaks for the others called a; none is a picture itself."""
    for name in (
        "a.jpg",
        "a.tif",
        "a.xmp",
        "a.JPG.xmp",
        "b.png",
        "B.XMP",
        "lone.xmp",
        "c/b.jpg",
        ".b.xmp",
        "notes.xmp.txt",
    ):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"12345")
    entries = {entry.path: entry for entry in list_files(str(tmp_path))}
    beside = {
        path: entry.sidecar and entry.sidecar.path for path, entry in entries.items() if not entry.skipped
    }
    assert beside == {"a.jpg": "a.JPG.xmp", "a.tif": "a.xmp", "b.png": "B.XMP", "c/b.jpg": None}
    assert {path: entry.skipped for path, entry in entries.items() if path.lower().endswith(".xmp")} == {
        "a.JPG.xmp": "XMP sidecar of a.jpg",
        "a.xmp": "XMP sidecar of a.tif",
        "B.XMP": "XMP sidecar of b.png",
        "lone.xmp": "XMP sidecar without a picture",
        ".b.xmp": "hidden file",
    }


def test_sidecars_alone_are_no_collection(tmp_path):
    """A folder that holds nothing but sidecars holds no picture."""
    (tmp_path / "a.xmp").write_bytes(b"12345")
    with pytest.raises(CollectionError, match="got 0 images in 1 files"):
        list_files(str(tmp_path))
