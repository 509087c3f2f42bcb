"""What is counted: the images, the groups they form and the works they show, joined once for every number.

Low-information images (blank pages, test cards) are taken out of the groups and counted in their own line, so that
listed = hashed + unreadable + skipped, and hashed = works + surplus copies + low-information images.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab import tables
from dedupelab.errors import TableError

STATUSES = ("hashed", "unreadable", "skipped")


@dataclass(frozen=True)
class Population:
    """The images of a study and who copies whom; build it with `population`.

    `hashed` holds the hashed images with the column `low` (low-information). `members` holds the counted members of
    groups with image columns and `unit`, a number for each (group, work). `groups` holds the groups with at least two
    counted members: images, works, surplus, bytes, redundant_bytes, collections, authority. `low_copies` holds
    low-information images that are copies by digest, beyond the first of each. `collections` maps each name to
    how labels call it.
    """

    images: pd.DataFrame
    hashed: pd.DataFrame
    members: pd.DataFrame
    groups: pd.DataFrame
    low_copies: pd.DataFrame
    collections: Mapping[str, str]

    @cached_property
    def lone(self) -> pd.DataFrame:
        """Hashed images in no counted group, low-information images among them."""
        return self.hashed[~self.hashed["row"].isin(self.members["row"])]

    @cached_property
    def shown(self) -> "pd.Series[int]":
        """The work that each hashed image shows, a number by image_id; of images in no counted group each its own."""
        known = self.members.set_index("image_id")["unit"].reindex(self.hashed["image_id"])
        return known.fillna(pd.Series(-1 - np.arange(len(known)), known.index)).astype(np.int64)

    @property
    def low(self) -> int:
        """Low-information images."""
        return int(self.hashed["low"].sum())

    @property
    def surplus(self) -> int:
        """Copies beyond the first of each work."""
        return int(self.groups["surplus"].sum())

    @property
    def works(self) -> int:
        """Different pictures, low-information images apart."""
        return len(self.hashed) - self.low - self.surplus

    @cached_property
    def holdings(self) -> pd.DataFrame:
        """One row for each collection that holds a work: work, collection, images."""
        grouped = self.members[["unit", "collection"]].rename(columns={"unit": "work"})
        lone = self.lone[~self.lone["low"]]
        start = int(grouped["work"].max()) + 1 if len(grouped) else 0
        single = pd.DataFrame(
            {"work": np.arange(start, start + len(lone)), "collection": lone["collection"].to_numpy()}
        )
        both = pd.concat([grouped, single], ignore_index=True) if len(grouped) else single
        return both.groupby(["work", "collection"], sort=True).size().rename("images").reset_index()


def population(
    images: pd.DataFrame,
    groups: pd.DataFrame,
    members: pd.DataFrame,
    *,
    collections: Mapping[str, str] | Sequence[str],
) -> Population:
    """Join the declared tables and check that their totals reconcile.

    Raises
    ------
    TableError
        If a status is unknown, a collection is not one of `collections`, or the tables are of different runs.
    """
    _check(images, groups, members, collections)
    hashed = images[images["status"] == "hashed"].reset_index(drop=True)
    hashed["row"] = np.arange(len(hashed))
    hashed["low"] = (hashed["information"] < tables.LOW_INFORMATION).fillna(value=False).astype(bool)
    joined = members.merge(hashed, on="image_id", how="inner", validate="one_to_one")
    if len(joined) != len(members):
        raise TableError(
            f"members: expected hashed images only, got {len(members) - len(joined)} others; match again"
        )
    low = joined[joined["low"]]
    low_copies = low[low.duplicated(["group_id", "work"])]
    counted = joined[~joined["low"]]
    counted = counted[counted.groupby("group_id")["image_id"].transform("size") > 1]
    counted = counted.sort_values(["group_id", "work", "image_id"], kind="stable").reset_index(drop=True)
    counted["unit"] = counted.groupby(["group_id", "work"], sort=True).ngroup().astype(np.int64)
    result = Population(images, hashed, counted, _summary(groups, counted), low_copies, _called(collections))
    total = result.works + result.surplus + result.low
    assert total == len(hashed), (
        f"expected {len(hashed)} hashed images, got {total} as works, surplus and low-information"
    )
    return result


def _called(collections: Mapping[str, str] | Sequence[str]) -> dict[str, str]:
    """Call a collection by its holder where that is unambiguous, else by its name."""
    holders = dict(collections) if isinstance(collections, Mapping) else {name: name for name in collections}
    told = Counter(holders.values())
    return {name: holder if told[holder] == 1 else name for name, holder in holders.items()}


def _summary(groups: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """One row per counted group, of whose works the authoritative copy is kept, else the largest."""
    by_group = members.groupby("group_id", sort=True)
    summary = by_group.agg(
        images=("image_id", "size"),
        works=("work", "nunique"),
        bytes=("bytes", "sum"),
        collections=("collection", "nunique"),
    ).reset_index()
    summary = summary.merge(
        groups[["group_id", "authority"]], on="group_id", how="left", validate="one_to_one"
    )
    preferred = members.assign(first=members["role"] == "authoritative").sort_values(["first", "bytes"])
    kept = preferred.drop_duplicates("unit", keep="last").groupby("group_id")["bytes"].sum()
    summary["redundant_bytes"] = summary["bytes"] - kept.reindex(summary["group_id"]).to_numpy(np.int64)
    summary["surplus"] = summary["images"] - summary["works"]
    return summary


def in_duplicates(members: pd.DataFrame) -> NDArray[np.bool_]:
    """For each member, whether its work has another copy."""
    return np.asarray(members.groupby("unit")["image_id"].transform("size") > 1, dtype=bool)


def _check(
    images: pd.DataFrame, groups: pd.DataFrame, members: pd.DataFrame, collections: Iterable[str]
) -> None:
    statuses = sorted(set(images["status"]) - set(STATUSES))
    if statuses:
        raise TableError(
            f"images: expected status {', '.join(STATUSES)}, got {', '.join(statuses)}; scan again"
        )
    strangers = sorted(set(images["collection"]) - set(collections))
    if strangers:
        raise TableError(
            f"images: expected the collections {', '.join(collections)}, got also {', '.join(strangers)}; scan again"
        )
    sizes = members.groupby("group_id").size().sort_index()
    declared = groups.set_index("group_id")["images"].sort_index()
    if members["image_id"].duplicated().any() or not sizes.equals(declared.rename(None)):
        raise TableError(
            f"members: expected each image in one group and the groups' own sizes, got {len(members)} members "
            f"that do not fit {len(groups)} groups; match again"
        )


def spans(numbers: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return where each run of equal numbers begins and ends, as members of one unit do: they come sorted by it.

    >>> spans(np.array([3, 3, 5]))
    [(0, 2), (2, 3)]
    """
    if not len(numbers):
        return []
    return list(pairwise([0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]))
