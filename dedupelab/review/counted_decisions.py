"""The decisions, pairs and files that each number of the review counts."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from dedupelab.review.agreement import asked_again
from dedupelab.review.estimates import Assessment, copies_id
from dedupelab.review.persons_seen import last_answers

ADDS = "adds"
"""Column of what a row adds to a number, where that is not one."""
_COLUMNS = ["left", "right", "relation", "band", "stratum"]


def detected_works(of: Assessment) -> Iterator[tuple[str, Callable[[], pd.DataFrame]]]:
    """Yield the numbers that the review corrects, with the works that they counted before anybody looked: the first image of each."""
    works = of.frame.nodes.groupby("work").agg(image_id=("image_id", "first"), images=("images", "sum"))
    several = works[works["images"] > 1]
    yield "N.works", works.copy
    for name in ("N.surplus", "M1"):
        yield name, several.assign(**{ADDS: several["images"] - 1}).copy


def counted_decisions(
    images: pd.DataFrame, of: Assessment
) -> Iterator[tuple[str, Callable[[], pd.DataFrame]]]:
    """Yield each number of the review that counts, with what gives its rows; `images` are the hashed ones."""
    said, placed, units = of.decided.reviewed, of.decided.placed, of.drawn.units
    by_pair = placed.drop_duplicates(["left", "right", "reviewer"]).groupby(["left", "right"])
    people = by_pair.size().rename("people").reset_index()
    again, answered = asked_again(placed), last_answers(of.decided.persons)
    yield "V.labelled", said.copy
    yield "V.reviewers", placed.drop_duplicates("reviewer")[["reviewer"]].copy
    yield "V.twice", people[people["people"] > 1].copy
    yield "V.disputes", of.decided.disputes.copy
    yield "V.open", said[said["state"] == "open"].copy
    yield "V.absent", of.decided.absent.copy
    yield "V.repeats", again[again["nunique"] == 1].copy
    yield "V.missed", images[images["image_id"].isin(of.search.found)].copy
    yield "M17.seen", answered[answered["label"] == "yes"].copy
    seen = units["drawn"].to_numpy(bool) & ~np.isnan(of.known)
    yield "V.reviewed", units.loc[seen & of.asked, _COLUMNS].copy
    copies = units[seen & (of.known == 1)]
    for relation, band in units[["relation", "band"]].drop_duplicates().to_numpy(str).tolist():
        kind = (copies["relation"] == relation) & (copies["band"] == band)
        yield copies_id(relation, band), copies.loc[kind, _COLUMNS].copy
    asked = units[seen & (of.known == 1) & of.asked]
    for number, stratum in enumerate(of.found["stratum"], 1):
        yield f"V.stratum.{number}", asked.loc[asked["stratum"] == stratum, _COLUMNS].copy
