"""Money lines that rest on registers: disputes (M9), licences (M10a, M10b, M10c), pictures acquired again (M14).

Intervals are those of the expected cost a year, everywhere; what a single year may come to is in the quantiles.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from dedupelab.errors import ConfigError
from dedupelab.evidence.money.attribution import KINDS, Attribution
from dedupelab.evidence.money.compound_poisson import (
    FEWEST_EVENTS,
    compound_draws,
    expected_draws,
    interval,
    year_draws,
)
from dedupelab.evidence.money.deflator import Deflator, Priced, to_price_year
from dedupelab.evidence.money.double_entries import Once, events_of
from dedupelab.evidence.money.harm_inputs import SOURCE_TYPES, Supply, setting
from dedupelab.evidence.money.licences import Licensed
from dedupelab.numbers.draws import Floats
from dedupelab.numbers.intervals import central
from dedupelab.numbers.messages import Message, message
from dedupelab.numbers.results import Input, Result, missing
from dedupelab.registers.register_fields import folded

Drawn = tuple[Result, Floats | None, Floats | None]
"""A result, draws of one year's cost, draws of the average cost a year."""
EXPOSURE = message(
    "exposure, not loss: what licences of one work from several licensors came to beyond the dearest; never added"
)
_INTERVAL = message(
    "95 % of the expected cost a year: lognormal around the recorded cost, for events at random times and of unequal cost, with Student's t; rare "
    "events far dearer than any recorded are not in it"
)
_FEW = message(
    "none: fewer than {fewest} events were recorded, which says too little of their spread",
    fewest=FEWEST_EVENTS,
)
_NOTHING = message("none: what is recorded came to nothing, which does not say what is to be expected")
_YEAR = 365.25
_LISTED = 40
"""Entries of a register that an input names by their ids."""
_LEEWAY = 3
"""Days by which a register may run longer than the years that it is said to cover."""


@dataclass(frozen=True)
class Events:
    """What recorded events cost, in prices of the price year, and what has to be said of them.

    `entries` is how many were recorded; those that tell of one work are one event, as they are no independent witnesses.
    """

    costs: Floats
    entries: int
    called: Message
    inputs: tuple[Input, ...] = ()
    caveats: tuple[Message, ...] = ()
    partial: bool = False
    grade: str = "C"
    used: tuple[str, ...] = ()
    attribution: float = 1.0
    shared: Floats | None = None
    """Draws of the attributed part over its expected value, where the share is uncertain."""


def disputes(entries: Once | None, supply: Supply, measured: Attribution) -> Drawn:
    """Return M9: from the incident register where it has disputes or stalled uses, else from elicited inputs."""
    label = message("Cost of disputes over whose picture it is")
    found = _of_kind(entries, KINDS)
    if entries is not None and len(found):
        method = message(
            "Days stalled x value of a day, and amounts paid, x the share due to duplication (each incident's own, else "
            "harm.attribution_share), summed over the incident register, over the years it covers."
        )
        by_works = message(
            "Days stalled x value of a day, and amounts paid, summed over the incident register, x the share due to duplication as measured "
            "(M9a), over the years it covers."
        )
        if measured.draws is None:
            return _recorded("M9", label, found, entries, method, supply, measured)
        result, *drawn = _recorded("M9", label, found, entries, by_works, supply, measured)
        return replace(result, review="unreviewed" if result.estimated else ""), drawn[0], drawn[1]
    unit = f"{supply.currency or 'currency'} per year"
    method = message(
        "Disputes a year x days stalled x value of a day x the share that is due to duplication; for the average year the spread of days and value "
        "is taken as not knowing their averages, for a single year as varying from dispute to dispute."
    )
    names = ("disputes_per_year", "dispute_days", "dispute_day_value", "attribution_share")
    lacks = supply.lacking(*names, money=True)
    if lacks:
        needs = [message("incident register")] if len(lacks) >= len(names) else lacks
        shared = setting("harm", "attribution_share")
        needs += [shared] if shared in lacks and shared not in needs else []
        return missing("M9", label, unit, needs, method, supply.given(*names, money=True)), None, None
    value, average = _product(supply, *names)
    factors = {f"harm.{name}": supply.inputs[name].distribution for name in names[1:3]}
    draws = compound_draws(supply.draw(names[0]), factors, supply.streams, supply.draw("attribution_share"))
    draws *= value / draws.mean() if draws.any() else 1.0
    sure = central(average)
    result = Result(
        "M9", label, value, unit, supply.mean(names[0]), 1, message("year"), sure.bounds, sure.method, method, supply.grade(*names),
        supply.given(*names, money=True), "estimated", caveats=(message("elicited: nobody counted the disputes"),), interval_kind=sure.kind,
        attribution=supply.mean("attribution_share"),
    )  # fmt: skip
    return result, draws, average


def _product(supply: Supply, *names: str) -> tuple[float, Floats]:
    """Return the expected product of inputs, and its draws."""
    draws = np.asarray(np.prod([supply.draw(name) for name in names], axis=0), np.float64)
    return supply.expected(draws, float(np.prod([supply.mean(name) for name in names])), *names)


def acquisitions(entries: Once | None, supply: Supply) -> Drawn:
    """Return M14: from the incident register where it has them, else from a survey's numbers."""
    label = message("Pictures licensed or taken again because the first was not found")
    found = _of_kind(entries, ("reacquisition",))
    if entries is not None and len(found):
        method = message(
            "Amounts of the incidents of kind reacquisition, over the years that the register covers; attribution 1 by definition."
        )
        return _recorded("M14", label, found, entries, method, supply, Attribution([]))
    unit = f"{supply.currency or 'currency'} per year"
    names = ("acquisitions_per_year", "acquisition_fee")
    method = message("Cases a year x fee; attribution 1 by definition.")
    lacks = supply.lacking(*names, money=True)
    if lacks:
        needs = supply.lacking(*names)
        if names[0] not in supply.inputs:
            needs[0] = message("survey of repeated acquisition")
        return (
            missing("M14", label, unit, needs or lacks, method, supply.given(*names, money=True)),
            None,
            None,
        )
    value, draws = _product(supply, *names)
    sure = central(draws)
    result = Result(
        "M14", label, value, unit, supply.mean(names[0]), 1, message("year"), sure.bounds, sure.method, method,
        supply.grade(*names), supply.given(*names, money=True), "estimated", caveats=(message("may overlap M10a: never added"),),
        interval_kind=sure.kind, attribution=1.0,
    )  # fmt: skip
    return result, draws, draws


def doubled(licences: Licensed | None, ledger: pd.DataFrame | None, supply: Supply) -> Drawn:
    """Return M10a: a year's fees of licences that overlap a cheaper one of the same work and licensee."""
    label = message("Licences paid twice for one work")
    unit = f"{supply.currency or 'currency'} per year"
    method = message(
        "Fees of licences that overlap a cheaper one of the same work and licensee in scope, territory and term, over the years that the "
        "ledger covers; attribution 1, as one licence would have done."
    )
    if licences is None or ledger is None or not len(ledger):
        return missing("M10a", label, unit, (message("licence ledger"),), method), None, None
    lacks = supply.lacking("licence_years", money=True) + _foreign(ledger, supply)
    inputs = (*_ledger_inputs(licences, ledger), *supply.given("licence_years", money=True))
    if lacks or supply.mean("licence_years") <= 0:
        needs = lacks or (message("{setting} above 0", setting="harm.licence_years"),)
        return missing("M10a", label, unit, needs, method, inputs), None, None
    _covers(ledger["start"], "licence_years", "licence ledger", supply)
    paid = licences.paid
    priced = to_price_year(
        pd.Series([str(each["start"]) for each in paid], dtype=object), supply.price_year, supply.deflator
    )
    excess = paid_twice(licences)["cost"].to_numpy(np.float64)
    listed = message("licence ledger: {entries}", entries=_ids(each["id"] for each in paid))
    ids = tuple(str(each["id"]) for each in paid)
    inputs += (
        Input(
            "licences paid twice",
            len(paid),
            message("entries"),
            listed,
            "invoice",
            place="licence",
            entries=ids,
        ),
    )
    events = Events(
        np.sort(excess), len(excess), message("works paid twice"), (*inputs, *priced.inputs), (*licences.told, *priced.caveats),
        grade=supply.grade("licence_years"),
    )  # fmt: skip
    return _yearly("M10a", label, events, "licence_years", method, supply)


def ledger_lines(licences: Licensed | None, ledger: pd.DataFrame | None, supply: Supply) -> list[Result]:
    """Return M10b, exposure, and M10c, the ratio of the highest to the lowest fee of a work."""
    money = supply.currency or "currency"
    told = (
        ("M10b", message("Exposure to double licensing"), money, message("Fees of all but the dearest licensor, summed over works that several license; attribution 1.")),
        ("M10c", message("Price dispersion within works"), "ratio", message("Highest over lowest fee for one work, mean over works with two fees or more above 0.")),
    )  # fmt: skip
    if licences is None or ledger is None or not len(ledger):
        return [
            missing(i, label, unit, (message("licence ledger"),), method) for i, label, unit, method in told
        ]
    foreign = _foreign(ledger, supply)
    needs = [
        supply.lacking(money=True) + foreign,
        foreign + ([] if len(licences.ratios) else [message("two fees above 0 for one work")]),
    ]
    inputs = _ledger_inputs(licences, ledger)
    told_years = to_price_year(ledger["start"], supply.price_year, supply.deflator)
    ids = tuple(
        entry for work in {**licences.exposure, **licences.ratios} for entry in licences.entries[work]
    )
    listed = Input(
        "licences of works licensed more than once", len(ids), message("entries"), message("licence ledger"), "invoice", place="licence", entries=ids,
    )  # fmt: skip
    mixture, inputs = told_years.caveats, (*inputs, listed, *told_years.inputs)
    found = []
    for (name, label, unit, method), by_work, lacks in zip(
        told, (licences.exposure, licences.ratios), needs, strict=True
    ):
        rows = np.sort(np.array([*by_work.values()], np.float64))
        if lacks:
            found.append(missing(name, label, unit, lacks, method, inputs))
            continue
        summed = name == "M10b"
        over = 1.0 if summed else float(len(rows))
        value = float(rows.sum()) / over
        bounds = (
            interval(expected_draws(rows, over, supply.streams, name, counted=summed), rows)
            if rows.any()
            else None
        )
        sure = _EXPECTED[name] if bounds else _FEW if rows.any() else message("census: none recorded")
        found.append(
            Result(
                name, label, value, unit, len(rows), len(licences.entries), message("works in the licence ledger"), bounds, sure,
                method, "C", inputs, "estimated", caveats=(EXPOSURE, *licences.told, *mixture) if summed else licences.told,
                interval_kind="sampling" if bounds else "none" if rows.any() else "census", attribution=1.0 if summed else None,
            )
        )  # fmt: skip
    return found


_EXPECTED = {
    "M10b": message(
        "95 % of what is expected in such a ledger: lognormal around the recorded sum, for works at random and of unequal fees, with Student's t"
    ),
    "M10c": message(
        "95 % of the mean: lognormal around it, for so many works of unequal ratios, with Student's t"
    ),
}


def _of_kind(entries: Once | None, kinds: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame() if entries is None else entries.incidents[entries.incidents["kind"].isin(kinds)]


def _recorded(
    name: str,
    label: Message,
    rows: pd.DataFrame,
    entries: Once,
    method: Message,
    supply: Supply,
    measured: Attribution,
) -> Drawn:
    """Return M9 or M14 from the incident register: every incident's cost, in prices of the price year, x its share."""
    unit, years = f"{supply.currency or 'currency'} per year", "incident_years"
    cost, told = incident_costs(rows, supply.price_year, supply.deflator)
    priced = cost.notna()
    own = pd.Series(1.0, rows.index) if name == "M14" else rows["attribution"]
    typed = own.isna() & priced
    lacks = supply.lacking(years, money=True) + _foreign(rows[priced], supply)
    if measured.draws is None and typed.any() and "attribution_share" not in supply.inputs:
        lacks.append(setting("harm", "attribution_share"))
    if not priced.any():
        lacks.append(message("amounts in the incident register"))
    used = (years, "attribution_share") if measured.draws is None and bool(typed.any()) else (years,)
    listed = message("incident register: {entries}", entries=_ids(rows["id"]))
    ids = tuple(map(str, rows["id"]))
    counted = Input(
        "entries", len(rows), message("incidents"), listed, "measured", place="incident", entries=ids
    )
    inputs = (counted, *supply.given(*used, money=True))
    if lacks or supply.mean(years) <= 0:
        needs = lacks or (message("{setting} above 0", setting=f"harm.{years}"),)
        return missing(name, label, unit, needs, method, inputs), None, None
    _covers(entries.incidents["opened"], years, "incident register", supply)
    whole = cost[priced].to_numpy(np.float64)
    if measured.draws is not None:
        expected = float(measured.draws.mean())
        below = message(
            "draws of M9a below 0 count as 0, so that the share is {expected:.1%} on average, where M9a itself is {measured:.1%}",
            expected=expected, measured=measured.results[0].value or 0.0,
        )  # fmt: skip
        share, varies = np.full(len(whole), expected), measured.draws
        inputs += (
            Input(
                "attribution",
                expected,
                message("share"),
                message("result {name}", name="M9a"),
                "measured",
                place="M9a",
            ),
        )
    else:
        share = own[priced].fillna(supply.mean("attribution_share")).to_numpy(np.float64)
        varies = supply.draw("attribution_share", 1.0)
    costs = whole * share
    events = events_of(costs, rows.loc[priced, "work"])
    movable = costs.sum() if measured.draws is not None else costs[typed[priced].to_numpy()].sum()
    part = float(movable / costs.sum()) if costs.any() else 0.0
    types = rows.loc[priced, "source_type"].fillna("assumed")
    silent = int(rows.loc[priced, "source_type"].isna().sum())
    unclassified = message(
        "{silent} of {all} entries do not say what kind of source their amounts have",
        silent=silent,
        all=int(priced.sum()),
    )
    unpriced = message(
        "at least: {open} of {all} incidents have no amounts and are left out",
        open=int((~priced).sum()),
        all=len(rows),
    )
    one_work = message(
        "incidents of one work count as one event in the interval: {incidents} incidents, {events} events",
        incidents=len(costs),
        events=len(events),
    )
    caveats = (
        *((unpriced,) if (~priced).any() else ()), *entries.told(set(rows["id"].astype(str))), *told.caveats, *((unclassified,) if silent else ()),
        *((one_work,) if len(events) < len(costs) else ()), *((below,) if measured.draws is not None and not measured.draws.all() else ()),
    )  # fmt: skip
    found = Events(
        np.sort(events), len(costs), message("incidents"), (*inputs, *told.inputs), caveats, bool((~priced).any()),
        max(supply.grade(*used), *(SOURCE_TYPES[kind] for kind in types)), used,
        float(costs.sum() / whole.sum()) if whole.any() else 1.0,
        1 - part + part * varies / float(varies.mean()) if part and varies.mean() > 0 else None,
    )  # fmt: skip
    return _yearly(name, label, found, years, method, supply)


def incident_costs(
    rows: pd.DataFrame, price_year: int | None, deflator: Deflator | None
) -> "tuple[pd.Series[float], Priced]":
    """Return what each incident cost in prices of the price year, NaN where it has no amounts, and what must be said of it."""
    stalled = rows["days"] * rows["value_per_day"]
    cost = (stalled.fillna(0) + rows["amount"].fillna(0)).where(stalled.notna() | rows["amount"].notna())
    told = to_price_year(rows.loc[cost.notna(), "opened"], price_year, deflator)
    cost[cost.notna()] *= told.factors
    return cost, told


def paid_twice(licences: Licensed) -> pd.DataFrame:
    """Return the works that a licensee paid twice for: `work`, `licensee`, the `entries` that bought nothing, and their `cost`."""
    paid = pd.DataFrame(
        [
            (
                each["work"],
                folded(each["licensee"]),
                str(each["id"]),
                float(str(each["real"])),
            )
            for each in licences.paid
        ],
        columns=["work", "licensee", "entries", "cost"],
    )
    return paid.groupby(["work", "licensee"], sort=False, as_index=False).agg(
        {"entries": ", ".join, "cost": "sum"}
    )


def _ids(entries: Iterable[object]) -> str:
    """Return the ids of entries, by which they stand in their register; of many the first and how many more."""
    ids = [str(each) for each in entries]
    return ", ".join(ids[:_LISTED]) + (f" + {len(ids) - _LISTED}" if len(ids) > _LISTED else "")


def _yearly(name: str, label: Message, events: Events, years: str, method: Message, supply: Supply) -> Drawn:
    """Return a line from what events cost; years are taken at their expected value."""
    span, costs = supply.mean(years), events.costs
    some = bool(costs.any())
    value = float(costs.sum()) / span
    result = Result(
        name, label, value, f"{supply.currency} per year", events.entries, span, message("years watched ({what})", what=events.called),
        None, message("census: none recorded"), method, events.grade, events.inputs, "estimated", caveats=events.caveats,
        lower_bound=events.partial, attribution=events.attribution, interval_kind="census",
    )  # fmt: skip
    if not some:
        if events.entries:
            result = replace(result, interval_method=_NOTHING, interval_kind="none")
        nothing = np.zeros(supply.streams.draws)
        return result, nothing, nothing
    expected = expected_draws(costs, span, supply.streams, name)
    if events.shared is not None:
        moved = expected * events.shared
        expected = moved / moved.mean() * value
    bounds = interval(expected, costs)
    sure = _INTERVAL if bounds else _FEW
    result = replace(
        result, interval=bounds, interval_method=sure, interval_kind="sampling" if bounds else "none"
    )
    return result, year_draws(costs, span, expected, supply.streams, f"{name} year"), expected


def _covers(dates: "pd.Series[str]", years: str, register: str, supply: Supply) -> None:
    """Refuse years that are fewer than a register runs."""
    days = [date.fromisoformat(str(day)) for day in dates]
    if not days:
        return
    runs = ((max(days) - min(days)).days + 1) / _YEAR
    if supply.mean(years) * _YEAR + _LEEWAY < runs * _YEAR:
        raise ConfigError(
            f"harm.{years}: expected at least {runs:.2f} years, as the {register} runs from {min(days)} to {max(days)}, "
            f"got {supply.mean(years):g}; give the time in which entries were written down"
        )


def _foreign(rows: pd.DataFrame, supply: Supply) -> list[Message]:
    """Say which amounts are in another currency: nothing is converted at a rate that nobody gave."""
    other = sorted(set(rows["currency"].dropna()) - {supply.currency}) if len(rows) else []
    if not other:
        return []
    return [
        message(
            "amounts in {currency} (the register has {others})",
            currency=str(supply.currency),
            others=", ".join(other),
        )
    ]


def _ledger_inputs(licences: Licensed, ledger: pd.DataFrame) -> tuple[Input, ...]:
    return (
        Input(
            "licences", len(ledger), message("entries"), message("licence ledger"), "invoice", place="licence"
        ),
        Input(
            "licences of pictures outside the study",
            licences.strangers,
            message("entries"),
            message("licence ledger"),
            "invoice",
            place="licence",
        ),
    )
