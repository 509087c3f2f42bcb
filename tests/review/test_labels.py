"""Labels are attributable, appended, and there after whatever happens."""

import multiprocessing
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupelab import tables
from dedupelab.errors import LabelError, OutputError
from dedupelab.review.label_files import export_labels, import_labels
from dedupelab.review.labels import (
    CHOICES,
    Content,
    Decision,
    LabelStore,
    decide,
    iter_decisions,
    known_as,
    standing,
    undoable,
)
from dedupelab.tables.chain import seal


@pytest.fixture
def store(tmp_path) -> LabelStore:
    return LabelStore(tmp_path / "study" / "labels.sqlite")


def answer(name: str, label: str = "same", reviewer: str = "Ada", **more) -> Decision:
    return decide(Content(f"{name}1", f"p{name}"), Content(f"{name}2"), label, reviewer=reviewer, **more)


def test_a_decision_comes_back_as_it_was_given(store):
    """Who, when, what, how long and why are all kept; the table is the declared one."""
    given_ = answer("x", "variant", note="the hand moved", seconds=2.5, stratum="near", draw="d7")
    assert store.append(given_) == 1
    rows = store.rows()
    assert list(rows.columns) == tables.LABELS.names
    assert list(iter_decisions(rows)) == [given_]
    assert abs((datetime.now(UTC) - given_.decided).total_seconds()) < 60


def test_a_store_without_labels_is_empty_and_makes_no_file(store):
    """Asking for labels leaves no trace."""
    assert store.rows().empty
    assert not store.path.parent.exists()


@given(order=st.permutations(["aa", "bb"]))
def test_a_pair_has_no_order(order):
    """Either picture may be named first."""
    one, other = (Content(name, name[0]) for name in order)
    found = decide(one, other, "same", reviewer="Ada")
    assert (found.left_sha256, found.left_payload, found.right_sha256) == ("aa", "a", "bb")


@pytest.mark.parametrize("name", ["", "  ", "\n", "a\x00b", "x" * 101])
def test_a_reviewer_has_a_name(name):
    """Labels are attributable: nobody, blanks and control characters are refused."""
    with pytest.raises(LabelError, match="expected the reviewer's name"):
        answer("x", reviewer=name)


def test_one_person_has_one_name(store):
    """Capitals, spaces and wide letters make no second person: the name stays as it was first written, and nobody agrees with herself."""
    store.append(
        answer("x", reviewer="Ann Lee"),
        answer("x", reviewer="ann  lee "),
        answer("x", reviewer="\uff21nn Lee"),
    )
    store.append(answer("x", reviewer="Anna Lee"))
    assert store.rows()["reviewer"].tolist() == ["Ann Lee"] * 3 + ["Anna Lee"]
    assert len(standing(store.rows())) == 2
    assert (known_as(store.rows(), "ANN LEE"), known_as(store.rows(), "Bo")) == ("Ann Lee", "Bo")


def test_a_name_written_otherwise_is_imported_once(store, tmp_path):
    """A sheet of a reviewer whom the store spells otherwise can be taken twice, and adds nothing the second time."""
    other = LabelStore(tmp_path / "other.sqlite")
    other.append(answer("y", reviewer="ann"))
    export_labels(other.rows(), tmp_path / "labels.csv")
    store.append(answer("x", reviewer="Ann"))
    assert [import_labels(store, tmp_path / "labels.csv").new for _ in range(2)] == [1, 0]
    assert set(store.rows()["reviewer"]) == {"Ann"}


def test_what_is_no_decision_is_refused(store):
    """An unknown label, an unknown purpose, one file twice, a time that is none: one line each, and nothing is saved."""
    for wrong in (
        {"label": "dupe"},
        {"label": ""},
        {"purpose": "third"},
        {"seconds": -1.0},
        {"seconds": float("nan")},
    ):
        with pytest.raises(LabelError, match="expected"):
            store.append(answer("x", **wrong))
    with pytest.raises(LabelError, match="equal files need no reviewer"):
        decide(Content("x"), Content("x"), "same", reviewer="Ada")
    with pytest.raises(LabelError, match="expected a decision that was saved"):
        store.undo("nothing", reviewer="Ada")
    assert store.rows().empty


def test_a_decision_sent_twice_is_saved_once(store):
    """After a lost answer one may send again: the decision's identifier keeps it from being doubled."""
    once = answer("x")
    assert [store.append(once), store.append(once, answer("y"))] == [1, 1]
    assert len(store.rows()) == 2


def test_rows_are_never_changed_or_deleted(store):
    """The file itself refuses, whoever opens it."""
    store.append(answer("x"))
    with sqlite3.connect(store.path) as database:
        for statement in ("DELETE FROM labels", "UPDATE labels SET label = 'different'"):
            with pytest.raises(sqlite3.IntegrityError, match="labels are never"):
                database.execute(statement)
    database.close()


OLD = """
CREATE TABLE labels (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  decision TEXT NOT NULL UNIQUE,
  decided TEXT NOT NULL,
  reviewer TEXT NOT NULL CHECK (trim(reviewer) <> ''),
  left_sha256 TEXT NOT NULL,
  right_sha256 TEXT NOT NULL CHECK (left_sha256 < right_sha256),
  left_payload TEXT NOT NULL,
  right_payload TEXT NOT NULL,
  label TEXT NOT NULL,
  note TEXT NOT NULL,
  seconds REAL,
  purpose TEXT NOT NULL,
  stratum TEXT NOT NULL,
  draw TEXT NOT NULL,
  undoes TEXT NOT NULL
);
CREATE TRIGGER labels_stay BEFORE DELETE ON labels BEGIN SELECT raise(ABORT, 'labels are never deleted'); END;
CREATE TRIGGER labels_are_final BEFORE UPDATE ON labels BEGIN SELECT raise(ABORT, 'labels are never changed'); END;
INSERT INTO labels (decision, decided, reviewer, left_sha256, right_sha256, left_payload, right_payload, label, note, seconds,
  purpose, stratum, draw, undoes) VALUES
  ('d1', '2026-01-05T09:00:00.250000+00:00', 'Ada', 'x1', 'x2', 'px', '', 'same', 'by the hand', 2.5, 'first', 'near', 'w1', ''),
  ('d2', '2026-01-05T09:01:00.000000+00:00', 'Bo', 'x1', 'x2', 'px', '', 'variant', '', NULL, 'first', 'near', 'w1', ''),
  ('d3', '2026-01-05T09:02:00.000000+00:00', 'Bo', 'x1', 'x2', 'px', '', '', '', NULL, 'first', 'near', 'w1', 'd2');
PRAGMA user_version = 1;
"""
CHAINED = """
DROP TRIGGER labels_are_final;
ALTER TABLE labels ADD COLUMN chain TEXT;
CREATE TRIGGER labels_chained BEFORE UPDATE ON labels WHEN OLD.chain IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'labels are never changed: this table is append-only; write a correcting row'); END;
"""


@pytest.mark.parametrize("layout", [OLD, OLD + CHAINED])
def test_labels_of_an_earlier_version_are_carried_over(store, layout):
    """A file as the code before laid it out, chained or not, is read, goes on in the same file, and loses nothing."""
    store.path.parent.mkdir()
    database = sqlite3.connect(store.path)
    database.executescript(layout)
    if layout != OLD:
        seal(database, "labels")
        database.commit()
        old_chain = database.execute("SELECT chain FROM labels ORDER BY number").fetchall()
    database.close()
    before = store.rows()
    first = next(iter_decisions(before))
    assert (first.decision, first.seconds, first.note, first.stratum) == ("d1", 2.5, "by the hand", "near")
    assert standing(before)["decision"].tolist() == ["d1"]
    assert store.append(*iter_decisions(before), answer("y")) == 1
    assert store.rows().head(3).equals(before)
    assert store.rows()["number"].is_monotonic_increasing
    database = sqlite3.connect(store.path)
    chain = database.execute("SELECT chain FROM labels ORDER BY number").fetchall()
    assert all(digest for (digest,) in chain)
    assert layout == OLD or chain[:3] == old_chain
    for statement in ("DELETE FROM labels", "UPDATE labels SET label = 'different'"):
        with pytest.raises(sqlite3.IntegrityError, match="labels are never"):
            database.execute(statement)
    database.close()


def test_undo_is_another_row(store):
    """An undone decision stays on record and no longer counts; an undone undo undoes nothing."""
    first = answer("x")
    store.append(first)
    undo = store.undo(first.decision, reviewer="Ada")
    assert len(store.rows()) == 2
    assert standing(store.rows()).empty
    assert undoable(store.rows(), "Ada") == ""
    store.undo(undo.decision, reviewer="Ada")
    assert standing(store.rows())["decision"].tolist() == [first.decision]


def test_the_latest_answer_of_a_reviewer_stands(store):
    """Changing one's mind needs no undo; another reviewer's answer and a second review stand beside it."""
    store.append(answer("x", "same"), answer("x", "variant"), answer("x", "different", "Bo"))
    store.append(answer("x", "derivative", purpose="second"))
    assert standing(store.rows())["label"].tolist() == ["variant", "different", "derivative"]
    assert undoable(store.rows(), "Bo") == standing(store.rows())["decision"].iloc[1]


def test_a_newer_store_is_one_line(store):
    """Labels of a version to come are left alone, with the remedy."""
    store.append(answer("x"))
    with sqlite3.connect(store.path) as database:
        database.execute("PRAGMA user_version = 9")
    database.close()
    for use in (store.rows, lambda: store.append(answer("y"))):
        with pytest.raises(LabelError, match="got version 9; update dedupelab") as error:
            use()
        assert "\n" not in str(error.value)


def test_a_damaged_store_is_one_line(store):
    """A file that is no database is not overwritten."""
    store.path.parent.mkdir(parents=True)
    store.path.write_bytes(b"not a database, but longer than a header of one hundred bytes" * 3)
    for use in (store.rows, lambda: store.append(answer("y"))):
        with pytest.raises(LabelError, match="restore it from a copy"):
            use()
    assert store.path.read_bytes().startswith(b"not a database")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_a_read_only_folder_is_said(store):
    """Where nothing may be written, the decision is refused plainly and the earlier ones stay."""
    store.append(answer("x"))
    store.path.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    store.path.chmod(stat.S_IRUSR)
    try:
        with pytest.raises(OutputError, match="not saved, all earlier ones are"):
            store.append(answer("y"))
    finally:
        store.path.parent.chmod(stat.S_IRWXU)
    assert len(store.rows()) == 1


FULL = """
import resource, signal, sys
from pathlib import Path
from dedupelab.errors import OutputError
from dedupelab.review.labels import Content, LabelStore, decide
store, saved = LabelStore(Path(sys.argv[1])), 0
store.append(decide(Content("a"), Content("b"), "same", reviewer="Ada"))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, resource.RLIM_INFINITY))
try:
    for number in range(500):
        saved += store.append(decide(Content(f"a{number}"), Content("b"), "same", reviewer="Ada", note="x" * 500))
except OutputError as problem:
    print(saved, problem)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="limits of a process are POSIX")
def test_a_full_disk_loses_nothing(store):
    """When the file can grow no more, what was said to be saved is there, and the reviewer is told what to do."""
    ran = subprocess.run(
        [sys.executable, "-c", FULL, str(store.path)], capture_output=True, text=True, check=True
    )
    saved, _, told = ran.stdout.partition(" ")
    assert "expected to save a label" in told
    assert "free space" in told
    assert int(saved) > 0
    assert len(store.rows()) == int(saved) + 1
    assert store.append(answer("after")) == 1


def _label_forever(path: Path, reviewer: str, told: "multiprocessing.SimpleQueue[str]", count: int) -> None:
    store = LabelStore(path)
    for number in range(count):
        decision = answer(f"{reviewer}{number}", reviewer=reviewer)
        store.append(decision)
        told.put(decision.decision)


def test_a_store_that_somebody_is_about_to_fill_is_empty(store):
    """Between the making of the file and that of its table nothing is read, and nothing is wrong."""
    store.path.parent.mkdir(parents=True, exist_ok=True)
    store.path.touch()
    assert store.rows().empty


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX")
def test_two_label_at_once_and_one_is_killed(store):
    """No label that was saved is lost, none is doubled, and the other goes on."""
    context = multiprocessing.get_context("spawn")
    queues = [context.SimpleQueue(), context.SimpleQueue()]
    people = [
        context.Process(target=_label_forever, args=(store.path, name, told, count))
        for name, told, count in zip(("Ada", "Bo"), queues, (10_000, 60), strict=True)
    ]
    for person in people:
        person.start()
    told = [[queues[0].get() for _ in range(25)], []]
    os.kill(people[0].pid, signal.SIGKILL)
    told[1] = [queues[1].get() for _ in range(60)]
    people[0].join(30)
    people[1].join(30)
    assert [person.exitcode for person in people] == [-signal.SIGKILL, 0]
    while not queues[0].empty():
        told[0].append(queues[0].get())
    rows = store.rows()
    assert rows["decision"].is_unique
    by = rows.groupby("reviewer")["decision"].agg(set)
    assert set(told[0]) <= by["Ada"]
    assert len(by["Ada"]) <= len(told[0]) + 1  # one may be on disk before it was told
    assert by["Bo"] == set(told[1])
    assert rows["number"].is_monotonic_increasing
    assert set(rows["label"]) <= set(CHOICES)
    with sqlite3.connect(store.path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
