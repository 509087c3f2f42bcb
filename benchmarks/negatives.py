"""Hard negatives: different pictures that look alike to a fingerprint.

Three families, each picture different from every other: pictures that hardly show anything (blank, gradients, paper),
graphics of one make (text, slides, forms, charts, codes, logos, maps), and different photographs that share one screenshot,
watermark, meme text, caption bar or border. A link between any two of different works is a false link.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from graphics import DRAWN, Generator
from overlays import Picture, border, caption_bar, colour, corner_mark, meme_text, picture_frame, watermark
from PIL import ImageOps
from screens import browser_window, phone_screenshot, viewer_window


@dataclass(frozen=True)
class Negative:
    """One picture, the recipe it came from and the photograph it shows (its place in the list), if any."""

    picture: Picture
    recipe: str
    number: int
    shows: int | None = None


Shared = Callable[[Picture, Generator], Picture]


def _thick_border(picture: Picture, style: Generator) -> Picture:
    return border(picture, (0.25, 0.25), colour(style))


# Templates laid on different photographs: equal generators draw equal templates.
SHARED: dict[str, Shared] = {
    "shared phone": phone_screenshot,
    "shared browser": browser_window,
    "shared viewer": viewer_window,
    "shared watermark": partial(watermark, opacity=0.85),
    "shared tiled watermark": partial(watermark, opacity=0.6, tiled=True),
    "shared corner mark": corner_mark,
    "shared meme": meme_text,
    "shared caption": caption_bar,
    "shared border": _thick_border,
    "shared frame": picture_frame,
}

PER_TEMPLATE = 12


def negatives(count: int, seed: int, photographs: Sequence[Picture] = ()) -> Iterator[Negative]:
    """Yield about `count` hard negatives, evenly from every recipe, each different from the others.

    Parameters
    ----------
    count
        How many to make; the recipes with photographs are left out when none are given.
    seed
        Equal seeds give equal pictures.
    photographs
        Photographs for the shared templates; one photograph comes at most once under one template.
    """
    recipes = len(DRAWN) + (len(SHARED) if photographs else 0)
    each = -(-count // recipes)
    for place, (name, (draw, run)) in enumerate(DRAWN.items()):
        for number in range(each):
            style = np.random.default_rng([seed, 1, place, number // run if run else number])
            yield Negative(draw(np.random.default_rng([seed, 2, place, number]), style, number), name, number)
    for place, (name, lay) in enumerate(SHARED.items()) if photographs else ():
        order = np.random.default_rng([seed, 3, place]).permutation(len(photographs))
        for number in range(each):
            template, index = divmod(number, min(PER_TEMPLATE, len(photographs)))
            shows = int(order[(number if len(photographs) > number else index) % len(photographs)])
            style = np.random.default_rng([seed, 4, place, template])
            yield Negative(lay(ImageOps.fit(photographs[shows], (480, 320)), style), name, number, shows)
