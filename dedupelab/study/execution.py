"""What the stages of a study work with: its settings and tables, where its pictures lie, and the processes that work."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from dedupelab.collect.listing import Entry, list_files
from dedupelab.collect.overlaps import once
from dedupelab.collect.watched_readers import Watched, readers
from dedupelab.settings.study_toml import Config
from dedupelab.study.pictures import Pictures
from dedupelab.study.ranges import Range
from dedupelab.study.speeds import foretell, remember
from dedupelab.tables.store import Store
from dedupelab.work.cluster import cluster
from dedupelab.work.pool import pool

GIVEN = "given"
"""Note in the store of a study whose images and pairs come from manifests or a pack: there is nothing to read or detect."""


def placed(where: str, folder: Path) -> str:
    """Return an address as it is, and a path from a folder in full: without `..` where that leads to the same place, as people read it."""
    if "://" in where:
        return where
    place = folder / where
    if ".." not in place.parts:
        return str(place)
    plain = Path(os.path.normpath(place))
    return str(plain if plain.resolve() == place.resolve() else place)


@dataclass
class Execution:
    """One execution of a study's stages."""

    folder: Path
    config: Config
    store: Store
    ran: list[str] = field(default_factory=list)
    """The stages that had something to do, in order."""
    tell: Callable[[str], None] | None = None
    """Told in one line how long a stage is going to take, where that is more than a minute."""

    @property
    def given(self) -> bool:
        """Whether images and pairs were given, as by a merge, and no picture is here."""
        return bool(self.store.note(GIVEN))

    def placed(self, where: str) -> str:
        """Return an address as it is, and a path of study.toml as an absolute one."""
        return placed(where, self.folder)

    def listings(self) -> dict[str, list[Entry]]:
        """List the files of each collection; one that is met again, through a link or another collection, is skipped there.

        Raises
        ------
        CollectionError
            If a collection is missing, empty or cannot be listed.
        """
        exclude = self.config.scan.exclude
        found = {name: list_files(location, exclude) for name, location in self.locations.items()}
        return once(found, self.locations)

    @property
    def locations(self) -> dict[str, str]:
        """Where each collection lies, by name."""
        return {c.name: self.placed(c.location) for c in self.config.collection}

    @cached_property
    def pictures(self) -> Pictures:
        """The pictures behind the images table."""
        return Pictures(self.locations)

    def pool(self, tasks: int) -> AbstractContextManager[Executor | None]:
        """Return processes for so many tasks: here, or on the study's cluster."""
        if self.config.compute.scheduler and tasks:
            return cluster(self.config.compute.scheduler, self._folders())
        return pool(self.config.workers, tasks)

    def readers(self, files: int) -> AbstractContextManager[Executor | None]:
        """Return watched processes that read so many files: here, or on the study's cluster."""
        settings = self.config.scan
        if self.config.compute.scheduler and files:
            return self._far_readers(settings.seconds, settings.memory)
        return readers(self.config.workers, files, settings.seconds, settings.memory)

    def announce(self, doing: str, kind: str, count: int, guess: float, measure: Callable[[], Range]) -> None:
        """Tell how long a stage is going to take; nothing is measured where nobody listens. See `speeds.foretell`."""
        if self.tell and (
            line := foretell(self.store, self.config.workers, doing, kind, count, guess, measure)
        ):
            self.tell(line)

    @contextmanager
    def timed(self, kind: str, count: int) -> Iterator[None]:
        """Remember how fast a stage was."""
        began = time.monotonic()
        yield
        remember(self.store, kind, count, time.monotonic() - began, self.config.workers)

    @contextmanager
    def _far_readers(self, seconds: float, memory: int) -> Iterator[Executor]:
        with cluster(self.config.compute.scheduler, self._folders()) as workers:
            yield Watched(workers, seconds, memory)

    def _folders(self) -> list[str]:
        """Return the collections that lie in folders: workers elsewhere must see them, too."""
        return [location for location in self.locations.values() if "://" not in location]
