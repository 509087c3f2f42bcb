"""What people bring to a run beside pictures: texts and questions, held against the study's numbers before anything long starts."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from dedupelab.errors import ConfigError, nearest
from dedupelab.publish.chapters import prose
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.language.language import called, current, original, speaking
from dedupelab.publish.language.translations import Language, language_of
from dedupelab.settings.consultation import Consultation
from dedupelab.study.study import Study


def check_languages(study: Study, languages: Iterable[str]) -> None:
    """Refuse, before any work, a profile that is wrong in a language of the papers, or that gives texts in one that there is not.

    Raises
    ------
    ConfigError
        Naming the languages that there are.
    """
    for tag in languages:
        study.profile.spoken(tag)
    for tag in study.profile.languages:
        try:
            language_of(tag)
        except ConfigError as problem:
            raise ConfigError(f"consultation.toml: {problem}") from problem


def in_words_of(study: Study, tag: str) -> AbstractContextManager[Language]:
    """Write in a language, with what the study's author calls things in it."""
    own = study.config.report.texts.get(tag)
    return speaking(tag, own.words if own else {})


def texts(study: Study) -> prose.Prose:
    """Return what authors wrote; raises ConfigError where a file answers a question that nobody asked."""
    asked = study.consultation.question if study.consultation else ()
    collections = [Path(where) for where in study.execution.locations.values() if "://" not in where]
    return prose.read_prose(study.folder, [question.number for question in asked], collections)


def brought(study: Study) -> tuple[Consultation | None, prose.Prose, tuple[str, ...]]:
    """Return what a paper's material takes from people: the profile, their texts, and what they are told is incomplete."""
    return study.profile.spoken(current().tag), texts(study), tuple(study.incomplete())


def check_findings(study: Study, numbers: Numbers) -> None:
    """Refuse, before anything long is started, texts, questions and redactions that name a number or a file there is not.

    Raises
    ------
    ReportError, ConfigError
        Naming the nearest id or file.
    """
    prose.check_prose(texts(study), numbers)
    study.redactions()
    for name in study.config.report.main_points:
        if numbers.get(name) is None:
            raise ConfigError(
                f"study.toml: report.main_points: expected ids of numbers, got {name!r}"
                f"{nearest(name, numbers.results) or '; see results.json for the ids'}"
            )
    for question in study.consultation.question if study.consultation else ():
        for name in question.findings:
            if numbers.get(name) is None:
                raise ConfigError(
                    f"consultation.toml: expected ids of numbers for question {question.number}, got {name!r}"
                    f"{nearest(name, numbers.results) or '; see results.json for the ids'}"
                )


def remarks(study: Study, languages: tuple[str, ...], moment: datetime) -> list[str]:
    """Return what the submitter must be told: a deadline that has passed, texts without translation, main points without a value."""
    said = [
        f"not translated, so shown in another language: text/{name}"
        for language in languages
        for name in prose.untranslated(texts(study), language)
    ]
    said += [
        f"not translated into {language}, so shown in another language: {place} in consultation.toml"
        for language in languages
        for place in study.profile.untranslated(language)
    ]
    for language in languages:
        with in_words_of(study, language):
            said += [
                f"not translated into {language}, so shown as given: option {option.name} in study.toml"
                for option in study.config.scenarios.option
                if original(option.name) != called(option.name)
            ]
    said += prose.as_typed(texts(study))
    lacking = {r.id for r in study.results() if not r.estimated}
    said += [
        f"not on page one, as it was not estimated: {name}, of report.main_points in study.toml"
        for name in study.config.report.main_points
        if name in lacking
    ]
    profile = study.consultation
    if profile is not None and profile.overdue(moment.date()):
        said.append(f"the deadline in consultation.toml, {profile.consultation.deadline}, has passed")
    return said
