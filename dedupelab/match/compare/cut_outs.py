"""Cut-outs: a subject that one picture shows on a plain ground, and another on another ground or where it was photographed.

What both show is no frame around other things: a picture that shows nothing else belongs to the match as a whole, ground and all. Of two
grounds nothing is compared.
"""

from dataclasses import replace

import cv2
import numpy as np

from dedupelab.match.compare.alignment import Picture
from dedupelab.match.compare.detail import Laid
from dedupelab.match.compare.regions import Box
from dedupelab.match.compare.resemblance import ALIKE, EVEN, LONGEST, SIDE, moments
from dedupelab.match.compare.squares import Squares

_NEAR, _RIM = np.ones((3, 3), np.uint8), np.ones((5, 5), np.uint8)
EDGE = 1.5
"""Squares around a region that may still show its outline, or a shadow close by. Chosen."""

TONE = 12
"""Grey levels by which even places of one subject may differ in two pictures. Chosen below what two grounds differ by."""

GREY = np.uint8(128)


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
