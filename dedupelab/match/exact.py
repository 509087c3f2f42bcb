"""Copies that digests prove: byte-, payload- and pixel-identical pictures, and payloads that are equal but for their turn.

A class of equal digests is listed pair by pair up to `FULL_CLASS` members and as a star around its first member above
that, so that 50,000 blank pages give 49,999 rows instead of 1.25 billion.
"""

from collections.abc import Iterable
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.match.candidates import COLUMNS, Candidates, no_candidates
from dedupelab.tables import INVERSE, TRANSFORMS
from dedupelab.tables.contents import content_classes, shared_digests

FULL_CLASS = 64
KINDS = (
    ("sha256", "byte-identical", "the files are equal byte for byte"),
    (
        "payload_sha256",
        "payload-identical",
        "the compressed picture data are equal; what differs is metadata, a colour profile or padding",
    ),
    ("pixel_sha256", "pixel-identical", "every decoded pixel is equal; the files differ"),
)
TURNED = "the compressed picture data are equal; Exif has one of them shown turned or mirrored"
_TURNS = (0, 4, 2, 6, 5, 3, 7, 1)
"""Place in TRANSFORMS of what each Exif orientation, 1 to 8, makes of the stored picture."""


def exact_pairs(images: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs that digests prove, strongest relation first: left, right, relation, score, reason."""
    hashed = images[images["status"] == "hashed"]
    frames = dict(zip(hashed["image_id"], hashed["frames"].fillna(1), strict=True))
    rows: dict[tuple[str, str], tuple[str, str]] = {}
    for digest, relation, always in KINDS:
        for same in _equal(hashed, digest):
            members = sorted(same)
            several = relation == "pixel-identical" and frames[members[0]] > 1
            reason = (
                f"every decoded pixel of {frames[members[0]]} frames is equal; the files differ"
                if several
                else always
            )
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
    shared = hashed.loc[shared_digests(hashed[digest]), ["image_id", digest]]
    codes = pd.factorize(shared[digest], sort=True)[0]
    order = np.argsort(codes, kind="stable")
    names = shared["image_id"].to_numpy(object)[order]
    for same in np.split(names, np.flatnonzero(np.diff(codes[order])) + 1):
        if len(same):
            yield same.tolist()


def turned_pairs(images: pd.DataFrame, classes: pd.Series) -> Candidates:
    """Return the classes whose payloads are equal but shown turned or mirrored, by their first members, with the transform.

    The distance is that of fingerprints which were turned alike: none.
    """
    hashed = images[(images["status"] == "hashed") & images["orientation"].notna()]
    hashed = hashed[hashed["frames"].fillna(1) == 1]
    stored = hashed["stored_sha256"].fillna(hashed["payload_sha256"])
    turned = stored.isin(stored[hashed["orientation"] > 1]).to_numpy(bool)
    ways = pd.DataFrame(
        {
            "stored": stored[turned],
            "appended": hashed["appended_sha256"][turned].fillna(""),
            "orientation": hashed["orientation"][turned].astype(int),
            "name": classes.reindex(hashed["image_id"][turned]).to_numpy(object),
        }
    )
    alike = ["stored", "appended"]
    ways = ways.dropna().sort_values("name").drop_duplicates([*alike, "orientation"])
    rows: dict[tuple[str, str], str] = {}
    for _, same in ways.groupby(alike):
        listed = zip(same["name"], same["orientation"], strict=True)
        for (left, one), (right, two) in combinations(listed, 2):
            if left != right:
                rows.setdefault((left, right), turn_between(one, two))
    found = pd.DataFrame([(*pair, 0, turn) for pair, turn in rows.items()], columns=list(COLUMNS))
    return no_candidates(images).with_frame(found)


def turn_between(left: int, right: int) -> str:
    """Return how what is shown under one Exif orientation is turned to lie on what is shown under another.

    >>> turn_between(1, 6), turn_between(6, 1), turn_between(2, 2), turn_between(2, 4)
    ('rot270', 'rot90', 'identity', 'rot180')
    """
    one, two = (TRANSFORMS[_TURNS[orientation - 1]] for orientation in (left, right))
    return turned_twice(INVERSE[one], two)


def turned_twice(first: str, second: str) -> str:
    """Return the transform that does what two do one after the other.

    >>> turned_twice("rot90", "flip"), turned_twice("flip", "rot90")
    ('flip-rot270', 'flip-rot90')
    """
    # A place is four times whether it mirrors, plus quarter turns; mirroring reverses the turns before it.
    one, two = TRANSFORMS.index(first), TRANSFORMS.index(second)
    quarters = two % 4 + (-one if two >= 4 else one) % 4
    return TRANSFORMS[(one // 4 ^ two // 4) * 4 + quarters % 4]


def pixel_suspects(images: pd.DataFrame, candidates: Candidates, low_information: float) -> list[str]:
    """Return the image_ids whose full-size pixel digest could settle a relation.

    These are pictures of equal size, frames and appended data and nearly equal pHash (a scaled decode may move 2 bits) that no
    cheaper digest has joined, and low-information pictures of equal size, frames and pHash, which only digests may join.
    """
    hashed = images[(images["status"] == "hashed") & images["pixel_sha256"].isna()].set_index("image_id")
    known = content_classes(images)
    near = (candidates.distance <= 4) & (candidates.transform == 0)
    left, right = candidates.left[near], candidates.right[near]
    ordered = images.sort_values("image_id")
    classes = class_rows(candidates.names, known)
    equal = classes[left] != classes[right]
    for fact in ("width", "height", "frames"):
        values = ordered[fact].to_numpy(np.float64, na_value=1 if fact == "frames" else np.nan)
        equal &= values[left] == values[right]
    appended = pd.factorize(ordered["appended_sha256"])[0]
    equal &= appended[left] == appended[right]
    suspects = set(candidates.names[np.union1d(left[equal], right[equal])])
    poor = hashed[hashed["information"] < low_information]
    for same in poor.groupby(["width", "height", "frames", "phash"]).groups.values():
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
