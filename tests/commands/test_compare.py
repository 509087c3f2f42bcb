"""What changed between two runs, from the command line."""

import json

import pytest
from command import invoke

from dedupelab import tables
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import Input, Result, write_results


@pytest.fixture
def runs(tmp_path):
    """Two runs that differ in one picture and in the price of storage."""
    for name, price, files in (("one", 0.2, ["a.jpg"]), ("two", 0.3, ["a.jpg", "b.jpg"])):
        rows = [
            {"image_id": f, "collection": "c", "path": f, "bytes": 1, "status": "hashed", "sha256": f, "ai_label": "no-label", "c2pa": "none", "has_gps": False}
            for f in files
        ]  # fmt: skip
        folder = tmp_path / name / "tables"
        folder.mkdir(parents=True)
        tables.write(tables.IMAGES, tables.IMAGES.from_rows(rows), folder / "images.parquet", "k")
        tables.write(tables.PAIRS, tables.PAIRS.empty(), folder / "pairs.parquet", "k")
        given = (Input("storage_price", price, message("HKD"), message("invoice"), "invoice"),)
        result = Result(
            "M3",
            message("Storage"),
            100 * price,
            "HKD per year",
            method=message("x"),
            grade="C",
            inputs=given,
            status="estimated",
        )
        write_results(tmp_path / name / "results.json", [result], study="s")
    return tmp_path / "one", tmp_path / "two"


def compare(*words):
    return invoke("compare", *words)


def test_changes_are_said_in_lines(runs):
    """A picture that came, a number that moved, and the input that moved it."""
    done = compare(*runs)
    assert done.exit_code == 0
    assert "pictures appeared: 1 (c/b.jpg)" in done.output
    assert "M3 Storage: HK$20 per year -> HK$30 per year" in done.output
    assert "storage_price: 0.2 HKD (invoice) -> 0.3 HKD (invoice)" in done.output


def test_machines_get_the_same(runs):
    """The same as one JSON object."""
    facts = json.loads(compare(*runs, "--json").output)
    assert (facts["same"], facts["appeared"], facts["numbers"][0]["id"]) == (False, ["c/b.jpg"], "M3")


def test_a_folder_that_is_no_run_is_said(runs, tmp_path):
    """Wrong folders are one line."""
    done = compare(runs[0], tmp_path)
    assert done.exit_code == 1
    assert "error: expected" in done.output
