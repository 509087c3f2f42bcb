"""One picture laid on another for the eye: overlay, difference and the part that matches, made from the two pictures alone.

Nothing of what the detector stored is used, so that what a reviewer sees says nothing of its verdict.
"""

from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dedupelab.match.compare.alignment import (
    Alignment,
    Matrix,
    Picture,
    apply,
    corners,
    feature_alignments,
    inverse,
    turn_matrix,
)
from dedupelab.match.compare.examination import Finding, examine
from dedupelab.match.compare.regions import Box
from dedupelab.tables import TRANSFORMS

COMPARED = 512
"""Longer side in pixels of what is aligned, as for the detector."""
SURE = 0.5
"""Matched part of a picture from which no other orientation is tried."""
CONTRAST = 3
"""How much a difference in brightness is amplified, so that a faint retouch can be seen."""
OUTSIDE = 128
"""Gray of what one picture shows and the other does not."""
QUALITY = 85


@dataclass(frozen=True)
class Laid:
    """The left picture on the right one's frame. `regions` is the matched part of left and of right, where there is one."""

    onto: Image.Image
    difference: Image.Image
    regions: tuple[Box, Box] | None
    carry: Matrix | None
    """Of parts of left's width and height to parts of right's; None where nothing matches, so that no place has a partner."""


def carried(box: Box, carry: Matrix) -> Box:
    """Return a box of one picture as it lies on the other, as parts of its width and height.

    >>> carried((0.0, 0.5, 1.0, 1.0), np.diag([0.5, 0.5, 1.0]))
    (0.0, 0.25, 0.5, 0.5)
    """
    x0, y0, x1, y1 = box
    ends = apply(carry, np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])).clip(0, 1)
    (left, top), (right, bottom) = ends.min(axis=0), ends.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def lay(left: Image.Image, right: Image.Image) -> Laid:
    """Lay the left picture on the right one as well as possible; where nothing matches, frame on frame.

    Parameters
    ----------
    left, right
        Oriented colour pictures of any size.
    """
    # OpenCV's threads spin while they wait for each other, which on a busy machine costs far more than they gain.
    cv2.setNumThreads(1)
    found = align(_gray(left), _gray(right))
    small, large = _size(left), _size(right)
    matrix = turn_matrix("identity", small, large) if found is None else found.matrix
    scaled = _scaled(matrix, (left.size, small), (right.size, large))
    size = right.size
    warped = cv2.warpPerspective(np.asarray(left.convert("RGB")), scaled, size, flags=cv2.INTER_AREA)
    inside = cv2.warpPerspective(np.full(left.size[::-1], 255, np.uint8), scaled, size) > 127
    target = np.asarray(right.convert("RGB"))
    onto = np.where(inside[:, :, None], warped, np.uint8(OUTSIDE)).astype(np.uint8)
    regions = None if found is None else (found.left_region, found.right_region)
    parts = None if found is None else _parts(small, large, found.matrix)
    return Laid(Image.fromarray(onto), Image.fromarray(_difference(onto, target, inside)), regions, parts)


def align(left: NDArray[np.uint8], right: NDArray[np.uint8]) -> Finding | None:
    """Return the alignment that explains most of two gray pictures, in any orientation; None where nothing matches."""
    one, other = Picture(np.ascontiguousarray(left)), Picture(np.ascontiguousarray(right))
    found: list[Finding] = []
    for start in _starts(one, other):
        finding = examine(one, other, start, sigma=2.0 if start.matches else 4.0)
        if finding is not None:
            found.append(finding)
            if finding.share > SURE and max(finding.left_area, finding.right_area) > SURE:
                break
    return max(found, key=lambda each: each.agreeing * each.share, default=None)


def _starts(left: Picture, right: Picture) -> list[Alignment]:
    upright = Alignment(turn_matrix("identity", left.size, right.size))
    if examine(left, right, upright, sigma=4.0) is not None:
        return [upright, *feature_alignments(left, right, mirrored_first=False)]
    turned = [Alignment(turn_matrix(name, left.size, right.size)) for name in TRANSFORMS[1:]]
    return [*feature_alignments(left, right, mirrored_first=False), *turned]


def jpeg(picture: Image.Image) -> bytes:
    """Return the picture as JPEG without any metadata."""
    with BytesIO() as file:
        picture.convert("RGB").save(file, "JPEG", quality=QUALITY)
        return file.getvalue()


def _difference(
    one: NDArray[np.uint8], other: NDArray[np.uint8], inside: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """Return how much the two differ, dark for equal; levelled first, so that a brighter copy is not all difference."""
    # Signed and wide: bytes would wrap around.
    apart = one.astype(np.float32).mean(axis=2) - other.astype(np.float32).mean(axis=2)
    if inside.any():
        apart -= np.median(apart[inside])
    shown = np.where(inside, np.minimum(np.abs(apart) * CONTRAST, 255), OUTSIDE)
    return np.asarray(shown, np.uint8)


def _size(picture: Image.Image) -> tuple[int, int]:
    zoom = min(1.0, COMPARED / max(picture.size))
    return max(1, round(picture.width * zoom)), max(1, round(picture.height * zoom))


def _gray(picture: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(picture.convert("L").resize(_size(picture), Image.Resampling.BOX), np.uint8)


def _scaled(
    matrix: Matrix,
    left: tuple[tuple[int, int], tuple[int, int]],
    right: tuple[tuple[int, int], tuple[int, int]],
) -> Matrix:
    """Carry a map between small pictures over to the large ones (pixel centres lie at whole numbers)."""
    return np.asarray(_resize(right[1], right[0]) @ matrix @ _resize(left[0], left[1]), np.float64)


def _parts(left: tuple[int, int], right: tuple[int, int], matrix: Matrix) -> Matrix:
    """Return a map between the pixels of two pictures as one between parts of their widths and heights."""
    source, target = (
        np.array([[1 / wide, 0, 0.5 / wide], [0, 1 / high, 0.5 / high], [0, 0, 1]])
        for wide, high in (left, right)
    )
    return np.asarray(target @ matrix @ inverse(source), np.float64)


def _resize(source: tuple[int, int], target: tuple[int, int]) -> Matrix:
    return np.asarray(
        cv2.getPerspectiveTransform(corners(source).astype(np.float32), corners(target).astype(np.float32)),
        np.float64,
    )
