"""What one alignment shows."""

import cv2
import numpy as np
import pytest
from skimage import data

from dedupelab.match.compare.alignment import Alignment, Picture, turn_matrix
from dedupelab.match.compare.blocks import compare_blocks, displacement, overlay, refine
from dedupelab.match.compare.examination import examine


@pytest.mark.parametrize("shift", [(0.4, -0.3), (2.0, 1.0), (-1.5, 2.5)])
def test_refinement_finds_a_displacement(shift):
    """A displacement of a few pixels is measured, and removed to a twentieth of a pixel."""
    picture = data.camera()
    moved = cv2.warpAffine(
        picture,
        np.array([[1, 0, shift[0]], [0, 1, shift[1]]]),
        (512, 512),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT,
    )
    matrix = np.eye(3)
    for sigma in (2.0, 1.0, 1.0, 1.0):
        pair = overlay(Picture(picture), Picture(moved), matrix, sigma)
        matrix, motion = refine(matrix, compare_blocks(pair), float(pair.crop[0, 0]))
    np.testing.assert_allclose(matrix[:2, 2] + matrix[:2, :2] @ (256, 256) - 256, shift, atol=0.08)
    assert motion < 0.1


def test_brightness_and_inversion_do_not_matter():
    """Squares correlate however brightness and contrast were changed, and inverted pictures when told so."""
    picture = data.camera()
    for other, inverted in ((picture // 2 + 40, False), (255 - picture, True)):
        blocks = compare_blocks(overlay(Picture(picture), Picture(other), np.eye(3), 1.0), inverted=inverted)
        assert np.median(blocks.correlation[blocks.textured]) > 0.98
        assert np.abs(displacement(blocks.moments)[blocks.textured]).max() < 0.25


def test_arithmetic_does_not_wrap():
    """Pictures 16, 32 and 240 grey levels apart agree alike: differences are not taken in bytes."""
    picture = (data.camera() // 16).astype(np.uint8)
    shares = []
    for step in (16, 32, 240):
        finding = examine(Picture(picture), Picture(picture + np.uint8(step)), Alignment(np.eye(3)))
        shares.append(finding.share)
    assert shares == [1.0, 1.0, 1.0]


def test_areas_and_regions_of_a_part():
    """Areas and regions are told for either picture in its own frame."""
    picture = data.camera()
    part = np.ascontiguousarray(picture[128:384, 256:512])
    guess = np.array([[1, 0, -255.0], [0, 1, -129.5], [0, 0, 1]])
    finding = examine(Picture(picture), Picture(part), Alignment(guess))
    assert finding.share > 0.98
    assert finding.left_area == pytest.approx(0.25, abs=0.03)
    assert finding.right_area == pytest.approx(1, abs=0.1)
    assert finding.left_region == pytest.approx((0.5, 0.25, 1, 0.75), abs=0.03)


def test_pictures_that_do_not_meet():
    """A map that carries one picture beside the other, or onto a sliver, gives no finding."""
    picture = Picture(data.camera())
    beside = np.array([[1, 0, 600.0], [0, 1, 0], [0, 0, 1]])
    assert examine(picture, picture, Alignment(beside)) is None
    tiny = turn_matrix("identity", (512, 512), (10, 10))
    assert examine(picture, Picture(np.zeros((10, 10), np.uint8)), Alignment(tiny)) is None
