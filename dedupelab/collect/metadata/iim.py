"""IPTC-IIM records and the Photoshop resources that carry them, as bytes become text.

The record format is that of the IPTC's Information Interchange Model 4.2; few files say which encoding their text has.
"""

import re
import struct
from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

from dedupelab.collect.catalogues.encodings import ROWS, commonness, western

RECORDS, DIGEST = 0x0404, 0x0425
"""Photoshop resources: the IIM records, and the MD5 they had when XMP was last written to match them."""

# Besides 8BIM, the signatures that Photoshop and ImageReady are known to have written.
_SIGNATURES = frozenset({b"8BIM", b"PHUT", b"DCSR", b"AgHg", b"MeSa"})
_HEAD = struct.Struct(">BBBH")
_CHARSET, _TITLE, _DATE, _TIME = (1, 90), (2, 5), (2, 55), (2, 60)
_CREATOR, _CREDIT, _SOURCE, _COPYRIGHT, _CAPTION = (2, 80), (2, 110), (2, 115), (2, 116), (2, 120)
_DECLARED = {b"\x1b%G": "utf-8", b"\x1b.A": "latin-1", b"\x1b-A": "latin-1"}


UNDECODABLE = "text in an encoding that is not declared and cannot be told, left out"


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


def decode(raw: bytes, declared: str = "") -> str | None:
    """Turn bytes of an undeclared or wrongly declared encoding into text; None where no encoding makes sense of them.

    UTF-8 where it is valid, also when a length limit cut its last character in two; else Big5-HKSCS or GB18030 where that gives
    common Chinese characters, two of them side by side (a lone one between Latin letters is more likely an accented letter and
    its neighbour), and the sets of China, Japan and Korea would not all give as common ones; else Windows-1252 where its signs stand where such
    signs stand. Text in other sets, of Japan, Korea and old Macintoshes, would be other words in these, so that nothing is said
    rather than something invented.

    >>> decode("陳大文".encode("big5")), decode("张艺谋".encode("gbk")), decode("Müller".encode("cp1252"))
    ('陳大文', '张艺谋', 'Müller')
    >>> decode("写真家".encode("shift-jis")), decode("Müller".encode("mac-roman"))
    (None, None)
    """
    if raw.isascii():
        return raw.decode("ascii")
    if declared and declared != "utf-8":
        return raw.decode(declared)
    try:
        return raw.decode()
    except UnicodeDecodeError as problem:
        begun = raw[: problem.start]
        if problem.reason == "unexpected end of data" and begun and not (begun.isascii() and raw[-1] >= 0xE0):
            return begun.decode()
    return _eastern(raw)


def _eastern(raw: bytes) -> str | None:
    """Return what a text is in the set that gives the most common characters, or Western; None where several do."""
    shares = {name: share for name in ROWS if (share := commonness(raw, name)) and _side_by_side(raw, name)}
    most = max(shares.values(), default=0)
    if 3 * most < 2:
        return _western(raw)
    best = {name for name, share in shares.items() if share == most}
    if "big5hkscs" in best and not best >= {"cp949", "euc_jp"}:
        return raw.decode("big5hkscs")
    return raw.decode("gb18030") if best == {"gb18030"} else None


def _side_by_side(raw: bytes, name: str) -> bool:
    """Whether an encoding makes two characters of the East side by side of some octets."""
    wide = [ord(character) > 0x2E7F for character in raw.decode(name)]
    return any(one and other for one, other in pairwise(wide))


def _western(raw: bytes) -> str | None:
    """Return Windows-1252 text; None where it would have letters in a row that no word has, or another set gives more usual ones."""
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return text if western(raw) == "cp1252" and not re.search("[À-ÿ]{4}", text) else None


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

    unknown = False

    def told(raw: bytes) -> str:
        nonlocal unknown
        text = decode(raw.rstrip(b"\0"), declared)
        unknown = unknown or text is None
        return (text or "").strip()

    def text(number: tuple[int, int]) -> str:
        return told(found[number][0]) if found[number] else ""

    date, time = text(_DATE), text(_TIME)
    asserted = Iim(
        creator=tuple(name for raw in found[_CREATOR] if (name := told(raw))),
        credit=text(_CREDIT),
        copyright=text(_COPYRIGHT),
        source=text(_SOURCE),
        title=text(_TITLE),
        caption=text(_CAPTION),
        date=f"{date}T{time}" if date and time else date,
    )
    problems = (problem, f"IIM: {UNDECODABLE}" if unknown else None)
    return asserted._replace(problem="; ".join(filter(None, problems)) or None)
