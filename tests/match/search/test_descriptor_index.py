"""The index of local descriptors, in memory and on disk."""

import json

import numpy as np
import pytest
from skimage import data

from dedupelab.errors import OutputError
from dedupelab.match.search.descriptor_index import DescriptorIndex, append, open_index
from dedupelab.match.search.descriptors import Descriptors, extract
from dedupelab.tables import TRANSFORMS


@pytest.fixture(scope="module")
def pictures():
    coffee = data.coffee()[..., 1]
    return {"camera": data.camera(), "cat": data.chelsea()[..., 1], "coffee": coffee[:340, :510]}


@pytest.fixture(scope="module")
def descriptors(pictures):
    return {name: extract(np.ascontiguousarray(picture)) for name, picture in pictures.items()}


@pytest.fixture
def index(descriptors):
    return DescriptorIndex.of(descriptors.items())


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("number", range(8))
def test_a_turned_crop_is_answered_with_its_picture(pictures, index, number, inverted):
    """A crop, turned by any of the eight transforms, negative or not, is answered with the picture and how it lies on it."""
    part = pictures["cat"][40:260, 100:420]
    # Turned first and mirrored then, so that the transform said leads back.
    turned = np.rot90(part, -number % 4)
    turned = np.ascontiguousarray(np.rot90(part, number % 4)[:, ::-1] if number >= 4 else turned)
    (seen,) = index.ask(extract(255 - turned if inverted else turned))
    assert (index.names[seen.picture], seen.inverted) == ("cat", inverted)
    back = np.rot90(
        turned[:, ::-1] if seen.transform.startswith("flip") else turned, TRANSFORMS.index(seen.transform) % 4
    )
    np.testing.assert_array_equal(back, part)


def test_strangers_are_not_answered(index):
    """A photograph that is not held has no answer, nor has a blank page."""
    assert index.ask(extract(data.moon())) == []
    assert index.ask(extract(np.zeros((99, 99), np.uint8))) == []


def test_an_appended_index_is_the_same_as_one_written_at_once(descriptors, tmp_path):
    """Every file but the list of names is equal, whether pictures came at once or one by one."""
    whole = append(tmp_path / "whole", descriptors.items())
    for item in descriptors.items():
        grown = append(tmp_path / "grown", [item])
    assert list(grown.names) == list(whole.names)
    for name in ("codes", "places", "ends", "sizes"):
        np.testing.assert_array_equal(getattr(grown, name), getattr(whole, name))
    for name in ("starts", "members", "codes"):
        np.testing.assert_array_equal(getattr(grown.cells, name), getattr(whole.cells, name))


def test_it_is_opened_mapped(pictures, descriptors, tmp_path):
    """What was written is opened without being read, and answers like the index in memory."""
    append(tmp_path, descriptors.items())
    opened = open_index(tmp_path)
    assert isinstance(opened.codes.base, np.memmap)
    asked = extract(np.ascontiguousarray(pictures["camera"][30:, 60:]))
    assert opened.ask(asked) == DescriptorIndex.of(descriptors.items()).ask(asked)


def test_what_a_killed_append_left_does_not_count(descriptors, tmp_path):
    """Bytes behind what the head counts are not seen, and the next append writes over them."""
    items = list(descriptors.items())
    append(tmp_path, items[:2])
    with (tmp_path / "codes.bin").open("ab") as file:
        file.write(b"half a picture")
    assert len(open_index(tmp_path)) == 2
    np.testing.assert_array_equal(append(tmp_path, items[2:]).codes, DescriptorIndex.of(items).codes)


def test_an_index_opened_before_stays_as_it_was(descriptors, tmp_path):
    """Appending does not change what an index that is open answers."""
    items = list(descriptors.items())
    before = append(tmp_path, items[:2])
    append(tmp_path, items[2:])
    assert before.ask(items[2][1]) == []
    assert [before.names[seen.picture] for seen in before.ask(items[0][1])] == ["camera"]


def test_nothing_held(tmp_path):
    """There is no index in an empty folder; one of nothing answers nothing; one of another make is none."""
    assert open_index(tmp_path) is None
    some = Descriptors(np.zeros((1, 32), np.int8), np.zeros((1, 4), np.uint8), (9, 9))
    assert append(tmp_path, []).ask(some) == []
    head = tmp_path / "head.json"
    head.write_text(json.dumps(json.loads(head.read_text()) | {"format": 0}))
    assert open_index(tmp_path) is None


def test_a_folder_that_cannot_be_written(tmp_path):
    """What stands in the way is told in one line."""
    (tmp_path / "index").write_text("a file")
    with pytest.raises(OutputError, match="expected to write an index"):
        append(tmp_path / "index", [])
