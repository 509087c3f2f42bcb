"""What a merge cannot settle, asked of each site that has the pictures: a signed list, one file per site."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd

from dedupelab import tables
from dedupelab.exchange.parcel import Parcel, write_parcel
from dedupelab.tables.contents import content_classes
from dedupelab.tables.parquet import text

QUESTIONS = tables.Table(
    "questions",
    (
        text("kind", "relation: what are these two; pixels: digest of the decoded pixels; sketch: a small gray picture", nullable=False),
        text("left", "image_id", nullable=False),
        text("right", "image_id; only of relation"),
        text("transform", "how left is thought to be turned; only of relation"),
    ),
    order=("kind", "left", "right"),
)  # fmt: skip


def ask(
    sites: Sequence[Parcel],
    images: pd.DataFrame,
    unsettled: pd.DataFrame,
    suspects: Sequence[str],
    folder: Path,
    moment: datetime,
) -> list[Path]:
    """Write one parcel of questions for each site that can settle something; return their paths.

    Parameters
    ----------
        images, unsettled
        Of the merged study, and its pairs that lack pixels.
    suspects
        Images whose pixel digest could settle a relation.
    folder
        Where the files go; what lies there of earlier merges is replaced.
    """
    for stale in folder.glob("*.questions.zip"):
        stale.unlink()
    classes = content_classes(images)
    written = []
    for parcel in sites:
        own = images[images["collection"].isin([c["name"] for c in parcel.facts["collections"]])]
        rows = questions(unsettled, classes, set(own["image_id"]), suspects)
        if len(rows):
            path = folder / f"{parcel.site}.questions.zip"
            facts = {
                "kind": "questions",
                "site": parcel.site,
                "fingerprints_only": parcel.facts["fingerprints_only"],
                "secret": parcel.facts["secret"],
            }
            written.append(write_parcel(path, facts, {QUESTIONS: rows}, moment))
    return written


def questions(
    unsettled: pd.DataFrame, classes: pd.Series, own: set[str], suspects: Sequence[str]
) -> pd.DataFrame:
    """Return what one site is asked: relations of pairs it holds copies of both of, else sketches of what it holds of one.

    Parameters
    ----------
    suspects
        Images whose pixel digest could settle a relation.
    """
    ends = [classes.reindex(unsettled[side]) for side in ("left", "right")]
    asked = classes[classes.isin(ends[0]) | classes.isin(ends[1])]
    mine = asked[asked.index.isin(own)].sort_index()
    mine = mine[~mine.duplicated()]
    here = dict(zip(mine, mine.index, strict=True))
    relations: dict[tuple[str, str], dict[str, str]] = {}
    sketches: set[str] = set()
    for left, right, transform in zip(*ends, unsettled["transform"], strict=True):
        found = here.get(left), here.get(right)
        if found[0] and found[1]:
            one, two = min(found[0], found[1]), max(found[0], found[1])
            turn = transform if (one, two) == found else tables.INVERSE[transform]
            relations[one, two] = {"kind": "relation", "left": one, "right": two, "transform": turn}
        else:
            sketches |= {name for name in found if name}
    return QUESTIONS.from_rows(
        [
            *relations.values(),
            *({"kind": "pixels", "left": name} for name in sorted(own & set(suspects))),
            *({"kind": "sketch", "left": name} for name in sorted(sketches)),
        ]
    )
