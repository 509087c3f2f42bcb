"""A row that was written down can be neither changed, nor left out, nor written in later, without a broken chain."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupelab.errors import TableError
from dedupelab.review.labels import Content, LabelStore, decide
from dedupelab.tables.chain import check_chains, link
from dedupelab.tables.ledger import Ledger

COLUMNS = {"recorded": "TEXT", "who": "TEXT", "what": "TEXT", "amount": "REAL", "proof": "BLOB"}


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    """Three rows in two batches; 5 is stored as 5.0, and that is what counts."""
    made = Ledger(tmp_path / "registers.sqlite", "incident", COLUMNS)
    made.append([{"what": "one", "amount": 5, "who": "Ada"}, {"what": "two", "proof": b"x", "who": "Ada"}])
    made.append([{"what": "three"}])
    return made


def meddle(path, *statements: str) -> None:
    """Do what somebody with the file and without scruples can: first away with the triggers."""
    with sqlite3.connect(path) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
    connection.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()


def test_what_was_written_is_chained(ledger):
    """Every row has its digest, each follows the one before, and another batch continues."""
    meddle(ledger.path)
    (found,) = check_chains(ledger.path)
    assert (found.table, len(found.digests), found.open_rows) == ("incident", 3, 0)
    before = found.head
    ledger.append([{"what": "four"}])
    meddle(ledger.path)
    assert check_chains(ledger.path)[0].digests[2] == before


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE incident SET amount = 6 WHERE number = 1", 1),
        ("UPDATE incident SET recorded = '2020-01-01T00:00:00+00:00' WHERE number = 2", 2),
        ("UPDATE incident SET who = 'Eve' WHERE number = 3", 3),
        ("DELETE FROM incident WHERE number = 1", 2),
        ("INSERT INTO incident (number, recorded, who, what, chain) VALUES (0, '2020', 'Eve', 'zero', 'x')", 0),
        ("UPDATE incident SET chain = NULL WHERE number = 2", 3),
    ],
)  # fmt: skip
def test_a_broken_chain_is_named(ledger, statement, row):
    """Changed, dated back, signed over, left out, written in or unchained: the row is named."""
    meddle(ledger.path, statement)
    with pytest.raises(TableError, match=f"expected row {row} of incident as it was chained"):
        check_chains(ledger.path)


def test_an_older_file_is_chained_with_the_next_entry(ledger):
    """Before that its rows count as not chained; afterwards all are, and none can be changed."""
    meddle(ledger.path, "ALTER TABLE incident DROP COLUMN chain")
    assert (check_chains(ledger.path)[0].open_rows, check_chains(ledger.path)[0].head) == (3, "")
    ledger.append([{"what": "four"}])
    with (
        sqlite3.connect(ledger.path) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        connection.execute("UPDATE incident SET amount = 0")
    connection.close()
    meddle(ledger.path)
    assert len(check_chains(ledger.path)[0].digests) == 4
    assert list(ledger.history()["what"]) == ["one", "two", "three", "four"]


def test_labels_are_chained_too(tmp_path):
    """Each decision follows the one before; appending one twice adds nothing to the chain."""
    store = LabelStore(tmp_path / "labels.sqlite")
    one = decide(Content("a"), Content("b"), "same", reviewer="Ada")
    assert store.append(one) == 1
    assert store.append(one, decide(Content("a"), Content("c"), "different", reviewer="Ada")) == 1
    meddle(store.path)
    (found,) = check_chains(store.path)
    assert (found.table, len(found.digests), found.open_rows) == ("labels", 2, 0)
    meddle(store.path, "UPDATE labels SET label = 'different' WHERE number = 1")
    with pytest.raises(TableError, match="expected row 1 of labels"):
        check_chains(store.path)


@given(st.dictionaries(st.text(min_size=1), st.none() | st.text() | st.integers() | st.binary(), max_size=4))
def test_a_column_that_comes_later_changes_no_digest(row):
    """Empty columns do not count, order neither."""
    row.pop("number", None)
    row.pop("chain", None)
    assert link("x", row) == link("x", dict(reversed(row.items())) | {"later": None})
