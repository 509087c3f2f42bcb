"""What duplication costs, from the counts and from what the holders supplied.

What nobody supplied is not invented: the line says what it needs. Only lines that do not overlap are added; exposure never is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dedupelab import tables
from dedupelab.evidence.money.harm_inputs import KEYS, HarmInput, Supply, known
from dedupelab.evidence.money.licences import Licensed
from dedupelab.evidence.money.lines_from_registers import acquisitions, disputes, doubled, ledger_lines
from dedupelab.numbers.distributions import Measured
from dedupelab.numbers.draws import SEED, Floats, Streams, quantiles
from dedupelab.numbers.intervals import CENSUS, Interval
from dedupelab.numbers.results import UNREVIEWED, Input, Result, missing

__all__ = ["ADDED", "KEYS", "HarmInput", "Line", "exceedance", "harm", "line_results"]

SETTLED = (*tables.LINKS[:3], "unrelated")
"""Relations that nobody needs to look at: proved by digest, or refuted."""
GIGABYTE = 1e9
ADDED = ("M3", "M8", "M9", "M10a")
"""Lines that do not overlap and may be added. M14 may overlap M10a, and M10b is exposure: neither is added."""
LEVELS = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
STEPS = np.linspace(0, 1, 101)
UNTOUCHED = "of the whole amount, as the copies are surplus by definition"
"""Attribution of lines that exist only because of copies."""


@dataclass(frozen=True)
class Line:
    """A money line: its result, draws of what one year (or the one time) costs, and draws of what it costs on average."""

    result: Result
    draws: Floats | None = None
    average: Floats | None = None

    @property
    def yearly(self) -> bool:
        """Whether the cost comes back every year."""
        return "per year" in self.result.unit


def harm(
    redundancy: Result,
    pairs: pd.DataFrame,
    groups: int,
    inputs: Mapping[str, HarmInput],
    *,
    currency: str | None = None,
    price_year: int | None = None,
    incidents: pd.DataFrame | None = None,
    licences: Licensed | None = None,
    ledger: pd.DataFrame | None = None,
    streams: Streams | None = None,
) -> list[Line]:
    """Return M3 (storage), M8 (review labour), M9 (disputes), M10a to M10c (licences), M14 (acquired again) and their sum.

    Parameters
    ----------
    redundancy
        M2: redundant bytes over all bytes, whose interval M3 carries on; the unintended part where copies are intended.
    pairs, groups
        The pairs table; how many groups there are.
    inputs
        By the names in `KEYS`.
    currency, price_year
        In what money is expressed; without them no line is given in money.
    incidents, ledger, licences
        The incident register, the licence ledger, and what the ledger says of works (`licences.licensed`).
    streams
        Where draws come from.

    Raises
    ------
    ConfigError
        If an input has an unknown name, or a share is above 1.
    """
    known(inputs, KEYS, "harm")
    supply = Supply(inputs, currency, price_year, streams or Streams(seed=SEED))
    looked_at = int((~pairs["relation"].isin(SETTLED)).sum())
    money = currency or "currency"
    lines = [
        _storage(redundancy, supply, f"{money} per year"),
        *_labour(looked_at, groups, supply, money),
        *(Line(*line) for line in (disputes(incidents, supply), doubled(licences, ledger, supply))),
        *(Line(result) for result in ledger_lines(licences, ledger, supply)),
        Line(*acquisitions(incidents, supply)),
    ]
    return [*lines, _sum(lines, money)]


def line_results(lines: Sequence[Line]) -> list[Result]:
    """Return the lines' results, each with P10, P50 and P90 of its draws where it varies."""
    found = []
    for line in lines:
        found.append(line.result)
        if line.draws is None or np.ptp(line.draws) == 0:
            continue
        for (name, level), value in zip(
            LEVELS.items(), quantiles(line.draws, list(LEVELS.values())), strict=True
        ):
            share = f"{level:.0%} of {len(line.draws):,} draws stay below"
            found.append(
                replace(
                    line.result, id=f"{line.result.id}.{name}", label=f"{line.result.label}: {name.upper()}", value=value,
                    interval=None, interval_method=f"quantile: {share}", inputs=(),
                )
            )  # fmt: skip
    return found


def exceedance(lines: Sequence[Line]) -> pd.DataFrame:
    """Return for each line how likely a cost of at least an amount is: the table `exceedance`."""
    rows = [
        (line.result.id, line.result.label, 1 - step, amount, line.result.unit)
        for line in lines
        if line.draws is not None and np.ptp(line.draws) > 0
        for step, amount in zip(STEPS, quantiles(line.draws, list(STEPS)), strict=True)
    ]
    return pd.DataFrame(rows, columns=["line", "label", "probability", "amount", "unit"])


def _storage(redundancy: Result, supply: Supply, unit: str) -> Line:
    label, names = "Storage of redundant copies", ("storage_price", "storage_copies")
    used = (*names, "storage_overhead")
    over = " x (1 + overhead)" if "storage_overhead" in supply.inputs else ""
    method = (
        f"Redundant gigabytes (10^9 bytes) x price per gigabyte and month x 12 x copies kept of each file{over}; attribution 1, "
        f"{UNTOUCHED}."
    )
    lacks = supply.lacking(*names, money=True) + list(redundancy.needs)
    given = supply.given(*used, money=True)
    if lacks or redundancy.numerator is None or redundancy.denominator is None:
        return Line(missing("M3", label, unit, lacks, method, given))
    gigabytes, whole = redundancy.numerator / GIGABYTE, redundancy.denominator / GIGABYTE
    mean = (
        12
        * supply.mean("storage_price")
        * supply.mean("storage_copies")
        * (1 + supply.mean("storage_overhead"))
    )
    price = (
        12
        * supply.draw("storage_price")
        * supply.draw("storage_copies")
        * (1 + supply.draw("storage_overhead"))
    )
    share = Interval(redundancy.interval, redundancy.interval_method)
    bytes_ = Measured(gigabytes, share.scaled(whole).bounds).draw(supply.streams, "redundant gigabytes")
    draws = bytes_ * price
    counted = Input("redundant bytes", redundancy.numerator, "bytes", f"result {redundancy.id}", "measured")
    interval = share.scaled(whole * mean)
    described = f"{interval.method}, of {redundancy.id}; the price is taken as given"
    if not supply.certain(*used):
        interval, described = _central(draws)
    return Line(
        Result(
            "M3", label, gigabytes * mean, unit, gigabytes, whole, "gigabytes of hashed images",
            interval.bounds, described, method, supply.grade(*used), (counted, *given), "estimated", caveat=UNREVIEWED,
        ),
        draws, draws,
    )  # fmt: skip


def _labour(pairs: int, groups: int, supply: Supply, currency: str) -> list[Line]:
    per_group = "group_seconds" in supply.inputs
    method = "Pairs that are neither proved by digest nor refuted x seconds per pair"
    method += ", and groups x seconds per group" if per_group else "; time per group is not counted"
    times, label = (
        ("review_seconds", "group_seconds"),
        "Labour to look once at every pair that no digest proves",
    )
    counted = (
        Input("pairs to look at", pairs, "pairs", "table pairs", "measured"),
        Input("groups", groups, "groups", "table groups", "measured"),
    )
    paid = f"{method}, in hours x hourly wage; once, not per year; attribution 1, {UNTOUCHED}."
    lacks = supply.lacking("review_seconds"), supply.lacking("review_seconds", "hourly_wage", money=True)
    given = supply.given(*times), supply.given(*times, "hourly_wage", money=True)
    mean = (pairs * supply.mean("review_seconds") + groups * supply.mean("group_seconds")) / 3600
    hours = (pairs * supply.draw("review_seconds") + groups * supply.draw("group_seconds")) / 3600
    wage = supply.draw("hourly_wage")
    census = Interval(None, ""), f"{CENSUS.method} of pairs; the times are taken as given"

    def line(number: int, name: str, called: str, unit: str, told: str, value: float, draws: Floats) -> Line:
        used = (*times, "hourly_wage")[: 2 + number]
        if lacks[number]:
            return Line(missing(name, called, unit, lacks[number], told, given[number]))
        interval, described = census if supply.certain(*used) else _central(draws)
        found = Result(
            name, called, value, unit, pairs, pairs, "pairs to look at", interval.bounds, described, told,
            supply.grade(*used), (*counted, *given[number]), "estimated", caveat=UNREVIEWED,
        )  # fmt: skip
        return Line(found, draws, draws)

    return [
        replace(line(0, "M8.hours", label, "hours", f"{method}.", mean, hours), draws=None),
        line(1, "M8", f"{label}, in money", currency, paid, mean * supply.mean("hourly_wage"), hours * wage),
    ]


def _sum(lines: Sequence[Line], money: str) -> Line:
    """Add the lines that do not overlap, over one year: yearly costs for a year, one-off costs once."""
    chosen = {line.result.id: line for line in lines if line.result.id in ADDED}
    there = {name: line for name, line in chosen.items() if line.result.value is not None}
    without = [name for name in ADDED if name not in there]
    label = "Lines that do not overlap, added over the first year"
    method = (
        "M3 + M8 + M9 + M10a: yearly costs for one year, one-off costs once, in prices of the stated year, not discounted; M14 may "
        "overlap M10a and M10b is exposure, so neither is added."
    )
    if not there:
        return Line(missing("M.sum", label, money, ("one of the lines M3, M8, M9, M10a",), method))
    draws = np.sum([line.draws for line in there.values() if line.draws is not None], axis=0)
    average = np.sum([line.average for line in there.values() if line.average is not None], axis=0)
    left_out = f"; at least, as {', '.join(without)} could not be estimated" if without else ""
    varies = bool(np.ptp(draws))
    interval, described = _central(draws) if varies else (Interval(None, ""), CENSUS.method)
    parts = tuple(
        Input(name, line.result.value or 0.0, line.result.unit, f"result {name}", "measured")
        for name, line in there.items()
    )
    found = Result(
        "M.sum", f"{label}: {' + '.join(there)}", sum(line.result.value or 0.0 for line in there.values()), money, None, None,
        "first year", interval.bounds, described, method, max(line.result.grade for line in there.values()), parts, "estimated",
        caveat=UNREVIEWED + left_out,
    )  # fmt: skip
    return Line(found, draws, average)


def _central(draws: Floats) -> tuple[Interval, str]:
    """Return the central 95 % of draws with its name."""
    low, high = quantiles(draws, (0.025, 0.975))
    told = f"central 95 % of {len(draws):,} Monte Carlo draws"
    return Interval((low, high), told), told
