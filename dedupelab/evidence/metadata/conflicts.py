"""Do the copies of one picture agree on whose it is? Field by field: states, conflict and silence rates, ambiguity."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from dedupelab import tables
from dedupelab.evidence.copies.population import Population, spans
from dedupelab.numbers.intervals import UNCHECKED
from dedupelab.numbers.messages import Message, message, named
from dedupelab.numbers.results import Result, share
from dedupelab.values.chinese_scripts import Fold, as_written
from dedupelab.values.normalise import compare, normalised

FIELDS = {
    "creator": "creator", "credit": "credit line", "copyright_notice": "copyright notice",
    "copyright_owner": "copyright owner", "licensor": "licensor", "usage_terms": "usage terms",
    "web_statement": "rights statement address", "source": "source", "title": "title", "caption": "caption",
    "date_created": "date created", "guid": "image identifier",
}  # fmt: skip
"""Fields compared among copies, and how they are called. Document identifiers and positions rightly differ."""
ANY = tuple(field for field in FIELDS if field not in {"source", "title"})
"""Fields of M5.any: creator, credit, copyright, licence, licensor, caption, date and identifier."""
AMBIGUITY = ("creator", "copyright_owner", "licensor", "credit", "guid")
"""Fields of M6, equal weights: creator, rights holder, licensor, holding institution, persistent identifier.

The holding institution is the credit line, because that is what a copy says of itself; the collection that a copy lies in
would make every group that crosses collections ambiguous by construction.
"""
COMPARED = ("equal", "compatible", "conflict")


@dataclass(frozen=True)
class _Agreement:
    """What the copies of one work say in one field."""

    state: str
    silent: bool
    asserting: int
    versions: tuple[str, ...]  # as written, most frequent first
    dispersion: float  # 1 - sum of squared shares of versions that contradict one another; NaN when nothing is asserted


_NOTHING = _Agreement("missing", silent=False, asserting=0, versions=(), dispersion=np.nan)


def field_states(people: Population, fold: Fold = as_written) -> pd.DataFrame:
    """Return one row per group and field: the columns of FIELDS and `dispersion`.

    Copies are compared within a work: what a chain of links joined is not one picture and cannot contradict itself.
    `fold` says how values are read before they are compared; they are kept as written.
    """
    texts = {field: people.members[field].fillna("").astype(str).tolist() for field in FIELDS}
    rows = []
    for name, works in _bounds(people.members).items():
        for field, values in texts.items():
            agreements = [_agreement(field, values[start:end], fold) for start, end in works]
            rows.append((name, field, *_joined(agreements)))
    columns = [*tables.FIELDS.names, "dispersion"]
    return (
        pd.DataFrame(rows, columns=columns)
        if rows
        else tables.FIELDS.empty().assign(dispersion=pd.Series(dtype=float))
    )


def fields_table(examined: pd.DataFrame) -> pd.DataFrame:
    """Return the examined groups as the declared table."""
    return tables.FIELDS.conform(examined[tables.FIELDS.names])


def conflicts(people: Population, examined: pd.DataFrame) -> list[Result]:
    """Return M5 (each field, any, across collections), M5s and M6."""
    shared = set(people.groups.loc[people.groups["collections"] > 1, "group_id"])
    across = examined[examined["group_id"].isin(shared)]
    every = tuple(FIELDS)
    return [
        *(
            _conflict(
                f"M5.{field}", message("Conflicting {field}", field=named(FIELDS[field])), examined, (field,)
            )
            for field in every
        ),
        _conflict("M5.any", message("Conflict in any field that says whose the picture is"), examined, ANY),
        _conflict(
            "M5.creator.across",
            message("Conflicting creator among copies in different collections"),
            across,
            ("creator",),
        ),
        _conflict(
            "M5.any.across",
            message("Conflict in any field among copies in different collections"),
            across,
            ANY,
        ),
        *(
            _silence(
                f"M5s.{field}",
                message("Some copies silent on {field}", field=named(FIELDS[field])),
                examined,
                (field,),
            )
            for field in every
        ),
        _silence(
            "M5s.any", message("Some copies silent on what another copy states, in any field"), examined, ANY
        ),
        *_ambiguity(examined),
    ]


def ambiguity(examined: pd.DataFrame) -> "pd.Series[float]":
    """Return the Authority Ambiguity Index of each group that asserts at least one of the five fields."""
    fields = examined[examined["field"].isin(AMBIGUITY)]
    return fields.groupby("group_id", sort=True)["dispersion"].mean().dropna()


def _bounds(members: pd.DataFrame) -> dict[str, list[tuple[int, int]]]:
    """For each group, where the rows of each of its works begin and end; members come sorted by work."""
    found: dict[str, list[tuple[int, int]]] = {}
    names = members["group_id"].tolist()
    for start, end in spans(members["unit"].to_numpy()):
        found.setdefault(names[start], []).append((start, end))
    return found


def _agreement(field: str, values: Sequence[str], fold: Fold) -> _Agreement:
    if not any(values):
        return _NOTHING
    keys: dict[str, Counter[str]] = {}
    for value in values:
        key = normalised(field, fold(value))
        if key:
            keys.setdefault(key, Counter())[value.strip()] += 1
    asserting = sum(each.total() for each in keys.values())
    # The most frequent first, then by text: nothing depends on the order of the rows.
    versions = sorted(keys, key=lambda key: (-keys[key].total(), key))
    written = tuple(min(keys[key], key=lambda text: (-keys[key][text], text)) for key in versions)
    silent = 0 < asserting < len(values)
    if len(keys) == 1 and asserting > 1:
        return _Agreement("equal", silent, asserting, written, 0.0)
    if asserting < 2:
        return _Agreement(
            "single" if asserting else "missing", silent, asserting, written, 0.0 if asserting else np.nan
        )
    camps = list(range(len(versions)))
    verdicts = set()
    for left, right in combinations(range(len(versions)), 2):
        verdict = compare(field, written[left], written[right], fold)
        verdicts.add(verdict)
        if verdict != "conflict":
            camps = [camps[left] if camp == camps[right] else camp for camp in camps]
    state = "conflict" if "conflict" in verdicts else "compatible" if "compatible" in verdicts else "equal"
    sizes: Counter[int] = Counter()
    for camp, key in zip(camps, versions, strict=True):
        sizes[camp] += keys[key].total()
    dispersion = 1 - sum((size / asserting) ** 2 for size in sizes.values())
    return _Agreement(state, silent, asserting, written, dispersion)


def _joined(works: list[_Agreement]) -> tuple[str, bool, int, int, str, float]:
    """Return a group's row: the worst state of its works, all values."""
    if all(work is _NOTHING for work in works):
        return "missing", False, 0, 0, "[]", np.nan
    states = {work.state for work in works}
    state = next(each for each in ("conflict", "compatible", "equal", "single", "missing") if each in states)
    asserting = sum(work.asserting for work in works)
    values = list(dict.fromkeys(version for work in works for version in work.versions))
    weights = [(work.dispersion, work.asserting) for work in works if work.asserting]
    dispersion = sum(value * weight for value, weight in weights) / asserting if asserting else np.nan
    most = max(len(work.versions) for work in works)
    silent = any(work.silent for work in works)
    return state, silent, asserting, most, json.dumps(values, ensure_ascii=False), dispersion


def _conflict(result_id: str, label: Message, examined: pd.DataFrame, fields: tuple[str, ...]) -> Result:
    of = examined[examined["field"].isin(fields) & examined["state"].isin(COMPARED)]
    worst = (of["state"] == "conflict").groupby(of["group_id"]).any()
    found, groups = int(worst.sum()), len(worst)
    stated = _stated(fields)
    return share(
        result_id, label, found, (groups, message("groups in which at least two copies state {field}", field=stated)), UNCHECKED,
        message("Groups with at least one pair of contradicting values; differences of form, truncation and precision are not conflicts."),
        grade="C", review="unreviewed",
    )  # fmt: skip


def _silence(result_id: str, label: Message, examined: pd.DataFrame, fields: tuple[str, ...]) -> Result:
    of = examined[examined["field"].isin(fields) & (examined["asserting"] > 0)]
    silent = of["silent"].astype(bool).groupby(of["group_id"]).any()
    found, groups = int(silent.sum()), len(silent)
    stated = _stated(fields)
    return share(
        result_id, label, found, (groups, message("groups in which at least one copy states {field}", field=stated)), UNCHECKED,
        message("Groups in which one copy states the field and another leaves it empty."), grade="C", review="unreviewed",
    )  # fmt: skip


def _stated(fields: tuple[str, ...]) -> Message:
    if len(fields) == 1:
        return named(FIELDS[fields[0]])
    return message("one of {count} fields", count=len(fields))


def _ambiguity(examined: pd.DataFrame) -> list[Result]:
    index = np.asarray(ambiguity(examined), dtype=np.float64)
    of = (
        len(index),
        message("groups that state at least one of creator, rights holder, licensor, credit and identifier"),
    )
    ambiguous = int((index > 0).sum())
    method = message(
        "Mean over groups of the mean over fields of 1 - sum of squared shares of contradicting values among the copies that "
        "state the field; equal weights; the holding institution is the credit line."
    )
    return [
        share("M6", message("Authority ambiguity index"), float(np.sort(index).sum()), of, UNCHECKED, method, grade="C", review="unreviewed", unit="index"),
        share(
            "M6.ambiguous", message("Groups with any ambiguity of authority"), ambiguous, of, UNCHECKED,
            message("Groups whose ambiguity index is above 0."), grade="C", review="unreviewed",
        ),
    ]  # fmt: skip
