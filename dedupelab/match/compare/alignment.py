"""Geometric alignment: which perspective map lays one gray picture on the other.

Two sources of a first guess: the frame itself turned by one of eight transforms, and local features voting through RANSAC.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray

from dedupelab.match.search.features import INVERTED, MIRRORED, Features, remembered_features
from dedupelab.tables import TRANSFORMS

if TYPE_CHECKING:
    from dedupelab.match.search.descriptors import Stored

Gray = NDArray[np.uint8]
Matrix = NDArray[np.float64]

LEAST = 7
"""Inliers below which a map says nothing: three matches fit any affine map exactly."""
LAST = 3
"""Things of one name that a picture keeps: under strong blur, under less, and under none. Chosen."""
Made = TypeVar("Made")
_QUARTER = np.array([[0.0, 1.0], [-1.0, 0.0]])
_LINEAR = tuple(
    np.linalg.matrix_power(_QUARTER, turns) @ np.diag([-1.0 if flipped else 1.0, 1.0])
    for flipped in (False, True)
    for turns in range(4)
)


@dataclass(frozen=True)
class Picture:
    """A gray picture and what is derived from it once, when first asked for."""

    gray: Gray
    features_kept: int = 500
    open_large: Callable[[], NDArray[np.uint8]] | None = None
    """Opens the picture in colour and at its own resolution."""
    describe: "Callable[[], Stored] | None" = None
    """Returns what is kept of the picture for the search, where it is; it places a picture without its features."""
    inked: bool = False
    """Whether it was brought to black and white, as the other picture of its pair is."""
    derived: dict[str, dict[Hashable, Any]] = field(default_factory=dict)
    """By its name, what `once` made last."""

    def once(self, name: str, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what was made under this name and key, if it is among the last, else make it: neighbouring pairs need the same."""
        held = self.derived.setdefault(name, {})
        found: Made = held.pop(key) if key in held else make()
        if len(held) >= LAST:
            del held[next(iter(held))]
        held[key] = found
        return found

    @cached_property
    def features(self) -> Features:
        """Local features, spread over the picture."""
        return remembered_features(self.gray, self.features_kept)

    @cached_property
    def stored(self) -> "Stored | None":
        """What is kept of the picture; most pairs are settled without."""
        return self.describe() if self.describe else None

    @cached_property
    def order(self) -> tuple[int, int, int]:
        """What says which of two pictures comes first, whatever they are called."""
        return self.gray.shape[0], self.gray.shape[1], crc32(self.gray.tobytes())

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.gray.shape[1], self.gray.shape[0]


@dataclass(frozen=True)
class Alignment:
    """A map of left pixels to right pixels and the evidence it was found by (none for a guess from the frames)."""

    matrix: Matrix
    inverted: bool = False
    inliers: NDArray[np.float32] | None = None
    """Left points (n x 2) that the map carries to their match."""
    matches: int = 0


def turn_matrix(transform: str, left: tuple[int, int], right: tuple[int, int]) -> Matrix:
    """Return the map that turns the left frame (width, height) and stretches it over the right frame.

    >>> turn_matrix("rot90", (30, 20), (20, 30)) @ [0, 0, 1]
    array([ 0., 29.,  1.])
    """
    linear = _LINEAR[TRANSFORMS.index(transform)]
    half_left, half_right = (np.array(left) - 1) / 2, (np.array(right) - 1) / 2
    reach = np.abs(linear) @ np.array(left, float)
    matrix = np.eye(3)
    matrix[:2, :2] = np.diag(np.array(right) / reach) @ linear
    matrix[:2, 2] = half_right - matrix[:2, :2] @ half_left
    return matrix


def nearest_transform(matrix: Matrix) -> tuple[str, float]:
    """Return which of TRANSFORMS a map is nearest to, and by how many degrees its rotation differs from it."""
    linear = matrix[:2, :2] / max(float(np.sqrt(abs(np.linalg.det(matrix[:2, :2])))), 1e-9)
    flipped = np.linalg.det(linear) < 0
    best = max(range(4), key=lambda turns: float(np.sum(_LINEAR[turns + 4 * flipped] * linear)))
    index = best + 4 * int(flipped)
    rest = _LINEAR[index].T @ linear
    return TRANSFORMS[index], float(np.degrees(np.arctan2(rest[1, 0] - rest[0, 1], rest[0, 0] + rest[1, 1])))


def apply(matrix: Matrix, points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return points (n x 2) carried by a perspective map."""
    ends = np.ones((3, len(points)))
    ends[:2] = points.T
    x, y, weight = matrix @ ends
    if matrix[2, 0] == matrix[2, 1] == 0 and matrix[2, 2] == 1:
        return np.stack([x, y], axis=1)
    weight = np.where(np.abs(weight) < 1e-9, 1e-9, weight)
    return np.stack([x / weight, y / weight], axis=1)


def inverse(matrix: Matrix) -> Matrix:
    """Return the map back."""
    return np.asarray(np.linalg.inv(matrix), np.float64)


def corners(size: tuple[int, int]) -> NDArray[np.float64]:
    """Return the four corners of a frame, clockwise from the top left, in pixel-centre coordinates."""
    width, height = size
    return np.array([(-0.5, -0.5), (width - 0.5, -0.5), (width - 0.5, height - 0.5), (-0.5, height - 0.5)])


def plausible(matrix: Matrix, left: tuple[int, int]) -> bool:
    """Whether a map is one that editing makes: no fold, no extreme zoom, bounded stretch and little perspective."""
    if not np.all(np.isfinite(matrix)):
        return False
    quad = apply(matrix, corners(left)).astype(np.float32)
    if not cv2.isContourConvex(quad.reshape(-1, 1, 2)):
        return False
    depth = np.c_[corners(left), np.ones(4)] @ matrix[2]
    if depth.min() <= 0.6 * depth.max():
        return False
    large, small = np.linalg.svd(matrix[:2, :2], compute_uv=False)
    return bool(small > 1 / 12 and large < 12 and large < 2.5 * small)


def match(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return index pairs (n x 2) of descriptors that are each other's nearest and pass Lowe's ratio test."""
    if len(left) < 2 or len(right) < 2:
        return np.zeros((0, 2), np.intp)
    likeness = left @ right.T
    rows = np.arange(len(left))
    best = likeness.argmax(axis=1)
    mutual = likeness.argmax(axis=0)[best] == rows
    top = likeness[rows, best]
    likeness[rows, best] = -1
    distance = np.sqrt(np.maximum(2 - 2 * top, 0))
    second = np.sqrt(np.maximum(2 - 2 * likeness.max(axis=1), 0))
    kept = mutual & (distance < 0.85 * second)
    return np.asarray(np.c_[rows[kept], best[kept]], np.intp)


def feature_alignments(left: Picture, right: Picture, *, mirrored_first: bool) -> Iterator[Alignment]:
    """Yield plausible alignments by local features, the expected handedness first, at most one per handedness."""
    for mirrored in (mirrored_first, not mirrored_first):
        found = []
        for inverted in (False, True):
            descriptors = left.features.descriptors
            if mirrored:
                descriptors = descriptors[:, MIRRORED]
            if inverted:
                descriptors = descriptors[:, INVERTED]
            pairs = match(descriptors, right.features.descriptors)
            alignment = _ransac(left, right, pairs, inverted=inverted) if len(pairs) >= LEAST else None
            if alignment and alignment.inliers is not None and len(alignment.inliers) >= LEAST:
                found.append(alignment)
                if len(alignment.inliers) >= 5 * LEAST:
                    break
        if found:
            yield max(found, key=lambda a: len(a.inliers) if a.inliers is not None else 0)


def _ransac(left: Picture, right: Picture, pairs: NDArray[np.intp], *, inverted: bool) -> Alignment | None:
    """Affine first: six numbers are fixed by few matches; perspective is left to the refinement by blocks."""
    source, target = left.features.points[pairs[:, 0]], right.features.points[pairs[:, 1]]
    cv2.setRNGSeed(0)
    affine, mask = cv2.estimateAffine2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=4.0, maxIters=1000, confidence=0.995
    )
    if affine is None:  # type: ignore[redundant-expr,unused-ignore] # OpenCV's stubs say it cannot be
        return None  # type: ignore[unreachable,unused-ignore]
    matrix = np.vstack([affine, [0.0, 0.0, 1.0]])
    kept = mask.ravel().astype(bool)
    if not plausible(matrix, left.size):
        return None
    # The same point described in two directions is one witness, not two.
    witnesses = np.unique(source[kept], axis=0)
    return Alignment(matrix, inverted, witnesses, len(pairs))
