"""Copies that digests prove: byte-, payload- and pixel-identical pictures.

A class of equal digests is listed pair by pair up to `FULL_CLASS` members and as a star around its first member above
that, so that 50,000 blank pages give 49,999 rows instead of 1.25 billion.
"""

from collections.abc import Iterable
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.match.candidates import Candidates
from dedupelab.tables import TRANSFORMS

FULL_CLASS = 64
KINDS = (
    ("sha256", "byte-identical", "the files are equal byte for byte"),
    ("payload_sha256", "payload-identical", "the compressed picture data are equal; only metadata differ"),
    ("pixel_sha256", "pixel-identical", "every decoded pixel is equal; the files differ"),
)


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
        for same in _equal(hashed, digest):
            roots = sorted({root(identity) for identity in same})
            for other in roots[1:]:
                parent[other] = roots[0]
    return pd.Series({identity: root(identity) for identity in parent}, dtype="str")


def exact_pairs(images: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs that digests prove, strongest relation first: left, right, relation, score, reason."""
    hashed = images[images["status"] == "hashed"]
    rows: dict[tuple[str, str], tuple[str, str]] = {}
    for digest, relation, reason in KINDS:
        for same in _equal(hashed, digest):
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


def _equal(hashed: pd.DataFrame, digest: str) -> Iterable[list[str]]:
    """Yield the image_ids of each digest that several images have; to visit every lone one takes minutes for a million."""
    shared = hashed[hashed[digest].notna() & hashed[digest].duplicated(keep=False)]
    for _, same in shared.groupby(digest)["image_id"]:
        yield list(same)


def pixel_suspects(images: pd.DataFrame, candidates: Candidates, low_information: float) -> list[str]:
    """Return the image_ids whose full-size pixel digest could settle a relation.

    These are pictures of equal size and nearly equal pHash (a scaled decode may move 2 bits) that no cheaper digest has
    joined, and low-information pictures of equal size and pHash, which only digests may join.
    """
    hashed = images[(images["status"] == "hashed") & images["pixel_sha256"].isna()].set_index("image_id")
    known = exact_classes(images)
    near = (candidates.distance <= 4) & (candidates.transform == 0)
    left, right = candidates.left[near], candidates.right[near]
    ordered = images[["image_id", "width", "height"]].sort_values("image_id")
    width, height = (ordered[side].to_numpy(np.float64, na_value=np.nan) for side in ("width", "height"))
    classes = class_rows(candidates.names, known)
    equal = (
        (width[left] == width[right]) & (height[left] == height[right]) & (classes[left] != classes[right])
    )
    suspects = set(candidates.names[np.union1d(left[equal], right[equal])])
    poor = hashed[hashed["information"] < low_information]
    for same in poor.groupby(["width", "height", "phash"]).groups.values():
        if len(known.reindex(same).unique()) > 1:
            suspects |= set(same)
    return sorted(suspects & set(hashed.index))


def class_rows(names: NDArray[np.object_], classes: pd.Series) -> NDArray[np.int32]:
    """Return for each of `names` (in order) the row of its class's first member; its own where it is in no class.

    >>> class_rows(np.array(["a", "b", "c"], object), pd.Series({"a": "a", "c": "a"})).tolist()
    [0, 1, 0]
    """
    rows = np.arange(len(names), dtype=np.int32)
    members = np.searchsorted(names, classes.index.to_numpy(object))
    rows[members] = np.searchsorted(names, classes.to_numpy(object))
    return rows


def distances(images: pd.DataFrame, pairs: pd.DataFrame) -> pd.Series:
    """Return the Hamming distance of pHash for each pair, in bits."""
    prints = images.set_index("image_id")["phash"]
    left = prints.reindex(pairs["left"]).to_numpy(dtype=np.uint64)
    right = prints.reindex(pairs["right"]).to_numpy(dtype=np.uint64)
    return pd.Series(np.bitwise_count(left ^ right).astype(np.int64), index=pairs.index)


def turned_distances(
    images: pd.DataFrame,
    names: NDArray[np.object_],
    left: NDArray[np.integer],
    right: NDArray[np.integer],
    transform: NDArray[np.integer],
) -> NDArray[np.int16]:
    """Return the Hamming distance of pHash for pairs of rows of `names` once left is turned by its transform, in bits."""
    prints = images.set_index("image_id")
    forms = np.frombuffer(b"".join(prints["phash_forms"].reindex(names[left])), "<u8")
    turned = forms.reshape(-1, len(TRANSFORMS))[np.arange(len(left)), transform]
    upright = prints["phash"].reindex(names[right]).to_numpy(dtype=np.uint64)
    return np.asarray(np.bitwise_count(turned ^ upright), np.int16)
