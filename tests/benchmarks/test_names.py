"""A benchmark is run as a script, and then its folder comes first among the places of modules."""

import importlib.metadata
from pathlib import Path


def test_no_benchmark_is_called_as_a_package_is():
    """Otherwise a library that imports the package gets the benchmark: numba imports coverage."""
    own = {path.stem for path in (Path(__file__).parents[2] / "benchmarks").glob("*.py")}
    assert own & set(importlib.metadata.packages_distributions()) == set()
