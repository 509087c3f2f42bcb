"""What duplication costs, from the counts and from what the holders supplied.

What nobody supplied is not invented: the line says what it needs. Only lines that do not overlap are added; exposure never
is, nor is labour that nobody spends today. A line is gross until somebody supplied what would remain without duplication.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dedupelab import tables
from dedupelab.errors import ConfigError
from dedupelab.evidence.money.attribution import Attribution
from dedupelab.evidence.money.double_entries import Once
from dedupelab.evidence.money.harm_inputs import (
    COSTS,
    KEYS,
    LOST,
    REMAINING,
    HarmInput,
    Supply,
    known,
    unit_of,
)
from dedupelab.evidence.money.licences import Licensed
from dedupelab.evidence.money.lines_from_registers import (
    acquisitions,
    disputes,
    doubled,
    ledger_lines,
)
from dedupelab.numbers.draws import Floats, quantiles
from dedupelab.numbers.intervals import CENSUS, UNCHECKED, Interval, central
from dedupelab.numbers.messages import Message, joined, message, named
from dedupelab.numbers.results import Input, Result, missing

__all__ = ["ADDED", "KEYS", "HarmInput", "Line", "exceedance", "harm", "line_results"]

SETTLED = (*tables.LINKS[:3], "unrelated")
"""Relations that nobody needs to look at: proved by digest, or refuted."""
GIGABYTE = 1e9
ADDED = ("M3", "M9", "M10a")
"""Lines that do not overlap and may be added. M14 may overlap M10a, M10b is exposure, and M8 is labour that putting right would take."""
YEARLY = ("M3", "M9", "M10a", "M14")
"""Lines whose cost comes back every year; the others fall once."""
GROSS = message(
    "gross: nobody supplied how much of it would be spent anyway, has only moved, or would be replaced"
)
LEVELS = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
STEPS = np.linspace(0, 1, 101)


@dataclass(frozen=True)
class Line:
    """A money line: its result, draws of what a single year costs, and draws of what a year costs on average.

    `kept` are draws of the share that is net, `avoidable` of the share of the net that goes when every copy is dealt with;
    None where nobody supplied them. `most` are draws of the average year if whatever may be a copy was one, where nobody has
    checked which are; from none to that the line may be anything.
    """

    result: Result
    draws: Floats | None = None
    average: Floats | None = None
    kept: Floats | None = None
    avoidable: Floats | None = None
    most: Floats | None = None

    @property
    def net(self) -> Floats | None:
        """Draws of the average year less what would be spent anyway, moved or replaced; gross where nobody supplied that."""
        return self.average if self.average is None or self.kept is None else self.average * self.kept

    @property
    def remediable(self) -> Floats | None:
        """Draws of the net average year less what stays although every copy is dealt with."""
        return self.net if self.net is None or self.avoidable is None else self.net * self.avoidable


def harm(
    redundancy: Result,
    pairs: pd.DataFrame,
    groups: int,
    inputs: Mapping[str, HarmInput],
    supply: Supply,
    *,
    entries: Once | None = None,
    licences: Licensed | None = None,
    ledger: pd.DataFrame | None = None,
    measured: Attribution | None = None,
) -> list[Line]:
    """Return M3 (storage), M8 (review labour), M9 (disputes), M10a to M10c (licences), M14 (acquired again) and their sum.

    Parameters
    ----------
    redundancy
        M2: redundant bytes over all bytes; the unintended part where copies are intended.
    pairs, groups
        The pairs table; how many groups there are.
    inputs
        By the names in `KEYS`.
    supply
        The same inputs with the money they are in and where draws come from; without currency and price year no line is
        given in money.
    entries, ledger, licences
        The incident register with each incident once, the licence ledger, and what it says of works (`licences.licensed`).
    measured
        The attributable share, where incidents could be compared (M9a).

    Raises
    ------
    ConfigError
        If an input has an unknown name, a share is above 1, or a register runs longer than the years it is said to cover.
    """
    known(inputs, KEYS, "harm")
    looked_at = int((~pairs["relation"].isin(SETTLED)).sum())
    money = supply.currency or "currency"
    lines = [
        _storage(redundancy, supply, f"{money} per year"),
        *_labour(looked_at, groups, supply, money),
        *(
            Line(*line)
            for line in (
                disputes(entries, supply, measured or Attribution([])),
                doubled(licences, ledger, supply),
            )
        ),
        *(Line(result) for result in ledger_lines(licences, ledger, supply)),
        Line(*acquisitions(entries, supply)),
    ]
    lines = [_counterfactual(line, supply) for line in lines]
    sums = _sums(lines, money)
    return [*lines, *sums, Line(_silent(lines, sums[0].result, supply))]


def _counterfactual(line: Line, supply: Supply) -> Line:
    """Say what of a line is net, by the inputs on it; gross where there are none."""
    begin = COSTS.get(line.result.id)
    if begin is None or line.result.value is None:
        return line
    lost = [f"{begin}_{what}" for what in LOST if f"{begin}_{what}" in supply.inputs]
    stays = f"{begin}_{REMAINING}"
    given = [*lost, *([stays] if stays in supply.inputs else [])]
    kept = np.prod([1 - supply.draw(name) for name in lost], axis=0) if lost else None
    return replace(
        line,
        result=replace(
            line.result, net_share=None if kept is None else float(kept.mean()), inputs=(*line.result.inputs, *supply.given(*given)),
            caveats=(*line.result.caveats, *(() if lost else (GROSS,))),
        ),
        kept=kept,
        avoidable=1 - supply.draw(stays) if stays in supply.inputs else None,
    )  # fmt: skip


def line_results(lines: Sequence[Line]) -> list[Result]:
    """Return the lines' results, each with P10, P50 and P90 of what a single year costs where it varies, and net where supplied."""
    found = []
    for line in lines:
        found += [line.result, *_net(line)]
        if line.draws is None or np.ptp(line.draws) == 0:
            continue
        values = quantiles(line.draws, list(LEVELS.values()))
        for (name, level), value in zip(LEVELS.items(), values, strict=True):
            below = message(
                "quantile: {level:.0%} of {draws:,} draws stay below", level=level, draws=len(line.draws)
            )
            label = message("{line}: {level} of a single year", line=line.result.label, level=name.upper())
            found.append(
                replace(
                    line.result, id=f"{line.result.id}.{name}", label=label, value=value, interval=None,
                    interval_kind="quantile", interval_method=below, inputs=(), net_share=None,
                )
            )  # fmt: skip
    return found


def _net(line: Line) -> list[Result]:
    """Return a line's net amount, where somebody supplied what would be spent anyway, has moved or would be replaced."""
    if line.kept is None or line.net is None or line.result.id not in COSTS:
        return []
    bounds = central(line.net)
    if line.result.interval is None and line.result.interval_kind in {"none", "unchecked"}:
        bounds = Interval(None, line.result.interval_method, line.result.interval_kind)
    return [
        replace(
            line.result, id=f"{line.result.id}.net", label=message("{line}, net", line=line.result.label), value=float(line.net.mean()),
            interval=bounds.bounds, interval_method=bounds.method, interval_kind=bounds.kind, numerator=None, denominator=None,
            method=message("{line} x (1 - deadweight) x (1 - displacement) x (1 - substitution), each where supplied.", line=line.result.id),
        )
    ]  # fmt: skip


def exceedance(lines: Sequence[Line]) -> pd.DataFrame:
    """Return for each line how likely a cost of at least an amount is: the table `exceedance`."""
    rows = [
        (line.result.id, str(line.result.label), 1 - step, amount, line.result.unit)
        for line in lines
        if line.draws is not None and np.ptp(line.draws) > 0
        for step, amount in zip(STEPS, quantiles(line.draws, list(STEPS)), strict=True)
    ]
    return pd.DataFrame(rows, columns=["line", "label", "probability", "amount", "unit"])


def _storage(redundancy: Result, supply: Supply, unit: str) -> Line:
    label, names = message("Storage of redundant copies"), ("storage_price", "storage_copies")
    used = (*names, "storage_overhead")
    plain = message(
        "Redundant gigabytes (10^9 bytes) x price per gigabyte and month x 12 x copies kept of each file; attribution 1, of the "
        "whole amount, as the copies are surplus by definition."
    )
    raised = message(
        "Redundant gigabytes (10^9 bytes) x price per gigabyte and month x 12 x copies kept of each file x (1 + overhead); "
        "attribution 1, of the whole amount, as the copies are surplus by definition."
    )
    method = raised if "storage_overhead" in supply.inputs else plain
    lacks = supply.lacking(*names, money=True) + list(redundancy.needs)
    given = supply.given(*used, money=True)
    if lacks or redundancy.numerator is None or redundancy.denominator is None:
        return Line(missing("M3", label, unit, lacks, method, given))
    gigabytes, whole = redundancy.numerator / GIGABYTE, redundancy.denominator / GIGABYTE
    yearly = 12 * supply.draw("storage_price") * supply.draw("storage_copies")
    plain_mean = 12 * supply.mean("storage_price") * supply.mean("storage_copies")
    mean, price = supply.expected(
        yearly * (1 + supply.draw("storage_overhead")),
        plain_mean * (1 + supply.mean("storage_overhead")),
        *used,
    )
    counted = Input(
        "redundant bytes",
        redundancy.numerator,
        message("bytes"),
        message("result {name}", name=redundancy.id),
        "measured",
        place=redundancy.id,
    )
    taken = message(
        "{method}, of {id}; the price is taken as given", method=UNCHECKED.method, id=redundancy.id
    )
    varies = message(
        "{method}, of {id}; what the price alone makes of it is in the quantiles",
        method=UNCHECKED.method,
        id=redundancy.id,
    )
    draws = gigabytes * price
    return Line(
        Result(
            "M3", label, gigabytes * mean, unit, gigabytes, whole, message("gigabytes of hashed images"),
            None, taken if supply.certain(*used) else varies, method, supply.grade(*used), (counted, *given), "estimated",
            interval_kind=UNCHECKED.kind, review="unreviewed", attribution=1.0,
        ),
        draws, draws, most=whole * price,
    )  # fmt: skip


def _labour(pairs: int, groups: int, supply: Supply, currency: str) -> list[Line]:
    pairs_alone = message(
        "Pairs that are neither proved by digest nor refuted x seconds per pair; time per group is not counted"
    )
    with_groups = message(
        "Pairs that are neither proved by digest nor refuted x seconds per pair, and groups x seconds per group"
    )
    method = with_groups if "group_seconds" in supply.inputs else pairs_alone
    times = ("review_seconds", "group_seconds")
    label = message("Labour to look once at every pair that no digest proves")
    unspent = message(
        "labour that putting right would take; nobody is said to spend it today, so it is no harm of doing nothing and is not added"
    )
    counted = (
        Input(
            "pairs to look at",
            pairs,
            message("pairs"),
            message("table {name}", name=named("pairs")),
            "measured",
        ),
        Input("groups", groups, message("groups"), message("table {name}", name=named("groups")), "measured"),
    )
    paid = message(
        "{method}, in hours x hourly wage; once, not per year; attribution 1, of the whole amount, as the copies are surplus by definition.",
        method=method,
    )
    lacks = supply.lacking("review_seconds"), supply.lacking("review_seconds", "hourly_wage", money=True)
    given = supply.given(*times), supply.given(*times, "hourly_wage", money=True)
    mean = (pairs * supply.mean("review_seconds") + groups * supply.mean("group_seconds")) / 3600
    hours = (pairs * supply.draw("review_seconds") + groups * supply.draw("group_seconds")) / 3600
    wage = supply.draw("hourly_wage")
    cost = hours * wage
    # Times that were recorded have a mean of their own, which their draws do not; what moving together adds is the draws' alone.
    tied = supply.tied(*times, "hourly_wage") and cost.any()
    more = float(cost.mean() / (hours.mean() * wage.mean())) if tied else 1.0
    census = replace(CENSUS, method=message("census of pairs; the times are taken as given"))

    def line(
        number: int, name: str, called: Message, unit: str, told: Message, value: float, draws: Floats
    ) -> Line:
        used = (*times, "hourly_wage")[: 2 + number]
        if lacks[number]:
            return Line(missing(name, called, unit, lacks[number], told, given[number]))
        interval = census if supply.certain(*used) else central(draws)
        found = Result(
            name, called, value, unit, pairs, pairs, message("pairs to look at"), interval.bounds, interval.method, told,
            supply.grade(*used), (*counted, *given[number]), "estimated", interval_kind=interval.kind, review="unreviewed",
            caveats=(unspent,), attribution=1.0,
        )  # fmt: skip
        return Line(found, draws, draws)

    priced = message("{line}, in money", line=label)
    timed = message("{method}.", method=method)
    return [
        replace(line(0, "M8.hours", label, "hours", timed, mean, hours), draws=None),
        line(1, "M8", priced, currency, paid, mean * supply.mean("hourly_wage") * more, cost),
    ]


def _sums(lines: Sequence[Line], money: str) -> list[Line]:
    """Add the lines that do not overlap: what a year costs on average, gross, and net where anything was supplied."""
    unit = f"{money} per year"
    chosen = {line.result.id: line for line in lines if line.result.id in ADDED}
    there = {name: line for name, line in chosen.items() if line.result.value is not None}
    without = [line for line in chosen.values() if line.result.value is None]
    label = message("Lines that do not overlap, added for one year")
    method = message(
        "M3 + M9 + M10a, each for one year on average, from the same draws, in prices of the stated year, not discounted; M14 may overlap M10a, "
        "M10b is exposure, and M8 is labour that nobody spends today, so none of these is added."
    )
    if not there:
        one = message("one of: {lines}", lines=_labels(chosen.values()))
        return [Line(missing("M.sum", label, unit, (one,), method))]
    draws = _added(line.draws for line in there.values())
    average = _added(line.average for line in there.values())
    ends = at_ends([*there.values()])
    interval = joint([*there.values()], *(_added(line.average for line in each) for each in ends))
    parts = tuple(
        Input(
            name,
            line.result.value or 0.0,
            unit_of(line.result.unit),
            message("result {name}", name=name),
            "measured",
        )
        for name, line in there.items()
    )
    total = sum(line.result.value or 0.0 for line in there.values())
    # Amounts are what is due to duplication; the share is that of all that was spent in the same lines.
    whole = sum((line.result.value or 0.0) / (line.result.attribution or 1.0) for line in there.values())
    at_least = message("at least, as {lines} could not be estimated", lines=_labels(without))
    gross = [line for line in there.values() if line.kept is None]
    net = sum(float(line.net.mean()) for line in there.values() if line.net is not None)
    said = (
        *((at_least,) if without else ()),
        *((message("gross: {lines}", lines=_labels(gross)),) if gross else ()),
    )
    found = Result(
        "M.sum", label, total, unit, None, 1.0,
        message("one year on average"), interval.bounds, interval.method, method, max(line.result.grade for line in there.values()),
        parts, "estimated", interval_kind=interval.kind, review="unreviewed", caveats=said,
        lower_bound=bool(without), left_out=tuple(line.result.id for line in without), attribution=total / whole if whole else 1.0,
        net_share=None if len(gross) == len(there) else net / total if total else 1.0,
    )  # fmt: skip
    sums = [Line(found, draws, average)]
    if found.net_share is not None:
        bounds = joint([*there.values()], *(_added(line.net for line in each) for each in ends))
        sums.append(
            Line(
                replace(
                    found, id="M.sum.net", label=message("{line}, net", line=found.label), value=net, interval=bounds.bounds,
                    interval_method=bounds.method, interval_kind=bounds.kind,
                    method=message("{method} Each less deadweight, displacement and substitution where supplied.", method=method),
                )
            )
        )  # fmt: skip
    return sums


def _silent(lines: Sequence[Line], total: Result, supply: Supply) -> Result:
    """Return what the sum comes to for all members asked: from nothing at the silent ones to as much as at those who answered."""
    label = message("Lines added for one year, with bounds for members who did not answer")
    method = message(
        "From no disputes and no licences paid twice at members who did not answer, to as many as at those who did, each from the lower to the "
        "upper end of its interval where it has one; storage is measured."
    )
    names = ("members_asked", "members_answered")
    lacks, given = [*supply.lacking(*names), *total.needs], supply.given(*names)
    if lacks or total.value is None:
        return missing("M.silent", label, total.unit, lacks, method, given)
    asked, answered = (supply.mean(name) for name in names)
    if not 0 < answered <= asked:
        raise ConfigError(
            f"harm.members_answered: expected a number from 1 to members_asked ({asked:g}), got {answered:g}; correct one of them"
        )
    told = [
        line.result for line in lines if line.result.id in {"M9", "M10a"} and line.result.value is not None
    ]
    low, high = total.interval or (total.value, total.value)
    more = sum(each.interval[1] if each.interval and total.interval else each.value or 0.0 for each in told)
    ends = low, high + more * (asked / answered - 1)
    return Result(
        "M.silent", label, total.value, total.unit, answered, asked, message("members asked"), ends,
        message("bounds, not a sampling interval: nobody knows what the silent ones would have said"), method, total.grade, given, "estimated",
        review="unreviewed", lower_bound=True, interval_kind="bounds", attribution=total.attribution, net_share=total.net_share,
    )  # fmt: skip


def _labels(lines: Iterable[Line]) -> Message:
    return joined(line.result.label for line in lines)


def _added(parts: Iterable[Floats | None]) -> Floats:
    """Return the sum of draws."""
    return np.asarray(np.sum([part for part in parts if part is not None], axis=0), np.float64)


def at_ends(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Return the lines with what rests on copies that nobody has checked at nothing, and at its most."""
    least = [each if each.most is None else replace(each, average=each.most * 0.0) for each in lines]
    return least, [each if each.most is None else replace(each, average=each.most) for each in lines]


def joint(there: Sequence[Line], least: Floats, most: Floats) -> Interval:
    """Return the interval of what lines come to together, whose draws are given with the lines `at_ends`.

    There is none where a part has too few events for one, or where nobody has checked the count that all rests on; beside other
    lines such a part may be anything from nothing to its most.
    """
    few = [line for line in there if line.result.interval_kind == "none"]
    if few:
        return Interval(None, message("none: {lines} rests on too few events", lines=_labels(few)), "none")
    unsure = [line.result for line in there if line.most is not None]
    if not unsure:
        return central(least)
    if len(there) == 1:
        return Interval(None, unsure[0].interval_method, unsure[0].interval_kind)
    told = message(
        "{method}; {line} anywhere from nothing to that of every picture, as nobody has checked which are copies",
        method=central(least).method, line=unsure[0].id,
    )  # fmt: skip
    return Interval((quantiles(least, (0.025,))[0], quantiles(most, (0.975,))[0]), told)
