"""A study as it lies on disk: its settings, its tables and its pictures, read on demand."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from dedupelab import tables
from dedupelab.collect.scan import tolerate
from dedupelab.errors import CollectionError
from dedupelab.evidence.metadata.chinese_scripts import Fold, fold_of
from dedupelab.evidence.metadata.criteria_sensitivity import effects
from dedupelab.evidence.metadata.labelled_twice import label_and_credentials
from dedupelab.evidence.money.money import Prices
from dedupelab.match.gear import choose_gear
from dedupelab.match.graph import duplicate_graph
from dedupelab.numbers.results import Result, load_results
from dedupelab.registers.registers import Registers
from dedupelab.settings.consultation import Consultation, load_consultation
from dedupelab.settings.money import prices
from dedupelab.settings.study_toml import Config, load_config
from dedupelab.study.pictures import Pictures
from dedupelab.study.redactions import Redaction, Row, blurred, load_redactions, redactions_of, shown_together
from dedupelab.tables.store import FOLDER, Store

if TYPE_CHECKING:
    import networkx as nx
    from PIL import Image


class StoredStudy:
    """What is known of a study without running any stage."""

    def __init__(self, path: str | Path) -> None:
        given = Path(path)
        self.folder = (given.parent if given.suffix == ".toml" and not given.is_dir() else given).resolve()
        self.config: Config = load_config(given)
        self.consultation: Consultation | None = load_consultation(self.folder)
        self.kept_back: tuple[Row, ...] = load_redactions(self.folder)
        self.store = Store(self.folder / FOLDER)

    def __repr__(self) -> str:
        return f"Study({self.config.study.name!r}, {len(self.config.collection)} collections)"

    @property
    def name(self) -> str:
        """The study's short name."""
        return self.config.study.name

    def images(self) -> pd.DataFrame:
        """Read the images table; empty before the first scan."""
        return self.store.read(tables.IMAGES)

    def records(self) -> pd.DataFrame:
        """Read the records table: every catalogue record and what became of it."""
        return self.store.read(tables.RECORDS)

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

    @property
    def results_path(self) -> Path:
        """Where the study's numbers lie."""
        return self.store.root / "results.json"

    def results(self) -> list[Result]:
        """Every number of the report, as last measured."""
        return load_results(self.results_path)

    def authority_effects(self) -> pd.DataFrame:
        """Say what the choice of criteria does: groups that change when one is left out or asked first. See `evidence.choices`."""
        return effects(self.results(), self.config.match.criteria)

    def ai_labels(self) -> pd.DataFrame:
        """Count images by what their source label says of AI and what their Content Credentials say. See `evidence.labelled_twice`."""
        return label_and_credentials(self.images())

    def graph(self, *, lone: bool = False) -> nx.Graph[str]:
        """Return the duplicate graph: images as nodes, links as edges, with their facts as attributes."""
        return duplicate_graph(self.images(), self.pairs(), self.members(), lone=lone)

    @property
    def fold(self) -> Fold:
        """How values of metadata are read before they are compared: as written, or with Chinese in one script.

        Raises
        ------
        ConfigError
            If the study asks for one script and the package for it is not installed.
        """
        return fold_of(one=self.config.match.one_script)

    def gear(self) -> str:
        """Return the gear of this study, quick or thorough, as chosen or as `auto` means for its size."""
        return choose_gear(self.config.match.gear, self.images())

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

    def shown(self, identities: Sequence[str], longest: int = 400) -> dict[str, Image.Image]:
        """Return copies of one picture as pages show them side by side, by image_id and as redactions.csv wants them.

        Those that cannot be opened any more, are left out on request, or would show what is blurred in another are not
        among them.
        """
        images = self.images()
        kept = redactions_of(self.kept_back, images)
        found = {}
        for identity in shown_together(identities, kept):
            with contextlib.suppress(CollectionError):
                picture = self._pictures.colour(images, identity, longest)
                found[identity] = blurred(picture, kept[identity].blurred) if identity in kept else picture
        return found

    def redactions(self) -> dict[str, Redaction]:
        """Return what is kept from readers of which picture, by image_id; raises ConfigError for a row that fits no file."""
        return redactions_of(self.kept_back, self.images())

    @property
    def registers(self) -> Registers:
        """The study's paper trail: workflow, incidents, licences, assumptions, decisions, intended copies."""
        return Registers.of(self.folder)

    def prices(self) -> Prices:
        """Return what study.toml and the registers say of money."""
        config, entries = self.config, self.registers.entries()
        return prices(config.harm, config.scenarios, config.sensitivity, entries, config.match.max_distance)

    def table(self, table: tables.Table) -> pd.DataFrame:
        """Read any of `tables.ALL` as last measured, such as `tables.OPTIONS`; empty before."""
        return self.store.read(table)

    def location(self, collection: str) -> str:
        """Return where a collection lies: an absolute folder or an address."""
        return self.placed(next(c.location for c in self.config.collection if c.name == collection))

    def placed(self, where: str) -> str:
        """Return an address as it is, and a path of study.toml as an absolute one."""
        return where if "://" in where else str(self.folder / where)

    def addresses(self, images: pd.DataFrame) -> dict[str, str]:
        """Return where each hashed image is read from, by image_id."""
        return self._pictures.addresses(images)

    @cached_property
    def _pictures(self) -> Pictures:
        return Pictures({c.name: self.location(c.name) for c in self.config.collection})
