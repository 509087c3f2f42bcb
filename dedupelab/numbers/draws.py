"""Random numbers for the money lines: each input has a stream of its own, seeded by its name.

Two scenarios that share an input share its draws (common random numbers), and a further input leaves the draws of the
others as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DRAWS = 10_000
SEED = 1


@dataclass(frozen=True)
class Streams:
    """Uniform numbers for each named input: equal names, seed and count give equal numbers.

    Each stream is stratified (one number in each of `draws` equal steps, shuffled), so that means and quantiles of one
    input are nearly exact (McKay, Beckman and Conover 1979).
    """

    draws: int = DRAWS
    seed: int = SEED
    _kept: dict[str, Floats] = field(default_factory=dict, repr=False, compare=False)

    def uniform(self, name: str) -> Floats:
        """Return numbers in (0, 1), one in each step, in an order of the name's own."""
        if name not in self._kept:
            random = self.generator(name)
            steps = (random.permutation(self.draws) + random.random(self.draws)) / self.draws
            self._kept[name] = np.clip(steps, 1e-12, 1 - 1e-12)
        return self._kept[name]

    def generator(self, name: str) -> np.random.Generator:
        """Return the name's own generator, for draws that are no quantiles."""
        return np.random.default_rng([self.seed, crc32(name.encode())])


def correlation(one: Floats, other: Floats) -> float:
    """Return Spearman's rank correlation; 0 where one of the two does not vary."""
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    return float(np.corrcoef(_ranks(one), _ranks(other))[0, 1])


def _ranks(values: Floats) -> Floats:
    """Ranks from 1; equal values share the mean of theirs."""
    _, inverse, times = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(times)
    ranks: Floats = (ends - (times - 1) / 2)[inverse]
    return ranks


def quantiles(draws: Floats, levels: Sequence[float]) -> tuple[float, ...]:
    """Return quantiles of draws as plain numbers."""
    return tuple(float(q) for q in np.quantile(draws, levels))
