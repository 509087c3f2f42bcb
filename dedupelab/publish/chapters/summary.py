"""The summary edition: two pages that stand alone, with the case of page one, how it was found, and two pictures."""

from dataclasses import replace

from dedupelab.numbers.messages import N_
from dedupelab.numbers.results import GRADES
from dedupelab.publish.chapters import front, wording
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.language.language import _, joined
from dedupelab.publish.paper.document import Block, Document, Heading, Paragraph

PICTURES = ("waterfall", "overlap", "harm")
"""Figures in order of preference."""
MOST, WIDTH = 2, 0.54
"""How many of them fit on the second page, at which share of its width."""
HOW = N_(
    "Every file was read once. Pairs of pictures with near fingerprints were opened and compared place by place; the comparison, not the "
    "fingerprint, decides. A surplus copy is a picture beyond the first of its work; a work is what a group of copies, or a lone picture, shows."
)


def summary(material: Material, whole: Document) -> Document:
    """Return the summary of a paper: the same numbers, without a link that leads out of it."""
    graded = joined(
        (
            _(
                "{letter}: {words}",
                letter=letter,
                words=wording.meaning(letter, simulated=material.config.review.simulated),
            )
            for letter in GRADES
        ),
        "; ",
    )
    pictures = [
        replace(material.figures[picture], width=WIDTH, data=None)
        for picture in PICTURES
        if picture in material.figures
    ]
    blocks: list[Block] = [
        Heading(1, _("How it was found")),
        Paragraph(_(HOW)),
        Paragraph(_("Grades: {grades}.", grades=graded)),
        Paragraph(
            _(
                "The paper “{title}” gives each number with its counts, method and source, the limits of the study, and how to compute it again.",
                title=whole.title,
            )
        ),
        # Last: words fill what page one leaves, where a picture would leave it empty.
        *pictures[:MOST],
    ]
    case = front.case(material, linked=False)
    return replace(
        whole, title=_("Summary: {title}", title=whole.title), front=case, blocks=blocks, contents=False
    )
