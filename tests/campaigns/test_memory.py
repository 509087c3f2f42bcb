"""Large pictures take the memory of a few of them. `make memory`: a thousand."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "memory.py"


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")
def test_a_scan_of_large_pictures_stays_small(tmp_path):
    """A hundred pictures of twelve megapixels, two workers: under 600 MB in all processes together at any moment."""
    spec = importlib.util.spec_from_file_location("memory_campaign", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    # As many files as make a scan use all of its workers: small ones add nothing to the memory of the large.
    study = module.make_study(tmp_path, 100, 2)
    for number in range(120):
        module.Image.new("L", (64, 48), number).save(tmp_path / "pictures" / f"small-{number}.png")
    taken = module.scanned(study)
    assert taken.hashed == 220
    assert taken.processes >= 3
    assert taken.megabytes < 600
