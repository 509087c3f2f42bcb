"""An append-only table: several write it, nothing is lost, and files of earlier versions are carried over."""

import sqlite3
import subprocess
import sys

import pytest

from dedupelab.errors import ConfigError, OutputError, TableError
from dedupelab.tables import ledger as ledger_module
from dedupelab.tables.ledger import Ledger

COLUMNS = {"id": "TEXT", "amount": "REAL"}


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "deep" / "registers.sqlite", "incident", COLUMNS)


def test_rows_come_back(ledger):
    """What was written is read in order, with its number; what was left out is empty."""
    assert ledger.append([{"id": "a", "amount": 1.5}, {"id": "b"}]) == [1, 2]
    assert ledger.history().to_dict("records") == [
        {"number": 1, "id": "a", "amount": 1.5},
        {"number": 2, "id": "b", "amount": None},
    ]


def test_without_a_file_there_are_no_rows(ledger):
    """Reading makes no file."""
    assert len(ledger.history()) == len(ledger.current(["id"])) == 0
    assert not ledger.path.exists()


def test_a_correction_is_a_further_row(ledger):
    """The last row of a key stands, in the place of its first; the history keeps both."""
    ledger.append([{"id": "a", "amount": 1}, {"id": "b", "amount": 2}])
    ledger.append([{"id": "a", "amount": 3}])
    assert ledger.current(["id"])[["id", "amount"]].to_numpy().tolist() == [["a", 3], ["b", 2]]
    assert len(ledger.history()) == 3


@pytest.mark.parametrize("change", ["UPDATE incident SET amount = 0", "DELETE FROM incident"])
def test_nothing_is_changed_or_deleted(ledger, change):
    """The file itself refuses, whoever opens it."""
    ledger.append([{"id": "a"}])
    connection = sqlite3.connect(ledger.path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(change)
    connection.close()


def test_all_rows_or_none(ledger):
    """A row that cannot be written takes the others of its call with it."""
    with pytest.raises(ConfigError, match="expected some of id, amount, got ammount"):
        ledger.append([{"id": "a"}, {"ammount": 1}])
    assert len(ledger.history()) == 0


def test_a_row_is_known_by_one_column(tmp_path):
    """Where a ledger says so, a row that is there already is not doubled."""
    ledger = Ledger(tmp_path / "x.sqlite", "answer", {"id": "TEXT NOT NULL UNIQUE"}, once="id")
    assert [ledger.append([{"id": "a"}]), ledger.append([{"id": "a"}, {"id": "b"}])] == [
        [1],
        [3],
    ]  # the refused one takes its number along
    assert ledger.history()["id"].tolist() == ["a", "b"]


def test_a_newer_file_is_left_alone(ledger):
    """A file of a newer version is neither read nor written."""
    Ledger(ledger.path, "incident", COLUMNS, version=3).append([{"id": "a"}])
    for act in (ledger.history, lambda: ledger.append([{"id": "b"}])):
        with pytest.raises(TableError, match="expected version 1 or older, got version 3; update dedupelab"):
            act()


def test_an_older_file_gets_the_new_columns(ledger):
    """A later version adds columns; older rows are empty there, before and after the first writing."""
    ledger.append([{"id": "a"}])
    newer = Ledger(ledger.path, "incident", {**COLUMNS, "place": "TEXT"}, version=2)
    assert newer.history()["place"].tolist() == [None]
    newer.append([{"id": "b", "place": "HK"}])
    assert newer.history()["place"].tolist() == [None, "HK"]


def test_several_tables_share_a_file(ledger):
    """A second ledger in the same file has rows and numbers of its own."""
    other = Ledger(ledger.path, "licence", {"fee": "REAL"})
    ledger.append([{"id": "a"}])
    assert other.append([{"fee": 3}]) == [1]
    assert (len(ledger.history()), len(other.history())) == (1, 1)


def test_a_full_disk_is_said_plainly(ledger, monkeypatch):
    """No room: one line that says so, and nothing half-written."""
    ledger.append([{"id": "a"}])
    connect = sqlite3.connect

    def small(*args, **more):
        connection = connect(*args, **more)
        connection.execute("PRAGMA max_page_count=5")
        return connection

    monkeypatch.setattr(ledger_module.sqlite3, "connect", small)
    with pytest.raises(OutputError, match="got a full disk"):
        ledger.append([{"id": "x" * 100_000}])
    assert len(ledger.history()) == 1


def test_another_file_is_no_ledger(ledger):
    """A file that is no database is not overwritten."""
    ledger.path.parent.mkdir()
    ledger.path.write_text("a letter, and a long one " * 20)
    for act in (ledger.history, lambda: ledger.append([{"id": "b"}])):
        with pytest.raises(TableError, match="expected a ledger of dedupelab"):
            act()
    assert ledger.path.read_text().startswith("a letter")


def test_a_held_file_is_said(ledger, monkeypatch):
    """A process that does not let go of the file is named as the reason, after waiting."""
    ledger.append([{"id": "a"}])
    monkeypatch.setattr(ledger_module, "WAIT", 0.05)
    connection = sqlite3.connect(ledger.path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(OutputError, match="got another process writing"):
        ledger.append([{"id": "b"}])
    connection.execute("ROLLBACK")
    connection.close()


WRITER = """
import sys
from pathlib import Path
from dedupelab.tables.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]), "incident", {"id": "TEXT", "amount": "REAL"})
for n in range(12):
    ledger.append([{"id": f"{sys.argv[2]}-{n}"}])
"""


@pytest.mark.slow
def test_two_processes_write_at_once(ledger):
    """Nothing is lost when two processes write the same new file."""
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(ledger.path), name]) for name in ("one", "two")
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    rows = ledger.history()
    assert sorted(rows["id"]) == sorted(f"{name}-{n}" for name in ("one", "two") for n in range(12))
    assert rows["number"].is_unique


@pytest.mark.parametrize("wrong", [{"a b": "TEXT"}, {"a": "JSON"}, {"a; DROP TABLE x": "TEXT"}])
def test_names_are_identifiers(tmp_path, wrong):
    """No name reaches SQL that is not an identifier."""
    with pytest.raises(ValueError, match="expected identifiers"):
        Ledger(tmp_path / "x", "t", wrong)


def test_a_register_of_an_earlier_version_is_carried_over(tmp_path):
    """A file as the code before laid it out, with rows not chained yet: they are read, chained with the next, and none is lost."""
    path = tmp_path / "registers.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript("""
        CREATE TABLE decision (number INTEGER PRIMARY KEY AUTOINCREMENT, recorded TEXT NOT NULL, who TEXT NOT NULL, id TEXT, what TEXT);
        CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'this table is append-only; write a correcting row'); END;
        CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'this table is append-only; write a correcting row'); END;
        INSERT INTO decision (recorded, who, id, what) VALUES ('2026-01-05T09:00:00+00:00', 'Mei', 'd1', 'keep 8 bits');
        INSERT INTO decision (recorded, who, id, what) VALUES ('2026-01-06T09:00:00+00:00', 'Kai', 'd1', 'keep 6 bits');
        PRAGMA user_version=1;
    """)
    connection.close()
    ledger = Ledger(
        path, "decision", {"recorded": "TEXT NOT NULL", "who": "TEXT NOT NULL", "id": "TEXT", "what": "TEXT"}
    )
    before = ledger.history()
    assert before["what"].tolist() == ["keep 8 bits", "keep 6 bits"]
    assert ledger.append(
        [{"recorded": "2026-02-01T09:00:00+00:00", "who": "Mei", "id": "d2", "what": "ask"}]
    ) == [3]
    assert ledger.history().head(2).equals(before)
    assert ledger.current(["id"])["what"].tolist() == ["keep 6 bits", "ask"]
    connection = sqlite3.connect(path)
    for change in ("UPDATE decision SET what = 'x'", "DELETE FROM decision"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(change)
    assert connection.execute("SELECT count(*) FROM decision WHERE chain IS NULL").fetchone() == (0,)
    connection.close()
