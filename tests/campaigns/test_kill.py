"""A study that is killed on its way is, at its end, the study that was never disturbed. `make kill`: 50 times."""

import sys

import pytest
from scripts import script


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")
@pytest.mark.parametrize("command", ["measure", "report"])
def test_the_tables_are_those_of_an_undisturbed_run(tmp_path, photograph, command):
    """After SIGKILL in the middle: equal bytes, no process that goes on, nothing half-written."""
    module = script("tests/campaigns/kill.py")
    study = module.make_study(tmp_path, lambda seed: photograph(seed, (200, 150)))
    kills = module.campaign(study, tmp_path / "reports", command, 1, 5, print)
    assert [kill.wrong for kill in kills] == [[]]
