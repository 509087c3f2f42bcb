"""Label errors: reviewers press the wrong key, and how often is learned from pairs whose answer is known and from double looks.

Each pair is a copy or none; each reviewer sees copies as copies, and strangers as strangers, with two chances of their own, of which
either may be certainty where no gold pair was answered wrong. In each draw these chances, the strata's shares of copies and the truth of
every pair that was looked at are drawn together.
Source: Dawid and Skene, Applied Statistics 28 (1979) 20-28, as a Gibbs sampler.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from dedupelab.review.gold import COPIES, TRUTHS
from dedupelab.review.labels import DUPLICATE, NOT_DUPLICATE

ROUNDS = 50
"""Rounds of the sampler before a draw is taken; every draw is a chain of its own."""
ERROR = (1.0, 19.0)
"""Beta prior of the chance that a reviewer errs on a pair: one in twenty on average, and one in six is not ruled out."""
EDGE = 1e-9
NEVER = 0.5
"""Prior chance that a reviewer never errs on copies, or on strangers, where gold pairs of the kind were all answered right and no
double look of theirs came out otherwise.

Without it a few copies among many strangers are laid to errors that nobody made: with reviewers who never err and 300 labels the
interval of surplus then held the truth in 85 % and the bound of recall in 52 % of simulated studies with few copies, with it in all.
"""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Prior = Callable[[Floats, Floats], tuple[Floats, Floats]]


@dataclass(frozen=True)
class Judgements:
    """What each reviewer said: one entry a reviewer and pair in `unit`, `reviewer` and `copy`, ordered by unit.

    `right` and `tried` count answers on gold pairs, of shape (reviewers, 2): copies, then strangers.
    """

    unit: Ints
    reviewer: Ints
    copy: Flags
    right: Floats
    tried: Floats

    @property
    def tested(self) -> bool:
        """Whether anything says how often reviewers err: gold pairs, or pairs that two people looked at."""
        return bool(self.tried.any() or (np.diff(self.unit) == 0).any())


def drawn_truth(
    said: Judgements,
    stratum: Ints,
    counted: Flags,
    strata: int,
    prior: Prior,
    draws: int,
    random: np.random.Generator,
) -> tuple[Floats, Flags]:
    """Draw the strata's shares of copies, shape (draws, strata), and the truth of each pair looked at, shape (draws, pairs).

    Parameters
    ----------
    stratum, counted
        Of each pair looked at, in order: its stratum, and whether it is part of that stratum's sample.
    prior
        From numbers of pairs and of copies seen in each stratum, of shape (draws, strata), to the Beta posterior's two parameters.
    """
    starts = np.flatnonzero(np.r_[True, np.diff(said.unit) > 0])
    pair = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(said.unit)]))
    member = np.zeros((len(starts), strata))
    member[np.flatnonzero(counted), stratum[counted]] = 1.0
    tried = np.broadcast_to(member.sum(axis=0), (draws, strata))
    people = len(said.right)
    yes, no = np.zeros((len(starts), people)), np.zeros((len(starts), people))
    np.add.at(yes, (pair[said.copy], said.reviewer[said.copy]), 1.0)
    np.add.at(no, (pair[~said.copy], said.reviewer[~said.copy]), 1.0)
    first, second = ERROR[0] + said.tried - said.right, ERROR[1] + said.right
    # Only where the answer is known: what people said of drawn pairs looks alike whether strata hold copies or people err (Plummer,
    # Stat. Comput. 25, 2015, 37-43, on cutting such feedback). The chance of n right answers is 19 / (19 + n) by the Beta prior.
    right = NEVER / (NEVER + (1 - NEVER) * ERROR[1] / (ERROR[1] + said.tried))
    faultless = (said.tried > 0) & (said.right == said.tried)
    # Where two people differ, one of them erred: who said no if the pair is a copy, who said yes if it is none.
    differ = (yes.sum(axis=1) > 0) & (no.sum(axis=1) > 0)
    faultless &= np.stack([no[differ].sum(axis=0), yes[differ].sum(axis=0)], axis=1) == 0
    never = faultless & (random.random((draws, people, 2)) < right)
    wrong = np.where(never, 0.0, random.beta(first, second, (draws, people, 2)))
    truth = np.broadcast_to(said.copy[starts], (draws, len(starts))).astype(np.float64)
    for _ in range(ROUNDS):
        shares = random.beta(*prior(tried, truth @ member))
        share, error = np.clip(shares, EDGE, 1 - EDGE), np.clip(wrong, EDGE, 1 - EDGE)
        level = np.log(share / (1 - share))[:, stratum]
        level += np.log((1 - error[:, :, 0]) / error[:, :, 1]) @ yes.T
        level += np.log(error[:, :, 0] / (1 - error[:, :, 1])) @ no.T
        truth = (random.random(level.shape) < expit(level)).astype(np.float64)
        missed = np.stack([truth @ no, (1 - truth) @ yes], axis=2)
        agreed = np.stack([truth @ yes, (1 - truth) @ no], axis=2)
        wrong = np.where(never, 0.0, random.beta(first + missed, second + agreed))
    return shares, truth == 1


def judgements(units: pd.DataFrame, placed: pd.DataFrame, gold: pd.DataFrame) -> Judgements:
    """Return what each reviewer last said of the units, and of the gold pairs; answers that settle nothing are left out."""
    definite = DUPLICATE + NOT_DUPLICATE
    place = pd.Series(np.arange(len(units)), index=pd.MultiIndex.from_frame(units[["left", "right"]]))
    last = placed[placed["label"].isin(definite)].sort_values("number")
    last = last.drop_duplicates(["left", "right", "reviewer"], keep="last")
    unit = place.reindex(pd.MultiIndex.from_frame(last[["left", "right"]])).to_numpy(np.float64)
    last, unit = last[~np.isnan(unit)], unit[~np.isnan(unit)].astype(np.int64)
    tests = gold[gold["label"].isin(definite) & gold["stratum"].isin(TRUTHS)]
    people = sorted({*last["reviewer"], *tests["reviewer"]})
    number = {name: row for row, name in enumerate(people)}
    order = np.lexsort((last["number"].to_numpy(), unit))
    right, tried = np.zeros((len(people), 2)), np.zeros((len(people), 2))
    truth = tests["stratum"].isin(COPIES).to_numpy(bool)
    cell = tests["reviewer"].map(number).to_numpy(np.int64), np.where(truth, 0, 1)
    np.add.at(tried, cell, 1)
    np.add.at(right, cell, tests["label"].isin(DUPLICATE).to_numpy(bool) == truth)
    return Judgements(
        unit[order], last["reviewer"].map(number).to_numpy(np.int64)[order],
        last["label"].isin(DUPLICATE).to_numpy(bool)[order], right, tried,
    )  # fmt: skip
