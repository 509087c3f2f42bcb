"""A study and its stages in order, each cached: scan, match, measure.

A stage reads tables and writes tables; its key is the digest of what it reads, its parameters and its code.
"""

from __future__ import annotations

import importlib.metadata
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pandas as pd

from dedupelab import tables
from dedupelab.cluster import cluster
from dedupelab.collect.codes import code_versions
from dedupelab.collect.listing import Entry, list_files
from dedupelab.collect.reading import choose_reading
from dedupelab.collect.scan import forget_saved, scan, tolerate, unread
from dedupelab.compute import pool
from dedupelab.estimate import Estimate, Range
from dedupelab.evidence.results import Result, write_results
from dedupelab.evidence.stage import measure
from dedupelab.forecast import file_speed, forecast, foretell, pair_speed, picture_speed, remember
from dedupelab.match.agenda import nearest
from dedupelab.match.authority import appoint
from dedupelab.match.exact import exact_classes
from dedupelab.match.gear import describable, extract_descriptors, voted_candidates
from dedupelab.match.groups import build_groups
from dedupelab.match.hamming import compiled
from dedupelab.match.loader import Loader
from dedupelab.match.pairing import examine, near_candidates, representatives, settle_pixels
from dedupelab.pictures import gray_at, pixel_digests
from dedupelab.store import code_digest, covers, key_for
from dedupelab.stored import StoredStudy

Progress = Callable[[int, int], None]
Bars = Callable[[str], Progress]
DECODERS = ("numpy", "pillow", "scipy", "opencv-python-headless")
"""Packages whose version can change a fingerprint or a verdict; part of every key."""
MERGED = "merged"
"""Note in the store of a study whose images and pairs were joined from manifests: there is nothing to scan."""


def _mute(_line: str) -> None:
    pass


def _silent(_label: str) -> Progress:
    return lambda _done, _total: None


class Study(StoredStudy):
    """One study: a folder with `study.toml`.

    Parameters
    ----------
    path
        The folder or its `study.toml`.

    Raises
    ------
    ConfigError
        If there is none, or a setting is wrong.
    """

    def __init__(self, path: str | Path) -> None:
        super().__init__(path)
        self.ran: list[str] = []
        self.tell: Callable[[str], None] = _mute
        """Told in one line how long a stage is going to take, where that is more than a minute."""

    # The stages, in order.

    def scan(self, *, bars: Bars = _silent) -> pd.DataFrame:
        """Read all collections; return the images table.

        Files that have not changed since the last scan are not read again, and a killed scan goes on where it stopped.

        Raises
        ------
        ConfigError
            If a package that `[scan] codes` needs is not installed.
        CollectionError
            If a collection is missing, empty or cannot be listed, or no picture could be read.
        """
        if self.store.note(MERGED):
            return self.images()
        settings = self.config.scan
        coded = code_versions(settings.codes)
        listings = self._listings()
        listed = [
            (n, e.path, e.bytes, str(e.modified), e.skipped, e.unreadable)
            for n, es in listings.items()
            for e in es
        ]
        reading = choose_reading(settings.metadata, settings.trust_anchors, self.folder)
        made = key_for(settings.decode, reading.methods, decoder_versions(), code_digest("collect"))
        method = "\n".join([made, *coded])
        key = key_for(listed, method)
        if self.store.fresh(tables.IMAGES, key):
            images = self.images()
            tolerate(images, 1.0)
            return images
        self.ran.append("scan")
        parts = self.store.root / "scan"
        # The table and what a killed scan left may come from different settings: each has a note of its own.
        noted = f"{tables.key_of(self.store.path(tables.IMAGES))}\n{method}"
        known = self.images() if covers(self.store.note("images.method"), noted) else tables.IMAGES.empty()
        if not covers(self.store.note("scan.method"), method):
            forget_saved(parts)
        self.store.remember("scan.method", method)
        fresh = sum(not (skipped or unreadable) for *_, skipped, unreadable in listed) - len(known)
        guess = 0.01 + 0.05e-6 * sum(size for _, _, size, *_ in listed) / len(listed)
        self._announce("reading files,", "read", fresh, guess, lambda: file_speed(self, listings))
        with self._pool(len(listed)) as executor, self._timed("read", fresh):
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
        images = self.store.write(tables.IMAGES, images, key)
        self.store.remember("images.method", f"{key}\n{method}")
        tolerate(images, 1.0)
        forget_saved(parts)
        return images

    def match(self, *, bars: Bars = _silent) -> pd.DataFrame:
        """Find and verify pairs, build groups, name authoritative copies; return the pairs table."""
        images = self.scan(bars=bars)
        if self.store.note(MERGED):
            return self._group(tables.key_of(self.store.path(tables.PAIRS)))
        settings = self.config.match
        source = tables.key_of(self.store.path(tables.IMAGES))
        key = key_for(source, settings.model_dump(exclude={"criteria"}), decoder_versions(), code_digest("match"))
        if not self.store.fresh(tables.PAIRS, key):
            self.ran.append("match")
            with self._pool(len(images)) as executor:
                # Threads share the fingerprints, but only compiled code runs side by side in them.
                sent = executor if self.config.compute.scheduler or not compiled() else None
                candidates = near_candidates(
                    images, settings.max_distance, threads=self.config.workers, executor=sent
                )
                addresses = self.addresses(images)
                digest = partial(pixel_digests, addresses=addresses, executor=executor)
                images = self.store.write(tables.IMAGES, settle_pixels(images, candidates, digest), source)
                load = Loader(addresses, gray_at)
                classes, home = exact_classes(images), images.set_index("image_id")["collection"]
                asked = nearest(representatives(candidates, classes), home)
                del candidates
                if self.gear() == "thorough":
                    voted = self._voted(images, load, executor, bars)
                    asked = representatives(asked.with_frame(voted), classes)
                self._announce(
                    "comparing pairs,", "compare", len(asked), 0.1, lambda: pair_speed(self, images, asked)
                )
                with self._timed("compare", len(asked)):
                    rows = examine(images, asked, load, executor=executor, progress=bars("comparing pairs"))
            self.store.write_blocks(tables.PAIRS, rows.blocks(), key)
            del asked, rows
        return self._group(key)

    def _group(self, key: str) -> pd.DataFrame:
        """Build groups from the stored images and pairs, the latter made from what `key` stands for; return the pairs."""
        images, pairs, settings = self.images(), self.pairs(), self.config.match
        grouped = key_for(key, settings.criteria)
        if not (self.store.fresh(tables.GROUPS, grouped) and self.store.fresh(tables.MEMBERS, grouped)):
            self.ran.append("group")
            groups, members = build_groups(images, pairs)
            groups, members = appoint(images, groups, members, settings.criteria)
            self.store.write(tables.MEMBERS, members, grouped)
            self.store.write(tables.GROUPS, groups, grouped)
        return pairs

    def _voted(
        self, images: pd.DataFrame, load: Loader, executor: Executor | None, bars: Bars
    ) -> pd.DataFrame:
        """Extract local descriptors where they are not yet known, and let them propose pairs."""
        chosen = describable(images)
        key = code_digest("match")
        fresh = self.store.fresh(tables.DESCRIPTORS, key)
        known = self.store.read(tables.DESCRIPTORS) if fresh else tables.DESCRIPTORS.empty()
        progress = bars("describing pictures")
        new = chosen[~chosen["sha256"].isin(known["sha256"])]
        self._announce("describing pictures,", "describe", len(new), 0.1, lambda: picture_speed(self, new))
        with self._timed("describe", len(new)):
            found = extract_descriptors(chosen, known, load, executor=executor, progress=progress)
        self.store.write(tables.DESCRIPTORS, found, key)
        return voted_candidates(images, found)

    def estimate(self, *, workers: Sequence[int] = (), files: int = 0) -> Estimate:
        """Say what scan and match are going to take, from a few seconds of measuring; see `forecast.forecast`.

        Raises
        ------
        CollectionError
            If a collection is missing, empty or cannot be listed.
        """
        return forecast(self, self._listings(), workers, files)

    def measure(self, *, bars: Bars = _silent) -> list[Result]:
        """Compute every number of the report; return them."""
        self.match(bars=bars)
        harm = self.config.harm
        key = key_for(
            tables.key_of(self.store.path(tables.GROUPS)),
            harm.model_dump(),
            [c.model_dump() for c in self.config.collection],
            self.config.study.model_dump(),
            code_digest("evidence"),
        )
        fresh = self.store.fresh(tables.FIELDS, key) and self.store.fresh(tables.OVERLAP, key)
        if fresh and self.results_path.exists():
            return self.results()
        self.ran.append("measure")
        progress = bars("computing numbers")
        progress(0, 1)
        measured = measure(
            self.images(),
            self.pairs(),
            self.groups(),
            self.members(),
            collections={c.name: c.holder or c.name for c in self.config.collection},
            harm_inputs=self.harm_inputs(),
            currency=harm.currency,
            price_year=harm.price_year,
        )
        facts = {"currency": harm.currency, "price_year": harm.price_year}
        write_results(self.results_path, measured.results, study=self.name, facts=facts)
        self.store.write(tables.OVERLAP, measured.overlap, key)
        self.store.write(tables.FIELDS, measured.fields, key)
        progress(1, 1)
        return measured.results

    # Rooms above this one, opened on demand.

    def report(
        self, out: str | Path | None = None, *, languages: tuple[str, ...] = (), bars: Bars = _silent
    ) -> Path:
        """Run everything and write the run folder; return its path. See `publish.run`."""
        from dedupelab.publish.run import publish_run  # noqa: PLC0415  a door upward, see tests/test_architecture.py
        from dedupelab.share.pack import write_pack  # noqa: PLC0415  the same

        place = Path(out or self.config.report.out)
        return publish_run(self, place, languages=languages, bars=bars, finish=partial(write_pack, self))

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

    def _folders(self) -> list[str]:
        """Return the collections that lie in folders: workers elsewhere must see them, too."""
        found = [self.location(collection.name) for collection in self.config.collection]
        return [location for location in found if "://" not in location]


def decoder_versions() -> dict[str, str]:
    """Return the versions of the packages that can change a fingerprint or a verdict."""
    return {name: importlib.metadata.version(name) for name in DECODERS}
