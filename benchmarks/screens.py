"""Pictures on screens: as a post in a phone's application, in a browser's article, in a viewer on a desktop."""

import numpy as np
from overlays import WORDS, Picture, colour, fitted, font, phrase
from PIL import Image, ImageDraw


def phone_screenshot(image: Picture, rng: np.random.Generator) -> Picture:
    """Show the picture as a post in a phone's application: status bar, author, picture, buttons, comments."""
    width = int(rng.integers(360, 480))
    height = int(width * rng.uniform(1.85, 2.15))
    dark = bool(rng.random() < 0.5)
    ground, ink = ((18, 18, 20), (235, 235, 235)) if dark else ((255, 255, 255), (25, 25, 25))
    canvas = Image.new("RGB", (width, height), ground)
    draw = ImageDraw.Draw(canvas)
    draw.text((14, 8), f"{rng.integers(0, 24):02d}:{rng.integers(0, 60):02d}", font=font(1, 15), fill=ink)
    for k in range(4):
        draw.rectangle((width - 80 + 9 * k, 22 - 4 * k, width - 75 + 9 * k, 24), fill=ink)
    draw.rounded_rectangle((width - 38, 10, width - 12, 24), 3, outline=ink)
    draw.ellipse((12, 42, 52, 82), fill=colour(rng))
    draw.text((62, 46), phrase(rng, 2).title(), font=font(1, 16), fill=ink)
    draw.text((62, 66), f"{rng.integers(1, 23)} h · {phrase(rng, 1)}", font=font(0, 12), fill=(130,) * 3)
    shown = image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS)
    room = height - 96 - 150
    if shown.height > room:
        shown = image.resize(
            (max(1, round(image.width * room / image.height)), room), Image.Resampling.LANCZOS
        )
    canvas.paste(shown, ((width - shown.width) // 2, 96))
    y = 96 + shown.height + 14
    for k in range(3):
        draw.ellipse((14 + 44 * k, y, 40 + 44 * k, y + 26), outline=ink, width=2)
    draw.text((14, y + 34), f"{rng.integers(12, 9000)} likes", font=font(1, 14), fill=ink)
    y += 58
    while y < height - 60:
        draw.text((14, y), phrase(rng, 5)[: width // 9], font=font(0, 14), fill=ink)
        y += 22
    draw.rectangle((0, height - 48, width, height), fill=(40, 40, 44) if dark else (242, 242, 242))
    for k in range(5):
        draw.rounded_rectangle(
            (width * (k + 0.5) / 5 - 11, height - 36, width * (k + 0.5) / 5 + 11, height - 14),
            5,
            outline=ink,
            width=2,
        )
    return canvas


def browser_window(image: Picture, rng: np.random.Generator) -> Picture:
    """Show the picture in an article: tabs, address bar, headline, columns of text, a side bar."""
    width, height = int(rng.integers(820, 1000)), int(rng.integers(600, 720))
    canvas = Image.new("RGB", (width, height), (255, 255, 255))
    draw = ImageDraw.Draw(canvas)
    draw.rectangle((0, 0, width, 34), fill=colour(rng, 190, 225))
    draw.rounded_rectangle((70, 6, 260, 40), 8, fill=(250,) * 3)
    for k, light in enumerate(((237, 106, 94), (245, 191, 79), (98, 197, 84))):
        draw.ellipse((12 + 18 * k, 12, 24 + 18 * k, 24), fill=light)
    draw.text((82, 12), phrase(rng, 2).title(), font=font(0, 13), fill=(40,) * 3)
    draw.rectangle((0, 34, width, 68), fill=(250,) * 3)
    draw.rounded_rectangle((90, 40, width - 60, 62), 11, fill=(232,) * 3)
    draw.text(
        (104, 43),
        f"https://{rng.choice(WORDS)}.example/{rng.choice(WORDS)}",
        font=font(0, 13),
        fill=(70,) * 3,
    )
    headline = phrase(rng, 5).capitalize()
    left, column = int(0.06 * width), int(rng.uniform(0.5, 0.62) * width)
    draw.text((left, 84), headline, font=font(3, fitted(headline, 3, column, 30)), fill=(10,) * 3)
    draw.text((left, 122), f"By {phrase(rng, 2).title()}", font=font(0, 12), fill=(120,) * 3)
    tall = round(image.height * column / image.width)
    shown = image.resize((column, tall), Image.Resampling.LANCZOS)
    if tall > height - 260:
        shown = image.resize(
            (round(image.width * (height - 260) / image.height), height - 260), Image.Resampling.LANCZOS
        )
    canvas.paste(shown, (left, 146))
    for y in range(146 + shown.height + 14, height - 14, 19):
        draw.text((left, y), phrase(rng, 11)[: column // 8], font=font(2, 13), fill=(40,) * 3)
    side = left + column + 40
    for y in range(100, height - 60, 92):
        draw.rectangle((side, y, side + 90, y + 64), fill=colour(rng, 90, 230))
        draw.text(
            (side + 100, y + 6),
            phrase(rng, 2)[: max(4, (width - side - 110) // 8)],
            font=font(0, 13),
            fill=(30,) * 3,
        )
    return canvas


def viewer_window(image: Picture, rng: np.random.Generator) -> Picture:
    """Show the picture scaled on a desktop: a viewer with tool bar and film strip over a wallpaper."""
    width, height = int(rng.integers(900, 1100)), int(rng.integers(580, 680))
    wall = (
        np.linspace(0, 1, height)[:, None, None] * (np.array(colour(rng)) - (start := np.array(colour(rng))))
        + start
    )
    canvas = Image.fromarray(np.broadcast_to(wall, (height, width, 3)).astype(np.uint8))
    draw = ImageDraw.Draw(canvas)
    x0, y0, x1, y1 = 60, 36, width - 90, height - 70
    draw.rectangle((x0, y0, x1, y1), fill=(44, 44, 48))
    draw.rectangle((x0, y0, x1, y0 + 30), fill=(70, 70, 76))
    draw.text(
        (x0 + 12, y0 + 7),
        f"{rng.choice(WORDS)}_{rng.integers(1000, 9999)}.jpg",
        font=font(0, 14),
        fill=(230,) * 3,
    )
    for k in range(7):
        draw.rounded_rectangle(
            (x0 + 12, y0 + 44 + 40 * k, x0 + 40, y0 + 72 + 40 * k), 5, outline=(190,) * 3, width=2
        )
    room = (x1 - x0 - 90, y1 - y0 - 60)
    scale = min(room[0] / image.width, room[1] / image.height)
    shown = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BICUBIC)
    canvas.paste(shown, (x0 + 65 + (room[0] - shown.width) // 2, y0 + 42))
    draw.rectangle((0, height - 42, width, height), fill=(28, 30, 36))
    for k in range(9):
        draw.rounded_rectangle(
            (20 + 46 * k, height - 36, 50 + 46 * k, height - 6), 6, fill=colour(rng, 60, 220)
        )
    return canvas
