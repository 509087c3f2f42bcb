"""Labels as CSV: out for other tools and people, in from them, without a spreadsheet running or changing anything."""

import csv
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from re import fullmatch
from typing import TypeVar

import pandas as pd

from dedupelab.errors import ConfigError, LabelError
from dedupelab.review.decisions import disputed
from dedupelab.review.labels import NOTHING_FOUND, Decision, LabelStore, checked, folded, iter_decisions
from dedupelab.tables.cells import guarded
from dedupelab.tables.sheets import read_sheet
from dedupelab.tables.whole_file import whole_file

COLUMNS = (
    "decision", "decided", "reviewer", "left_sha256", "right_sha256", "left_payload", "right_payload", "label", "note",
    "seconds", "purpose", "stratum", "draw", "undoes",
)  # fmt: skip
NEEDED = ("reviewer", "left_sha256", "right_sha256", "label")
"""Columns that a file written by hand must have; the others may be absent or empty."""
LISTED = 5
T = TypeVar("T")


@dataclass(frozen=True)
class Imported:
    """What an import brought: new decisions, those that were there already, and pairs on which people now disagree."""

    new: int
    known: int
    disputes: int


def export_labels(rows: pd.DataFrame, path: Path) -> int:
    """Write every row of a labels table as CSV; return how many.

    Text that a spreadsheet would run begins with an apostrophe, which `import_labels` takes off again.

    Raises
    ------
    OutputError
        If the file cannot be written; nothing half-written stays.
    """
    with whole_file(path) as partial, partial.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for each in iter_decisions(rows):
            values = {name: getattr(each, name) for name in COLUMNS}
            values["decided"] = each.decided.isoformat(timespec="microseconds")
            values["seconds"] = "" if each.seconds is None else f"{each.seconds:g}"
            writer.writerow([guarded(str(value)) for value in values.values()])
    return len(rows)


def import_labels(store: LabelStore, path: Path) -> Imported:
    """Take the decisions of a CSV file into a store, all or none.

    Decisions that are there already are not doubled. Where two people disagree, both decisions are kept and the pair is in
    dispute until somebody adjudicates it.

    Raises
    ------
    LabelError
        If the file is not such a CSV, a row cannot be a decision, or one person contradicts herself: two answers to one
        pair, neither of which takes the other back. The message names the lines.
    """
    read = list(_read(path))
    before = store.rows()
    known = {each.decision: each for each in iter_decisions(before)}
    _refuse_contradictions(read, known)
    new = store.append(*(decision for _, decision in read))
    return Imported(new, len(read) - new, len(disputed(store.rows())) - len(disputed(before)))


def _read(path: Path) -> Iterable[tuple[int, Decision]]:
    try:
        sheet = read_sheet(path)
    except ConfigError as problem:
        raise LabelError(str(problem)) from problem
    missing = [name for name in NEEDED if name not in sheet.headings]
    unknown = [name for name in sheet.headings if name not in COLUMNS]
    if missing or unknown:
        got = f"none called {', '.join(missing)}" if missing else f"{', '.join(unknown)}: rename or remove"
        raise LabelError(
            f"{path.name}: expected the columns {', '.join(NEEDED if missing else COLUMNS)}, got {got}; "
            "export labels to see the form"
        )
    for line, row in sheet.rows:
        try:
            yield line, _decision({name: row.get(name, "").strip() for name in COLUMNS})
        except LabelError as problem:
            raise LabelError(f"{path.name}, line {line}: {problem}; nothing was imported") from problem


def _decision(row: dict[str, str]) -> Decision:
    """Return a row as a decision; without an identifier it gets one from its content, so that no second import doubles it."""
    identity = (
        row["decision"] or hashlib.sha256("\n".join(row[name] for name in COLUMNS).encode()).hexdigest()[:32]
    )
    when = _read_as("decided", row, datetime.fromisoformat, "a time such as 2026-03-31T09:30:00+08:00")
    when = when or datetime.fromtimestamp(0, UTC)
    for side in ("left_sha256", "right_sha256"):
        # A row with an identifier was exported; one without was typed, perhaps with a file's name.
        if not (row["decision"] or row[side] == NOTHING_FOUND or fullmatch("[0-9a-fA-F]{64}", row[side])):
            raise LabelError(
                f"expected {side} as the SHA-256 of a file, 64 hexadecimal digits, got {row[side][:40]!r}; take it from an export or the "
                "images table"
            )
    left = (row["left_sha256"].lower(), row["left_payload"])
    right = (row["right_sha256"].lower(), row["right_payload"])
    if left > right:
        left, right = right, left
    return checked(
        Decision(
            row["reviewer"], left[0], right[0], row["label"], left[1], right[1], row["note"],
            _read_as("seconds", row, float, "seconds such as 12.5"), row["purpose"] or "first", row["stratum"], row["draw"],
            row["undoes"], when if when.tzinfo else when.replace(tzinfo=UTC), identity,
        )
    )  # fmt: skip


def _read_as(name: str, row: dict[str, str], read: Callable[[str], T], wanted: str) -> T | None:
    """Return a cell as what it should be; None where it is empty."""
    try:
        return read(row[name]) if row[name] else None
    except ValueError:
        raise LabelError(
            f"expected {name} as {wanted}, got {row[name][:40]!r}; correct it or leave it empty"
        ) from None


def _compared(decision: Decision) -> Decision:
    return replace(decision, reviewer=folded(decision.reviewer))


def _refuse_contradictions(read: list[tuple[int, Decision]], known: dict[str, Decision]) -> None:
    wrong = [
        f"line {line} ({decision.reviewer}: {decision.label or 'undo'}) is stored otherwise"
        for line, decision in read
        if decision.decision in known and _compared(decision) != _compared(known[decision.decision])
    ]
    there = known | {decision.decision: decision for _, decision in read}
    for line, decision in read:
        if decision.undoes:
            undone = there.get(decision.undoes)
            if undone is None or folded(undone.reviewer) != folded(decision.reviewer):
                whose = f"what {undone.reviewer} decided" if undone else "a decision that is not there"
                wrong.append(f"line {line}: {decision.reviewer} takes back {whose}")
    by_question: dict[tuple[str, ...], tuple[int, Decision]] = {}
    for line, decision in read:
        if decision.undoes:
            continue
        # A later answer of one person replaces an earlier one; two of the same moment contradict each other.
        question = (
            folded(decision.reviewer), decision.left_sha256, decision.right_sha256, decision.purpose, decision.decided.isoformat(),
        )  # fmt: skip
        first, other = by_question.setdefault(question, (line, decision))
        if other.label != decision.label:
            wrong.append(
                f"lines {first} and {line}: {decision.reviewer} says {other.label} and {decision.label}"
            )
    if wrong:
        more = f" and {len(wrong) - LISTED} more" if len(wrong) > LISTED else ""
        raise LabelError(
            f"expected labels that do not contradict each other, got {'; '.join(wrong[:LISTED])}{more}; "
            "nothing was imported: remove one of each, or name the reviewers apart"
        )
