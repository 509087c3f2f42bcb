"""The benchmark of comparing, started as its head says."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.slow
def test_it_prints_its_tables(tmp_path):
    """A small study comes to its end: every step and every kind of pair has its time."""
    command = [
        sys.executable,
        "comparing.py",
        "--works",
        "12",
        "--copies",
        "8",
        "--work",
        str(tmp_path / "w"),
    ]
    ended = subprocess.run(command, cwd=BENCHMARKS, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-500:]
    for name in (
        "describe",
        "vote",
        "compare",
        "the whole match",
        "unrelated, told by what is stored",
        "counted",
    ):
        assert f"| {name} | " in ended.stdout
    assert "new pictures: " in ended.stdout
