"""A study that is killed on its way is, at its end, the study that was never disturbed. `make kill`: 50 times."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "kill.py"


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")
@pytest.mark.parametrize(("command", "times"), [("measure", 3), ("report", 1)])
def test_the_tables_are_those_of_an_undisturbed_run(tmp_path, photograph, command, times):
    """After SIGKILL in the middle: equal bytes, no process that goes on, nothing half-written."""
    spec = importlib.util.spec_from_file_location("kill_campaign", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    study = module.make_study(tmp_path, photograph)
    kills = module.campaign(study, tmp_path / "reports", command, times, 5, print)
    assert [kill.wrong for kill in kills] == [[]] * times
