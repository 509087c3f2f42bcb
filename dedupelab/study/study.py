"""One study: a folder with study.toml, its tables and pictures read on demand, its stages run in order and cached.

A stage reads tables and writes tables; its key is the digest of what it reads, its parameters and its code.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from dedupelab import tables
from dedupelab.collect.overlaps import overlaps
from dedupelab.collect.scan import tolerate
from dedupelab.errors import CollectionError
from dedupelab.evidence.behind import Sources, behind
from dedupelab.evidence.copies.population import population
from dedupelab.evidence.metadata.conflicts import FIELDS
from dedupelab.evidence.metadata.criteria_sensitivity import effects
from dedupelab.evidence.metadata.labelled_twice import label_and_credentials
from dedupelab.evidence.money.money import Prices
from dedupelab.match.alternatives import alternatives
from dedupelab.match.graph import duplicate_graph
from dedupelab.numbers.results import Result, load_results
from dedupelab.registers.registers import Registers
from dedupelab.review.review import Review, review_of
from dedupelab.settings.consultation import ENGLISH, Consultation, Profile, load_profile
from dedupelab.settings.money import prices
from dedupelab.settings.study_toml import Config, load_config
from dedupelab.study.catalogues import unread_files
from dedupelab.study.execution import Execution
from dedupelab.study.forecast import forecast
from dedupelab.study.matching import detect, group, propose
from dedupelab.study.measuring import numbers, results_path
from dedupelab.study.ranges import Estimate
from dedupelab.study.redactions import (
    Redaction,
    Row,
    blurred,
    load_redactions,
    redactions_of,
    shown_together,
)
from dedupelab.study.scanning import scan_collections
from dedupelab.tables.store import FOLDER, Store
from dedupelab.values.chinese_scripts import Fold, fold_of
from dedupelab.work.progress import Bars, silent

if TYPE_CHECKING:
    import networkx as nx
    from PIL import Image


class Study:
    """One study: a folder with `study.toml`. Opening it reads its settings and runs nothing.

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
        self.profile: Profile = load_profile(self.folder)
        self.consultation: Consultation | None = self.profile.spoken(ENGLISH)
        self.redaction_rows: tuple[Row, ...] = load_redactions(self.folder)
        self.store = Store(self.folder / FOLDER)
        self.execution = Execution(self.folder, self.config, self.store)

    def __repr__(self) -> str:
        return f"Study({self.config.study.name!r}, {len(self.config.collection)} collections)"

    @property
    def name(self) -> str:
        """The study's short name."""
        return self.config.study.name

    # The stages, in order.

    def scan(self, *, refresh: bool = False, verify: bool = False, bars: Bars = silent) -> pd.DataFrame:
        """Read all collections and their catalogues; return the images table.

        Files that have not changed since the last scan are not read again, and a killed scan goes on where it stopped.
        Catalogues are joined in a step of their own: a changed one opens no picture.

        Parameters
        ----------
        refresh
            Whether to fetch remote catalogues again; otherwise they are fetched once.
        verify
            Whether to read every file again and compare its digest: content replaced under equal size and time is found.
        bars
            Makes a progress callback for a label.

        Raises
        ------
        ConfigError
            If a package that `[scan] codes` needs is not installed.
        CollectionError
            If a collection is missing, empty or cannot be listed, or no picture could be read.
        CatalogueError
            If a catalogue is missing or does not answer.
        """
        return scan_collections(self.execution, refresh=refresh, verify=verify, bars=bars)

    def match(self, *, bars: Bars = silent) -> pd.DataFrame:
        """Find and verify pairs, build groups, name authoritative copies; return the pairs table."""
        images = self.images() if self.execution.given else self.scan(bars=bars)
        detected = detect(self.execution, images, bars)
        group(self.execution, detected, self.review())
        return self.pairs()

    def propose(self, *, bars: Bars = silent) -> pd.DataFrame:
        """Let local descriptors propose pairs that fingerprints miss, so that a review can count what was missed.

        Nothing is proposed in the quick gear for more than `matching.DESCRIBED_WHEN_QUICK` pictures: who asked for quick does not wait.
        """
        return propose(self.execution, bars)

    def measure(self, *, bars: Bars = silent) -> list[Result]:
        """Compute every number of the report; return them."""
        self.match(bars=bars)
        if self.review().started:
            self.propose(bars=bars)
        return numbers(self.execution, self.review(), self.prices(), self.fold, bars)

    def estimate(self, *, workers: Sequence[int] = (), files: int = 0) -> Estimate:
        """Say what scan and match are going to take, from a few seconds of measuring; see `forecast.forecast`.

        Raises
        ------
        CollectionError
            If a collection is missing, empty or cannot be listed.
        """
        return forecast(self.execution, workers, files)

    # What is known without running any stage.

    def images(self) -> pd.DataFrame:
        """Read the images table; empty before the first scan."""
        return self.store.read(tables.IMAGES)

    def records(self) -> pd.DataFrame:
        """Read the records table: every catalogue record and what became of it."""
        return self.store.read(tables.RECORDS)

    def catalogue_files(self) -> pd.DataFrame:
        """Read the table of catalogue files: what each was read as, and what became of it."""
        return self.store.read(tables.CATALOGUE_FILES)

    def crosswalk(self) -> pd.DataFrame:
        """Read the crosswalk table: what became of every field of every catalogue."""
        return self.store.read(tables.CROSSWALK)

    def pairs(self) -> pd.DataFrame:
        """Read the pairs table: every link and every examined candidate."""
        return self.store.read(tables.PAIRS)

    def groups(self) -> pd.DataFrame:
        """Read the groups table."""
        return self.store.read(tables.GROUPS)

    def members(self) -> pd.DataFrame:
        """Read the members table: which image is in which group."""
        return self.store.read(tables.MEMBERS)

    def fields(self) -> pd.DataFrame:
        """Read the fields table: how each group's copies agree on each metadata field."""
        return self.store.read(tables.FIELDS)

    def overlap(self) -> pd.DataFrame:
        """Read the overlap table: works shared between collections."""
        return self.store.read(tables.OVERLAP)

    def table(self, table: tables.Table) -> pd.DataFrame:
        """Read any of `tables.ALL` as last measured, such as `tables.OPTIONS`; empty before."""
        return self.store.read(table)

    @property
    def results_path(self) -> Path:
        """Where the study's numbers lie."""
        return results_path(self.store)

    def results(self) -> list[Result]:
        """Every number of the report, as last measured."""
        return load_results(self.results_path)

    def behind(self, result_id: str) -> pd.DataFrame:
        """Return the rows that a number counts as detected, or what it was made of; see `evidence.behind`.

        Raises
        ------
        ConfigError
            If there is no such number.
        """
        return behind(result_id, self.sources(), self.results())

    def sources(self) -> Sources:
        """Return what the numbers were counted in; see `evidence.behind`."""
        holders = self.config.holders
        people = population(self.images(), self.groups(), self.members(), collections=holders)
        review = self.review()
        return Sources(
            people,
            self.pairs(),
            self.table(tables.SCANNED),
            self.records(),
            self.crosswalk(),
            self.prices(),
            partial(alternatives, self.images(), self.members(), self.config.match.criteria),
            partial(review.assessment, draws=1),
            self.fold,
        )

    def review(self) -> Review:
        """Return the review of this study: what people are asked to look at, their labels, and what these say."""
        return review_of(self.store, size=self.config.review.pairs, seed=self.config.review.seed)

    @property
    def registers(self) -> Registers:
        """The study's paper trail: workflow, incidents, licences, assumptions, decisions, intended copies."""
        return Registers.of(self.folder)

    def prices(self) -> Prices:
        """Return what study.toml and the registers say of money."""
        config, entries = self.config, self.registers.entries()
        holders = len({*config.holders.values()})
        return prices(
            config.harm, config.scenarios, config.sensitivity, entries, config.match.max_distance, holders
        )

    @property
    def fold(self) -> Fold:
        """How values of metadata are read before they are compared: as written, or with Chinese in one script.

        Raises
        ------
        ConfigError
            If the study asks for one script and the package for it is not installed.
        """
        return fold_of(one=self.config.match.one_script)

    def incomplete(self) -> list[str]:
        """Return one sentence per collection with more unreadable pictures than the study tolerates."""
        return [*tolerate(self.images(), self.config.scan.tolerance), *unread_files(self.catalogue_files())]

    def overlaps(self) -> list[str]:
        """Return one sentence for each two collections that are one folder, or of which one lies in the other."""
        return overlaps(self.execution.locations)

    def to_frame(self, fields: Sequence[str] = tuple(FIELDS)) -> pd.DataFrame:
        """Return in long form what images state: one row for each hashed image and field with a value.

        Columns: `image_id`, `collection`, `path`, `group_id`, `work`, `role` (empty for an image in no group), `field`, `value`.

        Parameters
        ----------
        fields
            Columns of the images table; those that are compared among copies unless others are named.
        """
        images = self.images()
        joined = images[images["status"] == "hashed"].merge(self.members(), on="image_id", how="left")
        kept = ["image_id", "collection", "path", "group_id", "work", "role"]
        long = (
            joined[[*kept, *fields]].melt(kept, var_name="field", value_name="value").dropna(subset=["value"])
        )
        return long.sort_values(["image_id", "field"], kind="stable", ignore_index=True)

    def graph(self, *, lone: bool = False) -> nx.Graph[str]:
        """Return the duplicate graph: images as nodes, links as edges, with their facts as attributes."""
        return duplicate_graph(self.images(), self.pairs(), self.members(), lone=lone)

    def authority_effects(self) -> pd.DataFrame:
        """Say what the choice of criteria does: groups that change when one is left out or asked first. See `criteria_sensitivity`."""
        return effects(self.results(), self.config.match.criteria)

    def ai_labels(self) -> pd.DataFrame:
        """Count images by what their source label says of AI and what their Content Credentials say. See `labelled_twice`."""
        return label_and_credentials(self.images())

    # Pictures: where they lie, and what readers may be shown.

    def location(self, collection: str) -> str:
        """Return where a collection lies: an absolute folder or an address."""
        return self.execution.locations[collection]

    def placed(self, where: str) -> str:
        """Return an address as it is, and a path of study.toml as an absolute one."""
        return self.execution.placed(where)

    def addresses(self, images: pd.DataFrame) -> dict[str, str]:
        """Return where each hashed image is read from, by image_id."""
        return self.execution.pictures.addresses(images)

    def picture(self, image_id: str, longest: int = 400) -> Image.Image:
        """Return one picture in colour, oriented, at most `longest` pixels on its longer side.

        Raises
        ------
        CollectionError
            If there is no such image, or it cannot be opened any more.
        """
        return self.execution.pictures.colour(self.images(), image_id, longest)

    def shown(self, identities: Sequence[str], longest: int = 400) -> dict[str, Image.Image]:
        """Return copies of one picture as pages show them side by side, by image_id and as redactions.csv wants them.

        Those that cannot be opened any more, are left out on request, or would show what is blurred in another are not
        among them.
        """
        images = self.images()
        kept = redactions_of(self.redaction_rows, images)
        found = {}
        for identity in shown_together(identities, kept):
            with contextlib.suppress(CollectionError):
                picture = self.execution.pictures.colour(images, identity, longest)
                found[identity] = blurred(picture, kept[identity].blurred) if identity in kept else picture
        return found

    def redactions(self) -> dict[str, Redaction]:
        """Return what is kept from readers of which picture, by image_id; raises ConfigError for a row that fits no file."""
        return redactions_of(self.redaction_rows, self.images())
