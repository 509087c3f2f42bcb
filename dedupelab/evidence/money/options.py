"""The policy options as results: present values, payback, break-even price, who pays and who gains, which is largest how often."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dedupelab.evidence.money.harm import ADDED, LEVELS, Line, at_ends, joint
from dedupelab.evidence.money.harm_inputs import HarmInput, Supply, known, setting
from dedupelab.evidence.money.scenarios import (
    AVOIDABLE,
    COMMON,
    OWN,
    SCREENING,
    STOCK,
    Balance,
    Option,
    Terms,
    balance,
    drawn,
)
from dedupelab.evidence.money.tornado import COLUMNS, tornado
from dedupelab.evidence.money.who_pays import OPTION, UNDER_INPUTS, Told, shares, slug
from dedupelab.numbers.draws import Floats, quantiles, reordered
from dedupelab.numbers.messages import N_, Message, message
from dedupelab.numbers.results import Result, missing

YEARS = ("option", "screening", "year", "adopted", "harm", "benefit", "cost", "net", "balance")
Subject = tuple[tuple[str, str], ...]
RATES = (0.0, 0.08)
"""Discount rates at which the present value is given beside the study's own."""
TIED = (("together", 0.5), ("opposed", -0.5))
"""Rank correlations of benefits and costs at which the spread is given beside that of the study's inputs."""


@dataclass(frozen=True)
class Compared:
    """All options: results, the table of years and the table of inputs that move them."""

    results: list[Result]
    years: pd.DataFrame
    inputs: pd.DataFrame


def compare(
    chosen: Sequence[Option],
    common: Mapping[str, HarmInput],
    lines: Sequence[Line],
    supply: Supply,
    terms: Terms,
    members: int | None = None,
) -> Compared:
    """Compare options with doing nothing.

    Parameters
    ----------
    chosen
        Options; each is computed for every way of screening whose price is given.
    common
        Inputs of `[scenarios]`, by the names in `COMMON`.
    lines
        The money lines; those of `harm.ADDED` are the harm that an option can lessen.
    supply
        Inputs of `[harm]`, with prices and streams.
    members
        Of how many organisations the lines state the harm; options for other numbers need `harm_scale`.

    Raises
    ------
    ConfigError
        If an input has an unknown name or a share is above 1.
    """
    known(common, COMMON, "scenarios")
    for option in chosen:
        known(option.inputs, {**COMMON, **OWN}, f"scenarios.{option.name}")
    harm = _harm(lines, supply)
    yearly, there = harm.yearly, harm.there
    unsure = [_harm(each, supply) for each in at_ends(lines)]
    shared = supply.of("scenarios", common)
    results: list[Result] = []
    balances: dict[tuple[str, str], Balance] = {}
    years, moved = [], []
    for option in chosen:
        for screening in SCREENING:
            lacks = _lacking(option, screening, shared, there, supply, members)
            if lacks:
                results.append(_open(option, screening, lacks, supply))
                continue
            given = drawn(option, screening, shared, supply)
            inputs = given | harm.shared
            found = balance(option, screening, inputs, yearly, terms)
            ends = [balance(option, screening, given | end.shared, end.yearly, terms) for end in unsure]
            balances[option.name, screening] = found
            told = Told(option, screening, shared, supply, there, terms)
            results += _values(found, ends, told, inputs, yearly)
            results += shares(found, told)
            years.append(_years(found, option.name, screening))
            moved.append(tornado(option, screening, inputs, yearly, terms))
    results += _ranked(balances, supply, there, terms)
    return Compared(
        results,
        pd.concat(years, ignore_index=True) if years else pd.DataFrame(columns=list(YEARS)),
        pd.concat(moved, ignore_index=True) if moved else pd.DataFrame(columns=list(COLUMNS)),
    )


def _lacking(
    option: Option, screening: str, common: Supply, there: Sequence[Line], harm: Supply, members: int | None
) -> list[Message]:
    missing_ = [n for n in option.needs(screening) if n not in option.inputs and n not in common.inputs]
    lacks = [
        setting("scenarios", n)
        if n in COMMON
        else message("{setting} of {option}", setting=f"scenarios.option.{n}", option=option.name)
        for n in missing_
    ]
    if not there:
        lacks.append(message("a yearly line of harm (M3, M9 or M10a)"))
    own = {**common.inputs, **option.inputs}
    if members is not None and "organisations" in own:
        bearing = own["organisations"].distribution.mean
        if round(bearing) == members and "harm_scale" in own and own["harm_scale"].distribution.mean != 1:
            lacks.append(
                message(
                    "harm and cost of the same organisations: both are of {members}, so that {scale} would change the harm alone; leave it out",
                    members=members,
                    scale=setting("scenarios", "harm_scale"),
                )
            )
        elif round(bearing) != members and "harm_scale" not in own:
            lacks.append(
                message(
                    "harm and cost of the same organisations: the harm is of {members}, the cost of {bearing:,.10g}; set {organisations} to "
                    "{members}, or give {scale}, the factor between them, with its source",
                    members=members,
                    bearing=bearing,
                    organisations=setting("scenarios", "organisations"),
                    scale=setting("scenarios", "harm_scale"),
                )
            )
    return lacks + harm.lacking(money=True)


def _open(option: Option, screening: str, lacks: Sequence[Message], supply: Supply) -> Result:
    part = message("present value of benefits less costs")
    return missing(
        f"S.{slug(option.name, screening)}",
        message(OPTION[screening], option=option.name, part=part),
        supply.currency or "currency",
        lacks,
        message("Benefits less costs, discounted."),
        subject=(("option", option.name), ("screening", screening)),
    )


def _values(
    found: Balance, ends: Sequence[Balance], told: Told, inputs: Mapping[str, Floats], yearly: Floats
) -> list[Result]:
    """Present value with its quantiles, its chance to be positive, other rates, no growth, payback and break-even price.

    `ends` are the balances with the harm's lines `at_ends`: no interval is narrower than that of the harm it rests on.
    """
    money, net, terms = told.harm.currency or "currency", found.net, told.terms
    sure = joint(told.there, *(each.net for each in ends))
    if sure.bounds:
        error = 2 * float(net.std()) / len(net) ** 0.5
        exact = message("{method}; the mean is exact to {error:,.2g}", method=sure.method, error=error)
        sure = replace(sure, method=exact)
    levels = {
        "p10": message("present value, P10"),
        "p50": message("present value, P50"),
        "p90": message("present value, P90"),
    }
    results = [
        told.result("", message("present value of benefits less costs"), float(net.mean()), money, interval=sure.bounds, interval_kind=sure.kind, interval_method=sure.method, inputs=told.inputs),
        *(
            told.result(f".{n}", levels[n], v, money, interval_kind="quantile", interval_method=message("quantile: {level:.0%} of {draws:,} draws stay below", level=level, draws=len(net)))
            for (n, level), v in zip(LEVELS.items(), quantiles(net, list(LEVELS.values())), strict=True)
        ),
        told.result(".positive", message("share of draws in which benefits exceed costs"), float((net > 0).mean()), "fraction", message("Draws above 0.")),
        told.result(".benefit", message("present value of benefits"), float((found.benefit @ terms.discounts).mean()), money),
        told.result(".cost", message("present value of costs"), float((found.cost @ terms.discounts).mean()), money),
    ]  # fmt: skip
    for rate in RATES:
        other = replace(found, terms=replace(terms, rate=rate)).net
        label = message("present value at a discount rate of {rate:.0%}", rate=rate)
        method = message("At {rate:.0%}.", rate=rate)
        results.append(told.result(f".rate{rate * 100:.0f}", label, float(other.mean()), money, method))
    flat = balance(
        told.option, told.screening, {n: d for n, d in inputs.items() if n != "growth"}, yearly, terms
    )
    results += [*(_tied(found, ends, told) if sure.bounds else ()), *_a_year(found, told)]
    level = message("present value when harm does not grow")
    results.append(told.result(".flat", level, float(flat.net.mean()), money, message("Growth 0.")))
    payback = found.payback()
    label = message("first year in which expected benefits have made up for costs")
    if payback is None:
        need = message(
            "a longer horizon: expected costs are not made up for within {years} years", years=terms.years
        )
        method = message("First year of a balance that stays at 0 or above.")
        results.append(
            missing(
                f"{told.name}.payback", told.labelled(label), "year", (need,), method, subject=told.subject
            )
        )
    else:
        results.append(told.result(".payback", label, payback, "year", message("Year 1 is the first.")))
    price = inputs[SCREENING[told.screening]]
    if found.screened.mean() > 0:
        results.append(
            told.result(
                ".break-even", message("yearly price of screening for each organisation at which expected benefits equal costs"),
                found.break_even(price), money, message("E(net + price x organisation-years) / E(organisation-years), discounted."),
            )
        )  # fmt: skip
    return results


def _tied(found: Balance, ends: Sequence[Balance], told: Told) -> Iterator[Result]:
    """How the spread would change if benefits and costs moved together or opposed: nobody said how inputs are tied."""
    if told.harm.streams.correlations:
        return
    labels = {
        "together": message("present value if benefits and costs rise together, rank correlation 0.5"),
        "opposed": message("present value if costs rise as benefits fall, rank correlation -0.5"),
    }
    for name, rank in TIED:
        ranks = np.array([[1.0, rank], [rank, 1.0]])
        parts = [
            reordered([each.benefit @ told.terms.discounts, each.cost @ told.terms.discounts], ranks, told.harm.streams.seed)
            for each in (found, *ends)
        ]  # fmt: skip
        net, least, most = (one - other for one, other in parts)
        sure = joint(told.there, least, most)
        yield told.result(
            f".{name}", labels[name], float(net.mean()), told.harm.currency or "currency",
            message("Inputs are drawn independently, as no correlations were supplied; here the same benefits and costs are put in another order."),
            interval=sure.bounds, interval_kind=sure.kind, interval_method=sure.method,
        )  # fmt: skip


def _a_year(found: Balance, told: Told) -> Iterator[Result]:
    """Net cost to business per year (EANDCB): the present value of what organisations pay less what they save, as an annuity."""
    unit, discounts = f"{told.harm.currency or 'currency'} per year", told.terms.discounts
    paid = float(((found.cost - found.fixed) @ discounts).mean() / discounts.sum())
    saved = float((found.benefit @ discounts).mean() / discounts.sum())
    label = message("net cost to business per year")
    small = message("net cost to small and medium organisations per year")
    method = message(
        "What adopting organisations pay less what holders, parties and licensees save, as an equal amount of each year."
    )
    yield told.result(".eandcb", label, paid - saved, unit, method)
    given = {
        n: told.option.inputs.get(n) or told.common.inputs.get(n) for n in ("sme_share", "sme_harm_share")
    }
    lacks = [
        message("{setting} (not collected)", setting=f"scenarios.{n}")
        for n, each in given.items()
        if each is None
    ]
    if lacks:
        yield missing(
            f"{told.name}.eandcb.smes", told.labelled(small), unit, lacks, method, subject=told.subject
        )
        return
    shares = {n: each.distribution.mean for n, each in given.items() if each is not None}
    part = paid * shares["sme_share"] - saved * shares["sme_harm_share"]
    used = tuple(each.as_input(n) for n, each in given.items() if each is not None)
    yield told.result(
        ".eandcb.smes",
        small,
        part,
        unit,
        message("Each by the share that is small or medium."),
        inputs=used,
    )


def _years(found: Balance, option: str, screening: str) -> pd.DataFrame:
    net = (found.benefit - found.cost).mean(axis=0)
    return pd.DataFrame(
        {
            "option": option, "screening": screening, "year": np.arange(1, found.terms.years + 1), "adopted": found.adopted.mean(axis=0),
            "harm": found.harm.mean(axis=0), "benefit": found.benefit.mean(axis=0), "cost": found.cost.mean(axis=0), "net": net,
            "balance": np.cumsum(net * found.terms.discounts),
        }
    )  # fmt: skip


def _ranked(
    balances: Mapping[tuple[str, str], Balance], supply: Supply, there: Sequence[Line], terms: Terms
) -> list[Result]:
    """In how many draws each option, doing nothing among them, has the largest present value; differences from the first."""
    if not balances:
        return []
    money = supply.currency or "currency"
    nets = np.stack([np.zeros(supply.streams.draws), *(b.net for b in balances.values())])
    best = np.bincount(np.argmax(nets, axis=0), minlength=len(nets)) / nets.shape[1]
    names = ["S.nothing", *(f"S.{slug(*key)}" for key in balances)]
    subjects = [(), *((("option", option), ("screening", screening)) for option, screening in balances)]
    method = message(
        "Share of draws in which the present value is the largest of all options, doing nothing (0) among them; common random numbers."
    )
    told = message("share of draws, not a chance that anything happens")
    worst = max("C", *(line.result.grade for line in there))
    best_part = message("share of draws with the largest present value")
    common: dict[str, Any] = {
        "grade": worst, "status": "estimated", "review": "unreviewed", "caveats": (UNDER_INPUTS,),
    }  # fmt: skip
    results = [
        Result(
            f"{name}.best", _labelled(subject, best_part), float(share), "fraction", interval_kind="chance",
            interval_method=told, method=method, subject=subject, **common,
        )
        for name, subject, share in zip(names, subjects, best, strict=True)
    ]  # fmt: skip
    first = next(iter(balances.values()))
    harm = float((first.harm @ terms.discounts).mean())
    results.append(
        Result(
            "S.nothing.harm", message("Doing nothing: present value of harm over {years} years", years=terms.years), harm, money,
            interval_kind="expected", interval_method=message("expected value over all draws"),
            method=message("Harm of {lines}, grown and discounted at {rate:.1%}.", lines=", ".join(line.result.id for line in there), rate=terms.rate),
            **common,
        )
    )  # fmt: skip
    means = nets.mean(axis=1)
    order = np.argsort(-means, kind="stable")
    top = int(order[0])
    for other in map(int, order[1:]):
        label = message(
            "{first} less {second}: difference of present values",
            first=screened(subjects[top]),
            second=screened(subjects[other], within=True),
        )
        low, high = quantiles(nets[top] - nets[other], (0.1, 0.9))
        about = (
            *(("first_" + kind, name) for kind, name in subjects[top]),
            *(("second_" + kind, name) for kind, name in subjects[other]),
        )
        results.append(
            Result(
                f"S.difference.{names[other].removeprefix('S.')}", label, float(means[top] - means[other]), money,
                interval=(low, high), interval_kind="levels",
                interval_method=message("P10 to P90 of draws, common random numbers"),
                method=message("Largest expected present value less this one."), subject=about, **common,
            )
        )  # fmt: skip
    return results


NAMED = {
    "licensed": N_("{option}, licensed screening"),
    "open-source": N_("{option}, open-source screening"),
}


def screened(subject: Subject, *, within: bool = False) -> Message:
    """Return the name of an option with its screening; of none, of doing nothing, as it stands within a sentence or alone."""
    about = dict(subject)
    if not about:
        return message("doing nothing") if within else message("Doing nothing")
    template = NAMED[about["screening"]]
    return message(template, option=about["option"])


def _labelled(subject: Subject, part: Message) -> Message:
    about = dict(subject)
    if not about:
        return message("Doing nothing: {part}", part=part)
    template = OPTION[about["screening"]]
    return message(template, option=about["option"], part=part)


def expected_values(
    chosen: Sequence[Option],
    common: Mapping[str, HarmInput],
    lines: Sequence[Line],
    supply: Supply,
    terms: Terms,
    members: int | None = None,
) -> dict[str, float]:
    """Return each computable option's expected present value, and 0 for doing nothing."""
    harm = _harm(lines, supply)
    shared = supply.of("scenarios", common)
    found = {"nothing": 0.0}
    for option in chosen:
        for screening in SCREENING:
            if not _lacking(option, screening, shared, harm.there, supply, members):
                inputs = drawn(option, screening, shared, supply) | harm.shared
                net = balance(option, screening, inputs, harm.yearly, terms).net
                found[slug(option.name, screening)] = float(net.mean())
    return found if len(found) > 1 else {}


@dataclass(frozen=True)
class Harm:
    """Draws of a year's net harm, the lines it comes from, and what options share beside their inputs."""

    yearly: Floats
    there: list[Line]
    shared: dict[str, Floats]


def _harm(lines: Sequence[Line], supply: Supply) -> Harm:
    """Return the net harm of an average year, how much of it can be avoided, and the hours that the stock takes."""
    there = [line for line in lines if line.result.id in ADDED and line.average is not None]
    nothing = np.zeros(supply.streams.draws)
    yearly = sum((line.net for line in there if line.net is not None), nothing)
    avoidable = sum((line.remediable for line in there if line.remediable is not None), nothing)
    shared: dict[str, Floats] = {}
    if any(line.avoidable is not None for line in there):
        shared[AVOIDABLE] = np.divide(avoidable, yearly, out=np.ones_like(yearly), where=yearly > 0)
    hours = next((line.average for line in lines if line.result.id == "M8.hours"), None)
    if hours is not None and "hourly_wage" in supply.inputs:
        shared[STOCK] = hours
    return Harm(yearly, there, shared)
