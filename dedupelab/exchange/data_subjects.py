"""What a study holds about a person, and its end: a report for whoever asks, and the purge at the retention date."""

import json
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from dedupelab import tables
from dedupelab.errors import ConfigError, OutputError
from dedupelab.registers.register_fields import KINDS
from dedupelab.review.labels import LabelStore
from dedupelab.review.review import LABELS
from dedupelab.settings.study_toml import FILE
from dedupelab.study.study import Study

EXCERPT = 40
RECORD = "purged.json"


@dataclass(frozen=True)
class Mention:
    """One place where a text occurs."""

    table: str
    row: str
    column: str
    excerpt: str


@dataclass(frozen=True)
class Purged:
    """What a purge took away."""

    retention: str
    files: int
    bytes: int
    folders: list[str]


def find_subject(study: Study, texts: Sequence[str]) -> list[Mention]:
    """Return every place in the study's tables, registers, labels, settings and results where one of the texts occurs, whatever its case and width.

    Raises
    ------
    ConfigError
        If a text is empty.
    """
    wanted = [_plain(text) for text in texts]
    if not wanted or not all(wanted):
        raise ConfigError(
            "expected texts to look for, got an empty one; give a name, an address or a part of a path"
        )
    found = [
        Mention(table.name, row, column, _excerpt(value, text))
        for table in (*tables.ALL,)
        for row, column, value in _texts(table, study.store.read(table))
        for text in wanted
        if text in _plain(value)
    ]
    for name, row, column, value in _written(study):
        found += [
            Mention(name, row, column, _excerpt(value, text)) for text in wanted if text in _plain(value)
        ]
    for path in (study.folder / FILE, study.results_path):
        if path.exists():
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                found += [
                    Mention(path.name, f"line {number}", "", _excerpt(line, text))
                    for text in wanted
                    if text in _plain(line)
                ]
    return found


def purge(
    study: Study, *, runs: Path | None = None, early: bool = False, now: datetime | None = None
) -> Purged:
    """Delete what the study derived from pictures, and its runs; pictures and study.toml stay.

    Parameters
    ----------
    study
        The study; `[privacy] retention` says until when it is kept.
    runs
        Folder of runs (as `--out` of a report): those of this study are deleted, too.
    early
        Purge before the retention date, or without one.

    Raises
    ------
    ConfigError
        If the retention date has not passed, or there is none.
    OutputError
        If something cannot be deleted.
    """
    moment = now or datetime.now(UTC)
    until = study.config.privacy.retention
    if not early and not until:
        raise ConfigError(f"expected [privacy] retention in {FILE}, got none; set it, or purge with --early")
    if not early and date.fromisoformat(until) >= moment.date():
        raise ConfigError(f"expected a day after {until}, got {moment.date()}; wait, or purge with --early")
    folders = [study.store.root, study.folder / "questions"]
    if runs is not None:
        folders.append(runs / study.name)
    files = size = 0
    gone = []
    try:
        with study.store.lock():
            for folder in folders:
                if not folder.is_dir():
                    continue
                inside = [p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()]
                files += len(inside)
                size += sum(p.stat().st_size for p in inside)
                gone.append(folder.name if folder != study.store.root else "tables")
                shutil.rmtree(folder)
        purged = Purged(until, files, size, gone)
        record = {"time": moment.isoformat(timespec="seconds"), **asdict(purged)}
        (study.folder / RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    except OSError as problem:
        if isinstance(problem, OutputError):
            raise
        raise OutputError(
            f"expected to delete the study's tables, got: {problem}; close what uses them"
        ) from problem
    return purged


def _texts(table: tables.Table, frame: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    """Yield row, column and value of every text in a frame."""
    keys: list[object] = (
        list(frame[list(table.order)].astype(str).agg(" / ".join, axis=1)) if len(frame) else []
    )
    for name in table.names:
        for key, value in zip(keys, frame[name], strict=True):
            if isinstance(value, str):
                yield str(key), name, value


def _written(study: Study) -> Iterator[tuple[str, str, str, str]]:
    """Yield table, row, column and value of every text that people wrote into registers and labels, withdrawn ones included."""
    written = {f"register {kind}": study.registers.history(kind) for kind in KINDS}
    written["labels"] = LabelStore(study.store.root / LABELS).rows()
    for name, rows in written.items():
        for row in rows.to_dict("records"):
            for column, value in row.items():
                if isinstance(value, str):
                    yield name, str(row["number"]), str(column), value


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _excerpt(value: str, text: str) -> str:
    start = max(_plain(value).find(text) - EXCERPT, 0)
    return value[start : start + len(text) + 2 * EXCERPT].strip()
