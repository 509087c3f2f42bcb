"""The sample's catalogues: imperfect as planted, and true of truth.csv everywhere else."""

import pytest
from whole_catalogues import read_catalogue

from dedupelab.collect.catalogues.sources import opened
from dedupelab.sample.catalogues import CONTRADICTING, GONE, PLACES, UNCATALOGUED

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=sorted(PLACES))
def catalogue(request, sample_study, tmp_path_factory):
    """Read one catalogue: its collection, its format and its records."""
    found = opened(str(sample_study / PLACES[request.param]), tmp_path_factory.mktemp("cache"))
    kind, records = read_catalogue(found)
    return request.param, kind, list(records)


def by_path(truth, collection):
    """Readable files of a collection in order of their paths, numbered as the catalogue numbers them."""
    rows = [row for row in truth if row["collection"] == collection and row["status"] == "hashed"]
    return list(enumerate(sorted(rows, key=lambda row: row["path"]), 1))


def test_records_and_what_is_wrong_with_them(catalogue, truth):
    """Every ninth file has no record, four records describe nothing, one cannot be used."""
    collection, kind, records = catalogue
    files = by_path(truth, collection)
    assert kind == {"film-archive": "oai-dc", "stock-agency": "resourcespace-csv"}[collection]
    assert sum(record.usable for record in records) == len(files) - len(files) // UNCATALOGUED + GONE
    assert sum(not record.usable for record in records) == 1


def test_statements_are_those_of_truth_but_where_planted(catalogue, truth):
    """Creators are the file's own, another's in every seventeenth record of a file that names one; dates never differ."""
    collection, _, records = catalogue
    described = [(n, row) for n, row in by_path(truth, collection) if n % UNCATALOGUED]
    for (number, row), record in zip(described, records, strict=False):
        planted = bool(row["creator"]) and number % CONTRADICTING == 0
        assert (record.fields.get("creator", "") != row["creator"]) == planted, row["path"]
        assert record.fields.get("date_created", "") in {
            row["date_created"],
            row["date_created"].partition("T")[0],
        }
    assert any(number % CONTRADICTING == 0 and row["creator"] for number, row in described)
