"""The policy options as results: present values, payback, break-even price, who pays and who gains, which is largest how often."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dedupelab.evidence.money.harm import ADDED, LEVELS, Line
from dedupelab.evidence.money.harm_inputs import HarmInput, Supply, known, setting
from dedupelab.evidence.money.scenarios import COMMON, OWN, SCREENING, Balance, Option, Terms, balance, drawn
from dedupelab.evidence.money.tornado import COLUMNS, tornado
from dedupelab.evidence.money.who_pays import OPTION, UNDER_INPUTS, Told, shares, slug
from dedupelab.numbers.draws import Floats, quantiles
from dedupelab.numbers.messages import N_, Message, message
from dedupelab.numbers.results import Result, missing

YEARS = ("option", "screening", "year", "adopted", "harm", "benefit", "cost", "net", "balance")
Subject = tuple[tuple[str, str], ...]
RATES = (0.0, 0.08)
"""Discount rates at which the present value is given beside the study's own."""


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
    terms
        Horizon, discount rate, fading.

    Raises
    ------
    ConfigError
        If an input has an unknown name or a share is above 1.
    """
    known(common, COMMON, "scenarios")
    for option in chosen:
        known(option.inputs, {**COMMON, **OWN}, f"scenarios.{option.name}")
    yearly, once, there = _harm(lines, supply)
    shared = supply.of("scenarios", common)
    results: list[Result] = []
    balances: dict[tuple[str, str], Balance] = {}
    years, moved = [], []
    for option in chosen:
        for screening in SCREENING:
            lacks = _lacking(option, screening, shared, there, supply)
            if lacks:
                results.append(_open(option, screening, lacks, supply))
                continue
            inputs = drawn(option, screening, shared, supply)
            found = balance(option, screening, inputs, yearly, once, terms)
            balances[option.name, screening] = found
            told = Told(option, screening, shared, supply, there, terms)
            results += _values(found, told, inputs, yearly, once)
            results += shares(found, told)
            years.append(_years(found, option.name, screening))
            moved.append(tornado(option, screening, inputs, yearly, once, terms))
    results += _ranked(balances, supply, there, terms)
    return Compared(
        results,
        pd.concat(years, ignore_index=True) if years else pd.DataFrame(columns=list(YEARS)),
        pd.concat(moved, ignore_index=True) if moved else pd.DataFrame(columns=list(COLUMNS)),
    )


def _lacking(
    option: Option, screening: str, common: Supply, there: Sequence[Line], harm: Supply
) -> list[Message]:
    missing_ = [n for n in option.needs(screening) if n not in option.inputs and n not in common.inputs]
    lacks = [
        setting("scenarios", n)
        if n in COMMON
        else message("{setting} of {option}", setting=f"scenarios.option.{n}", option=option.name)
        for n in missing_
    ]
    if not any(line.yearly for line in there):
        lacks.append(message("a yearly line of harm (M3, M9 or M10a)"))
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
    found: Balance, told: Told, inputs: Mapping[str, Floats], yearly: Floats, once: Floats
) -> list[Result]:
    """Present value with its quantiles, its chance to be positive, other rates, no growth, payback and break-even price."""
    money, net, terms = told.harm.currency or "currency", found.net, told.terms
    low, high = quantiles(net, (0.025, 0.975))
    central = message("central 95 % of {draws:,} Monte Carlo draws", draws=len(net))
    levels = {
        "p10": message("present value, P10"),
        "p50": message("present value, P50"),
        "p90": message("present value, P90"),
    }
    results = [
        told.result("", message("present value of benefits less costs"), float(net.mean()), money, interval=(low, high), interval_kind="sampling", interval_method=central, inputs=told.inputs),
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
        told.option, told.screening, {n: d for n, d in inputs.items() if n != "growth"}, yearly, once, terms
    )
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
) -> dict[str, float]:
    """Return each computable option's expected present value, and 0 for doing nothing."""
    yearly, once, there = _harm(lines, supply)
    shared = supply.of("scenarios", common)
    found = {"nothing": 0.0}
    for option in chosen:
        for screening in SCREENING:
            if not _lacking(option, screening, shared, there, supply):
                inputs = drawn(option, screening, shared, supply)
                net = balance(option, screening, inputs, yearly, once, terms).net
                found[slug(option.name, screening)] = float(net.mean())
    return found if len(found) > 1 else {}


def _harm(lines: Sequence[Line], supply: Supply) -> tuple[Floats, Floats, list[Line]]:
    """Return the draws of a year's average harm and of harm that falls once, and the lines they come from."""
    there = [line for line in lines if line.result.id in ADDED and line.average is not None]
    nothing = np.zeros(supply.streams.draws)
    yearly = sum((line.average for line in there if line.yearly and line.average is not None), nothing)
    once = sum((line.average for line in there if not line.yearly and line.average is not None), nothing)
    return yearly, once, there
