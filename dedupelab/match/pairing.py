"""Images to pairs: digests first, then near fingerprints, each near pair examined by its pixels.

Copies that digests prove are represented by one of them, so that nothing is compared twice; the verdict is then given to
all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab import tables
from dedupelab.match.candidates import find_candidates
from dedupelab.match.exact import distances, exact_classes, exact_pairs, expand, pixel_suspects

if TYPE_CHECKING:
    from dedupelab.match.verification import AlignedComparison

Gray = NDArray[np.uint8]
Progress = Callable[[int, int], None]
CANDIDATE_COLUMNS = ["left", "right", "distance", "transform"]


def settle_pixels(
    images: pd.DataFrame, candidates: pd.DataFrame, digest: Callable[[list[str]], dict[str, str]]
) -> pd.DataFrame:
    """Return the images with pixel digests where these could settle a relation.

    Parameters
    ----------
    images, candidates
        Tables; candidates as `candidates.find_candidates` gives them.
    digest
        Computes pixel digests for a list of image_ids; those that fail are left out.
    """
    suspects = pixel_suspects(images, candidates, tables.LOW_INFORMATION)
    found = digest(suspects) if suspects else {}
    settled = images.copy()
    settled["pixel_sha256"] = images["pixel_sha256"].where(
        ~images["image_id"].isin(found), images["image_id"].map(found)
    )
    return tables.IMAGES.conform(settled)


def examine(
    images: pd.DataFrame,
    candidates: pd.DataFrame,
    load: Callable[[str], Gray],
    *,
    verifier: AlignedComparison | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return the pairs table: every link and every examined candidate."""
    from dedupelab.match.templates import suppress_templates  # noqa: PLC0415  used with what follows
    from dedupelab.match.verification import AlignedComparison  # noqa: PLC0415  loads OpenCV
    from dedupelab.match.verified_pairs import verify_pairs  # noqa: PLC0415

    proven = exact_pairs(images)
    proven["distance"] = distances(images, proven)
    proven = proven.assign(transform="identity", left_region=None, right_region=None)
    classes = exact_classes(images)
    open_pairs = representatives(candidates, classes)
    verified = verify_pairs(
        open_pairs, load, verifier or AlignedComparison(), executor=executor, progress=progress
    )
    verified = suppress_templates(verified)
    rows = pd.concat([proven.astype(object), expand(verified, classes).astype(object)], ignore_index=True)
    collection = images.set_index("image_id")["collection"]
    rows["cross_collection"] = (
        rows["left"].map(collection).to_numpy() != rows["right"].map(collection).to_numpy()
    )
    return tables.PAIRS.from_rows(rows.where(rows.notna(), None).to_dict("records"))


def representatives(candidates: pd.DataFrame, classes: pd.Series) -> pd.DataFrame:
    """Return candidates between classes of equal pictures, each class by its first member, each pair once."""
    left, right = candidates["left"].map(classes), candidates["right"].map(classes)
    kept = candidates.assign(left=left, right=right)[left != right]
    # A pair whose representatives stand in the other order is read the other way round.
    swap = kept["left"] > kept["right"]
    turned = kept["transform"].map(tables.INVERSE)
    kept = kept.assign(
        left=kept["left"].where(~swap, kept["right"]),
        right=kept["right"].where(~swap, kept["left"]),
        transform=kept["transform"].where(~swap, turned),
    )
    order = kept.sort_values(["left", "right", "distance", "transform"], kind="stable")
    return order.drop_duplicates(["left", "right"]).reset_index(drop=True)


def near_candidates(
    images: pd.DataFrame, max_distance: int, *, threads: int = 1, executor: Executor | None = None
) -> pd.DataFrame:
    """Return the pairs whose fingerprints are near under any of the eight transforms, searched as `hamming.self_join` says."""
    return find_candidates(images, max_distance, threads=threads, executor=executor)[CANDIDATE_COLUMNS]
