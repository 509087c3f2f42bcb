"""The review room in JupyterLab, used through Chromium by keyboard alone."""

import re
from pathlib import Path

import pytest
from PIL import Image

from dedupelab import Study, init
from dedupelab.review.labels import standing

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NOTEBOOK = "11-review.ipynb"
ERRORS = ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']"
PATIENCE = 90_000


@pytest.fixture(scope="module")
def study(tmp_path_factory, photograph) -> Path:
    """Six works, each re-encoded by a second and cropped by a third holder."""
    root = tmp_path_factory.mktemp("room")
    edits = {
        "archive": lambda p: p,
        "agency": lambda p: p.resize((400, 300), Image.Resampling.LANCZOS),
        "portal": lambda p: p.crop((20, 20, 440, 340)),
    }
    for name, edit in edits.items():
        (root / name).mkdir()
        for seed in range(6):
            edit(photograph(seed, (480, 360))).save(root / name / f"{name} {seed}.jpg", quality=85)
    init(root / "study", {name: str(root / name) for name in edits})
    opened = Study(root / "study")
    opened.measure()
    opened.propose()
    return root / "study"


def begin(page, name: str) -> None:
    """Give a name and wait for the first pair."""
    field = page.get_by_label("Your name (required)")
    field.wait_for(timeout=PATIENCE)
    field.focus()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=re.compile("same picture")).wait_for(timeout=PATIENCE)


def shown(page, number: int):
    """Wait until the room shows what it numbers so."""
    page.locator(f".room[data-n='{number}'] .stage img").first.wait_for(timeout=PATIENCE)


def label(page, keys: str):
    """Decide pair after pair, each by one key, from the room's first."""
    for number, key in enumerate(keys, 1):
        shown(page, number)
        page.keyboard.press(key)
    shown(page, len(keys) + 1)


def number_now(page) -> int:
    """Return the number of what the room shows."""
    return int(page.locator(".room").get_attribute("data-n"))


def test_a_review_by_keyboard_survives_the_kernel(run_all, page, study):
    """Ten pairs decided, one taken back, the kernel restarted: nine labels are found, the same pair is asked again."""
    run_all(NOTEBOOK)
    begin(page, "Ada")
    label(page, "12345" * 2)
    review = Study(study).review()
    labels = review.labels
    assert list(labels["label"]) == ["same", "derivative", "variant", "different", "cannot-tell"] * 2
    assert set(labels["reviewer"]) == {"Ada"}
    assert (labels["seconds"] >= 0).all()
    assert (labels["seconds"] < PATIENCE / 1000).all()
    before = review.surplus(50)

    page.keyboard.press("u")
    shown(page, 12)
    assert "Taken back: cannot-tell" in page.locator(".room .status").inner_text()
    assert len(standing(review.labels)) == 9
    asked = review.pending("Ada").iloc[0]

    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("Restart Kernel and Run All")).click()
    page.locator(".jp-Dialog button.jp-mod-accept").click()
    begin(page, "Ada")
    shown(page, 1)
    assert "You have decided 9 pairs so far" in page.locator(".room .status").inner_text()
    page.keyboard.press("4")
    shown(page, 2)
    review = Study(study).review()
    last = standing(review.labels).iloc[-1]
    assert (last["draw"], last["label"]) == (asked["draw"], "different")
    assert review.surplus(50) != before
    assert page.locator(ERRORS).count() == 0


def test_every_way_of_looking_by_keyboard(page):
    """Flicker, overlay, difference, zoom, matched part, places that differ, metadata, note, help and groups answer to their keys."""
    room = page.locator(".room")
    room.focus()
    before = number_now(page)
    for key, name in (("f", "Flicker"), ("o", "Overlay"), ("d", "Difference"), ("s", "Side by side")):
        page.keyboard.press(key)
        pressed = room.get_by_role("button", name=name)
        assert pressed.get_attribute("aria-pressed") == "true"
    page.keyboard.press("o")
    room.locator("img[data-name=onto]").wait_for(timeout=PATIENCE)
    page.keyboard.press("z")
    assert "scale(2)" in (room.locator(".zoomable").first.get_attribute("style") or "")
    page.keyboard.press("ArrowRight")
    assert "60%" in (room.locator(".zoomable").first.get_attribute("style") or "")
    page.keyboard.press("p")
    page.get_by_text(re.compile("^(Differs at|No places are listed)")).wait_for(timeout=PATIENCE)
    page.keyboard.press("p")
    assert room.get_by_role("button", name="Places that differ").get_attribute("aria-pressed") == "false"
    page.keyboard.press("m")
    room.locator("tr.differ").first.wait_for(timeout=PATIENCE)
    page.keyboard.press("n")
    page.keyboard.type("1 is a number")
    page.keyboard.press("Enter")
    assert number_now(page) == before
    page.keyboard.press("?")
    room.get_by_role("region", name="Keys").wait_for()
    page.keyboard.press("?")
    page.keyboard.press("g")
    room.get_by_role("heading", name=re.compile("^Group 1 of")).wait_for(timeout=PATIENCE)
    page.keyboard.press("PageDown")
    room.get_by_role("heading", name=re.compile("^Group 2 of")).wait_for(timeout=PATIENCE)
    page.keyboard.press("g")
    room.get_by_role("heading", name=re.compile("same picture")).wait_for(timeout=PATIENCE)


def test_in_a_narrow_window_both_pictures_and_the_answers_are_in_sight(page):
    """At 1024 by 768, with the list of files open: who is asked sees both pictures side by side and every answer below them."""
    page.set_viewport_size({"width": 1024, "height": 768})
    try:
        page.keyboard.press("s")
        room = page.locator(".room")
        room.evaluate("node => node.scrollIntoView({ block: 'start' })")
        left, right = (each.bounding_box() for each in room.locator(".stage img").all())
        # Copies of another shape stand at the height of their middles.
        assert left["y"] + left["height"] / 2 == pytest.approx(right["y"] + right["height"] / 2, abs=1)
        assert left["x"] + left["width"] <= right["x"]
        answers = room.locator(".labels button").last.bounding_box()
        assert answers["y"] + answers["height"] <= page.locator("#jp-main-statusbar").bounding_box()["y"]
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})


def test_a_file_is_looked_for_by_keyboard(page, study):
    """Chosen by arrows and marked, compared, asked by words, saved as found and as nothing; a person answered; a wrong key is told."""
    room = page.locator(".room")
    room.focus()
    before = len(Study(study).review().unsearched())
    page.keyboard.press("#")
    assert "does nothing here" in room.locator(".status").inner_text()
    page.keyboard.press("l")
    room.get_by_role("heading", name=re.compile("another copy")).wait_for(timeout=PATIENCE)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("1")
    room.locator(".found .tile[aria-pressed='true']").wait_for(timeout=PATIENCE)
    page.keyboard.press("c")
    room.get_by_alt_text("The chosen picture").wait_for(timeout=PATIENCE)
    page.keyboard.press("w")
    page.keyboard.type("portal")
    page.keyboard.press("Enter")
    room.get_by_text(re.compile("^[0-9]+ pictures, likeliest first.$")).wait_for(timeout=PATIENCE)
    page.keyboard.press("y")
    room.get_by_text("Saved: a person who can be recognised: yes.").wait_for(timeout=PATIENCE)
    page.keyboard.press("e")
    room.get_by_text("Saved: 1 found.").wait_for(timeout=PATIENCE)
    page.keyboard.press("0")
    room.get_by_text("Saved: nothing found.").wait_for(timeout=PATIENCE)
    review = Study(study).review()
    assert len(review.unsearched()) == before - 2
    assert list(review.decided.persons["label"]) == ["yes"]
    page.keyboard.press("l")
    room.get_by_role("heading", name=re.compile("same picture")).wait_for(timeout=PATIENCE)


def test_tab_reaches_every_control_and_is_seen(page):
    """From the room, Tab walks through all its buttons; what has the focus is outlined."""
    page.locator(".room").focus()
    names = []
    for _ in range(40):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "() => { const e = document.activeElement; const s = getComputedStyle(e);"
            " if (e.matches('.room')) return [null, s.outlineStyle, s.outlineWidth];"
            " return e.closest('.room') ? [e.innerText || e.getAttribute('aria-label'), s.outlineStyle, s.outlineWidth] : null }"
        )
        if found is None:
            break
        assert found[1:] == ["solid", "3px"], found[0]
        if found[0] is not None:
            names.append(found[0])
    assert len(names) == len(page.locator(".room button, .room input").all())
    assert len(names) >= 16


def test_the_accuracy_notebook_counts_what_was_decided(run_all, page, study):
    """The decisions made in the room are in the accuracy notebook's numbers when it runs."""
    run_all("10-accuracy.ipynb")
    counted = page.locator(".jp-OutputArea-output", has_text="Drawn pairs that were reviewed").first
    counted.wait_for(timeout=PATIENCE)
    reviewed = next(result for result in Study(study).results() if result.id == "V.reviewed")
    assert reviewed.value > 0
    # JupyterLab hides what has scrolled out of sight.
    assert f"{reviewed.value:,.0f} pairs" in counted.text_content()
    assert page.locator(ERRORS).count() == 0
