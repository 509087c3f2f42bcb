"""What a study's stages left: its tables, numbers and graph, read from where they are kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from dedupelab import tables
from dedupelab.collect.scan import tolerate
from dedupelab.config import Config
from dedupelab.evidence.harm import HarmInput
from dedupelab.evidence.results import Result, load_results
from dedupelab.match.graph import duplicate_graph
from dedupelab.store import Store

if TYPE_CHECKING:
    import networkx as nx


class Kept:
    """The reading half of a study; `dedupelab.study.Study` adds the stages that write what is read here."""

    config: Config
    store: Store

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

    def graph(self, *, lone: bool = False) -> nx.Graph[str]:
        """Return the duplicate graph: images as nodes, links as edges, with their facts as attributes."""
        return duplicate_graph(self.images(), self.pairs(), self.members(), lone=lone)

    def incomplete(self) -> list[str]:
        """Return one sentence per collection with more unreadable pictures than the study tolerates."""
        return tolerate(self.images(), self.config.scan.tolerance)

    def harm_inputs(self) -> dict[str, HarmInput]:
        """Return the harm inputs that study.toml supplies."""
        names = ("storage_price", "storage_copies", "review_seconds", "hourly_wage")
        given = {name: getattr(self.config.harm, name) for name in names}
        return {
            name: HarmInput(value=i.value, unit=i.unit, source=i.source, source_type=i.source_type)
            for name, i in given.items()
            if i is not None
        }
