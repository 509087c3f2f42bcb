"""Tables that people fill in, as CSV of any spreadsheet: UTF-8, or UTF-16 with a mark, divided by commas, semicolons or tabs."""

import codecs
import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from dedupelab.errors import ConfigError
from dedupelab.tables.cells import unguarded

LARGEST = 50_000_000
"""Bytes of a sheet at most: people wrote it."""


def as_csv(rows: Sequence[Mapping[str, object]], *, end: str = "\n") -> str:
    r"""Return rows as CSV below a line with the names in them, each where it first comes; nothing where there is no row.

    >>> as_csv([{"file": "a.jpg", "pages": None}, {"file": "b,c", "reason": "private"}])
    'file,pages,reason\na.jpg,,\n"b,c",,private\n'
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator=end, restval="")
    if names:
        writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


class Sheet(NamedTuple):
    """The headings, case-folded and each once, and the rows that hold any text: their number in the sheet, cells by heading."""

    headings: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]


def read_sheet(path: Path) -> Sheet:
    r"""Read a sheet whole; the mark that keeps a cell from running as a formula is taken off again.

    Raises
    ------
    ConfigError
        If the file cannot be read, is larger than `LARGEST`, no text, has a heading twice or none, or a row of another length.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "a.csv"
    >>> _ = path.write_text("File;Reason\na.jpg;private\n;\n")
    >>> read_sheet(path)
    Sheet(headings=('file', 'reason'), rows=[(2, {'file': 'a.jpg', 'reason': 'private'})])
    """
    text = _text(path)
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as problem:
        raise ConfigError(
            f"{path.name}: expected a CSV, got: {problem}; save it anew as CSV UTF-8"
        ) from problem
    headings = tuple(head.strip().casefold() for head in lines[0]) if lines else ()
    if not headings or len(set(headings)) < len(headings):
        raise ConfigError(
            f"{path.name}: expected a first line with each column once, got {first.strip()[:80]!r}; correct the first line"
        )
    rows = []
    for number, cells in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(headings):
            raise ConfigError(
                f"{path.name} row {number}: expected {len(headings)} cells, got {len(cells)}; quote text that holds {separator!r}"
            )
        rows.append((number, dict(zip(headings, map(unguarded, cells), strict=True))))
    return Sheet(headings, rows)


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise ConfigError(
                f"{path.name}: expected a table below {LARGEST / 1e6:.0f} MB, got {size:,} bytes; split it"
            )
        data = path.read_bytes()
    except OSError as problem:
        raise ConfigError(
            f"expected to read {path}, got: {problem.strerror}; check the spelling"
        ) from problem
    try:
        text = data.decode(
            "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
        )
    except UnicodeDecodeError:
        raise ConfigError(
            f"{path.name}: expected UTF-8, or UTF-16 with a byte order mark, got other bytes; save it as CSV UTF-8"
        ) from None
    if "\0" in text:
        raise ConfigError(f"{path.name}: expected text, got zero bytes; save the spreadsheet as CSV UTF-8")
    return text
