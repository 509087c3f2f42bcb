"""Excel workbooks: every sheet that is a table of pictures, its cells as they are shown.

A date that is shown without its day, or without its month, was typed so; the day that the file holds beside is the program's.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree

from dedupelab.collect.catalogues.markup import SAFE
from dedupelab.collect.catalogues.tabular import ABOVE, Row, headed
from dedupelab.collect.catalogues.terms import key
from dedupelab.errors import CatalogueError

_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
"""What in a number format stands for itself: text, colours and languages."""
_IN_BRACKETS = re.compile(r"\[[^\]]*\]")
_PLACES = frozenset("0#?")
_SIGN = re.compile(r'"[^"]*"|\\.|.')
_ERA_YEAR = re.compile(r"(?<![0#?])[eg](?![+-])", re.IGNORECASE)
"""A year in a format of Chinese or Japanese, of the Republic or an era."""


@contextmanager
def open_sheets(
    path: Path, columns: Iterable[str] = ()
) -> Iterator[tuple[list[Iterator[Row | str]], list[str]]]:
    """Give the rows of the visible sheets that have a column of file names or identifiers, else of the first; and what is not read of the others.

    Parameters
    ----------
    columns
        Headings that a table must have: where a sheet has them, only such sheets are read.

    Raises
    ------
    CatalogueError
        If it is no workbook that can be read.
    """
    from openpyxl import load_workbook  # noqa: PLC0415  only workbooks need it

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        merged, unsaved = _structure(path)
    except Exception as problem:  # a damaged archive or sheet fails in many ways
        raise CatalogueError(
            f"expected an Excel workbook, got {path.name}, which cannot be opened ({problem}); save it as CSV (UTF-8)"
        ) from problem
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # some programs write that a sheet ends at its first cell
    begun = {sheet.title: list(_cells(sheet, {}, ABOVE)) for sheet in book.worksheets}
    wanted = {key(heading) for heading in columns}
    named = [
        s for s in book.worksheets if wanted and any(wanted <= set(map(key, row)) for row in begun[s.title])
    ]
    tables = named or [sheet for sheet in book.worksheets if headed(begun[sheet.title]) is not None]
    # What is hidden is an earlier state or a list to choose from, unless there is nothing else.
    tables = [sheet for sheet in tables if sheet.sheet_state == "visible"] or tables
    chosen = tables or book.worksheets[:1]
    others = [
        name
        for name, rows in begun.items()
        if any(map(any, rows)) and all(name != sheet.title for sheet in chosen)
    ]
    try:
        notes = []
        if others:
            notes.append(
                f"sheets not read, hidden or without a column of file names or identifiers: {', '.join(others)}"
            )
        if empty := sum(unsaved.get(sheet.title, 0) for sheet in chosen):
            notes.append(
                f"{empty:,} cells are formulas without a result, read as empty; open and save the workbook in a spreadsheet program"
            )
        # A cell to the right of all headings is no sign of a comma within a cell, as it is in a text table.
        wide = {name: max(map(len, rows), default=0) for name, rows in begun.items()}
        yield [_cells(s, merged.get(s.title, {}), width=wide[s.title]) for s in chosen], notes
    finally:
        book.close()


def _structure(path: Path) -> tuple[dict[str, dict[int, list[tuple[int, int]]]], dict[str, int]]:
    """Return, by sheet and column from 0, the first and last rows, from 0, of cells that are one over several rows; and formulas without a result."""
    from openpyxl.utils import range_boundaries  # noqa: PLC0415  as above

    found: dict[str, dict[int, list[tuple[int, int]]]] = {}
    unsaved: dict[str, int] = {}
    with zipfile.ZipFile(path) as archive:
        parts = {
            each.get("Id"): str(each.get("Target")) for each in _parsed(archive, "xl/_rels/workbook.xml.rels")
        }
        for sheet in _parsed(archive, "xl/workbook.xml").iter("{*}sheet"):
            part = parts.get(sheet.get(_RELATED), "")
            with archive.open(part.lstrip("/") if part.startswith("/") else f"xl/{part}") as file:
                name = str(sheet.get("name"))
                columns = found.setdefault(name, {})
                for _, element in etree.iterparse(file, tag=("{*}row", "{*}mergeCell"), **SAFE):
                    if element.get("ref"):
                        left, top, _, bottom = range_boundaries(element.get("ref"))
                        if bottom > top:
                            columns.setdefault(left - 1, []).append((top - 1, bottom - 1))
                    for formula in element.iter("{*}f"):
                        cell = formula.getparent()
                        result = None if cell is None else cell.find("{*}v")
                        unsaved[name] = unsaved.get(name, 0) + (result is None or not result.text)
                    element.clear()
    return found, unsaved


def _parsed(archive: zipfile.ZipFile, name: str) -> Any:  # noqa: ANN401  lxml's elements
    return etree.fromstring(archive.read(name), etree.XMLParser(**SAFE))


def _cells(
    sheet: Any,  # noqa: ANN401  openpyxl has no types
    merged: dict[int, list[tuple[int, int]]],
    most: int | None = None,
    width: int = 0,
) -> Iterator[Row]:
    """Yield the rows of a sheet, of some width at least; a cell that reaches over several rows says the same in each."""
    above: dict[int, tuple[int, str]] = {}
    starts = {(top, column): bottom for column, spans in merged.items() for top, bottom in spans}
    for number, cells in enumerate(islice(sheet.iter_rows(), most)):
        row = [_shown(cell) for cell in cells]
        row += [""] * (width - len(row))
        for column, (bottom, text) in above.items():
            if number <= bottom:
                row += [""] * (column + 1 - len(row))
                row[column] = row[column] or text
        for column in merged:
            if (number, column) in starts and column < len(row):
                above[column] = (starts[number, column], row[column])
        yield row


def _shown(cell: Any) -> str:  # noqa: ANN401  as above
    """Return a cell as text: dates as far as they are shown, days without midnight, numbers with the zeros and words they are shown with."""
    from openpyxl.utils.datetime import from_excel  # noqa: PLC0415  as above
    from openpyxl.utils.escape import unescape  # noqa: PLC0415  as above

    value = cell.value
    if value is None:
        return ""
    form = str(cell.number_format).replace("General", "").partition(";")[0]
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not _ERA_YEAR.search(_LITERAL.sub("", form)):
            return _number(value, form)
        value = from_excel(value, cell.parent.parent.epoch)  # years of an era are no date to openpyxl
    if isinstance(value, datetime):
        return _date(value, _LITERAL.sub("", form).casefold())
    if isinstance(value, date):
        return value.isoformat()
    return unescape(value) if isinstance(value, str) else str(value)


def _date(value: datetime, form: str) -> str:
    with_year = "y" in form or "e" in form
    if with_year and "d" not in form:
        return f"{value:%Y-%m}" if "m" in form else f"{value:%Y}"
    if "d" in form and not with_year:
        return f"{value:%d %B}"  # of a day typed without its year the program made one of the year of typing
    return (
        value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    )


def _number(value: float, form: str) -> str:
    """Return a number with the zeros and words of its format, such as `"HK-"0000`; never with fewer digits than it has."""
    plain = str(int(value)) if float(value).is_integer() else str(value)
    whole, _, rest = plain.partition(".")
    signs = _SIGN.findall(_IN_BRACKETS.sub("", form))
    point = signs.index(".") if "." in signs else len(signs)
    before, after = signs[:point], signs[point:]
    decimals = [sign for sign in after if sign in _PLACES]
    kept = bool(rest) == bool(decimals) and len(rest) <= len(decimals) and whole.isdigit()
    if not kept or not _PLACES & set(signs) or set(signs) & set(",%/Ee@*_"):
        return plain
    found, waiting = "", sum(sign in _PLACES for sign in before)
    for sign in reversed(before):
        if sign in _PLACES:
            waiting -= 1
            taken = whole[-1:] if waiting else whole
            whole = whole[: len(whole) - len(taken)]
            found = (taken or sign.strip("#?")) + found
        else:
            found = _meant(sign) + found
    rest = rest.ljust(decimals.count("0"), "0")
    return found + (f".{rest}" if rest else "") + "".join(_meant(s) for s in after[1:] if s not in _PLACES)


def _meant(sign: str) -> str:
    return sign.strip('"').removeprefix("\\")
