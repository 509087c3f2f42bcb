"""Settings of a study that are about money: inputs of harm, policy options, trend, and the window of robustness."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Literal, Self

import pandas as pd
from pydantic import Field, field_validator, model_validator

from dedupelab.evidence.money.deflator import Deflator
from dedupelab.evidence.money.harm_inputs import COSTS, KEYS, HarmInput, supplied
from dedupelab.evidence.money.money import Prices
from dedupelab.evidence.money.scenarios import COMMON, Option, Terms
from dedupelab.evidence.money.who_pays import slug
from dedupelab.numbers.amounts import CODES as CURRENCIES
from dedupelab.numbers.distributions import distribution
from dedupelab.numbers.draws import Correlation
from dedupelab.numbers.messages import quoted
from dedupelab.numbers.sources import SourceType, checked_source
from dedupelab.settings.sections import Section

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)] | None


class _WithInputs(Section):
    """A section whose inputs must fit their names: no share above 1."""

    @model_validator(mode="after")
    def _inputs_fit(self) -> Self:
        inputs_of(self)
        return self


class InputSection(Section):
    """One number the study was given, with where it comes from."""

    value: Amount = Field(None, description="the number; the most likely one between low and high")
    low: Amount = Field(None, description="lowest value thought possible")
    high: Amount = Field(None, description="highest value thought possible")
    p50: Amount = Field(None, description="value that half of the cases stay below")
    p90: Amount = Field(None, description="value that nine in ten cases stay below")
    unit: str = Field(min_length=1, description="its unit")
    source: str = Field(min_length=1, description="where it comes from")
    source_type: SourceType = "assumed"

    @model_validator(mode="after")
    def _has_one_form(self) -> "InputSection":
        distribution(self.value, self.low, self.high, self.p50, self.p90)
        return self

    def supplied(self, name: str) -> HarmInput:
        """Return the input as the money lines take it; raises ConfigError where its numbers do not fit its name."""
        numbers = {n: getattr(self, n) for n in ("value", "low", "high", "p50", "p90")}
        return supplied(self.unit, self.source, self.source_type, name=name, **numbers)


Given = InputSection | None
"""An input that a study may give; `KEYS`, `LOST`, `COMMON` and `OWN` of `evidence/money/` say what each is, and in which unit."""


class CounterfactualSection(Section):
    """What would be left of a cost without duplication; without it the line is gross."""

    deadweight: Given = None
    displacement: Given = None
    substitution: Given = None
    remaining: Given = None


class NetSection(Section):
    """What is net of each line: M3 storage, M9 disputes, M10a licences, M14 acquisitions."""

    storage: CounterfactualSection = CounterfactualSection()
    dispute: CounterfactualSection = CounterfactualSection()
    licence: CounterfactualSection = CounterfactualSection()
    acquisition: CounterfactualSection = CounterfactualSection()


FALL, RISE = 0.5, 5.0
"""From one year to the next no price level falls by half or rises fivefold but by a slip, or by another base year."""


class DeflatorSection(Section):
    """An index of prices by year, which brings amounts of other years to the price year."""

    index: dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = Field(
        description='year to index, such as { "2025" = 104.2, "2026" = 106.0 }'
    )
    source: str = Field(min_length=1, description="where it comes from")
    source_type: SourceType = "literature"

    @model_validator(mode="after")
    def _years(self) -> Self:
        wrong = [year for year in self.index if not (year.isdecimal() and len(year) == 4)]
        if wrong:
            raise ValueError(f"expected years such as 2026 in index, got {', '.join(wrong)}")
        checked_source(self.source)
        known = sorted((int(year), value) for year, value in self.index.items())
        for (first, one), (second, other) in pairwise(known):
            change = (other / one) ** (1 / (second - first))
            if not FALL <= change <= RISE:
                raise ValueError(
                    f"expected an index of one base, whose prices stay within {FALL:g} to {RISE:g} times those of the year before, got {one:g} for "
                    f"{first} and {other:g} for {second}"
                )
        return self

    def deflator(self) -> Deflator:
        """Return the index as the money lines take it."""
        years = {int(year): value for year, value in self.index.items()}
        return Deflator(years, quoted(self.source), self.source_type)


CORRELATED = ("M9", "M10a", *(f"harm.{name}" for name in KEYS), *(f"scenarios.{name}" for name in COMMON))
"""What can move together."""


class CorrelationSection(Section):
    """Two inputs that move together, by Spearman's rank correlation."""

    first: str = Field(min_length=1, description="an input, such as harm.hourly_wage, or M9 or M10a")
    second: str = Field(min_length=1, description="another input")
    rank: Annotated[float, Field(ge=-1, le=1)] = Field(description="rank correlation, -1 to 1")
    source: str = Field(min_length=1, description="where it comes from")

    @model_validator(mode="after")
    def _known(self) -> Self:
        checked_source(self.source)
        for name in (self.first, self.second):
            if name not in CORRELATED:
                raise ValueError(
                    f"expected an input such as harm.hourly_wage or scenarios.recall, got {name}"
                )
        if self.first == self.second:
            raise ValueError(f"expected two inputs, got {self.first} twice")
        return self


class HarmSection(_WithInputs):
    """What harm in money needs; a missing input leaves its line `not estimated`."""

    currency: str = Field("HKD", pattern="^[A-Z]{3}$", description="ISO 4217 code")
    price_year: Annotated[int, Field(ge=1990, le=2100)] | None = Field(None, description="year of the prices")
    storage_price: Given = None
    storage_copies: Given = None
    storage_overhead: Given = None
    review_seconds: Given = None
    group_seconds: Given = None
    hourly_wage: Given = None
    incident_years: Given = None
    licence_years: Given = None
    disputes_per_year: Given = None
    dispute_days: Given = None
    dispute_day_value: Given = None
    attribution_share: Given = None
    acquisitions_per_year: Given = None
    acquisition_fee: Given = None
    members_asked: Given = None
    members_answered: Given = None
    net: NetSection = NetSection()
    deflator: DeflatorSection | None = None
    correlation: tuple[CorrelationSection, ...] = Field((), description="inputs that move together")

    @field_validator("correlation")
    @classmethod
    def _each_once(cls, value: tuple[CorrelationSection, ...]) -> tuple[CorrelationSection, ...]:
        pairs = [frozenset((each.first, each.second)) for each in value]
        for each, pair in zip(value, pairs, strict=True):
            if pairs.count(pair) > 1:
                raise ValueError(
                    f"expected {each.first} and {each.second} together once; leave one entry out"
                )
        return value

    @field_validator("currency")
    @classmethod
    def _in_use(cls, value: str) -> str:
        if value not in CURRENCIES:
            raise ValueError("expected an ISO 4217 code in use, such as HKD")
        return value


class _OptionInputs(_WithInputs):
    """What all options are made from: in [scenarios] for all of them, in an option for that one."""

    organisations: Given = None
    harm_scale: Given = None
    cross_share: Given = None
    recall: Given = None
    remediation: Given = None
    growth: Given = None
    integration_per_organisation: Given = None
    migration: Given = None
    legal: Given = None
    licence_per_organisation: Given = None
    open_source_per_organisation: Given = None
    flagged_per_organisation: Given = None
    governance: Given = None
    optimism_bias: Given = None
    sme_share: Given = None
    sme_harm_share: Given = None


class OptionSection(_OptionInputs):
    """One policy option; inputs given here hold for it in place of those of [scenarios]."""

    name: str = Field(min_length=1, max_length=60, description="as the report should say")
    kind: Literal["voluntary", "statutory", "portal", "own"] = Field("own", description="what sort of option")
    adoption: tuple[Annotated[float, Field(ge=0, le=1)], ...] = Field(
        (), description="share of adopters year by year, in place of a curve"
    )
    ceiling: Given = None
    midpoint: Given = None
    steepness: Given = None
    start: Given = None
    coverage: Given = None

    @model_validator(mode="after")
    def _nothing_idle(self) -> Self:
        curve = [name for name in ("ceiling", "midpoint", "steepness") if getattr(self, name) is not None]
        if self.adoption and curve:
            raise ValueError(
                f"expected adoption year by year or a curve, got both adoption and {curve[0]}; remove one"
            )
        if self.coverage is not None and self.kind != "portal":
            raise ValueError(
                f"expected coverage of a portal only, got it for kind {self.kind!r}; remove it, or set kind = 'portal'"
            )
        return self


class ScenariosSection(_OptionInputs):
    """Policy options compared with doing nothing; a missing input leaves its option `not estimated`."""

    horizon: int = Field(5, ge=1, le=50, description="years compared")
    discount_rate: float = Field(0.035, ge=0, le=1, description="per year; 0.035 is the Green Book's")
    growth_fade: float = Field(
        0.5, ge=0, le=1, description="share of a year's growth that the next year keeps"
    )
    option: tuple[OptionSection, ...] = Field((), description="the options")

    @model_validator(mode="after")
    def _years_fit(self) -> Self:
        for each in self.option:
            if len(each.adoption) > self.horizon:
                raise ValueError(
                    f"expected adoption of at most {self.horizon} years, the horizon, got {len(each.adoption)} for {each.name!r}; remove years, "
                    "or lengthen the horizon"
                )
        return self

    @field_validator("option")
    @classmethod
    def _names_differ(cls, value: tuple[OptionSection, ...]) -> tuple[OptionSection, ...]:
        names = [slug(each.name, "") for each in value]
        for each, name in zip(value, names, strict=True):
            if names.count(name) > 1:
                raise ValueError(
                    f"expected options of different names, got {each.name!r} for two; rename one"
                )
        return value


class TrendSection(Section):
    """Whether copies become more frequent."""

    dates: Literal["", "modified"] = Field(
        "", description="column that says when a picture came in; none by default"
    )


class SensitivitySection(Section):
    """Over which settings a conclusion must hold to be called robust."""

    distances: tuple[Annotated[int, Field(ge=0, le=64)], Annotated[int, Field(ge=0, le=64)]] | None = Field(
        None, description="lowest and highest pHash distance; four bits up to max_distance by default"
    )

    @field_validator("distances")
    @classmethod
    def _in_order(cls, value: tuple[int, int] | None) -> tuple[int, int] | None:
        if value is not None and value[0] > value[1]:
            raise ValueError("expected the lower distance first")
        return value


def inputs_of(section: Section) -> dict[str, HarmInput]:
    """Return the inputs that a section gives, by name; raises ConfigError where a number does not fit its name."""
    given = {name: getattr(section, name) for name in type(section).model_fields}
    if isinstance(section, HarmSection):
        for cost in COSTS.values():
            lost: CounterfactualSection = getattr(section.net, cost)
            given |= {f"{cost}_{what}": getattr(lost, what) for what in type(lost).model_fields}
    return {name: each.supplied(name) for name, each in given.items() if isinstance(each, InputSection)}


def prices(
    harm: HarmSection,
    scenarios: ScenariosSection,
    sensitivity: SensitivitySection,
    registers: Mapping[str, pd.DataFrame],
    max_distance: int,
    members: int | None = None,
) -> Prices:
    """Return what a study's settings and registers say of money; `members` is to how many organisations its collections belong."""
    return Prices(
        inputs_of(harm),
        harm.currency,
        harm.price_year,
        inputs_of(scenarios),
        [Option(each.name, each.kind, inputs_of(each), each.adoption) for each in scenarios.option],
        Terms(scenarios.horizon, scenarios.discount_rate, scenarios.growth_fade),
        registers,
        sensitivity.distances or (max(0, max_distance - 4), max_distance),
        harm.deflator.deflator() if harm.deflator else None,
        members,
        tuple(Correlation(each.first, each.second, each.rank) for each in harm.correlation),
    )
