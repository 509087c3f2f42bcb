"""Chapters 4 and 5: whose picture it is, and which pictures are labelled as AI-made."""

from collections.abc import Iterator
from itertools import chain

from dedupelab.match.authority import CRITERIA
from dedupelab.publish.chapters import catalogues, choices, redaction_notes, wording
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.numbering import Numbering
from dedupelab.publish.chapters.worked_example import FIELD_WORDS
from dedupelab.publish.language.language import _, number, told, word
from dedupelab.publish.paper.document import (
    Block,
    BulletList,
    Column,
    Heading,
    Paragraph,
    Reference,
    Table,
)


def whose(material: Material) -> Iterator[Block]:
    """Return chapter 4: conflicts, silence, stripped rights, the authoritative copy, example groups."""
    numbers, figures = material.numbers, material.figures
    say = Numbering("4")
    yield Heading(1, _("Whose picture it is"), number="4", id="section-whose")
    creator, stripped, orphan, unresolved = (
        numbers.known(name) for name in ("M5.creator", "M7s", "M7", "M6b")
    )
    if creator:
        yield say.leads(
            _(
                "Copies named conflicting creators in {creator} of the groups that could be compared: ",
                creator=wording.with_interval(creator),
            ),
            _(
                "{creator_counts}. Values that differ only in case, spelling of the copyright sign, list order, or the 32 "
                "characters an older standard allows are not counted as conflicts.",
                creator_counts=wording.of(creator),
            ),
        )
    else:
        yield say.says(
            "No group held two copies that both name a creator, so conflicts between creators could not be measured."
        )
    if "conflicts" in figures:
        yield say.pieces(
            "{figure} gives the conflicts field by field.", figure=Reference(figures["conflicts"].id)
        )
        yield figures["conflicts"]
    table = conflicts_table(material)
    if table is not None:
        yield table
    yield from choices.between_institutions(material, say)
    if inside := numbers.known("M5i.any"):
        yield say.says(
            "A file can also contradict itself: {inside} of the pictures whose Exif, IIM, XMP or XMP sidecar "
            "state a field more than once state it differently ({inside_counts}). This is counted apart from conflicts between "
            "copies, for which each file speaks with the value that its sources' declared order of precedence gives.",
            inside=wording.with_interval(inside),
            inside_counts=wording.of(inside),
        )
    if stripped:
        yield say.says(
            "{stripped} of the pictures in groups carried no rights information although another copy of "
            "the same work did ({stripped_counts}). It was lost or left out on the way between copies, or came to one of them later; which of these is not known.",
            stripped=wording.with_interval(stripped),
            stripped_counts=wording.of(stripped),
        )
    if orphan:
        yield say.says(
            "Over all pictures, {orphan} carried no rights information at all, in the file or in a "
            "catalogue that was read ({orphan_counts}).",
            orphan=wording.with_interval(orphan),
            orphan_counts=wording.of(orphan),
        )
    yield from catalogues.against(material, say)
    if unresolved:
        yield say.says(
            "A copy is called authoritative by stated criteria in a fixed order. In {unresolved} of the "
            "groups ({unresolved_counts}) the criteria left no single copy, and the group is reported as unresolved. The "
            "criteria, in order:",
            unresolved=wording.with_interval(unresolved),
            unresolved_counts=wording.of(unresolved),
        )
        sentences = {criterion.name: criterion.sentence for criterion in CRITERIA}
        yield BulletList(
            [
                _("{name}: {sentence}", name=word(name), sentence=told(sentences[name]))
                for name in material.config.match.criteria
            ],
            ordered=True,
        )
        yield from choices.effects(material, say)
    yield from choices.descent(material, say)
    if material.examples:
        yield Heading(2, _("Examples"), id="examples")
        yield Paragraph(
            _(
                "Groups whose copies contradict each other, then those that most institutions share, copy by copy. An asterisk marks "
                "a statement that contradicts the first copy's."
            )
        )
        kept_back = redaction_notes.told([example.kept for example in material.examples])
        if kept_back:
            yield Paragraph(kept_back)
        sheets: list[list[Block]] = [[example.sheet, example.copies] for example in material.examples]
        # The table of the first group breaks across pages, and so fills the room that the next sheet would leave empty.
        sheets.insert(1, choices.worked(material))
        yield from chain.from_iterable(sheets)


def conflicts_table(material: Material) -> Table | None:
    """Return conflicts and silence by field, or None when no field could be compared."""
    rows, shown = [], []
    for field, words in FIELD_WORDS.items():
        conflict, silence = material.numbers.known(f"M5.{field}"), material.numbers.known(f"M5s.{field}")
        if conflict is None:
            continue
        silent = "–"
        if silence:
            silent = wording.bare(silence)
        shown.append(conflict)
        rows.append(
            [
                _(words),
                number(wording.part(conflict)),
                number(conflict.denominator or 0),
                wording.bare(conflict),
                wording.short(conflict),
                silent,
            ]
        )
    if not rows:
        return None
    return Table(
        "table-conflicts",
        _("Conflicts between copies, by metadata field"),
        [
            Column(_("Field"), width=2),
            Column(_("Conflict"), "right", unit=word("groups"), width=1),
            Column(_("Compared"), "right", unit=word("groups"), width=1),
            Column(_("Share"), "right", unit="%", width=1),
            Column(_("95 % interval"), "right", unit="%", width=1.6),
            Column(_("Silent"), "right", unit="%", width=1),
        ],
        rows,
        note=wording.noted(
            shown,
            _(
                "Compared: groups in which at least two copies fill the field. Silent: share of groups in which some copy leaves empty what another states."
            ),
        ),
    )


def ai(material: Material) -> list[Block]:
    """Return chapter 5: labelled share with bounds; a missing label is not evidence of a human author."""
    numbers = material.numbers
    say = Numbering("5")
    labelled, silent = numbers.known("M12.labelled"), numbers.get("M12.unlabelled")
    blocks: list[Block] = [Heading(1, _("Pictures labelled as AI-made"), number="5", id="section-ai")]
    if labelled is None or silent is None:
        return [*blocks, say.says("No picture could be read, so nothing can be said about labels.")]
    blocks += [
        say.leads(
            _(
                "{labelled} of the pictures were labelled as made, or made in part, by AI: ",
                labelled=wording.with_interval(labelled),
            ),
            _(
                "{labelled_counts}. The label is the IPTC digital source type or AI system in the file's XMP, the source type in "
                "Content Credentials that were checked and hold, or that in a linked catalogue record.",
                labelled_counts=wording.of(labelled),
            ),
        ),
        say.says(
            "{silent} of the pictures said nothing about their source. A missing label is not evidence of a "
            "human author, so the true share lies somewhere between the labelled share and that share with all silent pictures added: "
            "{m12_interval}.",
            silent=wording.with_interval(silent),
            m12_interval=wording.interval(numbers["M12"]),
        ),
    ]
    return [*blocks, *look_alikes(material, say), *weekly(material, say)]


def look_alikes(material: Material, say: Numbering) -> list[Block]:
    """Return what was found of AI-labelled pictures that look like earlier ones; nothing where no picture is labelled."""
    numbers = material.numbers
    all_, linked, listed, undated = (
        numbers.get(name) for name in ("M13", "M13.linked", "M13.listed", "M13.undated")
    )
    if undated is None or undated.value is None or all_ is None or linked is None or listed is None:
        return []
    if all_.value is None:
        return [
            say.says(
                "No AI-labelled picture names a date of creation, so none can be called later than a picture it looks like."
            )
        ]
    return [
        say.leads(
            _(
                "{all} of the AI-labelled pictures look like an earlier one: ",
                all=wording.with_interval(all_),
            ),
            _(
                "{all_counts}, {linked_part:,.0f} of them linked to it and {listed_part:,.0f} only listed beside it, as a "
                "variant or undecided. The earlier picture carries no AI label, and both files' dates leave no doubt of the order. A "
                "look-alike is a likeness that nobody has reviewed: it says nothing of how a picture was made or of anybody's rights. "
                "{undated_part:,.0f} AI-labelled pictures name no date and were not judged.",
                all_counts=wording.of(all_),
                linked_part=wording.part(linked),
                listed_part=wording.part(listed),
                undated_part=wording.part(undated),
            ),
        )
    ]


def weekly(material: Material, say: Numbering) -> list[Block]:
    """Return how many AI-labelled pictures there are per week, or why that is not said."""
    mean = material.numbers.get("M12w")
    if mean is None:
        return []
    if mean.value is None:
        return [say.says("Their number per week is not given: it needs {needs}.", needs=wording.needs(mean))]
    average = say.says(
        "Over {mean_whole:,.0f} weeks there were {mean} labelled as AI-made, by the files' modification "
        "times; copying files anew moves these.",
        mean_whole=mean.denominator,
        mean=wording.with_interval(mean),
    )
    return [average, *(material.figures[name] for name in ("weekly-ai",) if name in material.figures)]
