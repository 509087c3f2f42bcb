"""A subject cut out is what a picture shows: neither a frame around others nor compared with the ground it stands on."""

import itertools

import pandas as pd
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from dedupelab.match.templates import suppress_templates
from dedupelab.tables import LINKS

GROUNDS = {"black": (18, 18, 20), "blue": (120, 160, 220), "beige": (236, 226, 205)}


def on(ground: Image.Image, photograph, seed: int, at: tuple[int, int]) -> Image.Image:
    """Lay an oval thing, with its shadow, on a ground."""
    thing = photograph(seed, (300, 300))
    oval = Image.new("L", thing.size, 0)
    ImageDraw.Draw(oval).ellipse((20, 10, 280, 290), fill=255)
    shade = Image.new("L", ground.size, 0)
    shade.paste(oval.point(lambda level: level * 35 // 100), (at[0] + 14, at[1] + 22))
    dark = Image.new("RGB", ground.size, (20, 20, 20))
    laid = Image.composite(dark, ground, shade.filter(ImageFilter.GaussianBlur(14)))
    laid.paste(thing, at, oval.filter(ImageFilter.GaussianBlur(1)))
    return laid


@pytest.fixture(scope="module")
def shop(photograph):
    """One thing where it was photographed, and cut out on three plain grounds."""
    made = {"scene": on(photograph(3, (640, 480)), photograph, 0, (150, 110))}
    plain = {name: Image.new("RGB", (520, 520), colour) for name, colour in GROUNDS.items()}
    return made | {name: on(ground, photograph, 0, (110, 100)) for name, ground in plain.items()}


def test_a_cut_out_is_a_copy_on_any_ground(judged, shop):
    """The scene and three plain grounds: each pair is counted, no version in another colour or template is seen in the four."""
    rows = []
    for left, right in itertools.combinations(sorted(shop), 2):
        found = judged(shop[left], shop[right])
        assert found.relation in LINKS, found.reason
        rows.append(
            (left, right, found.relation, found.score, found.reason, found.left_region, found.right_region)
        )
    names = ["left", "right", "relation", "score", "reason", "left_region", "right_region"]
    table = pd.DataFrame(rows, columns=names).assign(drawn=False)
    assert suppress_templates(table)["relation"].isin(LINKS).all()


def test_the_reason_says_what_was_compared(judged, shop):
    """Of a cut-out and its scene: how much of the scene it is; of two grounds: one subject, and differences are looked for on it."""
    said = judged(shop["scene"], shop["beige"]).reason
    assert said.startswith("cut out: ")
    assert "of left, its middle part, is what right shows on a plain ground" in said
    assert (
        "of right, its middle part, is what left shows on a plain ground"
        in judged(shop["beige"], shop["scene"]).reason
    )
    assert judged(shop["black"], shop["beige"]).reason.startswith("one subject on two plain grounds; ")


def test_other_things_on_one_ground_are_no_copies(judged, photograph, shop):
    """Another thing on the same plain ground, or in the same scene, is not the same subject."""
    other = on(Image.new("RGB", (520, 520), GROUNDS["beige"]), photograph, 7, (110, 100))
    assert judged(shop["beige"], other).relation not in LINKS
    assert judged(shop["scene"], other).relation not in LINKS


def labelled(picture: Image.Image, words: str, ink: str) -> Image.Image:
    """Write a line above a thing and one below it."""
    written = picture.copy()
    draw = ImageDraw.Draw(written)
    for y, text in ((20, "Alder mug"), (462, words)):
        draw.text((30, y), text, fill=ink, font=ImageFont.load_default(28))
    return written


@pytest.mark.parametrize(("ground", "ink"), [("beige", "black"), ("blue", "black"), ("black", "white")])
def test_other_words_on_the_plain_ground_make_another_article(judged, shop, ground, ink):
    """One thing on two plain grounds, or on the same: the size written beside it matters, the same words on both do not."""
    first = labelled(shop["beige"], "Size M, 4.90", "black")
    other = judged(first, labelled(shop[ground], "Size L, 7.50", ink))
    assert other.relation not in LINKS, other.reason
    again = judged(first, labelled(shop[ground], "Size M, 4.90", ink))
    assert again.relation in LINKS, again.reason
