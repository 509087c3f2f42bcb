"""What authors write: `text/<section>.<language>.md` beside study.toml, in Markdown, with numbers by their ids.

Nothing here ever writes such a file: a new run brings new numbers into the same words (see `markdown.py`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dedupelab.errors import ConfigError, nearest
from dedupelab.publish.chapters.markdown import Say, addresses, blocks_of, unread
from dedupelab.publish.chapters.numbering import Numbering
from dedupelab.publish.chapters.own_pictures import Place
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.language.language import _, current, name_of
from dedupelab.publish.language.translations import ENGLISH
from dedupelab.publish.paper.document import Block, Emphasis, Paragraph

FOLDER = "text"
LARGEST = 200_000
"""Bytes of one text; a paper is not a book."""
ANSWER = "answer-"
SECTIONS = {
    "letter": "in the cover letter, after its first paragraph",
    "introduction": "a chapter of its own after page one",
    "answer-NUMBER": "under that question of consultation.toml, before the findings",
    "scope": "at the end of chapter 1, what was examined",
    "extent": "at the end of chapter 2, how many copies there are",
    "overlap": "at the end of chapter 3, who holds the same works",
    "whose": "at the end of chapter 4, whose picture it is",
    "ai": "at the end of chapter 5, pictures labelled as AI-made",
    "harm": "at the end of chapter 6, harm in money",
    "options": "at the end of chapter 7, options compared",
    "trend": "at the end of chapter 8, trend",
    "members": "a chapter of its own, members' experience, after chapter 8",
    "request": "a chapter of its own, what is asked for, after members' experience",
    "method": "at the end of chapter 9, how it was measured",
    "limitations": "at the end of chapter 10, strengths and limitations",
    "assurance": "at the end of chapter 11, assurance, interests and data",
}
"""What a text may be called, and where it appears."""
_NAME = re.compile(r"(?P<section>.+)\.(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\.md")


@dataclass(frozen=True)
class Written:
    """An author's text, and where its pictures may lie."""

    markdown: str
    place: Place | None = None

    @property
    def pictures(self) -> list[Path]:
        """Where its pictures would lie."""
        return [self.place.path(each) for each in addresses(self.markdown)] if self.place else []


Prose = Mapping[tuple[str, str], Written]
"""Texts by section and language."""


def read_prose(folder: Path, questions: Sequence[str] = (), collections: Sequence[Path] = ()) -> Prose:
    """Read the author's texts of a study; an empty mapping where there are none.

    Parameters
    ----------
    questions
        Numbers of the consultation's questions, which `answer-<number>` may name.
    collections
        Folders of collections: pictures of theirs are none of an author's.

    Raises
    ------
    ConfigError
        If a file is not called after a section and a language, answers a question that nobody asked, or cannot be read.
    """
    known = [*(name for name in SECTIONS if not name.startswith(ANSWER)), *(ANSWER + n for n in questions)]
    found = {}
    place = Place(folder / FOLDER, folder, tuple(collections))
    for file in sorted((folder / FOLDER).glob("*.md")):
        if file.name.startswith((".", "~")) or file.name.lower() == "readme.md":
            continue
        parts = _NAME.fullmatch(file.name)
        if parts is None:
            raise ConfigError(
                f"expected {FOLDER}/<section>.<language>.md, such as introduction.en.md, got {file.name}; rename it"
            )
        section = parts["section"]
        if section not in known:
            raise ConfigError(
                f"expected {FOLDER}/<section>.{parts['language']}.md with a section of {', '.join(known)}, "
                f"got {file.name}{nearest(section, known, 0.3) or '; rename it'}"
            )
        found[section, parts["language"]] = Written(_read(file), place)
    return found


def check_prose(prose: Prose, numbers: Numbers) -> None:
    """Refuse placeholders that name no number, before anything long is started; raises ReportError."""
    for (section, language), written in prose.items():
        name = f"{FOLDER}/{section}.{language}.md"
        blocks_of(written.markdown, numbers, Numbering(""), name=name, place=written.place)


def told(prose: Prose, section: str, numbers: Numbers, say: Say, *, under: int = 1) -> list[Block]:
    """Return an author's text on a section in the current language; nothing where nobody wrote any.

    `under` is the level of the heading that it stands under. A text that exists in another language only is set in that one, and says so.
    """
    language = current().tag
    written = {tag: text for (name, tag), text in prose.items() if name == section}
    if not written:
        return []
    tag = language if language in written else ENGLISH if ENGLISH in written else min(written)
    name, own = f"{FOLDER}/{section}.{tag}.md", written[tag]
    blocks = blocks_of(own.markdown, numbers, say, name=name, under=under, place=own.place)
    if tag != language:
        blocks.insert(
            0,
            Paragraph(
                [
                    Emphasis(
                        _(
                            "The text that follows has not been translated; it was written in {language}.",
                            language=name_of(tag),
                        )
                    )
                ]
            ),
        )
    return blocks


def as_typed(prose: Prose) -> list[str]:
    """Return what texts use that is printed as it was typed, or not at all, file by file."""
    found = {f"{FOLDER}/{s}.{tag}.md": unread(written.markdown) for (s, tag), written in prose.items()}
    return [
        f"not read as Markdown, so printed as typed or left out: {', '.join(kinds)} in {file}"
        for file, kinds in found.items()
        if kinds
    ]


def untranslated(prose: Prose, language: str) -> list[str]:
    """Return the files that an author has still to translate into a language."""
    sections = {section for section, _language in prose}
    return sorted(f"{section}.{language}.md" for section in sections if (section, language) not in prose)


def _read(file: Path) -> str:
    try:
        content = file.read_bytes()
        if len(content) > LARGEST:
            raise ConfigError(
                f"expected {FOLDER}/{file.name} of at most {LARGEST:,} bytes, got {len(content):,}; shorten it"
            )
        return content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(
            f"expected to read {FOLDER}/{file.name} as UTF-8, got: {problem}; save it as UTF-8"
        ) from problem
