"""Documents of one office that differ in what matters, and copies of them as offices make them.

`DOCUMENTS` draws forms, minutes, invoices, receipts and certificates: the first argument says which page of which office, the second
which of its contents. Two contents of one page differ in a name, a number, a word or the amounts, in nothing else. `COPIES` are what
becomes of a page that is stored again, made smaller, scanned or faxed.
"""

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
from alterations import Encoded, as_floats, as_picture, encode, scale
from overlays import Picture, centred, colour, font, phrase
from PIL import Image, ImageDraw

Generator = np.random.Generator
INK = (20, 20, 26)
NAMES = (
    "M. Wagner",
    "T. Okafor",
    "A. Lindqvist",
    "J. Moreau",
    "S. Tanaka",
    "P. Novak",
    "L. Silva",
    "R. Haddad",
)


def _sheet(
    style: Generator, size: tuple[int, int], ground: tuple[int, int, int] = (255, 255, 255)
) -> tuple[Picture, ImageDraw.ImageDraw, int]:
    sheet = Image.new("RGB", size, ground)
    return sheet, ImageDraw.Draw(sheet), int(style.integers(0, 5))


def _number(content: Generator, digits: int) -> str:
    return "".join(str(d) for d in content.integers(0, 10, digits))


def _filled(
    draw: ImageDraw.ImageDraw, style: Generator, box: tuple[int, int, int, int], size: int, face: int
) -> None:
    """Fill a box with lines of text that every page of the office has."""
    for y in range(box[1], box[3] - size, round(1.45 * size)):
        text = phrase(style, 24)
        while font(face, size).getlength(text) > box[2] - box[0]:
            text = text.rsplit(" ", 1)[0]
        draw.text((box[0], y), text, font=font(face, size), fill=INK)


def form(style: Generator, content: Generator) -> Picture:
    """Return a form; name and number differ."""
    sheet, draw, face = _sheet(style, (1100, 1500))
    draw.text((90, 70), phrase(style, 3).upper(), font=font(face, 40), fill=INK)
    fields = [phrase(style, 1).title() for _ in range(5)]
    shared = [phrase(style, 2) for _ in fields]
    own = {0: str(content.choice(NAMES)), 1: _number(content, 6)}
    for k, field in enumerate(fields):
        y = 190 + 95 * k
        draw.text((90, y), field, font=font(face, 30), fill=INK)
        draw.rectangle((360, y - 12, 1000, y + 50), outline=INK, width=2)
        draw.text((380, y), own.get(k, shared[k]), font=font(face + 1, 30), fill=(40, 40, 60))
    _filled(draw, style, (90, 720, 1010, 1420), int(style.integers(20, 28)), face)
    return sheet


def minutes(style: Generator, content: Generator) -> Picture:
    """Return a page of minutes; one word on it differs."""
    sheet, draw, face = _sheet(style, (1240, 1754))
    size = int(style.integers(22, 30))
    draw.text((100, 90), phrase(style, 4).capitalize(), font=font(face, 42), fill=INK)
    telling, place = int(style.integers(4, 30)), int(style.integers(2, 7))
    for k in range(int(1500 / (1.5 * size))):
        said = phrase(style, 9).split()
        if k == telling:
            said[place] = str(content.choice(["agreed", "refused", "deferred", "withdrawn"]))
        draw.text(
            (100, 190 + round(1.5 * size) * k), " ".join(said)[:64] + ".", font=font(face, size), fill=INK
        )
    return sheet


def invoice(style: Generator, content: Generator) -> Picture:
    """Return an invoice under a coloured head; its number and its amounts differ, or the number alone."""
    sheet, draw, face = _sheet(style, (1000, 1414))
    draw.rectangle((0, 0, 1000, 130), fill=colour(style, 10, 140))
    draw.text((70, 36), phrase(style, 2).upper(), font=font(face, 48), fill=(255, 255, 255))
    draw.text((70, 180), f"No. {_number(content, 5)}", font=font(face, 32), fill=INK)
    goods = [phrase(style, 2) for _ in range(9)]
    same = bool(content.integers(2))
    amounts = style.uniform(3, 900, 9) if same else content.uniform(3, 900, 9)
    for k, (text, amount) in enumerate(zip(goods, amounts, strict=True)):
        y = 300 + 62 * k
        draw.line((70, y - 10, 930, y - 10), fill=(170, 170, 170), width=2)
        draw.text((80, y), text, font=font(face, 26), fill=INK)
        draw.text((800, y), f"{amount:8.2f}", font=font(face, 26), fill=INK)
    _filled(draw, style, (70, 960, 930, 1340), 22, face)
    return sheet


def receipt(style: Generator, content: Generator) -> Picture:
    """Return a receipt on tinted paper; a digit or two of its sum differ."""
    sheet, draw, face = _sheet(style, (900, 640), (255, 252, 240))
    draw.text((60, 40), phrase(style, 3).title(), font=font(face, 40), fill=INK)
    for k in range(4):
        draw.text((60, 140 + 62 * k), phrase(style, 6), font=font(face, 30), fill=INK)
    draw.text(
        (60, 410),
        f"the sum of {content.integers(1, 10)},{style.integers(100, 999)} {phrase(style, 1)}",
        font=font(face, 34),
        fill=INK,
    )
    draw.rectangle((20, 15, 880, 620), outline=(160, 50, 50), width=5)
    draw.text((60, 530), phrase(style, 5), font=font(face, 26), fill=INK)
    return sheet


def certificate(style: Generator, content: Generator) -> Picture:
    """Return a certificate with a woven ground and a seal; the name differs."""
    sheet, draw, face = _sheet(style, (1400, 990), (250, 247, 236))
    y, x = np.mgrid[:990, :1400]
    turn, wave = style.uniform(0.02, 0.06, 2), style.uniform(20, 60)
    woven = np.sin(x * turn[0] + wave * np.sin(y * turn[1]) / 9) * np.sin(
        y * turn[0] - wave * np.sin(x * turn[1]) / 9
    )
    tint = np.array(colour(style, 120, 220), float)
    sheet = as_picture(as_floats(sheet) - (np.abs(woven) < 0.12)[..., None] * (255 - tint) * 0.4)
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((36, 36, 1364, 954), outline=colour(style, 20, 120), width=10)
    centred(draw, (700, 180), phrase(style, 2).upper(), 64, face, fill=INK)
    centred(draw, (700, 320), phrase(style, 6), 30, face, fill=INK)
    centred(draw, (700, 450), str(content.choice(NAMES)), 58, face + 1, fill=INK)
    for k in range(4):
        centred(draw, (700, 590 + 52 * k), phrase(style, 7), 28, face, fill=INK)
    draw.ellipse((1080, 740, 1260, 920), fill=colour(style, 60, 200))
    return sheet


DOCUMENTS: dict[str, Callable[[Generator, Generator], Picture]] = {
    "form page": form,
    "minutes": minutes,
    "invoice": invoice,
    "receipt note": receipt,
    "certificate": certificate,
}


def scan(picture: Picture, rng: Generator, degrees: float, noise: float) -> Picture:
    """Lay a page a little askew on the glass: tilt, a slow and uneven carriage, soft focus, uneven light, noise."""
    turned = as_floats(
        picture.rotate(degrees * rng.choice((-1, 1)), Image.Resampling.BICUBIC, fillcolor="white")
    )
    height, width = turned.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    bend = (rng.uniform(0.5, 1.5) * np.sin(y / height * rng.uniform(3, 7) + rng.uniform(0, 6))).astype(
        np.float32
    )
    laid = cv2.remap(turned, x + bend * 0.4, y + bend, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    laid = cv2.GaussianBlur(laid, (0, 0), rng.uniform(0.4, 0.8))
    light = 1 - 0.08 * np.abs(x / width - rng.uniform(0, 1))
    return as_picture((laid * 0.92 + 12) * light[..., None] + rng.normal(0, noise, laid.shape))


def scanned(picture: Picture, rng: Generator, degrees: float = 0.4, noise: float = 5) -> Encoded:
    """Return a scan as JPEG."""
    return encode(scan(picture, rng, degrees, noise), "jpg", quality=80)


def faxed(picture: Picture, rng: Generator) -> Encoded:
    """Return a page as a fax machine sends it: black or white, 1,728 dots across, a little askew, with stray dots."""
    gray = picture.convert("L").rotate(rng.uniform(-0.4, 0.4), Image.Resampling.BICUBIC, fillcolor=255)
    gray = gray.resize((1728, round(gray.height * 1728 / gray.width)), Image.Resampling.BICUBIC)
    dots = np.asarray(gray, np.float32) + rng.normal(0, 10, (gray.height, gray.width)) > 128
    dots ^= rng.random(dots.shape) < 0.0005
    return encode(Image.fromarray(dots), "png")


Copy = Callable[[Picture, Generator], Encoded]
COPIES: dict[str, Copy] = {
    "page-jpeg-75": lambda page, _: encode(page, "jpg", quality=75),
    "page-jpeg-40": lambda page, _: encode(page, "jpg", quality=40),
    "page-webp-50": lambda page, _: encode(page, "webp", quality=50),
    "page-80": lambda page, _: encode(scale(page, 0.8, 0.8), "png"),
    "page-60": lambda page, _: encode(scale(page, 0.6, 0.6), "jpg", quality=80),
    "page-gray": lambda page, _: encode(page.convert("L"), "png"),
    "page-scan": scanned,
    "page-scan-tilt": partial(scanned, degrees=1.0, noise=8),
    "page-fax": faxed,
}

PAGES = 7
"""Pages of each kind of document; of each there are two with other contents."""


def pages(seed: int) -> list[tuple[str, str, Picture]]:
    """Return each page twice, filled in differently: its kind, its name, and the picture; equal seeds give equal pages."""
    found = []
    for place, (kind, draw) in enumerate(DOCUMENTS.items()):
        for page in range(PAGES):
            contents: list[Picture] = []
            for number in range(20):
                made = draw(
                    np.random.default_rng([seed, 21, place, page]),
                    np.random.default_rng([seed, 22, place, page, number]),
                )
                if all(np.any(np.asarray(made) != np.asarray(other)) for other in contents):
                    contents.append(made)
                if len(contents) == 2:
                    break
            name = f"{kind.replace(' ', '-')}-{page}"
            found += [(kind, f"{name}-{letter}", made) for letter, made in zip("ab", contents, strict=False)]
    return found
