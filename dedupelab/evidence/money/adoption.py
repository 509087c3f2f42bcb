"""How far a policy option spreads, and what it covers of a harm that lies between organisations."""

import numpy as np
from scipy.special import expit

from dedupelab.numbers.draws import Floats


def logistic(ceiling: Floats, steepness: Floats, midpoint: Floats, start: Floats, years: int) -> Floats:
    """Return the share of organisations that have adopted in the middle of each year (draws x years).

    ceiling / (1 + exp(-steepness (t - start - midpoint))) from `start` on, nothing before; all in years from now.

    Half of the ceiling at the midpoint, which here is the middle of the second year:

    >>> one = np.ones(1)
    >>> logistic(0.8 * one, 2 * one, 1.5 * one, 0 * one, 2).round(3).tolist()
    [[0.095, 0.4]]
    """
    when = np.arange(years)[np.newaxis, :] + 0.5 - start[:, np.newaxis]
    shape = expit(steepness[:, np.newaxis] * (when - midpoint[:, np.newaxis]))
    return np.where(when >= 0, ceiling[:, np.newaxis] * shape, 0.0)


def covered(adopted: Floats, across: Floats) -> Floats:
    """Return the share of harm within reach: a copy between two organisations needs both, one inside needs its own.

    across x a^2 + (1 - across) x a, for an adoption a (draws x years) and the share of harm that lies across organisations.

    >>> covered(np.array([[0.5]]), np.array([1.0])).item(), covered(np.array([[0.5]]), np.array([0.0])).item()
    (0.25, 0.5)
    """
    shared = across[:, np.newaxis]
    return shared * adopted**2 + (1 - shared) * adopted


def grown(growth: Floats, fade: float, years: int) -> Floats:
    """Return by how much each year's harm exceeds the first's, when nothing is done (draws x years).

    Each year's growth is `fade` of the year before.

    >>> grown(np.array([0.1]), 0.5, 3).round(4).tolist()
    [[1.0, 1.1, 1.155]]
    """
    rates = growth[:, np.newaxis] * fade ** np.arange(years - 1)[np.newaxis, :]
    return np.concatenate([np.ones((len(growth), 1)), np.cumprod(1 + rates, axis=1)], axis=1)
