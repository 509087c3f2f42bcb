"""Texts too large to be carried along are left out of a PNG; everything else stays, byte by byte."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dedupelab.collect.reading.decoding import decode
from dedupelab.collect.reading.png_text import LARGEST, SIGNATURE, without_large_texts


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def picture() -> bytes:
    target = io.BytesIO()
    Image.linear_gradient("L").save(target, "PNG")
    return target.getvalue()


MANY = bytes(LARGEST + 1)
LARGE = {
    "plain": chunk(b"tEXt", b"Comment\0" + MANY),
    "packed": chunk(b"zTXt", b"Comment\0\0" + zlib.compress(MANY)),
    "xmp": chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0en\0\0" + zlib.compress(MANY)),
}
SMALL = {
    "plain": chunk(b"tEXt", b"Comment\0kept"),
    "packed": chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1000))),
    "xmp": chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<a/>"),
    "damaged": chunk(b"zTXt", b"Comment\0\0nothing packed"),
    "odd": chunk(b"iTXt", b"x"),
}


@pytest.mark.parametrize("kind", LARGE)
@pytest.mark.parametrize("place", [33, -12])
def test_large_texts_go_and_the_picture_stays(kind, place):
    """Before or after the picture, packed or not: what is left is the file without that text, and it decodes."""
    data = picture()
    heavy = data[:place] + LARGE[kind] + SMALL["plain"] + LARGE[kind] + data[place:]
    assert without_large_texts(heavy) == data[:place] + SMALL["plain"] + data[place:]
    assert decode(heavy).gray.tobytes() == decode(data).gray.tobytes()


@pytest.mark.parametrize("kind", SMALL)
def test_small_texts_stay(kind):
    """A file without large texts is given on as it is."""
    data = picture()
    whole = data[:33] + SMALL[kind] + data[33:]
    assert without_large_texts(whole) is whole


@given(st.binary(max_size=200))
def test_any_bytes_end(tail):
    """Damage after the signature neither loops nor raises, and loses nothing where no text is large."""
    assert without_large_texts(SIGNATURE + tail) == SIGNATURE + tail
