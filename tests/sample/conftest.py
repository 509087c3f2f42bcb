"""One full sample for all tests of the folder: it takes some ten seconds."""

import csv
from pathlib import Path

import pytest

from dedupelab.sample import write_sample

Row = dict[str, str]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the sample study with the default seed."""
    pytest.importorskip("skimage")
    pytest.importorskip("sklearn")
    return write_sample(tmp_path_factory.mktemp("sample") / "study")


@pytest.fixture(scope="session")
def truth(sample: Path) -> list[Row]:
    """Read the rows of truth.csv."""
    with (sample / "truth.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def contents(sample: Path, truth: list[Row]) -> dict[str, bytes]:
    """Read every file's bytes by `collection/path`."""
    return {
        f"{row['collection']}/{row['path']}": (
            sample / "collections" / row["collection"] / row["path"]
        ).read_bytes()
        for row in truth
    }
