"""The copy whose metadata should be believed, by stated, ordered criteria; never by guess.

Each criterion ranks the copies of one work. Copies that are not best by the first are set aside, then the second is
asked, and so on. Copies that still tie and do not say the same of themselves leave the work `unresolved`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.tables import METADATA

MINIMUM_FIELDS = ("caption", "creator", "copyright_owner", "copyright_notice", "credit", "date_created")
"""The IPTC minimum set: description, creator, copyright owner, copyright notice, credit line, date created."""
STATEMENTS = (
    "creator",
    "credit",
    "copyright_notice",
    "copyright_owner",
    "licensor",
    "date_created",
    "title",
    "caption",
)
FORMAT_RANK = {"TIFF": 3, "PNG": 2, "WEBP": 1, "JPEG": 1, "MPO": 1, "HEIF": 1}
UNTOLD = "no criterion told the copies apart"
Copies = pd.DataFrame


@dataclass(frozen=True)
class Criterion:
    """One rule: a name for `study.toml`, a sentence for the reader, and a rank (higher is better) per copy.

    Ranks are of copies of many groups at once, told apart by the column `group`; only those of one group are compared.
    """

    name: str
    sentence: str
    rank: Callable[[Copies], "pd.Series[float]"]


def _signed(copies: Copies) -> "pd.Series[float]":
    return (copies["c2pa"] == "trusted").astype(float)


def _root(copies: Copies) -> "pd.Series[float]":
    """1 for a copy that others of its group say they derive from and that derives from none of them."""
    own, parent = (
        pd.MultiIndex.from_frame(copies[["group", name]]) for name in ("document_id", "derived_from")
    )
    has_own, has_parent = copies["document_id"].notna(), copies["derived_from"].notna()
    is_parent = own.isin(parent[has_parent.to_numpy()]) & has_own
    is_child = parent.isin(own[has_own.to_numpy()]) & has_parent
    return pd.Series(is_parent & ~is_child, index=copies.index).astype(float)


def _whole(copies: Copies) -> "pd.Series[float]":
    """1 for a copy that no link shows to be a derivative of a larger one: it has most pixels of its group."""
    pixels = copies["width"].astype(float) * copies["height"].astype(float)
    return (pixels >= 0.98 * pixels.groupby(copies["group"]).transform("max")).astype(float)


def _lossless(copies: Copies) -> "pd.Series[float]":
    return copies["format"].map(FORMAT_RANK).fillna(0.0).astype(float)


def _completeness(copies: Copies) -> "pd.Series[float]":
    return copies[list(MINIMUM_FIELDS)].notna().sum(axis=1) / len(MINIMUM_FIELDS)


CRITERIA = (
    Criterion("content-credentials", "it carries Content Credentials from a trusted signer", _signed),
    Criterion("lineage-root", "other copies name it as the document they derive from", _root),
    Criterion("largest", "it has the most pixels", _whole),
    Criterion("least-processed", "it is in the least processed format", _lossless),
    Criterion("completeness", "it fills most fields of the IPTC minimum set", _completeness),
)
NAMES = tuple(criterion.name for criterion in CRITERIA)
READ = (
    *dict.fromkeys((*STATEMENTS, *MINIMUM_FIELDS)),
    *("c2pa", "document_id", "derived_from", "width", "height", "format"),
)
"""Columns of the images that a verdict rests on."""


def appoint(
    images: pd.DataFrame, groups: pd.DataFrame, members: pd.DataFrame, criteria: Sequence[str] = NAMES
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fill in the authoritative copy of each group and the members' roles.

    A group of several works has no single authoritative copy and is `unresolved` with that reason. All groups are ranked
    at once: a million pictures have a hundred thousand groups, and one by one these took an hour.
    """
    groups, members = groups.copy(), members.copy()
    if not len(groups):
        return groups, members
    chosen = [criterion for name in criteria for criterion in CRITERIA if criterion.name == name]
    facts = images.loc[images["image_id"].isin(members["image_id"]), ["image_id", *READ]]
    number, names = pd.factorize(members["group_id"])
    copies = members[["image_id", "work"]].assign(group=number).merge(facts, on="image_id")
    copies = copies.sort_values(["group", "image_id"]).set_index("image_id")
    several = copies.groupby("group")["work"].max().to_numpy() > 0
    silent = says_nothing(copies)
    best, settled = decided(copies[~(several | silent)[copies["group"]]], chosen)
    same = says_the_same(best, len(names))
    first = best[~best["group"].duplicated()]
    named = pd.Series(first.index, index=first["group"])
    tied = np.bincount(best["group"], minlength=len(names))
    resolved = same & (tied > 0)
    reasons = []
    for group, count in enumerate(tied):
        if several[group]:
            reason = "the group's pictures were not all confirmed to show one work"
        elif silent[group]:
            reason = "no copy says anything of itself, so there is nothing to believe"
        elif not resolved[group]:
            reason = f"{count} copies tie on every criterion and do not carry the same metadata"
        else:
            reason = chosen[settled[group]].sentence if settled[group] >= 0 else UNTOLD
            reason += f"; {count} copies carry the same metadata and the first is named" if count > 1 else ""
        reasons.append(reason)
    verdicts = pd.DataFrame(
        {"authoritative": named.reindex(range(len(names))).where(resolved).to_numpy(), "reason": reasons},
        index=pd.Index(names),
    )
    groups["authoritative"] = groups["group_id"].map(verdicts["authoritative"])
    groups["authority_reason"] = groups["group_id"].map(verdicts["reason"])
    groups["authority"] = groups["authoritative"].notna().map({True: "resolved", False: "unresolved"})
    role = pd.Series("copy", index=copies.index)
    role[best.index[~resolved[best["group"]]]] = "tied"
    role[named[resolved[named.index]].to_numpy()] = "authoritative"
    members["role"] = members["image_id"].map(role)
    return groups, members


def decided(copies: Copies, criteria: Sequence[Criterion]) -> tuple[Copies, NDArray[np.int64]]:
    """Return the copies that are best of their group by the criteria in order, and which criterion settled each group.

    Parameters
    ----------
    copies
        Facts by image_id, with `group`: a number from 0.
    criteria
        In order.

    Returns
    -------
    tuple
        The rows that are left, and by group the place of the last criterion that told copies apart, -1 for none.
    """
    settled = np.full(int(copies["group"].max()) + 1 if len(copies) else 0, -1, np.int64)
    best = copies
    for place, criterion in enumerate(criteria):
        rank = criterion.rank(best)
        lost = rank < rank.groupby(best["group"]).transform("max")
        settled[best.loc[lost, "group"].unique()] = place
        best = best[~lost]
    return best, settled


def decide(copies: Copies, criteria: Sequence[Criterion]) -> tuple[list[str], str]:
    """Return those of one group's copies that are best by the criteria in order, and the sentence that settled it."""
    best, settled = decided(copies.assign(group=0), criteria)
    return [str(identity) for identity in best.index], (
        criteria[settled[0]].sentence if len(settled) and settled[0] >= 0 else UNTOLD
    )


def says_nothing(copies: Copies) -> NDArray[np.bool_]:
    """Whether, by group, no copy carries any statement about itself."""
    silent = (copies[list(STATEMENTS)].fillna("") == "").all(axis=1)
    return silent.groupby(copies["group"]).all().to_numpy(bool)


def says_the_same(copies: Copies, groups: int = 1) -> NDArray[np.bool_]:
    """Whether, by group, all copies carry the same statements about themselves."""
    names = [column.name for column in METADATA if column.name in STATEMENTS]
    different = copies[["group", *names]].fillna("").drop_duplicates()["group"]
    return np.asarray(np.bincount(different, minlength=groups) == 1)
