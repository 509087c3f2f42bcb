import io

import numpy as np
import pytest
from PIL import Image, IptcImagePlugin

from dedupelab.sample.files import KINDS, encode, read_back, relabel_jpeg
from dedupelab.sample.labels import AI_MADE, Labels, cut

LABELS = Labels(
    creators=("歐陽曉嵐", "Konstantin Papadimitriou-Winterbourne"),
    credit="Brightquay",
    copyright_notice="© 2024 Brightquay & Co",
    licensor="Brightquay",
    title="標題",
    caption="A cup",
    date_created="2019-05-04T10:20:30",
    digital_source_type=AI_MADE,
    position=(21.75, 114.5),
)


@pytest.fixture
def picture():
    return Image.fromarray(np.random.default_rng(3).integers(0, 255, (60, 80, 3), dtype=np.uint8))


@pytest.mark.parametrize("form", [form for form, kind in KINDS.items() if kind != "gif"])
def test_xmp_is_read_back(picture, form):
    """Every kind of file that holds XMP gives it back through Pillow."""
    with Image.open(io.BytesIO(encode(picture, form, LABELS))) as image:
        found = image.getxmp()["xmpmeta"]["RDF"]["Description"]
    assert found["creator"]["Seq"]["li"] == list(LABELS.creators)
    assert found["rights"]["Alt"]["li"]["text"] == LABELS.copyright_notice
    assert found["DigitalSourceType"] == AI_MADE


@pytest.mark.parametrize("form", ["jpeg", "cmyk", "tiff", "tiff16", "pages"])
def test_iim_is_read_back_cut_to_length(picture, form):
    """JPEG and TIFF hold IIM, whose by-line ends after 32 octets."""
    with Image.open(io.BytesIO(encode(picture, form, LABELS))) as image:
        found = IptcImagePlugin.getiptcinfo(image)
    assert found[2, 80] == ["歐陽曉嵐".encode(), b"Konstantin Papadimitriou-Winterb"]
    assert found[2, 55] == b"20190504"


def test_exif_is_read_back(picture):
    """Exif holds creators, time and position."""
    with Image.open(io.BytesIO(encode(picture, "jpeg", LABELS))) as image:
        exif = image.getexif()
    assert exif[0x013B].encode("latin-1").decode() == "; ".join(LABELS.creators)
    assert exif.get_ifd(0x8769)[0x9003] == "2019:05:04 10:20:30"
    assert exif.get_ifd(0x8825)[2] == (21.0, 45.0, 0.0)


def test_relabelling_keeps_the_picture_data(picture):
    """Labels come and go; the JPEG without them is the same."""
    bare = encode(picture, "jpeg", None)
    assert relabel_jpeg(encode(picture, "jpeg", LABELS), None) == bare
    assert relabel_jpeg(bare, LABELS) == encode(picture, "jpeg", LABELS)


@pytest.mark.parametrize("form", ["jpeg", "png", "tiff", "webp"])
def test_orientation(picture, form):
    """A picture stored on its side is seen upright."""
    turned = encode(picture, form, LABELS, orientation=6)
    assert read_back(turned).size == picture.size
    assert (
        np.abs(
            np.asarray(read_back(turned), int) - np.asarray(read_back(encode(picture, form, LABELS)), int)
        ).mean()
        < 12
    )


def test_precedence():
    """Exif before XMP before IIM; IIM alone reports what it could hold."""
    assert Labels(creators=("A",), artist="Pool").reported()["creator"] == "Pool"
    assert Labels(creators=("A",), artist="Pool", carriers=("xmp", "iim")).reported()["creator"] == "A"
    found = Labels(creators=("x" * 40,), date_created="2019-05-04T10:20:30", carriers=("iim",)).reported()
    assert found["creator"] == "x" * 32
    assert found["date_created"] == "2019-05-04"


def test_cut_never_splits_a_character():
    """Octets are cut, characters stay whole."""
    assert cut("沐晴", 5) == "沐"
