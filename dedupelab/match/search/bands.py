"""How a fingerprint is cut into bands, so that near prints share a bucket in at least one of them.

If the bands' radii satisfy `sum(radius + 1) >= r + 1`, two prints within `r` bits of each other are within `radius` bits
of each other in some band (Norouzi, Punjani and Fleet, "Fast exact search in Hamming space with multi-index hashing",
TPAMI 2014, proposition 2). Comparing everything with everything is the plan of one band without bits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Prints: TypeAlias = NDArray[np.uint64]
"""64-bit fingerprints, shape (n,), or 256-bit ones, shape (n, 4) with the least significant word first."""

WORD = 64
MAX_WIDTH = 24
MAX_BUCKETS_VISITED = 50_000


@dataclass(frozen=True)
class Band:
    """`width` bits from bit `shift` upwards; prints that differ there in at most `radius` bits are compared."""

    shift: int
    width: int
    radius: int

    @property
    def buckets(self) -> int:
        """Number of different values of the band."""
        return 1 << self.width

    def flips(self) -> NDArray[np.uint32]:
        """Return every pattern of at most `radius` of the band's bits, ascending.

        >>> Band(shift=0, width=3, radius=1).flips().tolist()
        [0, 1, 2, 4]
        """
        patterns = (
            sum(1 << bit for bit in chosen)
            for count in range(self.radius + 1)
            for chosen in combinations(range(self.width), count)
        )
        return np.array(sorted(patterns), np.uint32)

    def mask(self, words: int) -> NDArray[np.uint64]:
        """Return the words of a print in which exactly the band's bits are set."""
        bits = (self.buckets - 1) << self.shift
        return np.array([bits >> (WORD * word) & (2**WORD - 1) for word in range(words)], np.uint64)

    def keys(self, prints: Prints) -> NDArray[np.uint32]:
        """Return each print's bucket: the band's bits as a number."""
        word, offset = divmod(self.shift, WORD)
        columns = prints[:, None] if prints.ndim == 1 else prints
        keys = columns[:, word] >> np.uint64(offset)
        if offset + self.width > WORD:
            keys |= columns[:, word + 1] << np.uint64(WORD - offset)
        keys &= np.uint64(self.buckets - 1)
        return keys.astype(np.uint32)


class Buckets(NamedTuple):
    """Both sides of a join in order of their bucket: prints, their original positions, and the rows' buckets or where each begins."""

    rows: Prints
    row_order: NDArray[np.int32]
    row_keys: NDArray[np.uint32]
    columns: Prints
    column_order: NDArray[np.int32]
    starts: NDArray[np.int32]


@dataclass(frozen=True)
class Costs:
    """What a step of a join costs, in nanoseconds; only the ratios matter."""

    prepare: float
    """Sorting one print into its bucket."""
    visit: float
    """Looking up one neighbouring bucket."""
    compare: float
    """Comparing one pair of prints from neighbouring buckets."""
    scan: float
    """Comparing one pair when everything is compared with everything."""


def word_count(prints: Prints) -> int:
    """Return how many 64-bit words a print has."""
    return 1 if prints.ndim == 1 else prints.shape[1]


def masks(bands: Sequence[Band], words: int) -> NDArray[np.uint64]:
    """Return the bands' masks, shape (bands, words)."""
    return np.array([band.mask(words) for band in bands], np.uint64).reshape(len(bands), words)


@lru_cache(maxsize=64)
def plan_bands(rows: int, columns: int, bits: int, radius: int, costs: Costs) -> tuple[Band, ...]:
    """Choose the cheapest exact set of bands to join `rows` prints with `columns` prints.

    Widths and radii are chosen together by dynamic programming over the bits and the `radius + 1` errors to be covered,
    for prints that fill the buckets evenly. Skewed prints make the plan slower, never wrong.

    >>> even = Costs(prepare=5, visit=1, compare=1, scan=1)
    >>> plan_bands(100, 100, 64, 8, even)
    (Band(shift=0, width=0, radius=8),)
    >>> sum(band.radius + 1 for band in plan_bands(1_000_000, 1_000_000, 64, 8, even))
    9
    """
    scan = float(rows) * columns * costs.scan
    options = [
        (width, reach, cost)
        for reach in range(min(radius, 6) + 1)
        for width in range(max(reach, 1), min(MAX_WIDTH, bits) + 1)
        if (visits := sum(comb(width, flips) for flips in range(reach + 1))) <= MAX_BUCKETS_VISITED
        and (cost := _cost(rows, columns, width, visits, costs)) < scan
    ]
    # cheapest[errors][b]: the least cost of covering `errors` with at most b bits, and the band chosen last.
    cheapest = np.full((radius + 2, bits + 1), np.inf)
    cheapest[0] = 0.0
    chosen = np.full((radius + 2, bits + 1), -1)
    for errors in range(1, radius + 2):
        for number, (width, reach, cost) in enumerate(options):
            before = cheapest[max(errors - reach - 1, 0), : bits + 1 - width] + cost
            better = before < cheapest[errors, width:]
            cheapest[errors, width:][better] = before[better]
            chosen[errors, width:][better] = number
    if cheapest[radius + 1, bits] >= scan:
        return (Band(0, 0, radius),)
    bands: list[Band] = []
    errors, free = radius + 1, bits
    while errors > 0:
        width, reach, _ = options[chosen[errors, free]]
        bands.append(Band(free - width, width, reach))
        errors, free = errors - reach - 1, free - width
    return tuple(bands)


def plan_seconds(plan: Sequence[Band], rows: int, columns: int, costs: Costs) -> float:
    """Estimate how long one thread joins by a plan, for prints that fill the buckets evenly."""
    if not plan[0].width:
        return float(rows) * columns * costs.scan / 1e9
    visits = [sum(comb(band.width, flips) for flips in range(band.radius + 1)) for band in plan]
    return sum(_cost(rows, columns, band.width, v, costs) for band, v in zip(plan, visits, strict=True)) / 1e9


def _cost(rows: int, columns: int, width: int, visits: int, costs: Costs) -> float:
    compared = float(rows) * columns * visits / (1 << width)
    return (
        (rows + columns) * costs.prepare
        + (1 << width)
        + float(rows) * visits * costs.visit
        + compared * costs.compare
    )
