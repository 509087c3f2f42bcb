"""Which institutions contradict each other on which field: shares of the works on which both of a pair state it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations

import pandas as pd

from dedupelab.evidence.copies.population import Population
from dedupelab.evidence.metadata.conflicts import FIELDS
from dedupelab.numbers.intervals import UNCHECKED
from dedupelab.numbers.messages import message, named
from dedupelab.numbers.results import Result, share
from dedupelab.values.chinese_scripts import Fold, as_written
from dedupelab.values.normalise import compare, normalised

PAIRS = 10
"""Pairs of institutions told of: those with most works to compare."""
FEWEST_WORKS = 10
"""Works to compare below which no share is given."""
Pair = tuple[str, str]
Works = defaultdict[tuple[str, Pair], set[int]]


def contradictions(people: Population, fold: Fold = as_written) -> list[Result]:
    """Return M5p for each field that institutions state together and each of the PAIRS pairs with most works compared.

    A work counts where both institutions hold copies of it that state the field; it is a contradiction where a copy of the
    one and a copy of the other do (`normalise.compare`). Below FEWEST_WORKS works the share is not estimated.
    """
    compared, found = compare_institutions(people, fold)
    totals: Counter[Pair] = Counter()
    for (_field, pair), works in compared.items():
        totals[pair] += len(works)
    pairs = sorted(totals, key=lambda pair: (-totals[pair], pair))[:PAIRS]
    fields = [field for field in FIELDS if any((field, pair) in compared for pair in pairs)]
    return [
        _cell(field, pair, len(found[field, pair]), len(compared[field, pair]), people.collections)
        for field in fields
        for pair in sorted(pairs)
    ]


def compare_institutions(people: Population, fold: Fold = as_written) -> tuple[Works, Works]:
    """Return the works (their `unit`) on which both of two collections state a field, and on which they contradict each other."""
    compared: Works = defaultdict(set)
    found: Works = defaultdict(set)
    for field in FIELDS:
        for unit, holders in _stated(people.members, field):
            for one, other in combinations(sorted(holders), 2):
                compared[field, (one, other)].add(unit)
                if any(
                    compare(field, left, right, fold) == "conflict"
                    for left in holders[one]
                    for right in holders[other]
                ):
                    found[field, (one, other)].add(unit)
    return compared, found


def _stated(members: pd.DataFrame, field: str) -> Iterator[tuple[int, dict[str, set[str]]]]:
    """Yield of each work that several collections state the field of, what each of them states."""
    stating = members.loc[members[field].notna(), ["unit", "collection", field]]
    several = stating[stating.groupby("unit")["collection"].transform("nunique") > 1]
    works: defaultdict[int, dict[str, set[str]]] = defaultdict(dict)
    for unit, collection, value in several.itertuples(index=False):
        if normalised(field, str(value)):
            works[int(unit)].setdefault(str(collection), set()).add(str(value))
    yield from works.items()


def _cell(field: str, pair: Pair, found: int, works: int, called: Mapping[str, str]) -> Result:
    one, other = (called[name] for name in pair)
    name, label = f"M5p.{field}.{pair[0]}.{pair[1]}", message("Works on which {one} and {other} contradict each other on {field}", one=one, other=other, field=named(FIELDS[field]))  # fmt: skip
    whole = message(
        "works on which both {one} and {other} state {field}",
        one=one,
        other=other,
        field=named(FIELDS[field]),
    )
    method = message(
        "Works with a copy in either collection that states the field; contradicting where one copy of each do."
    )
    if works < FEWEST_WORKS:
        return Result(
            name, label, None, "fraction", None, works, whole, None, message("none: not estimated"), method, "C",
            status="not estimated", needs=(message("at least {count} works on which both state it", count=FEWEST_WORKS),), review="unreviewed",
        )  # fmt: skip
    return share(
        name,
        label,
        found,
        (works, whole),
        UNCHECKED,
        method,
        grade="C",
        review="unreviewed",
    )
