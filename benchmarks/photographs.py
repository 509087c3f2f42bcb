"""Where the benchmark's photographs come from: a folder, or the wheels of scikit-image, scikit-learn and matplotlib.

The wheels hold some twenty photographs. Their regions that do not overlap count as different works, because no
edit looks beyond the region it starts from.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

SUFFIXES = {".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
LONGEST = 640
"""Larger photographs are reduced to this many pixels: the benchmark is about pictures, not about decoding."""

# Folder inside the wheel, file, columns and rows of regions. Textures (grass, gravel, bricks) stay whole: their regions
# are alike to a human eye too.
PACKAGED = (
    ("skimage", "data/astronaut.png", 2, 2),
    ("skimage", "data/chelsea.png", 2, 1),
    ("skimage", "data/coffee.png", 2, 2),
    ("skimage", "data/motorcycle_left.png", 3, 2),
    ("skimage", "data/rocket.jpg", 2, 2),
    ("skimage", "data/ihc.png", 2, 2),
    ("skimage", "data/hubble_deep_field.jpg", 3, 3),
    ("skimage", "data/retina.jpg", 3, 3),
    ("skimage", "data/camera.png", 2, 2),
    ("skimage", "data/coins.png", 2, 1),
    ("skimage", "data/moon.png", 2, 2),
    ("skimage", "data/brick.png", 1, 1),
    ("skimage", "data/grass.png", 1, 1),
    ("skimage", "data/gravel.png", 1, 1),
    ("sklearn", "datasets/images/china.jpg", 2, 2),
    ("sklearn", "datasets/images/flower.jpg", 2, 2),
    ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg", 2, 2),
)
STEREO = {"motorcycle_left.png": "motorcycle_right.png"}


@dataclass(frozen=True)
class Photograph:
    """One work: its name, its picture and, where the source holds one, the same scene seen from beside."""

    name: str
    picture: Image.Image
    other_view: Image.Image | None = None


def read_photographs(folder: Path | None = None) -> list[Photograph]:
    """Return every distinct photograph of a folder, or of the wheels when no folder is given.

    Raises
    ------
    FileNotFoundError
        If the folder holds no picture.
    """
    if folder is None:
        return [p for wheel, file, columns, rows in PACKAGED for p in _regions(wheel, file, columns, rows)]
    files = sorted(f for f in folder.rglob("*") if f.suffix.lower() in SUFFIXES)
    if not files:
        raise FileNotFoundError(f"expected pictures in {folder}, got none; give a folder of photographs")
    return [
        Photograph(file.relative_to(folder).with_suffix("").as_posix().replace("/", "-"), _open(file))
        for file in files
    ]


def informative(picture: Image.Image) -> bool:
    """Return whether a region shows enough to be a work of its own: spread tones and some edges in most parts."""
    gray = np.asarray(picture.convert("L"), np.float32)
    counts = np.bincount(gray.astype(np.uint8).ravel(), minlength=256) / gray.size
    entropy = -float(np.sum(counts[counts > 0] * np.log2(counts[counts > 0])))
    slope = np.abs(np.diff(gray, axis=0))[:, :-1] + np.abs(np.diff(gray, axis=1))[:-1]
    tiles = [
        float(np.percentile(tile, 90))
        for row in np.array_split(slope, 4)
        for tile in np.array_split(row, 4, axis=1)
    ]
    return entropy > 5.3 and sum(t > 9 for t in tiles) >= 8


def _open(file: Path) -> Image.Image:
    with Image.open(file) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    return picture


def _whole(wheel: str, file: str) -> Image.Image | None:
    """Return a packaged picture at full size, or nothing when the package is not installed."""
    spec = find_spec(wheel)
    if spec is None or spec.origin is None or not (path := Path(spec.origin).parent / file).is_file():
        return None
    with Image.open(path) as opened:
        return opened.convert("RGB")


def _regions(wheel: str, file: str, columns: int, rows: int) -> list[Photograph]:
    whole = _whole(wheel, file)
    if whole is None:
        return []
    name = Path(file).name
    beside = _whole(wheel, str(Path(file).with_name(STEREO[name]))) if name in STEREO else None
    wide, tall = whole.width // columns, whole.height // rows
    found = []
    for row in range(rows):
        for column in range(columns):
            box = (column * wide, row * tall, (column + 1) * wide, (row + 1) * tall)
            region = whole.crop(box)
            if informative(region):
                view = beside.crop(box) if beside else None
                found.append(Photograph(f"{Path(file).stem}-{row}{column}", region, view))
    return found
