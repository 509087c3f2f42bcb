"""Images to pairs: digests first, then near fingerprints, each near pair examined by its pixels.

Copies that digests prove are represented by one of them, so that nothing is compared twice; the verdict is then given to
all of them. Pairs are numbers all the way, so that ten million of them fit in memory; text is made where rows are written.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab import tables
from dedupelab.match.candidates import INVERSE, Candidates, once, pack, search_candidates, unpack
from dedupelab.match.compare.verdict_columns import Verdicts, boxes, words
from dedupelab.match.exact import (
    class_rows,
    distances,
    exact_pairs,
    pixel_suspects,
    turned_distances,
    turned_pairs,
)
from dedupelab.match.pair_rows import PairRows, joined, proven_verdicts, spread_verdicts, turned_verdicts
from dedupelab.match.pair_selection import likely
from dedupelab.tables.contents import content_classes
from dedupelab.work.progress import Progress

if TYPE_CHECKING:
    from dedupelab.match.compare.remembered import Remembered
    from dedupelab.match.compare.verdicts import Verifier
    from dedupelab.match.frames import Files

Gray = NDArray[np.uint8]
_LINKS = [tables.RELATIONS.index(name) for name in tables.LINKS]
_UNDECIDED = tables.RELATIONS.index("undecided")
_NAMED = np.argsort(tables.TRANSFORMS).astype(np.int8)
_RANK = np.argsort(_NAMED).astype(np.int8)
"""Place of each transform in order of their names."""


def settle_pixels(
    images: pd.DataFrame, candidates: Candidates, digest: Callable[[list[str]], dict[str, str]]
) -> pd.DataFrame:
    """Return the images with pixel digests where these could settle a relation.

    Parameters
    ----------
    images, candidates
        Images, and their pairs as `candidates.search_candidates` gives them.
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


def examine_pairs(
    images: pd.DataFrame,
    asked: Candidates,
    load: Callable[[str], Gray],
    *,
    verifier: Verifier | None = None,
    files: Files | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    remembered: Remembered | None = None,
) -> PairRows:
    """Return the pairs table as rows: every link and every examined candidate, and what the links made likely (`pair_selection.likely`).

    Parameters
    ----------
    images
        Table of images, pixels settled.
    asked
        The pairs to open, as `representatives` gives them.
    """
    from dedupelab.match.compare.verification import AlignedComparison  # noqa: PLC0415  loads OpenCV
    from dedupelab.match.compare.verified_pairs import judge  # noqa: PLC0415

    names = asked.names
    open_pairs = partial(
        judge,
        names=names,
        load=load,
        verifier=verifier or AlignedComparison(),
        files=files,
        executor=executor,
        remembered=remembered,
    )
    known = content_classes(images)
    turned = turned_pairs(images, known)
    asked = asked.only(~np.isin(_both(asked), _both(turned)))
    judged = open_pairs(asked.left, asked.right, asked.transform, distance=asked.distance, progress=progress)
    asked = asked.with_rows(turned.left, turned.right, turned.distance, turned.transform)
    judged = joined(judged, turned_verdicts(turned.transform))
    collection = pd.factorize(images.sort_values("image_id")["collection"])[0].astype(np.int32)
    left, right = likely(asked.left, asked.right, np.isin(judged.relation, _LINKS), collection)

    def further(done: int, total: int) -> None:
        if progress:
            progress(len(asked) + done, len(asked) + total)

    found = open_pairs(left, right, np.zeros(len(left), np.int8), progress=further)
    distance = turned_distances(images, names, left, right, found.transform)
    asked = asked.with_rows(left, right, distance, found.transform)
    judged = joined(judged, found)
    suppress(asked, judged)
    copied = np.zeros(len(names), bool)
    copied[np.searchsorted(names, known.index.to_numpy(object))] = True
    left, right, verdict, mirrored = spread_verdicts(
        asked.left, asked.right, class_rows(names, known), copied
    )
    proven = exact_pairs(images)
    ends = [
        np.searchsorted(names, proven[side].to_numpy(object)).astype(np.int32) for side in ("left", "right")
    ]
    left, right = np.append(ends[0], left), np.append(ends[1], right)
    order = np.lexsort((right, left))
    count = len(proven)
    return PairRows(
        names,
        collection,
        left[order],
        right[order],
        np.append(np.arange(count, dtype=np.int32), verdict + np.int32(count))[order],
        np.append(np.zeros(count, bool), mirrored)[order],
        np.append(distances(images, proven).to_numpy(np.int16), asked.distance[verdict])[order],
        joined(proven_verdicts(proven), judged),
    )


def _both(pairs: Candidates) -> NDArray[np.int64]:
    """Return each pair as one number."""
    return pairs.left.astype(np.int64) << 32 | pairs.right


def suppress(asked: Candidates, judged: Verdicts) -> None:
    """Take back links over templates, in place; looked at are links, what was left undecided, and pairs with windows."""
    from dedupelab.match.templates import suppress_templates  # noqa: PLC0415  used with what it follows

    telling = np.isin(judged.relation, [*_LINKS, _UNDECIDED])
    telling[list(judged.windows)] = True
    links = np.flatnonzero(telling)
    frame = pd.DataFrame(
        {
            "left": asked.names[asked.left[links]],
            "right": asked.names[asked.right[links]],
            "relation": words(tables.RELATIONS, judged.relation[links]),
            "score": judged.score[links],
            "reason": words(judged.reasons, judged.reason[links]),
            "left_region": boxes(judged.left_region[links]),
            "right_region": boxes(judged.right_region[links]),
            "drawn": judged.drawn[links],
        }
    )
    windows = {row: judged.windows[k] for row, k in enumerate(links.tolist()) if k in judged.windows}
    found = suppress_templates(frame, windows)
    for row in np.flatnonzero((found["relation"] != frame["relation"]).to_numpy(bool)):
        k = links[row]
        judged.relation[k] = tables.RELATIONS.index(found["relation"].iloc[row])
        judged.score[k] = found["score"].iloc[row]
        before, was = str(found["before"].iloc[row]), judged.reason[k]
        judged.mirrored.append(before + judged.mirrored[was])
        judged.reasons.append(before + judged.reasons[was])
        judged.reason[k] = len(judged.reasons) - 1


def representatives(candidates: Candidates, classes: pd.Series) -> Candidates:
    """Return candidates between classes of equal pictures, each class by its first member, each pair once, in order."""
    rows = class_rows(candidates.names, classes)
    left, right = rows[candidates.left], rows[candidates.right]
    kept = left != right
    left, right, transform = left[kept], right[kept], candidates.transform[kept]
    # A pair whose representatives stand in the other order is read the other way round.
    swap = left > right
    transform = np.where(swap, np.array(INVERSE, np.int8)[transform], transform)
    packed = pack(
        np.minimum(left, right), np.maximum(left, right), candidates.distance[kept], _RANK[transform]
    )
    left, right, distance, rank = unpack(once(packed))
    return Candidates(candidates.names, left, right, distance, _NAMED[rank])


def near_candidates(
    images: pd.DataFrame, max_distance: int, *, threads: int = 1, executor: Executor | None = None
) -> Candidates:
    """Return the pairs whose fingerprints are near under any of the eight transforms, searched as `hamming.self_join` says."""
    return search_candidates(images, max_distance, threads=threads, executor=executor)
