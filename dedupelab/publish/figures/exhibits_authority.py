"""A study's figures of who says what: contradictions between institutions, and one work's lineage."""

import math
import string
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pandas as pd

from dedupelab.evidence.metadata.conflicts import FIELDS
from dedupelab.evidence.metadata.contradictions import FEWEST
from dedupelab.evidence.metadata.lineage import COLUMNS, Lineage, lineage
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.chapters.worked_example import field_words, ordered_copies, worked_group
from dedupelab.publish.figures import figures
from dedupelab.publish.figures.exhibits_money import population
from dedupelab.publish.language.language import _
from dedupelab.publish.paper.document import Figure, Table
from dedupelab.study.study import Study

_LOOKED_AT = 500
"""Groups with lineage among which the one to show is chosen."""


def contradictions(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    """Draw M5p; None where no pair of institutions has enough works to compare."""
    names = [c.name for c in study.config.collection]
    pairs = {f"{one}.{other}": (one, other) for one in names for other in names}
    rows = []
    for result in numbers.below("M5p"):
        field, _dot, pair = result.id.removeprefix("M5p.").partition(".")
        one, other = pairs[pair]
        share = math.nan if result.value is None else result.value
        rows.append((field_words(field), one, other, share, result.denominator or 0, result.numerator or 0))
    cells = pd.DataFrame(rows, columns=["field", "one", "other", "share", "works", "found"])
    # In the order in which fields are named everywhere, not in that of the ids.
    order = {field_words(field): place for place, field in enumerate(FIELDS)}
    cells = cells.sort_values("field", key=lambda fields: fields.map(order), kind="stable")
    if not cells["share"].notna().any():
        return None
    return figures.contradictions_heat_map(
        cells, folder, population=population(study), source="results.json, M5p", fewest=FEWEST
    )


def lineage_of(study: Study, group_id: str = "") -> tuple[str, Lineage] | None:
    """Return a group and the lineage of its copies; without an identifier the group with the most to show, or None.

    Groups in which something cannot be true go first, then those with most documents.
    """
    images, members = study.images(), study.members()
    if group_id:
        chosen = [group_id]
    else:
        stating = images.loc[images["derived_from"].notna(), "image_id"]
        chosen = sorted(set(members.loc[members["image_id"].isin(stating), "group_id"]))[:_LOOKED_AT]
    facts = members[members["group_id"].isin(chosen)].merge(images[list(COLUMNS)], on="image_id")
    found = [(str(name), lineage(copies)) for name, copies in facts.groupby("group_id", sort=True)]
    return max(found, key=lambda pair: (pair[1].odd, len(pair[1].graph.edges), pair[0]), default=None)


def silent_groups(study: Study) -> set[str]:
    """Return the groups with a copy whose words, or which itself, is kept from readers (`redactions.csv`)."""
    kept, members = study.redactions(), study.members()
    hidden = [identity for identity, asked in kept.items() if asked.silent or asked.left_out]
    return set(members.loc[members["image_id"].isin(hidden), "group_id"])


def worked_example(study: Study, group_ids: Iterable[str]) -> Table | None:
    """Return the first of these groups whose copies say anything, field by field; none of whose words are kept from readers."""
    holders = {c.name: c.holder or c.name for c in study.config.collection}
    tables = study.images(), study.groups(), study.members()
    private = silent_groups(study)
    worked = (
        worked_group(*tables, group_id, holders, study.fold)
        for group_id in group_ids
        if group_id not in private
    )
    return next((table for table in worked if table is not None), None)


def lineage_figure(study: Study, folder: Path, group_id: str = "") -> Figure | None:
    """Draw the lineage of one group's copies; None where no group states any."""
    found = lineage_of(study, group_id)
    if found is None:
        return None
    name, drawn = found
    order = ordered_copies(study.members(), name)
    letters = dict(zip(order, string.ascii_lowercase, strict=False))
    return figures.lineage_graph(
        drawn, folder, population=_("group {group_id}{shown}", group_id=name, shown=""), letters=letters,
        source=_("XMP identifiers in the files"), identifier="figure-lineage",
    )  # fmt: skip


def _lineage(study: Study, _other: Numbers, folder: Path) -> Figure | None:
    return lineage_figure(study, folder)


MAKERS: Mapping[str, Callable[[Study, Numbers, Path], Figure | None]] = {
    "contradictions": contradictions,
    "lineage": _lineage,
}
