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
_BLANK = (
    "ditto",
    "na",
    "none",
    "same",
    "source",
    "tba",
    "tbc",
    "tbd",
    "todo",
    "unknown",
    "xxx",
    "不詳",
    "同上",
    "待定",
    "待補",
    "未知",
)


def checked_source(given: str) -> str:
    """Return a source without spaces around it.

    Raises
    ------
    ConfigError
        If it is a placeholder: one of the template's own, a word that stands for nothing, text with an open end or a gap to fill in, or
        no word at all.

    Examples
    --------
    >>> checked_source(" invoice 77 of Harbour Hosting, March 2026 ")
    'invoice 77 of Harbour Hosting, March 2026'
    """
    source = given.strip()
    # Signs and spaces make nothing of a placeholder.
    core = _core(source)
    blank = len(core) < 2 or core.isdecimal() or core in _BLANK or core in map(_core, PLACEHOLDERS.values())
    if blank or re.search(r"(\.\.|…)[\s.,;]*$|__|^<.*>$", source):
        raise ConfigError(
            f"expected a source that somebody else could check, got the placeholder {source!r}; name the document, its issuer and its date"
        )
    return source


def _core(source: str) -> str:
    return "".join(filter(str.isalnum, source.casefold()))
