"""The decisions, pairs and files that each number of the review counts."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pandas as pd

from dedupelab.review.accuracy import by_stratum, copies_id, stands_for
from dedupelab.review.agreement import asked_again
from dedupelab.review.cuts import Flags
from dedupelab.review.estimates import Assessment
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
    again, answered = asked_again(placed), last_answers(of.decided, of.files)
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
    for relation, band in units[["relation", "band"]].drop_duplicates().to_numpy(str).tolist():
        kind = ((units["relation"] == relation) & (units["band"] == band)).to_numpy(bool)
        yield copies_id(relation, band), partial(_copies, of, kind)
    asked = units[seen & (of.known == 1) & of.asked]
    for number, stratum in enumerate(of.found["stratum"], 1):
        yield f"V.stratum.{number}", asked.loc[asked["stratum"] == stratum, _COLUMNS].copy


def _copies(of: Assessment, kind: Flags) -> pd.DataFrame:
    """Return the pairs of a kind that people called copies, each with for how many pairs of its kind it stands."""
    rows: pd.DataFrame = of.drawn.units.loc[kind & of.asked & (of.known == 1), _COLUMNS]
    return rows.assign(**{ADDS: rows["stratum"].map(stands_for(by_stratum(of, kind))).astype(np.float64)})
