"""What people put around and over pictures: bars, captions, marks, stickers, frames.

Every function is a style drawn from a generator and laid on a picture: equal generators give one template over
different pictures, which is how the edits and the hard negatives share this module.
"""

from functools import cache
from pathlib import Path

import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

Picture = Image.Image
Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)

WORDS = (  # noqa: SIM905  a list of words reads better as text
    "amber anchor arbor atlas autumn basin beacon birch border bridge cabin canal candle canvas carbon castle cedar chapel "
    "cinder circle cloud cobalt copper coral county crater delta desert dome echo ember engine estate fable falcon ferry "
    "field finch flint forest garden glacier granite harbour hazel hollow horizon island ivory jasper juniper kernel lagoon "
    "lantern laurel ledger linen lunar maple marble market meadow mineral mirror morning museum nickel north oasis oak ochre "
    "olive orbit orchard osprey oxide palace paper pebble pepper pier pine planet plaza prairie quarry quartz rapid raven reef "
    "ridge river saddle saffron sage sailor salmon shadow shore silver slate south spruce station stone summit sunset temple "
    "thistle timber topaz tower tunnel umber valley velvet village violet walnut water willow winter yarrow zenith"
).split()
FACES = (
    "DejaVuSans.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSerif.ttf",
    "DejaVuSerif-Bold.ttf",
    "DejaVuSansMono.ttf",
    "STIXGeneral.ttf",
)


@cache
def font(face: int, size: int) -> ImageFont.FreeTypeFont:
    """Return a face that matplotlib's wheel carries, so that every machine draws the same letters."""
    return ImageFont.truetype(
        Path(mpl.get_data_path()) / "fonts" / "ttf" / FACES[face % len(FACES)], max(size, 6)
    )


def phrase(rng: np.random.Generator, words: int) -> str:
    """Return so many random words."""
    return " ".join(rng.choice(WORDS, words))


def colour(rng: np.random.Generator, low: int = 0, high: int = 255) -> Colour:
    """Return a random colour whose channels lie within low..high."""
    red, green, blue = (int(v) for v in rng.integers(low, high + 1, 3))
    return red, green, blue


def centred(
    draw: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    size: int,
    face: int,
    *,
    fill: Colour,
    outline: tuple[int, Colour] = (0, (0, 0, 0)),
) -> None:
    """Write text around a point, `size` pixels high, with an outline of some width and colour."""
    width, ink = outline
    draw.text(at, text, font=font(face, size), anchor="mm", fill=fill, stroke_width=width, stroke_fill=ink)


def fitted(text: str, face: int, width: float, largest: int) -> int:
    """Return the largest size in pixels, at most `largest`, at which the text is no wider than `width`."""
    return max(6, min(largest, int(largest * width / max(font(face, largest).getlength(text), 1.0))))


def border(image: Picture, sides: tuple[float, float], fill: Colour) -> Picture:
    """Add bars of so many parts of the shorter side: left and right, above and below."""
    short = min(image.size)
    return ImageOps.expand(image, (max(1, round(sides[0] * short)), max(1, round(sides[1] * short))), fill)


def caption_bar(image: Picture, rng: np.random.Generator, *, above: bool = False) -> Picture:
    """Add a bar with one or two lines of text below or above."""
    width, height = image.size
    bar = max(14, int(height * rng.uniform(0.12, 0.25)))
    dark = bool(rng.random() < 0.5)
    face, lines = (
        int(rng.integers(len(FACES))),
        [phrase(rng, int(rng.integers(3, 7))) for _ in range(int(rng.integers(1, 3)))],
    )
    canvas = Image.new("RGB", (width, height + bar), (20, 20, 20) if dark else (250, 250, 250))
    canvas.paste(image, (0, bar if above else 0))
    draw = ImageDraw.Draw(canvas)
    top = 0 if above else height
    for k, line in enumerate(lines):
        size = fitted(line, face, 0.94 * width, int(0.6 * bar / len(lines)))
        centred(
            draw,
            (width / 2, top + bar * (k + 1) / (len(lines) + 1)),
            line,
            size,
            face,
            fill=(240, 240, 240) if dark else (15, 15, 15),
        )
    return canvas


def meme_text(image: Picture, rng: np.random.Generator, *, lines: int = 2) -> Picture:
    """Write large outlined capitals over the upper and lower edge."""
    canvas = image.copy()
    width, height = canvas.size
    draw = ImageDraw.Draw(canvas)
    for k in range(lines):
        text = phrase(rng, int(rng.integers(2, 5))).upper()
        size = fitted(text, 1, 0.94 * width, int(0.16 * height))
        at = (width / 2, height * (0.11 if k == 0 else 0.89))
        centred(draw, at, text, size, 1, fill=WHITE, outline=(max(1, size // 12), (0, 0, 0)))
    return canvas


def _stamp(
    size: tuple[int, int], marks: list[tuple[float, float]], text: str, height: int, angle: float
) -> Picture:
    """Return a mask with the text written at every place, turned by the angle."""
    diagonal = int(np.hypot(*size)) + 2
    mask = Image.new("L", (diagonal, diagonal), 0)
    draw = ImageDraw.Draw(mask)
    for x, y in marks:
        draw.text((x * diagonal, y * diagonal), text, font=font(1, height), anchor="mm", fill=255)
    turned = mask.rotate(angle, Image.Resampling.BICUBIC)
    left, top = (diagonal - size[0]) // 2, (diagonal - size[1]) // 2
    return turned.crop((left, top, left + size[0], top + size[1]))


def watermark(image: Picture, rng: np.random.Generator, *, opacity: float, tiled: bool = False) -> Picture:
    """Lay one large or many small half-transparent words over the picture."""
    text = phrase(rng, 1 if tiled else 2).upper()
    angle = float(rng.uniform(15, 45))
    size = int(np.hypot(*image.size))
    if tiled:
        step = float(rng.uniform(0.13, 0.2))
        steps = np.arange(step / 2, 1, step)
        marks = [(float(x + (k % 2) * step / 2), float(y)) for k, y in enumerate(steps) for x in steps]
        mask = _stamp(image.size, marks, text, fitted(text, 1, 0.8 * step * size, size // 12), angle)
    else:
        mask = _stamp(image.size, [(0.5, 0.5)], text, fitted(text, 1, 0.75 * size, size // 5), angle)
    ink = (255, 255, 255) if rng.random() < 0.7 else colour(rng)
    return Image.composite(Image.new("RGB", image.size, ink), image, mask.point(lambda v: round(v * opacity)))


def corner_mark(image: Picture, rng: np.random.Generator) -> Picture:
    """Write an agency's credit into a corner, on a plate."""
    canvas = image.copy()
    width, height = canvas.size
    text = "© " + phrase(rng, 2).title()
    size = fitted(text, 0, 0.4 * width, max(9, height // 16))
    wide, plate = font(0, size).getlength(text) + size, int(1.8 * size)
    left = 0 if rng.random() < 0.5 else width - wide
    top = height - plate if rng.random() < 0.7 else 0
    draw = ImageDraw.Draw(canvas)
    draw.rectangle((left, top, left + wide, top + plate), fill=colour(rng, 0, 90))
    centred(draw, (left + wide / 2, top + plate / 2), text, size, 0, fill=WHITE)
    return canvas


def sticker(image: Picture, rng: np.random.Generator, *, share: float) -> Picture:
    """Cover about that share of the picture's area with one opaque sticker: a disc, a plate or a star."""
    canvas = image.copy()
    width, height = canvas.size
    area = share * width * height
    shape = int(rng.integers(3))
    ink, rim = colour(rng, 60), colour(rng)
    draw = ImageDraw.Draw(canvas)
    if shape == 0:
        # An ellipse of the picture's own proportions, so that 35 % fits.
        half_w, half_h = (np.sqrt(area / np.pi) * np.sqrt(f) for f in (width / height, height / width))
    elif shape == 1:
        half_w, half_h = np.sqrt(area * width / height) / 2, np.sqrt(area * height / width) / 2
    else:
        half_w, half_h = (1.16 * np.sqrt(area / np.pi) * np.sqrt(f) for f in (width / height, height / width))
    x, y = (
        rng.uniform(min(half_w, width / 2), max(width - half_w, width / 2)),
        rng.uniform(min(half_h, height / 2), max(height - half_h, height / 2)),
    )
    line = max(1, int(0.012 * width))
    if shape == 0:
        draw.ellipse((x - half_w, y - half_h, x + half_w, y + half_h), fill=ink, outline=rim, width=line)
    elif shape == 1:
        draw.rounded_rectangle(
            (x - half_w, y - half_h, x + half_w, y + half_h),
            0.2 * min(half_w, half_h),
            fill=ink,
            outline=rim,
            width=line,
        )
    else:
        turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        reach = np.where(np.arange(24) % 2, 0.8, 1.0)
        draw.polygon(
            [
                (x + half_w * r * np.cos(t), y + half_h * r * np.sin(t))
                for t, r in zip(turn, reach, strict=True)
            ],
            fill=ink,
            outline=rim,
        )
    text = phrase(rng, 1).upper()
    centred(draw, (x, y), text, fitted(text, 1, 1.3 * half_w, max(8, int(0.6 * half_h))), 1, fill=rim)
    return canvas


def picture_frame(image: Picture, rng: np.random.Generator) -> Picture:
    """Put the picture into a profiled frame with a mount."""
    mounted = border(image, (0.06, 0.06), colour(rng, 215))
    wood = np.array(colour(rng, 40, 170))
    steps = max(4, int(0.09 * min(image.size)))
    for k in range(steps):
        shade = 0.65 + 0.5 * abs(np.sin(np.pi * k / steps * 1.5))
        red, green, blue = (int(v) for v in np.clip(wood * shade, 0, 255))
        mounted = ImageOps.expand(mounted, 1, (red, green, blue))
    return mounted


def instant_print(image: Picture, rng: np.random.Generator) -> Picture:
    """Return an instant print: white card, broad lower edge with handwriting, a little askew on a table."""
    width, height = image.size
    rim = int(0.06 * min(image.size))
    card = Image.new("RGB", (width + 2 * rim, height + 5 * rim), (248, 246, 240))
    card.paste(image, (rim, rim))
    text = phrase(rng, 3)
    centred(
        ImageDraw.Draw(card),
        (card.width / 2, height + 3 * rim),
        text,
        fitted(text, 5, 0.8 * width, 2 * rim),
        5,
        fill=(40, 40, 90),
    )
    table = colour(rng, 40, 190)
    return card.rotate(float(rng.uniform(-4, 4)), Image.Resampling.BICUBIC, expand=True, fillcolor=table)
