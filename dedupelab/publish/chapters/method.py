"""Chapters 9 to 11: how it was measured, limitations, assurance."""

from collections.abc import Iterator

from dedupelab.numbers.messages import N_
from dedupelab.numbers.results import GRADES
from dedupelab.publish.chapters import accuracy, catalogues, wording
from dedupelab.publish.chapters.coverage import held
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.numbering import Numbering
from dedupelab.publish.language.language import _, number, original
from dedupelab.publish.paper.document import Block, BulletList, Definitions, Heading

GEARS = {
    "quick": (
        N_(
            "This run used the quick gear: only pictures with near fingerprints were compared. Strong crops, screenshots and "
            "overlays, whose fingerprints lie far apart, were therefore not looked for."
        )
    ),
    "thorough": (
        N_(
            "This run used the thorough gear: local descriptors (RootSIFT, at most 170 a picture) also proposed pairs, so that "
            "crops, screenshots and overlays whose fingerprints lie far apart were compared too."
        )
    ),
}
TERMS = (
    (
        N_("work"),
        N_(
            "what a group of copies, or a lone picture, depicts: the unit of how many different pictures there are"
        ),
    ),
    (N_("group"), N_("pictures joined by links")),
    (N_("link"), N_("a pair whose relation counts as duplication")),
    (N_("surplus copy"), N_("a picture beyond the first of its work")),
    (N_("low-information picture"), N_("a blank page, test card or icon: only equal digests may link it")),
    (N_("variant"), N_("the same scene in another exposure or from another viewpoint: never counted")),
    (
        N_("authoritative copy"),
        N_("the copy whose metadata should be believed, by stated criteria, or unresolved"),
    ),
)
OF_REVIEWS = (
    (
        N_("vote"),
        N_(
            "a place in one picture that is described like a place in the other and lies alike; pairs that were not examined were sampled by how many they have"
        ),
    ),
)
"""Words that only the figure and tables of a review use."""


DECODED = {
    "scaled": N_("Large JPEG pictures were decoded at a reduced size"),
    "full": N_("Pictures were decoded at their full size"),
}
"""How pictures were decoded, by the setting."""


def method(material: Material) -> list[Block]:
    """Return chapter 9: fingerprints, search, verification, grouping, intervals, words."""
    match, scan = material.config.match, material.config.scan
    say = Numbering("9")
    return [
        Heading(1, _("How it was measured"), number="9", id="section-method"),
        say.says(
            "Each file was read once. From that read come its SHA-256, the SHA-256 of its compressed picture without metadata, "
            "its embedded metadata (Exif, IIM, XMP, in the precedence of the Metadata Working Group), and fingerprints: the "
            "64-bit DCT hash (pHash) in eight orientations and without even borders, a 256-bit form, and a difference hash. "
            "{decoded}; Exif orientation was applied and transparency laid on white.",
            decoded=_(DECODED[scan.decode]),
        ),
        say(
            _(
                "Every pair of pictures whose pHash differs in at most {max_distance} of 64 bits, in any of the eight "
                "orientations, was found by exact search: no such pair of readable pictures is missed. Each was then opened and compared block by block "
                "after alignment. The comparison, not the fingerprint, decides the relation.",
                max_distance=match.max_distance,
            ),
            max_distance=match.max_distance,
        ),
        *catalogues.how_linked(material, say),
        say(_(GEARS[material.gear])),
        say.says(
            "Links join pictures into groups. When a group holds a pair that was examined and refuted, the group is counted as "
            "several works, so that a chain of links cannot join strangers unseen."
        ),
        say.says(
            "Shares of pictures that were read, such as those without rights information, carry intervals that say how much they would move with "
            "other holdings of this kind: Wilson's, and exact ones (Clopper-Pearson) where several pictures show one work, which then count as "
            "fewer. Shares of groups and of links carry none, as long as the detector's own errors are not measured, which only a review by people "
            "can do."
        ),
        say(held()),
        *accuracy.checked(material, say),
        say.says("Each number carries a grade:"),
        BulletList(
            [
                _(
                    "{letter}: {words}",
                    letter=letter,
                    words=wording.meaning(letter, long=True, simulated=material.config.review.simulated),
                )
                for letter in GRADES
            ]
        ),
        say.says("Words are used in these senses:"),
        Definitions(
            [
                *((_(term), _(meaning)) for term, meaning in TERMS),
                *((_(term), _(meaning)) for term, meaning in OF_REVIEWS if accuracy.corrected(material)),
            ]
        ),
    ]


def limitations(material: Material) -> list[Block]:
    """Return chapter 10: strengths and limitations, and standards that were not met."""
    say = Numbering("10")
    numbers = material.numbers
    unmet = [
        *(
            []
            if accuracy.corrected(material)
            else [
                _(
                    "Independent review of a sample of pairs: {not_reviewed}",
                    not_reviewed=_(accuracy.NOT_REVIEWED),
                )
            ]
        ),
        _("Representativeness: the collections were not drawn at random from the sector."),
        _("Counterfactual: what would have been spent without duplication was not observed."),
    ]
    return [
        Heading(1, _("Strengths and limitations"), number="10", id="section-limits"),
        say.says(
            "Every one of the {listed:,.0f} listed files is accounted for, exact copies are proved by digests that "
            "anyone can recompute, and every number in this paper is in its spreadsheet with denominator, interval and inputs.",
            listed=numbers.count("N.listed"),
        ),
        say(
            _("The comparison is set to miss a copy rather than to report a false one. ")
            + (
                _(
                    "How many it missed of what was proposed, and how many links are false, was measured by a review that is simulated."
                )
                if accuracy.corrected(material) and material.config.review.simulated
                else _(
                    "How many it missed of what was proposed, and how many links are false, was measured by review."
                )
                if accuracy.corrected(material)
                else _(
                    "How many copies it missed, and how many of its links are false, was not measured on these collections."
                )
            )
        ),
        say.says(
            "{pairs_undecided:,.0f} examined pairs stayed undecided and "
            "{pairs_variant:,.0f} were found to be variants of one scene. They are listed, and counted nowhere.",
            pairs_undecided=numbers.count("N.pairs.undecided"),
            pairs_variant=numbers.count("N.pairs.variant"),
        ),
        say(catalogues.not_seen(material)),
        say.says("Standards that could not be met, and why:"),
        BulletList(unmet),
    ]


def assurance(material: Material) -> list[Block]:
    """Return chapter 11: owner, interests, data."""
    say = Numbering("11")
    return [
        Heading(1, _("Assurance, interests and data"), number="11", id="section-assurance"),
        say.says(
            "Answerable for the study: {owner}.",
            owner=material.author("owner") or _("not stated"),
        ),
        say(privacy(material)),
        *(say(text) for text in persons(material)),
        say.says(
            "Assurance by a second person: not stated. Funding and interests in the outcome: not stated."
        ),
        say.says(
            "The tables behind every figure are in the run's folder (CSV and Parquet). The pictures themselves stay with their "
            "holders. Nothing here is legal advice."
        ),
    ]


def persons(material: Material) -> Iterator[str]:
    """Say in how many pictures persons are named, and in how many people saw somebody who can be recognised."""
    named, seen = material.numbers.known("M17"), material.numbers.known("M17.seen")
    if named:
        yield _(
            "The metadata of at least {named} of the pictures read name a person or a model shown in them. Nobody was recognised by "
            "software, and what these fields say is not kept.",
            named=wording.figure(named),
        )
    if seen:
        yield _(
            "Of {files:,.0f} pictures drawn at random, {seen} show a person who can be recognised, as people who looked at them said: "
            "so many would a registry have to treat as data about persons.",
            files=seen.denominator,
            seen=wording.with_interval(seen),
        )


ACTIONS = {"none": N_("none"), "possible": N_("possible")}


def privacy(material: Material) -> str:
    """Return what a matching of records about persons answers for: purpose, adverse action, number of persons, retention."""
    own = material.config.privacy
    unstated = _("not stated")
    return _(
        "Purpose of the comparison: {purpose}. Adverse action against a person as a result: {action}. Persons whose data were "
        "compared: {persons}. Tables are kept until: {retention}.",
        purpose=original(own.purpose) or material.author("purpose") or unstated,
        action=_(ACTIONS[own.adverse_action]) if own.adverse_action else unstated,
        persons=unstated if own.persons is None else number(own.persons),
        retention=original(own.retention) or unstated,
    )
