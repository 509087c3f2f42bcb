"""Copies that digests prove: byte-, payload- and pixel-identical pictures.

A class of equal digests is listed pair by pair up to `FULL_CLASS` members and as a star around its first member above
that, so that 50,000 blank pages give 49,999 rows instead of 1.25 billion.
"""

import re
from collections.abc import Hashable
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from dedupelab.tables import INVERSE, TRANSFORMS

FULL_CLASS = 64
KINDS = (
    ("sha256", "byte-identical", "the files are equal byte for byte"),
    ("payload_sha256", "payload-identical", "the compressed picture data are equal; only metadata differ"),
    ("pixel_sha256", "pixel-identical", "every decoded pixel is equal; the files differ"),
)
_SIDE = re.compile(r"\b(?:left|right)(?= is\b)|(?<=\bof )(?:left|right)\b")
"""Where a reason speaks of the two pictures, unlike in "its upper left part"."""


def exact_classes(images: pd.DataFrame) -> pd.Series:
    """Return for each hashed image the smallest image_id of its class of provably equal pictures.

    Equality by any digest joins; the index is image_id.
    """
    hashed = images[images["status"] == "hashed"]
    parent = {identity: identity for identity in hashed["image_id"]}

    def root(identity: str) -> str:
        while parent[identity] != identity:
            parent[identity] = parent[parent[identity]]
            identity = parent[identity]
        return identity

    for digest, _, _ in KINDS:
        for _, same in hashed.dropna(subset=[digest]).groupby(digest)["image_id"]:
            roots = sorted({root(identity) for identity in same})
            for other in roots[1:]:
                parent[other] = roots[0]
    return pd.Series({identity: root(identity) for identity in parent}, dtype="str")


def exact_pairs(images: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs that digests prove, strongest relation first: left, right, relation, score, reason."""
    hashed = images[images["status"] == "hashed"]
    rows: dict[tuple[str, str], tuple[str, str]] = {}
    for digest, relation, reason in KINDS:
        for _, same in hashed.dropna(subset=[digest]).groupby(digest)["image_id"]:
            members = sorted(same)
            full = len(members) <= FULL_CLASS
            listed = combinations(members, 2) if full else ((members[0], other) for other in members[1:])
            note = "" if full else f"; one of {len(members):,} equal files, listed against the first"
            for pair in listed:
                rows.setdefault(pair, (relation, reason + note))
    return pd.DataFrame(
        [(left, right, relation, 1.0, reason) for (left, right), (relation, reason) in rows.items()],
        columns=["left", "right", "relation", "score", "reason"],
    )


def pixel_suspects(images: pd.DataFrame, candidates: pd.DataFrame, low_information: float) -> list[str]:
    """Return the image_ids whose full-size pixel digest could settle a relation.

    These are pictures of equal size and nearly equal pHash (a scaled decode may move 2 bits) that no cheaper digest has
    joined, and low-information pictures of equal size and pHash, which only digests may join.
    """
    hashed = images[(images["status"] == "hashed") & images["pixel_sha256"].isna()].set_index("image_id")
    known = exact_classes(images)
    near = candidates[(candidates["distance"] <= 4) & (candidates["transform"] == "identity")]
    left = images.set_index("image_id").reindex(near["left"])
    right = images.set_index("image_id").reindex(near["right"])
    equal = (left["width"].to_numpy() == right["width"].to_numpy()) & (
        left["height"].to_numpy() == right["height"].to_numpy()
    )
    equal &= known.reindex(near["left"]).to_numpy() != known.reindex(near["right"]).to_numpy()
    suspects = set(near["left"][equal]) | set(near["right"][equal])
    poor = hashed[hashed["information"] < low_information]
    for same in poor.groupby(["width", "height", "phash"]).groups.values():
        if len(known.reindex(same).unique()) > 1:
            suspects |= set(same)
    return sorted(suspects & set(hashed.index))


def expand(verified: pd.DataFrame, classes: pd.Series, limit: int = 256) -> pd.DataFrame:
    """Give every pair of copies the verdict that was found for their classes' representatives.

    Classes with more than `limit` combinations keep the representatives' row alone.
    """
    members: dict[str, list[str]] = {}
    for identity, representative in classes.items():
        members.setdefault(str(representative), []).append(str(identity))
    rows = []
    for row in verified.to_dict("records"):
        lefts, rights = members[row["left"]], members[row["right"]]
        if len(lefts) * len(rights) > limit:
            lefts, rights = [row["left"]], [row["right"]]
        for left in lefts:
            rows += [
                row | {"left": left, "right": right} if left < right else mirror(row, right, left)
                for right in rights
            ]
    return pd.DataFrame(rows, columns=verified.columns)


def mirror(row: dict[Hashable, Any], left: str, right: str) -> dict[Hashable, Any]:
    """Return the row read the other way round, so that left < right holds.

    Quarter turns undo each other; half a turn and every mirroring undoes itself.
    """
    other = {"left": "right", "right": "left"}
    return row | {
        "left": left,
        "right": right,
        "transform": INVERSE[str(row["transform"])],
        "left_region": row["right_region"],
        "right_region": row["left_region"],
        "reason": _SIDE.sub(lambda side: other[side[0]], str(row["reason"])),
    }


def distances(images: pd.DataFrame, pairs: pd.DataFrame) -> pd.Series:
    """Return the Hamming distance of pHash for each pair, in bits."""
    prints = images.set_index("image_id")["phash"]
    left = prints.reindex(pairs["left"]).to_numpy(dtype=np.uint64)
    right = prints.reindex(pairs["right"]).to_numpy(dtype=np.uint64)
    return pd.Series(np.bitwise_count(left ^ right).astype(np.int64), index=pairs.index)


def turned_distances(images: pd.DataFrame, pairs: pd.DataFrame) -> pd.Series:
    """Return the Hamming distance of pHash for each pair once left is turned by its transform, in bits."""
    prints = images.set_index("image_id")
    forms = np.frombuffer(b"".join(prints["phash_forms"].reindex(pairs["left"])), "<u8")
    turned = pairs["transform"].map(TRANSFORMS.index).to_numpy(dtype=np.int64)
    left = forms.reshape(-1, len(TRANSFORMS))[np.arange(len(pairs)), turned]
    right = prints["phash"].reindex(pairs["right"]).to_numpy(dtype=np.uint64)
    return pd.Series(np.bitwise_count(left ^ right).astype(np.int64), index=pairs.index)
