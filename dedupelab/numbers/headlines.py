"""Which numbers lead the report: at most seven, in an order fixed before anything is counted, whatever they turn out to be."""

from collections.abc import Iterable
from dataclasses import dataclass

from dedupelab.numbers.messages import N_
from dedupelab.numbers.results import Result, by_id

MOST = 7
FEWEST_COUNTED = 10
"""Groups or images below which a share does not lead: 100 % of one group says nothing."""


@dataclass(frozen=True)
class Headline:
    """A result and the sentence that it fills.

    The sentence's placeholders are names of the result's attributes: {value}, {numerator}, {denominator}. The
    publisher formats them, translates the sentence, and adds interval, grade and caveat.
    """

    result: str
    sentence: str


SENTENCES = {
    "M1": N_(
        "{value} of {denominator} hashed images were surplus copies: images beyond the first of each work."
    ),
    "M1x": N_("{value} of {denominator} hashed images were surplus copies equal byte for byte."),
    "M4.any": N_("{value} of {denominator} works were held by more than one collection."),
    "M5.creator": N_(
        "Copies named conflicting creators in {value} of the {denominator} groups in which at least two name one."
    ),
    "M5.any": N_(
        "Copies contradicted each other in at least one field in {value} of the {denominator} groups that could be compared."
    ),
    "M7s": N_(
        "{value} of {denominator} images in groups carried no rights information while another copy of the same work did."
    ),
    "M12": N_(
        "{value} of {denominator} hashed images were labelled as AI-made; an image without a label may be either."
    ),
    "M3": N_("Storing the redundant copies cost an estimated {value}."),
    "M8": N_("Looking once at every pair that no digest proves would cost an estimated {value}."),
    "M6b": N_("No copy could be called authoritative in {value} of {denominator} groups."),
    "M7": N_("{value} of {denominator} hashed images carried no rights information at all."),
    "M1b": N_("{value} of {denominator} hashed images had at least one copy."),
}
"""Sentences by result id, in order of precedence."""
INSTEAD = {"M5.any": "M5.creator"}
"""Leads only where the other cannot."""


def headlines(results: Iterable[Result]) -> list[Headline]:
    """Return the leading results; a small or trivial value leads as well as a large one, a missing one does not lead."""
    found = by_id(results)
    ready = [name for name in SENTENCES if name in found and found[name].estimated and _enough(found[name])]
    chosen = [name for name in ready if INSTEAD.get(name) not in ready]
    return [Headline(name, SENTENCES[name]) for name in chosen[:MOST]]


def _enough(result: Result) -> bool:
    """Whether a share has a whole that a reader would take a share of; money and hours have none."""
    return result.unit != "fraction" or (result.denominator or 0) >= FEWEST_COUNTED
