"""A file's bytes, taken apart: metadata blocks on one side, the digest of the compressed picture on the other.

The payload digest covers what a decoder needs to produce the pixels that are stored, of every frame, page and view, and
what is appended to the picture, such as a motion photo's video. Out of it stay Exif, XMP, IIM, comments, thumbnails, previews
that an index calls so, padding, Content Credentials, and colour descriptions (ICC profiles, PNG gamma): they are added and
stripped like captions. Exif's orientation is not in it either: `shown_payload` adds it.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from dedupelab.collect.metadata import boxes, jpeg
from dedupelab.collect.metadata import exif as tiff
from dedupelab.collect.metadata import iim as photoshop
from dedupelab.collect.metadata import xmp as packets

_RAW_PROFILE = b"Raw profile type "
_PADDING = b"\0\xff\xd9 \t\r\n"
"""Bytes that cameras, stores and mail programs fill files up with; FF D9 is a JPEG's end, which some write twice."""


@dataclass(frozen=True)
class Segments:
    """Metadata blocks of one file as bytes, and the digest of its picture data.

    Attributes
    ----------
    format : by the first bytes, as Pillow names it; empty when not understood
    exif : TIFF-structured block; for a TIFF file the file itself
    iim : raw IIM records
    iim_digest : MD5 that a writer of XMP stored for the IIM it had made to match
    xmp : packet; the extended one of a JPEG file joined to it
    c2pa : whether Content Credentials are present; they are not checked
    payload_sha256 : SHA-256 of the compressed picture data; None when malformed or of a format not understood
    appended_sha256 : SHA-256 of what stands behind the picture's end and is no padding; None where nothing does
    first_sha256 : the payload digest of the first picture alone, without what is appended to it
    """

    format: str = ""
    exif: bytes | None = None
    iim: bytes | None = None
    iim_digest: bytes | None = None
    xmp: bytes | None = None
    c2pa: bool = False
    payload_sha256: str | None = None
    appended_sha256: str | None = None
    first_sha256: str | None = None


def split(data: bytes) -> Segments:
    """Take a file apart without decoding it. Never raises: what is malformed ends the walk, with what was found so far.

    >>> split(b"no picture").payload_sha256 is None
    True
    """
    if data[:2] == b"\xff\xd8":
        return _jpeg(data)
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return _png(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    if data[:6] in {b"GIF87a", b"GIF89a"}:
        return _gif(data)
    if data[4:8] in {b"ftyp", b"jP  "}:
        return _boxed(data)
    how = tiff.layout(data)
    return Segments() if how is None else _tiff(data, how)


def shown_payload(payload: str | None, orientation: int) -> str | None:
    """Return the digest of a payload as Exif lets it be shown: equal data that are turned otherwise are not shown alike.

    >>> shown_payload("ab", 1), shown_payload("ab", 6) == shown_payload("ab", 8)
    ('ab', False)
    """
    if payload is None or orientation == 1:
        return payload
    return hashlib.sha256(f"{payload} shown {orientation}".encode()).hexdigest()


def _behind(data: bytes, end: int) -> str | None:
    """Return the SHA-256 of what stands behind a picture's end; None for nothing and for padding, which says nothing."""
    rest = data[end:].strip(_PADDING)
    return hashlib.sha256(rest).hexdigest() if rest else None


def _with_appended(payload: str, appended: str | None) -> str:
    return payload if appended is None else hashlib.sha256(f"{payload} and {appended}".encode()).hexdigest()


def _jpeg_stream(data: bytes) -> tuple["hashlib._Hash", list[tuple[int, bytes]], int]:
    """Walk one JPEG stream: the digest of what decodes it, its application segments, and where it ends; 0 when it does not."""
    digest, view = hashlib.sha256(), memoryview(data)
    applications: list[tuple[int, bytes]] = []
    components, end = b"", 0
    for marker, start, stop in jpeg.markers(data):
        if marker in jpeg.APPLICATIONS:
            applications.append((marker, data[start + 4 : stop]))
        elif marker in jpeg.DECODING:
            digest.update(view[start:stop])
            if marker in jpeg.FRAMES:
                components = data[start + 10 : stop : 3]
        elif marker == jpeg.END:
            end = stop
    digest.update(jpeg.colour(components, applications))
    return digest, applications, end


def _jpeg(data: bytes) -> Segments:
    digest, applications, end = _jpeg_stream(data)
    payload = appended = alone = None
    if end:
        alone = digest.hexdigest()
        # Views are found one behind the other: who edits metadata without knowing of the index leaves its offsets wrong.
        for number, counts in enumerate(jpeg.views(applications)[1:], 1):
            start = data.find(b"\xff\xd8\xff", end)
            view, _, length = _jpeg_stream(data[start:]) if start >= 0 else (digest, [], 0)
            if not length:
                break
            end = start + length
            if counts:
                digest.update(b"view %d" % number + view.digest())
        appended = _behind(data, end)
        payload = _with_appended(digest.hexdigest(), appended)
    parts = [
        body[14:] for marker, body in applications if marker == 0xED and body.startswith(b"Photoshop 3.0\0")
    ]
    resources = photoshop.resources(b"".join(parts)) if parts else {}
    first = [body for marker, body in applications if marker == 0xE1]
    xmp = next((body[29:] for body in first if body.startswith(b"http://ns.adobe.com/xap/1.0/\0")), None)
    extensions = [body[len(packets.EXTENSION) :] for body in first if body.startswith(packets.EXTENSION)]
    return Segments(
        "JPEG",
        exif=next((body[6:] for body in first if body.startswith(b"Exif\0")), None),
        iim=resources.get(photoshop.RECORDS),
        iim_digest=resources.get(photoshop.DIGEST),
        xmp=packets.join(xmp, extensions) if xmp is not None and extensions else xmp,
        c2pa=any(
            marker == 0xEB and body.startswith(b"JP") and b"c2pa" in body for marker, body in applications
        ),
        payload_sha256=payload,
        appended_sha256=appended,
        first_sha256=alone,
    )


def _png(data: bytes) -> Segments:
    digest, view = hashlib.sha256(), memoryview(data)
    blocks: dict[bytes, bytes] = {}
    pictured, end = False, 0
    for name, start, stop in _chunks(data):
        if name == b"IDAT":
            # However the stream is cut into chunks, it is the same stream.
            digest.update(view[start:stop])
            pictured = True
        elif name in {b"IHDR", b"PLTE", b"tRNS", b"acTL", b"fcTL", b"fdAT"}:
            digest.update(view[start - 8 : stop])
        elif name in {b"iTXt", b"tEXt", b"zTXt"}:
            keyword = data[start : min(start + 80, stop)].partition(b"\0")[0]
            if keyword == b"XML:com.adobe.xmp" or keyword.startswith(_RAW_PROFILE):
                blocks.setdefault(keyword.removeprefix(_RAW_PROFILE), _png_text(name, data[start:stop]))
        elif name in {b"eXIf", b"caBX"}:
            blocks.setdefault(name, data[start:stop])
        if name == b"IEND" and pictured:
            end = stop + 4
    appended = _behind(data, end) if end else None
    raw = {
        kind: _raw_profile(blocks[kind])
        for kind in (b"exif", b"APP1", b"xmp", b"iptc", b"8bim")
        if kind in blocks
    }
    exif = next(filter(None, (blocks.get(b"eXIf"), raw.get(b"exif"), raw.get(b"APP1"))), None)
    records = raw.get(b"iptc") or raw.get(b"8bim") or b""
    resources = photoshop.resources(records) or ({photoshop.RECORDS: records} if records else {})
    return Segments(
        "PNG",
        exif=None if exif is None else exif.removeprefix(b"Exif\0\0"),
        iim=resources.get(photoshop.RECORDS),
        iim_digest=resources.get(photoshop.DIGEST),
        xmp=blocks.get(b"XML:com.adobe.xmp", raw.get(b"xmp")),
        c2pa=b"caBX" in blocks,
        payload_sha256=_with_appended(digest.hexdigest(), appended) if end else None,
        appended_sha256=appended,
        first_sha256=digest.hexdigest() if end else None,
    )


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Walk PNG chunks: name, where the content starts, where it stops; checksums are left to decoders."""
    position, name = 8, b""
    while position + 12 <= len(data) and name != b"IEND":
        size, name = struct.unpack_from(">I4s", data, position)
        stop = position + 8 + size
        if stop + 4 > len(data):
            return
        yield name, position + 8, stop
        position = stop + 4


def _png_text(name: bytes, chunk: bytes) -> bytes:
    """Return a text chunk's text, of which no more is decompressed than is read."""
    _, _, rest = chunk.partition(b"\0")
    compressed = name == b"zTXt"
    if name == b"iTXt":
        compressed, fields = rest[:1] == b"\1", rest[2:].split(b"\0", 2)
        rest = fields[2] if len(fields) == 3 else b""
    elif compressed:
        rest = rest[1:]
    if not compressed:
        return rest
    try:
        return zlib.decompressobj().decompress(rest, packets.LARGEST + 1)
    except zlib.error:
        return b""


def _raw_profile(text: bytes) -> bytes:
    """Undo ImageMagick's hexadecimal writing of a block: its name, its size and its digits, on lines of their own."""
    fields = text.strip().split(b"\n", 2)
    try:
        return bytes.fromhex(fields[2].decode("ascii"))
    except (IndexError, ValueError):
        return b""


def _webp(data: bytes) -> Segments:
    digest = hashlib.sha256()
    blocks: dict[bytes, bytes] = {}
    canvas, pictured = b"", False
    view, position = memoryview(data), 12
    end = min(8 + int.from_bytes(data[4:8], "little"), len(data))
    complete = end == 8 + int.from_bytes(data[4:8], "little")
    while complete and position + 8 <= end:
        name, size = struct.unpack_from("<4sI", data, position)
        start, stop = position + 8, position + 8 + size
        complete = stop <= end
        if not complete:
            break
        if name in {b"VP8 ", b"VP8L", b"ALPH", b"ANMF"}:
            digest.update(view[start - 8 : stop])
            pictured = True
        elif name == b"VP8X":
            canvas = data[start + 4 : stop]
        elif name == b"ANIM":
            # The canvas is the picture's own size unless frames are placed on it.
            digest.update(canvas + data[start:stop])
        elif name in {b"EXIF", b"XMP ", b"C2PA"}:
            blocks.setdefault(name, data[start:stop])
        position = stop + size % 2
    complete = complete and pictured
    appended = _behind(data, end) if complete else None
    exif = blocks.get(b"EXIF")
    return Segments(
        "WEBP",
        exif=None if exif is None else exif.removeprefix(b"Exif\0\0"),
        xmp=blocks.get(b"XMP "),
        c2pa=b"C2PA" in blocks,
        payload_sha256=_with_appended(digest.hexdigest(), appended) if complete else None,
        appended_sha256=appended,
        first_sha256=digest.hexdigest() if complete else None,
    )


def _gif(data: bytes) -> Segments:
    # The version is left out: adding a comment raises it.
    position = 13 + _palette(data, 10)
    digest = hashlib.sha256(data[6:position])
    xmp, c2pa, complete, pictured = None, False, False, False
    while position < len(data):
        kind, start = data[position], position
        if kind == 0x3B:
            complete = pictured
            break
        if kind == 0x2C:
            position = _blocks_end(data, start + 11 + _palette(data, start + 9))
            pictured = True
        elif kind == 0x21:
            position = _blocks_end(data, start + 2)
        if position <= start:
            break
        application = data[start + 3 : start + 14] if data[start : start + 3] == b"\x21\xff\x0b" else b""
        if application == b"XMP DataXMP" and xmp is None:
            # The packet lies there raw, with a ramp of 257 bytes behind it that leads block readers to its end.
            xmp = data[start + 14 : max(position - 258, start + 14)]
        c2pa = c2pa or application.startswith(b"C2PA_GIF")
        if kind == 0x2C or (data[start + 1] != 0xFE and application in {b"", b"NETSCAPE2.0", b"ANIMEXTS1.0"}):
            digest.update(data[start:position])
    appended = _behind(data, position + 1) if complete else None
    first = digest.hexdigest() if complete else None
    return Segments(
        "GIF",
        xmp=xmp,
        c2pa=c2pa,
        payload_sha256=first and _with_appended(first, appended),
        appended_sha256=appended,
        first_sha256=first,
    )


def _palette(data: bytes, flags: int) -> int:
    packed = data[flags] if flags < len(data) else 0
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def _blocks_end(data: bytes, position: int) -> int:
    """Return where a chain of sub-blocks ends, 0 when it does not."""
    while position < len(data):
        if not data[position]:
            return position + 1
        position += data[position] + 1
    return 0


def _tiff(data: bytes, how: tiff.Layout) -> Segments:
    main = tiff.directory(
        data, how, how.first, {tiff.XMP, tiff.IIM, tiff.PHOTOSHOP, tiff.CREDENTIALS}
    ).entries
    blocks = {tag: data[entry.start : entry.stop] for tag, entry in main.items()}
    found = photoshop.resources(blocks.get(tiff.PHOTOSHOP, b""))
    payload = tiff.payload(data, how)
    return Segments(
        "TIFF",
        exif=data,
        iim=blocks.get(tiff.IIM, found.get(photoshop.RECORDS)),
        iim_digest=found.get(photoshop.DIGEST),
        xmp=blocks.get(tiff.XMP),
        c2pa=tiff.CREDENTIALS in main,
        payload_sha256=payload,
        first_sha256=payload,
    )


def _boxed(data: bytes) -> Segments:
    """Find the metadata of HEIC, AVIF and JPEG 2000; their picture data is not understood: copies show by pixels only."""
    if data[4:8] == b"jP  ":
        found, brand = boxes.jpeg2000(data), "JPEG2000"
    else:
        found, brand = boxes.items(data), "AVIF" if data[8:12] in {b"avif", b"avis"} else "HEIF"
    end = boxes.end_of_picture(data)
    appended = _behind(data, end) if end else None
    return Segments(
        brand, exif=found.exif, iim=found.iim, xmp=found.xmp, c2pa=found.c2pa, appended_sha256=appended
    )
