"""The language that is being written: messages from its catalogue, numbers, dates and lists in its way.

A language is one gettext file, `<BCP 47 tag>.po`, among the package's `locales` or in a folder of the variable
`DEDUPELAB_LOCALES`. The sources hold the English; what a catalogue lacks is shown in English with a mark.
"""

import re
import string
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from dedupelab.numbers.messages import N_, PERCENT, QUOTED, Message, Value
from dedupelab.publish.language.names import COLUMNS, CRITERIA, INPUTS
from dedupelab.publish.language.said import Figure, cut, number_of, together
from dedupelab.publish.language.translations import ENGLISH_OF_THE_SOURCES, Language, language_of

_CURRENT: ContextVar[Language] = ContextVar("language", default=ENGLISH_OF_THE_SOURCES)
_MARKED: ContextVar[bool] = ContextVar("marked", default=True)
_OWN: ContextVar[Mapping[str, str]] = ContextVar("own", default=MappingProxyType({}))


@contextmanager
def speaking(tag: str, own: Mapping[str, str] = MappingProxyType({})) -> Iterator[Language]:
    """Write in a language within this block, and in the former one after it.

    `own` are the author's names and words, as the study gives them, with what they are in this language.

    >>> with speaking("zh-Hant-HK"):
    ...     _("Contents")
    '目錄'
    """
    language = language_of(tag)
    token, before = _CURRENT.set(language), _OWN.set(own)
    try:
        yield language
    finally:
        _CURRENT.reset(token)
        _OWN.reset(before)


@contextmanager
def unmarked() -> Iterator[None]:
    """Leave authors' own words without a mark within this block: for tables whose note says once that they stand as written."""
    token = _MARKED.set(False)
    try:
        yield
    finally:
        _MARKED.reset(token)


def current() -> Language:
    """Return the language that is being written."""
    return _CURRENT.get()


def _(message: str, /, **values: object) -> str:
    """Return a message in the current language with its values filled in.

    Placeholders are those of `str.format`; numbers with a format (`{share:,.1f}`) are written in the language's way.

    >>> _("{count:,.0f} pictures of {holder}", count=12345, holder="the archive")
    '12,345 pictures of the archive'
    """
    return _written(message, values)


def _written(message: str, values: Mapping[str, object], part: Callable[[str], str] = str) -> str:
    """Fill a message in the current language, or `part` of what it is there."""
    language = current()
    if language.messages is None:
        return _filled(message, values, language)
    if message not in language.ids:
        return unwritten(_filled(message, values, ENGLISH_OF_THE_SOURCES))
    return _filled(part(language.messages.gettext(message)), values, language)


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
        return unwritten(_filled(english, values, ENGLISH_OF_THE_SOURCES))
    return _filled(language.messages.ngettext(one, many, whole), values, language)


def pieces(message: str, /, **values: Any) -> list[Any]:  # noqa: ANN401 - runs of a document, which lies above
    """Return a message as runs: values that are neither text nor numbers, such as references, stay what they are.

    >>> pieces("{figure} shows {count} lines.", figure=["any run"], count=2)
    [['any run'], ' shows 2 lines.']
    """
    marks = {
        name: f"\ue000{name}\ue001"
        for name, value in values.items()
        if not isinstance(value, str | int | float)
    }
    filled, found, place = _(message, **{**values, **marks}), list[Any](), 0
    for mark in re.finditer("\ue000(.*?)\ue001", filled):
        found += [cut(filled, place, mark.start()), values[mark[1]]]
        place = mark.end()
    return [part for part in (*found, cut(filled, place, len(filled))) if part != ""]


def unwritten(text: str, source: str = "English") -> str:
    """Return a text that is not in the current language with the mark that says so, in that language."""
    language = current()
    marks = {"English": N_("[original in English]"), "Chinese": N_("[original in Chinese]")}
    mark = marks[source] if language.messages is None else language.messages.gettext(marks[source])
    return together([text, " ", mark])


def called(name: str) -> str:
    """Return what the author calls something in the current language; as the study gives it where nobody said.

    >>> with speaking("zh-Hant-HK", {"Voluntary code": "自願守則"}):
    ...     called("Voluntary code"), called("Portal mandate")
    ('自願守則', 'Portal mandate')
    """
    return _OWN.get().get(name, name)


def original(text: str) -> str:
    """Return the author's own words in the current language, marked where they are evidently in another one.

    Codes and names of settings, such as HKD and harm.days_stalled, belong to no language.

    >>> original("甲方的說法")
    '甲方的說法 [original in Chinese]'
    """
    if text in _OWN.get():
        return called(text)
    chinese = any(_letter(c) for c in text)
    names = not any(c.islower() for c in text) or (" " not in text and not text.isalpha())
    if current().unspaced == chinese or (names and not chinese) or not _MARKED.get():
        return text
    return unwritten(text, "Chinese" if chinese else "English")


def told(text: Message) -> str:
    """Return a message in the current language; somebody's own words stay what they are.

    >>> told(Message("Surplus copies within {holder}", (("holder", "the archive"),)))
    'Surplus copies within the archive'
    """
    if current().messages is None and not _OWN.get():
        return str(text)
    if text.id == QUOTED and current().messages is not None:
        return original(str(text))
    return _written(text.id, _said(text), _plain) if text else ""


def counted(text: Message) -> str:
    """Return what is counted, as it stands after a number: in Chinese with the measure word that belongs to it.

    Translations set the measure word before a bar ("幅|圖像"), which `told` drops.

    >>> counted(Message("pairs"))
    'pairs'
    """
    if current().messages is None or text.id == QUOTED:
        return told(text)
    if text.id in _OWN.get():
        return called(text.id)
    after = f"# {text.id}"
    found = _(after if after in current().ids else text.id, **_said(text))
    measure, bar, things = found.partition(_BAR)
    return _("{first} {second}", first=measure, second=things) if bar else found


def word(name: str) -> str:
    """Return a word out of a list of names in the current language; one that is in none stays as it was written.

    >>> word("near-identical"), word("storage_price"), word("lineage-root")
    ('near-identical', 'storage price', 'lineage root')
    """
    language = current()
    if language.messages is None or not name:
        return name.replace("_", " ").replace("-", " ") if name in {*INPUTS, *CRITERIA, *COLUMNS} else name
    return _plain(_(name)) if name in language.ids else original(name)


def _said(text: Message) -> dict[str, object]:
    return {name: _value(value) for name, value in text.values}


def _value(value: Value) -> object:
    return told(value) if isinstance(value, Message) else called(value) if isinstance(value, str) else value


def _plain(text: str) -> str:
    return text.partition(_BAR)[2] or text


def number(value: float, form: str = ",.0f") -> str:
    """Return a number in the current language's way; `form` is Python's (`,.1f`, `.0%`).

    >>> number(12345.678, ",.1f")
    '12,345.7'
    """
    return _figure(value, form, current())


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
    mark = _(marks[between])
    return together(part for place, item in enumerate(items) for part in ([mark, item] if place else [item]))


def listed(items: Iterable[str]) -> str:
    """Return items as a sentence lists them.

    >>> listed(["creator", "credit", "date"])
    'creator, credit and date'
    """
    return str(format_list(list(items), locale=current().locale))


def capital(text: str) -> str:
    """Return the text with a capital at its start."""
    return text[:1].upper() + text[1:]


def name_of(tag: str) -> str:
    """Return what the current language calls a language; a tag that nobody has named stays a tag.

    >>> name_of("fr")
    'French'
    """
    try:
        return Locale.parse(tag, sep="-").get_display_name(current().locale) or tag
    except (UnknownLocaleError, ValueError):
        return tag


def document_tag() -> str:
    """Return the tag that a document in the current language bears."""
    return "en-GB" if current().messages is None else current().tag


def _figure(value: float, form: str, language: Language) -> str:
    """Write a number, known by its id where it has one."""
    text = _number(value, form, language)
    return number_of(text, value.result) if isinstance(value, Figure) else text


def _number(value: float, form: str, language: Language) -> str:
    """Round as Python does, then group and point as the language does."""
    plain = format(value, form)
    if plain.startswith("-"):
        # What rounds to nothing has no sign.
        return "\u2212" * any(c in "123456789" for c in plain) + _number(-value, form, language)
    tail = PERCENT if plain.endswith("%") else ""
    plain = plain.removesuffix("%")
    if language.messages is None or not any(c.isdigit() for c in plain):
        return plain + tail
    digits = plain.replace(",", "")
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
        if form and numeric:
            text = _figure(value, form, language)
        else:
            text = format(value, form) if form or not isinstance(value, str) else value
        _append(parts, text, language)
    return together(parts)


def _append(parts: list[str], text: str, language: Language) -> None:
    """Add text at a seam; only the seam changes, never what stands inside a stranger's words."""
    if not text:
        return
    before = parts[-1] if parts else ""
    if language.unspaced and before and not text.strip(" "):
        # A space alone between two placeholders belongs to what stands before it, so that the next seam can lose it.
        parts[-1] = together([before, text])
        return
    if language.unspaced and before:
        left, right = before.rstrip(" "), text.lstrip(" ")
        spaced = left != before or right != text
        if left and right and _han(left[-1]) and _han(right[0]):
            parts[-1] = cut(before, 0, len(left))
            text = cut(text, len(text) - len(right), len(text))
        elif left and right and not spaced and _seam(left[-1], right[0]):
            text = together([" ", text])
    parts.append(text)


def _seam(left: str, right: str) -> bool:
    return (_letter(left) and _western(right)) or (_western(left) and _letter(right))


def _han(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _letter(character: str) -> bool:
    return _han(character) and character.isalpha()


def _western(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in "%$#()")


_BAR = "|"
_FORMATTER: Any = string.Formatter()
