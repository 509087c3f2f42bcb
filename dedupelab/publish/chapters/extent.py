"""Chapters 1 to 3: what was examined, how many copies there are, and who shares them."""

from collections.abc import Iterator

import pandas as pd

from dedupelab.numbers.messages import N_
from dedupelab.publish.chapters import catalogues, front, wording
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.numbering import Numbering
from dedupelab.publish.language.language import _, called, number, plural, word
from dedupelab.publish.paper.document import Block, Callout, Column, Heading, Reference, Table
from dedupelab.tables import LINKS

LARGEST_NEEDS = 100
"""Groups below which "the largest 1 %" would be one group."""
BEYOND = N_(
    "Beyond that, local descriptors proposed pairs whose fingerprints lie further apart, so the curve goes on to the share given at the beginning of this chapter. "
)
OTHERWISE = N_(
    "Beyond that, the figure holds only pairs that were proposed otherwise: it does not say what a wider search would have found. "
)
CHAINED = N_(
    "The curve counts every group as one work, so it ends a little above the share given at the beginning of this chapter."
)
LINKED = N_(
    "These shares are as linked, with the reviewed pairs set right, without the correction by the sample. "
)
AS_LINKED = N_(
    "These works are as linked, with the reviewed pairs set right; corrected by the sample, pictures and groups show {works:,.0f} works."
)
RELATION_WORDS = {
    "byte-identical": N_("the same file, byte for byte"),
    "payload-identical": N_("the same compressed picture with other metadata"),
    "pixel-identical": N_("the same pixels in another file"),
    "near-identical": N_("the whole picture, re-encoded, resized, recoloured or lightly retouched"),
    "derivative": N_("a crop, overlay, border, rotation, flip or combination"),
    "variant": N_("the same scene in another exposure; never counted"),
    "undecided": N_("near, but not settled; never counted"),
    "unrelated": N_("examined and found different; never counted"),
}


def scope(material: Material) -> list[Block]:
    """Return chapter 1: purpose, collections, and every listed file accounted for."""
    numbers = material.numbers
    say = Numbering("1")
    listed, hashed = numbers["N.listed"], numbers["N.hashed"]
    purpose = material.author("purpose").rstrip(".。")
    count = len(material.config.collection)
    return [
        Heading(1, _("What was examined"), number="1", id="section-scope"),
        say(
            plural(
                "This paper reports on duplicate pictures in {count} collection. Its stated purpose is: {purpose}.",
                "This paper reports on duplicate pictures in {count} collections. Its stated purpose is: {purpose}.",
                count,
                purpose=purpose,
            )
            if purpose
            else plural(
                "This paper reports on duplicate pictures in {count} collection. No purpose is stated.",
                "This paper reports on duplicate pictures in {count} collections. No purpose is stated.",
                count,
            )
        ),
        say.pieces(
            "{listed:,.0f} files were listed. Of these {hashed:,.0f} were read and fingerprinted, {unreadable:,.0f} could not be read and "
            "{skipped:,.0f} were skipped by their name or kind: no picture format, hidden, or a link ({table}). Where a "
            "share below is of pictures, it is of the fingerprinted ones, or of a stated part of them.",
            listed=wording.count(listed),
            hashed=wording.count(hashed),
            unreadable=numbers.count("N.unreadable"),
            skipped=numbers.count("N.skipped"),
            table=Reference("table-collections"),
        ),
        say.says(
            "{low_information:,.0f} of the {hashed:,.0f} pictures are blank or nearly blank (empty pages, test "
            "cards, icons). Fingerprints say nothing about these: only equal digests may link them, and they are counted "
            "in their own line.",
            low_information=numbers.count("N.low-information"),
            hashed=wording.count(hashed),
        ),
        collections_table(material),
        *catalogues.described(material, say),
    ]


def collections_table(material: Material) -> Table:
    """Return the collections with their listed, hashed, unreadable and skipped files, and a total that adds up."""
    images = material.images
    rows: list[list[str]] = []
    for collection in material.config.collection:
        own = images[images["collection"] == collection.name]
        rows.append(
            [
                called(collection.name),
                material.holders[collection.name],
                word(collection.kind) or _("not stated"),
                *_counts(own),
            ]
        )
    rows.append([_("All"), "", "", *_counts(images)])
    return Table(
        "table-collections",
        _("Files listed in each collection, and what became of them"),
        [
            Column(_("Collection"), width=2.2),
            Column(_("Holder"), width=3),
            Column(_("Kind"), width=1.3),
            Column(_("Listed"), "right", width=1),
            Column(_("Hashed"), "right", width=1),
            Column(_("Unreadable"), "right", width=1.2),
            Column(_("Skipped"), "right", width=1),
        ],
        rows,
        note=_(
            "Listed = hashed + unreadable + skipped. The reason for each file is in the table of images that goes with this paper."
        ),
    )


def _counts(images: pd.DataFrame) -> list[str]:
    status = images["status"].value_counts()
    return [
        number(len(images)),
        *(number(int(status.get(name, 0))) for name in ("hashed", "unreadable", "skipped")),
    ]


def extent(material: Material) -> Iterator[Block]:
    """Return chapter 2: surplus copies, exact copies, bytes, relations, concentration."""
    numbers, figures = material.numbers, material.figures
    say = Numbering("2")
    m1, m1x = numbers["M1"], numbers["M1x"]
    yield Heading(1, _("How many copies there are"), number="2", id="section-extent")
    if not len(material.groups):
        yield say.says(
            "No duplicates were found among {hashed:,.0f} pictures.", hashed=numbers.count("N.hashed")
        )
        return
    yield say.leads(
        _("Surplus copies were {m1} of the pictures: ", m1=numbers.say("M1")),
        _(
            "{m1_counts}. A surplus copy is a picture beyond the first of each work. Counted the other way, "
            "{m1b} of the pictures had at least one copy.",
            m1_counts=wording.of(m1),
            m1b=numbers.say("M1b"),
        ),
    )
    yield say.says(
        "The part that digests prove, without any judgement of likeness, was {m1x} for equal files "
        "({m1x_counts}) and {m1p} when equal compressed data and equal pixels are added.",
        m1x=numbers.say("M1x"),
        m1x_counts=wording.of(m1x),
        m1p=numbers.say("M1p"),
    )
    yield say.says(
        "Surplus copies held {m2} of all bytes. The {groups:,.0f} groups of copies show "
        "{works:,.0f} different works together with the pictures that have no copy.",
        m2=numbers.say("M2"),
        groups=numbers.count("N.groups"),
        works=numbers.count("N.works"),
    )
    chained = numbers["N.groups.chained"].value
    if chained:
        yield say(
            plural(
                "In {count:,} group a chain of links joined pictures that were examined against each other and found "
                "different. Such a group is counted as several works, and has no single authoritative copy.",
                "In {count:,} groups a chain of links joined pictures that were examined against each other and found "
                "different. Such groups are counted as several works, and have no single authoritative copy.",
                int(chained),
                count=numbers.count("N.groups.chained"),
            )
        )
    yield relations_table(material)
    yield from (figures[name] for name in ("relations", "sizes") if name in figures)
    concentration = numbers.known("M16")
    if concentration is not None and len(material.groups) >= LARGEST_NEEDS:
        yield say.says(
            "The largest 1 % of groups held {m16} of the surplus copies. A high share would mean that one "
            "template or logo drives the total.",
            m16=numbers.say("M16"),
        )
    if "threshold" in figures:
        beyond = ""
        if material.gear == "thorough":
            beyond = _(BEYOND)
        elif numbers.get(f"M1.at.{material.config.match.max_distance + 1}") is not None:
            beyond = _(OTHERWISE)
        yield say.pieces(
            "The share depends on how near two fingerprints must be to be examined. {figure} shows it by that distance; "
            "fingerprints proposed pairs up to {max_distance} of 64 bits. {linked}{beyond}{chained}",
            figure=Reference(figures["threshold"].id),
            max_distance=material.config.match.max_distance,
            linked=_(LINKED) if m1.raw is not None else "",
            beyond=beyond,
            chained=_(CHAINED) if chained else "",
        )
        yield figures["threshold"]


def relations_table(material: Material) -> Table:
    """Return the number of pairs of each relation, and whether it counts."""
    numbers = material.numbers
    rows = []
    for name, words in RELATION_WORDS.items():
        result = numbers.get(f"N.pairs.{name}")
        counted = _("yes") if name in LINKS else _("no")
        rows.append([word(name), _(words), counted, number(wording.count(result) if result else 0)])
    rows.append([_("All examined"), "", "", number(numbers.count("N.pairs"))])
    return Table(
        "table-relations",
        _("Pairs that were examined, by what they were found to be"),
        [
            Column(_("Relation"), width=1.4),
            Column(_("Meaning"), width=4),
            Column(_("Counted"), width=0.8),
            Column(_("Pairs"), "right", width=0.8),
        ],
        rows,
        note=_(
            "A group of five equal files has ten pairs; pairs are not pictures and are never reported as such."
        ),
    )


def sharing(material: Material) -> Iterator[Block]:
    """Return chapter 3: works held by more than one institution; its heading alone where there is one collection."""
    numbers, figures = material.numbers, material.figures
    say = Numbering("3")
    head = Heading(1, _("Who holds the same works"), number="3", id="section-overlap")
    if not material.several:
        yield head
        return
    counts = _("{counts}.", counts=wording.of(numbers["M4.any"]))
    yield head
    yield say.leads(
        _(
            "{m4_any} of works were held by more than one collection: ",
            m4_any=numbers.say("M4.any"),
        ),
        _("{first} {second}", first=counts, second=_(AS_LINKED, works=numbers.count("N.works")))
        if numbers["M1"].raw is not None
        else counts,
    )
    if "overlap" in figures:
        yield say.pieces(
            "{figure} gives the share of each row's works that the column's institution also held. It is not symmetric: a small "
            "collection can be contained in a large one.",
            figure=Reference(figures["overlap"].id),
        )
        yield from front.placed(material, "overlap")
    yield from (figures[name] for name in ("sharing",) if name in figures)
    yield Callout(
        _("What this does not show"),
        [
            _(
                "Legitimate copies (a preservation master and its access copy, licensed syndication, a backup) are not told apart from unintended ones in this run."
            )
        ],
    )
