"""Things of one make that are not copies: cards, articles in other colours, interfaces, comics, chats, animations, dossiers.

Each recipe takes a generator for the make and one for this thing of it, and photographs to fill it with. Two things of one make share all
that the make gives them, and differ in what they are about.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from alterations import Encoded, as_floats, as_picture
from overlays import Picture, centred, colour, font, phrase
from PIL import Image, ImageDraw, ImageOps

Generator = np.random.Generator


class Photographs:
    """Photographs to fill things with; notes which were taken, and by which generator."""

    def __init__(self, pictures: Sequence[Picture]) -> None:
        self._pictures = pictures
        self.taken: list[tuple[Generator, int]] = []

    def one(self, rng: Generator, size: tuple[int, int]) -> Picture:
        """Take one, cut to a size."""
        number = int(rng.integers(len(self._pictures)))
        self.taken.append((rng, number))
        return ImageOps.fit(self._pictures[number], size, Image.Resampling.LANCZOS)


Thing = Callable[[Generator, Generator, Photographs, int], Picture | Encoded]
PALETTE = 4
"""Colours in which an article is made."""
INK = (20, 20, 26)


def card(make: Generator, own: Generator, photographs: Photographs, _number: int) -> Picture:
    """Return a card: a pale photograph behind, somebody in a window, a name and a number."""
    size = int(make.integers(640, 900)), int(make.integers(400, 560))
    ground = as_picture(
        as_floats(photographs.one(make, size)) * make.uniform(0.2, 0.35) + make.uniform(140, 170)
    )
    window = round(size[0] * make.uniform(0.25, 0.33)), round(size[1] * make.uniform(0.5, 0.7))
    aside = int(make.integers(2)) * (size[0] - window[0] - 80) + 40
    ground.paste(photographs.one(own, window), (aside, round(size[1] * 0.22)))
    draw, face = ImageDraw.Draw(ground), int(make.integers(5))
    left = 60 if aside > 100 else window[0] + 90
    draw.text((left, 30), phrase(make, 2).upper(), font=font(face, 34), fill=INK)
    draw.text((left, round(size[1] * 0.4)), phrase(own, 2).title(), font=font(face + 1, 32), fill=INK)
    draw.text(
        (left, round(size[1] * 0.6)), f"No. {own.integers(10_000, 99_999)}", font=font(face + 1, 28), fill=INK
    )
    return ground


def colour_version(make: Generator, own: Generator, photographs: Photographs, number: int) -> Picture:
    """Return an article before one ground in a colour of its own, of equal brightness, photographed anew."""
    size = (520, 420)
    y, x = np.mgrid[:420, :520].astype(np.float32)
    turn = make.uniform(0, 6, 3)
    radius = 95 + 30 * np.sin(y / 420 * np.pi) + 12 * np.sin(y / make.uniform(18, 40) + turn[0])
    across = (x - 260) / radius
    solid = (np.abs(across) < 1) & (y > 50) & (y < 385)
    light = 0.4 + 0.6 * np.sqrt(np.clip(1 - across**2, 0, 1)) - 0.2 * across
    weave = 1 + 0.07 * np.sin(x / make.uniform(2, 6) + turn[1]) * np.sin(y / make.uniform(2, 6) + turn[2])
    hue = np.zeros((1, 1, 3), np.float32)
    turned = 2 * np.pi * (number % PALETTE) / PALETTE
    hue[0, 0] = 52, 62 * np.cos(turned), 62 * np.sin(turned)
    tint = cv2.cvtColor(hue, cv2.COLOR_LAB2RGB)[0, 0] * 255
    ground = as_floats(photographs.one(make, size)) * 0.5 + 80
    shown = np.where(solid[..., None], (light * weave)[..., None] * tint, ground)
    return as_picture(shown + own.normal(0, 4, shown.shape))


def interface(make: Generator, own: Generator, photographs: Photographs, _number: int) -> Picture:
    """Return a screen of one application with other content: a list, a picture, a table."""
    size = int(make.integers(900, 1200)), int(make.integers(640, 800))
    dark = bool(make.integers(2))
    ground, ink = ((32, 33, 36), (232, 232, 232)) if dark else ((248, 248, 250), (30, 30, 34))
    screen = Image.new("RGB", size, ground)
    draw, face = ImageDraw.Draw(screen), int(make.integers(5))
    draw.rectangle((0, 0, size[0], 48), fill=colour(make))
    draw.text((16, 12), phrase(make, 3).title(), font=font(face, 20), fill=(255, 255, 255))
    for k in range(9):
        draw.text((16, 76 + 44 * k), phrase(make, 2), font=font(face, 16), fill=ink)
    draw.line((220, 48, 220, size[1]), fill=(130, 130, 130))
    if make.integers(2):
        picture = photographs.one(own, (size[0] // 3, size[1] // 3))
        screen.paste(picture, (240, 70))
    for k in range(12):
        y = size[1] // 2 - 20 + 26 * k
        draw.text((240, y), phrase(own, 3), font=font(face, 15), fill=ink)
        draw.text((size[0] - 160, y), f"{own.integers(1, 99_999):,}", font=font(face, 15), fill=ink)
    return screen


def comic(make: Generator, own: Generator, _photographs: Photographs, _number: int) -> Picture:
    """Return a page of panels by one hand: the same figure and places, other words and poses."""
    page = Image.new("RGB", (800, 1100), (255, 255, 255))
    draw = ImageDraw.Draw(page)
    inks, face = [colour(make, 90, 240) for _ in range(4)], int(make.integers(5))
    for row in range(3):
        for column in range(2):
            x, y = 30 + 380 * column, 30 + 355 * row
            draw.rectangle((x, y, x + 360, y + 335), fill=inks[(row + column) % 4], outline=INK, width=4)
            reach = x + int(own.integers(60, 250))
            draw.ellipse((reach, y + 170, reach + 80, y + 250), fill=(245, 220, 190), outline=INK, width=3)
            draw.rectangle((reach + 15, y + 250, reach + 65, y + 332), fill=inks[3], outline=INK, width=3)
            draw.rounded_rectangle(
                (x + 20, y + 16, x + 330, y + 110), 20, fill=(255, 255, 255), outline=INK, width=3
            )
            for line in range(2):
                draw.text((x + 36, y + 28 + 36 * line), phrase(own, 4)[:26], font=font(face, 20), fill=INK)
    return page


def chat(make: Generator, own: Generator, photographs: Photographs, _number: int) -> Picture:
    """Return a conversation before one photograph: other bubbles with other words."""
    screen = as_picture(as_floats(photographs.one(make, (540, 1000))) * 0.6 + 60)
    draw, face, inks = (
        ImageDraw.Draw(screen),
        int(make.integers(5)),
        [colour(make, 180, 255) for _ in range(2)],
    )
    draw.rectangle((0, 0, 540, 64), fill=colour(make, 20, 120))
    draw.text((20, 18), phrase(make, 2).title(), font=font(face, 24), fill=(255, 255, 255))
    y = 90
    while y < 880:
        side, lines = int(own.integers(2)), int(own.integers(1, 4))
        x = 20 + 150 * side
        draw.rounded_rectangle((x, y, x + 350, y + 22 + 30 * lines), 16, fill=inks[side])
        for line in range(lines):
            draw.text((x + 16, y + 10 + 30 * line), phrase(own, 5)[:30], font=font(face, 19), fill=INK)
        y += 42 + 30 * lines
    return screen


def animation(make: Generator, own: Generator, photographs: Photographs, _number: int) -> Encoded:
    """Return an animation that begins as the others of its make do and goes on otherwise."""
    frames = [photographs.one(make, (320, 214)), *(photographs.one(own, (320, 214)) for _ in range(3))]
    with io.BytesIO() as file:
        first, *rest = [frame.quantize(96) for frame in frames]
        first.save(file, "GIF", save_all=True, append_images=rest, duration=200, loop=0)
        return Encoded(file.getvalue(), "gif")


def dossier(make: Generator, own: Generator, photographs: Photographs, _number: int) -> Encoded:
    """Return a file of pages behind one cover."""
    cover = Image.new("RGB", (420, 594), (250, 248, 240))
    centred(ImageDraw.Draw(cover), (210, 200), phrase(make, 2).title(), 30, int(make.integers(5)), fill=INK)
    cover.paste(photographs.one(make, (240, 160)), (90, 300))
    with io.BytesIO() as file:
        pages = [photographs.one(own, (420, 594)) for _ in range(3)]
        cover.save(file, "TIFF", save_all=True, append_images=pages, compression="tiff_deflate")
        return Encoded(file.getvalue(), "tif")


MAKES: dict[str, tuple[Thing, int, int]] = {
    "card": (card, 40, 4),
    "colour version": (colour_version, 40, 4),
    "interface": (interface, 30, 3),
    "comic": (comic, 10, 2),
    "chat": (chat, 10, 2),
    "animation": (animation, 15, 3),
    "dossier": (dossier, 15, 3),
}
"""Of each: the recipe, how many things there are, and how many of one make."""


@dataclass(frozen=True)
class Made:
    """A thing of a make, and the numbers of the photographs in it: those that its make gives it, and its own."""

    recipe: str
    number: int
    make: str
    content: Picture | Encoded
    ground: tuple[int, ...]
    own: tuple[int, ...]


def things(seed: int, pictures: Sequence[Picture]) -> Iterator[Made]:
    """Yield every thing of every make, filled with photographs of `pictures`; equal seeds give equal things."""
    for place, (name, (draw, count, of_one)) in enumerate(MAKES.items()):
        for number in range(count):
            make = np.random.default_rng([seed, 11, place, number // of_one])
            own = np.random.default_rng([seed, 12, place, number])
            photographs = Photographs(pictures)
            content = draw(make, own, photographs, number)
            ground, filled = (
                tuple(k for rng, k in photographs.taken if (rng is make) == given) for given in (True, False)
            )
            yield Made(name, number, f"{name} {number // of_one}", content, ground, filled)
