"""Records find their images by path, name or identifier; what several images are called is counted, never guessed."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupelab.collect.catalogues.linking import holdings, link, parted, suffixed
from dedupelab.collect.catalogues.record import Record
from dedupelab.collect.catalogues.references import as_path, identifier_key

PATHS = ["a/1.jpg", "b/1.jpg", "b/2.JPG", "master.tif", "master.jpg", "HK_1997-12.png", "café.jpg", "reel/1/x.jpg", "x.jpg"]  # fmt: skip


def index(paths=PATHS, **more):
    frame = pd.DataFrame(
        {"image_id": [f"i{n}" for n in range(len(paths))], "path": paths, "status": "hashed"}
    )
    return holdings(frame.assign(guid=None, document_id=None).assign(**more))


def found(reference, mode="auto"):
    return link(Record(files=(reference,)), index(), mode)


@pytest.mark.parametrize(
    ("reference", "image", "way"),
    [
        ("a/1.jpg", "i0", "path"),
        ("/srv/pictures/b/1.jpg", "i1", "path"),
        (r"D:\pictures\b\1.jpg", "i1", "path"),
        ("https://archive.example/files/b/1.jpg?size=full", "i1", "path"),
        ("./a/1.jpg", "i0", "path"),
        ("2.jpg", "i2", "name"),
        ("elsewhere/2.jpg", "i2", "name"),
        ("master.tif", "i3", "name"),
        ("HK_1997-12.tiff", "i5", "stem"),
        ("cafe\u0301.jpg", "i6", "name"),
        ("caf%C3%A9.jpg", None, None),
        ("https://archive.example/caf%C3%A9.jpg", "i6", "name"),
        ("1/x.jpg", "i7", "path"),
        ("other/reel/1/x.jpg", "i7", "path"),
        ("https://archive.example/iiif/2/b%2F1.jpg/full/full/0/default.jpg", "i1", "path"),
        ("https://archive.example/image/2.jpg/0,0,10,10/!90,90/0/default.png", "i2", "name"),
    ],
)
def test_a_reference_finds_its_image(reference, image, way):
    """Paths of other machines, addresses, IIIF image requests, other cases, Unicode forms and endings."""
    result = found(reference)
    assert (result.image_ids, result.linked_by) == ((image,) if image else (), way)


@pytest.mark.parametrize("reference", ["1.jpg", "elsewhere/1.jpg", "master.png", "x.jpg"])
def test_what_several_images_are_called_is_ambiguous(reference):
    """A name, or a name without its ending, that more than one image bears links to none of them."""
    result = found(reference)
    assert (result.outcome, result.image_ids) == ("ambiguous", ())
    assert repr(reference) in result.problem


def test_modes():
    """By path, a name alone is no path unless it lies on top; by name, folders do not count; by identifier, files do not."""
    assert found("2.jpg", "path").outcome == "unmatched"
    assert found("x.jpg", "path").image_ids == ("i8",)
    assert found("a/1.jpg", "name").outcome == "ambiguous"
    assert found("a/1.jpg", "identifier").outcome == "unmatched"


@pytest.mark.parametrize("identifier", ["HK/1997:12", "hk 1997.12", "oai:archive.example:HK_1997-12", "https://a.example/id/hk-1997-12/"])  # fmt: skip
def test_identifiers_that_are_file_names(identifier):
    """Signs between letters and digits do not matter; of an address or an OAI identifier the last part counts."""
    result = link(Record(identifiers=(identifier,)), index())
    assert (result.image_ids, result.linked_by) == (("i5",), "identifier")


def test_identifiers_inside_the_file():
    """An embedded GUID or document identifier is an identifier too; two files with one are ambiguous."""
    shelves = index(
        ["1.jpg", "2.jpg", "3.jpg"],
        guid=["urn:uuid:7", None, None],
        document_id=[None, "xmp.did:8", "xmp.did:8"],
    )
    assert link(Record(identifiers=("urn:uuid:7",)), shelves).image_ids == ("i0",)
    assert link(Record(identifiers=("xmp.did:8",)), shelves).outcome == "ambiguous"


def test_several_files_of_one_record():
    """All that are found are linked; what is missing or ambiguous is told."""
    result = link(Record(files=("a/1.jpg", "2.jpg", "absent.jpg", "1.jpg")), index())
    assert result.image_ids == ("i0", "i2")
    assert result.linked_by == "path and name"
    assert result.problem == "ambiguous: '1.jpg'; not in the collection: 'absent.jpg'"


def test_a_record_that_names_nothing():
    """It is unmatched, and says why."""
    assert link(Record(), index()).problem == "it names no file and no identifier"
    assert link(Record(identifiers=("...",)), index()).outcome == "unmatched"


def test_skipped_files_are_no_images():
    """A text file of the right name is not what a record describes."""
    frame = pd.DataFrame(
        [{"image_id": "i", "path": "a.txt", "status": "skipped", "guid": None, "document_id": None}]
    )
    assert link(Record(files=("a.txt",)), holdings(frame)).outcome == "unmatched"


@given(st.text(max_size=40), st.sampled_from(["auto", "name", "path", "identifier"]))
def test_any_text_links_to_one_image_or_none(text, mode):
    """No reference raises, and an ambiguous or unmatched record has no image."""
    as_path(text)
    result = link(Record(files=(text,), identifiers=(text,)), index(), mode)
    assert (result.outcome == "linked") == bool(result.image_ids)
    assert len(result.image_ids) <= 1


@given(st.sampled_from(["archive", "a/b", "x y", "檔案"]), st.integers(0, 8))
def test_a_whole_path_always_finds_its_image(root, number):
    """The path from any folder above, however it is written, is enough."""
    path = PATHS[number]
    result = link(Record(files=(f"/{root}/sub/{path}",)), index())
    if "/" in path:
        assert result.image_ids == (f"i{number}",)
    assert result.outcome in {"linked", "ambiguous"}


@pytest.mark.parametrize(
    ("records", "pictures", "linked"),
    [
        (["1999.5", "1999.5.1", "1999.5.10"], ["1999.5.1_front.jpg", "1999.5.10_a.jpg", "1999.5.11_a.jpg", "1999.5_2.jpg"], {"1999.5.1_front.jpg": "1999.5.1", "1999.5.10_a.jpg": "1999.5.10"}),
        (["HA-12", "HA-120"], ["HA-12_recto.tif", "HA-12_verso.tif", "HA-120_recto.tif", "HA-12.tif"], {"HA-12_recto.tif": "HA-12", "HA-12_verso.tif": "HA-12", "HA-120_recto.tif": "HA-120", "HA-12.tif": "HA-12"}),
        (["HA-13"], ["HA-13 (2).jpg", "HA-13-2.jpg"], {"HA-13 (2).jpg": "HA-13"}),
        (["12", "pier"], ["12_front.jpg", "pier_a.jpg"], {}),
    ],
)  # fmt: skip
def test_a_number_and_what_is_seen_of_it(records, pictures, linked):
    """A word after the number belongs to it, a number that goes on is another object's, a bare one nobody's."""
    shelves = index(pictures)
    names = {f"i{n}": name for n, name in enumerate(pictures)}
    known = {identifier_key(record) for record in records}
    found = {}
    for record in records:
        said = Record(identifiers=(record,))
        for image in (*link(said, shelves).image_ids, *suffixed(said, shelves, known, parted(known), ())):
            found[names[image]] = record
    assert found == linked


def test_a_record_that_names_a_file_links_to_that_alone():
    """Neither its numbers nor a name that begins alike stand in for a picture that is not there."""
    record, shelves = (
        Record(files=("gone.jpg",), identifiers=("HA-12",)),
        index(["HA-12.jpg", "HA-12_front.jpg"]),
    )
    assert link(record, shelves).outcome == "unmatched"
    assert suffixed(record, shelves, {"ha-12"}, parted({"ha-12"}), ()) == ()


def test_a_file_of_the_same_name_in_another_folder(told):
    """A part of what a catalogue lists was delivered: its picture is not taken for the one of the other folder."""
    listed = "Path,Title\nb/1.jpg,Quay\na/1.jpg,Pier\nx/2.jpg,Boat\ny/3.jpg,One\nz/3.jpg,Other\n"
    said, found = told(listed, "a/1.jpg", "scans/2.jpg", "scans/3.jpg")
    assert said == {"a/1.jpg": {"title": "Pier"}, "scans/2.jpg": {"title": "Boat"}}
    outcomes = found.records.sort_values("number")["outcome"]
    assert list(outcomes) == ["unmatched", "linked", "linked", "unmatched", "unmatched"]


def test_several_numbers_in_a_cell(told):
    """A record of two objects describes both; a number that became a decimal finds its file."""
    listed = "Accession number,Title\nHK-3 / HK-4,Pier\nHK-5; HK-6,Quay\n12345.0,Boat\nHK-7/8,One\n"
    said, _ = told(listed, *(f"{name}.jpg" for name in ("HK-3", "HK-4", "HK-5", "HK-6", "12345", "HK-7")))
    assert {name: each["title"] for name, each in said.items()} == {
        "HK-3.jpg": "Pier", "HK-4.jpg": "Pier", "HK-5.jpg": "Quay", "HK-6.jpg": "Quay", "12345.jpg": "Boat",
    }  # fmt: skip
