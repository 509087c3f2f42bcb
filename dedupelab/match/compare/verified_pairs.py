"""Candidate pairs judged in batches: spread over an executor, the verdicts kept in columns of numbers."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import nullcontext
from functools import cache, partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.errors import TableError
from dedupelab.match.compare.alignment import Gray, Picture
from dedupelab.match.compare.described import placeable
from dedupelab.match.compare.loader import Closely, Kept, Loader, narrowed
from dedupelab.match.compare.remembered import Asked, Remembered
from dedupelab.match.compare.verdict_columns import Rows, Verdicts
from dedupelab.match.compare.verdicts import UNPLACED, Verdict, Verifier
from dedupelab.match.frames import Files, hold
from dedupelab.match.search.descriptors import Descriptors, Stored
from dedupelab.tables import RELATIONS, TRANSFORMS
from dedupelab.work.batches import run_batches
from dedupelab.work.progress import Progress

BATCH = 64
"""About how many pairs a task holds; within a task every picture is loaded once."""
FAR = 26
"""Bits (of 64) in which fingerprints may differ for pictures to be opened though what is stored of both lays neither on the other. Of 1,275
pairs of the benchmark's files that differ in more and are not laid none was counted; 37, of one form or frame, were undecided."""
DERIVED = 8
"""Pictures, those compared last, of which what was derived is kept: some megabytes each."""
Load = Callable[[str], Gray]
Task = tuple[list[Asked], Load, list[bool]]
"""Pairs, what opens their pictures, and of each pair whether its fingerprints are far apart."""
_BY_NAME = np.argsort(np.argsort(TRANSFORMS)).astype(np.int8)


def verify_pairs(
    candidates: pd.DataFrame,
    load: Load,
    verifier: Verifier,
    *,
    files: Files | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    batch: int = BATCH,
) -> pd.DataFrame:
    """Judge candidate pairs.

    Parameters
    ----------
    candidates
        `left`, `right`, `transform` (a hint), and `distance`, without which every pair is opened.
    load
        Returns the gray picture of an image_id. With a process pool it must be picklable.
    verifier
        Such as `AlignedComparison()`.
    files
        The files behind the pictures, where verdicts are to hold for all their frames; see `match.frames`.
    executor
        Where batches run; in this process when None.
    progress
        Called with pairs done and pairs in all.
    batch
        About how many pairs a task holds.

    Returns
    -------
    pd.DataFrame
        The same rows in the same order with `transform` as found and `relation`, `score`, `reason`, `left_region`,
        `right_region`, `differences` and `drawn` added. Equal input gives equal output, however the work is spread.

    Raises
    ------
    TableError
        If a column is missing or a transform is not one of TRANSFORMS.
    """
    missing = [name for name in ("left", "right", "transform") if name not in candidates.columns]
    if missing:
        raise TableError(
            f"expected candidates with left, right and transform, got no {', '.join(missing)}; see match.candidates"
        )
    if unknown := sorted(set(candidates["transform"]) - set(TRANSFORMS)):
        raise TableError(
            f"expected transforms of {', '.join(TRANSFORMS)}, got {', '.join(map(str, unknown))}"
        )
    ends = pd.concat([candidates["left"], candidates["right"]]).astype(object)
    names, rows = np.unique(ends.to_numpy(object), return_inverse=True)
    left, right = rows[: len(candidates)].astype(np.int32), rows[len(candidates) :].astype(np.int32)
    hint = candidates["transform"].map(TRANSFORMS.index).to_numpy(np.int8)
    judged = judge(
        left,
        right,
        hint,
        names,
        load,
        verifier,
        distance=candidates["distance"].to_numpy(np.int16) if "distance" in candidates.columns else None,
        files=files,
        executor=executor,
        progress=progress,
        batch=batch,
    )
    columns = judged.columns() | {"drawn": pd.Series(judged.drawn)}
    return candidates.assign(**{n: c.set_axis(candidates.index) for n, c in columns.items()})


def judge(
    left: Rows,
    right: Rows,
    transform: NDArray[np.int8],
    names: NDArray[np.object_],
    load: Load,
    verifier: Verifier,
    *,
    distance: NDArray[np.int16] | None = None,
    files: Files | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    remembered: Remembered | None = None,
    batch: int = BATCH,
) -> Verdicts:
    """Judge pairs of rows of `names` (image_ids in order); `transform` holds hints. See `verify_pairs`.

    Given the `distance` of their fingerprints, pairs further apart than `FAR` stay closed where what is stored lays neither on the other.
    What is `remembered` is not judged again, and what is judged is remembered, also when the work is broken off.
    """
    near = neighbourly(left, right)
    one, two = np.minimum(near[left], near[right]), np.maximum(near[left], near[right])
    order = np.lexsort((_BY_NAME[transform], two, one))
    found = Verdicts(
        np.empty(len(left), np.int8),
        np.empty(len(left), np.int8),
        np.empty(len(left)),
        np.empty(len(left), np.int32),
        np.full((len(left), 4), np.nan, np.float32),
        np.full((len(left), 4), np.nan, np.float32),
        [],
        [],
        np.zeros(len(left), bool),
    )
    number: dict[tuple[str, str], int] = {}

    def asked(k: int) -> Asked:
        return str(names[left[k]]), str(names[right[k]]), TRANSFORMS[transform[k]]

    if remembered is not None:
        before = remembered.among((k, asked(k)) for k in order.tolist())
        for k, verdict in before.items():
            _note(found, k, verdict, number)
        order = order[~np.isin(order, list(before))]
    known = len(left) - len(order)
    cuts = list(_cuts(one[order], batch))

    far = np.zeros(len(left), bool) if distance is None else distance > FAR
    tasks = (
        _task([asked(k) for k in order[start:stop].tolist()], load, far[order[start:stop]].tolist())
        for start, stop in cuts
    )
    results = run_batches(partial(judge_batch, verifier=verifier), tasks, executor)
    with remembered or nullcontext():
        for (start, stop), verdicts in zip(cuts, results, strict=True):
            for k, verdict in zip(order[start:stop].tolist(), verdicts, strict=True):
                _note(found, k, verdict, number)
                if remembered is not None:
                    remembered.keep(asked(k), verdict)
            if progress is not None:
                progress(known + stop, len(left))
    found.reasons.extend(reason for reason, _ in number)
    found.mirrored.extend(mirrored for _, mirrored in number)
    if files is not None:
        hold(found, left, right, names, files, verifier, executor)
    return found


def _task(pairs: list[Asked], load: Load, far: list[bool]) -> Task:
    """Return pairs with what opens their pictures alone."""
    return pairs, narrowed(load, (name for pair in pairs for name in pair[:2])), far


def _note(found: Verdicts, k: int, verdict: Verdict, number: dict[tuple[str, str], int]) -> None:
    """Write one verdict into the columns; reasons are numbered as they come."""
    found.transform[k] = TRANSFORMS.index(verdict.transform)
    found.relation[k] = RELATIONS.index(verdict.relation)
    found.score[k] = verdict.score
    found.reason[k] = number.setdefault(verdict.told, len(number))
    found.drawn[k] = verdict.drawn and verdict.relation == "undecided"
    if verdict.left_region is not None:
        found.left_region[k] = verdict.left_region
    if verdict.right_region is not None:
        found.right_region[k] = verdict.right_region
    if verdict.left_window is not None and verdict.right_window is not None:
        found.windows[k] = verdict.left_window, verdict.right_window
    if verdict.left_places is not None and verdict.right_places is not None:
        found.places[k] = verdict.left_places, verdict.right_places


def neighbourly(left: Rows, right: Rows) -> Rows:
    """Return numbers for the pictures, near ones for those of one pair: what a worker has just opened comes up again soon.

    Reverse Cuthill-McKee order of the graph of pairs (George and Liu, "Computer solution of large sparse positive
    definite systems", 1981).
    """
    from scipy.sparse import coo_array  # noqa: PLC0415  keeps `import dedupelab` light
    from scipy.sparse.csgraph import reverse_cuthill_mckee  # noqa: PLC0415

    count = int(max(left.max(initial=-1), right.max(initial=-1))) + 1
    number = np.zeros(count, np.int32)
    if count:
        ends = np.append(left, right), np.append(right, left)
        graph = coo_array((np.ones(len(ends[0]), np.int8), ends), shape=(count, count)).tocsr()
        number[reverse_cuthill_mckee(graph, symmetric_mode=True)] = np.arange(count, dtype=np.int32)
    return number


def _cuts(left: Rows, batch: int) -> Iterator[tuple[int, int]]:
    """Cut the ordered pairs where the first picture changes, or after twice the size where one picture has too many pairs.

    >>> list(_cuts(np.array([0, 0, 0, 1, 2, 2, 2, 2, 2, 2], np.int32), 2))
    [(0, 3), (3, 7), (7, 10)]
    """
    changes = np.append(np.flatnonzero(np.diff(left)) + 1, len(left))
    start = 0
    while start < len(left):
        change = changes[min(int(np.searchsorted(changes, start + batch)), len(changes) - 1)]
        stop = min(int(change), start + 2 * batch)
        yield start, stop
        start = stop


def _stored(known: Kept) -> Stored:
    """Return what is kept of a picture, as it serves to place it."""
    return Stored.of(Descriptors.from_bytes(known if isinstance(known, bytes) else known()))


def judge_batch(task: Task, verifier: Verifier) -> list[Verdict]:
    """Judge one task's pairs, each picture opened once; runs in a worker."""
    import cv2  # noqa: PLC0415 - a worker sets it before its first comparison

    pairs, load, far = task
    cv2.setNumThreads(1)
    kept = load.kept if isinstance(load, Loader) else {}
    stored = cache(lambda name: _stored(kept[name]))
    refused = [
        away and left in kept and right in kept and not placeable(stored(left), stored(right))
        for (left, right, _), away in zip(pairs, far, strict=True)
    ]
    last = {name: k for k, (left, right, _) in enumerate(pairs) if not refused[k] for name in (left, right)}
    held: dict[str, Picture] = {}
    closely = Closely(load)
    verdicts = []
    for k, (left, right, transform) in enumerate(pairs):
        if refused[k]:
            verdicts.append(UNPLACED)
            continue
        for name in (left, right):
            if name not in held:
                describe = partial(stored, name) if name in kept else None
                held[name] = verifier.prepare(load(name), closely.opener(name), describe)
            held[name] = held.pop(name)
        verdicts.append(verifier.judge(held[left], held[right], transform))
        # A picture is let go after its last pair, and what was derived of it sooner: memory follows what is open, not the batch.
        for name in {left, right}:
            if last[name] == k:
                del held[name]
        for picture in list(held.values())[:-DERIVED]:
            picture.derived.clear()
    return verdicts
