"""Chapter 6: harm in money, only from inputs somebody supplied."""

from dedupelab.publish import wording
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.document import Block, Column, Heading, Reference, Table
from dedupelab.publish.wording import Numbering

LINES = ("M3", "M8.hours", "M8", "M9", "M10a", "M10b", "M10c", "M14")


def harm(material: Material) -> list[Block]:
    """Return chapter 6: every line with its amount or what it needs, and every input with its source."""
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
                "). Lines are not added up: they overlap, and some are per year and some once.",
            ]
        ),
    ]
    if "harm" in material.figures:
        blocks.append(material.figures["harm"])
    blocks.append(
        Table(
            "table-harm",
            "Lines of harm, and what each needs",
            [
                Column("Line", width=2.2),
                Column("Amount", width=1.6),
                Column("Interval", width=1.6),
                Column("Grade", width=0.6),
                Column("How it was computed, or what it needs", width=3.4),
            ],
            [
                [
                    line.label,
                    wording.figure(line) if line.value is not None else "not estimated",
                    wording.interval(line),
                    line.grade if line.value is not None else "–",
                    line.method if line.value is not None else f"needs {', '.join(line.needs)}",
                ]
                for line in lines
            ],
        )
    )
    inputs = {i.name: i for line in known for i in line.inputs}
    if inputs:
        blocks.append(
            Table(
                "table-inputs",
                "Inputs, and who says so",
                [
                    Column("Input", width=1.6),
                    Column("Value", "right", width=1),
                    Column("Unit", width=1.6),
                    Column("Source type", width=1.1),
                    Column("Source", width=3),
                ],
                [
                    [
                        i.name,
                        f"{i.value:,.10g}"
                        if isinstance(i.value, float | int) and i.name != "price_year"
                        else f"{i.value:.0f}",
                        i.unit,
                        i.source_type,
                        i.source,
                    ]
                    for i in inputs.values()
                ],
            )
        )
    blocks.append(
        say(
            "No line compares duplication with a world without it: how much of a cost would remain is not known, and is not assumed."
        )
    )
    return blocks
