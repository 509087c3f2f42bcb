"""The copy whose metadata should be believed, by stated, ordered criteria; never by guess.

Each criterion ranks the copies of one work. Copies that are not best by the first are set aside, then the second is
asked, and so on. Copies that still tie and do not say the same of themselves leave the work `unresolved`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

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
Copies = pd.DataFrame


@dataclass(frozen=True)
class Criterion:
    """One rule: a name for `study.toml`, a sentence for the reader, and a rank (higher is better) per copy."""

    name: str
    sentence: str
    rank: Callable[[Copies], "pd.Series[float]"]


def _signed(copies: Copies) -> "pd.Series[float]":
    return (copies["c2pa"] == "trusted").astype(float)


def _root(copies: Copies) -> "pd.Series[float]":
    """1 for a copy that others say they derive from and that derives from none of them."""
    parents, own = set(copies["derived_from"].dropna()), set(copies["document_id"].dropna())
    is_parent = copies["document_id"].isin(parents - {None})
    is_child = copies["derived_from"].isin(own)
    return (is_parent & ~is_child).astype(float)


def _whole(copies: Copies) -> "pd.Series[float]":
    """1 for a copy that no link shows to be a derivative of a larger one: it has most pixels."""
    pixels = copies["width"].astype(float) * copies["height"].astype(float)
    return (pixels >= 0.98 * pixels.max()).astype(float)


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


def appoint(
    images: pd.DataFrame, groups: pd.DataFrame, members: pd.DataFrame, criteria: Sequence[str] = NAMES
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fill in the authoritative copy of each group and the members' roles.

    A group of several works has no single authoritative copy and is `unresolved` with that reason.
    """
    chosen = [criterion for name in criteria for criterion in CRITERIA if criterion.name == name]
    facts = images.set_index("image_id")
    groups, members = groups.copy(), members.copy()
    verdicts: list[tuple[object, str | None, str]] = []
    roles: dict[str, str] = {}
    for group_id, part in members.groupby("group_id", sort=False):
        copies = facts.loc[sorted(part["image_id"])]
        if part["work"].max() > 0:
            verdicts.append((group_id, None, "the group's pictures were not all confirmed to show one work"))
            continue
        if says_nothing(copies):
            verdicts.append(
                (group_id, None, "no copy says anything of itself, so there is nothing to believe")
            )
            continue
        best, reason = decide(copies, chosen)
        resolved = len(best) == 1 or says_the_same(copies.loc[best])
        if not resolved:
            roles |= dict.fromkeys(best, "tied")
            reason = f"{len(best)} copies tie on every criterion and do not carry the same metadata"
        elif len(best) > 1:
            reason += f"; {len(best)} copies carry the same metadata and the first is named"
        if resolved:
            roles[best[0]] = "authoritative"
        verdicts.append((group_id, best[0] if resolved else None, reason))
    table = pd.DataFrame(verdicts, columns=["group_id", "authoritative", "authority_reason"]).set_index(
        "group_id"
    )
    if len(groups):
        groups["authoritative"] = groups["group_id"].map(table["authoritative"])
        groups["authority_reason"] = groups["group_id"].map(table["authority_reason"])
        groups["authority"] = groups["authoritative"].notna().map({True: "resolved", False: "unresolved"})
        members["role"] = [roles.get(identity, "copy") for identity in members["image_id"]]
    return groups, members


def decide(copies: Copies, criteria: Sequence[Criterion]) -> tuple[list[str], str]:
    """Return the copies that are best by the criteria in order, and the sentence that settled it."""
    best, reason = copies, "no criterion told the copies apart"
    for criterion in criteria:
        if len(best) == 1:
            break
        rank = criterion.rank(best)
        kept = best[rank == rank.max()]
        if len(kept) < len(best):
            best, reason = kept, criterion.sentence
    return [str(identity) for identity in best.index], reason


def says_nothing(copies: Copies) -> bool:
    """Whether no copy carries any statement about itself."""
    return bool((copies[list(STATEMENTS)].fillna("") == "").all(axis=None))


def says_the_same(copies: Copies) -> bool:
    """Whether all copies carry the same statements about themselves."""
    names = [column.name for column in METADATA if column.name in STATEMENTS]
    return len(copies[names].fillna("").drop_duplicates()) == 1
