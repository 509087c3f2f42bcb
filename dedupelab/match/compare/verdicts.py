"""Verdicts: the relation of a pair in the words a reader gets, and how they read with left and right exchanged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from dedupelab.tables import INVERSE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dedupelab.match.compare.alignment import Gray, Picture
    from dedupelab.match.compare.colours import Colours
    from dedupelab.match.compare.examination import Finding
    from dedupelab.match.compare.loader import Pixels
    from dedupelab.match.compare.regions import Box
    from dedupelab.match.search.descriptors import Stored

SIDES = ("left", "right")
"""What reasons call the two pictures, where nobody names them otherwise."""
LINKED = ("near-identical", "derivative")
"""The relations that a comparison of pixels may count as duplication."""
MAYBE_TEMPLATE = "may be a template"
"""Is said of an undecided pair in which only something drawn or printed, or what surrounds pictures, agrees."""
WHOLE = 0.85
"""Part of a picture from which it counts as whole: borders and marks take less than the rest. Chosen."""
FRAME = 0.06
"""Part of width or height by which whole pictures may be cut or bordered on a side and still lie whole on whole. Chosen."""
UPRIGHT = 0.5
"""Degrees from which a picture is said to be turned: a straightened scan is, a frame rounded to whole pixels is not. Chosen."""
UNCHANGED = 0.97
"""Agreeing part from which hardly a square has changed: a corner mark or a retouched spot stays within, a watermark does not. Chosen."""
OVER = 0.05
"""`Finding.outside` below which next to nothing lies beside the whole. Chosen."""
CENTRE = (0.4, 0.6)
"""Between these parts of width or height a place is called neither left nor right, neither upper nor lower. Chosen."""
MOST_OPEN = 0.5
"""The highest score of what is not counted: chosen, so that scores order links above the rest."""
MOST_UNRELATED = 0.2
"""The same of the unrelated."""
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
    inked: tuple[bool, bool] = (False, False)
    """Whether left, whether right was brought to black and white, as the other is."""
    alone: tuple[bool, bool] = (False, False)
    """Whether left, whether right shows, on a plain ground, nothing but what both do."""


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
    """The reason as it reads with left and right exchanged; empty where it is the same."""
    left_places: tuple[Box, ...] | None = None
    """Where the two differ, as parts of left; None where they were not compared at their own resolution."""
    right_places: tuple[Box, ...] | None = None
    drawn: bool = False
    """Whether what agrees is drawn or printed, or surrounds pictures: undecided, it speaks against links over the same part."""

    @property
    def told(self) -> tuple[str, str]:
        """The reason, and as it reads with left and right exchanged."""
        return self.reason, self.mirrored or self.reason


class Verifier(Protocol):
    """What `verify_pairs` asks of a verifier: prepare each picture once, then judge pairs of prepared pictures."""

    def prepare(
        self,
        gray: Gray,
        /,
        open_large: Callable[[], Pixels] | None = None,
        describe: Callable[[], Stored] | None = None,
    ) -> Picture:
        """Return what the picture's pairs share; `open_large` opens it in colour and at its own resolution, `describe` says what is stored of it."""
        ...

    def judge(self, left: Picture, right: Picture, /, transform: str = "identity") -> Verdict:
        """Return the verdict on two prepared pictures."""
        ...


class Gate(NamedTuple):
    """What the gates make of an alignment."""

    relation: str
    finding: Finding
    why: str
    template: bool = False
    """Whether it is undecided because what agrees is drawn or printed."""
    moved: bool = False
    """Whether parts are displaced against each other."""


TOO_SMALL = Verdict("undecided", 0.0, "undecided: too small to compare", "identity", None, None)
UNPLACED = Verdict(
    "unrelated", 0.0, "unrelated: no alignment that was tried lays them on each other", "identity", None, None
)


def is_whole(fine: Finding, best: Finding) -> bool:
    """Whether whole lies on whole, upright and the right way round, with hardly a square changed.

    A small corner mark or retouched spot stays within that; a watermark across the picture does not.
    """
    from dedupelab.match.compare.alignment import nearest_transform  # noqa: PLC0415  loads OpenCV

    transform, angle = nearest_transform(best.matrix)
    covered = min(best.left_area, best.right_area) > WHOLE
    boxes = [
        *best.left_region[:2],
        *best.right_region[:2],
        *(1 - v for v in (*best.left_region[2:], *best.right_region[2:])),
    ]
    return (
        transform == "identity"
        and abs(angle) < UPRIGHT
        and covered
        and max(boxes) < FRAME
        and not best.inverted
        and fine.share > UNCHANGED
        and fine.outside < OVER
    )


def word_verdict(
    relation: str,
    finding: Finding,
    why: str,
    closer: Closer | None = None,
    *,
    drawn: bool = False,
    sides: tuple[str, str] = SIDES,
) -> Verdict:
    """Return the verdict that a finding amounts to.

    The score is the agreeing share, lowered by up to half as the squares correlate less; at most 0.5 for what is
    not a link, and 0.2 for the unrelated.
    """
    from dedupelab.match.compare.alignment import nearest_transform  # noqa: PLC0415  loads OpenCV

    transform, angle = nearest_transform(finding.matrix)
    if closer is not None and any(closer.alone):
        finding = _with_ground(finding, closer.alone)
    score = finding.share * (0.5 + 0.5 * max(finding.correlation, 0.0))
    agree = f"{finding.agreeing} of {finding.squares} blocks agree"
    regions = finding.left_region, finding.right_region
    windows = finding.left_window, finding.right_window
    if relation == "unrelated":
        return Verdict(
            relation,
            min(score, MOST_UNRELATED),
            f"unrelated: {why}; {agree}",
            "identity",
            None,
            None,
            *windows,
        )
    score = score if relation in LINKED else min(score, MOST_OPEN)
    told = []
    for mirrored in (False, True):
        kind = "whole picture" if relation in LINKED else f"{relation}: {why}"
        if relation == "derivative":
            changed = finding.share < UNCHANGED and (closer is None or bool(closer.left_places))
            alone = (False, False) if closer is None else closer.alone
            kind = _manner(finding, transform, angle, sides, alone=alone, changed=changed, mirrored=mirrored)
        if relation == "derivative" and why:
            kind = f"{why}, {kind}"
        told.append("; ".join([kind, *_seen(closer, sides, mirrored=mirrored), agree]))
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


def _with_ground(finding: Finding, alone: tuple[bool, bool]) -> Finding:
    """Return a finding of which the picture that shows the subject alone is matched as a whole: its plain ground belongs to the match."""
    whole = (0.0, 0.0, 1.0, 1.0)
    left, right = alone
    return replace(
        finding,
        left_region=whole if left else finding.left_region,
        right_region=whole if right else finding.right_region,
        left_area=1.0 if left else finding.left_area,
        right_area=1.0 if right else finding.right_area,
    )


def _seen(closer: Closer | None, sides: tuple[str, str], *, mirrored: bool) -> list[str]:
    """Say what the closer look showed, in clauses."""
    if closer is None:
        return []
    found = [] if closer.colours is None else [_colours(closer.colours, sides, mirrored=mirrored)]
    if any(closer.inked):
        # The side that was not brought there is the one that is so.
        plain = sides[0] if closer.inked[1] != mirrored else sides[1]
        found.append(f"compared in black and white, as {plain} is")
    places = closer.right_places if mirrored else closer.left_places
    if not places:
        where = " on it" if any(closer.alone) else ""
        return [*found, f"no difference found{where} at {closer.longest:,} pixels"]
    count = f"{len(places)} place" if len(places) == 1 else f"{len(places)} places"
    return [*found, f"differs at {count} of {sides[0]}: {listed(places)}"]


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


def _colours(found: Colours, sides: tuple[str, str], *, mirrored: bool) -> str:
    """Say how the colours compare."""
    from dedupelab.match.compare.colours import GREY, HUE, ONE_GREY, ONE_TONE, TONED  # noqa: PLC0415  loads OpenCV

    side = sides[0] if found.of_left != mirrored else sides[1]
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
    before, after = CENTRE
    down = "upper" if y < before else "lower" if y > after else ""
    across = "left" if x < before else "right" if x > after else ""
    return " ".join(word for word in (down, across) if word) or "middle"


def _manner(
    finding: Finding,
    transform: str,
    angle: float,
    sides: tuple[str, str],
    *,
    alone: tuple[bool, bool],
    changed: bool,
    mirrored: bool,
) -> str:
    """Describe a derivative: how much of which is where in the other."""
    left, right = finding.left_area, finding.right_area
    one, two = sides[::-1] if mirrored else sides
    if mirrored:
        transform, angle = INVERSE[transform], angle if transform.startswith("flip") else -angle
    if all(alone):
        kind = "one subject on two plain grounds"
    elif any(alone) and min(left, right) < WHOLE:
        cut, other = (one, two) if alone[0] else (two, one)
        part, region = (right, finding.right_region) if alone[0] else (left, finding.left_region)
        kind = f"cut out: {part:.0%} of {other}, its {_place(region)} part, is what {cut} shows on a plain ground"
    elif left < WHOLE <= right:
        kind = f"crop or inset: {left:.0%} of {one}, its {_place(finding.left_region)} part, is the whole of {two}"
    elif right < WHOLE <= left:
        kind = f"crop or inset: {right:.0%} of {two}, its {_place(finding.right_region)} part, is the whole of {one}"
    elif left < WHOLE:
        both = (left, one, finding.left_region), (right, two, finding.right_region)
        parts = [f"{part:.0%} of {name} ({_place(region)})" for part, name, region in both]
        kind = f"overlap: {' is '.join(reversed(parts) if mirrored else parts)}"
    else:
        kind = "overlay: whole picture, parts changed" if changed else "whole picture"
    turns = []
    if transform.startswith("flip"):
        turns.append("mirrored")
    if "rot" in transform or abs(angle) >= UPRIGHT:
        quarter = int(transform.rpartition("rot")[2]) if "rot" in transform else 0
        turns.append(f"turned by {(quarter - angle + 180) % 360 - 180:.0f}°")
    if finding.inverted:
        turns.append("inverted")
    return ", ".join([kind, *turns])


def swapped(verdict: Verdict) -> Verdict:
    """Return the verdict as it reads with left and right exchanged."""
    return Verdict(
        verdict.relation,
        verdict.score,
        verdict.told[1],
        INVERSE[verdict.transform],
        verdict.right_region,
        verdict.left_region,
        verdict.right_window,
        verdict.left_window,
        verdict.reason if verdict.mirrored else "",
        verdict.right_places,
        verdict.left_places,
        verdict.drawn,
    )
