"""The copy whose metadata should be believed, by stated, ordered criteria; never by guess.

Each criterion ranks the copies of one work. Copies that are not best by the first are set aside, then the second is
asked, and so on. Copies that still tie and do not say the same of themselves leave the work `unresolved`.

All groups are decided at once, criterion by criterion, so that other choices of criteria cost next to nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.numbers.messages import Message, dumped, message

MINIMUM_FIELDS = ("caption", "creator", "copyright_owner", "copyright_notice", "credit", "date_created")
"""The IPTC minimum set: description, creator, copyright owner, copyright notice, credit line, date created."""
STATEMENTS = (
    "creator", "credit", "copyright_notice", "copyright_owner", "licensor", "date_created", "title",
    "caption",
)  # fmt: skip
FORMAT_RANK = {"TIFF": 3, "PNG": 2, "WEBP": 1, "JPEG": 1, "MPO": 1, "HEIF": 1}
Copies = pd.DataFrame
Ranks = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Criterion:
    """One rule: a name for `study.toml`, a sentence for the reader, and a rank (higher is better) per copy.

    `rank` gets the copies of many groups, numbered in the column `group`; a copy is compared within its group only.
    """

    name: str
    sentence: Message
    rank: Callable[[Copies], Ranks]


@dataclass(frozen=True)
class Settled:
    """What criteria made of groups: row of the copy to believe (-1: unresolved), rows still best, and what decided.

    `choice` and `decided` have one entry per group; `decided` is the position of the criterion that told the best copies from
    the others last, -1 where none did. `best` says of each copy whether nothing set it aside.
    """

    choice: Rows
    best: NDArray[np.bool_]
    decided: Rows


def _signed(copies: Copies) -> Ranks:
    return np.asarray(copies["c2pa"] == "trusted", dtype=np.float64)


def _root(copies: Copies) -> Ranks:
    """1 for a copy that others say they derive from and that derives from none of them.

    Nothing is followed from parent to parent: in a circle every copy is somebody's child, so none of it is a root.
    """
    group = copies["group"]
    own, parent = (
        pd.MultiIndex.from_arrays([group, copies[name]]) for name in ("document_id", "derived_from")
    )
    named, stated = copies["document_id"].notna().to_numpy(), copies["derived_from"].notna().to_numpy()
    is_parent = own.isin(parent[stated]) & named
    is_child = parent.isin(own[named]) & stated
    return np.asarray(is_parent & ~is_child, dtype=np.float64)


def _whole(copies: Copies) -> Ranks:
    """1 for a copy that no link shows to be a derivative of a larger one: it has most pixels."""
    pixels = copies["width"].astype(float) * copies["height"].astype(float)
    most = pixels.groupby(copies["group"].to_numpy()).transform("max")
    return np.asarray(pixels >= 0.98 * most, dtype=np.float64)


def _lossless(copies: Copies) -> Ranks:
    return np.asarray(copies["format"].map(FORMAT_RANK).fillna(0.0), dtype=np.float64)


def _completeness(copies: Copies) -> Ranks:
    return np.asarray(copies[list(MINIMUM_FIELDS)].notna().sum(axis=1), dtype=np.float64) / len(
        MINIMUM_FIELDS
    )


CRITERIA = (
    Criterion(
        "content-credentials", message("it carries Content Credentials from a trusted signer"), _signed
    ),
    Criterion("lineage-root", message("other copies name it as the document they derive from"), _root),
    Criterion("largest", message("it has the most pixels"), _whole),
    Criterion("least-processed", message("it is in the least processed format"), _lossless),
    Criterion("completeness", message("it fills most fields of the IPTC minimum set"), _completeness),
)
NAMES = tuple(criterion.name for criterion in CRITERIA)


def named(criteria: Sequence[str]) -> list[Criterion]:
    """Return criteria by their names, in the order of the names."""
    return [criterion for name in criteria for criterion in CRITERIA if criterion.name == name]


def gather(images: pd.DataFrame, members: pd.DataFrame) -> tuple[Copies, pd.Index]:
    """Return the copies of all groups with `group` (a number), `work` and `says`, and the groups' identifiers by number.

    `says` numbers what copies say of themselves: equal numbers, equal statements; 0 says nothing. Copies are sorted by
    group and image_id, so that nothing depends on the order of rows.
    """
    ordered = members.sort_values(["group_id", "image_id"], kind="stable")
    number, names = pd.factorize(ordered["group_id"])
    copies = images.set_index("image_id").loc[ordered["image_id"]].reset_index()
    copies["group"], copies["work"] = number, ordered["work"].to_numpy()
    stated = copies[list(STATEMENTS)].fillna("").astype(object)
    says = stated.groupby(list(STATEMENTS), sort=False).ngroup().to_numpy() + 1
    copies["says"] = np.where((stated == "").all(axis=1).to_numpy(), 0, says)
    return copies, pd.Index(names)


def settle(copies: Copies, criteria: Sequence[Criterion]) -> Settled:
    """Ask the criteria in order in every group; a group of several works, or that says nothing, is left unresolved.

    Parameters
    ----------
    copies
        As `gather` returns them.
    """
    group = copies["group"].to_numpy(np.int64)
    count = int(group.max(initial=-1)) + 1
    alive, decided = np.arange(len(copies)), np.full(count, -1)
    for place, criterion in enumerate(criteria):
        inside = group[alive]
        rank = criterion.rank(copies.iloc[alive])
        highest = np.full(count, -np.inf)
        np.maximum.at(highest, inside, rank)
        kept = rank == highest[inside]
        decided[inside[~kept]] = place
        alive = alive[kept]
    says, first = copies["says"].to_numpy(np.int64), np.full(count, -1)
    first[group[alive][::-1]] = alive[::-1]
    differ = np.zeros(count, bool)
    differ[group[alive][says[alive] != says[first[group[alive]]]]] = True
    best = np.zeros(len(copies), bool)
    best[alive] = True
    return Settled(np.where(differ | _barred(copies, count), -1, first), best, decided)


def appoint(
    images: pd.DataFrame, groups: pd.DataFrame, members: pd.DataFrame, criteria: Sequence[str] = NAMES
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fill in the authoritative copy of each group, which is then the one that is kept, and the members' roles.

    A group of several works has no single authoritative copy and is `unresolved` with that reason.
    """
    groups, members = groups.copy(), members.copy()
    if not len(groups):
        return groups, members
    chosen = named(criteria)
    copies, names = gather(images, members)
    settled = settle(copies, chosen)
    image = copies["image_id"].to_numpy(object)
    resolved = settled.choice >= 0
    believed = image[settled.choice]
    believed[~resolved] = None
    reasons = _reasons(copies, settled, [criterion.sentence for criterion in chosen])
    verdict = pd.DataFrame(
        {
            "authoritative": believed,
            "reason": [str(reason) for reason in reasons],
            "message": [dumped(reason) for reason in reasons],
        },
        index=names,
    )
    groups["authoritative"] = groups["group_id"].map(verdict["authoritative"])
    groups["authority_reason"] = groups["group_id"].map(verdict["reason"])
    groups["authority_message"] = groups["group_id"].map(verdict["message"])
    groups["authority"] = groups["authoritative"].notna().map({True: "resolved", False: "unresolved"})
    kept = groups["authoritative"].map(images.set_index("image_id")["bytes"])
    redundant = (groups["bytes"] - kept).fillna(groups["redundant_bytes"])
    groups["redundant_bytes"] = redundant.astype(groups["redundant_bytes"].dtype)
    tied = settled.best & ~resolved[copies["group"]] & ~_barred(copies, len(names))[copies["group"]]
    roles = dict.fromkeys(image[tied].tolist(), "tied")
    roles |= dict.fromkeys(image[settled.choice[resolved]].tolist(), "authoritative")
    members["role"] = [roles.get(identity, "copy") for identity in members["image_id"]]
    return groups, members


def _barred(copies: Copies, count: int) -> NDArray[np.bool_]:
    """Which groups have no authoritative copy whatever is asked: of several works, or without a statement."""
    return _several(copies, count) | _silent(copies, count)


def _several(copies: Copies, count: int) -> NDArray[np.bool_]:
    return np.asarray(np.bincount(copies["group"], weights=copies["work"] > 0, minlength=count) > 0)


def _silent(copies: Copies, count: int) -> NDArray[np.bool_]:
    return np.asarray(np.bincount(copies["group"], weights=copies["says"] > 0, minlength=count) == 0)


def _reasons(copies: Copies, settled: Settled, sentences: Sequence[Message]) -> list[Message]:
    """Return one sentence per group."""
    count = len(settled.choice)
    left = np.bincount(copies["group"], weights=settled.best, minlength=count).astype(int).tolist()
    several, silent = _several(copies, count).tolist(), _silent(copies, count).tolist()
    reasons = []
    for group, (choice, decided) in enumerate(
        zip(settled.choice.tolist(), settled.decided.tolist(), strict=True)
    ):
        reason = sentences[decided] if decided >= 0 else message("no criterion told the copies apart")
        if several[group]:
            reason = message("the group's pictures were not all confirmed to show one work")
        elif silent[group]:
            reason = message("no copy says anything of itself, so there is nothing to believe")
        elif choice < 0:
            reason = message(
                "{count} copies tie on every criterion and do not carry the same metadata", count=left[group]
            )
        elif left[group] > 1:
            reason = message(
                "{why}; {count} copies carry the same metadata and the first is named",
                why=reason,
                count=left[group],
            )
        reasons.append(reason)
    return reasons
