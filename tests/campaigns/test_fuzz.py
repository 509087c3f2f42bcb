"""Five thousand damaged files: no crash, no hang, totals reconcile, good files keep their rows. `make fuzz` takes more."""

import pytest
from scripts import script


@pytest.fixture(scope="module")
def fuzz():
    return script("tests/campaigns/fuzz.py")


@pytest.mark.slow
def test_damaged_files_harm_nothing(fuzz, tmp_path):
    """Every rule holds, and the damage is real: thousands of them cannot be read, and thousands can."""
    outcome = fuzz.Outcome()
    fuzz.play(tmp_path, 20260101, 5000, 10.0, outcome)
    assert outcome.broken == []
    assert outcome.statuses.total() == 5000 + fuzz.GOOD
    assert min(outcome.statuses["hashed"], outcome.statuses["unreadable"]) > 500


@pytest.mark.slow
def test_equal_seeds_give_equal_files(fuzz):
    """What a campaign found can be found again."""
    assert list(fuzz.mutants(3, 40)) == list(fuzz.mutants(3, 40)) != list(fuzz.mutants(4, 40))


def test_every_format_that_is_written_is_damaged(fuzz):
    """The common ones at least, some in several kinds."""
    forms = {name.split("-")[1] for name in fuzz.originals()}
    assert {
        "BMP",
        "DDS",
        "GIF",
        "ICNS",
        "ICO",
        "JPEG",
        "JPEG2000",
        "MPO",
        "PCX",
        "PNG",
        "PPM",
        "SGI",
        "TGA",
        "TIFF",
        "WEBP",
    } <= forms
