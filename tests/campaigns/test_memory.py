"""Large pictures take the memory of a few of them. `make memory`: a thousand."""

import sys

import pytest
from scripts import script


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")
def test_a_scan_of_large_pictures_stays_small(tmp_path):
    """Forty pictures of twelve megapixels, two workers: under 600 MB in all processes together at any moment."""
    module = script("tests/campaigns/memory.py")
    # As many files as make a scan use all of its workers: small ones add nothing to the memory of the large.
    study = module.make_study(tmp_path, 40, 2)
    for number in range(120):
        module.Image.new("L", (64, 48), number).save(tmp_path / "pictures" / f"small-{number}.png")
    taken = module.scanned(study)
    assert taken.hashed == 160
    assert taken.processes >= 3
    assert taken.megabytes < 600
