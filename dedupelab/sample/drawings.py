"""Drawn pictures: low-information ones (blanks, gradients, test cards, icons) and different pictures on one template."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont

NAVY, CREAM, RED = (24, 44, 82), (246, 241, 228), (176, 40, 44)
WORDS = (
    "container", "survey", "harbour", "ledger", "paper", "silk", "freight", "pottery", "lantern", "timber",
    "ferry", "archive", "index", "workshop", "quarter", "price", "volume", "export", "repair", "storage",
    "catalogue", "licence", "market", "copper", "textile", "bicycle", "orchard", "kiln",
)  # fmt: skip


def lettering(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return Pillow's own typeface, so that the same letters are drawn everywhere."""
    return ImageFont.load_default(size)


def blank(width: int, height: int, colour: tuple[int, int, int]) -> Image.Image:
    """Return an empty page."""
    return Image.new("RGB", (width, height), colour)


def ramp() -> Image.Image:
    """Return a ramp from black to white, left to right."""
    levels = np.linspace(0, 255, 640).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(np.repeat(levels[None, :], 360, 0)))


def divider() -> Image.Image:
    """Return a page ornament: one line on white."""
    picture = blank(600, 120, (255, 255, 255))
    ImageDraw.Draw(picture).line((75, 60, 525, 60), fill=NAVY, width=3)
    return picture


def colour_bars() -> Image.Image:
    """Return the seven bars of a television test card."""
    bars = (
        (235,) * 3,
        (235, 235, 16),
        (16, 235, 235),
        (16, 235, 16),
        (235, 16, 235),
        (235, 16, 16),
        (16, 16, 235),
    )
    picture = Image.new("RGB", (720, 540))
    draw = ImageDraw.Draw(picture)
    for position, colour in enumerate(bars):
        draw.rectangle((position * 720 // 7, 0, (position + 1) * 720 // 7, 540), fill=colour)
    return picture


def grey_steps() -> Image.Image:
    """Return a step wedge of eleven greys, rising above and falling below."""
    steps = np.repeat(np.linspace(0, 255, 11).astype(np.uint8), 60)
    rows = [steps] * 110 + [steps[::-1]] * 110
    return Image.fromarray(np.ascontiguousarray(np.stack(rows)))


def scanned_blank(rng: np.random.Generator) -> Image.Image:
    """Return an empty sheet as a scanner sees it: paper tone, one soft shade, noise."""
    shade = np.linspace(226, 236, 480)[None, :] + rng.normal(0, 1.2, (640, 480))
    return Image.fromarray(np.clip(shade, 0, 255).astype(np.uint8))


def icon(kind: str) -> Image.Image:
    """Return a flat icon, 256 pixels square: `camera`, `envelope`, `missing` or `arrow`."""
    picture = Image.new("RGB", (256, 256), "white")
    draw = ImageDraw.Draw(picture)
    if kind == "camera":
        draw.rounded_rectangle((40, 88, 216, 204), 18, fill=NAVY)
        draw.rectangle((96, 66, 160, 90), fill=NAVY)
        draw.ellipse((92, 108, 164, 180), fill="white")
    elif kind == "envelope":
        draw.rectangle((36, 76, 220, 188), outline=NAVY, width=10)
        draw.line((36, 76, 128, 144, 220, 76), fill=NAVY, width=10)
    elif kind == "missing":
        draw.rectangle((0, 0, 255, 255), fill=(222, 222, 222))
        draw.text((128, 128), "NO IMAGE", fill=(150, 150, 150), font=lettering(40), anchor="mm")
    else:
        draw.polygon(((60, 60), (200, 128), (60, 196)), fill=RED)
    return picture


def low_information() -> list[tuple[str, Callable[[], Image.Image]]]:
    """Return the title and the drawing of every low-information work; no two are the same picture."""
    noise = np.random.default_rng(7)
    return [
        ("Blank page", lambda: blank(600, 400, (255, 255, 255))),
        ("Black frame", lambda: blank(640, 480, (0, 0, 0))),
        ("Grey card", lambda: blank(500, 500, (119, 119, 119))),
        ("Tall blank page", lambda: blank(420, 594, (255, 255, 255))),
        ("Ramp from left to right", ramp),
        ("Divider", divider),
        ("Colour bars", colour_bars),
        ("Step wedge", grey_steps),
        ("Back of a print, empty", lambda: scanned_blank(noise)),
        ("Camera icon", lambda: icon("camera")),
        ("Envelope icon", lambda: icon("envelope")),
        ("Placeholder", lambda: icon("missing")),
        ("Arrow icon", lambda: icon("arrow")),
    ]


def slide(number: int, rng: np.random.Generator) -> Image.Image:
    """Return a slide of one house layout: the same frame, other words, another chart."""
    picture = Image.new("RGB", (800, 600), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 800, 58), fill=NAVY)
    draw.ellipse((20, 12, 54, 46), fill=CREAM)
    draw.text((70, 29), "TRADEWHARF  market notes", fill="white", font=lettering(22), anchor="lm")
    draw.text((40, 84), f"{number}. {_phrase(rng, 3).title()}", fill=NAVY, font=lettering(44))
    lines = int(rng.integers(3, 7))
    for line in range(lines):
        draw.rectangle((44, 172 + line * 52, 54, 182 + line * 52), fill=RED)
        draw.text(
            (70, 164 + line * 52),
            _phrase(rng, int(rng.integers(2, 5))),
            fill=(40, 40, 40),
            font=lettering(24),
        )
    bars = int(rng.integers(3, 8))
    colour = tuple(int(level) for level in rng.integers(40, 200, 3))
    for bar in range(bars):
        left = 470 + bar * 300 // bars
        height = int(rng.integers(30, 350))
        draw.rectangle((left, 530 - height, left + 240 // bars, 530), fill=(colour[0], colour[1], colour[2]))
    draw.line((460, 530, 780, 530), fill=(40, 40, 40), width=3)
    draw.rectangle((0, 578, 800, 600), fill=CREAM)
    return picture


def postcard(picture: Image.Image, title: str) -> Image.Image:
    """Set a picture into a house frame with logo and caption bar: other pictures carry the same frame."""
    card = Image.new("RGB", (720, 600), CREAM)
    inner = picture.convert("RGB")
    scale = max(640 / inner.width, 440 / inner.height)
    inner = inner.resize(
        (round(inner.width * scale) + 1, round(inner.height * scale) + 1), Image.Resampling.BICUBIC
    )
    left, top = (inner.width - 640) // 2, (inner.height - 440) // 2
    card.paste(inner.crop((left, top, left + 640, top + 440)), (40, 36))
    draw = ImageDraw.Draw(card)
    draw.rectangle((40, 500, 680, 564), fill=NAVY)
    draw.text((120, 532), title, fill="white", font=lettering(24), anchor="lm")
    draw.ellipse((56, 510, 100, 554), fill=CREAM)
    draw.polygon(((66, 544), (78, 520), (90, 544)), fill=RED)
    return card


def _phrase(rng: np.random.Generator, count: int) -> str:
    return " ".join(WORDS[int(position)] for position in rng.integers(0, len(WORDS), count))
