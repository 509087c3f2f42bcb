"""Verdicts: the relation of a pair in the words a reader gets, and how they read with left and right exchanged."""

from dataclasses import dataclass

from dedupelab.match.compare.alignment import nearest_transform
from dedupelab.match.compare.examination import Finding
from dedupelab.match.compare.regions import Box
from dedupelab.tables import INVERSE

LINKED = ("near-identical", "derivative")
"""The relations that a comparison of pixels may count as duplication."""
MAYBE_TEMPLATE = "may be a template"
"""Ends what is said of an undecided pair in which only something drawn or printed, or what surrounds pictures, agrees."""


@dataclass(frozen=True)
class Verdict:
    """What a pair was found to be. Regions are fractions of width and height: x0, y0, x1, y1."""

    relation: str
    score: float
    reason: str
    transform: str
    left_region: Box | None
    right_region: Box | None
    left_window: Box | None = None
    """Where the two show different photographs amid what agrees: with a third such picture, a template."""
    right_window: Box | None = None


def is_whole(fine: Finding, best: Finding) -> bool:
    """Whether whole lies on whole, upright and the right way round, with hardly a square changed.

    A small corner mark or retouched spot stays within that; a watermark across the picture does not.
    """
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
        and fine.outside < 0.05
    )


def word_verdict(relation: str, finding: Finding, why: str) -> Verdict:
    """Return the verdict that a finding amounts to.

    The score is the agreeing share, lowered by up to half as the squares correlate less; at most 0.5 for what is
    not a link, and 0.2 for the unrelated.
    """
    transform, angle = nearest_transform(finding.matrix)
    score = finding.share * (0.5 + 0.5 * max(finding.correlation, 0.0))
    agree = f"{finding.agreeing} of {finding.squares} blocks agree"
    regions = finding.left_region, finding.right_region
    windows = finding.left_window, finding.right_window
    if relation == "unrelated":
        return Verdict(
            relation, min(score, 0.2), f"unrelated: {why}; {agree}", "identity", None, None, *windows
        )
    if relation in LINKED:
        why = _manner(finding, transform, angle) if relation == "derivative" else "whole picture"
        return Verdict(relation, score, f"{why}; {agree}", transform, *regions, *windows)
    return Verdict(relation, min(score, 0.5), f"{relation}: {why}; {agree}", transform, *regions, *windows)


def _place(box: Box) -> str:
    """Say in words where a box lies."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    down = "upper" if y < 0.4 else "lower" if y > 0.6 else ""
    across = "left" if x < 0.4 else "right" if x > 0.6 else ""
    return " ".join(word for word in (down, across) if word) or "middle"


def _manner(finding: Finding, transform: str, angle: float) -> str:
    """Describe a derivative: how much of which is where in the other."""
    left, right = finding.left_area, finding.right_area
    if left < 0.85 <= right:
        kind = f"crop or inset: {left:.0%} of left, its {_place(finding.left_region)} part, is the whole of right"
    elif right < 0.85 <= left:
        kind = f"crop or inset: {right:.0%} of right, its {_place(finding.right_region)} part, is the whole of left"
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
    words = {"of left": "of right", "of right": "of left"}
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
        verdict.right_window,
        verdict.left_window,
    )
