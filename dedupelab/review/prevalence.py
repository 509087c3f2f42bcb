"""Prevalence: how many files truly have a copy, given how many a detector flags and how well it was tried on others.

For files only: of pairs so few are copies that a specificity of 0.9999 would still drown them.
"""

from statistics import NormalDist

from dedupelab.errors import ConfigError
from dedupelab.numbers.intervals import Interval
from dedupelab.numbers.messages import message

_Z = NormalDist().inv_cdf(0.975)


def rogan_gladen(
    flagged: tuple[int, int], sensitivity: tuple[int, int], specificity: tuple[int, int]
) -> tuple[float, Interval]:
    """Return the corrected share of files with a copy, with its 95 % interval.

    Each argument is successes and trials: files flagged of all, copies found of copies tried, strangers left alone of strangers
    tried. The three samples are taken as independent.

    Sources: Rogan and Gladen 1978; interval of Lang and Reiczigel 2014.

    Raises
    ------
    ConfigError
        If the detector does no better than chance, or flags fewer files than its own false alarms would.

    Examples
    --------
    >>> value, interval = rogan_gladen((120, 1000), (90, 100), (990, 1000))
    >>> round(value, 3), [round(end, 3) for end in interval.bounds]
    (0.124, [0.101, 0.152])
    """
    (k, n), (k_se, n_se), (k_sp, n_sp) = flagged, sensitivity, specificity
    if min(n, n_se, n_sp) < 1:
        raise ConfigError(f"expected trials of all three, got {n}, {n_se} and {n_sp}; try the detector first")
    found, se, sp = k / n, k_se / n_se, k_sp / n_sp
    if se + sp <= 1 or found < 1 - sp:
        raise ConfigError(
            f"expected a detector better than chance that flags more than its false alarms, got sensitivity {se:.3f}, "
            f"specificity {sp:.3f} and {found:.3f} flagged; this correction cannot be used"
        )
    value = min(1.0, max(0.0, (found + sp - 1) / (se + sp - 1)))
    z2 = _Z * _Z
    size = n + z2
    share = (k + z2 / 2) / size
    se, sp = (k_se + 1) / (n_se + 2), (k_sp + 1) / (n_sp + 2)
    gain = se + sp - 1
    middle = (share + sp - 1) / gain
    spread_se, spread_sp = se * (1 - se) / (n_se + 2), sp * (1 - sp) / (n_sp + 2)
    shift = 2 * z2 * (middle * spread_se - (1 - middle) * spread_sp)
    half = (
        _Z
        / gain
        * (share * (1 - share) / size + middle**2 * spread_se + (1 - middle) ** 2 * spread_sp) ** 0.5
    )
    low, high = (min(1.0, max(0.0, middle + shift + side * half)) for side in (-1, 1))
    return value, Interval((min(low, value), max(high, value)), message("Lang-Reiczigel 95 %"))
