"""Examination of one alignment: where two pictures agree once one lies on the other, and how well.

The map is refined until it rests; then the largest connected part in which squares agree is measured: its area in either picture, the
share of its squares that agree, how much it shows, and whether anything in it is still displaced against the rest.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from dedupelab.match.compare.alignment import Alignment, Matrix, Picture, inverse
from dedupelab.match.compare.blocks import (
    LONGEST,
    Blocks,
    compare_blocks,
    detail,
    displacement,
    overlay,
    pooled,
    refine,
)
from dedupelab.match.compare.entropy import entropy, sampled, shading
from dedupelab.match.compare.medians import median, percentile
from dedupelab.match.compare.regions import APART, Box, box, matched_region, windows
from dedupelab.match.compare.squares import Flags

AGREE = 0.7
"""Correlation from which a square agrees: unrelated squares pass in about one of fifty cases, copies nearly always."""
HOPEFUL = (0.3, 0.12)
"""Share of agreeing squares below which a first guess is given up, under strong blur and under less: chance gives up to 0.08,
and features find sooner what the frames place badly."""
STEPS = 7
"""Refinements at most. Chosen."""
STILL = 0.06
"""Motion in pixels below which the map rests. Chosen, below what tells copies from other exposures."""
NOTHING = 0.05
"""Part of the squares outside the region, or of all that disagree, below which nothing speaks against the rest of the overlap. Chosen."""
MEASURABLE = 0.03
"""`blocks.detail` of a square and its neighbours from which its displacement is measured. Chosen."""
CORNER = 0.01
"""The same of a square from which it counts as one with detail in two directions. Chosen."""
SURROUNDED = 0.2
"""Part of the squares outside the region up to which all of the overlap is taken for the match, if a picture agrees. Chosen."""
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
    beside: float
    """Part of the squares in which a picture shows something that lies outside the matched region; of the picture with less. Next to
    nothing, where one shows the matched subject alone."""
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
    left_window: Box | None
    """Where either picture shows a photograph, and another one, in one piece amid what agrees (`regions.windows`)."""
    right_window: Box | None


def examine(
    left: Picture, right: Picture, alignment: Alignment, *, sigma: float = 2.0, settled: bool = False
) -> Finding | None:
    """Refine an alignment and measure what agrees under it; None when nothing does.

    Parameters
    ----------
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
        pair = overlay(source, target, matrix, sigma / reduction, LONGEST // reduction)
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
        if sigma <= 1 and motion < STILL:
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
    if outside < NOTHING or against < NOTHING * np.count_nonzero(compared):
        # Nothing speaks against the rest of the overlap: the even sky around what agrees belongs to the match, also where
        # it parts what agrees in two, as snow parts a skier from the trees.
        region, inner, outside = blocks.inside, compared, 0.0
    agreeing = inner & (blocks.correlation >= AGREE)
    back = inverse(matrix)
    pool = pooled(blocks, agreeing)
    measurable = agreeing & (detail(pool) > MEASURABLE)
    moved = np.hypot(*displacement(pool[measurable]).T) if np.count_nonzero(measurable) else np.zeros(1)
    count = int(np.count_nonzero(inner))
    samples = (
        sampled(source.gray, blocks, agreeing, back),
        sampled(target.gray, blocks, agreeing, None),
    )
    bits = max(map(entropy, samples))
    # A photograph with a caption on its even half covers all of that photograph, not only its detailed half.
    whole = blocks.inside if outside < SURROUNDED and bits > PICTURE else region
    per_square = blocks.side**2 / np.array([source.gray.size, target.gray.size])
    per_square[0] *= abs(float(np.linalg.det(back[:2, :2])))
    areas = np.count_nonzero(whole) * per_square
    boxes = [box(blocks, whole, back, source.size), box(blocks, whole, None, target.size)]
    holes = windows(source, target, back, blocks, region, agreeing)
    order = (1, 0) if backwards else (0, 1)
    return Finding(
        matrix=back if backwards else matrix,
        inverted=inverted,
        squares=count,
        agreeing=int(np.count_nonzero(agreeing)),
        corners=int(np.count_nonzero(agreeing & (detail(blocks.moments) > CORNER))),
        share=float(np.count_nonzero(agreeing)) / count,
        conflict=float(np.count_nonzero(inner & blocks.rivals & (blocks.correlation < APART))) / count,
        outside=outside,
        beside=min(_beside(shown & blocks.inside, region) for shown in blocks.shown),
        correlation=median(blocks.correlation[inner]),
        wander=median(moved),
        stray=percentile(moved, 90),
        entropy=bits,
        shading=max(map(shading, samples)),
        area=min(float(np.count_nonzero(region) * per_square.max()), 1.0),
        left_area=min(float(areas[order[0]]), 1.0),
        right_area=min(float(areas[order[1]]), 1.0),
        left_region=boxes[order[0]],
        right_region=boxes[order[1]],
        left_window=holes[order[0]],
        right_window=holes[order[1]],
    )


def _beside(shown: Flags, region: Flags) -> float:
    """Return the part of the squares that show something that lie outside a region, its outline not counted."""
    outline = cv2.dilate(region.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return int(np.count_nonzero(shown & ~outline)) / max(int(np.count_nonzero(shown)), 1)
