"""Decoding: one declared policy for every mode, orientation and depth; what cannot be decoded says why."""

import io
import struct
from importlib.util import find_spec

import numpy as np
import pytest
from PIL import Image, ImageOps

from dedupelab.collect.reading import decoding
from dedupelab.collect.reading.decoding import UndecodableError, decode, load_colour, load_gray
from dedupelab.collect.reading.frames import pixel_digest
from dedupelab.collect.record import describe

ORIENTATION = 0x0112


def saved(image: Image.Image, kind: str = "PNG", orientation: int = 0, **options: object) -> bytes:
    buffer = io.BytesIO()
    if orientation:
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        options["exif"] = exif
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def noise(size: tuple[int, int] = (30, 20), mode: str = "L") -> Image.Image:
    rng = np.random.default_rng(1)
    shape = (size[1], size[0]) if mode == "L" else (size[1], size[0], len(mode))
    return Image.fromarray(rng.integers(0, 256, shape, dtype=np.uint8))


KINDS = [
    ("PNG", {}),
    ("TIFF", {}),
    ("TIFF", {"compression": "tiff_lzw"}),
    ("WEBP", {"lossless": True}),
    ("JPEG", {"quality": 95}),
]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_orientation_is_applied_once(kind, options, orientation):
    """Pixels, width and height are those of the picture as shown, in every format and by every door."""
    # A scaled decode takes a JPEG's own luma, which equals that of its colours for gray pictures only.
    data = saved(noise(mode="L" if kind == "JPEG" else "RGB"), kind, orientation, **options)
    shown = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    found = decode(data, "full")
    assert (found.width, found.height) == found.gray.size == shown.size
    assert np.array_equal(np.asarray(found.gray), np.asarray(shown.convert("L")))
    assert np.array_equal(load_gray(data), np.asarray(shown.convert("L")))
    assert np.array_equal(np.asarray(load_colour(data)), np.asarray(shown.convert("RGB")))
    assert pixel_digest(data) == pixel_digest(saved(shown))


def test_an_orientation_that_is_none_is_left():
    """Values that Exif does not know change nothing, and are none: the payload is that of the picture as it is stored."""
    image = noise()
    upright = describe(saved(image, "JPEG"))
    for value in (9, 65535):
        data = saved(image, "JPEG", value)
        assert (decode(data).gray.size, decode(data).turn) == (image.size, 1)
        found = describe(data)
        assert (found["orientation"], found["payload_sha256"]) == (1, upright["payload_sha256"])


def transparent(mode: str) -> bytes:
    """Draw a black picture whose left half is transparent, in the mode's own way."""
    half = np.zeros((8, 8), np.uint8)
    half[:, 4:] = 255
    if mode in {"L", "RGB"}:
        drawn = Image.fromarray(np.where(half == 0, 0, 90).astype(np.uint8)).convert(mode)
        return saved(drawn, transparency=0 if mode == "L" else (0, 0, 0))
    if mode == "P":
        drawn = Image.fromarray(np.where(half == 0, 0, 1).astype(np.uint8), mode="P")
        drawn.putpalette([0, 0, 0, 90, 90, 90])
        return saved(drawn, "GIF", transparency=0)
    alpha = Image.fromarray(half)
    drawn = Image.new(mode, (8, 8), (90,) * (len(mode) - 1) + (255,))
    drawn.putalpha(alpha)
    return saved(drawn)


@pytest.mark.filterwarnings("ignore:'mode' parameter:DeprecationWarning")
@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "RGB"])
def test_transparency_is_laid_on_white(mode):
    """What cannot be seen is white, in every way that a format says transparent."""
    gray = np.asarray(decode(transparent(mode)).gray)
    assert (gray[:, :4] == 255).all()
    assert (gray[:, 4:] == 90).all()


def test_half_transparency_is_mixed():
    """Half-transparent black on white is middle gray."""
    gray = np.asarray(decode(saved(Image.new("RGBA", (4, 4), (0, 0, 0, 128)))).gray)
    assert abs(int(gray[0, 0]) - 127) <= 1


def test_sixteen_bits_are_divided_by_256():
    """Deep samples keep their place in the scale: no wrap at 256 levels and no stretch."""
    deep = np.arange(0, 65536, 64, dtype=np.uint16).reshape(32, 32)
    for kind in ("PNG", "TIFF"):
        found = decode(saved(Image.fromarray(deep), kind))
        assert np.array_equal(np.asarray(found.gray), (deep >> 8).astype(np.uint8))
        assert found.mode.startswith("I")


def test_other_deep_pictures_are_stretched():
    """Floating-point samples go from darkest to brightest; what is no number is 0; an even picture is black."""
    ramp = np.linspace(-3, 5, 64, dtype=np.float32).reshape(8, 8)
    gray = np.asarray(decode(saved(Image.fromarray(ramp), "TIFF")).gray)
    assert (gray[0, 0], gray[-1, -1]) == (0, 255)
    assert (np.diff(gray.ravel().astype(int)) >= 0).all()
    ramp[0, 0], ramp[0, 1] = np.nan, np.inf
    decode(saved(Image.fromarray(ramp), "TIFF"))
    even = decode(saved(Image.fromarray(np.full((4, 4), 7.5, np.float32)), "TIFF"))
    assert not np.asarray(even.gray).any()


def test_a_scaled_decode_keeps_the_size_that_is_reported():
    """Libjpeg may decode an eighth, but the table says how large the picture is."""
    data = saved(noise((1601, 1203)), "JPEG", 6)
    found = decode(data)
    assert (found.width, found.height) == (1203, 1601)
    assert min(found.gray.size) >= decoding.SCALED_SIDE
    assert found.gray.size != (1203, 1601)
    assert decode(data, "full").gray.size == (1203, 1601)


@pytest.mark.parametrize("size", [(1, 1), (5000, 1), (1, 700), (900, 600)])
def test_working_copies_have_a_longest_side(size):
    """Gray and colour copies are never larger than asked for, never empty, and never enlarged."""
    for kind in ("JPEG", "PNG"):
        data = saved(Image.new("RGB", size, "red"), kind)
        assert load_gray(data, 512).shape[::-1] == tuple(
            max(1, min(s, round(s * 512 / max(size)))) for s in size
        )
        assert max(load_colour(data, 400).size) == min(400, max(size))


def test_a_picture_for_looking_at_carries_nothing_else():
    """No Exif, no profile, no comment goes along."""
    colour = load_colour(saved(noise(), "JPEG", 3, comment=b"secret", icc_profile=b"profile"))
    assert colour.info == {}
    assert not colour.getexif()


def test_frames_are_counted_and_the_first_is_used(tmp_path):
    """A multi-page file is one picture."""
    pages = [Image.new("L", (9, 9), level) for level in (10, 200, 90)]
    for kind in ("TIFF", "GIF", "PNG"):
        pages[0].save(tmp_path / "p", kind, save_all=True, append_images=pages[1:])
        found = decode((tmp_path / "p").read_bytes())
        assert (found.frames, int(np.asarray(found.gray)[0, 0])) == (3, 10)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (b"not a picture at all", "not a picture that Pillow can read"),
        (saved(noise((300, 300)), "PNG")[:200], "truncated"),
        (saved(noise((300, 300)), "JPEG")[:3000], "truncated"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, ""),
    ],
)
def test_what_cannot_be_decoded_says_why(data, reason):
    """One line of at most 200 characters, by every door."""
    for door in (decode, pixel_digest, load_gray, load_colour):
        with pytest.raises(UndecodableError) as caught:
            door(data)
        assert reason in str(caught.value)
        assert str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_bomb_is_refused_with_a_remedy(monkeypatch):
    """A picture with more pixels than a scan allows is a reason that names the setting, and Pillow's own limit is left alone."""
    with pytest.raises(
        UndecodableError, match=r"30 x 20 pixels, more than the 599 that \[scan\] pixels allows"
    ):
        decode(saved(noise()), most=599)
    assert decode(saved(noise()), most=600).width == 30
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert decode(saved(noise())).width == 30
    assert Image.MAX_IMAGE_PIXELS == 100


def test_a_broken_heic_is_not_told_to_install_what_is_there():
    """With the package the file is to blame; without it, the package is named."""
    data = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40)
    with pytest.raises(
        UndecodableError, match="damaged HEIC picture" if find_spec("pillow_heif") else "pip install"
    ):
        decode(data)


def test_bits_that_are_not_used_are_none():
    """Ten, twelve or fourteen bits in sixteen are shown like the same picture in eight; a picture of eight stays."""
    eight = np.random.default_rng(2).integers(0, 256, (24, 32), dtype=np.uint16)
    eight[0, 0] = 255
    for depth in (8, 10, 12, 14, 16):
        for kind in ("PNG", "TIFF"):
            gray = np.asarray(decode(saved(Image.fromarray(eight << depth - 8), kind)).gray)
            assert np.array_equal(gray, eight.astype(np.uint8)), depth


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("depth", [10, 12, 16])
def test_colours_in_sixteen_bits_are_shown_and_prove_nothing(depth, order):
    """A TIFF of ten bits a colour in sixteen is not black; as only eight bits are decoded, it has no digest of its pixels."""
    eight = np.random.default_rng(3).integers(0, 256, (24, 32, 3), dtype=np.uint16)
    eight[0, 0] = 255
    samples = (eight << depth - 8).astype(f"{order}u2").tobytes()
    entries = [(256, 3, 32), (257, 3, 24), (258, 3, 16), (259, 3, 1), (262, 3, 2), (273, 4, 200), (277, 3, 3), (278, 3, 24), (279, 4, len(samples))]  # fmt: skip
    directory = b"".join(
        struct.pack(f"{order}HHI", tag, kind, 1) + (struct.pack(f"{order}HH", value, 0) if kind == 3 else struct.pack(f"{order}I", value))
        for tag, kind, value in entries
    ).replace(struct.pack(f"{order}HHIHH", 258, 3, 1, 16, 0), struct.pack(f"{order}HHII", 258, 3, 3, 160))  # fmt: skip
    head = (
        (b"II" if order == "<" else b"MM")
        + struct.pack(f"{order}HI", 42, 8)
        + struct.pack(f"{order}H", len(entries))
    )
    data = (head + directory + bytes(4)).ljust(160, b"\0") + struct.pack(f"{order}HHH", 16, 16, 16)
    data = data.ljust(200, b"\0") + samples
    assert Image.open(io.BytesIO(data)).mode == "RGB"
    assert np.array_equal(np.asarray(load_colour(data)), eight.astype(np.uint8))
    assert np.array_equal(
        np.asarray(decode(data).gray), np.asarray(Image.fromarray(eight.astype(np.uint8)).convert("L"))
    )
    assert pixel_digest(data) is None


def test_digests_know_size_and_mode():
    """Equal bytes of another shape or mode are other pictures."""
    pictures = [
        Image.new("L", (10, 20)),
        Image.new("L", (20, 10)),
        Image.new("RGB", (10, 20)),
        Image.new("L", (600, 1)),
        Image.new("RGB", (20, 10)),
        Image.new("RGBA", (10, 20)),
    ]
    assert len({pixel_digest(saved(picture)) for picture in pictures}) == len(pictures)


def test_digests_agree_between_lossless_formats():
    """The same pixels as PNG, TIFF, BMP, GIF, lossless WebP, with a palette or without, with an opaque alpha: one digest."""
    drawn = noise((16, 16), "RGB").quantize(64)
    plain = drawn.convert("RGB")
    opaque = plain.copy()
    opaque.putalpha(255)
    files = [
        saved(drawn, "GIF"),
        saved(drawn),
        saved(plain),
        saved(plain, "TIFF"),
        saved(plain, "BMP"),
        saved(opaque),
    ]
    files.append(saved(plain, "WEBP", lossless=True))
    assert len({pixel_digest(data) for data in files}) == 1
    changed = plain.copy()
    changed.putpixel((3, 3), tuple(255 - c for c in changed.getpixel((3, 3))))
    assert pixel_digest(saved(changed)) != pixel_digest(files[0])
