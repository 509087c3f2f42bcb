"""A picture cut into squares."""

import cv2
import numpy as np
import pytest

from dedupelab.match.compare.alignment import Picture
from dedupelab.match.compare.blocks import overlay
from dedupelab.match.compare.squares import Squares


def test_squares_say_what_their_pixels_do(photograph):
    """Mean and variance of a square are those of its pixels, and what lies beyond whole squares has no say."""
    picture = np.asarray(photograph(0).convert("L").resize((390, 263)), np.float32)
    squares = Squares(picture)
    assert (squares.side, squares.shape, squares.start) == (16, (16, 24), (3, 3))
    pixels = picture[3 + 5 * 16 : 3 + 6 * 16, 3 + 7 * 16 : 3 + 8 * 16]
    assert squares.mean(squares.part)[5, 7] == pytest.approx(pixels.mean())
    assert squares.spread[5, 7] == pytest.approx(pixels.var(), rel=1e-4)
    assert [each[k] for each, k in zip(squares.centres, (7, 5), strict=True)] == [122.5, 90.5]
    np.testing.assert_array_equal(squares.inverted().spread, squares.spread)


@pytest.mark.parametrize("shift", [0.0, 0.3, 0.6, 30.0])
def test_only_what_the_source_covers_is_inside(photograph, shift):
    """That a source covers all of a target is said only where warping it says so as well."""
    gray = np.asarray(photograph(0).convert("L"))
    matrix = np.array([[1, 0, shift], [0, 1, 0], [0, 0, 1.0]])
    pair = overlay(Picture(gray), Picture(gray), matrix, 1.0)
    height, width = pair.target.picture.shape
    full = np.full(gray.shape, 255, np.uint8)
    covered = cv2.warpPerspective(full, pair.crop @ matrix, (width, height), flags=cv2.INTER_NEAREST)
    if pair.valid is None:
        assert covered.min() == 255
    else:
        np.testing.assert_array_equal(pair.valid, covered)


def test_what_is_held_against_one_picture_uses_its_squares_again(photograph):
    """A target that was blurred and cut into squares for one pair is so for the next."""
    gray = np.asarray(photograph(0).convert("L"))
    target = Picture(gray)
    first, second = (overlay(Picture(other), target, np.eye(3), 2.0) for other in (gray, 255 - gray))
    assert first.target is second.target
