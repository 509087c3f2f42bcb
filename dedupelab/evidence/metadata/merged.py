"""One record per work out of all its copies: what the authoritative copy says, what others add, and what stays unresolved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from dedupelab.numbers.messages import Message, loaded, message
from dedupelab.tables import CATALOGUED
from dedupelab.values.chinese_scripts import Fold, as_written
from dedupelab.values.normalise import compare, contradictory

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Copy:
    """One file of a work."""

    image_id: str
    collection: str
    path: str
    format: str
    width: int
    height: int

    @property
    def place(self) -> str:
        """Collection and path."""
        return f"{self.collection}/{self.path}"


@dataclass(frozen=True)
class Merged:
    """One work: its copies, the copy that is believed first, and one value per field with where it comes from.

    `authority` is `resolved`, `unresolved`, or `single` for a work in one copy. `unresolved` holds what copies say on
    fields where they contradict each other and none is believed; `contested` names fields on which another copy
    contradicts the believed one.
    """

    work_id: str
    authority: str
    reason: Message
    copies: tuple[Copy, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    provenance: Mapping[str, str] = field(default_factory=dict)
    unresolved: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contested: tuple[str, ...] = ()

    @property
    def collections(self) -> tuple[str, ...]:
        """Collections that hold a copy, that of the first copy first."""
        return tuple(dict.fromkeys(copy.collection for copy in self.copies))


def merge(
    images: pd.DataFrame, groups: pd.DataFrame, members: pd.DataFrame, fold: Fold = as_written
) -> Iterator[Merged]:
    """Yield a record for each work, grouped works first, in the order of their identifiers.

    A field comes from the authoritative copy; where that is silent, or none could be named, from the copies that state
    it if they do not contradict each other: then the fullest form. Contradictions among them are left unresolved.

    Parameters
    ----------
    images, groups, members
        As in `dedupelab.tables`; images that could not be hashed show no work and are left out.
    fold
        How values are read before they are compared; they are kept as written.
    """
    hashed = images[images["status"] == "hashed"]
    columns = ["image_id", "collection", "path", "format", "width", "height", "from_catalogue", *CATALOGUED]
    frame = hashed[columns].astype(object)
    rows = {row["image_id"]: row for row in frame.where(frame.notna(), None).to_dict("records")}
    decided = groups.set_index("group_id")[
        ["authoritative", "authority", "authority_reason", "authority_message"]
    ]
    works = members.groupby(["group_id", "work"], sort=True)["image_id"].agg(list)
    facts = decided.astype(object).where(decided.notna(), None).to_dict("index")
    for group_id, work, identities in works.reset_index().itertuples(index=False):
        said = {str(name): value for name, value in facts[group_id].items()}
        yield _merged(f"{group_id}-{work}", [rows[i] for i in sorted(identities)], said, fold)
    grouped = set(members["image_id"])
    for identity in sorted(set(rows) - grouped):
        yield _merged(f"g{identity}", [rows[identity]], {}, fold)


def _merged(work_id: str, rows: list[dict[Any, Any]], said: Row, fold: Fold) -> Merged:
    chosen = said.get("authoritative")
    ordered = sorted(rows, key=lambda row: (row["image_id"] != chosen, row["image_id"]))
    authority, reason = (
        ("single", message("the only copy"))
        if len(rows) == 1
        else (said["authority"], loaded(said["authority_message"], said["authority_reason"]))
    )
    believed = ordered[0] if len(rows) == 1 or ordered[0]["image_id"] == chosen else None
    values, provenance, unresolved, contested = {}, {}, {}, []
    for name in CATALOGUED:
        stating = [row for row in ordered if row[name]]
        if not stating:
            continue
        first = stating[0]
        if first is believed:
            if any(compare(name, first[name], row[name], fold) == "conflict" for row in stating[1:]):
                contested.append(name)
        elif contradictory(name, [row[name] for row in stating], fold):
            unresolved[name] = tuple(dict.fromkeys(f"{row[name]} ({row['collection']})" for row in stating))
            continue
        else:
            first = max(stating, key=lambda row: len(row[name]))
        values[name] = first[name]
        source = "catalogue" if name in (first["from_catalogue"] or "").split() else "file"
        provenance[name] = f"{first['collection']}/{first['path']} ({source})"
    copies = tuple(
        Copy(r["image_id"], r["collection"], r["path"], r["format"] or "", int(r["width"]), int(r["height"]))
        for r in ordered
    )
    return Merged(work_id, authority, reason, copies, values, provenance, unresolved, tuple(contested))
