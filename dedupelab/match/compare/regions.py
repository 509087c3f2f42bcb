"""Regions of squares: what of two pictures lying on each other is one match, and the window in it that shows something else."""

import cv2
import numpy as np

from dedupelab.match.compare.alignment import Matrix, Picture, apply
from dedupelab.match.compare.blocks import Blocks
from dedupelab.match.compare.entropy import SHADED, sampled, shading
from dedupelab.match.compare.squares import Flags

Box = tuple[float, float, float, float]
STRIP = 0.25
"""Part of a picture's width or height that lines of text over a photograph take up at most; windows are wider and higher."""

COMPANY = 4
"""Agreeing squares, itself and eight neighbours, from which one does not agree alone: squares that agree by chance lie scattered. Chosen."""
FEWEST = 4
"""Agreeing squares below which there is no region. Chosen."""
APART = 0.5
"""Correlation below which squares show something different: unlike `examination.AGREE`, squares between the two speak neither way. Chosen."""
LEAST_WINDOW = (8, 24)
"""Squares of a window at least: so many, and one in so many of the region. Chosen."""
AMID = 0.3
"""Part of a window in which squares may agree: of more, it is not one piece. Chosen."""


def matched_region(agreeing: Flags, empty: Flags) -> Flags | None:
    """Return the convex hull of the largest connected part of the agreeing squares, None when there are too few.

    Squares that agree alone among others are chance and do not belong. Squares that are empty in both pictures, and gaps
    of one square, connect: a boat in the sky and the shore below it are one picture. What disagrees inside the hull
    counts against the match: a shared frame encloses different pictures.

    Parameters
    ----------
    agreeing, empty
        Squares (rows x columns) that agree, and squares in which neither picture shows anything.
    """
    marked = np.pad(agreeing.astype(np.uint8), 2)
    company = cv2.boxFilter(marked, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)[2:-2, 2:-2]
    agreeing = np.asarray(agreeing & (company >= COMPANY))
    if np.count_nonzero(agreeing) < FEWEST:
        return None
    passable = np.pad((agreeing | empty).astype(np.uint8), 2)
    closed = cv2.morphologyEx(passable, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))[2:-2, 2:-2]
    _, names = cv2.connectedComponents(np.ascontiguousarray(closed), connectivity=8)
    largest = int(np.bincount(names[agreeing]).argmax())
    points = np.argwhere(agreeing & (names == largest))[:, ::-1].astype(np.int32)
    region = np.zeros(agreeing.shape, np.uint8)
    cv2.fillConvexPoly(region, cv2.convexHull(points.reshape(-1, 1, 2)), 1)
    return np.asarray(region > 0)


def windows(
    source: Picture, target: Picture, back: Matrix, blocks: Blocks, region: Flags, agreeing: Flags
) -> tuple[Box | None, Box | None]:
    """Return where source and target show different photographs in one piece amid what agrees; `back` maps target to source.

    What is drawn in either picture, as a sticker or a caption, lies over the other; but of two photographs none need lie over
    the other: both may be set into the same surroundings.
    """
    hole = window(blocks, region, agreeing)
    if hole is None:
        return None, None
    sides = ((source, back), (target, None))
    if min(shading(sampled(picture.gray, blocks, hole, to)) for picture, to in sides) <= SHADED:
        return None, None
    one, two = (box(blocks, hole, to, picture.size) for picture, to in sides)
    narrowest = min(min(x1 - x0, y1 - y0) for x0, y0, x1, y1 in (one, two))
    return (one, two) if narrowest > STRIP else (None, None)


def window(blocks: Blocks, region: Flags, agreeing: Flags) -> Flags | None:
    """Return the squares of the largest piece of a region in which both pictures show something, and something different.

    None where that is less than a twenty-fourth of the region, or where it is not one piece: then squares that agree lie among them.
    """
    differing = region & blocks.rivals & (blocks.correlation < APART)
    least = max(LEAST_WINDOW[0], int(np.count_nonzero(region)) // LEAST_WINDOW[1])
    if np.count_nonzero(differing) < least:
        return None
    piece = matched_region(differing, region & ~blocks.textured)
    if piece is None or np.count_nonzero(piece & differing) < least:
        return None
    amid = np.count_nonzero(piece & agreeing)
    return np.asarray(piece & differing) if amid <= AMID * np.count_nonzero(piece) else None


def box(blocks: Blocks, region: Flags, matrix: Matrix | None, size: tuple[int, int]) -> Box:
    """Return the box around chosen squares in a picture of that size, as parts of its width and height.

    `matrix` maps there; None for the target.
    """
    half = blocks.side / 2
    ends = np.concatenate([blocks.centre[region] + (dx, dy) for dx in (-half, half) for dy in (-half, half)])
    carried = ((ends if matrix is None else apply(matrix, ends)) + 0.5) / size
    (x0, y0), (x1, y1) = carried.min(axis=0).clip(0, 1), carried.max(axis=0).clip(0, 1)
    return float(x0), float(y0), float(x1), float(y1)
