"""The annexes: the numbers by theme, what was not estimated, data behind the figures, replication."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from dedupelab.numbers.messages import N_
from dedupelab.numbers.results import Result
from dedupelab.publish.chapters import wording
from dedupelab.publish.chapters.coverage import coverage_table
from dedupelab.publish.chapters.front import shown_in
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.language.language import _, joined, pieces
from dedupelab.publish.paper.document import (
    Block,
    Code,
    Column,
    Figure,
    Heading,
    Paragraph,
    Reference,
    Table,
    Verbatim,
    plain,
)

IN_TEXT = ("table-relations", "table-conflicts", "table-harm")
"""Tables that the chapters print themselves, in place of the figure's own."""
REPEATED = ("table-waterfall", "table-option-values")
"""Data of figures that a table of the same chapter has already."""
LONGEST = 3
"""Rows of a figure's data that are printed; longer tables are in the spreadsheet."""
THEMES = {
    "section-scope": N_("What was examined"),
    "section-extent": N_("How many copies there are"),
    "section-overlap": N_("Who holds the same works"),
    "section-whose": N_("Whose picture it is"),
    "section-ai": N_("Pictures labelled as AI-made"),
    "section-harm": N_("Harm in money"),
    "section-options": N_("Options compared"),
    "section-trend": N_("Trend"),
    "section-checked": N_("How the numbers were checked"),
    "annex-numbers": N_("Other numbers"),
}
"""Themes by the section that shows a number."""
SINGLE = ("N", "V", "K", "S")
"""Numbers of these beginnings lead their theme with one further part of their id: `N.hashed`, not `N.hashed.archive`."""
LEADING = (
    "M1.window", "M2.window", "M4.any", "M5.any", "M5.any.across", "M5.creator", "M5s.any", "M5i.any", "M5c.any", "M6l.stated", "M7.file",
    "M9.net", "M.sum", "M.sum.net", "M.sum.p10", "M.sum.p90", "M.silent",
)  # fmt: skip
"""What else leads its theme; members of a family, such as a number for each week or pair, are in the spreadsheet alone."""
CHAPTERS = {
    "section-overlap": (N_("Works held by several holders"), N_("two collections or more")),
    "section-options": (
        N_("Options compared with doing nothing"),
        N_("the options, their costs, and how fast they would be adopted"),
    ),
    "section-trend": (
        N_("Whether copying becomes more frequent"),
        N_("the day on which each picture came in, over twelve weeks or more"),
    ),
}
"""Chapters that may be silent: what they would show, and what that needs."""


def annexes(material: Material, silent: set[str]) -> list[Block]:
    """Return the annexes; `silent` are the sections that the paper leaves out for want of inputs."""
    return [
        *numbers(material),
        *lacking(material, silent),
        *data(material),
        *replication(material),
    ]


def leads(result: Result) -> bool:
    """Whether a number is a headline value of its theme rather than one of a family.

    >>> from dedupelab.numbers.messages import named
    >>> [leads(Result(name, named("label"), 1.0, "images")) for name in ("M1", "M1.at.7", "N.hashed", "N.hashed.archive")]
    [True, False, True, False]
    """
    begin, *rest = result.id.split(".")
    return not rest or result.id in LEADING or (begin in SINGLE and len(rest) == 1)


def numbers(material: Material) -> Iterator[Block]:
    """Return the headline values by theme."""
    found: dict[str, list[Result]] = {theme: [] for theme in THEMES}
    for result in material.numbers.results.values():
        if leads(result) and result.value is not None and not result.about("option"):
            found[shown_in(result)].append(result)
    yield Heading(1, _("the numbers by theme"), id="annex-numbers")
    yield Paragraph(
        _(
            "The spreadsheet that goes with this paper has every number, also those for each collection, pair of collections, week, field and "
            "distance, with method, inputs and sources."
        )
    )
    yield from _options(material)
    yield from (Paragraph(note) for note in [wording.noted(chain(*found.values()))] if note)
    for theme, results in found.items():
        if results:
            yield _theme(theme, results)


def _options(material: Material) -> list[Block]:
    """Say where the values of options are, which chapter 7 prints side by side; nothing where none are compared."""
    compared = any(r.about("option") and r.value is not None for r in material.numbers.below("S"))
    told = pieces("The options' values are in {table}.", table=Reference("table-options"))
    return [Paragraph(told)] if compared else []


def _theme(theme: str, results: list[Result]) -> Table:
    return Table(
        f"table-numbers-{theme.rpartition('-')[2]}",
        _(THEMES[theme]),
        [
            Column(_("What"), width=3.2),
            Column(_("Value"), "right", width=1.8),
            Column(_("Interval"), "right", width=1.9),
            Column(_("Counts"), width=2.8),
            Column(_("Grade"), width=0.6),
        ],
        [
            [
                wording.label_of(result),
                wording.figure(result),
                wording.short(result),
                wording.of(result),
                result.grade,
            ]
            for result in results
        ],
    )


def lacking(material: Material, silent: set[str]) -> list[Block]:
    """Return what was not estimated and what it would need, a line each; nothing where nothing is lacking."""
    rows = [*_silent(silent), *_not_estimated(material, silent)]
    if not rows:
        return []
    return [
        Heading(1, _("not estimated, and what it would need"), id="annex-lacking"),
        Table(
            "table-lacking",
            _("Not estimated"),
            [Column(_("What"), width=1), Column(_("Needs"), width=1)],
            rows,
        ),
    ]


def _silent(silent: set[str]) -> Iterator[list[str]]:
    for section, (what, needs) in CHAPTERS.items():
        if section in silent:
            yield [_(what), _(needs)]


def _not_estimated(material: Material, silent: set[str]) -> Iterator[list[str]]:
    for result in material.numbers.results.values():
        told = shown_in(result) in CHAPTERS and shown_in(result) in silent
        if leads(result) and result.value is None and not told:
            yield [wording.label_of(result), wording.needs(result)]


def kept(figure: Figure) -> bool:
    """Whether the paper prints a figure's data: where they are few, or a chapter has them; the others are in the spreadsheet."""
    if figure.data is None or figure.data.id in REPEATED:
        return False
    return len(figure.data.rows) <= LONGEST or figure.data.id in IN_TEXT


def printed(figure: Figure) -> Figure:
    """Return a figure as the paper has it: with its data where they are printed, else with where they are."""
    if figure.data is None or kept(figure):
        return figure
    source = _(
        "{source}; the data are in the spreadsheet that goes with this paper", source=plain(figure.source)
    )
    return replace(figure, data=None, source=source)


def data(material: Material) -> list[Block]:
    """Return the data behind the figures, as far as they are printed."""
    tables = [
        f.data
        for f in material.figures.values()
        if f.data is not None and kept(f) and f.data.id not in IN_TEXT
    ]
    if not tables:
        return []
    return [Heading(1, _("data behind the figures"), id="annex-data"), *tables]


def replication(material: Material) -> list[Block]:
    """Return the command, the software and the digests by which anybody can compute the numbers again."""
    versions = [
        _("{package} {version}", package=name, version=version) for name, version in material.versions.items()
    ]
    return [
        Heading(1, _("replication"), id="annex-replication"),
        Paragraph(
            _("With the study's folder, this command computes every number again and writes this paper:")
        ),
        Verbatim("dedupelab report STUDY"),
        Paragraph(_("Software of this run: {versions}.", versions=joined(versions))),
        Table(
            "table-digests",
            _("Digests of this run's tables"),
            [Column(_("Table"), width=1), Column("SHA-256", width=4)],
            [[name, [Code(digest)]] for name, digest in material.digests.items()],
            note=_("Equal inputs, settings and versions give equal digests."),
            facts=list(material.digests.items()),
        ),
        *coverage_table(),
    ]
