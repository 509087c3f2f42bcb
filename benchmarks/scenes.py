"""The same scene again, and the same idea again: exposures that are no copies, and strong non-local restylings."""

import cv2
import numpy as np
from alterations import Floats, as_floats, as_picture, encode, motion_blur, reload
from overlays import Picture
from PIL import ImageEnhance


def _bend(shape: tuple[int, int], rng: np.random.Generator, grain: int, reach: float) -> Floats:
    """Return a smooth random field of shape (height, width, 2) in pixels: `grain` hills a side, `reach` at most."""
    field = rng.uniform(-1, 1, (grain + 2, grain + 2, 2)).astype(np.float32)
    return np.asarray(cv2.resize(field, shape[::-1], interpolation=cv2.INTER_CUBIC) * reach, np.float32)


def _displace(array: Floats, shift: Floats) -> Floats:
    y, x = np.mgrid[: array.shape[0], : array.shape[1]].astype(np.float32)
    return np.asarray(
        cv2.remap(
            array, x + shift[..., 0], y + shift[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
        ),
        np.float32,
    )


def _moved_parts(array: Floats, rng: np.random.Generator, parts: int, reach: float) -> Floats:
    """Let some soft-edged parts of the scene move, as people, leaves and cars do between two exposures."""
    height, width = array.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    shift = np.zeros((height, width, 2), np.float32)
    for _ in range(parts):
        at, size = rng.uniform(0.15, 0.85, 2) * (width, height), rng.uniform(0.06, 0.16) * width
        inside = 1 / (1 + np.exp((np.hypot(x - at[0], y - at[1]) - size) / (0.06 * size)))
        shift += inside[..., None] * (rng.uniform(0.5, 1, 2) * rng.choice([-1, 1], 2) * reach * width).astype(
            np.float32
        )
    return _displace(array, shift)


def _exposure(array: Floats, rng: np.random.Generator, light: float) -> Picture:
    """Develop anew: other exposure and white balance, focus, sensor noise, JPEG settings; trimmed like a viewfinder."""
    gain = (1 + rng.uniform(-light, light)) * (1 + rng.uniform(-light / 4, light / 4, 3))
    developed = cv2.GaussianBlur(array * gain.astype(np.float32), (0, 0), float(rng.uniform(0.3, 0.8)))
    noisy = developed + rng.normal(0, rng.uniform(2, 5), developed.shape)
    trim = max(2, round(0.02 * min(array.shape[:2])))
    return reload(encode(as_picture(noisy[trim:-trim, trim:-trim]), "jpg", quality=int(rng.integers(82, 96))))


def burst(picture: Picture, rng: np.random.Generator) -> Picture:
    """Return the next frame of a burst: the hand moved a little, so did parts of the scene."""
    array = _moved_parts(as_floats(picture), rng, 5, 0.05)
    depth = _bend(array.shape[:2], rng, 3, 0.008 * picture.width)
    wander = (rng.uniform(-0.015, 0.015, 2) * picture.width).astype(np.float32)
    return _exposure(_displace(array, depth + wander), rng, 0.05)


def viewpoint(picture: Picture, rng: np.random.Generator) -> Picture:
    """Return the scene from a step aside: near things shift against far ones (a depth map in soft steps)."""
    array = as_floats(picture)
    relief = np.round(_bend(array.shape[:2], rng, 4, 1.0)[..., 0] * 3) / 3
    parallax = cv2.GaussianBlur(relief, (0, 0), 2.5) * 0.035 * picture.width
    aside = rng.uniform(0, 2 * np.pi)
    shift = np.stack([parallax * np.cos(aside), 0.4 * parallax * np.sin(aside)], -1).astype(np.float32)
    shift += _bend(array.shape[:2], rng, 1, 0.02 * picture.width)
    return _exposure(_displace(array, shift), rng, 0.08)


def later(picture: Picture, rng: np.random.Generator) -> Picture:
    """Return the scene some time later: other light from another side, much moved, the tripod nearly in place."""
    array = _moved_parts(as_floats(picture), rng, 7, 0.04)
    light = 1 + 0.35 * _bend(array.shape[:2], rng, 2, 1.0)[..., :1]
    return _exposure(
        _displace(array * light, _bend(array.shape[:2], rng, 4, 0.007 * picture.width)), rng, 0.15
    )


def painting(picture: Picture, rng: np.random.Generator) -> Picture:
    """Repaint: colours flattened into patches, shapes redrawn a little elsewhere, brush texture, other grading."""
    moved = _displace(
        as_floats(picture), _bend((picture.height, picture.width), rng, 7, 0.016 * picture.width)
    )
    flat: Floats = np.asarray(
        cv2.pyrMeanShiftFiltering(np.clip(moved, 0, 255).astype(np.uint8), 12, 34), np.float32
    )
    strokes = motion_blur(as_picture(rng.normal(128, 70, flat.shape)), rng, 13)
    brush = 0.5 * (as_floats(strokes) - 128) + rng.uniform(-12, 12, 3).astype(np.float32)
    return as_picture(np.float32(1.15) * (flat - 128) + 128 + brush)


def redrawing(picture: Picture, rng: np.random.Generator) -> Picture:
    """Redraw as an illustration: a few tones, dark contours, geometry bent."""
    bent = _displace(
        as_floats(picture), _bend((picture.height, picture.width), rng, 6, 0.018 * picture.width)
    )
    smooth = cv2.medianBlur(np.clip(bent, 0, 255).astype(np.uint8), 7).astype(np.float32)
    tones = np.round(smooth / 42) * 42 * (1 + rng.uniform(-0.12, 0.12, 3))
    gray = cv2.GaussianBlur(smooth.mean(2), (0, 0), 1.5)
    edge = np.hypot(cv2.Sobel(gray, cv2.CV_32F, 1, 0), cv2.Sobel(gray, cv2.CV_32F, 0, 1))
    return as_picture(tones * (1 - 0.8 * np.clip(edge / 90, 0, 1))[..., None])


def resynthesis(picture: Picture, rng: np.random.Generator) -> Picture:
    """Imagine anew from a coarse version: composition and colours stay, every detail is another."""
    array = as_floats(picture)
    coarse = cv2.GaussianBlur(
        _displace(array, _bend(array.shape[:2], rng, 5, 0.015 * picture.width)), (0, 0), 0.009 * picture.width
    )
    detail = array - cv2.GaussianBlur(array, (0, 0), 3)
    strewn = _displace(detail, _bend(array.shape[:2], rng, 30, 0.05 * picture.width))
    return ImageEnhance.Color(as_picture(coarse + 1.1 * strewn + rng.normal(0, 2, array.shape))).enhance(1.25)
