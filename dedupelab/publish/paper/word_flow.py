"""Where figures stand in a Word document: Word moves nothing, so that a tall one would leave the page before it empty.

How far a page is filled is reckoned from the styles' sizes, for prints of several widths, as the fonts at hand differ; a figure stands where none of
them leaves much room. Chapters that begin on a new page keep errors from adding up.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import ceil

from dedupelab.publish.paper.layout import Plain, whole
from dedupelab.publish.paper.text_width import columns_of
from dedupelab.publish.paper.word_parts import LOOKS

TEXT_WIDTH = 16.5
"""Centimetres between the margins."""
_PICTURE = 14.0, 15.0
"""Centimetres that a picture may be wide and high: what is lower leaves less empty where the reckoning is wrong."""
_PAGE = 25.4
_POINT = 2.54 / 72
_FACE = 1.16
_LETTERS = (0.42, 0.45, 0.49, 0.53)
"""Height of a line, and widths of a letter from Times to its widest stand-in, in sizes of type."""
_WIDEST = _LETTERS[-1]
_MARGINS = 9.0
"""Points beside the text of a cell."""
_SLACK, _EMPTY = 0.04 * _PAGE, 0.22 * _PAGE
"""Room that a figure is given beyond its own height, as the reckoning may be wrong, and what may stay empty before one."""
_ROWS, _KEPT = 6, 0.28 * _PAGE
"""A table up to so many rows and centimetres is kept on one page: what a longer one leaves empty would be seen."""


def kept(table: Plain) -> bool:
    """Whether a table stands on one page with its caption and its note."""
    return len(table["rows"]) <= _ROWS and whole(table) and _table(table, _WIDEST) <= _KEPT


def picture_width(figure: Plain) -> float:
    """Return the width of a figure's picture in centimetres."""
    widest, highest = _PICTURE
    return float(min(TEXT_WIDTH * figure["width"], widest, highest / figure["ratio"]))


def flowing(blocks: list[Plain], before: Sequence[Plain], taken: float) -> Iterator[Plain]:
    """Yield the blocks with each figure where text fills the page before it, within its chapter and in the figures' order.

    Parameters
    ----------
    blocks
        As laid out; a figure with the `ratio` of its picture, height by width.
    before
        Blocks that stand before these.
    taken
        Centimetres that the rest before them takes.
    """
    start = _Chapter([taken for _letter in _LETTERS])
    for block in before:
        start.put(block)
    filled = start.filled
    starts = [n for n, block in enumerate(blocks) if block["kind"] == "heading" and block["level"] == 1]
    for first, last in pairwise([0, *starts, len(blocks)]):
        chapter = blocks[first:last]
        shows = any(block["kind"] == "figure" for block in chapter)
        if shows and first in starts and sum(filled) > len(filled) * _PAGE / 3:
            chapter[0] = chapter[0] | {"breaks": True}
            filled = [0.0 for _letter in _LETTERS]
        placed = _Chapter(filled)
        for block in chapter:
            placed.add(block)
        placed.end()
        yield from placed.blocks
        filled = placed.filled


class _Chapter:
    """The blocks of a chapter as they are placed, and how far the last page is filled, for each width of letters."""

    def __init__(self, filled: list[float]) -> None:
        self.filled = filled
        self.blocks: list[Plain] = []
        self.places: list[list[float]] = []
        """How far the page was filled before each block."""
        self.waiting: list[Plain] = []

    def add(self, block: Plain) -> None:
        """Place a block, and before it what waits and leaves little empty now."""
        while self.waiting and self.left(self.waiting[0], len(self.blocks)) <= _EMPTY:
            self.put(self.waiting.pop(0))
        if block["kind"] == "figure" and (self.waiting or self.left(block, len(self.blocks)) > _EMPTY):
            self.waiting.append(block)
        else:
            self.put(block)

    def end(self) -> None:
        """Place what still waits where it leaves least empty: at the end, or before text that fills the page after it."""
        for figure in self.waiting:
            last = max((n for n, block in enumerate(self.blocks) if block["kind"] == "figure"), default=0)
            place = min(
                range(len(self.blocks), last, -1),
                key=lambda n: self.left(figure, n),
                default=len(self.blocks),
            )
            self.filled = [*self.places, self.filled][place]
            then, self.blocks, self.places = self.blocks[place:], self.blocks[:place], self.places[:place]
            for block in (figure, *then):
                self.put(block)

    def left(self, figure: Plain, place: int) -> float:
        """Return the most that a figure would leave empty before it at a place; a page where it may not stand."""
        before = self.blocks[place - 1] if place else None
        if before and (before["kind"] == "heading" or before.get("leads")):
            return _PAGE
        rooms = [_PAGE - filled for filled in [*self.places, self.filled][place]]
        return max(
            0.0 if height(figure, letter) + _SLACK <= room else room
            for letter, room in zip(_LETTERS, rooms, strict=True)
        )

    def put(self, block: Plain) -> None:
        """Place a block after the others."""
        together = block["kind"] in {"figure", "heading"} or (block["kind"] == "table" and kept(block))
        self.places.append(self.filled)
        self.blocks.append(block)
        self.filled = [
            (max(filled, _PAGE) if together and takes > _PAGE - filled else filled) % _PAGE + takes
            for filled, letter in zip(self.filled, _LETTERS, strict=True)
            for takes in [height(block, letter)]
        ]
        self.filled = [filled % _PAGE for filled in self.filled]


def height(block: Plain, letter: float) -> float:
    """Return about how many centimetres of a page a block takes in letters of a width."""
    if block["kind"] == "figure":
        return _figure(block, letter)
    if block["kind"] == "table":
        return _table(block, letter)
    return sum(_lines(text, style, letter) for text, style in _TEXTS[block["kind"]](block))


_TEXTS: dict[str, Callable[[Plain], list[tuple[list[Plain], str]]]] = {
    "heading": lambda block: [(block["text"], f"Heading {block['level']}")],
    "paragraph": lambda block: [(block["text"], "Numbered Paragraph" if block["number"] else "Normal")],
    "mainpoints": lambda block: [
        (_words(block["title"]), "Main Points Heading"),
        *(
            ([*point["sentence"], *_words(point["interval"] + point["grade"] + "section 1")], "Main Point")
            for point in block["points"]
        ),
    ],
    "callout": lambda block: [(text, "Callout") for text in (_words(block["title"]), *block["texts"])],
    "bulletlist": lambda block: [(item, "List Bullet") for item in block["items"]],
    "definitions": lambda block: [
        part
        for item in block["items"]
        for part in ((_words(item["term"]), "Term"), (item["text"], "Meaning"))
    ],
    "verbatim": lambda block: [(_words(line), "Verbatim") for line in block["lines"]],
}
"""The paragraphs of a block and their styles, by its kind."""


def _words(text: str) -> list[Plain]:
    return [{"text": text}]


def _lines(
    parts: list[Plain], style: str, letter: float, width: float = TEXT_WIDTH, size: float = 0
) -> float:
    """Return how many centimetres a text takes in a style; those of its letters are the style's, otherwise `size` points."""
    look = LOOKS[style]
    points = size or look.size
    room = (width - look.indent - look.hanging) / _POINT
    texts = [part["text"] for part in parts]
    wide = sum(columns_of(text) - len(text) for text in texts)
    ems = wide + letter * (sum(map(len, texts)) - wide)
    lines = ceil(ems * points / max(room, points)) or 1
    return (look.before + look.after + lines * points * _FACE * look.line) * _POINT


def _figure(block: Plain, letter: float) -> float:
    texts = [(_words(f"{block['label']} {block['title']}"), "Caption")]
    texts += [(_words(block["subtitle"]), "Figure Subtitle")] if block["subtitle"] else []
    texts += [(text, "Source") for text in (block["source"], [block["data"]]) if text and text[0]]
    picture = picture_width(block) * float(block["ratio"]) + 0.3
    return picture + sum(_lines(text, style, letter) for text, style in texts)


def _table(block: Plain, letter: float) -> float:
    size = LOOKS["Table Text"].size / max(block["tightness"], 1)
    widths = [
        column["share"] * block["width"] * TEXT_WIDTH - _MARGINS * _POINT for column in block["columns"]
    ]
    heads = [_words(column["title"]) for column in block["columns"]]
    rows = sum(
        max(_lines(cell, "Table Text", letter, width, size) for cell, width in zip(row, widths, strict=True))
        for row in (heads, *block["rows"])
    )
    notes = [text for text in (block["note"], block["source"]) if text]
    return (
        _lines(block["caption"], "Caption", letter)
        + rows
        + sum(_lines(text, "Source", letter) for text in notes)
        + 0.3
    )
