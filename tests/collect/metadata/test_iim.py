"""IIM records and Photoshop resources."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupelab.collect.metadata import iim


def record(dataset, body, number=2):
    return bytes([0x1C, number, dataset]) + struct.pack(">H", len(body)) + body


def test_fields_are_read():
    """Every field that is read comes from its dataset, and a repeated by-line is several creators."""
    fields = {
        5: b"Title",
        55: b"20240501",
        60: b"102030+0800",
        110: b"Line",
        115: b"From",
        116: b"(c) Ann",
        120: b"Said",
    }
    block = (
        b"".join(record(*field) for field in fields.items())
        + record(80, b"Ann")
        + record(80, b"Ben ")
        + b"\0\0"
    )
    assert iim.read(block) == iim.Iim(
        ("Ann", "Ben"), "Line", "(c) Ann", "From", "Title", "Said", "20240501T102030+0800", None
    )


@pytest.mark.parametrize(
    ("raw", "declared", "text"),
    [
        ("陳大文".encode(), b"\x1b%G", "陳大文"),
        ("陳大文".encode(), b"", "陳大文"),
        ("陳大文".encode("big5hkscs"), b"", "陳大文"),
        ("陳大文".encode("big5hkscs"), b"\x1b%G", "陳大文"),
        ("攝影:陳 Ann".encode("big5hkscs"), b"", "攝影:陳 Ann"),
        ("Größe, Müller".encode("latin-1"), b"", "Größe, Müller"),
        ("Größe".encode("latin-1"), b"\x1b.A", "Größe"),
        ("“Ann”".encode("cp1252"), b"", "“Ann”"),
        ("l’État d’Anne – “Été”".encode("cp1252"), b"", "l’État d’Anne – “Été”"),
        ("déjà vu, élève, François".encode("cp1252"), b"", "déjà vu, élève, François"),
        ("香港影像檔案館,攝於一九九八年".encode("big5hkscs"), b"", "香港影像檔案館,攝於一九九八年"),
        ("PÄÄTÖS, £5, “ÄÄNI”".encode("cp1252"), b"", "PÄÄTÖS, £5, “ÄÄNI”"),
        ("陳大文".encode()[:-1], b"\x1b%G", "陳大"),
        ("刘香成".encode("gb18030"), b"", "刘香成"),
        ("张艺谋".encode("gb18030"), b"", "张艺谋"),
        ("André".encode("cp1252"), b"", "André"),
        ("André".encode()[:-1], b"", "Andr"),
    ],
)
def test_encodings_are_told_apart(raw, declared, text):
    """UTF-8, also cut in a character; Big5 with Hong Kong's characters; Western: whether declared, undeclared or wrong."""
    charset = record(90, declared, number=1) if declared else b""
    assert iim.read(charset + record(80, raw)).creator == (text,)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("김철수", "cp949"), ("한국일보 사진", "cp949"), ("山田太郎", "euc_jp"), ("東京国立博物館", "euc_jp"), ("写真家", "cp932"), ("侯兰冠", "gb18030"), ("陈大文", "gb18030"),
        ("Señor Núñez", "mac_roman"), ("Müller", "mac_roman"), ("廖怡", "gb18030"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_no_other_name(text, encoding):
    """Octets that are common words in several sets, or in none that is read here, are left out and said to be, never another name."""
    found = iim.read(record(80, text.encode(encoding)))
    assert found.creator == ()
    assert iim.UNDECODABLE in found.problem


def test_extended_records_are_read_and_endless_ones_are_not():
    """A size of more than two bytes is followed; one larger than the block is a problem, and what came before is kept."""
    long = b"x" * 40_000
    extended = b"\x1c\x02\x78\x80\x04" + struct.pack(">I", len(long)) + long
    assert iim.read(extended).caption == long.decode()
    broken = iim.read(record(80, b"Ann") + b"\x1c\x02\x78\xff\xff" + b"\xff" * 9)
    assert broken.creator == ("Ann",)
    assert "expected an IIM record to end within its block" in broken.problem
    assert "got other bytes" in iim.read(record(80, b"Ann") + b"junk").problem


def test_resources_with_names_and_odd_sizes_are_read():
    """Names and data are padded to even sizes; the first of a number counts."""
    one = b"8BIM\x04\x04" + b"\x03abc" + struct.pack(">I", 3) + b"iim\0"
    two = b"8BIM\x04\x25" + b"\0\0" + struct.pack(">I", 2) + b"md"
    assert iim.resources(one + two + b"8BIM\x04\x04\0\0" + struct.pack(">I", 1) + b"x") == {
        0x0404: b"iim",
        0x0425: b"md",
    }


@given(st.binary(), st.binary())
def test_no_bytes_raise(block, tail):
    """Any bytes are read without an exception, as records and as resources."""
    iim.read(record(80, block) + b"\x1c\x02" + tail)
    iim.read(block)
    iim.resources(b"8BIM" + block)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x81 \x8d",
        *(
            text.encode("shift-jis")
            for text in ("写真家", "東京タワー", "日本写真協会", "ひらがな", "撮影:山田")
        ),
        *(
            text.encode("mac-roman")
            for text in ("Müller", "café", "Große Straße", "François", "Ángel à côté", "Éric")
        ),
        "陈大文".encode("gb2312"),
        *("서울에서".encode("euc-kr"), "김철수 사진".encode("euc-kr")),
        *("東京".encode("euc-jp"), "写真家の山田太郎".encode("euc-jp")),
        *("Иван Петров".encode("cp1251"), "Γιάννης".encode("cp1253"), "Łukasz".encode("cp1250")),
    ],
)
def test_what_no_encoding_explains_is_left_out_and_said(raw):
    """Text of Japan, the mainland, Korea, Russia and the Macintosh becomes no Chinese, and no Western words: nothing, with the reason."""
    found = iim.read(record(80, raw) + record(116, b"(c) Ann"))
    assert (found.creator, found.copyright) == ((), "(c) Ann")
    assert "encoding" in found.problem
