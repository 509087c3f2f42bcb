"""Money lines that rest on registers: disputes (M9), licences (M10a, M10b, M10c), pictures acquired again (M14)."""

import numpy as np
import pandas as pd

from dedupelab.evidence.money.compound_poisson import compound_draws, expected_draws, year_draws, yearly
from dedupelab.evidence.money.harm_inputs import Supply, setting
from dedupelab.evidence.money.licences import Licensed
from dedupelab.numbers.draws import Floats, quantiles
from dedupelab.numbers.intervals import CENSUS, cluster_bootstrap
from dedupelab.numbers.intervals import Floats as Rows
from dedupelab.numbers.messages import NOTHING, Message, message
from dedupelab.numbers.results import Input, Result, missing

Drawn = tuple[Result, Floats | None, Floats | None]
"""A result, draws of one year's cost, draws of the average cost a year."""
EXPOSURE = message(
    "exposure, not loss: what licences of one work from several licensors came to beyond the dearest; never added"
)
_INTERVAL = message("Fay-Feuer 95 % for events at random times, of the expected cost a year")


def disputes(incidents: pd.DataFrame | None, supply: Supply) -> Drawn:
    """Return M9: from the incident register where it has disputes or stalled uses, else from elicited inputs."""
    label = message("Cost of disputes over whose picture it is")
    found = _of_kind(incidents, ("dispute", "stall"))
    if len(found):
        share = found["attribution"].fillna(supply.mean("attribution_share", float("nan")))
        method = message(
            "Days stalled x value of a day, and amounts paid, x the share due to duplication (each incident's own, else "
            "harm.attribution_share), summed over the incident register, over the years it covers."
        )
        return _recorded("M9", label, found, share, "incident_years", method, supply)
    unit = f"{supply.currency or 'currency'} per year"
    method = message(
        "Disputes a year x days stalled x value of a day x the share that is due to duplication."
    )
    names = ("disputes_per_year", "dispute_days", "dispute_day_value", "attribution_share")
    lacks = supply.lacking(*names, money=True)
    if lacks:
        needs = [message("incident register")] if len(lacks) >= len(names) else lacks
        shared = setting("harm", "attribution_share")
        needs += [shared] if shared in lacks and shared not in needs else []
        return missing("M9", label, unit, needs, method, supply.given(*names, money=True)), None, None
    factors = tuple(supply.inputs[name].distribution for name in names[1:3])
    share_draws = supply.draw("attribution_share")
    draws = compound_draws(supply.draw(names[0]), factors, supply.streams, "M9", share_draws)
    average = supply.draw(names[0]) * factors[0].mean * factors[1].mean * share_draws
    value = float(np.prod([supply.mean(name) for name in names]))
    low, high = quantiles(draws, (0.025, 0.975))
    result = Result(
        "M9", label, value, unit, supply.mean(names[0]), 1, message("year"), (low, high),
        message("central 95 % of a year's cost in {count:,} Monte Carlo draws", count=len(draws)), method, supply.grade(*names),
        supply.given(*names, money=True), "estimated", caveats=(message("elicited: nobody counted the disputes"),), attribution=supply.mean("attribution_share"),
    )  # fmt: skip
    return result, draws, average


def acquisitions(incidents: pd.DataFrame | None, supply: Supply) -> Drawn:
    """Return M14: from the incident register where it has them, else from a survey's numbers."""
    label = message("Pictures licensed or taken again because the first was not found")
    found = _of_kind(incidents, ("reacquisition",))
    if len(found):
        method = message(
            "Amounts of the incidents of kind reacquisition, over the years that the register covers; attribution 1 by definition."
        )
        return _recorded("M14", label, found, pd.Series(1.0, found.index), "incident_years", method, supply)
    unit, names = (
        f"{supply.currency or 'currency'} per year",
        ("acquisitions_per_year", "acquisition_fee"),
    )
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
    draws = supply.draw(names[0]) * supply.draw(names[1])
    value = supply.mean(names[0]) * supply.mean(names[1])
    bounds = None if supply.certain(*names) else (quantiles(draws, (0.025, 0.975)))
    told = (
        CENSUS.method
        if bounds is None
        else message("central 95 % of {draws:,} Monte Carlo draws", draws=len(draws))
    )
    result = Result(
        "M14", label, value, unit, supply.mean(names[0]), 1, message("year"), None if bounds is None else (bounds[0], bounds[1]), told, method,
        supply.grade(*names), supply.given(*names, money=True), "estimated", caveats=(message("may overlap M10a: never added"),), attribution=1.0,
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
        return (
            missing(
                "M10a",
                label,
                unit,
                lacks or (message("{setting} above 0", setting="harm.licence_years"),),
                method,
                inputs,
            ),
            None,
            None,
        )
    return _yearly(
        "M10a",
        label,
        licences.doubled,
        "licence_years",
        method,
        message("works paid twice"),
        inputs,
        supply,
        NOTHING,
    )


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
    values = (licences.exposure, licences.ratios)
    sums = (float(licences.exposure.sum()), float(licences.ratios.mean()) if len(licences.ratios) else 0.0)
    foreign = _foreign(ledger, supply)
    needs = [
        supply.lacking(money=True) + foreign,
        foreign + ([] if len(licences.ratios) else [message("two fees above 0 for one work")]),
    ]
    inputs = _ledger_inputs(licences, ledger)
    found = []
    for (name, label, unit, method), rows, value, lacks in zip(told, values, sums, needs, strict=True):
        if lacks:
            found.append(missing(name, label, unit, lacks, method, inputs))
            continue
        statistic = _total if name == "M10b" else _mean
        interval = cluster_bootstrap(rows[:, np.newaxis], statistic)
        found.append(
            Result(
                name, label, value, unit, len(rows), licences.works, message("works in the licence ledger"), interval.bounds, interval.method,
                method, "C", inputs, "estimated", caveats=(EXPOSURE,) if name == "M10b" else (), interval_kind=interval.kind,
                attribution=1.0 if name == "M10b" else None,
            )
        )  # fmt: skip
    return found


def _of_kind(incidents: pd.DataFrame | None, kinds: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame() if incidents is None else incidents[incidents["kind"].isin(kinds)]


def _recorded(
    name: str,
    label: Message,
    rows: pd.DataFrame,
    share: "pd.Series[float]",
    years: str,
    method: Message,
    supply: Supply,
) -> Drawn:
    unit = f"{supply.currency or 'currency'} per year"
    stalled = rows["days"] * rows["value_per_day"]
    priced = stalled.notna() | rows["amount"].notna()
    lacks = supply.lacking(years, money=True) + _foreign(rows[priced], supply)
    if share[priced].isna().any():
        lacks.append(setting("harm", "attribution_share"))
    if not priced.any():
        lacks.append(message("amounts in the incident register"))
    counted = Input("entries", len(rows), message("incidents"), message("incident register"), "measured")
    shared = name == "M9" and bool(rows.loc[priced, "attribution"].isna().any())
    used = (years, "attribution_share") if shared else (years,)
    inputs = (counted, *supply.given(*used, money=True))
    if lacks or supply.mean(years) <= 0:
        return (
            missing(
                name,
                label,
                unit,
                lacks or (message("{setting} above 0", setting=f"harm.{years}"),),
                method,
                inputs,
            ),
            None,
            None,
        )
    costs = ((stalled.fillna(0) + rows["amount"].fillna(0)) * share)[priced].to_numpy(np.float64)
    open_ = int((~priced).sum())
    left_out = message(
        "at least: {open} of {all} incidents have no amounts and are left out", open=open_, all=len(rows)
    )
    whole = float((stalled.fillna(0) + rows["amount"].fillna(0))[priced].sum())
    return _yearly(
        name, label, np.sort(costs), years, method, message("incidents"), inputs, supply, left_out if open_ else NOTHING, used,
        float(costs.sum()) / whole if whole else 1.0,
    )  # fmt: skip


def _yearly(
    name: str,
    label: Message,
    costs: Floats,
    years: str,
    method: Message,
    called: Message,
    inputs: tuple[Input, ...],
    supply: Supply,
    caveat: Message,
    used: tuple[str, ...] = (),
    attribution: float = 1.0,
) -> Drawn:
    """Return a line from what events cost; years are taken at their expected value."""
    span = supply.mean(years)
    value, bounds = yearly(costs, span)
    some = bool(costs.any())
    result = Result(
        name, label, value, f"{supply.currency} per year", len(costs), span, message("years watched ({what})", what=called),
        bounds if some else None, _INTERVAL if some else message("census: none recorded"), method, supply.grade(*(used or (years,))), inputs,
        "estimated", caveats=(caveat,) if caveat else (), lower_bound=bool(caveat), attribution=attribution,
    )  # fmt: skip
    if not some:
        nothing = np.zeros(supply.streams.draws)
        return result, nothing, nothing
    draws = year_draws(costs, span, supply.streams, name)
    return result, draws, expected_draws(costs, span, supply.streams, name)


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
        Input("licences", len(ledger), message("entries"), message("licence ledger"), "invoice"),
        Input(
            "licences of pictures outside the study",
            licences.strangers,
            message("entries"),
            message("licence ledger"),
            "invoice",
        ),
    )


def _total(rows: Rows, weights: Rows) -> Rows:
    found: Rows = weights @ rows[:, 0]
    return found


def _mean(rows: Rows, weights: Rows) -> Rows:
    found: Rows = weights @ rows[:, 0] / weights.sum(axis=1)
    return found
