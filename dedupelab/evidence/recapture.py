"""Recapture: how many copies there are at least, from what several detectors found and people confirmed.

Detectors find the same easy copies, so what all of them missed is more than independence says: word it "at least".
"""

from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist

from dedupelab.errors import ConfigError
from dedupelab.evidence.intervals import Interval

_Z = NormalDist().inv_cdf(0.975)


def chapman(first: int, second: int, both: int) -> tuple[float, Interval]:
    """Return at least how many copies there are, from two detectors (Chapman 1951; variance of Seber 1970).

    Raises
    ------
    ConfigError
        If more were found by both than by one.

    Examples
    --------
    >>> value, interval = chapman(100, 80, 60)
    >>> round(value, 1), [round(end) for end in interval.bounds]
    (133.1, [123, 144])
    """
    if not 0 <= both <= min(first, second):
        raise ConfigError(
            f"expected at most as many found by both as by each, got {first}, {second} and {both}"
        )
    value = (first + 1) * (second + 1) / (both + 1) - 1
    spread = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return value, _interval(value, spread, first + second - both)


def chao(found_by: Sequence[int], detectors: int) -> float:
    """Return the lower bound from three or more detectors (Chao 1987, bias-corrected).

    `found_by` holds how many copies were found by exactly 1, 2, ... detectors.

    Raises
    ------
    ConfigError
        If there are fewer than three detectors, or not one count for each.

    Examples
    --------
    >>> round(chao([30, 20, 50], 3), 1)
    113.8
    """
    if detectors < 3 or len(found_by) != detectors or min(found_by) < 0:
        raise ConfigError(
            f"expected a count for each of at least 3 detectors, got {list(found_by)} for {detectors}"
        )
    once, twice = found_by[0], found_by[1]
    return sum(found_by) + (detectors - 1) / detectors * once * (once - 1) / (2 * (twice + 1))


def _interval(value: float, spread: float, seen: int) -> Interval:
    half = _Z * sqrt(spread)
    return Interval((max(float(seen), value - half), value + half), "Chapman 95 %, at least")
