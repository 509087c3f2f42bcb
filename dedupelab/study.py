"""A study and its stages in order, each cached: scan, match, measure.

A stage reads tables and writes tables; its key is the digest of what it reads, its parameters and its code.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from dedupelab import tables
from dedupelab.collect.codes import code_versions
from dedupelab.collect.listing import list_files
from dedupelab.collect.scan import forget_saved, scan, tolerate, unread
from dedupelab.compute import pool
from dedupelab.config import Config, load_config
from dedupelab.evidence.harm import HarmInput
from dedupelab.evidence.results import Result, load_results, write_results
from dedupelab.evidence.stage import measure
from dedupelab.match.authority import appoint
from dedupelab.match.decided import apply_decisions
from dedupelab.match.gear import choose_gear, describable, extract_descriptors, voted_candidates
from dedupelab.match.graph import duplicate_graph
from dedupelab.match.groups import build_groups
from dedupelab.match.pairing import Loader, examine, near_candidates, settle_pixels
from dedupelab.pictures import Pictures, gray_at, pixel_digests
from dedupelab.review import Review, review_of
from dedupelab.store import FOLDER, Store, Stored, code_digest, covers, decoder_versions, key_for

if TYPE_CHECKING:
    import networkx as nx
    from PIL import Image

Progress = Callable[[int, int], None]
Bars = Callable[[str], Progress]


def _silent(_label: str) -> Progress:
    return lambda _done, _total: None


class Study(Stored):
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
        settings = self.config.scan
        coded = code_versions(settings.codes)
        listings = {c.name: list_files(self.location(c.name)) for c in self.config.collection}
        listed = [
            (n, e.path, e.bytes, str(e.modified), e.skipped, e.unreadable)
            for n, es in listings.items()
            for e in es
        ]
        method = "\n".join([key_for(settings.decode, decoder_versions(), code_digest("collect")), *coded])
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
        with self._pool(len(listed)) as executor:
            images = scan(
                listings,
                known=known,
                folder=parts,
                policy=settings.decode,
                codes=settings.codes,
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
        settings = self.config.match
        source = tables.key_of(self.store.path(tables.IMAGES))
        key = key_for(
            source, settings.model_dump(exclude={"criteria"}), decoder_versions(), code_digest("match")
        )
        if not self.store.fresh(tables.DETECTED, key):
            self.ran.append("match")
            candidates = near_candidates(images, settings.max_distance)
            with self._pool(len(images)) as executor:
                addresses = self._pictures.addresses(images)
                digest = partial(pixel_digests, addresses=addresses, executor=executor)
                images = self.store.write(tables.IMAGES, settle_pixels(images, candidates, digest), source)
                load = Loader(addresses, gray_at)
                if self.gear() == "thorough":
                    candidates = pd.concat([candidates, self._voted(images, load, executor, bars)])
                pairs = examine(images, candidates, load, executor=executor, progress=bars("comparing pairs"))
            self.store.write(tables.DETECTED, pairs, key)
        review = self.review()
        decisions = review.decided.reviewed
        key = key_for(key, decisions.to_csv(index=False)) if len(decisions) else key
        if not self.store.fresh(tables.PAIRS, key):
            self.store.write(tables.PAIRS, apply_decisions(review.detected, decisions, review.images), key)
        grouped = key_for(key, settings.criteria)
        if not (self.store.fresh(tables.GROUPS, grouped) and self.store.fresh(tables.MEMBERS, grouped)):
            self.ran.append("group")
            groups, members = build_groups(review.images, self.pairs())
            groups, members = appoint(review.images, groups, members, settings.criteria)
            self.store.write(tables.MEMBERS, members, grouped)
            self.store.write(tables.GROUPS, groups, grouped)
        return self.pairs()

    def review(self) -> Review:
        """Return the review of this study: what people are asked to look at, their labels, and what these say."""
        return review_of(self.store, size=self.config.review.pairs, seed=self.config.review.seed)

    def propose(self, *, bars: Bars = _silent) -> pd.DataFrame:
        """Let local descriptors propose pairs that fingerprints miss, so that a review can count what was missed.

        Nothing is proposed in the quick gear for more pictures than `auto` examines thoroughly: it would take hours.
        """
        key = key_for(tables.key_of(self.store.path(tables.IMAGES)), code_digest("match"))
        images = self.images()
        asked = self.gear() == "thorough" or choose_gear("auto", images) == "thorough"
        if asked and not self.store.fresh(tables.PROPOSED, key):
            with self._pool(len(images)) as executor:
                load = Loader(self._pictures.addresses(images), gray_at)
                found = self._voted(images, load, executor, bars)
            self.store.write(tables.PROPOSED, found[tables.PROPOSED.names], key)
        return self.store.read(tables.PROPOSED)

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
        if self.review().started:
            self.propose(bars=bars)
        review = self.review()
        harm = self.config.harm
        key = key_for(
            tables.key_of(self.store.path(tables.GROUPS)),
            harm.model_dump(),
            [c.model_dump() for c in self.config.collection],
            self.config.study.model_dump(),
            review.key,
            code_digest("evidence"),
        )
        fresh = self.store.fresh(tables.FIELDS, key) and self.store.fresh(tables.OVERLAP, key)
        if fresh and self.results_path.exists():
            return self.results()
        self.ran.append("measure")
        (progress := bars("computing numbers"))(0, 1)
        measured = measure(
            self.images(),
            self.pairs(),
            self.groups(),
            self.members(),
            collections={c.name: c.holder or c.name for c in self.config.collection},
            harm_inputs=self.harm_inputs(),
            currency=harm.currency,
            price_year=harm.price_year,
            calibration=review.calibration,
            assessment=review.assessment(bars("drawing what the review allows")),
        )
        facts = {"currency": harm.currency, "price_year": harm.price_year}
        write_results(self.results_path, measured.results, study=self.name, facts=facts)
        self.store.write(tables.OVERLAP, measured.overlap, key)
        self.store.write(tables.FIELDS, measured.fields, key)
        progress(1, 1)
        return measured.results

    # What the stages left.

    @property
    def results_path(self) -> Path:
        """Where the study's numbers lie."""
        return self.store.root / "results.json"

    def results(self) -> list[Result]:
        """Every number of the report, as last measured."""
        return load_results(self.results_path)

    def graph(self, *, lone: bool = False) -> nx.Graph[str]:
        """Return the duplicate graph: images as nodes, links as edges, with their facts as attributes."""
        return duplicate_graph(self.images(), self.pairs(), self.members(), lone=lone)

    def incomplete(self) -> list[str]:
        """Return one sentence per collection with more unreadable pictures than the study tolerates."""
        return tolerate(self.images(), self.config.scan.tolerance)

    def picture(self, image_id: str, longest: int = 400) -> Image.Image:
        """Return one picture in colour, oriented, at most `longest` pixels on its longer side.

        Raises
        ------
        CollectionError
            If there is no such image, or it cannot be opened any more.
        """
        return self._pictures.colour(self.images(), image_id, longest)

    def harm_inputs(self) -> dict[str, HarmInput]:
        """Return the harm inputs that study.toml supplies."""
        names = ("storage_price", "storage_copies", "review_seconds", "hourly_wage")
        given = {name: getattr(self.config.harm, name) for name in names}
        return {
            name: HarmInput(value=i.value, unit=i.unit, source=i.source, source_type=i.source_type)
            for name, i in given.items()
            if i is not None
        }

    # Rooms above this one, opened on demand.

    def report(
        self, out: str | Path | None = None, *, languages: tuple[str, ...] = (), bars: Bars = _silent
    ) -> Path:
        """Run everything and write the run folder; return its path. See `publish.run`."""
        from dedupelab.publish.run import publish_run  # noqa: PLC0415  a door upward, see tests/test_architecture.py

        return publish_run(self, Path(out or self.config.report.out), languages=languages, bars=bars)

    def location(self, collection: str) -> str:
        """Return where a collection lies: an absolute folder or an address."""
        found = next(c.location for c in self.config.collection if c.name == collection)
        return found if "://" in found else str(self.folder / found)

    @cached_property
    def _pictures(self) -> Pictures:
        return Pictures({c.name: self.location(c.name) for c in self.config.collection})

    def _pool(self, tasks: int) -> AbstractContextManager[Executor | None]:
        return pool(self.config.workers, tasks)
