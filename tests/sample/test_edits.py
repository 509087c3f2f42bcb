import numpy as np
import pytest
from PIL import Image

from dedupelab.sample.edits import DERIVED, EXACT, NEAR, relation_of
from dedupelab.sample.exposures import expose_again
from dedupelab.sample.photographs import PHOTOGRAPHS, cut_regions, open_packaged


@pytest.fixture(scope="module")
def picture():
    pytest.importorskip("skimage")
    return open_packaged("skimage/data/coffee.png")


def generator():
    return np.random.default_rng(5)


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("name", [*NEAR, *DERIVED])
def test_edits_repeat_and_take_colour_and_gray(picture, name, mode):
    """An edit gives the same picture again from the same generator, in a mode that files hold."""
    edit, given = (NEAR | DERIVED)[name], picture.convert(mode)
    first, second = edit(given, generator()), edit(given, generator())
    assert first.tobytes() == second.tobytes()
    assert first.mode in {"L", "RGB"}
    if name not in {"re-encoded", "grayscale"}:
        assert (first.size, first.tobytes()) != (given.size, given.tobytes())


def test_crops_keep_most(picture):
    """A crop keeps 70 to 95 per cent of the area."""
    for seed in range(40):
        kept = DERIVED["cropped"](picture, np.random.default_rng(seed))
        assert 0.69 <= kept.width * kept.height / (picture.width * picture.height) <= 0.96


def test_relations():
    """Each edit has its relation."""
    assert [relation_of(edit) for edit in EXACT] == list(EXACT)
    assert {relation_of(edit) for edit in NEAR} == {"near-identical"}
    assert {relation_of(edit) for edit in DERIVED} == {"derivative"}


def test_another_exposure_is_another_picture(picture):
    """Frames of a burst keep the size and differ from the first and from each other far beyond noise."""
    frames = [picture, *(expose_again(picture, number, np.random.default_rng(number)) for number in (1, 2))]
    for left, right in ((0, 1), (0, 2), (1, 2)):
        assert frames[left].size == frames[right].size
        difference = np.abs(np.asarray(frames[left], int) - np.asarray(frames[right], int))
        assert difference.mean() > 8


def test_regions_do_not_overlap_and_avoid_faces():
    """No pixel of a photograph belongs to two works, and none to a face."""
    regions = cut_regions(generator())
    for photograph in PHOTOGRAPHS:
        seen = np.zeros(open_packaged(photograph.file).size[::-1], dtype=int)
        if photograph.avoid is not None:
            left, top, right, bottom = photograph.avoid
            seen[top:bottom, left:right] = 1
        for region in regions:
            if region.photograph == photograph:
                left, top, right, bottom = region.box
                seen[top:bottom, left:right] += 1
        assert seen.max() <= 1


def test_transparency_is_laid_on_white():
    """The logo's transparent ground becomes white."""
    assert open_packaged("skimage/data/logo.png").getpixel((0, 0)) == (255, 255, 255)
    assert isinstance(open_packaged("skimage/data/moon.png"), Image.Image)
