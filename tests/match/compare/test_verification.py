"""The relation of a pair: copies of every kind are linked, look-alikes never."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageOps
from skimage import data

from dedupelab import tables
from dedupelab.match.compare.differences import Differences
from dedupelab.match.compare.entropy import printed
from dedupelab.match.compare.verdicts import INVERSE, swapped
from dedupelab.match.compare.verification import AlignedComparison

LINKED = {"near-identical", "derivative"}
verify = AlignedComparison()


def gray(picture, longest=512):
    picture = (
        picture
        if picture.ndim == 2
        else cv2.cvtColor(np.ascontiguousarray(picture[..., :3]), cv2.COLOR_RGB2GRAY)
    )
    zoom = min(1.0, longest / max(picture.shape))
    return cv2.resize(picture, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA) if zoom < 1 else picture


PHOTOGRAPHS = {
    "coffee": gray(data.coffee()),
    "cat": gray(data.chelsea()),
    "camera": gray(data.camera()),
    "astronaut": gray(data.astronaut()),
}


def jpeg(picture, quality):
    return cv2.imdecode(
        cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_GRAYSCALE
    )


def noisy(picture, sigma):
    return np.clip(picture + np.random.default_rng(0).normal(0, sigma, picture.shape), 0, 255).astype(
        np.uint8
    )


def written(picture, text, at, size=1.0, ink=255):
    canvas = picture.copy()
    cv2.putText(canvas, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, ink, max(1, round(2 * size)), cv2.LINE_AA)
    return canvas


def framed(picture):
    """Return a screenshot: bars, labels and lines of text around the picture."""
    canvas = np.full((picture.shape[0] + 240, picture.shape[1] + 80), 245, np.uint8)
    canvas[:60] = 60
    canvas = written(canvas, "Gallery  Share  Comments", (20, 40), 1.0)
    canvas[80 : 80 + picture.shape[0], 40 : 40 + picture.shape[1]] = picture
    for k in range(5):
        canvas = written(
            canvas,
            f"line {k} says the very same thing every time",
            (40, picture.shape[0] + 110 + 25 * k),
            0.6,
            20,
        )
    return canvas


def meme(picture):
    return written(
        written(picture, "ONE DOES NOT SIMPLY", (20, 60), 1.3),
        "COPY A PICTURE",
        (40, picture.shape[0] - 20),
        1.3,
    )


def posted(picture):
    """Return a page of comments in shades of gray with the picture small in its middle: most of it is the page."""
    canvas = np.tile(np.linspace(150, 250, 480).astype(np.uint8), (760, 1))
    for k in range(30):
        canvas = written(
            canvas, f"{k * 7919 % 97} people say this of it", (10 + 3 * k, 24 + 25 * k), 0.8, 7 * k
        )
    small = cv2.resize(picture, (400, 210), interpolation=cv2.INTER_AREA)
    canvas[280:490, 40:440] = small
    return canvas


def stickered(picture):
    canvas = picture.copy()
    cv2.ellipse(canvas, (picture.shape[1] // 2, picture.shape[0] // 3), (120, 70), 0, 0, 360, 230, -1)
    return canvas


def collage(picture):
    height, width = picture.shape
    cells = [
        cv2.resize(p, (width, height), interpolation=cv2.INTER_AREA)
        for p in (data.moon(), picture, data.coins(), data.brick())
    ]
    return gray(np.vstack([np.hstack(cells[:2]), np.hstack(cells[2:])]))


def print_scan(picture):
    height, width = picture.shape
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    laid = frame + np.array([[12, 9], [-10, 4], [-6, -11], [5, -7]], np.float32)
    laid = cv2.warpPerspective(
        picture, cv2.getPerspectiveTransform(frame, laid), (width, height), borderValue=235
    )
    return noisy(np.clip(cv2.GaussianBlur(laid, (0, 0), 1.0) * 0.85 + 15, 0, 255), 4)


def rotated(picture, degrees):
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=255)


def parted(picture):
    return np.ascontiguousarray(picture[: int(picture.shape[0] * 0.6), int(picture.shape[1] * 0.35) :])


EDITS = {
    "re-encoded": (lambda p: jpeg(p, 30), {"near-identical"}),
    "resized": (
        lambda p: cv2.resize(p, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA),
        {"near-identical"},
    ),
    "stretched": (lambda p: cv2.resize(p, None, fx=0.8, fy=1.0, interpolation=cv2.INTER_AREA), LINKED),
    "darker": (lambda p: (p.astype(float) * 0.6).astype(np.uint8), {"near-identical"}),
    "gamma": (lambda p: (255 * (p / 255.0) ** 1.7).astype(np.uint8), {"near-identical"}),
    "blurred": (lambda p: cv2.GaussianBlur(p, (0, 0), 2.0), LINKED),
    "noisy": (lambda p: noisy(p, 20), LINKED),
    "inverted": (lambda p: 255 - p, {"derivative"}),
    "cropped": (parted, {"derivative"}),
    "rotated": (lambda p: rotated(p, 7), {"derivative"}),
    "bordered": (
        lambda p: cv2.copyMakeBorder(p, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=255),
        {"derivative"},
    ),
    "framed": (framed, {"derivative"}),
    "meme": (meme, {"derivative"}),
    "stickered": (stickered, {"derivative"}),
    "in a collage": (collage, {"derivative"}),
    "printed and scanned": (print_scan, LINKED),
    "cropped, mirrored, written on": (
        lambda p: meme(np.ascontiguousarray(parted(p)[:, ::-1])),
        {"derivative"},
    ),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("name", ["coffee", "astronaut"])
def test_copies_are_linked(name, edit):
    """An edited copy is linked to its original, whichever stands left, and the relation says what kind of copy it is."""
    change, expected = EDITS[edit]
    verdict = verify(PHOTOGRAPHS[name], gray(change(PHOTOGRAPHS[name])))
    assert verdict.relation in expected, verdict
    assert verdict.score > 0.4


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_a_picture_is_itself(name):
    """A picture against itself is near-identical, certain, upright and whole."""
    verdict = verify(PHOTOGRAPHS[name], PHOTOGRAPHS[name].copy())
    assert verdict.relation == "near-identical"
    assert verdict.score == pytest.approx(1, abs=0.01)
    assert verdict.transform == "identity"
    assert np.allclose(verdict.left_region, verdict.right_region, atol=0.01)


@pytest.mark.parametrize("hinted", [True, False])
@pytest.mark.parametrize("number", range(8))
def test_every_turn_is_recovered(number, hinted):
    """Each of the eight transforms is told, with the hint and without; a turned copy is a derivative."""
    picture, transform = PHOTOGRAPHS["coffee"], tables.TRANSFORMS[number]
    turned = np.ascontiguousarray(np.rot90(picture[:, ::-1] if number >= 4 else picture, number % 4))
    verdict = verify(picture, turned, transform if hinted else "identity")
    assert verdict.transform == transform
    assert verdict.relation == ("near-identical" if number == 0 else "derivative")


def test_regions_and_reason_of_a_crop():
    """A crop's regions are where it was cut, and the reason says so with numbers."""
    picture = PHOTOGRAPHS["coffee"]
    height, width = picture.shape
    part = np.ascontiguousarray(picture[: height // 2, : 3 * width // 4][:, ::-1])
    verdict = verify(picture, part)
    assert verdict.left_region == pytest.approx((0, 0, 0.75, 0.5), abs=0.06)
    assert verdict.right_region == pytest.approx((0, 0, 1, 1), abs=0.08)
    assert verdict.reason.startswith(
        "crop or inset: 35% of left, its upper left part, is the whole of right, mirrored"
    )
    assert "blocks agree" in verdict.reason


@pytest.mark.parametrize("edit", ["cropped", "framed", "inverted", "cropped, mirrored, written on"])
def test_swapping_left_and_right(edit):
    """Left and right exchanged give the same relation and score, the regions exchanged and the transform undone."""
    one, two = PHOTOGRAPHS["cat"], gray(EDITS[edit][0](PHOTOGRAPHS["cat"]))
    assert verify(two, one) == swapped(verify(one, two))
    assert swapped(swapped(verify(one, two))) == verify(one, two)


def test_every_transform_has_its_inverse():
    """Undoing twice is doing nothing."""
    assert {INVERSE[INVERSE[name]] == name for name in tables.TRANSFORMS} == {True}


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32 - 1), st.floats(0.6, 6))
def test_noise_is_never_linked(seed, sigma):
    """Two pictures of noise, however coarse its grain, are never linked."""
    grain = np.random.default_rng(seed).normal(0, 1, (2, 240, 320)).astype(np.float32)
    one, two = (
        cv2.normalize(cv2.GaussianBlur(g, (0, 0), sigma), None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
        for g in grain
    )
    assert verify(one, two).relation not in LINKED


@pytest.mark.parametrize("template", [framed, meme, posted, stickered])
def test_other_pictures_on_one_template_are_never_linked(template):
    """Different photographs in one screenshot, under one caption or one sticker are no copies of each other."""
    pictures = [cv2.resize(p, (480, 320), interpolation=cv2.INTER_AREA) for p in PHOTOGRAPHS.values()]
    laid = [template(p) for p in pictures]
    found = {verify(one, two).relation for k, one in enumerate(laid) for two in laid[:k]}
    assert not found & LINKED


def page(seed):
    """Return a form with the same printed lines and other entries."""
    canvas, rng = np.full((512, 400), 255, np.uint8), np.random.default_rng(seed)
    for k in range(12):
        canvas = written(canvas, f"Field number {k}:", (20, 40 + 38 * k), 0.5, 0)
        canvas = written(canvas, "".join(rng.choice(list("abcdefghmnrstz"), 12)), (200, 40 + 38 * k), 0.6, 30)
    return canvas


def test_pages_of_one_form_are_never_linked_but_copies_of_one_page_are():
    """Other entries on a form make another document; the same page saved again is the same."""
    assert verify(page(1), page(2)).relation not in LINKED
    assert verify(page(1), jpeg(page(1), 70)).relation in LINKED


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (np.zeros((300, 400), np.uint8), np.full((300, 400), 255, np.uint8)),
        (np.zeros((100, 200), np.uint8), np.zeros((200, 100), np.uint8)),
        (
            np.tile(np.arange(256, dtype=np.uint8), (200, 1)),
            np.tile(np.arange(255, -1, -1, dtype=np.uint8), (200, 1)),
        ),
        (np.zeros((1, 1), np.uint8), np.zeros((512, 3), np.uint8)),
    ],
)
def test_empty_pictures_are_never_linked(one, two):
    """Blank pictures, gradients and slivers say nothing and link nothing; none of them is an error."""
    assert verify(one, two).relation not in LINKED
    assert verify(one, one).relation not in LINKED


def test_what_is_drawn_was_not_exposed():
    """A page of which parts are displaced was set anew: undecided, and nothing is said of exposures."""
    page = np.full((512, 380), 255, np.uint8)
    for k in range(20):
        page = written(page, f"{k + 1}. under number {k * 7919 % 9973}", (20, 30 + 24 * k), 0.6, 0)
    pictures = verify.prepare(page), verify.prepare(noisy(page, 2))
    fine, _ = verify._findings(*pictures, "identity")[0]
    moved = replace(fine, share=0.9, stray=0.9)
    gate = verify._decide(moved, moved)
    assert (gate.relation, gate.moved, gate.template) == ("undecided", True, True)
    assert gate.why == "what agrees is drawn or printed, and parts are displaced by 0.9 px"


def test_another_viewpoint_is_no_copy():
    """The right-hand picture of a stereo pair, and a scene in which parts moved, are variants or less: never counted."""
    left, right, _ = data.stereo_motorcycle()
    assert verify(gray(left), gray(right)).relation not in LINKED
    picture = PHOTOGRAPHS["coffee"]
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]].astype(np.float32)
    near = 4 * np.sin(x / 50) * np.cos(y / 60)
    moved = noisy(
        cv2.remap(picture, x + near.astype(np.float32), y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT), 3
    )
    verdict = verify(picture, moved)
    assert verdict.relation == "variant"
    assert "displaced" in verdict.reason


def wood_over_snow() -> Image.Image:
    """Return dark trees over bright snow: nothing in either varies by a tenth as much as the two together."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[:320, :480]
    texture = sum(cv2.GaussianBlur(rng.normal(0, 24 * s, (320, 480)), (0, 0), s) for s in (1.5, 4.0))
    snow = y > 170 + 0.15 * x + 6 * np.sin(x / 40)
    tones = np.where(snow, 252 - 0.02 * y, 24 + texture)
    for _ in range(14):
        cv2.circle(
            tones, (int(rng.integers(480)), int(rng.integers(270, 318))), 2, int(rng.integers(90, 200)), -1
        )
    return Image.fromarray(np.clip(tones, 0, 255).astype(np.uint8)).convert("RGB")


def lettered(picture: Image.Image) -> Image.Image:
    return Image.fromarray(meme(np.asarray(picture.convert("L"))[:, 60:-20])).convert("RGB")


@pytest.mark.parametrize(
    "edit",
    [
        lambda p: ImageOps.expand(p, 10, "black"),
        lambda p: ImageOps.expand(p, 60, "#a05020"),
        lambda p: p.rotate(3, Image.Resampling.BICUBIC),
        lettered,
    ],
    ids=["thin", "thick", "turned", "lettered"],
)
def test_a_dark_wood_over_snow_is_a_photograph(judged, edit):
    """Two tones altogether do not make a picture print, where each of them shades."""
    picture = wood_over_snow()
    found = judged(picture, edit(picture))
    assert found.relation in LINKED, found.reason


def test_a_sticker_makes_no_print_of_a_photograph():
    """Asked is what both show: a man before an even sky stays a photograph under a sticker, and a rocket in a small part of one."""
    picture = Image.fromarray(data.camera()[:256, :256])
    for k in range(6):
        ImageDraw.Draw(picture).rectangle((100, 70 + 25 * k, 250, 90 + 25 * k), fill=235, outline=30, width=3)
    covered, everywhere = np.asarray(picture), np.full((256, 256), 255, np.uint8)
    seen = Differences(
        ((100, 70, 250, 215),), np.zeros((256, 256), bool), 0.0, np.zeros((256, 256), np.float32), 0.0
    )
    assert printed(covered, everywhere)
    assert not printed(covered, seen.untouched(everywhere))
    rocket = cv2.cvtColor(data.rocket(), cv2.COLOR_RGB2GRAY)[60:177, :175]
    assert not printed(rocket, np.full(rocket.shape, 255, np.uint8))
