"""How far a number may be trusted: Wilson and Clopper-Pearson for shares, cluster bootstrap for ratios of sums.

Copies of one picture are not independent, so what is drawn again is the group, never the image. A number that nothing
was sampled for is a census and says so in words; no number travels without either.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from dedupelab.numbers.messages import N_, Message, message

Floats = NDArray[np.float64]
Statistic = Callable[[Floats, Floats], Floats]
"""From distinct rows (rows x columns) and weights (draws x rows) to one number per draw."""

DRAWS = 2000
SEED = 1
FEWEST_UNITS = 10
"""Fewer groups than this and a percentile bootstrap says nothing that can be relied on."""
_Z = NormalDist().inv_cdf(0.975)
_ROWS = 2000  # distinct rows that are drawn one by one; beyond, rows of like influence are drawn together
_CELLS = 4_000_000  # weights held in memory at once (32 MB)


KINDS = {
    "sampling": N_("95 % interval"),
    "bounds": N_("bounds"),
    "levels": N_("P10 to P90"),
    "census": N_("census"),
    "unchecked": N_("no interval: not checked by people"),
    "expected": N_("expected value over all draws"),
    "quantile": N_("quantile"),
    "chance": N_("share of draws, not a chance that anything happens"),
    "test": N_("test"),
    "none": N_("none"),
}
"""What an interval is, or what stands for one where there is none to give, with its name."""


@dataclass(frozen=True)
class Interval:
    """Both ends, or none; `method` says how they came about or why there are none, `kind` is one of `KINDS`."""

    bounds: tuple[float, float] | None
    method: Message
    kind: str = "sampling"

    def scaled(self, factor: float) -> "Interval":
        """Return the interval of a known multiple of the quantity."""
        if self.bounds is None:
            return self
        return replace(self, bounds=(self.bounds[0] * factor, self.bounds[1] * factor))


CENSUS = Interval(None, message("census"), "census")
UNCHECKED = Interval(
    None,
    message(
        "none: everything was looked at, by a detector whose errors nobody has measured; drawing groups again would say nothing of these"
    ),
    "unchecked",
)
"""What stands for the interval of a number that rests on links as detected."""


NO_WHOLE = Interval(None, message("none: nothing to take a share of"), "none")


def wilson(successes: int, trials: int) -> Interval:
    """Return the 95 % score interval of a share (Wilson 1927).

    Raises
    ------
    ValueError
        If `trials` is not positive or `successes` lies outside 0..trials.

    Examples
    --------
    >>> low, high = wilson(5, 10).bounds
    >>> round(low, 4), round(high, 4)
    (0.2366, 0.7634)
    """
    _check_share(successes, trials)
    share, z2 = successes / trials, _Z * _Z
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = _Z / (1 + z2 / trials) * sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == trials else min(1.0, centre + half)
    return Interval((low, high), message("Wilson 95 %"))


def clopper_pearson(successes: int, trials: int) -> Interval:
    """Return the exact 95 % interval of a share, for claims of "at least" and "at most"; raises like `wilson`.

    Examples
    --------
    >>> round(clopper_pearson(0, 10).bounds[1], 4)
    0.3085
    """
    _check_share(successes, trials)
    low = float(betaincinv(successes, trials - successes + 1, 0.025)) if successes else 0.0
    high = float(betaincinv(successes + 1, trials - successes, 0.975)) if successes < trials else 1.0
    return Interval((low, high), message("Clopper-Pearson 95 %"))


def share_interval(successes: int, trials: int) -> Interval:
    """Return Wilson's interval, or say that there was nothing to take a share of."""
    return wilson(successes, trials) if trials else NO_WHOLE


def ratio_interval(
    numerators: Floats, denominators: Floats, *, draws: int = DRAWS, seed: int = SEED
) -> Interval:
    """Return the cluster-bootstrap interval of sum(numerators) / sum(denominators).

    One entry per independent unit (a group, or a lone image), so that all copies of a picture are drawn together. Where
    no unit contributes, every draw would say 0: Wilson's interval over the units takes its place.
    """
    rows = np.column_stack([np.asarray(numerators, np.float64), np.asarray(denominators, np.float64)])
    if len(rows) >= FEWEST_UNITS and not rows[:, 0].any():
        zero = wilson(0, len(rows))
        return Interval(
            zero.bounds,
            message("Wilson 95 % for none among {count:,} groups and lone images", count=len(rows)),
        )
    return cluster_bootstrap(rows, _ratio, draws=draws, seed=seed, influence=_ratio_influence)


def cluster_bootstrap(
    rows: Floats,
    statistic: Statistic,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    influence: Callable[[Floats, Floats], Floats] | None = None,
) -> Interval:
    """Return the 95 % percentile interval of a statistic when units (rows) are drawn with replacement.

    Equal rows are drawn together as one multinomial cell, which changes nothing and makes 100,000 units a matter of
    tenths of a second; the order of the rows does not matter. With `influence` given, and more distinct rows than can be
    drawn quickly, rows of like influence are averaged (the most influential stay alone). The interval is widened, where
    needed, to hold the value itself.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 8 and 13; units are clusters.
    """
    units = len(rows)
    if units < FEWEST_UNITS:
        return Interval(
            None, message("census; {units} groups are too few for an interval", units=units), "census"
        )
    distinct, times = np.unique(rows, axis=0, return_counts=True)
    counts = times.astype(np.float64)
    value = float(statistic(distinct, counts[np.newaxis, :])[0])
    if influence is not None and len(distinct) > _ROWS:
        distinct, counts = _thinned(distinct, counts, influence(distinct, counts))
    random = np.random.default_rng(seed)
    step = max(1, _CELLS // len(distinct))
    drawn = np.concatenate(
        [
            statistic(
                distinct,
                random.multinomial(units, counts / units, size=min(step, draws - start)).astype(np.float64),
            )
            for start in range(0, draws, step)
        ]
    )
    low, high = (float(end) for end in np.quantile(drawn, (0.025, 0.975)))
    return Interval(
        (min(low, value), max(high, value)),
        message("cluster bootstrap 95 %, {draws:,} draws, seed {seed}", draws=draws, seed=seed),
    )


def _ratio(rows: Floats, weights: Floats) -> Floats:
    sums: Floats = weights @ rows
    return np.divide(sums[:, 0], sums[:, 1], out=np.zeros(len(sums)), where=sums[:, 1] > 0)


def _ratio_influence(rows: Floats, counts: Floats) -> Floats:
    """How far each row pulls the ratio, to first order."""
    above, below = counts @ rows
    influence: Floats = rows[:, 0] - (above / below if below else 0.0) * rows[:, 1]
    return influence


def _thinned(rows: Floats, counts: Floats, pull: Floats) -> tuple[Floats, Floats]:
    """Keep the most influential quarter at either end as it is; between them, average neighbours."""
    order = np.argsort(pull, kind="stable")
    edge = _ROWS // 4
    alone = np.concatenate([order[:edge], order[-edge:]])
    cells = np.array_split(order[edge:-edge], _ROWS - 2 * edge)
    averaged = [np.average(rows[cell], axis=0, weights=counts[cell]) for cell in cells]
    merged = np.array([counts[cell].sum() for cell in cells])
    return np.vstack([rows[alone], *averaged]), np.concatenate([counts[alone], merged])


def _check_share(successes: int, trials: int) -> None:
    if trials <= 0 or not 0 <= successes <= trials:
        raise ValueError(
            f"expected 0 <= successes <= trials and trials > 0, got {successes} of {trials}; count again"
        )
