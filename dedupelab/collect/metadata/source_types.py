"""IPTC's digital source types: how a picture came to be, and which of them say that AI made it or a part of it."""

from collections.abc import Iterable

VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
GENERATED = frozenset({"trainedalgorithmicmedia", "algorithmicmedia"})
"""Terms, case-folded, for pictures that algorithms made altogether."""
COMPOSED = frozenset(
    {"compositewithtrainedalgorithmicmedia", "compositedwithtrainedalgorithmicmedia", "compositesynthetic"}
)
"""Terms for pictures with a part that algorithms made, one of them in a spelling that documents have got wrong."""


def term(value: str) -> str:
    """Return the last part of an address or a prefixed name."""
    return value.rstrip("/").rpartition("/")[2].rpartition(":")[2]


def address(value: str) -> str:
    """Return the full address of a source type, however it is written; of another vocabulary the value itself.

    >>> address("digsrctype:compositeSynthetic"), address("http://c2pa.org/digitalsourcetype/empty")
    ('http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic', 'http://c2pa.org/digitalsourcetype/empty')
    """
    code = term(value)
    known = code.isalpha() and ("cv.iptc.org" in value or "://" not in value)
    return VOCABULARY + code if known else value


def label(made: str, changes: Iterable[str] = ()) -> str:
    """Return what a picture's making and its later changes amount to: `yes`, `composite` or `no-label`.

    >>> label("trainedAlgorithmicMedia"), label("digitalCapture", ["trainedAlgorithmicMedia"]), label("digitalCapture")
    ('yes', 'composite', 'no-label')
    """
    first = term(made).casefold()
    if first in GENERATED:
        return "yes"
    parts = {first, *(term(change).casefold() for change in changes)}
    return "composite" if parts & (GENERATED | COMPOSED) else "no-label"
