import sqlite3
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from dedupelab.errors import ConfigError, OutputError, TableError
from dedupelab.registers import ledger as ledger_module
from dedupelab.registers.ledger import Ledger

COLUMNS = {"id": "TEXT", "amount": "REAL"}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "deep" / "registers.sqlite", "incident", COLUMNS)


def test_rows_come_back_with_who_and_when(ledger):
    """What was written is read in order, with number, time in UTC and writer."""
    assert ledger.append([{"id": "a", "amount": 1.5}, {"id": "b"}], who=" Mei ", now=NOON) == [1, 2]
    assert ledger.history().to_dict("records") == [
        {"number": 1, "recorded": "2026-03-01T12:00:00+00:00", "who": "Mei", "id": "a", "amount": 1.5},
        {"number": 2, "recorded": "2026-03-01T12:00:00+00:00", "who": "Mei", "id": "b", "amount": None},
    ]


def test_without_a_file_there_are_no_rows(ledger):
    """Reading makes no file."""
    assert len(ledger.history()) == len(ledger.current(["id"])) == 0
    assert not ledger.path.exists()


def test_a_correction_is_a_further_row(ledger):
    """The last row of a key stands, in the place of its first; the history keeps both."""
    ledger.append([{"id": "a", "amount": 1}, {"id": "b", "amount": 2}], who="Mei")
    ledger.append([{"id": "a", "amount": 3}], who="Kai")
    assert ledger.current(["id"])[["id", "amount", "who"]].to_numpy().tolist() == [
        ["a", 3, "Kai"],
        ["b", 2, "Mei"],
    ]
    assert len(ledger.history()) == 3


@pytest.mark.parametrize("change", ["UPDATE incident SET amount = 0", "DELETE FROM incident"])
def test_nothing_is_changed_or_deleted(ledger, change):
    """The file itself refuses, whoever opens it."""
    ledger.append([{"id": "a"}], who="Mei")
    connection = sqlite3.connect(ledger.path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(change)
    connection.close()


def test_all_rows_or_none(ledger):
    """A row that cannot be written takes the others of its call with it."""
    with pytest.raises(ConfigError, match="expected some of id, amount, got ammount"):
        ledger.append([{"id": "a"}, {"ammount": 1}], who="Mei")
    assert len(ledger.history()) == 0


def test_somebody_writes(ledger):
    """A row without a writer is refused."""
    with pytest.raises(ConfigError, match="expected the name of who writes"):
        ledger.append([{"id": "a"}], who=" ")


def test_a_newer_file_is_left_alone(ledger):
    """A file of a newer version is neither read nor written."""
    Ledger(ledger.path, "incident", COLUMNS, version=3).append([{"id": "a"}], who="Mei")
    for act in (ledger.history, lambda: ledger.append([{"id": "b"}], who="Mei")):
        with pytest.raises(TableError, match="expected version 1 or older, got version 3; update dedupelab"):
            act()


def test_an_older_file_gets_the_new_columns(ledger):
    """A later version adds columns; older rows are empty there, before and after the first writing."""
    ledger.append([{"id": "a"}], who="Mei")
    newer = Ledger(ledger.path, "incident", {**COLUMNS, "place": "TEXT"}, version=2)
    assert newer.history()["place"].tolist() == [None]
    newer.append([{"id": "b", "place": "HK"}], who="Mei")
    assert newer.history()["place"].tolist() == [None, "HK"]


def test_several_tables_share_a_file(ledger):
    """A second ledger in the same file has rows and numbers of its own."""
    other = Ledger(ledger.path, "licence", {"fee": "REAL"})
    ledger.append([{"id": "a"}], who="Mei")
    assert other.append([{"fee": 3}], who="Mei") == [1]
    assert (len(ledger.history()), len(other.history())) == (1, 1)


def test_a_full_disk_is_said_plainly(ledger, monkeypatch):
    """No room: one line that says so, and nothing half-written."""
    ledger.append([{"id": "a"}], who="Mei")
    connect = sqlite3.connect

    def small(*args, **more):
        connection = connect(*args, **more)
        connection.execute("PRAGMA max_page_count=5")
        return connection

    monkeypatch.setattr(ledger_module.sqlite3, "connect", small)
    with pytest.raises(OutputError, match="got a full disk"):
        ledger.append([{"id": "x" * 100_000}], who="Mei")
    assert len(ledger.history()) == 1


def test_another_file_is_no_ledger(ledger):
    """A file that is no database is not overwritten."""
    ledger.path.parent.mkdir()
    ledger.path.write_text("a letter, and a long one " * 20)
    for act in (ledger.history, lambda: ledger.append([{"id": "b"}], who="Mei")):
        with pytest.raises(TableError, match="expected a ledger of dedupelab"):
            act()
    assert ledger.path.read_text().startswith("a letter")


def test_a_held_file_is_said(ledger, monkeypatch):
    """A process that does not let go of the file is named as the reason, after waiting."""
    ledger.append([{"id": "a"}], who="Mei")
    monkeypatch.setattr(ledger_module, "WAIT", 0.05)
    connection = sqlite3.connect(ledger.path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(OutputError, match="got another process writing"):
        ledger.append([{"id": "b"}], who="Mei")
    connection.execute("ROLLBACK")
    connection.close()


WRITER = """
import sys
from pathlib import Path
from dedupelab.registers.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]), "incident", {"id": "TEXT", "amount": "REAL"})
for n in range(12):
    ledger.append([{"id": f"{sys.argv[2]}-{n}"}], who=sys.argv[2])
"""


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
