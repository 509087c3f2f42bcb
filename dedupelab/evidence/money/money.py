"""All of a study that is in money: lines of harm, options compared, and whether they hold over the declared window."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from dedupelab.evidence.copies.population import Population
from dedupelab.evidence.money.attribution import attribution
from dedupelab.evidence.money.deflator import Deflator, to_price_year
from dedupelab.evidence.money.double_entries import Once, once
from dedupelab.evidence.money.harm import exceedance, harm, line_results
from dedupelab.evidence.money.harm_inputs import HarmInput, Supply, from_registers
from dedupelab.evidence.money.intended import intended
from dedupelab.evidence.money.licences import Licensed, licensed, works_by_name
from dedupelab.evidence.money.options import compare, expected_values
from dedupelab.evidence.money.robustness import options_hold, robustness, window
from dedupelab.evidence.money.scenarios import Option, Terms
from dedupelab.numbers.draws import Correlation, Streams
from dedupelab.numbers.messages import message, named
from dedupelab.numbers.results import Result, by_id


@dataclass(frozen=True)
class Prices:
    """What a study says of money: inputs of `[harm]` and `[scenarios]`, options, registers, and the declared window."""

    harm_inputs: Mapping[str, HarmInput] = field(default_factory=dict)
    currency: str | None = None
    price_year: int | None = None
    common: Mapping[str, HarmInput] = field(default_factory=dict)
    options: Sequence[Option] = ()
    terms: Terms = field(default_factory=Terms)
    registers: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    window: tuple[int, int] = (6, 10)
    deflator: Deflator | None = None
    members: int | None = None
    """How many organisations the study's collections belong to: whose harm the lines state."""
    correlations: tuple[Correlation, ...] = ()


@dataclass(frozen=True)
class Money:
    """Results, and the tables `exceedance`, `options` and `tornado`."""

    results: list[Result]
    exceedance: pd.DataFrame
    options: pd.DataFrame
    tornado: pd.DataFrame


def money(
    people: Population, pairs: pd.DataFrame, found: Sequence[Result], prices: Prices, streams: Streams
) -> Money:
    """Compute the money lines, compare the options and test both over the window.

    Parameters
    ----------
    people, pairs
        The study's images and groups, and the pairs table.
    found
        Results so far: M1, M2, M1.in and M4.any are used.

    Raises
    ------
    ConfigError
        If an input has an unknown name, or a share is above 1.
    """
    registers, known = prices.registers, by_id(found)
    unintended = intended(people, registers.get("intended"), known["M2"])
    inputs = from_registers(registers) | dict(prices.harm_inputs)
    works, ledger = works_by_name(people), registers.get("licence")
    licences, entries = registered(works, prices)
    supply = Supply(inputs, prices.currency, prices.price_year, streams, deflator=prices.deflator)
    measured = attribution(None if entries is None else entries.incidents, works, people, streams)
    lines = harm(
        unintended[1] if unintended else known["M2"], pairs, len(people.groups), inputs, supply,
        entries=entries, licences=licences, ledger=ledger, measured=measured,
    )  # fmt: skip
    common = _across(known) | from_registers(registers, "scenarios") | dict(prices.common)
    compared = compare(prices.options, common, lines, supply, prices.terms, prices.members)
    results = [*unintended, *line_results(lines), *measured.results, *compared.results]
    if streams.idle:
        unused = message(
            "correlations with {names} change nothing, as these are single numbers or enter no line of this study",
            names=", ".join(streams.idle),
        )
        results = [replace(r, caveats=(*r.caveats, unused)) if r.id == "M.sum" else r for r in results]
    tried = window(people, pairs, prices.window)
    results += robustness(known | by_id(results), tried)
    held = options_hold(
        lines,
        tried,
        known["M2"],
        lambda each: expected_values(prices.options, common, each, supply, prices.terms, prices.members),
    )
    results += [held] if held is not None else []
    return Money(results, exceedance(lines), compared.years, compared.inputs)


def registered(works: Mapping[str, str], prices: Prices) -> tuple[Licensed | None, Once | None]:
    """Return what the licence ledger says of works, and the incidents, each once; None for a register that is not there."""
    ledger, incidents = prices.registers.get("licence"), prices.registers.get("incident")
    licences = None
    if ledger is not None:
        priced = to_price_year(ledger["start"], prices.price_year, prices.deflator)
        licences = licensed(works, ledger, priced.factors)
    return licences, None if incidents is None else once(incidents, works, licences.paid if licences else ())


def _across(known: Mapping[str, Result]) -> dict[str, HarmInput]:
    """Return the share of surplus copies whose first lies in another collection, as counted; none where nothing is surplus."""
    surplus = known["M1"].numerator or 0
    within = sum(r.numerator or 0 for name, r in known.items() if name.startswith("M1.in."))
    if not surplus:
        return {}
    share = min(1.0, max(0.0, 1 - within / surplus))
    return {
        "cross_share": HarmInput(
            share,
            named("share of surplus copies"),
            message("results M1 and M1.in: surplus copies not within one collection"),
            "measured",
        )
    }
