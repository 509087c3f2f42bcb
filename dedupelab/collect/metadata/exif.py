"""Exif and TIFF structure: directories of tagged values, read in place and only as far as they are needed.

A block is untrusted: every offset is checked, a directory is visited once, and nothing is raised. Values that lie
outside the block are left out. BigTIFF is read like TIFF.
"""

import hashlib
import struct
from collections.abc import Container, Iterator
from typing import NamedTuple

from dedupelab.collect.metadata.iim import UNDECODABLE, decode

ORIENTATION, ARTIST, COPYRIGHT, DESCRIPTION = 0x0112, 0x013B, 0x8298, 0x010E
DATE_ORIGINAL, OFFSET_ORIGINAL, UNIQUE_ID = 0x9003, 0x9011, 0xA420
EXIF_DIRECTORY, GPS_DIRECTORY, SUB_DIRECTORIES = 0x8769, 0x8825, 0x014A
LATITUDE, LONGITUDE = 2, 4
XMP, IIM, PHOTOSHOP, CREDENTIALS = 0x02BC, 0x83BB, 0x8649, 0xCD41
# What a decoder needs besides the strips and tiles: sizes, bits, compression, photometry, predictor, palette, tables.
DECODING = frozenset(
    {256, 257, 258, 259, 262, 266, 277, 278, 284, 292, 293, 317, 320, 322, 323, 332, 338, 339}
)
DECODING |= frozenset({347, 512, 515, 519, 520, 521, 529, 530, 532, 33421, 33422, 50706, 50717})
# Where the compressed data lies, as pairs of offsets and byte counts: strips, tiles, the JPEG of old TIFF.
DATA = ((273, 279), (324, 325), (513, 514))
_PICTURE = DECODING | {SUB_DIRECTORIES, ORIENTATION} | {tag for pair in DATA for tag in pair}

_SIZES = {
    1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8,
    129: 1,
}  # fmt: skip
_INTEGERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
_NUMBERS = {
    (order, big): tuple(struct.Struct(order + form) for form in forms)
    for order in "<>"
    for big, forms in ((False, ("H", "HHI4s", "I")), (True, ("Q", "HHQ8s", "Q")))
}
"""How a directory's count, its entries and offsets are written, by byte order and size of offsets."""
_MOST_DIRECTORIES = 10_000


class Layout(NamedTuple):
    """How a block is written: byte order as `struct` names it, 64-bit offsets or not, where the first directory is."""

    order: str
    big: bool
    first: int


class Entry(NamedTuple):
    """One tagged value: TIFF type, number of items, and where its bytes lie in the block."""

    kind: int
    items: int
    start: int
    stop: int


class Directory(NamedTuple):
    """Entries by tag, the next directory's offset (0: none), bytes read, and whether all lay inside the block."""

    entries: dict[int, Entry]
    following: int
    size: int
    whole: bool


_UNREADABLE, _ABSENT = Directory({}, 0, 0, whole=False), Directory({}, 0, 0, whole=True)


class Exif(NamedTuple):
    """What Exif asserts about a picture; `date` is as written, with the offset from UTC appended where it is given."""

    creator: tuple[str, ...] = ()
    copyright: str = ""
    caption: str = ""
    date: str = ""
    guid: str = ""
    has_gps: bool = False
    problem: str | None = None


def layout(block: bytes) -> Layout | None:
    """Return how a TIFF-structured block is written, None when it is not one."""
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None or len(block) < 8:
        return None
    version, first = struct.unpack_from(order + "HI", block, 2)
    if version == 43 and len(block) >= 16:
        return Layout(order, big=True, first=struct.unpack_from(order + "Q", block, 8)[0])
    return Layout(order, big=False, first=first) if version == 42 else None


def directory(block: bytes, how: Layout, offset: int, wanted: Container[int]) -> Directory:
    """Read the wanted entries of the directory at `offset`, except those whose values lie outside the block."""
    counts, entries, offsets = _NUMBERS[how.order, how.big]
    head, step, inline, end = counts.size, entries.size, offsets.size, len(block)
    if not 8 <= offset <= end - head:
        return _UNREADABLE
    position = offset + head
    count = counts.unpack_from(block, offset)[0]
    fitting = min(count, (end - position) // step)
    stop = position + fitting * step
    whole = fitting == count and stop + inline <= end
    found: dict[int, Entry] = {}
    for tag, kind, items, value in entries.iter_unpack(block[position:stop]):
        position += step
        if tag not in wanted or kind not in _SIZES or tag in found:
            continue
        size = items * _SIZES[kind]
        start = position - inline if size <= inline else offsets.unpack(value)[0]
        if start + size <= end:
            found[tag] = Entry(kind, items, start, start + size)
        else:
            whole = False
    following = offsets.unpack_from(block, stop)[0] if stop + inline <= end else 0
    return Directory(found, following, stop - offset, whole)


def integers(block: bytes, how: Layout, entry: Entry | None) -> tuple[int, ...]:
    """Return the whole numbers that an entry holds; nothing when it is absent or of another type."""
    if entry is None or entry.kind not in _INTEGERS:
        return ()
    return struct.unpack_from(f"{how.order}{entry.items}{_INTEGERS[entry.kind]}", block, entry.start)


def directories(block: bytes, how: Layout, wanted: Container[int]) -> Iterator[Directory]:
    """Walk the chain of directories and, where they are wanted, their sub-directories, each once."""
    # Directories that overlap would let a small file be read for hours.
    pending, seen, left = [how.first], set[int](), len(block)
    while pending and len(seen) < _MOST_DIRECTORIES and left > 0:
        offset = pending.pop()
        if offset in seen:
            continue
        seen.add(offset)
        found = directory(block, how, offset, wanted)
        yield found
        left -= found.size
        if found.following:
            pending.append(found.following)
        pending.extend(reversed(integers(block, how, found.entries.get(SUB_DIRECTORIES))[:_MOST_DIRECTORIES]))


def payload(block: bytes, how: Layout) -> str | None:
    """Return the SHA-256 of a TIFF file's compressed pictures with the tags that decode them.

    All pages and sub-images count, and how pages behind the first are turned; positions in the file, the first page's
    orientation, colour profiles and descriptions do not. None when
    there is no picture data or not all of it lies inside the file.
    """
    digest = hashlib.sha256(how.order.encode())
    view, left, pictures = memoryview(block), len(block), 0
    for found in directories(block, how, _PICTURE):
        numbers = {tag: integers(block, how, found.entries.get(tag)) for pair in DATA for tag in pair}
        pieces = [
            piece for starts, sizes in DATA for piece in zip(numbers[starts], numbers[sizes], strict=False)
        ]
        # Pieces that overlap would let a small file be hashed for hours.
        left -= sum(size for _, size in pieces)
        unpaired = any(len(numbers[starts]) != len(numbers[sizes]) for starts, sizes in DATA)
        if (
            unpaired
            or not found.whole
            or left < 0
            or any(start + size > len(block) for start, size in pieces)
        ):
            return None
        if not pieces:
            continue
        pictures += 1
        turned = integers(block, how, found.entries.get(ORIENTATION))[:1]
        if pictures > 1 and turned not in {(), (1,)}:
            digest.update(b"turned %d\n" % turned[0])
        for tag in sorted(DECODING & found.entries.keys()):
            entry = found.entries[tag]
            # Programs choose the width of small numbers as they like; palettes and tables stay as they are.
            value = integers(block, how, entry) if entry.items <= 16 else ()
            digest.update(f"{tag}={value or entry.items}\n".encode())
            digest.update(b"" if value else view[entry.start : entry.stop])
        for start, size in pieces:
            digest.update(f"{size}\n".encode())
            digest.update(view[start : start + size])
    return digest.hexdigest() if pictures else None


_TEXTS = (ARTIST, COPYRIGHT, DESCRIPTION)
_FIRST = frozenset({ARTIST, COPYRIGHT, DESCRIPTION, EXIF_DIRECTORY, GPS_DIRECTORY})
_SECOND = frozenset({DATE_ORIGINAL, OFFSET_ORIGINAL, UNIQUE_ID})
_POSITION = frozenset({LATITUDE, LONGITUDE})


def read(exif: bytes) -> Exif:
    """Read what Exif asserts from a TIFF-structured block; whatever cannot be read is absent and named as a problem.

    Text is UTF-8 as the Metadata Working Group recommends, else as `iim.decode` guesses. Several artists in one string
    are parted as that group's guidelines 2.0 say: by "; ", with quotes around a name that holds one.
    """
    how = layout(exif)
    if how is None:
        return Exif(problem="expected Exif to begin with a TIFF header, got other bytes")
    main = directory(exif, how, how.first, _FIRST)
    inner = _pointed(exif, how, main, EXIF_DIRECTORY, _SECOND)
    place = _pointed(exif, how, main, GPS_DIRECTORY, _POSITION)
    whole = main.whole and inner.whole and place.whole
    first, more, position = main.entries, inner.entries, place.entries
    asserted = {
        tag: _text(exif, entries.get(tag), whole=tag == COPYRIGHT)
        for entries, tags in ((first, _TEXTS), (more, _SECOND))
        for tag in tags
    }
    said = {tag: text or "" for tag, text in asserted.items()}
    # The photographer's notice and the editor's are parted by a NUL.
    notices = (part.strip() for part in said[COPYRIGHT].split("\0"))
    problems = (
        None if whole else "expected Exif values inside the Exif block, got some outside it",
        f"Exif: {UNDECODABLE}" if None in asserted.values() else None,
    )
    return Exif(
        creator=names_in(said[ARTIST]),
        copyright="; ".join(part for part in notices if part),
        caption=said[DESCRIPTION],
        date=said[DATE_ORIGINAL] and said[DATE_ORIGINAL] + said[OFFSET_ORIGINAL],
        guid=said[UNIQUE_ID],
        has_gps=len(position) == 2 and all(_measured(exif, how, entry) for entry in position.values()),
        problem="; ".join(filter(None, problems)) or None,
    )


def _pointed(block: bytes, how: Layout, main: Directory, tag: int, wanted: Container[int]) -> Directory:
    pointer = integers(block, how, main.entries.get(tag))
    return directory(block, how, pointer[0], wanted) if pointer else _ABSENT


def _text(block: bytes, entry: Entry | None, *, whole: bool = False) -> str | None:
    """Return an entry's text, empty when absent; None where its encoding cannot be told."""
    if entry is None or entry.kind not in {1, 2, 7, 129}:
        return ""
    raw = block[entry.start : entry.stop]
    text = decode(raw if whole else raw.partition(b"\0")[0])
    return None if text is None else text.strip()


def names_in(text: str) -> tuple[str, ...]:
    """Part several artists in one string.

    >>> names_in('Ann; "Lee; Ben"')
    ('Ann', 'Lee; Ben')
    """
    parts = text.split("; ")
    return tuple(name for part in (_unquoted(parts) if '"' in text else parts) if (name := part.strip()))


def _unquoted(parts: list[str]) -> list[str]:
    names, quoted = list[str](), False
    for part in parts:
        if quoted:
            names[-1] += "; " + part
        else:
            names.append(part)
        quoted = names[-1].startswith('"') and names[-1].count('"') % 2 == 1
    return [
        name[1:-1].replace('""', '"') if name[:1] == '"' == name[-1:] and len(name) > 1 else name
        for name in names
    ]


def _measured(block: bytes, how: Layout, entry: Entry) -> bool:
    """Whether degrees are a number: phones without a fix write 0/0."""
    if entry.kind not in {5, 10} or entry.items < 1:
        return False
    return bool(struct.unpack_from(how.order + "II", block, entry.start)[1])
