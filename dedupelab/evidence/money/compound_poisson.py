"""What a register's entries cost in a year: events at random times, each with a cost of its own (compound Poisson).

The expected cost a year is what was recorded, over the years that were watched. How sure that is follows from how many
events there were and how unequal they were: draws are lognormal around the recorded cost, with its relative variance.
"""

from collections.abc import Callable, Mapping

import numpy as np
from scipy.special import ndtri, stdtrit

from dedupelab.numbers.distributions import Distribution
from dedupelab.numbers.draws import Floats, Streams, quantiles

Costs = Callable[[int], Floats]
"""Draws the costs of so many events."""
FEWEST_EVENTS = 5
"""Events below which no interval is given: their spread says nothing that could be relied on."""
_EVENTS = 5_000_000
"""Events that are drawn one by one; beyond, their sum is normal for all that can be seen."""
_FEWEST = 1000
_Z = float(ndtri(0.975))


def spread(costs: Floats, *, counted: bool = True) -> float:
    """Return the standard deviation of the logarithm of a total of costs.

    A Poisson number of lognormal costs has a relative variance of exp(s^2) / n, with s^2 the variance of the costs'
    logarithms; a fixed number (`counted` false) has (exp(s^2) - 1) / n. As s^2 is estimated from n costs, it and the variance
    are taken larger by 2 / n, and the deviation by Student's t of n - 1 degrees over the normal's. Costs of 0 add nothing.

    Ten equal costs: variance ln(1 + 1.2 / 10), times (2.262 / 1.960)^2.

    >>> round(spread(np.ones(10)), 4)
    0.3885
    """
    paid = costs[costs > 0]
    number = len(paid)
    if number < 2 or (not counted and not np.ptp(paid)):
        return 0.0
    squared = float(np.log(paid).var(ddof=1))
    more = 1 + 2 / number
    relative = (np.exp(squared * more) - (0 if counted else 1)) * more / number
    return float(np.log1p(relative) ** 0.5 * stdtrit(number - 1, 0.975) / _Z)


def expected_draws(
    costs: Floats, years: float, streams: Streams, name: str, *, counted: bool = True
) -> Floats:
    """Return draws of the expected cost a year; their mean is the recorded cost over the years."""
    width = spread(costs, counted=counted)
    draws = np.exp(width * ndtri(streams.uniform(name)))
    return np.asarray(draws / draws.mean() * costs.sum() / years, np.float64)


def interval(draws: Floats, costs: Floats) -> tuple[float, float] | None:
    """Return the central 95 % of draws of an expected cost; none where fewer than five events were recorded."""
    if (costs > 0).sum() < FEWEST_EVENTS:
        return None
    low, high = quantiles(draws, (0.025, 0.975))
    return low, high


def year_draws(costs: Floats, years: float, expected: Floats, streams: Streams, name: str) -> Floats:
    """Return draws of one year's cost: a random number of events, each of a recorded cost, as uncertain as `expected` is."""
    random = streams.generator(name)
    rate = np.full(streams.draws, len(costs) / years)
    level = expected * years / costs.sum()
    found: Floats = _sums(random, rate, lambda events: random.choice(costs, events), costs) * level
    return found


def compound_draws(
    rate: Floats, factors: Mapping[str, Distribution], streams: Streams, share: Floats
) -> Floats:
    """Return draws of a year's cost: `rate` events a year, each of the product of the factors, times `share`.

    Factors go by the names of their streams, and move together from event to event where these do. The mean is E(rate) x E(cost), the variance E(rate) x E(cost^2) + Var(rate) x E(cost)^2 (Wald).
    """
    random = streams.generator("M9 year")

    def costs(events: int) -> Floats:
        # Of a handful of draws none can be put into an order that a correlation asks for.
        own = Streams(max(events, _FEWEST), streams.seed, streams.correlations)
        product: Floats = np.prod([f.draw(own, factor) for factor, f in factors.items()], axis=0)
        return product[:events]

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
