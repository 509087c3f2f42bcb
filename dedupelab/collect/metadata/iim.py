"""IPTC-IIM records and the Photoshop resources that carry them, as bytes become text.

The record format is that of the IPTC's Information Interchange Model 4.2; few files say which encoding their text has.
"""

import struct
from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

RECORDS, DIGEST = 0x0404, 0x0425
"""Photoshop resources: the IIM records, and the MD5 they had when XMP was last written to match them."""

# Besides 8BIM, the signatures that Photoshop and ImageReady are known to have written.
_SIGNATURES = frozenset({b"8BIM", b"PHUT", b"DCSR", b"AgHg", b"MeSa"})
_HEAD = struct.Struct(">BBBH")
_CHARSET, _TITLE, _DATE, _TIME = (1, 90), (2, 5), (2, 55), (2, 60)
_CREATOR, _CREDIT, _SOURCE, _COPYRIGHT, _CAPTION = (2, 80), (2, 110), (2, 115), (2, 116), (2, 120)
_DECLARED = {b"\x1b%G": "utf-8", b"\x1b.A": "latin-1", b"\x1b-A": "latin-1"}


class Iim(NamedTuple):
    """What IIM asserts about a picture; `date` is as written, date and time joined by T."""

    creator: tuple[str, ...] = ()
    credit: str = ""
    copyright: str = ""
    source: str = ""
    title: str = ""
    caption: str = ""
    date: str = ""
    problem: str | None = None


def resources(block: bytes) -> dict[int, bytes]:
    """Take Photoshop image resources apart: the first of each number, as far as the block is well formed."""
    found: dict[int, bytes] = {}
    position = 0
    while block[position : position + 4] in _SIGNATURES and position + 12 <= len(block):
        (number,) = struct.unpack_from(">H", block, position + 4)
        # The name's length byte and the name are padded to an even size, and so is the data.
        start = position + 6 + (block[position + 6] + 2) // 2 * 2
        if start + 4 > len(block):
            break
        (size,) = struct.unpack_from(">I", block, start)
        if start + 4 + size > len(block):
            break
        found.setdefault(number, block[start + 4 : start + 4 + size])
        position = start + 4 + size + size % 2
    return found


def decode(raw: bytes, declared: str = "") -> str:
    """Turn bytes of an undeclared or wrongly declared encoding into text.

    UTF-8 where it is valid, also when a length limit cut its last character in two; else Big5-HKSCS where that gives two
    neighbouring Chinese characters (a lone one between Latin letters is more likely an accented letter and its
    neighbour); else Windows-1252, else Latin-1, in which every byte is a character.

    Examples
    --------
    >>> decode("陳大文".encode("big5")), decode("Müller".encode("cp1252"))
    ('陳大文', 'Müller')
    """
    if raw.isascii():
        return raw.decode("ascii")
    if declared and declared != "utf-8":
        return raw.decode(declared)
    try:
        return raw.decode()
    except UnicodeDecodeError as problem:
        if problem.reason == "unexpected end of data" and problem.start > 0:
            return raw[: problem.start].decode()
    for encoding in ("big5hkscs", "cp1252"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        wide = [ord(character) > 0x2E7F for character in text]
        if encoding == "cp1252" or any(one and other for one, other in pairwise(wide)):
            return text
    return raw.decode("latin-1")


def read(block: bytes) -> Iim:
    """Read what IIM asserts from raw records; whatever cannot be read is absent and named as a problem."""
    found: defaultdict[tuple[int, int], list[bytes]] = defaultdict(list)
    problem = None
    position, end = 0, len(block)
    while position < end:
        marker, record, number, size = (
            _HEAD.unpack_from(block, position) if position + _HEAD.size <= end else (0, 0, 0, 0)
        )
        if marker != 0x1C:
            # TIFF stores the records padded with NUL to whole words.
            problem = "expected an IIM record, got other bytes" if block[position:].strip(b"\0") else None
            break
        start = position + _HEAD.size
        if size & 0x8000:
            # An extended record: the size is the number of bytes that the size is written in.
            width = min(size & 0x7FFF, end)
            size = int.from_bytes(block[start : start + width]) if width <= 8 else end
            start += width
        if start + size > end:
            problem = "expected an IIM record to end within its block, got a longer one"
            break
        found[record, number].append(block[start : start + size])
        position = start + size
    declared = _DECLARED.get(found[_CHARSET][0], "") if found[_CHARSET] else ""

    def text(number: tuple[int, int]) -> str:
        return decode(found[number][0].rstrip(b"\0"), declared).strip() if found[number] else ""

    date, time = text(_DATE), text(_TIME)
    return Iim(
        creator=tuple(
            name for raw in found[_CREATOR] if (name := decode(raw.rstrip(b"\0"), declared).strip())
        ),
        credit=text(_CREDIT),
        copyright=text(_COPYRIGHT),
        source=text(_SOURCE),
        title=text(_TITLE),
        caption=text(_CAPTION),
        date=f"{date}T{time}" if date and time else date,
        problem=problem,
    )
