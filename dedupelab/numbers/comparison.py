"""What changed between two runs: pictures, pairs whose relation changed, numbers, and the inputs that moved them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isclose

import pandas as pd

from dedupelab.numbers.messages import Message, message
from dedupelab.numbers.results import Result, by_id

LED = (
    "M1", "M1x", "M2", "M4.any", "M5.creator", "M7s", "M12", "M3", "M8", "M9", "M10a", "M14", "M.sum",
    "M11",
)  # fmt: skip
"""Numbers of which a comparison says what moved them; options (S) as well."""


@dataclass(frozen=True)
class Moved:
    """One number before and after (None: not estimated, or not there), and its inputs that changed: name, before, after."""

    result: Result
    before: float | None
    after: float | None
    inputs: tuple[tuple[str, str, str], ...]
    needs: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """All changes: paths as `collection/path`, relations as counts of (before, after), numbers that moved."""

    appeared: list[str]
    disappeared: list[str]
    changed: list[str]
    relations: dict[tuple[str, str], int]
    moved: list[Moved]

    @property
    def same(self) -> bool:
        """Whether nothing changed at all."""
        return not (self.appeared or self.disappeared or self.changed or self.relations or self.moved)


def compare_runs(
    before: Mapping[str, pd.DataFrame],
    after: Mapping[str, pd.DataFrame],
    old: Sequence[Result],
    new: Sequence[Result],
) -> Comparison:
    """Compare two runs.

    Parameters
    ----------
    before, after
        Each run's tables images and pairs.
    """
    first, last = (_digests(tables["images"]) for tables in (before, after))
    shared = first.index.intersection(last.index)
    changed = shared[(first.loc[shared] != last.loc[shared]).to_numpy()]
    return Comparison(
        sorted(last.index.difference(first.index)),
        sorted(first.index.difference(last.index)),
        sorted(changed),
        _relations(before["pairs"], after["pairs"]),
        _moved(by_id(old), by_id(new)),
    )


def _digests(images: pd.DataFrame) -> "pd.Series[str]":
    """Return what each file was: its status and digest, by collection and path."""
    names = images["collection"] + "/" + images["path"]
    told = images["status"] + " " + images["sha256"].fillna("").astype(str)
    return pd.Series(told.to_numpy(), index=pd.Index(names.to_numpy(), dtype=object), dtype=object)


def _relations(before: pd.DataFrame, after: pd.DataFrame) -> dict[tuple[str, str], int]:
    """How many pairs went from one relation to another; a pair that was not examined is `absent`."""
    keys = ["left", "right"]
    # As plain objects: empty Arrow columns cannot be merged.
    old, new = (pairs[[*keys, "relation"]].astype(object) for pairs in (before, after))
    both = old.merge(new, on=keys, how="outer", suffixes=("_old", "_new"))
    told = both[["relation_old", "relation_new"]].fillna("absent")
    different = told[told["relation_old"] != told["relation_new"]]
    counts = Counter((str(a), str(b)) for a, b in different.itertuples(index=False))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _moved(old: Mapping[str, Result], new: Mapping[str, Result]) -> list[Moved]:
    """Return led numbers and options whose value changed, in the order of the later run."""
    names = [
        name
        for name in dict.fromkeys([*new, *old])
        if name in LED or (name.startswith("S.") and name.count(".") == 1)
    ]
    found = []
    for name in names:
        one, two = old.get(name), new.get(name)
        before, after = (None if each is None else each.value for each in (one, two))
        if before is None and after is None:
            continue
        if before is not None and after is not None and isclose(before, after, rel_tol=1e-9):
            continue
        result = two if two is not None else one
        assert result is not None
        needs = two.needs if two is not None else (message("the number itself: this run does not have it"),)
        found.append(Moved(result, before, after, _inputs(one, two), needs))
    return found


def _inputs(one: Result | None, two: Result | None) -> tuple[tuple[str, str, str], ...]:
    """Return inputs that differ in value or source."""
    told = [
        {} if r is None else {i.name: f"{_text(i.value)} {i.unit} ({i.source})" for i in r.inputs}
        for r in (one, two)
    ]
    names = sorted(set(told[0]) | set(told[1]))
    return tuple(
        (n, told[0].get(n, "none"), told[1].get(n, "none")) for n in names if told[0].get(n) != told[1].get(n)
    )


def _text(value: float | Message) -> str:
    return str(value) if isinstance(value, Message) else f"{value:,.6g}"
