"""Which numbers lead the report: at most seven, in an order fixed before anything is counted, or those that the author names.

What duplication costs leads, then what contradicts itself or was lost, then how much there is; bytes and labour come last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dedupelab.numbers.messages import N_
from dedupelab.numbers.results import Result, by_id

MOST = 7
FEWEST_COUNTED = 10
"""Groups or images below which a share does not lead: 100 % of one group says nothing."""


@dataclass(frozen=True)
class Headline:
    """A result and the sentence that it fills.

    The sentence's placeholders are names of the result's attributes: {value}, {numerator}, {denominator}, {label}. The
    publisher formats them, translates the sentence, and adds interval, grade and caveat.
    """

    result: str
    sentence: str


SENTENCES = {
    "M.sum": N_(
        "{value} is what duplication was estimated to cost: the lines of harm that do not overlap, added."
    ),
    "M9": N_("Disputes over whose picture it is cost an estimated {value}."),
    "M10a": N_("Licences paid twice for one work cost an estimated {value}."),
    "M5.creator": N_(
        "Copies named conflicting creators in {value} of the {denominator} groups in which at least two name one."
    ),
    "M5.any": N_(
        "Copies contradicted each other in at least one field in {value} of the {denominator} groups that could be compared."
    ),
    "M7s": N_(
        "{value} of {denominator} pictures with copies carried no rights information while another copy of the same work did."
    ),
    "M4.any": N_("{value} of {denominator} works were held by more than one collection."),
    "M1": N_(
        "{value} of {denominator} pictures were surplus copies: pictures beyond the first of each work."
    ),
    "M1x": N_("{value} of {denominator} pictures were surplus copies equal byte for byte."),
    "M12": N_(
        "{value} of {denominator} pictures were labelled as AI-made; a picture without a label may be either."
    ),
    "M6b": N_("No copy could be called authoritative in {value} of {denominator} groups."),
    "M7": N_("{value} of {denominator} pictures carried no rights information at all."),
    "M14": N_("Pictures acquired again because the first was not found cost an estimated {value}."),
    "M8": N_("Looking once at every pair that no digest proves would cost an estimated {value}."),
    "M3": N_("Storing the redundant copies cost an estimated {value}."),
    "M1b": N_("{value} of {denominator} pictures had at least one copy."),
}
"""Sentences by result id, in order of precedence."""
INSTEAD = {"M5.any": "M5.creator"}
"""Leads only where the other cannot."""
PARTS = ("M9", "M10a")
"""Lines without which the sum is storage alone, which leads as such; of those that it adds the largest leads beside it."""
OTHERS = N_("{label}: {value}.")
"""What is said of a number without a sentence of its own, where the author lets it lead."""


def headlines(results: Iterable[Result], chosen: Sequence[str] = ()) -> list[Headline]:
    """Return the leading results: those that the author chose, else by the rule.

    By the rule a small value leads as well as a large one; a missing one never leads.

    Parameters
    ----------
    chosen
        Ids in the author's order; those without a value, or that the study lacks, are passed over.
    """
    found = by_id(results)
    if chosen:
        named = [name for name in dict.fromkeys(chosen) if name in found and found[name].estimated]
        return [Headline(name, SENTENCES.get(name, OTHERS)) for name in named[:MOST]]
    ready = [name for name in SENTENCES if name in found and found[name].estimated and _enough(found[name])]
    added = {i.name: found[i.name].value or 0.0 for i in found["M.sum"].inputs} if "M.sum" in ready else {}
    parts = [name for name in PARTS if name in added]
    largest = max(parts, key=lambda name: added[name], default="")
    beside = {largest} if len(added) > 1 else set()
    passed = {"M.sum", *PARTS} - (({"M.sum"} | beside) if parts else set())
    leading = [name for name in ready if name not in passed and INSTEAD.get(name) not in ready]
    return [Headline(name, SENTENCES[name]) for name in leading[:MOST]]


def _enough(result: Result) -> bool:
    """Whether a share has a whole that a reader would take a share of; money and hours have none."""
    return result.unit != "fraction" or (result.denominator or 0) >= FEWEST_COUNTED
