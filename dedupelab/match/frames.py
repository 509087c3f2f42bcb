"""Whole files: what was found of two first pictures is held against all frames, pages and views, and what is appended.

Only links are looked at again. Two files are copies when all frames of one are among the other's; the reason says how many
agree. A single picture beside several was compared with the first of them, and that is what is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from dedupelab.match.compare.verdict_columns import Rows, Verdicts
from dedupelab.match.compare.verdicts import LINKED, MOST_OPEN, SIDES, Verdict, Verifier
from dedupelab.tables import RELATIONS, TRANSFORMS
from dedupelab.work.batches import run_batches

if TYPE_CHECKING:
    from dedupelab.collect.reading.frames import Frames
    from dedupelab.match.compare.alignment import Picture

TRIES = 3
"""Frames of the other file, the most alike first, beside which a frame is laid that has no copy at its own place."""
EVEN = 8
"""Grey levels within which a frame shows nothing, so that there is nothing to lay on another: a black one between scenes."""
_SIDE = 16
_NOUNS = {"TIFF": "pages", "MPO": "views"}
_DIFFER = ("variant", "unrelated")


class Contents(NamedTuple):
    """What a file holds: pictures, the digest of what is appended to them, and its format."""

    frames: int = 1
    appended: str | None = None
    format: str = ""


@dataclass(frozen=True)
class Files:
    """The files behind pictures, by image_id: what they hold, where they lie, and what reads all their frames."""

    contents: Mapping[str, Contents]
    addresses: Mapping[str, str]
    read: Callable[[str], Frames | None]
    sides: tuple[str, str] = SIDES
    """What reasons call left and right."""


class Agreement(NamedTuple):
    """What came of comparing the frames of the shorter file with those of the other."""

    agreeing: int
    shorter: int
    in_order: bool
    whole: bool
    """Whether each frame is a whole copy of its partner, and no crop of it."""
    differs: bool
    """Whether some frame without a partner shows something else, and is not merely undecided."""
    score: float
    altered: int = 0
    """Frames with a partner from which they differ at some places."""


def contents_of(images: pd.DataFrame) -> dict[str, Contents]:
    """Return what those files hold that are more than one picture."""
    several = (images["frames"].fillna(1) > 1) | images["appended_sha256"].notna()
    rows = images.loc[several, ["image_id", "frames", "appended_sha256", "format"]]
    return {
        str(name): Contents(
            1 if pd.isna(frames) else int(frames), appended if isinstance(appended, str) else None, str(kind)
        )
        for name, frames, appended, kind in rows.itertuples(index=False)
    }


def hold(
    judged: Verdicts,
    left: Rows,
    right: Rows,
    names: NDArray[np.object_],
    files: Files,
    verifier: Verifier,
    executor: Executor | None = None,
) -> None:
    """Hold verdicts on first pictures against the whole files, in place.

    Parameters
    ----------
    left, right, names
        The pairs, as rows of `names`.
    verifier
        Compares two frames as it compared the first ones.
    executor
        Where frames are compared; in this process when None.
    """
    several = np.array([str(name) in files.contents for name in names], bool)
    tasks = []
    for k in np.flatnonzero(several[left] | several[right]).tolist():
        one, two = str(names[left[k]]), str(names[right[k]])
        verdict = Verdict(
            RELATIONS[judged.relation[k]],
            float(judged.score[k]),
            judged.reasons[judged.reason[k]],
            TRANSFORMS[judged.transform[k]],
            None,
            None,
            mirrored=judged.mirrored[judged.reason[k]],
        )
        contents = files.contents.get(one, Contents()), files.contents.get(two, Contents())
        places = tuple(files.addresses.get(name, "") for name in (one, two))
        tasks.append((k, verdict, contents, places))
    work = partial(_held, read=files.read, verifier=verifier, sides=files.sides)
    number: dict[tuple[str, str], int] = {}
    for (k, *_), verdict in zip(tasks, run_batches(work, tasks, executor), strict=True):
        judged.relation[k] = RELATIONS.index(verdict.relation)
        judged.score[k] = verdict.score
        judged.reason[k] = len(judged.reasons) + number.setdefault(verdict.told, len(number))
        if verdict.relation not in LINKED:
            judged.windows.pop(k, None)
    judged.reasons.extend(reason for reason, _ in number)
    judged.mirrored.extend(mirrored for _, mirrored in number)


Task = tuple[int, Verdict, tuple[Contents, Contents], tuple[str, ...]]


def _held(
    task: Task,
    *,
    read: Callable[[str], Frames | None],
    verifier: Verifier,
    sides: tuple[str, str] = SIDES,
) -> Verdict:
    """Hold one verdict against its two files; runs in a worker."""
    _, verdict, (left, right), (one, two) = task
    found = None
    if verdict.relation in LINKED and min(left.frames, right.frames) > 1 and one and two:
        frames, others = read(one), read(two)
        if frames is not None and others is not None:
            found = agreement(frames, others, verdict, verifier)
    return of_whole_files(verdict, left, right, found, sides)


def of_whole_files(
    verdict: Verdict,
    left: Contents,
    right: Contents,
    found: Agreement | None = None,
    sides: tuple[str, str] = SIDES,
) -> Verdict:
    """Return what a verdict on the first pictures of two files says of the files.

    Parameters
    ----------
    found
        How far their frames agree; None where they were not compared.
    """
    verdict = _of_frames(verdict, left, right, found, sides)
    if verdict.relation not in LINKED or left.appended == right.appended:
        return verdict
    told = []
    for reason, (one, two) in _either_way(verdict, sides):
        if left.appended and right.appended:
            note = f"what is appended to the picture of {one}, such as a video, is not what is appended to that of {two}"
        else:
            note = f"something more, such as a video, is appended to the picture of {one if left.appended else two}"
        told.append(f"{reason}; {note}")
    return replace(verdict, reason=told[0], mirrored=told[1])


def _either_way(verdict: Verdict, sides: tuple[str, str]) -> Iterable[tuple[str, tuple[str, str]]]:
    """Return the reason and what it calls left and right, as they are and as they read with left and right exchanged."""
    return zip(verdict.told, (sides, sides[::-1]), strict=True)


def _of_frames(
    verdict: Verdict, left: Contents, right: Contents, found: Agreement | None, sides: tuple[str, str]
) -> Verdict:
    short, long = sorted((left.frames, right.frames))
    if long == 1:
        return verdict
    named = {_NOUNS.get(each.format, "frames") for each in (left, right) if each.frames > 1}
    noun = named.pop() if len(named) == 1 else "frames"
    told = []
    relation = verdict.relation
    but = f", {found.altered} of them but for places that differ" if found and found.altered else ""
    for reason, (one, two) in _either_way(verdict, sides):
        fewer, more = (one, two) if left.frames <= right.frames else (two, one)
        first = f"of the first {noun}: {reason}"
        if verdict.relation not in LINKED:
            text = f"{reason}; the first {noun} were compared"
        elif short == 1:
            relation = "derivative"
            text = f"some of the {noun}: the picture of {fewer} is the first of the {long} {noun} of {more}; {reason}"
        elif found is None:
            relation = "undecided"
            text = f"undecided: {short} and {long} {noun}, of which the first were compared; {first}"
        elif found.agreeing < short:
            relation = "variant" if found.differs else "undecided"
            text = f"{relation}: {found.agreeing} of the {short} {noun} of {fewer} found among the {long} {noun} of {more}"
        elif short == long and found.in_order:
            relation = relation if found.whole else "derivative"
            text = f"{short} of {short} {noun} agree, in order{but}; {first}"
        else:
            relation = "derivative"
            order = "" if short < long else ", in another order"
            text = f"some of the {noun}: {short} of the {short} {noun} of {fewer} found among the {long} {noun} of {more}{order}{but}; {first}"
        told.append(text)
    score = verdict.score if found is None else min(verdict.score, found.score)
    score = score if relation in LINKED else min(score, MOST_OPEN)
    return replace(verdict, relation=relation, score=score, reason=told[0], mirrored=told[1])


def agreement(left: Frames, right: Frames, verdict: Verdict, verifier: Verifier) -> Agreement:
    """Look for a copy of each frame of the shorter file among the other's, at its own place first.

    One that differs at some places is taken where no other is found. No frame is the copy of two: two blank pages behind a cover
    are not found in a file that has one.

    Parameters
    ----------
    verdict
        On the first frames: the others must be turned alike.
    """
    mirrored = len(right.small) < len(left.small)
    sides = _Side(left), _Side(right)
    few, many = sides[::-1] if mirrored else sides
    found, partners = [], list[int]()
    for k in range(len(few.small)):
        best, partner = Verdict("unrelated", 0.0, "", "", None, None), None
        for other in _nearest(few, many, k, partners):
            pair = (many, other, few, k) if mirrored else (few, k, many, other)
            each = _judged(*pair, verdict, verifier)
            if _rank(each) > _rank(best):
                best, partner = each, other
            if best.relation in LINKED and not best.left_places:
                break
        found.append(best)
        if partner is not None and best.relation in LINKED:
            partners.append(partner)
    lone = [each.relation for each in found if each.relation not in LINKED]
    return Agreement(
        agreeing=len(partners),
        shorter=len(found),
        in_order=partners == list(range(len(found))),
        whole=all(each.relation == LINKED[0] for each in found),
        differs=any(relation in _DIFFER for relation in lone),
        score=min(each.score for each in found),
        altered=sum(each.relation in LINKED and bool(each.left_places) for each in found),
    )


def _rank(verdict: Verdict) -> tuple[bool, bool, int]:
    """Say how much a verdict speaks for a frame's partner: a crop without a difference more than a whole with some."""
    linked = verdict.relation in LINKED
    return linked, linked and not verdict.left_places, _RANK[verdict.relation]


_RANK = {"near-identical": 4, "derivative": 3, "undecided": 2, "variant": 1, "unrelated": 0}


class _Side:
    """One file's frames, each prepared once, and when it is needed."""

    def __init__(self, frames: Frames) -> None:
        self.frames = frames
        self.grays = [np.asarray(Image.fromarray(frame).convert("L")) for frame in frames.small]
        self.small = np.stack(
            [np.asarray(Image.fromarray(g).resize((_SIDE, _SIDE)), np.int16) for g in self.grays]
        )
        self._prepared: dict[int, Picture] = {}

    def picture(self, k: int, verifier: Verifier) -> Picture:
        if k not in self._prepared:
            self._prepared[k] = verifier.prepare(self.grays[k], partial(self.frames.large, k))
        return self._prepared[k]

    def even(self, k: int) -> bool:
        return int(np.ptp(self.grays[k])) <= EVEN


def _nearest(few: _Side, many: _Side, k: int, taken: list[int]) -> list[int]:
    """Return the frame at the same place, then those that look most like it, without those that are taken."""
    apart = np.abs(many.small - few.small[k]).mean(axis=(1, 2))
    apart[taken] = np.inf
    near = np.argsort(apart, kind="stable")[: min(TRIES, len(apart) - len(taken))].tolist()
    return [other for other in dict.fromkeys([k, *near]) if other not in taken]


def _judged(left: _Side, one: int, right: _Side, two: int, verdict: Verdict, verifier: Verifier) -> Verdict:
    """Compare two frames; equal ones need no laying on each other, and even ones allow none."""
    first, second = left.frames.small[one], right.frames.small[two]
    if verdict.transform == "identity" and first.shape == second.shape and np.array_equal(first, second):
        return replace(verdict, relation=LINKED[0], score=1.0)
    if left.even(one) or right.even(two):
        tones = [frame.reshape(-1, 3).mean(axis=0) for frame in (first, second)]
        alike = left.even(one) and right.even(two) and float(np.abs(tones[0] - tones[1]).max()) <= EVEN / 2
        return replace(verdict, relation=LINKED[0] if alike else "unrelated", score=float(alike))
    found = verifier.judge(left.picture(one, verifier), right.picture(two, verifier), verdict.transform)
    if found.relation in LINKED and found.transform != verdict.transform:
        return replace(found, relation="variant")
    return found
