"""What the holders' catalogues say: sections of chapters 1, 4, 7 and 8; nothing for a study without catalogues."""

from collections.abc import Iterator

import pandas as pd

from dedupelab.numbers.messages import N_
from dedupelab.publish.chapters import wording
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.numbering import Numbering
from dedupelab.publish.language.language import _, called, number, pieces, plural
from dedupelab.publish.paper.document import Block, Column, Paragraph, Reference, Table

OUTCOMES = ("linked", "ambiguous", "unmatched", "unusable")
MOST_FIELDS = 12
"""Lost fields shown; the crosswalk table holds all."""
MOST_FILES = 12
"""Files shown that were not read to the end; the table of catalogue files holds all."""
REASONS = {
    "not fetched": N_("Its address did not give it."),
    "not opened": N_("It could not be opened."),
    "encoding": N_("Its octets are not in the encoding that was expected."),
    "no catalogue": N_("It is in no format of catalogues that is known here."),
    "not well-formed": N_("It is not well-formed, or it breaks off."),
    "repository error": N_("It holds an error that a repository sent in place of records."),
    "refused": N_("It could not be read in its format."),
}
"""Why a file was not read, or not to its end; a file's name is in none of them."""
OF_RECORDS = {
    "empty": N_("It holds no record."),
    "unreadable": N_("None of its records could be read."),
    "read": N_("Some of its records could not be read."),
}
"""What is said of a file by its outcome where it has no reason of its own."""
UNCOUNTED = N_(
    " Where a file or the rest of it could not be read, that counts as one record, since nobody knows how many it holds; among "
    "the records above it is unusable."
)
LINKED = N_(
    "Catalogue records were linked to files of their own collection by path, by file name, or by identifier. A name that several "
    "files bear is counted as ambiguous and linked to none."
)
PRECEDENCE = {
    "embedded": (
        N_(
            "Where a file is silent the catalogue's value was used; where both state something else, the file's own value stands, because "
            "it travels with the copy and a record that was linked by mistake can then overrule nothing."
        )
    ),
    "catalogue": (
        N_(
            "Where the catalogue states a field its value was used, also where the file states something else: this study takes the "
            "institution's maintained record as what it asserts of its copy."
        )
    ),
}
NOT_SEEN = N_(
    "Metadata were read from the files alone. What institutions record in their catalogues was not seen."
)
PARTLY_SEEN = N_(
    "Catalogues were read where the holders supplied them. A record says what its institution asserts; nobody checked here that it "
    "was linked to the right file, and collections without a catalogue are described by their files alone."
)


def described(material: Material, say: Numbering) -> list[Block]:
    """Return what was read of catalogues, which files of them were not, and what the crosswalk loses, for chapter 1."""
    return [*_records(material, say), *_files(material, say)]


def _files(material: Material, say: Numbering) -> list[Block]:
    """Return what became of the files that the catalogues consist of, and a table of those that were not read to the end."""
    files = material.catalogue_files
    if not len(files):
        return []
    outcomes = files["outcome"].value_counts()
    odd = _odd(material)
    counts = {
        "files": plural("{count:,} file", "{count:,} files", len(files)),
        "read": int(outcomes.get("read", 0)),
        "broken": int(outcomes.get("broken", 0)),
        "unreadable": int(outcomes.get("unreadable", 0)),
        "empty": int(outcomes.get("empty", 0)),
        "passed": int(outcomes.get("passed over", 0)),
    }
    consist = _(
        "The catalogues consist of {files}: {read:,.0f} read to the end, {broken:,.0f} read in part, {unreadable:,.0f} that could "
        "not be read, {empty:,.0f} without a record and {passed:,.0f} passed over as no catalogue.",
        **counts,
    )
    if not len(odd):
        return [say(consist)]
    lost = plural("{count:,} record", "{count:,} records", int(files["unread"].sum()))
    said = pieces(
        "{consist} In all {unread} could not be read ({table}).",
        consist=consist,
        unread=lost,
        table=Reference("table-catalogue-files"),
    )
    return [say(said), files_table(odd)]


def _odd(material: Material) -> pd.DataFrame:
    """Return the catalogue files that were not read to the end, that gave nothing, or that hold records which could not be read."""
    files = material.catalogue_files
    odd = files[files["outcome"].isin(["unreadable", "broken", "empty"]) | (files["unread"] > 0)]
    return odd[odd["outcome"] != "passed over"]


def files_table(odd: pd.DataFrame) -> Table:
    """Return which catalogue files were not read, or not to the end, and why; no file is named."""
    shown = odd.head(MOST_FILES)
    rest = len(odd) - len(shown)
    return Table(
        "table-catalogue-files",
        _("Files of catalogues that were not read, or not wholly, and why"),
        [
            Column(_("Collection"), width=2),
            Column(_("Catalogue, file"), width=1.3),
            Column(_("Format"), width=1.6),
            Column(_("Records read"), "right", width=1.2),
            Column(_("Not read"), "right", width=1),
            Column(_("Why"), width=3.6),
        ],
        [
            [
                called(r["collection"]),
                f"{number(r['catalogue'] + 1)}, {number(r['number'])}",
                _("not known") if r["format"] == "unknown" else r["format"],
                number(r["records"] - r["unread"]),
                number(r["unread"]),
                _why(r["cause"], r["outcome"]),
            ]
            for r in shown.to_dict("records")
        ],
        note=_("Catalogues of a collection are numbered as the study names them, their files in order.")
        + (_(UNCOUNTED) if odd["unread"].any() else "")
        + (_(" {rest:,} more files are not shown.", rest=rest) if rest > 0 else ""),
    )


def _why(cause: object, outcome: str) -> str:
    """Return why a file was not read: the kind of reason, or what its outcome says where it has none."""
    if isinstance(cause, str) and cause in REASONS:
        return _(REASONS[cause])
    return _(OF_RECORDS[outcome])


def _records(material: Material, say: Numbering) -> list[Block]:
    """Return what became of the records, and what the crosswalk loses."""
    numbers = material.numbers
    read, covered, lost, fields = (
        numbers.get(name) for name in ("N.records", "N.catalogued", "M15", "M15.fields")
    )
    if read is None or covered is None or lost is None or fields is None:
        return []
    counts = {name: numbers.count(f"N.records.{name}") for name in OUTCOMES}
    blocks: list[Block] = [
        say.pieces(
            "The holders' own catalogues gave {read}: {linked:,.0f} linked to pictures, {ambiguous:,.0f} ambiguous, "
            "{unmatched:,.0f} unmatched and {unusable:,.0f} unusable ({table}). Records describe {covered} of the pictures "
            "({covered_counts}).",
            read=wording.figure(read),
            **counts,
            table=Reference("table-catalogues"),
            covered=wording.figure(covered),
            covered_counts=wording.of(covered),
        ),
        catalogues_table(material),
    ]
    if lost.value is None:
        return blocks
    lose = {
        "lost": wording.figure(lost),
        "lost_counts": wording.of(lost),
        "fields_part": wording.part(fields),
        "fields_whole": fields.denominator,
    }
    if lost.value:
        said = pieces(
            "Reading different catalogues in one set of fields loses {lost} of their values ({lost_counts}); {fields_part:,.0f} of "
            "{fields_whole:,.0f} fields have no place at all ({table}). The records as they stood are kept beside the tables.",
            table=Reference("table-crosswalk"),
            **lose,
        )
    else:
        said = pieces(
            "Reading different catalogues in one set of fields loses {lost} of their values ({lost_counts}); {fields_part:,.0f} of "
            "{fields_whole:,.0f} fields have no place at all. The records as they stood are kept beside the tables.",
            **lose,
        )
    blocks.append(say(said))
    return [*blocks, *([crosswalk_table(material)] if lost.value else [])]


def catalogues_table(material: Material) -> Table:
    """Return what became of the records of each catalogue; the columns add up."""
    rows = []
    for collection in material.config.collection:
        own = material.records[material.records["collection"] == collection.name]
        parts = list(own.groupby("catalogue", sort=True))
        for place, part in parts:
            counts = part["outcome"].value_counts()
            named = called(collection.name)
            named += f" ({int(str(place)) + 1})" * (len(parts) > 1)
            rows.append(
                [
                    named,
                    str(part["format"].iloc[0]),
                    number(len(part)),
                    *(number(int(counts.get(each, 0))) for each in OUTCOMES),
                ]
            )
    return Table(
        "table-catalogues",
        _("Records read from each catalogue, and what became of them"),
        [
            Column(_("Collection"), width=2.2),
            Column(_("Format"), width=2),
            Column(_("Records"), "right", width=1),
            Column(_("Linked"), "right", width=1),
            Column(_("Ambiguous"), "right", width=1.2),
            Column(_("Unmatched"), "right", width=1.2),
            Column(_("Unusable"), "right", width=1.1),
        ],
        rows,
        note=_(
            "Records = linked + ambiguous + unmatched + unusable. The reason for each record is in the table of records that goes with this paper."
        ),
    )


def crosswalk_table(material: Material) -> Table:
    """Return the fields that lose most values, by catalogue."""
    lost = material.crosswalk[material.crosswalk["lost"] > 0]
    ordered = lost.sort_values(["lost", "collection", "field"], ascending=[False, True, True]).head(
        MOST_FIELDS
    )
    rest = len(lost) - len(ordered)
    return Table(
        "table-crosswalk",
        _("Catalogue fields whose values found no place, most lost first"),
        [
            Column(_("Collection"), width=2),
            Column(_("Format"), width=1.6),
            Column(_("Field"), width=2.6),
            Column(_("Read as"), width=1.6),
            Column(_("Values"), "right", width=1),
            Column(_("Lost"), "right", width=1),
        ],
        [
            [
                called(r["collection"]),
                r["format"],
                r["field"][:80],
                r["mapped_to"] or _("no place"),
                number(r["values"]),
                number(r["lost"]),
            ]
            for r in ordered.to_dict("records")
        ],
        note=_("All fields are in the spreadsheet that goes with this paper.")
        + (_(" {rest:,} more fields lose values.", rest=rest) if rest > 0 else ""),
    )


def against(material: Material, say: Numbering) -> Iterator[Block]:
    """Return how far records contradict the files they describe, for chapter 4."""
    whose, creator, silent = (material.numbers.get(name) for name in ("M5c.any", "M5c.creator", "M7.file"))
    if whose is None or silent is None:
        return
    if whose.value is not None:
        more = ""
        if creator is not None and creator.value is not None:
            more = _(
                " On the creator they contradicted each other in {creator} ({creator_counts}).",
                creator=wording.with_interval(creator),
                creator_counts=wording.of(creator),
            )
        yield say.says(
            "A holder's catalogue and the file it describes contradicted each other in {whose} of the cases "
            "({whose_counts}).{more} These are not counted among the conflicts between copies.",
            whose=wording.with_interval(whose),
            whose_counts=wording.of(whose),
            more=more,
        )
    yield say.says(
        "A recipient sees only the file: by the files alone, {silent} of the pictures carried no rights "
        "information ({silent_counts}).",
        silent=wording.with_interval(silent),
        silent_counts=wording.of(silent),
    )


def how_linked(material: Material, say: Numbering) -> list[Paragraph]:
    """Return how records were linked and whose value stands, for chapter 7."""
    if not len(material.records):
        return []
    return [
        say.says("{first} {second}", first=_(LINKED), second=_(PRECEDENCE[material.config.scan.precedence]))
    ]


def not_seen(material: Material) -> str:
    """Return what was not seen of catalogues, for chapter 8."""
    return _(PARTLY_SEEN if len(material.records) else NOT_SEEN)
