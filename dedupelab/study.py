"""A study and its stages in order, each cached: scan, match, measure.

A stage reads tables and writes tables; its key is the digest of what it reads, its parameters and its code.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from dedupelab import tables
from dedupelab.catalogues import FOLDER as CATALOGUES
from dedupelab.catalogues import Named, is_joined, join, joined_key, open_catalogues
from dedupelab.collect.listing import list_files
from dedupelab.collect.scan import forget_saved, scan, tolerate, unread
from dedupelab.compute import pool
from dedupelab.config import Config, load_config
from dedupelab.evidence.results import Result, write_results
from dedupelab.evidence.stage import measure
from dedupelab.kept import Kept
from dedupelab.match.authority import appoint
from dedupelab.match.gear import choose_gear, describable, extract_descriptors, voted_candidates
from dedupelab.match.groups import build_groups
from dedupelab.match.pairing import Loader, examine, near_candidates, settle_pixels
from dedupelab.pictures import Pictures, gray_at, pixel_digests
from dedupelab.store import FOLDER, Store, code_digest, key_for

if TYPE_CHECKING:
    from PIL import Image

Progress = Callable[[int, int], None]
Bars = Callable[[str], Progress]
DECODERS = ("numpy", "pillow", "scipy", "opencv-python-headless")
"""Packages whose version can change a fingerprint or a verdict; part of every key."""


def _silent(_label: str) -> Progress:
    return lambda _done, _total: None


class Study(Kept):
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
        given = Path(path)
        self.folder = (given.parent if given.suffix == ".toml" and not given.is_dir() else given).resolve()
        self.config: Config = load_config(given)
        self.store = Store(self.folder / FOLDER)
        self.ran: list[str] = []

    def __repr__(self) -> str:
        return f"Study({self.config.study.name!r}, {len(self.config.collection)} collections)"

    @property
    def name(self) -> str:
        """The study's short name."""
        return self.config.study.name

    # The stages, in order.

    def scan(self, *, refresh: bool = False, bars: Bars = _silent) -> pd.DataFrame:
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
        CollectionError
            If a collection is missing, empty or cannot be listed, or no picture could be read.
        CatalogueError
            If a catalogue is missing or nothing of it can be read.
        """
        # Before hours of reading: a catalogue that is not there is told at once.
        catalogues = open_catalogues(self.config, self.folder, self.store, refresh=refresh, bars=bars)
        images = self._join(self._scanned(bars), catalogues)
        tolerate(images, 1.0)
        return images

    def _scanned(self, bars: Bars) -> pd.DataFrame:
        """Read what has changed of the collections; return the images as their files describe them."""
        listings = {c.name: list_files(self.location(c.name)) for c in self.config.collection}
        listed = [
            (n, e.path, e.bytes, str(e.modified), e.skipped, e.unreadable)
            for n, es in listings.items()
            for e in es
        ]
        method = key_for(self.config.scan.decode, _versions(), code_digest("collect", without=CATALOGUES))
        key = key_for(listed, method)
        if self.store.fresh(tables.SCANNED, key):
            return self.store.read(tables.SCANNED)
        self.ran.append("scan")
        parts = self.store.root / "scan"
        same = self.store.note("scan.method") == method
        known = self.store.read(tables.SCANNED) if same else tables.SCANNED.empty()
        if len(known) == 0:
            forget_saved(parts)
        self.store.remember("scan.method", method)
        with self._pool(len(listed)) as executor:
            images = scan(
                listings,
                known=known,
                folder=parts,
                policy=self.config.scan.decode,
                executor=executor,
                progress=bars("reading pictures"),
            )
        # What could not be read is tried again next time; once it can be, this is another table.
        failed = unread(images)
        images = self.store.write(tables.SCANNED, images, key_for(key, failed) if failed else key)
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

    def match(self, *, bars: Bars = _silent) -> pd.DataFrame:
        """Find and verify pairs, build groups, name authoritative copies; return the pairs table."""
        images = self.scan(bars=bars)
        settings = self.config.match
        source = tables.key_of(self.store.path(tables.SCANNED))
        key = key_for(source, settings.model_dump(exclude={"criteria"}), _versions(), code_digest("match"))
        pairs = self.pairs()
        if not self.store.fresh(tables.PAIRS, key):
            self.ran.append("match")
            candidates = near_candidates(images, settings.max_distance)
            with self._pool(len(images)) as executor:
                addresses = self._pictures.addresses(images)
                digest = partial(pixel_digests, addresses=addresses, executor=executor)
                scanned = settle_pixels(self.store.read(tables.SCANNED), candidates, digest)
                scanned = self.store.write(tables.SCANNED, scanned, source)
                key_of_images = tables.key_of(self.store.path(tables.IMAGES))
                images = images.assign(pixel_sha256=scanned["pixel_sha256"])
                images = self.store.write(tables.IMAGES, images, key_of_images)
                load = Loader(addresses, gray_at)
                if self.gear() == "thorough":
                    candidates = pd.concat([candidates, self._voted(images, load, executor, bars)])
                pairs = examine(images, candidates, load, executor=executor, progress=bars("comparing pairs"))
            pairs = self.store.write(tables.PAIRS, pairs, key)
        grouped = key_for(key, settings.criteria, tables.key_of(self.store.path(tables.IMAGES)))
        if not (self.store.fresh(tables.GROUPS, grouped) and self.store.fresh(tables.MEMBERS, grouped)):
            self.ran.append("group")
            groups, members = build_groups(images, pairs)
            groups, members = appoint(images, groups, members, settings.criteria)
            self.store.write(tables.MEMBERS, members, grouped)
            self.store.write(tables.GROUPS, groups, grouped)
        return pairs

    def gear(self) -> str:
        """Return the gear of this study, quick or thorough, as chosen or as `auto` means for its size."""
        return choose_gear(self.config.match.gear, self.images())

    def _voted(
        self, images: pd.DataFrame, load: Loader, executor: Executor | None, bars: Bars
    ) -> pd.DataFrame:
        """Extract local descriptors where they are not yet known, and let them propose pairs."""
        chosen = describable(images)
        key = code_digest("match")
        fresh = self.store.fresh(tables.DESCRIPTORS, key)
        known = self.store.read(tables.DESCRIPTORS) if fresh else tables.DESCRIPTORS.empty()
        progress = bars("describing pictures")
        found = extract_descriptors(chosen, known, load, executor=executor, progress=progress)
        self.store.write(tables.DESCRIPTORS, found, key)
        return voted_candidates(images, found)

    def measure(self, *, bars: Bars = _silent) -> list[Result]:
        """Compute every number of the report; return them."""
        self.match(bars=bars)
        harm = self.config.harm
        key = key_for(
            tables.key_of(self.store.path(tables.GROUPS)),
            harm.model_dump(),
            [c.model_dump() for c in self.config.collection],
            self.config.study.model_dump(),
            tables.key_of(self.store.path(tables.RECORDS)),
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
            embedded=self.store.read(tables.SCANNED),
            records=self.records(),
            crosswalk=self.crosswalk(),
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

    def picture(self, image_id: str, longest: int = 400) -> Image.Image:
        """Return one picture in colour, oriented, at most `longest` pixels on its longer side.

        Raises
        ------
        CollectionError
            If there is no such image, or it cannot be opened any more.
        """
        return self._pictures.colour(self.images(), image_id, longest)

    # Rooms above this one, opened on demand.

    def report(
        self, out: str | Path | None = None, *, languages: tuple[str, ...] = (), bars: Bars = _silent
    ) -> Path:
        """Run everything and write the run folder; return its path. See `publish.run`."""
        from dedupelab.publish.run import publish_run  # noqa: PLC0415  a door upward, see tests/test_architecture.py

        return publish_run(self, Path(out or self.config.report.out), languages=languages, bars=bars)

    def catalogue(
        self,
        out: str | Path,
        form: str = "dublin-core-csv",
        *,
        base: str = "https://example.org/",
        bars: Bars = _silent,
    ) -> Path:
        """Write one merged record per work as Dublin Core CSV or as IIIF manifest. See `publish.catalogue`."""
        from dedupelab.publish.catalogue import write_catalogue  # noqa: PLC0415  a door upward, as above

        return write_catalogue(self, Path(out), form, base=base, bars=bars)

    def location(self, collection: str) -> str:
        """Return where a collection lies: an absolute folder or an address."""
        return self._placed(next(c.location for c in self.config.collection if c.name == collection))

    def _placed(self, where: str) -> str:
        return where if "://" in where else str(self.folder / where)

    @cached_property
    def _pictures(self) -> Pictures:
        return Pictures({c.name: self.location(c.name) for c in self.config.collection})

    def _pool(self, tasks: int) -> AbstractContextManager[Executor | None]:
        return pool(self.config.workers, tasks)


def _versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in DECODERS}
