"""Local features of a picture: SIFT keypoints, dealt out over it, and their RootSIFT descriptors.

A mirrored or inverted picture needs no second extraction: both only permute the entries of a SIFT descriptor.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]

_LAYOUT = np.arange(128).reshape(4, 4, 8)
MIRRORED = _LAYOUT[::-1, :, -np.arange(8) % 8].ravel()
"""Order of a SIFT descriptor's entries after the picture is mirrored: rows swap sides, directions change sign."""
INVERTED = _LAYOUT[::-1, ::-1, :].ravel()
"""Order after black and white are exchanged: the keypoint turns by 180 degrees, and its grid with it."""


@dataclass(frozen=True)
class Features:
    """Keypoints (n x 2, pixels) and their RootSIFT descriptors (n x 128, unit length)."""

    points: NDArray[np.float32]
    descriptors: NDArray[np.float32]
    frames: NDArray[np.float32]
    """Scale in pixels and direction in degrees (n x 2), clockwise from the x axis."""


@cache
def _detector() -> Any:  # noqa: ANN401 - OpenCV's stubs leave the class out
    return cv2.SIFT_create(  # type: ignore[attr-defined] # missing in OpenCV's stubs
        nfeatures=0, contrastThreshold=0.02, edgeThreshold=12, enable_precise_upscale=True
    )


REMEMBERED = 1_500
"""Pictures whose features are kept: some 100 MB a process."""
_FEATURES: dict[bytes, tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.float32]]] = {}


def remembered_features(gray: Gray, kept: int) -> Features:
    """Return a picture's features, from memory when the same pixels were asked for among the last pictures.

    Extraction costs more than three comparisons, and a picture comes up in many pairs, of which one task sees few.
    """
    key = hashlib.blake2b(gray.tobytes(), digest_size=16).digest() + repr((gray.shape, kept)).encode()
    if key not in _FEATURES:
        if len(_FEATURES) >= REMEMBERED:
            del _FEATURES[next(iter(_FEATURES))]
        _FEATURES[key] = _extract(gray, kept)
    points, sift, frames = _FEATURES[key]
    return Features(points, root(sift.astype(np.float32)), frames)


def spread(
    points: NDArray[np.float32],
    response: NDArray[np.float32],
    size: tuple[int, int],
    kept: int,
    cells: int = 8,
) -> NDArray[np.intp]:
    """Return indices of the `kept` strongest points, dealt out evenly over a grid of `cells` x `cells`.

    The strongest of every cell come first, then the second strongest, and so on, so that a detailed corner or a caption
    does not take all places.

    >>> points = np.array([[1, 1], [2, 1], [9, 9]], np.float32)
    >>> spread(points, np.array([3, 2, 1], np.float32), (10, 10), 2, cells=2).tolist()
    [0, 2]
    """
    column = np.minimum(points[:, 0] * cells / size[0], cells - 1).astype(np.intp)
    row = np.minimum(points[:, 1] * cells / size[1], cells - 1).astype(np.intp)
    cell = row * cells + column
    order = np.lexsort((-response, cell))
    starts = np.searchsorted(cell[order], np.arange(cells * cells))
    rank = np.empty(len(points), np.intp)
    rank[order] = np.arange(len(points)) - starts[cell[order]]
    return np.lexsort((-response, rank))[:kept]


def extract_features(gray: Gray, kept: int) -> Features:
    """Return up to `kept` RootSIFT features (Arandjelovic and Zisserman, CVPR 2012), spread over the picture."""
    points, sift, frames = _extract(gray, kept)
    return Features(points, root(sift.astype(np.float32)), frames)


def _extract(gray: Gray, kept: int) -> tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.float32]]:
    """Return points, SIFT descriptors (OpenCV's are whole numbers up to 255) and frames."""
    keypoints = _detector().detect(gray, None)
    if not keypoints:
        return np.zeros((0, 2), np.float32), np.zeros((0, 128), np.uint8), np.zeros((0, 2), np.float32)
    points = np.array([k.pt for k in keypoints], np.float32)
    response = np.array([k.response for k in keypoints], np.float32)
    chosen = [keypoints[i] for i in spread(points, response, (gray.shape[1], gray.shape[0]), kept)]
    described, sift = _detector().compute(gray, chosen)
    return (
        np.array([k.pt for k in described], np.float32),
        np.asarray(sift, np.uint8),
        np.array([(k.size, k.angle) for k in described], np.float32),
    )


def root(sift: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return RootSIFT: unit vectors whose dot product is the Hellinger kernel of the histograms."""
    rooted: NDArray[np.float32] = np.sqrt(
        sift / np.maximum(sift.sum(axis=1, keepdims=True), np.float32(1e-9))
    )
    return rooted
