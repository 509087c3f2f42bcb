"""Who contradicts whom on what: fields by pairs of institutions."""

import string
from pathlib import Path

import pandas as pd

from dedupelab.errors import ReportError
from dedupelab.publish.figures.captions import Caption, count, each, frame, listing, percent
from dedupelab.publish.figures.style import ACCENT, ESTIMATE_HATCH, INK, QUIET, RULE, clean, drawing, label
from dedupelab.publish.language.language import _
from dedupelab.publish.language.language import number as written
from dedupelab.publish.paper.document import TABLE_COLUMNS, Column, Figure, Table, Text

_PAIRS = 10
_WORDED = 6
"""Pairs whose names still fit above their columns; more bear letters."""


def contradictions_heat_map(
    cells: pd.DataFrame,
    folder: Path,
    *,
    population: str,
    source: Text,
    fewest: int = 10,
    caption: Caption | None = None,
    identifier: str = "figure-contradictions",
) -> Figure:
    """Draw fields by pairs of institutions: of the works on which both state the field, how many they contradict each other on.

    `cells` has the columns `field`, `one`, `other`, `share` (NaN where `works` is below `fewest`), `works` and `found`; every
    cell bears its number of works, what is too little to judge is hatched, and no cell speaks by its colour alone.

    Raises
    ------
    ReportError
        If no cell has a share.
    """
    if not cells["share"].notna().any():
        raise ReportError("expected one share or more, got none; leave the figure out")
    pairs = list(dict.fromkeys((cell.one, cell.other) for cell in each(cells)))[:_PAIRS]
    fields = list(dict.fromkeys(cells["field"]))
    known = {(cell.field, (cell.one, cell.other)): cell for cell in each(cells)}
    worded = len(pairs) <= _WORDED
    room = max(8, 78 // len(pairs))
    letters = string.ascii_uppercase
    names = [
        f"{label(one, room)}\n{label(other, room)}" if worded else letters[n]
        for n, (one, other) in enumerate(pairs)
    ]
    with drawing(height=min(1.5 + 0.36 * len(fields) + (0 if worded else 0.09 * len(pairs)), 7.4)) as canvas:
        from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415 - loaded with matplotlib only
        from matplotlib.patches import Patch, Rectangle  # noqa: PLC0415 - as above

        axes = canvas.subplots()
        # Light to dark of one hue keeps its order in grey print.
        hues = LinearSegmentedColormap.from_list("contradictions", ["#f3f7fa", "#9fc3dd", ACCENT])
        values = [[_share(known.get((field, pair))) for pair in pairs] for field in fields]
        highest = max(0.5, float(cells["share"].max()))
        axes.imshow(values, cmap=hues, vmin=0, vmax=highest, aspect="auto")
        thin = False
        for y, field in enumerate(fields):
            for x, pair in enumerate(pairs):
                cell = known.get((field, pair))
                works = 0 if cell is None else int(cell.works)
                if cell is None or not works:
                    axes.text(x, y, "–", ha="center", va="center", color=QUIET)
                    continue
                if pd.isna(cell.share):
                    thin = True
                    axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor="white", edgecolor=RULE,
                                             hatch=ESTIMATE_HATCH, linewidth=0))  # fmt: skip
                    axes.text(x, y, _("n = {count}", count=count(works)), ha="center", va="center",
                              bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2})  # fmt: skip
                    continue
                text = f"{written(100 * cell.share, '.0f')} %\n{_('n = {count}', count=count(works))}"
                axes.text(x, y, text, ha="center", va="center", fontsize=7.5, linespacing=1.05,
                          color="white" if cell.share > 0.6 * highest else INK)  # fmt: skip
        axes.set_xticks(range(len(pairs)), names, fontsize=7 if worded else 8.5)
        axes.set_yticks(range(len(fields)), [label(field) for field in fields])
        axes.xaxis.tick_top()
        clean(axes, grid="")
        if not worded:
            lines = (f"{letters[n]}  {label(one)} – {label(other)}" for n, (one, other) in enumerate(pairs))
            axes.set_xlabel("\n".join(lines), loc="left", linespacing=1.4)
        if thin:
            patch = Patch(facecolor="white", edgecolor=RULE, hatch=ESTIMATE_HATCH)
            few = _("fewer than {fewest} works to compare: not enough for a share", fewest=fewest)
            canvas.legend([patch], [few], loc="outside lower left")
        caption = caption or _caption(cells, population)
        return frame(
            canvas, folder, identifier, caption, source, _table(cells, pairs, fields, identifier, population)
        )


def _share(cell: object) -> float:
    return float(getattr(cell, "share", float("nan")))


def _caption(cells: pd.DataFrame, population: str) -> Caption:
    told = cells[cells["share"].notna()].sort_values(
        ["share", "works", "field"], ascending=[False, False, True]
    )
    subtitle = _(
        "Works on which both of a pair state the field and contradict each other, per cent; n: works on which both state it; {population}",
        population=population,
    )
    most = next(each(told))
    if not most.share:
        nobody = _("No pair of institutions contradicts each other on any field")
        return Caption(nobody, subtitle, nobody)
    title = _("Most contradictions: {field}, {share} of works", field=most.field, share=percent(most.share))
    alt = _(
        "{one} and {other} contradict each other on {field} in {share} of {works} works.",
        one=label(most.one),
        other=label(most.other),
        field=most.field,
        share=percent(most.share),
        works=count(most.works),
    )
    details = listing(
        (_("{field}, {one} and {other}", field=c.field, one=c.one, other=c.other), percent(c.share))
        for c in each(told.head(12))
    )
    return Caption(title, subtitle, alt, details)


def _table(
    cells: pd.DataFrame, pairs: list[tuple[str, str]], fields: list[str], identifier: str, population: str
) -> Table:
    """Return the cells as fields by pairs where that fits a page, else one row each."""
    name = identifier.replace("figure", "table", 1)
    title = _(
        "Works on which two institutions contradict each other, by field, {population}", population=population
    )
    if len(pairs) < TABLE_COLUMNS:
        known = {(cell.field, (cell.one, cell.other)): cell for cell in each(cells)}
        rows = [
            [field, *(_cell(known.get((field, pair))) for pair in pairs)] for field in fields
        ]  # fmt: skip
        heads = [Column(_("{one} and {other}", one=one, other=other), "right") for one, other in pairs]
        note = _("Works that contradict each other of works on which both state the field.")
        return Table(name, title, (Column(_("Field")), *heads), rows, note)
    lines = [
        (c.field, f"{c.one} – {c.other}", count(c.works), _found(c), _percent(c))
        for c in each(cells)
        if c.works
    ]
    heads = [Column(_("Works compared"), "right"), Column(_("Contradicting"), "right"), Column(_("Share"), "right", "%")]  # fmt: skip
    return Table(name, title, (Column(_("Field")), Column(_("Institutions")), *heads), lines)


def _cell(cell: object) -> str:
    works = int(getattr(cell, "works", 0))
    if not works:
        return "–"
    return (
        _("too few ({works})", works=count(works))
        if pd.isna(_share(cell))
        else _("{found} of {works}", found=_found(cell), works=count(works))
    )


def _found(cell: object) -> str:
    return "–" if pd.isna(_share(cell)) else count(float(getattr(cell, "found", 0)))


def _percent(cell: object) -> str:
    return "–" if pd.isna(_share(cell)) else written(100 * _share(cell), ".1f")
