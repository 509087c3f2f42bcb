"""Distinct works: regions that do not overlap, cut from the photographs inside the scikit-image and scikit-learn wheels.

Only files that pip installed are opened; nothing is downloaded. A region must show something (skies, shadows and
out-of-focus parts are left out) and must look like no other region in any orientation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from dedupelab.errors import MissingExtraError

Box = tuple[int, int, int, int]
GAP = 6
"""Pixels left out between two regions of one photograph."""
LEAST_DISTANCE = 14
"""Two regions differ in at least this many bits of 64, in every orientation."""
LEAST_DETAIL = 1.35
LEAST_SPREAD = 4.0
GRAIN = 2.2
"""Standard deviation of the film grain of a developed region, in grey levels."""


@dataclass(frozen=True)
class Photograph:
    """One packaged file: what it shows (English, Chinese) and how finely it may be cut.

    `side` is the length, in pixels, of the side of a square that a region has about as much area as; 0 keeps the
    photograph whole. Regions that touch `avoid` are left out.
    """

    file: str
    subject: str
    subject_zh: str
    side: int
    avoid: Box | None = None


PHOTOGRAPHS = (
    # Real faces do not belong beside invented credits: they are left out.
    Photograph(
        "skimage/data/astronaut.png", "Flight suit and models", "太空衣與模型", 98, (165, 40, 300, 215)
    ),
    Photograph("skimage/data/camera.png", "Camera on a tripod", "三腳架上的攝影機", 98, (195, 40, 300, 150)),
    Photograph("skimage/data/chelsea.png", "Resting cat", "休息中的貓", 92),
    Photograph("skimage/data/coffee.png", "Cup on a wooden table", "木桌上的杯子", 92),
    Photograph("skimage/data/coins.png", "Ancient coins", "古代錢幣", 64),
    Photograph("skimage/data/ihc.png", "Stained tissue", "染色組織切片", 98),
    Photograph("skimage/data/moon.png", "Lunar surface", "月球表面", 104),
    Photograph("skimage/data/rocket.jpg", "Launch site at dusk", "黃昏的發射場", 98),
    Photograph("sklearn/datasets/images/china.jpg", "Lakeside pavilion", "湖畔亭閣", 94),
    Photograph("sklearn/datasets/images/flower.jpg", "Dahlia in bloom", "盛放的大麗花", 92),
    Photograph("skimage/data/hubble_deep_field.jpg", "Deep sky field", "深空星野", 128),
    Photograph("skimage/data/retina.jpg", "Vessels of the eye", "眼底血管", 150),
    Photograph("skimage/data/brick.png", "Brick wall", "磚牆", 0),
    Photograph("skimage/data/grass.png", "Meadow from above", "草地俯視", 0),
    Photograph("skimage/data/gravel.png", "Gravel path", "碎石路", 0),
    Photograph("skimage/data/page.png", "Printed page", "印刷書頁", 0),
    Photograph("skimage/data/text.png", "Handwritten formulae", "手寫算式", 0),
    Photograph("skimage/data/clock_motion.png", "Clock in passing", "掠過的時鐘", 0),
    Photograph("skimage/data/cell.png", "Cells under the microscope", "顯微鏡下的細胞", 0),
    Photograph("skimage/data/color.png", "Colour wheel", "色輪", 0),
    Photograph("skimage/data/horse.png", "Silhouette of a horse", "馬的剪影", 0),
    Photograph("skimage/data/logo.png", "Painted snake", "彩繪的蛇", 0),
)
STEREO = ("skimage/data/motorcycle_left.png", "skimage/data/motorcycle_right.png")


@dataclass(frozen=True)
class Region:
    """A part of a photograph that makes one work: `number` counts the regions of the same photograph from 1."""

    photograph: Photograph
    box: Box
    number: int


def open_packaged(file: str) -> Image.Image:
    """Open a picture inside an installed wheel as mode L or RGB, transparency laid on white.

    Raises
    ------
    MissingExtraError
        If the package that carries the file is not installed.
    """
    package, _, inside = file.partition("/")
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise MissingExtraError.for_extra(
            {"skimage": "scikit-image", "sklearn": "scikit-learn"}[package], "sample"
        )
    with Image.open(Path(spec.origin).parent / inside) as image:
        if image.mode == "RGBA":
            ground = Image.new("RGBA", image.size, "white")
            return Image.alpha_composite(ground, image).convert("RGB")
        return image.convert("L" if image.mode == "L" else "RGB")


def cut_regions(rng: np.random.Generator) -> list[Region]:
    """Return every region that is rich enough and unlike all others, in the order of `PHOTOGRAPHS`."""
    kept: list[Region] = []
    hashes: list[np.ndarray[tuple[int, int], np.dtype[np.bool_]]] = []
    for photograph in PHOTOGRAPHS:
        whole = open_packaged(photograph.file)
        number = 0
        for box in _divide((0, 0, *whole.size), photograph.side, rng):
            picture = whole.crop(box)
            if photograph.side and (_overlap(box, photograph.avoid) or not is_rich(picture)):
                continue
            forms = _forms(picture)
            if any(int((forms ^ other[:1]).sum(axis=1).min()) < LEAST_DISTANCE for other in hashes):
                continue
            number += 1
            kept.append(Region(photograph, box, number))
            hashes.append(forms)
    return kept


def is_rich(picture: Image.Image) -> bool:
    """Whether a region shows enough to be a work of its own: tones spread, and detail once contrast is stretched."""
    gray = np.asarray(picture.convert("L").resize((64, 64), Image.Resampling.BOX), dtype=np.float64)
    coarse = gray.reshape(16, 4, 16, 4).mean(axis=(1, 3))
    if coarse.std() < LEAST_SPREAD:
        return False
    gray = gray * gain(picture)
    steps = np.abs(np.diff(gray, axis=0)).sum() + np.abs(np.diff(gray, axis=1)).sum()
    # The sum that PDQ takes as a picture's quality; skies and parts out of focus stay below it even when stretched.
    if steps / 255 / 90 < LEAST_DETAIL:
        return False
    blocks = gray.reshape(8, 8, 8, 8).transpose(0, 2, 1, 3).reshape(64, 64).std(axis=1)
    return bool((blocks > 6).mean() >= 0.35)


def gain(picture: Image.Image) -> float:
    """Return by how much a flat region's contrast is raised, 1 to 4, as a laboratory prints a thin negative harder."""
    spread = float(np.asarray(picture.convert("L").resize((64, 64), Image.Resampling.BOX)).std())
    return float(np.clip(36 / max(spread, 1e-6), 1.0, 4.0))


def develop(picture: Image.Image, longest: int, rng: np.random.Generator) -> Image.Image:
    """Print a region as a picture of its own: contrast, enlargement to `longest` pixels, sharpening, film grain."""
    factor, long_side = gain(picture), max(picture.size)
    if factor > 1.02:
        picture = _raise_contrast(picture, factor)
    scale = longest / long_side
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    # Sharpened before it is enlarged: the same look at a tenth of the cost.
    picture = picture.filter(ImageFilter.UnsharpMask(radius=1, percent=80, threshold=0))
    picture = picture.resize(size, Image.Resampling.BICUBIC)
    return add_noise(picture, GRAIN, rng)


def add_noise(picture: Image.Image, level: float, rng: np.random.Generator) -> Image.Image:
    """Add gray noise of `level` grey levels standard deviation."""
    noise = (rng.standard_normal((picture.height, picture.width), dtype=np.float32) * level).astype(np.int16)
    pixels = np.asarray(picture, dtype=np.int16)
    noisy = pixels + (noise[..., None] if pixels.ndim == 3 else noise)
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def _raise_contrast(picture: Image.Image, factor: float) -> Image.Image:
    """Stretch luma around its median; colour differences are kept, so that nothing turns garish."""
    luma = picture if picture.mode == "L" else picture.convert("YCbCr").getchannel(0)
    middle = float(np.median(np.asarray(luma)))
    centre = min(middle, 180.0)
    table = [min(255, max(0, round(centre + (level - middle) * factor))) for level in range(256)]
    if picture.mode == "L":
        return picture.point(table)
    _, blue, red = picture.convert("YCbCr").split()
    return Image.merge("YCbCr", (luma.point(table), blue, red)).convert("RGB")


def _divide(box: Box, side: int, rng: np.random.Generator) -> Iterator[Box]:
    """Cut a box in two, again and again, until its parts have about `side` squared pixels."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    if not side or width * height < 1.9 * side * side or max(width, height) < 1.5 * side:
        yield box
        return
    part = rng.uniform(0.4, 0.6)
    if width > height * rng.uniform(0.8, 1.25):
        middle = left + int(width * part)
        first, second = (left, top, middle - GAP // 2, bottom), (middle + GAP // 2, top, right, bottom)
    else:
        middle = top + int(height * part)
        first, second = (left, top, right, middle - GAP // 2), (left, middle + GAP // 2, right, bottom)
    yield from _divide(first, side, rng)
    yield from _divide(second, side, rng)


def _overlap(box: Box, other: Box | None) -> bool:
    if other is None:
        return False
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def _forms(picture: Image.Image) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return pHash in the eight orientations, shape (8, 64); the first row is the picture as it is."""
    import imagehash  # noqa: PLC0415  brings scipy, which `import dedupelab` must not load

    gray = picture.convert("L").resize((64, 64), Image.Resampling.LANCZOS)
    turns = [None, *Image.Transpose]
    forms = [imagehash.phash(gray if turn is None else gray.transpose(turn)).hash.ravel() for turn in turns]
    return np.array(forms, dtype=np.bool_)
