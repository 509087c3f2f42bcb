"""A run's numbers come out again from its pack, and a difference is shown."""

import shutil
from datetime import UTC, datetime

import pandas as pd
import pytest
from command import invoke

from dedupelab import tables
from dedupelab.errors import PackError
from dedupelab.pack.pack import seal
from dedupelab.pack.replay import compare_tables, replay

pytestmark = pytest.mark.slow

SEEN = ("scanned", "images", "records", "crosswalk", "detected")
DERIVED = ("pairs", "groups", "members", "fields", "overlap", "exceedance", "options", "tornado", "trend")
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_every_table_comes_out_again(runs):
    """Pairs, groups, members, fields, overlap, tables of money and results follow from what was seen and written down."""
    compared = replay(runs[0])
    assert [(c.name, c.first) for c in compared] == [(name, "") for name in (*DERIVED, "results")]
    assert all(
        c.rows for c in compared if c.name in {"pairs", "groups", "members", "fields", "overlap", "results"}
    )


def test_with_the_pictures_everything_comes_out_again(runs, shared_study):
    """Images and pairs, too, are the same when the pictures are read anew; the study's own tables are not touched."""
    before = {p: p.stat().st_mtime_ns for p in shared_study.store.root.rglob("*.parquet")}
    compared = replay(runs[0], shared_study.folder)
    assert [(c.name, c.different) for c in compared][:5] == [(name, 0) for name in SEEN]
    assert before == {p: p.stat().st_mtime_ns for p in shared_study.store.root.rglob("*.parquet")}


def test_a_wrong_number_is_shown(runs, tmp_path):
    """A pack signed over a changed number verifies, and does not replay: table, id, field, before and now."""
    run = tmp_path / "run"
    shutil.copytree(runs[0] / "pack", run / "pack")
    results = run / "pack" / "data" / "results.json"
    text = results.read_text("utf-8")
    start = text.index('"id": "N.works"')
    changed = text[:start] + text[start:].replace('"value": 7', '"value": 9', 1)
    assert changed != text
    results.write_text(changed, encoding="utf-8")
    seal(run / "pack", {}, "again", NOW)
    done = invoke("replay", run)
    assert done.exit_code == 1
    assert "first N.works: value is 9" in done.stdout


def test_an_altered_pack_is_not_replayed(runs, tmp_path):
    """What is not whole is refused before anything is computed."""
    shutil.copytree(runs[0] / "pack", tmp_path / "pack")
    (tmp_path / "pack" / "data" / "run.json").write_text("{}")
    with pytest.raises(PackError, match=r"altered: data/run\.json"):
        replay(tmp_path / "pack")


def test_floats_are_equal_within_the_declared_tolerance_and_nothing_else_is():
    """A last digit of a float may differ; a text, a count or a row may not."""
    row = {"row": "a", "column": "b", "works": 3, "shared": 1, "containment": 1 / 3, "jaccard": 0.2}
    old = tables.OVERLAP.from_rows([row])

    def compared(new: pd.DataFrame):
        return compare_tables(tables.OVERLAP, old, new, relative=1e-9, absolute=0)

    assert compared(tables.OVERLAP.from_rows([row | {"jaccard": 0.2 + 1e-12}])).first == ""
    assert "jaccard is 0.2 in the pack" in compared(tables.OVERLAP.from_rows([row | {"jaccard": 0.21}])).first
    assert "shared is 1 in the pack, 2 now" in compared(tables.OVERLAP.from_rows([row | {"shared": 2}])).first
    assert compared(tables.OVERLAP.empty()).first == "a, b: not computed again"


def test_parts_of_a_list_are_compared_like_other_numbers():
    """Coordinates are 32-bit numbers in a list: the tolerance holds for them, too, and a missing list is no empty one."""
    row = {"left": "a", "right": "b", "transform": "identity", "relation": "derivative", "score": 0.5, "reason": "", "left_region": [0.1, 0.2, 0.9, 1.0], "cross_collection": True}  # fmt: skip
    old = tables.PAIRS.from_rows([row])

    def first(region) -> str:
        new = tables.PAIRS.from_rows([row | {"left_region": region}])
        return compare_tables(tables.PAIRS, old, new, relative=1e-3, absolute=0).first

    assert first([0.10001, 0.2, 0.9, 1.0]) == ""
    assert "left_region" in first([0.11, 0.2, 0.9, 1.0])
    assert "left_region" in first(None)


@pytest.fixture
def reviewed_run(reviewed, tmp_path, run_of):
    return run_of(reviewed, tmp_path / "out")


def test_a_reviewed_run_replays_with_its_corrected_numbers(reviewed, reviewed_run):
    """Labels, registers and calibration lie in the pack: what people corrected is corrected again, from the pack and the pictures."""
    corrected = {r.id: r for r in reviewed.results()}
    assert corrected["M1"].grade == "B"
    assert "C.recall.crop" in corrected
    assert (reviewed.pairs()["relation"] != reviewed.store.read(tables.DETECTED)["relation"]).any()
    for pictures in ("", reviewed.folder):
        compared = replay(reviewed_run, pictures)
        assert {c.name: c.first for c in compared if c.different} == {}
    assert next(c.rows for c in compared if c.name == "results") == len(corrected)


def test_without_its_labels_a_reviewed_run_does_not_replay(reviewed_run):
    """The test above can fail: the labels are what the corrected numbers come from."""
    pack = reviewed_run / "pack"
    (pack / "data" / "review" / "labels.sqlite").unlink()
    seal(pack, {}, "again", NOW)
    different = {c.name for c in replay(pack) if c.different}
    assert {"pairs", "results"} <= different
