"""Random numbers for the money lines: each input has a stream of its own, seeded by its name.

Two scenarios that share an input share its draws (common random numbers), and a further input leaves the draws of the
others as they are. Inputs that somebody said to move together are drawn so, by their ranks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import pi, sin
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from dedupelab.errors import ConfigError

Floats = NDArray[np.float64]
DRAWS = 10_000
SEED = 1


@dataclass(frozen=True)
class Correlation:
    """Two inputs, by the names of their streams, and Spearman's rank correlation of their draws."""

    first: str
    second: str
    rank: float


@dataclass(frozen=True)
class Streams:
    """Uniform numbers for each named input: equal names, seed and count give equal numbers.

    Each stream is stratified (one number in each of `draws` equal steps, shuffled), so that means and quantiles of one
    input are nearly exact (McKay, Beckman and Conover 1979).
    """

    draws: int = DRAWS
    seed: int = SEED
    correlations: tuple[Correlation, ...] = ()
    _kept: dict[str, Floats] = field(default_factory=dict, repr=False, compare=False)
    _asked: set[str] = field(default_factory=set, repr=False, compare=False)

    def uniform(self, name: str) -> Floats:
        """Return numbers in (0, 1), one in each step, in an order of the name's own."""
        self._asked.add(name)
        if name not in self._kept:
            random = self.generator(name)
            steps = (random.permutation(self.draws) + random.random(self.draws)) / self.draws
            self._kept[name] = np.clip(steps, 1e-12, 1 - 1e-12)
            together = self._together(name)
            if len(together) > 1:
                apart = [Streams(self.draws, self.seed).uniform(each) for each in together]
                ranks = np.eye(len(together))
                for each in self.correlations:
                    if each.first in together:
                        one, other = together.index(each.first), together.index(each.second)
                        ranks[one, other] = ranks[other, one] = each.rank
                self._kept.update(zip(together, reordered(apart, ranks, self.seed), strict=True))
        return self._kept[name]

    @property
    def idle(self) -> list[str]:
        """Names of correlations whose input nobody has drawn so far: correlations with these change nothing."""
        return sorted({n for c in self.correlations for n in (c.first, c.second)} - self._asked)

    def tied(self, *names: str) -> bool:
        """Whether any two of these names are tied, by one correlation or by several."""
        return any(len({*names} & {*self._together(name)}) > 1 for name in names)

    def _together(self, name: str) -> list[str]:
        """Return the names that are tied to one, itself among them, in order."""
        found, before = {name}, 0
        while len(found) > before:
            before = len(found)
            found |= {
                n for c in self.correlations for n in (c.first, c.second) if {c.first, c.second} & found
            }
        return sorted(found)

    def generator(self, name: str) -> np.random.Generator:
        """Return the name's own generator, for draws that are no quantiles."""
        return np.random.default_rng([self.seed, crc32(name.encode())])


def reordered(columns: Sequence[Floats], ranks: Floats, seed: int) -> list[Floats]:
    """Return the same draws in orders that give them rank correlations; each column keeps its values.

    Normal scores are given the correlations 2 sin(pi r / 6) that ranks of r have under a normal law, and the draws are put
    into their order (Iman and Conover, Commun. Stat. Simul. Comput. 11, 1982, 311-334).

    Raises
    ------
    ConfigError
        If no draws can have all of these correlations at once.

    Examples
    --------
    >>> one, other = reordered([np.arange(1000.0), np.arange(1000.0)], np.array([[1, 0.8], [0.8, 1]]), 1)
    >>> round(correlation(one, other), 2)
    0.8
    """
    wanted = np.vectorize(lambda rank: 2 * sin(pi * rank / 6))(ranks)
    np.fill_diagonal(wanted, 1.0)
    values, vectors = np.linalg.eigh(wanted)
    if values.min() < -1e-9:
        raise ConfigError(
            "correlations: expected ranks that can hold at once, got some that contradict each other; make them smaller, or leave one out"
        )
    draws = len(columns[0])
    random = np.random.default_rng([seed, crc32(b"correlations"), len(columns)])
    scores = np.stack([random.permutation(ndtri((np.arange(draws) + 0.5) / draws)) for _ in columns], axis=1)
    # What chance made the scores correlate is taken out before the wanted correlations are put in.
    apart = np.linalg.cholesky(np.corrcoef(scores, rowvar=False).reshape(len(columns), -1))
    joint = np.linalg.solve(apart, scores.T).T @ (vectors * np.sqrt(values.clip(min=0))).dot(vectors.T)
    found = []
    for number, column in enumerate(columns):
        order = np.empty(draws, np.int64)
        order[np.argsort(joint[:, number], kind="stable")] = np.arange(draws)
        found.append(np.sort(column)[order])
    return found


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
