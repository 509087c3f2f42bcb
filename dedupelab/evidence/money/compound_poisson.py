"""What a register's entries cost in a year: events at random times, each with a cost of its own (compound Poisson).

The expected cost a year is what was recorded, over the years that were watched. Its interval is that of Fay and Feuer,
Statistics in Medicine 16 (1997) 791-801, for a weighted sum of Poisson counts: each entry is one count, its cost the weight.
"""

from collections.abc import Callable
from math import sqrt

import numpy as np
from scipy.special import gammaincinv

from dedupelab.numbers.distributions import Distribution
from dedupelab.numbers.draws import Floats, Streams

Costs = Callable[[int], Floats]
"""Draws the costs of so many events."""
_EVENTS = 5_000_000
"""Events that are drawn one by one; beyond, their sum is normal for all that can be seen."""


def yearly(costs: Floats, years: float, level: float = 0.95) -> tuple[float, tuple[float, float]]:
    """Return the expected cost a year and its interval.

    Examples
    --------
    Ten events of cost 1 in two years: 5 a year, and Garwood's exact interval of a count of 10, halved.

    >>> value, (low, high) = yearly(np.ones(10), 2.0)
    >>> value, round(low, 3), round(high, 3)
    (5.0, 2.398, 9.195)
    """
    total, square, most = float(costs.sum()), float((costs**2).sum()), float(costs.max(initial=0.0))
    if total <= 0:
        return 0.0, (0.0, 0.0)
    tail = (1 - level) / 2
    # Gamma with the mean and variance of the sum; above, of the sum with one more event of the largest cost.
    low = square / total * float(gammaincinv(total**2 / square, tail))
    above, wide = total + most, square + most**2
    high = wide / above * float(gammaincinv(above**2 / wide, 1 - tail))
    return total / years, (low / years, high / years)


def expected_draws(costs: Floats, years: float, streams: Streams, name: str) -> Floats:
    """Return draws of the expected cost a year: each entry weighted with an exponential of mean 1 (Bayesian bootstrap)."""
    random = streams.generator(f"{name} expected")
    if len(costs) > 500:
        spread = sqrt(float((costs**2).sum()))
        return np.maximum(random.normal(float(costs.sum()), spread, streams.draws), 0) / years
    found: Floats = random.standard_exponential((streams.draws, len(costs))) @ costs / years
    return found


def year_draws(costs: Floats, years: float, streams: Streams, name: str) -> Floats:
    """Return draws of one year's cost: how many events (their rate uncertain as well), each of a recorded cost."""
    random = streams.generator(name)
    rate = random.gamma(len(costs) + 0.5, 1 / years, streams.draws)
    return _sums(random, rate, lambda events: random.choice(costs, events), costs)


def compound_draws(
    rate: Floats, factors: tuple[Distribution, ...], streams: Streams, name: str, share: Floats
) -> Floats:
    """Return draws of a year's cost: `rate` events a year, each of the product of the factors, times `share`.

    The mean is E(rate) x E(cost), the variance E(rate) x E(cost^2) + Var(rate) x E(cost)^2 (Wald).
    """
    random = streams.generator(name)

    def costs(events: int) -> Floats:
        own = Streams(events, streams.seed)
        product: Floats = np.prod([f.draw(own, f"{name} {i}") for i, f in enumerate(factors)], axis=0)
        return product

    found: Floats = _sums(random, rate, costs, costs(streams.draws)) * share
    return found


def _sums(random: np.random.Generator, rate: Floats, costs: Costs, sample: Floats) -> Floats:
    """Return the sum of a Poisson number of costs for each rate, all at once."""
    events = random.poisson(rate)
    if events.sum() > _EVENTS:
        spread = np.sqrt(events) * float(sample.std())
        return np.maximum(events * float(sample.mean()) + spread * random.standard_normal(len(rate)), 0)
    total = int(events.sum())
    drawn = costs(total) if total else np.empty(0)
    owner = np.repeat(np.arange(len(rate)), events)
    return np.bincount(owner, weights=drawn, minlength=len(rate)).astype(np.float64)
