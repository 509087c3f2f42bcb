"""Resemblance of two laid pictures, square by square: where they vary alike, where another picture stands, and how sharp they are.

What is usual in a pair, its tones, its noise and how soft it is, is learned where the two agree: a portrait that stands in one card
and not in the other says nothing of that.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from dedupelab.match.compare.alignment import Gray
from dedupelab.match.compare.squares import Floats
from dedupelab.match.compare.tones import curve

ALIKE = 0.6
"""Correlation of two squares from which they show the same, sharp or soft. Chosen."""
UNLIKE = 0.5
"""Correlation below which squares that both show something show something else. Chosen."""
LONGEST, SIDE = 480, 8
"""Longer side to which pictures are brought for this, and side of a square there, in pixels."""
EVEN, SHOWS = 2.0, 6.0
"""Standard deviation of a square in grey levels up to which it is even, and from which it shows something. Chosen."""
TONE = 48
"""Grey levels by which the means of two squares may differ once tones are matched. Chosen: uneven light over a scan comes to 20."""
WINDOW = np.ones((5, 5), np.uint8)
"""Squares that a window has at least, either way: lines of text that differ are not so high."""
MOST = 0.6
"""Part of what is compared that windows may cover: of more, they are not windows. Chosen."""
LEAST = 0.2
"""Part of it that must vary alike, to learn tones there alone. Chosen."""
_NEAR = np.ones((3, 3), np.uint8)


@dataclass(frozen=True)
class Resemblance:
    """Where two pictures vary alike, in their pixels: 255, else 0."""

    alike: Gray
    """Where squares vary alike or not at all; all that is valid, where hardly anything does."""
    elsewhere: Gray
    """All that is valid but for windows in which the two show different pictures."""


def resemblance(one: Gray, two: Gray, valid: Gray) -> Resemblance:
    """Return where two pictures of one size agree; `valid` is 255 where both show something."""
    height, width = one.shape
    part = min(1.0, LONGEST / max(height, width))
    grid = max(round(width * part / SIDE), 2), max(round(height * part / SIDE), 2)
    small = grid[0] * SIDE, grid[1] * SIDE
    own, far = (
        np.asarray(cv2.resize(each, small, interpolation=cv2.INTER_AREA), np.uint8) for each in (one, two)
    )
    shared, spread = moments(own.astype(np.float32), far.astype(np.float32), grid)
    least, most = np.minimum(*spread), np.maximum(*spread)
    bound = np.sqrt(spread[0] * spread[1])
    same = (shared > ALIKE * bound) & (least > EVEN**2) | (most <= EVEN**2)
    other = (shared < UNLIKE * bound) & (least > SHOWS**2)
    # A bright sky against a dark room shows nothing in a square, and another picture nevertheless.
    learned = cv2.resize(same.astype(np.uint8) * np.uint8(255), small, interpolation=cv2.INTER_NEAREST)
    toned = cv2.LUT(own, curve(own, far, np.asarray(learned, np.uint8)))
    other |= np.abs(_mean(toned.astype(np.float32), grid) - _mean(far.astype(np.float32), grid)) > TONE
    mask = cv2.morphologyEx(other.astype(np.uint8), cv2.MORPH_CLOSE, _NEAR)
    pieces, _ = cv2.findContours(
        cv2.morphologyEx(mask, cv2.MORPH_OPEN, WINDOW), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    windows = np.zeros_like(mask)
    for piece in pieces:
        cv2.fillConvexPoly(windows, cv2.convexHull(piece), 255)
    windows = cv2.dilate(windows, _NEAR)
    alike, apart = (
        np.asarray(cv2.resize(each, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)
        for each in (same.astype(np.uint8) * np.uint8(255), windows)
    )
    elsewhere = np.minimum(valid, 255 - apart)
    if np.count_nonzero(elsewhere) < (1 - MOST) * np.count_nonzero(valid):
        elsewhere = valid
    alike = np.minimum(alike, elsewhere)
    if np.count_nonzero(alike) <= LEAST * np.count_nonzero(valid):
        alike = elsewhere
    return Resemblance(alike, elsewhere)


def sharpness(one: Gray, two: Gray, elsewhere: Gray) -> float:
    """Return how much sharper one is than two, in the median square of those that show the same."""
    height, width = one.shape
    side = max(max(height, width) // 24, 4)
    grid = max(width // side, 1), max(height // side, 1)
    shared, spread = moments(one.astype(np.float32), two.astype(np.float32), grid)
    same = shared > ALIKE * np.sqrt(spread[0] * spread[1])
    same &= cv2.resize(elsewhere, grid, interpolation=cv2.INTER_AREA) > 127
    # Of two pictures that differ some squares agree by chance, but hardly a square with all about it.
    same = cv2.erode(same.astype(np.uint8), _NEAR, borderValue=1) > 0
    if not same.any():
        return 1.0
    steep = [_mean(np.asarray(cv2.Laplacian(each, cv2.CV_32F), np.float32) ** 2, grid) for each in (one, two)]
    least = np.sqrt(np.minimum(*steep))
    telling = same & (least > 0.1 * float(least[same].max()))
    # Against the contrast of the square: where brightness and contrast were changed, nothing is sharper for it.
    ratio = np.sqrt(steep[0] * spread[1] / np.maximum(steep[1] * spread[0], 1e-6))[telling]
    return float(np.median(ratio)) if len(ratio) else 1.0


def _mean(values: Floats, grid: tuple[int, int]) -> Floats:
    return np.asarray(cv2.resize(values, grid, interpolation=cv2.INTER_AREA), np.float32)


def moments(own: Floats, far: Floats, grid: tuple[int, int]) -> tuple[Floats, tuple[Floats, Floats]]:
    """Return covariance and variances of squares."""
    a, b = _mean(own, grid), _mean(far, grid)
    spread = np.maximum(_mean(own * own, grid) - a * a, 0), np.maximum(_mean(far * far, grid) - b * b, 0)
    return np.asarray(_mean(own * far, grid) - a * b, np.float32), spread
