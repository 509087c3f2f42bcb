"""What the choice of criteria does: in how many groups another copy, or none, or one at last, would have been believed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from dedupelab.evidence.copies.population import Population
from dedupelab.numbers.intervals import UNCHECKED
from dedupelab.numbers.messages import N_, Message, message, named
from dedupelab.numbers.results import Result, by_id, share

CHANGES = {
    "without": N_("Groups whose authority changes when {criterion} is left out"),
    "first": N_("Groups whose authority changes when {criterion} is asked first"),
}
"""Ways in which the choice is varied, one criterion at a time, and how many groups change is called."""
OUTCOMES = {
    "other": {
        "without": N_("Groups in which another copy's metadata are believed when {criterion} is left out"),
        "first": N_("Groups in which another copy's metadata are believed when {criterion} is asked first"),
    },
    "unresolved": {
        "without": N_("Groups that become unresolved when {criterion} is left out"),
        "first": N_("Groups that become unresolved when {criterion} is asked first"),
    },
    "resolved": {
        "without": N_("Groups that become resolved when {criterion} is left out"),
        "first": N_("Groups that become resolved when {criterion} is asked first"),
    },
}
"""What may become of a group, and how it is called; the three exclude each other."""
EFFECTS = ("criterion", "change", "groups", "changed", *OUTCOMES)
"""Columns of `effects`."""


def choices(people: Population, alternatives: pd.DataFrame) -> list[Result]:
    """Return M6c for each criterion left out and asked first: groups that change, and into what.

    A group changes where the metadata that would be believed are another copy's and say something else, where nobody would
    be believed any more, or where somebody would be.

    Parameters
    ----------
    people
        The groups counted, as for M6b.
    alternatives
        One row per group, criterion and change: columns `group_id`, `criterion`, `change` (of CHANGES) and `outcome` (of
        OUTCOMES, or anything else where nothing changes).
    """
    groups = len(people.groups)
    counted = alternatives[alternatives["group_id"].isin(set(people.groups["group_id"]))]
    cases = alternatives[["criterion", "change"]].drop_duplicates().itertuples(index=False)
    sizes = Counter(zip(counted["criterion"], counted["change"], counted["outcome"], strict=True))
    return [result for name, change in cases for result in _case(str(name), str(change), sizes, groups)]


def effects(results: Iterable[Result], criteria: Sequence[str]) -> pd.DataFrame:
    """Return M6c as a table with the columns EFFECTS: one row per criterion and change, in the order in which criteria are asked.

    Parameters
    ----------
    results
        Of a study; without any M6c the table is empty.
    criteria
        The study's, in order; others that were tried come after them.
    """
    found = {name: r for name, r in by_id(results).items() if name.startswith("M6c.")}
    tried = dict.fromkeys(name.split(".")[1] for name in found)
    order = [name for name in criteria if name in tried]
    order += [name for name in tried if name not in order]
    cases = [
        (f"M6c.{name}.{change}", name, change)
        for name in order
        for change in CHANGES
        if f"M6c.{name}.{change}" in found
    ]
    rows = [
        (name, change, found[case].denominator, *(found[i].numerator for i in (case, *(f"{case}.{o}" for o in OUTCOMES))))
        for case, name, change in cases
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(EFFECTS)).astype(dict.fromkeys(EFFECTS[2:], "int64"))


def _case(name: str, change: str, sizes: Counter[tuple[str, str, str]], groups: int) -> Iterator[Result]:
    counts = {outcome: sizes[name, change, outcome] for outcome in OUTCOMES}
    yield _share(
        f"M6c.{name}.{change}",
        message(CHANGES[change], criterion=named(name)),
        sum(counts.values()),
        groups,
    )
    for outcome, number in counts.items():
        yield _share(
            f"M6c.{name}.{change}.{outcome}",
            message(OUTCOMES[outcome][change], criterion=named(name)),
            number,
            groups,
        )


def _share(result_id: str, label: Message, found: int, groups: int) -> Result:
    return share(
        result_id, label, found, (groups, message("groups")), UNCHECKED,
        message("Every group decided again by the study's declared criteria with this one change; groups compared by what the believed copy says of itself."),
        grade="C", review="unreviewed",
    )  # fmt: skip
