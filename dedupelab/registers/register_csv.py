"""Registers as CSV and back: UTF-8 with a byte order mark, as spreadsheets want it, and no text that runs as a formula."""

import csv
import io
from pathlib import Path

import pandas as pd

from dedupelab.errors import ConfigError, nearest
from dedupelab.registers.register_fields import KINDS, WITHDRAWN
from dedupelab.tables.cells import guarded
from dedupelab.tables.sheets import read_sheet
from dedupelab.tables.whole_file import whole_file

KEPT = ("recorded", "who")
"""Columns that an export shows and an import leaves aside: they are written anew."""


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
    with whole_file(path, parents=True) as partial:
        partial.write_bytes(text.getvalue().encode("utf-8-sig"))
    return path


def read_csv(kind: str, path: Path) -> list[dict[str, str]]:
    """Read a register's entries from a CSV with the columns of `columns`, in any order; lines without any text are left out.

    Raises
    ------
    ConfigError
        If the file cannot be read as a sheet (`tables.sheets`), or has unknown columns.
    """
    sheet = read_sheet(path)
    wanted = columns(kind)
    known = (*wanted, *KEPT, "number")
    for head in sheet.headings:
        if head not in known:
            raise ConfigError(
                f"{path.name}: expected columns {', '.join(wanted)}, got {head!r}{nearest(head, known)}; rename or remove it"
            )
    return [{name: value for name, value in row.items() if name in wanted} for _, row in sheet.rows]


def write_forms(folder: Path) -> list[Path]:
    """Write an empty CSV for each register, and a text that explains every column; return the paths."""
    written = [write_csv(kind, pd.DataFrame(), folder / f"{kind}.csv") for kind in KINDS]
    guide = folder / "columns.txt"
    with whole_file(guide) as partial:
        partial.write_text(_guide(), encoding="utf-8")
    return [*written, guide]


def _guide() -> str:
    lines = [
        "Columns of the registers. A star marks what must be filled in. Dates are written as 2026-03-31.",
        "id: any name of the entry; given by dedupelab when empty. The same id again corrects the entry.",
        "withdrawn: why the entry no longer counts; empty while it does.",
    ]
    for kind, fields in KINDS.items():
        lines += ["", f"{kind}.csv"]
        for field in fields:
            choices = f" ({', '.join(field.choices)})" if field.choices else ""
            lines.append(f"  {field.name}{' *' if field.required else ''}: {field.meaning}{choices}")
    return "\n".join(lines) + "\n"


def _inert(value: object) -> str:
    """Return a cell that no spreadsheet runs; `unguarded` takes the mark off again."""
    if value is None or value != value:  # noqa: PLR0124  NaN differs from itself
        return ""
    if isinstance(value, float):
        return f"{value:.15g}"
    return guarded(str(value))
