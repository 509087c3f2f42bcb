"""What a study found of one collection's pictures, and of others what [privacy] lets their holder see.

What may not be shared is left out here: what comes after can print nothing that it does not hold.
"""

from collections.abc import Hashable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dedupelab.evidence.copies.population import Population
from dedupelab.evidence.metadata.rights import orphans
from dedupelab.evidence.money.licences import work_of
from dedupelab.registers.register_fields import folded
from dedupelab.settings.sections import Shared
from dedupelab.values.chinese_scripts import Fold
from dedupelab.values.normalise import compare

Row = dict[Hashable, Any]
FIELDS = (
    "creator", "credit", "copyright_notice", "copyright_owner", "licensor", "usage_terms", "date_created",
)  # fmt: skip
"""Fields that say whose a picture is, and since when."""
PARTIES = {"workflow": ("organisation",), "incident": ("organisation",), "licence": ("licensor", "licensee")}
"""Columns of the registers that name whom an entry is about."""
DATES = {"workflow": "date", "incident": "opened", "licence": "start"}
SHOWN = {"workflow": ("step", "minutes", "items"), "incident": ("kind", "amount"), "licence": ("fee",)}  # fmt: skip
"""What is shown of an entry that names the member, beside its own picture: never the other party, and no text that may name others."""
ABOUT: Mapping[str, tuple[str, ...]] = {"workflow": (), "incident": ("kind",), "licence": ()}
"""What is shown of one that names somebody else: never what it cost them."""
OPEN = ("public", "members")
"""Confidentiality of entries that members may see, whomever they name."""


@dataclass(frozen=True)
class Copy:
    """A picture of which others, or the collection itself, hold copies."""

    path: str
    holders: tuple[str, ...]
    own: tuple[str, ...]
    """The collection's other copies of the same work."""


@dataclass(frozen=True)
class Difference:
    """A statement that another copy contradicts; holder and their words are empty where they are not shared."""

    path: str
    field: str
    yours: str
    holder: str
    theirs: str


@dataclass(frozen=True)
class Lost:
    """A picture without any rights information of which another copy has it: where, as far as that is shared."""

    path: str
    holders: tuple[str, ...]
    own: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """An entry of a register about the member or one of its pictures: which register, its day, and its values by column."""

    register: str
    day: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Own:
    """What a member's report is made from.

    `shared`, `differing` and `without` count pictures: those that others hold too, whose statement another copy contradicts,
    and that lost their rights information while another holder's copy has it.
    """

    collection: str
    holder: str
    pictures: int
    shared: int
    differing: int
    without: int
    copies: tuple[Copy, ...]
    differences: tuple[Difference, ...]
    lost: tuple[Lost, ...]
    entries: tuple[Entry, ...]


def found_of(
    people: Population,
    collection: str,
    may: Shared,
    fold: Fold,
    silent: AbstractSet[str],
    registers: Mapping[str, pd.DataFrame],
) -> Own:
    """Return what was found of a collection.

    Parameters
    ----------
    may
        What may be said of other members: their number alone, who they are, or their statements, too.
    fold
        How values are read before they are compared.
    silent
        Images, by image_id, whose statements nobody is shown.
    """
    holder = people.collections[collection]
    copies, differences, lost = [], [], []
    shared, differing, without = set(), set(), set()
    members = people.members.assign(orphan=orphans(people.members))
    theirs = members["unit"].isin(set(members.loc[members["collection"] == collection, "unit"]))
    for _unit, rows in members[theirs].groupby("unit", sort=False):
        work = rows.to_dict("records")
        others = [row for row in work if row["collection"] != collection]
        for mine in (row for row in work if row["collection"] == collection):
            beside = [row for row in work if row["collection"] == collection and row is not mine]
            if others:
                shared.add(mine["path"])
            copies.append(Copy(mine["path"], _holders(others, people, may), _paths(beside)))
            if mine["orphan"]:
                stating = [row for row in others if not row["orphan"]]
                within = [row for row in beside if not row["orphan"]]
                if stating:
                    without.add(mine["path"])
                if within or (stating and may != "counts"):
                    lost.append(Lost(mine["path"], _holders(stating, people, may), _paths(within)))
            for field, other in _contradicted(mine, others, fold):
                differing.add(mine["path"])
                if may != "counts":
                    words = "" if mine["image_id"] in silent else str(mine[field])
                    told = may == "statements" and other["image_id"] not in silent
                    named = people.collections[other["collection"]]
                    differences.append(
                        Difference(mine["path"], field, words, named, str(other[field]) if told else "")
                    )
    return Own(
        collection,
        holder,
        int((people.hashed["collection"] == collection).sum()),
        len(shared),
        len(differing),
        len(without),
        tuple(sorted((each for each in copies if each.holders or each.own), key=lambda each: each.path)),
        tuple(
            sorted(
                dict.fromkeys(differences), key=lambda each: (each.path, each.field, each.holder, each.theirs)
            )
        ),
        tuple(sorted(lost, key=lambda each: each.path)),
        tuple(_entries(registers, people, collection)),
    )


def _holders(rows: list[Row], people: Population, may: Shared) -> tuple[str, ...]:
    """Return who holds other copies, where that may be said."""
    return () if may == "counts" else tuple(sorted({people.collections[row["collection"]] for row in rows}))


def _paths(rows: list[Row]) -> tuple[str, ...]:
    return tuple(sorted(row["path"] for row in rows))


def _contradicted(mine: Row, others: list[Row], fold: Fold) -> Iterator[tuple[str, Row]]:
    """Yield every field in which another copy contradicts one, with that copy."""
    for field in FIELDS:
        said = mine[field]
        if not isinstance(said, str):
            continue
        for other in others:
            if isinstance(other[field], str) and compare(field, said, other[field], fold) == "conflict":
                yield field, other


def _assets(people: Population, collection: str) -> dict[str, str]:
    """Return the collection's own pictures by what a register may call them: identifier, collection/path, digest."""
    own = people.hashed[people.hashed["collection"] == collection]
    return {
        str(name): str(row["path"])
        for row in own.to_dict("records")
        for name in (row["image_id"], f"{collection}/{row['path']}", row["sha256"])
    }


def _entries(registers: Mapping[str, pd.DataFrame], people: Population, collection: str) -> Iterator[Entry]:
    """Yield the entries that name the member, and, without amounts, those about one of its pictures that are no other member's affair."""
    holder = people.collections[collection]
    mine = {folded(collection), folded(holder)}
    others = {folded(name) for pair in people.collections.items() for name in pair} - mine
    assets = _assets(people, collection)
    for register, parties in PARTIES.items():
        for row in registers[register].to_dict("records"):
            named = {folded(row[party]) for party in parties}
            own = work_of(row.get("asset"), assets)
            if not (named & mine) and (
                not own or (named & others and row.get("confidentiality") not in OPEN)
            ):
                continue
            shown = SHOWN[register] if named & mine else ABOUT[register]
            values = [
                ("asset", own or ""),
                *((name, _said(row[name], row.get("currency"))) for name in shown),
            ]
            yield Entry(
                register, str(row[DATES[register]]), tuple((name, value) for name, value in values if value)
            )


def _said(value: object, currency: object) -> str:
    if value is None or value != value:  # noqa: PLR0124  NaN differs from itself
        return ""
    if not isinstance(value, float):
        return str(value)
    amount = f"{value:,.2f}".removesuffix(".00")
    return f"{currency} {amount}" if isinstance(currency, str) else amount
