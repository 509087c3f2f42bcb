"""The store keeps tables with what they were made from, and lets one run at a time hold a study."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dedupelab import tables
from dedupelab.errors import OutputError
from dedupelab.tables import keys
from dedupelab.tables.keys import code_digest, key_for
from dedupelab.tables.store import Store

HOLD = "import sys, time; from pathlib import Path; from dedupelab.tables.store import Store\nwith Store(Path(sys.argv[1])).lock():\n print('held', flush=True); time.sleep(60)"


def test_a_table_is_fresh_for_its_key_only(tmp_path):
    """Another key, an empty key and an absent table are not fresh."""
    kept = Store(tmp_path)
    assert not kept.fresh(tables.GROUPS, "key")
    assert len(kept.read(tables.GROUPS)) == 0
    kept.write(tables.GROUPS, tables.GROUPS.empty(), "key")
    assert kept.fresh(tables.GROUPS, "key")
    assert not kept.fresh(tables.GROUPS, "other")
    kept.write(tables.GROUPS, tables.GROUPS.empty(), "")
    assert not kept.fresh(tables.GROUPS, "")


def test_a_key_follows_what_it_is_made_of():
    """Equal parts give equal keys in any process; order of a mapping does not count, order of a list does."""
    assert key_for({"a": 1, "b": [1, 2]}, "x") == key_for({"b": [1, 2], "a": 1}, "x")
    assert (
        len({key_for([1, 2]), key_for([2, 1]), key_for("[1, 2]"), key_for(1, 2), key_for("1", 2), key_for()})
        == 6
    )


def test_code_is_part_of_the_key(tmp_path, monkeypatch):
    """A changed module or table declaration is another digest; other folders do not count."""
    for name in (
        "collect/scan.py",
        "collect/catalogues/marc.py",
        "match/groups.py",
        "tables/__init__.py",
        "tables/parquet.py",
        "tables/records.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one")
    monkeypatch.setattr(keys, "__file__", str(tmp_path / "tables" / "keys.py"))
    before = code_digest("collect")
    (tmp_path / "match/groups.py").write_text("two")
    assert code_digest("collect") == before
    for name in (
        "collect/scan.py",
        "collect/catalogues/marc.py",
        "tables/__init__.py",
        "tables/parquet.py",
        "tables/records.py",
    ):
        (tmp_path / name).write_text("two")
        before, after = code_digest("collect"), before
        assert before != after


def test_a_folder_can_be_left_out_of_the_key(tmp_path, monkeypatch):
    """Code that makes another table does not make this one stale."""
    for name in (
        "collect/scan.py",
        "collect/catalogues/marc.py",
        "tables/__init__.py",
        "tables/parquet.py",
        "tables/records.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one")
    monkeypatch.setattr(keys, "__file__", str(tmp_path / "tables" / "keys.py"))
    whole, part = code_digest("collect"), code_digest("collect", without="collect/catalogues")
    (tmp_path / "collect/catalogues/marc.py").write_text("two")
    assert code_digest("collect", without="collect/catalogues") == part
    assert code_digest("collect") != whole


@pytest.mark.slow
def test_a_second_process_is_refused_until_the_holder_dies(tmp_path):
    """The refusal names the holder on one line; a killed holder leaves nothing to clear away."""
    root = Path(__file__).parents[2]
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE, text=True, cwd=root
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(OutputError) as caught, Store(tmp_path).lock():
            pass
        assert f"process {holder.pid}" in str(caught.value)
        assert "\n" not in str(caught.value)
        holder.send_signal(signal.SIGKILL)
        holder.wait(10)
        with Store(tmp_path).lock():
            pass
    finally:
        holder.kill()
        holder.communicate()


def test_a_lock_is_let_go_after_an_error(tmp_path):
    """The next run can start, in the same process too."""
    with pytest.raises(ZeroDivisionError), Store(tmp_path).lock():
        1 / 0  # noqa: B018  any error
    with (
        Store(tmp_path).lock(),
        pytest.raises(OutputError, match="got a run that holds it"),
        Store(tmp_path).lock(),
    ):
        pass


def test_a_study_that_cannot_be_written_is_said_so(tmp_path):
    """An unwritable folder is an output error with the remedy."""
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(OutputError, match="allow writing or copy the study"),
        Store(tmp_path / "file" / "x").lock(),
    ):
        pass
