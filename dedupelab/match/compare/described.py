"""Alignment by what is stored of two pictures: their compact descriptors say where one may lie on the other, with no picture read anew.

Each match of two descriptors is a whole guess by itself, as place, scale and direction are kept with each: it says how the picture is
moved, turned and scaled. The guess that most others agree with is fitted to these. What is kept is rounded, so the map is right to within
some pixels; the comparison refines it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupelab.match.compare.alignment import Alignment, Matrix, plausible
from dedupelab.match.search.descriptors import INVERT_SIGNS, MIRROR_SIGNS, Stored

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
Indices = NDArray[np.intp]

RATIO: Final = 0.92
"""Of the distances of a descriptor's two nearest, up to which the nearest is a match. Chosen above what fresh features need, as codes are
rounded, and as what agrees by chance does not agree in place."""
NEAR: Final = 0.04
"""Part of the right picture's longer side by which matches may miss a guess from one of them. Chosen: its own rounding, seen from afar."""
SCALED: Final = 0.75
"""Octaves by which the scale of a match may differ from the guess's. Chosen."""
TURNED: Final = 0.35
"""Radians by which its direction may. Chosen."""
FIT: Final = 0.015
"""Part of the right picture's longer side by which matches may miss the fitted map. Chosen: some 7 pixels of 512."""
LEAST: Final = 3
"""Places that must agree on a map. Of 987 unrelated pairs that votes proposed, 953 had none such, of 250 copies two."""
AFFINE: Final = 8
"""Matches from which stretch and shear are fitted, too. Chosen: well above the three that fit any."""
ROUNDS: Final = 3
"""Fits, each to what agrees with the one before. Chosen."""
_SIGNS = np.stack(
    [
        (MIRROR_SIGNS if mirrored else np.ones_like(MIRROR_SIGNS))
        * (INVERT_SIGNS if inverted else np.ones_like(INVERT_SIGNS))
        for mirrored in (False, True)
        for inverted in (False, True)
    ]
).astype(np.float32)
"""Of codes as they are, inverted, mirrored, and both."""
MIRRORED: Final = 2
"""The first of these ways that is mirrored."""


def described_alignments(
    left: Stored,
    right: Stored,
    sizes: tuple[tuple[int, int], tuple[int, int]],
    *,
    mirrored_first: bool,
) -> list[Alignment]:
    """Return plausible alignments, at most one per handedness and tone, those first that most matches agree with.

    Parameters
    ----------
    mirrored_first
        Which of two alignments that as many agree with comes first.
    """
    if min(len(left.points), len(right.points)) < LEAST:
        return []
    found = []
    near = NEAR * max(sizes[1])
    for way, (one, two) in enumerate(_matches(left, right)):
        if len(one) < LEAST:
            continue
        mirrored, inverted = way >= MIRRORED, way % 2 == 1
        source, target = left.points[one], right.points[two]
        octave = right.octave[two] - left.octave[one]
        # Mirrored, a direction runs the other way from the other side; inverted, it is turned round.
        before = np.float32(np.pi) - left.turn[one] if mirrored else left.turn[one]
        turn = right.turn[two] - before - np.float32(np.pi if inverted else 0)
        plain = source * np.array([-1, 1], np.float32) if mirrored else source
        agree = _agreeing(plain, target, octave, turn, near)
        count = agree.sum(axis=1)
        best = int(count.argmax())
        if count[best] < LEAST:
            continue
        chosen = Guess(source, target, agree[best], _apart(turn, turn[best]) < 2 * TURNED)
        matrix, kept = chosen.fitted(FIT * max(sizes[1]), mirrored=mirrored)
        if matrix is not None and plausible(matrix, sizes[0]):
            inliers = np.unique(source[kept], axis=0)
            found.append(Alignment(matrix, inverted, inliers, len(one)))
    return sorted(found, key=lambda a: (-len(a.inliers), (np.linalg.det(a.matrix) < 0) != mirrored_first))  # type: ignore[arg-type]


def placeable(one: Stored, two: Stored) -> bool:
    """Whether what is stored of two pictures lays one on the other, read from the smaller; of two equally large, from either."""
    (left, first), (right, second) = sorted(
        ((each, each.size[::-1]) for each in (one, two)), key=itemgetter(1)
    )
    ways = ((left, right),) if first < second else ((left, right), (right, left))
    return any(described_alignments(a, b, (a.size, b.size), mirrored_first=False) for a, b in ways)


def _matches(left: Stored, right: Stored) -> Iterator[tuple[Indices, Indices]]:
    """Yield for each way codes that are each other's nearest, and much nearer than the next: of left, of right."""
    for signs in _SIGNS:
        likeness = (left.units * signs) @ right.units.T
        rows = np.arange(len(likeness))
        best = likeness.argmax(axis=1)
        top = likeness[rows, best]
        likeness[rows, best] = -1
        one = np.flatnonzero(1 - top < RATIO**2 * (1 - likeness.max(axis=1)))
        two = best[one]
        # Of these few alone it is asked whether the other's nearest is their own.
        likeness[rows, best] = top
        mutual = likeness[:, two].argmax(axis=0) == one
        yield one[mutual], two[mutual]


def _agreeing(plain: Floats, target: Floats, octave: Floats, turn: Floats, near: float) -> Flags:
    """Return for the guess from each match (row) which matches agree with it."""
    zoom = np.exp2(octave)
    real, imaginary = (zoom * np.cos(turn))[:, None], (zoom * np.sin(turn))[:, None]
    across, down = plain[None, :, 0] - plain[:, None, 0], plain[None, :, 1] - plain[:, None, 1]
    x = real * across - imaginary * down - (target[None, :, 0] - target[:, None, 0])
    y = imaginary * across + real * down - (target[None, :, 1] - target[:, None, 1])
    agree = (x * x + y * y < near * near) & (np.abs(octave[:, None] - octave[None]) < SCALED)
    return np.asarray(agree & (_apart(turn[:, None], turn[None]) < TURNED), np.bool_)


def _apart(one: Floats, two: Floats) -> Floats:
    """Return the angle between directions, in radians."""
    full = np.float32(2 * np.pi)
    return np.asarray(np.abs((one - two + np.float32(np.pi)) % full - np.float32(np.pi)), np.float32)


@dataclass(frozen=True)
class Guess:
    """Matches of one way, and which of them agree."""

    source: Floats
    target: Floats
    agreeing: Flags
    possible: Flags
    """Which may be joined to them: those that turn as they do."""

    def fitted(self, near: float, *, mirrored: bool) -> tuple[Matrix | None, Flags]:
        """Return the map fitted to what agrees, within `near` pixels in the end, and what does; None where too little does."""
        source, target, kept = self.source.astype(np.float64), self.target.astype(np.float64), self.agreeing
        matrix: Matrix | None = None
        for _ in range(ROUNDS):
            # The same place described in two directions is one witness, not two.
            if len({*map(tuple, source[kept].tolist())}) < LEAST:
                return None, kept
            matrix = fit(source[kept], target[kept], mirrored=mirrored)
            off = source @ matrix[:2, :2].T + matrix[:2, 2] - target
            again = np.asarray(((off**2).sum(axis=1) < near * near) & self.possible)
            if np.array_equal(again, kept):
                return matrix, kept
            kept = again
        enough = len({*map(tuple, source[kept].tolist())}) >= LEAST
        return (matrix if enough else None), kept


def fit(source: NDArray[np.float64], target: NDArray[np.float64], *, mirrored: bool) -> Matrix:
    """Return the affine map nearest to matched places; of few, the one that moves, turns and scales alone.

    >>> fit(np.array([[0.0, 0], [1, 0], [0, 1]]), np.array([[5.0, 5], [5, 7], [3, 5]]), mirrored=False).round(6) + 0.0
    array([[ 0., -2.,  5.],
           [ 2.,  0.,  5.],
           [ 0.,  0.,  1.]])
    """
    matrix = np.eye(3)
    middle, other = source.mean(axis=0), target.mean(axis=0)
    one, two = source - middle, target - other
    normal = one.T @ one
    wide = normal[0, 0] * normal[1, 1] - normal[0, 1] ** 2 > 1e-3 * (normal[0, 0] + normal[1, 1]) ** 2
    if len(source) >= AFFINE and wide:
        matrix[:2, :2] = np.linalg.solve(normal, one.T @ two).T
    else:
        hand = np.diag([-1.0, 1.0]) if mirrored else np.eye(2)
        one = one @ hand
        spread = max(float((one**2).sum()), 1e-9)
        real = float((one * two).sum()) / spread
        imaginary = float((one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]).sum()) / spread
        matrix[:2, :2] = np.array([[real, -imaginary], [imaginary, real]]) @ hand
    matrix[:2, 2] = other - matrix[:2, :2] @ middle
    return matrix
