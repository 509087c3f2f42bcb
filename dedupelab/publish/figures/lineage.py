"""What copies say of their descent: documents from left to right, parents before children."""

from collections.abc import Mapping

import networkx as nx

from dedupelab.errors import ReportError
from dedupelab.evidence.metadata.lineage import BEGAN, Lineage
from dedupelab.publish.figures.captions import Caption, Setting, frame
from dedupelab.publish.figures.style import ACCENT, ALARM, INK, PALE, QUIET, drawing, label
from dedupelab.publish.language.language import _, joined, plural
from dedupelab.publish.paper.document import Column, Figure, Table

DRAWN = 40
"""Documents that one drawing shows at most."""
_IDENTIFIER = 22
_APART = 1.15
"""Inches between boxes of one column."""


def lineage_graph(lineage: Lineage, letters: Mapping[str, str], setting: Setting) -> Figure:
    """Draw one work's documents as boxes: filled where a copy is held, dashed where one is only named.

    `letters` are what copies (image_id) are called, such as on the group's contact sheet.

    Raises
    ------
    ReportError
        If there is nothing to draw, or too much to be read.
    """
    graph = lineage.graph
    if not 1 <= len(graph) <= DRAWN:
        raise ReportError(
            f"expected a work of 1 to {DRAWN} documents to draw, got {len(graph)}; choose another group"
        )
    columns = [sorted(generation) for generation in nx.topological_generations(graph)]
    tallest = max(map(len, columns))
    place = {
        node: (2.2 * x, _APART * ((len(nodes) - 1) / 2 - y))
        for x, nodes in enumerate(columns)
        for y, node in enumerate(nodes)
    }
    circling = {node for circle in lineage.circles for node in circle}
    with drawing(height=min(0.8 + 0.72 * tallest, 8.0)) as canvas:
        from matplotlib.lines import Line2D  # noqa: PLC0415 - loaded with matplotlib only
        from matplotlib.patches import Patch  # noqa: PLC0415 - as above

        axes = canvas.subplots()
        texts = {
            node: _boxed(node, held, letters, circling, lineage.split) for node, held in lineage.held.items()
        }
        # Half a box's width in points: arrows run from the edge of one to the edge of the other.
        half = {node: 2.4 * max(map(len, text.splitlines())) + 6 for node, text in texts.items()}
        for parent, child, kind in sorted((*ends, kind) for ends, kind in lineage.kinds.items()):
            dotted = kind == BEGAN
            axes.annotate("", place[child], place[parent], zorder=1, arrowprops={
                "arrowstyle": "-|>", "color": QUIET if dotted else INK, "linestyle": ":" if dotted else "-", "linewidth": 1.2,
                "shrinkA": half[parent], "shrinkB": half[child] + 3})  # fmt: skip
        for node, held in lineage.held.items():
            color = ALARM if node in circling or node in lineage.split else ACCENT if held else QUIET
            axes.text(*place[node], texts[node], ha="center", va="center",
                      zorder=2, fontsize=7.5, color=INK, linespacing=1.3,
                      bbox={"boxstyle": "round,pad=0.45", "facecolor": PALE if held else "white", "edgecolor": color,
                            "linestyle": "-" if held else "--", "linewidth": 1.2})  # fmt: skip
        keys: list[Patch | Line2D] = [Patch(facecolor=PALE, edgecolor=ACCENT)]
        names = [_("copies that are held")]
        if lineage.absent:
            keys.append(Patch(facecolor="white", edgecolor=QUIET, linestyle="--"))
            names.append(_("named as a parent, held by nobody here"))
        if BEGAN in lineage.kinds.values():
            keys.append(Line2D([], [], color=QUIET, linestyle=":"))
            names.append(_("began as"))
        canvas.legend(keys, names, loc="outside upper left", ncols=3)
        axes.set_xlim(-1.2, 2.2 * (len(columns) - 1) + 1.2)
        axes.set_ylim(-_APART * tallest / 2 - 0.15, _APART * tallest / 2 + 0.15)
        axes.set_axis_off()
        caption, table = _caption(lineage, setting.population), _table(lineage, letters, setting.population)
        return frame(canvas, setting, "figure-lineage", caption, table)


def _boxed(
    node: str, held: tuple[str, ...], letters: Mapping[str, str], circling: set[str], split: tuple[str, ...]
) -> str:
    lines = [_called(held, letters) if held else _("not held"), label(node, _IDENTIFIER)]
    lines += [_("says it descends from itself")] if node in circling else []
    lines += [_("copies name different parents")] if node in split else []
    return "\n".join(lines)


def _called(held: tuple[str, ...], letters: Mapping[str, str]) -> str:
    names = [label(letters.get(copy, copy), 10) for copy in held]
    shown = joined(names[:5], ", ") + ("…" if len(names) > 5 else "")
    return plural("copy {names}", "copies {names}", len(names), names=shown)


def _caption(lineage: Lineage, population: str) -> Caption:
    held = sum(map(bool, lineage.held.values()))
    derived = sum(degree > 0 for _node, degree in lineage.graph.in_degree())
    title = (
        _("The copies' lineage contradicts itself")
        if lineage.odd
        else _("{derived} of {held} documents say what they derive from", derived=derived, held=held)
    )
    alt = _(
        "{held} documents are held, {derived} of them say what they derive from; {absent} parents are named and not held; {circles} circles.",
        held=held,
        derived=derived,
        absent=len(lineage.absent),
        circles=len(lineage.circles),
    )
    subtitle = _(
        "Documents of one work by the identifiers in their files, arrows from parent to child; {population}",
        population=population,
    )
    return Caption(title, subtitle, alt)


def _table(lineage: Lineage, letters: Mapping[str, str], population: str) -> Table:
    circling = {node for circle in lineage.circles for node in circle}
    rows = []
    for node, held in sorted(lineage.held.items()):
        remarks = [_("says it descends from itself")] if node in circling else []
        remarks += [_("copies name different parents")] if node in lineage.split else []
        parents = joined((label(parent) for parent in sorted(lineage.graph.predecessors(node))), "; ")
        copies = _called(held, letters) if held else _("not held")
        rows.append((label(node), copies, parents or "–", joined(remarks, "; ") or "–"))
    return Table(
        "table-lineage",
        _("Documents of one work and what they derive from, {population}", population=population),
        (Column(_("Document")), Column(_("Copies")), Column(_("Derives from")), Column(_("Remark"))),
        rows,
    )
