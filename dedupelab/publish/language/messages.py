"""Every message of the paper, gathered from the sources; makes a catalogue for a new language and brings old ones up to date.

    python -m dedupelab.publish.language.messages de.po

A message that is new has no translation yet, one that is not used any more is dropped, nothing is guessed.
"""

import sys
from functools import cache
from importlib.resources import files
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from dedupelab.publish.language.translations import locale_of

KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "N_": None,
    "message": None,
    "pieces": None,
    "plural": (1, 2),
    "says": None,
}
"""The functions whose first texts are messages."""


@cache
def messages() -> Catalog:
    """Return the messages of the sources, without translations, in the order of files and lines."""
    place = Path(str(files("dedupelab").joinpath("")))
    found = Catalog(charset="utf-8", header_comment="")
    sources = extract_from_dir(place, [("**.py", "python")], keywords=KEYWORDS, comment_tags=())
    for name, _line, message, _comments, _context in sorted(sources, key=lambda each: (each[0], each[1])):
        found.add(message, locations=[(name, 0)])
    return found


def update(path: Path) -> list[str]:
    """Write a catalogue with today's messages and the translations that it had; return what is not translated.

    The name of the file, without `.po`, is the tag of the language.
    """
    locale = locale_of(path.stem)
    translated = Catalog(locale=locale, charset="utf-8", header_comment="", fuzzy=False, project="dedupelab")
    before = Catalog(locale=locale)
    if path.exists():
        with path.open("rb") as file:
            before = read_po(file, locale=locale)
    for message in messages():
        if message.id:
            known = before.get(message.id if isinstance(message.id, str) else message.id[0])
            kept = known.string if known is not None and known.id == message.id and not known.fuzzy else None
            translated.add(message.id, kept, locations=message.locations)
    with path.open("wb") as file:
        write_po(file, translated, width=0, include_lineno=False, omit_header=False, ignore_obsolete=True)
    _without_dates(path)
    return [str(message.id) for message in translated if message.id and not all(_forms(message.string))]


def _forms(translation: object) -> tuple[str, ...]:
    return tuple(translation) if isinstance(translation, tuple | list) else (str(translation or ""),)


def _without_dates(path: Path) -> None:
    """Leave out what changes with every run or says nothing, so that a difference is a translation."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    idle = (
        '"POT-Creation-Date',
        '"PO-Revision-Date',
        '"Last-Translator',
        '"Language-Team',
        '"Generated-By',
        '"Report-Msgid',
    )
    path.write_text("".join(line for line in lines if not line.startswith(idle)), encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Bring the catalogues that are named up to date, else all of the package."""
    own = Path(str(files("dedupelab.publish").joinpath("locales")))
    for path in map(Path, arguments) if arguments else sorted(own.glob("*.po")):
        missing = update(path)
        sys.stdout.write(f"{path.name}: {len(missing)} messages without a translation\n")


if __name__ == "__main__":
    main(sys.argv[1:])
