"""Where a study keeps its tables: one Parquet file each under `.dedupelab/`, written whole or not at all.

A table remembers the digest of what it was made from. A stage whose key is unchanged is read, not run again.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dedupelab import tables
from dedupelab.errors import OutputError, writing

FOLDER = ".dedupelab"
_REMEDY = "allow writing or copy the study elsewhere"


@dataclass(frozen=True)
class Store:
    """The tables of one study."""

    root: Path

    def path(self, table: tables.Table) -> Path:
        """Where a table lies."""
        return self.root / "tables" / table.file

    def fresh(self, table: tables.Table, key: str) -> bool:
        """Whether the stored table was made from what `key` stands for."""
        return bool(key) and tables.key_of(self.path(table)) == key

    def read(self, table: tables.Table) -> pd.DataFrame:
        """Read a stored table; an absent one is empty."""
        path = self.path(table)
        return tables.read(table, path) if path.exists() else table.empty()

    def write(self, table: tables.Table, frame: pd.DataFrame, key: str) -> pd.DataFrame:
        """Write a table atomically with its key and return it as it will be read."""
        return tables.write(table, frame, self.path(table), key)

    def write_blocks(self, table: tables.Table, blocks: Iterable[pd.DataFrame], key: str) -> int:
        """Write a table that comes in blocks like `write`, holding one of them; return the number of rows."""
        return tables.write_blocks(table, blocks, self.path(table), key)

    def note(self, name: str) -> str:
        """Return a remembered text, or nothing."""
        path = self.root / name
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def remember(self, name: str, text: str) -> None:
        """Keep a short text beside the tables.

        Raises
        ------
        OutputError
            If the folder cannot be written.
        """
        with writing(f"in {self.root.parent}", _REMEDY):
            self.root.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text, encoding="utf-8")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the study for one run; the operating system lets go of it even when the process is killed.

        Raises
        ------
        OutputError
            If the folder cannot be written, or another run holds the study.
        """
        path = self.root / "lock"
        with writing(f"in {self.root.parent}", _REMEDY):
            self.root.mkdir(parents=True, exist_ok=True)
            handle = path.open("a+", encoding="utf-8")
        with handle:
            if not _try_lock(handle.fileno()):
                handle.seek(0)
                holder = handle.read().strip() or "another process"
                raise OutputError(
                    f"expected the study to be free, got a run that holds it ({holder}); wait until it ends"
                )
            handle.truncate(0)
            handle.write(f"process {os.getpid()}")
            handle.flush()
            yield


def _try_lock(handle: int) -> bool:
    try:
        import fcntl  # noqa: PLC0415  not on Windows
    except ImportError:
        import msvcrt  # noqa: PLC0415  only on Windows

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]  # Windows only
        except OSError:
            return False
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
