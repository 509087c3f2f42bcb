"""What the thorough gear adds to the quick one: descriptors, kept from run to run, and the pairs that they propose.

Quick examines pairs whose fingerprints are near. Thorough also lets local descriptors vote, which finds crops,
screenshots, overlays and turned parts, at some 60 ms a picture and core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab import tables
from dedupelab.match.compare.loader import narrowed
from dedupelab.match.exact import turned_distances
from dedupelab.match.search.descriptor_index import AsBytes, DescriptorIndex, lay_down
from dedupelab.match.search.descriptors import Descriptors, extract
from dedupelab.match.search.kept_cells import Cells
from dedupelab.match.search.kept_votes import kept_tables, known_votes
from dedupelab.match.search.voting import MEMORY, propose, vote
from dedupelab.tables.contents import content_classes
from dedupelab.work.batches import run_batches
from dedupelab.work.progress import Progress

Gray = NDArray[np.uint8]
BATCH: Final = 16
BLOCK: Final = 4096
"""Rows of descriptors that are read or written at once: 25 MB."""


def describable(images: pd.DataFrame) -> pd.DataFrame:
    """Return one image of each class of equal pictures that shows enough for descriptors to mean something."""
    classes = content_classes(images)
    rich = images[(images["status"] == "hashed") & (images["information"] >= tables.LOW_INFORMATION)]
    return rich[rich["image_id"].map(classes) == rich["image_id"]]


@dataclass(frozen=True)
class Described:
    """Pictures with their local descriptors, in order of their image_ids; mapped, not held."""

    index: DescriptorIndex
    digests: list[str]
    """SHA-256 of each picture's file."""

    def blocks(self) -> Iterator[pd.DataFrame]:
        """Yield the table `descriptors`, some rows at a time."""
        kept = AsBytes(self.index)
        for start in range(0, len(self.index), BLOCK):
            part = slice(start, start + BLOCK)
            names = self.index.names[part]
            columns = {
                "image_id": names,
                "sha256": self.digests[part],
                "descriptors": [kept[n] for n in names],
            }
            yield pd.DataFrame(columns)


def describe_pictures(
    images: pd.DataFrame,
    known: Iterable[pd.DataFrame],
    load: Callable[[str], Gray],
    folder: Path,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Described:
    """Describe pictures, each content once; what is known is not opened again.

    A picture that can no longer be opened is left out; the next scan says why.

    Parameters
    ----------
    known
        The table `descriptors` of an earlier match, in blocks.
    folder
        An empty one, for as long as what is returned is used: twice some 6 KB a picture.
    """
    of = dict(zip(images["sha256"], images["image_id"], strict=True))
    done = 0

    def arriving() -> Iterator[tuple[str, Descriptors]]:
        """Yield digests with their descriptors, known ones first."""
        nonlocal done
        for block in known:
            for digest, data in zip(block["sha256"], block["descriptors"], strict=True):
                if of.pop(digest, None):
                    done += 1
                    yield digest, Descriptors.from_bytes(data)
        fresh = list(of.items())
        batches = [fresh[start : start + BATCH] for start in range(0, len(fresh), BATCH)]
        opened = ([identity for _, identity in batch] for batch in batches)
        runs = run_batches(_extract_batch, ((each, narrowed(load, each)) for each in opened), executor)
        for batch, found in zip(batches, runs, strict=True):
            yield from (
                (digest, Descriptors.from_bytes(found[identity]))
                for digest, identity in batch
                if identity in found
            )
            done += len(batch)
            if progress:
                progress(done, len(images))

    arrived = lay_down(folder / "arrived", arriving())
    number = {digest: place for place, digest in enumerate(arrived.names)}
    ordered = images[images["sha256"].isin(number)].sort_values("image_id")
    digests = ordered["sha256"].tolist()
    each = zip(ordered["image_id"], map(arrived.of_picture, map(number.__getitem__, digests)), strict=True)
    return Described(lay_down(folder / "ordered", each), digests)


def voted_candidates(
    images: pd.DataFrame,
    described: Described,
    kept: tuple[pd.DataFrame, pd.DataFrame] | None = None,
    *,
    executor: Executor | None = None,
    folder: Path | None = None,
    memory: int = MEMORY,
    cells: Cells | None = None,
) -> tuple[pd.DataFrame, tuple[pd.DataFrame, pd.DataFrame]]:
    """Return the pairs that local descriptors propose, with votes and the distance of their fingerprints under the transform.

    Parameters
    ----------
    kept
        The tables `voters` and `voted` of an earlier call: only pairs with a picture that is not among these are voted on.

    Returns
    -------
    tuple[pd.DataFrame, tuple[pd.DataFrame, pd.DataFrame]]
        The pairs, and the two tables to keep for the next call.
    """
    index, digests = described.index, pd.Series(described.digests, dtype=object)
    voters, voted = kept or (tables.VOTERS.empty(), tables.VOTED.empty())
    known = known_votes(index, digests, voters, voted)
    tally, crowded = vote(index, executor, folder, known, memory, cells)
    found = kept_tables(index, digests, tally, crowded, known, voters)
    home = dict(zip(images["image_id"], images["collection"], strict=True))
    proposed = propose(index, tally, collections=home)
    names = np.sort(images["image_id"].to_numpy(object))
    left, right = (np.searchsorted(names, proposed[side].to_numpy(object)) for side in ("left", "right"))
    transform = proposed["transform"].map(tables.TRANSFORMS.index).to_numpy(np.int8)
    proposed["distance"] = turned_distances(images, names, left, right, transform)
    return proposed, found


def _extract_batch(task: tuple[list[str], Callable[[str], Gray]]) -> dict[str, bytes]:
    identities, load = task
    found = {}
    for identity in identities:
        try:
            gray = load(identity)
        except (OSError, ValueError):
            continue
        found[identity] = extract(gray).to_bytes()
    return found
