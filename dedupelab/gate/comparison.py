"""An upload and the few held pictures near it, compared by the code of a match: digests first, then pixels."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dedupelab import tables
from dedupelab.errors import CollectionError
from dedupelab.match.candidates import search_candidates
from dedupelab.match.compare.loader import Gray, Kept, Loader
from dedupelab.match.exact import exact_pairs, pixel_suspects, turned_distances
from dedupelab.match.frames import Files, contents_of
from dedupelab.match.search.gate_index import FACTS
from dedupelab.study.pictures import digest_at, frames_at, gray_at, large_at
from dedupelab.tables.contents import content_classes

if TYPE_CHECKING:
    from dedupelab.match.compare.verification import AlignedComparison

UPLOAD = "-upload"
"""Identifier of the upload; it comes before those of images, so that the upload is the left of every pair."""
MOST = 24
"""Different held pictures whose pixels are compared with the upload's at most, nearest first."""
ABSENT = "near, not verified: pixels not here"
BROKEN = "near, not verified: opening the pictures failed"
FARTHER = "near, not verified: enough others are nearer"
SIDES = ("the upload", "the held picture")
"""What reasons call the two."""
COLUMNS = [
    *("distance", "transform", "relation", "score", "reason", "verified", "votes"),
    *("left_region", "right_region"),
]
STRONG = 10
"""Local features that lie alike, from which a picture that cannot be opened is near: fewer may be chance."""
FIRM = 5
"""The same from which features are found anew before a picture is unrelated, though another was found. Chosen: chance gives 3 or 4."""
WEAK = 3
"""Pictures with fewer that are opened at most."""
SHARING = 8
"""Pictures that local features alone led to, that are opened at most."""
HELD = tables.Table(
    "held",
    tuple(column for column in tables.IMAGES.columns if column.name in FACTS),
    order=("collection", "path"),
)
"""What of `tables.IMAGES` a comparison needs."""


def compare(
    images: pd.DataFrame,
    addresses: Mapping[str, str],
    radius: int,
    absent: str = ABSENT,
    alike: Mapping[str, tuple[str, int]] | None = None,
    kept: Mapping[str, Kept] | None = None,
) -> pd.DataFrame:
    """Say what relation the upload has to each held picture near it.

    Held pictures are those that digests and fingerprints led to, or those that only local features did; of these, what is found to be
    unrelated is left out.

    Parameters
    ----------
    images
        The upload (`UPLOAD`) and the held pictures, as rows of `HELD`.
    addresses
        Where pictures are opened, by image_id; those without are not here.
    radius
        Most bits in which fingerprints may differ.
    absent
        The reason where a held picture cannot be opened.
    alike
        The transform and the number of local features that lie alike, of held pictures that only these led to; None for the others.
    kept
        Local descriptors of the upload and of held pictures that have some, by image_id.

    Returns
    -------
    DataFrame
        `COLUMNS` by image_id; `left_region` is of the upload, `right_region` of the held picture, as x0, y0, x1, y1 in parts of
        width and height. Where the held picture cannot be opened, the relation is `undecided` and not `verified`.
    """
    files = Files(contents_of(images), addresses, frames_at, SIDES)
    if alike is not None:
        return _judged(_sharing(images, alike), files, absent, kept or {})[COLUMNS]
    found = search_candidates(images, radius)
    found = found.only(found.left == 0)
    if suspects := _digests(pixel_suspects(images, found, tables.LOW_INFORMATION), addresses):
        digests = images["image_id"].map(suspects)
        images = images.assign(pixel_sha256=images["pixel_sha256"].where(digests.isna(), digests))
    proven = exact_pairs(images)
    proven = (
        proven[proven["left"] == UPLOAD]
        .set_index("right")
        .assign(transform="identity", verified=True, votes=0, left_region=None, right_region=None)
    )
    own, held = (images.set_index("image_id")["phash"].reindex(names) for names in ([UPLOAD], proven.index))
    proven["distance"] = np.bitwise_count(
        own.to_numpy(np.uint64, na_value=0) ^ held.to_numpy(np.uint64, na_value=0)
    )
    near = found.frame().set_index("right").assign(votes=0)
    near["stands"] = content_classes(images).reindex(near.index)
    near = near.sort_values(["distance", "stands"], kind="stable")
    near = _judged(near[~near.index.isin(proven.index)], files, absent, kept or {})
    return pd.concat([frame[COLUMNS] for frame in (proven, near) if len(frame)] or [near[COLUMNS]])


def telling(shared: list[tuple[int, str, int]]) -> list[tuple[int, str, int]]:
    """Return of pictures that share local features (number, transform, how many; most first) those that an answer may name or open.

    >>> telling([(7, "identity", 12), (2, "rot90", 4), (3, "identity", 3), (5, "identity", 3), (6, "identity", 3)])
    [(7, 'identity', 12), (2, 'rot90', 4), (3, 'identity', 3), (5, 'identity', 3)]
    """
    strong = sum(votes >= STRONG for _, _, votes in shared)
    return shared[: strong + WEAK]


def _sharing(images: pd.DataFrame, alike: Mapping[str, tuple[str, int]]) -> pd.DataFrame:
    """Return the held pictures that share local features, most first, each with one that stands for all of its equal copies."""
    names = np.sort(images["image_id"].to_numpy(object))
    transforms = [transform for transform, _ in alike.values()]
    places = (
        np.zeros(len(alike), int),
        np.searchsorted(names, np.array(list(alike), object)),
        np.array([tables.TRANSFORMS.index(transform) for transform in transforms], int),
    )
    found = pd.DataFrame(
        {
            "left": UPLOAD,
            "distance": turned_distances(images, names, *places).astype(np.int64),
            "transform": transforms,
            "votes": [votes for _, votes in alike.values()],
        },
        index=pd.Index(list(alike), dtype="str"),
    )
    found["stands"] = content_classes(images).reindex(found.index)
    return found.sort_values(["votes", "stands"], ascending=[False, True], kind="stable")


def _judged(near: pd.DataFrame, files: Files, absent: str, kept: Mapping[str, Kept]) -> pd.DataFrame:
    """Open one of each class of equal pictures and give the verdict on it to all."""
    addresses = files.addresses
    shared = near["votes"] > 0
    stand = (
        near[~shared]["stands"].drop_duplicates()[:MOST],
        near[shared]["stands"].drop_duplicates()[:SHARING],
    )
    weak = near[shared & (near["votes"] < STRONG)]["stands"].drop_duplicates()[WEAK:]
    opened = near[near["stands"].isin([*stand[0], *stand[1]]) & ~near["stands"].isin(weak)]
    grays: dict[str, Gray] = {}
    stands: dict[str, str] = {}
    for name, wanted in zip(opened.index, opened["stands"], strict=True):
        # Any of the equal copies will do: the first one that can be opened.
        if wanted not in stands and (gray := _gray(addresses.get(name))) is not None:
            stands[wanted], grays[name] = name, gray
    verdicts = pd.DataFrame(columns=COLUMNS)
    upload = _gray(addresses.get(UPLOAD)) if grays else None
    if upload is not None:
        verdicts = _verified(near.loc[list(grays)], grays | {UPLOAD: upload}, files, kept)
        unplaced = verdicts.index[verdicts["relation"] == "unrelated"]
        votes = near["votes"].reindex(unplaced)
        linked = verdicts["relation"].isin(tables.LINKS).any()
        # What is stored is coarse: features found anew place what it does not, and are asked where that is likely, or nothing was found.
        again = unplaced[votes >= (FIRM if linked else 1)]
        if len(again) and kept:
            anew = _verified(near.loc[again], grays | {UPLOAD: upload}, files, {})
            verdicts = pd.concat([verdicts.drop(again), anew])
    rows = {}
    for name, each in near.iterrows():
        judge = stands.get(each["stands"])
        if judge is not None and judge in verdicts.index:
            told = verdicts.loc[judge]
            if each["votes"] and told["relation"] == "unrelated":
                continue
            rows[name] = [
                each["distance"],
                *(told[["transform", "relation", "score", "reason"]]),
                True,
                each["votes"],
                *(told[["left_region", "right_region"]]),
            ]
        elif not each["votes"] or each["votes"] >= STRONG:
            reason = absent if name in opened.index else FARTHER
            rows[name] = [
                *(each["distance"], each["transform"], "undecided", 0.0, reason),
                *(False, each["votes"], None, None),
            ]
    return pd.DataFrame.from_dict(rows, orient="index", columns=COLUMNS)


def _verified(
    pairs: pd.DataFrame, grays: Mapping[str, Gray], files: Files, kept: Mapping[str, Kept]
) -> pd.DataFrame:
    """Judge pairs by their pixels, as a match does; reasons speak of upload and held picture."""
    comparison, verify_pairs, suppress_templates = load_comparison()
    asked = pairs.reset_index(names="right").assign(left=UPLOAD)
    opened = {files.addresses[name]: gray for name, gray in grays.items()}
    load = Loader({name: files.addresses[name] for name in grays}, opened.__getitem__, large_at, kept)
    judged = verify_pairs(asked, load, comparison(sides=SIDES), files=files)
    return suppress_templates(judged).set_index("right")


def load_comparison() -> tuple[
    "type[AlignedComparison]", Callable[..., pd.DataFrame], Callable[..., pd.DataFrame]
]:
    """Return what compares pixels; the first call loads OpenCV."""
    from dedupelab.match.compare.verification import AlignedComparison  # noqa: PLC0415
    from dedupelab.match.compare.verified_pairs import verify_pairs  # noqa: PLC0415
    from dedupelab.match.templates import suppress_templates  # noqa: PLC0415

    return AlignedComparison, verify_pairs, suppress_templates


def _gray(where: str | None) -> Gray | None:
    """Open a picture; None where it is not here, or no longer a picture."""
    try:
        return None if where is None else gray_at(where)
    except CollectionError:
        return None


def _digests(names: list[str], addresses: Mapping[str, str]) -> dict[str, str]:
    found = {name: digest_at(addresses[name]) for name in names if name in addresses}
    return {name: digest for name, digest in found.items() if digest}


def rows(upload: Mapping[str, object], held: list[dict[str, object]]) -> pd.DataFrame:
    """Return an upload's row and those of held pictures as one table of images."""
    named = {"image_id": UPLOAD, "collection": UPLOAD}
    return HELD.from_rows([dict(upload) | named, *held])
