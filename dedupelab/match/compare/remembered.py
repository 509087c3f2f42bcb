"""Verdicts that were given before: a killed match goes on where it stopped, and what has not changed is not opened again.

A verdict follows from what two files hold and from the turn that was expected, so it is kept under a digest of these three, whatever the
files are called.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab import tables
from dedupelab.errors import TableError
from dedupelab.match.compare.verdicts import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from dedupelab.match.candidates import Candidates

SAVE_EVERY = 500
"""Verdicts after which those are saved that are not yet: some seconds of work."""
_BOXES = ("left_region", "right_region", "left_window", "right_window")
_PLACES = ("left_places", "right_places")
_TEXTS = ("relation", "score", "reason", "transform", "mirrored", "drawn")
Asked = tuple[str, str, str]
"""The image_ids of two pictures, and the transform that is expected."""


@dataclass
class Remembered:
    """Verdicts of earlier runs; those of this run are saved in parts while it goes on."""

    folder: Path
    """Where parts lie until the match is done."""
    digests: Mapping[str, str]
    """Digest of what each file holds, by image_id."""
    rows: dict[str, Row] = field(default_factory=dict)
    used: dict[str, Row] = field(default_factory=dict)
    """What this run asked for."""
    unsaved: list[str] = field(default_factory=list)

    @classmethod
    def opened(cls, folder: Path, digests: Mapping[str, str], before: pd.DataFrame) -> Remembered:
        """Return what a table of verdicts and the parts of a killed run hold; a damaged part is left out."""
        found = cls(folder, digests, dict(_rows(before)))
        for path in sorted(folder.glob("part-*.parquet")):
            try:
                found.rows |= _rows(tables.read(tables.VERDICTS, path))
            except TableError:
                path.unlink(missing_ok=True)
        return found

    def __enter__(self) -> None:
        """Begin to keep verdicts."""

    def __exit__(self, *_: object) -> None:
        """Save what was judged, also when the work is broken off."""
        self.save()

    def among(self, pairs: Iterable[tuple[int, Asked]]) -> dict[int, Verdict]:
        """Return the verdicts that were given before on some of these numbered pairs."""
        found = {}
        for k, asked in pairs:
            name = self._name(asked)
            if (row := self.rows.get(name)) is not None:
                self.used[name] = row
                found[k] = _verdict(row)
        return found

    def lacking(self, pairs: Candidates) -> NDArray[np.bool_]:
        """Return which pairs have no verdict yet."""
        ends = pairs.names[pairs.left], pairs.names[pairs.right], np.array(tables.TRANSFORMS)[pairs.transform]
        names = (self._name((str(one), str(two), str(turn))) for one, two, turn in zip(*ends, strict=True))
        return np.fromiter((name not in self.rows for name in names), bool, len(pairs))

    def keep(self, asked: Asked, verdict: Verdict) -> None:
        """Remember the verdict on a pair."""
        name = self._name(asked)
        self.used[name] = _row(verdict)
        self.unsaved.append(name)
        if len(self.unsaved) >= SAVE_EVERY:
            self.save()

    def save(self) -> None:
        """Write what is not saved yet, whole or not at all."""
        if self.unsaved:
            number = 1 + max((int(path.stem[5:]) for path in self.folder.glob("part-*.parquet")), default=-1)
            part = self._table(self.unsaved)
            tables.write(tables.VERDICTS, part, self.folder / f"part-{number:05d}.parquet")
            self.unsaved = []

    def table(self) -> pd.DataFrame:
        """Return the verdicts that this run asked for: what is no longer asked is forgotten."""
        return self._table(list(self.used))

    def _table(self, names: list[str]) -> pd.DataFrame:
        columns = (
            zip(*(self.used[name] for name in names), strict=True) if names else [()] * (len(_TEXTS) + 1)
        )
        kept = dict(zip((*_TEXTS, "places"), columns, strict=True))
        return _frame({"pair": names} | {name: list(values) for name, values in kept.items()})

    def _name(self, asked: Asked) -> str:
        left, right, transform = asked
        told = f"{self.digests[left]}\n{self.digests[right]}\n{transform}"
        return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


Row = tuple[str, float, str, str, str, bool, str]
"""As the table's columns: relation, score, reason, transform, mirrored, drawn, and the places as JSON."""


def _rows(frame: pd.DataFrame) -> Iterator[tuple[str, Row]]:
    columns = [frame[name].tolist() for name in ("pair", *_TEXTS, "places")]
    for name, *row in zip(*columns, strict=True):
        yield name, tuple(row)


def _frame(columns: dict[str, list[object]]) -> pd.DataFrame:
    return tables.VERDICTS.conform(pd.DataFrame(columns)) if columns["pair"] else tables.VERDICTS.empty()


def _row(verdict: Verdict) -> Row:
    """Return a verdict as it is kept. JSON gives back each number as it was."""
    places = {
        name: getattr(verdict, name) for name in (*_BOXES, *_PLACES) if getattr(verdict, name) is not None
    }
    texts = (
        verdict.relation,
        verdict.score,
        verdict.reason,
        verdict.transform,
        verdict.mirrored,
        verdict.drawn,
    )
    return *texts, json.dumps(places) if places else ""


def _verdict(row: Row) -> Verdict:
    relation, score, reason, transform, mirrored, drawn, told = row
    places: dict[str, Any] = json.loads(told) if told else {}
    whole: dict[str, Any] = {name: tuple(places[name]) if name in places else None for name in _BOXES}
    several: dict[str, Any] = {name: tuple(map(tuple, places[name])) for name in _PLACES if name in places}
    return Verdict(relation, score, reason, transform, **whole, mirrored=mirrored, drawn=drawn, **several)
