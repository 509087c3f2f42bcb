"""Do a run's numbers come out again: everything that follows from its tables is computed anew and compared."""

import json
import math
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dedupelab import tables
from dedupelab.errors import PackError
from dedupelab.numbers.results import Result, load_results
from dedupelab.pack.bagit import TAGS, check_bag
from dedupelab.pack.pack import FOLDER, written_down
from dedupelab.pack.toml import toml
from dedupelab.settings.study_toml import shown
from dedupelab.study.execution import GIVEN
from dedupelab.study.study import Study
from dedupelab.tables.store import FOLDER as HOME
from dedupelab.tables.store import Store

DERIVED = (tables.PAIRS, tables.GROUPS, tables.MEMBERS, *tables.MEASURED)
"""Tables that are computed again, from what was seen and what people wrote down."""
SEEN = (tables.SCANNED, tables.IMAGES, tables.RECORDS, tables.CROSSWALK, tables.DETECTED)
"""Tables that need the pictures, or the catalogues."""
CLOCK = ("modified", "sidecar_modified")
"""Columns that another copy of the same files need not share."""


@dataclass(frozen=True)
class Replayed:
    """One table of the pack beside the same computed anew."""

    name: str
    rows: int
    different: int
    first: str
    """The first difference in words; empty where there is none."""


def replayable(run: str | Path) -> bool:
    """Whether a run or pack holds the tables that a replay starts from; what was exported for others does not."""
    return (_pack(run) / "data" / "tables" / "detected.parquet").exists()


def _pack(run: str | Path) -> Path:
    given = Path(run)
    return given if (given / TAGS).exists() else given / FOLDER


def replay(run: str | Path, pictures: str | Path = "") -> list[Replayed]:
    """Compute a run's groups and numbers again from its pack and compare table by table.

    Parameters
    ----------
    run
        A run's folder or a pack; it is verified first.
    pictures
        A study whose collections hold the pictures: then images and pairs are computed again, too.

    Raises
    ------
    PackError
        If the pack is not whole, or holds no tables (a public one does not).
    """
    folder = _pack(run)
    check_bag(folder)
    data = folder / "data"
    if not replayable(run):
        raise PackError(
            f"expected tables in {folder}, got none: this pack holds aggregates only; ask for a private one"
        )
    settings = json.loads((data / "run.json").read_text("utf-8"))["settings"]
    tolerance = json.loads((data / "replay.json").read_text("utf-8"))["tolerance"]
    with tempfile.TemporaryDirectory(prefix="dedupelab-replay-") as name:
        again = _again(data, settings, Path(name), pictures)
        again.measure()
        known = {c.name for c in again.config.collection}
        if not set(again.images()["collection"]) <= known:
            raise PackError("expected the collections that run.json names, got others; ask the sender")
        compared = []
        for table in (*SEEN, *DERIVED) if pictures else DERIVED:
            old = tables.read(table, data / "tables" / table.file)
            compared.append(compare_tables(table, old, again.store.read(table), **tolerance))
        compared.append(compare_results(load_results(data / "results.json"), again.results(), **tolerance))
    return compared


def compare_tables(
    table: tables.Table, old: pd.DataFrame, new: pd.DataFrame, *, relative: float, absolute: float
) -> Replayed:
    """Return how two frames of one table differ, row by row in the table's order."""
    keys = list(table.order)
    columns = [name for name in table.names if name not in CLOCK]
    was, now = (
        {tuple(str(row[key]) for key in keys): row for row in frame[columns].to_dict("records")}
        for frame in (old, new)
    )
    different, first = 0, ""
    for key in sorted(was.keys() | now.keys()):
        found = _row_difference(was.get(key), now.get(key), relative, absolute)
        if found:
            different += 1
            first = first or f"{', '.join(key)}: {found}"
    return Replayed(table.name, len(old), different, first)


def compare_results(old: list[Result], new: list[Result], *, relative: float, absolute: float) -> Replayed:
    """Return how two lists of results differ, by id."""
    was, now = ({r.id: asdict(r) for r in results} for results in (old, new))
    found = {
        name: difference
        for name in [*was, *(n for n in now if n not in was)]
        if (difference := _row_difference(was.get(name), now.get(name), relative, absolute))
    }
    first = next((f"{name}: {what}" for name, what in found.items()), "")
    return Replayed("results", len(old), len(found), first)


def _again(data: Path, settings: dict[str, Any], folder: Path, pictures: str | Path) -> Study:
    """Return a study in a folder of its own: of the pack's tables, or of the pictures with the pack's settings."""
    places = _places(settings, pictures)
    settings = {**settings, "collection": [c | places[c["name"]] for c in settings["collection"]]}
    (folder / "study.toml").write_text(toml(settings), encoding="utf-8")
    store = Store(folder / HOME)
    for name, target in written_down(folder):
        if (data / name).exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(data / name, target)
    if not pictures:
        for table in (*SEEN, tables.PROPOSED):
            path = data / "tables" / table.file
            store.write(table, tables.read(table, path), tables.key_of(path))
        store.remember(GIVEN, "a pack")
    return Study(folder)


def _places(settings: dict[str, Any], pictures: str | Path) -> dict[str, dict[str, Any]]:
    """Return where each collection of the pack lies, and its catalogues, by its name.

    Raises
    ------
    PackError
        If the study that is to have the pictures lacks a collection.
    """
    if not pictures:
        return {c["name"]: {"location": "in the pack"} for c in settings["collection"]}
    here = Study(pictures)
    places = {
        c.name: {
            "location": here.location(c.name),
            "catalogue": [each.model_dump() | {"path": here.placed(each.path)} for each in c.catalogue],
        }
        for c in here.config.collection
    }
    lacking = [c["name"] for c in settings["collection"] if c["name"] not in places]
    if lacking:
        raise PackError(
            f"expected the collection {lacking[0]} in {pictures}, got none; name a study that has it"
        )
    return places


def _row_difference(
    was: dict[Any, Any] | None, now: dict[Any, Any] | None, relative: float, absolute: float
) -> str:
    if was is None or now is None:
        return "not in the pack" if was is None else "not computed again"
    for name, before in was.items():
        after = now.get(name)
        if not _same(before, after, relative, absolute):
            return f"{name} is {shown(before)} in the pack, {shown(after)} now"
    return ""


def _same(before: object, after: object, relative: float, absolute: float) -> bool:
    # Parts of a list come as numpy's numbers, which are no Python floats.
    if isinstance(before, float | np.floating) and isinstance(after, float | int | np.number):
        return math.isclose(before, after, rel_tol=relative, abs_tol=absolute) or (
            math.isnan(before) and math.isnan(after)
        )
    if isinstance(before, str | bytes | int) or isinstance(after, str | bytes | int):
        return type(before) is type(after) and before == after
    if hasattr(before, "__len__") or hasattr(after, "__len__"):
        if not (hasattr(before, "__len__") and hasattr(after, "__len__")):
            return False
        return len(before) == len(after) and all(
            _same(one, other, relative, absolute)
            for one, other in zip(_items(before), _items(after), strict=True)
        )
    return bool(pd.isna(before) and pd.isna(after)) or before == after  # type: ignore[call-overload]  # any value of a frame


def _items(value: Any) -> list[object]:  # noqa: ANN401  a list, an array or a mapping
    return [x for pair in value.items() for x in pair] if isinstance(value, dict) else list(value)
