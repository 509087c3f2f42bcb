"""Templates: a region that three or more works share and none of them consists of.

Two screenshots of one photograph share the photograph, and somewhere there is a picture that is nothing else. A letterhead, a
window frame or a stock background is shared by many pictures and is never a picture itself: such links are taken back. Copies of one
work, linked as wholes, count once: half of it in two collages is no template.
"""

from collections import defaultdict

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.tables import LINKS

WHOLE = 0.8
"""Part of a picture from which a region is taken to be the picture."""
SAME = 0.7
"""Intersection over union from which two boxes in one picture are the same region."""
WORKS = 3
_SIDES = ("x0", "y0", "x1", "y1")


def suppress_templates(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs with links over template regions turned into `undecided`.

    Parameters
    ----------
    pairs
        Verified pairs with `left`, `right`, `relation`, `score`, `reason`, `left_region`, `right_region`.

    Returns
    -------
    pd.DataFrame
        The same rows; a suppressed link has relation `undecided`, a score of at most 0.5 and says so in its reason.
    """
    links = []
    columns = ("left", "right", "relation", "left_region", "right_region")
    for row, (left, right, relation, own, other) in enumerate(
        zip(*(pairs[name] for name in columns), strict=True)
    ):
        # A region is four numbers; links without one (digests) are left alone.
        if relation in LINKS and np.size(own) == np.size(other) == len(_SIDES):
            links.append((row, left, right, np.asarray(own, np.float64), np.asarray(other, np.float64)))
    partial = [link for link in links if _area(link[3]) < WHOLE and _area(link[4]) < WHOLE]
    at: dict[str, list[tuple[NDArray[np.float64], str]]] = defaultdict(list)
    for _, left, right, own, other in partial:
        at[left].append((own, right))
        at[right].append((other, left))
    filled = _filled(links)
    work = _works(pairs, {link[0] for link in partial})
    suppressed: dict[int, int] = {}
    for row, left, right, own, other in partial:
        sharing = {left, right}
        for picture, box in ((left, own), (right, other)):
            sharing |= {far for region, far in at[picture] if _likeness(region, box) >= SAME}
        works = {work.get(picture, picture) for picture in sharing}
        if len(works) >= WORKS and not any(
            _likeness(region, box) >= SAME
            for picture, box in ((left, own), (right, other))
            for region in filled[picture]
        ):
            suppressed[row] = len(works)
    result = pairs.copy()
    relation, score, reason = (result[name].tolist() for name in ("relation", "score", "reason"))
    for row, sharers in suppressed.items():
        relation[row], score[row] = "undecided", min(float(score[row]), 0.5)
        reason[row] = (
            f"undecided: {sharers} works share this part and none consists of it, as with a template; was: {reason[row]}"
        )
    return result.assign(relation=relation, score=score, reason=reason)


def _works(pairs: pd.DataFrame, partial: set[int]) -> dict[str, str]:
    """Name the work of each picture by what links of wholes join; partial links are what is in question."""
    graph: nx.Graph[str] = nx.Graph()
    whole = pairs["relation"].isin(LINKS).to_numpy() & ~np.isin(np.arange(len(pairs)), list(partial))
    graph.add_edges_from(zip(pairs["left"][whole], pairs["right"][whole], strict=True))
    return {picture: min(joined) for joined in nx.connected_components(graph) for picture in joined}


def _filled(
    links: list[tuple[int, str, str, NDArray[np.float64], NDArray[np.float64]]],
) -> dict[str, list[NDArray[np.float64]]]:
    """Per picture the regions that another picture wholly consists of."""
    filled: dict[str, list[NDArray[np.float64]]] = defaultdict(list)
    for _, left, right, own, other in links:
        if _area(other) >= WHOLE:
            filled[left].append(own)
        if _area(own) >= WHOLE:
            filled[right].append(other)
    return filled


def _area(box: NDArray[np.float64]) -> float:
    return float(max(box[2] - box[0], 0) * max(box[3] - box[1], 0))


def _likeness(one: NDArray[np.float64], two: NDArray[np.float64]) -> float:
    """Intersection over union."""
    common = _area(np.r_[np.maximum(one[:2], two[:2]), np.minimum(one[2:], two[2:])])
    return common / max(_area(one) + _area(two) - common, 1e-9)
