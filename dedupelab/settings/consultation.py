"""What a study is handed in to: `consultation.toml` beside `study.toml`, for any consultation of any jurisdiction.

Who asks what, until when; who answers, for whom, paid by whom; who computed and who checked. Nothing of it is known to the
package: without the file, or with a file in which every line is a comment, the paper is written for nobody in particular.

Any text may be given once for each language, `text = { en = "...", zh-Hant-HK = "..." }`; nothing is translated by machine.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from dedupelab.errors import ConfigError
from dedupelab.settings.sections import LANGUAGE, Section
from dedupelab.settings.study_toml import checked, read_toml

FILE = "consultation.toml"
NUMBER = re.compile(r"\w[\w.()-]{0,19}")
"""What a question may be called: it also names a file of the author's text."""
ENGLISH = "en"
"""The language whose text is taken where one is missing, before any other."""
LINE, TEXT, MANY = 300, 5_000, 200
Line = Annotated[str, Field(max_length=LINE)]
Words = Annotated[str, Field(max_length=TEXT)]


def _day(value: object) -> object:
    """Take a day as TOML writes it, or as text; an empty text is none."""
    if value in ("", None):
        return None
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError as problem:
        raise ValueError("expected a day such as 2026-03-31; correct it") from problem


Day = Annotated[date | None, BeforeValidator(_day)]


class _Part(Section):
    """A section of the profile; spaces around a text are none of it."""

    model_config = ConfigDict(str_strip_whitespace=True)


class ConsultationSection(_Part):
    """Who asks."""

    name: str = Field(min_length=1, max_length=LINE, description="name of the consultation")
    reference: Line = Field("", description="its reference or file number")
    jurisdiction: Line = Field("", description="country or region")
    recipient: tuple[Line, ...] = Field((), max_length=20, description="who receives it, line by line")
    deadline: Day = Field(None, description="last day, such as 2026-03-31")
    source: Line = Field("", description="where the consultation is published")

    @field_validator("recipient", mode="before")
    @classmethod
    def _is_lines(cls, value: object) -> object:
        return tuple(value.splitlines()) if isinstance(value, str) else value


class QuestionSection(_Part):
    """One question, and which numbers of the study bear on it."""

    number: str = Field(description="as the consultation numbers it, such as 3 or 2(a)")
    text: Words = Field("", description="the question's own words")
    findings: tuple[Line, ...] = Field(
        (), max_length=MANY, description="ids of numbers that bear on it, such as M1"
    )

    @field_validator("number", mode="before")
    @classmethod
    def _is_number(cls, value: object) -> object:
        number = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else value
        if isinstance(number, str) and not NUMBER.fullmatch(number):
            raise ValueError("expected up to 20 letters, digits, dots, hyphens and brackets, such as 2(a)")
        return number


class SubmissionSection(_Part):
    """Who answers, and what may become of the answer."""

    submitter: Line = Field("", description="who hands it in; as in study.toml when empty")
    members: tuple[Line, ...] = Field((), max_length=MANY, description="members represented")
    members_asked: Annotated[int, Field(ge=0)] | None = Field(None, description="members asked to take part")
    confidentiality: Literal["publish", "publish-anonymised", "confidential-annex", "confidential"] = Field(
        "publish", description="what the recipient may make public"
    )
    contact: Line = Field("", description="whom to ask")
    signatory: Line = Field("", description="who signs the letter")
    salutation: Line = Field("", description="how the letter begins; a plain one when empty")


class InterestsSection(_Part):
    """Who paid, and who gains."""

    funding: Words = Field("", description="who paid for the study")
    interests: Words = Field("", description="who owns the collections, and stakes in the outcome")


class AssuranceSection(_Part):
    """Who computed, and who checked."""

    analyst: Line = Field("", description="who computed the numbers")
    assurer: Line = Field("", description="who checked them: somebody else")
    statement: Words = Field("", description="what the assurer checked, and what remains open")
    day: Day = Field(None, description="when it was checked")
    registered: Words = Field(
        "", description="whether threshold and criteria were set down before counting, and where"
    )

    @property
    def by_another(self) -> bool:
        """Whether both are named, and are not one person."""
        return bool(self.analyst and self.assurer) and _folded(self.analyst) != _folded(self.assurer)


class DataSection(_Part):
    """What others may have."""

    available: Words = Field("", description="what is available, and to whom")
    withheld: Words = Field("", description="what is not, and why")


class AffectedGroup(_Part):
    """One kind of business that the matter concerns."""

    name: str = Field(min_length=1, max_length=LINE, description="kind of business")
    how: Words = Field("", description="how it is affected")
    businesses: Annotated[int, Field(ge=0)] | None = Field(None, description="how many there are")
    size: Line = Field("", description="their size, such as 1 to 49 employees")
    share_of_harm: Line = Field("", description="their share of the harm")
    source: Line = Field("", description="where the figures come from")


class AffectedSection(_Part):
    """Which businesses the matter concerns, and what small and medium ones say."""

    group: tuple[AffectedGroup, ...] = Field((), max_length=MANY, description="kinds of business")
    smes: Words = Field("", description="views of small and medium enterprises")


class UnmetStandard(_Part):
    """A standard of evidence that could not be met."""

    standard: str = Field(min_length=1, max_length=LINE, description="which")
    reason: str = Field(min_length=1, max_length=TEXT, description="why not")


class LimitsSection(_Part):
    """What speaks against the paper's own case."""

    not_shown: tuple[Words, ...] = Field((), max_length=MANY, description="what this study does not show")
    contrary: tuple[Words, ...] = Field(
        (), max_length=MANY, description="findings that speak against the case made"
    )
    unmet: tuple[UnmetStandard, ...] = Field((), max_length=MANY, description="standards not met, and why")


class Consultation(_Part):
    """The whole of consultation.toml."""

    consultation: ConsultationSection
    question: tuple[QuestionSection, ...] = Field((), max_length=MANY)
    submission: SubmissionSection = SubmissionSection()
    interests: InterestsSection = InterestsSection()
    assurance: AssuranceSection = AssuranceSection()
    data: DataSection = DataSection()
    affected: AffectedSection = AffectedSection()
    limits: LimitsSection = LimitsSection()

    @model_validator(mode="after")
    def _numbers_differ(self) -> "Consultation":
        numbers = [question.number for question in self.question]
        for number in numbers:
            if numbers.count(number) > 1:
                raise ValueError(
                    f"expected questions with different numbers, got {number!r} {numbers.count(number)} times; renumber one"
                )
        return self

    def questions_of(self, finding: str) -> tuple[str, ...]:
        """Return the numbers of the questions that a finding bears on."""
        return tuple(question.number for question in self.question if finding in question.findings)

    def overdue(self, today: date) -> bool:
        """Whether the deadline has passed."""
        return self.consultation.deadline is not None and today > self.consultation.deadline


@dataclass(frozen=True)
class Profile:
    """What consultation.toml says, in every language that it says it in."""

    settings: Mapping[str, Any]

    def spoken(self, language: str) -> Consultation | None:
        """Return the profile in a language; None where there is none, or nothing but comments.

        Raises
        ------
        ConfigError
            With one line: which setting, what was expected, what was got, and the nearest valid name for an unknown one.
        """
        return parse_consultation(self.settings, language) if self.settings else None

    @property
    def languages(self) -> list[str]:
        """The tags that texts are given under."""
        return sorted({tag for _place, texts in _by_language(self.settings, Consultation) for tag in texts})

    def untranslated(self, language: str) -> list[str]:
        """Return the settings that are given by language, but not in this one."""
        return [place for place, texts in _by_language(self.settings, Consultation) if language not in texts]


def load_profile(folder: Path) -> Profile:
    """Read a study's profile; an empty one where there is no file. Raises ConfigError where it is no TOML."""
    return Profile(read_toml(folder / FILE) or {})


def parse_consultation(settings: Mapping[str, Any], language: str = ENGLISH) -> Consultation:
    """Check a profile that is already a mapping, in one language; raises ConfigError like `Profile.spoken`."""
    return checked(_spoken(settings, language, Consultation), Consultation, FILE)


def _part(model: type[BaseModel] | None, name: str) -> type[_Part] | None:
    """Return the section that a setting holds, alone or several times; None for a text, a number or a name that is not known."""
    found = model.model_fields.get(name) if model else None
    annotation = found.annotation if found else None
    kinds = (annotation, *get_args(annotation))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, _Part)), None)


def _by_language(
    value: object, part: type[BaseModel] | None, place: str = ""
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every table that gives a text by language, with its place."""
    if isinstance(value, list):
        for number, each in enumerate(value, 1):
            yield from _by_language(each, part, f"{place}[{number}]")
    elif isinstance(value, Mapping) and part is None:
        yield place, value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _by_language(each, _part(part, name), f"{place}.{name}".lstrip("."))


def _spoken(value: Any, language: str, part: type[BaseModel] | None, place: str = "") -> Any:  # noqa: ANN401  whatever TOML can say
    """Return settings with one language's text in the place of each table of texts: else English, else the first."""
    if isinstance(value, list):
        return [_spoken(each, language, part, f"{place}[{number}]") for number, each in enumerate(value, 1)]
    if not isinstance(value, Mapping):
        return value
    if part is not None:
        # Names that are not known stay as they are, for the check of the whole to refuse.
        known = part.model_fields
        return {
            name: _spoken(each, language, _part(part, name), f"{place}.{name}".lstrip("."))
            if name in known
            else each
            for name, each in value.items()
        }
    if not value or not all(LANGUAGE.fullmatch(tag) for tag in value):
        raise ConfigError(
            f'{FILE}: {place}: expected a text, or one for each language as in {{ en = "...", zh-Hant-HK = "..." }}, '
            f"got a table with {', '.join(value) or 'nothing in it'}; correct it"
        )
    return value.get(language) or value.get(ENGLISH) or next(iter(value.values()))


def _folded(name: str) -> str:
    """Return a name without what does not make it another's: case, width, spaces and full stops."""
    return re.sub(r"[\s.]+", "", unicodedata.normalize("NFKC", name).casefold())


STARTER = """\
# What the study is handed in to. Take the # away before the lines that you need; with comments alone, the paper answers nobody.
# Your own words go into text/<section>.<language>.md, such as text/introduction.en.md, with figures by their ids: {M1}.
# Sections: letter, introduction, answer-<number of a question>, members, request, and at the end of chapters 1 to 11: scope,
# extent, overlap, whose, ai, harm, options, trend, method, limitations, assurance.
# Any text here can be given in several languages: text = { en = "How many?", zh-Hant-HK = "有多少？" }. What a language lacks is
# shown in another one with a mark, and the report names it.

# [consultation]
# name = ""            # required
# reference = ""
# jurisdiction = ""
# recipient = ["", ""] # line by line, as on an envelope
# deadline = 2026-12-31
# source = ""          # where it is published

# [[question]]         # one for each question
# number = 1           # as the consultation numbers it; "2(a)" in quotes
# text = ""
# findings = ["M1"]    # ids of numbers that bear on it; results.json of a run has them all

# [submission]
# submitter = ""
# members = []         # members represented
# members_asked = 0    # how many were asked to take part
# confidentiality = "publish"  # or "publish-anonymised", "confidential-annex", "confidential"
# contact = ""
# signatory = ""

# [interests]
# funding = ""         # who paid
# interests = ""       # who owns the collections, and stakes in the outcome

# [assurance]
# analyst = ""         # who computed the numbers
# assurer = ""         # who checked them: somebody else
# statement = ""       # what was checked, and what remains open
# day = 2026-12-01
# registered = ""      # whether threshold and criteria were set down before counting, and where

# [data]
# available = ""       # what is available, and to whom
# withheld = ""        # what is not, and why

# [affected]
# smes = ""            # views of small and medium enterprises
# [[affected.group]]   # one for each kind of business
# name = ""
# how = ""             # how it is affected
# businesses = 0
# size = ""
# share_of_harm = ""
# source = ""

# [limits]
# not_shown = []       # what the study does not show, beside what every paper says
# contrary = []        # findings that speak against the case made
# [[limits.unmet]]     # a standard that could not be met
# standard = ""
# reason = ""
"""
"""A commented profile, as `dedupelab init` writes it; nothing of it counts until a # is taken away."""
