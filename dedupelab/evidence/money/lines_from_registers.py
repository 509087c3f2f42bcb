"""Money lines that rest on registers: disputes (M9), licences (M10a, M10b, M10c), pictures acquired again (M14)."""

import numpy as np
import pandas as pd

from dedupelab.evidence.money.compound_poisson import compound_draws, expected_draws, year_draws, yearly
from dedupelab.evidence.money.harm_inputs import Supply
from dedupelab.evidence.money.licences import Licensed
from dedupelab.numbers.draws import Floats, quantiles
from dedupelab.numbers.intervals import CENSUS, cluster_bootstrap
from dedupelab.numbers.intervals import Floats as Rows
from dedupelab.numbers.results import Input, Result, missing

Drawn = tuple[Result, Floats | None, Floats | None]
"""A result, draws of one year's cost, draws of the average cost a year."""
EXPOSURE = "exposure, not loss: what licences of one work from several licensors came to beyond the dearest; never added"
_INTERVAL = "Fay-Feuer 95 % for events at random times, of the expected cost a year"


def disputes(incidents: pd.DataFrame | None, supply: Supply) -> Drawn:
    """Return M9: from the incident register where it has disputes or stalled uses, else from elicited inputs."""
    label = "Cost of disputes over whose picture it is"
    found = _of_kind(incidents, ("dispute", "stall"))
    if len(found):
        share = found["attribution"].fillna(supply.mean("attribution_share", float("nan")))
        method = (
            "Days stalled x value of a day, and amounts paid, x the share due to duplication (each incident's own, else "
            "harm.attribution_share), summed over the incident register, over the years it covers."
        )
        return _recorded("M9", label, found, share, "incident_years", method, supply)
    unit = f"{supply.currency or 'currency'} per year"
    method = "Disputes a year x days stalled x value of a day x the share that is due to duplication."
    names = ("disputes_per_year", "dispute_days", "dispute_day_value", "attribution_share")
    lacks = supply.lacking(*names, money=True)
    if lacks:
        needs = ["incident register"] if len(lacks) >= len(names) else lacks
        needs += [n for n in ("harm.attribution_share",) if n in lacks and n not in needs]
        return missing("M9", label, unit, needs, method, supply.given(*names, money=True)), None, None
    factors = tuple(supply.inputs[name].distribution for name in names[1:3])
    share_draws = supply.draw("attribution_share")
    draws = compound_draws(supply.draw(names[0]), factors, supply.streams, "M9", share_draws)
    average = supply.draw(names[0]) * factors[0].mean * factors[1].mean * share_draws
    value = float(np.prod([supply.mean(name) for name in names]))
    low, high = quantiles(draws, (0.025, 0.975))
    result = Result(
        "M9", label, value, unit, supply.mean(names[0]), 1, "year", (low, high),
        f"central 95 % of a year's cost in {len(draws):,} Monte Carlo draws", method, supply.grade(*names),
        supply.given(*names, money=True), "estimated", caveat="elicited: nobody counted the disputes",
    )  # fmt: skip
    return result, draws, average


def acquisitions(incidents: pd.DataFrame | None, supply: Supply) -> Drawn:
    """Return M14: from the incident register where it has them, else from a survey's numbers."""
    label = "Pictures licensed or taken again because the first was not found"
    found = _of_kind(incidents, ("reacquisition",))
    if len(found):
        method = "Amounts of the incidents of kind reacquisition, over the years that the register covers; attribution 1 by definition."
        return _recorded("M14", label, found, pd.Series(1.0, found.index), "incident_years", method, supply)
    unit, names = (
        f"{supply.currency or 'currency'} per year",
        ("acquisitions_per_year", "acquisition_fee"),
    )
    method = "Cases a year x fee; attribution 1 by definition."
    lacks = supply.lacking(*names, money=True)
    if lacks:
        needs = [
            "survey of repeated acquisition" if n == "harm.acquisitions_per_year" else n
            for n in lacks
            if not n.startswith(("harm.currency", "harm.price"))
        ]
        return (
            missing("M14", label, unit, needs or lacks, method, supply.given(*names, money=True)),
            None,
            None,
        )
    draws = supply.draw(names[0]) * supply.draw(names[1])
    value = supply.mean(names[0]) * supply.mean(names[1])
    bounds = None if supply.certain(*names) else (quantiles(draws, (0.025, 0.975)))
    told = CENSUS.method if bounds is None else f"central 95 % of {len(draws):,} Monte Carlo draws"
    result = Result(
        "M14", label, value, unit, supply.mean(names[0]), 1, "year", None if bounds is None else (bounds[0], bounds[1]), told, method,
        supply.grade(*names), supply.given(*names, money=True), "estimated", caveat="may overlap M10a: never added",
    )  # fmt: skip
    return result, draws, draws


def doubled(licences: Licensed | None, ledger: pd.DataFrame | None, supply: Supply) -> Drawn:
    """Return M10a: a year's fees of licences that overlap a cheaper one of the same work and licensee."""
    label = "Licences paid twice for one work"
    unit = f"{supply.currency or 'currency'} per year"
    method = (
        "Fees of licences that overlap a cheaper one of the same work and licensee in scope, territory and term, over the years that the "
        "ledger covers; attribution 1, as one licence would have done."
    )
    if licences is None or ledger is None or not len(ledger):
        return missing("M10a", label, unit, ("licence ledger",), method), None, None
    lacks = supply.lacking("licence_years", money=True) + _foreign(ledger, supply)
    inputs = (*_ledger_inputs(licences, ledger), *supply.given("licence_years", money=True))
    if lacks or supply.mean("licence_years") <= 0:
        return (
            missing("M10a", label, unit, lacks or ("harm.licence_years above 0",), method, inputs),
            None,
            None,
        )
    return _yearly(
        "M10a", label, licences.doubled, "licence_years", method, "works paid twice", inputs, supply, ""
    )


def ledger_lines(licences: Licensed | None, ledger: pd.DataFrame | None, supply: Supply) -> list[Result]:
    """Return M10b, exposure, and M10c, the ratio of the highest to the lowest fee of a work."""
    money = supply.currency or "currency"
    told = (
        ("M10b", "Exposure to double licensing", money, "Fees of all but the dearest licensor, summed over works that several license; attribution 1."),
        ("M10c", "Price dispersion within works", "ratio", "Highest over lowest fee for one work, mean over works with two fees or more above 0."),
    )  # fmt: skip
    if licences is None or ledger is None or not len(ledger):
        return [missing(i, label, unit, ("licence ledger",), method) for i, label, unit, method in told]
    values = (licences.exposure, licences.ratios)
    sums = (float(licences.exposure.sum()), float(licences.ratios.mean()) if len(licences.ratios) else 0.0)
    foreign = _foreign(ledger, supply)
    needs = [
        supply.lacking(money=True) + foreign,
        foreign + ([] if len(licences.ratios) else ["two fees above 0 for one work"]),
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
                name, label, value, unit, len(rows), licences.works, "works in the licence ledger", interval.bounds, interval.method,
                method, "C", inputs, "estimated", caveat=EXPOSURE if name == "M10b" else "",
            )
        )  # fmt: skip
    return found


def _of_kind(incidents: pd.DataFrame | None, kinds: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame() if incidents is None else incidents[incidents["kind"].isin(kinds)]


def _recorded(
    name: str,
    label: str,
    rows: pd.DataFrame,
    share: "pd.Series[float]",
    years: str,
    method: str,
    supply: Supply,
) -> Drawn:
    unit = f"{supply.currency or 'currency'} per year"
    stalled = rows["days"] * rows["value_per_day"]
    priced = stalled.notna() | rows["amount"].notna()
    lacks = supply.lacking(years, money=True) + _foreign(rows[priced], supply)
    if share[priced].isna().any():
        lacks.append("harm.attribution_share")
    if not priced.any():
        lacks.append("amounts in the incident register")
    counted = Input("entries", len(rows), "incidents", "incident register", "measured")
    shared = name == "M9" and bool(rows.loc[priced, "attribution"].isna().any())
    used = (years, "attribution_share") if shared else (years,)
    inputs = (counted, *supply.given(*used, money=True))
    if lacks or supply.mean(years) <= 0:
        return missing(name, label, unit, lacks or (f"harm.{years} above 0",), method, inputs), None, None
    costs = ((stalled.fillna(0) + rows["amount"].fillna(0)) * share)[priced].to_numpy(np.float64)
    open_ = int((~priced).sum())
    caveat = f"at least: {open_} of {len(rows)} incidents have no amounts and are left out" if open_ else ""
    return _yearly(name, label, np.sort(costs), years, method, "incidents", inputs, supply, caveat, used)


def _yearly(
    name: str,
    label: str,
    costs: Floats,
    years: str,
    method: str,
    called: str,
    inputs: tuple[Input, ...],
    supply: Supply,
    caveat: str,
    used: tuple[str, ...] = (),
) -> Drawn:
    """Return a line from what events cost; years are taken at their expected value."""
    span = supply.mean(years)
    value, bounds = yearly(costs, span)
    some = bool(costs.any())
    result = Result(
        name, label, value, f"{supply.currency} per year", len(costs), span, f"years watched ({called})",
        bounds if some else None, _INTERVAL if some else "census: none recorded", method, supply.grade(*(used or (years,))), inputs,
        "estimated", caveat=caveat,
    )  # fmt: skip
    if not some:
        nothing = np.zeros(supply.streams.draws)
        return result, nothing, nothing
    draws = year_draws(costs, span, supply.streams, name)
    return result, draws, expected_draws(costs, span, supply.streams, name)


def _foreign(rows: pd.DataFrame, supply: Supply) -> list[str]:
    """Say which amounts are in another currency: nothing is converted at a rate that nobody gave."""
    other = sorted(set(rows["currency"].dropna()) - {supply.currency}) if len(rows) else []
    return [f"amounts in {supply.currency} (the register has {', '.join(other)})"] if other else []


def _ledger_inputs(licences: Licensed, ledger: pd.DataFrame) -> tuple[Input, ...]:
    return (
        Input("licences", len(ledger), "entries", "licence ledger", "invoice"),
        Input(
            "licences of pictures outside the study",
            licences.strangers,
            "entries",
            "licence ledger",
            "invoice",
        ),
    )


def _total(rows: Rows, weights: Rows) -> Rows:
    found: Rows = weights @ rows[:, 0]
    return found


def _mean(rows: Rows, weights: Rows) -> Rows:
    found: Rows = weights @ rows[:, 0] / weights.sum(axis=1)
    return found
