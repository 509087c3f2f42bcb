"""What a watched process does with uploads: it reads them, looks them up in the index on disk, and compares with what is near.

Pictures of strangers are opened here alone, uploads and held ones: what crashes a decoder ends this process, and the gate goes on.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import pandas as pd

from dedupelab.collect.batch import Job, read_batch
from dedupelab.collect.listing import address
from dedupelab.collect.metadata.backends import Reading
from dedupelab.collect.reading.decoding import Decode
from dedupelab.collect.record import Row, Started
from dedupelab.errors import CollectionError
from dedupelab.gate.answer import RIGHTS, Answer, Copy, Region, answered
from dedupelab.gate.comparison import ABSENT, BROKEN, UPLOAD, compare, load_comparison, rows, telling
from dedupelab.match.compare.loader import Kept
from dedupelab.match.search.descriptors import Descriptors, extract
from dedupelab.match.search.gate_index import FACTS, GateIndex, queries
from dedupelab.study.pictures import digest_at, gray_at
from dedupelab.tables.contents import DIGESTS

ANSWER = "answer"
"""The one key of a row that has an answer; rows without are of files that could not be read."""
WHOLE = ("byte-identical", "payload-identical", "pixel-identical", "near-identical")
"""Relations of the whole picture: where one is proven, local features are not asked."""
SHARING = 32
"""Held pictures that share local features which are looked at, those with most."""
_opened: dict[Path, GateIndex] = {}
"""The index that this process has open."""


def _described(native: str) -> Descriptors:
    return extract(gray_at(native))


class StaleIndexError(CollectionError):
    """The index was made anew in between, and the one that was asked for is gone."""


@dataclass(frozen=True)
class Lookup:
    """How uploads are read, and what they are compared with.

    Called with a batch of uploads in a process of `watched_readers.Readers`, it returns a row with the answer for each.
    """

    index: Path
    radius: int
    holders: Mapping[str, str]
    """Who holds a collection, by its name."""
    locations: Mapping[str, str]
    """Where collections lie whose pictures may be opened."""
    policy: Decode
    reading: Reading
    pixels: int
    opening: bool = True
    """Whether held pictures are opened; without, near ones stay near."""

    def __call__(self, job: Job, started: Started | None = None) -> list[Row]:
        """Answer for uploads, in order; without any, get ready for those that come."""
        index = _index(self.index)
        if not job.entries:
            load_comparison()
        found = read_batch(job, policy=self.policy, reading=self.reading, pixels=self.pixels, started=started)
        answers = []
        for number, (entry, row) in enumerate(zip(job.entries, found, strict=True)):
            if started:
                started(number)
            answers.append({ANSWER: self._answer(index, row, entry.native)})
        return answers

    def _answer(self, index: GateIndex, row: Row, native: str) -> Answer:
        if row["status"] != "hashed":
            return Answer(native, "unreadable", str(row["problem"]), (), 0.0)
        began = time.perf_counter()
        prints = queries(row)
        near = index.near(prints, self.radius).row.tolist()
        if not len(prints) and (digest := digest_at(native)):
            row = row | {"pixel_sha256": digest}
        equal = [number for kind in DIGESTS if row.get(kind) for number in index.same(kind, str(row[kind]))]
        spent = time.perf_counter() - began
        found = dict.fromkeys([*equal, *near])
        describe = cache(partial(_described, native))
        copies = self._copies(index, row, native, list(found), None, describe)
        if len(prints) and index.described and not any(copy.relation in WHOLE for copy in copies):
            asked = describe()
            began = time.perf_counter()
            shared = telling(index.sharing(asked)[:SHARING])
            spent += time.perf_counter() - began
            alike = {
                same: (turn, votes)
                for number, turn, votes in reversed(shared)
                for same in index.equal(number)
                if same not in found
            }
            copies += self._copies(index, row, native, list(alike), alike, describe)
        return answered(native, copies, round(1000 * spent, 3), blank=not len(prints))

    def _copies(
        self,
        index: GateIndex,
        row: Row,
        native: str,
        numbers: list[int],
        alike: Mapping[int, tuple[str, int]] | None,
        describe: Callable[[], Descriptors],
    ) -> list[Copy]:
        """Compare with held pictures, by their numbers.

        `alike` says of some which transform and how many local features led to them; `describe` describes the upload.
        """
        if not numbers:
            return []
        facts = {fact["image_id"]: fact for fact in map(index.fact, numbers)}
        addresses = {UPLOAD: native} | {
            name: address(self.locations[fact["collection"]], fact["path"])
            for name, fact in facts.items()
            if self.opening and fact["collection"] in self.locations
        }
        upload = {name: row.get(name) for name in FACTS}
        absent = ABSENT if self.opening else BROKEN
        images = rows(upload, list(facts.values()))
        shared = None
        if alike is not None:
            shared = {name: alike[number] for name, number in zip(facts, numbers, strict=True)}
        kept: dict[str, Kept] = {
            name: held.to_bytes()
            for name, number in zip(facts, numbers, strict=True)
            if (held := index.descriptors(number)) is not None
        }
        kept[UPLOAD] = lambda: describe().to_bytes()
        compared = compare(images, addresses, self.radius, absent, shared, kept)
        return [self._copy(facts[str(name)], each) for name, each in compared.iterrows()]

    def _copy(self, fact: Row, each: "pd.Series[Any]") -> Copy:
        rights = {name: fact[name] for name in RIGHTS if fact[name]}
        return Copy(
            relation=each["relation"],
            verified=bool(each["verified"]),
            reason=each["reason"],
            score=round(float(each["score"]), 4),
            distance=int(each["distance"]),
            transform=each["transform"],
            features=int(each["votes"]),
            upload_region=_region(each["left_region"]),
            held_region=_region(each["right_region"]),
            holder=self.holders.get(fact["collection"]) or str(fact["collection"]),
            collection=fact["collection"],
            path=fact["path"],
            image_id=fact["image_id"],
            credit=next(iter(rights.values()), ""),
            rights=rights,
        )


def _region(box: Any) -> Region | None:  # noqa: ANN401  a cell of a frame
    if box is None:
        return None
    x0, y0, x1, y1 = (round(float(end), 4) for end in box)
    return x0, y0, x1, y1


def _index(folder: Path) -> GateIndex:
    """Return an index, opened once in this process; another one takes its place when the study was matched anew."""
    if folder not in _opened:
        try:
            index = GateIndex(folder)
        except (OSError, KeyError, ValueError) as problem:  # gone, or about to be
            raise StaleIndexError(
                f"expected the index {folder}, got: {problem}; it was made anew in between, ask again"
            ) from problem
        _opened.clear()
        _opened[folder] = index
    return _opened[folder]
