"""Whoever looks for one file is shown what several weak measures bring near, and can ask by date and by words."""

import numpy as np
import pytest

from dedupelab.lab.likeliest import Likeliest
from dedupelab.match.search.descriptors import extract


@pytest.fixture
def shelf(frames, photograph):
    """Thirty strangers and a file `own`; `flipped` its mirror by phash, `toned` near by dhash, `part` only by descriptors."""
    random = np.random.default_rng(3)
    whole = photograph(0, (480, 360)).convert("L")
    pictures = {
        "own": whole,
        "part": whole.crop((180, 120, 400, 290)),
        "n0": photograph(5, (480, 360)).convert("L"),
    }
    rows = [
        {"id": f"n{number}", "phash": int(random.integers(1 << 62)), "dhash": int(random.integers(1 << 62))}
        for number in range(30)
    ]
    rows += [
        {"id": "own", "phash": 0b1011, "dhash": 0, "title": "Harbour at dusk", "date_created": "1962-05-03"},
        {"id": "flipped", "phash": (1 << 62) - 1, "dhash": (1 << 61) - 1, "date_created": "196X"},
        {"id": "toned", "phash": (1 << 60) - 1, "dhash": 1, "caption": "Boats, HARBOUR"},
        {
            "id": "part",
            "phash": int(random.integers(1 << 62)),
            "dhash": int(random.integers(1 << 62)),
            "date_created": "1971",
        },
    ]
    images = frames(rows).images
    forms = [
        bytes(56) + (0b1011).to_bytes(8, "little") if name == "flipped" else None
        for name in images["image_id"]
    ]
    prints = {name: extract(np.asarray(each)).to_bytes() for name, each in pictures.items()}
    return Likeliest(images.assign(phash_forms=forms), prints)


def test_what_one_measure_brings_near_comes_early(shelf):
    """A mirrored copy, a toned one and a part of the picture are the first three of 33, each by another measure."""
    others = [name for name in shelf.images["image_id"] if name != "own"]
    assert set(shelf.order("own", others)[:3]) == {"flipped", "toned", "part"}


def test_words_and_dates_narrow(shelf):
    """Every word must stand somewhere, in any case; a date meets what may be of it; what is no date is told apart from none."""
    assert shelf.with_words("harbour") == {"own", "toned"}
    assert shelf.with_words("Harbour boats") == {"toned"}
    assert shelf.of_date("1962") == {"own", "flipped"}
    assert shelf.of_date("1971-06") == {"part"}
    assert shelf.of_date("soon") is None
