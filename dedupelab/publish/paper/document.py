"""A paper as data: frozen blocks that know nothing of HTML, PDF or Word.

Every string is inert. File names, credits and captions come from strangers; no renderer ever reads markup in them.
What must be set apart is said with a run: `Strong("12.4 %")`, `Link("table", "#table-overlap")`, `Lang("電影", "zh-Hant-HK")`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from dedupelab.errors import ReportError
from dedupelab.publish.language.renderer_words import Words, words
from dedupelab.publish.language.said import together

ALT_LENGTH = 150
TITLE_WORDS = 12
TABLE_COLUMNS = 7
_ID = re.compile(r"[A-Za-z][A-Za-z0-9._-]*\Z")
_TARGET = re.compile(r"(#[A-Za-z][A-Za-z0-9._-]*|https?://[^\s<>\"]+|mailto:[^\s<>\"]+)\Z")


@dataclass(frozen=True)
class Emphasis:
    """Words in italics."""

    text: str


@dataclass(frozen=True)
class Strong:
    """Words in bold; in a table's cell also the mark for "this differs"."""

    text: str


@dataclass(frozen=True)
class Code:
    """A name out of a computer: a file, a column, a command."""

    text: str


@dataclass(frozen=True)
class Lang:
    """Words in another language than the document's, as a BCP 47 tag: `Lang("電影", "zh-Hant-HK")`."""

    text: str
    lang: str


@dataclass(frozen=True)
class Link:
    """A link to `#id` within the document, or to an http, https or mailto address."""

    text: str
    target: str

    def __post_init__(self) -> None:
        """Refuse every other scheme: a `javascript:` address must not reach a page."""
        if not _TARGET.match(self.target):
            raise ReportError(
                f"expected a link to #id, http, https or mailto, got {self.target[:80]!r}; correct the target of {self.text[:40]!r}"
            )


@dataclass(frozen=True)
class Reference:
    """The label of a figure, table, paragraph or section of this document, as a link: `Figure 3`."""

    target: str


Run = str | Emphasis | Strong | Code | Lang | Link | Reference
Text = str | Sequence[Run]


@dataclass(frozen=True)
class Heading:
    """A section's heading; level 1 is the highest below the title."""

    level: Literal[1, 2, 3, 4]
    text: Text
    number: str | None = None
    id: str | None = None
    label: str = ""
    """What a reference to it says, where it has no number; else its text."""


Facts = Sequence[tuple[str, str]]
"""What a block states, by name and value, for those who check papers: they need not read words."""


@dataclass(frozen=True)
class Paragraph:
    """Running text; `number` is what others cite ("2.3") and gives it the id `paragraph-2.3`."""

    text: Text
    number: str | None = None
    id: str | None = None
    facts: Facts = ()


@dataclass(frozen=True)
class Point:
    """One headline: a sentence, its figure with interval, how far to believe it, where it is shown, and whose number it is."""

    sentence: Text
    figure: str = ""
    interval: str = ""
    grade: str = ""
    target: str | None = None
    result: str = ""


@dataclass(frozen=True)
class MainPoints:
    """The numbered headlines of page one."""

    title: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Callout:
    """A box that must not be overlooked, such as "What this does not show"."""

    title: str
    texts: Sequence[Text]


@dataclass(frozen=True)
class BulletList:
    """Items with bullets, or with numbers where their order matters."""

    items: Sequence[Text]
    ordered: bool = False


@dataclass(frozen=True)
class Definitions:
    """Terms and what they mean."""

    items: Sequence[tuple[str, Text]]


@dataclass(frozen=True)
class Verbatim:
    """Lines to be typed or compared letter by letter, such as the commands of a replication."""

    text: str


@dataclass(frozen=True)
class Column:
    """A table's column; its unit stands in the header, `width` is a share relative to the other columns."""

    title: str
    align: Literal["left", "right", "center"] = "left"
    unit: str = ""
    width: float | None = None


@dataclass(frozen=True)
class Table:
    """At most seven columns; the first cell of a row names the row."""

    id: str
    caption: Text
    columns: Sequence[Column]
    rows: Sequence[Sequence[Text]]
    note: Text = ""
    source: Text = ""
    facts: Facts = ()

    def __post_init__(self) -> None:
        """Check what every renderer relies on."""
        _check_id(self.id)
        if not 1 <= len(self.columns) <= TABLE_COLUMNS:
            raise ReportError(
                f"table {self.id}: expected 1 to {TABLE_COLUMNS} columns, got {len(self.columns)}; "
                "turn columns into rows or split the table"
            )
        wrong = next((n for n, row in enumerate(self.rows) if len(row) != len(self.columns)), None)
        if wrong is not None:
            raise ReportError(
                f"table {self.id}: expected {len(self.columns)} cells in every row, got {len(self.rows[wrong])} in row {wrong}; "
                "give each column a cell"
            )


@dataclass(frozen=True)
class Figure:
    """A picture with its finding as title; `data` is the table it was drawn from.

    Print and HTML use `vector` (SVG) where there is one, Word uses `raster` (PNG or JPEG). When the document does not
    hold the data table elsewhere, it follows the figure.
    """

    id: str
    title: str
    subtitle: str
    source: Text
    alt: str
    raster: Path
    vector: Path | None = None
    description: str = ""
    data: Table | None = None
    width: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a figure that a blind reader or a hurried one could not use."""
        _check_id(self.id)
        if not self.alt.strip() or len(self.alt) > ALT_LENGTH:
            raise ReportError(
                f"figure {self.id}: expected alt text of 1 to {ALT_LENGTH} characters, got {len(self.alt.strip())}; "
                "say the finding there and the rest in the description"
            )
        if not 1 <= len(self.title.split(" ")) <= TITLE_WORDS:
            raise ReportError(
                f"figure {self.id}: expected a title of 1 to {TITLE_WORDS} words, got {len(self.title.split(' '))}; "
                "keep the finding, move measure and place to the subtitle"
            )


Block = (
    Heading | Paragraph | MainPoints | Callout | BulletList | Definitions | Verbatim | Table | Figure
)  # what `layout` and the renderers can set


@dataclass(frozen=True)
class Meta:
    """Who submits what to whom and when; empty parts are left out.

    `created` goes into the files' properties instead of the clock, so that equal results give equal bytes.
    """

    submitter: str = ""
    consultation: str = ""
    reference: str = ""
    date: str = ""
    draft: str = ""
    short_title: str = ""
    created: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    """Time zone required."""


@dataclass(frozen=True)
class Document:
    """A paper: `front` stands on page one before the contents list, where there is to be one, `blocks` after it."""

    title: str
    subtitle: str = ""
    lang: str = "en-GB"
    meta: Meta = field(default_factory=Meta)
    front: Sequence[Block] = ()
    blocks: Sequence[Block] = ()
    words: Words = field(default_factory=words)
    contents: bool = True

    def __post_init__(self) -> None:
        """Refuse a document that could not be read aloud or filed."""
        if not self.title.strip():
            raise ReportError("expected a title, got an empty one; set the document's title")
        if self.meta.created.tzinfo is None:
            raise ReportError(
                "expected a creation time with time zone, got one without; pass datetime(..., tzinfo=UTC)"
            )


def plain(text: Text) -> str:
    """Return the words of a text without its runs.

    >>> plain(["At least ", Strong("12.4 %"), " of works"])
    'At least 12.4 % of works'
    """
    if isinstance(text, str):
        return text
    return together(
        run if isinstance(run, str) else run.target if isinstance(run, Reference) else run.text
        for run in text
    )


def _check_id(identifier: str) -> None:
    if not _ID.match(identifier):
        raise ReportError(
            f"expected an id of ASCII letters, digits, '.', '_', '-' that starts with a letter, got {identifier[:80]!r}; rename it"
        )
