"""A study and its stages in order, each cached: scan, match, measure.

A stage reads tables and writes tables; its key is the digest of what it reads, its parameters and its code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

import pandas as pd

from dedupelab import tables
from dedupelab.evidence.stage import measure
from dedupelab.gate.answer import Answer
from dedupelab.gate.gate import Gate
from dedupelab.match.alternatives import alternatives
from dedupelab.match.authority import appoint
from dedupelab.match.compare.loader import Loader
from dedupelab.match.exact import exact_classes
from dedupelab.match.gear import choose_gear, describable, extract_descriptors, voted_candidates
from dedupelab.match.groups import build_groups
from dedupelab.match.pair_selection import nearest
from dedupelab.match.pairing import examine, near_candidates, representatives, settle_pixels
from dedupelab.match.review_decisions import apply_decisions
from dedupelab.match.search.hamming import compiled
from dedupelab.numbers.results import Result, write_results
from dedupelab.review.review import Review, review_of
from dedupelab.study.forecast import forecast, pair_speed, picture_speed
from dedupelab.study.pictures import gray_at, pixel_digests
from dedupelab.study.ranges import Estimate
from dedupelab.study.scanning import Bars, ScannedStudy, silent
from dedupelab.tables.keys import code_digest, decoder_versions, key_for


class Study(ScannedStudy):
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

    # The stages, in order.

    def match(self, *, bars: Bars = silent) -> pd.DataFrame:
        """Find and verify pairs, build groups, name authoritative copies; return the pairs table."""
        if self.given:
            key = tables.key_of(self.store.path(tables.DETECTED))
        else:
            key = self._detect(self.scan(bars=bars), bars)
        review = self.review()
        decisions = review.decided.reviewed
        key = key_for(key, decisions.to_csv(index=False)) if len(decisions) else key
        if not self.store.fresh(tables.PAIRS, key):
            self.store.write(tables.PAIRS, apply_decisions(review.detected, decisions, review.images), key)
        grouped = key_for(key, self.config.match.criteria, tables.key_of(self.store.path(tables.IMAGES)))
        if not (self.store.fresh(tables.GROUPS, grouped) and self.store.fresh(tables.MEMBERS, grouped)):
            self.ran.append("group")
            groups, members = build_groups(review.images, self.pairs())
            groups, members = appoint(review.images, groups, members, self.config.match.criteria)
            self.store.write(tables.MEMBERS, members, grouped)
            self.store.write(tables.GROUPS, groups, grouped)
        return self.pairs()

    def _detect(self, images: pd.DataFrame, bars: Bars) -> str:
        """Find pairs and open them, unless that was done; return the key of the table `detected`."""
        settings = self.config.match
        source = tables.key_of(self.store.path(tables.SCANNED))
        key = key_for(
            source,
            settings.model_dump(exclude={"criteria", "one_script"}),
            decoder_versions(),
            code_digest("match"),
        )
        if not self.store.fresh(tables.DETECTED, key):
            self.ran.append("match")
            with self._pool(len(images)) as executor:
                # Threads share the fingerprints, but only compiled code runs side by side in them.
                sent = executor if self.config.compute.scheduler or not compiled() else None
                candidates = near_candidates(
                    images, settings.max_distance, threads=self.config.workers, executor=sent
                )
                addresses = self.addresses(images)
                digest = partial(pixel_digests, addresses=addresses, executor=executor)
                scanned = settle_pixels(self.store.read(tables.SCANNED), candidates, digest)
                scanned = self.store.write(tables.SCANNED, scanned, source)
                key_of_images = tables.key_of(self.store.path(tables.IMAGES))
                images = images.assign(pixel_sha256=scanned["pixel_sha256"])
                images = self.store.write(tables.IMAGES, images, key_of_images)
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
            self.store.write_blocks(tables.DETECTED, rows.blocks(), key)
            del asked, rows
        return key

    def review(self) -> Review:
        """Return the review of this study: what people are asked to look at, their labels, and what these say."""
        return review_of(self.store, size=self.config.review.pairs, seed=self.config.review.seed)

    def propose(self, *, bars: Bars = silent) -> pd.DataFrame:
        """Let local descriptors propose pairs that fingerprints miss, so that a review can count what was missed.

        Nothing is proposed in the quick gear for more pictures than `auto` examines thoroughly: it would take hours.
        """
        key = key_for(tables.key_of(self.store.path(tables.IMAGES)), code_digest("match"))
        images = self.images()
        asked = self.gear() == "thorough" or choose_gear("auto", images) == "thorough"
        if asked and not self.given and not self.store.fresh(tables.PROPOSED, key):
            with self._pool(len(images)) as executor:
                load = Loader(self.addresses(images), gray_at)
                found = self._voted(images, load, executor, bars)
            self.store.write(tables.PROPOSED, found[tables.PROPOSED.names], key)
        return self.store.read(tables.PROPOSED)

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

    def gate(self, *, max_distance: int | None = None) -> Gate:
        """Open the gate, for many uploads one after another; see `screen.gate.Gate`."""
        return Gate(self, max_distance)

    def screen(
        self, uploads: Iterable[str | Path], *, max_distance: int | None = None, bars: Bars = silent
    ) -> list[Answer]:
        """Say of each upload (a file, or every picture in a folder) whether it is held, by whom, and under which credit.

        Nothing is scanned: what the last scan or merge found is what is held.

        Raises
        ------
        CollectionError
            If an upload is not there, or the study holds no picture yet.
        """
        with self.gate(max_distance=max_distance) as gate:
            return gate.screen(uploads, bars("screening"))

    def measure(self, *, bars: Bars = silent) -> list[Result]:
        """Compute every number of the report; return them."""
        self.match(bars=bars)
        if self.review().started:
            self.propose(bars=bars)
        review = self.review()
        priced = self.prices()
        key = key_for(
            tables.key_of(self.store.path(tables.GROUPS)),
            self.config.model_dump(exclude={"scan", "match", "report", "compute"}),
            self.config.match.one_script,
            {kind: rows.to_json(orient="records") for kind, rows in priced.registers.items()},
            tables.key_of(self.store.path(tables.RECORDS)),
            review.key,
            code_digest("numbers", "registers", "review", "evidence", "match"),
        )
        made = tables.MEASURED
        if all(self.store.fresh(table, key) for table in made) and self.results_path.exists():
            return self.results()
        self.ran.append("measure")
        (progress := bars("computing numbers"))(0, 1)
        images, members = self.images(), self.members()
        measured = measure(
            images,
            self.pairs(),
            self.groups(),
            members,
            embedded=self.store.read(tables.SCANNED),
            records=self.records(),
            crosswalk=self.crosswalk(),
            alternatives=alternatives(images, members, self.config.match.criteria),
            collections={c.name: c.holder or c.name for c in self.config.collection},
            prices=priced,
            dates=self.config.trend.dates,
            fold=self.fold,
            calibration=review.calibration,
            assessment=review.assessment(bars("drawing what the review allows")),
        )
        facts = {"currency": priced.currency, "price_year": priced.price_year}
        write_results(self.results_path, measured.results, study=self.name, facts=facts)
        for table in made:
            self.store.write(table, getattr(measured, table.name), key)
        progress(1, 1)
        return measured.results

    # Rooms above this one, opened on demand.

    def report(
        self, out: str | Path | None = None, *, languages: tuple[str, ...] = (), bars: Bars = silent
    ) -> Path:
        """Run everything and write the run folder; return its path. See `publish.run`."""
        from dedupelab.pack.pack import write_pack  # noqa: PLC0415  the same
        from dedupelab.publish.run import publish_run  # noqa: PLC0415  a door upward, see tests/test_architecture.py

        place = Path(out or self.config.report.out)
        return publish_run(self, place, languages=languages, bars=bars, finish=partial(write_pack, self))

    def catalogue(
        self,
        out: str | Path,
        form: str = "dublin-core-csv",
        *,
        base: str = "https://example.org/",
        bars: Bars = silent,
    ) -> Path:
        """Write one merged record per work as Dublin Core CSV or as IIIF manifest. See `publish.catalogue`."""
        from dedupelab.publish.catalogue import write_catalogue  # noqa: PLC0415  a door upward, as above

        return write_catalogue(self, Path(out), form, base=base, bars=bars)
