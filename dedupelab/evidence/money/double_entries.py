"""Entries that tell of one thing twice: one incident reported by two members, one payment in two registers.

They are shown and counted once. Two incidents of one kind are one where different members name the same work and their
periods overlap, or where nothing but the member differs and they began on one day.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from dedupelab.evidence.money.licences import thing_of
from dedupelab.numbers.draws import Floats
from dedupelab.numbers.messages import Message, message
from dedupelab.registers.register_fields import folded

Paid = Mapping[str, Any]
"""A licence whose fee is counted as paid twice: id, work, fee, currency, start."""
DAYS = 31
"""Days within which a payment for one work is the same payment in both registers."""
_AMOUNTS = ("days", "value_per_day", "amount", "currency")


@dataclass(frozen=True)
class Once:
    """Incidents, each once, with the `work` that each names (empty where none), and which entries were left out.

    These are pairs of ids: (left out, kept) and (incident, licence).
    """

    incidents: pd.DataFrame
    same: tuple[tuple[str, str], ...] = ()
    paid: tuple[tuple[str, str], ...] = ()

    def told(self, ids: Container[str]) -> tuple[Message, ...]:
        """Say which of some entries tell of an incident that another tells of, and which amounts are counted as licences."""
        same = [f"{left} = {kept}" for left, kept in self.same if kept in ids]
        paid = [f"{incident} = {licence}" for incident, licence in self.paid]
        once_each = message(
            "entries that tell of one incident are counted once: {entries}", entries=", ".join(same)
        )
        there = message(
            "payments that the licence ledger counts as paid twice are counted there alone: {entries}",
            entries=", ".join(paid),
        )
        return (*((once_each,) if same else ()), *((there,) if paid else ()))


def events_of(costs: Floats, works: "pd.Series[str]") -> Floats:
    """Return the costs of events: of all incidents that name one work together, of others each by itself.

    Incidents of one work are no independent witnesses: with three or eight of them on average to a work, intervals that took each
    for an event held the truth in 75 and 49 % of simulated registers.

    >>> events_of(np.array([1.0, 2.0, 4.0, 8.0]), pd.Series(["work 1", "", "work 1", ""])).tolist()
    [5.0, 2.0, 8.0]
    """
    own = pd.Series(np.arange(len(costs)).astype(str), works.index)
    by = works.where(works != "", own).to_numpy()
    return np.asarray(pd.Series(costs).groupby(by, sort=False).sum(), np.float64)


def once(incidents: pd.DataFrame, works: Mapping[str, str], licences: Sequence[Paid] = ()) -> Once:
    """Return the incidents with each counted once; of several entries the dearest stays.

    Parameters
    ----------
    works
        From every name that an asset may have to the work that it shows.
    licences
        What the licence ledger counts as paid twice: an amount that is one of these fees is counted there.
    """
    if not len(incidents):
        return Once(incidents.assign(work=""))
    rows = [{str(k): v for k, v in row.items()} for row in incidents.to_dict("records")]
    for row in rows:
        row["work"] = thing_of(row["asset"], works)
    left: dict[int, int] = {}
    for first, second in _near(rows):
        one, other = _kept(left, first), _kept(left, second)
        if one != other and _same(rows[first], rows[second]):
            dear, cheap = sorted((one, other), key=lambda n: (-_cost(rows[n]), n))
            left[cheap] = dear
    paid = []
    amounts = incidents["amount"].copy()
    spent: set[str] = set()
    for number, row in enumerate(rows):
        match = next((p for p in licences if str(p["id"]) not in spent and _payment(row, p)), None)
        if number not in left and match is not None:
            spent.add(str(match["id"]))
            paid.append((str(row["id"]), str(match["id"])))
            amounts.iloc[number] = 0.0 if pd.notna(row["value_per_day"]) else float("nan")
    kept = incidents.assign(amount=amounts, work=[row["work"] for row in rows])
    gone = {n for n, row in enumerate(rows) if n in left or _only_paid(row, paid)}
    same = tuple((str(rows[n]["id"]), str(rows[_kept(left, n)]["id"])) for n in sorted(left))
    return Once(kept[[n not in gone for n in range(len(rows))]], same, tuple(paid))


def _near(rows: Sequence[Mapping[str, Any]]) -> Iterable[tuple[int, int]]:
    """Pairs of entries of one kind that name one work, or began on one day."""
    placed: dict[tuple[object, ...], list[int]] = {}
    for number, row in enumerate(rows):
        placed.setdefault((row["kind"], "day", row["opened"]), []).append(number)
        if row["work"]:
            placed.setdefault((row["kind"], "work", row["work"]), []).append(number)
    return sorted({pair for numbers in placed.values() for pair in combinations(numbers, 2)})


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    named = bool(one["work"] and other["work"])
    if named and one["work"] != other["work"]:
        return False
    if one["opened"] == other["opened"] and all(_equal(one[name], other[name]) for name in _AMOUNTS):
        # Without a work, only entries that state some amount can be told to be one.
        return named or any(pd.notna(one[name]) for name in _AMOUNTS[:3])
    members = {folded(each["organisation"]) for each in (one, other)}
    return named and len(members) > 1 and _begin(one) <= _end(other) and _begin(other) <= _end(one)


def _payment(row: Mapping[str, Any], paid: Paid) -> bool:
    if pd.isna(row["amount"]) or row["amount"] != paid["fee"] or row["currency"] != paid["currency"]:
        return False
    apart = abs((_begin(row) - date.fromisoformat(str(paid["start"]))).days)
    return bool(row["work"] == paid["work"] and apart <= DAYS if row["work"] else apart == 0)


def _only_paid(row: Mapping[str, Any], paid: Sequence[tuple[str, str]]) -> bool:
    """Whether an incident is nothing but a payment that is counted in the other register."""
    return bool(pd.isna(row["value_per_day"])) and str(row["id"]) in {incident for incident, _ in paid}


def _kept(left: Mapping[int, int], number: int) -> int:
    while number in left:
        number = left[number]
    return number


def _equal(one: object, other: object) -> bool:
    blank = all(each is None or each != each for each in (one, other))  # noqa: PLR0124  NaN differs from itself
    return bool(one == other or blank)


def _cost(row: Mapping[str, Any]) -> float:
    days, worth, amount = (
        0.0 if pd.isna(row[n]) else float(str(row[n])) for n in ("days", "value_per_day", "amount")
    )
    return days * worth + amount


def _begin(row: Mapping[str, Any]) -> date:
    return date.fromisoformat(str(row["opened"]))


def _end(row: Mapping[str, Any]) -> date:
    if pd.notna(row["closed"]):
        return date.fromisoformat(str(row["closed"]))
    return _begin(row) + timedelta(days=0 if pd.isna(row["days"]) else min(float(str(row["days"])), 36_500))
