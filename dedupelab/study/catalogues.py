"""A study's catalogues: opened, joined to the scanned images, and kept as tables with their key.

The key holds the digest of every catalogue, so that a changed one is noticed and no picture is opened for it.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from dedupelab import tables
from dedupelab.collect.catalogues.joining import Joining
from dedupelab.collect.catalogues.sources import Catalogue, opened
from dedupelab.errors import CatalogueError
from dedupelab.settings.sections import CatalogueSection
from dedupelab.settings.study_toml import Config
from dedupelab.study.execution import placed
from dedupelab.tables.keys import code_digest, key_for
from dedupelab.tables.store import Store
from dedupelab.work.progress import Bars

FOLDER = "collect/catalogues"
"""Code that makes the joined tables, and no fingerprint: a change there reads no picture again."""
JOINED = (tables.IMAGES, tables.RECORDS, tables.RAW_RECORDS, tables.CROSSWALK, tables.CATALOGUE_FILES)
OUTCOMES = ("linked", "ambiguous", "unmatched", "unusable")
Named = Sequence[tuple[str, Catalogue]]


def open_catalogues(config: Config, folder: Path, store: Store, *, refresh: bool, bars: Bars) -> Named:
    """Return every catalogue of the study with its collection, in the order of study.toml; remote ones are fetched once.

    An address that does not answer costs its catalogue alone, and is asked again by the next scan.

    Raises
    ------
    CatalogueError
        If a file or folder is missing.
    """

    def open_one(section: CatalogueSection) -> Catalogue:
        settings = section.model_dump(exclude={"path"})
        if "://" not in section.path:
            return opened(placed(section.path, folder), store.root / "catalogues", **settings)
        progress = bars("fetching catalogues")
        try:
            return opened(
                section.path, store.root / "catalogues", refresh=refresh, progress=progress, **settings
            )
        except CatalogueError as problem:
            return Catalogue((), section.path.partition("?")[0], **settings, problem=str(problem))

    return [(c.name, open_one(each)) for c in config.collection for each in c.catalogue]


def joined_key(config: Config, store: Store, catalogues: Named) -> str:
    """Return what the joined tables are made from: scanned images, catalogues and how they are read, code."""
    made_from = [(name, c.digest, c.format, c.encoding, c.link, dict(c.columns)) for name, c in catalogues]
    source = tables.key_of(store.path(tables.SCANNED))
    return key_for(source, made_from, config.scan.precedence, code_digest(FOLDER))


def join(scanned: pd.DataFrame, catalogues: Named, store: Store, key: str, precedence: str) -> pd.DataFrame:
    """Read the catalogues, keep what they say as tables, and return the images table.

    A catalogue that cannot be read is a row of `tables.CATALOGUE_FILES` with the reason.
    """
    joining = Joining(scanned, catalogues)
    store.write_blocks(tables.RAW_RECORDS, joining.blocks(), key)
    found = joining.joined(precedence)
    store.write(tables.RECORDS, found.records, key)
    store.write(tables.CROSSWALK, found.crosswalk, key)
    store.write(tables.CATALOGUE_FILES, found.files, key)
    store.write_blocks(tables.IMAGES, found.images, key)
    return store.read(tables.IMAGES)


def tell_records(records: pd.DataFrame, files: pd.DataFrame) -> tuple[dict[str, int], list[str]]:
    """Count what became of catalogue records, and say it in one line that adds up; then a line for each file of note."""
    counts = {name: int((records["outcome"] == name).sum()) for name in OUTCOMES}
    told = tell_files(files)
    if not len(records):
        return counts, told
    formats = records.groupby("collection")["format"].agg(lambda found: ", ".join(sorted(set(found))))
    named = "; ".join(f"{collection}: {kinds}" for collection, kinds in formats.items())
    parts = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    return counts, [f"{len(records):,} catalogue records = {parts} ({named})", *told]


def tell_files(files: pd.DataFrame) -> list[str]:
    """Return a line for each catalogue file that a person should know of: empty, passed over, of doubtful encoding, with unused columns."""
    lines = []
    for row in files.astype(object).fillna("").to_dict("records"):
        name, reason = row["file"], row["problem"]
        if row["outcome"] == "empty":
            lines.append(f"warning: {name}: 0 records" + (f" ({reason})" if reason else ""))
        elif row["outcome"] == "passed over":
            lines.append(f"note: {name}: passed over, {reason}")
        lines += [f"note: {name}: {each}" for each in str(row["note"]).splitlines()]
    return lines


def unread_files(files: pd.DataFrame) -> list[str]:
    """Return one sentence per catalogue file that could not be read, or not to its end."""
    failed = files[files["outcome"].isin(["unreadable", "broken"])]
    return [
        f"{row.collection}: the catalogue {row.file} could not be read{' to its end' if row.outcome == 'broken' else ''}: {row.problem}"
        for row in failed.itertuples(index=False)
    ]
