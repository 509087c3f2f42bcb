"""Chapter 6: harm in money, only from inputs somebody supplied, and the paper trail behind it."""

import pandas as pd

from dedupelab.evidence.results import Input
from dedupelab.publish import wording
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.document import Block, Column, Heading, Reference, Table
from dedupelab.publish.wording import Numbering

LINES = ("M3", "M8.hours", "M8", "M9", "M10a", "M14", "M10b", "M10c")
_MOST_DECISIONS = 12


def harm(material: Material) -> list[Block]:
    """Return chapter 6: every line with its amount or what it needs, their sum, every input with its source, the registers."""
    numbers, settings = material.numbers, material.config.harm
    say = Numbering("6")
    lines = [numbers[name] for name in LINES if numbers.get(name) is not None]
    known = [line for line in lines if line.value is not None]
    year = f", prices of {settings.price_year}" if settings.price_year else ""
    blocks: list[Block] = [
        Heading(1, "Harm in money", number="6", id="section-harm"),
        say(
            [
                (
                    f"{len(known)} of {len(lines)} lines could be estimated from what was supplied ({settings.currency}{year}). A line whose "
                    "input nobody supplied is printed as not estimated, with what it needs ("
                ),
                Reference("table-harm"),
                ").",
            ]
        ),
    ]
    if "harm" in material.figures:
        blocks.append(material.figures["harm"])
    blocks.append(_lines(material))
    blocks += [say(sentence) for sentence in sum_sentences(material)]
    blocks += [material.figures[name] for name in ("waterfall", "exceedance") if name in material.figures]
    blocks += _inputs(material)
    blocks.append(say(_trail(material)))
    blocks += _decisions(material.money.get("decision"))
    blocks.append(
        say(
            "Attribution is stated with each line. No line compares duplication with a world without it: how much of a cost would remain "
            "is not known, and is not assumed."
        )
    )
    return blocks


def sum_sentences(material: Material) -> list[str]:
    """Return what is said of the sum: what was added, over what time, and what was left out."""
    numbers = material.numbers
    total = numbers.get("M.sum")
    if total is None or total.value is None:
        return ["No lines were added up: none of M3, M8, M9 and M10a could be estimated."]
    parts = ", ".join(i.name for i in total.inputs)
    left_out = (
        f" It is at least so much: {total.caveat.partition('as ')[2]}." if "at least" in total.caveat else ""
    )
    found = [
        (
            f"The lines that do not overlap ({parts}) came to an expected {wording.with_interval(total)} over the first year: yearly costs for "
            f"one year and one-off costs once, not discounted.{left_out} Pictures acquired again may overlap licences paid twice and are not "
            "added; exposure is no loss and is never added."
        )
    ]
    p10, p90 = numbers.get("M.sum.p10"), numbers.get("M.sum.p90")
    if p10 is not None and p90 is not None:
        found.append(
            f"In nine draws of ten the sum was above {wording.figure(p10)}, and in one of ten above {wording.figure(p90)}. The draws vary "
            "the inputs as their sources allow, and which incidents happen in a year."
        )
    exposure = numbers.get("M10b")
    if exposure is not None and exposure.value is not None:
        found.append(
            f"Exposure to double licensing was {wording.with_interval(exposure)}: what licences of one work from several licensors came to "
            "beyond the dearest. It is not a loss."
        )
    return found


def _lines(material: Material) -> Table:
    numbers = material.numbers
    lines = [numbers[name] for name in (*LINES, "M.sum") if numbers.get(name) is not None]
    return Table(
        "table-harm",
        "Lines of harm, and what each needs",
        [
            Column("Line", width=2.2),
            Column("Amount", width=1.6),
            Column("95 % interval", width=1.6),
            Column("P10, P50, P90", width=1.8),
            Column("Grade", width=0.6),
            Column("How it was computed, or what it needs", width=3.2),
        ],
        [
            [
                f"{line.id} {line.label}",
                wording.figure(line) if line.value is not None else "not estimated",
                wording.interval(line),
                _levels(material, line.id),
                line.grade if line.value is not None else "–",
                f"{line.method} {line.caveat[:1].upper()}{line.caveat[1:]}".strip()
                if line.value is not None
                else f"needs {', '.join(line.needs)}",
            ]
            for line in lines
        ],
        note="The last line adds lines that do not overlap over the first year. Amounts are expected values; each line per year unless once is said.",
    )


def _levels(material: Material, name: str) -> str:
    found = [material.numbers.get(f"{name}.{level}") for level in ("p10", "p50", "p90")]
    return "; ".join(wording.number(r.value, r.unit) for r in found if r is not None and r.value is not None)


def _inputs(material: Material) -> list[Block]:
    """Every input of the lines and options: the assumptions log as it was used."""
    numbers = material.numbers
    used: dict[str, tuple[Input, list[str]]] = {}
    for result in numbers.results.values():
        if result.id in (*LINES, "M11") or (result.id.startswith("S.") and result.id.count(".") == 1):
            for given in result.inputs:
                used.setdefault(f"{given.name}{given.source}{given.value}", (given, []))[1].append(result.id)
    if not used:
        return []
    return [
        Table(
            "table-inputs",
            "Inputs, and who says so",
            [
                Column("Input", width=1.6),
                Column("Value", width=1.6),
                Column("Unit", width=1.4),
                Column("Source type", width=1),
                Column("Source", width=2.6),
                Column("Used by", width=1.2),
            ],
            [
                [i.name, _value(i), i.unit, i.source_type, i.source, _short(names)]
                for i, names in sorted(used.values(), key=lambda each: each[0].name)
            ],
            note="A triangle is given by its ends and the most likely value, a lognormal by P50 and P90. The full log is in the study's registers.",
        )
    ]


def _value(given: Input) -> str:
    if given.name == "price_year":
        return f"{given.value:.0f}" if isinstance(given.value, float | int) else str(given.value)
    return f"{given.value:,.10g}" if isinstance(given.value, float | int) else str(given.value)


def _short(names: list[str]) -> str:
    options = [name for name in names if name.startswith("S.")]
    lines = [name for name in names if not name.startswith("S.")]
    return ", ".join([*lines, *([f"{len(options)} options"] if options else [])])


def _trail(material: Material) -> str:
    """Return one sentence on what the registers hold."""
    words = {
        "workflow": "timings",
        "incident": "incidents",
        "licence": "licences",
        "assumption": "assumptions",
        "decision": "decisions",
    }
    held = [
        f"{len(material.money[kind]):,} {what if len(material.money[kind]) > 1 else what.removesuffix('s')}"
        for kind, what in words.items()
        if kind in material.money and len(material.money[kind])
    ]
    if not held:
        return "The study's registers (workflow, incidents, licences, assumptions, decisions) hold no entries yet."
    return f"The study's registers hold {', '.join(held)}, each with who wrote it and when; corrections are further entries."


def _decisions(decisions: pd.DataFrame | None) -> list[Block]:
    if decisions is None or not len(decisions):
        return []
    shown = decisions.sort_values("date", kind="stable").tail(_MOST_DECISIONS)
    columns = ("date", "decision", "reason", "decided_by")
    return [
        Table(
            "table-decisions",
            "Decisions on method",
            [
                Column("Date", width=1),
                Column("Decision", width=2.6),
                Column("Reason", width=2.6),
                Column("Decided by", width=1.8),
            ],
            [[str(row[name]) for name in columns] for row in shown.to_dict("records")],
        )
    ]
