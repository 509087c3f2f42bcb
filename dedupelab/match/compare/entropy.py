"""Tones of chosen squares: how many there are altogether, and whether they shade as in a photograph or are two as in lettering."""

import numpy as np
from numpy.typing import NDArray

from dedupelab.match.compare.alignment import Gray, Matrix, apply
from dedupelab.match.compare.blocks import Blocks
from dedupelab.match.compare.medians import median
from dedupelab.match.compare.squares import Flags, Floats

SHADED = 0.1
"""`shading` above which something looks photographed rather than drawn."""
_INSIDE = np.stack(np.meshgrid(*[(np.arange(8) + 0.5) / 8 - 0.5] * 2), -1).reshape(-1, 2)


def sampled(gray: Gray, blocks: Blocks, chosen: Flags, matrix: Matrix | None) -> NDArray[np.uint8]:
    """Return 64 brightness samples from each chosen square (squares x 64); `matrix` maps to them, None for the target's own."""
    centres: Floats = blocks.centre[chosen]
    points = (centres[:, None] + _INSIDE * blocks.side).reshape(-1, 2)
    x, y = np.rint(points if matrix is None else apply(matrix, points)).astype(np.intp).T
    height, width = gray.shape
    values: NDArray[np.uint8] = gray.ravel().take(y.clip(0, height - 1) * width + x.clip(0, width - 1))
    return values.reshape(-1, len(_INSIDE))


def entropy(samples: NDArray[np.uint8]) -> float:
    """Shannon entropy of all samples, in bits.

    At most 6 bits are lost by few samples; a hundred squares are enough for any photograph to pass 6.
    """
    part = np.bincount(samples.ravel(), minlength=256) / max(samples.size, 1)
    part = part[part > 0]
    return float(-np.sum(part * np.log2(part)))


def shading(samples: NDArray[np.uint8]) -> float:
    """Median over the squares of the length of the shortest half (Rousseeuw and Leroy 1988), as a part of the square's range.

    The range leaves out a twentieth at either end; in agreeing squares it is never 0, as they show something.
    """
    if not len(samples):
        return 0.0
    # Of 32 bits numpy sorts many at once on every processor of the last ten years, of fewer on the newest only.
    ordered = np.sort(samples.astype(np.float32), axis=1)
    half, out = ordered.shape[1] // 2, ordered.shape[1] // 20
    shortest = (ordered[:, half:] - ordered[:, :-half]).min(axis=1)
    spread = ordered[:, -1 - out] - ordered[:, out]
    return median(shortest / np.maximum(spread, 1))


def printed(picture: Gray, valid: Gray) -> bool:
    """Whether a picture has two tones, as print and drawing have, at its own resolution: in the squares that show most.

    Small letters are grey at the size at which pictures are aligned, and a page photographed in uneven light has many tones altogether. Of
    100 photographs none is below `PRINTED` (one below 0.1, one at 0.12, the others above 0.16); of 16 kinds of drawn pages all but those on
    textured ground are, stored, scanned, faxed or photographed. Of a plain thing before a plain ground only the outline shows, and has two
    tones as well: that is little of a picture.
    """
    side = max(LEAST_SQUARE, max(picture.shape) // PER_SIDE)
    rows, columns = picture.shape[0] // side, picture.shape[1] // side

    def squares(of: Gray) -> NDArray[np.uint8]:
        cut = of[: rows * side, : columns * side].reshape(rows, side, columns, side)
        return cut.swapaxes(1, 2).reshape(rows * columns, side * side)

    compared = squares(picture)[squares(valid).all(axis=1)]
    samples = compared[compared.std(axis=1) >= CONTRAST]
    if len(samples) <= max(ENOUGH * len(compared), LEAST):
        return False
    shaded = shading(samples[:, :: max(1, side * side // 256)])
    return shaded < PRINTED or (
        shaded < DENSE
        and len(compared) >= PAGE
        and len(samples) > DENSELY * len(compared)
        and _on_paper(compared, samples)
    )


def _on_paper(compared: NDArray[np.uint8], samples: NDArray[np.uint8]) -> bool:
    """Whether one tone, a paper's, covers most of what is compared and is found in each square of it that shows something."""
    counts = np.convolve(np.bincount(compared.ravel(), minlength=256), np.ones(2 * NEAR_PAPER + 1), "same")
    paper = int(counts.argmax())
    near = np.abs(samples.astype(np.int16) - paper) <= NEAR_PAPER
    return counts[paper] > PAPER * compared.size and float((near.mean(axis=1) > 0.1).mean()) > EVERYWHERE


PRINTED = 0.08
"""`shading` below which squares at a picture's own resolution are printed or drawn."""
DENSE, DENSELY = 0.28, 0.4
"""The same, and part of the squares that show something, of small dense type on one paper: Chinese of 8 pixels comes to 0.2, scanned to 0.275."""
NEAR_PAPER, PAPER, EVERYWHERE = 14, 0.64, 0.98
"""Grey levels about the paper's tone, part of the page that it covers, and of the squares that it must be found in: of 100 photographs, at
40 % of their size, brighter or darker, one does, at 40 % of its brightness."""
PAGE = 200
"""Squares from which something may be a page of such type: a small part of a photograph, a rocket in an even sky, is like it by chance. Chosen."""
PER_SIDE, LEAST_SQUARE = 60, 16
"""Squares along the longer side, and pixels of a square's side at least: some lines of text. Chosen."""
CONTRAST, ENOUGH, LEAST = 8.0, 0.12, 24
"""Standard deviation in grey levels from which a square counts, and the part and number of them that must: of pages 0.13 and more do, of outlines
0.11; the few of a small part of a photograph are outlines by chance, as `AlignedComparison.least_squares` has it."""
