"""Answers by question, and the chapters that authors write themselves."""

from dedupelab.numbers.headlines import headlines
from dedupelab.numbers.results import Result
from dedupelab.publish.chapters import wording
from dedupelab.publish.chapters.front import shown_in
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.numbering import Numbering
from dedupelab.publish.chapters.prose import ANSWER, told
from dedupelab.publish.language.language import _, joined, original, pieces
from dedupelab.publish.paper.document import (
    Block,
    Column,
    Emphasis,
    Heading,
    Paragraph,
    Reference,
    Run,
    Strong,
    Table,
    Text,
)
from dedupelab.settings.consultation import QuestionSection

FINDINGS = "table-findings"


def introduction(material: Material) -> list[Block]:
    """Return what authors say first; nothing where they wrote nothing."""
    return _own(material, "introduction", _("Introduction"), "I")


def members(material: Material) -> list[Block]:
    """Return what authors say of their members' experience."""
    return _own(material, "members", _("Members' experience"), "E")


def request(material: Material) -> list[Block]:
    """Return what authors ask for."""
    return _own(material, "request", _("What is asked for"), "R")


def answers(material: Material, silent: set[str]) -> list[Block]:
    """Return the consultation's questions with their answers and findings; nothing without a consultation.

    `silent` are the sections that the paper leaves out: their numbers are found among what was not estimated.
    """
    profile = material.consultation
    if profile is None:
        return []
    say = Numbering("Q")
    head: list[Block] = [
        Heading(1, _("Answers to the consultation's questions"), id="section-answers"),
    ]
    if not profile.question:
        return [
            *head,
            say.says("No question of the consultation was listed, so no finding could be set against one."),
        ]
    asked = profile.consultation
    known = (
        material.author("consultation"),
        *map(original, (asked.reference, asked.jurisdiction, asked.source)),
    )
    blocks = [
        *head,
        say.says(
            "The questions are those of: {consultation}.", consultation=joined(filter(None, known), "; ")
        ),
        say.pieces(
            "Each finding of page one, and each finding named for a question, bears on the questions given in {table}.",
            table=Reference(FINDINGS),
        ),
        findings_table(material, silent),
    ]
    for place, question in enumerate(profile.question, 1):
        blocks += _answer(material, question, place, say, silent)
    return blocks


def findings(material: Material) -> list[Result]:
    """Return the findings that questions are set against: the headlines, then what questions name beside."""
    names = [
        headline.result
        for headline in headlines(material.numbers.results.values(), material.config.report.main_points)
    ]
    if material.consultation is not None:
        names += [name for question in material.consultation.question for name in question.findings]
    found = (material.numbers.get(name) for name in dict.fromkeys(names))
    return [result for result in found if result is not None]


def findings_table(material: Material, silent: set[str]) -> Table:
    """Return every finding with the questions that it bears on."""
    assert material.consultation is not None
    rows: list[list[Text]] = [
        [
            wording.label_of(result),
            wording.figure(result) if result.value is not None else _("not estimated"),
            wording.short(result),
            result.grade if result.value is not None else "–",
            joined(material.consultation.questions_of(result.id)) or _("none"),
            [Reference(_place(result, silent))],
        ]
        for result in findings(material)
    ]
    return Table(
        FINDINGS,
        _("Findings, and the questions that they bear on"),
        [
            Column(_("Finding"), width=3),
            Column(_("Value"), "right", width=1.3),
            Column(_("Interval"), "right", width=1.6),
            Column(_("Grade"), width=0.7),
            Column(_("Questions"), width=1.1),
            Column(_("Shown in"), width=1.1),
        ],
        rows,
        note=wording.noted(findings(material)),
    )


def _answer(
    material: Material, question: QuestionSection, place: int, say: Numbering, silent: set[str]
) -> list[Block]:
    blocks: list[Block] = [Heading(2, _("Question {number}", number=question.number), id=f"question-{place}")]
    if question.text:
        blocks.append(Paragraph([Emphasis(original(question.text))]))
    written = told(material.prose, ANSWER + question.number, material.numbers, say, under=2)
    named = [r for r in map(material.numbers.get, dict.fromkeys(question.findings)) if r is not None]
    if not written and not named:
        return [*blocks, say.says("This submission does not answer the question.")]
    return [*blocks, *written, *(say(_finding(result, silent)) for result in named)]


def _place(result: Result, silent: set[str]) -> str:
    section = shown_in(result)
    return "annex-lacking" if section in silent else section


def _finding(result: Result, silent: set[str]) -> list[Run]:
    """Return a number as a sentence that can be cited: value, interval, counts, grade, where it is shown."""
    shown = Reference(_place(result, silent))
    if result.value is None:
        return pieces(
            "{label}: {lacking} ({section}).",
            label=wording.label_of(result),
            lacking=wording.figure(result),
            section=shown,
        )
    counts = wording.of(result) if result.unit == "fraction" else ""
    return pieces(
        "{label}: {value} ({sure}). Grade {grade} ({section}).",
        label=wording.label_of(result),
        value=Strong(wording.figure(result)),
        sure=joined(filter(None, (wording.named_interval(result), counts)), "; "),
        grade=result.grade,
        section=shown,
    )


def _own(material: Material, section: str, title: str, letter: str) -> list[Block]:
    blocks = told(material.prose, section, material.numbers, Numbering(letter))
    return [Heading(1, title, id=f"section-{section}"), *blocks] if blocks else []


def commented(material: Material, section: str, blocks: list[Block]) -> list[Block]:
    """Return a chapter with the authors' comment at its end, numbered on."""
    numbers = [b.number for b in blocks if isinstance(b, Paragraph) and b.number]
    chapter, _dot, last = (numbers[-1] if numbers else section).rpartition(".")
    say = Numbering(chapter, int(last) if last.isdigit() else 0)
    comment = told(material.prose, section, material.numbers, say, under=2)
    return [*blocks, *([Heading(2, _("Comment by the submitter")), *comment] if comment else [])]
