"""Codes for exchange: those of the reference libraries, from the full picture, as a person sees it."""

import io
import sys
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from dedupelab.collect import record
from dedupelab.collect.reading.codes import code_versions, image_code, image_codes, normalised
from dedupelab.collect.reading.decoding import UndecodableError, full_colour
from dedupelab.collect.reading.pdq import pdq
from dedupelab.collect.record import describe
from dedupelab.errors import ConfigError

ALPHA = {"RGBA", "LA"}
MODES = {
    "JPEG": ("L", "RGB", "CMYK"),
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA"),
    "TIFF": ("CMYK", "L", "RGB"),
    "WEBP": ("RGB", "RGBA"),
}
KINDS = [(kind, mode) for kind, modes in MODES.items() for mode in modes]


@pytest.fixture(scope="session")
def reference():
    """Import the reference implementation of ISO 24138."""
    return pytest.importorskip("iscc_core", reason="the extra 'codes' is not installed")


def photograph(name: str) -> Image.Image:
    from skimage import data

    return Image.fromarray(getattr(data, name)())


def saved(image: Image.Image, kind: str = "PNG", orientation: int = 1, **options: object) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    image.save(buffer, kind, exif=exif, **options)
    return buffer.getvalue()


def as_shown(data: bytes) -> Image.Image:
    """Open a file as Pillow's manual says: turned by its Exif, transparency on white, RGB."""
    with Image.open(io.BytesIO(data)) as image:
        upright = ImageOps.exif_transpose(image)
        if upright.has_transparency_data:
            layered = upright.convert("RGBA")
            upright = Image.alpha_composite(Image.new("RGBA", layered.size, (255, 255, 255, 255)), layered)
        return upright.convert("RGB")


def standard_pixels(data: bytes) -> list[int]:
    """Prepare a file for the Image-Code as the standard words it, step by step, borders with numpy."""
    shown = as_shown(data)
    pixels = np.asarray(shown).astype(int)
    other = (pixels != pixels[0, 0]).any(axis=2)
    if other.any():
        rows, columns = np.flatnonzero(other.any(axis=1)), np.flatnonzero(other.any(axis=0))
        shown = shown.crop((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))
    return list(shown.convert("L").resize((32, 32), Image.Resampling.BICUBIC).tobytes())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("astronaut", "ISCC:EEA4FESMKUZL3X6I"),
        ("coffee", "ISCC:EEA3XAZAG5WA6NRX"),
        ("cat", "ISCC:EEA3CX7GIZISCF26"),
        ("camera", "ISCC:EEA374OBYBBU5DF4"),
    ],
)
def test_photographs_have_the_answers_of_the_sdk(reference, name, expected):
    """As recorded from iscc-sdk 0.9.7 with its exact trim; a frame in one colour changes nothing."""
    picture = photograph(name).convert("RGB")
    assert image_code(picture) == expected
    assert image_code(ImageOps.expand(picture, (40, 60, 20, 30), fill=(3, 250, 9))) == expected


@pytest.mark.parametrize(("kind", "mode"), KINDS)
@pytest.mark.parametrize("orientation", [1, 3, 6, 7])
def test_files_have_the_answers_of_the_references(reference, kind, mode, orientation):
    """Every kind and mode of file, turned by its Exif: both codes are those of the picture as it is shown."""
    image = photograph("coffee").resize((311, 207))
    if mode in ALPHA:
        image = image.convert(mode)
        image.putalpha(Image.linear_gradient("L").resize(image.size).rotate(180))
    data = saved(image.convert(mode), kind, orientation, **({"lossless": True} if kind == "WEBP" else {}))
    row = describe(data, "scaled", ("iscc", "pdq"))
    assert row["iscc"] == reference.gen_image_code(standard_pixels(data), bits=64)["iscc"]
    assert (row["pdq"], row["pdq_quality"]) == pdq(as_shown(data))


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 40), st.integers(1, 40), st.tuples(*[st.integers(0, 9)] * 4), st.data())
def test_any_small_picture_has_the_pixels_of_the_standard(width, height, frame, data):
    """Framed or not, even or not, one pixel large or more."""
    levels = data.draw(st.binary(min_size=width * height * 3, max_size=width * height * 3))
    picture = ImageOps.expand(Image.frombytes("RGB", (width, height), levels), frame, fill=(7, 7, 7))
    assert list(normalised(picture).tobytes()) == standard_pixels(saved(picture))


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (40, 40)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_what_is_all_border_stays_whole(reference, size, level):
    """An even picture, one pixel included, has the code of an even square."""
    expected = reference.gen_image_code([level] * 1024, bits=64)["iscc"]
    assert image_code(Image.new("RGB", size, (level,) * 3)) == expected


def test_the_form_is_that_of_the_standard(reference):
    """A 64-bit Image-Code in canonical form: header EE, sixteen characters."""
    code = image_code(photograph("camera").convert("RGB"))
    assert code.startswith("ISCC:EEA")
    assert len(code) == len("ISCC:") + 16
    assert reference.iscc_validate(code, strict=True)


def test_codes_come_from_all_pixels():
    """A large JPEG has the codes of its full size under either policy, and its fingerprints do not notice."""
    data = saved(photograph("astronaut").resize((1501, 1099)), "JPEG", 6, quality=85)
    expected, quality = pdq(as_shown(data))
    for policy in ("scaled", "full"):
        row = describe(data, policy, ("pdq",))
        assert (row["pdq"], row["pdq_quality"]) == (expected, quality)
        assert describe(data, policy) == {n: v for n, v in row.items() if not n.startswith("pdq")}


def test_transparency_lies_on_white():
    """What is hidden under transparent pixels does not count."""
    hidden, bare = (Image.new("RGBA", (90, 70), (*colour, 0)) for colour in ((250, 0, 0), (0, 99, 0)))
    for image in (hidden, bare):
        image.paste((0, 0, 255, 255), (20, 10, 60, 50))
    white = Image.new("RGB", (90, 70), "white")
    white.paste((0, 0, 255), (20, 10, 60, 50))
    codes = {pdq(full_colour(saved(image))) for image in (hidden, bare, white)}
    assert len(codes) == 1


def test_deep_pictures_follow_the_policy():
    """Sixteen bits: the codes of the upper eight."""
    gray = np.asarray(photograph("camera"))
    deep = Image.fromarray((gray.astype(np.uint16) << 8) | 37)
    assert describe(saved(deep), "full", ("pdq",))["pdq"] == pdq(Image.fromarray(gray).convert("RGB"))[0]


@pytest.mark.parametrize("size", list(product((1, 4, 5), (1, 4, 5))))
def test_tiny_pictures_are_rows_like_any_other(reference, size):
    """Whatever the size, there is an answer and no error."""
    row = describe(saved(Image.new("RGB", size, "red")), "scaled", ("pdq", "iscc"))
    assert (row["status"], row["pdq_quality"], len(row["pdq"])) == ("hashed", 0, 32)
    assert row["iscc"].startswith("ISCC:EE")


def test_only_what_is_asked_for():
    """Nothing by default; PDQ needs no package."""
    picture = photograph("camera").convert("RGB")
    assert image_codes(picture, ()) == {}
    assert set(image_codes(picture, ("pdq",))) == {"pdq", "pdq_quality"}
    assert code_versions(()) == []
    assert code_versions(("pdq",)) == ["pdq"]


def test_no_code_costs_a_decode_that_was_not_asked_for(monkeypatch):
    """Without codes nothing is decoded again; with them, only what was not decoded in full."""
    decoded = []
    monkeypatch.setattr(record, "full_colour", lambda data: decoded.append(data) or full_colour(data))
    jpeg, png = (saved(photograph("camera"), kind) for kind in ("JPEG", "PNG"))
    for data, policy in product((jpeg, png), ("scaled", "full")):
        describe(data, policy)
    assert decoded == []
    for data, policy in product((jpeg, png), ("scaled", "full")):
        describe(data, policy, ("pdq",))
    assert decoded == [jpeg]


def test_a_picture_that_fails_in_full_keeps_its_row(monkeypatch):
    """Its codes are empty, the reason is in the row, and the fingerprints stay."""

    def fail(_data):
        raise UndecodableError("broken data stream")

    data = saved(photograph("camera"), "JPEG")
    monkeypatch.setattr(record, "full_colour", fail)
    row = describe(data, "scaled", ("pdq", "iscc"))
    assert (row["status"], row["problem"]) == ("hashed", "no image codes: broken data stream")
    assert row["phash"] == describe(data)["phash"]
    assert not {"pdq", "pdq_quality", "iscc"} & set(row)


def test_what_cannot_be_decoded_has_no_codes():
    """Damaged files are the same rows as ever."""
    data = saved(photograph("camera"), "JPEG")
    for broken in (b"", b"<html>", data[: len(data) // 2]):
        assert describe(broken, "scaled", ("pdq", "iscc")) == describe(broken)


def test_an_absent_package_is_one_line_with_the_remedy(monkeypatch):
    """Only the code that needs it asks for it."""
    monkeypatch.setitem(sys.modules, "iscc_core", None)
    assert code_versions(("pdq",)) == ["pdq"]
    with pytest.raises(ConfigError, match=r"package iscc-core .*pip install 'dedupelab\[codes\]'") as caught:
        code_versions(("pdq", "iscc"))
    assert "\n" not in str(caught.value)


def test_the_version_of_a_package_is_part_of_the_method(reference):
    """Another release of the reference may answer otherwise."""
    assert code_versions(("iscc", "pdq")) == ["pdq", f"iscc {reference.__version__}"]
