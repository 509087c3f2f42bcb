"""Whether alike descriptors also lie alike."""

import numpy as np
import pytest

from dedupelab.match.search.placement import LEAST, Votes, place


def votes(left, right, *, size=(512, 512), mirrored=False):
    flag = np.array([mirrored])
    sizes = np.array([size], np.int64)
    return Votes(np.array([0, len(left)]), left, right, sizes, sizes, flag, np.array([False]))


@pytest.fixture
def left():
    rng = np.random.default_rng(0)
    places = rng.integers(60, 190, (40, 4))
    places[:, 2] = rng.integers(40, 80, 40)
    return places.astype(np.uint8)


def moved(left, degrees=0.0, growth=0, *, mirrored=False):
    """Lay a square picture on another: mirrored first, then turned about its middle, then grown."""
    x, y = (left[:, k].astype(float) - 127.5 for k in (0, 1))
    x = -x if mirrored else x
    turn, times = np.deg2rad(degrees), 2 ** (growth / 16)
    across, down = (
        (x * np.cos(turn) - y * np.sin(turn)) * times,
        (x * np.sin(turn) + y * np.cos(turn)) * times,
    )
    direction = (128 - left[:, 3].astype(int) if mirrored else left[:, 3].astype(int)) + degrees * 256 / 360
    places = [across + 127.5, down + 127.5, left[:, 2].astype(int) + growth, direction % 256]
    return np.column_stack([np.clip(np.rint(each), 0, 255) for each in places]).astype(np.uint8)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(("degrees", "growth"), [(0, 0), (33, -9), (90, 8), (250, -20)])
def test_a_placement_is_recognised(left, degrees, growth, mirrored):
    """Of forty votes for one placement nearly all agree with it, and its turn is told."""
    placed = place(votes(left, moved(left, degrees, growth, mirrored=mirrored), mirrored=mirrored))
    assert placed.votes[0] >= 36
    assert abs((placed.turn[0] - degrees * 256 / 360 + 128) % 256 - 128) < 3


def test_places_by_chance_do_not_agree(left):
    """Votes for places anywhere come to no more than chance gives, far from the votes of a copy."""
    right = np.random.default_rng(3).permutation(moved(left, 10, 4))
    assert place(votes(left, right)).votes[0] < LEAST + 3


def test_what_agrees_is_told_apart(left):
    """Beside votes by chance those of the placement are found, and only these."""
    right = moved(left, 20, -6)
    right[::2] = np.random.default_rng(4).integers(0, 256, right[::2].shape)
    agree = place(votes(left, right)).agree
    assert agree[1::2].mean() > 0.9
    assert agree[::2].mean() < 0.1


def test_one_spot_counts_once(left):
    """Several descriptors of the same spot are one place that agrees, not many."""
    one = np.repeat(left[:1], 9, axis=0)
    assert place(votes(one, one)).votes[0] == 1


def test_a_stretched_copy_agrees(left):
    """A copy made wider by a quarter still agrees: a guess is rough, and forgiving by as much."""
    right = left.copy()
    stretched = Votes(
        np.array([0, len(left)]),
        left,
        right,
        np.array([[512, 512]]),
        np.array([[512, 410]]),
        *np.zeros((2, 1), bool),
    )
    assert place(stretched).votes[0] >= 30
