"""Places that differ: one figure on a page is found through a scanner's noise, and noise alone finds nothing."""

import io
import json

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from dedupelab.match.compare.verdict_columns import differences
from dedupelab.match.compare.verdicts import swapped
from dedupelab.publish.paper.fonts import packaged_file

LINKED = {"near-identical", "derivative"}


def page(amount: str = "1,250", size: tuple[int, int] = (900, 1270)) -> Image.Image:
    """Return a letter in which one line names an amount."""
    sheet = Image.new("L", size, "white")
    draw = ImageDraw.Draw(sheet)
    draw.text((70, 60), "HARBOUR OFFICE", fill=0, font=ImageFont.load_default(40))
    for k in range(28):
        line = f"{k + 1}. The lease of berth {k * 7 % 19} runs for a year and ends on the day agreed."
        line = f"{k + 1}. The yearly rent amounts to {amount} in all, paid in advance." if k == 9 else line
        draw.text((70, 160 + 36 * k), line, fill=20, font=ImageFont.load_default(24))
    return sheet


def stored(picture: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file)


def noisy(picture: Image.Image, sigma: float) -> Image.Image:
    levels = np.asarray(picture, float) + np.random.default_rng(3).normal(
        0, sigma, (picture.height, picture.width)
    )
    return Image.fromarray(levels.clip(0, 255).astype(np.uint8))


def scanned(picture: Image.Image, angle: float = 0.6) -> Image.Image:
    return stored(noisy(picture.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255), 5), 80)


def faxed(picture: Image.Image) -> Image.Image:
    larger = picture.resize((1728, round(picture.height * 1728 / picture.width)), Image.Resampling.BICUBIC)
    dots = np.asarray(larger) > 128
    return Image.fromarray(dots ^ (np.random.default_rng(5).random(dots.shape) < 0.0004)).convert("L")


COPIES = {
    "stored again": lambda p: stored(p, 60),
    "smaller": lambda p: p.resize((540, 762), Image.Resampling.LANCZOS),
    "scanned": scanned,
    "scanned askew": lambda p: scanned(p, -1.0),
    "faxed": faxed,
}


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_of_a_page_stays_counted(judged, copy):
    """What a page goes through when it is stored, made smaller, scanned or faxed is no difference."""
    found = judged(page(), COPIES[copy](page()))
    assert found.relation in LINKED, found.reason
    assert found.left_places == ()


@pytest.mark.parametrize("copy", [None, *COPIES])
def test_one_figure_is_found(judged, copy):
    """Another amount on the page leaves the pair undecided, whatever the copy went through, and the place is where the amount stands."""
    other = page("7,250") if copy is None else COPIES[copy](page("7,250"))
    found = judged(page(), other)
    assert found.relation == "undecided", found.reason
    assert "differs at 1 place of left: upper" in found.reason
    ((left, top, right, bottom),) = found.left_places
    assert 0.3 < left < right < 0.6
    assert 0.37 < (top + bottom) / 2 < 0.41
    assert bottom - top < 0.03


def clauses(rent: int) -> Image.Image:
    """Return a page in small letters on which one rent is as asked."""
    sheet = Image.new("L", (620, 877), 255)
    draw = ImageDraw.Draw(sheet)
    for k in range(44):
        line = f"Clause {k + 1}: the tenant pays {rent if k == 20 else 100 + 7 * k} a month, due on day {k % 28 + 1} of it."
        draw.text((50, 40 + 18 * k), line, fill=0, font=ImageFont.load_default(13))
    return sheet


def smaller(picture: Image.Image, part: float) -> Image.Image:
    size = round(picture.width * part), round(picture.height * part)
    return stored(picture.resize(size, Image.Resampling.LANCZOS), 85)


def test_what_is_too_faint_to_tell_is_not_passed_over(judged):
    """One digit of small letters is no clear difference, but nothing else on the page differs as much: undecided."""
    small = smaller(clauses(840), 0.7)
    found = judged(clauses(240), small)
    assert found.relation == "undecided", found.reason
    assert judged(clauses(840), small).relation in LINKED


def test_letters_too_small_to_read_are_said(judged):
    """Letters of five pixels may say anything: neither the copy nor another page is counted, and the reason says why."""
    for rent in (840, 940):
        found = judged(clauses(840), smaller(clauses(rent), 0.55))
        assert found.relation == "undecided", found.reason
        assert "too coarse to tell whether its words do" in found.reason


def photographed(picture: Image.Image) -> Image.Image:
    """Return a page as a camera sees it on a desk: smaller, in uneven light, a little soft and noisy."""
    width, height = picture.size
    desk = Image.new("L", picture.size, 80)
    desk.paste(
        picture.resize((width * 7 // 8, height * 7 // 8), Image.Resampling.LANCZOS),
        (width // 16, height // 16),
    )
    light = 0.95 - 0.35 * np.arange(width) / width - 0.2 * np.arange(height)[:, None] / height
    lit = np.asarray(desk.filter(ImageFilter.GaussianBlur(0.7)), float) * light
    return noisy(Image.fromarray(lit.astype(np.uint8)), 4)


def test_a_photographed_page_is_read_as_a_page(judged):
    """Uneven light gives a page many tones: what it says is looked for nevertheless, as its letters have two."""
    found = judged(accounts("318.45"), photographed(accounts("718.95")))
    assert found.relation == "undecided", found.reason
    assert "drawn or printed" in found.reason


def accounts(sum_due: str) -> Image.Image:
    """Return a table full of small figures, one of them as asked."""
    sheet = Image.new("L", (1240, 1000), 255)
    draw = ImageDraw.Draw(sheet)
    for row, column in np.ndindex(34, 12):
        figure = sum_due if (row, column) == (17, 6) else f"{(row * 7919 + column * 6983) % 99999 / 100:.2f}"
        draw.text((40 + 98 * column, 30 + 28 * row), figure, fill=0, font=ImageFont.load_default(19))
    return sheet


def test_a_page_too_small_to_read_is_undecided(judged):
    """Where letters run into each other, two pages may say different things: that is said, and nothing is counted."""
    found = judged(page(), page("7,250").resize((135, 190), Image.Resampling.LANCZOS))
    assert found.relation in {"undecided", "unrelated"}, found.reason


def test_a_repainted_place_on_a_photograph_is_counted_and_told(judged, photograph):
    """A photograph with another number plate is the same photograph; the reason says where it differs, in whichever order it is read."""
    plates = []
    for number in ("KV 4417", "HB 9082"):
        picture = photograph(2, (640, 440))
        draw = ImageDraw.Draw(picture)
        draw.rectangle((230, 330, 410, 376), fill="#f4f4f0", outline="black")
        draw.text((240, 334), number, fill="black", font=ImageFont.load_default(34))
        plates.append(picture)
    found = judged(*plates)
    assert found.relation in LINKED
    assert "of left: lower" in found.reason
    other = judged(plates[1], plates[0])
    assert swapped(found).left_places == other.left_places
    assert swapped(found).reason == other.reason
    again = judged(plates[0], stored(plates[0], 50))
    assert again.left_places == ()
    assert "no difference found at 640 pixels" in again.reason


def test_the_column_is_json_in_left_of_the_row():
    """Places are lists of four fractions of the left picture, those of the other side where a row is read the other way round."""
    places = {1: (((0.1, 0.2, 0.3, 0.4),), ((0.5, 0.6, 0.7, 0.80004),)), 2: ((), ())}
    column = differences(places, np.array([0, 1, 1, 2]), np.array([False, False, True, False]))
    assert column.tolist() == ["", "[[0.1, 0.2, 0.3, 0.4]]", "[[0.5, 0.6, 0.7, 0.8]]", "[]"]
    assert json.loads(column[3]) == []


@pytest.mark.parametrize(("part", "rent"), [(1.0, "5260"), (1.0, "5289"), (0.7, "5260"), (0.8, "6280")])
def test_one_figure_of_small_type_is_no_copy(judged, part, rent):
    """A 6 for an 8 in 13-pixel letters differs by a stroke of a pixel: against letters that agree elsewhere it is told nevertheless."""

    def lease(amount: str) -> Image.Image:
        sheet = Image.new("L", (420, 632), 255)
        draw = ImageDraw.Draw(sheet)
        for k in range(22):
            line = f"{k + 1}. the harbour office holds berth {k * 7 % 19} {k * 7919 % 899}.{k * 31 % 89}"
            line = f"10. the rent is {amount} a month, due in advance" if k == 9 else line
            draw.text((20, 30 + 26 * k), line, fill=10, font=ImageFont.load_default(13))
        return sheet

    def again(amount: str) -> Image.Image:
        return smaller(lease(amount), part) if part < 1 else stored(lease(amount), 60)

    found = judged(lease("5280"), again(rent))
    assert found.relation == "undecided", found.reason
    assert judged(lease("5280"), again("5280")).relation in LINKED


def on_a_table(picture: Image.Image) -> Image.Image:
    """Return a page with a wide even rim, as a scanner with a larger glass gives it."""
    wide = Image.new("L", (picture.width + 120, picture.height + 120), 255)
    wide.paste(picture, (60, 60))
    return stored(wide, 85)


def test_a_trimmed_page_is_a_copy(judged):
    """A page without a tenth of its width, or with a rim around it, is whole within the other: counted, and told how."""
    trimmed = stored(page().crop((45, 25, 855, 1245)), 85)
    for other in (trimmed, on_a_table(page())):
        found = judged(page(), other)
        assert found.relation == "derivative", found.reason
        assert "crop or inset" in found.reason
        assert found.left_places == ()


@pytest.mark.parametrize("change", [lambda p: p.crop((45, 25, 855, 1245)), on_a_table])
def test_another_figure_on_a_trimmed_page_is_found(judged, change):
    """What was trimmed away excuses nothing that is left."""
    found = judged(page(), change(page("7,250")))
    assert found.relation == "undecided", found.reason


SIGNS = "本公司茲證明下列各項資料均屬真實無訛並同意遵守有關條例及規則如有違反須負全部責任申請人應於限期前繳交費用否則作廢議程事項"


def minutes(decision: str) -> Image.Image:
    """Return a page set close in Chinese of 14 pixels; one line of it says what was decided."""
    face = ImageFont.truetype(str(packaged_file()), 14, index=3)
    random = np.random.default_rng(107)
    sheet = Image.new("L", (707, 1000), 244)
    draw = ImageDraw.Draw(sheet)
    for k in range(42):
        line = "".join(random.choice(list(SIGNS), 42))
        draw.text((60, 60 + 21 * k), f"第七項議程經討論後{decision}" if k == 21 else line, font=face, fill=18)
    return sheet


@pytest.mark.parametrize("part", [0.75, 0.6])
def test_small_dense_signs_are_read_as_print(judged, part):
    """Chinese of eight pixels runs into greys as a photograph does; on one paper it is print nevertheless, and another word matters."""
    found = judged(minutes("通過"), smaller(minutes("否決"), part))
    assert found.relation not in LINKED, found.reason


def shirt(colour: tuple[int, int, int]) -> Image.Image:
    """Return a plain shirt with a round mark before a plain ground."""
    y, x = np.mgrid[:500, :500] / 500
    solid = (np.abs(x - 0.5) < 0.22) & (y > 0.2) & (y < 0.9)
    solid |= (np.abs(x - 0.5) < 0.42) & (y > 0.2) & (y < 0.42) & (np.abs(x - 0.5) * 0.6 + 0.2 < y + 0.15)
    random = np.random.default_rng(0)
    rough = Image.fromarray(random.normal(128, 40, (500, 500)).clip(0, 255).astype(np.uint8))
    folds = np.asarray(rough.filter(ImageFilter.GaussianBlur(14)), float) - 128
    light = (0.8 + 0.06 * folds + random.normal(0, 0.03, folds.shape)).clip(0.2, 1.2)
    shown = np.where(solid[..., None], light[..., None] * np.array(colour, float), 240)
    picture = Image.fromarray(shown.clip(0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((200, 225, 300, 325), fill="white")
    draw.text((250, 275), "ABC", font=ImageFont.load_default(27), fill="black", anchor="mm")
    return picture


def test_a_plain_thing_stored_again_is_a_copy(judged):
    """A shirt before a plain ground shows little; where all of it agrees that is enough, and the blue one is not said to be the same."""
    found = judged(shirt((200, 30, 30)), stored(shirt((200, 30, 30)), 70))
    assert found.relation in LINKED, found.reason
    assert "colours agree" in found.reason
    other = judged(shirt((200, 30, 30)), shirt((40, 60, 190)))
    assert other.relation not in LINKED or "hue differs" in other.reason, other.reason


def town(street: str) -> Image.Image:
    """Return a map: pale roads, and little ink in a few names."""
    rng = np.random.default_rng(4)
    sheet = Image.new("RGB", (700, 700), (242, 239, 233))
    draw = ImageDraw.Draw(sheet)
    for k in range(60):
        start, end = map(tuple, rng.uniform(0, 700, (2, 2)))
        draw.line((start, end), fill=(190, 190, 190), width=9)
        draw.line((start, end), fill=("white", (252, 214, 164))[k % 2], width=6)
    for k, name in enumerate(["Harbour", "Pilot Stairs", street, "Old Quay", "Customs", "Signal Hill"]):
        place = 60 + k * 211 % 520, 70 + 105 * k
        font = ImageFont.load_default(15)
        draw.text(place, name, fill=(60, 60, 60), font=font, stroke_width=2, stroke_fill="white")
    return sheet


@pytest.mark.parametrize("quality", [60, 75, 95])
def test_a_map_stored_again_is_a_copy(judged, quality):
    """Letters that cover less than a hundredth are held against their own contrast: what a JPEG leaves at them is no difference."""
    found = judged(town("Mill Lane"), stored(town("Mill Lane"), quality))
    assert found.relation in LINKED, found.reason
    other = judged(town("Mill Lane"), stored(town("Mill Row"), quality))
    assert other.relation not in LINKED, other.reason


def woven(name: str) -> Image.Image:
    """Return a certificate in somebody's name, on a woven ground that shades as photographs do."""
    y, x = np.mgrid[:990, :1400]
    waves = np.sin(x * 0.043 + 4 * np.sin(y * 0.026)) * np.sin(y * 0.037 - 4 * np.sin(x * 0.032))
    sheet = Image.fromarray(np.where(np.abs(waves) < 0.3, 180, 246).astype(np.uint8))
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((36, 36, 1364, 954), outline=60, width=10)
    for k, (line, size) in enumerate(
        [("HARBOUR OFFICE", 64), ("This is to certify that", 30), (name, 58)]
        + [("has passed the examination of pilots for the outer roads", 28)] * 4
    ):
        draw.text((700, 160 + 100 * k), line, fill=20, font=ImageFont.load_default(size), anchor="mm")
    return sheet


def bent(picture: Image.Image) -> Image.Image:
    """Return a scan by a carriage that moves unevenly."""
    y, x = np.mgrid[: picture.height, : picture.width].astype(np.float32)
    bend = 2.5 * np.sin(y / picture.height * 9).astype(np.float32)
    laid = cv2.remap(np.asarray(picture, np.float32), x + 0.4 * bend, y + bend, cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(laid, (0, 0), 0.6) * 0.9 + 12
    return stored(noisy(Image.fromarray(soft.clip(0, 255).astype(np.uint8)), 5), 80)


def test_a_bent_scan_of_a_certificate_is_no_other_exposure(judged):
    """On woven ground, too, what a scanner bends is followed: the copy is counted, another name is not."""
    found = judged(woven("Maria Wagner"), bent(woven("Maria Wagner")))
    assert found.relation in LINKED, found.reason
    other = judged(woven("Maria Wagner"), bent(woven("Josef Moreau")))
    assert other.relation == "undecided", other.reason
