"""Policy options compared with doing nothing: benefits, costs and present values under the inputs that were given.

The first year is not discounted. All options share the draws of the inputs that they share, so that differences between
them are not noise. Nothing here says what anybody ought to do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from dedupelab.evidence.money.adoption import covered, grown, logistic
from dedupelab.evidence.money.harm_inputs import HarmInput, Supply
from dedupelab.numbers.draws import Floats

COMMON = {
    "organisations": "organisations that hold such pictures and bear the costs",
    "harm_scale": "times the study's harm that all these organisations bear, where they are not the study's own",
    "cross_share": "share of harm from copies that lie across organisations, 0 to 1",
    "recall": "share of copies that screening finds, 0 to 1",
    "remediation": "share of found copies that are dealt with, 0 to 1",
    "growth": "growth of harm a year when nothing is done, as a fraction",
    "integration_per_organisation": "currency, once for each organisation that adopts",
    "migration": "currency, once",
    "legal": "currency, once",
    "licence_per_organisation": "currency a year for licensed screening",
    "open_source_per_organisation": "currency a year to run open-source screening",
    "flagged_per_organisation": "pairs a year that screening flags in an organisation, false alarms included",
    "governance": "currency a year, registry and governance",
    "optimism_bias": "uplift of all costs, as a fraction",
    "sme_share": "share of the organisations that are small or medium, 0 to 1",
    "sme_harm_share": "share of harm that small and medium organisations bear, 0 to 1",
}
"""Inputs of `[scenarios]`, and their units."""
OWN = {
    "ceiling": "share of organisations that adopt in the end, 0 to 1",
    "midpoint": "years from the start until half of them have",
    "steepness": "how suddenly, per year",
    "start": "years from now until the option takes effect",
    "coverage": "share of pictures that pass the portal, 0 to 1",
}
"""Inputs that each option has of its own; it may also give any of `COMMON` differently."""
KINDS = {
    "voluntary": (),
    "statutory": ("start",),
    "portal": ("coverage",),
    "own": (),
}
"""Kinds of options, and what each needs beside ceiling, midpoint and steepness."""
SCREENING = {
    "licensed": "licence_per_organisation",
    "open-source": "open_source_per_organisation",
}
"""Variants of screening, and the input that each needs."""
REQUIRED = ("organisations", "cross_share", "recall", "remediation", "integration_per_organisation")
OPTIONAL = ("harm_scale", "growth", "migration", "legal", "governance", "optimism_bias")
FLAGGED = ("flagged_per_organisation", "review_seconds")
LABOUR = (*FLAGGED, "hourly_wage")
STOCK = "stock_hours"
"""Hours to look once at the stock's pairs (M8.hours): they are spent by those who adopt, as they adopt."""
AVOIDABLE = "avoidable"
"""Share of the net harm that goes when every copy is dealt with."""


@dataclass(frozen=True)
class Option:
    """One policy option: its name, its kind of `KINDS`, its own inputs, or its adoption year by year."""

    name: str
    kind: str
    inputs: Mapping[str, HarmInput] = field(default_factory=dict)
    adoption: tuple[float, ...] = ()

    def needs(self, screening: str) -> tuple[str, ...]:
        """Return the names of all inputs that the option cannot do without."""
        curve = () if self.adoption else ("ceiling", "midpoint", "steepness")
        return (*REQUIRED, SCREENING[screening], *curve, *KINDS[self.kind])

    def uses(self, screening: str) -> tuple[str, ...]:
        """Return the names of all inputs that move its result."""
        curve = ("start",) if "start" not in KINDS[self.kind] else ()
        return (*self.needs(screening), *OPTIONAL, *LABOUR, *curve)


@dataclass(frozen=True)
class Terms:
    """What holds for all options: years, discount rate, and how much of a year's growth the next keeps."""

    years: int = 5
    rate: float = 0.035
    fade: float = 0.5

    @property
    def discounts(self) -> Floats:
        """What an amount of each year is worth in the first."""
        return (1 + self.rate) ** -np.arange(self.years, dtype=np.float64)


@dataclass(frozen=True)
class Balance:
    """One option under one way of screening: draws x years of what it saves and costs, and what follows."""

    adopted: Floats
    harm: Floats
    benefit: Floats
    cost: Floats
    fixed: Floats
    users: Floats
    terms: Terms

    @property
    def net(self) -> Floats:
        """Present value of benefits less costs, for each draw."""
        found: Floats = (self.benefit - self.cost) @ self.terms.discounts
        return found

    @property
    def screened(self) -> Floats:
        """Present number of organisation-years that pay for screening, uplift included: minus the slope of `net`."""
        found: Floats = self.users @ self.terms.discounts
        return found

    def break_even(self, price: Floats) -> float:
        """Return the yearly price of screening at which expected benefits equal expected costs.

        The present value is linear in the price p: net(p) = net(p0) - (p - p0) x screened, so p* = E(net + p0 x screened) /
        E(screened).
        """
        return float((self.net + price * self.screened).mean() / self.screened.mean())

    def payback(self) -> int | None:
        """Return the year (1 is the first) from which expected discounted benefits have made up for costs; None if never."""
        balance = np.cumsum((self.benefit - self.cost).mean(axis=0) * self.terms.discounts)
        behind = np.flatnonzero(balance < 0)
        first = int(behind[-1]) + 2 if len(behind) else 1
        return first if first <= self.terms.years else None


def balance(
    option: Option, screening: str, inputs: Mapping[str, Floats], yearly: Floats, terms: Terms
) -> Balance:
    """Return what an option saves and costs in each year.

    Parameters
    ----------
    option, screening
        Which option, with which way of screening (of `SCREENING`).
    inputs
        Draws by name; absent ones are 0 (coverage, harm_scale and `AVOIDABLE`: 1).
    yearly
        Draws of the net harm of a year, of the study's organisations.
    """
    nothing, years = np.zeros_like(yearly), terms.years

    def of(name: str) -> Floats:
        return inputs.get(name, nothing)

    start = of("start")
    if option.adoption:
        given = np.array([*option.adoption, *[option.adoption[-1]] * years][:years], np.float64)
        adopted = np.broadcast_to(given, (len(yearly), years)).copy()
    else:
        adopted = logistic(of("ceiling"), of("steepness"), of("midpoint"), start, years)
    reach = inputs.get("coverage", nothing + 1)[:, np.newaxis] * adopted
    scale = inputs.get("harm_scale", nothing + 1)
    harm = (yearly * scale)[:, np.newaxis] * grown(of("growth"), terms.fade, years)
    dealt_with = of("recall") * of("remediation") * inputs.get(AVOIDABLE, nothing + 1)
    benefit = harm * covered(reach, of("cross_share")) * dealt_with[:, np.newaxis]
    uplift = (1 + of("optimism_bias"))[:, np.newaxis]
    organisations = of("organisations")[:, np.newaxis]
    newly = np.diff(adopted, axis=1, prepend=0.0).clip(min=0)
    stock = newly * (of(STOCK) * scale * of("hourly_wage"))[:, np.newaxis]
    year = np.arange(years)[np.newaxis, :]
    begun = np.floor(start)[:, np.newaxis]
    labour = of("flagged_per_organisation") * of("review_seconds") / 3600 * of("hourly_wage")
    running = adopted * organisations
    fixed = (of("migration") + of("legal"))[:, np.newaxis] * (year == begun) + of("governance")[
        :, np.newaxis
    ] * (year >= begun)
    cost = (
        newly * organisations * of("integration_per_organisation")[:, np.newaxis]
        + stock
        + running * (of(SCREENING[screening]) + labour)[:, np.newaxis]
        + fixed
    )
    return Balance(adopted, harm, benefit, cost * uplift, fixed * uplift, running * uplift, terms)


def drawn(option: Option, screening: str, supply: Supply, harm_supply: Supply) -> dict[str, Floats]:
    """Return the draws of an option's inputs: its own where it gives one, else the common ones, else those of `[harm]`."""
    own = supply.of(f"scenarios.{option.name}", option.inputs)
    found = {}
    for name in option.uses(screening):
        for where in (own, supply, harm_supply):
            if name in where.inputs:
                found[name] = where.draw(name)
                break
    if not all(name in found for name in LABOUR):
        # Labour of looking at flagged pairs needs all three; without them it is not counted, and the report says so.
        found = {name: draws for name, draws in found.items() if name not in FLAGGED}
    return found
