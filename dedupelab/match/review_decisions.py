"""What people decided on pairs, applied to what the detector found: for ever, whatever the threshold of a later run.

A pair that they called different or a variant is no link and keeps works apart; one that they called a copy is a link, also where
the detector was undecided or never looked.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from dedupelab import tables
from dedupelab.match.compare.verdicts import MOST_OPEN, MOST_UNRELATED
from dedupelab.tables.contents import content_classes

CONFIRMED = 1.0
MOST_LIKENESS = {"variant": MOST_OPEN, "unrelated": MOST_UNRELATED}


def apply_decisions(detected: pd.DataFrame, reviewed: pd.DataFrame, images: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs table with the decisions applied; what is disputed or open stays as detected.

    A decision on two files holds for all files that digests prove equal to them. Where no such pair was examined, one is
    added. The reason says that people reviewed the pair, how many, and what the detector had said.
    """
    settled = reviewed[reviewed["duplicate"].notna()]
    if settled.empty:
        return detected
    classes = content_classes(images)
    by_pair: dict[tuple[str, str], Decision] = {}
    columns = settled[["left", "right", "label", "duplicate", "reviewers"]]
    for left, right, label, duplicate, names in columns.itertuples(index=False):
        one, other = sorted((str(classes[left]), str(classes[right])))
        by_pair[one, other] = Decision(str(label), bool(duplicate), str(names).count(";") + 1)
    ends = pd.concat([detected["left"].map(classes), detected["right"].map(classes)], axis=1)
    place = list(zip(ends.min(axis=1), ends.max(axis=1), strict=True))
    plain = detected.astype(object)
    rows: list[dict[Any, Any]] = plain.where(plain.notna(), None).to_dict("records")
    for pair, row in zip(place, rows, strict=True):
        if pair in by_pair and row["relation"] not in tables.LINKS[:3]:
            row.update(by_pair[pair].over(row["relation"], row["score"], row["reason"]))
    collection = images.set_index("image_id")["collection"]
    for one, other in sorted(set(by_pair) - set(place)):
        across = collection[one] != collection[other]
        rows.append({"left": one, "right": other, **by_pair[one, other].alone(), "cross_collection": across})
    return tables.PAIRS.from_rows(rows)


@dataclass(frozen=True)
class Decision:
    """What people decided on a pair, and how many they were."""

    label: str
    duplicate: bool
    people: int

    @property
    def relation(self) -> str:
        """The relation that the label means."""
        named = {"same": "near-identical", "derivative": "derivative", "variant": "variant"}
        return named.get(self.label, "unrelated")

    @property
    def said(self) -> str:
        """The beginning of the reason."""
        return f"reviewed by {self.people} {'person' if self.people == 1 else 'people'}: {self.label}"

    def over(self, detected: str, score: float, reason: str) -> dict[str, object]:
        """Return relation, score and reason of a pair that the detector had examined."""
        kept = self.duplicate and detected in tables.LINKS
        relation = detected if kept else self.relation
        return {
            "relation": relation,
            "score": CONFIRMED if self.duplicate else min(score, MOST_LIKENESS[relation]),
            "reason": f"{self.said}; detected as {detected}: {reason}",
        }

    def alone(self) -> dict[str, object]:
        """Return the same, and the transform, of a pair that it had not."""
        return {
            "transform": "identity",
            "relation": self.relation,
            "score": CONFIRMED if self.duplicate else 0.0,
            "reason": f"{self.said}; not examined by the detector",
        }
