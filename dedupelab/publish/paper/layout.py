"""Blocks to plain data that any renderer can set: labels counted, links checked, strings made safe to print.

What comes out is dictionaries, lists and strings only: Jinja reads it for HTML, Typst as JSON, Word block by block.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import ceil
from typing import Any

from dedupelab.errors import ReportError
from dedupelab.numbers.messages import PERCENT
from dedupelab.publish.language.language_runs import language_runs
from dedupelab.publish.language.said import parts
from dedupelab.publish.paper.document import (
    Block,
    BulletList,
    Callout,
    Code,
    Definitions,
    Document,
    Emphasis,
    Figure,
    Heading,
    Lang,
    Link,
    MainPoints,
    Paragraph,
    Point,
    Reference,
    Run,
    Strong,
    Table,
    Text,
    Verbatim,
    plain,
)
from dedupelab.publish.paper.text_width import columns_of, longest_word

Plain = dict[str, Any]
_SHORT_TITLE = 70
LISTS = ("bulletlist", "definitions", "verbatim")
"""Kinds of block that the paragraph before them leads to."""
_PER_CENT = re.compile(r"(?<=\d) %")
"""No line ends between a number and its sign."""
_LAST_NUMBER = re.compile(r" (?=[\w.]+$)(?=.*\d)")
"""Nor between a word and its number."""


def lay_out(document: Document, substitute: Callable[[str], str] = lambda text: text) -> Plain:
    """Return the document as plain data.

    `substitute` is applied to every string that will be printed, after characters that cannot be printed were replaced.

    Raises
    ------
    ReportError
        If an id is given twice, a link within the document leads nowhere, or heading levels skip one.
    """
    return _Layout(document, substitute).document()


def numbers_in(document: Document) -> set[str]:
    """Return the ids of the numbers that a document prints."""

    def walk(part: object) -> Iterator[str]:
        if isinstance(part, dict):
            yield part.get("result") or ""
        for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            yield from walk(each)

    return {name for name in walk(lay_out(document)) if name}


def printable(text: str) -> str:
    r"""Return the text in one line with controls, surrogates and direction overrides shown by code point.

    A right-to-left override in a file name could make a page show other words than it holds.

    >>> printable("invoice\u202egpj.exe")
    'invoice[U+202E]gpj.exe'
    """
    text = unicodedata.normalize("NFC", text)
    if text.isprintable():  # as nearly every text is
        return text
    return "".join(
        " " if c in "\n\r\t\x0b\x0c\u2028\u2029" else code_point(c) if _unprintable(c) else c for c in text
    )


def code_point(character: str) -> str:
    """Return how a character is written that cannot be shown.

    >>> code_point("陳")
    '[U+9673]'
    """
    return f"[U+{ord(character):04X}]"


def language_and_region(tag: str) -> tuple[str, str | None]:
    """Split a BCP 47 tag into language and region, as Typst and Word name languages.

    >>> language_and_region("zh-Hant-HK")
    ('zh', 'HK')
    """
    first, *rest = tag.split("-")
    return first.lower(), next((part.upper() for part in rest if len(part) == 2), None)


def _unprintable(character: str) -> bool:
    # Private use means another picture, or none, on every machine.
    code = ord(character)
    bidirectional = 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
    return bidirectional or unicodedata.category(character) in {"Cc", "Cs", "Cn", "Co"}


class _Layout:
    """Holds the labels of one document while its blocks are turned over."""

    def __init__(self, document: Document, substitute: Callable[[str], str]) -> None:
        self.source = document
        self.words = document.words
        self.substitute = substitute
        self.front = list(_with_data_tables(document.front, document))
        self.blocks = list(_with_data_tables(document.blocks, document))
        self.ids: dict[int, str] = {}
        self.labels: dict[str, str] = {}
        self.count_labels()

    def count_labels(self) -> None:
        counts = {"figure": 0, "table": 0, "heading": 0}
        level = 0
        for block in (*self.front, *self.blocks):
            identifier, label = "", ""
            if isinstance(block, Heading):
                title = plain(block.text)
                if block.level > level + 1:
                    raise ReportError(
                        f"expected a heading of level {level + 1} at most, got level {block.level}: {title[:60]!r}; do not skip levels"
                    )
                level = block.level
                counts["heading"] += 1
                identifier = block.id or (
                    f"section-{block.number}" if block.number else f"heading-{counts['heading']}"
                )
                numbered = self.words.section.format(number=block.number) if block.number else ""
                label = block.label or numbered or title
            elif isinstance(block, Paragraph) and (block.id or block.number):
                identifier = block.id or f"paragraph-{block.number}"
                label = f"{self.words.paragraph} {block.number or ''}".strip()
            elif isinstance(block, Figure | Table):
                kind = "figure" if isinstance(block, Figure) else "table"
                counts[kind] += 1
                identifier = block.id
                label = getattr(self.words, kind).format(number=counts[kind])
            if identifier:
                if identifier in self.labels:
                    raise ReportError(f"expected every id once, got {identifier!r} twice; rename one")
                self.labels[identifier] = label
                self.ids[id(block)] = identifier

    def document(self) -> Plain:
        source, meta = self.source, self.source.meta
        short = self.line(meta.short_title or source.title)
        return {
            "title": self.line(source.title),
            "subtitle": self.line(source.subtitle),
            "lang": source.lang,
            "short_title": _running_head(short),
            "submitter": self.line(meta.submitter),
            "consultation": [
                self.line(part) for part in (meta.consultation, meta.reference, meta.date) if part
            ],
            "draft": self.line(meta.draft),
            "created": meta.created,
            "words": {name: self.substitute(word) for name, word in vars(self.words).items()},
            "gap": self.words.gap,
            "contents": [
                {
                    "level": b.level,
                    "id": self.ids[id(b)],
                    "number": b.number or "",
                    "text": self.line(plain(b.text)),
                }
                for b in self.blocks
                if source.contents and isinstance(b, Heading) and b.level <= 2
            ],
            "front": with_leads([self.block(block) for block in self.front]),
            "blocks": with_leads([self.block(block) for block in self.blocks]),
        }

    def line(self, text: str) -> str:
        return self.exact(_PER_CENT.sub(PERCENT, text))

    def exact(self, text: str) -> str:
        return self.substitute(printable(text))

    def text(self, text: Text) -> list[Plain]:
        given = [text] if isinstance(text, str) else text
        return [part for run in given if run not in ("", Strong("")) for part in self.parts(run)]

    def parts(self, run: Run) -> Iterator[Plain]:
        """Yield a run in parts, so that each number in it is one by itself, with its id as `result`."""
        if not isinstance(run, str | Strong | Emphasis):
            yield self.run(run)
            return
        for text, result in parts(run if isinstance(run, str) else run.text):
            if result:
                yield self.run(text if isinstance(run, str) else replace(run, text=text)) | {"result": result}
            elif isinstance(run, str):
                yield from map(self.run, _by_language(text, self.source.lang))
            else:
                yield self.run(replace(run, text=text))

    def run(self, run: Run) -> Plain:  # noqa: PLR0911 - one return per kind of run
        match run:
            case str():
                return {"kind": "plain", "text": self.line(run)}
            case Emphasis(text=text):
                return {"kind": "emphasis", "text": self.line(text)}
            case Strong(text=text):
                return {"kind": "strong", "text": self.line(text)}
            case Code(text=text):
                return {"kind": "code", "text": self.exact(text)}
            case Lang(text=text, lang=lang):
                language, region = language_and_region(lang)
                return {
                    "kind": "lang",
                    "text": self.line(text),
                    "lang": lang,
                    "language": language,
                    "region": region,
                }
            case Link(text=text, target=target):
                if target.startswith("#"):
                    self.label(target[1:])
                return {"kind": "link", "text": self.line(text), "target": target}
            case Reference(target=target):
                label = _LAST_NUMBER.sub("\u00a0", self.label(target))
                return {"kind": "link", "text": self.line(label), "target": f"#{target}"}

    def label(self, identifier: str) -> str:
        if identifier not in self.labels:
            near = difflib.get_close_matches(identifier, self.labels, n=1)
            raise ReportError(
                f"expected a link to something in the document, got #{identifier[:80]}; "
                + (f"did you mean #{near[0]}?" if near else "add the block or drop the link")
            )
        return self.labels[identifier]

    def block(self, block: Block) -> Plain:
        kind = type(block).__name__.lower()
        anchor = self.ids.get(id(block), "")
        match block:
            case Heading():
                parts: Plain = {
                    "level": block.level,
                    "number": block.number or "",
                    "text": self.text(block.text),
                }
            case Paragraph():
                parts = {"number": block.number or "", "text": self.text(block.text), "facts": [*block.facts]}
            case MainPoints():
                parts = {
                    "title": self.line(block.title),
                    "points": [self.point(point) for point in block.points],
                }
            case Callout():
                parts = {"title": self.line(block.title), "texts": [self.text(text) for text in block.texts]}
            case BulletList():
                parts = {"ordered": block.ordered, "items": [self.text(item) for item in block.items]}
            case Definitions():
                parts = {"items": [{"term": self.line(t), "text": self.text(d)} for t, d in block.items]}
            case Verbatim():
                parts = {"lines": [self.exact(line) for line in block.text.splitlines()]}
            case Table():
                parts = self.table(block)
            case Figure():
                parts = self.figure(block)
        return {"kind": kind, "id": anchor, **parts}

    def point(self, point: Point) -> Plain:
        return {
            "sentence": self.text(point.sentence),
            "figure": self.line(point.figure),
            "interval": self.line(point.interval),
            "grade": self.line(point.grade),
            "result": point.result,
            "reference": self.run(Reference(point.target)) if point.target else None,
        }

    def table(self, table: Table) -> Plain:
        width, shares, tightness = column_shares(table)
        return {
            "width": width,
            "tightness": tightness,
            "label": self.line(self.labels[table.id]),
            "caption": self.text(table.caption),
            "columns": [
                {"title": self.line(c.title), "unit": self.line(c.unit), "align": c.align, "share": share}
                for c, share in zip(table.columns, shares, strict=True)
            ],
            "rows": [[self.text(cell) for cell in row] for row in table.rows],
            "note": self.text(table.note),
            "facts": [*table.facts],
            "source": self.text(table.source),
        }

    def figure(self, figure: Figure) -> Plain:
        return {
            "label": self.line(self.labels[figure.id]),
            "title": self.line(figure.title),
            "subtitle": self.line(figure.subtitle),
            "source": self.text(figure.source),
            "alt": self.line(figure.alt),
            "description": self.line(figure.description),
            "raster": figure.raster,
            "vector": figure.vector,
            "width": figure.width,
            "data": self.run(Reference(figure.data.id)) if figure.data else None,
        }


def _running_head(title: str) -> str:
    """Return a title as the head of a page has room for it, cut between words where it has any."""
    if len(title) <= _SHORT_TITLE:
        return title
    cut = title[:_SHORT_TITLE]
    whole = cut if title[_SHORT_TITLE] == " " else cut.rpartition(" ")[0]
    return (whole or cut).rstrip(" ,;:") + " …"


def _by_language(text: str, lang: str) -> list[Run]:
    """Set apart what is evidently in another language than the document's."""
    return [Lang(part, tag) if tag else part for part, tag in language_runs(text, lang)]


def _with_data_tables(blocks: Sequence[Block], document: Document) -> Iterator[Block]:
    placed = {block.id for block in (*document.front, *document.blocks) if isinstance(block, Table)}
    for block in blocks:
        yield block
        if isinstance(block, Figure) and block.data and block.data.id not in placed:
            yield block.data


_LONG_CELL = 60
_GUTTER = 3
_BOLD = 1.12
_LINE = 100
_WIDE_LINE = 112
"""Characters that fit across the page in the print of narrow and of wide tables."""
_SAFE_LINE, _MARGINS, _SHORTEST = 85, 2, 5
"""Characters of a table's print that fit across the page in the widest font that stands in for one that is lacking: in DejaVu Serif at 8.5 points
they take 5.5 points at most of the 468 that there are, 6.1 in bold; a cell's margins take two, and words of few letters may be capitals, which are wider."""
_NARROWEST = 0.45


def column_shares(table: Table) -> tuple[float, list[float], float]:
    """Return the share of the page's width that a table takes, each column's share of that, and how tight the table is.

    The columns' shares sum to 1; tightness is how many times the page's width the longest words would need: above 1, they fit
    in smaller print only. Every column gets its longest word, then what is left goes to those with most to say; narrow tables
    stay narrow, for the eye loses the row across a wide gap.
    """
    given = [column.width for column in table.columns if column.width]
    if given and len(given) < len(table.columns):
        raise ReportError(
            f"table {table.id}: expected widths for all columns or none, got some; complete them"
        )
    least = _least(table)
    tightness = sum(least)
    if given or tightness >= 1:
        return 1.0, _fitted(given or least, least), tightness
    room = _WIDE_LINE if len(table.columns) > 4 else _LINE
    floors, wishes = [room * share for share in least], []
    for n in range(len(table.columns)):
        lengths = sorted(columns_of(plain(row[n])) for row in table.rows) or [0]
        # The longest cells wrap, so that one long credit does not starve the other columns.
        wishes.append(max(min(lengths[len(lengths) * 9 // 10], _LONG_CELL) + _GUTTER, floors[n]))
    if sum(wishes) <= room:
        width = min(1.0, max(sum(wishes) * 1.3 / room, _NARROWEST))
        return width, [wish / sum(wishes) for wish in wishes], tightness
    over = [wish - floor for wish, floor in zip(wishes, floors, strict=True)]
    widths = [
        floor + (room - sum(floors)) * more / sum(over) for floor, more in zip(floors, over, strict=True)
    ]
    return 1.0, [width / sum(widths) for width in widths], tightness


def _least(table: Table) -> list[float]:
    """Return the share of the page's width that each column needs, so that no word of it is broken whatever the font."""
    return [
        (max(_BOLD * longest_word(c.title, heading=True), longest_word(c.unit), *cells, _SHORTEST) + _MARGINS)
        / _SAFE_LINE
        for n, c in enumerate(table.columns)
        for cells in [[longest_word(plain(row[n])) for row in table.rows]]
    ]


def _fitted(given: list[float], least: list[float]) -> list[float]:
    """Return the given widths as shares that sum to 1, none below what its longest word needs while there is room for all."""
    if sum(least) >= 1:
        return [share / sum(least) for share in least]
    fixed: set[int] = set()
    while True:
        left = 1 - sum(least[n] for n in fixed)
        scale = left / sum(width for n, width in enumerate(given) if n not in fixed)
        shares = [least[n] if n in fixed else width * scale for n, width in enumerate(given)]
        narrow = {n for n, share in enumerate(shares) if share < least[n] - 1e-9}
        if not narrow:
            return shares
        fixed |= narrow


_ROWS, _LINES = 12, 36
"""A table up to this many rows and lines takes half a page at most."""


def whole(table: Plain) -> bool:
    """Whether a table is small enough to stand on one page with its caption and its note."""
    room = [max(_LINE * table["width"] * column["share"], 1) for column in table["columns"]]
    lines = [
        max(ceil(length_of([cell]) / wide) for cell, wide in zip(row, room, strict=True))
        for row in table["rows"]
    ]
    return len(lines) <= _ROWS and sum(lines) <= _LINES


def length_of(row: Sequence[Sequence[Plain]]) -> int:
    """Return how many columns of print a row's cells take together."""
    return sum(columns_of(part["text"]) for cell in row for part in cell)


def with_leads(blocks: list[Plain]) -> list[Plain]:
    """Return the blocks with whether a paragraph belongs to what follows: to a list or to a line to be typed, or as a question set in italics to its answer."""
    following = [block["kind"] for block in blocks[1:]]
    return [
        {
            **block,
            "leads": after in LISTS
            or (not block["number"] and [part["kind"] for part in block["text"]] == ["emphasis"]),
        }
        if block["kind"] == "paragraph"
        else block
        for block, after in zip(blocks, [*following, ""], strict=False)
    ]
