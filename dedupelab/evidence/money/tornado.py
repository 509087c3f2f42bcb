"""Which input moves an option's present value, and at what value of it the sign would turn.

One input is set to a value and all others vary as they do: what is shown is the expected present value given that value, so
that it comes from the same draws as the rest, and the price at which the sign turns is the break-even price.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from dedupelab.evidence.money.harm_inputs import MOST
from dedupelab.evidence.money.scenarios import OWN, Option, Terms, balance
from dedupelab.numbers.draws import Floats, correlation

HARM = "harm"
"""Name under which the yearly harm itself appears among the inputs."""
COLUMNS = (
    "option", "screening", "input", "p10", "p50", "p90", "net_at_p10", "net_at_p90", "correlation",
    "switching",
)  # fmt: skip
CURVED = ("growth", *OWN)
"""Inputs in which the present value is no straight line: for these the sign is looked for at `_GRID` values, for all others at two."""
_GRID = 11


def tornado(
    option: Option, screening: str, inputs: Mapping[str, Floats], yearly: Floats, terms: Terms
) -> pd.DataFrame:
    """Return one row for each input: expected net with it at its P10 and P90, rank correlation, switching value.

    One at a time misses what inputs do together, hence Spearman's rank correlation over all draws beside it. The switching
    value is the root of the expected present value nearest to the input's mean, between 0 and a hundred times its mean (shares
    and growth: their limit; the start: the horizon); NaN where the sign does not turn there. Rows are in order of their swing.
    """
    draws = {**inputs, HARM: yearly}
    net = balance(option, screening, inputs, yearly, terms).net

    rows = []
    for name, d in draws.items():

        def expected(value: float, name: str = name) -> float:
            fixed = {**draws, name: np.full(len(yearly), value)}
            harm = fixed.pop(HARM)
            return float(balance(option, screening, fixed, harm, terms).net.mean())

        p10, p50, p90 = (float(q) for q in np.quantile(d, (0.1, 0.5, 0.9)))
        mean = float(d.mean())
        top = MOST.get(name, float(terms.years) if name == "start" else None)
        if name not in CURVED:
            grid = np.array([0.0, top or 100 * (mean or 1.0)])
        elif top:
            grid = np.linspace(0, top, _GRID)
        else:
            grid = np.append(0, np.geomspace(0.01, 100, _GRID - 1) * (mean or 1.0))
        ends = (expected(p10), expected(p90)) if p10 < p90 else (float(net.mean()),) * 2
        switching = _root(expected, grid, mean)
        rows.append((option.name, screening, name, p10, p50, p90, *ends, correlation(d, net), switching))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    swing = (frame["net_at_p90"] - frame["net_at_p10"]).abs()
    return frame.iloc[np.argsort(-swing.to_numpy(), kind="stable")].reset_index(drop=True)


def _root(expected: Callable[[float], float], grid: Floats, near: float) -> float:
    """Return where the expected value crosses zero nearest to a point."""
    from scipy.optimize import brentq  # noqa: PLC0415  takes longer to load than all roots to find

    values = np.array([expected(float(each)) for each in grid])
    turns = np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) < 0)
    fine = 1e-9 * max(1.0, float(grid[-1]))
    roots = [float(each) for each in grid[values == 0]]
    roots += [float(brentq(expected, grid[turn], grid[turn + 1], xtol=fine)) for turn in turns]
    return min(roots, key=lambda root: abs(root - near)) if roots else float("nan")
