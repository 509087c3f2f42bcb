"""How long a study will take and how much memory: speeds measured on a sample, times counts, with ranges instead of points.

A range holds what the sample leaves open (its 95 % interval), how far several processes fall short of so many times the speed,
and, before the scan, how many pairs there may be to compare.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

STARTING = 2.0
"""Seconds that workers need to start, per stage."""
GAIN = (0.65, 0.9, 1.0)
"""What several processes reach of their number times the speed of one: at worst, as a rule, at best."""


@dataclass(frozen=True)
class Range:
    """A quantity that is not known exactly."""

    low: float
    expected: float
    high: float

    @classmethod
    def of(cls, samples: Sequence[float]) -> Self:
        """Return the mean of measured values with its 95 % interval; a single value may be half or twice as much.

        >>> Range.of([2.0, 4.0, 3.0, 3.0]).expected
        3.0
        """
        mean = sum(samples) / len(samples)
        if len(samples) == 1:
            return cls(mean / 2, mean, mean * 2)
        spread = math.sqrt(sum((value - mean) ** 2 for value in samples) / (len(samples) - 1))
        error = 1.96 * spread / math.sqrt(len(samples))
        return cls(max(mean - error, mean / 3), mean, mean + error)

    @classmethod
    def exactly(cls, value: float) -> Self:
        """Return a known quantity."""
        return cls(value, value, value)

    def __add__(self, other: "Range") -> "Range":
        return Range(self.low + other.low, self.expected + other.expected, self.high + other.high)

    def __mul__(self, other: "Range") -> "Range":
        """Multiply; that both are off the same way at once is as unlikely as it is for independent errors (in logarithms)."""
        expected = self.expected * other.expected
        if not expected:
            return Range(self.low * other.low, 0.0, self.high * other.high)
        below = math.hypot(*(_ratio(one.expected, one.low) for one in (self, other)))
        above = math.hypot(*(_ratio(one.high, one.expected) for one in (self, other)))
        return Range(expected * math.exp(-below), expected, expected * math.exp(above))


@dataclass(frozen=True)
class Stage:
    """One stage with one number of workers: seconds."""

    name: str
    workers: int
    seconds: Range


@dataclass(frozen=True)
class Estimate:
    """What a study is going to take, and what that rests on."""

    files: int
    scanned: bool
    stages: tuple[Stage, ...]
    memory_mb: Mapping[str, float]
    speeds: Mapping[str, Range]
    basis: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """Return the estimate as JSON can say it."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return the estimate as lines to read."""
        workers = sorted({stage.workers for stage in self.stages})
        found = {(stage.name, stage.workers): worded(stage.seconds) for stage in self.stages}
        names = list(dict.fromkeys(stage.name for stage in self.stages))
        heads = [f"{count:,} worker{'s' if count > 1 else ''}" for count in workers]
        cells = [["", *heads], *([name, *(found[name, count] for count in workers)] for name in names)]
        widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
        table = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in cells
        ]
        memory = "; ".join(f"{name} {amount:,.0f} MB" for name, amount in self.memory_mb.items())
        return [f"{self.files:,} files", *table, f"memory: about {memory}", *self.basis]


def spend(work: Sequence[tuple[Range, Range]], workers: int) -> Range:
    """Return the seconds that so many workers need.

    Parameters
    ----------
    work
        How many things, and the seconds one process takes for one of them.
    workers
        Processes; with more than one, starting them and what they fall short of their number is added.

    Examples
    --------
    >>> spend([(Range.exactly(100), Range.exactly(0.5))], 1).expected
    50.0
    """
    total = Range.exactly(0)
    for count, speed in work:
        total += count * speed
    if workers == 1 or not total.high:
        return total
    worst, usual, best = GAIN
    return Range(
        total.low / workers / best,
        STARTING + total.expected / workers / usual,
        2 * STARTING + total.high / workers / worst,
    )


def worded(seconds: Range) -> str:
    """Word a time with its range.

    >>> worded(Range(1600, 2400, 3300)), worded(Range(0.2, 0.4, 3))
    ('about 40 min (27 to 55 min)', 'less than 3 s')
    """
    if seconds.high < 10:
        return f"less than {max(math.ceil(seconds.high), 1)} s"
    unit, size = next(
        (u, s) for u, s in (("h", 3600), ("min", 60), ("s", 1)) if seconds.expected >= 1.5 * s or s == 1
    )
    low, expected, high = (_rounded(value / size) for value in (seconds.low, seconds.expected, seconds.high))
    return f"about {expected} {unit} ({low} to {high} {unit})"


def _ratio(more: float, less: float) -> float:
    return math.log(more / less) if less > 0 else math.log(10)


def _rounded(value: float) -> str:
    """Keep two digits.

    >>> _rounded(1234), _rounded(3.14), _rounded(0.04)
    ('1,200', '3.1', '0')
    """
    if value < 0.05:
        return "0"
    digits = 1 - math.floor(math.log10(value))
    kept = round(value, digits)
    return f"{kept:,.0f}" if digits <= 0 or kept == int(kept) else f"{kept:.1f}"
