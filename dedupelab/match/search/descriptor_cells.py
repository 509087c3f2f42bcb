"""Cells: a fixed division of the space of descriptors, the same on every machine, in every study and at every gate.

A division learnt from a collection changes when the collection does, and with it which pairs are found. This one is made of whole
numbers only, by k-means on made-up vectors that spread like descriptors of photographs. It has two levels, coarse cells and a
division of what is left within them, and is closed under mirroring and inversion: the cell of a mirrored descriptor is the mirrored cell.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupelab.match.search.descriptors import INVERT_SIGNS, MIRROR_SIGNS, SCALE, Codes

Wholes = NDArray[np.int64]
Cells = NDArray[np.uint32]
Floats = NDArray[np.float32]

FORMS: Final = ((False, False), (True, False), (False, True), (True, True))
"""Mirrored, inverted; numbered so that one form after another is the exclusive or of their numbers."""
PROBES: Final = 8
"""Cells in which a descriptor is looked for; one, the nearest, is where it is found."""
UNDIVIDED: Final = 600_000
"""Descriptors up to which coarse cells are enough."""
MEMBERS: Final = 150
"""Descriptors in a cell at most, on average, of more."""
FINEST: Final = 1 << 12
"""Parts of a coarse cell at most: four million cells."""
NEAR: Final = 0.20
"""Distance of two descriptors (of unit vectors) that vote: nearer are half of the true matches and hardly any others."""
WIDE: Final = 16
"""Parts of a coarse cell up to which that holds. In larger collections chance would bring ever more votes, so that they vote when nearer:"""
NARROWING: Final = 9
"""chance falls with more than the seventh power of the distance; at 0.14 nine tenths of the true matches remain."""
_QUARTER: Final = 256
"""Coarse cells of the plain form."""
_COARSE: Final = 4 * _QUARTER
_LOOKED_INTO: Final = 8
"""Coarse cells whose parts are compared."""
_CACHED: Final = 1 << 18
"""Distances that a core's own cache holds: a megabyte."""
_ROUNDS: Final = 8
_SAMPLE: Final = 60
# Of the coefficients of photographs' descriptors: what they lie around where no form changes the sign, and how far they spread.
_AROUND = {0: 27, 3: 50, 6: -26, 12: 9, 21: -15, 27: 1, 28: -27, 29: 10}
_SPREAD = (48, 46, 39, 42, 36, 35, 34, 28, 25, 28, 28, 24, 23, 20, 24, 21, 23, 19, 19, 20, 21, 20, 19, 15, 15, 21, 15, 15, 16, 17, 15, 13)  # fmt: skip
SIGNS: Final = tuple(
    (MIRROR_SIGNS if mirrored else 1) * (INVERT_SIGNS if inverted else 1) * np.ones_like(MIRROR_SIGNS)
    for mirrored, inverted in FORMS
)
"""What each form does to a code."""


def parts_for(descriptors: int) -> int:
    """Return into how many parts coarse cells are divided for so many descriptors: one, or a power of two from eight.

    >>> parts_for(100_000), parts_for(1_000_000), parts_for(54_000_000)
    (1, 8, 512)
    """
    if descriptors <= UNDIVIDED:
        return 1
    parts = 8
    while parts < FINEST and descriptors > MEMBERS * _COARSE * parts:
        parts *= 2
    return parts


def near_limit(parts: int) -> int:
    """Return the squared distance of codes within which descriptors vote, where there are so many cells.

    >>> [round((near_limit(parts) ** 0.5) / float(SCALE), 2) for parts in (1, 16, 128, 512)]
    [0.2, 0.2, 0.16, 0.14]
    """
    distance = NEAR * min(1.0, WIDE / parts) ** (1 / NARROWING)
    return int((distance * float(SCALE)) ** 2)


def cell_count(parts: int) -> int:
    """Return how many cells there are."""
    return _COARSE * parts


def turned(form: int, parts: int) -> int:
    """Return what the number of a cell is to be XORed with for the number of the cell in that form."""
    return form * (_QUARTER * parts + (parts // 4))


def plain_cells(cells: Cells, parts: int) -> tuple[Wholes, NDArray[np.uint8]]:
    """Return for each cell the one that is the same in plain form, and in which form of that it is."""
    form = (cells // (_QUARTER * parts)).astype(np.uint8)
    return cells.astype(np.int64) ^ form * np.int64(turned(1, parts)), form


def orbit_count(parts: int) -> int:
    """Return above which number `orbits` has none."""
    return _QUARTER * max(parts // 4, 1)


def orbits(cells: Cells, parts: int) -> Wholes:
    """Return for each cell a number that it shares with its forms only: what lies in them is compared among itself."""
    inner = max(parts // 4, 1)
    whole = cells.astype(np.int64)
    return whole // parts % _QUARTER * inner + whole % parts % inner


def cells_of(codes: Codes, parts: int) -> Cells:
    """Return the nearest cells of every descriptor (n x PROBES), nearest first."""
    coarse, fine, across = _book(parts)
    found = np.empty((len(codes), PROBES), np.uint32)
    # So many at once that the distances of all of them stay in a core's own cache.
    size = max(64, min(512, _CACHED // (_LOOKED_INTO * parts)))
    room = np.empty((size, _LOOKED_INTO, parts), np.float32)
    for start in range(0, len(codes), size):
        block = codes[start : start + size].astype(np.float32)
        near, away = _smallest(_distances(block, coarse), PROBES if parts == 1 else _LOOKED_INTO)
        if parts > 1:
            # The centre of a part is the sum of two, so that each descriptor is multiplied with either once.
            inner = np.take(across, near, axis=0, out=room[: len(block)], mode="clip")
            inner += away[:, :, None]
            inner -= ((2 * block) @ fine.T)[:, None]
            best, _ = _smallest(inner.reshape(len(block), -1), PROBES)
            near = np.take_along_axis(near, best // parts, axis=1) * parts + best % parts
        found[start : start + size] = near
    return found


def _smallest(away: Floats, count: int) -> tuple[Wholes, Floats]:
    """Return the columns of the smallest of each row, in order, of equal ones the first, and how small they are; `away` is spent."""
    rows = np.arange(len(away))
    found, least = np.empty((len(away), count), np.int64), np.empty((len(away), count), np.float32)
    for rank in range(count):
        found[:, rank] = column = away.argmin(axis=1)
        least[:, rank] = away[rows, column]
        away[rows, column] = np.inf
    return found, least


def _distances(codes: Floats, book: Floats) -> Floats:
    """Return squared distances (codes x book), each row's less its own length.

    Whole numbers below 2^24, which single precision holds exactly, whoever multiplies.
    """
    wide, beside = (np.ones((len(each), codes.shape[1] + 1), np.float32) for each in (codes, book))
    wide[:, :-1], beside[:, :-1] = codes, -2 * book
    beside[:, -1] = np.einsum("ij,ij->i", book, book)
    away: Floats = wide @ beside.T
    return away


@cache
def _book(parts: int) -> tuple[Floats, Floats, Floats]:
    """Return the coarse cells' centres, those of the parts relative to them, and by how much each part's distance differs for that.

    The last (coarse x parts) is the part's squared length and twice its product with the coarse centre.
    """
    around = np.array([_AROUND.get(k, 0) for k in range(len(_SPREAD))])
    # The sum of eight random bytes is nearly normal around 1020, with a deviation of 209.
    raw = np.random.PCG64(18).random_raw(_SAMPLE * _QUARTER * len(_SPREAD))
    normal = raw.view(np.uint8).reshape(-1, 8).sum(axis=1, dtype=np.int64).reshape(-1, len(_SPREAD)) - 1020
    sample = np.clip(around + normal * np.array(_SPREAD) // 209, -127, 127)
    coarse = _closed(_centres(sample, _QUARTER))
    if parts == 1:
        return coarse, np.zeros((1, len(_SPREAD)), np.float32), np.zeros((_COARSE, 1), np.float32)
    nearest = _smallest(_distances(sample.astype(np.float32), coarse), 1)[0][:, 0]
    fine = _closed(_centres(sample - coarse[nearest].astype(np.int64), parts // 4))
    return coarse, fine, np.einsum("ij,ij->i", fine, fine) + 2 * coarse @ fine.T


def _centres(sample: Wholes, count: int) -> Wholes:
    """Return centres by k-means in whole numbers."""
    centres = sample[:count]
    vectors = sample.astype(np.float32)
    for _ in range(_ROUNDS):
        away = np.concatenate(
            [
                _distances(vectors[k : k + 4096], centres.astype(np.float32))
                for k in range(0, len(vectors), 4096)
            ]
        )
        nearest = _smallest(away, 1)[0][:, 0]
        counts = np.bincount(nearest, minlength=count)[:, None]
        met = np.flatnonzero(counts)
        ordered = sample[np.argsort(nearest, kind="stable")]
        sums = np.zeros(centres.shape, np.int64)
        sums[met] = np.add.reduceat(ordered, (np.cumsum(counts) - counts[:, 0])[met])
        centres = np.where(counts > 0, (2 * sums + counts) // np.maximum(2 * counts, 1), centres)
    return centres


def _closed(centres: Wholes) -> Floats:
    return np.concatenate([centres * signs for signs in SIGNS]).astype(np.float32)
