"""Which squares are one match, and the windows in it."""

import cv2
import numpy as np
import pytest
from skimage import data

from dedupelab.match.compare.regions import matched_region
from dedupelab.match.compare.verification import AlignedComparison

FRAME = (12, 16)


def flags(*boxes):
    mask = np.zeros(FRAME, np.bool_)
    for top, left, bottom, right in boxes:
        mask[top:bottom, left:right] = True
    return mask


def test_scattered_squares_are_no_region():
    """Squares that agree by chance, each alone, make no matched region."""
    scattered = np.zeros(FRAME, np.bool_)
    scattered[::3, ::3] = True
    assert matched_region(scattered, ~scattered & False) is None


def test_the_largest_part_counts():
    """Of two parts that agree the larger is the region; texture that disagrees parts them."""
    region = matched_region(flags((0, 0, 8, 6), (0, 12, 3, 16)), flags())
    np.testing.assert_array_equal(region, flags((0, 0, 8, 6)))


def test_even_ground_connects():
    """Parts joined by squares that are empty in both pictures are one region."""
    region = matched_region(flags((0, 0, 4, 16), (9, 0, 12, 16)), flags((4, 0, 9, 16)))
    assert region.all()


def test_what_a_frame_encloses_counts():
    """The region of a frame includes what it encloses, so that different pictures in it count against it."""
    ring = flags((0, 0, 12, 16)) & ~flags((2, 2, 10, 14))
    assert matched_region(ring, flags()).all()


def gray(picture, size):
    return cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)


DESK = cv2.GaussianBlur(
    np.random.default_rng(3).normal(128, 130, (400, 560)).clip(0, 255).astype(np.uint8), (0, 0), 2
)
PRINTS = [
    gray(data.coffee(), (240, 200)),
    gray(data.chelsea(), (240, 200)),
    gray(data.astronaut(), (240, 200)),
]


def on_desk(picture):
    canvas = DESK.copy()
    canvas[100:300, 160:400] = picture
    return canvas


def test_two_photographs_in_one_surrounding_make_a_window():
    """Prints on one desk: the place of the print is named in both, to within a square or two."""
    found = AlignedComparison()(on_desk(PRINTS[0]), on_desk(PRINTS[1]))
    place = (160 / 560, 100 / 400, 400 / 560, 300 / 400)
    assert found.left_window == pytest.approx(place, abs=0.1)
    assert found.right_window == pytest.approx(place, abs=0.1)


def test_what_is_laid_over_a_photograph_is_no_window():
    """A sticker of one colour, a drawn one and a line of text leave the photograph under them one and the same."""
    picture = gray(data.chelsea(), (480, 320))
    plain, drawn, text = picture.copy(), picture.copy(), picture.copy()
    plain[60:200, 150:330] = 240
    drawn[60:200, 150:330] = 240
    for k in range(5):
        cv2.putText(drawn, "SOLD SOLD", (155, 85 + 25 * k), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 20, 2)
    cv2.putText(text, "ONE DOES NOT SIMPLY", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 255, 3)
    for laid in (plain, drawn, text):
        found = AlignedComparison()(picture, laid)
        assert found.relation == "derivative"
        assert (found.left_window, found.right_window) == (None, None)


def test_copies_have_no_window():
    """Where everything agrees, nothing stands in a window."""
    one = on_desk(PRINTS[0])
    assert AlignedComparison()(one, one // 2 + 40).left_window is None
