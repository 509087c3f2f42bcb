"""Who pays for an option and who gains, and how results of one option are named, graded and sourced."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dedupelab.evidence.money.harm import Line
from dedupelab.evidence.money.harm_inputs import SOURCE_TYPES, Supply
from dedupelab.evidence.money.scenarios import FLAGGED, LABOUR, Balance, Option, Terms
from dedupelab.numbers.messages import N_, NOTHING, Message, message, named
from dedupelab.numbers.results import Input, Result, missing

METHOD = N_(
    "Benefits (net harm of the lines {lines}, gross where nothing was supplied, x reach x recall x remediation) less costs, the labour to look "
    "once at the stock among them, discounted at {rate:.1%} a year over {years} years from the first; reach grows with the square of "
    "adoption for copies across organisations."
)
OPTION = {
    "licensed": N_("{option}, licensed screening: {part}"),
    "open-source": N_("{option}, open-source screening: {part}"),
}
"""What a number of an option is called, by how it screens."""
UNDER_INPUTS = message("under these inputs")
BEARERS = {
    "M3": N_("holders (storage)"),
    "M9": N_("parties to disputes"),
    "M10a": N_("licensees"),
}


def slug(option: str, screening: str) -> str:
    """Return the name of an option's results.

    >>> slug("Statutory standard", "open-source")
    'statutory-standard-open-source'
    """
    return re.sub(r"[\W_]+", "-", f"{option} {screening}".casefold()).strip("-")


@dataclass(frozen=True)
class Told:
    """How results of one option are named, graded and sourced."""

    option: Option
    screening: str
    common: Supply
    harm: Supply
    there: Sequence[Line]
    terms: Terms

    @property
    def name(self) -> str:
        """Id that all results of the option lie below."""
        return f"S.{slug(self.option.name, self.screening)}"

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What the option was computed from, as results list it."""
        given = {
            n: s.inputs[n]
            for s in (self.harm, self.common)
            for n in self.option.uses(self.screening)
            if n in s.inputs
        }
        given |= {n: i for n, i in self.option.inputs.items() if n in self.option.uses(self.screening)}
        if not all(n in given for n in LABOUR):
            given = {n: i for n, i in given.items() if n not in FLAGGED}
        return tuple(each.as_input(name) for name, each in sorted(given.items()))

    def labelled(self, part: Message) -> Message:
        """Return the name of one number of the option."""
        return message(OPTION[self.screening], option=self.option.name, part=part)

    def result(
        self,
        part: str,
        label: Message,
        value: float,
        unit: str,
        method: Message = NOTHING,
        **more: Any,  # noqa: ANN401  fields of a result
    ) -> Result:
        """Return one number of the option; `more` replaces what all of them share."""
        worst = max(
            "C",
            *(SOURCE_TYPES[i.source_type] for i in self.inputs),
            *(line.result.grade for line in self.there),
        )
        lines = ", ".join(line.result.id for line in self.there)
        base = message(METHOD, lines=lines, rate=self.terms.rate, years=self.terms.years)
        told = message("{first} {second}", first=method, second=base) if method else base
        fields = {
            "interval_kind": "expected", "interval_method": message("expected value over all draws"), "method": told, "grade": worst,
            "status": "estimated", "review": "unreviewed", "caveats": (UNDER_INPUTS,), "subject": self.subject,
        }  # fmt: skip
        return Result(f"{self.name}{part}", self.labelled(label), value, unit, **{**fields, **more})

    @property
    def subject(self) -> tuple[tuple[str, str], ...]:
        """Which option and screening its results are about."""
        return ("option", self.option.name), ("screening", self.screening)

    def bearing(self, who: str) -> tuple[tuple[str, str], ...]:
        """Return the same with whoever bears or gains."""
        return *self.subject, ("bearer", who)


def shares(found: Balance, told: Told) -> list[Result]:
    """Who pays and who gains, in present values; small and medium organisations apart where their shares are given."""
    money, discounts = told.harm.currency or "currency", told.terms.discounts
    fixed = float((found.fixed @ discounts).mean())
    own = float((found.cost @ discounts).mean()) - fixed
    gains = _gains(found, told)
    small = N_("small and medium organisations")
    results = [
        told.result(".pays.organisations", message("costs that adopting organisations bear"), own, money, message("Integration, screening, labour."), subject=told.bearing(N_("adopting organisations"))),
        told.result(".pays.operator", message("costs that whoever runs it bears"), fixed, money, message("Migration, legal work, governance."), subject=told.bearing(N_("whoever runs it"))),
        *(told.result(f".gains.{slug(who, '')}", message("benefits of {who}", who=named(who)), value, money, message("By whose cost falls."), subject=told.bearing(who)) for who, value in gains.items()),
    ]  # fmt: skip
    for name, part, label, whole in (
        ("sme_share", ".pays.smes", message("costs that small and medium organisations bear"), own),
        (
            "sme_harm_share",
            ".gains.smes",
            message("benefits of small and medium organisations"),
            sum(gains.values()),
        ),
    ):
        given = told.option.inputs.get(name) or told.common.inputs.get(name)
        if given is None:
            results.append(
                missing(
                    f"{told.name}{part}",
                    told.labelled(label),
                    money,
                    (message("{setting} (not collected)", setting=f"scenarios.{name}"),),
                    message("By the share that is small or medium."),
                    subject=told.bearing(small),
                )
            )
        else:
            results.append(told.result(part, label, whole * given.distribution.mean, money, message("x the share that is small or medium."), inputs=(given.as_input(name),), subject=told.bearing(small)))  # fmt: skip
    return results


def _gains(found: Balance, told: Told) -> dict[str, float]:
    """Split the expected present value of benefits by whose costs they lessen, draw by draw."""
    total = np.sum([line.remediable for line in told.there if line.remediable is not None], axis=0)
    saved = found.benefit @ told.terms.discounts
    gains: dict[str, float] = {}
    for line in told.there:
        if line.remediable is None:
            continue
        part = np.divide(line.remediable, total, out=np.zeros_like(total), where=total > 0) * saved
        who = BEARERS[line.result.id]
        gains[who] = gains.get(who, 0.0) + float(part.mean())
    return gains
