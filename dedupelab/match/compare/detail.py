"""Two pictures laid on each other at their own resolution: as much as the coarser of the two shows, registered place by place.

A comparison at 512 pixels says whether two pages are one page; which words stand on it can only be read at the size at which
they were written. The map found there is carried over, and what a scanner bends is followed by small displacements.
"""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from dedupelab.match.compare.alignment import Matrix, Picture, apply, corners, inverse
from dedupelab.match.compare.blocks import covers, displacement
from dedupelab.match.compare.loader import Gray, Pixels
from dedupelab.match.compare.medians import median
from dedupelab.match.compare.regions import Box
from dedupelab.match.compare.resemblance import ALIKE, EVEN, moments
from dedupelab.match.compare.squares import Floats
from dedupelab.match.compare.tones import curve

REGISTERED = 720
"""Longer side in pixels at which displacements are measured: a tenth of a pixel there is a quarter of one on a page."""
SPARED = 2 / 3
"""Part of its own size at which a smaller picture is: less than half the work, and still a sixth of a pixel."""
ROUNDS = (2.0, 1.0, 1.0, 0.8, 0.8)
"""Blur before each step of the registration, in pixels."""
REST = 0.06
"""Displacement in pixels of the median square below which further steps find nothing."""
FOLLOWED = 0.4
"""Displacement in pixels of a page from which it is followed; the comparison tolerates one pixel."""
BENT = 0.005
"""Part of the longer side by which a place may be displaced: in 22 scans and faxes of pages, what shows the same comes to 0.002 at most."""
BETTER = 0.9
"""Part of what its correlation lacks that may be left where a square is followed. Chosen."""
LENT = 1.5
"""Squares over which what is said of squares that show the same is lent to the others. Chosen."""
KNOT = 16
"""Pixels between two points at which the way from one picture to the other is computed; between them it is straight."""
COLOURED = 3
"""Dimensions of pixels in colour."""
MARGIN = 0.008
"""Part of the longer side along the edge of the paper where a scanner's own edge is no difference."""
LEAST = 48
"""Shorter side in pixels of what both show below which there is nothing to look at more closely."""


@dataclass(frozen=True)
class Laid:
    """What both pictures show of one part, pixel on pixel; the source was moved, the target has its own pixels."""

    source: Gray
    target: Gray
    valid: Gray
    """255 where the source covers the target, else 0."""
    to_source: Matrix
    """Map of these pixels to the source's, in pixels."""
    to_target: Matrix
    source_size: tuple[int, int]
    target_size: tuple[int, int]
    backwards: bool
    """Whether the source is the right picture."""
    zoom: float
    """Pixels here for one of the source's: how much of its detail the coarser picture does not have."""

    def within(self, box: Box) -> "Laid":
        """Return the same with only what lies in a part of the target, given as fractions of its width and height."""
        ends = np.array(box).reshape(2, 2) * self.target_size - 0.5
        (x0, y0), (x1, y1) = np.rint(apply(inverse(self.to_target), ends)).astype(int)
        inside = np.zeros_like(self.valid)
        inside[max(y0, 0) : y1 + 1, max(x0, 0) : x1 + 1] = 255
        return replace(self, valid=np.minimum(self.valid, inside))


def large(picture: Picture) -> Pixels:
    """Return the picture in colour and at its own resolution, as far as it can be opened so."""
    return picture.gray if picture.open_large is None else picture.open_large()


def lay(
    left: Pixels, right: Pixels, matrix: Matrix, *, inverted: bool = False, followed: bool = True
) -> Laid | None:
    """Lay one picture on the other at the resolution of the coarser; None where they hardly meet.

    Parameters
    ----------
    left, right
        The pictures as large as they are to be compared, in colour or gray.
    matrix
        Map of left to right in pixels of these.
    inverted
        Whether one shows black where the other shows white.
    followed
        Whether what a scanner bends is followed. Where one thing stands on two grounds, these would lead astray.
    """
    backwards = abs(float(np.linalg.det(matrix[:2, :2] / matrix[2, 2]))) > 1
    source, target = (right, left) if backwards else (left, right)
    onto: Matrix = inverse(matrix) if backwards else matrix
    source_size, target_size = size(source), size(target)
    quad = apply(onto, corners(source_size))
    low = np.clip(np.floor(quad.min(axis=0) + 0.5), 0, target_size).astype(int)
    high = np.clip(np.ceil(quad.max(axis=0) + 0.5), 0, target_size).astype(int)
    if np.any(high - low < LEAST):
        return None
    x0, y0, x1, y1 = (int(v) for v in (*low, *high))
    moved, still = gray(source), np.ascontiguousarray(gray(target)[y0:y1, x0:x1])
    if inverted:
        moved = 255 - moved
    crop = np.array([[1, 0, -x0], [0, 1, -y0], [0, 0, 1.0]])
    onto = crop @ onto
    zoom = float(np.sqrt(abs(np.linalg.det(onto[:2, :2] / onto[2, 2]))))
    flow = _flow(moved, still, onto) if followed else None
    shape = still.shape
    laid = warped(_softened(moved, zoom), onto, shape, flow)
    covered = np.full(shape, 255, np.uint8)
    if not covers(onto, source_size, shape[::-1]):
        everywhere = np.full(moved.shape, 255, np.uint8)
        covered = np.asarray(
            cv2.warpPerspective(everywhere, onto, shape[::-1], flags=cv2.INTER_NEAREST), np.uint8
        )
        # The edge of a sheet that lies askew, or on a desk, runs across the frame.
        edge = 2 * round(MARGIN * max(shape)) + 1
        covered = np.asarray(cv2.erode(covered, np.ones((edge, edge), np.uint8)), np.uint8)
    # What lies at the edge was half invented by the interpolation.
    valid = cv2.erode(covered, np.ones((5, 5), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return Laid(
        laid,
        still,
        np.asarray(valid, np.uint8),
        inverse(onto),
        inverse(crop),
        source_size,
        target_size,
        backwards,
        zoom,
    )


def gray(pixels: Pixels) -> Gray:
    """Return the brightness of a picture."""
    return pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def size(pixels: Pixels) -> tuple[int, int]:
    """Return width and height."""
    return pixels.shape[1], pixels.shape[0]


def resized(source: tuple[int, int], target: tuple[int, int]) -> Matrix:
    """Return the map of pixels of a picture to those of the same picture at another size.

    >>> resized((10, 10), (5, 5)) @ [0.5, 0.5, 1]
    array([0., 0., 1.])
    """
    across, down = target[0] / source[0], target[1] / source[1]
    return np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1.0]])


def _softened(source: Gray, zoom: float) -> Gray:
    """Blur a picture as much as the coming reduction needs, so that nothing of it aliases."""
    if zoom > 0.95:
        return source
    return np.asarray(cv2.GaussianBlur(source, (0, 0), 0.5 * float(np.sqrt(zoom**-2 - 1))), np.uint8)


def _flow(source: Gray, target: Gray, onto: Matrix) -> Floats | None:
    """Return by how much squares of the target are still displaced (rows x columns x 2, pixels); None where by next to nothing."""
    height, width = target.shape
    part = min(SPARED, REGISTERED / max(height, width))
    small = round(width * part), round(height * part)
    fixed = np.asarray(cv2.resize(target, small, interpolation=cv2.INTER_AREA), np.uint8)
    reduced = resized((width, height), small) @ onto
    zoom = float(np.sqrt(abs(np.linalg.det(reduced[:2, :2] / reduced[2, 2]))))
    soft = _softened(source, zoom)
    flow: Floats | None = None
    unmoved = fixed
    for sigma in ROUNDS:
        moved = warped(soft, reduced, fixed.shape, flow)
        moved = np.asarray(cv2.LUT(moved, curve(moved, fixed)), np.uint8)
        unmoved = moved if flow is None else unmoved
        step = _step(_blurred(moved, sigma), _blurred(fixed, sigma))
        flow = step if flow is None else flow + step
        if sigma <= 1 and median(np.hypot(*np.moveaxis(step, -1, 0))) < REST:
            break
    assert flow is not None
    per_pixel = np.array([small[0] / width, small[1] / height], np.float32)
    if float(np.abs(flow / per_pixel).max()) <= FOLLOWED:
        return None
    whole = np.asarray(_agreeing(flow, unmoved, moved, fixed) / per_pixel, np.float32)
    return whole if float(np.abs(whole).max()) > FOLLOWED else None


def _agreeing(flow: Floats, unmoved: Gray, moved: Gray, fixed: Gray) -> Floats:
    """Return the displacements of squares that show the same and do so better for being followed, and elsewhere what those nearby say.

    Another picture that stands there, or a canvas beyond the edge, has nothing that could be followed, and leads its neighbours astray.
    """
    grid = flow.shape[1], flow.shape[0]
    before, after = (_correlation(each, fixed, grid) for each in (unmoved, moved))
    bent = (after > ALIKE) & (1 - after < BETTER * (1 - before))
    bent &= np.hypot(flow[..., 0], flow[..., 1]) < BENT * max(fixed.shape)
    known = (bent | (before > ALIKE)).astype(np.float32)
    kept = flow * bent[..., None].astype(np.float32)
    near, count = (cv2.GaussianBlur(each, (0, 0), LENT) for each in (kept, known))
    return np.where(known[..., None] > 0, kept, near / (count + np.float32(1e-3))[..., None])


def _correlation(one: Gray, two: Gray, grid: tuple[int, int]) -> Floats:
    """Return by how much squares vary alike; even ones do not."""
    shared, spread = moments(one.astype(np.float32), two.astype(np.float32), grid)
    even = np.minimum(*spread) <= EVEN**2
    return np.where(even, np.float32(0), shared / np.maximum(np.sqrt(spread[0] * spread[1]), np.float32(1)))


def _blurred(picture: Gray, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(picture.astype(np.float32), (0, 0), sigma))


def _step(one: Floats, two: Floats) -> Floats:
    """Return by how much each square of two is displaced against one; empty squares follow their neighbours."""
    height, width = two.shape
    side = max(12, max(height, width) // 28)
    grid = max(width // side, 2), max(height // side, 2)
    middle = (one + two) / 2
    slope_x = cv2.Sobel(middle, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    slope_y = cv2.Sobel(middle, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    rest = one - two
    # Places that show something else have little say.
    steep = np.flatnonzero(np.abs(slope_x) + np.abs(slope_y) > 4)
    usual = median(np.abs(rest.ravel()[steep])) if len(steep) else 1.0
    trust = 1 / (1 + (rest / (4 * max(usual, 1.0))) ** 2)
    x, y = trust * slope_x, trust * slope_y
    # One reduction of four channels takes as long as of one.
    products = cv2.merge((x * slope_x, y * slope_y, x * slope_y, x * rest)), y * rest
    moments = np.dstack([cv2.resize(each, grid, interpolation=cv2.INTER_AREA) for each in products])
    near, far = cv2.GaussianBlur(moments, (0, 0), 0.8), cv2.GaussianBlur(moments, (0, 0), 3.0)
    gathered: Any = near + 0.03 * far + 0.003 * moments.mean(axis=(0, 1))
    return np.asarray(cv2.GaussianBlur(-displacement(gathered), (0, 0), 0.6), np.float32)


def warped(source: Gray, onto: Matrix, shape: tuple[int, ...], flow: Floats | None = None) -> Gray:
    """Return the source as it lies on a frame of that shape, moved by what `flow` says of its squares."""
    height, width = shape[:2]
    if flow is None:
        whole = onto / onto[2, 2]
        still = np.abs(apply(whole, corners(size(source))) - corners((width, height))).max() < 0.2
        if still and source.shape == tuple(shape):
            return source
        return np.asarray(
            cv2.warpPerspective(
                source, onto, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            ),
            np.uint8,
        )
    rows, columns = -(-height // KNOT) + 1, -(-width // KNOT) + 1
    per_x, per_y = flow.shape[1] * KNOT / width, flow.shape[0] * KNOT / height
    to_squares = np.array([[per_x, 0, per_x / KNOT / 2 - 0.5], [0, per_y, per_y / KNOT / 2 - 0.5]])
    straight = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(flow, to_squares, (columns, rows), flags=straight, borderMode=cv2.BORDER_REPLICATE)
    knots = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1) * float(KNOT)
    knots = apply(inverse(onto), (knots + moved).reshape(-1, 2)).reshape(rows, columns, 2).astype(np.float32)
    between = np.array([[1 / KNOT, 0, 0], [0, 1 / KNOT, 0.0]])
    ways = cv2.warpAffine(knots, between, (width, height), flags=straight, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(
        cv2.remap(source, ways, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),  # type: ignore[call-overload]
        np.uint8,
    )
