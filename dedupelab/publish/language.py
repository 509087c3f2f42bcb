"""The language that is being written: messages from its catalogue, numbers, dates and lists in its way.

A language is one gettext file, `<BCP 47 tag>.po`, among the package's `locales` or in a folder of the variable
`DEDUPELAB_LOCALES`. The sources hold the English; what a catalogue lacks is shown in English with a mark.
"""

import gettext
import io
import os
import string
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal

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
        return _ENGLISH
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
            catalog = read_po(file, abort_invalid=True)
    except (OSError, ValueError, PoFileError) as problem:
        raise ConfigError(
            f"expected a gettext catalogue, got {path.name}: {problem}; mend the file"
        ) from problem
    compiled = io.BytesIO()
    # What is marked fuzzy is a guess of a tool: it counts as missing.
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - only a catalogue's first reader needs it

    write_mo(compiled, catalog)
    compiled.seek(0)
    ids = frozenset(
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalog
        if message.id and not message.fuzzy and all(_forms(message.string))
    )
    return Language(tag, _locale(tag), gettext.GNUTranslations(compiled), ids)


def _forms(translation: str | Sequence[str] | None) -> Sequence[str]:
    return [translation or ""] if isinstance(translation, str | None) else translation


def _locale(tag: str) -> Locale:
    """Return the customs of the nearest language that Babel knows: those of `de` for `de-XX`."""
    parts = tag.split("-")
    while parts:
        try:
            return Locale.parse("-".join(parts), sep="-")
        except (UnknownLocaleError, ValueError):
            parts.pop()
    return Locale("en", "GB")


_ENGLISH = Language(ENGLISH, Locale("en", "GB"))
_CURRENT: ContextVar[Language] = ContextVar("language", default=_ENGLISH)


@contextmanager
def speaking(tag: str) -> Iterator[Language]:
    """Write in a language within this block, and in the former one after it.

    >>> with speaking("zh-Hant-HK"):
    ...     _("Contents")
    '目錄'
    """
    language = language_of(tag)
    token = _CURRENT.set(language)
    try:
        yield language
    finally:
        _CURRENT.reset(token)


def current() -> Language:
    """Return the language that is being written."""
    return _CURRENT.get()


def N_(message: str, /) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a message to be translated where it is shown: `_(CONSTANT)`."""
    return message


def _(message: str, /, **values: object) -> str:
    """Return a message in the current language with its values filled in.

    Placeholders are those of `str.format`; numbers with a format (`{share:,.1f}`) are written in the language's way.

    >>> _("{count:,.0f} pictures of {holder}", count=12345, holder="the archive")
    '12,345 pictures of the archive'
    """
    language = current()
    if language.messages is None:
        return _filled(message, values, language)
    if message not in language.ids:
        return unwritten(_filled(message, values, _ENGLISH))
    return _filled(language.messages.gettext(message), values, language)


def plural(one: str, many: str, count: float, /, **values: object) -> str:
    """Return the message for a count, which it may show as `{count}`, in the form that the language wants.

    >>> plural("{count:,} collection", "{count:,} collections", 4)
    '4 collections'
    """
    language = current()
    whole = int(count) if count == int(count) else 2
    values = {"count": count} | values
    english = one if whole == 1 else many
    if language.messages is None:
        return _filled(english, values, language)
    if one not in language.ids:
        return unwritten(_filled(english, values, _ENGLISH))
    return _filled(language.messages.ngettext(one, many, whole), values, language)


def unwritten(text: str, source: str = "English") -> str:
    """Return a text that is not in the current language with the mark that says so, in that language."""
    language = current()
    if language.messages is None or not text:
        return text
    mark = f"[original in {source}]"
    return f"{text} {language.messages.gettext(mark)}"


def number(value: float, form: str = ",.0f") -> str:
    """Return a number in the current language's way; `form` is Python's (`,.1f`, `.0%`).

    >>> number(12345.678, ",.1f")
    '12,345.7'
    """
    return _number(value, form, current())


def day(moment: date) -> str:
    """Return a date as it stands below a title.

    >>> day(date(2026, 11, 2))
    '2 November 2026'
    """
    return str(format_date(moment, "long", locale=current().locale))


def joined(items: Iterable[str], between: str = ", ") -> str:
    """Return items with the language's comma or semicolon between them; `between` is `, ` or `; `.

    >>> joined(["a", "b"])
    'a, b'
    """
    marks = {", ": N_(", "), "; ": N_("; ")}
    return _(marks[between]).join(items)


def _number(value: float, form: str, language: Language) -> str:
    """Round as Python does, then group and point as the language does."""
    plain = format(value, form)
    if language.messages is None or not any(c.isdigit() for c in plain):
        return plain
    tail = "%" if plain.endswith("%") else ""
    digits = plain.removesuffix("%").replace(",", "")
    places = len(digits.partition(".")[2])
    pattern = ("#,##0" if "," in plain or "," in form else "0") + ("." + "0" * places if places else "")
    sign = "+" if digits.startswith("+") else ""
    return sign + str(format_decimal(Decimal(digits), format=pattern, locale=language.locale)) + tail


def _filled(message: str, values: Mapping[str, object], language: Language) -> str:
    """Fill a message's placeholders; where words are unspaced, set a space only between Chinese and other letters."""
    if not values:
        return message
    parts: list[str] = []
    for literal, name, form, conversion in _FORMATTER.parse(message):
        _append(parts, literal, language)
        if name is None:
            continue
        value, _used = _FORMATTER.get_field(name, (), values)
        value = _FORMATTER.convert_field(value, conversion)
        numeric = isinstance(value, int | float) or hasattr(value, "__float__")
        text = _number(float(value) if not isinstance(value, int) else value, form, language) if form and numeric else format(value, form or "")  # fmt: skip
        _append(parts, text, language)
    return "".join(parts)


def _append(parts: list[str], text: str, language: Language) -> None:
    """Add text at a seam; only the seam changes, never what stands inside a stranger's words."""
    if not text:
        return
    before = parts[-1] if parts else ""
    if language.unspaced and before:
        left, right = before.rstrip(" "), text.lstrip(" ")
        spaced = left != before or right != text
        if left and right and _han(left[-1]) and _han(right[0]):
            parts[-1], text = left, right
        elif left and right and not spaced and _seam(left[-1], right[0]):
            text = " " + text
    parts.append(text)


def _seam(left: str, right: str) -> bool:
    return (_letter(left) and _western(right)) or (_western(left) and _letter(right))


def _han(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _letter(character: str) -> bool:
    return _han(character) and character.isalpha()


def _western(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in "%$#")


_FORMATTER: Any = string.Formatter()
