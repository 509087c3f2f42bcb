"""A page and its fax: under one threshold the same words stand on both; what the fax lost was not compared, which is said."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

LINKED = {"near-identical", "derivative"}
SAID = "compared in black and white, as right is"


def certificate(amount: str = "1,250.00", tint: str = "#d9c8b4") -> Image.Image:
    """Return a page with a pale pattern behind its words, a frame and an amount."""
    y, x = np.mgrid[:990, :1400]
    pattern = np.abs(np.sin(x / 17 + 2 * np.sin(y / 23)) + np.sin(y / 19 + 2 * np.sin(x / 29))) < 0.25
    sheet = Image.new("RGB", (1400, 990), "#fdfaf0")
    sheet.paste(tint, (0, 0), Image.fromarray(pattern))
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((40, 40, 1360, 950), outline="#402030", width=10)
    draw.text((420, 140), "HARBOUR SUPPLIES", fill="black", font=ImageFont.load_default(56))
    for k in range(7):
        words = f"of {k * 7 % 19} coils of rope at {k * 173 % 997} the coil, delivered to berth {k * 5 % 13}"
        draw.text((300, 300 + 60 * k), words, fill="black", font=ImageFont.load_default(34))
    draw.text((300, 780), f"the sum of {amount} was paid", fill="black", font=ImageFont.load_default(40))
    return sheet


def faxed(page: Image.Image) -> Image.Image:
    """Return a page as a fax keeps it: dots, 1,728 across, a little askew, some astray."""
    gray = page.convert("L").rotate(0.3, Image.Resampling.BICUBIC, fillcolor=255)
    gray = gray.resize((1728, round(gray.height * 1728 / gray.width)), Image.Resampling.BICUBIC)
    random = np.random.default_rng(4)
    dots = np.asarray(gray, float) + random.normal(0, 10, (gray.height, gray.width)) > 128
    return Image.fromarray(dots ^ (random.random(dots.shape) < 0.0004)).convert("L")


def test_a_fax_of_a_page_with_tints_is_counted_and_says_how_it_was_compared(judged):
    """The pattern is gone from a fax: the words are there, and the reason says that nothing but black and white was compared."""
    found = judged(certificate(), faxed(certificate()))
    assert found.relation in LINKED, found.reason
    assert SAID in found.reason
    assert SAID.replace("right", "left") in judged(faxed(certificate()), certificate()).reason


@pytest.mark.parametrize("amount", ["7,250.00", "1,350.00"])
def test_a_fax_of_another_certificate_is_not_counted(judged, amount):
    """One figure is enough: the pair stays undecided."""
    found = judged(certificate(), faxed(certificate(amount)))
    assert found.relation not in LINKED, found.reason


def test_two_pages_in_colour_are_not_brought_to_black_and_white(judged):
    """Where neither is two-toned, tints are compared as they are."""
    assert "black and white" not in judged(certificate(), certificate(tint="#a03030")).reason


def letter(date: str) -> Image.Image:
    """Return a plain letter, drawn in black on white, with a date."""
    sheet = Image.new("L", (1000, 1414), "white")
    draw = ImageDraw.Draw(sheet)
    draw.text((80, 70), "HARBOUR TRUST", fill=20, font=ImageFont.load_default(40))
    draw.text((640, 90), date, fill=20, font=ImageFont.load_default(22))
    for k in range(16):
        line = f"{k + 1}. The lease of berth {k * 7 % 19} ends on the day agreed."
        draw.text((80, 260 + 50 * k), line, fill=20, font=ImageFont.load_default(24))
    return sheet


@pytest.mark.parametrize("date", ["17 March 2024", "12 March 2021"])
def test_a_small_place_that_stands_out_is_nothing_that_a_fax_lost(judged, date):
    """A page drawn in two tones is no fax: what its smaller copy shows otherwise in one place alone is another figure."""
    small = letter(date).resize((600, 848), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    small.save(file, "JPEG", quality=75)
    found = judged(letter("12 March 2024"), Image.open(file))
    assert found.relation not in LINKED, found.reason
