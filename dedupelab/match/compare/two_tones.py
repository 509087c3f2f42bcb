"""Two tones: pages that a fax or a black-and-white scanner kept as ink and paper, beside others in grey or colour.

Such a machine takes one threshold: what is lighter becomes paper. Held against a page in colour, its paper is missing everywhere; held
against the same page under one threshold it is all there. What the threshold took away was not compared, and a reason says so.
"""

import cv2
import numpy as np

from dedupelab.match.compare.alignment import Gray, Picture
from dedupelab.match.compare.detail import gray, large
from dedupelab.match.compare.loader import Pixels

INK, PAPER = 24, 231
"""Grey levels up to which a pixel is black, and from which it is white: compression leaves a little. Chosen."""
EDGE = np.ones((5, 5), np.uint8)
"""Within this reach of black and of white lies the soft edge of a letter, which is no tint. Chosen."""
PURE = 0.995
"""Part of the pixels that are black, white or such an edge: faxes brought down to 2,000 pixels have 0.997, pages with tints or coloured
headings 0.9 and less, plain minutes in grey as much as faxes."""
LIKELY = 0.5
"""Part of a small copy that is black or white, below which its original is not opened: faxed pages have 0.75 and more. Chosen."""
THRESHOLDS = (64, 96, 128, 160, 192)
"""That machines may take, in grey levels. Chosen: finer steps would only follow the noise."""


def inked_pair(left: Picture, right: Picture) -> tuple[Picture, Picture] | None:
    """Return both pictures, the one in grey or colour as the other's machine would have kept it.

    None where not one alone is two-toned.
    """
    plain = (float(((each.gray <= INK) | (each.gray >= PAPER)).mean()) for each in (left, right))
    if max(plain) < LIKELY:
        return None
    one, two = gray(large(left)), gray(large(right))
    left_pure, right_pure = _two_toned(one), _two_toned(two)
    if left_pure == right_pure:
        return None
    return (left, _inked(right, two, one)) if left_pure else (_inked(left, one, two), right)


def _inked(picture: Picture, own: Gray, other: Gray) -> Picture:
    """Return a picture under the threshold that leaves as much ink as the other has."""
    ink = float((other < 128).mean())
    threshold = min(THRESHOLDS, key=lambda level: abs(float((own < level).mean()) - ink))
    pixels: Pixels = np.where(own < threshold, np.uint8(0), np.uint8(255))
    small = np.asarray(cv2.resize(pixels, picture.size, interpolation=cv2.INTER_AREA), np.uint8)
    return Picture(small, picture.features_kept, lambda: pixels, picture.describe, inked=True)


def _two_toned(picture: Gray) -> bool:
    ink, paper = picture <= INK, picture >= PAPER
    near = (cv2.dilate(each.astype(np.uint8), EDGE) > 0 for each in (ink, paper))
    return float((ink | paper | np.logical_and(*near)).mean()) >= PURE
