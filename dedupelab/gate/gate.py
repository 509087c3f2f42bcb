"""A study's gate: uploads are answered in watched processes (`lookup`), from an index on disk that is made of the images table.

A study that was scanned or merged has a gate; collections are not listed again.
"""

import threading
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol, Self

from dedupelab import tables
from dedupelab.collect.batch import Job
from dedupelab.collect.listing import Entry, list_files
from dedupelab.collect.metadata.backends import choose_reading
from dedupelab.collect.record import Row, Started
from dedupelab.collect.watched_reader import Reader
from dedupelab.collect.watched_readers import Readers
from dedupelab.errors import CollectionError, ConfigError, to_type
from dedupelab.gate.answer import Answer
from dedupelab.gate.comparison import UPLOAD
from dedupelab.gate.lookup import ANSWER, Lookup, StaleIndexError
from dedupelab.match.search.gate_index import GateIndex, index_folder, open_index, write_index
from dedupelab.study.study import Study
from dedupelab.tables.keys import key_for
from dedupelab.work.batches import run_batches
from dedupelab.work.progress import Bars, Progress, silent

FORMAT = 3
"""Of the index on disk: another number makes it anew."""
BATCH = 8
TRIES = 3
"""Times that an index is written at most: another process may be taking it for an old one and away."""
WRITING = 24 * 3600.0
"""Seconds in which an index must have been written."""
WRITING_MEMORY = 1 << 20
"""Megabytes that this may take: as much as there is."""


class Limits(Protocol):
    """What one upload may take: the sections `scan` and `serve` of a study's settings are such."""

    @property
    def seconds(self) -> float:
        """Longest that reading it, and comparing it, may take."""

    @property
    def memory(self) -> int:
        """Megabytes that the process may allocate (Linux)."""

    @property
    def pixels(self) -> int:
        """Most pixels of a picture."""


class Gate:
    """A study's gate, open: one that is kept answers many uploads, and keeps the processes that read them.

    Close it when it is no longer needed, or use it in a `with`.

    Parameters
    ----------
    study
        A study that was scanned.
    max_distance
        Bits in which an upload's fingerprint may differ from a held one; the study's own when None.
    limits
        What one upload may take; as in a scan when None.

    Raises
    ------
    CollectionError
        If the study holds no picture yet.
    ConfigError
        If `max_distance` is out of bounds.
    OutputError
        If the index has to be written and cannot be.
    """

    def __init__(self, study: Study, max_distance: int | None = None, limits: Limits | None = None) -> None:
        radius = study.config.match.max_distance if max_distance is None else max_distance
        if not 0 <= radius <= 64:
            raise ConfigError(
                f"max_distance must be within 0..64, got {radius}; choose a number of differing bits"
            )
        settings = study.config.scan
        limits = limits or settings
        self.index = index_of(study)
        self._study, self._renewing = study, threading.Lock()
        names = [c.name for c in study.config.collection]
        self._lookup = Lookup(
            index=self.index.folder,
            radius=radius,
            holders=study.config.holders,
            locations={name: study.location(name) for name in names},
            policy=settings.decode,
            reading=choose_reading(settings.metadata, settings.trust_anchors, study.folder),
            pixels=min(limits.pixels, settings.pixels),
        )
        # Processes are started as uploads come, one per worker at most, and stay for the next ones.
        self._readers = Readers(study.config.workers, limits.seconds, limits.memory)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes that read uploads."""
        self._readers.shutdown(wait=True, cancel_futures=True)

    def warm(self) -> None:
        """Start all processes and open the index in them, so that the first uploads need not wait for it."""
        nothing = [Job(UPLOAD, ())] * self._study.config.workers
        for started in [self._readers.submit(self._lookup, job) for job in nothing]:
            started.result()

    def renew(self) -> bool:
        """Take the index of the images as they are now, if these are others; return whether it was so.

        It is written in a process of its own: what that takes does not stay here, and uploads are answered meanwhile.
        """
        with self._renewing:
            now = index_folder(self._study.store.root / "gate", index_key(self._study))
            if self.index.folder == now and now.exists():
                return False
            self.index = index_of(self._study, apart=True)
            self._lookup = replace(self._lookup, index=self.index.folder)
            return True

    def screen(self, uploads: Iterable[str | Path], progress: Progress | None = None) -> list[Answer]:
        """Answer for files, and for every picture in folders, in order.

        Raises
        ------
        CollectionError
            If a file is not there, or a folder holds no picture or cannot be listed.
        """
        entries = [entry for upload in uploads for entry in _entries(str(upload))]
        asked = self._lookup
        try:
            return self._answers(asked, entries, progress)
        except StaleIndexError:
            self.renew()
            if self._lookup is asked:
                raise
            return self._answers(self._lookup, entries, progress)

    def _answers(self, lookup: Lookup, entries: list[Entry], progress: Progress | None) -> list[Answer]:
        jobs = [Job(UPLOAD, tuple(entries[i : i + BATCH])) for i in range(0, len(entries), BATCH)]
        answers: list[Answer] = []
        for job, found in zip(jobs, run_batches(lookup, jobs, self._readers), strict=True):
            for entry, row in zip(job.entries, found, strict=True):
                answers.append(row.get(ANSWER) or self._uncompared(lookup, entry))
                if progress:
                    progress(len(answers), len(entries))
        return answers

    def _uncompared(self, lookup: Lookup, entry: Entry) -> Answer:
        """Answer for a file at which a process failed: once more without opening held pictures, which may be at fault."""
        cautious = replace(lookup, opening=False)
        (row,) = self._readers.submit(cautious, Job(UPLOAD, (entry,))).result()
        return row.get(ANSWER) or Answer(entry.native, "unreadable", str(row["problem"]), (), 0.0)


def screen(
    study: Study, uploads: Iterable[str | Path], *, max_distance: int | None = None, bars: Bars = silent
) -> list[Answer]:
    """Say of each upload (a file, or every picture in a folder) whether it is held, by whom, and under which credit.

    Nothing is scanned: what the last scan or merge found is what is held.

    Raises
    ------
    CollectionError
        If an upload is not there, or the study holds no picture yet.
    """
    with Gate(study, max_distance) as gate:
        return gate.screen(uploads, bars("screening"))


def index_key(study: Study) -> str:
    """Return what a study's index is made from: the images table and the local descriptors as they lie there now.

    Raises
    ------
    CollectionError
        If the study was not scanned.
    """
    path = study.store.path(tables.IMAGES)
    try:
        state = path.stat()
        described = study.store.path(tables.DESCRIPTORS)
        more = described.stat() if described.exists() else None
        return key_for(
            FORMAT,
            tables.key_of(path),
            *(state.st_size, state.st_mtime_ns),
            *((more.st_size, more.st_mtime_ns) if more else ()),
        )[:32]
    except FileNotFoundError as problem:
        raise CollectionError(
            f"expected a study that was scanned, got no images in {study.folder}; run: {to_type('scan', study.folder)}"
        ) from problem


def index_of(study: Study, *, apart: bool = False) -> GateIndex:
    """Open the index of a study's images; write it first where there is none or the images are others.

    Parameters
    ----------
    apart
        Whether it is written in a process of its own.

    Raises
    ------
    CollectionError
        If the study was not scanned, or the index cannot be read.
    OutputError
        If the index cannot be written.
    """
    folder = study.store.root / "gate"
    for tried in range(TRIES + 1):
        key = index_key(study)
        if (index := open_index(folder, key)) is not None:
            return index
        if tried == TRIES:
            break
        if apart:
            writer = Reader(WRITING, WRITING_MEMORY)
            try:
                writer.read(partial(_write, str(study.folder), key), Job(UPLOAD, ()), threading.Event())
            finally:
                writer.stop()
        else:
            _write(str(study.folder), key)
    raise CollectionError(
        f"expected an index in {folder}, got one that cannot be read; delete it and try again"
    )


def _write(folder: str, key: str, job: Job | None = None, started: Started | None = None) -> list[Row]:  # noqa: ARG001  as a watched process asks
    study = Study(folder)
    write_index(study.images(), study.store.root / "gate", key, study.store.path(tables.DESCRIPTORS))
    return []


def _entries(upload: str) -> list[Entry]:
    """Return the files an upload stands for: itself, or the pictures of a folder."""
    if "://" in upload:
        return [Entry(upload, upload, 0, None)]
    path = Path(upload)
    if path.is_dir():
        return [entry for entry in list_files(upload) if entry.skipped is None]
    if not path.exists():
        raise CollectionError(f"expected a file or a folder, got nothing at {path}; check the path")
    return [Entry(path.name, str(path), 0, None)]
