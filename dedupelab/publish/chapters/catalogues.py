"""What the holders' catalogues say: sections of chapters 1, 4, 7 and 8; nothing for a study without catalogues."""

from dedupelab.publish import wording
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.document import Block, Column, Paragraph, Reference, Run, Table
from dedupelab.publish.wording import Numbering

OUTCOMES = ("linked", "ambiguous", "unmatched", "unusable")
MOST_FIELDS = 12
"""Lost fields shown; the crosswalk table holds all."""
LINKED = (
    "Catalogue records were linked to files of their own collection by path, by file name, or by identifier. A name that several "
    "files bear is counted as ambiguous and linked to none."
)
PRECEDENCE = {
    "embedded": (
        "Where a file is silent the catalogue's value was used; where both state something else, the file's own value stands, because "
        "it travels with the copy and a record that was linked by mistake can then overrule nothing."
    ),
    "catalogue": (
        "Where the catalogue states a field its value was used, also where the file states something else: this study takes the "
        "institution's maintained record as what it asserts of its copy."
    ),
}
NOT_SEEN = (
    "Metadata were read from the files alone. What institutions record in their catalogues was not seen."
)
PARTLY_SEEN = (
    "Catalogues were read where the holders supplied them. A record says what its institution asserts; nobody checked here that it "
    "was linked to the right file, and collections without a catalogue are described by their files alone."
)


def described(material: Material, say: Numbering) -> list[Block]:
    """Return what was read of catalogues and what the crosswalk loses, for chapter 1."""
    numbers = material.numbers
    read, covered, lost, fields = (
        numbers.get(name) for name in ("N.records", "N.catalogued", "M15", "M15.fields")
    )
    if read is None or covered is None or lost is None or fields is None:
        return []
    counts = {name: numbers[f"N.records.{name}"].value or 0 for name in OUTCOMES}
    blocks: list[Block] = [
        say(
            [
                (
                    f"The holders' own catalogues gave {wording.quantity(read.value or 0, 'records')}: {counts['linked']:,.0f} linked to "
                    f"pictures, {counts['ambiguous']:,.0f} ambiguous, {counts['unmatched']:,.0f} unmatched and "
                    f"{counts['unusable']:,.0f} unusable ("
                ),
                Reference("table-catalogues"),
                f"). Records describe {wording.figure(covered)} of the pictures ({wording.of(covered)}).",
            ]
        ),
        catalogues_table(material),
    ]
    if lost.value is None:
        return blocks
    pointer: tuple[Run, ...] = (" (", Reference("table-crosswalk"), ")")
    blocks.append(
        say(
            [
                (
                    f"Reading different catalogues in one set of fields loses {wording.figure(lost)} of their values ({wording.of(lost)}); "
                    f"{fields.numerator:,.0f} of {fields.denominator:,.0f} fields have no place at all"
                ),
                *(pointer if lost.value else ()),
                ". The records as they stood are kept beside the tables.",
            ]
        )
    )
    return [*blocks, *([crosswalk_table(material)] if lost.value else [])]


def catalogues_table(material: Material) -> Table:
    """Return what became of the records of each catalogue; the columns add up."""
    rows = []
    for collection in material.config.collection:
        own = material.records[material.records["collection"] == collection.name]
        for place, part in own.groupby("catalogue", sort=True):
            counts = part["outcome"].value_counts()
            named = (
                collection.name
                if own["catalogue"].nunique() == 1
                else f"{collection.name} ({int(str(place)) + 1})"
            )
            rows.append(
                [
                    named,
                    str(part["format"].iloc[0]),
                    f"{len(part):,}",
                    *(f"{int(counts.get(each, 0)):,}" for each in OUTCOMES),
                ]
            )
    return Table(
        "table-catalogues",
        "Records read from each catalogue, and what became of them",
        [
            Column("Collection", width=2.2),
            Column("Format", width=2),
            Column("Records", "right", width=1),
            Column("Linked", "right", width=1),
            Column("Ambiguous", "right", width=1.2),
            Column("Unmatched", "right", width=1.2),
            Column("Unusable", "right", width=1.1),
        ],
        rows,
        note="Records = linked + ambiguous + unmatched + unusable. The reason for each record is in tables/records.csv.",
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
        "Catalogue fields whose values found no place, most lost first",
        [
            Column("Collection", width=2),
            Column("Format", width=1.6),
            Column("Field", width=2.6),
            Column("Read as", width=1.6),
            Column("Values", "right", width=1),
            Column("Lost", "right", width=1),
        ],
        [
            [
                r["collection"],
                r["format"],
                r["field"][:80],
                r["mapped_to"] or "no place",
                f"{r['values']:,}",
                f"{r['lost']:,}",
            ]
            for r in ordered.to_dict("records")
        ],
        note="All fields are in tables/crosswalk.csv."
        + (f" {rest:,} more fields lose values." if rest > 0 else ""),
    )


def against(material: Material, say: Numbering) -> list[Block]:
    """Return how far records contradict the files they describe, for chapter 4."""
    whose, creator, silent = (material.numbers.get(name) for name in ("M5c.any", "M5c.creator", "M7.file"))
    if whose is None or silent is None:
        return []
    blocks: list[Block] = []
    if whose.value is not None:
        more = ""
        if creator is not None and creator.value is not None:
            more = f" On the creator they contradicted each other in {wording.with_interval(creator)} ({wording.of(creator)})."
        blocks.append(
            say(
                f"A holder's catalogue and the file it describes contradicted each other in {wording.with_interval(whose)} of the cases "
                f"({wording.of(whose)}).{more} These are not counted among the conflicts between copies."
            )
        )
    blocks.append(
        say(
            f"A recipient sees only the file: by the files alone, {wording.with_interval(silent)} of the pictures carried no rights "
            f"information ({wording.of(silent)})."
        )
    )
    return blocks


def how_linked(material: Material, say: Numbering) -> list[Paragraph]:
    """Return how records were linked and whose value stands, for chapter 7."""
    if not len(material.records):
        return []
    return [say(f"{LINKED} {PRECEDENCE[material.config.scan.precedence]}")]


def not_seen(material: Material) -> str:
    """Return what was not seen of catalogues, for chapter 8."""
    return PARTLY_SEEN if len(material.records) else NOT_SEEN
