"""Candidates by votes of local descriptors."""

import cv2
import numpy as np
import pytest
from skimage import data

from dedupelab.match.search.descriptor_index import learn, nearest_cells, propose
from dedupelab.match.search.descriptors import INVERT_SIGNS, MIRROR_SIGNS, extract
from dedupelab.tables import TRANSFORMS

SURE = 6
"""Votes that unrelated photographs do not reach."""


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


def found(pairs):
    return {frozenset(pair) for pair in zip(pairs["left"], pairs["right"], strict=True)}


def test_different_photographs_are_not_proposed(descriptors):
    """Photographs that share nothing share no more votes than chance gives."""
    assert found(propose(descriptors, least_votes=SURE)) == set()


@pytest.mark.parametrize("number", range(8))
def test_turned_copies_are_proposed_with_their_transform(pictures, descriptors, number):
    """A crop turned by any of the eight transforms is found, and the transform is told, whichever name comes first."""
    part = pictures["coffee"][40:260, 100:420]
    turned = np.ascontiguousarray(np.rot90(part[:, ::-1] if number >= 4 else part, number % 4))
    pairs = propose({**descriptors, "zzz": extract(turned)}, least_votes=SURE)
    assert found(pairs) == {frozenset({"coffee", "zzz"})}
    assert pairs["transform"].tolist() == [TRANSFORMS[number]]
    back = propose({**descriptors, "aaa": extract(turned)}, least_votes=SURE)
    undone = {"rot90": "rot270", "rot270": "rot90"}.get(TRANSFORMS[number], TRANSFORMS[number])
    assert back["transform"].tolist() == [undone]


def test_inverted_copies_are_proposed(pictures, descriptors):
    """A negative is found when inverted copies are asked for, and not otherwise."""
    more = {**descriptors, "negative": extract(255 - pictures["cat"])}
    assert found(propose(more, least_votes=SURE)) == {frozenset({"cat", "negative"})}
    assert len(propose(more, inverted=False, least_votes=SURE)) == 0


def test_order_does_not_matter(pictures, descriptors):
    """The same table comes out whatever the order of the pictures."""
    more = {**descriptors, "part": extract(pictures["camera"][100:400, 100:400])}
    assert propose(more).equals(propose(dict(reversed(more.items()))))


def test_against_limits_the_pairs(pictures, descriptors):
    """Pairs of two pictures that are both outside `against` are left out."""
    more = {**descriptors, "one": extract(pictures["camera"][20:]), "two": extract(pictures["camera"][:-20])}
    assert found(propose(more, against=["camera"])) == {
        frozenset({"camera", "one"}),
        frozenset({"camera", "two"}),
    }
    assert len(propose(more, least_votes=SURE)) == 3


def test_nothing_to_propose(descriptors):
    """No pictures, one picture and pictures without descriptors give an empty table with all columns."""
    blank = extract(np.zeros((99, 99), np.uint8))
    for few in (
        {},
        {"camera": descriptors["camera"]},
        {"a": blank, "b": blank, "camera": descriptors["camera"]},
    ):
        pairs = propose(few)
        assert pairs.columns.tolist() == ["left", "right", "distance", "transform", "votes"]
        assert pairs.empty


def test_the_codebook_is_closed():
    """The cell of a mirrored or inverted descriptor is the mirrored or inverted cell."""
    codes = np.random.default_rng(1).normal(0, 0.1, (4000, 32)).astype(np.float32)
    book = learn(codes, np.random.default_rng(0))
    quarter = len(book) // 4
    plain = nearest_cells(codes, book, probes=1)[:, 0]
    for form, signs in ((1, MIRROR_SIGNS), (2, INVERT_SIGNS), (3, MIRROR_SIGNS * INVERT_SIGNS)):
        turned = nearest_cells(codes * signs, book, probes=1)[:, 0]
        assert np.mean(turned == (plain // quarter ^ form) * quarter + plain % quarter) > 0.999
