"""The workbook's sheets of pictures: groups of copies, each copy with what it says of itself, and what copies contradict each other on."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from dedupelab.evidence.copies.population import population
from dedupelab.numbers.messages import loaded
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.worked_example import field_words
from dedupelab.publish.figures.captions import each
from dedupelab.publish.figures.examples import example_groups
from dedupelab.publish.language.language import _, told, word
from dedupelab.publish.workbook.book import ROWS, Cell, Field, Formula, Jump, Sheet
from dedupelab.study.study import Study

SHOWN = 8
"""Groups whose copies are shown as small pictures."""
COPIES_SHOWN = 8
_LONGEST_SIDE = 90
STATED = ("creator", "credit", "copyright_notice", "licensor", "date_created")
"""What a copy says of itself, as far as its sheet has it."""
VALUES = 4
"""Contradicting values of a field that have columns of their own."""


def groups(study: Study, *, corrected: bool) -> Sheet:
    """Return the groups as they are counted: pictures that say nothing, such as blank pages, are in none.

    `corrected` says that a review's sample corrects surplus copies and works, so that the paper prints other sums of these.
    """
    holders = study.config.holders
    counted = population(study.images(), study.groups(), study.members(), collections=holders).groups
    known = study.groups().set_index("group_id")
    found = counted.set_index("group_id", drop=False)
    first = [name for name in example_groups(study, len(known)) if name in found.index]
    rows: list[list[Cell]] = []
    for row in each(found.loc[[*first, *found.index.difference(first)]]):
        own = known.loc[row.group_id]
        reason = told(loaded(own["authority_message"], own["authority_reason"]))
        counts: list[Cell] = [int(row.images), int(row.collections), int(row.works)]
        sizes: list[Cell] = [int(row.bytes), int(row.redundant_bytes)]
        rows.append(
            [
                str(row.group_id), *counts, Formula("B{row}-D{row}"), *sizes, float(own["weakest_link"]),
                word(str(row.authority)), reason,
            ]
        )  # fmt: skip
    last = len(rows) + 1
    sums: list[Cell] = [Formula(f"SUM({column}2:{column}{last})") if rows else 0 for column in "BDEFG"]
    first_told = _(
        "each group of copies, those whose copies contradict each other first; below, the sums that the shares are made of"
    )
    as_linked = _(
        "each group of copies as linked, those whose copies contradict each other first; below, their sums: surplus copies and works in the paper are "
        "corrected by the review beyond these"
    )
    return Sheet(
        _("Groups of copies"),
        as_linked if corrected else first_told,
        [
            Field(_("Group"), 24), Field(_("Copies"), 10, "whole"), Field(_("Collections"), 12, "whole"), Field(_("Works"), 10, "whole"),
            Field(_("Surplus copies"), 12, "whole"), Field(_("Bytes"), 16, "whole"), Field(_("Redundant bytes"), 16, "whole"),
            Field(_("Weakest link"), 12, "real"), Field(_("Authority"), 14), Field(_("Reason"), 70),
        ],
        rows,
        [_("All"), sums[0], None, *sums[1:], None, None, None] if rows and len(rows) <= ROWS else (),
    )  # fmt: skip


def _places(named: Sheet) -> dict[str, Cell]:
    """Return each group's name as a link to its row, as far as the sheet's first part has it."""
    return {
        str(row[0]): Jump(str(row[0]), f"'{named.name}'!A{place}") if place <= ROWS else str(row[0])
        for place, row in enumerate(named.rows, 2)
    }


def copies(study: Study, material: Material, named: Sheet, folder: Path) -> Sheet:
    """Return the copies, in the order of the groups; small pictures of the first groups are written into `folder`."""
    places, holders, kept = _places(named), material.holders, study.redactions()
    rank = {name: place for place, name in enumerate(places)}
    members = study.members().merge(study.images(), on="image_id")
    members = members.assign(rank=members["group_id"].map(rank).fillna(len(rank))).sort_values(
        ["rank", "role", "image_id"], kind="stable"
    )
    rows: list[list[Cell]] = []
    shown: dict[str, list[tuple[int, str]]] = {}
    for place, row in enumerate(members.to_dict("records")):
        name, hidden = str(row["group_id"]), row["image_id"] in kept and kept[row["image_id"]].silent
        stated: list[Cell] = ["" if hidden else _text(row[field]) for field in STATED]
        size: list[Cell] = [_whole(row[side]) for side in ("width", "height", "bytes")]
        rows.append(
            [
                places.get(name, name), holders.get(str(row["collection"]), str(row["collection"])), str(row["collection"]), str(row["path"]),
                word(str(row["role"])), *stated, str(row["format"]), *size, "",
            ]
        )  # fmt: skip
        if rank.get(name, SHOWN) < SHOWN and len(shown.setdefault(name, [])) < COPIES_SHOWN:
            shown[name].append((place, str(row["image_id"])))
    return Sheet(
        _("Copies"),
        _("every picture that has a copy: who holds it, where, and what it says of itself; the first groups with small pictures"),
        [
            Field(_("Group"), 24), Field(_("Holder"), 30), Field(_("Collection"), 18), Field(_("Path"), 50), Field(_("Role"), 14),
            *(Field(field_words(name), 28) for name in STATED), Field(_("Format"), 8), Field(_("Width"), 8, "whole"),
            Field(_("Height"), 8, "whole"), Field(_("Bytes"), 12, "whole"), Field(_("Picture"), 20),
        ],
        rows,
        pictures=_thumbnails(study, shown.values(), folder),
    )  # fmt: skip


def _thumbnails(study: Study, shown: Iterable[Sequence[tuple[int, str]]], folder: Path) -> dict[int, Path]:
    found = {}
    for of_one in shown:
        pictures = study.shown([identity for _place, identity in of_one], _LONGEST_SIDE)
        for place, identity in of_one:
            if identity in pictures:
                found[place] = folder / f"thumbnail-{place}.png"
                pictures[identity].save(found[place])
    return found


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    return None if value is None or value is pd.NA or value != value else int(str(value).partition(".")[0])  # noqa: PLR0124  NaN


def conflicts(study: Study, named: Sheet) -> Sheet:
    """Return the fields on which copies contradict each other; what is kept back has no values here."""
    places, kept = _places(named), study.redactions()
    members = study.members()
    silent = set(
        members.loc[members["image_id"].isin([i for i, asked in kept.items() if asked.silent]), "group_id"]
    )
    fields = study.fields()
    rows: list[list[Cell]] = []
    for row in each(fields[fields["state"] == "conflict"]):
        values = [] if row.group_id in silent else [str(value) for value in json.loads(row.values)][:VALUES]
        rows.append(
            [
                places.get(str(row.group_id), str(row.group_id)), field_words(str(row.field)), int(row.asserting), int(row.versions),
                *values, *[""] * (VALUES - len(values)),
            ]
        )  # fmt: skip
    return Sheet(
        _("Conflicts"),
        _("each field on which the copies of one work contradict each other, with its values, most frequent first"),
        [
            Field(_("Group"), 24), Field(_("Field"), 20), Field(_("Copies that state it"), 12, "whole"), Field(_("Different values"), 12, "whole"),
            *(Field(_("Value {number}", number=number), 36) for number in range(1, VALUES + 1)),
        ],
        rows,
    )  # fmt: skip
