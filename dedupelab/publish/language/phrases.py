"""Texts of results.json in the language of the paper: results are written once, in English, and told in any language.

A result's label, unit, caveat or method is matched with the messages of the phrase modules; what a placeholder matched
is told in turn, so that "Conflicting {field}" finds the word for each field. Names of holders match nothing and stay.
"""

import re
import string
from functools import lru_cache

from dedupelab.publish.language.language import _ as translate
from dedupelab.publish.language.language import current, joined, original
from dedupelab.publish.language.phrases_found import FOUND
from dedupelab.publish.language.phrases_money import MONEY
from dedupelab.publish.language.phrases_ways import WAYS

PHRASES = (*FOUND, *WAYS, *MONEY)
_DEPTH = 4
_BAR = "|"
_VERBATIM = frozenset({"name", "setting", "holder", "one", "other", "option", "lines"})
"""Placeholders for names, which are never translated."""


def said(text: str) -> str:
    """Return a text of results.json in the current language; what has no translation is marked as the original.

    >>> said("Surplus copies within the archive")
    'Surplus copies within the archive'
    """
    language = current()
    if language.messages is None or not text:
        return text
    if (found := _told(text)) is not None:
        return _plain(found)
    parts = text.split("; ")
    if len(parts) > 1:
        return joined([said(part) for part in parts], "; ")
    return original(text)


def _told(text: str, depth: int = 0) -> str | None:
    """Return the translation of a text that one of the phrases matches, or None."""
    phrase, values = _match(text)
    if phrase is None or depth == _DEPTH:
        return None
    return translate(phrase, **{name: _value(name, value, depth + 1) for name, value in values})


def _value(name: str, value: str, depth: int) -> str:
    if name == "facets":
        return facets(value)
    known = None if name in _VERBATIM else _told(value, depth)
    return _plain(known) if known is not None else original(value) if name == "source" else value


def counted(text: str) -> str:
    """Return what is counted, as it stands after a number: in Chinese with the measure word that belongs to it.

    Translations set the measure word before a bar ("幅|圖像"), which `said` drops.

    >>> counted("pairs")
    'pairs'
    """
    if current().messages is None:
        return text
    found = _told("# " + text) or _told(text)
    if not found:
        return original(text)
    measure, bar, things = found.partition(_BAR)
    return translate("{first} {second}", first=measure, second=things) if bar else found


def _plain(text: str) -> str:
    return text.partition(_BAR)[2] or text


def facets(text: str) -> str:
    """Return the name of a stratum, which strings facets together, in the current language.

    >>> facets("holds: derivative or variant, 0 bits")
    'holds: derivative or variant, 0 bits'
    """
    if current().messages is None:
        return text
    parts = re.split(r"(: |, | or (?!more))", text)
    return "".join(
        (translate(part) if n % 2 else _plain(_told(part) or original(part))) for n, part in enumerate(parts)
    )


@lru_cache(maxsize=8192)
def _match(text: str) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    if text in _EXACT:
        return text, ()
    for phrase, pattern in _PATTERNS:
        if found := pattern.fullmatch(text):
            return phrase, tuple(found.groupdict().items())
    return None, ()


def _pattern(phrase: str) -> re.Pattern[str]:
    parts = string.Formatter().parse(phrase)
    return re.compile(
        "".join(re.escape(literal) + (f"(?P<{name}>.+?)" if name else "") for literal, name, *_ in parts)
    )


def _literal(phrase: str) -> int:
    return sum(len(literal) for literal, *_ in string.Formatter().parse(phrase))


_EXACT = frozenset(phrase for phrase in PHRASES if "{" not in phrase)
_PATTERNS = [(p, _pattern(p)) for p in sorted(set(PHRASES) - _EXACT, key=lambda p: (-_literal(p), p))]
"""Those that say most come first: "{line}: P10" before "{what}: {more}"."""
