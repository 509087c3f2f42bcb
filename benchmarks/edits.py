"""The kinds of edit: what happens to a picture between two collections, and what must not be taken for it.

An edit is a pure function of a picture, a generator and partner pictures; it returns a picture (which `Edit` saves as
JPEG) or encoded bytes. `EDITS` are copies that a detector should find. `VARIANTS` show the same scene in another exposure
and `REGENERATIONS` are strong non-local restylings: neither may be counted as a duplicate.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from alterations import (
    Encoded,
    collage,
    crop,
    duotone,
    encode,
    gamma,
    hue,
    inset,
    jpeg_twice,
    letterbox,
    levels,
    motion_blur,
    noise,
    palette,
    print_scan,
    reload,
    rotate,
    salt_and_pepper,
    scale,
    temperature,
    vignette,
)
from overlays import (
    BLACK,
    WHITE,
    Picture,
    border,
    caption_bar,
    colour,
    corner_mark,
    instant_print,
    meme_text,
    picture_frame,
    sticker,
    watermark,
)
from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps
from scenes import burst, later, painting, redrawing, resynthesis, viewpoint
from screens import browser_window, phone_screenshot, viewer_window

Function = Callable[[Picture, np.random.Generator, Sequence[Picture]], Picture | Encoded]


@dataclass(frozen=True)
class Edit:
    """One kind of edit: how many partner pictures it shows beside the original, and the function."""

    name: str
    edit_class: str
    function: Function
    partners: int = 0

    def __call__(
        self, picture: Picture, rng: np.random.Generator, partners: Sequence[Picture] = ()
    ) -> Encoded:
        """Return the edited file; what is not encoded yet becomes a JPEG of quality 92."""
        result = self.function(picture, rng, partners)
        return encode(result, "jpg", quality=92) if isinstance(result, Image.Image) else result


def _lift(change: Callable[..., Picture | Encoded], *, seeded: bool = False, **options: object) -> Function:
    """Make a full edit out of a function of the picture alone, or of the picture and the generator."""

    def function(
        picture: Picture, rng: np.random.Generator, _partners: Sequence[Picture]
    ) -> Picture | Encoded:
        return change(picture, rng, **options) if seeded else change(picture, **options)

    return function


def _chain(*functions: Function) -> Function:
    """Apply one edit after another."""

    def function(
        picture: Picture, rng: np.random.Generator, partners: Sequence[Picture]
    ) -> Picture | Encoded:
        result: Picture | Encoded = picture
        for step in functions:
            result = step(result if isinstance(result, Image.Image) else reload(result), rng, partners)
        return result

    return function


def _saturation(picture: Picture, factor: float) -> Picture:
    return ImageEnhance.Color(picture).enhance(factor)


def _gray(picture: Picture) -> Picture:
    return picture.convert("L").convert("RGB")


def _sepia(picture: Picture) -> Picture:
    return ImageOps.colorize(picture.convert("L"), (30, 18, 5), (255, 240, 205))


def _thick(picture: Picture, rng: np.random.Generator) -> Picture:
    return border(picture, (0.2, 0.2), colour(rng, 30, 225))


def _uneven(picture: Picture, rng: np.random.Generator) -> Picture:
    sides = tuple(int(v * min(picture.size)) for v in rng.uniform(0.02, 0.3, 4))
    return ImageOps.expand(picture, sides, colour(rng))


def _guest(picture: Picture, rng: np.random.Generator, partners: Sequence[Picture], side: float) -> Picture:
    return inset(ImageOps.fit(partners[0], (640, 440)), picture, rng, side)


def _host(picture: Picture, rng: np.random.Generator, partners: Sequence[Picture], side: float) -> Picture:
    return inset(picture, partners[0], rng, side)


def _turned(method: Image.Transpose) -> Function:
    return _lift(lambda picture: picture.transpose(method))


def _filtered(kind: ImageFilter.Filter) -> Function:
    return _lift(lambda picture: picture.filter(kind))


_s = partial(_lift, seeded=True)

_jpeg = {q: _lift(encode, suffix="jpg", quality=q) for q in (90, 70, 60, 40, 30, 10)}

_TABLE: dict[str, dict[str, Function | tuple[Function, int]]] = {
    "re-encode": {
        **{f"jpeg-{q}": _jpeg[q] for q in (90, 60, 30, 10)},
        "webp-80": _lift(encode, suffix="webp", quality=80),
        "webp-20": _lift(encode, suffix="webp", quality=20),
        "png": _lift(encode, suffix="png"),
        "gif": _lift(palette),
        "jpeg-twice": _lift(jpeg_twice),
    },
    "resize": {f"resize-{round(100 * f)}": _lift(scale, across=f, down=f) for f in (0.75, 0.5, 0.25, 1.5, 2.0)},
    "aspect": {f"aspect-{round(100 * f)}": _lift(scale, across=f, down=1.0) for f in (0.8, 1.25)},
    "orientation": {
        "rot90": _turned(Image.Transpose.ROTATE_90),
        "rot180": _turned(Image.Transpose.ROTATE_180),
        "rot270": _turned(Image.Transpose.ROTATE_270),
        "flip-lr": _turned(Image.Transpose.FLIP_LEFT_RIGHT),
        "flip-tb": _turned(Image.Transpose.FLIP_TOP_BOTTOM),
        "transpose": _turned(Image.Transpose.TRANSPOSE),
        "transverse": _turned(Image.Transpose.TRANSVERSE),
    },
    "rotation": {
        f"rotate-{d}-{'fill' if fill else 'crop'}": _s(rotate, degrees=d, fill=fill) for d in (1, 2, 5, 10) for fill in (False, True)
    },
    "crop": {
        **{f"crop-{c}-centre": _s(crop, removed=c / 100, centre=True) for c in (5, 10, 20, 30, 50, 70)},
        **{f"crop-{c}-aside": _s(crop, removed=c / 100, centre=False) for c in (10, 20, 30, 50, 70)},
    },
    "border": {
        "thin-white": _lift(border, sides=(0.03, 0.03), fill=WHITE),
        "thin-black": _lift(border, sides=(0.03, 0.03), fill=BLACK),
        "thick-white": _lift(border, sides=(0.2, 0.2), fill=WHITE),
        "thick-black": _lift(border, sides=(0.2, 0.2), fill=BLACK),
        "thick-colour": _s(_thick),
        "uneven-colour": _s(_uneven),
        "letterbox": _lift(letterbox, ratio=1.0),
        "pillarbox": _lift(letterbox, ratio=2.35),
    },
    "frame": {"picture-frame": _s(picture_frame), "instant-print": _s(instant_print)},
    "caption": {
        "caption-below": _s(caption_bar),
        "caption-above": _s(caption_bar, above=True),
        "meme": _s(meme_text),
        "meme-line": _s(meme_text, lines=1),
    },
    "watermark": {
        "watermark-light": _s(watermark, opacity=0.25),
        "watermark-strong": _s(watermark, opacity=0.75),
        "watermark-tiled": _s(watermark, opacity=0.4, tiled=True),
        "watermark-corner": _s(corner_mark),
    },
    "sticker": {"sticker-15": _s(sticker, share=0.15), "sticker-35": _s(sticker, share=0.35)},
    "tone": {
        "gamma-60": _lift(gamma, exponent=0.6),
        "gamma-170": _lift(gamma, exponent=1.7),
        "brighter": _lift(levels, gain=1.0, offset=45),
        "darker": _lift(levels, gain=1.0, offset=-45),
        "contrast-150": _lift(levels, gain=1.5, offset=0),
        "contrast-50": _lift(levels, gain=0.5, offset=0),
        "equalise": _lift(ImageOps.equalize),
        "vignette": _lift(vignette, strength=0.75),
    },
    "recoloured": {"hue": _s(hue)},
    "toned": {
        "saturation-30": _lift(_saturation, factor=0.3),
        "saturation-190": _lift(_saturation, factor=1.9),
        "sepia": _lift(_sepia),
        "grayscale": _lift(_gray),
        "duotone": _s(duotone),
        "warm": _lift(temperature, red=1.2, blue=0.75),
    },
    "inversion": {"invert": _lift(ImageChops.invert), "invert-gray": _lift(lambda picture: ImageChops.invert(_gray(picture)))},
    "blur": {
        "blur-light": _filtered(ImageFilter.GaussianBlur(1.2)),
        "blur-strong": _filtered(ImageFilter.GaussianBlur(3.0)),
        "blur-motion": _s(motion_blur, length=9),
    },
    "noise": {
        "noise-10": _s(noise, sigma=10),
        "noise-25": _s(noise, sigma=25),
        "salt-pepper": _s(salt_and_pepper, share=0.03),
    },
    "sharpen": {
        "sharpen": _filtered(ImageFilter.UnsharpMask(2, 150, 2)),
        "sharpen-strong": _filtered(ImageFilter.UnsharpMask(3, 350, 0)),
    },
    "screenshot": {"phone": _s(phone_screenshot), "browser": _s(browser_window), "viewer": _s(viewer_window)},
    "collage": {
        "collage-2x1": (partial(collage, columns=2, rows=1), 1),
        "collage-1x2": (partial(collage, columns=1, rows=2), 1),
        "collage-2x2": (partial(collage, columns=2, rows=2), 3),
        "collage-3x3": (partial(collage, columns=3, rows=3), 8),
    },
    "picture-in-picture": {
        "inset-45": (partial(_guest, side=0.45), 1),
        "inset-30": (partial(_guest, side=0.3), 1),
        "host-30": (partial(_host, side=0.3), 1),
    },
    "print-scan": {"print-scan": _s(print_scan, strength=1.0), "print-scan-poor": _s(print_scan, strength=2.0)},
    "combination": {
        "crop-caption-gray": _chain(_s(crop, removed=0.2, centre=False), _s(caption_bar), _lift(_gray)),
        "crop-meme-gray": _chain(_s(crop, removed=0.3, centre=False), _s(meme_text), _lift(_gray)),
        "screenshot-jpeg": _chain(_s(phone_screenshot), _jpeg[30]),
        "flip-crop-watermark": _chain(
            _turned(Image.Transpose.FLIP_LEFT_RIGHT), _s(crop, removed=0.2, centre=False), _s(watermark, opacity=0.4)
        ),
        "resize-tone-border": _chain(
            _lift(scale, across=0.6, down=0.6), _lift(gamma, exponent=0.75), _lift(border, sides=(0.08, 0.08), fill=WHITE)
        ),
        "rotate-border-jpeg": _chain(_s(rotate, degrees=3, fill=False), _s(_thick), _jpeg[40]),
        "flip-gray-noise": _chain(_turned(Image.Transpose.FLIP_LEFT_RIGHT), _lift(_gray), _s(noise, sigma=12)),
        "aspect-colour-sticker": _chain(
            _lift(scale, across=1.15, down=1.0), _lift(temperature, red=0.8, blue=1.2), _s(sticker, share=0.12), _jpeg[70]
        ),
    },
}  # fmt: skip


def _kinds(edit_class: str, functions: dict[str, Function | tuple[Function, int]]) -> list[Edit]:
    return [Edit(name, edit_class, *(f if isinstance(f, tuple) else (f,))) for name, f in functions.items()]


EDITS: dict[str, list[Edit]] = {
    edit_class: _kinds(edit_class, functions) for edit_class, functions in _TABLE.items()
}

VARIANTS = _kinds("variant", {"burst": _s(burst), "viewpoint": _s(viewpoint), "later": _s(later)})

REGENERATIONS = _kinds(
    "regeneration", {"painting": _s(painting), "redrawing": _s(redrawing), "resynthesis": _s(resynthesis)}
)
