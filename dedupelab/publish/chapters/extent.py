"""Chapters 1 to 3: what was examined, how many copies there are, and who shares them."""

import pandas as pd

from dedupelab.publish import wording
from dedupelab.publish.chapters import catalogues
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.document import Block, Callout, Column, Heading, Reference, Strong, Table
from dedupelab.publish.wording import Numbering
from dedupelab.tables import LINKS

LARGEST_NEEDS = 100
"""Groups below which "the largest 1 %" would be one group."""
BEYOND = "Beyond that, local descriptors proposed pairs whose fingerprints lie further apart, so the curve goes on to the share given in paragraph 2.1. "
CHAINED = (
    "The curve counts every group as one work, so it ends a little above the share given in paragraph 2.1."
)
RELATION_WORDS = {
    "byte-identical": "the same file, byte for byte",
    "payload-identical": "the same compressed picture with other metadata",
    "pixel-identical": "the same pixels in another file",
    "near-identical": "the whole picture, re-encoded, resized, recoloured or lightly retouched",
    "derivative": "a crop, overlay, border, rotation, flip or combination",
    "variant": "the same scene in another exposure; never counted",
    "undecided": "near, but not settled; never counted",
    "unrelated": "examined and found different; never counted",
}


def scope(material: Material) -> list[Block]:
    """Return chapter 1: purpose, collections, and every listed file accounted for."""
    numbers, study = material.numbers, material.config.study
    say = Numbering("1")
    listed, hashed = numbers["N.listed"], numbers["N.hashed"]
    purpose = study.purpose or "not stated"
    return [
        Heading(1, "What was examined", number="1", id="section-scope"),
        say(
            f"This paper reports on duplicate pictures in {len(material.config.collection)} "
            f"collection{'s' if material.several else ''}. Its stated purpose is: {purpose.rstrip('.')}."
        ),
        say(
            [
                (
                    f"{wording.quantity(listed.value or 0, 'files')} were listed. Of these {numbers['N.hashed'].value:,.0f} were read and "
                    f"fingerprinted, {numbers['N.unreadable'].value:,.0f} could not be read and {numbers['N.skipped'].value:,.0f} were "
                    "skipped by their name or kind: no picture format, hidden, or a link ("
                ),
                Reference("table-collections"),
                "). Every share below has the fingerprinted pictures, or a stated part of them, as its denominator.",
            ]
        ),
        say(
            f"{numbers['N.low-information'].value:,.0f} of the {hashed.value:,.0f} pictures are blank or nearly blank (empty pages, test "
            "cards, icons). Fingerprints say nothing about these: only equal digests may link them, and they are counted "
            "in their own line."
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
                collection.name,
                material.holders[collection.name],
                collection.kind or "not stated",
                *_counts(own),
            ]
        )
    rows.append(["All", "", "", *_counts(images)])
    return Table(
        "table-collections",
        "Files listed in each collection, and what became of them",
        [
            Column("Collection", width=2.2),
            Column("Holder", width=3),
            Column("Kind", width=1.3),
            Column("Listed", "right", width=1),
            Column("Hashed", "right", width=1),
            Column("Unreadable", "right", width=1.2),
            Column("Skipped", "right", width=1),
        ],
        rows,
        note="Listed = hashed + unreadable + skipped. Reasons for each file are in tables/images.csv.",
    )


def _counts(images: pd.DataFrame) -> list[str]:
    status = images["status"].value_counts()
    return [
        f"{len(images):,}",
        *(f"{int(status.get(name, 0)):,}" for name in ("hashed", "unreadable", "skipped")),
    ]


def extent(material: Material) -> list[Block]:
    """Return chapter 2: surplus copies, exact copies, bytes, relations, concentration."""
    numbers, figures = material.numbers, material.figures
    say = Numbering("2")
    m1, m1x = numbers["M1"], numbers["M1x"]
    blocks: list[Block] = [Heading(1, "How many copies there are", number="2", id="section-extent")]
    if not len(material.groups):
        return [*blocks, say(f"No duplicates were found among {numbers['N.hashed'].value:,.0f} pictures.")]
    blocks += [
        say(
            [
                Strong(f"Surplus copies were {numbers.say('M1')} of the pictures: "),
                (
                    f"{wording.of(m1)}. A surplus copy is a picture beyond the first of each work. Counted the other way, "
                    f"{numbers.say('M1b')} of the pictures had at least one copy."
                ),
            ]
        ),
        say(
            f"The part that digests prove, without any judgement of likeness, was {numbers.say('M1x')} for equal files "
            f"({wording.of(m1x)}) and {numbers.say('M1p')} when equal compressed data and equal pixels are added."
        ),
        say(
            f"Surplus copies held {numbers.say('M2')} of all bytes. The {numbers['N.groups'].value:,.0f} groups of copies show "
            f"{numbers['N.works'].value:,.0f} different works together with the pictures that have no copy."
        ),
    ]
    chained = numbers["N.groups.chained"].value
    if chained:
        blocks.append(
            say(
                f"In {chained:,.0f} groups a chain of links joined pictures that were examined against each other and found "
                "different. Such groups are counted as several works, and have no single authoritative copy."
            )
        )
    blocks.append(relations_table(material))
    blocks += [figures[name] for name in ("relations", "sizes") if name in figures]
    concentration = numbers.get("M16")
    if (
        concentration is not None
        and concentration.value is not None
        and len(material.groups) >= LARGEST_NEEDS
    ):
        blocks.append(
            say(
                f"The largest 1 % of groups held {numbers.say('M16')} of the surplus copies. A high share would mean that one "
                "template or logo drives the total."
            )
        )
    if "threshold" in figures:
        blocks += [
            say(
                [
                    "The share depends on how near two fingerprints must be to be examined. ",
                    Reference(figures["threshold"].id),
                    f" shows it by that distance; fingerprints proposed pairs up to {material.config.match.max_distance} of 64 bits. "
                    + (BEYOND if material.gear == "thorough" else "")
                    + (CHAINED if chained else ""),
                ]
            ),
            figures["threshold"],
        ]
    return blocks


def relations_table(material: Material) -> Table:
    """Return the number of pairs of each relation, and whether it counts."""
    numbers = material.numbers
    rows = []
    for name, words in RELATION_WORDS.items():
        result = numbers.get(f"N.pairs.{name}")
        counted = "yes" if name in LINKS else "no"
        rows.append([name, words, counted, f"{(result.value or 0) if result else 0:,.0f}"])
    rows.append(["All examined", "", "", f"{numbers['N.pairs'].value:,.0f}"])
    return Table(
        "table-relations",
        "Pairs that were examined, by what they were found to be",
        [
            Column("Relation", width=1.4),
            Column("Meaning", width=4),
            Column("Counted", width=0.8),
            Column("Pairs", "right", width=0.8),
        ],
        rows,
        note="A group of five equal files has ten pairs; pairs are not pictures and are never reported as such.",
    )


def sharing(material: Material) -> list[Block]:
    """Return chapter 3: works held by more than one institution."""
    numbers, figures = material.numbers, material.figures
    say = Numbering("3")
    head = Heading(1, "Who holds the same works", number="3", id="section-overlap")
    if not material.several:
        return [
            head,
            say(
                "Only one collection was examined, so nothing can be said about sharing between institutions."
            ),
        ]
    blocks: list[Block] = [
        head,
        say(
            [
                Strong(f"{numbers.say('M4.any')} of works were held by more than one collection: "),
                f"{wording.of(numbers['M4.any'])}.",
            ]
        ),
    ]
    if "overlap" in figures:
        blocks += [
            say(
                [
                    Reference(figures["overlap"].id),
                    (
                        " gives the share of each row's works that the column's institution also held. It is not symmetric: a small "
                        "collection can be contained in a large one."
                    ),
                ]
            ),
            figures["overlap"],
        ]
    blocks += [figures[name] for name in ("sharing",) if name in figures]
    blocks.append(
        Callout(
            "What this does not show",
            [
                "Legitimate copies (a preservation master and its access copy, licensed syndication, a backup) are not told apart from unintended ones in this run."
            ],
        )
    )
    return blocks
