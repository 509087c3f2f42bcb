"""Day before month or month before day: what the dates of a column prove of 01/02/2016."""

import unicodedata
from collections.abc import Iterable
from typing import Literal

from dedupelab.collect.catalogues.date_words import NUMBERS

Order = Literal["", "day", "month"]
"""What stands first in 01/02/2016: not known, the day, the month."""


def orders(texts: Iterable[str]) -> tuple[set[Order], bool]:
    """Return which orders of day and month a column's dates prove, and whether any of them needs the proof.

    >>> orders(["25/12/2015", "01/02/2016"]), orders(["01/02/2016", "12.12.2016"])
    (({'day'}, True), (set(), True))
    """
    proven: set[Order] = set()
    needed = False
    for text in texts:
        for one, _, other, _ in NUMBERS.findall(unicodedata.normalize("NFKC", text)):
            if int(one) > 12 >= int(other):
                proven.add("day")
            elif int(other) > 12 >= int(one):
                proven.add("month")
            elif one.zfill(2) != other.zfill(2):
                needed = True
    return proven, needed


class Proofs:
    """Which order of day and month the dates of each field prove."""

    def __init__(self) -> None:
        self._proven: dict[str, set[Order]] = {}

    def learn(self, dates: Iterable[tuple[str, str]]) -> None:
        """Take dates in, each behind the field that it stands in."""
        for source, text in dates:
            self._proven.setdefault(source, set()).update(orders([text])[0])

    def order(self, source: str) -> Order:
        """Return the order that a field's dates prove; none where they prove neither, or both."""
        proven = self._proven.get(source, set())
        return next(iter(proven)) if len(proven) == 1 else ""
