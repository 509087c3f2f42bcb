"""What the thorough gear adds to the quick one: descriptors, kept from run to run, and the pairs that they propose.

Quick examines pairs whose fingerprints are near. Thorough also lets local descriptors vote, which finds crops,
screenshots, overlays and turned parts, at some 60 ms a picture and core.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab import tables
from dedupelab.match.compare.loader import narrowed
from dedupelab.match.exact import turned_distances
from dedupelab.tables.contents import content_classes
from dedupelab.work.batches import run_batches
from dedupelab.work.progress import Progress

Gray = NDArray[np.uint8]
BATCH = 16


def describable(images: pd.DataFrame) -> pd.DataFrame:
    """Return one image of each class of equal pictures that shows enough for descriptors to mean something."""
    classes = content_classes(images)
    rich = images[(images["status"] == "hashed") & (images["information"] >= tables.LOW_INFORMATION)]
    return rich[rich["image_id"].map(classes) == rich["image_id"]]


def extract_descriptors(
    images: pd.DataFrame,
    known: pd.DataFrame,
    load: Callable[[str], Gray],
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return the descriptors table: one row for each of `images`, reusing rows of `known` with the same content.

    A picture that can no longer be opened has no row; the next scan says why.
    """
    kept = dict(zip(known["sha256"], known["descriptors"], strict=True))
    fresh = images[~images["sha256"].isin(kept)]
    batches = [list(fresh["image_id"][i : i + BATCH]) for i in range(0, len(fresh), BATCH)]
    found: dict[str, bytes] = {}
    runs = run_batches(_extract_batch, ((batch, narrowed(load, batch)) for batch in batches), executor)
    done = len(images) - len(fresh)
    for batch, result in zip(batches, runs, strict=True):
        found |= result
        done += len(batch)
        if progress:
            progress(done, len(images))
    rows = [
        {"image_id": identity, "sha256": digest, "descriptors": found.get(identity) or kept.get(digest)}
        for identity, digest in zip(images["image_id"], images["sha256"], strict=True)
    ]
    return tables.DESCRIPTORS.from_rows(row for row in rows if row["descriptors"])


def voted_candidates(
    images: pd.DataFrame, descriptors: pd.DataFrame, *, executor: Executor | None = None
) -> pd.DataFrame:
    """Return the pairs that local descriptors propose, with votes and the distance of their fingerprints under the transform."""
    from dedupelab.match.search.descriptor_index import DescriptorIndex  # noqa: PLC0415  only the thorough gear needs it
    from dedupelab.match.search.descriptors import Descriptors  # noqa: PLC0415
    from dedupelab.match.search.voting import propose  # noqa: PLC0415

    ordered = descriptors.sort_values("image_id")
    read = map(Descriptors.from_bytes, ordered["descriptors"])
    index = DescriptorIndex.of(zip(ordered["image_id"], read, strict=True))
    home = dict(zip(images["image_id"], images["collection"], strict=True))
    proposed = propose(index, collections=home, executor=executor)
    names = np.sort(images["image_id"].to_numpy(object))
    left, right = (np.searchsorted(names, proposed[side].to_numpy(object)) for side in ("left", "right"))
    transform = proposed["transform"].map(tables.TRANSFORMS.index).to_numpy(np.int8)
    proposed["distance"] = turned_distances(images, names, left, right, transform)
    return proposed


def _extract_batch(task: tuple[list[str], Callable[[str], Gray]]) -> dict[str, bytes]:
    identities, load = task
    from dedupelab.match.search.descriptors import extract  # noqa: PLC0415  loads OpenCV, in the worker

    found = {}
    for identity in identities:
        try:
            gray = load(identity)
        except (OSError, ValueError):
            continue
        found[identity] = extract(gray).to_bytes()
    return found
