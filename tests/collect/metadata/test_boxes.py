"""Metadata items of ISO base media files."""

import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from dedupelab.collect.metadata import boxes
from dedupelab.collect.metadata.segments import split

EXIF = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"


def box(name, body):
    return struct.pack(">I4s", len(body) + 8, name) + body


def heif(version=1):
    """Build a file with an Exif item in the item data box and an XMP item in two extents in the file."""
    number = ">I" if version == 2 else ">H"

    def item(identifier, kind, rest=b""):
        width = struct.pack(">IH" if version == 2 else ">HH", identifier, 0)
        return box(b"infe", bytes([3 if version == 2 else 2, 0, 0, 0]) + width + kind + b"\0" + rest)

    def place(identifier, construction, *extents):
        method = struct.pack(">H", construction) if version else b""
        head = struct.pack(number, identifier) + method + b"\0\0" + struct.pack(">H", len(extents))
        return head + b"".join(struct.pack(">II", *extent) for extent in extents)

    start = box(b"ftyp", b"heic\0\0\0\0mif1")
    data = box(b"mdat", XMP + b"\0\0\0\0" + EXIF)
    first = len(start) + 8
    where = place(1, 1, (0, 4 + len(EXIF))) if version else place(1, 0, (first + len(XMP), 4 + len(EXIF)))
    where += place(2, 0, (first, 10), (first + 10, len(XMP) - 10))
    infos = box(b"iinf", b"\0\0\0\0\0\x02" + item(1, b"Exif") + item(2, b"mime", b"application/rdf+xml\0"))
    table = box(b"iloc", bytes([version, 0, 0, 0, 0x44, 0x00]) + struct.pack(number, 2) + where)
    return start + data + box(b"meta", b"\0\0\0\0" + infos + table + box(b"idat", b"\0\0\0\0" + EXIF))


@pytest.mark.parametrize("version", [0, 1, 2])
def test_items_are_found_in_every_version(version):
    """Items are found by file offset and in the item data box, in one extent and in several."""
    assert boxes.items(heif(version)) == boxes.Items(EXIF, XMP, c2pa=False)
    assert boxes.items(heif(version) + box(b"uuid", boxes.CREDENTIALS + b"manifest")).c2pa


def test_another_library_agrees():
    """Exif and XMP items of an HEIC file that another library wrote are found; its payload is not understood."""
    library = pytest.importorskip("pillow_heif", reason="the extra 'heif' is not installed")
    stream = io.BytesIO()
    made = library.from_pillow(Image.fromarray(np.zeros((64, 64, 3), np.uint8)))
    made.save(stream, exif=b"Exif\0\0" + EXIF, xmp=XMP)
    found = split(stream.getvalue())
    assert (found.format, found.exif, found.xmp) == ("HEIF", EXIF, XMP)
    assert found.payload_sha256 is None


def test_extents_that_overlap_are_refused():
    """An item larger than its file is nothing."""
    twice = heif().replace(struct.pack(">II", 28, 10), struct.pack(">II", 28, 9999))
    assert twice != heif()
    assert boxes.items(twice).xmp is None


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_damage_raises(data):
    """Whatever bytes are changed and wherever a file is cut, it is walked without an exception."""
    damaged = bytearray(heif(data.draw(st.integers(0, 2))))
    for position in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=8)):
        damaged[position] = data.draw(st.integers(0, 255))
    boxes.items(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))


IDENTIFIERS = {
    "exif": b"JpgTiffExif->JP2",
    "xmp": bytes.fromhex("be7acfcb97a942e89c71999491e3afac"),
    "iim": bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38"),
}


def test_jpeg_2000_keeps_metadata_in_boxes_of_their_own():
    """Exif, XMP and IIM are found by their identifiers, the first of each, and the picture's end may be damaged."""
    blocks = {"exif": EXIF, "xmp": XMP, "iim": b"\x1c\x02\x50\0\x03Ann"}
    boxed = b"".join(box(b"uuid", IDENTIFIERS[name] + block) for name, block in blocks.items())
    data = (
        box(b"jP  ", b"\r\n\x87\n")
        + box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
        + boxed
        + box(b"uuid", IDENTIFIERS["xmp"] + b"2")
    )
    for whole in (data, data + b"\0\0\xff\xffjp2c"):
        found = split(whole)
        assert (found.format, found.exif, found.xmp, found.iim) == ("JPEG2000", EXIF, XMP, blocks["iim"])
        assert not found.c2pa
    assert split(data + box(b"jumb", b"\0\0\0\x1ejumdc2pa")).c2pa
