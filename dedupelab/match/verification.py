"""Verification: what relation a candidate pair has, how sure that is, and why, in one sentence.

Counting matched features is not enough (a shared form gives hundreds), so two pictures are laid on each other and compared square
by square. A link needs a large, detailed region in which nearly all squares agree; a copy, unlike a second exposure of the
same scene, also agrees in its fine detail and leaves no local displacement.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol
from zlib import crc32

import numpy as np
import pandas as pd

from dedupelab.errors import TableError
from dedupelab.match.alignment import (
    Alignment,
    Gray,
    Picture,
    feature_alignments,
    nearest_transform,
    turn_matrix,
)
from dedupelab.match.examination import Box, Finding, examine
from dedupelab.tables import TRANSFORMS

INVERSE = dict(zip(TRANSFORMS, (*(TRANSFORMS[i] for i in (0, 3, 2, 1)), *TRANSFORMS[4:]), strict=True))
"""The transform that undoes each transform; mirrored turns undo themselves."""


@dataclass(frozen=True)
class Verdict:
    """What a pair was found to be. Regions are fractions of width and height: x0, y0, x1, y1."""

    relation: str
    score: float
    reason: str
    transform: str
    left_region: Box | None
    right_region: Box | None


class Verifier(Protocol):
    """What `verify_pairs` asks of a verifier: prepare each picture once, then judge pairs of prepared pictures."""

    def prepare(self, gray: Gray, /) -> Picture:
        """Return what the picture's pairs share."""
        ...

    def judge(self, left: Picture, right: Picture, /, transform: str = "identity") -> Verdict:
        """Return the verdict on two prepared pictures."""
        ...


@dataclass(frozen=True)
class AlignedComparison:
    """Lay two pictures on each other and compare them square by square."""

    least_area: float = 0.25
    """Part of at least one picture that must be matched: shared captions, marks and logos cover less."""
    least_squares: int = 24
    """Compared squares below which agreement may be chance."""
    least_corners: int = 10
    """Squares with detail in two directions: outlines alone (avatars, gradients, bars) look alike."""
    least_entropy: float = 5.0
    """Bits inside agreeing squares; text, forms and charts stay below 4.5, photographs above 5.5."""
    least_share: float = 0.5
    """Agreeing part of the compared squares of a photograph; different photographs on one template reach 0.45."""
    most_wander: float = 0.3
    """Pixels (of 384) that agreeing squares may be displaced: copies stay below 0.25, hand-held bursts exceed 0.4."""
    kept: int = 500
    """Local features per picture."""

    def __call__(self, left: Gray, right: Gray, /, transform: str = "identity") -> Verdict:
        """Return the verdict on two gray pictures.

        Parameters
        ----------
        left, right
            Oriented gray pictures, long side up to 512 pixels.
        transform
            How left is expected to be turned to lie on right, of TRANSFORMS: only a hint.
        """
        return self.judge(self.prepare(left), self.prepare(right), transform)

    def prepare(self, gray: Gray, /) -> Picture:
        """Return what the picture's pairs share; features are found when first needed."""
        return Picture(np.ascontiguousarray(gray), self.kept)

    def judge(self, left: Picture, right: Picture, /, transform: str = "identity") -> Verdict:
        """Return the verdict on two prepared pictures; the same, mirrored, when they are given the other way round."""
        if _order(right) < _order(left):
            return swapped(self.judge(right, left, INVERSE[transform]))
        found = self._findings(left, right, transform)
        if not found:
            return Verdict(
                "unrelated", 0.0, "no part of the two agrees under any alignment", "identity", None, None
            )
        relation, finding, why = max(
            (self._decide(*f) for f in found), key=lambda v: (_RANK[v[0]], self._weight(v[1]))
        )
        return _verdict(relation, finding, why)

    def _findings(self, left: Picture, right: Picture, transform: str) -> list[tuple[Finding, Finding]]:
        """Fine and coarse finding of every alignment worth trying, until one is beyond doubt."""
        found: list[tuple[Finding, Finding]] = []

        def look(alignment: Alignment, sigma: float) -> bool:
            fine = examine(left, right, alignment, sigma=sigma)
            if fine is None:
                return False
            coarse = None
            if fine.share < 0.9:
                coarse = examine(left, right, replace(alignment, matrix=fine.matrix), sigma=3.0, settled=True)
            found.append((fine, coarse or fine))
            whole = max(fine.left_area, fine.right_area) > 0.8
            return (
                whole
                and fine.share > 0.9
                and fine.wander <= self.most_wander
                and self._decide(*found[-1])[0] in _LINKED
            )

        if look(Alignment(turn_matrix(transform, left.size, right.size)), 4.0):
            return found
        for alignment in feature_alignments(left, right, mirrored_first=transform.startswith("flip")):
            if look(alignment, 2.0):
                break
        return found

    def _weight(self, finding: Finding) -> float:
        return finding.agreeing * finding.share

    def _decide(self, fine: Finding, coarse: Finding) -> tuple[str, Finding, str]:
        """Gates in the order in which they can be explained to a reader."""
        best = max(fine, coarse, key=lambda f: f.share * min(max(f.left_area, f.right_area), self.least_area))
        area = max(best.left_area, best.right_area)
        if area < self.least_area or best.squares < self.least_squares:
            return "unrelated", best, f"only {area:.0%} of either picture agrees"
        if best.corners < self.least_corners:
            return "unrelated", best, "what agrees has no detail"
        if best.share < self.least_share:
            return "unrelated", best, "too few squares agree"
        if best.entropy < self.least_entropy:
            exact = (
                fine.share >= 0.995
                and fine.outside < 0.005
                and fine.correlation > 0.95
                and fine.corners >= 40
            )
            if not exact or fine.wander > self.most_wander or min(fine.left_area, fine.right_area) < 0.9:
                return "undecided", best, "what agrees is drawn or printed and may be a template"
        elif best.outside > 0.3 and (best.entropy < 6 or area < 0.3):
            return "undecided", best, "what agrees may be a template around different pictures"
        if fine.wander > self.most_wander or (
            fine.share < 0.72 and fine.wander > 0.15 and fine.correlation < 0.9
        ):
            if fine.correlation < 0.8:
                return "undecided", best, "composition agrees, detail does not: redrawn or regenerated"
            return (
                "variant",
                best,
                f"parts are displaced by {fine.wander:.1f} px: another exposure or viewpoint",
            )
        return ("near-identical" if _whole(fine, best) else "derivative"), best, ""


_LINKED = ("near-identical", "derivative")
_RANK = {"near-identical": 4, "derivative": 4, "variant": 3, "undecided": 2, "unrelated": 1}


def _order(picture: Picture) -> tuple[int, int, int]:
    return picture.gray.shape[0], picture.gray.shape[1], crc32(picture.gray.tobytes())


def _whole(fine: Finding, best: Finding) -> bool:
    """Whether whole lies on whole, upright and the right way round, with hardly a square changed."""
    transform, angle = nearest_transform(best.matrix)
    covered = min(best.left_area, best.right_area) > 0.85
    boxes = [
        *best.left_region[:2],
        *best.right_region[:2],
        *(1 - v for v in (*best.left_region[2:], *best.right_region[2:])),
    ]
    return (
        transform == "identity"
        and abs(angle) < 0.5
        and covered
        and max(boxes) < 0.06
        and not best.inverted
        and fine.share > 0.97
    )


def _verdict(relation: str, finding: Finding, why: str) -> Verdict:
    transform, angle = nearest_transform(finding.matrix)
    score = finding.share * (0.5 + 0.5 * max(finding.correlation, 0.0))
    agree = f"{finding.agreeing} of {finding.squares} blocks agree"
    if relation == "unrelated":
        return Verdict(relation, min(score, 0.2), f"unrelated: {why}; {agree}", "identity", None, None)
    regions = finding.left_region, finding.right_region
    if relation in _LINKED:
        why = _manner(finding, transform, angle) if relation == "derivative" else "whole picture"
        return Verdict(relation, score, f"{why}; {agree}", transform, *regions)
    return Verdict(relation, min(score, 0.5), f"{relation}: {why}; {agree}", transform, *regions)


def _place(box: Box) -> str:
    """Say in words where a box lies."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    down = "upper" if y < 0.4 else "lower" if y > 0.6 else ""
    across = "left" if x < 0.4 else "right" if x > 0.6 else ""
    return " ".join(word for word in (down, across) if word) or "middle"


def _manner(finding: Finding, transform: str, angle: float) -> str:
    """Describe a derivative: how much of which is where in the other."""
    left, right = finding.left_area, finding.right_area
    if left < 0.85 and right >= 0.85:
        kind = f"crop: right is {left:.0%} of left, its {_place(finding.left_region)} part"
    elif right < 0.85 and left >= 0.85:
        kind = f"crop or inset: left is {right:.0%} of right, its {_place(finding.right_region)} part"
    elif left < 0.85:
        kind = f"overlap: {left:.0%} of left ({_place(finding.left_region)}) is {right:.0%} of right ({_place(finding.right_region)})"
    else:
        kind = "overlay: whole picture, parts changed" if finding.share < 0.97 else "whole picture"
    turns = []
    if transform.startswith("flip"):
        turns.append("mirrored")
    if "rot" in transform or abs(angle) >= 0.5:
        quarter = int(transform.rpartition("rot")[2]) if "rot" in transform else 0
        turns.append(f"turned by {(quarter - angle + 180) % 360 - 180:.0f}°")
    if finding.inverted:
        turns.append("inverted")
    return ", ".join([kind, *turns])


def swapped(verdict: Verdict) -> Verdict:
    """Return the verdict as it reads with left and right exchanged."""
    words = {"left is": "right is", "right is": "left is", "of left": "of right", "of right": "of left"}
    reason = verdict.reason
    for k, word in enumerate(words):
        reason = reason.replace(word, f"\0{k}\0")
    for k, word in enumerate(words.values()):
        reason = reason.replace(f"\0{k}\0", word)
    return Verdict(
        verdict.relation,
        verdict.score,
        reason,
        INVERSE[verdict.transform],
        verdict.right_region,
        verdict.left_region,
    )


def verify_pairs(
    candidates: pd.DataFrame,
    load: Callable[[str], Gray],
    verifier: Verifier,
    *,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
    batch: int = 64,
) -> pd.DataFrame:
    """Judge candidate pairs.

    Parameters
    ----------
    candidates
        `left`, `right`, `distance`, `transform` (a hint).
    load
        Returns the gray picture of an image_id. With a process pool it must be picklable.
    verifier
        Such as `AlignedComparison()`.
    executor
        Where batches run; in this process when None.
    progress
        Called with pairs done and pairs in all.
    batch
        About how many pairs a task holds; within a task every picture is loaded once.

    Returns
    -------
    pd.DataFrame
        The same rows in the same order with `transform` as found and `relation`, `score`, `reason`, `left_region`,
        `right_region` added. Equal input gives equal output, however the work is spread.

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
    pairs = list(zip(candidates["left"], candidates["right"], candidates["transform"], strict=True))
    # Neighbours in this order share their left picture, and often their right one.
    order = sorted(range(len(pairs)), key=lambda k: pairs[k])
    batches = list(_batches(order, pairs, batch))
    work = partial(_verify_batch, load=load, verifier=verifier)
    tasks = [[pairs[k] for k in group] for group in batches]
    verdicts: list[Verdict | None] = [None] * len(pairs)
    results = map(work, tasks) if executor is None else executor.map(work, tasks)
    for group, judged in zip(batches, results, strict=True):
        for k, verdict in zip(group, judged, strict=True):
            verdicts[k] = verdict
        if progress is not None:
            progress(sum(v is not None for v in verdicts), len(pairs))
    found = [v for v in verdicts if v is not None]
    result = candidates.copy()
    for name in ("transform", "relation", "reason"):
        result[name] = pd.Series([getattr(v, name) for v in found], index=result.index, dtype="str")
    result["score"] = np.array([v.score for v in found], np.float64)
    for name in ("left_region", "right_region"):
        boxes = [getattr(v, name) for v in found]
        result[name] = pd.Series(
            [None if b is None else np.array(b, np.float32) for b in boxes], index=result.index, dtype=object
        )
    return result


def _batches(order: list[int], pairs: list[tuple[str, str, str]], batch: int) -> Iterable[list[int]]:
    """Cut the order where the left picture changes, or after twice the size where one picture has too many pairs."""
    group: list[int] = []
    for k in order:
        full = len(group) >= batch and pairs[k][0] != pairs[group[-1]][0]
        if full or len(group) >= 2 * batch:
            yield group
            group = []
        group.append(k)
    if group:
        yield group


def _verify_batch(
    pairs: list[tuple[str, str, str]], load: Callable[[str], Gray], verifier: Verifier
) -> list[Verdict]:
    import cv2  # noqa: PLC0415 - a worker sets it before its first comparison

    cv2.setNumThreads(1)
    last = {name: k for k, (left, right, _) in enumerate(pairs) for name in (left, right)}
    held: dict[str, Picture] = {}
    verdicts = []
    for k, (left, right, transform) in enumerate(pairs):
        for name in (left, right):
            if name not in held:
                held[name] = verifier.prepare(load(name))
        verdicts.append(verifier.judge(held[left], held[right], transform))
        # A picture is let go after its last pair: memory follows what is open, not the batch.
        for name in {left, right}:
            if last[name] == k:
                del held[name]
    return verdicts
