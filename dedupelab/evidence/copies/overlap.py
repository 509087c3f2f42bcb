"""Who holds what others hold: works of one collection that another has too, and works held more than once."""

from collections.abc import Iterator, Mapping
from itertools import permutations

import pandas as pd

from dedupelab import tables
from dedupelab.evidence.copies.population import Population
from dedupelab.numbers.intervals import share_interval
from dedupelab.numbers.results import SMALL, UNREVIEWED, Result, share

SMALLEST = 10
"""Shares of fewer works than this are marked, and left out of anything published."""


def overlap_table(people: Population) -> pd.DataFrame:
    """Return the matrix of works held by `row` that `column` holds too; it is not symmetric.

    Works are independent of each other, so the interval is Wilson's over the works of the row. Low-information images are
    not works.
    """
    holdings = people.holdings
    held = {
        name: frozenset(holdings.loc[holdings["collection"] == name, "work"]) for name in people.collections
    }
    rows: list[dict[str, object]] = []
    for row, column in permutations(people.collections, 2):
        works, shared = len(held[row]), len(held[row] & held[column])
        low, high = share_interval(shared, works).bounds or (None, None)
        either = len(held[row] | held[column])
        rows.append(
            {
                "row": row, "column": column, "works": works, "shared": shared,
                "containment": shared / works if works else None, "low": low, "high": high,
                "jaccard": shared / either if either else None,
            }
        )  # fmt: skip
    return tables.OVERLAP.from_rows(rows)


def overlap(people: Population, matrix: pd.DataFrame) -> list[Result]:
    """Return M4 for every ordered pair of collections, M4j for every unordered one, and M4.any."""
    holders = people.holdings.groupby("work").size()
    several = int((holders > 1).sum())
    whole = share(
        "M4.any", "Works held by more than one collection", several, (len(holders), "works"), share_interval(several, len(holders)),
        "Works with images in two or more collections, over all works; low-information images are not works.",
        grade="C", caveat=UNREVIEWED,
    )  # fmt: skip
    return [*([whole] if len(people.collections) > 1 else []), *_cells(matrix, people.collections)]


def _cells(matrix: pd.DataFrame, called: Mapping[str, str]) -> Iterator[Result]:
    works = {
        (str(row), str(column)): int(number)
        for row, column, number in matrix[["row", "column", "works"]].itertuples(index=False)
    }
    for row, column, shared in matrix[["row", "column", "shared"]].itertuples(index=False):
        held = works[row, column]
        one, other = called[row], called[column]
        yield share(
            f"M4.{row}.{column}", f"Works of {one} that {other} holds too", int(shared), (held, f"works held by {one}"),
            share_interval(int(shared), held), "Works with an image in both collections, over the works of the first; asymmetric.",
            grade="C", caveat=_caveat(held),
        )  # fmt: skip
        if row < column:
            either = held + works[column, row] - int(shared)
            yield share(
                f"M4j.{row}.{column}", f"Works of {one} or {other} that both hold", int(shared), (either, f"works held by {one} or {other}"),
                share_interval(int(shared), either), "Works with an image in both collections, over the works of either (Jaccard).",
                grade="C", caveat=_caveat(either),
            )  # fmt: skip


def _caveat(works: int) -> str:
    return UNREVIEWED if works >= SMALLEST else f"{SMALL}; {UNREVIEWED}"
