"""Sheets to one Excel workbook: numbers as numbers, formulas where sums are to be followed, equal sheets equal bytes.

Text of strangers is never a formula: it is written as text, and guarded as in the CSV files. A sheet of more rows than a
spreadsheet opens goes on in further ones.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING, Any

from dedupelab.publish.figures.style import ACCENT
from dedupelab.publish.paper.layout import printable
from dedupelab.publish.paper.text_width import columns_of
from dedupelab.publish.paper.writing import without_clock
from dedupelab.tables.cells import guarded

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl import Workbook

ROWS = 1_000_000
"""Rows of one sheet; a spreadsheet opens 1,048,576."""
LONGEST = 32_000
"""Characters of one cell; a spreadsheet takes 32,767."""
_NAME = 31
"""Characters of a sheet's name."""
_FORMS = {
    "text": "General", "whole": "#,##0", "real": "#,##0.00", "share": '0.0"\u00a0"%', "any": "General",
}  # fmt: skip
_THUMBNAIL = 72
"""Points of a row that shows a picture."""
_A4 = 9
"""The number of A4 among the sizes of paper that a workbook knows."""
_LINE, _LINES = 15, 8
"""Points of a line of text, and how many lines a row shows."""


@dataclass(frozen=True)
class Field:
    """A column: its heading, its width in characters, and how its numbers look: text, whole, real, share or any."""

    title: str
    width: float = 14
    form: str = "text"


@dataclass(frozen=True)
class Formula:
    """A formula of ours, such as `SUM(C2:C9)`, without the sign of equality; `{row}` is the row in which it comes to stand."""

    text: str


@dataclass(frozen=True)
class Jump:
    """Text that leads to a cell of this workbook, such as `Groups!A7`."""

    text: str
    target: str


@dataclass(frozen=True)
class Share:
    """A number that is a share of one, in a column that holds other numbers too."""

    value: float


Cell = str | float | int | bool | None | Formula | Jump | Share


@dataclass(frozen=True)
class Sheet:
    """One sheet: a header that stays in sight, filters, rows, and below them totals.

    `pictures` are files by row (from 0), shown in the last column. `about` says what the sheet holds.
    """

    name: str
    about: str
    fields: Sequence[Field]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Cell] = ()
    pictures: Mapping[int, "Path"] = field(default_factory=dict)


def workbook_bytes(sheets: Sequence[Sheet], *, title: str, created: datetime) -> bytes:
    """Return the sheets as the bytes of an .xlsx file; `created` goes into its properties in place of the clock."""
    from openpyxl import Workbook  # noqa: PLC0415 - loaded only where a workbook is wanted

    book = Workbook(write_only=True)
    for sheet in sheets:
        for name, part in parts(sheet):
            _Page(book, name, part).write()
    book.properties.title, book.properties.creator = printable(title)[:255], "dedupelab"
    content = io.BytesIO()
    book.save(content)
    book.properties.created = book.properties.modified = created.astimezone(UTC).replace(tzinfo=None)
    return without_clock(content, {"docProps/core.xml": _properties(book)})


def parts(sheet: Sheet, most: int = ROWS) -> Iterator[tuple[str, Sheet]]:
    """Yield a sheet in parts that a spreadsheet opens, each with its name; totals stand below the last.

    >>> [name for name, _part in parts(Sheet("a", "", [Field("n")], [[1], [2], [3]]), most=2)]
    ['a', 'a (2)']
    """
    starts = range(0, max(len(sheet.rows), 1), most)
    for number, start in enumerate(starts, 1):
        last = number == len(starts)
        pictures = {row - start: file for row, file in sheet.pictures.items() if start <= row < start + most}
        tail = f" ({number})" if number > 1 else ""
        part = Sheet(
            sheet.name, sheet.about, sheet.fields, sheet.rows[start : start + most], sheet.totals if last else (), pictures
        )  # fmt: skip
        yield f"{sheet.name[: _NAME - len(tail)]}{tail}", part


class _Page:
    """Writes one part of a sheet, row by row, and keeps none of them."""

    def __init__(self, book: "Workbook", name: str, sheet: Sheet) -> None:
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above
        from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415 - as above
        from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

        accent = f"FF{ACCENT.removeprefix('#').upper()}"
        self.sheet, self.letter, self.cell = sheet, get_column_letter, WriteOnlyCell
        self.bold, self.head, self.link = (
            Font(bold=True),
            Font(bold=True, color="FFFFFFFF"),
            Font(underline="single", color=accent),
        )
        self.fill, self.wrap = PatternFill("solid", fgColor=accent), Alignment(wrap_text=True, vertical="top")
        self.top = Alignment(vertical="top")
        self.right = Alignment(wrap_text=True, vertical="top", horizontal="right")
        self.page: Any = book.create_sheet(name)

    def write(self) -> None:
        from openpyxl.drawing.image import Image  # noqa: PLC0415 - as above

        page, sheet, last = self.page, self.sheet, self.letter(len(self.sheet.fields))
        page.freeze_panes, page.auto_filter.ref = "B2", f"A1:{last}{len(sheet.rows) + 1}"
        for number, column in enumerate(sheet.fields, 1):
            page.column_dimensions[self.letter(number)].width = column.width
        for row, file in sheet.pictures.items():
            page.row_dimensions[row + 2].height = _THUMBNAIL
            page.add_image(Image(str(file)), f"{last}{row + 2}")
        self.for_print()
        page.append([self.title(column) for column in sheet.fields])
        for place, cells in enumerate(sheet.rows, 2):
            if (lines := self.lines(cells)) > 1 and place - 2 not in sheet.pictures:
                page.row_dimensions[place].height = _LINE * lines
            page.append(self.row(cells, place))
        if sheet.totals:
            totals = self.row(sheet.totals, len(sheet.rows) + 2)
            for cell in totals:
                if cell is not None:
                    cell.font = self.bold
            page.append(totals)

    def for_print(self) -> None:
        """On paper a sheet is as wide as a page and repeats its headings."""
        from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415 - as above

        page = self.page
        page.page_setup.orientation, page.page_setup.paperSize = "landscape", _A4
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        page.print_title_rows = "1:1"

    def lines(self, cells: Sequence[Cell]) -> int:
        """Return how many lines a row needs: not every program makes room for text that wraps."""
        return max(
            (
                min(ceil(columns_of(value if isinstance(value, str) else value.text) / column.width), _LINES)
                for value, column in zip(cells, self.sheet.fields, strict=True)
                if isinstance(value, str | Jump)
            ),
            default=1,
        )

    def row(self, cells: Sequence[Cell], place: int) -> list[Any]:
        return [
            self.made(value, column, place) for value, column in zip(cells, self.sheet.fields, strict=True)
        ]

    def title(self, column: Field) -> Any:  # noqa: ANN401 - openpyxl has no types
        cell = self.text(column.title)
        cell.font, cell.fill = self.head, self.fill
        if column.form in {"whole", "real", "share"}:
            cell.alignment = self.right  # as the numbers below
        return cell

    def text(self, words: str) -> Any:  # noqa: ANN401 - as above
        """Return a cell that is text, whatever it begins with."""
        cell = self.cell(self.page, "")
        cell.value, cell.data_type = guarded(printable(words))[:LONGEST], "s"
        cell.alignment = self.wrap
        return cell

    def made(self, value: Cell, column: Field, place: int) -> Any:  # noqa: ANN401 - as above
        if value is None:
            return None
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Jump):
            cell = self.text(value.text)
            cell.hyperlink, cell.font = value.target, self.link
            cell.hyperlink.location, cell.hyperlink.target = value.target, None
            return cell
        share = isinstance(value, Share)
        shown = (
            f"={value.text.format(row=place)}"
            if isinstance(value, Formula)
            else value.value
            if isinstance(value, Share)
            else value
        )
        cell = self.cell(self.page, shown)
        cell.number_format, cell.alignment = _FORMS["share" if share else column.form], self.top
        return cell


def _properties(book: "Workbook") -> bytes:
    from openpyxl.xml.functions import tostring  # noqa: PLC0415 - as above

    return bytes(tostring(book.properties.to_tree()))
