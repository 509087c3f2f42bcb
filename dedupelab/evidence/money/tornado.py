"""Which input moves an option's present value, and at what value of it the sign would turn."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from dedupelab.evidence.money.harm_inputs import SHARES
from dedupelab.evidence.money.scenarios import Option, Terms, balance
from dedupelab.numbers.draws import Floats, correlation

HARM = "harm"
"""Name under which the yearly harm itself appears among the inputs."""
COLUMNS = (
    "option",
    "screening",
    "input",
    "p10",
    "p50",
    "p90",
    "net_at_p10",
    "net_at_p90",
    "correlation",
    "switching",
)
_GRID = 2001


def tornado(
    option: Option, screening: str, inputs: Mapping[str, Floats], yearly: Floats, once: Floats, terms: Terms
) -> pd.DataFrame:
    """Return one row for each input: net at its P10 and P90 with the others at P50, rank correlation, switching value.

    One at a time misses what inputs do together, hence Spearman's rank correlation over all draws beside it. The switching
    value is the root of the present value nearest to the input's P50, between 0 and ten times its P50 (shares: 1; the start:
    the horizon), the others at P50; NaN where the sign does not turn there. Rows are in order of their swing.
    """
    draws = {**inputs, HARM: yearly}
    middle = {name: float(np.median(d)) for name, d in draws.items()}
    middle_once = float(np.median(once))
    net = balance(option, screening, inputs, yearly, once, terms).net

    def nets(name: str, values: Floats) -> Floats:
        shaped = {n: np.full(len(values), m) for n, m in middle.items()} | {name: values}
        harm = shaped.pop(HARM)
        return balance(option, screening, shaped, harm, np.full(len(values), middle_once), terms).net

    rows = []
    for name, d in draws.items():
        p10, p50, p90 = (float(q) for q in np.quantile(d, (0.1, 0.5, 0.9)))
        low, high = nets(name, np.array([p10, p90]))
        top = 1.0 if name in SHARES else float(terms.years) if name == "start" else 10 * p50 or 1.0
        grid = np.linspace(0, top, _GRID)
        switching = _root(grid, nets(name, grid), p50)
        rows.append(
            (
                option.name,
                screening,
                name,
                p10,
                p50,
                p90,
                float(low),
                float(high),
                correlation(d, net),
                switching,
            )
        )
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    swing = (frame["net_at_p90"] - frame["net_at_p10"]).abs()
    return frame.iloc[np.argsort(-swing.to_numpy(), kind="stable")].reset_index(drop=True)


def _root(grid: Floats, values: Floats, near: float) -> float:
    """Return where the values cross zero nearest to a point, between grid points by a straight line."""
    turns = np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) < 0)
    exact = grid[values == 0]
    between = grid[turns] - values[turns] * (grid[turns + 1] - grid[turns]) / (
        values[turns + 1] - values[turns]
    )
    roots = np.concatenate([between, exact])
    return float(roots[np.argmin(np.abs(roots - near))]) if len(roots) else float("nan")
