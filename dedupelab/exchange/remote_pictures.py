"""What is known of pairs whose pictures are not here: each site's own verdicts, and comparisons of what sites sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.match.compare.alignment import Picture
from dedupelab.match.compare.regions import Box
from dedupelab.match.compare.verdicts import LINKED, MOST_OPEN, Verdict, swapped
from dedupelab.match.compare.verification import AlignedComparison
from dedupelab.match.exact import KINDS
from dedupelab.match.frames import Contents, of_whole_files

Gray = NDArray[np.uint8]
EXACT = tuple(relation for _, relation, _ in KINDS)
UNDECIDED = "undecided"
NEEDS = "needs the pixels of both pictures, which lie with "


@dataclass(frozen=True)
class RemotePicture(Picture):
    """A picture of which the name is known, and at most a sketch."""

    name: str = ""


@dataclass(frozen=True)
class RemoteVerifier:
    """A verifier that opens nothing: it says what sites found, compares sketches, or says what is lacking.

    Parameters
    ----------
    verdicts
        By the classes of two pictures, left < right.
    sketches
        Gray pictures that sites sent, by class.
    side
        Longer side in pixels to which these were made smaller.
    """

    verdicts: Mapping[tuple[str, str], Verdict]
    classes: Mapping[str, str]
    homes: Mapping[str, str]
    sketches: Mapping[str, Gray] = field(default_factory=dict)
    side: int = 512
    contents: Mapping[str, Contents] = field(default_factory=dict)
    """What files hold that are more than one picture, by image_id: a sketch is of the first."""

    def load(self, image_id: str, /) -> Gray:
        """Return the name as pixels: pictures travel through `pairing.examine_pairs` by name alone."""
        return np.frombuffer(image_id.encode(), np.uint8)

    def prepare(
        self, gray: Gray, /, _open_large: Callable[[], Gray] | None = None, _stored: object = None
    ) -> RemotePicture:
        """Return the picture under its name."""
        name = gray.tobytes().decode()
        sketch = self.sketches.get(self.classes.get(name, name))
        return RemotePicture(np.zeros((1, 1), np.uint8) if sketch is None else sketch, name=name)

    def judge(self, left: Picture, right: Picture, /, transform: str = "identity") -> Verdict:
        """Return the site's verdict, or that of the sketches, or undecided with what is lacking."""
        assert isinstance(left, RemotePicture)
        assert isinstance(right, RemotePicture)
        one, two = (self.classes.get(picture.name, picture.name) for picture in (left, right))
        known = self.verdicts.get((min(one, two), max(one, two)))
        if known is not None:
            return known if one < two else swapped(known)
        if one in self.sketches and two in self.sketches:
            found = AlignedComparison().judge(Picture(left.gray), Picture(right.gray), transform)
            first, second = (self.contents.get(picture.name, Contents()) for picture in (left, right))
            return of_whole_files(self._by_sketch(found), first, second)
        places = sorted({self.homes[left.name], self.homes[right.name]})
        return Verdict(UNDECIDED, 0.0, NEEDS + " and ".join(places), transform, None, None)

    def knows(self, left: str, right: str) -> bool:
        """Whether a site compared the two, by class, or sent sketches of both."""
        return (min(left, right), max(left, right)) in self.verdicts or {left, right} <= self.sketches.keys()

    def open_pairs(self, pairs: pd.DataFrame) -> pd.DataFrame:
        """Return the pairs that lack pixels."""
        unsure = pairs[pairs["relation"] == UNDECIDED]
        classes = [[self.classes.get(name, name) for name in unsure[side]] for side in ("left", "right")]
        lacking = [not self.knows(left, right) for left, right in zip(*classes, strict=True)]
        return unsure[np.array(lacking, bool)]

    def _by_sketch(self, found: Verdict) -> Verdict:
        """Say of a verdict on sketches what these cannot show; of what is drawn or printed that is what matters."""
        before = ""
        after = f"; by gray sketches of {self.side} pixels: colours and finer details were not compared"
        relation, score = found.relation, found.score
        if found.relation not in LINKED:
            after = "" if self.side >= FULL else f"; compared at {self.side} pixels"
        elif found.drawn:
            relation, score = UNDECIDED, min(score, MOST_OPEN)
            before = "undecided: drawn or printed, where a small difference may be what matters; was: "
        reason, mirrored = (f"{before}{said}{after}" for said in found.told)
        return replace(found, relation=relation, score=score, reason=reason, mirrored=mirrored)


FULL = 512
"""Longer side at which pictures are compared where they are at hand."""


def verdicts_of(pairs: pd.DataFrame, classes: Mapping[str, str]) -> dict[tuple[str, str], Verdict]:
    """Return what opened pairs were found to be, by the classes of their pictures."""
    opened = pairs[~pairs["relation"].isin([*EXACT, UNDECIDED])]
    found: dict[tuple[str, str], Verdict] = {}
    columns = ("left", "right", "relation", "score", "reason", "transform", "left_region", "right_region")
    for left, right, relation, score, reason, transform, *regions in zip(
        *(opened[c] for c in columns), strict=True
    ):
        one, two = classes.get(left, left), classes.get(right, right)
        if one == two:
            continue
        own, other = (None if region is None else _box(region) for region in regions)
        # Nobody takes a sentence of another site apart: read the other way round, it says so.
        turned = f"{reason}; said with left and right exchanged"
        verdict = Verdict(relation, float(score), reason, transform, own, other, mirrored=turned)
        key = (min(one, two), max(one, two))
        if key not in found:
            found[key] = verdict if one < two else swapped(verdict)
    return found


def _box(region: Sequence[float]) -> Box:
    x0, y0, x1, y1 = map(float, region)
    return x0, y0, x1, y1


def candidate_frame(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return opened pairs as candidates: left, right, distance, transform."""
    opened = pairs[~pairs["relation"].isin(EXACT)]
    return opened[["left", "right", "distance", "transform"]].assign(distance=opened["distance"].fillna(64))
