"""JPEG structure: the markers of a file, found without looking at every byte (ITU-T T.81, annex B)."""

import re
from collections.abc import Iterator
from typing import Literal

import numpy as np

from dedupelab.collect.metadata import exif as tiff

# A marker in entropy-coded data: not a stuffed zero, a restart or a fill byte.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_FILL = re.compile(rb"\xff+")
END = 0xD9
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Baseline, extended, lossless; by Huffman or arithmetic coding.
_SEQUENTIAL = frozenset({0xC0, 0xC1, 0xC3, 0xC9, 0xCB})
_PROGRESSIVE = frozenset({0xC2, 0xCA})
_ALL = (1 << 64) - 1
# Frames, scans, tables (Huffman, arithmetic, quantisation), number of lines, restart interval, progression, expansion.
DECODING = FRAMES | {0xDA, 0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF}
# JFIF, Exif and XMP, profiles and the index of views, Content Credentials, Photoshop, Adobe.
APPLICATIONS = frozenset({0xE0, 0xE1, 0xE2, 0xEB, 0xED, 0xEE})
_INDEX = b"MPF\0"
_ENTRIES, _ENTRY = 0xB002, 16
_PREVIEW = 0x010000


def markers(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Walk markers up to the end of the image: marker, start and stop of its segment with entropy-coded data if any."""
    position, components, sequential = 2, 0, False
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:
            # Any number of fill bytes may come before a marker.
            fill = _FILL.match(data, position)
            position = fill.end() - 1 if fill else len(data)
            continue
        if marker == END:
            break
        stop = position + 2 + int.from_bytes(data[position + 2 : position + 4])
        if stop < position + 4 or stop > len(data):
            break
        if marker in FRAMES:
            components, sequential = len(data[position + 10 : stop : 3]), marker in _SEQUENTIAL
        elif marker == 0xDA and not components:
            break
        elif marker == 0xDA:
            # After the only scan nothing but the end matters; after others tables and comments may come.
            lone = sequential and data[position + 4] == components
            find = _end_of_image if lone else _end_of_scan
            stop = find(data, stop)
        yield marker, position, stop
        position = stop
    if components and data[position : position + 2] == b"\xff\xd9":
        yield END, position, position + 2


def _end_of_image(data: bytes, start: int) -> int:
    """Find the end marker after a file's only scan: pairs of bytes are compared at once, four times as fast as `find`."""
    ends = [len(data)]
    for first in (start, start + 1):
        pairs = np.frombuffer(
            data, "<u2", count=max(len(data) - first, 0) // 2, offset=min(first, len(data) - 1)
        )
        hits = pairs == 0xD9FF  # FF D9, little-endian as most machines compare fastest
        at = int(hits.argmax()) if len(hits) else 0
        if len(hits) and hits[at]:
            ends.append(first + 2 * at)
    return min(ends)


def _end_of_scan(data: bytes, start: int) -> int:
    found = _MARKER.search(data, start)
    return found.start() if found else len(data)


def colour(components: bytes, applications: list[tuple[int, bytes]]) -> bytes:
    """Name the colour transform that decoders infer from markers (libjpeg, `default_decompress_parms`).

    So a JFIF header that a tool adds to a camera's file changes nothing, while an Adobe marker with another transform does.
    """
    adobe = next(
        (body[11:12] for marker, body in applications if marker == 0xEE and body.startswith(b"Adobe")), b""
    )
    if len(components) == 3:
        jfif = any(marker == 0xE0 and body.startswith(b"JFIF\0") for marker, body in applications)
        rgb = not jfif and (adobe == b"\0" if adobe else components == b"RGB")
        return b"RGB" if rgb else b"YCbCr"
    # Inks are stored inverted when Adobe's marker is there.
    return b"Adobe" + adobe if len(components) == 4 and adobe else b""


def completed(data: bytes) -> bytes:
    """Return a progressive JPEG that lacks its last bytes with an end, where what is there shows the whole picture.

    Viewers show such a file less finely than it was. Each component must have all of its coefficients, up to their last bits;
    every other file comes back as it is.
    """
    if data[:2] != b"\xff\xd8" or data.endswith(b"\xff\xd9"):
        return data
    components, seen, last, progressive = b"", dict[int, int](), (0, 0), False
    for marker, start, stop in markers(data):
        if marker == END:
            return data
        if marker in FRAMES:
            progressive, components = marker in _PROGRESSIVE, data[start + 10 : stop : 3]
        elif marker == 0xDA and progressive:
            # A scan is whole where another marker follows.
            if last[1]:
                _cover(data, last[0], seen)
            last = start, stop
    whole = bool(components) and all(seen.get(component) == _ALL for component in components)
    return data + b"\xff\xd9" if progressive and whole else data


def _cover(data: bytes, scan: int, seen: dict[int, int]) -> None:
    """Note which coefficients a scan brings, of each of its components."""
    count = data[scan + 4]
    first, final = data[scan + 5 + 2 * count], data[scan + 6 + 2 * count]
    for component in data[scan + 5 : scan + 5 + 2 * count : 2]:
        seen[component] = seen.get(component, 0) | (1 << min(final, 63) + 1) - (1 << min(first, 63))


def views(applications: list[tuple[int, bytes]]) -> list[bool]:
    """Say of each picture in a file's index whether it is a view of its own: CIPA DC-007, `Multi-Picture Format`.

    Large thumbnails are previews of the first. A gain map, which some cameras list as a picture, is none: where XMP names one,
    the file has the one view that decoders show. Empty where there is no index.
    """
    index = next(
        (body[4:] for marker, body in applications if marker == 0xE2 and body.startswith(_INDEX)), b""
    )
    gained = any(marker == 0xE1 and b' hdrgm:Version="' in body for marker, body in applications)
    return [] if gained else indexed_views(index)


def indexed_views(index: bytes) -> list[bool]:
    """Say the same from the index alone.

    >>> indexed_views(b"")
    []
    """
    how = tiff.layout(index)
    if how is None:
        return []
    entry = tiff.directory(index, how, how.first, {_ENTRIES}).entries.get(_ENTRIES)
    if entry is None:
        return []
    order: Literal["big", "little"] = "big" if how.order == ">" else "little"
    kinds = [
        int.from_bytes(index[at : at + 4], order) & 0xFF0000
        for at in range(entry.start, entry.stop - _ENTRY + 1, _ENTRY)
    ]
    return [number == 0 or kind != _PREVIEW for number, kind in enumerate(kinds)]
