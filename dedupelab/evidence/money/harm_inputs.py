"""What holders supplied for the money lines: each number with its unit, its source and how sure it is.

An input comes from study.toml, else from the assumptions log, else from timed entries of the workflow register; the first
that has it counts, and the report says which.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf, isfinite

import pandas as pd

from dedupelab.errors import ConfigError
from dedupelab.evidence.money.deflator import Deflator
from dedupelab.numbers.amounts import CODES
from dedupelab.numbers.distributions import Distribution, MeanTime, Point, distribution
from dedupelab.numbers.draws import Floats, Streams
from dedupelab.numbers.messages import N_, Message, message, named, quoted
from dedupelab.numbers.results import Input
from dedupelab.numbers.sources import checked_source

SOURCE_TYPES = {
    "measured": "C", "invoice": "C", "survey": "D", "expert": "D", "literature": "D", "assumed": "E",
}  # fmt: skip
"""Where an input may come from, and the best grade that a line resting on it can have."""
COSTS = {"M3": "storage", "M9": "dispute", "M10a": "licence", "M14": "acquisition"}
"""Lines of which it can be said what would be left without duplication, and how the inputs that say so begin."""
LOST = {
    "deadweight": "share of it that would have been spent anyway, 0 to 1",
    "displacement": "share of it that only moved from elsewhere, 0 to 1",
    "substitution": "share of it that would be replaced by another cost, 0 to 1",
}
"""What takes a gross amount to a net one (HCA, Additionality Guide, 2014)."""
REMAINING = "remaining"
"""The share of a net amount that stays although every copy has been dealt with."""
KEYS = {
    "storage_price": "currency per GB and month",
    "storage_copies": "stored copies of each file, backups included",
    "storage_overhead": "share added to storage for index, checks and spare room",
    "review_seconds": "seconds a person needs for one pair",
    "group_seconds": "seconds a person needs for one group, beside its pairs",
    "hourly_wage": "currency per hour",
    "incident_years": "years that the incident register covers",
    "licence_years": "years that the licence ledger covers",
    "disputes_per_year": "disputes a year, where there is no incident register",
    "dispute_days": "days that one dispute stalls a use",
    "dispute_day_value": "currency per stalled day",
    "attribution_share": "share of a dispute's cost that is due to duplication, 0 to 1",
    "acquisitions_per_year": "pictures a year licensed or taken again because the first was not found",
    "acquisition_fee": "currency for each of them",
    "members_asked": "members who were asked for their incidents and licences",
    "members_answered": "members who answered",
    **{f"{cost}_{what}": meaning for cost in COSTS.values() for what, meaning in LOST.items()},
    **{
        f"{cost}_{REMAINING}": "share of it that stays although every copy is dealt with, 0 to 1"
        for cost in COSTS.values()
    },
}
"""Inputs that the money lines understand, and their units."""
MONEY_UNITS = {
    "per GB and month": N_("{currency} per GB and month"),
    "per hour": N_("{currency} per hour"),
    "per year": N_("{currency} per year"),
}
"""What may follow a currency, and the whole unit."""
UNITS = (
    N_("copies"), N_("copies kept of each file, backups included"),
    N_("median seconds to look at one pair"), N_("organisations"), N_("pairs per year"), N_("per year"),
    N_("seconds per group"), N_("seconds per pair"), N_("share"), N_("share of surplus copies"),
    N_("share or years"), N_("years"),
)  # fmt: skip
"""Units of inputs that are known in every language."""
FEWEST_TIMINGS = 5
"""Timed entries of a step below which their mean says too little: the input then counts as missing."""
SHARES = (
    "attribution_share",
    "cross_share",
    "recall",
    "remediation",
    "ceiling",
    "coverage",
    "sme_share",
    "sme_harm_share",
    *(f"{cost}_{what}" for cost in COSTS.values() for what in (*LOST, REMAINING)),
)
"""Inputs that lie between 0 and 1."""
GROWTH_CAP = 0.5
"""No year's harm may be said to grow by more than this."""
MOST = {**dict.fromkeys(SHARES, 1.0), "growth": GROWTH_CAP}
"""What an input may not exceed."""


@dataclass(frozen=True)
class HarmInput:
    """One figure that a holder supplied; `spread` says how sure it is, a bare `value` is taken as it is.

    Raises
    ------
    ConfigError
        If the value is negative or not finite, the source is empty, or the source type is unknown.
    """

    value: float
    unit: Message
    source: Message
    source_type: str = "assumed"
    spread: Distribution | None = None
    register: str = ""
    entries: tuple[str, ...] = ()
    """The register it was reckoned from, and the ids of the entries; nothing for a setting or an assumption."""

    def __post_init__(self) -> None:
        """Refuse an input that could not be defended."""
        if not isfinite(self.value) or self.value < 0:
            raise ConfigError(
                f"harm input: expected a number from 0 upwards, got {self.value}; correct the value"
            )
        if not str(self.source).strip():
            raise ConfigError(
                f"harm input: expected a source for {self.value:g} {self.unit}, got none; say who supplied it"
            )
        if self.source_type not in SOURCE_TYPES:
            raise ConfigError(
                f"harm input: expected a source type of {', '.join(SOURCE_TYPES)}, got {self.source_type!r}; choose one"
            )

    @property
    def distribution(self) -> Distribution:
        """What the input is drawn from."""
        return self.spread or Point(self.value)

    @property
    def certain(self) -> bool:
        """Whether it is one number, taken as it is."""
        return isinstance(self.distribution, Point)

    def as_input(self, name: str, prefix: str = "harm") -> Input:
        """Return the input as a result lists it, with the setting or register where it can be looked up."""
        shown = self.value if self.certain else self.distribution.told
        place = self.register or place_of(name, prefix)
        return Input(
            name,
            shown,
            self.unit,
            self.source,
            self.source_type,
            supplied=True,
            place=place,
            entries=self.entries,
        )


def supplied(
    unit: str,
    source: str | Message,
    source_type: str = "assumed",
    *,
    name: str = "",
    **numbers: float | None,
) -> HarmInput:
    """Return an input from its numbers: `value`; `low`, `value`, `high`; or `p50`, `p90`; raises ConfigError.

    Unit and source are as somebody wrote them; units of `UNITS` and `MONEY_UNITS` can be said in any language.

    >>> supplied("days", "board", "expert", low=1, value=2, high=6).value
    3.0
    """
    try:
        spread = distribution(**numbers, most=MOST.get(name, inf))
        checked = source if isinstance(source, Message) else quoted(checked_source(source))
    except ConfigError as problem:
        raise ConfigError(f"{name}: {problem}" if name else str(problem)) from None
    return HarmInput(spread.mean, unit_of(unit), checked, source_type, spread)


def place_of(name: str, prefix: str = "harm") -> str:
    """Return the setting, or the id of the assumption, that an input comes from.

    >>> place_of("storage_price"), place_of("dispute_deadweight")
    ('harm.storage_price', 'harm.net.dispute.deadweight')
    """
    cost, _, what = name.partition("_")
    nested = prefix == "harm" and cost in COSTS.values() and what in (*LOST, REMAINING)
    return f"{prefix}.net.{cost}.{what}" if nested else f"{prefix}.{name}"


def setting(section: str, name: str) -> Message:
    """Return the name of a setting, which no language changes; pages for readers say it in words."""
    return message("{setting}", setting=f"{section}.{name}")


def unit_of(text: str) -> Message:
    """Return a unit that somebody wrote as a message; one that is in no list stays as it was written.

    >>> unit_of("HKD per hour").id, unit_of("copies").id, str(unit_of("sacks of rice"))
    ('{currency} per hour', 'copies', 'sacks of rice')
    """
    code, _, rest = text.partition(" ")
    if rest in MONEY_UNITS and code.isupper():
        return message(MONEY_UNITS[rest], currency=code)
    return named(text) if text in UNITS else quoted(text)


@dataclass(frozen=True)
class Supply:
    """All inputs of a study with the currency and year of its prices, and the streams they are drawn from."""

    inputs: Mapping[str, HarmInput]
    currency: str | None
    price_year: int | None
    streams: Streams
    prefix: str = "harm"
    deflator: Deflator | None = None

    def __post_init__(self) -> None:
        """Refuse amounts in another currency than the study's: nothing is converted at a rate that nobody gave."""
        for name, each in self.inputs.items():
            first = str(each.unit).split()[:1]
            if self.currency and first and first[0] in CODES and first[0] != self.currency:
                raise ConfigError(
                    f"{self.prefix}.{name}: expected an amount in {self.currency}, got the unit {str(each.unit)!r}; give it in {self.currency}"
                )

    def lacking(self, *names: str, money: bool = False) -> list[Message]:
        """Return what of these is missing, by its setting; for money also currency and year."""
        lacks = [setting(self.prefix, name) for name in names if name not in self.inputs]
        if money:
            lacks += [
                setting("harm", name) for name in ("currency", "price_year") if getattr(self, name) is None
            ]
        return lacks

    def given(self, *names: str, money: bool = False) -> tuple[Input, ...]:
        """Return those of the inputs that are there, as a result lists them."""
        listed = [self.inputs[name].as_input(name, self.prefix) for name in names if name in self.inputs]
        if money and self.price_year is not None:
            year = Input("price_year", self.price_year, message("year"), message("study settings"), "assumed")
            listed.append(replace(year, place="harm.price_year"))
        return tuple(listed)

    def grade(self, *names: str) -> str:
        """Return the worst of the inputs; never better than C, as the counts are not reviewed."""
        return max(
            "C", *(SOURCE_TYPES[self.inputs[name].source_type] for name in names if name in self.inputs)
        )

    def mean(self, name: str) -> float:
        """Return an input's expected value; 0 where it is not given."""
        return self.inputs[name].distribution.mean if name in self.inputs else 0.0

    def draw(self, name: str, otherwise: float = 0.0) -> Floats:
        """Return an input's draws; the same for whoever asks."""
        given = self.inputs.get(name)
        key = f"{self.prefix}.{name}"
        return (given.distribution if given else Point(otherwise)).draw(self.streams, key)

    def tied(self, *names: str) -> bool:
        """Whether any two of these were said to move together."""
        return self.streams.tied(*(f"{self.prefix}.{name}" for name in names))

    def expected(self, draws: Floats, mean: float, *names: str) -> tuple[float, Floats]:
        """Return the expected value of a product of inputs, and its draws around just that.

        Parameters
        ----------
        mean
            The product of the inputs' means: what is expected where they are independent. Of such as move together the draws say it.
        """
        middle = float(draws.mean())
        if self.tied(*names) or middle <= 0:
            return middle, draws
        return mean, draws * (mean / middle)

    def certain(self, *names: str) -> bool:
        """Whether all of these are single numbers."""
        return all(self.inputs[name].certain for name in names if name in self.inputs)

    def of(self, prefix: str, inputs: Mapping[str, HarmInput]) -> "Supply":
        """Return another set of inputs with the same prices and streams."""
        return replace(self, prefix=prefix, inputs=inputs)


def known(inputs: Mapping[str, HarmInput], names: Mapping[str, str], where: str) -> None:
    """Refuse inputs of unknown names, and shares above 1."""
    unknown = sorted(set(inputs) - set(names))
    if unknown:
        raise ConfigError(
            f"{where} inputs: expected {', '.join(names)}, got {', '.join(unknown)}; rename or remove"
        )
    for name, most in MOST.items():
        if name in inputs and inputs[name].value > most:
            wanted = "a share from 0 to 1" if name in SHARES else f"at most {most:g}"
            raise ConfigError(
                f"{where}.{name}: expected {wanted}, got {inputs[name].value:g}; correct the value"
            )


def from_registers(registers: Mapping[str, pd.DataFrame], prefix: str = "harm") -> dict[str, HarmInput]:
    """Return the inputs that the assumptions log and the workflow register hold.

    Parameters
    ----------
    registers
        Entries that stand, by register. Assumptions are named `harm.hourly_wage` and so on in `id`.
    prefix
        Which assumptions: those whose id starts with it and a dot.
    """
    found: dict[str, HarmInput] = {}
    workflow = registers.get("workflow")
    if prefix == "harm" and workflow is not None:
        for step, name in ((N_("review"), "review_seconds"), (N_("de-duplicate"), "group_seconds")):
            timed = workflow[workflow["step"] == step]
            if len(timed) >= FEWEST_TIMINGS:
                seconds = (timed["minutes"] * 60 / timed["items"]).astype(float)
                spread = MeanTime(tuple(float(s) for s in seconds))
                unit = named("seconds per pair" if step == "review" else "seconds per group")
                source = message(
                    "workflow register: {count} timed entries of step {step}",
                    count=len(timed),
                    step=named(step),
                )
                ids = tuple(map(str, timed["id"]))
                found[name] = HarmInput(spread.mean, unit, source, "measured", spread, "workflow", ids)
    log = registers.get("assumption")
    for row in [] if log is None else log.to_dict("records"):
        begin, _, name = str(row["id"]).partition(".")
        if begin == prefix and name:
            numbers = {n: float(row[n]) for n in ("value", "low", "high", "p50", "p90") if pd.notna(row[n])}
            source = message(
                "assumptions log, {owner}, {date}: {source}",
                owner=str(row["owner"]),
                date=str(row["date"]),
                source=quoted(str(row["source"])),
            )
            found[name] = supplied(str(row["unit"]), source, str(row["source_type"]), name=name, **numbers)
    return found
