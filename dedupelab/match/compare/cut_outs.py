"""Cut-outs: a subject that one picture shows on a plain ground, and another on another ground or where it was photographed.

What both show is no frame around other things: a picture that shows nothing else belongs to the match as a whole, ground and all. Of two
grounds nothing is compared but the words on them.
"""

from dataclasses import replace

import cv2
import numpy as np

from dedupelab.match.compare.alignment import Gray, Picture
from dedupelab.match.compare.detail import Laid
from dedupelab.match.compare.regions import Box
from dedupelab.match.compare.resemblance import ALIKE, EVEN, LONGEST, SIDE, moments
from dedupelab.match.compare.squares import Squares

_NEAR, _RIM = np.ones((3, 3), np.uint8), np.ones((5, 5), np.uint8)
EDGE = 1.5
"""Squares around a region that may still show its outline, or a shadow close by. Chosen."""

TONE = 12
"""Grey levels by which even places of one subject may differ in two pictures. Chosen below what two grounds differ by."""

GREY, WHITE = np.uint8(128), 255

RIM, EVERYWHERE = np.ones((17, 17), np.uint8), 0.9
"""Pixels along the edge, eight wide, and part of it that must have the tone of its middle. Chosen."""

RIMS = 4
"""Squares around a subject where words are not looked for. Chosen."""


def shown_outside(picture: Picture, region: Box) -> float:
    """Return the part of a picture's squares that show something that lie outside a region, not counting what is close to it."""
    soft = np.asarray(cv2.GaussianBlur(picture.gray.astype(np.float32), (0, 0), 1.0), np.float32)
    squares = Squares(soft)
    size = np.array(picture.size)
    (x, y), more = squares.centres, EDGE * squares.side / size
    across, down = (
        (ends > whole * (region[k] - more[k])) & (ends < whole * (region[k + 2] + more[k]))
        for k, (ends, whole) in enumerate(((x + 0.5, size[0]), (y + 0.5, size[1])))
    )
    shown = max(int(np.count_nonzero(squares.shown)), 1)
    return 1 - int(np.count_nonzero(squares.shown & np.outer(down, across))) / shown


def without_ground(laid: Laid) -> Laid:
    """Return two laid pictures with nothing but the one thing that both show, its outline left out; around it both are of one grey."""
    one, two = laid.source, laid.target
    height, width = one.shape
    part = min(1.0, LONGEST / max(height, width))
    grid = max(round(width * part / SIDE), 2), max(round(height * part / SIDE), 2)
    shared, spread = moments(one.astype(np.float32), two.astype(np.float32), grid)
    same = (shared > ALIKE * np.sqrt(spread[0] * spread[1])) & (np.minimum(*spread) > EVEN**2)
    small = (cv2.resize(each, grid, interpolation=cv2.INTER_AREA) for each in (one, two))
    same |= (np.maximum(*spread) <= EVEN**2) & (cv2.absdiff(*small) < TONE)
    closed = cv2.morphologyEx(same.astype(np.uint8), cv2.MORPH_CLOSE, _NEAR)
    pieces, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    found = np.zeros(same.shape, np.uint8)
    if pieces:
        cv2.drawContours(found, [max(pieces, key=cv2.contourArea)], -1, 255, cv2.FILLED)
    inner = cv2.resize(cv2.erode(found, _RIM), (width, height), interpolation=cv2.INTER_NEAREST)
    valid = np.asarray(np.minimum(laid.valid, inner), np.uint8)
    one, two = (np.where(valid > 0, each, GREY) for each in (one, two))
    return replace(laid, source=one, target=two, valid=valid)


def plain_ground(laid: Laid) -> tuple[int, int] | None:
    """Return the tones of the one plain ground that runs around what both pictures show, of either its own; None where there is none.

    What is written there is no caption of a photograph.
    """
    rim = laid.valid - cv2.erode(laid.valid, RIM, borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0
    if not rim.any():
        return None
    sides = [each[rim].astype(np.int16) for each in (laid.source, laid.target)]
    one, two = (int(np.median(each)) for each in sides)
    even = all(
        np.mean(np.abs(each - tone) < TONE) > EVERYWHERE for each, tone in zip(sides, (one, two), strict=True)
    )
    return (one, two) if even else None


def beside(laid: Laid, on_it: Laid) -> Laid:
    """Return two laid pictures without the one thing that both show, as ink on white: by how much either differs from its own ground."""
    # What was left out of it as its outline is two squares wide, and as much again may be a shadow.
    wide = 2 * round(RIMS * SIDE * max(1.0, max(on_it.valid.shape) / LONGEST)) + 1
    around = cv2.dilate(on_it.valid, np.ones((wide, wide), np.uint8))
    valid = np.asarray(np.where(around > 0, np.uint8(0), laid.valid), np.uint8)
    source, target = (_ink(each, valid) for each in (laid.source, laid.target))
    return replace(laid, source=source, target=target, valid=valid)


def _ink(picture: Gray, valid: Gray) -> Gray:
    inside = valid > 0
    ground = np.median(picture[inside]) if inside.any() else 0.0
    apart = WHITE - np.abs(picture.astype(np.float32) - np.float32(ground))
    return np.where(inside, apart, WHITE).astype(np.uint8)
