"""A table as a file: its columns, the check that a frame has them, and Parquet written whole or not at all.

A frame is checked against its declaration when it is written and has exactly the declared columns, types and row order
when it is read, so that equal content gives equal bytes.
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from dedupelab.errors import TableError
from dedupelab.tables.whole_file import whole_file

KEY = b"dedupelab.key"
BLOCK = 1 << 16
"""Rows of a block: a hundred megabytes of the widest table."""


@dataclass(frozen=True)
class Column:
    """One column: its Arrow type, what it means and, where it is a quantity, its unit."""

    name: str
    type: pa.DataType
    meaning: str
    unit: str = ""
    nullable: bool = False
    later: bool = False
    """Whether tables of earlier versions lack it: there it is read as empty."""


def text(name: str, meaning: str, *, nullable: bool = True, later: bool = False) -> Column:
    """Return a column of text."""
    return Column(name, pa.string(), meaning, nullable=nullable, later=later)


def count(name: str, meaning: str, unit: str, *, nullable: bool = False) -> Column:
    """Return a column of whole numbers."""
    return Column(name, pa.int64(), meaning, unit, nullable)


def real(name: str, meaning: str, unit: str = "", *, nullable: bool = False) -> Column:
    """Return a column of numbers."""
    return Column(name, pa.float64(), meaning, unit, nullable)


def flag(name: str, meaning: str, *, nullable: bool = False) -> Column:
    """Return a column of truth values."""
    return Column(name, pa.bool_(), meaning, nullable=nullable)


def moment(name: str, meaning: str, *, nullable: bool = False) -> Column:
    """Return a column of times, in UTC."""
    return Column(name, pa.timestamp("us", tz="UTC"), meaning, nullable=nullable)


@dataclass(frozen=True)
class Table:
    """One stage's table: its columns and the columns that order its rows."""

    name: str
    columns: tuple[Column, ...]
    order: tuple[str, ...]

    @property
    def file(self) -> str:
        """Name of the file that holds it, wherever that lies."""
        return f"{self.name}.parquet"

    @cached_property
    def names(self) -> list[str]:
        """Column names in declared order."""
        return [column.name for column in self.columns]

    @cached_property
    def schema(self) -> pa.Schema:
        """The Arrow schema; each field carries its meaning and unit."""
        return pa.schema(
            pa.field(c.name, c.type, c.nullable, metadata={"meaning": c.meaning, "unit": c.unit})
            for c in self.columns
        )

    @cached_property
    def schemas(self) -> tuple[pa.Schema, ...]:
        """The schema, and the one of earlier versions."""
        later = {column.name for column in self.columns if column.later}
        earlier = pa.schema([field for field in self.schema if field.name not in later])
        return (self.schema, earlier) if later else (self.schema,)

    def conform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame with declared columns, types and row order.

        Raises
        ------
        TableError
            If a column is missing, unknown, of another type, or empty where it must not be.
        """
        return _to_pandas(self.to_arrow(frame), self)

    def to_arrow(self, frame: pd.DataFrame) -> pa.Table:
        """Return the frame as an Arrow table in declared form; raises TableError like `conform`."""
        absent = [column for column in self.columns if column.name not in frame.columns]
        missing = [column.name for column in absent if not column.later]
        unknown = [str(name) for name in frame.columns if name not in self.names]
        if missing or unknown:
            raise TableError(
                f"table {self.name}: expected the declared columns, got "
                + "; ".join(
                    f"{len(n)} {what} ({', '.join(n)})"
                    for what, n in (("missing", missing), ("unknown", unknown))
                    if n
                )
                + "; see dedupelab.tables"
            )
        frame = frame.assign(**{column.name: None for column in absent})
        for column in self.columns:
            empty = 0 if column.nullable else int(frame[column.name].isna().sum())
            if empty:
                raise TableError(
                    f"table {self.name}: expected a value in every row of {column.name}, got {empty} empty; fill it in"
                )
        try:
            ordered = (
                frame[self.names].sort_values(list(self.order), kind="stable")
                if len(frame)
                else frame[self.names]
            )
            table = pa.Table.from_pandas(ordered, schema=self.schema, preserve_index=False)
        except (pa.ArrowException, ValueError, TypeError, OverflowError) as problem:
            raise self._mistyped(problem) from problem
        return table.replace_schema_metadata(None)

    def empty(self) -> pd.DataFrame:
        """Return a frame without rows."""
        return _to_pandas(self.schema.empty_table(), self)

    def from_rows(self, rows: Iterable[Mapping[Any, object]]) -> pd.DataFrame:
        """Return a conformed frame from one dictionary per row; absent nullable columns are empty.

        Raises
        ------
        TableError
            Like `conform`.
        """
        listed = [dict(row) for row in rows]
        unknown = sorted({str(name) for row in listed for name in row} - set(self.names))
        if unknown:
            raise TableError(
                f"table {self.name}: expected the declared columns, got {', '.join(unknown)}; see dedupelab.tables"
            )
        try:
            table = pa.Table.from_pylist(listed, schema=self.schema)
        except (pa.ArrowException, ValueError, TypeError, OverflowError) as problem:
            raise self._mistyped(problem) from problem
        return self.conform(_to_pandas(table, self)) if len(table) else self.empty()

    def _mistyped(self, problem: Exception) -> TableError:
        reason = " ".join(str(problem).split())
        return TableError(
            f"table {self.name}: expected the declared types, got: {reason}; see dedupelab.tables"
        )


def write(table: Table, frame: pd.DataFrame, path: Path, key: str = "") -> pd.DataFrame:
    """Write a frame atomically as Parquet, remember `key` (what it was made from) in it, return it conformed.

    Raises
    ------
    TableError
        If the frame does not fit the declaration.
    OutputError
        If the file cannot be written; nothing half-written stays.
    """
    arrow = table.to_arrow(frame)
    with whole_file(path, parents=True) as partial:
        pq.write_table(arrow.replace_schema_metadata({KEY: key}), partial, compression="zstd")
    return _to_pandas(arrow, table)


def write_blocks(table: Table, blocks: Iterable[pd.DataFrame], path: Path, key: str = "") -> int:
    """Write a frame that comes in blocks, in the table's order, each no longer than a row group; return how many rows.

    The file is the same as `write` leaves for the whole frame, and only one block is held.

    Raises
    ------
    TableError, OutputError
        Like `write`.
    """
    rows = 0
    schema = table.schema.remove_metadata().with_metadata({KEY: key})
    with (
        whole_file(path, parents=True) as partial,
        pq.ParquetWriter(partial, schema, compression="zstd") as writer,
    ):
        for block in blocks:
            writer.write_table(table.to_arrow(block).replace_schema_metadata({KEY: key}))
            rows += len(block)
        if not rows:
            writer.write_table(table.schema.empty_table().replace_schema_metadata({KEY: key}))
    return rows


def read(table: Table, path: Path, names: Sequence[str] = ()) -> pd.DataFrame:
    """Read a table written by `write`, or only some of its columns.

    Raises
    ------
    TableError
        If the file is not Parquet or has other columns than declared.
    """
    with _opened(table, path) as file:
        held = set(file.schema_arrow.names)
        return _to_pandas(file.read([name for name in names if name in held] or None), table, names)


def read_blocks(table: Table, path: Path, rows: int = BLOCK) -> Iterator[pd.DataFrame]:
    """Read a table written by `write` block by block, in order, holding one of them.

    Raises
    ------
    TableError
        Like `read`.
    """
    with _opened(table, path) as file:
        for batch in file.iter_batches(rows):
            yield _to_pandas(pa.Table.from_batches([batch]), table)


_REMEDY: Final = (
    "a study makes it anew once it is deleted; a run keeps it, for the version that run.json names"
)


@contextlib.contextmanager
def _opened(table: Table, path: Path) -> Iterator[pq.ParquetFile]:
    try:
        with pq.ParquetFile(path) as file:
            if not any(file.schema_arrow.equals(known, check_metadata=False) for known in table.schemas):
                raise TableError(
                    f"{path}: expected the columns that this version gives {table.name}, got others; {_REMEDY}"
                )
            yield file
    except (OSError, pa.ArrowException) as problem:
        raise TableError(f"expected a Parquet table at {path}, got {problem}; {_REMEDY}") from problem


def key_of(path: Path) -> str:
    """Return the key a table was written with, or an empty string when there is no readable table."""
    try:
        metadata = pq.read_schema(path).metadata or {}
    except (OSError, pa.ArrowException):
        return ""
    return str(metadata.get(KEY, b"").decode())


def packed(table: Table, rows: Iterable[Mapping[Any, object]]) -> pa.Buffer:
    """Return rows as `Table.from_rows` takes them in little memory, for `unpacked`.

    Raises
    ------
    TableError
        Like `Table.from_rows`.
    """
    kept = pa.BufferOutputStream()
    with pa.ipc.new_stream(kept, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table.to_arrow(table.from_rows(rows)).cast(table.schema))
    return kept.getvalue()


def unpacked(table: Table, parts: Sequence[pa.Buffer]) -> pd.DataFrame:
    """Return the frame of rows that were packed, in the table's order."""
    if not parts:
        return table.empty()
    # One column after the other, each in one piece: taking rows of several pieces would join them again each time.
    whole = {}
    for place, column in enumerate(table.columns):
        only = pa.ipc.IpcReadOptions(included_fields=[place])
        pieces = pa.concat_tables(pa.ipc.open_stream(part, options=only).read_all() for part in parts)
        whole[column.name] = _to_pandas(pieces.combine_chunks(), table, [column.name])[column.name]
    frame = pd.DataFrame(whole, copy=False)
    # Sorting copies all of it, and rows come in order but for those that waited.
    if pd.MultiIndex.from_frame(frame[list(table.order)]).is_monotonic_increasing:
        return frame
    return frame.sort_values(list(table.order), kind="stable", ignore_index=True)


def _to_pandas(arrow: pa.Table, table: Table, names: Sequence[str] = ()) -> pd.DataFrame:
    """Nullable integers and booleans keep their type (never floats); the rest becomes plain numpy or str.

    Columns that an earlier version did not write are empty.
    """
    for place, column in enumerate(table.columns):
        if column.later and column.name not in arrow.column_names and (not names or column.name in names):
            empty = pa.array([None] * len(arrow), column.type)
            arrow = arrow.add_column(min(place, arrow.num_columns), column.name, empty)
    nullable = {pa.uint64(): pd.UInt64Dtype(), pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    frame = arrow.to_pandas()
    for column in table.columns:
        if column.name in frame and column.nullable and column.type in nullable:
            frame[column.name] = arrow[column.name].to_pandas(types_mapper=nullable.get)
    return frame
