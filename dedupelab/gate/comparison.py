"""An upload and the few held pictures near it, compared by the code of a match: digests first, then pixels."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dedupelab import tables
from dedupelab.collect.record import EMPTY_METADATA
from dedupelab.errors import CollectionError
from dedupelab.match.candidates import Candidates, search_candidates
from dedupelab.match.compare.loader import Gray, Loader
from dedupelab.match.exact import exact_pairs
from dedupelab.match.frames import Files, contents_of
from dedupelab.match.pairing import settle_pixels
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
FARTHER = f"near, not verified: {MOST} pictures are nearer"
SIDES = ("the upload", "the held picture")
"""What reasons call the two."""
COLUMNS = ["distance", "transform", "relation", "score", "reason", "verified"]


def compare(
    images: pd.DataFrame, addresses: Mapping[str, str], radius: int, absent: str = ABSENT
) -> pd.DataFrame:
    """Say what relation the upload has to each held picture near it.

    Parameters
    ----------
    images
        The upload (`UPLOAD`) and the held pictures, as rows of `tables.IMAGES`.
    addresses
        Where pictures are opened, by image_id; those without are not here.
    radius
        Most bits in which fingerprints may differ.
    absent
        The reason where a held picture cannot be opened.

    Returns
    -------
    DataFrame
        `COLUMNS` by image_id. Where the held picture cannot be opened, the relation is `undecided` and not `verified`.
    """
    found = search_candidates(images, radius)
    found = found.only(found.left == 0)
    images = settle_pixels(images, found, partial(_digests, addresses=addresses))
    proven = exact_pairs(images)
    proven = proven[proven["left"] == UPLOAD].set_index("right").assign(transform="identity", verified=True)
    own, held = (images.set_index("image_id")["phash"].reindex(names) for names in ([UPLOAD], proven.index))
    proven["distance"] = np.bitwise_count(
        own.to_numpy(np.uint64, na_value=0) ^ held.to_numpy(np.uint64, na_value=0)
    )
    near = _near(found, content_classes(images))
    files = Files(contents_of(images), addresses, frames_at, SIDES)
    near = _judged(near[~near.index.isin(proven.index)], files, absent)
    return pd.concat([frame[COLUMNS] for frame in (proven, near) if len(frame)] or [near[COLUMNS]])


def _near(found: Candidates, classes: pd.Series) -> pd.DataFrame:
    """Return candidates by the held picture, nearest first, each with one that stands for all of its equal copies."""
    near = found.frame().set_index("right")
    near["stands"] = classes.reindex(near.index)
    return near.sort_values(["distance", "stands"], kind="stable")


def _judged(near: pd.DataFrame, files: Files, absent: str) -> pd.DataFrame:
    """Open one of each class of equal pictures and give the verdict on it to all."""
    addresses = files.addresses
    opened = near[near["stands"].isin(near["stands"].drop_duplicates()[:MOST])]
    grays: dict[str, Gray] = {}
    stands: dict[str, str] = {}
    for name, wanted in zip(opened.index, opened["stands"], strict=True):
        # Any of the equal copies will do: the first one that can be opened.
        if wanted not in stands and (gray := _gray(addresses.get(name))) is not None:
            stands[wanted], grays[name] = name, gray
    verdicts = pd.DataFrame(columns=COLUMNS)
    upload = _gray(addresses.get(UPLOAD)) if grays else None
    if upload is not None:
        verdicts = _verified(near.loc[list(grays)], grays | {UPLOAD: upload}, files)
    rows = []
    for name, each in near.iterrows():
        judge = stands.get(each["stands"])
        if judge is not None and judge in verdicts.index:
            told = verdicts.loc[judge]
            rows.append(
                [each["distance"], told["transform"], told["relation"], told["score"], told["reason"], True]
            )
        else:
            reason = absent if name in opened.index else FARTHER
            rows.append([each["distance"], each["transform"], "undecided", 0.0, reason, False])
    return pd.DataFrame(rows, columns=COLUMNS, index=near.index)


def _verified(pairs: pd.DataFrame, grays: Mapping[str, Gray], files: Files) -> pd.DataFrame:
    """Judge pairs by their pixels, as a match does; reasons speak of upload and held picture."""
    comparison, verify_pairs, suppress_templates = load_comparison()
    asked = pairs.reset_index(names="right").assign(left=UPLOAD)
    opened = {files.addresses[name]: gray for name, gray in grays.items()}
    load = Loader({name: files.addresses[name] for name in grays}, opened.__getitem__, large_at)
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
    return tables.IMAGES.from_rows(
        [EMPTY_METADATA | dict(upload) | named, *(EMPTY_METADATA | each for each in held)]
    )
