"""One full sample for all tests of the folder."""

import csv
from pathlib import Path

import pytest

Row = dict[str, str]


@pytest.fixture(scope="session")
def truth(sample_study: Path) -> list[Row]:
    """Read the rows of truth.csv."""
    with (sample_study / "truth.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def contents(sample_study: Path, truth: list[Row]) -> dict[str, bytes]:
    """Read every file's bytes by `collection/path`."""
    return {
        f"{row['collection']}/{row['path']}": (
            sample_study / "collections" / row["collection"] / row["path"]
        ).read_bytes()
        for row in truth
    }
