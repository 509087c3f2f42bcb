"""Labels: what people decided on pairs of pictures, appended to a ledger (`tables.ledger`) and never changed.

Each row says who, when and on what content; an undo is another row. People on one machine may label at once; people on several exchange CSV.
"""

import unicodedata
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from dedupelab import tables
from dedupelab.errors import LabelError, OutputError, TableError
from dedupelab.tables.ledger import Ledger, Value

CHOICES = ("same", "derivative", "variant", "different", "cannot-tell")
"""What a reviewer may answer. The first two count as duplication, the next two do not."""
DUPLICATE = CHOICES[:2]
NOT_DUPLICATE = CHOICES[2:4]
GOLD = "gold"
"""The purpose of a pair whose answer is known: it says how often its reviewer errs."""
SEARCH = "search"
"""The purpose of a random file that somebody searched for among all others: its pair is a copy found, or `NOTHING_FOUND`."""
PERSON = "person"
"""The purpose of an answer on one random file: does it show a person who can be recognised?"""
PERSON_ANSWERS = ("yes", "no", "cannot-tell")
TOLD = "told"
"""The purpose of the note that a reviewer was shown how they answered the gold pairs: what they said before stands."""
NOTHING_FOUND = "~"
"""Stands in place of a second file's digest, and sorts after every digest."""
OF_FILES = (SEARCH, PERSON)
"""Purposes of what is asked of one random file, not of a pair."""
PURPOSES = ("first", "second", "adjudication", GOLD, *OF_FILES, TOLD)
NOBODY = "-"
"""Stands in place of the first file's digest where a note is of no file."""
_ANSWERS = {PERSON: PERSON_ANSWERS, TOLD: (TOLD,)}
VERSION = 1
"""Of the file's layout; kept as SQLite's user_version."""
LONGEST_NAME = 100
_COLUMNS = {
    "decision": "TEXT NOT NULL UNIQUE",
    "decided": "TEXT NOT NULL",
    "reviewer": "TEXT NOT NULL CHECK (trim(reviewer) <> '')",
    "left_sha256": "TEXT NOT NULL",
    "right_sha256": "TEXT NOT NULL CHECK (left_sha256 < right_sha256)",
    "left_payload": "TEXT NOT NULL",
    "right_payload": "TEXT NOT NULL",
    "label": "TEXT NOT NULL",
    "note": "TEXT NOT NULL",
    "seconds": "REAL",
    "purpose": "TEXT NOT NULL",
    "stratum": "TEXT NOT NULL",
    "draw": "TEXT NOT NULL",
    "undoes": "TEXT NOT NULL",
}


@dataclass(frozen=True)
class Content:
    """A picture as labels know it: by what the file holds, not by its name or place."""

    sha256: str
    payload: str = ""


@dataclass(frozen=True)
class Decision:
    """One reviewer's decision on one pair; build it with `decide`."""

    reviewer: str
    left_sha256: str
    right_sha256: str
    label: str
    left_payload: str = ""
    right_payload: str = ""
    note: str = ""
    seconds: float | None = None
    purpose: str = "first"
    stratum: str = ""
    draw: str = ""
    undoes: str = ""
    decided: datetime = field(default_factory=lambda: datetime.now(UTC))
    decision: str = field(default_factory=lambda: uuid.uuid4().hex)


def decide(
    one: Content,
    other: Content,
    label: str,
    *,
    reviewer: str,
    note: str = "",
    seconds: float | None = None,
    purpose: str = "first",
    stratum: str = "",
    draw: str = "",
) -> Decision:
    """Return a checked decision on two pictures, in either order; `LabelStore.append` saves it.

    Raises
    ------
    LabelError
        If the reviewer has no name, the label or purpose is none, or both files are one and the same.

    Examples
    --------
    >>> decide(Content("b"), Content("a"), "same", reviewer="Ada").left_sha256
    'a'
    """
    left, right = sorted((one, other), key=lambda each: each.sha256)
    return checked(
        Decision(
            reviewer, left.sha256, right.sha256, label, left.payload, right.payload, note, seconds, purpose, stratum, draw
        )
    )  # fmt: skip


def checked(decision: Decision) -> Decision:
    """Return the decision with its reviewer's name in one spelling; raises LabelError like `decide`."""
    name = " ".join(unicodedata.normalize("NFC", decision.reviewer).split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise LabelError(
            f"expected the reviewer's name (1 to {LONGEST_NAME} characters), got {decision.reviewer[:40]!r}; "
            "labels are attributable: say who decides"
        )
    answers = _ANSWERS.get(decision.purpose, CHOICES)
    if decision.undoes and decision.label:
        raise LabelError(
            f"expected either a label or what it takes back, got {decision.label!r} and {decision.undoes!r}; write two rows"
        )
    if decision.label not in answers and not decision.undoes:
        raise LabelError(f"expected a label of {', '.join(answers)}, got {decision.label!r}; choose one")
    if decision.purpose not in PURPOSES:
        raise LabelError(f"expected a purpose of {', '.join(PURPOSES)}, got {decision.purpose!r}; choose one")
    if not decision.left_sha256 or decision.left_sha256 >= decision.right_sha256:
        raise LabelError(
            "expected two different files in the order of their digests, got "
            f"{decision.left_sha256[:12]!r} and {decision.right_sha256[:12]!r}; equal files need no reviewer"
        )
    if decision.seconds is not None and not 0 <= decision.seconds < float("inf"):
        raise LabelError(f"expected the time taken in seconds, got {decision.seconds}; leave it out")
    return replace(decision, reviewer=name, decided=decision.decided.astimezone(UTC))


@dataclass(frozen=True)
class LabelStore:
    """The labels of one study. The file is made with the first label."""

    path: Path

    def append(self, *decisions: Decision) -> int:
        """Save decisions, all or none; return how many were new (a decision that is there already is not doubled).

        Raises
        ------
        LabelError
            If a decision cannot be taken as it stands, or the file is none of ours, damaged, or of a newer version.
        OutputError
            If it cannot be written (disk full, read-only): nothing of this call is saved, everything before it is.
        """
        rows = [_row(checked(each)) for each in decisions]
        try:
            return len(self._ledger.append(rows))
        except OutputError as problem:
            raise OutputError(
                f"expected to save a label; it is not saved, all earlier ones are: {problem}"
            ) from problem
        except TableError as problem:
            raise LabelError(str(problem)) from problem

    def undo(self, decision: str, *, reviewer: str) -> Decision:
        """Take a decision back by one more row, which is returned; it can be taken back in turn.

        Raises
        ------
        LabelError
            If there is no such decision; otherwise like `append`.
        """
        rows = self.rows()
        found = rows[rows["decision"] == decision]
        if found.empty:
            raise LabelError(f"expected a decision that was saved, got {decision!r}; see the labels table")
        of = found.iloc[0]
        row = Decision(
            reviewer, of["left_sha256"], of["right_sha256"], "", of["left_payload"], of["right_payload"],
            purpose=of["purpose"], stratum=of["stratum"], draw=of["draw"], undoes=decision,
        )  # fmt: skip
        self.append(row)
        return checked(row)

    def rows(self) -> pd.DataFrame:
        """Return every row as the declared table `labels`, undone ones and undos included, in order of arrival.

        Each reviewer has the name as it was first written.

        Raises
        ------
        LabelError
            If the file is none of ours, damaged, or of a newer version.
        """
        try:
            found = self._ledger.history()
        except TableError as problem:
            raise LabelError(str(problem)) from problem
        # One person who writes her name in two ways is still one person, not two who agree.
        spelt: dict[str, str] = {}
        names = [spelt.setdefault(folded(str(name)), str(name)) for name in found["reviewer"]]
        return tables.LABELS.from_rows(
            {**row, "decided": datetime.fromisoformat(str(row["decided"]))}
            for row in found.assign(reviewer=names).to_dict("records")
        )

    @property
    def _ledger(self) -> Ledger:
        return Ledger(self.path, "labels", _COLUMNS, VERSION, once="decision")


def known_as(rows: pd.DataFrame, name: str) -> str:
    """Return a reviewer's name as it was first written in the rows of a store, whatever its capitals, spaces or width of letters."""
    spelt = {folded(str(each)): str(each) for each in rows["reviewer"].unique()}
    return spelt.get(folded(name), name)


def folded(name: str) -> str:
    """Return a name as it is compared: capitals, spaces and the width of letters make no other person.

    >>> folded("Ann  Lee ") == folded("\uff21nn lee")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _row(decision: Decision) -> dict[str, Value]:
    return {**asdict(decision), "decided": decision.decided.isoformat(timespec="microseconds")}


def standing(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions that count: neither undone nor undos; of one reviewer on one pair and purpose the latest.

    An undo that was itself undone undoes nothing. What is asked of one file is asked of each of several equal ones.
    """
    undone: set[str] = set()
    undos = rows.loc[rows["undoes"] != "", ["decision", "undoes"]]
    for decision, target in undos.iloc[::-1].itertuples(index=False):
        if decision not in undone:
            undone.add(target)
    kept = rows[(rows["undoes"] == "") & ~rows["decision"].isin(undone)]
    file = kept["draw"].where(kept["purpose"].isin(OF_FILES), "")
    keys = ["left_sha256", "right_sha256", "reviewer", "purpose", "file"]
    return kept.loc[~kept.assign(file=file).duplicated(keys, keep="last").to_numpy(bool)]


def undoable(rows: pd.DataFrame, reviewer: str) -> str:
    """Return the reviewer's last standing decision, which an undo would take back; nothing where there is none.

    What was decided before the reviewer was told how they did stands: with the answers known, nobody decides anew.
    """
    own = standing(rows)
    own = own[own["reviewer"] == reviewer]
    own = (
        own[own["number"] > own.loc[own["purpose"] == TOLD, "number"].max()]
        if TOLD in set(own["purpose"])
        else own
    )
    return str(own["decision"].iloc[-1]) if len(own) else ""


def iter_decisions(rows: pd.DataFrame) -> Iterator[Decision]:
    """Yield the rows of a labels table as decisions, as another store would take them."""
    for row in rows.to_dict("records"):
        texts = {name: str(row[name]) for name in _COLUMNS if name not in {"seconds", "decided"}}
        seconds = None if pd.isna(row["seconds"]) else float(row["seconds"])
        yield Decision(**texts, seconds=seconds, decided=pd.Timestamp(row["decided"]).to_pydatetime())
