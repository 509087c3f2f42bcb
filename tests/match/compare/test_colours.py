"""Colours are part of a verdict: a copy says that it is grey or toned, and another hue is never passed over."""

import io

import numpy as np
import pytest
from PIL import Image, ImageOps
from skimage import data

from dedupelab.match.compare.colours import one_covers

LINKED = {"near-identical", "derivative"}
COFFEE, CAT = 3, 2


def stored(picture: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file)


def sepia(picture: Image.Image) -> Image.Image:
    return ImageOps.colorize(picture.convert("L"), "#1a0f04", "#fff2d8")


def warm(picture: Image.Image) -> Image.Image:
    return Image.fromarray(
        np.clip(np.asarray(picture) * np.array([1.15, 1.0, 0.78]), 0, 255).astype(np.uint8)
    )


def opposite(picture: Image.Image) -> Image.Image:
    light, blue, red = picture.convert("YCbCr").split()
    return Image.merge("YCbCr", (light, ImageOps.invert(blue), ImageOps.invert(red))).convert("RGB")


TONED = {
    "stored again": (lambda p: stored(p, 60), "colours agree"),
    "grey": (lambda p: p.convert("L"), "right is grey, the other is in colour"),
    "sepia": (sepia, "right is in one tone, as sepia is, the other in colour"),
    "warm": (warm, "colours toned"),
}


@pytest.mark.parametrize("change", TONED)
@pytest.mark.parametrize("seed", [COFFEE, CAT])
def test_toned_copies_are_counted_and_say_so(judged, photograph, seed, change):
    """Grey, sepia and warm versions of a photograph are its copies, and the reason names what they are."""
    function, said = TONED[change]
    picture = photograph(seed, (480, 340))
    found = judged(picture, function(picture))
    assert found.relation == "near-identical", found.reason
    assert said in found.reason
    other = judged(function(picture), picture)
    assert said.replace("right", "left") in other.reason


def test_two_grey_pictures_say_so(judged, photograph):
    """Of two grey pictures nothing is said but that."""
    grey = photograph(COFFEE, (480, 340)).convert("L")
    assert "; both grey; " in judged(grey, stored(grey, 70)).reason


def test_other_hues_on_one_grain_are_recoloured(judged, photograph):
    """A photograph in opposite hues of equal brightness is a derivative, called recoloured."""
    picture = photograph(COFFEE, (480, 340))
    found = judged(picture, stored(opposite(picture), 85))
    assert found.relation == "derivative", found.reason
    assert found.reason.startswith("recoloured")
    assert "hue differs" in found.reason


def vase(photograph, colour: tuple[int, int, int], grain: int, weave: float = 0.0) -> Image.Image:
    """Return a shaded vase of one colour, perhaps woven, before a photograph, with the grain of its own exposure."""
    y, x = np.mgrid[0:400, 0:520]
    across = (x - 260) / (80 + 40 * np.sin(y / 400 * np.pi))
    light = 0.4 + 0.6 * np.sqrt(np.clip(1 - across**2, 0, 1)) - 0.2 * across
    solid = ((np.abs(across) < 1) & (y > 40) & (y < 370))[..., None]
    ground = np.asarray(photograph(CAT, (520, 400)), float) * 0.5 + 70
    light = light * (1 + weave * np.sin(x / 2.2) * np.sin(y / 2.6))
    shown = np.where(solid, light[..., None] * np.array(colour, float), ground)
    shown = shown + np.random.default_rng(grain).normal(0, 4, shown.shape)
    return Image.fromarray(shown.clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize("weave", [0.0, 0.08])
def test_an_article_in_another_colour_is_a_variant(judged, photograph, weave):
    """Red and blue of one luma and one cloth, each in its own exposure, are two articles; the red one stored again is a copy."""
    red, blue = vase(photograph, (250, 20, 14), 1, weave), vase(photograph, (70, 72, 230), 2, weave)
    found = judged(red, blue)
    assert found.relation == "variant", found.reason
    assert "hue" in found.reason
    assert judged(red, stored(red, 75)).relation == "near-identical"


def jumper(hue: float, weave: int, grain: int) -> Image.Image:
    """Return a knitted thing of one hue in CIELAB before a plain pale ground; `weave` and `grain` say how threads and noise lie."""
    import cv2

    y, x = np.mgrid[0:400, 0:520].astype(np.float32)
    threads = np.random.default_rng(weave).normal(0, 10, x.shape).astype(np.float32)
    solid = (np.abs(x - 260) < 105 + 25 * np.sin(y / 60)) & (y > 40) & (y < 365)
    light = 50 + 7 * np.sin((x - 260) / 40 + y / 100) + cv2.GaussianBlur(threads, (0, 0), 1.2)
    angle = np.radians(hue)
    shown = [
        np.where(solid, thing, ground).astype(np.float32)
        for thing, ground in (
            (light, 84 + 3 * np.sin(x / 250)),
            (38 * np.cos(angle), 1),
            (38 * np.sin(angle), 3),
        )
    ]
    picture = cv2.cvtColor(np.dstack(shown), cv2.COLOR_LAB2RGB) * 255
    picture = picture + np.random.default_rng(grain).normal(0, 2.5, (400, 520, 1))
    return Image.fromarray(picture.clip(0, 255).astype(np.uint8))


def test_an_article_before_a_plain_ground_is_not_toned(judged):
    """Its lightness tells it from the ground, so that a toning by lightness would explain any hue: the grain decides what it is."""
    found = judged(stored(jumper(20, 1, 2), 90), stored(jumper(140, 4, 3), 90))
    assert found.relation not in LINKED | {"unrelated"}, found.reason
    found = judged(stored(jumper(20, 1, 2), 90), stored(jumper(140, 1, 2), 90))
    assert (found.relation, "hue differs" in found.reason) == ("derivative", True), found.reason
    assert "colours agree" in judged(jumper(20, 1, 2), stored(jumper(20, 1, 2), 60)).reason


def bottle(tint: tuple[int, int, int], grain: int, ground: int) -> Image.Image:
    """Return a shaded thing of one colour before a plain ground, with noise of its own."""
    y, x = np.mgrid[:420, :520].astype(float)
    across = (x - 260) / (95 + 30 * np.sin(y / 420 * np.pi))
    solid = (np.abs(across) < 1) & (y > 50) & (y < 385)
    light = 0.4 + 0.6 * np.sqrt(np.clip(1 - across**2, 0, 1)) - 0.2 * across
    weave = 1 + 0.07 * np.sin(x / 3.1) * np.sin(y / 4.3)
    shown = np.where(solid[..., None], (light * weave)[..., None] * np.array(tint), float(ground))
    noisy = shown + np.random.default_rng(grain).normal(0, 4, shown.shape)
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize("ground", [25, 220, 245])
def test_no_white_balance_turns_one_colour_into_another(judged, ground):
    """Before white or black a balance of red, green and blue would show in the thing alone, and explain any colour of it."""
    red, blue = (216, 92, 89), (0, 153, 189)
    found = judged(stored(bottle(red, 1, ground), 85), stored(bottle(blue, 2, ground), 85))
    assert found.relation not in LINKED or "hue differs" in found.reason, found.reason


def test_a_label_as_bright_as_most_of_what_it_covers_is_no_other_version(judged, photograph):
    """A plain label of another hue, as bright as half of what lies below it, covers a place and recolours nothing."""
    picture = photograph(COFFEE, (640, 460))
    across = np.arange(260)
    cloth = np.tile(128 + 24 * np.sin(across / 9) * (across > 140), (180, 1)).astype(np.uint8)
    picture.paste(Image.fromarray(cloth).convert("RGB"), (200, 150))
    covered = picture.copy()
    covered.paste(Image.new("YCbCr", (260, 180), (128, 105, 165)).convert("RGB"), (200, 150))
    found = judged(picture, covered)
    assert found.relation == "derivative", found.reason
    assert "differs at" in found.reason
    assert "recoloured" not in found.reason


@pytest.mark.parametrize("box", [(64, 0, 320, 256), (0, 0, 300, 300)])
def test_a_white_balance_that_clips_bright_skin_recolours_nothing(judged, box):
    """Blue raised to the end of its scale, as in a copy for another screen, is a tone and no other hue."""
    picture = Image.fromarray(data.astronaut()).crop(box)
    cool = (np.asarray(picture) * np.array([0.8, 1.0, 1.2])).clip(0, 255).astype(np.uint8)
    found = judged(picture, stored(Image.fromarray(cool), 70))
    assert found.relation == "near-identical", found.reason
    assert "colours toned" in found.reason


@pytest.mark.parametrize(
    ("left", "top", "degrees", "tint"), [(256, 256, -3, (205, 195, 90)), (256, 0, 3, (60, 170, 200))]
)
def test_a_border_at_the_edges_of_a_turned_copy_recolours_nothing(judged, left, top, degrees, tint):
    """Of a copy turned a little and set in a border, wedges of the border lie on the original: places that differ, in no other hue."""
    picture = Image.fromarray(data.immunohistochemistry()).crop((left, top, left + 256, top + 256))
    turned = picture.rotate(degrees, Image.Resampling.BICUBIC).crop((13, 13, 243, 243))
    found = judged(picture, stored(ImageOps.expand(turned, (40, 30), tint), 40))
    assert found.relation == "derivative", found.reason
    assert "differs at" in found.reason
    assert "recoloured" not in found.reason


@pytest.mark.parametrize("seed", [COFFEE, CAT, 7])
def test_noise_of_single_colours_does_not_colour_a_grey_copy(judged, photograph, seed):
    """A small grey copy with noise in red, green and blue is grey."""
    picture = photograph(seed, (250, 180))
    grey = np.asarray(picture.convert("L").convert("RGB"), float)
    noisy = (grey + np.random.default_rng(seed).normal(0, 14, grey.shape)).clip(0, 255).astype(np.uint8)
    found = judged(picture, stored(Image.fromarray(noisy), 90))
    assert "right is grey, the other is in colour" in found.reason, found.reason


def banded(tint: tuple[int, int, int], exposure: int) -> Image.Image:
    """Return a woven thing with a disc of one colour on it, exposed anew and stored until no noise is left."""
    y, x = np.mgrid[:480, :640].astype(float)
    across = (x - 320) / (100 + 25 * np.sin(y / 480 * np.pi))
    light = 0.45 + 0.5 * np.sqrt(np.clip(1 - across**2, 0, 1)) - 0.15 * across
    light = light * (1 + 0.06 * np.sin(x / 3.4) * np.sin(y / 2.9))
    solid = (np.abs(across) < 1) & (y > 50) & (y < 430)
    disc = (x - 330) ** 2 + (y - 240) ** 2 < 82**2
    body = np.where(disc[..., None], np.array(tint, float), np.array([205.0, 190, 160]))
    shown = np.where((solid | disc)[..., None], light[..., None] * body, 235.0)
    noisy = shown + np.random.default_rng(exposure).normal(0, 4, shown.shape)
    return stored(Image.fromarray(noisy.clip(0, 255).astype(np.uint8)), 75)


def test_a_small_part_in_another_colour_is_another_version_where_its_grain_is(judged):
    """Where compression left no noise, two exposures of one weave share some grain, a recoloured copy more."""
    red, blue = (216, 92, 89), (0, 153, 189)
    found = judged(banded(red, 1), banded(blue, 2))
    assert found.relation == "variant", found.reason
    assert judged(banded(red, 1), stored(banded(red, 1), 60)).relation == "near-identical"


def test_colours_of_grays_are_not_spoken_of(photograph):
    """Where only brightness is at hand, as of sketches, the reason says nothing of colours."""
    from dedupelab.match.compare.verification import AlignedComparison

    grey = np.asarray(photograph(COFFEE, (480, 340)).convert("L"))
    assert "colour" not in AlignedComparison()(grey, grey // 2 + 30).reason


def test_a_sticker_covers_many_colours_with_one_and_an_article_does_not():
    """One colour over many covers them, also where it is as bright as they are; of an article in two colours either picture has one."""
    y, x = np.mgrid[:60, :80]
    many = np.stack([2 * x + 40, 3 * y + 20, 90 + 0 * x], axis=-1).astype(np.uint8)
    mask = (abs(x - 40) < 12) & (abs(y - 30) < 6)
    apart = (abs(x - 40) < 25) & (abs(y - 30) < 20) & ~mask
    violet, red = (
        np.where((mask | apart)[..., None], np.uint8(tone), many) for tone in ([130, 60, 200], [200, 40, 40])
    )
    assert one_covers(many, violet, mask, ~apart)
    assert one_covers(violet, many, mask, ~apart)
    assert not one_covers(red, violet, mask, ~apart)
