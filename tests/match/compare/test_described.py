"""Alignment by stored descriptors: where a picture lies is known without its features, however it was turned."""

import numpy as np
import pytest
from PIL import Image, ImageOps
from skimage import data

from dedupelab.match.compare.alignment import apply, corners, turn_matrix
from dedupelab.match.compare.described import described_alignments
from dedupelab.match.compare.loader import Loader
from dedupelab.match.compare.verification import AlignedComparison
from dedupelab.match.compare.verified_pairs import verify_pairs
from dedupelab.match.search import features
from dedupelab.match.search.descriptors import Stored, extract

CAT = Image.fromarray(data.chelsea()[:, :, 1])
MAPS = {
    "crop": (CAT.crop((100, 60, 400, 260)), np.array([[1.0, 0, -100], [0, 1, -60], [0, 0, 1]])),
    "smaller": (
        CAT.resize((226, 150), Image.Resampling.LANCZOS),
        turn_matrix("identity", CAT.size, (226, 150)),
    ),
    "turned": (CAT.transpose(Image.Transpose.ROTATE_90), turn_matrix("rot90", CAT.size, CAT.size[::-1])),
    "mirrored": (ImageOps.mirror(CAT), turn_matrix("flip", CAT.size, CAT.size)),
    "inverted": (ImageOps.invert(CAT), np.eye(3)),
}


def stored(picture):
    return Stored.of(extract(np.asarray(picture)))


@pytest.mark.parametrize("edit", MAPS)
def test_stored_descriptors_say_where_a_copy_lies(edit):
    """The first alignment lays the corners of a cut, scaled, turned, mirrored or inverted copy within six pixels."""
    copy, expected = MAPS[edit]
    found = described_alignments(stored(CAT), stored(copy), (CAT.size, copy.size), mirrored_first=False)
    assert found[0].inverted == (edit == "inverted")
    ends = corners(CAT.size)
    assert np.abs(apply(found[0].matrix, ends) - apply(expected, ends)).max() < 6


def test_strangers_have_no_alignment():
    """Of different photographs no three places agree."""
    other = Image.fromarray(data.coffee()[::2, ::2, 1])
    assert (
        described_alignments(stored(CAT), stored(other), (CAT.size, other.size), mirrored_first=False) == []
    )


def test_pairs_with_stored_descriptors_need_no_features(monkeypatch):
    """A crop is found a crop, and a stranger a stranger, and neither picture's features are extracted."""
    import pandas as pd

    pictures = {
        "a": np.asarray(CAT),
        "b": np.asarray(MAPS["crop"][0]),
        "c": np.asarray(data.coffee()[::2, ::2, 1]),
    }
    asked = pd.DataFrame(
        [("a", "b", 40, "identity"), ("a", "c", 40, "identity")],
        columns=["left", "right", "distance", "transform"],
    )
    load = Loader({name: name for name in pictures}, pictures.__getitem__)
    anew = verify_pairs(asked, load, AlignedComparison())
    kept = {name: extract(picture).to_bytes() for name, picture in pictures.items()}
    monkeypatch.setattr(features, "_extract", lambda *_: pytest.fail("extracted anew"))
    found = verify_pairs(asked, Loader(load.addresses, load.read, kept=kept), AlignedComparison())
    assert found["relation"].tolist() == ["derivative", "unrelated"] == anew["relation"].tolist()
