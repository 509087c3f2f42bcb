"""One file is one image: met again through a link or another collection, it is a row that says where it is counted."""

import os
from datetime import UTC, datetime

from dedupelab.collect.listing import Entry, list_files
from dedupelab.collect.overlaps import once, overlaps


def listed(places, exclude=()):
    """Return why each file is left out, by collection and path, those that are opened with None."""
    locations = {name: str(place) for name, place in places.items()}
    found = once({name: list_files(place, exclude) for name, place in locations.items()}, locations)
    return {f"{name}/{entry.path}": entry.skipped for name, entries in found.items() for entry in entries}


def pictures(*paths):
    for number, path in enumerate(paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes([number]))


def test_a_second_name_of_a_file_is_no_second_image(tmp_path):
    """Hard links and symbolic links, within a collection and between two; equal bytes of another file are one more image."""
    a, b = tmp_path / "a", tmp_path / "b"
    pictures(a / "1.jpg", b / "own.jpg")
    (a / "copy.jpg").write_bytes((a / "1.jpg").read_bytes())
    os.link(a / "1.jpg", b / "hard.jpg")
    (b / "album").mkdir()
    os.link(b / "own.jpg", b / "album" / "own.jpg")
    (a / "0-soft.jpg").symlink_to("1.jpg")
    assert listed({"a": a, "b": b}) == {
        "a/0-soft.jpg": "the same file as a/1.jpg",
        "a/1.jpg": None,
        "a/copy.jpg": None,
        "b/album/own.jpg": None,
        "b/hard.jpg": "the same file as a/1.jpg",
        "b/own.jpg": "the same file as b/album/own.jpg",
    }


def test_a_link_to_what_no_collection_holds_is_the_image(tmp_path):
    """Nothing is lost: of several links to a file elsewhere one is opened."""
    pictures(tmp_path / "elsewhere.jpg")
    for name in ("one.jpg", "two.jpg"):
        (tmp_path / "a").mkdir(exist_ok=True)
        (tmp_path / "a" / name).symlink_to("../elsewhere.jpg")
    assert listed({"a": tmp_path / "a"}) == {"a/one.jpg": None, "a/two.jpg": "the same file as a/one.jpg"}


def test_a_folder_named_twice_is_counted_once(tmp_path):
    """The same folder, by another spelling, a link or an address: everything belongs to the first, and it is said."""
    pictures(tmp_path / "a" / "1.jpg", tmp_path / "a" / "sub" / "2.jpg")
    (tmp_path / "link").symlink_to("a")
    others = [f"{tmp_path}/{other}" for other in ("a", "a/sub/..", "link")]
    for other in (*others, f"file://{tmp_path}/a", f"file://{tmp_path}/link"):
        places = {"a": tmp_path / "a", "b": other}
        found = listed(places)
        assert [name for name, why in found.items() if why is None] == ["a/1.jpg", "a/sub/2.jpg"]
        (told,) = overlaps({name: str(place) for name, place in places.items()})
        assert told.startswith("collections a and b are the same folder")


def test_a_collection_in_another_keeps_its_own(tmp_path):
    """Files of the inner collection are the inner one's, in whatever order they are named; a like name is no overlap."""
    pictures(tmp_path / "a" / "1.jpg", tmp_path / "a" / "sub" / "2.jpg", tmp_path / "a-b" / "3.jpg")
    for names in (("outer", "inner"), ("inner", "outer")):
        places = {name: tmp_path / {"outer": "a", "inner": "a/sub"}[name] for name in names}
        found = listed(places)
        assert {name for name, why in found.items() if why is None} == {"outer/1.jpg", "inner/2.jpg"}
        assert found["outer/sub/2.jpg"] == "the same file as inner/2.jpg"
        (told,) = overlaps({name: str(place) for name, place in places.items()})
        assert told.startswith("collection inner lies in collection outer")
    assert overlaps({"a": str(tmp_path / "a"), "b": str(tmp_path / "a-b")}) == []


def test_addresses_overlap_like_folders():
    """A prefix within another's names the same objects, which are told by their address."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    locations = {"all": "s3://bucket/pictures", "some": "s3://bucket/pictures/1998/"}
    (told,) = overlaps(locations)
    assert told.startswith("collection some lies in collection all")
    assert overlaps({"all": "s3://bucket/pictures", "others": "s3://bucket/pictures-2"}) == []
    entry = Entry("1998/1.jpg", "s3://bucket/pictures/1998/1.jpg", 5, moment)
    same = Entry("1.jpg", "s3://bucket/pictures/1998/1.jpg", 5, moment)
    found = once({"all": [entry], "some": [same]}, locations)
    assert found["all"][0].skipped == "the same file as some/1.jpg"
    assert found["some"][0].skipped is None


def test_numbers_that_a_file_system_gives_twice_lose_nothing(tmp_path):
    """Two files with one number but another size or time are two files."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    one = Entry("1.jpg", "/a/1.jpg", 5, moment, identity=7)
    two = Entry("2.jpg", "/a/2.jpg", 6, moment, identity=7)
    found = once({"a": [one, two]}, {"a": str(tmp_path)})
    assert [entry.skipped for entry in found["a"]] == [None, None]
