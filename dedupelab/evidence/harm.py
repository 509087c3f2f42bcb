"""What duplication costs, from the counts and from what the holders supplied.

What nobody supplied is not invented: the line says what it needs. No line is added to another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import pandas as pd

from dedupelab import tables
from dedupelab.errors import ConfigError
from dedupelab.evidence.intervals import CENSUS, Interval
from dedupelab.evidence.results import UNREVIEWED, Input, Result, missing

SOURCE_TYPES = {
    "measured": "C",
    "invoice": "C",
    "survey": "D",
    "expert": "D",
    "literature": "D",
    "assumed": "E",
}
"""Where an input may come from, and the best grade that a line resting on it can have."""
SETTLED = (*tables.LINKS[:3], "unrelated")
"""Relations that nobody needs to look at: proved by digest, or refuted."""
GIGABYTE = 1e9


@dataclass(frozen=True)
class HarmInput:
    """One figure that a holder supplied.

    Raises
    ------
    ConfigError
        If the value is negative or not finite, the source is empty, or the source type is unknown.
    """

    value: float
    unit: str
    source: str
    source_type: str = "assumed"

    def __post_init__(self) -> None:
        """Refuse an input that could not be defended."""
        if not isfinite(self.value) or self.value < 0:
            raise ConfigError(
                f"harm input: expected a number from 0 upwards, got {self.value}; correct the value"
            )
        if not self.source.strip():
            raise ConfigError(
                f"harm input: expected a source for {self.value:g} {self.unit}, got none; say who supplied it"
            )
        if self.source_type not in SOURCE_TYPES:
            raise ConfigError(
                f"harm input: expected a source type of {', '.join(SOURCE_TYPES)}, got {self.source_type!r}; choose one"
            )


KEYS = ("storage_price", "storage_copies", "review_seconds", "group_seconds", "hourly_wage")
"""Inputs understood: currency per GB and month; copies kept of each file, backups included; seconds for a pair and
(optionally) for a group; currency per hour."""


@dataclass(frozen=True)
class _Supply:
    inputs: Mapping[str, HarmInput]
    currency: str | None
    price_year: int | None

    def lacking(self, *names: str, money: bool) -> list[str]:
        lacks = [f"harm.{name}" for name in names if name not in self.inputs]
        if money:
            lacks += [f"harm.{name}" for name in ("currency", "price_year") if getattr(self, name) is None]
        return lacks

    def given(self, *names: str, money: bool) -> tuple[Input, ...]:
        found = [(name, self.inputs[name]) for name in names if name in self.inputs]
        listed = [Input(name, each.value, each.unit, each.source, each.source_type) for name, each in found]
        if money and self.price_year is not None:
            listed.append(Input("price_year", self.price_year, "year", "study settings", "assumed"))
        return tuple(listed)

    def grade(self, *names: str) -> str:
        """Return the worst of the inputs; never better than C, as the counts are not reviewed."""
        return max(
            "C", *(SOURCE_TYPES[self.inputs[name].source_type] for name in names if name in self.inputs)
        )


def harm(
    redundancy: Result,
    pairs: pd.DataFrame,
    groups: int,
    inputs: Mapping[str, HarmInput],
    *,
    currency: str | None = None,
    price_year: int | None = None,
) -> list[Result]:
    """Return M3 (storage), M8 (review labour) and the lines that wait for registers.

    `redundancy` is M2: redundant bytes over all bytes, whose interval M3 carries on. M3 is per year and M8 is once, so no
    total is given.

    Raises
    ------
    ConfigError
        If an input has an unknown name.
    """
    unknown = sorted(set(inputs) - set(KEYS))
    if unknown:
        raise ConfigError(
            f"harm inputs: expected {', '.join(KEYS)}, got {', '.join(unknown)}; rename or remove"
        )
    supply = _Supply(inputs, currency, price_year)
    looked_at = int((~pairs["relation"].isin(SETTLED)).sum())
    money = currency or "currency"
    return [
        _storage(redundancy, supply, f"{money} per year"),
        *_labour(looked_at, groups, supply, money),
        *(
            missing(result_id, label, unit.format(money), needs, method)
            for result_id, label, unit, needs, method in _WAITING
        ),
    ]


def _storage(redundancy: Result, supply: _Supply, unit: str) -> Result:
    label, names = "Storage of redundant copies", ("storage_price", "storage_copies")
    method = (
        "Redundant gigabytes (10^9 bytes) x price per gigabyte and month x 12 x copies kept of each file."
    )
    lacks = supply.lacking(*names, money=True) + list(redundancy.needs)
    given = supply.given(*names, money=True)
    if lacks or redundancy.numerator is None or redundancy.denominator is None:
        return missing("M3", label, unit, lacks, method, given)
    gigabytes = redundancy.numerator / GIGABYTE
    per_gigabyte = supply.inputs["storage_price"].value * 12 * supply.inputs["storage_copies"].value
    counted = Input("redundant bytes", redundancy.numerator, "bytes", "result M2", "measured")
    interval = Interval(redundancy.interval, redundancy.interval_method).scaled(
        redundancy.denominator / GIGABYTE * per_gigabyte
    )
    return Result(
        "M3", label, gigabytes * per_gigabyte, unit, gigabytes, redundancy.denominator / GIGABYTE, "gigabytes of hashed images",
        interval.bounds, f"{interval.method}, of M2; the price is taken as given", method, supply.grade(*names),
        (counted, *given), "estimated", caveat=UNREVIEWED,
    )  # fmt: skip


def _labour(pairs: int, groups: int, supply: _Supply, currency: str) -> list[Result]:
    method = "Pairs that are neither proved by digest nor refuted x seconds per pair"
    method += (
        ", and groups x seconds per group."
        if "group_seconds" in supply.inputs
        else "; time per group is not counted."
    )
    times, label = (
        ("review_seconds", "group_seconds"),
        "Labour to look once at every pair that no digest proves",
    )
    counted = (
        Input("pairs to look at", pairs, "pairs", "table pairs", "measured"),
        Input("groups", groups, "groups", "table groups", "measured"),
    )
    lacks = supply.lacking("review_seconds", money=False)
    short = supply.lacking("review_seconds", "hourly_wage", money=True)
    paid = method.rstrip(".") + ", in hours x hourly wage; once, not per year."
    hours = 0.0
    if not lacks:
        per_group = supply.inputs["group_seconds"].value if "group_seconds" in supply.inputs else 0.0
        hours = (pairs * supply.inputs["review_seconds"].value + groups * per_group) / 3600
    census = f"{CENSUS.method} of pairs; the times are taken as given"
    given = supply.given(*times, money=False)
    priced = supply.given(*times, "hourly_wage", money=True)
    of: tuple[float, float, str] = (pairs, pairs, "pairs to look at")
    return [
        missing("M8.hours", label, "hours", lacks, method, given)
        if lacks
        else Result(
            "M8.hours", label, hours, "hours", *of, None, census, method, supply.grade(*times), (*counted, *given), "estimated",
            caveat=UNREVIEWED,
        ),
        missing("M8", f"{label}, in money", currency, short, paid, priced)
        if short
        else Result(
            "M8", f"{label}, in money", hours * supply.inputs["hourly_wage"].value, currency, *of, None, census, paid,
            supply.grade(*times, "hourly_wage"), (*counted, *priced), "estimated", caveat=UNREVIEWED,
        ),
    ]  # fmt: skip


_WAITING: Sequence[tuple[str, str, str, tuple[str, ...], str]] = (
    (
        "M9", "Cost of disputes over whose picture it is", "{} per year", ("incident register", "harm.attribution_share"),
        "Disputes a year x days stalled x value of a day x the share that is due to duplication.",
    ),
    ("M10a", "Licences paid twice for one work", "{}", ("licence ledger",), "Fees of all but the cheapest licence that overlap in scope, territory and term."),
    ("M10b", "Exposure to double licensing", "{}", ("licence ledger", "price list"), "Fees of all but the dearest licensor of a work; exposure, not loss, and never added."),
    ("M10c", "Price dispersion within groups", "ratio", ("price list",), "Highest over lowest fee for one work."),
    ("M14", "Pictures licensed or taken again because the first was not found", "{} per year", ("survey of repeated acquisition", "harm.acquisition_fee"), "Cases a year x fee."),
)  # fmt: skip
