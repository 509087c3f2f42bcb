"""Pictures that are no photographs: blank sheets, text, slides, forms, charts, codes, logos, maps.

Every recipe takes a generator for the picture and one for its style (the deck, form or shop it belongs to): equal styles
make pictures that differ only in what they say.
"""

from collections.abc import Callable

import numpy as np
from overlays import WORDS, Colour, Picture, centred, colour, fitted, font, phrase
from PIL import Image, ImageDraw, ImageFilter, ImageOps

Generator = np.random.Generator

INK = (25, 25, 30)


def _canvas(size: tuple[int, int], ground: Colour = (255, 255, 255)) -> tuple[Picture, ImageDraw.ImageDraw]:
    canvas = Image.new("RGB", size, ground)
    return canvas, ImageDraw.Draw(canvas)


def _lines(
    draw: ImageDraw.ImageDraw, rng: Generator, box: tuple[int, int, int, int], size: int, face: int
) -> None:
    """Fill a box with running text."""
    for y in range(box[1], box[3] - size, int(1.5 * size)):
        text, room = phrase(rng, 24), box[2] - box[0]
        while font(face, size).getlength(text) > room and " " in text:
            text = text.rsplit(" ", 1)[0]
        draw.text((box[0], y), text, font=font(face, size), fill=INK)


def blank(rng: Generator, _style: Generator, number: int) -> Picture:
    """Return an even ground: near-white, near-black or coloured; no two the same."""
    grounds = ((255 - number, 255 - number, 255 - number // 2), (number, number, number // 2), colour(rng))
    return Image.new("RGB", (400 + 8 * number, 300), grounds[number % 3])


def gradient(rng: Generator, _style: Generator, _number: int) -> Picture:
    """Blend two colours along a line or from a centre."""
    y, x = np.mgrid[0:1:320j, 0:1:480j]
    angle = rng.uniform(0, 2 * np.pi)
    ramp = (
        np.cos(angle) * x + np.sin(angle) * y
        if rng.random() < 0.6
        else np.hypot(x - rng.random(), y - rng.random())
    )
    ramp = ((ramp - ramp.min()) / np.ptp(ramp))[..., None]
    return Image.fromarray(
        ((1 - ramp) * np.array(colour(rng)) + ramp * np.array(colour(rng))).astype(np.uint8)
    )


def paper(rng: Generator, _style: Generator, _number: int) -> Picture:
    """Return an empty sheet: grain, fibres, uneven light, a fold or a stain."""
    light = np.asarray(
        Image.fromarray(rng.uniform(225, 255, (3, 4)).astype(np.uint8)).resize(
            (480, 320), Image.Resampling.BICUBIC
        ),
        float,
    )
    grain = np.clip(light[..., None] * np.array([1, 0.985, 0.94]) + rng.normal(0, 4, (320, 480, 1)), 0, 255)
    sheet = Image.fromarray(grain.astype(np.uint8))
    draw = ImageDraw.Draw(sheet)
    for x, y, turn in zip(
        rng.uniform(0, 480, 60), rng.uniform(0, 320, 60), rng.uniform(0, 7, 60), strict=True
    ):
        draw.line((x, y, x + 9 * np.cos(turn), y + 9 * np.sin(turn)), fill=(214, 208, 196))
    return sheet.filter(ImageFilter.GaussianBlur(0.6))


def text_page(rng: Generator, _style: Generator, number: int) -> Picture:
    """Return a printed page; faces and margins alternate between five layouts."""
    canvas, draw = _canvas((480, 640))
    face, size = (0, 2, 2, 5, 4)[number % 5], (11, 11, 13, 14, 10)[number % 5]
    draw.text((50, 40), phrase(rng, 4).title(), font=font(face, size + 5), fill=INK)
    _lines(draw, rng, (50, 80, 430, 600), size, face)
    return canvas


def slide(rng: Generator, style: Generator, number: int) -> Picture:
    """Return a slide of a deck: logo, title bar, footer and bullets are the deck's, the words are the slide's."""
    canvas, draw = _canvas((640, 360), colour(style, 225))
    bar = colour(style, 0, 120)
    draw.rectangle((0, 0, 640, 62), fill=bar)
    draw.rectangle((0, 336, 640, 360), fill=bar)
    draw.ellipse((570, 8, 616, 54), fill=colour(style, 120))
    draw.text((20, 340), phrase(style, 5).title(), font=font(0, 12), fill=(240, 240, 240))
    draw.text((606, 340), str(number + 2), font=font(0, 12), fill=(240, 240, 240))
    draw.text((24, 16), phrase(rng, 3).title(), font=font(1, 24), fill=(255, 255, 255))
    for k in range(5):
        draw.ellipse((36, 96 + 44 * k, 46, 106 + 44 * k), fill=bar)
        draw.text((60, 90 + 44 * k), phrase(rng, int(rng.integers(3, 7))), font=font(0, 18), fill=INK)
    return canvas


def form(rng: Generator, style: Generator, _number: int) -> Picture:
    """Return one filled-in copy of a printed form: the entries differ, everything else is shared."""
    canvas, draw = _canvas((480, 640))
    centred(draw, (240, 40), phrase(style, 3).upper(), 20, 1, fill=INK)
    for k in range(12):
        y = 80 + 42 * k
        draw.text((40, y), phrase(style, 2).title() + ":", font=font(0, 12), fill=INK)
        draw.rectangle((180, y - 4, 440, y + 22), outline=(90,) * 3)
        draw.text((188, y), phrase(rng, int(rng.integers(1, 4))), font=font(5, 16), fill=(20, 30, 120))
        draw.rectangle((448, y, 460, y + 12), outline=INK, fill=INK if rng.random() < 0.4 else None)
    return canvas


def chart(rng: Generator, style: Generator, number: int) -> Picture:
    """Return bars, a line or a pie of other values on the same axes."""
    canvas, draw = _canvas((560, 400))
    inks = [colour(style, 30, 210) for _ in range(6)]
    centred(draw, (280, 26), phrase(rng, 4).capitalize(), 18, 0, fill=INK)
    values = rng.uniform(0.1, 1, 6)
    if number % 3 == 2:
        ends = np.concatenate([[0], np.cumsum(values / values.sum()) * 360])
        for ink, start, end in zip(inks, ends, ends[1:], strict=False):
            draw.pieslice((140, 70, 420, 350), start, end, fill=ink, outline=(255,) * 3)
        return canvas
    for k in range(6):
        draw.line((70, 70 + 54 * k, 520, 70 + 54 * k), fill=(220, 220, 220))
        draw.text((30, 62 + 54 * k), str(100 - 20 * k), font=font(0, 13), fill=INK)
        draw.text((86 + 75 * k, 350), str(2019 + k), font=font(0, 13), fill=INK)
    tops = 340 - 270 * values
    if number % 3 == 0:
        for k in range(6):
            draw.rectangle((80 + 75 * k, tops[k], 130 + 75 * k, 340), fill=inks[k])
    else:
        draw.line([(105 + 75 * k, tops[k]) for k in range(6)], fill=inks[0], width=4)
    return canvas


def product(rng: Generator, _style: Generator, number: int) -> Picture:
    """Return a lathe-turned object (bottle, vase, lamp) or a carton on white, softly shaded."""
    canvas, draw = _canvas((480, 480))
    ink = np.array(colour(rng, 30, 220))
    if number % 3:
        knots = rng.uniform(30, 130, 7)
        radius = np.interp(np.arange(330), np.linspace(0, 330, 7), knots)
        for y, r in enumerate(radius):
            for x in range(int(-r), int(r)):
                shade = 0.55 + 0.45 * np.sqrt(max(0.0, 1 - ((x + 0.3 * r) / (1.4 * r)) ** 2))
                canvas.putpixel((240 + x, 90 + y), tuple(int(v) for v in ink * shade))
        draw.rectangle((240 - radius[190] * 0.8, 220, 240 + radius[190] * 0.8, 290), fill=colour(rng, 200))
    else:
        wide, tall, deep = (int(v) for v in rng.uniform((120, 140, 40), (200, 280, 90)))
        x, y = 240 - wide // 2 - deep // 2, 400 - tall
        for corners, shade in (
            ([(x, y), (x + wide, y), (x + wide, 400), (x, 400)], 1.0),
            (
                [
                    (x + wide, y),
                    (x + wide + deep, y - deep // 2),
                    (x + wide + deep, 400 - deep // 2),
                    (x + wide, 400),
                ],
                0.7,
            ),
            ([(x, y), (x + deep, y - deep // 2), (x + wide + deep, y - deep // 2), (x + wide, y)], 1.15),
        ):
            draw.polygon(corners, fill=tuple(int(v) for v in np.clip(ink * shade, 0, 255)))
    text = phrase(rng, 1).upper()
    centred(draw, (240, 255), text, fitted(text, 3, 110, 26), 3, fill=INK)
    return canvas.filter(ImageFilter.GaussianBlur(0.7))


def logo(rng: Generator, _style: Generator, _number: int) -> Picture:
    """Return a few simple shapes and a name."""
    canvas, draw = _canvas((400, 300))
    for _ in range(int(rng.integers(1, 4))):
        x, y, r, ink = *rng.uniform((150, 80), (250, 150)), rng.uniform(20, 60), colour(rng, 0, 200)
        shape = int(rng.integers(3))
        if shape == 0:
            draw.ellipse((x - r, y - r, x + r, y + r), fill=ink)
        elif shape == 1:
            draw.rounded_rectangle((x - r, y - r, x + r, y + r), r / 3, fill=ink)
        else:
            draw.regular_polygon((x, y, r), int(rng.integers(3, 7)), float(rng.uniform(0, 90)), fill=ink)
    name = phrase(rng, 1).title()
    centred(draw, (200, 240), name, 40, int(rng.integers(4)), fill=colour(rng, 0, 120))
    return canvas


def matrix_code(rng: Generator, _style: Generator, _number: int) -> Picture:
    """Return a square code with three finder marks, as QR codes have."""
    modules = (rng.random((29, 29)) < 0.5).astype(np.uint8)
    eye = np.pad(np.pad(np.pad(np.ones((3, 3), np.uint8), 1), 1, constant_values=1), ((0, 1), (0, 1)))
    modules[:8, :8], modules[:8, -8:], modules[-8:, :8] = eye, eye[:, ::-1], eye[::-1]
    return ImageOps.expand(
        Image.fromarray(255 * (1 - modules)).resize((348, 348), Image.Resampling.NEAREST), 36, 255
    ).convert("RGB")


def bar_code(rng: Generator, _style: Generator, _number: int) -> Picture:
    """Return bars of one to four units with digits below."""
    canvas, draw = _canvas((420, 260))
    x = 40
    while x < 370:
        wide = 3 * int(rng.integers(1, 4))
        draw.rectangle((x, 30, min(x + wide, 380) - 1, 200), fill=(0, 0, 0))
        x += wide + 3 * int(rng.integers(1, 4))
    centred(draw, (210, 225), "".join(str(d) for d in rng.integers(0, 10, 13)), 26, 4, fill=INK)
    return canvas


def avatar(rng: Generator, _style: Generator, number: int) -> Picture:
    """Return an initial on a disc, a mirrored block pattern or the outline of a head."""
    canvas, draw = _canvas((256, 256), colour(rng, 60, 220))
    if number % 3 == 0:
        centred(draw, (128, 128), str(rng.choice(WORDS))[0].upper(), 140, 0, fill=(255, 255, 255))
    elif number % 3 == 1:
        half = rng.random((5, 3)) < 0.5
        cells = np.concatenate([half, half[:, 1::-1]], 1)
        ink = colour(rng)
        for row, column in np.argwhere(cells):
            draw.rectangle((28 + 40 * column, 28 + 40 * row, 67 + 40 * column, 67 + 40 * row), fill=ink)
    else:
        skin, wear = colour(rng, 120, 240), colour(rng)
        r = rng.uniform(42, 56)
        draw.ellipse((128 - 2 * r, 180, 128 + 2 * r, 380), fill=wear)
        draw.ellipse((128 - r, 110 - 1.2 * r, 128 + r, 110 + 1.2 * r), fill=skin)
        draw.chord((128 - 1.1 * r, 104 - 1.4 * r, 128 + 1.1 * r, 110 + r), 180, 360, fill=colour(rng, 0, 130))
    return canvas


def street_map(rng: Generator, _style: Generator, _number: int) -> Picture:
    """Return a map in one cartographer's colours: water, parks, streets, names."""
    canvas, draw = _canvas((560, 400), (242, 239, 233))
    for ink in ((170, 211, 223), (200, 227, 185), (200, 227, 185)):
        at = rng.uniform((0, 0), (560, 400))
        turn = np.linspace(0, 2 * np.pi, 14, endpoint=False)
        reach = rng.uniform(40, 120, 14)
        draw.polygon(
            [(at[0] + r * np.cos(t), at[1] + r * np.sin(t)) for t, r in zip(turn, reach, strict=True)],
            fill=ink,
        )
    for _ in range(26):
        x, y, turn = rng.uniform(0, 560), rng.uniform(0, 400), rng.choice([0.2, 1.77]) + rng.normal(0, 0.15)
        far = rng.uniform(120, 700)
        ends = (
            x - far * np.cos(turn),
            y - far * np.sin(turn),
            x + far * np.cos(turn),
            y + far * np.sin(turn),
        )
        wide = int(rng.choice([4, 6, 9]))
        draw.line(ends, fill=(205, 200, 190), width=wide + 2)
        draw.line(ends, fill=(255, 255, 255) if wide < 9 else (249, 214, 140), width=wide)
    for _ in range(9):
        draw.text(
            tuple(rng.uniform((0, 0), (480, 380))),
            phrase(rng, 1).title() + " St",
            font=font(0, 12),
            fill=(80, 80, 80),
        )
    return canvas


def skyline(rng: Generator, _style: Generator, _number: int) -> Picture:
    """Return dark towers with lit windows before an evening sky."""
    ramp = np.linspace(0, 1, 320)[:, None, None]
    sky = (1 - ramp) * np.array([30, 40, 90]) + ramp * np.array([240, 150, 90])
    canvas = Image.fromarray(np.broadcast_to(sky, (320, 560, 3)).astype(np.uint8))
    draw = ImageDraw.Draw(canvas)
    x = -10
    while x < 560:
        wide, tall = int(rng.integers(28, 80)), int(rng.integers(60, 240))
        draw.rectangle((x, 320 - tall, x + wide, 320), fill=(24, 24, 34))
        for wx in range(x + 5, x + wide - 6, 9):
            for wy in range(328 - tall, 312, 12):
                if rng.random() < 0.45:
                    draw.rectangle((wx, wy, wx + 4, wy + 5), fill=(250, 220, 130))
        x += wide + int(rng.integers(0, 8))
    return canvas


def spreadsheet(rng: Generator, style: Generator, _number: int) -> Picture:
    """Return a sheet of figures under the same headings."""
    canvas, draw = _canvas((600, 420))
    heads = [phrase(style, 1).title() for _ in range(6)]
    draw.rectangle((0, 0, 600, 28), fill=colour(style, 150, 220))
    for column in range(6):
        draw.text((8 + 100 * column, 6), heads[column], font=font(1, 14), fill=INK)
        draw.line((100 * column, 0, 100 * column, 420), fill=(205, 205, 205))
    for row in range(14):
        draw.line((0, 28 * row + 28, 600, 28 * row + 28), fill=(205, 205, 205))
        for column in range(6):
            text = f"{rng.integers(10, 99999):,}" if column else phrase(style, 1)
            draw.text((8 + 100 * column, 28 * row + 34), text, font=font(0, 13), fill=INK)
    return canvas


def receipt(rng: Generator, style: Generator, _number: int) -> Picture:
    """Return a till receipt of one shop: head and foot shared, goods and sums differ."""
    canvas, draw = _canvas((300, 560), (252, 251, 247))
    centred(draw, (150, 40), phrase(style, 2).upper(), 24, 4, fill=INK)
    centred(draw, (150, 72), f"{style.integers(1, 99)} {phrase(style, 1).title()} Road", 14, 4, fill=INK)
    for k in range(14):
        draw.text((20, 110 + 24 * k), phrase(rng, 1).title(), font=font(4, 14), fill=INK)
        draw.text((230, 110 + 24 * k), f"{rng.uniform(0.5, 60):5.2f}", font=font(4, 14), fill=INK)
    centred(draw, (150, 480), f"TOTAL {rng.uniform(50, 400):.2f}", 20, 4, fill=INK)
    centred(draw, (150, 520), phrase(style, 4), 13, 4, fill=INK)
    return canvas


def quote_card(rng: Generator, style: Generator, _number: int) -> Picture:
    """Return a saying on a coloured card, as accounts post them daily."""
    canvas, draw = _canvas((480, 480), colour(style, 20, 120))
    draw.rectangle((24, 24, 456, 456), outline=(230,) * 3, width=3)
    for k in range(4):
        text = phrase(rng, 3)
        centred(draw, (240, 140 + 60 * k), text, fitted(text, 3, 390, 34), 3, fill=(245, 245, 245))
    centred(draw, (240, 425), "@" + phrase(style, 1), 18, 0, fill=(200, 200, 200))
    return canvas


Drawn = Callable[[Generator, Generator, int], Picture]

# The function, how many pictures of one style (deck, form, shop) there are; None: each stands alone.
DRAWN: dict[str, tuple[Drawn, int | None]] = {
    "blank": (blank, None),
    "gradient": (gradient, None),
    "paper": (paper, None),
    "text page": (text_page, None),
    "slide": (slide, 12),
    "form": (form, 12),
    "chart": (chart, 12),
    "product": (product, None),
    "logo": (logo, None),
    "matrix code": (matrix_code, None),
    "bar code": (bar_code, None),
    "avatar": (avatar, None),
    "map": (street_map, None),
    "skyline": (skyline, None),
    "spreadsheet": (spreadsheet, 12),
    "receipt": (receipt, 12),
    "quote card": (quote_card, 12),
}
