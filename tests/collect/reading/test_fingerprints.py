"""Fingerprints: imagehash's bits, the eight orientations from one transform, and how much a picture shows."""

import io

import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image, ImageDraw, ImageOps

from dedupelab.collect.reading.decoding import decode
from dedupelab.collect.reading.fingerprints import (
    content_box,
    fingerprint,
    fingerprints,
    has_border,
    information,
    low_frequencies,
    orientations,
    reduced,
    to_int,
)
from dedupelab.tables import LOW_INFORMATION, TRANSFORMS

PHOTOGRAPHS = ("astronaut", "camera", "cat", "coffee", "coins", "hubble_deep_field", "moon", "rocket")


def photographs() -> list[Image.Image]:
    from skimage import data

    return [Image.fromarray(getattr(data, name)()) for name in PHOTOGRAPHS]


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def bits(hash_: imagehash.ImageHash) -> int:
    return int(str(hash_), 16)


def assert_as_imagehash(data: bytes) -> None:
    """Every fingerprint of a fully decoded file equals imagehash's of the picture that Pillow opens."""
    found = fingerprint(decode(data, "full").gray, exact=True)
    with Image.open(io.BytesIO(data)) as image:
        shown = ImageOps.exif_transpose(image)
        assert found.phash == bits(imagehash.phash(shown))
        assert found.dhash == bits(imagehash.dhash(shown))
        assert found.phash256.hex() == str(imagehash.phash(shown, hash_size=16))
    assert int.from_bytes(found.phash_forms[:8], "little") == found.phash


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "RGBA", "CMYK", "1", "LA"])
def test_bits_are_those_of_imagehash(mode):
    """Photographs in every mode, opaque: pHash, dHash and the 256-bit pHash to the last bit."""
    for photograph in photographs():
        image = photograph.convert("RGB").resize((311, 207)).convert(mode)
        assert_as_imagehash(saved(image, "TIFF" if mode == "CMYK" else "PNG"))


@pytest.mark.parametrize("orientation", [1, 2, 3, 6, 7])
def test_bits_are_those_of_the_picture_as_shown(orientation):
    """JPEG in full size, with and without an Exif orientation, colour, gray and CMYK."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    for image, mode in zip(photographs(), ("RGB", "L", "CMYK"), strict=False):
        assert_as_imagehash(saved(image.convert(mode), "JPEG", exif=exif))


def test_sixteen_bits_as_the_policy_says():
    """A deep picture has the fingerprints of its upper eight bits; imagehash, left to Pillow, would clip it."""
    gray = np.asarray(photographs()[1].convert("L"))
    deep = (gray.astype(np.uint16) << 8) | 37
    found = fingerprint(decode(saved(Image.fromarray(deep), "PNG"), "full").gray, exact=True)
    assert found.phash == bits(imagehash.phash(Image.fromarray(gray)))
    assert found.dhash == bits(imagehash.dhash(Image.fromarray(gray)))


@settings(deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40)), elements=st.integers(0, 255)))
def test_any_small_picture_has_the_bits_of_imagehash(pixels):
    """Random, sparse and even pictures of any shape, ties of the median included."""
    assert_as_imagehash(saved(Image.fromarray(pixels), "PNG"))


@settings(deadline=None)
@given(st.integers(0, 255), st.integers(1, 70), st.integers(1, 70))
def test_even_pictures_have_the_bits_of_imagehash(level, width, height):
    """Where every coefficient but one is rounding noise, it is the same noise."""
    assert_as_imagehash(saved(Image.new("L", (width, height), level), "PNG"))


@pytest.mark.parametrize("size", [(1, 1), (10, 20), (20, 10), (1, 900), (900, 1)])
def test_the_smallest_pictures(size):
    """One pixel, and black pictures of two shapes, have fingerprints like any other."""
    for level in (0, 255):
        assert_as_imagehash(saved(Image.new("L", size, level), "PNG"))


@pytest.mark.parametrize(
    "pixels",
    [
        np.tile([[0, 16], [32, 240]], (32, 32)),
        np.kron([[255, 0], [0, 255]], np.ones((64, 64))),
        np.tile(np.arange(256), (256, 1)),
        np.tile(np.arange(256)[::-1, None], (1, 256)),
    ],
    ids=["levels that wrap", "board", "ramp", "falling ramp"],
)
def test_regular_pictures_have_the_bits_of_imagehash(pixels):
    """Symmetry makes coefficients tie; unsigned differences would wrap: neither changes a bit."""
    assert_as_imagehash(saved(Image.fromarray(pixels.astype(np.uint8)), "PNG"))


@pytest.mark.parametrize("size", [None, (321, 481), (500, 375), (511, 511), (1500, 1100)])
def test_a_scaled_decode_moves_at_most_two_bits(size):
    """Decoding a JPEG at a fraction of its size and averaging it in blocks keeps pHash within two bits."""
    for photograph in photographs():
        data = saved(photograph.convert("RGB").resize(size or photograph.size), "JPEG", quality=88)
        full, scaled = (fingerprint(decode(data, p).gray, exact=p == "full") for p in ("full", "scaled"))
        assert (full.phash ^ scaled.phash).bit_count() <= 2
        assert (full.dhash ^ scaled.dhash).bit_count() <= 4
        assert (int.from_bytes(full.phash256) ^ int.from_bytes(scaled.phash256)).bit_count() <= 8


def test_pictures_do_not_depend_on_their_company():
    """Many pictures at a time have the fingerprints that each has alone: ties, borders, blanks and all sizes."""
    plain = [photograph.convert("L") for photograph in photographs()]
    odd = [
        ImageOps.expand(plain[0], 60, fill=255),
        Image.new("L", (300, 200), 90),
        Image.new("L", (1, 1)),
        Image.fromarray(np.kron([[255, 0], [0, 255]], np.ones((64, 64))).astype(np.uint8)),
        plain[1].resize((3000, 70)),
    ]
    pictures = [*plain, *odd]
    together = fingerprints([reduced(picture) for picture in pictures])
    assert together == [fingerprint(picture) for picture in pictures]
    assert together[len(plain)].phash_trimmed != together[len(plain)].phash
    assert fingerprints([]) == []


@settings(deadline=None)
@given(arrays(np.float64, (3, 8, 8), elements=st.integers(-9, 9)))
def test_eight_orientations_by_turning_the_coefficients(coefficients):
    """The table of places and signs says what flipping and transposing the coefficients does, ties included."""
    sign = np.where(np.arange(8) % 2, -1.0, 1.0)
    across, down = sign[None, :], sign[:, None]
    for one, found in zip(coefficients, orientations(coefficients), strict=True):
        forms = [
            form
            for start in (one, one * across)
            for form in (start, start.T * down, start * across * down, start.T * across)
        ]
        assert found.tolist() == [to_int(form > np.median(form)) for form in forms]


def turned(image: Image.Image, transform: str) -> Image.Image:
    """Turn a picture with Pillow as `tables.TRANSFORMS` words it: flip first, then counter-clockwise."""
    if transform.startswith("flip"):
        image = ImageOps.mirror(image)
    return image.rotate(int(transform.rpartition("rot")[2]), expand=True) if "rot" in transform else image


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_the_forms_are_the_hashes_of_turned_pictures(transform):
    """Turning coefficients gives the hash of the turned picture, exactly where the reduction to 32 x 32 turns along.

    Pillow reduces rows and columns one after the other and rounds in between, so a turned picture's reduction can differ
    by one level here and there: for pictures of other sizes, at most two bits.
    """
    place = TRANSFORMS.index(transform)
    for photograph in photographs():
        whole = photograph.convert("L")
        for image, most in ((whole, 2), (whole.resize((32, 32)), 0)):
            forms = np.frombuffer(fingerprint(image, exact=True).phash_forms, "<u8")
            expected = bits(imagehash.phash(turned(image, transform)))
            assert (int(forms[place]) ^ expected).bit_count() <= most


def drawn_icon() -> Image.Image:
    icon = Image.new("L", (64, 64), 255)
    ImageDraw.Draw(icon).ellipse((16, 16, 48, 48), fill=0)
    return icon


def test_the_information_guard_parts_pictures_from_blanks():
    """Blank pages, gradients, icons and test cards are below the limit; photographs are well above."""
    ramp = Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (256, 1)))
    bars = Image.fromarray(np.kron(np.arange(8) * 32, np.ones((200, 40))).astype(np.uint8))
    page = Image.new("L", (300, 400), 250)
    poor = [
        Image.new("L", (9, 9)),
        page,
        ramp,
        ramp.rotate(90),
        bars,
        drawn_icon(),
        Image.linear_gradient("L"),
    ]
    assert max(fingerprint(image).information for image in poor) < LOW_INFORMATION
    poor.append(Image.fromarray(np.kron(np.arange(12) * 20, np.ones((50, 30))).astype(np.uint8)))
    rich = [fingerprint(photograph.convert("L")).information for photograph in photographs()]
    assert min(rich) > 1.2 * LOW_INFORMATION
    assert max(rich) <= 1


def test_steps_in_either_direction_count():
    """A rise from 0 to 255 and a fall from 255 to 0 inform alike: differences of bytes do not wrap."""
    up = np.zeros((64, 64), np.uint8)
    up[:, 1::2] = 255
    assert information(up) == information(255 - up) == information(up.T)


def test_borders_are_cut():
    """A framed picture has the trimmed hash of what is inside; one without a border has its own."""
    inside = photographs()[0].convert("L").resize((300, 260))
    framed = ImageOps.expand(inside, (40, 60, 20, 30), fill=255)
    print_ = fingerprint(framed)
    assert (print_.phash_trimmed ^ fingerprint(inside).phash).bit_count() <= 4
    assert (print_.phash ^ fingerprint(inside).phash).bit_count() > 8
    assert content_box(np.asarray(framed)) == (40, 60, 340, 320)
    bare = fingerprint(inside)
    assert bare.phash_trimmed == bare.phash


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (40, 40)])
def test_what_is_all_border_has_none(shape):
    """An even picture is not cut to nothing."""
    assert content_box(np.full(shape, 9, np.uint8)) is None


def test_dark_and_bright_borders_are_seen():
    """A border may be black, white or gray, and differ from the picture in either direction."""
    for level, inner in ((0, 255), (255, 0), (128, 0), (128, 255)):
        pixels = np.full((64, 64), level, np.uint8)
        pixels[10:50, 20:60] = inner
        pixels[25:30, 30:40] = level
        assert content_box(pixels) == (20, 10, 60, 50)
        assert has_border(pixels)


@settings(deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_hexadecimal_form(value):
    """Bits in reading order are imagehash's text as a number."""
    assert to_int(imagehash.hex_to_hash(f"{value:016x}").hash) == value


def test_low_frequencies_are_those_of_scipy():
    """The product with cosines is the unnormalised DCT-II that imagehash asks scipy for."""
    from scipy.fft import dctn

    pixels = np.random.default_rng(3).integers(0, 256, (32, 32), dtype=np.uint8)
    assert np.allclose(low_frequencies(pixels, 8), dctn(pixels.astype(float))[:8, :8])
