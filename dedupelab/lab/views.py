"""What notebooks display: figures, tables and numbers made for reading, from a study.

Every view is an object with an HTML form, so that a notebook cell is one call. Text from files and metadata is escaped.
"""

import base64
import html
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from dedupelab.errors import ConfigError
from dedupelab.numbers.messages import Message
from dedupelab.numbers.results import Result
from dedupelab.publish.chapters import front, wording
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.figures.captions import Setting
from dedupelab.publish.figures.examples import (
    example,
    example_groups,
    lineage_figure,
    worked_example,
)
from dedupelab.publish.figures.exhibits import exhibit
from dedupelab.publish.figures.groups import group_graph as group_graph_figure
from dedupelab.publish.language.said import parts
from dedupelab.publish.paper.document import Callout, Figure, MainPoints, Table, plain
from dedupelab.publish.spreadsheets import readable
from dedupelab.study.study import Study
from dedupelab.work.progress import Progress

_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}
_CELL = "padding:0.2em 0.8em;text-align:{};vertical-align:top;overflow-wrap:normal;word-break:normal;{}"
_FIRST = "position:sticky;left:0;background:inherit;"
"""Stays while the rest of a wide table scrolls sideways, over what passes below."""
_STRIPES = (
    "background:var(--jp-layout-color0,#fff)",
    "background:var(--jp-rendermime-table-row-background,#f5f5f5)",
)
SHORT = 28
"""Characters up to which a cell stands on one line: numbers and intervals are never broken, and ids of any length not at their hyphens."""
THOUSAND = 1000
"""Fractions from which their parts after the point say nothing to a reader."""
PAUSE = 0.2
"""Seconds between two moves of a bar at least."""
FAMILY = 8
"""Numbers of one row of values, or below one of several ids, from which they are folded where others stand beside them."""


@dataclass(frozen=True)
class View:
    """A piece of HTML for a notebook, with plain text for terminals."""

    markup: str
    text: str = ""

    def _repr_html_(self) -> str:
        # JupyterLab would set what stands between two signs of money, or in a file's name, as a formula.
        return f'<div class="mathjax_ignore">{self.markup}</div>'

    def __repr__(self) -> str:
        return self.text or "a view; open the notebook in JupyterLab to see it"

    def __add__(self, other: "View") -> "View":
        return View(self.markup + other.markup, f"{self.text}\n{other.text}".strip())


def figure(study: Study, name: str) -> View:
    """Show one of the study's figures with its finding, its data table and its source."""
    with tempfile.TemporaryDirectory(prefix="dedupelab-") as folder:
        drawn = exhibit(study, name, Path(folder))
        return (
            View("<p>Nothing to show: this study has no such pairs, groups or values.</p>")
            if drawn is None
            else _drawn(drawn)
        )


def groups(study: Study, count: int = 4) -> View:
    """Show the groups that most collections share, copy by copy."""
    shown = View("")
    with tempfile.TemporaryDirectory(prefix="dedupelab-") as folder:
        for group_id in example_groups(study, count):
            found = example(study, group_id, Path(folder))
            if found is not None:
                shown += _drawn(found.sheet)
    return shown if shown.markup else View("<p>No group of copies was found.</p>")


def group_graph(study: Study, group_id: str = "") -> View:
    """Draw one group as a graph; without an identifier the largest one of the examples.

    Raises
    ------
    ConfigError
        If there is no group of that identifier.
    """
    members = study.members()
    known = example_groups(study, 1)
    chosen = group_id or (known[0] if known else "")
    if not chosen:
        return View("<p>No group of copies was found.</p>")
    inside = members.loc[members["group_id"] == chosen, "image_id"]
    if not len(inside):
        raise ConfigError(f"expected a group_id of this study, got {group_id!r}; see study.groups()")
    with tempfile.TemporaryDirectory(prefix="dedupelab-") as folder:
        setting = Setting(Path(folder), f"group {chosen}", "tables pairs and members")
        return _drawn(group_graph_figure(study.graph().subgraph(inside), setting))


def worked(study: Study, group_id: str = "") -> View:
    """Show what each copy of a group says field by field, which value is believed and why; without an identifier of an example.

    Raises
    ------
    ConfigError
        If there is no group of that identifier.
    """
    if group_id and group_id not in set(study.groups()["group_id"]):
        raise ConfigError(f"expected a group_id of this study, got {group_id!r}; see study.groups()")
    table = worked_example(study, [group_id] if group_id else example_groups(study))
    if table is None:
        return View("<p>No group of one work was found whose copies say anything.</p>")
    return said(plain(table.caption)) + _block(table) + said(plain(table.note))


def lineage(study: Study, group_id: str = "") -> View:
    """Draw what a group's copies say they derive from; without an identifier that of the group with most to show."""
    with tempfile.TemporaryDirectory(prefix="dedupelab-") as folder:
        drawn = lineage_figure(study, Path(folder), group_id)
        return View("<p>No copy names what it derives from.</p>") if drawn is None else _drawn(drawn)


def numbers(study: Study, *prefixes: str) -> View:
    """Show results with interval, counts and grade: those whose id is, or lies below, one of the prefixes."""
    found = [r for r in study.results() if any(r.id == p or r.id.startswith(p + ".") for p in prefixes)]
    if not found:
        return said("This study has no such numbers yet.")
    simulated = study.config.review.simulated
    families = _families([r.id for r in found])
    sizes = Counter(name for name in families.values() if name)
    folded = {name for name, size in sizes.items() if FAMILY <= size < len(found)}
    shown = _numbers([r for r in found if families[r.id] not in folded], simulated=simulated)
    for name in sorted(folded):
        inner = [r for r in found if families[r.id] == name]
        summary = html.escape(f"Below {name}, {inner[0].id} to {inner[-1].id}: {len(inner):,} numbers")
        table = _numbers(inner, simulated=simulated)
        shown += View(f"<details><summary>{summary}</summary>{table.markup}</details>", table.text)
    return shown


def _families(ids: list[str]) -> dict[str, str]:
    """Return for each id what it has in common with those it may be folded with, empty for one by itself.

    That is what stands before the last part of numbers that a row of values gives, such as M1.at; and where several ids have many of their own
    below them, as options have, the id above.
    """
    heads = [name for name in ids if sum(each.startswith(f"{name}.") for each in ids) >= FAMILY]
    found = {}
    for name in ids:
        before, _, last = name.rpartition(".")
        above = [head for head in heads if name.startswith(f"{head}.")] if len(heads) > 1 else []
        found[name] = before if last.isdecimal() else min(above, key=len, default="")
    return found


def _numbers(results: Iterable[Result], *, simulated: bool) -> View:
    rows = [
        (
            r.id,
            str(r.label),
            wording.figure(r),
            wording.named_interval(r),
            wording.of(r),
            wording.grade(r, simulated=simulated) if r.value is not None else "–",
        )
        for r in results
    ]
    return grid(("Id", "What", "Value", "Interval", "Counts", "Grade"), rows, right=(2,))


def inputs(study: Study, *prefixes: str) -> View:
    """Show what the results of the given ids were made from, each input with its source."""
    found = [
        r
        for r in study.results()
        if r.id in prefixes or (r.id.rpartition(".")[0] in prefixes and r.value is not None)
    ]
    rows = [
        (
            r.id,
            i.name,
            _cell(str(i.value) if isinstance(i.value, Message) else i.value),
            str(i.unit),
            i.place,
            i.source_type,
            str(i.source),
        )
        for r in found
        for i in r.inputs
    ]
    heads = ("Line", "Input", "Value", "Unit", "Setting or register", "Source type", "Source")
    return grid(heads, rows)


def register(study: Study, kind: str) -> View:
    """Show a register's entries without who wrote them and without confidential ones: executed notebooks may be passed on."""
    rows = study.registers.read(kind)
    hidden = (
        rows["confidentiality"] == "confidential"
        if "confidentiality" in rows
        else pd.Series(data=False, index=rows.index)
    )
    columns = [name for name in rows.columns if name not in {"id", "number", "who", "withdrawn", "recorded"}]
    shown = rows.loc[~hidden, ["id", *columns, "recorded"]]
    note = f"{int(hidden.sum()):,} confidential entries are not shown" if hidden.any() else ""
    return frame(shown, rows=40) + (said(note) if note else View(""))


def frame(table: pd.DataFrame, columns: Iterable[str] = (), rows: int = 12) -> View:
    """Show the first rows of a table, scrollable, with hashes as hexadecimal and how many rows there are in all."""
    chosen = table[list(columns)] if columns else table
    shown = readable(chosen.head(rows)).astype(object)
    body = [[_cell(value) for value in row] for row in shown.itertuples(index=False)]
    right = tuple(
        i for i, name in enumerate(chosen.columns) if pd.api.types.is_numeric_dtype(chosen[name].dtype)
    )
    note = f"<p>{min(rows, len(table)):,} of {len(table):,} rows</p>"
    return grid(tuple(map(str, chosen.columns)), body, right=right) + View(note)


def main_points(study: Study) -> View:
    """Show page one of the paper: the headlines and what they do not show."""
    config, results = study.config, Numbers.of(study.results())
    material = Material(config, results, study.images(), study.pairs(), study.groups(), study.overlap())
    shown = View("")
    for block in front.front(material):
        if isinstance(block, MainPoints):
            rows = [(p.result, plain(p.sentence), p.interval, p.grade) for p in block.points]
            shown += grid(("Id", block.title, "Interval", "Grade"), rows)
        elif isinstance(block, Callout):
            items = "".join(f"<li>{_html(plain(text))}</li>" for text in block.texts)
            shown += View(f"<h4>{html.escape(block.title)}</h4><ul>{items}</ul>")
    return shown


def said(message: str) -> View:
    """Show one line, whatever characters it holds."""
    return View(f"<p role='status'>{html.escape(message)}</p>", message)


def bars(label: str) -> Progress:
    """Progress for long cells; quiet when nothing needs to run, and when the work is done nothing of it is left in the notebook."""
    from IPython import display  # noqa: PLC0415  only where a notebook runs a stage

    page: Any = display
    handles: list[Any] = []
    told = [0.0]

    def advance(done: int, total: int) -> None:
        now = time.monotonic()
        if done < total and now - told[0] < PAUSE:
            return
        told[0] = now
        words = f"{html.escape(label)}: {done:,} of {total:,}"
        bar = f"<label>{words} <progress value='{done}' max='{total}'></progress></label>"
        shown = page.HTML(bar if done < total else "")
        if handles:
            handles[0].update(shown)
        elif done < total and (handle := page.display(shown, display_id=True)) is not None:
            handles.append(handle)

    return advance


def _drawn(block: Figure) -> View:
    picture = block.vector or block.raster
    data = base64.b64encode(picture.read_bytes()).decode()
    table = _block(block.data).markup if block.data is not None else ""
    return View(
        f"<figure style='margin:1em 0'><figcaption><strong>{html.escape(block.title)}</strong><br>"
        f"{html.escape(block.subtitle)}</figcaption>"
        f"<img style='max-width:100%' alt='{html.escape(block.alt, quote=True)}' src='data:{_TYPES[picture.suffix]};base64,{data}'>"
        f"<div>Source: {html.escape(plain(block.source))}</div>"
        f"<details><summary>Data</summary>{table}</details></figure>",
        block.alt,
    )


def _block(table: Table) -> View:
    heads = tuple(f"{c.title} ({c.unit})" if c.unit else c.title for c in table.columns)
    right = tuple(i for i, c in enumerate(table.columns) if c.align == "right")
    return grid(heads, [[plain(cell) for cell in row] for row in table.rows], right=right)


def grid(heads: Iterable[str], rows: Iterable[Iterable[object]], right: tuple[int, ...] = ()) -> View:
    """Show rows of text under heads; the columns numbered in `right` are aligned right."""

    def cells(kind: str, values: Iterable[object]) -> str:
        return "".join(
            f'<{kind} style="{_style(i, v, right=i in right)}">{_html(v)}</{kind}>'
            for i, v in enumerate(each if isinstance(each, str) else str(each) for each in values)
        )

    lines = [list(row) for row in rows]
    body = "".join(f'<tr style="{_STRIPES[i % 2]}">{cells("td", row)}</tr>' for i, row in enumerate(lines))
    head = f'<thead><tr style="{_STRIPES[0]}">{cells("th", heads)}</tr></thead>'
    text = "\n".join(" | ".join(map(str, row)) for row in lines)
    return View(
        f"<div style='overflow-x:auto' tabindex='0'><table style='border-collapse:collapse'>{head}<tbody>{body}</tbody></table></div>",
        text,
    )


def _html(text: str) -> str:
    """Return words that no page reads as markup, each number in them with its id; a per cent sign stays with its number."""
    return "".join(
        f'<span title="{html.escape(name, quote=True)}">{html.escape(words)}</span>' if name else html.escape(words)
        for words, name in parts(text)
    ).replace(" %", "\u00a0%")  # fmt: skip


def _style(place: int, text: str, *, right: bool) -> str:
    """Say how a cell stands: words and numbers whole, a long text in a column wide enough to read, and no wider where others are numbers."""
    short = len(text) <= SHORT or (text.isascii() and " " not in text)
    width = "white-space:nowrap;" if short else "min-width:10em;max-width:16em;" if right else "min-width:13em;max-width:34em;"  # fmt: skip
    return _CELL.format("right" if right and short else "left", width + (_FIRST if place == 0 else ""))


def _cell(value: object) -> str:
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124  NaN
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= THOUSAND else f"{value:.4g}"
    return str(value)
