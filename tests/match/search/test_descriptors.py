"""Compact local descriptors."""

import numpy as np
import pytest
from skimage import data

from dedupelab.match.search.descriptors import INVERT_SIGNS, KEPT, MIRROR_SIGNS, Descriptors, encode, extract
from dedupelab.match.search.features import INVERTED, MIRRORED


@pytest.fixture(scope="module")
def camera():
    return data.camera()


def rootsift(count, seed=0):
    histogram = np.random.default_rng(seed).gamma(0.5, size=(count, 128)).astype(np.float32)
    return np.sqrt(histogram / histogram.sum(1, keepdims=True))


def test_bytes_round_trip(camera):
    """What to_bytes writes, from_bytes reads; some 6 KB a picture."""
    found = extract(camera)
    data_ = found.to_bytes()
    again = Descriptors.from_bytes(data_)
    np.testing.assert_array_equal(again.codes, found.codes)
    np.testing.assert_array_equal(again.places, found.places)
    assert again.size == found.size == (camera.shape[1], camera.shape[0])
    assert len(found) == KEPT
    assert len(data_) < 6500


@pytest.mark.parametrize("wrong", [b"", b"xx", b"dd\x01\x05\x00", b"dd\x63\x00\x00"])
def test_other_bytes_are_refused(wrong):
    """Bytes that are something else, cut short or of another version are refused with a remedy."""
    with pytest.raises(ValueError, match="extract them again"):
        Descriptors.from_bytes(wrong)


def test_mirroring_is_a_change_of_signs():
    """The code of a mirrored or inverted descriptor is the code with signs changed."""
    vectors = rootsift(50)
    np.testing.assert_array_equal(encode(vectors[:, MIRRORED]), encode(vectors) * MIRROR_SIGNS)
    np.testing.assert_array_equal(encode(vectors[:, INVERTED]), encode(vectors) * INVERT_SIGNS)


def test_codes_keep_distances():
    """Distances of codes never exceed, and rank like, distances of the vectors they stand for."""
    vectors, codes = rootsift(200), encode(rootsift(200)).astype(float)
    full = np.linalg.norm(vectors[:100] - vectors[100:], axis=1)
    short = np.linalg.norm(codes[:100] - codes[100:], axis=1) * 0.45 / 127
    assert (short <= full + 0.02).all()


def test_blank_pictures_have_none():
    """An even picture has no descriptors, and that is not an error."""
    assert len(extract(np.full((300, 400), 128, np.uint8))) == 0
    assert len(Descriptors.from_bytes(extract(np.zeros((64, 64), np.uint8)).to_bytes())) == 0


def test_deterministic(camera):
    """The same picture gives the same bytes."""
    assert extract(camera).to_bytes() == extract(camera.copy()).to_bytes()
