"""The seventeen standards that a submission is held against, each as a check that a machine can make.

They follow what the UK's Intellectual Property Office asks of evidence for policy (clear, verifiable, open to review; where a
standard cannot be met, say why) and the AQuA Book's rules for analysis. A check finds what is absent or contradicts itself;
whether what is said is true, only people can judge.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from dedupelab.numbers.headlines import MOST
from dedupelab.numbers.messages import N_
from dedupelab.numbers.results import Result
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.language.language import _, joined, number, word
from dedupelab.publish.paper.outline import Outline
from dedupelab.registers.register_fields import SOURCE_TYPES
from dedupelab.settings.consultation import Consultation

State = Literal["pass", "fail", "not applicable"]
Found = tuple[State, str]
WITHOUT = ("census", "unchecked", "expected", "quantile", "chance", "test", "none")
"""What stands for an interval where there is none to give: the whole was counted, or the number is one of a distribution."""
MONEY = ("M3", "M8", "M9", "M10a", "M14", "M10b")
"""Lines of harm that are amounts of money."""


@dataclass(frozen=True)
class Submission:
    """A run as the checks see it.

    `status` counts files of the images table; `digests` are those of the table files; `pack` is what verifying it found;
    `simulated` whether the reviewers are invented.
    """

    outline: Outline
    numbers: Numbers
    max_distance: int
    consultation: Consultation | None = None
    status: Mapping[str, int] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    pack: Found | None = None
    simulated: bool = False

    def value(self, result_id: str) -> float:
        """Return a number, 0 where the study has none of that id."""
        result = self.numbers.get(result_id)
        return 0.0 if result is None or result.value is None else result.value


@dataclass(frozen=True)
class Criterion:
    """One standard: its number, where the paper meets it, and the check."""

    id: str
    place: str
    check: Callable[[Submission], Found]


@dataclass(frozen=True)
class Outcome:
    """What a check found, and the paragraph, section, table or figure that it is about."""

    id: str
    name: str
    state: State
    reason: str
    paragraph: str
    anchor: str


def check(submission: Submission) -> list[Outcome]:
    """Hold a submission against every criterion, in order."""
    found = []
    for criterion in CRITERIA:
        state, reason = criterion.check(submission)
        label = submission.outline.label(criterion.place)
        where = label or (_("page one") if criterion.place == "page-one" else _("absent"))
        name = _(NAMES[criterion.id])
        found.append(Outcome(criterion.id, name, state, reason, where, criterion.place if label else ""))
    return found


def open_checks(outcomes: list[Outcome]) -> int:
    """Return how many criteria are not met."""
    return sum(outcome.state == "fail" for outcome in outcomes)


def _clear(of: Submission) -> Found:
    claims = of.outline.claims
    if not 1 <= len(claims) <= MOST:
        return "fail", _("expected 1 to {most} main points, got {found}", most=MOST, found=len(claims))
    numbers = [r for r in (of.numbers.get(claim.result) for claim in claims) if r is not None]
    lacking = [r.id for r in numbers if not (r.unit and r.denominator and _sure(r))]
    if lacking or len(numbers) != len(claims):
        return "fail", _(
            "without unit, denominator or interval: {names}", names=joined(lacking) or _("a main point")
        )
    if bare := [n for n, claim in enumerate(claims, 1) if not claim.interval]:
        return "fail", _("main points printed without interval: {names}", names=joined(map(str, bare)))
    return "pass", _("{count} main points, each with unit, denominator and interval", count=len(claims))


def _asked(of: Submission) -> Found:
    if of.consultation is None:
        return "not applicable", _("no consultation.toml: the paper answers no consultation")
    if not of.consultation.question:
        return "fail", _("no question is listed in consultation.toml")
    leading = [claim.result for claim in of.outline.claims]
    if loose := [name for name in leading if not of.consultation.questions_of(name)]:
        return "fail", _("findings that no question names: {names}", names=joined(loose))
    if of.outline.get("table-findings") is None:
        return "fail", _("the paper has no table of findings and questions")
    return "pass", _(
        "{findings} findings are set against {questions} questions",
        findings=len(leading),
        questions=len(of.consultation.question),
    )


def _population(of: Submission) -> Found:
    listed, *parts = (of.value(f"N.{name}") for name in ("listed", "hashed", "unreadable", "skipped"))
    if not listed or listed != sum(parts):
        return "fail", _("{listed:,.0f} listed, but {parts} accounted for", listed=listed, parts=_sum(parts))
    if of.status and (sum(of.status.values()) != listed or of.status.get("hashed", 0) != parts[0]):
        return "fail", _(
            "the images table has {files:,} files, the numbers {listed:,.0f}",
            files=sum(of.status.values()),
            listed=listed,
        )
    if of.outline.get("table-collections") is None:
        return "fail", _("the paper has no table of collections")
    return "pass", _("{listed:,.0f} listed = {parts}", listed=listed, parts=_sum(parts))


def _sum(parts: list[float]) -> str:
    return " + ".join(number(part) for part in parts)


def _methods(of: Submission) -> Found:
    if not of.outline.within("section-method"):
        return "fail", _("the paper does not say how it was measured")
    if of.outline.stated("max_distance") != {str(of.max_distance)}:
        return "fail", _("the threshold of the run, {bits} bits, is not the one stated", bits=of.max_distance)
    return "pass", _("the threshold of the run, {bits} bits, is stated", bits=of.max_distance)


def _uncertainty(of: Submission) -> Found:
    bare = [r.id for r in of.numbers.results.values() if r.value is not None and not _sure(r)]
    if bare or not of.numbers.results:
        return "fail", _(
            "without interval or reason for none: {names}", names=joined(bare[:5]) or _("no numbers at all")
        )
    return "pass", _("every number has its interval, or says why there is none")


def _validation(of: Submission) -> Found:
    if not of.value("N.pairs"):
        return "not applicable", _("no pairs were found that could be reviewed")
    surplus = of.numbers.get("M1")
    if not of.value("V.reviewed"):
        return "fail", _("nobody has reviewed a sample of pairs: dedupelab review STUDY")
    if surplus is None or surplus.raw is None or surplus.interval_kind == "bounds":
        few = _(
            "too few pairs were reviewed to correct any number: {pairs:,.0f}", pairs=of.value("V.reviewed")
        )
        bounds = _("there are strata of which nobody has looked at any pair: totals are bounds")
        return "fail", few if surplus is None or surplus.raw is None else bounds
    if of.value("V.reviewers") >= 2 and of.numbers.known("V.kappa") is None:
        return "fail", _("several reviewers, and no measure of their agreement")
    if of.outline.get("section-checked") is None:
        return "fail", _("the paper does not say how the numbers were checked")
    pairs, people = of.value("V.reviewed"), of.value("V.reviewers")
    words = (
        _("the review of {pairs:,.0f} pairs is simulated: no person looked at any", pairs=pairs)
        if of.simulated
        else _("{pairs:,.0f} pairs reviewed by {people:,.0f}", pairs=pairs, people=people)
    )
    return "pass", words


def _attribution(of: Submission) -> Found:
    lines = [r for r in map(of.numbers.known, MONEY) if r]
    if not lines:
        return "not applicable", _("no amount of money was estimated")
    loose = [r.id for r in lines if r.attribution is None]
    if loose:
        return "fail", _("amounts without the share that is due to duplication: {names}", names=joined(loose))
    if _options(of) and of.numbers.get("S.nothing.harm") is None:
        return "fail", _("options are compared without doing nothing")
    return "pass", _("{count} amounts state the share that is due to duplication", count=len(lines))


def _sensitivity(of: Submission) -> Found:
    if not of.value("N.groups"):
        return "not applicable", _("no duplicates were found")
    needed = ["figure-threshold"]
    if _options(of):
        needed.append("figure-tornado")
        if not any(r.id.endswith(".break-even") for r in of.numbers.results.values()):
            return "fail", _("options without switching values")
    lacking = [name for name in needed if of.outline.get(name) is None]
    if lacking:
        return "fail", _("absent: {names}", names=joined(lacking))
    if _options(of):
        return "pass", _("the curve over thresholds, tornado and switching values")
    return "pass", _("the curve over thresholds")


def _assumed(of: Submission) -> Found:
    inputs = [(r.id, given) for r in of.numbers.results.values() for given in r.inputs]
    if not inputs:
        return "not applicable", _("no number rests on an input")
    loose = [
        _("{input} of {result}", input=word(given.name), result=r)
        for r, given in inputs
        if given.source_type not in SOURCE_TYPES or not given.source
    ]
    if loose:
        return "fail", _("inputs without source type or source: {names}", names=joined(loose[:5]))
    supplied = any(given.source_type != "measured" for _r, given in inputs)
    if supplied and not of.outline.get("table-assumptions"):
        return "fail", _("the paper has no table of inputs")
    names = {given.name for _r, given in inputs}
    return "pass", _("{count} inputs, each with source and source type", count=len(names))


def _limits(of: Submission) -> Found:
    boxed = any(place.kind == "callout" and not place.under for place in of.outline.places)
    if of.outline.within("section-limits") and boxed:
        return "pass", _("limitations, and on page one what is not shown")
    return "fail", _("strengths and limitations, or what is not shown on page one, are absent")


def _interests(of: Submission) -> Found:
    given = of.consultation.interests if of.consultation else None
    if given is None or not (given.funding and given.interests):
        return "fail", _("funding or interests not stated: [interests] in consultation.toml")
    return _said(of, "section-interests", _("funding and interests are stated"))


def _data(of: Submission) -> Found:
    given = of.consultation.data if of.consultation else None
    if given is None or not (given.available and given.withheld):
        return "fail", _("what is available, or what is not and why, not stated: [data] in consultation.toml")
    return _said(of, "section-data", _("what is available, and why the rest is not, is stated"))


def _replication(of: Submission) -> Found:
    if not of.outline.within("annex-replication"):
        return "fail", _("the paper has no replication annex")
    table = of.outline.get("table-digests")
    rows = table.facts if table else ()
    if (changed := [name for name, digest in rows if of.digests.get(name) != digest]) or not rows:
        return "fail", _(
            "tables that are not those of the paper: {names}", names=joined(changed) or _("no digests stated")
        )
    state, found = of.pack or ("pass", _("the pack was not looked at: dedupelab verify does that"))
    if state != "pass":
        return state, found
    stated = _("{count} tables are those whose digests the paper states", count=len(rows))
    return state, joined([stated, found], "; ")


def _assurance(of: Submission) -> Found:
    given = of.consultation.assurance if of.consultation else None
    if given is None or not given.by_another:
        return "fail", _("analyst and assurer not stated, or one person: [assurance] in consultation.toml")
    if not given.statement:
        return "fail", _("what was checked is not stated: [assurance] statement in consultation.toml")
    return _said(of, "section-assured", _("computed by one, checked by another"))


def _affected(of: Submission) -> Found:
    if of.consultation is None:
        return "fail", _("affected businesses neither given nor called not collected: consultation.toml")
    count = len(of.consultation.affected.group)
    found = _("{count} kinds of business", count=count) if count else _("said to be not collected")
    return _said(of, "section-affected", found)


def _graded(of: Submission) -> Found:
    loose = [
        n
        for n, claim in enumerate(of.outline.claims, 1)
        if not claim.grade or claim.result not in of.numbers.results
    ]
    if loose or not of.outline.claims:
        return "fail", _("main points without grade: {names}", names=joined(map(str, loose)) or _("all"))
    return "pass", _("every main point, and every number of the annex, carries its grade")


def _unmet(of: Submission) -> Found:
    if not any(place.kind == "bulletlist" and place.items for place in of.outline.within("section-limits")):
        return "fail", _("no list of standards that could not be met")
    return "pass", _("standards that could not be met are listed with reasons")


def _said(of: Submission, place: str, reason: str) -> Found:
    if of.outline.within(place):
        return "pass", reason
    return "fail", _("the paper does not print it ({place})", place=place)


def _sure(result: Result) -> bool:
    return result.interval is not None or result.interval_kind in WITHOUT


def _options(of: Submission) -> bool:
    whole = (r for r in of.numbers.below("S") if r.id.count(".") == 1 and not r.id.startswith("S.window"))
    return any(r.value is not None for r in whole)


NAMES = {
    "C1": N_("Clear"),
    "C2": N_("Question stated"),
    "C3": N_("Population and sampling"),
    "C4": N_("Methods"),
    "C5": N_("Uncertainty"),
    "C6": N_("Validation"),
    "C7": N_("Counterfactual and attribution"),
    "C8": N_("Sensitivity"),
    "C9": N_("Assumptions log"),
    "C10": N_("Limitations and representativeness"),
    "C11": N_("Conflicts of interest and funding"),
    "C12": N_("Data statement"),
    "C13": N_("Replication"),
    "C14": N_("Assurance statement"),
    "C15": N_("Affected businesses and SMEs"),
    "C16": N_("Evidence grade per claim"),
    "C17": N_("Unmet standards"),
}
CRITERIA = (
    Criterion("C1", "page-one", _clear),
    Criterion("C2", "table-findings", _asked),
    Criterion("C3", "table-collections", _population),
    Criterion("C4", "section-method", _methods),
    Criterion("C5", "annex-numbers", _uncertainty),
    Criterion("C6", "section-checked", _validation),
    Criterion("C7", "table-harm", _attribution),
    Criterion("C8", "figure-threshold", _sensitivity),
    Criterion("C9", "table-assumptions", _assumed),
    Criterion("C10", "section-limits", _limits),
    Criterion("C11", "section-interests", _interests),
    Criterion("C12", "section-data", _data),
    Criterion("C13", "annex-replication", _replication),
    Criterion("C14", "section-assured", _assurance),
    Criterion("C15", "section-affected", _affected),
    Criterion("C16", "page-one", _graded),
    Criterion("C17", "section-limits", _unmet),
)
