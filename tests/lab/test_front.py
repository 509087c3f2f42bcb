"""The room's front end can be read: every text has the contrast that WCAG 2 asks for, and nothing comes from a network."""

import re

import pytest

from dedupelab.lab.front import ASSETS

SHEETS = {path.stem: path.read_text("utf-8") for path in sorted(ASSETS.glob("*.css"))}
JS = "".join(path.read_text("utf-8") for path in sorted(ASSETS.glob("*.js")))
COLOUR = r"--(\w+): (#[0-9a-f]{6});"
LIGHT, DARKER = (dict(re.findall(COLOUR, block)) for block in SHEETS["shared"].split("}")[:2])
THEMES = {"light": LIGHT, "dark": LIGHT | DARKER}
TEXTS = [(ink, ground) for ink in ("ink", "quiet", "accent", "alarm") for ground in ("paper", "pale", "mark")]
MARKS = [
    ("line", "paper"),
    ("accent", "paper"),
    ("region", "stage"),
    ("place", "stage"),
]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(theme: str, one: str, other: str) -> float:
    """Contrast of two colours named in the style sheet."""
    dark, light = sorted(luminance(THEMES[theme][name]) for name in (one, other))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), [*TEXTS, ("light", "stage")])
def test_text_can_be_read(theme, text, ground):
    """4.5:1 or more, for every text colour on every ground (AA), in light and dark themes."""
    assert contrast(theme, text, ground) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_marks_can_be_seen(theme, mark, ground):
    """3:1 or more for borders, bars and the drawn region."""
    assert contrast(theme, mark, ground) >= 3


@pytest.mark.parametrize("name", SHEETS)
def test_every_colour_is_named(name):
    """No colour stands outside the lists that all front ends share, so none escapes these tests."""
    css = SHEETS[name]
    named = re.findall(COLOUR, css)
    assert named == [] or name == "shared"
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", css) == [colour for _, colour in named]
    assert set(re.findall(r"var\(--(\w+)\)", css)) - set(LIGHT) <= {"tall", "ratio"}
    assert DARKER.keys() <= LIGHT.keys()
    assert re.findall(r"#[0-9a-fA-F]{6}\b", JS) == []


def test_nothing_is_fetched():
    """The front ends import and request nothing, and write what they are told as text, never as markup."""
    everything = JS + "".join(SHEETS.values())
    assert re.findall(r"https?://|\bimport\b|fetch\(|XMLHttpRequest|url\(", everything) == []
    assert "innerHTML" not in JS
