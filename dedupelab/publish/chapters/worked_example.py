"""One group worked through: what every copy says field by field, which value is believed, and what nobody can tell."""

import re
import string
from collections.abc import Mapping, Sequence

import pandas as pd

from dedupelab.evidence.metadata.conflicts import FIELDS
from dedupelab.evidence.metadata.merged import Merged, merge
from dedupelab.numbers.messages import N_
from dedupelab.publish.figures.style import label
from dedupelab.publish.language.language import _, told, word
from dedupelab.publish.paper.document import TABLE_COLUMNS, Column, Strong, Table, Text
from dedupelab.values.chinese_scripts import Fold
from dedupelab.values.normalise import compare

COPIES = TABLE_COLUMNS - 3
"""Copies that fit beside the fields and the believed value."""
LONGEST = 44
"""Characters shown of a value."""
BELIEVED, AGAINST = "✓", "≠"
FIELD_WORDS = {
    "creator": N_("Creator"), "credit": N_("Credit line"), "copyright_notice": N_("Copyright notice"),
    "copyright_owner": N_("Copyright owner"), "licensor": N_("Licensor"), "usage_terms": N_("Usage terms"),
    "date_created": N_("Date created"), "caption": N_("Caption"), "title": N_("Title"),
    "source": N_("Source"), "guid": N_("Identifier"),
}  # fmt: skip
"""Fields as headings call them, those of the table of conflicts."""
_TIME = re.compile(r"(?<=\d)T(?=\d)")
_FURTHER = {"web_statement": N_("Rights statement")}


def field_words(field: str) -> str:
    """Return a metadata field as a heading calls it.

    >>> field_words("creator"), field_words("web_statement")
    ('Creator', 'Rights statement')
    """
    return _((FIELD_WORDS | _FURTHER)[field])


def ordered_copies(members: pd.DataFrame, group_id: str) -> list[str]:
    """Return a group's copies in the order of its contact sheet: the authoritative one first."""
    chosen = members[members["group_id"] == group_id].sort_values(["role", "image_id"])
    return [str(identity) for identity in chosen["image_id"]]


def stated(field: str, value: object) -> str:
    """Return what a copy says in a field, nothing where it is silent; the time of a day apart from the day, so that lines end there.

    >>> stated("date_created", "2025-12-25T18:30:03"), stated("creator", None)
    ('2025-12-25 18:30:03', '')
    """
    text = value if isinstance(value, str) else ""
    return _TIME.sub(" ", text) if field == "date_created" else text


def worked_group(
    images: pd.DataFrame,
    groups: pd.DataFrame,
    members: pd.DataFrame,
    group_id: str,
    holders: Mapping[str, str],
    fold: Fold,
) -> Table | None:
    """Return a table with fields as rows and copies as columns; None where no copy says anything, or the group is several works.

    The believed value is marked, and so is what contradicts it; the last column says where it was read, or why none is believed.
    `fold` says how values are read before they are compared; they are shown as written.
    """
    inside = members[members["group_id"] == group_id]
    order = ordered_copies(inside, group_id)
    rows = images[images["image_id"].isin(order)]
    records = list(merge(rows, groups[groups["group_id"] == group_id], inside, fold))
    if len(records) != 1 or not (records[0].provenance or records[0].unresolved):
        return None
    record, facts = records[0], rows.set_index("image_id")
    shown = _shown(record, order, facts, fold)
    lettered = dict(zip(order, string.ascii_lowercase, strict=False))
    places = {copy.place: lettered.get(copy.image_id, "…") for copy in record.copies}
    lines = [
        _line(field, record, [facts.loc[identity, field] for identity in shown], shown, places, fold)
        for field in FIELDS
        if field in record.provenance or field in record.unresolved
    ]
    names = [f"{lettered[i]}: {label(holders[str(facts.loc[i, 'collection'])], LONGEST)}" for i in shown]
    of = _(" {shown} of {copies} copies are shown, those that contradict the believed values among them.", shown=len(shown), copies=len(order)) if len(order) > len(shown) else ""  # fmt: skip
    return Table(
        f"table-worked-{group_id}",
        _("What each copy of the first example says, and which value is believed"),
        (Column(_("Field")), *(Column(name) for name in names), Column(_("Believed"))),
        lines,
        note=_(
            "✓ marks the believed value, ≠ a value that contradicts it; the last column says of which copy the believed value is, and where it was read. Letters as on the contact sheet; values shortened. Authority: {authority}, {reason}.{of}",
            authority=word(record.authority),
            reason=told(record.reason),
            of=of,
        ),
    )


def _shown(record: Merged, order: Sequence[str], facts: pd.DataFrame, fold: Fold) -> list[str]:
    """Choose the first copy, then copies that contradict a believed value as none of those chosen does, then others in order."""
    believed = {name: record.values[name] for name in record.contested}  # noqa: PD011  a mapping, not a frame
    against = {
        identity: {n for n, value in believed.items() if _contradicts(n, facts.loc[identity, n], value, fold)}
        for identity in order
    }
    chosen = list(order[:1])
    while len(chosen) < COPIES and len(chosen) < len(order):
        shown = {name for identity in chosen for name in against[identity]}
        news = {identity: len(against[identity] - shown) for identity in order if identity not in chosen}
        chosen.append(max(news, key=news.__getitem__))
    return sorted(chosen, key=order.index)


def _contradicts(field: str, value: object, believed: str, fold: Fold) -> bool:
    return isinstance(value, str) and compare(field, value, believed, fold) == "conflict"


def _line(
    field: str,
    record: Merged,
    values: Sequence[object],
    shown: Sequence[str],
    places: Mapping[str, str],
    fold: Fold,
) -> list[Text]:
    texts = [value if isinstance(value, str) else "" for value in values]
    believed = record.values.get(field)  # noqa: PD011  a mapping, not a frame
    if believed is None:
        return [field_words(field), *(_short(field, text) for text in texts), (Strong(_("unresolved: copies contradict each other")),)]  # fmt: skip
    place, _space, kind = record.provenance[field].rpartition(" ")
    at = {copy.image_id for copy in record.copies if copy.place == place}
    cells = [
        _marked(field, text, believed, fold, chosen=identity in at)
        for identity, text in zip(shown, texts, strict=True)
    ]
    words = {"copy": places[place], "kind": _(KINDS[kind.strip("()")])}
    verdict = (
        _("{copy}: {kind}; contested", **words) if field in record.contested else _("{copy}: {kind}", **words)
    )
    return [field_words(field), *cells, verdict]


KINDS = {"file": N_("file"), "catalogue": N_("catalogue")}
"""Where a believed value was read."""


def _marked(field: str, text: str, believed: str, fold: Fold, *, chosen: bool) -> Text:
    if chosen:
        return (Strong(f"{BELIEVED} {_short(field, text)}"),)
    return (
        f"{AGAINST} {_short(field, text)}"
        if _contradicts(field, text, believed, fold)
        else _short(field, text)
    )


def _short(field: str, text: str) -> str:
    return label(stated(field, text), LONGEST) or "–"
