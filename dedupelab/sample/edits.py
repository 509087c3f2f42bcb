"""What people do to pictures before they file them again: each edit takes a picture and gives another.

`NEAR` leaves the whole picture in view (relation near-identical), `DERIVED` does not or adds to it (derivative).
Every edit draws its strength from the generator it is given.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from dedupelab.sample.drawings import CREAM, NAVY, lettering

Edit = Callable[[Image.Image, np.random.Generator], Image.Image]


def resize(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Change the size to 0.5 to 1.5 of what it was."""
    factor = float(rng.choice([0.5, 0.6, 0.75, 0.85, 1.25, 1.5]))
    size = (max(160, round(picture.width * factor)), round(picture.height * factor))
    return picture.resize(
        (size[0], max(1, round(size[0] * picture.height / picture.width))), Image.Resampling.LANCZOS
    )


def recolour(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Change tone, contrast and, where there is colour, saturation and white balance."""
    gamma = float(rng.choice([0.78, 0.88, 1.14, 1.28]))
    contrast = float(rng.uniform(0.85, 1.2))
    levels = [
        min(255, max(0, round(((level / 255) ** gamma * 255 - 128) * contrast + 128))) for level in range(256)
    ]
    toned = picture.point(levels * len(picture.getbands()))
    if picture.mode != "RGB":
        return toned
    warm = float(rng.uniform(-0.08, 0.08))
    balance = [
        min(255, round(level * factor)) for factor in (1 + warm, 1.0, 1 - warm) for level in range(256)
    ]
    return ImageEnhance.Color(toned.point(balance)).enhance(float(rng.choice([0.6, 0.75, 1.3, 1.5])))


def to_grayscale(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Drop the colours; half of the time in a file that still has three channels."""
    gray = picture.convert("L")
    return gray.convert("RGB") if rng.random() < 0.5 else gray


def retouch(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Smooth three small spots, as dust and blemishes are removed."""
    result = picture.copy()
    radius = max(4, min(picture.size) // 22)
    for _ in range(3):
        x = int(rng.integers(radius, picture.width - radius))
        y = int(rng.integers(radius, picture.height - radius))
        box = (x - radius, y - radius, x + radius, y + radius)
        spot = Image.new("L", (2 * radius, 2 * radius))
        ImageDraw.Draw(spot).ellipse((0, 0, 2 * radius - 1, 2 * radius - 1), fill=230)
        healed = picture.crop(box).filter(ImageFilter.GaussianBlur(radius / 2))
        result.paste(healed, box, spot.filter(ImageFilter.GaussianBlur(1.5)))
    return result


def crop(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Keep 70 to 95 per cent of the area."""
    side = float(np.sqrt(rng.uniform(0.70, 0.95)))
    width, height = round(picture.width * side), round(picture.height * side)
    left = int(rng.integers(0, picture.width - width + 1))
    top = int(rng.integers(0, picture.height - height + 1))
    return picture.crop((left, top, left + width, top + height))


def caption(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Add a bar with a line of text below the picture."""
    bar = max(22, round(picture.height * float(rng.uniform(0.09, 0.15))))
    ground, ink = ((NAVY, "white"), ("white", "black"), ("black", "white"))[int(rng.integers(3))]
    result = Image.new("RGB", (picture.width, picture.height + bar), ground)
    result.paste(picture.convert("RGB"), (0, 0))
    text = ("Neg. {} - courtesy of the collection", "File picture {}", "Plate {} reproduced with permission")
    line = text[int(rng.integers(len(text)))].format(int(rng.integers(100, 9999)))
    size = max(10, min(bar // 2, picture.width // 20))
    ImageDraw.Draw(result).text(
        (bar // 3, picture.height + bar // 2), line, fill=ink, font=lettering(size), anchor="lm"
    )
    return result


def watermark(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Lay a half-transparent mark over the picture: repeated on the slant, or once in a corner."""
    ground = picture.convert("RGB")
    text = ("BRIGHTQUAY", "TRADEWHARF", "PREVIEW", "SAMPLE COPY")[int(rng.integers(4))]
    sheet = Image.new("L", ground.size)
    draw = ImageDraw.Draw(sheet)
    size = max(14, ground.width // 14)
    if rng.random() < 0.6:
        for row, y in enumerate(range(0, ground.height, size * 4)):
            for x in range(-(row % 2) * size * 4, ground.width, size * 9):
                draw.text((x, y), text, fill=105, font=lettering(size))
        sheet = sheet.rotate(18, resample=Image.Resampling.BILINEAR)
    else:
        draw.text(
            (ground.width - size, ground.height - size), text, fill=190, font=lettering(size), anchor="rs"
        )
    ground.paste(Image.new("RGB", ground.size, "white"), (0, 0), sheet)
    return ground


def border(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Add an even border of 3 to 9 per cent, sometimes with a thin inner line."""
    edge = max(6, round(max(picture.size) * float(rng.uniform(0.03, 0.09))))
    colour: str | tuple[int, int, int] = ("white", "black", CREAM)[int(rng.integers(3))]
    result = Image.new("RGB", (picture.width + 2 * edge, picture.height + 2 * edge), colour)
    result.paste(picture.convert("RGB"), (edge, edge))
    if rng.random() < 0.4:
        inner = (edge - 3, edge - 3, edge + picture.width + 2, edge + picture.height + 2)
        ImageDraw.Draw(result).rectangle(inner, outline=(128, 128, 128))
    return result


def flip(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Mirror the picture, nearly always left to right."""
    upright = rng.random() < 0.8
    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT if upright else Image.Transpose.FLIP_TOP_BOTTOM)


def rotate(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Turn the pixels by a quarter."""
    return picture.transpose(Image.Transpose.ROTATE_90 if rng.random() < 0.5 else Image.Transpose.ROTATE_270)


def frame(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Show the picture in a browser window, as a screenshot does."""
    margin, bar = picture.width // 12, 44
    below = 70
    page = Image.new("RGB", (picture.width + 2 * margin, picture.height + bar + 20 + below), "white")
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, page.width, bar), fill=(225, 228, 232))
    for position, colour in enumerate(((236, 96, 86), (244, 190, 70), (98, 196, 84))):
        draw.ellipse((12 + position * 20, 16, 24 + position * 20, 28), fill=colour)
    draw.rounded_rectangle((84, 10, page.width - 16, 34), 12, fill="white")
    draw.text(
        (96, 22),
        f"pictures.example/item/{int(rng.integers(1000, 9999))}",
        fill=(90, 90, 90),
        font=lettering(12),
        anchor="lm",
    )
    page.paste(picture.convert("RGB"), (margin, bar + 20))
    for line in range(3):
        y = bar + 20 + picture.height + 14 + line * 18
        draw.rectangle(
            (margin, y, margin + int(picture.width * rng.uniform(0.5, 1.0)), y + 7), fill=(200, 200, 205)
        )
    return page


def combine(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Crop, change the tone, then add a caption, a border or a mark."""
    result = recolour(crop(picture, rng), rng)
    return (caption, border, watermark)[int(rng.integers(3))](result, rng)


def keep(picture: Image.Image, rng: np.random.Generator) -> Image.Image:  # noqa: ARG001  every edit has the same shape
    """Change nothing: the file format does the rest."""
    return picture


NEAR: dict[str, Edit] = {
    "re-encoded": keep,
    "resized": resize,
    "recoloured": recolour,
    "grayscale": to_grayscale,
    "retouched": retouch,
}
DERIVED: dict[str, Edit] = {
    "cropped": crop, "captioned": caption, "watermarked": watermark, "bordered": border, "flipped": flip,
    "rotated": rotate, "framed": frame, "combined": combine,
}  # fmt: skip
EXACT = ("byte-identical", "payload-identical", "pixel-identical")


def relation_of(edit: str) -> str:
    """Return the relation of an edited copy to what it was made from, in the words of `tables.RELATIONS`.

    >>> relation_of("resized"), relation_of("framed")
    ('near-identical', 'derivative')
    """
    if edit in EXACT:
        return edit
    return "near-identical" if edit in NEAR else "derivative"
