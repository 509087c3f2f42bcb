"""Where a number comes from, in the words of whoever supplied it: something that somebody else could check."""

import re
from typing import Literal, get_args

from dedupelab.errors import ConfigError

SourceType = Literal["measured", "invoice", "survey", "expert", "literature", "assumed"]
TYPES = get_args(SourceType)
"""What kinds of sources there are, best first."""
PLACEHOLDERS = {
    "price": "invoice 123 of ...", "copies": "backup policy of ...", "seconds": "timed log of ...",
    "wage": "payroll of ...", "share": "board, minutes of ...", "years": "incident register of ...",
    "index": "consumer price index of ...",
}  # fmt: skip
"""What a new study.toml has in place of sources, to be replaced."""
_BLANK = ("", "-", "?", "n/a", "none", "source", "tba", "tbd", "todo", "unknown", "xxx")


def checked_source(given: str) -> str:
    """Return a source without spaces around it.

    Raises
    ------
    ConfigError
        If it is a placeholder: one of the template's own, a word that stands for nothing, or text with its end left open.

    Examples
    --------
    >>> checked_source(" invoice 77 of Harbour Hosting, March 2026 ")
    'invoice 77 of Harbour Hosting, March 2026'
    """
    source = given.strip()
    # A full stop, a comma or a space more make nothing of a placeholder.
    core = _core(source)
    blank = core in _BLANK or core in map(_core, PLACEHOLDERS.values())
    if blank or re.search(r"(\.\.|…)[\s.,;]*$", source):
        raise ConfigError(
            f"expected a source that somebody else could check, got the placeholder {source!r}; name the document, its issuer and its date"
        )
    return source


def _core(source: str) -> str:
    return " ".join(source.casefold().split()).rstrip(" .,;…")
