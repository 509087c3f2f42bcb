"""Decisions: what several people said of one pair, brought together, for the pictures that a study holds now.

Labels know files by digest. Here they meet the images table: by the file's digest or, where its metadata were edited since, by
that of its picture. What people disagree on counts for nothing until somebody adjudicates it.
"""

from collections import Counter
from dataclasses import dataclass

import pandas as pd

from dedupelab import tables
from dedupelab.review.labels import (
    CHOICES,
    DUPLICATE,
    GOLD,
    NOT_DUPLICATE,
    NOTHING_FOUND,
    PERSON,
    SEARCH,
    TOLD,
    standing,
)
from dedupelab.tables.contents import contents_by_digest

PAIR = ["left", "right"]


@dataclass(frozen=True)
class Decided:
    """The decisions on a study's pictures, one row a pair as the table `reviewed`, and what is kept but not counted.

    `placed` holds the standing labels with `left` and `right` as image_ids; `absent` those of pictures no longer present; `gold`
    those of pairs whose answer was known before anybody looked; `searched` those of files that somebody searched for; `persons`
    what was said of the persons that files show.
    """

    reviewed: pd.DataFrame
    placed: pd.DataFrame
    absent: pd.DataFrame
    gold: pd.DataFrame
    searched: pd.DataFrame
    persons: pd.DataFrame

    @property
    def disputes(self) -> pd.DataFrame:
        """The pairs that wait for adjudication."""
        return self.reviewed[self.reviewed["state"] == "dispute"]


def decided(labels: pd.DataFrame, images: pd.DataFrame) -> Decided:
    """Bring the labels of a study together."""
    if labels.empty:  # of a study that nobody reviewed every stage asks, and its pictures may be a million
        placed = labels.assign(**dict.fromkeys(PAIR, pd.Series(dtype=object)))
        return Decided(tables.REVIEWED.empty(), placed, *[labels] * 4)
    rows = standing(labels)
    gold, rows = _gold(labels), rows[rows["purpose"] != GOLD]
    persons, rows = rows[rows["purpose"] == PERSON], rows[rows["purpose"] != PERSON]
    searched, rows = rows[rows["purpose"] == SEARCH], rows[rows["right_sha256"] != NOTHING_FOUND]
    left, right = _present(rows, images)
    known = (left.notna() & right.notna()).to_numpy()
    placed = rows[known].assign(
        left=pd.concat([left, right], axis=1).min(axis=1)[known],
        right=pd.concat([left, right], axis=1).max(axis=1)[known],
    )
    # Files that have become one picture since (equal payload) need no decision any more.
    placed = placed[placed["left"] != placed["right"]]
    placed = placed.drop_duplicates([*PAIR, "reviewer", "purpose"], keep="last")
    settled = [
        {"left": pair[0], "right": pair[1], **_settled(group)}
        for pair, group in placed.groupby(PAIR, sort=True)
    ]
    return Decided(tables.REVIEWED.from_rows(settled), placed, rows[~known], gold, searched, persons)


def _gold(labels: pd.DataFrame) -> pd.DataFrame:
    """Return the answers on gold pairs: of those of which a reviewer was told, what stood then, whatever they said or undid since."""
    told = labels.loc[labels["purpose"] == TOLD, ["reviewer", "number"]].itertuples(index=False, name=None)
    before = [labels[(labels["reviewer"] == who) & (labels["number"] < when)] for who, when in told]
    rows = pd.concat([standing(each) for each in (*before, labels)])
    rows = rows[rows["purpose"] == GOLD]
    return rows.drop_duplicates(["left_sha256", "right_sha256", "reviewer"])


def disputed(labels: pd.DataFrame) -> pd.DataFrame:
    """Return the files' digests of pairs on which decisions disagree, whether or not a study still holds them."""
    rows = standing(labels)
    rows = rows[(rows["purpose"] != GOLD) & (rows["right_sha256"] != NOTHING_FOUND)]
    keys = ["left_sha256", "right_sha256"]
    states = [(*pair, _settled(group)["state"]) for pair, group in rows.groupby(keys, sort=True)]
    found = pd.DataFrame(states, columns=[*keys, "state"])
    return found[found["state"] == "dispute"].drop(columns="state")


def _present(rows: pd.DataFrame, images: pd.DataFrame) -> "list[pd.Series[str]]":
    """Return for either side the first image that has each label's content, empty where there is none."""
    known = contents_by_digest(images)
    return [
        rows[f"{side}_sha256"].map(known).fillna(rows[f"{side}_payload"].map(known)).astype(object)
        for side in PAIR
    ]


def _settled(group: pd.DataFrame) -> dict[str, object]:
    """Say what one pair's decisions come to."""
    final = group[group["purpose"] == "adjudication"]
    said = [str(label) for label in (final.iloc[-1:] if len(final) else group)["label"]]
    definite = [label for label in said if label in DUPLICATE + NOT_DUPLICATE]
    yes = sum(label in DUPLICATE for label in definite)
    state = "adjudicated" if len(final) else "agreed"
    if not definite:
        state = "open"
    elif 0 < yes < len(definite):
        state = "dispute"
    settled = bool(definite) and state != "dispute"
    counts = Counter(definite or said)
    # Of labels named equally often the later in CHOICES claims less likeness.
    label = max(counts, key=lambda each: (counts[each], CHOICES.index(each)))
    return {
        "label": label,
        "state": state,
        "duplicate": (yes > 0) if settled else None,
        "reviewers": "; ".join(sorted(set(group["reviewer"]))),
        "decisions": len(group),
    }
