"""Chapters 4 and 5: whose picture it is, and which pictures are labelled as AI-made."""

from dedupelab.match.authority import CRITERIA
from dedupelab.publish import wording
from dedupelab.publish.chapters import catalogues
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.document import Block, BulletList, Column, Heading, Paragraph, Reference, Strong, Table
from dedupelab.publish.wording import Numbering

FIELD_WORDS = {
    "creator": "Creator",
    "credit": "Credit line",
    "copyright_notice": "Copyright notice",
    "copyright_owner": "Copyright owner",
    "licensor": "Licensor",
    "usage_terms": "Usage terms",
    "date_created": "Date created",
    "caption": "Caption",
    "title": "Title",
    "source": "Source",
    "guid": "Identifier",
}


def whose(material: Material) -> list[Block]:
    """Return chapter 4: conflicts, silence, stripped rights, the authoritative copy, example groups."""
    numbers, figures = material.numbers, material.figures
    say = Numbering("4")
    blocks: list[Block] = [Heading(1, "Whose picture it is", number="4", id="section-whose")]
    creator, stripped, orphan, unresolved = (numbers.get(name) for name in ("M5.creator", "M7s", "M7", "M6b"))
    if creator is not None and creator.value is not None:
        blocks.append(
            say(
                [
                    Strong(
                        f"Copies named conflicting creators in {wording.with_interval(creator)} of the groups that could be compared: "
                    ),
                    (
                        f"{wording.of(creator)}. Values that differ only in case, spelling of the copyright sign, list order, or the 32 "
                        "characters an older standard allows are not counted as conflicts."
                    ),
                ]
            )
        )
    else:
        blocks.append(
            say(
                "No group held two copies that both name a creator, so conflicts between creators could not be measured."
            )
        )
    if "conflicts" in figures:
        blocks += [
            say([Reference(figures["conflicts"].id), " gives the conflicts field by field."]),
            figures["conflicts"],
        ]
    table = conflicts_table(material)
    if table is not None:
        blocks.append(table)
    if stripped is not None and stripped.value is not None:
        blocks.append(
            say(
                f"{wording.with_interval(stripped)} of the pictures in groups carried no rights information although another copy of "
                f"the same work did ({wording.of(stripped)}). Such information was lost, or left out, on the way between copies."
            )
        )
    if orphan is not None and orphan.value is not None:
        blocks.append(
            say(
                f"Over all pictures, {wording.with_interval(orphan)} carried no rights information at all, in the file or in a "
                f"catalogue that was read ({wording.of(orphan)})."
            )
        )
    blocks += catalogues.against(material, say)
    if unresolved is not None and unresolved.value is not None:
        blocks.append(
            say(
                f"A copy is called authoritative by stated criteria in a fixed order. In {wording.with_interval(unresolved)} of the "
                f"groups ({wording.of(unresolved)}) the criteria left no single copy, and the group is reported as unresolved. The "
                "criteria, in order:"
            )
        )
        sentences = {criterion.name: criterion.sentence for criterion in CRITERIA}
        blocks.append(
            BulletList(
                [f"{name}: {sentences[name]}" for name in material.config.match.criteria], ordered=True
            )
        )
    if material.examples:
        blocks.append(Heading(2, "Examples", id="examples"))
        blocks.append(
            Paragraph(
                "Groups whose copies contradict each other, then those that most institutions share, copy by copy. An asterisk marks "
                "a statement that differs from the first copy's."
            )
        )
        for example in material.examples:
            blocks += [example.sheet, example.copies]
    return blocks


def conflicts_table(material: Material) -> Table | None:
    """Return conflicts and silence by field, or None when no field could be compared."""
    rows = []
    for field, words in FIELD_WORDS.items():
        conflict, silence = material.numbers.get(f"M5.{field}"), material.numbers.get(f"M5s.{field}")
        if conflict is None or conflict.value is None:
            continue
        silent = wording.figure(silence) if silence is not None and silence.value is not None else "–"
        rows.append(
            [
                words,
                f"{conflict.numerator:,.0f}",
                f"{conflict.denominator:,.0f}",
                wording.number(conflict.value, "fraction"),
                wording.interval(conflict),
                silent.removesuffix(" %"),
            ]
        )
    if not rows:
        return None
    return Table(
        "table-conflicts",
        "Conflicts between copies, by metadata field",
        [
            Column("Field", width=2),
            Column("Conflict", "right", unit="groups", width=1),
            Column("Compared", "right", unit="groups", width=1),
            Column("Share", "right", unit="%", width=1),
            Column("95 % interval", "right", width=1.6),
            Column("Silent", "right", unit="%", width=1),
        ],
        rows,
        note="Compared: groups in which at least two copies fill the field. Silent: share of groups in which some copy leaves empty what another states.",
    )


def ai(material: Material) -> list[Block]:
    """Return chapter 5: labelled share with bounds; a missing label is not evidence of a human author."""
    numbers = material.numbers
    say = Numbering("5")
    labelled, silent = numbers.get("M12.labelled"), numbers.get("M12.unlabelled")
    blocks: list[Block] = [Heading(1, "Pictures labelled as AI-made", number="5", id="section-ai")]
    if labelled is None or labelled.value is None or silent is None:
        return [*blocks, say("No picture could be read, so nothing can be said about labels.")]
    return [
        *blocks,
        say(
            [
                Strong(
                    f"{wording.with_interval(labelled)} of the pictures were labelled as made, or made in part, by AI: "
                ),
                f"{wording.of(labelled)}. The label is the IPTC digital source type, or Content Credentials, in the file.",
            ]
        ),
        say(
            f"{wording.with_interval(silent)} of the pictures said nothing about their source. A missing label is not evidence of a "
            "human author, so the true share lies somewhere between the labelled share and that share with all silent pictures added: "
            f"{wording.interval(numbers['M12'])}."
        ),
    ]
