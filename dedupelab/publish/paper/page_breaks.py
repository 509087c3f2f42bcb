"""What stays together on a page of print."""

from collections.abc import Sequence

from dedupelab.publish.paper.layout import Plain
from dedupelab.publish.paper.text_width import columns_of

_ROWS = 12
_CHARACTERS = 2_000
"""A table up to this many rows and this much text takes half a page at most."""


def whole(table: Plain) -> bool:
    """Whether a table is small enough to stand on one page with its caption and its note."""
    return len(table["rows"]) <= _ROWS and sum(map(length_of, table["rows"])) <= _CHARACTERS


def length_of(row: Sequence[Sequence[Plain]]) -> int:
    """Return how many columns of print a row's cells take together."""
    return sum(columns_of(part["text"]) for cell in row for part in cell)


def leads(block: Plain) -> bool:
    """Whether a paragraph belongs to what follows, as a question set in italics does to its answer."""
    return not block["number"] and [part["kind"] for part in block["text"]] == ["emphasis"]
