"""A study's first stage: collections and their catalogues to the images table, and what every stage works with."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pandas as pd

from dedupelab import tables
from dedupelab.collect.listing import Entry, list_files
from dedupelab.collect.metadata.backends import choose_reading
from dedupelab.collect.reading.codes import code_versions
from dedupelab.collect.scan import forget_saved, scan, tolerate, unread
from dedupelab.collect.watched_readers import Watched, readers
from dedupelab.study.catalogues import FOLDER as CATALOGUES
from dedupelab.study.catalogues import Named, is_joined, join, joined_key, open_catalogues
from dedupelab.study.forecast import file_speed, foretell, remember
from dedupelab.study.on_disk import StoredStudy
from dedupelab.study.ranges import Range
from dedupelab.tables.keys import code_digest, covers, decoder_versions, key_for
from dedupelab.work.cluster import cluster
from dedupelab.work.pool import pool

Progress = Callable[[int, int], None]
Bars = Callable[[str], Progress]
GIVEN = "given"
"""Note in the store of a study whose images and pairs come from manifests or a pack: there is nothing to read or detect."""


def _mute(_line: str) -> None:
    pass


def silent(_label: str) -> Progress:
    """Show no progress."""
    return lambda _done, _total: None


class ScannedStudy(StoredStudy):
    """A study that can read its collections."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(path)
        self.ran: list[str] = []
        self.tell: Callable[[str], None] = _mute
        """Told in one line how long a stage is going to take, where that is more than a minute."""

    @property
    def given(self) -> bool:
        """Whether images and pairs were given, as by a merge, and no picture is here."""
        return bool(self.store.note(GIVEN))

    def scan(self, *, refresh: bool = False, bars: Bars = silent) -> pd.DataFrame:
        """Read all collections and their catalogues; return the images table.

        Files that have not changed since the last scan are not read again, and a killed scan goes on where it stopped.
        Catalogues are joined in a step of their own: a changed one opens no picture.

        Parameters
        ----------
        refresh
            Whether to fetch remote catalogues again; otherwise they are fetched once.
        bars
            Makes a progress callback for a label.

        Raises
        ------
        ConfigError
            If a package that `[scan] codes` needs is not installed.
        CollectionError
            If a collection is missing, empty or cannot be listed, or no picture could be read.
        CatalogueError
            If a catalogue is missing or nothing of it can be read.
        """
        if self.given:
            return self.images()
        # Before hours of reading: a catalogue that is not there is told at once.
        catalogues = open_catalogues(self.config, self.folder, self.store, refresh=refresh, bars=bars)
        images = self._join(self._scanned(bars), catalogues)
        tolerate(images, 1.0)
        return images

    def _scanned(self, bars: Bars) -> pd.DataFrame:
        """Read what has changed of the collections; return the images as their files describe them."""
        settings = self.config.scan
        coded = code_versions(settings.codes)
        listings = self._listings()
        listed = [
            (n, e.path, e.bytes, str(e.modified), e.skipped, e.unreadable)
            for n, es in listings.items()
            for e in es
        ]
        reading = choose_reading(settings.metadata, settings.trust_anchors, self.folder)
        made = key_for(
            settings.decode, reading.methods, decoder_versions(), code_digest("collect", without=CATALOGUES)
        )
        method = "\n".join([made, *coded])
        key = key_for(listed, method)
        if self.store.fresh(tables.SCANNED, key):
            return self.store.read(tables.SCANNED)
        self.ran.append("scan")
        parts = self.store.root / "scan"
        # The table and what a killed scan left may come from different settings: each has a note of its own.
        noted = f"{tables.key_of(self.store.path(tables.SCANNED))}\n{method}"
        known = (
            self.store.read(tables.SCANNED)
            if covers(self.store.note("scanned.method"), noted)
            else tables.SCANNED.empty()
        )
        if not covers(self.store.note("scan.method"), method):
            forget_saved(parts)
        self.store.remember("scan.method", method)
        fresh = sum(not (skipped or unreadable) for *_, skipped, unreadable in listed) - len(known)
        guess = 0.01 + 0.05e-6 * sum(size for _, _, size, *_ in listed) / len(listed)
        self._announce("reading files,", "read", fresh, guess, lambda: file_speed(self, listings))
        with self._readers(fresh) as executor, self._timed("read", fresh):
            images = scan(
                listings,
                known=known,
                folder=parts,
                policy=settings.decode,
                codes=settings.codes,
                reading=reading,
                executor=executor,
                progress=bars("reading pictures"),
            )
        # What could not be read is tried again next time; once it can be, this is another table.
        failed = unread(images)
        key = key_for(key, failed) if failed else key
        images = self.store.write(tables.SCANNED, images, key)
        self.store.remember("scanned.method", f"{key}\n{method}")
        forget_saved(parts)
        return images

    def _join(self, scanned: pd.DataFrame, catalogues: Named) -> pd.DataFrame:
        """Let the catalogues speak for the images they describe; return the images table."""
        key = joined_key(self.config, self.store, catalogues)
        if is_joined(self.store, key):
            return self.images()
        if catalogues:
            self.ran.append("catalogues")
        return join(scanned, catalogues, self.store, key, self.config.scan.precedence)

    def _listings(self) -> dict[str, list[Entry]]:
        return {c.name: list_files(self.location(c.name)) for c in self.config.collection}

    def _announce(
        self, doing: str, kind: str, count: int, guess: float, measure: Callable[[], Range]
    ) -> None:
        """Tell how long a stage is going to take; nothing is measured where nobody listens."""
        if self.tell is not _mute and (line := foretell(self, doing, kind, count, guess, measure)):
            self.tell(line)

    @contextmanager
    def _timed(self, kind: str, count: int) -> Iterator[None]:
        """Remember how fast a stage was."""
        began = time.monotonic()
        yield
        remember(self.store, kind, count, time.monotonic() - began, self.config.workers)

    def _pool(self, tasks: int) -> AbstractContextManager[Executor | None]:
        if self.config.compute.scheduler and tasks:
            return cluster(self.config.compute.scheduler, self._folders())
        return pool(self.config.workers, tasks)

    def _readers(self, files: int) -> AbstractContextManager[Executor | None]:
        settings = self.config.scan
        if self.config.compute.scheduler and files:
            return self._far_readers(settings.seconds, settings.memory)
        return readers(self.config.workers, files, settings.seconds, settings.memory)

    @contextmanager
    def _far_readers(self, seconds: float, memory: int) -> Iterator[Executor]:
        with cluster(self.config.compute.scheduler, self._folders()) as workers:
            yield Watched(workers, seconds, memory)

    def _folders(self) -> list[str]:
        """Return the collections that lie in folders: workers elsewhere must see them, too."""
        found = [self.location(collection.name) for collection in self.config.collection]
        return [location for location in found if "://" not in location]
