"""How the numbers were checked: what people looked at, what they saw, and what planted copies say of the detector."""

from dataclasses import replace

from dedupelab.evidence.results import Result
from dedupelab.publish import wording
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.document import Block, Column, Heading, Table
from dedupelab.publish.wording import Numbering

NOT_REVIEWED = "Nobody has reviewed a sample of pairs in this run: precision and recall on these collections are unknown."
DRAFT = "Draft: not reviewed by people"


def corrected(material: Material) -> bool:
    """Whether the headline numbers are corrected by a review."""
    surplus = material.numbers.get("M1")
    return surplus is not None and surplus.raw is not None


def draft(material: Material) -> str:
    """Say in the document's head how far the review went."""
    reviewed = material.numbers.get("V.reviewed")
    if reviewed is None or not reviewed.value:
        return DRAFT
    if not corrected(material):
        return f"Draft: review begun, {reviewed.value:,.0f} pairs so far"
    return f"Draft: {reviewed.value:,.0f} pairs reviewed by people"


def limit(material: Material) -> str:
    """Say on page one who checked the links."""
    if not corrected(material):
        return (
            "The links between pictures were found by software and have not been checked by people in this run. Shares that rest "
            "on them are graded C; shares that rest on digests alone are graded A."
        )
    numbers = material.numbers
    return (
        f"People checked {numbers['V.reviewed'].value:,.0f} of the pairs, drawn by chance within strata. Shares graded B are corrected "
        f"by what they saw (surplus copies: {wording.figure(_raw(numbers['M1']))} as the software linked them); those graded C are not."
    )


def checked(material: Material, say: Numbering) -> list[Block]:
    """Return the part of chapter 7 on review and calibration; `say` numbers its paragraphs on."""
    blocks: list[Block] = [Heading(2, "How the numbers were checked", id="section-checked")]
    numbers = material.numbers
    if numbers.get("V.reviewed") is None:
        blocks.append(say(NOT_REVIEWED))
    else:
        blocks += [say(text) for text in _told(material)]
        blocks.append(
            _table(
                "table-strata",
                "What reviewers saw in each stratum of the sample",
                numbers.below("V.stratum"),
                "Stratum",
            )
        )
        blocks += [material.figures[name] for name in ("accuracy",) if name in material.figures]
    planted = numbers.below("K.recall")
    if planted:
        blocks += [
            say(
                f"Known edits of {numbers['K.pictures'].value:,.0f} pictures of these collections were planted and looked for with this study's "
                f"settings: {numbers.say('K.recall')} of the edited copies were linked to their original, and "
                f"{numbers['K.false'].numerator or 0:,.0f} links joined different pictures. Planted edits need not be those that occur."
            ),
            _table("table-planted", "Planted copies that were found, by kind of edit", planted, "Edit"),
        ]
    else:
        blocks.append(say("The detector was not calibrated with planted copies on these collections."))
    return blocks


def _told(material: Material) -> list[str]:
    numbers = material.numbers
    reviewed, twice = numbers["V.reviewed"], numbers["V.twice"]
    texts = [
        (
            f"{reviewed.value:,.0f} of {reviewed.denominator:,.0f} pairs drawn for review were decided by {numbers['V.reviewers'].value:,.0f} "
            f"reviewer(s), who saw neither relation, score nor collection; {twice.value:,.0f} pairs were looked at by two. "
            f"{numbers['V.disputes'].value:,.0f} disputes and {numbers['V.open'].value:,.0f} pairs on which nobody could tell are not counted; "
            f"{numbers['V.absent'].value:,.0f} labels are of pictures no longer held."
        )
    ]
    kappa = numbers["V.kappa"]
    if kappa.value is not None:
        texts.append(
            f"On pairs looked at twice the reviewers agreed beyond chance with kappa {kappa.value:.2f} ({wording.interval(kappa)})."
        )
    if corrected(material):
        texts += [
            (
                f"Of the links that no digest proves, {numbers.say('V.precision')} were copies; of all copies among the pairs examined or "
                f"proposed, {numbers.say('V.recall')} had been linked. Copies that no detector proposed are in neither: totals are at least."
            ),
            (
                "The sample is stratified by what an error would change: links that hold works together, and pairs that would join works, apart "
                "from those that only repeat others; then by relation, support, ends, distance and reach. Errors were carried through the "
                "graph, so that no chain of links inflates a total. Intervals corrected so are for these collections as read. In simulated studies "
                "with 300 labels these nominal 95 % intervals held the truth less often than they say: about nine times in ten for surplus copies "
                "and pairs, and about eight in ten for groups. Read them as somewhat too narrow."
            ),
        ]
    else:
        texts.append(
            "Too few of the drawn pairs were decided to correct any number: all stay as the detector linked them."
        )
    return texts


def _table(name: str, title: str, results: list[Result], first: str) -> Table:
    rows = [
        [
            result.label,
            f"{result.denominator or 0:,.0f}",
            f"{result.numerator or 0:,.0f}",
            "–" if result.value is None else wording.figure(result),
            "–" if result.value is None else wording.interval(result),
        ]
        for result in results
    ]
    return Table(
        name,
        title,
        [
            Column(first, width=3.4),
            Column("Looked at", "right", width=0.9),
            Column("Copies", "right", width=0.8),
            Column("Share", "right", width=0.9),
            Column("95 % interval", "right", width=1.4),
        ],
        rows,
        note="Jeffreys or Wilson intervals; census: every pair of the stratum was looked at.",
    )


def _raw(result: Result) -> Result:
    return replace(result, value=result.raw)
