"""Single changes to a picture: format, size, geometry, tone, colour, noise, joining with others, print and scan."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from overlays import BLACK, WHITE, Picture, colour
from PIL import Image, ImageOps

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Encoded:
    """A picture as the bytes of a file, with the extension that belongs to it."""

    data: bytes
    suffix: str


def encode(picture: Picture, suffix: str, **options: int) -> Encoded:
    """Return the picture as a file of that type."""
    buffer = io.BytesIO()
    picture.save(buffer, {"jpg": "JPEG"}.get(suffix, suffix.upper()), **options)
    return Encoded(buffer.getvalue(), suffix)


def reload(encoded: Encoded) -> Picture:
    return Image.open(io.BytesIO(encoded.data)).convert("RGB")


def as_floats(picture: Picture) -> Floats:
    return np.asarray(picture, np.float32)


def as_picture(array: npt.NDArray[Any]) -> Picture:
    return Image.fromarray(np.clip(np.rint(array), 0, 255).astype(np.uint8))


def jpeg_twice(picture: Picture) -> Encoded:
    """Save as JPEG, shift the block grid by a scaling, save again."""
    first = reload(encode(picture, "jpg", quality=70))
    return encode(scale(first, 0.93, 0.93), "jpg", quality=55)


def palette(picture: Picture) -> Encoded:
    """Return a GIF with 64 colours."""
    return encode(picture.quantize(64, dither=Image.Dither.FLOYDSTEINBERG), "gif")


def scale(picture: Picture, across: float, down: float) -> Picture:
    """Resize by these factors."""
    return picture.resize(
        (max(8, round(picture.width * across)), max(8, round(picture.height * down))),
        Image.Resampling.BICUBIC,
    )


def rotate(picture: Picture, rng: np.random.Generator, degrees: float, *, fill: bool) -> Picture:
    """Turn by a small angle, either way; keep everything on a coloured ground, or crop to what is covered."""
    angle = degrees * (1 if rng.random() < 0.5 else -1)
    if fill:
        return picture.rotate(
            angle, Image.Resampling.BICUBIC, expand=True, fillcolor=BLACK if rng.random() < 0.5 else WHITE
        )
    radians, (width, height) = np.deg2rad(degrees), picture.size
    # The largest upright rectangle of the same proportions inside the turned picture.
    shrink = 1 / (np.cos(radians) + max(width / height, height / width) * np.sin(radians))
    turned = picture.rotate(angle, Image.Resampling.BICUBIC)
    half_w, half_h = shrink * width / 2, shrink * height / 2
    return turned.crop(
        (
            round(width / 2 - half_w),
            round(height / 2 - half_h),
            round(width / 2 + half_w),
            round(height / 2 + half_h),
        )
    )


def crop(picture: Picture, rng: np.random.Generator, removed: float, *, centre: bool) -> Picture:
    """Cut away a share of the area: evenly around, or towards a random place with slightly changed proportions."""
    keep = np.sqrt(1 - removed)
    stretch = 1.0 if centre else float(np.exp(rng.uniform(-0.5, 0.5) * removed))
    across, down = min(1.0, keep * stretch), min(1.0, keep / stretch)
    x, y = (0.5, 0.5) if centre else (float(v) for v in rng.random(2))
    width, height = round(picture.width * across), round(picture.height * down)
    left, top = round(x * (picture.width - width)), round(y * (picture.height - height))
    return picture.crop((left, top, left + width, top + height))


def gamma(picture: Picture, exponent: float) -> Picture:
    """Raise brightness to a power."""
    return picture.point([round(255 * (v / 255) ** exponent) for v in range(256)] * 3)


def levels(picture: Picture, gain: float, offset: float) -> Picture:
    """Multiply and shift brightness, clipped."""
    return picture.point([int(np.clip(gain * (v - 128) + 128 + offset, 0, 255)) for v in range(256)] * 3)


def vignette(picture: Picture, strength: float) -> Picture:
    """Darken towards the corners."""
    y, x = np.mgrid[-1 : 1 : picture.height * 1j, -1 : 1 : picture.width * 1j]
    return as_picture(as_floats(picture) * (1 - strength * (x**2 + y**2) / 2)[..., None])


def hue(picture: Picture, rng: np.random.Generator) -> Picture:
    """Turn every hue by the same 40 to 140 degrees."""
    h, s, v = picture.convert("HSV").split()
    turn = int(rng.uniform(40, 140) / 360 * 255)
    return Image.merge("HSV", (h.point(lambda value: (value + turn) % 256), s, v)).convert("RGB")


def duotone(picture: Picture, rng: np.random.Generator) -> Picture:
    """Print in one dark and one light ink."""
    return ImageOps.colorize(picture.convert("L"), colour(rng, 0, 90), colour(rng, 180, 255))


def temperature(picture: Picture, red: float, blue: float) -> Picture:
    """Shift the white point."""
    return as_picture(as_floats(picture) * np.array([red, 1.0, blue], np.float32))


def noise(picture: Picture, rng: np.random.Generator, sigma: float) -> Picture:
    """Add normal noise of that standard deviation, in grey levels."""
    return as_picture(as_floats(picture) + rng.normal(0, sigma, (picture.height, picture.width, 3)))


def salt_and_pepper(picture: Picture, rng: np.random.Generator, share: float) -> Picture:
    """Set that share of the pixels to black or white."""
    array, draw = as_floats(picture).copy(), rng.random((picture.height, picture.width))
    array[draw < share / 2], array[draw > 1 - share / 2] = 0, 255
    return as_picture(array)


def motion_blur(picture: Picture, rng: np.random.Generator, length: int) -> Picture:
    """Smear along a random direction."""
    kernel = Image.new("L", (length, length))
    kernel.paste(255, (0, length // 2, length, length // 2 + 1))
    weights = np.asarray(kernel.rotate(float(rng.uniform(0, 180)), Image.Resampling.BILINEAR), np.float32)
    return as_picture(
        cv2.filter2D(as_floats(picture), -1, weights / weights.sum(), borderType=cv2.BORDER_REFLECT)
    )


def letterbox(picture: Picture, ratio: float) -> Picture:
    """Fill up with black bars until width / height is the ratio."""
    width, height = picture.size
    size = (round(height * ratio), height) if width / height < ratio else (width, round(width / ratio))
    canvas = Image.new("RGB", size)
    canvas.paste(picture, ((size[0] - width) // 2, (size[1] - height) // 2))
    return canvas


def collage(
    picture: Picture, rng: np.random.Generator, partners: Sequence[Picture], columns: int, rows: int
) -> Picture:
    """Put the picture and its partners into the cells of a grid, each cut a little to fit, in random order."""
    cell, gap = (400, 300) if columns * rows < 9 else (280, 210), int(rng.integers(0, 9))
    shown = [picture, *partners[: columns * rows - 1]]
    canvas = Image.new("RGB", (columns * (cell[0] + gap) + gap, rows * (cell[1] + gap) + gap), colour(rng))
    for place, index in enumerate(rng.permutation(len(shown))):
        fitted = ImageOps.fit(shown[index], cell, Image.Resampling.LANCZOS)
        canvas.paste(
            fitted, (gap + place % columns * (cell[0] + gap), gap + place // columns * (cell[1] + gap))
        )
    return canvas


def inset(ground: Picture, small: Picture, rng: np.random.Generator, side: float) -> Picture:
    """Lay a picture, reduced to that part of the other's width, on the other near a corner, with a thin rim."""
    canvas = ground.copy()
    width = round(side * canvas.width)
    shown = ImageOps.expand(
        small.resize((width, round(small.height * width / small.width)), Image.Resampling.LANCZOS), 2, WHITE
    )
    free = (max(0, canvas.width - shown.width), max(0, canvas.height - shown.height))
    corner = rng.integers(0, 2, 2)
    jitter = rng.uniform(0.02, 0.12, 2)
    left, top = (int(f * abs(c - j)) for f, c, j in zip(free, corner, jitter, strict=True))
    canvas.paste(shown, (left, top))
    return canvas


def print_scan(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Print with a raster, lay askew on the glass, scan: perspective, ink curve, soft focus, dust, paper tint."""
    width, height = picture.size
    bends = rng.uniform(-0.012, 0.012, (4, 2)) * strength + np.array(
        [[0.03, 0.03], [-0.03, 0.03], [-0.03, -0.03], [0.03, -0.03]]
    )
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    source, target = corners * (width, height), (corners + bends) * (width, height)
    matrix = cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32))
    laid = cv2.warpPerspective(
        as_floats(picture), matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(236, 234, 228)
    )
    y, x = np.mgrid[:height, :width].astype(np.float32)
    raster = np.sin((x + y) * 2.2) * np.sin((x - y) * 2.2) * 7 * strength
    shade = 1 - 0.06 * strength * np.abs(np.linspace(-1, 1, width) - rng.uniform(-1, 1))
    ink = 255 * (np.clip(laid, 0, 255) / 255) ** (1 + 0.15 * strength) * (1 - 0.08 * strength) + 12 * strength
    scanned = (ink + raster[..., None]) * shade[None, :, None] * np.array([1, 0.985, 0.95])
    soft = cv2.GaussianBlur(scanned.astype(np.float32), (0, 0), 0.5 + 0.4 * strength)
    dusty = (
        soft
        + rng.normal(0, 3 * strength, soft.shape)
        - 90 * (rng.random((height, width, 1)) < 0.0004 * strength)
    )
    return as_picture(dusty)
