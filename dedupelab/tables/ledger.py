"""An append-only table on SQLite, for what people write: nothing is changed or deleted, a correction is a further row.

Several people and processes may write one file at a time. A row is on disk before `append` returns, so that a killed process
loses nothing that it was told is saved. Each row has its `number` (order of writing) and is chained to the one before
(`tables.chain`); what else it has, who wrote it and when among that, is the ledger's to say.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dedupelab.errors import ConfigError, OutputError, TableError, writing
from dedupelab.tables.chain import seal

WAIT = 30.0
"""Seconds to wait for another process that is writing."""
TYPES = ("TEXT", "INTEGER", "REAL", "BLOB")
Value = str | int | float | bytes | None


@dataclass(frozen=True)
class Ledger:
    """One append-only table in a file, which may hold several; the file is made by the first `append`.

    Parameters
    ----------
    columns
        Each column's SQL type (TEXT, INTEGER, REAL, BLOB) and what SQLite shall hold it to, such as NOT NULL.
    version
        Of the file's layout. A later version may add columns, which are then empty in older rows.
    once
        Column, declared UNIQUE, by which a row is known: one that is there already is not written again.
    """

    path: Path
    table: str
    columns: Mapping[str, str]
    version: int = 1
    once: str = ""

    def __post_init__(self) -> None:
        """Refuse names and types that SQL could misread."""
        names = (self.table, *self.columns)
        kinds = {kind.split(" ", 1)[0] for kind in self.columns.values()}
        if not all(name.isidentifier() for name in names) or not kinds <= set(TYPES):
            raise ValueError(
                f"expected identifiers and types of {', '.join(TYPES)}, got {names}; rename them"
            )

    def append(self, rows: Iterable[Mapping[str, Value]]) -> list[int]:
        """Add rows, all or none; return the numbers of those that were not there already.

        Raises
        ------
        ConfigError
            If a row has a column that the ledger lacks.
        OutputError
            If the file cannot be written: no permission, no room, or another process does not let go of it.
        TableError
            If the file is no ledger, or a newer dedupelab wrote it.
        """
        listed = list(rows)
        for row in listed:
            if unknown := sorted(set(row) - set(self.columns)):
                raise ConfigError(
                    f"{self.table}: expected some of {', '.join(self.columns)}, got {', '.join(unknown)}; rename or remove"
                )
        names, places = ", ".join(self.columns), ", ".join("?" for _ in self.columns)
        insert = f"INSERT INTO {self.table} ({names}) VALUES ({places})"  # noqa: S608  identifiers, checked above
        if self.once:
            insert += f" ON CONFLICT ({self.once}) DO NOTHING"
        numbers = []
        with self._writing() as connection:
            for row in listed:
                done = connection.execute(insert, tuple(map(row.get, self.columns)))
                if done.rowcount:
                    numbers.append(int(done.lastrowid or 0))
            seal(connection, self.table)
        return numbers

    def history(self) -> pd.DataFrame:
        """Return every row ever written, in order; empty when there is no file yet. Raises TableError like `append`."""
        names = ("number", *self.columns)
        with self._reading() as connection:
            rows: list[tuple[Value, ...]] = []
            if connection is not None:
                known = _columns(connection, self.table)
                chosen = ", ".join(name if name in known else f"NULL AS {name}" for name in names)
                query = f"SELECT {chosen} FROM {self.table} ORDER BY number"  # noqa: S608  identifiers
                rows = connection.execute(query).fetchall() if known else []
        return pd.DataFrame(rows, columns=list(names), dtype=object)

    def current(self, key: Sequence[str]) -> pd.DataFrame:
        """Return the last row of each key: what stands after all corrections, in order of first writing.

        Empty values are values of a key like others.
        """
        rows = self.history()
        first = rows.groupby(list(key), dropna=False)["number"].transform("min") if len(rows) else None
        rows = rows.assign(first=first).drop_duplicates(list(key), keep="last")
        return rows.sort_values("first", kind="stable").drop(columns="first").reset_index(drop=True)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with writing(self.path, "choose another folder"):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        with _told(self.path), _connection(self.path) as connection:
            # Readers go on while somebody writes. On file systems without shared memory SQLite keeps its older journal.
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("BEGIN IMMEDIATE")
            try:
                self._prepare(connection)
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        if not self.path.exists():
            yield None
            return
        with _told(self.path), _connection(self.path) as connection:
            self._check_version(connection)
            yield connection

    def _check_version(self, connection: sqlite3.Connection) -> int:
        found = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if found > self.version:
            raise TableError(
                f"{self.path.name}: expected version {self.version} or older, got version {found}; update dedupelab"
            )
        return found

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make the table, or give an older one the columns that have come since."""
        found = self._check_version(connection)
        known = _columns(connection, self.table)
        columns = "".join(f", {name} {kind}" for name, kind in self.columns.items())
        if not known:
            connection.execute(
                f"CREATE TABLE {self.table} (number INTEGER PRIMARY KEY AUTOINCREMENT{columns})"
            )
            # That nothing is changed either is seen to when its rows are chained.
            connection.execute(
                f"CREATE TRIGGER {self.table}_stay BEFORE DELETE ON {self.table} "
                f"BEGIN SELECT RAISE(ABORT, '{self.table} are never deleted: this table is append-only; write a correcting row'); END"
            )
        else:
            for name, kind in self.columns.items():
                if name not in known:
                    connection.execute(f"ALTER TABLE {self.table} ADD COLUMN {name} {kind}")
        if found < self.version:
            connection.execute(f"PRAGMA user_version={int(self.version)}")


@contextmanager
def _connection(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file for one operation; transactions are begun and ended in plain sight."""
    connection = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in one line what SQLite means."""
    try:
        yield
    except sqlite3.OperationalError as problem:
        code = problem.sqlite_errorcode & 0xFF
        if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
            raise OutputError(
                f"expected room to write {path}, got a full disk ({problem}); free space and repeat: nothing was written"
            ) from problem
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise OutputError(
                f"expected {path.name} to be free within {WAIT:.0f} seconds, got another process writing; repeat later"
            ) from problem
        raise OutputError(
            f"expected to open {path} for reading and writing, got: {problem}; allow it or choose another folder"
        ) from problem
    except sqlite3.DatabaseError as problem:
        raise TableError(
            f"expected a ledger of dedupelab at {path}, got: {problem}; restore it from a copy or move it away"
        ) from problem


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")}
