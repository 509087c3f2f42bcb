"""Who holds what others hold: works of one collection that another has too, and works held more than once."""

from collections.abc import Iterator, Mapping
from itertools import permutations

import pandas as pd

from dedupelab import tables
from dedupelab.evidence.copies.population import Population
from dedupelab.numbers.intervals import UNCHECKED
from dedupelab.numbers.messages import Message, message
from dedupelab.numbers.results import SMALL, Result, share

SMALLEST = 10
"""Shares of fewer works than this are marked, and left out of anything published."""


def overlap_table(people: Population) -> pd.DataFrame:
    """Return the matrix of works held by `row` that `column` holds too; it is not symmetric.

    Low-information images are not works.
    """
    holdings = people.holdings
    held = {
        name: frozenset(holdings.loc[holdings["collection"] == name, "work"]) for name in people.collections
    }
    rows: list[dict[str, object]] = []
    for row, column in permutations(people.collections, 2):
        works, shared = len(held[row]), len(held[row] & held[column])
        either = len(held[row] | held[column])
        rows.append(
            {
                "row": row, "column": column, "works": works, "shared": shared,
                "containment": shared / works if works else None,
                "jaccard": shared / either if either else None,
            }
        )  # fmt: skip
    return tables.OVERLAP.from_rows(rows)


def overlap(people: Population, matrix: pd.DataFrame) -> list[Result]:
    """Return M4 for every ordered pair of collections, M4j for every unordered one, and M4.any."""
    holders = people.holdings.groupby("work").size()
    several = int((holders > 1).sum())
    whole = share(
        "M4.any", message("Works held by more than one collection"), several, (len(holders), message("works")), UNCHECKED,
        message("Works with images in two or more collections, over all works; low-information images are not works."),
        grade="C", review="unreviewed",
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
            f"M4.{row}.{column}", message("Works of {one} that {other} holds too", one=one, other=other), int(shared), (held, message("works held by {holder}", holder=one)),
            UNCHECKED, message("Works with an image in both collections, over the works of the first; asymmetric."),
            grade="C", review="unreviewed", caveats=_small(held), subject=(("collection", row), ("other", column)),
        )  # fmt: skip
        if row < column:
            either = held + works[column, row] - int(shared)
            yield share(
                f"M4j.{row}.{column}", message("Works of {one} or {other} that both hold", one=one, other=other), int(shared), (either, message("works held by {one} or {other}", one=one, other=other)),
                UNCHECKED, message("Works with an image in both collections, over the works of either (Jaccard)."),
                grade="C", review="unreviewed", caveats=_small(either), subject=(("collection", row), ("other", column)),
            )  # fmt: skip


def _small(works: int) -> tuple[Message, ...]:
    return () if works >= SMALLEST else (SMALL,)
