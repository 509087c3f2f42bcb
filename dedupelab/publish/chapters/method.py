"""Chapters 9 to 11 and the annexes: how it was measured, limitations, assurance, every number, replication."""

from dedupelab.evidence.results import GRADES
from dedupelab.publish import wording
from dedupelab.publish.chapters import accuracy, catalogues
from dedupelab.publish.chapters.coverage import coverage_table
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.document import (
    Block,
    BulletList,
    Code,
    Column,
    Definitions,
    Heading,
    PageBreak,
    Table,
    Verbatim,
)
from dedupelab.publish.wording import Numbering

GEARS = {
    "quick": (
        "This run used the quick gear: only pictures with near fingerprints were compared. Strong crops, screenshots and "
        "overlays, whose fingerprints lie far apart, were therefore not looked for."
    ),
    "thorough": (
        "This run used the thorough gear: local descriptors (RootSIFT, at most 170 a picture) also proposed pairs, so that "
        "crops, screenshots and overlays whose fingerprints lie far apart were compared too."
    ),
}
IN_TEXT = ("table-relations", "table-conflicts", "table-harm")
"""Tables that the chapters print themselves, in place of the figure's own."""
TERMS = (
    (
        "work",
        "what a group of copies, or a lone picture, depicts: the unit of how many different pictures there are",
    ),
    ("group", "pictures joined by links"),
    ("link", "a pair whose relation counts as duplication"),
    ("surplus copy", "a picture beyond the first of its work"),
    ("low-information picture", "a blank page, test card or icon: only equal digests may link it"),
    ("variant", "the same scene in another exposure or from another viewpoint: never counted"),
    ("authoritative copy", "the copy whose metadata should be believed, by stated criteria, or unresolved"),
)


def method(material: Material) -> list[Block]:
    """Return chapter 9: fingerprints, search, verification, grouping, intervals, words."""
    match, scan = material.config.match, material.config.scan
    say = Numbering("9")
    return [
        Heading(1, "How it was measured", number="9", id="section-method"),
        say(
            "Each file was read once. From that read come its SHA-256, the SHA-256 of its compressed picture without metadata, "
            "its embedded metadata (Exif, IIM, XMP, in the precedence of the Metadata Working Group), and fingerprints: the "
            "64-bit DCT hash (pHash) in eight orientations and without even borders, a 256-bit form, and a difference hash. "
            f"Pictures were decoded under the policy {scan.decode}; Exif orientation was applied and transparency laid on white."
        ),
        say(
            f"Every pair of pictures whose pHash differs in at most {match.max_distance} of 64 bits, in any of the eight "
            "orientations, was found by exact search: no such pair of readable pictures is missed. Each was then opened and compared block by block "
            "after alignment. The comparison, not the fingerprint, decides the relation."
        ),
        *catalogues.how_linked(material, say),
        say(GEARS[material.gear]),
        say(
            "Links join pictures into groups. When a group holds a pair that was examined and refuted, the group is counted as "
            "several works, so that a chain of links cannot join strangers unseen."
        ),
        say(
            "Shares of groups carry Wilson intervals; shares that depend on group sizes carry percentile intervals of a cluster "
            "bootstrap that draws groups, not pictures (2,000 draws, seed 1). These intervals say how much the share would move "
            "with another draw of works of this kind. They do not cover the detector's own errors, which only a review by people "
            "can measure."
        ),
        *accuracy.checked(material, say),
        say("Each number carries a grade:"),
        BulletList([f"{letter}: {words}" for letter, words in GRADES.items()]),
        say("Words are used in these senses:"),
        Definitions(TERMS),
    ]


def limitations(material: Material) -> list[Block]:
    """Return chapter 10: strengths and limitations, and standards that were not met."""
    say = Numbering("10")
    numbers = material.numbers
    unmet = [
        *(
            []
            if accuracy.corrected(material)
            else [f"Independent review of a sample of pairs: {accuracy.NOT_REVIEWED}"]
        ),
        "Representativeness: the collections were not drawn at random from the sector.",
        "Counterfactual: what would have been spent without duplication was not observed.",
    ]
    return [
        Heading(1, "Strengths and limitations", number="10", id="section-limits"),
        say(
            f"Every one of the {numbers['N.listed'].value:,.0f} listed files is accounted for, exact copies are proved by digests that "
            "anyone can recompute, and every number in this paper is in results.json with its denominator, interval and inputs."
        ),
        say(
            "The comparison is set to miss a copy rather than to report a false one. "
            + (
                "How many it missed of what was proposed, and how many links are false, was measured by review."
                if accuracy.corrected(material)
                else "How many copies it missed, and how many of its links are false, was not measured on these collections."
            )
        ),
        say(
            f"{numbers['N.pairs.undecided'].value:,.0f} examined pairs stayed undecided and "
            f"{numbers['N.pairs.variant'].value:,.0f} were found to be variants of one scene. They are listed, and counted nowhere."
        ),
        say(catalogues.not_seen(material)),
        say("Standards that could not be met, and why:"),
        BulletList(unmet),
    ]


def assurance(material: Material) -> list[Block]:
    """Return chapter 11: owner, interests, data."""
    say = Numbering("11")
    study = material.config.study
    return [
        Heading(1, "Assurance, interests and data", number="11", id="section-assurance"),
        say(f"Study: {study.name}. Answerable for it: {study.owner or 'not stated'}."),
        say(privacy(material)),
        say("Assurance by a second person: not stated. Funding and interests in the outcome: not stated."),
        say(
            "The tables behind every figure are in the run's folder (CSV and Parquet). The pictures themselves stay with their "
            "holders. Nothing here is legal advice."
        ),
    ]


def privacy(material: Material) -> str:
    """Return what a matching of records about persons answers for: purpose, adverse action, number of persons, retention."""
    own, study = material.config.privacy, material.config.study
    persons = "not stated" if own.persons is None else f"{own.persons:,}"
    return (
        f"Purpose of the comparison: {own.purpose or study.purpose or 'not stated'}. Adverse action against a person as a result: "
        f"{own.adverse_action or 'not stated'}. Persons whose data were compared: {persons}. Tables are kept until: "
        f"{own.retention or 'not stated'}."
    )


def annex(material: Material) -> list[Block]:
    """Return the annexes: all results, versions, commands."""
    results = material.numbers.results.values()
    return [
        PageBreak(),
        Heading(1, "Annex A: every number", id="annex-numbers"),
        Table(
            "table-results",
            "Every number of this study",
            [
                Column("Id", width=1.9),
                Column("What", width=2.7),
                Column("Value", "right", width=1.5),
                Column("Interval", "right", width=1.7),
                Column("Counts", width=2.6),
                Column("Grade", width=0.6),
            ],
            [
                [
                    Code(result.id).text,
                    result.label,
                    wording.figure(result) if result.value is not None else "not estimated",
                    wording.interval(result) or "–",
                    wording.of(result) if result.value is not None else f"needs {', '.join(result.needs)}",
                    result.grade,
                ]
                for result in results
                if not _part_of_option(result.id)
            ],
            note="Methods and inputs of each number, and the parts of each option (S), are in results.json under the same id.",
        ),
        Heading(1, "Annex B: data behind the figures", id="annex-data"),
        *coverage_table(),
        *(
            drawn.data
            for drawn in material.figures.values()
            if drawn.data is not None and drawn.data.id not in IN_TEXT
        ),
        Heading(1, "Annex C: replication", id="annex-replication"),
        Verbatim(f"dedupelab report {material.config.study.name}"),
        Table(
            "table-versions",
            "Software of this run",
            [Column("Package", width=1), Column("Version", width=1)],
            [[name, version] for name, version in material.versions.items()],
        ),
        Table(
            "table-digests",
            "Digests of this run's tables",
            [Column("Table", width=1), Column("SHA-256", width=4)],
            [[name, [Code(digest)]] for name, digest in material.digests.items()],
            note="Equal inputs, settings and versions give equal digests.",
        ),
    ]


def _part_of_option(result_id: str) -> bool:
    """Whether a number is one of many that belong to one option; its chapter prints those that matter."""
    return result_id.startswith("S.") and result_id.count(".") > 1
