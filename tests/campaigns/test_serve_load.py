"""The gate under load, in small. `make serve-load`: fifty thousand requests."""

import sys

import pytest
from scripts import script


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")
def test_a_hundred_requests_have_no_error(tmp_path):
    """Four clients at once: every request is answered, copies, crops and captions are held, strangers are new, memory stays."""
    module = script("tests/campaigns/serve_load.py")
    uploads = module.make(tmp_path, 12)
    found = module.loaded(tmp_path / "study", uploads, 100, 0, 4)
    assert found.statuses == {"200": 100}
    assert found.said == {"held": 75, "new": 25}
    assert found.megabytes[1] - found.megabytes[0] < 100
