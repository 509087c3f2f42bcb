"""Templates: a region that three or more works share and none of them consists of.

Two screenshots of one photograph share the photograph, and somewhere there is a picture that is nothing else. A letterhead, a
window frame or a stock background is shared by many pictures and is never a picture itself: such links are taken back. Copies of one
work, linked as wholes, count once: half of it in two collages is no template. Pairs that the comparison itself left undecided, as what
agrees is drawn or printed, speak against a link over the same part too: other pictures stand in the same window. And what surrounds a
different photograph in each of three works, such as one desk under three prints, is a template however photographic it is itself.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from dedupelab.match.compare.verdicts import MOST_OPEN
from dedupelab.match.groups import linked_parts
from dedupelab.tables import LINKS

Box = tuple[float, float, float, float]
Link = tuple[int, str, str, Box, Box]
"""Row, left, right, and the region in either."""

WHOLE = 0.8
"""Part of a picture from which a region is taken to be the picture."""
SAME = 0.7
"""Intersection over union from which two boxes in one picture are the same region."""
DRAWN = 0.5
"""Part of a link's region that a drawn one covers, from which the link rests on it."""
WINDOW = 0.5
"""Part of the smaller of two windows in one picture that lies in the other, from which they are the same place."""
WORKS = 3
_SIDES = ("x0", "y0", "x1", "y1")


def suppress_templates(
    pairs: pd.DataFrame, windows: Mapping[int, tuple[Sequence[float], Sequence[float]]] | None = None
) -> pd.DataFrame:
    """Return the pairs with links over template regions, or around windows, turned into `undecided`.

    Parameters
    ----------
    pairs
        Verified pairs, links and what was left undecided, with `left`, `right`, `relation`, `score`, `reason`, `left_region`, `right_region`
        and `drawn`: whether of what is undecided only something drawn or printed agrees.
    windows
        By row, where the two pictures show different photographs amid what agrees, in left and in right.

    Returns
    -------
    pd.DataFrame
        The same rows; a suppressed link has relation `undecided`, a score of at most 0.5 and says so in its reason; `before` is what
        was put before that.
    """
    links, drawn, amid = [], [], []
    columns = ("left", "right", "relation", "left_region", "right_region", "drawn")
    for row, (left, right, relation, own, other, flat) in enumerate(
        zip(*(pairs[name] for name in columns), strict=True)
    ):
        # A region is four numbers; links without one (digests) are left alone.
        if np.size(own) == np.size(other) == len(_SIDES):
            found = (row, left, right, _box(own), _box(other))
            if relation in LINKS:
                links.append(found)
            elif flat:
                drawn.append(found)
        if windows and row in windows:
            one, two = windows[row]
            amid.append((row, left, right, _box(one), _box(two)))
    partial = [link for link in links if _area(link[3]) < WHOLE and _area(link[4]) < WHOLE]
    at, on = _regions(partial), _regions(drawn)
    filled = _filled(links)
    # Links of wholes say which pictures show one work; those of parts are what is in question.
    asked = np.isin(np.arange(len(pairs)), [link[0] for link in (*partial, *amid)])
    work = linked_parts(pairs[~asked])
    suppressed = {
        row: (count, "share what surrounds other photographs in each")
        for row, count in _surrounding(amid, work).items()
        if pairs["relation"].iloc[row] in LINKS
    }
    for row, left, right, own, other in partial:
        sharing = {left, right}
        for picture, box in ((left, own), (right, other)):
            sharing |= {far for region, far in at[picture] if _likeness(region, box) >= SAME}
            sharing |= {far for region, far in on[picture] if _common(region, box) >= DRAWN * _area(box)}
        works = {work.get(picture, picture) for picture in sharing}
        if len(works) >= WORKS and not any(
            _likeness(region, box) >= SAME
            for picture, box in ((left, own), (right, other))
            for region in filled[picture]
        ):
            suppressed[row] = len(works), "share this part and none consists of it"
    result = pairs.copy()
    relation, score, reason = (result[name].tolist() for name in ("relation", "score", "reason"))
    before = [""] * len(reason)
    for row, (sharers, shared) in suppressed.items():
        relation[row], score[row] = "undecided", min(float(score[row]), MOST_OPEN)
        before[row] = f"undecided: {sharers} works {shared}, as with a template; was: "
        reason[row] = before[row] + reason[row]
    return result.assign(relation=relation, score=score, reason=reason, before=before)


def _regions(links: list[Link]) -> dict[str, list[tuple[Box, str]]]:
    """Return each picture's regions, each with the picture that shares it."""
    at: dict[str, list[tuple[Box, str]]] = defaultdict(list)
    for _, left, right, own, other in links:
        at[left].append((own, right))
        at[right].append((other, left))
    return at


def _surrounding(amid: list[Link], work: Mapping[str, int]) -> dict[int, int]:
    """Return the pairs around whose windows three or more works lie, each with another photograph there, and how many do.

    One photograph pasted onto another also makes a window, with every copy of that other; but those are one work.
    """
    at = _regions(amid)
    found = {}
    for row, left, right, own, other in amid:
        alike = (
            {
                far
                for region, far in at[picture]
                if _common(region, box) >= WINDOW * min(_area(region), _area(box))
            }
            for picture, box in ((left, own), (right, other))
        )
        sharing = {left, right} | set.intersection(*alike)
        works = {work.get(picture, picture) for picture in sharing}
        if len(works) >= WORKS:
            found[row] = len(works)
    return found


def _filled(links: list[Link]) -> dict[str, list[Box]]:
    """Per picture the regions that another picture wholly consists of."""
    filled: dict[str, list[Box]] = defaultdict(list)
    for _, left, right, own, other in links:
        if _area(other) >= WHOLE:
            filled[left].append(own)
        if _area(own) >= WHOLE:
            filled[right].append(other)
    return filled


def _box(numbers: Sequence[float]) -> Box:
    """Return a region as plain numbers: of thousands of pairs of boxes, arrays of four take most of the time."""
    x0, y0, x1, y1 = map(float, numbers)
    return x0, y0, x1, y1


def _area(box: Box) -> float:
    return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)


def _common(one: Box, two: Box) -> float:
    return _area((max(one[0], two[0]), max(one[1], two[1]), min(one[2], two[2]), min(one[3], two[3])))


def _likeness(one: Box, two: Box) -> float:
    """Intersection over union."""
    common = _common(one, two)
    return common / max(_area(one) + _area(two) - common, 1e-9)
