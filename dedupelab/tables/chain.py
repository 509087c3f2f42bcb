"""Rows chained by digests: each row's `chain` is SHA-256 of the chain before it and of the row, so that none can be written in later.

Of a row counts what is stored, but its number, as JSON with sorted names; empty columns are left out, so that a column that
comes later changes no digest. Who keeps one digest of a day can check all rows up to that day.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from dedupelab.errors import TableError

COLUMN = "chain"
START = ""
"""What stands before the first row."""
OWN = ("number", COLUMN)


@dataclass(frozen=True)
class Chain:
    """A table whose rows are as they were chained: the digest after each row, in order, and how many are not chained yet."""

    table: str
    digests: tuple[str, ...]
    open_rows: int

    @property
    def head(self) -> str:
        """The digest that stands for all chained rows."""
        return self.digests[-1] if self.digests else START


def link(before: str, row: Mapping[str, object]) -> str:
    """Return the digest of a row that follows the digest `before`.

    >>> link("", {"who": "Ada", "note": None}) == link("", {"who": "Ada"}) != link("x", {"who": "Ada"})
    True
    """
    said = {
        k: v.hex() if isinstance(v, bytes) else v for k, v in row.items() if k not in OWN and v is not None
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def seal(connection: sqlite3.Connection, table: str) -> None:
    """Chain the rows that are not yet, inside the transaction that wrote them; an older table gets the column first.

    Afterwards a row can be neither changed nor deleted by SQL: a trigger refuses it once the row is chained.
    """
    if COLUMN not in {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}:
        updates = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? AND sql LIKE '%BEFORE UPDATE%'"
        for (name,) in connection.execute(updates, (table,)).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(f"ALTER TABLE {table} ADD COLUMN {COLUMN} TEXT")
        connection.execute(
            f"CREATE TRIGGER {table}_chained BEFORE UPDATE ON {table} WHEN OLD.{COLUMN} IS NOT NULL "
            f"BEGIN SELECT RAISE(ABORT, '{table} are never changed: this table is append-only; write a correcting row'); END"
        )
    last = connection.execute(
        f"SELECT {COLUMN} FROM {table} WHERE {COLUMN} IS NOT NULL ORDER BY number DESC LIMIT 1"  # noqa: S608  a name of ours
    ).fetchone()
    before = last[0] if last else START
    for row in list(_rows(connection, f"SELECT * FROM {table} WHERE {COLUMN} IS NULL ORDER BY number")):  # noqa: S608  the same
        before = link(before, row)
        connection.execute(f"UPDATE {table} SET {COLUMN} = ? WHERE number = ?", (before, row["number"]))  # noqa: S608  the same


def check_chains(path: Path) -> list[Chain]:
    """Return the chain of every table in a file of ours that is read only.

    Raises
    ------
    TableError
        Names the first row that is not as it was chained.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            found = [
                _checked(connection, path, name)
                for (name,) in names.fetchall()
                if not name.startswith("sqlite_")
            ]
    except sqlite3.Error as problem:
        raise TableError(
            f"expected registers or labels in {path}, got: {problem}; use an untouched copy"
        ) from problem
    return found


def _checked(connection: sqlite3.Connection, path: Path, table: str) -> Chain:
    digests: list[str] = []
    open_rows = 0
    for row in _rows(connection, f"SELECT * FROM {table} ORDER BY number"):  # noqa: S608  a table of the file itself
        said = row.get(COLUMN)
        if said is None:
            open_rows += 1
        elif open_rows or said != link(digests[-1] if digests else START, row):
            raise TableError(
                f"{path.name}: expected row {row['number']} of {table} as it was chained, got it, or a row before it, changed, "
                "left out or written in; compare with an earlier pack"
            )
        else:
            digests.append(str(said))
    return Chain(table, tuple(digests), open_rows)


def _rows(connection: sqlite3.Connection, query: str) -> Iterator[dict[str, object]]:
    cursor = connection.execute(query)
    names = [each[0] for each in cursor.description]
    for row in cursor:
        yield dict(zip(names, row, strict=True))
