"""Agreement: how far two people who looked at the same pairs said the same, beyond chance; and one person who looked twice."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.numbers.intervals import DRAWS, SEED, Interval, wilson
from dedupelab.numbers.messages import Message, message
from dedupelab.numbers.results import Result, missing, share
from dedupelab.review.labels import CHOICES, DUPLICATE, NOT_DUPLICATE

FEWEST_TWICE = 10
"""Pairs looked at twice below which kappa has no interval worth printing."""
COUNTED = dict.fromkeys(DUPLICATE, "copy") | dict.fromkeys(NOT_DUPLICATE, "no copy")
"""What a label comes to in the counts; what is in neither stays as it is."""

Counts = NDArray[np.int64]


def agreement(placed: pd.DataFrame) -> list[Result]:
    """Return V.kappa (does it count as a copy), V.kappa.labels (which of the five labels) and V.repeats (one person's own).

    Parameters
    ----------
    placed
        Standing labels with `left` and `right`, as `decisions.decided` gives them; adjudications are left out, as who
        adjudicates knows what was said.
    """
    first = placed[placed["purpose"] != "adjudication"]
    counted = first["label"].map(COUNTED).fillna(first["label"])
    return [
        _kappa("V.kappa", message("Agreement on whether a pair counts as a copy"), first.assign(label=counted), ("copy", "no copy", "cannot-tell")),
        _kappa("V.kappa.labels", message("Agreement on the label"), first, CHOICES),
        _repeats(first.assign(label=counted)),
    ]  # fmt: skip


def ratings(placed: pd.DataFrame, choices: tuple[str, ...]) -> Counts:
    """Return how often each label was given to each pair that several people looked at, by the first two who did."""
    twice = by_person(placed).groupby(["left", "right"]).head(2)
    twice = twice[twice.groupby(["left", "right"])["label"].transform("size") == 2]
    pair = twice.groupby(["left", "right"]).ngroup().to_numpy(np.int64)
    table = np.zeros((int(pair.max(initial=-1)) + 1, len(choices)), np.int64)
    np.add.at(table, (pair, twice["label"].map({c: k for k, c in enumerate(choices)}).to_numpy(np.int64)), 1)
    return table


def by_person(placed: pd.DataFrame) -> pd.DataFrame:
    """Return what each person said first of each pair: a second look of one's own is no second opinion."""
    return placed.sort_values("number").drop_duplicates(["left", "right", "reviewer"])


def _repeats(placed: pd.DataFrame) -> Result:
    """Return how often one person, shown a pair again, said the same."""
    again = asked_again(placed)
    label, method = (
        message("Pairs on which one person, asked again, said the same"),
        message("Within one person: no agreement between people, and no sign that either look was right."),
    )
    if again.empty:
        return missing(
            "V.repeats", label, "fraction", (message("pairs that one person looked at twice"),), method
        )
    same = int((again["nunique"] == 1).sum())
    whole = (len(again), message("pairs that one person looked at twice"))
    return share("V.repeats", label, same, whole, wilson(same, len(again)), method, grade="B")


def asked_again(placed: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs that one person looked at several times: how many answers (`size`), how many different (`nunique`)."""
    looks = placed.groupby(["left", "right", "reviewer"])["label"].agg(["size", "nunique"]).reset_index()
    return looks[looks["size"] > 1]


def cohen(table: Counts) -> tuple[float, Interval]:
    """Return Cohen's kappa of two raters with its 95 % interval, from their square table of counts.

    The interval has the wider ends of two: the asymptotic one held kappa in 56 to 92 % of simulated reviews of 10 to 60 pairs of which 95 %
    are copies, the posterior one in 93 to 100 %; of more labels and ten pairs it was the other way round.

    Source: Cohen 1960; standard error of Fleiss, Cohen and Everitt 1969, as statsmodels has it; posterior of the cells' shares from a
    Dirichlet prior worth two pairs, after Basu, Banerjee and Sen, Biometrics 56 (2000) 577-582.

    >>> value, interval = cohen(np.array([[20, 5], [10, 15]]))
    >>> round(value, 3), [round(end, 2) for end in interval.bounds]
    (0.4, [0.13, 0.65])
    """
    from statsmodels.stats.inter_rater import cohens_kappa  # noqa: PLC0415  heavy; only where two people looked

    given = table.sum(axis=0) + table.sum(axis=1) > 0
    labels = int(given.sum())
    if labels < 2:
        return 1.0, Interval(None, message("none: only one label was ever given"), "none")
    if np.trace(table) == table.sum():
        return 1.0, Interval(None, message("none: no disagreement was seen"), "none")
    with np.errstate(invalid="ignore"):  # Of a few pairs the variance may come out below nothing.
        found = cohens_kappa(table)
    cells = table[np.ix_(given, given)].ravel() + 2 / labels**2
    drawn = np.random.default_rng(SEED).dirichlet(cells, DRAWS).reshape(-1, labels, labels)
    by_chance = (drawn.sum(axis=1) * drawn.sum(axis=2)).sum(axis=1)
    low, high = np.quantile((np.trace(drawn, axis1=1, axis2=2) - by_chance) / (1 - by_chance), (0.025, 0.975))
    ends = (
        max(-1.0, float(np.nanmin([low, found.kappa_low]))),
        min(1.0, float(np.nanmax([high, found.kappa_upp]))),
    )
    return float(found.kappa), Interval(
        ends, message("Cohen's kappa, asymptotic and posterior 95 %, the wider ends")
    )


def fleiss(table: Counts, *, draws: int = DRAWS, seed: int = SEED) -> tuple[float, Interval]:
    """Return Fleiss' kappa with a bootstrap interval over pairs, from labels (columns) given to each pair (rows).

    >>> round(fleiss(np.array([[2, 0]] * 10 + [[0, 2]] * 8 + [[1, 1]] * 2))[0], 3)
    0.798
    """
    counts = np.asarray(table, np.float64)
    value = float(_fleiss(counts[None])[0])
    if np.isnan(value):
        return 1.0, Interval(None, message("none: only one label was ever given"), "none")
    picked = np.random.default_rng(seed).integers(0, len(counts), (draws, len(counts)))
    drawn = _fleiss(counts[picked])
    drawn = drawn[~np.isnan(drawn)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    bounds = (min(float(low), value), max(float(high), value))
    return value, Interval(
        bounds,
        message(
            "Fleiss' kappa, bootstrap of pairs 95 %, {draws:,} draws, seed {seed}", draws=draws, seed=seed
        ),
    )


def _fleiss(tables: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return kappa of each table (draws x pairs x labels); Fleiss 1971. NaN where only one label was given."""
    raters = tables.sum(axis=2)[0, 0]
    agreed = ((tables**2).sum(axis=2) - raters).mean(axis=1) / (raters * (raters - 1))
    chance = (tables.mean(axis=1) / raters) ** 2
    by_chance = chance.sum(axis=1)
    kappa: NDArray[np.float64] = np.divide(
        agreed - by_chance, 1 - by_chance, out=np.full(len(tables), np.nan), where=by_chance < 1 - 1e-12
    )
    return kappa


def _kappa(result_id: str, label: Message, placed: pd.DataFrame, choices: tuple[str, ...]) -> Result:
    placed = by_person(placed)
    table = ratings(placed, choices)
    method = message(
        "Pairs that two reviewers labelled apart from each other; beyond chance: 0 is chance, 1 is full agreement."
    )
    if len(table) < FEWEST_TWICE:
        return missing(
            result_id,
            label,
            "kappa",
            (message("at least {count} pairs that two reviewers decided", count=FEWEST_TWICE),),
            method,
        )
    people = placed.groupby(["left", "right"])["reviewer"].transform("nunique") > 1
    names = sorted(set(placed.loc[people, "reviewer"]))
    if len(names) == 2 and int(people.sum()) == 2 * len(table):
        value, interval = cohen(_square(placed[people], names, choices))
    else:
        value, interval = fleiss(table)
    return share(
        result_id, label, value * len(table), (len(table), message("pairs that two reviewers decided")), interval, method, grade="B", unit="kappa"
    )  # fmt: skip


def _square(placed: pd.DataFrame, names: list[str], choices: tuple[str, ...]) -> Counts:
    place = {choice: number for number, choice in enumerate(choices)}
    both = placed.pivot_table(index=["left", "right"], columns="reviewer", values="label", aggfunc="last")
    both = both[names].dropna()
    table = np.zeros((len(choices), len(choices)), np.int64)
    np.add.at(table, tuple(both[name].map(place).to_numpy(np.int64) for name in names), 1)
    return table
