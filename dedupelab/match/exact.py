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
    from scipy.sparse import coo_array  # noqa: PLC0415  keeps `import dedupelab` light
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    hashed = images.loc[images["status"] == "hashed", ["image_id", *(digest for digest, _, _ in KINDS)]]
    first = hashed["image_id"].to_numpy(object).copy()
    rows, digests, count = [], [], len(hashed)
    for digest, _, _ in KINDS:
        shared = np.flatnonzero(_shared(hashed[digest]))
        codes, different = pd.factorize(hashed[digest].iloc[shared])
        rows.append(shared)
        digests.append(codes + count)
        count += len(different)
    ends = np.concatenate(rows), np.concatenate(digests)
    if len(ends[0]):
        # Images and digests are the nodes; a part of this graph is a class, and its first name stands for it.
        graph = coo_array((np.ones(len(ends[0]), np.int8), ends), shape=(count, count))
        part = connected_components(graph, directed=False)[1]
        joined = np.unique(ends[0])
        named = joined[np.argsort(first[joined])]
        parts, place = np.unique(part[named], return_index=True)
        first[joined] = first[named[place]][np.searchsorted(parts, part[joined])]
    return pd.Series(first, index=pd.Index(hashed["image_id"].to_numpy(object), dtype="str"), dtype="str")


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
    shared = hashed.loc[_shared(hashed[digest]), ["image_id", digest]]
    codes = pd.factorize(shared[digest], sort=True)[0]
    order = np.argsort(codes, kind="stable")
    names = shared["image_id"].to_numpy(object)[order]
    for same in np.split(names, np.flatnonzero(np.diff(codes[order])) + 1):
        if len(same):
            yield same.tolist()


def _shared(digests: "pd.Series[str]") -> "pd.Series[bool]":
    return digests.notna() & digests.duplicated(keep=False)


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
