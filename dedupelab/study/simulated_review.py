"""A simulated review: invented reviewers whose answers are what truth.csv says, to show what a reviewed study looks like."""

from pathlib import Path

import pandas as pd

from dedupelab.review.gold import MARK
from dedupelab.review.review import Review

REVIEWERS = ("sample reviewer A, invented", "sample reviewer B, invented")


def simulate(review: Review, truth: Path) -> None:
    """Answer by truth.csv all that the review asks: pairs, gold pairs and second looks, and the search for random files.

    What was answered before stays, so that a review broken off goes on.
    """
    places = ["collection", "path"]
    known = pd.read_csv(truth, dtype=str, keep_default_na=False).merge(
        review.images[[*places, "image_id"]], on=places
    )
    facts = known.set_index("image_id")[["work", "scene", "relation"]]

    def answer(left: str, right: str) -> str:
        # A planted copy shows what its original shows.
        one, other = (facts.loc[name.partition(MARK)[0]] for name in (left, right))
        if one["work"] == other["work"]:
            edited = MARK in left + right or "derivative" in {one["relation"], other["relation"]}
            return "derivative" if edited else "same"
        return "variant" if one["scene"] == other["scene"] else "different"

    for reviewer in REVIEWERS:
        asked = review.pending(reviewer)[["left", "right", "purpose"]]
        for left, right, purpose in asked.itertuples(index=False):
            review.decide(left, right, answer(left, right), reviewer=reviewer, purpose=purpose)
    for image in review.unsearched()["image"]:
        work = facts.loc[image, "work"]
        copies = [other for other in review.findable(image) if facts.loc[other, "work"] == work]
        review.searched(image, copies, reviewer=REVIEWERS[0])
