"""The desk at which one reviewer looks for random files among all others; the pairs have a desk of their own.

What the detector linked to a file, and what it examined or proposed, is not among what is shown: these are asked as pairs.
"""

from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from dedupelab.errors import LabelError
from dedupelab.lab.likeliest import Likeliest
from dedupelab.review.labels import Decision
from dedupelab.review.review import Review

PAGE = 24
"""Pictures shown at once."""
SAID = ("title", "caption", "creator", "date_created", "digital_source_type")
"""What a file says of itself that is shown for its search: not its name, nor whose it is."""


@dataclass
class SearchDesk:
    """One reviewer's search; `file` is the one looked for, `chosen` what was marked as a copy of it."""

    review: Review
    images: pd.DataFrame
    likeliest: Likeliest
    reviewer: str
    file: str = ""
    chosen: set[str] = field(default_factory=set)
    page: int = 0
    words: str = ""
    date: str = ""
    _order: list[str] = field(default_factory=list)
    _shown: list[str] = field(default_factory=list)
    _helps: list[str] = field(default_factory=list)
    _furthest: int = 0
    _ready: tuple[str, list[str]] = ("", [])

    @property
    def progress(self) -> tuple[int, int]:
        """Files that somebody searched for, of how many drawn."""
        return len(self.review.files) - len(self.review.unsearched()), len(self.review.files)

    def next(self) -> str:
        """Take the next file for which nobody has searched; empty when there is none."""
        waiting = self.review.unsearched()["image"]
        return self.take(str(waiting.iloc[0]) if len(waiting) else "")

    def take(self, file: str) -> str:
        """Begin a search for one file."""
        self.file, self.chosen, self._helps, self._furthest = file, set(), [], 0
        if file:
            self.prepare(file)
            self._order = self._ready[1]
            self.narrow("", "")
        return file

    def prepare(self, file: str) -> None:
        """Rank what a search for a file may find, while somebody still looks for another."""
        if file and self._ready[0] != file:
            self._ready = file, self.likeliest.order(file, self.review.findable(file))

    def ahead(self) -> str:
        """Return the file after this one."""
        waiting = [str(each) for each in self.review.unsearched()["image"] if each != self.file]
        return waiting[0] if waiting else ""

    def narrow(self, words: str, date: str) -> None:
        """Show only what has these words and may be of this date; likeliest first.

        Raises
        ------
        LabelError
            If it is no date.
        """
        kept = set(self._order)
        if words.strip():
            kept &= self.likeliest.with_words(words)
        if date.strip():
            dated = self.likeliest.of_date(date)
            if dated is None:
                raise LabelError(
                    f"expected a date such as 1962, 1962-05 or 1960/1965, got {date.strip()!r}; type another"
                )
            kept &= dated
        self.words, self.date, self.page = words.strip(), date.strip(), 0
        self._shown = [name for name in self._order if name in kept]
        for help_ in (self.words and f"words: {self.words}", self.date and f"date: {self.date}"):
            if help_ and help_ not in self._helps:
                self._helps.append(help_)
        self._seen()

    def turn(self, step: int) -> None:
        """Turn some pages; the first and the last stop it."""
        self.page = max(0, min(self.page + step, self.pages - 1))
        self._seen()

    @property
    def pages(self) -> int:
        """Pages that there are, one at least."""
        return max(1, -(-len(self._shown) // PAGE))

    @property
    def found(self) -> int:
        """Pictures that what was asked for leaves."""
        return len(self._shown)

    @property
    def tiles(self) -> list[str]:
        """The pictures on this page."""
        return self._shown[PAGE * self.page : PAGE * (self.page + 1)]

    def mark(self, image: str) -> None:
        """Mark a picture as a copy of the file, or take the mark off."""
        if image in self._order:
            self.chosen ^= {image}

    def save(self, *, found: bool) -> list[Decision]:
        """Save what was found, or that nothing was; the note says which helps were used.

        Raises
        ------
        LabelError
            If no file is looked for, or what is marked is not what is said.
        """
        if not self.file:
            raise LabelError("expected a file to search for, got none; all are done")
        if found and not self.chosen:
            raise LabelError("expected a marked copy, got none; mark one, or say that nothing was found")
        if not found and self.chosen:
            raise LabelError(
                f"expected no marked copy, got {len(self.chosen)}; take the marks off, or save them as found"
            )
        note = "; ".join([f"likeliest {self._furthest}", *self._helps])
        return self.review.searched(
            self.file, sorted(self.chosen), reviewer=self.reviewer, note=f"[search: {note}]"
        )

    def person(self, answer: str) -> Decision:
        """Save whether the file shows a person who can be recognised."""
        if not self.file:
            raise LabelError("expected a file on the desk, got none; all are done")
        return self.review.person(self.file, answer, reviewer=self.reviewer)

    @property
    def answered(self) -> str:
        """What was last said of persons on this file, by anybody."""
        said = self.review.decided.persons
        own = said[said["draw"].isin(self.review.files.loc[self.review.files["image"] == self.file, "draw"])]
        return str(own["label"].iloc[-1]) if len(own) else ""

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What the file says of itself, as far as it may be told."""
        row = self._rows.loc[self.file]
        return [
            (name.replace("_", " "), str(row[name]))
            for name in SAID
            if isinstance(row[name], str) and row[name]
        ]

    @cached_property
    def _rows(self) -> pd.DataFrame:
        return self.images.set_index("image_id")[list(SAID)]

    def _seen(self) -> None:
        if not self.words and not self.date:
            self._furthest = max(self._furthest, min(self.found, PAGE * (self.page + 1)))
