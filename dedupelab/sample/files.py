"""Pictures to files: the formats that institutions hold, with their labels, and files that are no pictures at all."""

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image, TiffImagePlugin

from dedupelab.sample.labels import Labels, exif_block, exif_of, iim_records, photoshop_block, xmp_packet

KINDS = {
    "jpeg": "jpeg", "cmyk": "jpeg", "png": "png", "png16": "png", "tiff": "tiff", "tiff16": "tiff",
    "pages": "tiff", "webp": "webp", "lossless-webp": "webp", "gif": "gif", "animation": "gif",
}  # fmt: skip
"""How a file can be written, and the kind of file that comes of it."""
LOSSLESS = ("png", "tiff", "lossless-webp")


def encode(
    picture: Image.Image, form: str, labels: Labels | None, *, quality: int = 88, orientation: int = 1
) -> bytes:
    """Write a picture (mode L or RGB) in one of `KINDS` with its labels.

    With `orientation` 6 the pixels are stored lying on their side and Exif says so.
    """
    if orientation == 6:
        picture = picture.transpose(Image.Transpose.ROTATE_90)
    kind = KINDS[form]
    out = io.BytesIO()
    if kind == "jpeg":
        picture = picture.convert("CMYK") if form == "cmyk" else picture
        picture.save(out, "JPEG", quality=quality, subsampling=0 if quality >= 90 else 2)
        return relabel_jpeg(out.getvalue(), labels, orientation)
    if kind == "png":
        (_deepen(picture) if form == "png16" else picture).save(out, "PNG", compress_level=3)
        return _label_png(out.getvalue(), labels, orientation)
    if kind == "webp":
        blocks = {"exif": exif_block(labels, orientation), "xmp": xmp_packet(labels) if labels else b""}
        given = {name: block for name, block in blocks.items() if block}
        lossless = form == "lossless-webp"
        picture.convert("RGB").save(
            out, "WEBP", lossless=lossless, quality=20 if lossless else quality, method=1, **given
        )
        return out.getvalue()
    if kind == "tiff":
        pages = [verso(picture)] if form == "pages" else []
        first = _deepen(picture) if form == "tiff16" else picture
        tags = _tiff_tags(labels, orientation)
        compression = "tiff_lzw" if form == "tiff" else "raw"
        first.save(
            out, "TIFF", compression=compression, tiffinfo=tags, save_all=bool(pages), append_images=pages
        )
        return out.getvalue()
    frames = [picture.convert("RGB").point([round(v * k) for v in range(256)] * 3) for k in (0.8, 0.6)]
    first = picture.convert("RGB").quantize(128)
    if form == "animation":
        first.save(out, "GIF", save_all=True, append_images=frames, duration=200, loop=0)
    else:
        first.save(out, "GIF")
    return out.getvalue()


def relabel_jpeg(data: bytes, labels: Labels | None, orientation: int = 1) -> bytes:
    """Return the same JPEG data with other labels: every byte outside APP1 and APP13 stays."""
    blocks: list[tuple[int, bytes]] = [(0xE1, exif_block(labels, orientation))]
    if labels is not None:
        packet = xmp_packet(labels)
        blocks.append((0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + packet if packet else b""))
        blocks.append((0xED, photoshop_block(labels)))
    written = b"".join(
        struct.pack(">BBH", 0xFF, code, len(block) + 2) + block for code, block in blocks if block
    )
    segments = list(_segments(data))
    kept = [segment for segment in segments if segment[1] not in {0xE1, 0xED}]
    # JFIF wants to be the first segment; metadata follows it.
    first = 1 if kept and kept[0][1] == 0xE0 else 0
    return data[:2] + b"".join(kept[:first]) + written + b"".join(kept[first:])


def read_back(data: bytes) -> Image.Image:
    """Decode a file as the next person does who edits it: upright, first frame, mode L or RGB."""
    from PIL import ImageOps  # noqa: PLC0415  one function

    with Image.open(io.BytesIO(data)) as image:
        upright = ImageOps.exif_transpose(image)
        if upright.mode.startswith("I;16"):
            return Image.fromarray((np.asarray(upright) >> 8).astype(np.uint8))
        return upright if upright.mode in {"L", "RGB"} else upright.convert("RGB")


def verso(picture: Image.Image) -> Image.Image:
    """Return the back of a print: paper with two pencil lines."""
    back = Image.new("L", picture.size, 232)
    back.paste(120, (picture.width // 8, picture.height // 3, picture.width // 2, picture.height // 3 + 3))
    back.paste(120, (picture.width // 8, picture.height // 2, picture.width // 3, picture.height // 2 + 3))
    return back.convert(picture.mode)


def not_pictures(picture: bytes, png: bytes) -> dict[str, tuple[str, bytes]]:
    """Return files that hold no readable picture: name, then expected status and content.

    Parameters
    ----------
    picture
        A JPEG file that the truncated ones are cut from.
    """
    pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    return {
        "film-archive/收件/transfer_0419.jpg": ("unreadable", picture[: len(picture) // 3]),
        "film-archive/收件/transfer_0420.tif": ("unreadable", b"II*\x00\x08\x00\x00\x00\xff\xff broken"),
        "film-archive/readme.txt": ("skipped", b"Scans by reel. Ask the reading room for masters.\n"),
        "film-archive/finding-aid.xml": ("skipped", b'<?xml version="1.0"?><findingaid/>\n'),
        "film-archive/.DS_Store": ("skipped", b"\x00\x00\x00\x01Bud1\x00\x00\x10\x00"),
        "news-library/2026/desk note.jpg": ("unreadable", b"This is a text file that someone renamed.\n"),
        "news-library/2026/wire_0007.jpg": ("unreadable", b""),
        "news-library/2026/wire_0008.png": ("unreadable", png[: len(png) // 2]),
        "news-library/rota.csv": ("skipped", b"week,desk\n1,picture desk\n"),
        "news-library/2026/minutes.docx": ("skipped", b"PK\x05\x06" + bytes(18)),
        "stock-agency/BQ/bq-4400917.jpg": ("unreadable", picture[:400]),
        "stock-agency/BQ/bq-4400918.webp": ("unreadable", b"RIFF\x24\x00\x00\x00WEBPVP8 "),
        "stock-agency/price list 2026.pdf": ("skipped", pdf),
        "stock-agency/BQ/._bq-4400001.jpg": ("skipped", b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        "),
        "trade-portal/uploads/IMG_9001.JPG": ("unreadable", b"<!doctype html><title>404 Not Found</title>\n"),
        "trade-portal/uploads/IMG_9002.JPG": ("unreadable", picture[: len(picture) * 2 // 3]),
        "trade-portal/uploads/banner.gif": ("unreadable", b"GIF89a\x10\x00"),
        "trade-portal/uploads/notes.md": ("skipped", b"# To do\n\nReplace banner.\n"),
        "trade-portal/uploads/CHECKSUMS": ("skipped", b"d41d8cd98f00b204e9800998ecf8427e  wire\n"),
    }


def _segments(data: bytes) -> Iterator[bytes]:
    """Yield the JPEG's segments after SOI; from the first scan on, everything is one."""
    place = 2
    while data[place + 1] != 0xDA:
        length = 2 + int.from_bytes(data[place + 2 : place + 4])
        yield data[place : place + length]
        place += length
    yield data[place:]


def _label_png(data: bytes, labels: Labels | None, orientation: int) -> bytes:
    exif = exif_block(labels, orientation)
    packet = xmp_packet(labels) if labels else b""
    chunks = _chunk(b"eXIf", exif.removeprefix(b"Exif\x00\x00")) if exif else b""
    chunks += _chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + packet) if packet else b""
    end_of_header = 8 + 25
    return data[:end_of_header] + chunks + data[end_of_header:]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _tiff_tags(labels: Labels | None, orientation: int) -> TiffImagePlugin.ImageFileDirectory_v2:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in exif_of(labels, orientation).items():
        # libtiff writes no nested directories through Pillow: date and position stay in XMP and IIM.
        if tag not in {0x8769, 0x8825}:
            tags[tag] = value
    if labels is None:
        return tags
    for tag, block in ((700, xmp_packet(labels)), (33723, iim_records(labels))):
        if block:
            tags.tagtype[tag] = 1 if tag == 700 else 7
            tags[tag] = block
    return tags


def _deepen(picture: Image.Image) -> Image.Image:
    """Return 16-bit gray; a master scan has more levels than the copies made from it."""
    gray = np.asarray(picture.convert("L")).astype(np.uint16)
    return Image.fromarray(gray * np.uint16(257))
