"""Which languages there are: one gettext file each, `<BCP 47 tag>.po`, read when it is asked for."""

import gettext
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from dedupelab.errors import ConfigError

ENGLISH = "en"
FOLDERS = "DEDUPELAB_LOCALES"
"""Environment variable: folders with further catalogues, separated as in PATH."""
_UNSPACED = {"Hans", "Hant", "Jpan"}
"""Scripts that put no spaces between words."""


@dataclass(frozen=True)
class Language:
    """A language's tag, its customs, and its messages; without messages it is the English of the sources."""

    tag: str
    locale: Locale
    messages: gettext.NullTranslations | None = None
    ids: frozenset[str] = frozenset()
    characters: frozenset[str] = frozenset()
    """What its messages are written with: without these its paper cannot be printed."""

    @property
    def unspaced(self) -> bool:
        """Whether words follow each other without spaces."""
        return (self.locale.script or "") in _UNSPACED or self.locale.language in {"zh", "ja"}


def languages() -> dict[str, Path]:
    """Return the catalogues that can be found, by tag; English, which needs none, is not among them."""
    own = Path(str(files("dedupelab.publish").joinpath("locales")))
    others = [Path(folder) for folder in os.environ.get(FOLDERS, "").split(os.pathsep) if folder]
    return {path.stem: path for folder in (own, *others) for path in sorted(folder.glob("*.po"))}


def language_of(tag: str) -> Language:
    """Read the catalogue of a language.

    Raises
    ------
    ConfigError
        If there is no such catalogue, or it cannot be read.
    """
    if tag == ENGLISH:
        return ENGLISH_OF_THE_SOURCES
    found = languages()
    if tag not in found:
        raise ConfigError(
            f"expected a language of {', '.join([ENGLISH, *found])}, got {tag!r}; "
            f"choose one, or put {tag}.po into a folder that {FOLDERS} names"
        )
    return _read(tag, found[tag], found[tag].stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read(tag: str, path: Path, _changed: int) -> Language:
    try:
        with path.open("rb") as file:
            catalog = read_po(file, locale=locale_of(tag), abort_invalid=True)
    except (OSError, ValueError, PoFileError) as problem:
        raise ConfigError(
            f"expected a gettext catalogue, got {path.name}: {problem}; mend the file"
        ) from problem
    compiled = io.BytesIO()
    # What is marked fuzzy is a guess of a tool: it counts as missing.
    write_mo(compiled, catalog)
    compiled.seek(0)
    ids = frozenset(
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalog
        if message.id and not message.fuzzy and all(_forms(message.string))
    )
    written = frozenset("".join(form for m in catalog if m.id for form in _forms(m.string)))
    return Language(tag, locale_of(tag), gettext.GNUTranslations(compiled), ids, written)


def _forms(translation: str | Sequence[str] | None) -> Sequence[str]:
    return [translation or ""] if isinstance(translation, str | None) else translation


def locale_of(tag: str) -> Locale:
    """Return the customs of the nearest language that Babel knows: those of `de` for `de-XX`."""
    parts = tag.split("-")
    while parts:
        try:
            return Locale.parse("-".join(parts), sep="-")
        except (UnknownLocaleError, ValueError):
            parts.pop()
    return Locale("en", "GB")


ENGLISH_OF_THE_SOURCES = Language(ENGLISH, Locale("en", "GB"))
"""What is written where nothing else is asked for."""
