"""ISO base media boxes: the metadata of HEIC and AVIF (ISO/IEC 14496-12, 8.11; 23008-12) and JPEG 2000 files (15444-1, I).

Sizes and offsets are untrusted; what does not fit ends the walk.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

CREDENTIALS = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""Identifier of the box that holds Content Credentials (C2PA specification, A.4)."""
# Identifiers of metadata in JPEG 2000: Adobe's for XMP, those that programs share for Exif and IIM.
_EXIF = b"JpgTiffExif->JP2"
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_IIM = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")
_VIDEO = frozenset({b"mpvd", b"sefd"})


class Items(NamedTuple):
    """Metadata items of one file."""

    exif: bytes | None
    xmp: bytes | None
    c2pa: bool
    iim: bytes | None = None


def walk(data: bytes, position: int, stop: int) -> Iterator[tuple[bytes, int, int]]:
    """Walk the boxes between two positions: type, where the content starts, where it stops."""
    while position + 8 <= stop:
        size, name = struct.unpack_from(">I4s", data, position)
        start = position + 8
        if size == 1:
            size, start = int.from_bytes(data[start : start + 8]), start + 8
        end = stop if size == 0 else position + size
        if end < start or end > stop:
            return
        yield name, start, end
        position = end


def end_of_picture(data: bytes) -> int:
    """Return where a picture's own boxes end and something appended begins, such as a motion photo's video; 0 where nothing does.

    Phones put the video into a box of its own, or append it as it is, with a file type box that begins it.
    """
    position = 0
    for name, _, stop in walk(data, 0, len(data)):
        if name in _VIDEO or (name == b"ftyp" and position and data[4:8] == b"ftyp"):
            return position
        position = stop
    return position if 0 < position < len(data) else 0


def items(data: bytes) -> Items:
    """Return the first Exif item (without its prefix), the first XMP item, and whether Content Credentials are there."""
    exif = xmp = None
    c2pa = False
    for name, start, stop in walk(data, 0, len(data)):
        if name == b"uuid":
            c2pa = c2pa or data[start : start + 16] == CREDENTIALS
        if name != b"meta":
            continue
        inner = {kind: (first, last) for kind, first, last in walk(data, start + 4, stop)}
        if b"iinf" not in inner or b"iloc" not in inner:
            continue
        kinds = _kinds(data, *inner[b"iinf"])
        places = _places(data, *inner[b"iloc"], inner.get(b"idat", (0, 0))[0], set(kinds))
        for item, kind in kinds.items():
            if (exif if kind == b"Exif" else xmp) is not None:
                continue
            content = _content(data, places.get(item, []))
            if kind == b"Exif":
                # The item begins with the distance to the TIFF header.
                exif = content[4 + int.from_bytes(content[:4]) :] or None
            else:
                xmp = content or None
    return Items(exif, xmp, c2pa)


def jpeg2000(data: bytes) -> Items:
    """Return the first Exif, XMP and IIM of a JPEG 2000 file, which lie in boxes of their own with an identifier each."""
    found: dict[bytes, bytes] = {}
    c2pa = False
    for name, start, stop in walk(data, 0, len(data)):
        if name == b"uuid":
            found.setdefault(data[start : start + 16], data[start + 16 : stop])
        c2pa = c2pa or (name == b"jumb" and b"c2pa" in data[start : start + 64])
    return Items(found.get(_EXIF), found.get(_XMP), c2pa or CREDENTIALS in found, found.get(_IIM))


def _content(data: bytes, extents: list[tuple[int, int]]) -> bytes:
    """Join an item's extents; together they cannot be more than the file unless they overlap."""
    if sum(last - first for first, last in extents) > len(data):
        return b""
    return b"".join(data[first:last] for first, last in extents)


def _kinds(data: bytes, start: int, stop: int) -> dict[int, bytes]:
    """Return the items that may be Exif or XMP, with their type, from an item information box."""
    kinds: dict[int, bytes] = {}
    head = 6 if data[start : start + 1] == b"\0" else 8
    for name, first, last in walk(data, start + head, stop):
        version = data[first] if first < last else 0
        if name != b"infe" or version < 2:
            continue
        width = 2 if version == 2 else 4
        item = int.from_bytes(data[first + 4 : first + 4 + width])
        kind, _, rest = data[first + 6 + width : last].partition(b"\0")
        # An item's type is followed by its name and, for `mime`, by the media type.
        if kind[:4] == b"Exif" or (kind[:4] == b"mime" and rest.startswith(b"application/rdf+xml")):
            kinds[item] = kind[:4]
    return kinds


def _places(
    data: bytes, start: int, stop: int, base: int, wanted: set[int]
) -> dict[int, list[tuple[int, int]]]:
    """Return where the wanted items' bytes lie: in the file, or relative to `base` in the item data box."""
    places: dict[int, list[tuple[int, int]]] = {}
    if stop - start < 8:
        return places
    version, position = data[start], start + 6
    offset_size, length_size = data[start + 4] >> 4, data[start + 4] & 15
    base_size, index_size = data[start + 5] >> 4, data[start + 5] & 15 if version else 0

    def number(width: int) -> int:
        nonlocal position
        position += width
        return int.from_bytes(data[position - width : position])

    wide = 4 if version == 2 else 2
    for _ in range(min(number(wide), stop - start)):
        if position >= stop:
            break
        item = number(wide)
        construction = number(2) & 15 if version else 0
        number(2)
        origin = number(base_size) + (base if construction == 1 else 0)
        for _extent in range(number(2)):
            if position >= stop:
                break
            number(index_size)
            first, length = origin + number(offset_size), number(length_size)
            if item in wanted and construction < 2:
                places.setdefault(item, []).append((first, first + length))
    return places
