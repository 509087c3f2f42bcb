"""How the surplus rate depends on the fingerprint distance at which pairs are examined (EVIDENCE: threshold sensitivity)."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dedupelab import tables
from dedupelab.evidence.copies.population import Population
from dedupelab.numbers.intervals import UNCHECKED
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import Result, share
from dedupelab.tables.components import components

METHOD = message(
    "Surplus copies when only links up to this distance are kept, over all hashed images; links proved by digest and links "
    "without a distance stay at every distance. Components are counted, without splitting groups into works."
)


def surplus_by_distance(people: Population, pairs: pd.DataFrame) -> list[Result]:
    """Return M1.at.0, M1.at.1, ... up to the largest distance among the examined pairs; nothing without links."""
    return [
        share(
            f"M1.at.{limit}",
            message("Surplus copies with links up to {limit} bits", limit=limit),
            int(beyond.sum()),
            (len(people.hashed), message("hashed images")),
            UNCHECKED,
            METHOD,
            grade="C",
            review="unreviewed",
        )
        for limit, beyond in copies_by_distance(people, pairs)
    ]


def copies_by_distance(people: Population, pairs: pd.DataFrame) -> Iterator[tuple[int, "pd.Series[bool]"]]:
    """Yield each distance, and which hashed images, low-information images apart, are beyond the first of what links up to it join."""
    seen = people.hashed.loc[~people.hashed["low"], "image_id"]
    index = pd.Series(np.arange(len(seen)), index=seen.to_numpy())
    links = pairs[pairs["relation"].isin(tables.LINKS)]
    known = (links["left"].isin(index.index) & links["right"].isin(index.index)).to_numpy()
    left = index.loc[links.loc[known, "left"]].to_numpy(dtype=np.int64)
    right = index.loc[links.loc[known, "right"]].to_numpy(dtype=np.int64)
    proven = links["relation"].isin(tables.LINKS[:3]).to_numpy()
    distance = np.where(proven, 0, links["distance"].fillna(0).to_numpy(dtype=np.int64))[known]
    farthest = int(pairs["distance"].max()) if len(links) and pairs["distance"].notna().any() else -1
    for limit in range(farthest + 1):
        kept = distance <= limit
        yield limit, pd.Series(components(left[kept], right[kept], len(seen)), seen.index).duplicated()
