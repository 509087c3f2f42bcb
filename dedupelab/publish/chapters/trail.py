"""The trail of each line of harm: what its amount, the share due to duplication and its net come from, down to settings and entries."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from dedupelab.evidence.money.harm_inputs import COSTS, LOST, REMAINING
from dedupelab.numbers.messages import N_
from dedupelab.numbers.results import Input, Result
from dedupelab.publish.chapters import wording
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.language.language import (
    _,
    capital,
    counted,
    joined,
    number,
    original,
    pieces,
    told,
    unmarked,
    word,
)
from dedupelab.publish.paper.document import Block, Code, Column, Heading, Link, Paragraph, Run, Table, Text

PARTS = {"amount": N_("Amount"), "share": N_("Due to duplication"), "net": N_("Net")}
"""What of a line an input is for."""
SHARES = ("attribution", "attribution_share")
"""Inputs that say which share is due to duplication."""
LOSSES = {f"{cost}_{what}" for cost in COSTS.values() for what in (*LOST, REMAINING)}
SHOWN = 12
"""Public entries of a register that the paper shows one by one."""
NAMED = 60
"""Entries of a register that the paper names by their ids."""
PUBLIC = "public"
REGISTERS = {"incident": N_("Incidents"), "licence": N_("Licences"), "workflow": N_("Timings")}


def anchors(lines: Sequence[Result]) -> dict[str, str]:
    """Return by each line's id the id of its trail in the paper; lines with the very same inputs share one."""
    first: dict[tuple[Input, ...], str] = {}
    return {line.id: first.setdefault(tuple(line.inputs), f"trail-{line.id}") for line in lines}


def traced(material: Material, names: tuple[str, ...]) -> list[Result]:
    """Return those of the lines that have an amount, and inputs that it can be traced to."""
    lines = [material.numbers.get(name) for name in names]
    return [line for line in lines if line is not None and line.value is not None and line.inputs]


def trail(material: Material, names: tuple[str, ...]) -> list[Block]:
    """Return the annex that leads from each line of harm to the settings and entries it was reckoned from; nothing without lines."""
    lines = traced(material, names)
    if not lines:
        return []
    shared = anchors(lines)
    with unmarked():
        tables = [
            _table(material, name, [line for line in lines if shared[line.id] == name], shared)
            for name in dict.fromkeys(shared.values())
        ]
    return [
        Heading(1, _("what each line of harm comes from"), id="annex-trail"),
        Paragraph(
            _(
                "A setting stands in the study's settings under the name given here, or under the same name in the register of assumptions; an entry stands in the "
                "register named, under its id, and in the spreadsheet that goes with this paper. Amount and source of an entry are shown here where it is "
                "marked as public; whoever may see the register finds those of the others there. Sources stand as they were written."
            )
        ),
        *tables,
    ]


def _table(material: Material, name: str, lines: Sequence[Result], known: Mapping[str, str]) -> Table:
    return Table(
        name,
        joined(map(_caption, lines), "; "),
        [
            Column(_("For"), width=1.1),
            Column(_("Setting, register or number"), width=2.4),
            Column(_("Value"), width=1.9),
            Column(_("Source"), width=3.7),
        ],
        [row for given in lines[0].inputs for row in _rows(material, given, known)],
    )


def _caption(line: Result) -> str:
    said = {"id": line.id, "line": told(line.label), "amount": wording.figure(line)}
    if line.attribution is None:
        return _("{id}: {line}. Amount {amount}", **said)
    said["share"] = f"{number(100 * line.attribution, '.0f')} %"
    if line.net_share is None:
        return _("{id}: {line}. Amount {amount}, due to duplication {share}, gross", **said)
    net = f"{number(100 * line.net_share, '.0f')} %"
    return _("{id}: {line}. Amount {amount}, due to duplication {share}, net {net}", **said, net=net)


def _rows(material: Material, given: Input, known: Mapping[str, str]) -> Iterator[list[Text]]:
    part = "share" if given.name in SHARES else "net" if given.name in LOSSES else "amount"
    where: Text = [Code(given.place)] if given.place and given.place not in REGISTERS else told_name(given)
    if given.place in known:
        where = [Link(given.place, f"#{known[given.place]}")]
    source: Text = told(given.source)
    if given.supplied:
        source = _("{name}: {value}", name=word(given.source_type), value=source)
    if given.entries:
        source = _entries(given)
    yield [_(PARTS[part]), where, _amount(given), source]
    register = material.money.get(given.place, pd.DataFrame())
    if given.entries and len(register):
        told_of = {str(row["id"]): row for row in register.to_dict("records")}
        public = [told_of[name] for name in given.entries if told_of[name].get("confidentiality") == PUBLIC]
        yield from (_entry(part, given.place, row) for row in public[:SHOWN])
        if len(public) > SHOWN:
            more = _("{count:,} more", count=len(public) - SHOWN)
            yield [_(PARTS[part]), more, "–", _("in the spreadsheet that goes with this paper")]


def _entries(given: Input) -> Text:
    """Return the ids under which a register has the entries that an input was made of."""
    named: list[Run] = []
    for name in given.entries[:NAMED]:
        named += [*([_(", ")] if named else ()), Code(name)]
    told = pieces("{count:,} entries of the register: {entries}", count=len(given.entries), entries=named)
    if len(given.entries) > NAMED:
        told += [_("; {count:,} more in the spreadsheet", count=len(given.entries) - NAMED)]
    return [run for each in told for run in (each if isinstance(each, list) else [each])]


def told_name(given: Input) -> str:
    """Return what an input that is no setting is called: the register all of whose entries it names, or what was counted."""
    return (
        _(REGISTERS[given.place])
        if given.entries and (given.supplied or given.name == "entries")
        else capital(word(given.name))
    )


def _entry(part: str, register: str, row: Mapping[Hashable, Any]) -> list[Text]:
    own = row.get("attribution")
    amount, source = " + ".join(_amounts(row)) or "–", original(str(row["source"]))
    if own is not None and pd.notna(own):
        share = f"{number(100 * own, '.0f')} %"
        amount = _("{amount}; due to duplication {share}", amount=amount, share=share)
    return [_(PARTS[part]), [Code(f"{register} {row['id']}")], amount, source]


def _amounts(row: Mapping[Hashable, Any]) -> Iterator[str]:
    if pd.notna(row["days"]) and pd.notna(row["value_per_day"]):
        days, day = number(row["days"], ",.10g"), number(row["value_per_day"], ",.10g")
        yield _("{days} days x {value} {currency}", days=days, value=day, currency=row["currency"])
    if pd.notna(row["amount"]):
        yield f"{number(row['amount'], ',.10g')} {row['currency']}"


def _amount(given: Input) -> str:
    """Return an input's value with what it counts; nothing counts a year."""
    unit = "" if given.name == "price_year" else counted(given.unit)
    return _("{amount} {unit}", amount=value_of(given), unit=unit) if unit else value_of(given)


def value_of(given: Input) -> str:
    """Return an input's value as people write it: a year without a comma, a share that was reckoned without ten digits."""
    if given.name == "price_year":
        return f"{given.value:.0f}" if isinstance(given.value, float | int) else str(given.value)
    form = (
        ",.3g"
        if given.source_type == "measured" and isinstance(given.value, float) and abs(given.value) < 1
        else ",.10g"
    )
    return number(given.value, form) if isinstance(given.value, float | int) else told(given.value)
