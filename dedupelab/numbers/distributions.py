"""Inputs that are not known exactly: a point, a triangle, a lognormal from two quantiles, or what a register recorded."""

from dataclasses import dataclass
from math import exp, inf, isfinite, log
from typing import Protocol

import numpy as np
from scipy.special import chdtri, ndtri

from dedupelab.errors import ConfigError
from dedupelab.numbers.amounts import LARGEST
from dedupelab.numbers.draws import Floats, Streams
from dedupelab.numbers.messages import Message, message

_Z90 = float(ndtri(0.9))
WIDEST = 100.0
"""P90 over P50 of a lognormal beyond which it is refused: its mean would rest on cases that nobody has seen."""


class Distribution(Protocol):
    """What an input may be: something with a mean and a quantile function."""

    @property
    def mean(self) -> float:
        """The expected value."""

    def draw(self, streams: Streams, name: str, /) -> Floats:
        """Return the input's draws."""

    @property
    def told(self) -> Message:
        """How the assumptions log prints it."""


@dataclass(frozen=True)
class Point:
    """One number, taken as it is."""

    value: float

    @property
    def mean(self) -> float:
        """The number."""
        return self.value

    def draw(self, streams: Streams, _name: str, /) -> Floats:
        """Return the number, once for each draw."""
        return np.full(streams.draws, self.value)

    @property
    def told(self) -> Message:
        """The number."""
        return message("{value:,.10g}", value=self.value)


@dataclass(frozen=True)
class Triangular:
    """From lowest over most likely to highest.

    Raises
    ------
    ConfigError
        If they are not in that order.

    Examples
    --------
    >>> Triangular(0, 1, 5).mean
    2.0
    """

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        """Refuse a triangle that is none."""
        if not self.low <= self.mode <= self.high:
            raise ConfigError(
                f"expected low <= value <= high, got {self.low:g}, {self.mode:g}, {self.high:g}; put them in order"
            )

    @property
    def mean(self) -> float:
        """A third of the sum of the three."""
        return (self.low + self.mode + self.high) / 3

    def draw(self, streams: Streams, name: str, /) -> Floats:
        """Return quantiles of the name's stream."""
        u = streams.uniform(name)
        width = self.high - self.low
        if not width:
            return np.full_like(u, self.low)
        turn = (self.mode - self.low) / width
        rising = self.low + np.sqrt(u * width * (self.mode - self.low))
        falling = self.high - np.sqrt((1 - u) * width * (self.high - self.mode))
        return np.where(u < turn, rising, falling)

    @property
    def told(self) -> Message:
        """Both ends and the most likely value."""
        return message(
            "{low:,.10g} to {high:,.10g}, most likely {mode:,.10g}",
            low=self.low,
            high=self.high,
            mode=self.mode,
        )


@dataclass(frozen=True)
class LogNormal:
    """From the amount that half, and the amount that nine in ten, stay below.

    Raises
    ------
    ConfigError
        If P50 is not positive, P90 is below it, or P90 is more than a hundred times P50.

    Examples
    --------
    >>> round(LogNormal(10, 10).mean, 6)
    10.0
    """

    p50: float
    p90: float

    def __post_init__(self) -> None:
        """Refuse quantiles that no lognormal has, and a spread that would make its mean meaningless."""
        if not 0 < self.p50 <= self.p90:
            raise ConfigError(
                f"expected 0 < p50 <= p90, got p50 {self.p50:g} and p90 {self.p90:g}; P90 is what nine in ten stay below"
            )
        if self.p90 > WIDEST * self.p50:
            raise ConfigError(
                f"expected p90 within {WIDEST:g} times p50, got p50 {self.p50:g} and p90 {self.p90:g}; give low, value and high, or ask again"
            )

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm: ln(P90 / P50) / 1.2816."""
        return log(self.p90 / self.p50) / _Z90

    @property
    def mean(self) -> float:
        """P50 times exp(sigma^2 / 2)."""
        return self.p50 * exp(self.sigma**2 / 2)

    def draw(self, streams: Streams, name: str, /) -> Floats:
        """Return quantiles of the name's stream."""
        found: Floats = self.p50 * np.exp(self.sigma * ndtri(streams.uniform(name)))
        return found

    @property
    def told(self) -> Message:
        """The two amounts."""
        return message("P50 {p50:,.10g}, P90 {p90:,.10g} (lognormal)", p50=self.p50, p90=self.p90)


@dataclass(frozen=True)
class MeanTime:
    """The mean of a quantity of which a sample was recorded, as uncertain as the sample leaves it.

    Times of human work are close to lognormal. Draws are the generalised pivotal quantity of a lognormal mean; their
    central 95 % is the interval of Krishnamoorthy and Mathew, J. Stat. Plan. Inference 115 (2003) 103-121.
    """

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse samples that carry no mean."""
        if not self.values or min(self.values) <= 0:
            raise ConfigError(
                f"expected recorded values above 0, got {sorted(self.values)[:3]}; correct the register"
            )

    @property
    def mean(self) -> float:
        """The average of what was recorded."""
        return sum(self.values) / len(self.values)

    def draw(self, streams: Streams, name: str, /) -> Floats:
        """Return draws of the mean; a single value is taken as it is."""
        logs = np.log(np.asarray(self.values, np.float64))
        n = len(logs)
        spread = float(np.var(logs, ddof=1)) if n > 1 else 0.0
        if spread == 0.0:
            return np.full(streams.draws, self.mean)
        # The last half per cent of the variance's tail is cut: with few entries its draws would outweigh all others.
        tail = np.maximum(1 - streams.uniform(f"{name} (spread)"), 0.005)
        variance = (n - 1) * spread / chdtri(n - 1, 1 - tail)
        centre = float(logs.mean()) - ndtri(streams.uniform(name)) * np.sqrt(variance / n)
        found: Floats = np.exp(centre + variance / 2)
        return found

    @property
    def told(self) -> Message:
        """The mean, and of how many."""
        return message("mean {mean:,.4g} of {count:,} recorded", mean=self.mean, count=len(self.values))


def distribution(
    value: float | None = None,
    low: float | None = None,
    high: float | None = None,
    p50: float | None = None,
    p90: float | None = None,
    *,
    most: float = inf,
) -> Distribution:
    """Return what an input's given numbers mean: `value`; `low`, `value`, `high`; or `p50`, `p90`.

    Parameters
    ----------
    most
        What no number may exceed, such as 1 for a share.

    Raises
    ------
    ConfigError
        If the numbers are none of the three forms, negative, not finite, above `most` or `LARGEST`, out of order, or so far apart that
        the mean would rest on cases that nobody has seen.

    Examples
    --------
    >>> str(distribution(low=1, value=2, high=4).told)
    '1 to 4, most likely 2'
    """
    given = {n: v for n, v in (("value", value), ("low", low), ("high", high), ("p50", p50), ("p90", p90)) if v is not None}  # fmt: skip
    for name, number in given.items():
        if not isfinite(number) or number < 0:
            raise ConfigError(
                f"expected {name} to be a number from 0 upwards, got {number}; correct the value"
            )
        if number > min(most, LARGEST):
            raise ConfigError(
                f"expected {name} to be at most {min(most, LARGEST):g}, got {number:g}; correct the value"
            )
    match given:
        case {"value": v, **rest} if not rest:
            return Point(v)
        case {"low": a, "value": b, "high": c, **rest} if not rest:
            if most == inf and c > WIDEST * b > 0:
                raise ConfigError(
                    f"expected high within {WIDEST:g} times value, got value {b:g} and high {c:g}; give the highest that is thought possible, or ask again"
                )
            return Triangular(a, b, c)
        case {"p50": m, "p90": n, **rest} if not rest and most == inf:
            return LogNormal(m, n)
    forms = "value; low, value and high" + ("; or p50 and p90" if most == inf else "")
    raise ConfigError(f"expected {forms}, got {', '.join(given) or 'none'}; give one of these forms")
