"""Block comparison: two aligned pictures, correlated square by square.

One picture is warped onto the other. Every square then says how well the two correlate (brightness and contrast may differ),
whether there is anything to compare, and by how much it is still displaced; the displacements refine the map.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np

from dedupelab.match.compare.alignment import Matrix, Picture, apply, corners, inverse
from dedupelab.match.compare.medians import median
from dedupelab.match.compare.squares import Flags, Floats, Squares

LONGEST = 384
"""Side, in pixels, that the compared region is brought down to: finer detail does not survive ordinary editing."""
LEAST_SIDE = 24
"""Pixels of the target that the source must cover either way: below, there are not three squares to a side. Chosen."""
COVERED = 0.9
"""Part of a square that both pictures must cover. Chosen."""
FARTHEST = 3.0
"""Pixels beyond which a displacement cannot be read from gradients: these are those of blur and fine detail. Chosen."""
USABLE = 0.25
"""Correlation from which a square's displacement says something of the map. Chosen well below `examination.AGREE`: what is misplaced
correlates little yet."""
FEW = (6, 20)
"""Such squares below which the map is left as it is, and below which it is refined without perspective. Chosen."""
CLEAR = 0.05
"""`detail` from which more of it adds nothing to a square's say. Chosen."""
BIWEIGHT = (3.0, 0.5)
"""Medians of the error, and pixels at least, beyond which a square has no say. Chosen, narrow, as much may be replaced."""
ROUNDS = 4
"""Of reweighting. Chosen."""
SURELY = 0.4
"""Pixels beyond the centres of a picture's outer pixels that are nearest to these still, however a map is rounded."""


@dataclass(frozen=True)
class Blocks:
    """What every square of the compared region says; all arrays are rows x columns."""

    correlation: Floats
    """Normalised cross-correlation of the two squares, -1..1; sign reversed for an inverted picture."""
    inside: Flags
    """Whether both pictures cover the square."""
    sides: tuple[Squares, Squares]
    """The source, and the target, cut into these squares."""
    crop: Matrix
    """Map of the target's pixels to those of the squares."""

    @cached_property
    def shown(self) -> tuple[Flags, Flags]:
        """Whether the source, and whether the target, shows something here."""
        return self.sides[0].shown, self.sides[1].shown

    @cached_property
    def textured(self) -> Flags:
        """Whether at least one picture shows something here."""
        return self.shown[0] | self.shown[1]

    @cached_property
    def rivals(self) -> Flags:
        """Whether both pictures show something here."""
        return self.shown[0] & self.shown[1]

    @cached_property
    def centre(self) -> Floats:
        """Centres of the squares (rows x columns x 2), in pixels of the target."""
        grid = np.stack(np.meshgrid(*self.sides[1].centres), axis=-1)
        return _float((grid - self.crop[:2, 2]) / self.crop.diagonal()[:2])

    @property
    def side(self) -> float:
        """Side of a square in pixels of the target."""
        return self.sides[1].side / float(self.crop[0, 0])

    @cached_property
    def moments(self) -> Floats:
        """Gradient products xx, yy, xy and gradient times difference x, y (rows x columns x 5), over the variance.

        Most guesses are given up before they are refined: then nobody asks.
        """
        source, target = self.sides
        spread = source.spread
        gain = _float(np.sqrt(spread / np.maximum(target.spread, 1e-6)))
        slopes = zip(source.slopes, target.slopes, strict=True)
        slope_x, slope_y = ((one + target.times(two, gain)) / 2 for one, two in slopes)
        rest = source.centred - target.times(target.centred, gain)
        products = (
            (slope_x, slope_x),
            (slope_y, slope_y),
            (slope_x, slope_y),
            (slope_x, rest),
            (slope_y, rest),
        )
        moments = np.stack([source.mean(_float(u * v)) for u, v in products], axis=-1)
        return _float(moments / np.maximum(spread, 1e-6)[..., None])


@dataclass(frozen=True)
class Overlay:
    """A warped source and a target of equal size, and how their pixels relate to the target's frame."""

    source: Squares
    target: Squares
    valid: Floats | None
    """255 where the source covers the pixel, else 0; None where it covers all."""
    crop: Matrix
    """Map of target pixels to pixels of this overlay."""


def overlay(
    source: Picture, target: Picture, matrix: Matrix, sigma: float, longest: int = LONGEST
) -> Overlay | None:
    """Warp the source onto the part of the target it covers; None when they do not meet.

    Parameters
    ----------
    matrix
        Map of source pixels to target pixels.
    sigma
        Gaussian blur of both, in pixels of the overlay.
    longest
        Longest side of the overlay, in pixels.
    """
    width, height = target.size
    quad = apply(matrix, corners(source.size))
    low = np.clip(np.floor(quad.min(axis=0) + 0.5), 0, (width, height))
    high = np.clip(np.ceil(quad.max(axis=0) + 0.5), 0, (width, height))
    if np.any(high - low < LEAST_SIDE):
        return None
    zoom = min(1.0, longest / float((high - low).max()))
    size = tuple(round(float(v)) for v in (high - low) * zoom)
    # Whole pixels round the sides, so the two axes are reduced by slightly different factors.
    across, down = np.array(size) / (high - low)
    crop = np.array([[across, 0, -low[0] * across], [0, down, -low[1] * down], [0, 0, 1.0]])
    crop[:2, 2] += (across - 1) / 2, (down - 1) / 2
    full = crop @ matrix
    warped = cv2.warpPerspective(
        _shrunk(source, full), full, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    valid: Floats | None = None
    if not covers(full, source.size, size):
        everywhere = np.full(source.gray.shape, 255, np.uint8)
        valid = _float(cv2.warpPerspective(everywhere, full, size, flags=cv2.INTER_NEAREST))
    x0, y0, x1, y1 = (int(v) for v in (*low, *high))

    def reduced() -> Floats:
        part = target.gray[y0:y1, x0:x1].astype(np.float32)
        return _float(cv2.resize(part, size, interpolation=cv2.INTER_AREA)) if zoom < 1 else part

    where = x0, y0, x1, y1, size
    still = target.once(
        "squares", (*where, sigma), lambda: Squares(_blurred(target.once("reduced", where, reduced), sigma))
    )
    return Overlay(Squares(_blurred(_float(warped), sigma)), still, valid, crop)


def covers(full: Matrix, source: tuple[int, ...], size: tuple[int, ...]) -> bool:
    """Whether a source of that size, carried by a map, surely covers a frame: its corners, and so all of it, come from inside."""
    ends = np.array([(0, 0, 1), (size[0] - 1, 0, 1), (0, size[1] - 1, 1), (size[0] - 1, size[1] - 1, 1)])
    x, y, weight = inverse(full) @ ends.T
    if weight.min() <= 0:
        return False
    x, y = x / weight, y / weight
    return bool(
        min(x.min(), y.min()) > -SURELY
        and x.max() < source[0] - 1 + SURELY
        and y.max() < source[1] - 1 + SURELY
    )


def _shrunk(source: Picture, full: Matrix) -> Floats:
    """Blur the source as much as the coming reduction needs, so that warping does not alias."""
    zoom = float(np.sqrt(abs(np.linalg.det(full[:2, :2]))))
    blur = 0.5 * float(np.sqrt(zoom**-2 - 1)) if zoom < 0.8 else 0.0

    def softened() -> Floats:
        plain = source.gray.astype(np.float32)
        return _blurred(plain, blur) if blur else plain

    return source.once("softened", blur, softened)


def _blurred(values: Floats, sigma: float) -> Floats:
    return _float(cv2.GaussianBlur(values, (0, 0), sigma))


def _float(values: Any) -> Floats:  # noqa: ANN401 - OpenCV's stubs know only arrays of anything
    return np.asarray(values, np.float32)


def compare_blocks(pair: Overlay, *, inverted: bool = False) -> Blocks:
    """Correlate the two pictures of an overlay square by square."""
    source, target = pair.source, pair.target.inverted() if inverted else pair.target
    shared = source.mean(source.centred * target.centred)
    spread = np.maximum(np.sqrt(source.spread * target.spread), 1e-6)
    if pair.valid is None:
        inside = np.ones(shared.shape, np.bool_)
    else:
        inside = source.mean(source.cut(pair.valid)) >= COVERED * 255
    return Blocks(_float(np.clip(shared / spread, -1, 1)), inside, (source, target), pair.crop)


def displacement(moments: Floats) -> Floats:
    """Return the displacement (..., 2) that Lucas and Kanade's least squares reads from gradient moments (..., 5).

    Pixels of the overlay, at most `FARTHEST`; towards 0 where there is no gradient to measure it by.
    """
    xx, yy, xy, ex, ey = np.moveaxis(moments, -1, 0)
    determinant = xx * yy - xy * xy + 1e-3 * (xx + yy) ** 2 + 1e-9
    shift = np.stack([(yy * ex - xy * ey) / determinant, (xx * ey - xy * ex) / determinant], axis=-1)
    return np.asarray(np.clip(shift, -FARTHEST, FARTHEST), np.float32)


def detail(moments: Floats) -> Floats:
    """Return the smaller eigenvalue of the gradient tensor: high where a displacement can be measured in all directions."""
    xx, yy, xy = np.moveaxis(moments[..., :3], -1, 0)
    return np.asarray(np.maximum((xx + yy) / 2 - np.sqrt((xx - yy) ** 2 / 4 + xy**2), 0), np.float32)


def pooled(blocks: Blocks, chosen: Flags) -> Floats:
    """Return the gradient moments summed over each square and its eight neighbours, of the chosen squares only."""
    return np.asarray(
        cv2.boxFilter(
            blocks.moments * chosen[..., None], -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT
        )
    )


def refine(matrix: Matrix, blocks: Blocks, zoom: float) -> tuple[Matrix, float]:
    """Return the map after a small perspective motion is fitted to the squares, and how far that motion reaches.

    Iteratively reweighted least squares with Tukey's biweight: covered or replaced parts have no say.

    Parameters
    ----------
    matrix
        Map of source pixels to target pixels that the blocks were compared under.
    zoom
        Overlay pixels per target pixel.

    Returns
    -------
    tuple[Matrix, float]
        The refined map, and the largest motion of a square in overlay pixels (0 when there was too little to go by).
    """
    usable = blocks.textured & blocks.inside & (blocks.correlation > USABLE)
    if np.count_nonzero(usable) < FEW[0]:
        return matrix, 0.0
    points, moments = blocks.centre[usable].astype(np.float64), blocks.moments[usable]
    motion = displacement(moments).astype(np.float64) / zoom
    confidence = blocks.correlation[usable] * np.sqrt(np.minimum(detail(moments), CLEAR))
    middle, reach = points.mean(axis=0), max(float(np.abs(points - points.mean(axis=0)).max()), 1.0)
    x, y = ((points - middle) / reach).T
    zero, one = np.zeros_like(x), np.ones_like(x)
    # Each row: contribution of (shift, linear part, perspective) to the motion in x, then in y.
    design = np.concatenate(
        [
            np.stack([one, x, y, zero, zero, zero, x * x, x * y], 1),
            np.stack([zero, zero, zero, one, x, y, x * y, y * y], 1),
        ]
    )
    if len(points) < FEW[1]:
        design = design[:, :6]
    wanted = np.concatenate([motion[:, 0], motion[:, 1]]) / reach
    weight = confidence.copy()
    solution = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        scale = np.sqrt(np.concatenate([weight, weight]))[:, None]
        heavy = design * scale
        normal = heavy.T @ heavy + 1e-6 * np.eye(design.shape[1])
        solution = np.linalg.solve(normal, heavy.T @ (wanted * scale[:, 0]))
        error = (wanted - design @ solution).reshape(2, -1) * reach
        distance = np.hypot(error[0], error[1])
        cut = max(BIWEIGHT[0] * median(distance), BIWEIGHT[1])
        weight = confidence * np.maximum(1 - (distance / cut) ** 2, 0) ** 2
        if weight.sum() < 1e-6:
            return matrix, 0.0
    a, b, c, d, e, f = solution[:6]
    g, h = (-solution[6], -solution[7]) if len(solution) == 8 else (0.0, 0.0)
    normalise = np.array([[1 / reach, 0, -middle[0] / reach], [0, 1 / reach, -middle[1] / reach], [0, 0, 1]])
    step = np.linalg.inv(normalise) @ np.array([[1 + b, c, a], [e, 1 + f, d], [g, h, 1]]) @ normalise
    refined: Matrix = step @ matrix
    moved = np.abs(design @ solution).max() * reach * zoom
    return refined / refined[2, 2], float(moved)
