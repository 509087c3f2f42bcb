"""Groups of copies worth showing one by one: side by side, field by field, and with what they say of their descent."""

import string
from collections.abc import Iterable
from pathlib import Path

from dedupelab.evidence.metadata.lineage import COLUMNS, Lineage, lineage
from dedupelab.numbers.messages import loaded
from dedupelab.publish.chapters.material import Example
from dedupelab.publish.chapters.redaction_notes import noted
from dedupelab.publish.chapters.worked_example import ordered_copies, stated, worked_group
from dedupelab.publish.figures.captions import Setting
from dedupelab.publish.figures.groups import Tile, contact_sheet
from dedupelab.publish.figures.lineage import DRAWN, lineage_graph
from dedupelab.publish.language.language import _, called, told, word
from dedupelab.publish.paper.document import Figure, Table
from dedupelab.study.redactions import shown_together
from dedupelab.study.study import Study
from dedupelab.tables import LOW_INFORMATION

EXAMPLES = 2
COPIES_SHOWN = 8
_LOOKED_AT = 500
"""Groups with lineage among which the one to show is chosen."""


def example_groups(study: Study, count: int = EXAMPLES) -> list[str]:
    """Return the groups worth showing: those whose copies contradict each other, then those that most collections hold.

    Groups of low-information pictures are left out; ties are settled by identifier, so that the choice is the same every
    time.
    """
    images, members = study.images(), study.members()
    poor = set(images.loc[images["information"] < LOW_INFORMATION, "image_id"])
    blank = set(members.loc[members["image_id"].isin(poor), "group_id"])
    groups = study.groups()
    groups = groups[(groups["works"] == 1) & ~groups["group_id"].isin(blank)]
    fields = study.fields()
    disputed = fields.loc[
        (fields["state"] == "conflict") & fields["field"].isin(("creator", "credit", "date_created")),
        "group_id",
    ]
    groups = groups.assign(disputed=groups["group_id"].isin(disputed))
    order = ["disputed", "collections", "images", "group_id"]
    ranked = groups.sort_values(order, ascending=[False, False, False, True])
    return [str(name) for name in ranked["group_id"].head(count)]


def example(study: Study, group_id: str, folder: Path) -> Example | None:
    """Return one group's contact sheet with its table; None when its pictures cannot be opened any more."""
    chosen = ordered_copies(study.members(), group_id)
    copies = study.images().set_index("image_id").loc[chosen]
    holders = study.config.holders
    kept, tiles, silent = study.redactions(), [], 0
    asked = [str(identity) for identity in copies.index[:COPIES_SHOWN]]
    pictures = study.shown(asked, 420)
    for (identity, picture), (_other, row) in zip(
        pictures.items(), copies.loc[list(pictures)].iterrows(), strict=True
    ):
        hidden = identity in kept and kept[identity].silent
        silent += hidden
        said = ["" if hidden else stated(name, row[name]) for name in ("creator", "credit", "date_created")]
        size = f"{int(row['width'])}\u00a0x\u00a0{int(row['height'])}"
        tiles.append(Tile(picture, (called(holders[row["collection"]]), size, str(row["format"]), *said)))
    if len(tiles) < 2:
        return None
    group = study.groups().set_index("group_id").loc[group_id]
    name = (
        _("{tiles} of {copies} copies", tiles=len(tiles), copies=len(copies))
        if len(tiles) < len(copies)
        else _("{copies} copies", copies=len(copies))
    )
    authority = _(
        "An asterisk marks what contradicts the first copy. Authoritative copy: {authority}, {authority_reason}.",
        authority=word(str(group["authority"])),
        authority_reason=told(loaded(group["authority_message"], group["authority_reason"])),
    )
    shielded = sum(identity in kept and bool(kept[identity].blurred) for identity in pictures)
    absent = len(asked) - len(shown_together(asked, kept))
    setting = Setting(folder, name, _("the collections"))
    sheet = contact_sheet(tiles, f"figure-{group_id}", noted(authority, shielded, silent), setting)
    table = sheet.data
    if not isinstance(table, Table):
        return None
    return Example({str(k): v for k, v in group.items()}, sheet, table, (shielded, silent, absent))


def lineage_of(study: Study, group_id: str = "") -> tuple[str, Lineage] | None:
    """Return a group and the lineage of its copies; without an identifier the group with the most that can be shown, or None.

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
    found = [pair for pair in found if group_id or len(pair[1].graph) <= DRAWN]
    return max(found, key=lambda pair: (pair[1].odd, len(pair[1].graph.edges), pair[0]), default=None)


def silent_groups(study: Study) -> set[str]:
    """Return the groups with a copy whose words, or which itself, is kept from readers (`redactions.csv`)."""
    kept, members = study.redactions(), study.members()
    hidden = [identity for identity, asked in kept.items() if asked.silent or asked.left_out]
    return set(members.loc[members["image_id"].isin(hidden), "group_id"])


def worked_example(study: Study, group_ids: Iterable[str]) -> Table | None:
    """Return the first of these groups whose copies say anything, field by field; none of whose words are kept from readers."""
    holders = study.config.holders
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
    population = _("one group of copies")
    return lineage_graph(drawn, letters, Setting(folder, population, _("XMP identifiers in the files")))
