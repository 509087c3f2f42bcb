"""Where pictures are not at hand, a verdict claims no more than what was sent can show."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageDraw

from dedupelab import tables
from dedupelab.exchange.remote_pictures import RemoteVerifier, verdicts_of
from dedupelab.match.compare.verdicts import swapped

WORDS = ("agreed", "heard", "moved", "noted")


@pytest.fixture(scope="module")
def page() -> Image.Image:
    """Draw a page of minutes, at the size of a scan."""
    drawn = Image.new("L", (1240, 1754), 250)
    pen = ImageDraw.Draw(drawn)
    for line in range(40):
        for word in range(9):
            x, y = 110 + 112 * word, 120 + 38 * line
            pen.text((x, y), WORDS[(line * word + word) % 4], 20, font_size=26)
    return drawn


def by_sketch(one: Image.Image, two: Image.Image, side: int = 512):
    """Judge two pictures of two sites by what these sent."""
    sketches = {}
    for name, picture in (("a", one), ("b", two)):
        small = picture.convert("L")
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        sketches[name] = np.asarray(small)
    known = RemoteVerifier({}, {}, {"a": "archive", "b": "bureau"}, sketches, side)
    return known.judge(*(known.prepare(known.load(name)) for name in ("a", "b")))


def test_what_is_drawn_or_printed_stays_undecided(page):
    """A page and its copy: a sketch cannot tell them from two pages of which one word differs, so neither is counted."""
    found = by_sketch(page, page.resize((930, 1316)))
    assert found.relation == "undecided"
    assert found.score <= 0.5
    assert "drawn or printed" in found.reason
    changed = page.copy()
    ImageDraw.Draw(changed).rectangle((110, 500, 220, 540), fill=250)
    assert by_sketch(page, changed).relation == "undecided"


@pytest.mark.parametrize("side", [512, 256])
def test_a_photograph_is_a_copy_and_its_colours_are_not_spoken_for(photograph, side):
    """The relation is that of the pictures; the reason says in either order what grey sketches leave open."""
    whole = photograph(0, (640, 480))
    found = by_sketch(whole, whole.crop((60, 40, 600, 440)), side)
    assert found.relation == "derivative"
    for said in (found, swapped(found)):
        assert (
            f"by gray sketches of {side} pixels: colours and finer details were not compared" in said.reason
        )
        assert "colours agree" not in said.reason
    assert swapped(found).reason != found.reason


def test_what_a_site_found_is_not_reworded():
    """Its sentence is passed on as it stands; read the other way round, it says that it is."""
    reason = "crop or inset: 40% of left, its upper left part, is the whole of right"
    row = {
        "left": "b", "right": "c", "relation": "derivative", "score": 0.9, "reason": reason, "transform": "rot90",
        "left_region": [0, 0, 0.5, 0.8], "right_region": [0, 0, 1, 1],
    }  # fmt: skip
    pairs = tables.PAIRS.conform(pd.DataFrame([row | {"distance": 3, "cross_collection": False}]))
    (same,) = verdicts_of(pairs, {}).values()
    assert same.reason == reason
    (turned,) = verdicts_of(pairs, {"b": "z"}).values()
    assert turned.reason == f"{reason}; said with left and right exchanged"
    assert (turned.transform, turned.left_region) == ("rot270", (0, 0, 1, 1))
