"""Maps that lay one picture on another."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import data

from dedupelab.match.compare.alignment import (
    Alignment,
    Picture,
    apply,
    corners,
    feature_alignments,
    inverse,
    match,
    nearest_transform,
    plausible,
    turn_matrix,
)
from dedupelab.tables import TRANSFORMS


@pytest.mark.parametrize("number", range(8))
def test_turn_matrix_is_what_numpy_turns(number):
    """The map of a transform carries every pixel where flipping and np.rot90 put it."""
    picture = np.arange(6 * 9).reshape(6, 9)
    turned = np.rot90(picture[:, ::-1] if number >= 4 else picture, number % 4)
    matrix = turn_matrix(TRANSFORMS[number], (9, 6), (turned.shape[1], turned.shape[0]))
    y, x = np.mgrid[:6, :9]
    column, row = np.rint(apply(matrix, np.c_[x.ravel(), y.ravel()])).astype(int).T
    np.testing.assert_array_equal(turned[row, column], picture.ravel())


@given(st.sampled_from(TRANSFORMS), st.floats(-40, 40), st.floats(0.2, 5))
def test_nearest_transform_sees_through_small_turns(transform, degrees, zoom):
    """A transform followed by a small rotation and any zoom is named, with the rest of the rotation."""
    size = (300, 200) if "90" not in transform and "270" not in transform else (200, 300)
    radians = np.radians(degrees)
    turn = np.eye(3)
    turn[:2, :2] = zoom * np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    name, rest = nearest_transform(turn @ turn_matrix(transform, (300, 200), size))
    assert name == transform
    assert rest == pytest.approx(degrees if not transform.startswith("flip") else rest, abs=1e-6)
    assert abs(rest) == pytest.approx(abs(degrees), abs=1e-6)


def test_features_find_a_crop():
    """A crop is placed to within a pixel, by many witnesses."""
    picture = data.camera()
    found = next(
        feature_alignments(Picture(picture), Picture(picture[100:400, 60:460]), mirrored_first=False)
    )
    ends = corners((512, 512))
    assert np.abs(apply(found.matrix, ends) - (ends - (60, 100))).max() < 1.5
    assert len(found.inliers) > 50


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("negative", [False, True])
def test_mirrored_and_inverted_pictures_need_no_second_extraction(mirrored, negative):
    """A mirrored or inverted picture is aligned from the descriptors of the upright one."""
    picture = data.camera()
    other = np.ascontiguousarray(picture[:, ::-1] if mirrored else picture)
    other = 255 - other if negative else other
    found = list(feature_alignments(Picture(picture), Picture(other), mirrored_first=mirrored))
    best = max(found, key=lambda a: len(a.inliers))
    assert (np.linalg.det(best.matrix) < 0) == mirrored
    assert best.inverted == negative
    assert nearest_transform(best.matrix)[0] == ("flip" if mirrored else "identity")


def test_match_wants_both_sides_and_clear_winners():
    """Only mutual nearest neighbours that are clearly nearer than the second are kept."""
    left = np.eye(4, 128, dtype=np.float32)
    assert match(left, left[::-1].copy()).tolist() == [[0, 3], [1, 2], [2, 1], [3, 0]]
    assert len(match(left, np.repeat(left[:1], 2, axis=0))) == 0
    assert len(match(left[:1], left)) == 0


def test_implausible_maps_are_refused():
    """Folds, slivers and infinite zooms are not what editing makes."""
    assert plausible(np.eye(3), (100, 80))
    assert plausible(turn_matrix("flip-rot90", (100, 80), (40, 50)), (100, 80))
    assert not plausible(np.diag([1.0, 0.1, 1.0]), (100, 80))
    assert not plausible(np.diag([50.0, 50.0, 1.0]), (100, 80))
    assert not plausible(np.array([[1, 0, 0], [0, 1, 0], [-0.02, 0, 1.0]]), (100, 80))
    assert not plausible(np.full((3, 3), np.nan), (100, 80))


def test_inverse_undoes():
    """A map and its inverse cancel; an alignment of frames carries no witnesses."""
    matrix = turn_matrix("rot270", (50, 30), (30, 50))
    np.testing.assert_allclose(matrix @ inverse(matrix), np.eye(3), atol=1e-12)
    assert Alignment(matrix).inliers is None


def test_blank_pictures_have_no_features():
    """Nothing to see gives no alignment, and no error."""
    blank = Picture(np.zeros((200, 300), np.uint8))
    assert list(feature_alignments(blank, Picture(data.camera()), mirrored_first=False)) == []
    assert cv2.getNumThreads() >= 1
