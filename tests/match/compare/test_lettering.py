"""Words on a pale ground make another card; on a photograph they are a caption."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from dedupelab.match.compare.detail import lay
from dedupelab.match.compare.differences import CloserLook
from dedupelab.match.compare.glyphs import otherwise_worded
from dedupelab.match.compare.lettering import OtherWords, faded, letter_height, range_of_agreeing
from dedupelab.publish.paper.fonts import packaged_file

LINKED = {"near-identical", "derivative"}


def card(photograph, inset: int | None, name: str, *, wide: int = 220) -> Image.Image:
    """Return a card: a pale photograph behind, perhaps a portrait, and words."""
    pale = np.asarray(photograph(4, (840, 520)), float) * 0.3 + 160
    sheet = Image.fromarray(pale.clip(0, 255).astype(np.uint8))
    if inset is not None:
        sheet.paste(photograph(inset, (wide, 300)), (40, 140))
    draw = ImageDraw.Draw(sheet)
    draw.text((300, 40), "READER OF THE LIBRARY", fill="black", font=ImageFont.load_default(40))
    draw.text((300, 200), name, fill="#102050", font=ImageFont.load_default(40))
    draw.text(
        (300, 290), f"No {sum(map(ord, name)) * 37 % 9999:04}", fill="black", font=ImageFont.load_default(36)
    )
    return sheet


def marked(picture: Image.Image, word: str, opacity: float) -> Image.Image:
    """Return a picture with one word across it, half transparent."""
    word_on_it = Image.new("L", picture.size)
    draw = ImageDraw.Draw(word_on_it)
    middle = picture.width / 2, picture.height / 2
    draw.text(middle, word, fill=255, font=ImageFont.load_default(picture.width // 5), anchor="mm")
    turned = word_on_it.rotate(30).point(lambda level: round(level * opacity))
    return Image.composite(Image.new("RGB", picture.size, "white"), picture, turned)


def badge(photograph, inset: int, name: str) -> Image.Image:
    """Return a card that stands upright, with a dark bar across its head."""
    pale = np.asarray(photograph(4, (520, 840)), float) * 0.4 + 140
    sheet = Image.fromarray(pale.clip(0, 255).astype(np.uint8))
    sheet.paste((18, 34, 68), (0, 0, 520, 95))
    sheet.paste(photograph(inset, (240, 300)), (140, 120))
    draw = ImageDraw.Draw(sheet)
    for y, text, size, ink in ((50, "STAFF", 46, "white"), (480, name, 40, "black"), (760, f"No {inset}0{inset * 7}", 34, "black")):  # fmt: skip
        draw.text((260, y), text, fill=ink, font=ImageFont.load_default(size), anchor="mm")
    return sheet


def captioned(photograph, text: str) -> Image.Image:
    picture = photograph(3, (640, 460))
    draw = ImageDraw.Draw(picture)
    draw.text(
        (60, 390), text, fill="white", font=ImageFont.load_default(44), stroke_width=3, stroke_fill="black"
    )
    return picture


@pytest.mark.parametrize("insets", [(1, 2), (None, None), (6, 0)])
def test_two_cards_are_not_copies(judged, photograph, insets):
    """Two cards are enough: other people, or other words alone on the same pale photograph, are never counted."""
    one, two = (card(photograph, i, n) for i, n in zip(insets, ("M. Aalto", "P. Quist"), strict=True))
    found = judged(one, two)
    assert found.relation not in LINKED, found.reason


@pytest.mark.parametrize("portrait", [1, 5, 6])
@pytest.mark.parametrize("name", ["P. Quist", "M. Aalta"])
def test_one_portrait_on_two_cards_is_no_copy(judged, photograph, portrait, name):
    """What half of a card shows is its paper: a portrait that both cards have hides no other name beside it."""
    found = judged(card(photograph, portrait, "M. Aalto"), card(photograph, portrait, name))
    assert found.relation not in LINKED, found.reason


MARKED = (7, 16, 21, 31)


def thin(photograph, name: str, number: str) -> Image.Image:
    """Return a card with thin blue letters on a photograph that is faded, not pale."""
    faded = np.asarray(photograph(3, (640, 400)), float) * 0.3 + 130
    sheet = Image.fromarray(faded.clip(0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(sheet)
    draw.text((40, 30), "LIBRARY", fill="black", font=ImageFont.load_default(44))
    font = ImageFont.truetype(str(packaged_file()), 24, index=3)
    draw.text((40, 170), name, fill=(16, 32, 80), font=font)
    draw.text((40, 250), number, fill=(16, 32, 80), font=font)
    return sheet


@pytest.mark.parametrize(("name", "number"), [("李小明", "No. 40317"), ("陳大文", "No. 40817")])
def test_thin_letters_on_a_faded_photograph_are_words(judged, photograph, name, number):
    """Another name, or one figure, in letters a pixel wide makes another card, however much of the photograph shows."""
    first = thin(photograph, "陳大文", "No. 40317")
    found = judged(first, thin(photograph, name, number))
    assert found.relation not in LINKED, found.reason
    again = judged(first, first.resize((512, 320), Image.Resampling.LANCZOS))
    assert again.relation in LINKED, again.reason


def scanned(picture: Image.Image) -> Image.Image:
    """Return a picture a little softer, with noise."""
    noise = np.random.default_rng(1).normal(0, 4, (picture.height, picture.width, 1))
    soft = np.asarray(picture.filter(ImageFilter.GaussianBlur(0.7)))
    return Image.fromarray((soft + noise).clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize("portrait", [None, 5])
@pytest.mark.parametrize(
    ("name", "number"), [("李小明", "No. 59826"), ("陳大文", "No. 40817"), ("李大文", "No. 40317")]
)
def test_hairline_letters_are_told_apart_after_a_scan(judged, photograph, name, number, portrait):
    """A scan takes half their contrast, and lines a pixel wide lie within a pixel of others: another sign or figure makes another card."""
    one, two = (thin(photograph, *words) for words in (("陳大文", "No. 40317"), (name, number)))
    if portrait is not None:
        for sheet in (one, two):
            sheet.paste(photograph(portrait, (150, 190)), (460, 120))
    for copied in (scanned, lambda sheet: sheet.resize((512, 320), Image.Resampling.LANCZOS)):
        found = judged(one, copied(two))
        assert found.relation not in LINKED, found.reason
        again = judged(one, copied(one))
        assert again.relation in LINKED, again.reason


def test_a_photograph_is_no_faded_ground(photograph):
    """Words on a photograph that was faded are told from things on a photograph as it is, at half its contrast, too."""
    assert faded(np.asarray(thin(photograph, "陳大文", "No. 40317").convert("L"))) > 0
    for seed in MARKED:
        picture = np.asarray(photograph(seed, (640, 400)).convert("L"))
        assert faded(picture) == faded((picture * 0.5 + 64).astype(np.uint8)) == 0


def test_a_watermark_over_one_of_two_is_no_other_word(judged, photograph):
    """Bright things in a dark photograph are no words that the watermark took the place of: in turn with it they show nothing."""
    for seed in MARKED:
        picture = photograph(seed, (480, 340))
        for opacity in (0.25, 0.4, 0.75):
            found = judged(picture, marked(picture, "LAUREL", opacity))
            assert found.relation in LINKED, found.reason


def test_a_watermark_across_a_fence_changes_no_letters():
    """Thin dark things before an even sky look like lettering; a dark watermark that crosses them adds to it, but over more than a line."""
    sky = Image.new("L", (480, 320), 205)
    draw = ImageDraw.Draw(sky)
    for x in range(60, 420, 22):
        draw.line((x, 60, x + 20, 260), fill=60, width=6)
    noise = np.random.default_rng(3).normal(0, 2, (320, 480))
    fence = np.asarray(sky.filter(ImageFilter.GaussianBlur(1))) + noise
    one = Image.fromarray(fence.clip(0, 255).astype(np.uint8))
    words = Image.new("L", one.size)
    ImageDraw.Draw(words).text(
        (240, 160), "RIVERSIDE", fill=190, font=ImageFont.load_default(50), anchor="mm"
    )
    two = Image.composite(Image.new("L", one.size, 60), one, words.rotate(25))
    laid = lay(np.asarray(one), np.asarray(two), np.eye(3))
    seen = CloserLook()(laid)
    assert seen.boxes
    assert not OtherWords()(laid, seen)


def test_a_coloured_bar_makes_no_photograph_of_a_card(judged, photograph):
    """The bar across a badge says nothing of how strong letters are against the pale photograph behind them."""
    one, two = badge(photograph, 1, "Mirja Aalto"), badge(photograph, 2, "Paul Quist")
    for left, right in ((one, two), (one, two.resize((364, 588)))):
        found = judged(left, right)
        assert found.relation not in LINKED, found.reason


def test_lines_on_paper_are_no_photograph():
    """Where most of a page is plain, what is not are its letters and lines: they say nothing of how strong letters are against it."""
    page = Image.new("L", (900, 640), 246)
    draw = ImageDraw.Draw(page)
    for k in range(18):
        draw.text(
            (60, 40 + 32 * k),
            f"{k + 1}. What stands on this line is the same on both.",
            fill=20,
            font=ImageFont.load_default(24),
        )
    one, two = np.asarray(page), np.asarray(page)
    laid = lay(one, two, np.eye(3))
    assert range_of_agreeing(laid, CloserLook()(laid))[0] < 20


def test_a_soft_portrait_beside_a_sharp_one_hides_no_words(judged, photograph):
    """How sharp two cards are is read where they agree: a dark portrait out of focus is no reason to look less closely at the names."""
    one, two = card(photograph, 2, "M. Aalto", wide=240), card(photograph, 0, "P. Quist", wide=240)
    soft = two.crop((40, 140, 280, 440)).filter(ImageFilter.GaussianBlur(4))
    two.paste(soft.point(lambda level: level // 2), (40, 140))
    found = judged(one, two)
    assert found.relation not in LINKED, found.reason
    assert "other words" in found.reason


def test_words_count_where_half_a_card_agrees(judged, photograph):
    """Where the portrait fills the plain half of a card, the other half agrees alone: the words on it are other ones nevertheless."""
    cards = []
    for inset, name in ((1, "Carbon Garden"), (2, "Marble Palace")):
        sheet = card(photograph, None, "")
        sheet.paste((190, 196, 192), (0, 0, 360, 520))
        sheet.paste(photograph(inset, (300, 360)), (30, 110))
        draw = ImageDraw.Draw(sheet)
        draw.text((370, 210), name, fill="black", font=ImageFont.load_default(36))
        draw.text(
            (370, 330), f"No. {len(name) * 6983 + inset}", fill="black", font=ImageFont.load_default(32)
        )
        cards.append(sheet)
    found = judged(*cards)
    assert found.relation not in LINKED, found.reason


def test_a_card_stored_again_is_a_copy(judged, photograph):
    """The same card in another file is counted."""
    file = io.BytesIO()
    card(photograph, 1, "M. Aalto").save(file, "JPEG", quality=60)
    assert judged(card(photograph, 1, "M. Aalto"), Image.open(file)).relation in LINKED


def test_another_caption_leaves_a_photograph_what_it_is(judged, photograph):
    """A photograph under another caption is the same photograph, and the reason says where it differs."""
    found = judged(captioned(photograph, "SEEN ON MONDAY"), captioned(photograph, "what a morning"))
    assert found.relation in LINKED, found.reason
    assert "differs at" in found.reason


def test_a_shrunk_field_of_stars_is_a_copy(judged, photograph):
    """Points of light have two tones, as print has, and are no letters too small to read: they come in all heights."""
    stars = photograph(5, (640, 480))
    found = judged(stars, stars.resize((300, 225), Image.Resampling.LANCZOS))
    assert found.relation == "near-identical", found.reason


@pytest.mark.parametrize("size", [12, 24])
def test_letters_are_of_one_height(size):
    """Lines of words have a height, whatever their size; pieces of all heights have none."""
    page, field = (Image.new("L", (900, 700), 250) for _ in range(2))
    draw, scattered = ImageDraw.Draw(page), ImageDraw.Draw(field)
    for line in range(20):
        draw.text(
            (20, 10 + 34 * line),
            "one word after another, line by line",
            fill=20,
            font=ImageFont.load_default(size),
        )
    places = np.random.default_rng(size).integers(0, 640, (300, 3))
    for x, y, side in places.tolist():
        scattered.rectangle((x, y, x + 2 + side % 30, y + 2 + side % 30), fill=20)
    assert size / 4 < letter_height(np.asarray(page)) < size
    assert letter_height(np.asarray(field)) == 0


def test_words_on_a_thing_matter_as_those_beside_it_do():
    """Where two pictures show one thing and nothing else, other words on it tell them apart before the ground is looked at."""

    def words(laid, _seen, *, plain=None):
        return plain is None and laid == "the thing"

    assert otherwise_worded("the thing", None, None, (True, True), words, None)
