"""The pairs table before it is text: every row a pair of image rows and the number of a verdict, turned to text block by block."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab import tables
from dedupelab.match.candidates import INVERSE
from dedupelab.match.compare.verdict_columns import Rows, Verdicts, boxes, differences, words
from dedupelab.match.exact import TURNED

BLOCK = 1 << 20
"""Rows in a block: as many as Parquet keeps in a row group."""
MOST_COPIES = 256
"""Combinations of the copies of two pictures up to which each of them gets a row."""


@dataclass(frozen=True)
class PairRows:
    """Rows of the pairs table in order; `mirrored` rows read their verdict the other way round."""

    names: NDArray[np.object_]
    collection: NDArray[np.int32]
    left: Rows
    right: Rows
    verdict: Rows
    mirrored: NDArray[np.bool_]
    distance: NDArray[np.int16]
    verdicts: Verdicts

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.left)

    def frame(self) -> pd.DataFrame:
        """Return the whole pairs table."""
        whole = list(self.blocks())
        return tables.PAIRS.conform(pd.concat(whole, ignore_index=True)) if whole else tables.PAIRS.empty()

    def blocks(self, size: int = BLOCK) -> Iterator[pd.DataFrame]:
        """Yield the pairs table in order, `size` rows at a time."""
        found, turned_reasons = self.verdicts, self.verdicts.mirrored
        inverse = np.array(INVERSE, np.int8)
        for start in range(0, len(self), size):
            part = slice(start, start + size)
            left = self.left[part]
            right = self.right[part]
            of = self.verdict[part]
            turned = self.mirrored[part]
            transform, reason = found.transform[of], found.reason[of]
            sides = found.left_region[of], found.right_region[of]
            yield pd.DataFrame(
                {
                    "left": pd.Series(self.names[left], dtype="str"),
                    "right": pd.Series(self.names[right], dtype="str"),
                    "distance": self.distance[part].astype(np.int64),
                    "transform": words(tables.TRANSFORMS, np.where(turned, inverse[transform], transform)),
                    "relation": words(tables.RELATIONS, found.relation[of]),
                    "score": found.score[of],
                    "reason": words(
                        [*found.reasons, *turned_reasons],
                        np.where(turned, reason + len(turned_reasons), reason),
                    ),
                    "left_region": boxes(np.where(turned[:, None], sides[1], sides[0])),
                    "right_region": boxes(np.where(turned[:, None], sides[0], sides[1])),
                    "differences": differences(found.places, of, turned),
                    "cross_collection": self.collection[left] != self.collection[right],
                }
            )


def spread_verdicts(
    left: Rows, right: Rows, classes: Rows, copied: NDArray[np.bool_], limit: int = MOST_COPIES
) -> tuple[Rows, Rows, Rows, NDArray[np.bool_]]:
    """Give every pair of copies the verdict that was found for their classes' first members.

    Parameters
    ----------
    classes
        For every row the first row of its class.
    limit
        Combinations above which the judged pair alone keeps the verdict.

    Returns
    -------
    left, right, verdict, mirrored
        Smaller row left, the number of the judged pair, and whether it was judged the other way round.
    """
    members = np.flatnonzero(copied)[np.argsort(classes[copied], kind="stable")].astype(np.int32)
    sizes = np.bincount(classes[copied], minlength=len(classes))
    starts = np.cumsum(sizes) - sizes
    wide = np.maximum(sizes[right], 1)
    products = np.maximum(sizes[left], 1) * wide
    single = (products > limit) | (products == 1)
    products[single] = 1
    verdict = np.repeat(np.arange(len(left), dtype=np.int32), products)
    step = (np.arange(len(verdict)) - np.repeat(np.cumsum(products) - products, products)).astype(np.int32)
    ones, twos = left[verdict], right[verdict]
    many = ~single[verdict]
    of = verdict[many]
    ones[many] = members[starts[left[of]] + step[many] // wide[of]]
    twos[many] = members[starts[right[of]] + step[many] % wide[of]]
    mirrored = ones > twos
    return np.minimum(ones, twos), np.maximum(ones, twos), verdict, mirrored


def joined(one: Verdicts, two: Verdicts) -> Verdicts:
    """Return the verdicts of both, those of the second numbered after those of the first."""
    return Verdicts(
        np.append(one.transform, two.transform),
        np.append(one.relation, two.relation),
        np.append(one.score, two.score),
        np.append(one.reason, two.reason + np.int32(len(one.reasons))),
        np.concatenate((one.left_region, two.left_region)),
        np.concatenate((one.right_region, two.right_region)),
        [*one.reasons, *two.reasons],
        [*one.mirrored, *two.mirrored],
        np.append(one.drawn, two.drawn),
        one.windows | {row + len(one.relation): sides for row, sides in two.windows.items()},
        one.places | {row + len(one.relation): sides for row, sides in two.places.items()},
    )


def proven_verdicts(proven: pd.DataFrame) -> Verdicts:
    """Return the verdicts of pairs that digests prove: relation, score and reason, as they are, without regions."""
    reason, reasons = pd.factorize(proven["reason"])
    nowhere = np.full((len(proven), 4), np.nan, np.float32)
    return Verdicts(
        np.zeros(len(proven), np.int8),
        proven["relation"].map(tables.RELATIONS.index).to_numpy(np.int8),
        proven["score"].to_numpy(np.float64),
        reason.astype(np.int32),
        nowhere,
        nowhere,
        [str(text) for text in reasons],
        [str(text) for text in reasons],
        np.zeros(len(proven), bool),
    )


def turned_verdicts(transform: NDArray[np.int8]) -> Verdicts:
    """Return the verdicts of pairs whose payloads are equal but for how they are shown: whole pictures, turned."""
    count = len(transform)
    whole = np.tile(np.array([0, 0, 1, 1], np.float32), (count, 1))
    derivative = np.full(count, tables.RELATIONS.index("derivative"), np.int8)
    return Verdicts(
        transform,
        derivative,
        np.ones(count),
        np.zeros(count, np.int32),
        whole,
        whole.copy(),
        [TURNED],
        [TURNED],
        np.zeros(count, bool),
    )
