"""Candidates by votes of local descriptors."""

from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import fields

import cv2
import numpy as np
import pandas as pd
import pytest
from skimage import data

from dedupelab.match.search.crowd import CROWD
from dedupelab.match.search.descriptor_index import DescriptorIndex, append
from dedupelab.match.search.descriptors import Descriptors, extract
from dedupelab.match.search.spilled import Spilled
from dedupelab.match.search.voting import propose, vote
from dedupelab.tables import TRANSFORMS


def gray(picture, longest=512):
    picture = (
        picture
        if picture.ndim == 2
        else cv2.cvtColor(np.ascontiguousarray(picture[..., :3]), cv2.COLOR_RGB2GRAY)
    )
    zoom = longest / max(picture.shape)
    return cv2.resize(picture, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA) if zoom < 1 else picture


@pytest.fixture(scope="module")
def pictures():
    return {
        "camera": data.camera(),
        "coffee": gray(data.coffee()),
        "cat": gray(data.chelsea()),
        "rocket": gray(data.rocket()),
    }


@pytest.fixture(scope="module")
def descriptors(pictures):
    return {name: extract(picture) for name, picture in pictures.items()}


@pytest.fixture(scope="module")
def many(pictures, descriptors):
    """Crops of every picture, so that there is something to find."""
    parts = {
        f"{name}-{number}": extract(np.ascontiguousarray(picture[number * 20 :, : -30 * number or None]))
        for name, picture in pictures.items()
        for number in range(3)
    }
    return {**descriptors, **parts}


def proposed(descriptors, **settings) -> pd.DataFrame:
    index = DescriptorIndex.of(sorted(descriptors.items()))
    return propose(index, vote(index, **settings)[0])


def found(pairs):
    return {frozenset(pair) for pair in zip(pairs["left"], pairs["right"], strict=True)}


@pytest.mark.slow
def test_different_photographs_are_not_proposed(descriptors):
    """Photographs that share nothing have no three places that agree."""
    assert found(proposed(descriptors)) == set()


@pytest.mark.slow
@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("number", range(8))
def test_turned_copies_are_proposed_with_their_transform(pictures, descriptors, number, inverted):
    """A crop turned by any of the eight transforms, negative or not, is found with its transform, whichever name comes first."""
    part = pictures["coffee"][40:260, 100:420]
    turned = np.ascontiguousarray(np.rot90(part[:, ::-1] if number >= 4 else part, number % 4))
    copy = extract(255 - turned if inverted else turned)
    pairs = proposed({**descriptors, "zzz": copy})
    assert found(pairs) == {frozenset({"coffee", "zzz"})}
    assert pairs["transform"].tolist() == [TRANSFORMS[number]]
    back = proposed({**descriptors, "aaa": copy})
    undone = {"rot90": "rot270", "rot270": "rot90"}.get(TRANSFORMS[number], TRANSFORMS[number])
    assert back["transform"].tolist() == [undone]


def test_a_picture_in_a_picture_is_proposed_with_both(pictures, descriptors):
    """A small photograph pasted into another is found beside each of the two."""
    mixed = pictures["camera"].copy()
    mixed[20:220, 20:320] = cv2.resize(pictures["coffee"], (300, 200), interpolation=cv2.INTER_AREA)
    pairs = found(proposed({**descriptors, "mixed": extract(mixed)}))
    assert pairs == {frozenset({"camera", "mixed"}), frozenset({"coffee", "mixed"})}


@pytest.mark.slow
def test_the_same_wherever_it_runs(many, monkeypatch, tmp_path):
    """Processes, sizes of what is done together and an index on disk change nothing."""
    alone = proposed(many)
    assert len(alone) >= 12
    with ProcessPoolExecutor(2) as pool:
        assert proposed(many, executor=pool).equals(alone)
    index = append(tmp_path / "index", sorted(many.items()))
    assert propose(index, vote(index)[0]).equals(alone)
    for place, size in (
        ("kept_cells.DESCRIBED", 3),
        ("voting.LAID_DOWN", 5),
        ("spilled.HELD", 100),
        ("descriptors.TILE", 7),
        ("voting.MANY", 50),
        ("voting.PAIR_BITS", 2),
    ):
        monkeypatch.setattr(f"dedupelab.match.search.{place}", size)
    assert proposed(many).equals(alone)


@pytest.mark.parametrize("workers", [0, 2])
def test_memory_changes_nothing(many, workers, monkeypatch):
    """Whether everything fits or entries and votes come back in small parts: the same votes are counted, in the same order."""
    index = DescriptorIndex.of(sorted(many.items()))
    whole, crowded = vote(index)
    read, parts = Spilled.read, []

    def counted(spilled, most):
        for part in read(spilled, most):
            parts.append(len(part))
            yield part

    monkeypatch.setattr(Spilled, "read", counted)
    with ProcessPoolExecutor(workers) if workers else nullcontext() as pool:
        little, as_crowded = vote(index, pool, memory=1)
    assert len(parts) > 10
    np.testing.assert_array_equal(as_crowded, crowded)
    for field in fields(whole):
        np.testing.assert_array_equal(getattr(little, field.name), getattr(whole, field.name))


def test_no_working_file_stays(many, tmp_path):
    """What was written while it ran is gone."""
    assert len(proposed(many, folder=tmp_path)) > 0
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_propose(descriptors):
    """No pictures, one picture and pictures without descriptors give an empty table with all columns."""
    blank = extract(np.zeros((99, 99), np.uint8))
    for few in (
        {},
        {"camera": descriptors["camera"]},
        {"a": blank, "b": blank, "camera": descriptors["camera"]},
    ):
        pairs = proposed(few)
        assert pairs.columns.tolist() == ["left", "right", "distance", "transform", "votes"]
        assert pairs.empty


def test_what_a_crowd_shares_says_nothing(descriptors):
    """Descriptors that more pictures have than a crowd vote for none of them."""
    shared = descriptors["camera"]
    few = Descriptors(shared.codes[:20], shared.places[:20], shared.size)
    assert len(proposed({f"{number:04d}": few for number in range(40)})) > 0
    assert len(proposed({f"{number:04d}": few for number in range(CROWD + 2)})) == 0


@pytest.mark.parametrize(("parts", "finest", "bound"), [(1, 16, "FULL"), (8, 16, "LISTED"), (8, 8, "FULL")])
def test_full_cells_are_left_out(many, monkeypatch, parts, finest, bound):
    """Cells above a bound are not compared; where they are divided, and can be further, it is another than where they cannot."""
    for name, value in (("parts_for", lambda _: parts), ("FINEST", finest)):
        monkeypatch.setattr(f"dedupelab.match.search.voting.{name}", value)
    other = "LISTED" if bound == "FULL" else "FULL"
    monkeypatch.setattr(f"dedupelab.match.search.voting.{other}", 0)
    assert len(proposed(many)) > 0
    monkeypatch.setattr(f"dedupelab.match.search.voting.{bound}", 0)
    assert len(proposed(many)) == 0
