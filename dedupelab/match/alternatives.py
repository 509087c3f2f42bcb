"""What another choice of criteria would have made of each group: one criterion left out, or one asked before all others."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from dedupelab.match.authority import NAMES, gather, named, settle

CHANGES = ("without", "first")
OUTCOMES = ("same", "other", "unresolved", "resolved")
"""The same metadata are believed; those of another copy are; nobody is believed any more; somebody is now."""
COLUMNS = ("group_id", "criterion", "change", "outcome", "authoritative")


def alternatives(
    images: pd.DataFrame, members: pd.DataFrame, criteria: Sequence[str] = NAMES
) -> pd.DataFrame:
    """Return for each group, criterion and change of CHANGES which copy would be authoritative, and the outcome.

    Two copies that say the same of themselves are the same choice: only whose metadata are believed counts.

    Parameters
    ----------
    images, members
        As in `dedupelab.tables`; members of every group.
    criteria
        The study's, in order. A known criterion that is not among them is tried first only.
    """
    copies, names = gather(images, members)
    image, says = copies["image_id"].to_numpy(object), copies["says"].to_numpy()
    declared = settle(copies, named(criteria)).choice
    parts = []
    for criterion, change, order in _orders(criteria):
        choice = settle(copies, named(order)).choice
        was, now = declared >= 0, choice >= 0
        outcome = np.select(
            [was & now & (says[declared] != says[choice]), was & ~now, ~was & now],
            ["other", "unresolved", "resolved"],
            "same",
        )
        chosen = image[choice]
        chosen[~now] = None
        parts.append(
            pd.DataFrame(
                dict(zip(COLUMNS, (names, criterion, change, outcome.astype(object), chosen), strict=True))
            )
        )
    return pd.concat(parts, ignore_index=True) if len(copies) else pd.DataFrame(columns=list(COLUMNS))


def _orders(criteria: Sequence[str]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for name in (*criteria, *(other for other in NAMES if other not in criteria)):
        rest = tuple(each for each in criteria if each != name)
        if name in criteria:
            yield name, "without", rest
        yield name, "first", (name, *rest)
