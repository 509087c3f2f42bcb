"""The shelf: every group of a study with what it may be filtered and sorted by; built from columns, as there may be many thousands."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.numbers.messages import Message, loaded
from dedupelab.study.study import Study
from dedupelab.tables import IMAGES, LINKS, PAIRS, Table, read
from dedupelab.values.dates import parse_date

ANY, NONE = "any", "none"
SORTS = {
    "institutions": "most institutions first",
    "images": "most copies first",
    "weakest": "weakest links first",
    "newest": "newest first",
    "oldest": "oldest first",
    "bytes": "most bytes in surplus copies first",
}

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Wanted:
    """Which groups are shown, and in what order; what is empty or 0 asks for nothing."""

    institution: str = ""
    relation: str = ""
    conflict: str = ""
    authority: str = ""
    reason: str = ""
    least: int = 0
    most: int = 0
    since: int = 0
    until: int = 0
    only: frozenset[str] | None = None
    sort: str = "institutions"


@dataclass(frozen=True)
class Shelf:
    """All groups, in rows; `members` holds their images, those of a group together and what is authoritative first."""

    groups: pd.DataFrame
    members: pd.DataFrame
    holders: Mapping[str, Flags]
    relations: Mapping[str, Flags]
    conflicts: Mapping[str, Flags]
    reasons: Mapping[str, Message]
    starts: Ints = field(default_factory=lambda: np.zeros(1, np.int64))

    @classmethod
    def of(cls, study: Study) -> "Shelf":
        """Read the shelf of a study that was matched."""
        groups = study.groups().reset_index(drop=True)
        images = _columns(study, IMAGES, ("image_id", "collection", "path", "date_created"))
        place = pd.Index(groups["group_id"])
        members = study.members()
        members = members.assign(
            row=place.get_indexer(members["group_id"]), best=members["role"] != "authoritative"
        )
        members = members.sort_values(["row", "best", "work", "image_id"], ignore_index=True)
        found = pd.Index(images["image_id"]).get_indexer(members["image_id"])
        for name in ("collection", "path", "date_created"):
            members[name] = images[name].to_numpy(object)[found]
        holder = study.config.holders
        members["holder"] = members["collection"].map(holder)
        row = members["row"].to_numpy(np.int64)
        count = len(groups)
        years = _years(members["date_created"])
        early, late = np.full(count, np.inf), np.full(count, -np.inf)
        np.fmin.at(early, row, years)
        np.fmax.at(late, row, years)
        pairs = _columns(study, PAIRS, ("left", "relation"))
        pairs = pairs[pairs["relation"].isin(LINKS)]
        linked = pd.Series(row, index=members["image_id"].to_numpy(object))
        at = linked.reindex(pairs["left"]).fillna(-1).to_numpy(np.int64)
        fields = study.fields()
        fields = fields[fields["state"] == "conflict"]
        cells = groups[["authority_message", "authority_reason"]].to_numpy(object)
        said = [*map(tuple, cells)]
        read_once = {each: loaded(*each) for each in set(said)}
        told = pd.Series([read_once[each] for each in said], groups.index, object)
        return cls(
            groups.assign(early=early, late=late, told=told, reason=[each.id for each in told]),
            members,
            _flags(members["holder"], row, count),
            _flags(pairs["relation"], at, count),
            _flags(fields["field"], place.get_indexer(fields["group_id"]), count),
            {each.id: each for each in told[::-1]},
            np.searchsorted(row, np.arange(count + 1)),
        )

    def rows(self, wanted: Wanted) -> Ints:
        """Return the rows of the groups that are wanted, in order."""
        rows = np.flatnonzero(np.logical_and.reduce(self._asked(wanted)))
        return rows[np.lexsort(tuple(key[rows] for key in reversed(self._keys(wanted.sort))))]

    def _asked(self, wanted: Wanted) -> list[Flags]:
        """Return for each thing that is asked for which groups have it."""
        groups, none = self.groups, np.zeros(len(self.groups), bool)
        some = np.logical_or.reduce([none, *self.conflicts.values()])
        images = groups["images"].to_numpy(np.int64)
        asked: list[tuple[object, Flags]] = [
            (wanted.institution, self.holders.get(wanted.institution, none)),
            (wanted.relation, self.relations.get(wanted.relation, none)),
            (wanted.conflict, {ANY: some, NONE: ~some, **self.conflicts}.get(wanted.conflict, none)),
            (wanted.authority, (groups["authority"] == wanted.authority).to_numpy(bool)),
            (wanted.reason, (groups["reason"] == wanted.reason).to_numpy(bool)),
            (wanted.least, images >= wanted.least),
            (wanted.most, images <= wanted.most),
            (wanted.since, groups["late"].to_numpy(float) >= wanted.since),
            (wanted.until, groups["early"].to_numpy(float) <= wanted.until),
        ]
        within = ~none if wanted.only is None else groups["group_id"].isin(wanted.only).to_numpy(bool)
        return [within, *(flags for given, flags in asked if given)]

    def images(self, row: int) -> pd.DataFrame:
        """Return the members of one group, the authoritative copy first."""
        return self.members.iloc[self.starts[row] : self.starts[row + 1]]

    def facts(self, row: int) -> dict[str, object]:
        """Return what is said of a group in a line."""
        group = self.groups.iloc[row]
        return {
            "group": str(group["group_id"]),
            "images": int(group["images"]),
            "institutions": [name for name, flags in self.holders.items() if flags[row]],
            "relations": [name for name, flags in self.relations.items() if flags[row]],
            "conflicts": [name.replace("_", " ") for name, flags in self.conflicts.items() if flags[row]],
            "authority": str(group["authority"]),
            "reason": str(group["told"]),
            "years": _span(group["early"], group["late"]),
        }

    def _keys(self, sort: str) -> list[NDArray[np.float64]]:
        groups = self.groups
        name = np.arange(len(groups), dtype=float)
        held = np.add.reduce(
            [np.zeros(len(groups)), *(flags.astype(float) for flags in self.holders.values())]
        )
        images = groups["images"].to_numpy(float)
        first = {
            "institutions": -held,
            "images": -images,
            "weakest": groups["weakest_link"].to_numpy(float),
            "newest": -groups["late"].to_numpy(float),
            "oldest": groups["early"].to_numpy(float),
            "bytes": -groups["redundant_bytes"].to_numpy(float),
        }
        return [first.get(sort, -held), -images, name]


def _columns(study: Study, table: Table, names: tuple[str, ...]) -> pd.DataFrame:
    path = study.store.path(table)
    return read(table, path, names) if path.exists() else table.empty()


def _flags(values: "pd.Series[str]", rows: Ints, count: int) -> dict[str, Flags]:
    """Return for each value in which rows it occurs; rows below 0 are none."""
    codes, names = pd.factorize(values, sort=True)
    found = {}
    for number, name in enumerate(names):
        flags = np.zeros(count, bool)
        at = rows[codes == number]
        flags[at[at >= 0]] = True
        found[str(name)] = flags
    return found


def _years(dates: "pd.Series[str]") -> NDArray[np.float64]:
    """Return the year in which each date begins, NaN where it is none; dates as written by far most are read at once."""
    codes, values = pd.factorize(dates)
    plain = pd.to_numeric(pd.Series(values, dtype=object).str.slice(0, 4), errors="coerce").to_numpy(float)
    for number in np.flatnonzero(np.isnan(plain)):
        span = parse_date(str(values[int(number)]))
        plain[number] = np.nan if span is None else span.start.year
    return np.where(codes >= 0, np.r_[plain, np.nan][codes], np.nan)


def _span(early: float, late: float) -> str:
    if not np.isfinite(early):
        return ""
    return f"{early:.0f}" if early == late else f"{early:.0f} to {late:.0f}"
