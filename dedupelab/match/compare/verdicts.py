"""Verdicts: the relation of a pair in the words a reader gets, and how they read with left and right exchanged."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dedupelab.match.compare.alignment import nearest_transform
from dedupelab.match.compare.colours import GREY, HUE, ONE_GREY, ONE_TONE, TONED, Colours
from dedupelab.match.compare.examination import Finding
from dedupelab.match.compare.regions import Box
from dedupelab.tables import INVERSE

LINKED = ("near-identical", "derivative")
"""The relations that a comparison of pixels may count as duplication."""
MAYBE_TEMPLATE = "may be a template"
"""Ends what is said of an undecided pair in which only something drawn or printed, or what surrounds pictures, agrees."""
NAMED = 4
"""Places that a reason names; the table holds all of them."""


@dataclass(frozen=True)
class Closer:
    """What the look at the pictures' own resolution showed of a pair."""

    longest: int
    """Longer side in pixels at which they were compared."""
    left_places: tuple[Box, ...] = ()
    """Where they differ, as parts of width and height of left: left, top, right, bottom."""
    right_places: tuple[Box, ...] = ()
    colours: Colours | None = None
    """None where brightness alone could be compared."""


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
    mirrored: str = ""
    """The reason as it reads with left and right exchanged, where that is another one."""
    left_places: tuple[Box, ...] | None = None
    """Where the two differ, as parts of left; None where they were not compared at their own resolution."""
    right_places: tuple[Box, ...] | None = None
    drawn: bool = False
    """Whether what agrees is drawn or printed, or surrounds pictures: undecided, it speaks against links over the same part."""


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


def word_verdict(
    relation: str, finding: Finding, why: str, closer: Closer | None = None, *, drawn: bool = False
) -> Verdict:
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
    score = score if relation in LINKED else min(score, 0.5)
    told = []
    for mirrored in (False, True):
        kind = "whole picture" if relation in LINKED else f"{relation}: {why}"
        if relation == "derivative":
            kind = _manner(finding, transform, angle, mirrored=mirrored)
        if relation == "derivative" and why:
            kind = f"{why}, {kind}"
        told.append("; ".join([kind, *_seen(closer, mirrored=mirrored), agree]))
    return Verdict(
        relation,
        score,
        told[0],
        transform,
        *regions,
        *windows,
        mirrored=told[1],
        left_places=None if closer is None else closer.left_places,
        right_places=None if closer is None else closer.right_places,
        drawn=drawn,
    )


def _seen(closer: Closer | None, *, mirrored: bool) -> list[str]:
    """Say what the closer look showed, in clauses."""
    if closer is None:
        return []
    found = [] if closer.colours is None else [_colours(closer.colours, mirrored=mirrored)]
    places = closer.right_places if mirrored else closer.left_places
    if not places:
        return [*found, f"no difference found at {closer.longest:,} pixels"]
    count = f"{len(places)} place" if len(places) == 1 else f"{len(places)} places"
    return [*found, f"differs at {count} of left: {listed(places)}"]


def listed(places: Sequence[Box]) -> str:
    """Say where places lie, those where most are first.

    >>> listed([(0, 0, 0.1, 0.1), (0.1, 0, 0.2, 0.1), (0.4, 0.4, 0.6, 0.6)])
    'upper left (2), middle'
    """
    names = Counter(_place(place) for place in places).most_common()
    said = [name if count == 1 else f"{name} ({count})" for name, count in names[:NAMED]]
    rest = sum(count for _, count in names[NAMED:])
    more = f" and {rest} elsewhere" if rest else ""
    return f"{', '.join(said)}{more}"


def _colours(found: Colours, *, mirrored: bool) -> str:
    """Say how the colours compare."""
    side = "left" if found.of_left != mirrored else "right"
    if found.kind == HUE:
        return f"hue differs over {max(found.share, 0.01):.0%}"
    return {
        GREY: "both grey",
        ONE_GREY: f"{side} is grey, the other is in colour",
        ONE_TONE: f"{side} is in one tone, as sepia is, the other in colour",
        TONED: "colours toned",
    }.get(found.kind, "colours agree")


def _place(box: Box) -> str:
    """Say in words where a box lies."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    down = "upper" if y < 0.4 else "lower" if y > 0.6 else ""
    across = "left" if x < 0.4 else "right" if x > 0.6 else ""
    return " ".join(word for word in (down, across) if word) or "middle"


def _manner(finding: Finding, transform: str, angle: float, *, mirrored: bool) -> str:
    """Describe a derivative: how much of which is where in the other."""
    left, right = finding.left_area, finding.right_area
    one, two = ("right", "left") if mirrored else ("left", "right")
    if mirrored:
        transform, angle = INVERSE[transform], angle if transform.startswith("flip") else -angle
    if left < 0.85 <= right:
        kind = f"crop or inset: {left:.0%} of {one}, its {_place(finding.left_region)} part, is the whole of {two}"
    elif right < 0.85 <= left:
        kind = f"crop or inset: {right:.0%} of {two}, its {_place(finding.right_region)} part, is the whole of {one}"
    elif left < 0.85:
        sides = (left, one, finding.left_region), (right, two, finding.right_region)
        parts = [f"{part:.0%} of {name} ({_place(region)})" for part, name, region in sides]
        kind = f"overlap: {' is '.join(reversed(parts) if mirrored else parts)}"
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


_SIDE = re.compile(r"\b(?:left|right)(?= is\b)|(?<=\bof )(?:left|right)\b")
"""Where a reason speaks of the two pictures, unlike in "its upper left part"."""


def exchanged(reason: str) -> str:
    """Return a reason that another site gave as it reads with left and right exchanged.

    >>> exchanged("crop: right is 40% of left, its upper left part")
    'crop: left is 40% of right, its upper left part'
    """
    other = {"left": "right", "right": "left"}
    return _SIDE.sub(lambda side: other[side[0]], reason)


def swapped(verdict: Verdict) -> Verdict:
    """Return the verdict as it reads with left and right exchanged."""
    return Verdict(
        verdict.relation,
        verdict.score,
        verdict.mirrored or exchanged(verdict.reason),
        INVERSE[verdict.transform],
        verdict.right_region,
        verdict.left_region,
        verdict.right_window,
        verdict.left_window,
        verdict.reason,
        verdict.right_places,
        verdict.left_places,
        verdict.drawn,
    )
