"""Examination of one alignment: where two pictures agree once one lies on the other, and how well.

The map is refined until it rests; then the largest connected part in which squares agree is measured: its area in either picture, the
share of its squares that agree, how much it shows, and whether anything in it is still displaced against the rest.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dedupelab.match.alignment import Alignment, Gray, Matrix, Picture, apply, inverse
from dedupelab.match.blocks import (
    LONGEST,
    Blocks,
    Flags,
    Floats,
    compare_blocks,
    detail,
    displacement,
    overlay,
    pooled,
    refine,
)

Box = tuple[float, float, float, float]
AGREE = 0.7
"""Correlation from which a square agrees: unrelated squares pass in about one of fifty cases, copies nearly always."""
HOPEFUL = (0.3, 0.12)
"""Share of agreeing squares below which a first guess is given up, under strong blur and under less: chance gives up to 0.08,
and features find sooner what the frames place badly."""
STEPS = 7
PICTURE = 6.2
"""Bits of entropy from which what agrees is a picture and not lettering or a frame."""


@dataclass(frozen=True)
class Finding:
    """What one alignment shows. Shares are of the squares with anything to compare."""

    matrix: Matrix
    inverted: bool
    squares: int
    """Squares compared within the matched region."""
    agreeing: int
    """Of these, squares that agree."""
    corners: int
    """Of these, squares with detail in two directions."""
    share: float
    """Agreeing part of the compared squares."""
    conflict: float
    """Part of the compared squares in which both pictures show something, and something different."""
    outside: float
    """Part of all squares with anything to compare that lies outside the matched region."""
    correlation: float
    """Median correlation of the compared squares."""
    wander: float
    """Median displacement that is left between agreeing squares, in pixels of at most 384 a side."""
    stray: float
    """Ninth decile of the same."""
    entropy: float
    """Of the brightness inside agreeing squares, in bits; of the picture that has more."""
    shading: float
    """Median over agreeing squares of the shortest interval that holds half of their brightness, as a part of their range; of
    the picture with more. Lettering and drawings have two tones and come to 0.05, photographs shade and come to 0.15 to 0.4."""
    area: float
    """Part of a picture within the hull of the agreeing squares; of the picture that has more."""
    left_area: float
    """Part of left that the match covers: the hull, or all that lies on each other where nearly nothing outside it differs."""
    right_area: float
    left_region: Box
    right_region: Box


def examine(
    left: Picture, right: Picture, alignment: Alignment, *, sigma: float = 2.0, settled: bool = False
) -> Finding | None:
    """Refine an alignment and measure what agrees under it; None when nothing does.

    Parameters
    ----------
    left, right
        The pictures.
    alignment
        A first guess, right to within some pixels.
    sigma
        Blur of the first comparison, in pixels; it is halved with every step until 1. Large for a vague guess.
    settled
        Compare once under `sigma` without refining: a second look at a coarser scale.
    """
    # The picture that shows the common part in more detail is brought down to the other.
    backwards = abs(float(np.linalg.det(alignment.matrix[:2, :2]))) > 1
    source, target = (right, left) if backwards else (left, right)
    matrix: Matrix = inverse(alignment.matrix) if backwards else alignment.matrix
    blocks: Blocks | None = None
    for step in range(STEPS):
        # Half the resolution is enough, and four times as fast, for what is to be blurred anyway.
        reduction = 2 if sigma >= 2 else 1
        pair = overlay(source.gray, target.gray, matrix, sigma / reduction, LONGEST // reduction)
        if pair is None:
            return None
        blocks = compare_blocks(pair, inverted=alignment.inverted)
        compared = blocks.textured & blocks.inside
        if settled:
            break
        agreeing = np.count_nonzero(compared & (blocks.correlation >= AGREE))
        least = HOPEFUL[0 if sigma > 2 else 1] / (2 if step else 1)
        if agreeing < max(4, least * np.count_nonzero(compared)):
            return None
        refined, motion = refine(matrix, blocks, float(pair.crop[0, 0]))
        if sigma <= 1 and motion < 0.06:
            break
        matrix, sigma = refined, max(1.0, sigma / 2)
    return (
        None
        if blocks is None
        else _measure(source, target, matrix, blocks, backwards=backwards, inverted=alignment.inverted)
    )


def _measure(
    source: Picture, target: Picture, matrix: Matrix, blocks: Blocks, *, backwards: bool, inverted: bool
) -> Finding | None:
    compared = blocks.textured & blocks.inside
    region = matched_region(compared & (blocks.correlation >= AGREE), blocks.inside & ~blocks.textured)
    if region is None:
        return None
    inner = compared & region
    outside = 1 - float(np.count_nonzero(inner)) / float(np.count_nonzero(compared))
    against = np.count_nonzero(compared & (blocks.correlation < AGREE))
    if outside < 0.05 or against < 0.05 * np.count_nonzero(compared):
        # Nothing speaks against the rest of the overlap: the even sky around what agrees belongs to the match, also where
        # it parts what agrees in two, as snow parts a skier from the trees.
        region, inner, outside = blocks.inside, compared, 0.0
    agreeing = inner & (blocks.correlation >= AGREE)
    back = inverse(matrix)
    pool = pooled(blocks, agreeing)
    measurable = agreeing & (detail(pool) > 0.03)
    moved = np.hypot(*displacement(pool[measurable]).T) if np.count_nonzero(measurable) else np.zeros(1)
    count = int(np.count_nonzero(inner))
    samples = (
        _sampled(source.gray, blocks, agreeing, back),
        _sampled(target.gray, blocks, agreeing, np.eye(3)),
    )
    entropy = max(map(_entropy, samples))
    # A photograph with a caption on its even half covers all of that photograph, not only its detailed half.
    whole = blocks.inside if outside < 0.2 and entropy > PICTURE else region
    per_square = blocks.side**2 / np.array([source.gray.size, target.gray.size])
    per_square[0] *= abs(float(np.linalg.det(back[:2, :2])))
    areas = np.count_nonzero(whole) * per_square
    boxes = [_box(blocks, whole, back, source.size), _box(blocks, whole, np.eye(3), target.size)]
    order = (1, 0) if backwards else (0, 1)
    return Finding(
        matrix=back if backwards else matrix,
        inverted=inverted,
        squares=count,
        agreeing=int(np.count_nonzero(agreeing)),
        corners=int(np.count_nonzero(agreeing & (detail(blocks.moments) > 0.01))),
        share=float(np.count_nonzero(agreeing)) / count,
        conflict=float(np.count_nonzero(inner & blocks.rivals & (blocks.correlation < 0.5))) / count,
        outside=outside,
        correlation=float(np.median(blocks.correlation[inner])),
        wander=float(np.median(moved)),
        stray=float(np.percentile(moved, 90)),
        entropy=entropy,
        shading=max(map(_shading, samples)),
        area=min(float(np.count_nonzero(region) * per_square.max()), 1.0),
        left_area=min(float(areas[order[0]]), 1.0),
        right_area=min(float(areas[order[1]]), 1.0),
        left_region=boxes[order[0]],
        right_region=boxes[order[1]],
    )


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
    agreeing = np.asarray(agreeing & (company >= 4))
    if np.count_nonzero(agreeing) < 4:
        return None
    passable = np.pad((agreeing | empty).astype(np.uint8), 2)
    closed = cv2.morphologyEx(passable, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))[2:-2, 2:-2]
    _, names = cv2.connectedComponents(np.ascontiguousarray(closed), connectivity=8)
    largest = int(np.bincount(names[agreeing]).argmax())
    points = np.argwhere(agreeing & (names == largest))[:, ::-1].astype(np.int32)
    region = np.zeros(agreeing.shape, np.uint8)
    cv2.fillConvexPoly(region, cv2.convexHull(points.reshape(-1, 1, 2)), 1)
    return np.asarray(region > 0)


def _box(blocks: Blocks, region: Flags, matrix: Matrix, size: tuple[int, int]) -> Box:
    half = blocks.side / 2
    ends = np.concatenate([blocks.centre[region] + (dx, dy) for dx in (-half, half) for dy in (-half, half)])
    carried = (apply(matrix, ends) + 0.5) / size
    (x0, y0), (x1, y1) = carried.min(axis=0).clip(0, 1), carried.max(axis=0).clip(0, 1)
    return float(x0), float(y0), float(x1), float(y1)


_INSIDE = np.stack(np.meshgrid(*[(np.arange(8) + 0.5) / 8 - 0.5] * 2), -1).reshape(-1, 2)


def _sampled(gray: Gray, blocks: Blocks, chosen: Flags, matrix: Matrix) -> NDArray[np.uint8]:
    """Return 64 brightness samples from each chosen square (squares x 64)."""
    centres: Floats = blocks.centre[chosen]
    points = (centres[:, None] + _INSIDE * blocks.side).reshape(-1, 2)
    x, y = np.rint(apply(matrix, points)).astype(np.intp).T
    values: NDArray[np.uint8] = gray[y.clip(0, gray.shape[0] - 1), x.clip(0, gray.shape[1] - 1)]
    return values.reshape(-1, len(_INSIDE))


def _entropy(samples: NDArray[np.uint8]) -> float:
    """Shannon entropy of all samples, in bits.

    At most 6 bits are lost by few samples; a hundred squares are enough for any photograph to pass 6.
    """
    part = np.bincount(samples.ravel(), minlength=256) / max(samples.size, 1)
    part = part[part > 0]
    return float(-np.sum(part * np.log2(part)))


def _shading(samples: NDArray[np.uint8]) -> float:
    """Median over the squares of the length of the shortest half (Rousseeuw and Leroy 1988), as a part of the square's range.

    The range leaves out a twentieth at either end; in agreeing squares it is never 0, as they show something.
    """
    if not len(samples):
        return 0.0
    ordered = np.sort(samples, axis=1).astype(np.float32)
    half, out = ordered.shape[1] // 2, ordered.shape[1] // 20
    shortest = (ordered[:, half:] - ordered[:, :-half]).min(axis=1)
    spread = ordered[:, -1 - out] - ordered[:, out]
    return float(np.median(shortest / np.maximum(spread, 1)))
