"""Who holds the same pictures, and who contradicts whom on what."""

import math
import string
from collections.abc import Iterable, Mapping

import pandas as pd

from dedupelab.publish.figures.captions import Caption, Setting, count, each, frame, listing, percent
from dedupelab.publish.figures.style import (
    ACCENT,
    ESTIMATE_HATCH,
    INK,
    PALE,
    QUIET,
    RULE,
    clean,
    drawing,
    label,
    wrapped,
)
from dedupelab.publish.language.language import _, joined
from dedupelab.publish.language.language import number as written
from dedupelab.publish.paper.document import TABLE_COLUMNS, Column, Figure, Table

_HUES = ["#f3f7fa", "#9fc3dd", ACCENT]
"""Light to dark of one hue keeps its order in grey print."""
_ROWS = 40
_COLLECTIONS = 12
_NUMBERED = 10
"""Lines that bear their number; more would hide each other."""
_PAIRS = 10
_WORDED = 6
"""Pairs whose names still fit above their columns; more bear letters."""


def overlap_heat_map(overlap: pd.DataFrame, setting: Setting) -> Figure:
    """Draw `tables.OVERLAP` as a matrix: of the row's works, how many the column holds too."""
    names = sorted(set(overlap["row"]) | set(overlap["column"]))
    largest = _by_share(overlap)
    shown = _leading(zip(largest["row"], largest["column"], strict=True), names)
    cells = {(r.row, r.column): r for r in each(overlap) if r.row != r.column}
    with drawing(height=min(1.2 + 0.55 * len(shown), 6.4)) as canvas:
        from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415 - loaded with matplotlib only

        axes = canvas.subplots()
        hues = LinearSegmentedColormap.from_list("overlap", _HUES)
        values = [[_containment(cells.get((row, column))) for column in shown] for row in shown]
        axes.imshow(values, cmap=hues, vmin=0, vmax=1, aspect="auto")
        small = len(shown) > 7
        for y, row in enumerate(shown):
            for x, column in enumerate(shown):
                cell = cells.get((row, column))
                if cell is None or pd.isna(cell.containment):
                    axes.text(x, y, "–", ha="center", va="center", color=QUIET)
                    continue
                text = (
                    written(100 * cell.containment, ".0f")
                    if small
                    else f"{written(100 * cell.containment, '.1f')} %\n({count(cell.shared)})"
                )
                axes.text(
                    x, y, text, ha="center", va="center", color="white" if cell.containment > 0.55 else INK
                )
        # Many or long names do not fit side by side: the columns then bear the letters of the rows.
        lettered = len(shown) > 5
        letters = string.ascii_uppercase
        rows = [f"{label(name)}  {letters[n]}" if lettered else label(name) for n, name in enumerate(shown)]
        across = 70 // len(shown)
        columns = (
            list(letters[: len(shown)]) if lettered else [wrapped(name, across, 2 * across) for name in shown]
        )
        axes.set_xticks(range(len(shown)), columns)
        axes.set_yticks(range(len(shown)), rows)
        axes.xaxis.tick_top()
        axes.xaxis.set_label_position("top")
        axes.set_xlabel(_("also held by"))
        # Upright, where the eye enters the matrix.
        axes.text(-0.02, 1.02, _("works held by"), transform=axes.transAxes, ha="right", va="bottom")
        clean(axes, grid="")
        caption = _overlap_caption(largest, shown, _of(setting.population, len(shown), len(names)))
        table = _overlap_table(overlap, setting.population)
        return frame(canvas, setting, "figure-overlap", caption, table)


def sharing_graph(overlap: pd.DataFrame, images: Mapping[str, int], setting: Setting) -> Figure:
    """Draw collections as circles with the area of their images and the works they share as lines between them."""
    import networkx as nx  # noqa: PLC0415 - loaded only where a graph is drawn

    shared = _shared_works(overlap)
    graph: nx.Graph[str] = nx.Graph()
    order = sorted((pair for pair, works in shared.items() if works), key=lambda pair: (-shared[pair], pair))
    by_size = sorted(images, key=lambda name: (-images[name], name))
    drawn = _leading(order, by_size)
    graph.add_nodes_from(name for name in by_size if name in drawn)
    graph.add_edges_from((a, b) for (a, b), works in shared.items() if works and a in graph and b in graph)
    position = nx.circular_layout(graph)
    most_images, most_works = max(images.values(), default=1) or 1, max(shared.values(), default=1) or 1
    numbered = set(order[:_NUMBERED])
    with drawing(height=3.7) as canvas:
        axes = canvas.subplots()
        for a, b in graph.edges:
            works = shared[min(a, b), max(a, b)]
            (x0, y0), (x1, y1) = position[a], position[b]
            axes.plot(
                (x0, x1), (y0, y1), color=ACCENT, linewidth=0.8 + 7 * works / most_works, alpha=0.55, zorder=1
            )
            if (min(a, b), max(a, b)) not in numbered:
                continue
            # Off the middle, so that the numbers of crossing lines stay apart.
            axes.text(x0 + 0.38 * (x1 - x0), y0 + 0.38 * (y1 - y0), count(works), ha="center", va="center", zorder=3,
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5})  # fmt: skip
        for name in graph:
            x, y = position[name]
            area = 250 + (1200 if len(graph) <= 6 else 500) * images[name] / most_images
            axes.scatter(x, y, s=area, color=PALE, edgecolors=ACCENT, linewidths=1.2, zorder=2)
            # The area is in square points: put the name outside the circle, away from the middle.
            away = math.sqrt(area / math.pi) + 6
            side = "left" if x > 0.1 else "right" if x < -0.1 else "center"
            upright = "center" if abs(x) > 0.1 else "bottom" if y > 0 else "top"
            axes.annotate(f"{label(name)}\n{count(images[name])}", (x, y), (away * x, away * y),
                          textcoords="offset points", ha=side, va=upright, zorder=4)  # fmt: skip
        axes.set_xlim(-2.2, 2.2)
        axes.set_ylim(-1.6, 1.6)
        axes.set_axis_off()
        population = _of(setting.population, len(drawn), len(images))
        return frame(canvas, setting, "figure-sharing", _sharing_caption(shared, len(drawn), population))


def _leading(pairs: Iterable[tuple[str, str]], names: Iterable[str]) -> list[str]:
    """Return the collections that a figure has room for in alphabetical order: those of the first pairs, then by name or size."""
    order = dict.fromkeys([*(name for pair in pairs for name in pair), *names])
    return sorted([*order][:_COLLECTIONS])


def _of(population: str, shown: int, there: int) -> str:
    """Return what a figure is of, and that it shows not all collections where there is no room for them."""
    if shown == there:
        return population
    return _(
        "{population}; shown are {shown} of {there} collections, those that share most",
        population=population,
        shown=shown,
        there=there,
    )


def _by_share(overlap: pd.DataFrame) -> pd.DataFrame:
    """Return the shares of others' works, largest first."""
    others = overlap[(overlap["row"] != overlap["column"]) & overlap["containment"].notna()]
    return others.sort_values(["containment", "row", "column"], ascending=[False, True, True])


def _containment(cell: object) -> float:
    value = getattr(cell, "containment", float("nan"))
    return float("nan") if value is None else float(value)


def _shared_works(overlap: pd.DataFrame) -> dict[tuple[str, str], int]:
    return {(r.row, r.column): int(r.shared) for r in each(overlap) if r.row < r.column}


def _overlap_caption(largest: pd.DataFrame, shown: list[str], population: str) -> Caption:
    subtitle = _(
        "Share of the row's works also held by the column, per cent (number of works); {population}",
        population=population,
    )
    seen = largest[largest["row"].isin(shown) & largest["column"].isin(shown)]
    if seen.empty or seen["shared"].max() == 0:
        return Caption(
            _("No work is held by more than one collection"),
            subtitle,
            _("No work is held by two collections."),
        )
    top = seen.iloc[0]
    row, column, share = label(top["row"]), label(top["column"]), percent(top["containment"])
    return Caption(
        _("{share} of works in {row} are also in {column}", share=share, row=row, column=column),
        subtitle,
        _(
            "Largest overlap: {share} of the works in {row} are also held by {column}.",
            share=share,
            row=row,
            column=column,
        ),
        _(
            "Matrix of {row} collections. The largest share is {share} ({row_2} in {column}), "
            "the smallest {containment}.",
            row=len(shown),
            share=share,
            row_2=row,
            column=column,
            containment=percent(seen["containment"].min()),
        ),
    )


def _overlap_table(overlap: pd.DataFrame, population: str) -> Table:
    others = overlap[overlap["row"] != overlap["column"]]
    others = others.sort_values(["containment", "row", "column"], ascending=[False, True, True])
    columns = (
        Column(_("Held by")),
        Column(_("Also held by")),
        Column(_("Works held"), "right"),
        Column(_("Works shared"), "right"),
        Column(_("Share"), "right", _("per cent")),
    )
    rows = [
        (r.row, r.column, count(r.works), count(r.shared), "" if pd.isna(r.containment) else written(100 * r.containment, ".1f"))
        for r in each(others.head(_ROWS))
    ]  # fmt: skip
    note = (
        _(
            "The {rows} largest of {others} shares; all are in the tables of this run.",
            rows=_ROWS,
            others=len(others),
        )
        if len(others) > _ROWS
        else ""
    )
    return Table(
        "table-overlap",
        _("Overlap between collections, {population}", population=population),
        columns,
        rows,
        note,
    )


def _sharing_caption(shared: Mapping[tuple[str, str], int], drawn: int, population: str) -> Caption:
    subtitle = _(
        "Lines: works held by both collections; circles: images held; {population}", population=population
    )
    if not any(shared.values()):
        return Caption(
            _("No two collections share a work"), subtitle, _("No line: no two collections share a work.")
        )
    (a, b), works = max(shared.items(), key=lambda item: (item[1], item[0]))
    a, b = label(a), label(b)
    most = sorted(shared.items(), key=lambda item: -item[1])[:10]
    pairs = joined(
        (_("{one} and {other}: {works}", one=x, other=y, works=count(n)) for (x, y), n in most if n), "; "
    )
    equal = sum(found == works for found in shared.values())
    title = _("{a} and {b} share most: {works} works", a=a, b=b, works=count(works))
    alt = _("{a} and {b} share the most works: {works}.", a=a, b=b, works=count(works))
    if equal > 1:
        title = _(
            "{pairs} pairs of collections share most: {works} works each", pairs=equal, works=count(works)
        )
        alt = _(
            "{pairs} pairs of collections share the most works: {works} each.",
            pairs=equal,
            works=count(works),
        )
    return Caption(
        title,
        subtitle,
        alt,
        _("Graph of {images} collections. Works shared: {pairs}.", images=drawn, pairs=pairs),
    )


def contradictions_heat_map(cells: pd.DataFrame, fewest: int, setting: Setting) -> Figure:
    """Draw fields by pairs of institutions: of the works on which both state the field, how many they contradict each other on.

    `cells` has the columns `field`, `one`, `other`, `share` (NaN where `works` is below `fewest`), `works` and `found`; every
    cell bears its number of works, what is too little to judge is hatched, and no cell speaks by its colour alone.
    """
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
    with drawing(height=min(1.5 + 0.3 * len(fields) + (0 if worded else 0.09 * len(pairs)), 7.4)) as canvas:
        from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415 - loaded with matplotlib only
        from matplotlib.patches import Patch, Rectangle  # noqa: PLC0415 - as above

        axes = canvas.subplots()
        hues = LinearSegmentedColormap.from_list("contradictions", _HUES)
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
        caption = _contradictions_caption(cells, setting.population)
        table = _contradictions_table(cells, pairs, fields, setting.population)
        return frame(canvas, setting, "figure-contradictions", caption, table)


def _share(cell: object) -> float:
    return float(getattr(cell, "share", float("nan")))


def _contradictions_caption(cells: pd.DataFrame, population: str) -> Caption:
    known = cells[cells["share"].notna()].sort_values(
        ["share", "works", "field"], ascending=[False, False, True]
    )
    subtitle = _(
        "Works on which both of a pair state the field and contradict each other, per cent; n: works on which both state it; {population}",
        population=population,
    )
    most = next(each(known))
    if not most.share:
        nobody = _("No pair of institutions contradicts each other on any field")
        return Caption(nobody, subtitle, nobody)
    title = _(
        "Largest share of contradictions: {field}, {share} of works",
        field=most.field,
        share=percent(most.share),
    )
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
        for c in each(known.head(12))
    )
    return Caption(title, subtitle, alt, details)


def _contradictions_table(
    cells: pd.DataFrame, pairs: list[tuple[str, str]], fields: list[str], population: str
) -> Table:
    """Return the cells as fields by pairs where that fits a page, else one row each."""
    name = "table-contradictions"
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
