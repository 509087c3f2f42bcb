"""A parcel: one signed zip file that travels between sites; `data/manifest.schema.json` describes it.

It holds `manifest.json` with its signature and key, and Parquet files that any tool reads. Nothing in it is believed before
its names, its signature, its form and every file's digest have been checked.
"""

import json
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from dedupelab import tables
from dedupelab.errors import PackError, TableError
from dedupelab.pack.signing import Signed, check, own_key, public_key, sign
from dedupelab.tables.keys import digest_of
from dedupelab.tables.whole_file import whole_file

SCHEMA = "dedupelab/parcel/1"
FACTS, SIGNATURE, PUBLIC = "manifest.json", "manifest.json.minisig", "minisign.pub"
LARGEST_FACTS = 16 << 20
MOST_ROWS = 20_000_000
EPOCH = (1980, 1, 1, 0, 0, 0)
_PACKAGED = Path(__file__).parents[1] / "_data"
_CHECKOUT = Path(__file__).parents[2] / "data"
_Read = TypeVar("_Read")


@dataclass(frozen=True)
class Parcel:
    """A parcel that was checked and laid out in a folder."""

    name: str
    facts: Mapping[str, Any]
    signed: Signed
    folder: Path

    @property
    def site(self) -> str:
        """The sender's name for itself."""
        return str(self.facts["site"])

    def table(self, table: tables.Table, names: Sequence[str] = ()) -> pd.DataFrame:
        """Read one of its tables, or some of its columns; an absent one is empty.

        Raises
        ------
        PackError
            If it has other columns than declared, or another number of rows than said.
        """
        if not self.holds(table):
            return table.empty()[list(names) or table.names]
        frame = self._as_written(table, lambda path: tables.read(table, path, names))
        self._counted(table, len(frame))
        return frame

    def blocks(self, table: tables.Table) -> Iterator[pd.DataFrame]:
        """Read one of its tables block by block; raises PackError like `table`."""
        rows = 0
        found = iter(()) if not self.holds(table) else tables.read_blocks(table, self.folder / table.file)
        while (block := self._as_written(table, lambda _: next(found, None))) is not None:
            rows += len(block)
            yield block
        self._counted(table, rows)

    def holds(self, table: tables.Table) -> bool:
        """Whether the table was sent."""
        return table.file in self.facts["files"]

    def rows(self, table: tables.Table) -> int:
        """How many rows of a table it says to hold."""
        return int(self.facts["files"].get(table.file, {"rows": 0})["rows"])

    def _as_written(self, table: tables.Table, reader: Callable[[Path], _Read]) -> _Read:
        try:
            return reader(self.folder / table.file)
        except TableError as problem:
            raise PackError(
                f"{self.name}: expected {table.file} as this version writes it, got: {problem}; export again with this version"
            ) from problem

    def _counted(self, table: tables.Table, rows: int) -> None:
        if rows != self.rows(table):
            raise PackError(
                f"{self.name}: expected {self.rows(table):,} rows in {table.file}, got {rows:,}; ask the sender"
            )


def write_parcel(
    path: Path,
    facts: Mapping[str, object],
    frames: Mapping[tables.Table, pd.DataFrame | Iterable[pd.DataFrame]],
    moment: datetime,
) -> Path:
    """Write a signed parcel; equal facts, frames, times and keys give equal bytes.

    A table may come in blocks in its order, of which one is held at a time.

    Raises
    ------
    OutputError
        If it cannot be written; nothing half-written stays.
    TableError
        If a frame does not fit its table.
    """
    with (
        whole_file(path, parents=True) as partial,
        tempfile.TemporaryDirectory(prefix="dedupelab-parcel-", dir=path.parent) as name,
    ):
        files = {}
        for table, frame in frames.items():
            file = Path(name) / table.file
            if isinstance(frame, pd.DataFrame):
                rows = len(tables.write(table, frame, file))
            else:
                rows = tables.write_blocks(table, frame, file)
            files[file.name] = {"sha256": digest_of(file), "bytes": file.stat().st_size, "rows": rows}
        said = {
            "schema": SCHEMA,
            **facts,
            "created": moment.isoformat(timespec="seconds"),
            "files": files,
        }
        _conform(said, path.name)
        text = (json.dumps(said, indent=1, ensure_ascii=False) + "\n").encode()
        key = own_key()
        kind = f"dedupelab {facts['kind']}"
        small = {FACTS: text, SIGNATURE: sign(key, text, kind, moment), PUBLIC: public_key(key)}
        with zipfile.ZipFile(partial, "w") as archive:
            for member, content in small.items():
                archive.writestr(zipfile.ZipInfo(member, EPOCH), content)
            for file_name in sorted(files):  # Parquet is compressed already
                with (
                    (Path(name) / file_name).open("rb") as source,
                    archive.open(zipfile.ZipInfo(file_name, EPOCH), "w", force_zip64=True) as target,
                ):
                    shutil.copyfileobj(source, target, 1 << 20)
    return path


def open_parcel(path: Path, folder: Path, *, now: datetime | None = None) -> Parcel:
    """Check a parcel and lay it out in a folder.

    Raises
    ------
    PackError
        If it is not a parcel, was altered or cut short, comes from the future, holds a member twice, one that is not
        declared or one that points elsewhere, or is larger than it says or than is sensible.
    """
    name = path.name
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info.filename for info in archive.infolist()]
            twice = (
                next((m for m in members if members.count(m) > 1), "") if len(members) < 100 else "members"
            )
            if twice:
                raise PackError(
                    f"{name}: expected each member once, got {twice!r} more often; ask the sender"
                )
            small = {m: _small(archive, m, name) for m in (FACTS, SIGNATURE, PUBLIC)}
            try:
                signed = check(small[FACTS], small[SIGNATURE], small[PUBLIC])
            except PackError as problem:
                raise PackError(f"{name}: altered: {FACTS}; {problem}") from problem
            facts = _facts(small[FACTS], name, now or datetime.now(UTC))
            stray = sorted(set(members) - {*small, *facts["files"]})
            absent = sorted(set(facts["files"]) - set(members))
            if stray or absent:
                what = f"also {stray[0]!r}" if stray else f"no {absent[0]!r}"
                raise PackError(f"{name}: expected the files that {FACTS} names, got {what}; ask the sender")
            folder.mkdir(parents=True, exist_ok=True)
            for file, said in facts["files"].items():
                _lay_out(archive, file, said, folder / file, name)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as problem:
        raise PackError(
            f"{name}: expected a parcel, got a file that is damaged or cut short: {problem}; ask for it again"
        ) from problem
    except OSError as problem:
        raise PackError(f"expected a parcel at {path}, got: {problem}; check the path") from problem
    return Parcel(name, facts, signed, folder)


def _small(archive: zipfile.ZipFile, member: str, name: str) -> bytes:
    try:
        info = archive.getinfo(member)
    except KeyError as problem:
        raise PackError(f"{name}: expected a parcel with {member}, got none; ask the sender") from problem
    if info.file_size > LARGEST_FACTS:
        raise PackError(
            f"{name}: expected {member} below 16 MB, got {info.file_size:,} bytes; ask the sender"
        )
    with archive.open(member) as file:
        return file.read(LARGEST_FACTS)


def _facts(text: bytes, name: str, now: datetime) -> dict[str, Any]:
    try:
        facts = json.loads(text)
    except ValueError as problem:
        raise PackError(f"{name}: expected JSON in {FACTS}, got: {problem}; ask the sender") from problem
    schema = facts.get("schema") if isinstance(facts, dict) else None
    if schema != SCHEMA:
        newer = isinstance(schema, str) and schema.startswith("dedupelab/parcel/")
        remedy = "install the newer dedupelab" if newer else "ask the sender what it is"
        raise PackError(f"{name}: expected {SCHEMA}, got {schema!r}; {remedy}")
    _conform(facts, name)
    created = datetime.fromisoformat(facts["created"])
    if (created if created.tzinfo else created.replace(tzinfo=UTC)) > now + timedelta(days=1):
        raise PackError(
            f"{name}: expected a parcel of the past, got one of {created}; set the sender's clock"
        )
    for file, said in facts["files"].items():
        if not file.removesuffix(".parquet").isidentifier() or not file.endswith(".parquet"):
            raise PackError(f"{name}: expected Parquet files side by side, got {file!r}; ask the sender")
        if said["rows"] > MOST_ROWS:
            raise PackError(
                f"{name}: expected at most {MOST_ROWS:,} rows, got {said['rows']:,} in {file}; split the study"
            )
    return dict(facts)


def _conform(facts: Mapping[str, Any], name: str) -> None:
    from fastjsonschema import JsonSchemaException  # noqa: PLC0415  only where a parcel is read or written

    try:
        _validator()(facts)
        datetime.fromisoformat(str(facts["created"]))
    except JsonSchemaException as problem:
        raise PackError(f"{name}: {str(problem)[:200]}; see manifest.schema.json") from problem
    except ValueError as problem:
        raise PackError(f"{name}: created: {problem}; ask the sender") from problem


@cache
def _validator() -> Callable[[object], object]:
    """Return what checks facts against the schema; fastjsonschema because jsonschema takes seconds to import."""
    import fastjsonschema  # noqa: PLC0415  as above

    folder = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
    check: Callable[[object], object] = fastjsonschema.compile(
        json.loads((folder / "manifest.schema.json").read_text("utf-8"))
    )
    return check


def _lay_out(archive: zipfile.ZipFile, member: str, said: Mapping[str, Any], target: Path, name: str) -> None:
    """Unpack one file, no more of it than was declared, and check its digest."""
    left = int(said["bytes"])
    with archive.open(member) as source, target.open("wb") as file:
        while chunk := source.read(min(1 << 20, left + 1)):
            left -= len(chunk)
            if left < 0:
                raise PackError(f"{name}: altered: {member} is longer than {FACTS} says; ask the sender")
            file.write(chunk)
    if left or digest_of(target) != said["sha256"]:
        raise PackError(f"{name}: altered: {member}; expected it as it was signed; ask for it again")
