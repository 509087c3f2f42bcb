"""Files are taken apart: metadata on one side, the digest of the compressed picture on the other."""

import hashlib
import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from dedupelab.collect.metadata.segments import Segments, shown_payload, split

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>'
IIM = b"\x1c\x02\x50\x00\x03Ann"
EXIF = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"


def picture(mode="RGB", seed=0, size=(40, 30)):
    shape = (size[1], size[0], 4 if mode in {"RGBA", "CMYK"} else 3)
    pixels = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    return Image.fromarray(pixels).convert(mode)


def saved(image, kind, **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def with_segments(jpeg, *segments):
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def resource(number, body):
    return (
        b"8BIM"
        + struct.pack(">H", number)
        + b"\0\0"
        + struct.pack(">I", len(body))
        + body
        + b"\0" * (len(body) % 2)
    )


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def after_header(png, *chunks):
    return png[:33] + b"".join(chunks) + png[33:]


JPEG = saved(picture(), "JPEG")
PROGRESSIVE = saved(picture(), "JPEG", progressive=True)
PNG = saved(picture(), "PNG")
WEBP = saved(picture(), "WEBP", lossless=True)
GIF = saved(picture("P"), "GIF")
TIFF = saved(picture(), "TIFF", compression="tiff_lzw")
FULL = with_segments(
    JPEG,
    segment(0xE1, b"Exif\0\0" + EXIF),
    segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
    segment(0xED, b"Photoshop 3.0\0" + resource(0x0404, IIM) + resource(0x0425, hashlib.md5(IIM).digest())),
    segment(0xE2, b"ICC_PROFILE\0\x01\x01profile"),
    segment(0xEB, b"JP\0\x01\0\0\0\x01\0\0\0\x20jumb\0\0\0\x18jumdc2pa"),
    segment(0xFE, b"a comment with \xff\xd9 in it"),
)
ALL = {"jpeg": FULL, "progressive": PROGRESSIVE, "png": PNG, "webp": WEBP, "gif": GIF, "tiff": TIFF}


@pytest.mark.parametrize("jpeg", [JPEG, PROGRESSIVE, saved(picture(), "JPEG", restart_marker_rows=1)])
def test_jpeg_metadata_comes_out_and_leaves_the_payload_alone(jpeg):
    """Every metadata block of a JPEG file is found, and the payload digest is the one of the bare file."""
    full = FULL[:2] + FULL[2 : -len(JPEG) + 2] + jpeg[2:]
    expected = Segments("JPEG", EXIF, IIM, hashlib.md5(IIM).digest(), XMP, c2pa=True)
    bare = split(jpeg)
    assert bare.payload_sha256 is not None
    payload = {"payload_sha256": bare.payload_sha256, "first_sha256": bare.payload_sha256}
    assert bare == Segments("JPEG", **payload)
    assert split(full) == Segments(**(vars(expected) | payload))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF"])
def test_payload_changes_with_the_picture(kind):
    """Another picture, size, quality or palette is another payload."""
    mode = "P" if kind == "GIF" else "RGB"
    one, other = picture(mode), picture(mode, seed=1)
    turned = Image.fromarray(np.zeros((20, 10), np.uint8)), Image.fromarray(np.zeros((10, 20), np.uint8))
    files = [saved(image, kind) for image in (one, other, *turned)]
    digests = [split(data).payload_sha256 for data in files]
    assert None not in digests
    assert len(set(digests)) == 4


FILES = (JPEG, PROGRESSIVE, PNG, GIF, WEBP)


def test_what_stands_behind_the_end_is_payload():
    """A video, a trailer, a second picture: files that differ there have different payloads, and say that something is there."""
    for data in FILES:
        files = [data, data + b"\0\0\0\x18ftypmp42 one", data + b"\0\0\0\x18ftypmp42 two", data + JPEG]
        found = [split(one) for one in files]
        assert len({one.payload_sha256 for one in found} - {None}) == 4
        assert len({one.appended_sha256 for one in found} - {None}) == 3


def test_padding_behind_the_end_is_none():
    """Zeros, blanks, line ends and a second end marker say nothing."""
    for data in FILES:
        for padding in (bytes(512), b"\n", b"\r\n  ", b"\xff" * 9, b"\xff\xd9"):
            assert split(data + padding) == split(data)


def test_views_are_payload_and_their_captions_are_not():
    """The pictures that a JPEG's index lists count, whatever their metadata; what it calls a large thumbnail does not."""
    one, other, third = (picture(seed=seed) for seed in (0, 1, 2))
    views, others = (saved(one, "MPO", save_all=True, append_images=[more]) for more in (other, third))
    assert split(views).appended_sha256 is split(others).appended_sha256 is None
    assert len({split(data).payload_sha256 for data in (views, others, JPEG)}) == 3
    second = views.index(b"\xff\xd8\xff", 2)
    captioned = views[: second + 2] + segment(0xFE, b"said") + views[second + 2 :]
    assert split(captioned).payload_sha256 == split(views).payload_sha256
    entries = views.index(b"MPF\0") + 4 + 50
    kinds = views[entries : entries + 2], views[entries + 16 : entries + 20]
    assert kinds[1] == b"\0\0\0\0"
    preview = views[: entries + 16] + b"\x01\0\x01\0" + views[entries + 20 :]
    assert split(preview).payload_sha256 != split(views).payload_sha256
    stripped = preview[:second]
    assert split(stripped).payload_sha256 == split(preview).payload_sha256


def test_how_a_picture_is_shown_is_added_to_its_payload():
    """Equal data under another orientation is another payload; upright it is the payload itself."""
    assert shown_payload(None, 6) is None
    digests = {shown_payload("digest", turn) for turn in range(1, 9)}
    assert len(digests) == 8
    assert "digest" in digests


def test_colour_transform_is_payload_and_a_jfif_header_is_not():
    """The JFIF header may go; an Adobe marker that makes decoders read RGB may not."""
    assert JPEG[2:4] == b"\xff\xe0"
    bare = JPEG[:2] + JPEG[20:]
    assert split(bare).payload_sha256 == split(JPEG).payload_sha256
    rgb, ycc = (
        with_segments(bare, segment(0xEE, b"Adobe\0\x64\0\0\0\0" + transform))
        for transform in (b"\0", b"\x01")
    )
    assert Image.open(io.BytesIO(rgb)).tobytes() != Image.open(io.BytesIO(bare)).tobytes()
    assert split(rgb).payload_sha256 != split(bare).payload_sha256
    assert split(ycc).payload_sha256 == split(bare).payload_sha256
    cmyk = saved(picture("CMYK"), "JPEG")
    adobe = cmyk.index(b"\xff\xee")
    assert split(cmyk[:adobe] + cmyk[adobe + 16 :]).payload_sha256 != split(cmyk).payload_sha256


def test_extended_xmp_is_joined_when_it_is_whole():
    """The segments of an extended packet are put in order; one with a gap or another identifier is left out."""
    name = b"0123456789ABCDEF0123456789ABCDEF"
    main = XMP.replace(b"<rdf:RDF", b'<rdf:RDF extended="' + name + b'"')

    def extension(offset, body, identifier=name):
        head = b"http://ns.adobe.com/xmp/extension/\0" + identifier + struct.pack(">II", 8, offset)
        return segment(0xE1, head + body)

    def joined(*segments):
        packet = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + main)
        return split(with_segments(JPEG, packet, *segments)).xmp

    assert joined(extension(4, b"/bc>"), extension(0, b"<a>1")).endswith(b"<a>1/bc></joined>")
    assert joined(extension(0, b"<a>1")) == main
    assert joined(extension(0, b"<a>1"), extension(5, b"/bc>")) == main
    assert joined(extension(0, b"<a>1/bc>", name[::-1])) == main


def test_png_metadata_comes_out_and_leaves_the_payload_alone():
    """Exif, XMP and Content Credentials of PNG are found; how the stream is cut into chunks does not matter."""
    start = PNG.index(b"IDAT")
    (size,) = struct.unpack(">I", PNG[start - 4 : start])
    stream = PNG[start + 4 : start + 4 + size]
    cut = (
        PNG[: start - 4] + chunk(b"IDAT", stream[:99]) + chunk(b"IDAT", stream[99:]) + PNG[start + 8 + size :]
    )
    text = b"XML:com.adobe.xmp\0\x01\0\0\0" + zlib.compress(XMP)
    full = after_header(
        cut, chunk(b"eXIf", EXIF), chunk(b"iTXt", text), chunk(b"caBX", b"jumb"), chunk(b"gAMA", b"\0\1\2\3")
    )
    assert Image.open(io.BytesIO(full)).tobytes() == picture().tobytes()
    assert split(full) == Segments(
        "PNG",
        EXIF,
        xmp=XMP,
        c2pa=True,
        payload_sha256=split(PNG).payload_sha256,
        first_sha256=split(PNG).first_sha256,
    )


def test_png_raw_profiles_of_imagemagick_are_read():
    """Blocks that ImageMagick writes as hexadecimal text are read like any others; broken ones are nothing."""

    def profile(name, block, packed=zlib.compress, called=b""):
        text = b"\n%s\n%8d\n%s\n" % (called or name, len(block), block.hex().encode())
        return chunk(b"zTXt", b"Raw profile type " + name + b"\0\0" + packed(text))

    full = after_header(
        PNG,
        profile(b"APP1", b"Exif\0\0" + EXIF),
        profile(b"iptc", resource(0x0404, IIM), called=b"IPTC profile"),  # as exiftool calls it
        profile(b"xmp", XMP),
    )
    found = split(full)
    assert (found.exif, found.iim, found.xmp) == (EXIF, IIM, XMP)
    assert split(after_header(PNG, profile(b"xmp", XMP, bytes))).xmp in {None, b""}


def test_pillow_written_webp_metadata_comes_out():
    """Exif and XMP of WebP are found; making room for them does not change the payload, of alpha and animation neither."""
    for image in (picture(), picture("RGBA")):
        bare, full = (
            saved(image, "WEBP", lossless=True),
            saved(image, "WEBP", lossless=True, exif=EXIF, xmp=XMP),
        )
        found = split(full)
        assert (found.format, found.exif, found.xmp) == ("WEBP", EXIF, XMP)
        assert found.payload_sha256 == split(bare).payload_sha256
    frames = {"save_all": True, "append_images": [picture(seed=1)], "lossless": True}
    assert split(saved(picture(), "WEBP", **frames)).payload_sha256 not in {None, split(WEBP).payload_sha256}


def test_gif_metadata_comes_out_and_leaves_the_payload_alone():
    """Comments and XMP of GIF are no payload; the loop of an animation is."""
    ramp = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    head = 13 + (3 << (GIF[10] & 7) + 1)
    blocks = b"\x21\xfe\x05hello\0" + b"\x21\xff\x0bXMP DataXMP" + XMP + ramp
    found = split(b"GIF89a" + GIF[6:head] + blocks + GIF[head:])
    payload = split(GIF).payload_sha256
    assert found == Segments("GIF", xmp=XMP, payload_sha256=payload, first_sha256=payload)
    frames = {"save_all": True, "append_images": [picture("P", seed=1)]}
    once, twice = saved(picture("P"), "GIF", **frames), saved(picture("P"), "GIF", loop=2, **frames)
    assert len({split(data).payload_sha256 for data in (GIF, once, twice)} - {None}) == 3


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "jpeg", "tiff_adobe_deflate"])
def test_tiff_metadata_comes_out_and_leaves_the_payload_alone(compression):
    """XMP, IIM and resources of TIFF are found where they are; the payload is pictures and what decodes them."""
    tags = {700: XMP, 33723: IIM, 34377: resource(0x0425, b"d" * 16), 270: "described", 274: 6}
    bare = saved(picture(), "TIFF", compression=compression)
    full = saved(picture(), "TIFF", compression=compression, tiffinfo=tags)
    found = split(full)
    assert (found.format, found.exif, found.xmp, found.iim_digest) == ("TIFF", full, XMP, b"d" * 16)
    assert found.iim.rstrip(b"\0") == IIM
    assert found.payload_sha256 == split(bare).payload_sha256 is not None


def test_every_page_of_a_tiff_is_payload():
    """A file with another second page is another payload, in BigTIFF too."""
    for big in (False, True):
        one, other, lone = (
            split(saved(picture(), "TIFF", save_all=True, append_images=more, big_tiff=big)).payload_sha256
            for more in ([picture(seed=1)], [picture(seed=2)], [])
        )
        assert len({one, other, lone} - {None}) == 3


def test_strips_that_overlap_are_refused():
    """A TIFF whose strips are together larger than the file has no payload digest."""
    entries = [(256, 4, 1, 10), (257, 4, 1, 10), (273, 4, 50, 200), (279, 4, 50, 400)]
    table = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    head = b"II*\0" + struct.pack("<IH", 8, len(entries)) + table + b"\0" * 4
    body = head.ljust(200, b"\0") + struct.pack("<50I", *[0] * 50) + struct.pack("<50I", *[600] * 50)
    assert len(body) == 600
    assert split(body).payload_sha256 is None


@pytest.mark.parametrize("kind", ALL)
def test_truncated_files_have_no_payload(kind):
    """A file that ends early has no payload digest: nothing says what is missing."""
    assert split(ALL[kind]).payload_sha256 is not None
    for size in (0, 1, 3, 12, 60, len(ALL[kind]) // 2, len(ALL[kind]) - 3):
        assert split(ALL[kind][:size]).payload_sha256 is None


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(ALL)), st.data())
def test_no_damage_raises(kind, data):
    """Whatever bits are turned and wherever a file is cut, it is taken apart without an exception."""
    damaged = bytearray(ALL[kind])
    for position in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=8)):
        damaged[position] = data.draw(st.integers(0, 255))
    split(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(
        [
            b"\xff\xd8",
            PNG[:8],
            b"GIF89a",
            b"RIFF\xff\0\0\0WEBP",
            b"II*\0\x08\0\0\0",
            b"\0\0\0\x18ftypheic",
            b"",
        ]
    ),
    st.binary(),
)
def test_no_bytes_raise(magic, rest):
    """Any bytes behind any magic number are taken apart without an exception."""
    assert isinstance(split(magic + rest), Segments)
