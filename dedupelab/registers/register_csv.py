"""Registers as CSV and back: UTF-8 with a byte order mark, as spreadsheets want it, and no text that runs as a formula."""

import csv
import io
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from dedupelab.errors import ConfigError, OutputError
from dedupelab.registers.register_fields import KINDS, WITHDRAWN
from dedupelab.tables.cells import guarded, unguarded

KEPT = ("recorded", "who")
"""Columns that an export shows and an import leaves aside: they are written anew."""
_LARGEST = 50_000_000


def columns(kind: str) -> tuple[str, ...]:
    """Return the columns of a register's CSV.

    >>> columns("decision")
    ('id', 'date', 'decision', 'reason', 'decided_by', 'source', 'withdrawn')
    """
    return ("id", *(field.name for field in KINDS[kind]), WITHDRAWN.name)


def write_csv(kind: str, rows: pd.DataFrame, path: Path) -> Path:
    """Write a register's entries; with an empty frame, a form to fill in.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    names = columns(kind) + (KEPT if len(rows) else ())
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows.to_dict("records"):
        writer.writerow([_inert(row.get(name)) for name in names])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.getvalue().encode("utf-8-sig"))
    except OSError as problem:
        raise OutputError(
            f"expected to write {path}, got: {problem.strerror}; choose another folder"
        ) from problem
    return path


def read_csv(kind: str, path: Path) -> list[dict[str, str]]:
    """Read a register's entries from a CSV with the columns of `columns`, in any order; lines without any text are left out.

    Raises
    ------
    ConfigError
        If the file cannot be read, is not UTF-8 (or UTF-16 with a mark), or has unknown or no columns.
    """
    text = _text(path)
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    heads = [head.strip().casefold() for head in lines[0]] if lines else []
    known = (*columns(kind), *KEPT, "number")
    for head in heads:
        if head not in known:
            near = get_close_matches(head, known, 1, 0.5)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ConfigError(
                f"{path.name}: expected columns {', '.join(columns(kind))}, got {head!r}{hint}; rename or remove it"
            )
    if not heads or len(set(heads)) < len(heads):
        raise ConfigError(
            f"{path.name}: expected a first line with each column once, got {first[:80]!r}; see: register STUDY {kind} export"
        )
    rows = []
    for number, cells in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(heads):
            raise ConfigError(
                f"{path.name} row {number}: expected {len(heads)} cells, got {len(cells)}; quote text that holds {separator!r}"
            )
        row = {head: unguarded(cell) for head, cell in zip(heads, cells, strict=True)}
        rows.append({name: value for name, value in row.items() if name in columns(kind)})
    return rows


def write_forms(folder: Path, kinds: Iterable[str] = KINDS) -> list[Path]:
    """Write an empty CSV for each register, and a text that explains every column; return the paths."""
    written = [write_csv(kind, pd.DataFrame(), folder / f"{kind}.csv") for kind in kinds]
    guide = folder / "columns.txt"
    try:
        guide.write_text(_guide(KINDS), encoding="utf-8")
    except OSError as problem:
        raise OutputError(
            f"expected to write {guide}, got: {problem.strerror}; choose another folder"
        ) from problem
    return [*written, guide]


def _guide(kinds: Mapping[str, object]) -> str:
    lines = [
        "Columns of the registers. A star marks what must be filled in. Dates are written as 2026-03-31.",
        "id: any name of the entry; given by dedupelab when empty. The same id again corrects the entry.",
        "withdrawn: why the entry no longer counts; empty while it does.",
    ]
    for kind in kinds:
        lines += ["", f"{kind}.csv"]
        for field in KINDS[kind]:
            choices = f" ({', '.join(field.choices)})" if field.choices else ""
            lines.append(f"  {field.name}{' *' if field.required else ''}: {field.meaning}{choices}")
    return "\n".join(lines) + "\n"


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise ConfigError(
                f"{path.name}: expected a register below 50 MB, got {path.stat().st_size:,} bytes; split it"
            )
        data = path.read_bytes()
    except OSError as problem:
        raise ConfigError(
            f"expected to read {path}, got: {problem.strerror}; check the spelling"
        ) from problem
    code = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(code)
    except UnicodeDecodeError:
        raise ConfigError(
            f"{path.name}: expected UTF-8, or UTF-16 with a byte order mark, got other bytes; save it as CSV UTF-8"
        ) from None
    if "\0" in text:
        raise ConfigError(f"{path.name}: expected text, got zero bytes; save the spreadsheet as CSV UTF-8")
    return text


def _inert(value: object) -> str:
    """Return a cell that no spreadsheet runs; `unguarded` takes the mark off again."""
    if value is None or value != value:  # noqa: PLR0124  NaN differs from itself
        return ""
    if isinstance(value, float):
        return f"{value:.15g}"
    return guarded(str(value))
