import json

import pytest

from dedupelab.errors import OutputError, TableError
from dedupelab.numbers.intervals import CENSUS, wilson
from dedupelab.numbers.messages import NOTHING, message
from dedupelab.numbers.results import (
    Input,
    Result,
    by_id,
    dumps,
    load_results,
    missing,
    ordered,
    share,
    write_results,
)

EXAMPLES = [
    share("M7", message("Orphan copies"), 1, (3, message("hashed images")), wilson(1, 3), message("counted")),
    share("M1", message("Surplus copies"), 1, (8, message("hashed images")), CENSUS, message("counted"), grade="C", caveats=(message("unreviewed"),)),
    Result("M3", message("Storage"), 12.5, "HKD per year", grade="E", status="estimated", inputs=(Input("storage_price", 0.2, message("HKD"), message("invoice 7"), "invoice", supplied=True),)),
    missing("M9", message("片庫爭議"), "HKD per year", (message("incident register"),), message("not yet")),
    Result("own", message("Something else"), 1, "images"),
]  # fmt: skip


def test_what_is_written_is_read_back(tmp_path):
    """A round trip keeps every field; only floats are rounded to ten digits."""
    write_results(tmp_path / "results.json", EXAMPLES, study="study")
    loaded = by_id(load_results(tmp_path / "results.json"))
    assert loaded["M3"] == EXAMPLES[2]
    assert loaded["M9"] == EXAMPLES[3]
    assert loaded["M7"].value == 0.3333333333
    assert loaded["M7"].interval == pytest.approx(EXAMPLES[0].interval)


def test_equal_inputs_give_equal_bytes():
    """The order in which results were computed leaves no trace; the file ends in a newline and keeps its characters."""
    text = dumps(EXAMPLES, study="study", facts={"currency": "HKD"})
    assert text == dumps(reversed(EXAMPLES), study="study", facts={"currency": "HKD"})
    assert text.endswith("}\n")
    assert "片庫爭議" in text
    document = json.loads(text)
    assert list(document) == ["schema", "study", "currency", "results"]
    assert document["schema"] == "dedupelab/results/2"


def test_declared_order():
    """Counts come first, then M1 .. M12, then harm; what is not declared comes last, children below their parents."""
    ids = [
        "own",
        "M3",
        "M4.b.a",
        "M4.a.b",
        "M1.at.10",
        "M1.at.9",
        "M1.in.a",
        "M1",
        "N.hashed.b",
        "N.hashed",
        "N.listed",
        "M1b",
    ]
    results = [Result(each, NOTHING, 1, "images") for each in ids]
    assert [each.id for each in ordered(results)] == [
        "N.listed", "N.hashed", "N.hashed.b", "M1", "M1.at.9", "M1.at.10", "M1.in.a", "M1b", "M4.a.b", "M4.b.a", "M3", "own",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": None},
        {"value": 1.0, "needs": ("x",)},
        {"value": 1.0, "status": "not estimated"},
        {"value": 1.0, "status": "guessed"},
        {"value": 1.0, "grade": "F"},
        {"value": float("nan")},
        {"value": 1.0, "interval": (0.0, float("inf"))},
    ],
)
def test_dishonest_results_are_refused(wrong):
    """A number without a value, a missing one with a value, or a word that is not declared never becomes a result."""
    with pytest.raises(TableError, match="result M1: expected"):
        Result("M1", NOTHING, unit="fraction", **wrong)


def test_one_id_twice_is_refused():
    """Two results cannot have one name."""
    with pytest.raises(TableError, match="M7 twice"):
        by_id([EXAMPLES[0], EXAMPLES[0]])


@pytest.mark.parametrize(
    "text", ["", "[]", '{"schema": "other"}', '{"schema": "dedupelab/results/2", "results": [{"id": 1}]}']
)
def test_other_files_are_refused_with_a_remedy(tmp_path, text):
    """What is not results.json is named, with what to do."""
    path = tmp_path / "results.json"
    path.write_text(text)
    with pytest.raises(TableError, match="run the report again"):
        load_results(path)


def test_unwritable_place_leaves_nothing(tmp_path):
    """A folder that does not exist is an output error."""
    with pytest.raises(OutputError, match="choose another folder"):
        write_results(tmp_path / "none" / "results.json", EXAMPLES, study="study")
    assert list(tmp_path.iterdir()) == []
