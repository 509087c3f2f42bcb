"""Cells of CSV files that a spreadsheet may open: none runs as a formula, and what was written comes back."""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""What spreadsheets run, full-width signs included, behind any number of apostrophes: one more must come off again alone."""


def guarded(text: str) -> str:
    """Return text that no spreadsheet runs: an apostrophe stands before what would.

    >>> guarded("=1+1"), guarded("'=1+1"), guarded("1+1")
    ("'=1+1", "''=1+1", '1+1')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """Return the text that `guarded` was given.

    >>> unguarded("'=1+1"), unguarded("'twas")
    ('=1+1', "'twas")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
