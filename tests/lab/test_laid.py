"""What a reviewer sees of two pictures laid on each other is where it belongs."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from dedupelab.lab.laid import OUTSIDE, carried, jpeg, lay


def apart(one: Image.Image, other: Image.Image) -> float:
    """Mean difference in grey levels of what both show."""
    pair = [np.asarray(each.convert("RGB"), float) for each in (one, other)]
    shown = (pair[0] != OUTSIDE).any(axis=2)
    return float(np.abs(pair[0] - pair[1])[shown].mean())


@pytest.mark.parametrize(
    "edit",
    [
        lambda p: p.resize((400, 300)),
        lambda p: p.crop((120, 60, 560, 400)),
        ImageOps.mirror,
        lambda p: p.transpose(Image.Transpose.ROTATE_90),
        lambda p: p.crop((100, 50, 500, 350)).transpose(Image.Transpose.ROTATE_270),
    ],
    ids=["smaller", "crop", "mirrored", "turned", "crop turned"],
)
def test_a_copy_lies_on_its_original(photograph, edit):
    """Whatever way it was cropped, scaled or turned, in either direction: same place, matched part known."""
    whole = photograph(0, (640, 480))
    for left, right in ((whole, edit(whole)), (edit(whole), whole)):
        laid = lay(left, right)
        assert laid.onto.size == laid.difference.size == right.size
        assert laid.regions is not None
        assert apart(laid.onto, right) < 9


def test_the_matched_part_of_a_crop(photograph):
    """The whole of the crop, and in the original the rectangle that was cut out."""
    whole = photograph(0, (640, 480))
    regions = lay(whole, whole.crop((160, 120, 480, 360))).regions
    assert regions is not None
    assert regions[0] == pytest.approx((0.25, 0.25, 0.75, 0.75), abs=0.04)
    assert regions[1] == pytest.approx((0, 0, 1, 1), abs=0.08)


@pytest.mark.parametrize("turn", [lambda p: p, ImageOps.mirror, lambda p: p.crop((100, 50, 500, 350))])
def test_a_place_is_carried_to_the_other_picture(photograph, turn):
    """What is drawn on left as parts of it lies on the same thing in right, whichever of the two is the edited one."""
    whole = photograph(0, (640, 480))
    marked = Image.new("L", whole.size)
    marked.paste(255, (200, 120, 300, 200))
    box = marked.getbbox()
    edited, there = turn(whole), turn(marked).getbbox()
    one, other = (
        tuple(end / side for end, side in zip(each, size * 2, strict=True))
        for each, size in ((box, whole.size), (there, edited.size))
    )
    for left, right, here, expected in ((whole, edited, one, other), (edited, whole, other, one)):
        found = lay(left, right).carry
        assert found is not None
        assert carried(here, found) == pytest.approx(expected, abs=0.02)


def test_a_difference_shows_what_was_changed(photograph):
    """A pasted square is bright, the rest is dark, although the copy is brighter as a whole."""
    whole = photograph(1, (640, 480))
    changed = Image.eval(whole, lambda v: min(v + 12, 255))
    changed.paste((255, 255, 255), (100, 100, 220, 220))
    shown = np.asarray(lay(whole, changed).difference)
    rest = np.ones(shown.shape, bool)
    rest[95:225, 95:225] = False
    assert shown[105:215, 105:215].mean() > 120
    assert np.median(shown[rest]) < 12


def test_strangers_lie_frame_on_frame(photograph):
    """Nothing matches, nothing is said to match, and there is still something to look at."""
    laid = lay(photograph(0, (640, 480)), photograph(3, (300, 500)))
    assert laid.regions is None
    assert laid.carry is None
    assert laid.onto.size == (300, 500)
    assert np.asarray(laid.onto).std() > 5


def test_pictures_travel_without_metadata(photograph):
    """The JPEG that reaches the page has no Exif, whatever the file had."""
    picture = photograph(0)
    picture.info["exif"] = b"Exif\0\0II*\0"
    assert b"Exif" not in jpeg(picture)
