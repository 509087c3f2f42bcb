"""Which copies say nothing of their rights, which lost it on the way, and where no copy can be called authoritative.

The numbers count empty fields. Whether removing rights information was lawful is not for a count to say.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.evidence.copies.population import Population
from dedupelab.numbers.intervals import UNCHECKED, Works, share_interval
from dedupelab.numbers.messages import Message, message
from dedupelab.numbers.results import Result, share

RIGHTS = (
    "creator", "copyright_notice", "credit", "web_statement", "usage_terms", "licensor", "copyright_owner",
)  # fmt: skip
"""dc:creator, dc:rights, photoshop:Credit, xmpRights:WebStatement and UsageTerms, plus:Licensor and CopyrightOwner."""


def orphans(images: pd.DataFrame) -> NDArray[np.bool_]:
    """Return for each image whether all seven rights fields are empty (or blank)."""
    stated = np.zeros(len(images), dtype=bool)
    for name in RIGHTS:
        stated |= (images[name].fillna("").astype(str).str.strip() != "").to_numpy(dtype=bool)
    return ~stated


def rights(people: Population) -> list[Result]:
    """Return M7 (all, and each collection), M7s and M6b."""
    orphan, works = orphans(people.hashed), people.shown.to_numpy()
    holder = people.hashed["collection"].to_numpy()
    return [
        _orphans(
            "M7",
            message("Orphan copies: images without any rights information"),
            orphan,
            works,
            message("hashed images"),
        ),
        *(
            _orphans(
                f"M7.in.{name}",
                message("Orphan copies in {holder}", holder=called),
                orphan[holder == name],
                works[holder == name],
                message("hashed images in {holder}", holder=called),
            )
            for name, called in people.collections.items()
        ),
        _stripped(people),
        _unresolved(people),
    ]


def _orphans(
    result_id: str, label: Message, orphan: NDArray[np.bool_], works: Works, whole: Message
) -> Result:
    return share(
        result_id, label, int(orphan.sum()), (len(orphan), whole), share_interval(orphan, works),
        message(
"Images whose creator, copyright notice, credit, rights statement, usage terms, licensor and copyright owner are all empty, in the "
        "file and in its catalogue record where there is one. "
        "Every hashed image was read; the interval is for holdings like these."
),
    )  # fmt: skip


def _stripped(people: Population) -> Result:
    orphan = orphans(people.members)
    fellow = (
        pd.Series(~orphan).groupby(people.members["unit"].to_numpy()).transform("any").to_numpy(dtype=bool)
    )
    stripped = pd.Series(orphan & fellow).groupby(people.members["group_id"].to_numpy()).agg(["sum", "size"])
    return share(
        "M7s", message("Copies without rights information that another copy has"), int(stripped["sum"].sum()),
        (len(orphan), message("images in groups")),
        UNCHECKED,
        message("Orphan copies with a copy of the same work that states at least one of the seven rights fields, over all images in groups."),
        grade="C", review="unreviewed",
    )  # fmt: skip


def _unresolved(people: Population) -> Result:
    groups = people.groups
    unresolved = int((groups["authority"] == "unresolved").sum())
    return share(
        "M6b", message("Groups in which no copy can be called authoritative"), unresolved, (len(groups), message("groups")),
        UNCHECKED,
        message("Groups whose best copies tie under the study's declared criteria."), grade="C", review="unreviewed",
    )  # fmt: skip
