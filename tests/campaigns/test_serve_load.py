"""The gate under load, in small. `make serve-load`: fifty thousand requests."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "serve_load.py"


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")
def test_a_hundred_requests_have_no_error(tmp_path):
    """Four clients at once: every request is answered, copies, crops and captions are held, strangers are new, memory stays."""
    spec = importlib.util.spec_from_file_location("serve_load_campaign", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    uploads = module.make(tmp_path, 40)
    found = module.loaded(tmp_path / "study", uploads, 120, 0, 4)
    assert found.statuses == {"200": 120}
    assert found.said == {"held": 90, "new": 30}
    assert found.megabytes[1] - found.megabytes[0] < 100
