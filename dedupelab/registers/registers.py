"""The paper trail: who works how, what went wrong, what was licensed, what was assumed and decided, by whom and when.

Entries are never changed: a correction is a later entry of the same id, and one that no longer counts is withdrawn with a
reason. What stands is the last of each id; the history keeps all.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pandas as pd

from dedupelab.errors import ConfigError
from dedupelab.registers.register_fields import KINDS, WITHDRAWN, checked, folded
from dedupelab.tables.ledger import Ledger, Value

FILE = "registers.sqlite"
VERSION = 2
STAMP = {"recorded": "TEXT NOT NULL", "who": "TEXT NOT NULL"}
"""What every entry has beside its own columns: when it was written, in UTC, and by whom."""
FOREVER = "9999-12-31"


@dataclass(frozen=True)
class Written:
    """What an addition did: entries that are new, that correct an earlier one, and that said nothing new."""

    new: int
    corrected: int
    unchanged: int


@dataclass(frozen=True)
class Registers:
    """The registers of one study, in one file.

    Parameters
    ----------
    path
        The file; it is made by the first entry.
    """

    path: Path

    @classmethod
    def of(cls, folder: Path) -> "Registers":
        """Return the registers of the study in a folder."""
        return cls(folder / FILE)

    def add(
        self,
        kind: str,
        rows: Iterable[Mapping[str, object]],
        *,
        who: str,
        correct: bool = True,
        now: datetime | None = None,
    ) -> Written:
        """Write entries, all or none. An entry without `id` gets one; one equal to what stands is left out.

        Parameters
        ----------
        kind
            One of `register_fields.KINDS`.
        rows
            Entries by column, values as text or numbers.
        correct
            Whether an id that exists is a correction; else it is refused.
        now
            Time of writing; the clock when None.

        Raises
        ------
        ConfigError
            If an entry is not usable; the message says which, what was expected and what was got.
        OutputError, TableError
            If the file cannot be written or read (see `Ledger`).
        """
        ledger = self._ledger(kind)
        standing: dict[str, Mapping[str, object]] = {
            str(row["id"]): {str(k): v for k, v in row.items()}
            for row in ledger.current(["id"]).to_dict("records")
        }
        names = [field.name for field in (*KINDS[kind], WITHDRAWN)]
        entries: list[dict[str, Value]] = []
        # What has happened is said by the clock, also where an earlier time of writing is named; east of Greenwich the day begins earlier, by
        # fourteen hours at most.
        clock = datetime.now(UTC)
        today = (max((now or clock).astimezone(UTC), clock) + timedelta(hours=14)).date()
        seen: Counter[str] = Counter()
        for number, row in enumerate(rows, 1):
            identity = str(row.get("id") or "").strip()
            called = f"{kind} {identity or f'entry {number}'}"
            try:
                entry = checked(kind, row, today)
            except ConfigError as problem:
                raise ConfigError(f"{called}: {problem}") from None
            if identity in standing and not correct:
                before = standing[identity]
                raise ConfigError(
                    f"{called}: expected a new id, got one that {before['who']} wrote on {str(before['recorded'])[:10]}; "
                    "choose another, or correct it with --correct"
                )
            entries.append({"id": identity or f"{kind}-{uuid4().hex[:8]}", **entry})
            seen[str(entries[-1]["id"])] += 1
        if twice := sorted(name for name, times in seen.items() if times > 1):
            raise ConfigError(
                f"{kind}: expected each id once, got {', '.join(twice)} several times; rename or remove"
            )
        unequal = [
            e
            for e in entries
            if e["id"] not in standing or any(_other(e[n], standing[str(e["id"])][n]) for n in names)
        ]
        if kind == "licence":
            _refuse_overlaps(standing, unequal)
        if unequal:
            _write(ledger, unequal, who, now)
        new = sum(e["id"] not in standing for e in unequal)
        return Written(new, len(unequal) - new, len(entries) - len(unequal))

    def withdraw(self, kind: str, identity: str, reason: str, *, who: str) -> None:
        """Write that an entry no longer counts, and why.

        Raises
        ------
        ConfigError
            If there is no such entry, or no reason.
        """
        rows = self.read(kind)
        found = rows[rows["id"] == identity]
        if not len(found) or not reason.strip():
            raise ConfigError(
                f"{kind}: expected the id of an entry that stands and a reason, got {identity!r} and {reason!r}; see the list"
            )
        row = {str(k): v for k, v in found.iloc[0].items() if k != "number"}
        _write(self._ledger(kind), [{**row, "withdrawn": reason.strip()}], who, None)

    def read(self, kind: str) -> pd.DataFrame:
        """Return the entries that stand: number, recorded, who, id and the kind's columns; numbers as floats.

        Raises
        ------
        ConfigError
            If there is no such register.
        TableError
            If the file is no register or of a newer version.
        """
        rows = self._ledger(kind).current(["id"])
        rows = rows[rows["withdrawn"].isna()].reset_index(drop=True)
        numbers = [field.name for field in KINDS[kind] if field.sql != "TEXT"]
        return rows.astype(dict.fromkeys(numbers, float))

    def history(self, kind: str) -> pd.DataFrame:
        """Return everything ever written, withdrawn and corrected entries included; raises like `read`."""
        return self._ledger(kind).history()

    def entries(self) -> dict[str, pd.DataFrame]:
        """Return the entries that stand in each register; raises like `read`."""
        return {kind: self.read(kind) for kind in KINDS}

    def counts(self) -> dict[str, int]:
        """Return how many entries stand in each register."""
        return {kind: len(rows) for kind, rows in self.entries().items()}

    def _ledger(self, kind: str) -> Ledger:
        if kind not in KINDS:
            raise ConfigError(f"expected a register of {', '.join(KINDS)}, got {kind!r}; choose one")
        columns = {"id": "TEXT", **{f.name: f.sql for f in (*KINDS[kind], WITHDRAWN)}}
        return Ledger(self.path, kind, {**STAMP, **columns}, VERSION)


def _write(ledger: Ledger, rows: Iterable[Mapping[str, Value]], who: str, now: datetime | None) -> None:
    """Append rows with who wrote them and when."""
    if not who.strip():
        raise ConfigError(
            f"{ledger.table}: expected the name of who writes, got none; give it with --by or `who`"
        )
    written = (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    ledger.append({**row, "recorded": written, "who": who.strip()} for row in rows)


def _other(one: Value, other: object) -> bool:
    """Whether two kept values differ; empty ones do not."""
    blank = other is None or other != other  # noqa: PLR0124  NaN differs from itself
    return not blank if one is None else blank or one != other


def overlap(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether two licences allow one use at one time: no scope, territory or end means all, everywhere, for ever.

    >>> a = {"scope": "web", "territory": None, "start": "2026-01-01", "end": "2026-06-30"}
    >>> overlap(a, a | {"scope": None, "start": "2026-06-30", "end": None}), overlap(a, a | {"scope": "print"})
    (True, False)
    """
    for name in ("scope", "territory"):
        mine, theirs = (folded(licence[name]) for licence in (one, other))
        if mine and theirs and mine != theirs:
            return False
    ends = [str(licence["end"]) if folded(licence["end"]) else FOREVER for licence in (one, other)]
    return str(one["start"]) <= ends[1] and str(other["start"]) <= ends[0]


def _refuse_overlaps(standing: Mapping[str, Mapping[str, object]], rows: list[dict[str, Value]]) -> None:
    """Refuse one licence written down twice: same asset, licensor and licensee, for one use at one time."""
    after: dict[str, Mapping[str, object]] = {**standing, **{str(row["id"]): row for row in rows}}
    same: dict[tuple[str, ...], list[Mapping[str, object]]] = {}
    for row in after.values():
        if not folded(row["withdrawn"]):
            # Two file names may differ by a stop or a stroke alone.
            key = (str(row["asset"]).casefold(), folded(row["licensor"]), folded(row["licensee"]))
            same.setdefault(key, []).append(row)
    for licences in same.values():
        for number, one in enumerate(licences):
            for other in licences[:number]:
                if overlap(one, other):
                    raise ConfigError(
                        f"licence {one['id']}: expected dates that do not overlap licence {other['id']} of the same asset, licensor "
                        f"and licensee, got {one['start']} to {one['end'] or 'no end'} and {other['start']} to "
                        f"{other['end'] or 'no end'}; correct the dates, or withdraw one if it was written down twice"
                    )
