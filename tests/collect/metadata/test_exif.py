"""Exif and TIFF directories."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dedupelab.collect.metadata import exif

OUTSIDE = "expected Exif values inside the Exif block, got some outside it"


def block(gps=None, inner=None, **tags):
    made = Image.Exif()
    made.update({int(tag[1:]): value for tag, value in tags.items()})
    if inner:
        made.get_ifd(0x8769).update(inner)
    if gps:
        made.get_ifd(0x8825).update(gps)
    return made.tobytes().removeprefix(b"Exif\0\0")


def test_fields_are_read_from_what_another_library_wrote():
    """Artist, copyright, description, date with its zone, identifier and position come out as Pillow wrote them."""
    written = block(
        gps={1: "N", 2: (22.0, 18.0, 7.0), 3: "E", 4: (114.0, 10.0, 0.0)},
        inner={0x9003: "2024:05:01 10:20:30", 0x9011: "+08:00", 0xA420: "ab" * 16},
        _315="Ann; Ben",
        _33432="(c) Ann",
        _270="Said",
    )
    expected = exif.Exif(
        ("Ann", "Ben"), "(c) Ann", "Said", "2024:05:01 10:20:30+08:00", "ab" * 16, has_gps=True
    )
    assert exif.read(written) == expected


@pytest.mark.parametrize("order", ["<", ">"])
def test_byte_orders_and_inline_values(order):
    """Both byte orders are read, with values of up to four bytes kept in the entry itself."""
    head = struct.pack(order + "2sHIH", b"II" if order == "<" else b"MM", 42, 8, 2)
    entries = struct.pack(order + "HHI4s", 315, 2, 4, b"Ann\0") + struct.pack(
        order + "HHIHH", 274, 3, 1, 8, 0
    )
    whole = head + entries + b"\0\0\0\0"
    assert exif.read(whole).creator == ("Ann",)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ann", ("Ann",)),
        ("Ann; Ben", ("Ann", "Ben")),
        ('"Ann; and Ben"; Cid', ("Ann; and Ben", "Cid")),
        ('Ann "Nan" Lee', ('Ann "Nan" Lee',)),
        ('"""Nan"" Lee"; Ben', ('"Nan" Lee', "Ben")),
        (";", (";",)),
        (" ", ()),
    ],
)
def test_artists_are_parted_as_the_working_group_says(text, names):
    """A semicolon and a blank part names, unless quotes hold them together."""
    assert exif.read(block(_315=text)).creator == names


def test_two_copyright_notices_are_kept():
    """The photographer's and the editor's notice, parted by a NUL, are both kept."""
    whole = struct.pack("<2sHIHHHII", b"II", 42, 8, 1, 33432, 2, 8, 26) + b"\0\0\0\0" + b"Ann\0Ben\0"
    assert exif.read(whole).copyright == "Ann; Ben"


def test_a_position_without_a_fix_is_none():
    """Phones that know no position write 0/0."""
    known = block(gps={2: (22.0, 18.0, 7.0), 4: (114.0, 10.0, 0.0)})
    assert exif.read(known).has_gps
    assert not exif.read(block(gps={2: (22.0, 18.0, 7.0)})).has_gps
    assert not exif.read(
        known.replace(struct.pack("<II", 114, 1), bytes(8)).replace(struct.pack(">II", 114, 1), bytes(8))
    ).has_gps


def test_values_outside_the_block_are_left_out():
    """An entry that points outside is absent, the others are kept; a block without a header is a problem."""
    entries = struct.pack("<HHII", 315, 2, 99, 5000) + struct.pack("<HHI4s", 270, 2, 4, b"Yes\0")
    found = exif.read(struct.pack("<2sHIH", b"II", 42, 8, 2) + entries)
    assert (found.creator, found.caption, found.problem) == ((), "Yes", OUTSIDE)
    assert "expected Exif to begin with a TIFF header" in exif.read(b"no header").problem
    assert exif.read(b"II*\0\xff\xff\xff\0" + entries).problem == OUTSIDE


def test_directories_that_point_at_each_other_are_read_once():
    """A chain that leads back to its beginning ends."""
    whole = struct.pack("<2sHIHHHIII", b"II", 42, 8, 1, 256, 4, 1, 7, 8)
    how = exif.layout(whole)
    assert len(list(exif.directories(whole, how, {256}))) == 1


@given(st.binary(), st.sampled_from([b"II*\0", b"MM\0*", b"II+\0\x08\0\0\0", b""]))
def test_no_bytes_raise(rest, head):
    """Any bytes are read without an exception."""
    for data in (head + rest, head + b"\x08\0\0\0" + rest, head + b"\0\0\0\x08" + rest):
        exif.read(data)
        if (how := exif.layout(data)) is not None:
            exif.payload(data, how)


def test_text_that_cannot_be_decoded_is_left_out_and_said():
    """A caption in Shift-JIS is absent, and the problem says that something was there."""
    block = Image.Exif()
    block[0x010E] = "写真家".encode("shift-jis")
    block[0x013B] = "Ann"
    found = exif.read(block.tobytes().removeprefix(b"Exif\0\0"))
    assert (found.caption, found.creator) == ("", ("Ann",))
    assert "encoding" in found.problem
