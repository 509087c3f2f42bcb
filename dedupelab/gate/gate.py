"""A study's gate: an upload is read as a scan reads it, looked up in an index on disk, and compared with what is near.

The index is made of the images table, so a study that was scanned or merged has a gate; collections are not listed again.
"""

import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, Self

import pandas as pd

from dedupelab import tables
from dedupelab.collect.batch import Job, read_batch
from dedupelab.collect.listing import Entry, address, list_files
from dedupelab.collect.metadata.backends import choose_reading
from dedupelab.collect.record import Row
from dedupelab.collect.watched_readers import Readers
from dedupelab.errors import CollectionError, ConfigError
from dedupelab.gate.answer import RIGHTS, Answer, Copy, answered
from dedupelab.gate.comparison import UPLOAD, compare, rows
from dedupelab.match.search.gate_index import FACTS, GateIndex, open_index, queries, write_index
from dedupelab.study.pictures import digest_at
from dedupelab.study.study import Study
from dedupelab.tables.contents import DIGESTS
from dedupelab.tables.keys import key_for
from dedupelab.work.batches import run_batches
from dedupelab.work.progress import Bars, Progress, silent

FORMAT = 2
"""Of the index on disk: another number makes it anew."""
BATCH = 8


class Gate:
    """A study's gate, open: one that is kept answers many uploads, and keeps the processes that read them.

    Close it when it is no longer needed, or use it in a `with`.

    Parameters
    ----------
    study
        A study that was scanned.
    max_distance
        Bits in which an upload's fingerprint may differ from a held one; the study's own when None.

    Raises
    ------
    CollectionError
        If the study holds no picture yet.
    ConfigError
        If `max_distance` is out of bounds.
    OutputError
        If the index has to be written and cannot be.
    """

    def __init__(self, study: Study, max_distance: int | None = None) -> None:
        self.radius = study.config.match.max_distance if max_distance is None else max_distance
        if not 0 <= self.radius <= 64:
            raise ConfigError(
                f"max_distance must be within 0..64, got {self.radius}; choose a number of differing bits"
            )
        settings = study.config.scan
        self.index = index_of(study)
        self._holders: dict[str, str] = {c.name: c.holder or c.name for c in study.config.collection}
        self._locations = {name: study.location(name) for name in self._holders}
        self._policy, self._pixels = settings.decode, settings.pixels
        self._reading = choose_reading(settings.metadata, settings.trust_anchors, study.folder)
        # Processes are started as uploads come, one per worker at most, and stay for the next ones.
        self._readers = Readers(study.config.workers, settings.seconds, settings.memory)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes that read uploads."""
        self._readers.shutdown(wait=True, cancel_futures=True)

    def screen(self, uploads: Iterable[str | Path], progress: Progress | None = None) -> list[Answer]:
        """Answer for files, and for every picture in folders, in order.

        Raises
        ------
        CollectionError
            If a file is not there, or a folder holds no picture or cannot be listed.
        """
        entries = [entry for upload in uploads for entry in _entries(str(upload))]
        jobs = [Job(UPLOAD, tuple(entries[i : i + BATCH])) for i in range(0, len(entries), BATCH)]
        read = partial(read_batch, policy=self._policy, reading=self._reading, pixels=self._pixels)
        answers: list[Answer] = []
        for job, found in zip(jobs, run_batches(read, jobs, self._readers), strict=True):
            for entry, row in zip(job.entries, found, strict=True):
                answers.append(self.answer(row, entry.native))
                if progress:
                    progress(len(answers), len(entries))
        return answers

    def answer(self, row: Row, native: str) -> Answer:
        """Answer for one upload: its row as a scan reads it, and where its bytes lie."""
        if row["status"] != "hashed":
            return Answer(native, "unreadable", str(row["problem"]), (), 0.0)
        began = time.perf_counter()
        prints = queries(row)
        near = self.index.near(prints, self.radius).row.tolist()
        if not len(prints) and (digest := digest_at(native)):
            row = row | {"pixel_sha256": digest}
        equal = [
            number for kind in DIGESTS if row.get(kind) for number in self.index.same(kind, str(row[kind]))
        ]
        numbers = dict.fromkeys([*equal, *near])
        spent = round(1000 * (time.perf_counter() - began), 3)
        copies = self._copies(row, native, list(numbers)) if numbers else []
        return answered(native, copies, spent, blank=not len(prints))

    def _copies(self, row: Row, native: str, numbers: list[int]) -> list[Copy]:
        facts = {fact["image_id"]: fact for fact in map(self.index.fact, numbers)}
        addresses = {UPLOAD: native} | {
            name: address(self._locations[fact["collection"]], fact["path"])
            for name, fact in facts.items()
            if fact["collection"] in self._locations
        }
        upload = {name: row.get(name) for name in FACTS}
        found = compare(rows(upload, list(facts.values())), addresses, self.radius)
        return [self._copy(facts[str(name)], each) for name, each in found.iterrows()]

    def _copy(self, fact: Row, each: "pd.Series[Any]") -> Copy:
        rights = {name: fact[name] for name in RIGHTS if fact[name]}
        return Copy(
            relation=each["relation"],
            verified=bool(each["verified"]),
            reason=each["reason"],
            score=round(float(each["score"]), 4),
            distance=int(each["distance"]),
            transform=each["transform"],
            holder=self._holders.get(fact["collection"]) or str(fact["collection"]),
            collection=fact["collection"],
            path=fact["path"],
            image_id=fact["image_id"],
            credit=next(iter(rights.values()), ""),
            rights=rights,
        )


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


def index_of(study: Study) -> GateIndex:
    """Open the index of a study's images; write it first where there is none yet or the images are others."""
    path = study.store.path(tables.IMAGES)
    if not path.exists():
        raise CollectionError(
            f"expected a study that was scanned, got no images in {study.folder}; run: dedupelab scan {study.folder}"
        )
    state = path.stat()
    key = key_for(FORMAT, tables.key_of(path), state.st_size, state.st_mtime_ns)[:32]
    folder = study.store.root / "gate"
    if (index := open_index(folder, key)) is not None:
        return index
    write_index(study.images(), folder, key)
    index = open_index(folder, key)
    if index is None:
        raise CollectionError(
            f"expected an index in {folder}, got one that cannot be read; delete it and try again"
        )
    return index


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
