"""What duplication looks like: relations of pairs, sizes of groups, one group as a graph and side by side."""

import string
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import networkx as nx
from PIL import Image, ImageDraw, ImageFont

from dedupelab.errors import ReportError, writing
from dedupelab.publish.figures.captions import (
    WIDTH,
    Caption,
    Setting,
    captioned,
    count,
    frame,
    listing,
    percent,
)
from dedupelab.publish.figures.style import (
    ACCENT,
    ESTIMATE_HATCH,
    INK,
    MARKERS,
    QUIET,
    RULE,
    SERIES,
    by_ones,
    clean,
    drawing,
    label,
)
from dedupelab.publish.language.language import _, listed, plural, word
from dedupelab.publish.paper.document import Column, Figure, Strong, Table, Text
from dedupelab.tables import LINKS, RELATIONS
from dedupelab.values.normalise import contradictory

_LARGEST_BAR = 10
_NODES = 60
_SHEET = 1280
_COMPARED = {3: "creator", 4: "credit", 5: "date_created"}
"""Columns where what contradicts the first copy is marked, and their fields."""


def relations_chart(pairs: Mapping[str, int], setting: Setting) -> Figure:
    """Draw how many pairs stand in each of `tables.RELATIONS`; what is not counted is hatched."""
    shown = [(name, pairs.get(name, 0)) for name in RELATIONS]
    with drawing(height=3.0) as canvas:
        from matplotlib.patches import Patch  # noqa: PLC0415 - loaded with matplotlib only

        axes = canvas.subplots()
        looks: dict[bool, dict[str, Any]] = {
            True: {"facecolor": ACCENT, "edgecolor": ACCENT},
            False: {"facecolor": "white", "edgecolor": QUIET, "hatch": ESTIMATE_HATCH},
        }
        for y, (name, number) in enumerate(shown):
            axes.barh(y, number, height=0.68, **looks[name in LINKS])
            axes.annotate(count(number), (number, y), (4, 0), textcoords="offset points", va="center")
        axes.set_yticks(range(len(shown)), [word(name) for name, _other in shown])
        axes.invert_yaxis()
        axes.set_xlim(0, max(1, *(n * 1.12 for _other, n in shown)))
        by_ones(axes.xaxis)
        axes.set_xlabel(word("pairs"))
        canvas.legend(
            [Patch(**looks[True]), Patch(**looks[False])],
            [_("counted as duplication"), _("not counted")],
            loc="outside upper left",
            ncols=2,
        )
        clean(axes)
        columns = (Column(_("Relation")), Column(_("Pairs"), "right"), Column(_("Counted as duplication")))
        rows = [(word(name), count(number), _("yes") if name in LINKS else _("no")) for name, number in shown]
        table = Table(
            "table-relations",
            _("Examined pairs by relation, {population}", population=setting.population),
            columns,
            rows,
        )
        caption = _relations_caption(dict(shown), setting.population)
        return frame(canvas, setting, "figure-relations", caption, table)


def group_sizes(sizes: Sequence[int], setting: Setting) -> Figure:
    """Draw how many groups have 2, 3, ... images; 10 and more share a bar."""
    counts = Counter(min(size, _LARGEST_BAR) for size in sizes)
    bars = list(range(2, max(4, *counts) + 1))
    names = [f"{_LARGEST_BAR}+" if n == _LARGEST_BAR else str(n) for n in bars]
    with drawing(height=2.8) as canvas:
        axes = canvas.subplots()
        axes.bar(range(len(bars)), [counts[n] for n in bars], width=0.68, color=ACCENT)
        for x, n in enumerate(bars):
            axes.annotate(count(counts[n]), (x, counts[n]), (0, 3), textcoords="offset points", ha="center")
        axes.set_xticks(range(len(bars)), names)
        axes.set_ylim(0, max(counts.values()) * 1.12)
        by_ones(axes.yaxis)
        axes.set_xlabel(_("images in the group"))
        axes.set_title(word("groups"), loc="left", fontsize=8.5)
        clean(axes, grid="y")
        columns = (
            Column(_("Images in the group")),
            Column(_("Groups"), "right"),
            Column(_("Images"), "right"),
        )
        held = Counter({n: sum(size for size in sizes if min(size, _LARGEST_BAR) == n) for n in bars})
        rows = [(name, count(counts[n]), count(held[n])) for name, n in zip(names, bars, strict=True)]
        table = Table(
            "table-group-sizes",
            _("Groups of copies by size, {population}", population=setting.population),
            columns,
            rows,
        )
        return frame(canvas, setting, "figure-group-sizes", _sizes_caption(sizes, setting.population), table)


def group_graph(graph: "nx.Graph[Any]", setting: Setting) -> Figure:
    """Draw one group: nodes by attribute `collection` (colour and shape), links as lines, bridges dashed and strong.

    Raises
    ------
    ReportError
        If the group is empty or too large to be read; show its sizes or an aggregated graph instead.
    """
    if not 1 <= len(graph) <= _NODES:
        raise ReportError(
            f"expected a group of 1 to {_NODES} images to draw, got {len(graph)}; draw the sharing graph instead"
        )
    ordered: nx.Graph[Any] = nx.Graph()
    ordered.add_nodes_from(sorted(graph.nodes(data=True)))
    ordered.add_edges_from(sorted(tuple(sorted(edge)) for edge in graph.edges))
    bridges = {tuple(sorted(edge)) for edge in nx.bridges(ordered)}
    position = nx.kamada_kawai_layout(ordered) if nx.is_connected(ordered) else nx.circular_layout(ordered)
    collections = sorted({str(data.get("collection", "")) for _other, data in ordered.nodes(data=True)})
    with drawing(height=3.8) as canvas:
        from matplotlib.lines import Line2D  # noqa: PLC0415 - loaded with matplotlib only

        axes = canvas.subplots()
        for a, b in ordered.edges:
            bridge = (a, b) in bridges
            axes.plot(*zip(position[a], position[b], strict=True), zorder=1, color=INK if bridge else RULE,
                      linewidth=2.2 if bridge else 1.2, linestyle=(0, (3, 1.5)) if bridge else "-")  # fmt: skip
        looks = {
            name: (SERIES[n % len(SERIES)], MARKERS[n % len(MARKERS)]) for n, name in enumerate(collections)
        }
        size = 190 if len(ordered) <= 25 else 90
        for node, data in ordered.nodes(data=True):
            color, marker = looks[str(data.get("collection", ""))]
            x, y = (float(part) for part in position[node])
            axes.scatter(x, y, s=size, color=color, marker=marker, zorder=2, edgecolors="white")
        keys = [
            Line2D([], [], linestyle="", marker=looks[c][1], color=looks[c][0], markersize=7)
            for c in collections
        ]
        names = [label(name) or "–" for name in collections]
        if bridges:
            keys.append(Line2D([], [], color=INK, linewidth=2.2, linestyle=(0, (3, 1.5))))
            names.append(_("bridge: holds the group together"))
        canvas.legend(keys, names, loc="outside upper left", ncols=2)
        axes.margins(0.12)
        axes.set_aspect("equal", adjustable="datalim")
        axes.set_axis_off()
        number = len(bridges)
        caption = Caption(
            plural(
                "{copies} copies in {collections} collections, {count} bridge",
                "{copies} copies in {collections} collections, {count} bridges",
                number,
                copies=len(ordered),
                collections=len(collections),
            ),
            _(
                "One group: points are images, lines are links between copies; {population}",
                population=setting.population,
            ),
            _(
                "A group of {ordered} copies from {collections} collections with {number} of {number_of_edges} links as bridges.",
                ordered=len(ordered),
                collections=len(collections),
                number=number,
                number_of_edges=ordered.number_of_edges(),
            ),
        )
        return frame(canvas, setting, "figure-group", caption)


def _relations_caption(pairs: Mapping[str, int], population: str) -> Caption:
    total, linked = sum(pairs.values()), sum(pairs[name] for name in LINKS)
    share = percent(linked / total) if total else _("none")
    return Caption(
        _(
            "{linked} of {total} examined pairs count as duplication",
            linked=count(linked),
            total=count(total),
        ),
        _("Examined pairs by relation; {population}", population=population),
        _(
            "{linked} of {total} examined pairs ({share}) count as duplication.",
            linked=count(linked),
            total=count(total),
            share=share,
        ),
        listing((word(name), count(number)) for name, number in pairs.items()),
    )


def _sizes_caption(sizes: Sequence[int], population: str) -> Caption:
    twos = sum(size == 2 for size in sizes) / len(sizes)
    return Caption(
        _(
            "{twos} of groups are pairs; the largest holds {sizes}",
            twos=percent(twos),
            sizes=count(max(sizes)),
        ),
        _("Number of groups by number of images; {population}", population=population),
        _(
            "{sizes} groups: {twos} have two images, the largest has {sizes_2}.",
            sizes=count(len(sizes)),
            twos=percent(twos),
            sizes_2=count(max(sizes)),
        ),
    )


@dataclass(frozen=True)
class Tile:
    """One copy on a contact sheet: its picture and what its holder says of it: holder, size, format, creator, credit, date."""

    picture: Image.Image
    facts: tuple[str, ...]


def contact_sheet(tiles: Sequence[Tile], identifier: str, note: str, setting: Setting) -> Figure:
    """Lay the copies of one group side by side (JPEG, letters only) with a table of what each holder says of them."""
    columns = (
        Column(_("Holder"), width=2.4), Column(_("Size"), "right", _("pixels"), 1), Column(_("Format"), width=0.8),
        Column(_("Creator"), width=2.1), Column(_("Credit"), width=2.4), Column(_("Date"), width=1.2),
    )  # fmt: skip
    sheet = _sheet([tile.picture for tile in tiles])
    path = setting.folder / f"{identifier}.jpg"
    with writing(path):
        setting.folder.mkdir(parents=True, exist_ok=True)
        sheet.save(path, quality=82, optimize=True)
    first = tiles[0].facts
    rows = [
        (letter, *(_marked(n, fact, first) for n, fact in enumerate(tile.facts)))
        for letter, tile in zip(string.ascii_lowercase, tiles, strict=False)
    ]
    table = Table(
        identifier.replace("figure", "table", 1),
        _("What the holders say of these copies, {population}", population=setting.population),
        (Column(_("Copy"), width=0.5), *columns),
        rows,
        note,
    )
    differing = [
        columns[n].title.lower()
        for n in _COMPARED
        if contradictory(_COMPARED[n], {tile.facts[n] for tile in tiles})
    ]
    silent = not any(tile.facts[n] for tile in tiles for n in _COMPARED)
    said = (
        _("with different {differing}", differing=listed(differing))
        if differing
        else _("none described")
        if silent
        else _("described alike")
    )
    caption = Caption(
        _("{population} of one picture, {said}", population=setting.population, said=said),
        _("Copies of one group, letters as in the table; {population}", population=setting.population),
        _("{population} of one picture, {said}.", population=setting.population, said=said),
    )
    return replace(captioned(identifier, caption, setting.source, path, None, table), width=WIDTH)


def _marked(n: int, fact: str, first: Sequence[str]) -> Text:
    """Mark what contradicts the first copy, by the rule that counts conflicts: silence, a value cut short and a lesser precision do not."""
    differs = n in _COMPARED and contradictory(_COMPARED[n], (fact, first[n]))
    return (Strong(f"{fact}\u00a0*"),) if differs else fact or "–"


def _sheet(pictures: Sequence[Image.Image]) -> Image.Image:
    """Lay pictures on white in rows, each whole within its cell, a letter above each."""
    across = min(len(pictures), 4 if len(pictures) > 6 else 3)
    gap, strip = 24, 40
    side = (_SHEET - gap * (across - 1)) // across
    down = -(-len(pictures) // across)
    fitted = [picture.convert("RGB") for picture in pictures]
    for picture in fitted:
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    heights = [max(p.height for p in fitted[row * across : (row + 1) * across]) for row in range(down)]
    sheet = Image.new("RGB", (_SHEET, sum(heights) + strip * down + gap * (down - 1)), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(30)
    y = 0
    for row, height in enumerate(heights):
        for column, picture in enumerate(fitted[row * across : (row + 1) * across]):
            x = column * (side + gap)
            pen.text((x, y), string.ascii_lowercase[row * across + column], fill=INK, font=font)
            sheet.paste(picture, (x, y + strip))
            pen.rectangle((x, y + strip, x + picture.width - 1, y + strip + picture.height - 1), outline=RULE)
        y += height + strip + gap
    return sheet
