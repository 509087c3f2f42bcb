"""Behind a number: the rows that it counts, so that a reader can look at each of them.

Only numbers that count rows have any: images, works by their images, groups, pairs, records or entries of a register. What is
estimated, averaged or drawn is made from other numbers, which have.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from itertools import permutations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab import tables
from dedupelab.errors import ConfigError
from dedupelab.evidence.copies.population import STATUSES, Population, in_duplicates
from dedupelab.evidence.metadata.ai import ai_labelled
from dedupelab.evidence.metadata.catalogues import OUTCOMES
from dedupelab.evidence.metadata.conflicts import ANY, FIELDS, ambiguity, field_states
from dedupelab.evidence.metadata.rights import orphans
from dedupelab.values.chinese_scripts import Fold, as_written

Rows = Callable[[], pd.DataFrame]
Flags = NDArray[np.bool_]
IMAGE = ["image_id", "collection", "path"]
GROUP = ["group_id", "images", "collections", "authority"]


def behind(result_id: str, rows: Mapping[str, Rows]) -> pd.DataFrame:
    """Return the rows that a number counts, as many as its numerator as detected.

    Raises
    ------
    ConfigError
        If the number counts no rows.
    """
    if result_id not in rows:
        known = sorted({name.split(".")[0] for name in rows})
        raise ConfigError(
            f"expected the id of a number that counts rows, got {result_id!r}; choose one that begins with {', '.join(known)}"
        )
    return rows[result_id]().reset_index(drop=True)


def counted_rows(
    people: Population,
    pairs: pd.DataFrame,
    records: pd.DataFrame,
    registers: Mapping[str, pd.DataFrame],
    fold: Fold = as_written,
) -> dict[str, Rows]:
    """Return for each number that counts rows what gives them.

    Parameters
    ----------
    people, pairs, records
        As `stage.measure` takes them.
    registers
        Entries by register.
    fold
        How values of metadata are read before they are compared.
    """
    incidents = registers.get("incident")
    return {
        **dict(_files(people)),
        **dict(_copies(people)),
        **dict(_works(people)),
        **dict(_groups(people, fold)),
        **dict(_pairs(pairs)),
        **dict(_records(records)),
        **({"M9": partial(incidents.copy)} if incidents is not None and len(incidents) else {}),
    }


def _where(frame: pd.DataFrame, mask: "Flags | pd.Series[bool]", columns: list[str]) -> Rows:
    return partial(_chosen, frame, np.asarray(mask, bool), columns)


def _chosen(frame: pd.DataFrame, mask: Flags, columns: list[str]) -> pd.DataFrame:
    return frame.loc[mask, columns]


def _files(people: Population) -> Iterator[tuple[str, Rows]]:
    images, hashed = people.images, people.hashed
    yield "N.listed", _where(images, np.ones(len(images), bool), [*IMAGE, "status", "problem"])
    for status in STATUSES:
        yield f"N.{status}", _where(images, images["status"] == status, [*IMAGE, "problem"])
    orphan = orphans(hashed)
    labelled, silent = ai_labelled(hashed)
    named = hashed["names_person"].astype("boolean").fillna(value=False).astype(bool)
    yield "N.low-information", _where(hashed, hashed["low"], IMAGE)
    yield "M7", _where(hashed, orphan, IMAGE)
    for name in people.collections:
        own = (hashed["collection"] == name).to_numpy(bool)
        yield f"N.hashed.{name}", _where(hashed, own, IMAGE)
        yield f"M7.in.{name}", _where(hashed, orphan & own, IMAGE)
    yield "M12", _where(hashed, labelled, IMAGE)
    yield "M12.labelled", _where(hashed, labelled, IMAGE)
    yield "M12.unlabelled", _where(hashed, silent, IMAGE)
    yield "M17", _where(hashed, named, IMAGE)


def _copies(people: Population) -> Iterator[tuple[str, Rows]]:
    members, seen = people.members, people.hashed[~people.hashed["low"]]
    columns = [*IMAGE, "group_id", "work"]
    yield "N.surplus", _where(members, members["unit"].duplicated(), columns)
    yield "M1", _where(members, members["unit"].duplicated(), columns)
    for name in people.collections:
        own = members[members["collection"] == name]
        yield f"M1.in.{name}", _where(own, own["unit"].duplicated(), columns)
    yield "M1b", _where(members, in_duplicates(members), columns)
    again = seen["sha256"].notna() & seen["sha256"].duplicated()
    yield "M1x", _where(seen, again, [*IMAGE, "sha256"])
    orphan = orphans(members)
    fellow = pd.Series(~orphan, index=members.index).groupby(members["unit"]).transform("any")
    yield "M7s", _where(members, orphan & fellow.to_numpy(bool), columns)


def _works(people: Population) -> Iterator[tuple[str, Rows]]:
    """Yield the works that several collections hold: one row a work, with how many images and the first of them."""
    members = people.members
    works = members.groupby("unit").agg(
        group_id=("group_id", "first"), image_id=("image_id", "first"), images=("image_id", "size")
    )
    columns = ["group_id", "image_id", "images"]
    inside = {
        name: (members["collection"] == name).groupby(members["unit"]).any().to_numpy(bool)
        for name in people.collections
    }
    holders = np.add.reduce(
        [np.zeros(len(works), np.int64), *(each.astype(np.int64) for each in inside.values())]
    )
    yield "M4.any", _where(works, holders > 1, columns)
    for one, other in permutations(people.collections, 2):
        yield f"M4.{one}.{other}", _where(works, inside[one] & inside[other], columns)
        yield f"M4j.{one}.{other}", _where(works, inside[one] & inside[other], columns)


def _groups(people: Population, fold: Fold) -> Iterator[tuple[str, Rows]]:
    groups = people.groups
    yield "N.groups", _where(groups, np.ones(len(groups), bool), GROUP)
    yield "N.groups.chained", _where(groups, groups["works"] > 1, GROUP)
    yield "M6b", _where(groups, groups["authority"] == "unresolved", GROUP)
    stated = _Stated(people, fold)
    yield "M6.ambiguous", stated.ambiguous
    for name, fields in {**{field: (field,) for field in FIELDS}, "any": ANY}.items():
        yield f"M5.{name}", partial(stated.conflicting, fields)
        yield f"M5s.{name}", partial(stated.silent, fields)
    for name, fields in {"creator": ("creator",), "any": ANY}.items():
        yield f"M5.{name}.across", partial(stated.conflicting, fields, across=True)


class _Stated:
    """What the copies of each group state, looked at once and only when somebody asks."""

    def __init__(self, people: Population, fold: Fold) -> None:
        self._people, self._fold = people, fold

    @cached_property
    def _states(self) -> pd.DataFrame:
        return field_states(self._people, self._fold)

    def conflicting(self, fields: tuple[str, ...], *, across: bool = False) -> pd.DataFrame:
        """Return the groups with a conflict in one of these fields; `across`, those of several collections."""
        rows = self._states
        found = rows.loc[rows["field"].isin(fields) & (rows["state"] == "conflict"), "group_id"]
        chosen = self._of(found)
        return chosen[chosen["collections"] > 1] if across else chosen

    def silent(self, fields: tuple[str, ...]) -> pd.DataFrame:
        """Return the groups in which a copy is silent on one of these fields and another is not."""
        rows = self._states
        spoken = rows["field"].isin(fields) & (rows["asserting"] > 0) & rows["silent"].astype(bool)
        return self._of(rows.loc[spoken, "group_id"])

    def ambiguous(self) -> pd.DataFrame:
        """Return the groups with any ambiguity of authority."""
        index = ambiguity(self._states)
        return self._of(index[index > 0].index.to_series())

    def _of(self, names: "pd.Series[str]") -> pd.DataFrame:
        groups = self._people.groups
        return groups.loc[groups["group_id"].isin(set(names)), GROUP]


def _pairs(pairs: pd.DataFrame) -> Iterator[tuple[str, Rows]]:
    columns = ["left", "right", "relation", "distance", "score", "reason"]
    yield "N.pairs", _where(pairs, np.ones(len(pairs), bool), columns)
    yield "N.links", _where(pairs, pairs["relation"].isin(tables.LINKS), columns)
    for relation in tables.RELATIONS:
        yield f"N.pairs.{relation}", _where(pairs, pairs["relation"] == relation, columns)


def _records(records: pd.DataFrame) -> Iterator[tuple[str, Rows]]:
    columns = [*records.columns]
    yield "N.records", _where(records, np.ones(len(records), bool), columns)
    for outcome in OUTCOMES:
        yield f"N.records.{outcome}", _where(records, records["outcome"] == outcome, columns)
