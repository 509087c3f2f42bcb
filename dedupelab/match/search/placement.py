"""Placement: whether local descriptors that are alike also lie as one picture lies on the other.

Every pair of alike descriptors says by itself how one picture would lie on the other: moved, turned, grown, mirrored. The others of the
same two pictures either agree with it or do not. Nothing is opened for this: places and codes are kept.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupelab.tables import TRANSFORMS

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

LEAST: Final = 3
"""Places that agree, below which two pictures sharing descriptors is chance."""
GUESSES: Final = 24
"""Of the votes for two pictures, how many are asked where the others should lie."""
TURN: Final = 20
"""Difference of direction within which two votes agree, in 256ths of a turn."""
GROWTH: Final = 10
"""Difference of growth within which two votes agree, in 16ths of an octave."""
SLACK: Final = 8
"""Pixels by which a place may lie beside where it should."""
STRETCH: Final = 5
"""The part of the distance, one over this, by which it may lie beside as well: a guess's own turn and growth are rough."""
TOGETHER: Final = 1 << 20
"""Votes laid beside guesses at once."""
_STEPS = 12
_TURNS = np.arange(256) * 2 * np.pi / 256
_COSINE = np.rint(np.cos(_TURNS) * (1 << _STEPS)).astype(np.int64)
_SINE = np.rint(np.sin(_TURNS) * (1 << _STEPS)).astype(np.int64)
_TIMES = np.rint(2.0 ** (np.arange(-512, 513) / 16) * (1 << _STEPS)).astype(np.int64)


@dataclass(frozen=True)
class Votes:
    """Alike descriptors of pairs of pictures, those of a pair one after another. All whole numbers, so that every machine counts alike."""

    starts: Numbers
    """Where each pair's votes begin, and where the last ends (pairs + 1)."""
    left: NDArray[np.uint8]
    """Places of the left picture's descriptors (votes x 4)."""
    right: NDArray[np.uint8]
    left_size: Numbers
    """Width and height of each pair's left picture (pairs x 2)."""
    right_size: Numbers
    mirrored: Flags
    """Of each pair, whether its left picture is taken mirrored."""
    inverted: Flags


@dataclass(frozen=True)
class Placed:
    """How the pairs of `Votes` lie."""

    agree: Flags
    """Of each vote, whether it agrees with its pair's best guess."""
    votes: Numbers
    """Of each pair, how many places agree."""
    turn: Numbers
    """By how many 256ths of a turn, clockwise, the left picture is turned."""


def place(votes: Votes) -> Placed:
    """Find for every pair the guess with which most votes agree."""
    count = np.diff(votes.starts)
    pair = np.repeat(np.arange(len(count)), count)
    one, two = _pixels(votes.left, votes.left_size[pair]), _pixels(votes.right, votes.right_size[pair])
    one[votes.mirrored[pair], 0] *= -1
    turn, growth = turn_and_growth(votes.left, votes.right, votes.mirrored[pair], votes.inverted[pair])
    agree, best = np.zeros(len(pair), bool), np.zeros(len(count), np.int64)
    guesses = np.minimum(count, GUESSES)
    # Each guess is laid beside every vote of its pair; so many pairs at once that memory stays bounded.
    turns = np.cumsum(guesses * count) // TOGETHER
    for some in np.split(np.arange(len(count)), np.flatnonzero(np.diff(turns)) + 1) if len(count) else ():
        of = np.repeat(some, guesses[some])
        rank = np.arange(len(of)) - np.repeat(np.cumsum(guesses[some]) - guesses[some], guesses[some])
        # Guesses are taken evenly from a pair's votes.
        guess = votes.starts[of] + rank * count[of] // guesses[of]
        first = np.cumsum(count[of]) - count[of]
        asked = np.arange(count[of].sum()) - np.repeat(first - votes.starts[of], count[of])
        fits = _fits(one, two, turn, growth, np.repeat(guess, count[of]), asked)
        agreeing = np.add.reduceat(fits, first, dtype=np.int64)
        # The guess with most; among equals the first.
        order = np.lexsort((rank, -agreeing, of))
        chosen = order[np.searchsorted(of[order], some)]
        best[some] = guess[chosen]
        kept = np.isin(np.arange(len(of)), chosen).repeat(count[of])
        agree[asked[kept]] = fits[kept]
    return Placed(agree, _places(votes, pair, agree), turn[best])


def turn_and_growth(
    left: NDArray[np.uint8], right: NDArray[np.uint8], mirrored: Flags, inverted: Flags
) -> tuple[Numbers, Numbers]:
    """Return by how much each vote would have the left picture turned (256ths, clockwise) and grown (16ths of an octave)."""
    # A mirrored direction runs the other way; an inverted one is opposite.
    direction = left[:, 3].astype(np.int64)
    start = np.where(mirrored, 128 - direction, direction)
    turn: Numbers = (right[:, 3].astype(np.int64) - start + np.where(inverted, 128, 0)) % 256
    return turn, right[:, 2].astype(np.int64) - left[:, 2].astype(np.int64)


def transform_of(turn: NDArray[np.integer], mirrored: Flags) -> list[str]:
    """Name the transform nearest to a turn.

    >>> transform_of(np.array([0, 62, 130]), np.array([False, False, True]))
    ['identity', 'rot270', 'flip-rot180']
    """
    # Degrees run clockwise in pictures, transforms counter-clockwise.
    quarter = -np.rint(turn / 64).astype(np.int64) % 4
    return [TRANSFORMS[k] for k in quarter + 4 * mirrored]


def _pixels(places: NDArray[np.uint8], size: Numbers) -> Numbers:
    """Return places in 512ths of a pixel."""
    return (2 * places[:, :2].astype(np.int64) + 1) * size


def _fits(one: Numbers, two: Numbers, turn: Numbers, growth: Numbers, said: Numbers, asked: Numbers) -> Flags:
    """Whether each vote asked lies where the guess says, turned and grown alike."""
    turned = np.abs((turn[said] - turn[asked] + 128) % 256 - 128) <= TURN
    fits: Flags = turned & (np.abs(growth[said] - growth[asked]) <= GROWTH)
    said, asked = said[fits], asked[fits]
    away = one[asked] - one[said]
    cosine, sine, times = _COSINE[turn[said]], _SINE[turn[said]], _TIMES[growth[said] + 512]
    across = ((away[:, 0] * cosine - away[:, 1] * sine) >> _STEPS) * times >> _STEPS
    down = ((away[:, 0] * sine + away[:, 1] * cosine) >> _STEPS) * times >> _STEPS
    beside = two[asked] - two[said]
    beside[:, 0] -= across
    beside[:, 1] -= down
    # Whole pixels from here on, so that squares stay small.
    off = np.abs(beside).max(axis=1) >> 9
    far = np.maximum(np.abs(across), np.abs(down)) >> 9
    fits[fits] = off <= SLACK + far // STRETCH
    return fits


def _places(votes: Votes, pair: Numbers, agree: Flags) -> Numbers:
    """Count how many places agree, those that several votes share once: the fewer of the two pictures."""
    counts = []
    for side in (votes.left, votes.right):
        spot = side[agree, 0].astype(np.int64) >> 1 << 7 | side[agree, 1] >> 1
        several = np.unique(pair[agree] << 14 | spot)
        counts.append(np.bincount(several >> 14, minlength=len(votes.starts) - 1))
    return np.minimum(*counts)
