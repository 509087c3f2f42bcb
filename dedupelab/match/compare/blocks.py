"""Block comparison: two aligned pictures, correlated square by square.

One picture is warped onto the other. Every square then says how well the two correlate (brightness and contrast may differ),
whether there is anything to compare, and by how much it is still displaced; the displacements refine the map.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dedupelab.match.compare.alignment import Matrix, Picture, apply, corners

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

LONGEST = 384
"""Side, in pixels, that the compared region is brought down to: finer detail does not survive ordinary editing."""
LEAST_SIDE = 24
"""Pixels of the target that the source must cover either way: below, there are not three squares to a side. Chosen."""
SQUARES = 24
"""About how many squares lie along the longer side. Chosen: enough to tell places apart, each with enough pixels to correlate."""
SQUARE = (8, 16)
"""Pixels of a square's side, at least and at most. Chosen."""
SHOWS = (2.0, 0.1)
"""Grey levels, and part of its picture's, by which a square must vary to show something: faded copies count, too. Chosen."""
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


@dataclass(frozen=True)
class Blocks:
    """What every square of the compared region says; all arrays are rows x columns."""

    correlation: Floats
    """Normalised cross-correlation of the two squares, -1..1; sign reversed for an inverted picture."""
    textured: Flags
    """Whether at least one picture shows something here."""
    rivals: Flags
    """Whether both pictures show something here."""
    inside: Flags
    """Whether both pictures cover the square."""
    centre: Floats
    """Centres of the squares (rows x columns x 2), in pixels of the target."""
    side: float
    """Side of a square in pixels of the target."""
    shown: tuple[Flags, Flags]
    """Whether the source, and whether the target, shows something here."""
    parts: tuple[Floats, Floats]
    """Both pictures, cut to whole squares."""
    spread: tuple[Floats, Floats]
    """Variance of the source, and of the target, in each square."""

    @cached_property
    def moments(self) -> Floats:
        """Gradient products xx, yy, xy and gradient times difference x, y (rows x columns x 5), over the variance.

        Most guesses are given up before they are refined: then nobody asks.
        """
        shape, (one, two) = self.correlation.shape, self.parts
        one_x, one_y, two_x, two_y = _slope(one, 1), _slope(one, 0), _slope(two, 1), _slope(two, 0)
        one, two = _centred(one, shape), _centred(two, shape)
        gain = _over(_float(np.sqrt(self.spread[0] / np.maximum(self.spread[1], 1e-6))), one.shape)
        slope_x, slope_y, rest = (one_x + gain * two_x) / 2, (one_y + gain * two_y) / 2, one - gain * two
        products = (
            (slope_x, slope_x),
            (slope_y, slope_y),
            (slope_x, slope_y),
            (slope_x, rest),
            (slope_y, rest),
        )
        moments = _float(np.stack([_mean(_float(u * v), shape) for u, v in products], axis=-1))
        return _float(moments / np.maximum(self.spread[0], 1e-6)[..., None])


@dataclass(frozen=True)
class Overlay:
    """A warped source and a target of equal size, and how their pixels relate to the target's frame."""

    source: Floats
    target: Floats
    valid: Floats
    """255 where the source covers the pixel, else 0."""
    crop: Matrix
    """Map of target pixels to pixels of this overlay."""


def overlay(
    source: Picture, target: Picture, matrix: Matrix, sigma: float, longest: int = LONGEST
) -> Overlay | None:
    """Warp the source onto the part of the target it covers; None when they do not meet.

    Parameters
    ----------
    source, target
        The pictures.
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
    valid = cv2.warpPerspective(
        np.full(source.gray.shape, 255, np.uint8), full, size, flags=cv2.INTER_NEAREST
    )
    x0, y0, x1, y1 = (int(v) for v in (*low, *high))

    def reduced() -> Floats:
        part = target.gray[y0:y1, x0:x1].astype(np.float32)
        if zoom < 1:
            part = _float(cv2.resize(part, size, interpolation=cv2.INTER_AREA))
        return _blurred(part, sigma)

    part = target.once("reduced", (x0, y0, x1, y1, size, sigma), reduced)
    return Overlay(_blurred(_float(warped), sigma), part, _float(valid), crop)


def _shrunk(source: Picture, full: Matrix) -> Floats:
    """Blur the source as much as the coming reduction needs, so that warping does not alias."""
    zoom = float(np.sqrt(abs(np.linalg.det(full[:2, :2]))))
    if zoom >= 0.8:
        return source.gray.astype(np.float32)
    blur = 0.5 * float(np.sqrt(zoom**-2 - 1))
    return source.once("softened", blur, lambda: _blurred(source.gray.astype(np.float32), blur))


def _blurred(values: Floats, sigma: float) -> Floats:
    return _float(cv2.GaussianBlur(values, (0, 0), sigma))


def _float(values: Any) -> Floats:  # noqa: ANN401 - OpenCV's stubs know only arrays of anything
    return np.asarray(values, np.float32)


def compare_blocks(pair: Overlay, *, inverted: bool = False, across: int = SQUARES) -> Blocks:
    """Correlate the two pictures of an overlay square by square, about `across` squares along the longer side."""
    height, width = pair.target.shape
    side = int(np.clip(max(height, width) // across, *SQUARE))
    rows, columns = max(height // side, 1), max(width // side, 1)
    top, start = (height - rows * side) // 2, (width - columns * side) // 2

    def cut(values: Floats) -> Floats:
        return values[top : top + rows * side, start : start + columns * side]

    shape = (rows, columns)
    parts = cut(pair.source), cut(-pair.target if inverted else pair.target)
    one, two = (_centred(part, shape) for part in parts)
    spread_one, spread_two, shared = (_mean(u * v, shape) for u, v in ((one, one), (two, two), (one, two)))
    correlation = _float(np.clip(shared / np.maximum(np.sqrt(spread_one * spread_two), 1e-6), -1, 1))
    shows_one, shows_two = (
        np.sqrt(spread) >= max(SHOWS[0], SHOWS[1] * float(cv2.meanStdDev(picture)[1][0, 0]))
        for picture, spread in ((pair.source, spread_one), (pair.target, spread_two))
    )
    x = start + (np.arange(columns) + 0.5) * side - 0.5
    y = top + (np.arange(rows) + 0.5) * side - 0.5
    grid = np.stack(np.meshgrid(x, y), axis=-1)
    return Blocks(
        correlation,
        shows_one | shows_two,
        shows_one & shows_two,
        _mean(cut(pair.valid), shape) >= COVERED * 255,
        _float((grid - pair.crop[:2, 2]) / pair.crop.diagonal()[:2]),
        side / float(pair.crop[0, 0]),
        (shows_one, shows_two),
        parts,
        (spread_one, spread_two),
    )


def _mean(values: Floats, shape: tuple[int, ...]) -> Floats:
    """Return the mean of each of rows x columns squares."""
    return np.asarray(cv2.resize(values, shape[::-1], interpolation=cv2.INTER_AREA))


def _over(squares: Floats, shape: tuple[int, ...]) -> Floats:
    """Return what holds of squares for each of their pixels."""
    side = shape[0] // squares.shape[0]
    return np.repeat(np.repeat(squares, side, axis=1), side, axis=0)


def _centred(values: Floats, shape: tuple[int, ...]) -> Floats:
    """Return the values less the means of their squares."""
    return values - _over(_mean(values, shape), values.shape)


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


def _slope(values: Floats, axis: int) -> Floats:
    kernel = np.array([[-0.5, 0.0, 0.5]], np.float32)
    return np.asarray(
        cv2.filter2D(values, cv2.CV_32F, kernel if axis else kernel.T, borderType=cv2.BORDER_REPLICATE)
    )


def refine(matrix: Matrix, blocks: Blocks, zoom: float) -> tuple[Matrix, float]:
    """Return the map after a small perspective motion is fitted to the squares, and how far that motion reaches.

    Iteratively reweighted least squares with Tukey's biweight: covered or replaced parts have no say.

    Parameters
    ----------
    matrix
        Map of source pixels to target pixels that the blocks were compared under.
    blocks
        The comparison.
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
    points = blocks.centre[usable].astype(np.float64)
    motion = displacement(blocks.moments[usable]).astype(np.float64) / zoom
    confidence = blocks.correlation[usable] * np.sqrt(np.minimum(detail(blocks.moments[usable]), CLEAR))
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
        normal = (design * scale).T @ (design * scale) + 1e-6 * np.eye(design.shape[1])
        solution = np.linalg.solve(normal, (design * scale).T @ (wanted * scale[:, 0]))
        error = (wanted - design @ solution).reshape(2, -1) * reach
        distance = np.hypot(error[0], error[1])
        cut = max(BIWEIGHT[0] * float(np.median(distance)), BIWEIGHT[1])
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
