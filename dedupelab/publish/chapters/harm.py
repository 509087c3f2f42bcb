"""Chapter 6: harm in money, only from inputs somebody supplied, and the paper trail behind it."""

from collections.abc import Callable, Iterable, Iterator

import pandas as pd

from dedupelab.evidence.money.harm_inputs import COSTS, LOST, REMAINING
from dedupelab.numbers.results import Input
from dedupelab.publish.chapters import front, trail, wording
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.numbering import Numbering
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.language.language import _, joined, number, original, plural, told
from dedupelab.publish.paper.document import Block, Column, Heading, Link, Reference, Table, Text

LINES = ("M3", "M8.hours", "M8", "M9", "M10a", "M14", "M10b", "M10c")
TRACED = (*LINES, "M9a")
"""Lines, and the share that one of them may take, which are traced to what they come from."""
_MOST_DECISIONS = 12


def harm(material: Material) -> list[Block]:
    """Return chapter 6: every line with its amount or what it needs, their sum, the registers; its heading alone where no line has an amount."""
    numbers, settings = material.numbers, material.config.harm
    say = Numbering("6")
    lines = [numbers[name] for name in LINES if numbers.get(name) is not None]
    known = [line for line in lines if line.value is not None]
    head = Heading(1, _("Harm in money"), number="6", id="section-harm")
    if not known:
        return [head]
    year = _(", prices of {price_year}", price_year=settings.price_year) if settings.price_year else ""
    blocks: list[Block] = [
        head,
        say.pieces(
            "{known} of {lines} lines could be estimated from what was supplied ({currency}{year}). A line whose input nobody "
            "supplied is printed as not estimated, with what it needs ({table}).",
            known=len(known),
            lines=len(lines),
            currency=settings.currency,
            year=year,
            table=Reference("table-harm"),
        ),
    ]
    if "harm" in material.figures:
        blocks.append(material.figures["harm"])
    blocks.append(_lines(material))
    blocks += _net(material)
    blocks += [say(sentence) for sentence in attribution_sentences(material)]
    if "attribution" in material.figures:
        blocks.append(material.figures["attribution"])
    blocks += [say(sentence) for sentence in sum_sentences(material)]
    if "waterfall" in material.figures:
        figure = Reference(material.figures["waterfall"].id)
        blocks.append(say.pieces("{figure} shows how the lines add up.", figure=figure))
    blocks += [*front.placed(material, "waterfall"), *front.placed(material, "exceedance")]
    blocks.append(say(_trail(material)))
    blocks += _decisions(material.money.get("decision"), say)
    blocks.append(
        say.says(
            "The share due to duplication is stated with each line. How much of a cost would have come without duplication as well is not "
            "assumed: where somebody supplied it the net amount stands beside the gross one, and where nobody did the line is called gross."
        )
    )
    return blocks


def sum_sentences(material: Material) -> Iterator[str]:
    """Return what is said of the sum: what was added, over what time, and what was left out."""
    numbers = material.numbers
    total = numbers.known("M.sum")
    if total is None:
        yield _("No lines were added up: none of those that do not overlap could be estimated.")
        return
    parts = _labels(numbers, [i.name for i in total.inputs])
    left_out = (
        _(
            " It is at least so much, as {lines} could not be estimated.",
            lines=_labels(numbers, total.left_out),
        )
        if total.lower_bound
        else ""
    )
    yield _(
        "The lines that do not overlap ({parts}) came to an expected {total}: what is due to duplication, {attribution:.0%} of all costs in "
        "these lines.{left_out} Pictures acquired again may overlap licences paid twice and are not added; exposure is no loss, and the "
        "labour to look at every pair is spent by nobody today, so neither is added.",
        attribution=total.attribution or 0.0,
        parts=parts,
        total=wording.with_interval(total),
        left_out=left_out,
    )
    p10, p90 = numbers.get("M.sum.p10"), numbers.get("M.sum.p90")
    if p10 is not None and p90 is not None:
        yield _(
            "A single year varies more than the average year: in nine draws of ten it came to more than {p10}, and in one of ten to more than "
            "{p90}. The draws vary the inputs as their sources allow, and which incidents happen in a year.",
            p10=wording.figure(p10),
            p90=wording.figure(p90),
        )
    silent = numbers.known("M.silent")
    if silent is not None and silent.interval is not None:
        yield _(
            "Of {asked:,.0f} members asked {answered:,.0f} answered. Were the others to have as many disputes and licences paid twice as those who "
            "did, the sum would be at most {most}, at the upper ends of the intervals; were they to have none, it stays as it is.",
            asked=silent.denominator,
            answered=wording.part(silent),
            most=wording.quantity(silent.interval[1], silent.unit),
        )
    elif silent is not None:
        yield _("How many members were asked and how many answered was not collected.")
    if exposure := numbers.known("M10b"):
        yield _(
            "Exposure to double licensing was {exposure}: what licences of one work from several licensors came to "
            "beyond the dearest. It is not a loss.",
            exposure=wording.with_interval(exposure),
        )


def _labels(numbers: Numbers, names: Iterable[str]) -> str:
    """Return what some numbers are called."""
    return joined((told(numbers[name].label) for name in names), "; ")


def _lines(material: Material) -> Table:
    numbers = material.numbers
    lines = [numbers[name] for name in (*LINES, "M.sum") if numbers.get(name) is not None]
    known = trail.anchors(trail.traced(material, TRACED))
    return Table(
        "table-harm",
        _("Lines of harm, and what each needs"),
        [
            Column(_("Line"), width=2.8),
            Column(_("Amount"), width=1.9),
            Column(_("95 % interval"), width=1.9),
            Column(_("P10, P50, P90 of a single year"), width=1.9),
            Column(_("Due to duplication"), "right", _("per cent"), 1),
            Column(_("Grade"), width=0.6),
        ],
        [
            [
                [Link(told(line.label), f"#{known[line.id]}")] if line.id in known else told(line.label),
                wording.figure(line),
                wording.ends(line) if line.value is not None else "",
                _levels(material, line.id),
                "–"
                if line.attribution is None or line.value is None
                else number(100 * line.attribution, ".0f"),
                line.grade if line.value is not None else "–",
            ]
            for line in lines
        ],
        note=_(
            "The last line adds lines that do not overlap. Amounts are expected values and intervals those of an expected value; each line per year "
            "unless once is said."
        ),
    )


def attribution_sentences(material: Material) -> Iterator[str]:
    """Return what was measured of the share that is due to duplication, and whether it can be told from none."""
    measured = material.numbers.get("M9a")
    if measured is None:
        return
    if measured.value is None or measured.interval is None:
        yield _(
            "The share of incidents due to duplication was not measured: needs {needs}.",
            needs=wording.needs(measured),
        )
        return
    yield _(
        "Of {whole:,.0f} incidents that name a picture of this study {part:,.0f} concern works held more than once. If nothing but duplication "
        "sets these works apart from works held once, {share} of incidents are due to it. Works in demand may draw both copies and "
        "incidents, which this comparison cannot tell apart.",
        whole=measured.denominator,
        part=wording.part(measured),
        share=wording.with_interval(measured),
    )
    if measured.interval[0] <= 0 <= measured.interval[1]:
        yield _("Zero lies inside this interval: on these incidents no share can be told from none.")
    disputes = material.numbers.get("M9")
    if disputes is not None and wording.rests_on(disputes, "M9a"):
        yield _(
            "The line on disputes takes {used:.0%} in place of a supplied share: the mean of the shares from nought to all that these incidents allow.",
            used=disputes.attribution,
        )


def _net(material: Material) -> list[Block]:
    """From gross to net, line by line, each share with the input it can be traced by."""
    numbers, known = material.numbers, trail.anchors(trail.traced(material, TRACED))
    rows: list[list[Text]] = []
    for name, begin in COSTS.items():
        line = numbers.known(name)
        if line is None:
            continue
        given = {i.name: i for i in line.inputs}
        net = numbers.get(f"{name}.net")
        rows.append(
            [
                [Link(told(line.label), f"#{known[name]}")] if name in known else told(line.label),
                wording.figure(line),
                *(_share(given.get(f"{begin}_{what}")) for what in (*LOST, REMAINING)),
                _("gross") if net is None else wording.figure(net),
            ]
        )
    if not rows:
        return []
    total, after = numbers.known("M.sum"), numbers.get("M.sum.net")
    if total:
        told_net = _("gross") if after is None else wording.figure(after)
        rows.append([told(total.label), wording.figure(total), *["–"] * (len(LOST) + 1), told_net])
    heads = (
        _("Would have come anyway"),
        _("Only moved"),
        _("Would be replaced"),
        _("Stays after the remedy"),
    )
    return [
        Table(
            "table-net",
            _("From gross to net"),
            [
                Column(_("Line"), width=2),
                Column(_("Amount"), width=1.2),
                *(Column(head, width=1.4) for head in heads),
                Column(_("Net"), width=1.2),
            ],
            rows,
            note=_("Nothing supplied: the line is gross. The annex on each line names the settings."),
        )
    ]


def _share(given: Input | None) -> str:
    return "–" if given is None else trail.value_of(given)


def _levels(material: Material, name: str) -> str:
    found = [material.numbers.get(f"{name}.{level}") for level in ("p10", "p50", "p90")]
    return joined(
        (wording.number(r.value, r.unit) for r in found if r is not None and r.value is not None), "; "
    )


def _trail(material: Material) -> str:
    """Return one sentence on what the registers hold."""
    counted: dict[str, Callable[[int], str]] = {
        "workflow": lambda n: plural("{count:,} timing", "{count:,} timings", n),
        "incident": lambda n: plural("{count:,} incident", "{count:,} incidents", n),
        "licence": lambda n: plural("{count:,} licence", "{count:,} licences", n),
        "assumption": lambda n: plural("{count:,} assumption", "{count:,} assumptions", n),
        "decision": lambda n: plural("{count:,} decision", "{count:,} decisions", n),
    }
    held = [
        say(len(material.money[kind]))
        for kind, say in counted.items()
        if kind in material.money and len(material.money[kind])
    ]
    if not held:
        return _(
            "The study's registers (workflow, incidents, licences, assumptions, decisions) hold no entries yet."
        )
    return _(
        "The study's registers hold {held}, each with who wrote it and when; corrections are further entries.",
        held=joined(held),
    )


def _decisions(decisions: pd.DataFrame | None, say: Numbering) -> list[Block]:
    if decisions is None or not len(decisions):
        return []
    shown = decisions.sort_values("date", kind="stable").tail(_MOST_DECISIONS)
    columns = ("date", "decision", "reason", "decided_by")
    table = Reference("table-decisions")
    return [
        say.pieces("What was decided on method, by whom and why, stands in {table}.", table=table),
        Table(
            "table-decisions",
            _("Decisions on method"),
            [
                Column(_("Date"), width=1),
                Column(_("Decision"), width=2.6),
                Column(_("Reason"), width=2.6),
                Column(_("Decided by"), width=1.8),
            ],
            [[original(str(row[name])) for name in columns] for row in shown.to_dict("records")],
        ),
    ]
