"""A study's catalogues: opened, joined to the scanned images, and kept as tables with their key.

The key holds the digest of every catalogue, so that a changed one is noticed and no picture is opened for it.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from dedupelab import tables
from dedupelab.collect.catalogues.joining import join_catalogues
from dedupelab.collect.catalogues.sources import Catalogue, opened
from dedupelab.settings.study_toml import Config
from dedupelab.tables.keys import code_digest, key_for
from dedupelab.tables.store import Store
from dedupelab.work.progress import Bars

FOLDER = "collect/catalogues"
"""Code that makes the joined tables, and no fingerprint: a change there reads no picture again."""
JOINED = (tables.IMAGES, tables.RECORDS, tables.RAW_RECORDS, tables.CROSSWALK)
OUTCOMES = ("linked", "ambiguous", "unmatched", "unusable")
Named = Sequence[tuple[str, Catalogue]]


def open_catalogues(config: Config, folder: Path, store: Store, *, refresh: bool, bars: Bars) -> Named:
    """Return every catalogue of the study with its collection, in the order of study.toml; remote ones are fetched once.

    Raises
    ------
    CatalogueError
        If one is missing or does not answer.
    """
    named = [(c.name, each) for c in config.collection for each in c.catalogue]
    return [
        (
            name,
            opened(
                each.path if "://" in each.path else str(folder / each.path),
                store.root / "catalogues",
                refresh=refresh,
                progress=bars("fetching catalogues") if "://" in each.path else None,
                **each.model_dump(exclude={"path"}),
            ),
        )
        for name, each in named
    ]


def joined_key(config: Config, store: Store, catalogues: Named) -> str:
    """Return what the joined tables are made from: scanned images, catalogues and how they are read, code."""
    made_from = [(name, c.digest, c.format, c.encoding, c.link, dict(c.columns)) for name, c in catalogues]
    source = tables.key_of(store.path(tables.SCANNED))
    return key_for(source, made_from, config.scan.precedence, code_digest(FOLDER))


def is_joined(store: Store, key: str) -> bool:
    """Whether the kept tables were made from what the key stands for."""
    return all(store.fresh(table, key) for table in JOINED)


def join(scanned: pd.DataFrame, catalogues: Named, store: Store, key: str, precedence: str) -> pd.DataFrame:
    """Read the catalogues, keep what they say as tables, and return the images table.

    Raises
    ------
    CatalogueError
        If nothing of a catalogue can be read.
    """
    found = join_catalogues(scanned, catalogues, precedence)
    store.write(tables.RECORDS, found.records, key)
    store.write(tables.RAW_RECORDS, found.raw, key)
    store.write(tables.CROSSWALK, found.crosswalk, key)
    return store.write(tables.IMAGES, found.images, key)


def tell_records(records: pd.DataFrame) -> tuple[dict[str, int], list[str]]:
    """Count what became of catalogue records, and say it in one line that adds up; in none without catalogues."""
    counts = {name: int((records["outcome"] == name).sum()) for name in OUTCOMES}
    if not len(records):
        return counts, []
    formats = records.groupby("collection")["format"].agg(lambda found: ", ".join(sorted(set(found))))
    named = "; ".join(f"{collection}: {kinds}" for collection, kinds in formats.items())
    parts = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    return counts, [f"{len(records):,} catalogue records = {parts} ({named})"]
