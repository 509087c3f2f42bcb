"""Records and images become tables: what each record says and where it went, and the images with their catalogue's say.

The file's own metadata goes first by default: it travels with the copy, whoever receives the picture sees nothing else,
and a record that was linked by mistake can then fill silence but never overrule what a file says of itself. With the
catalogue first, the institution's maintained record overrules what a supplier once wrote into the file.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from dedupelab import tables
from dedupelab.collect.catalogues.day_order import Proofs
from dedupelab.collect.catalogues.linking import Holdings, Link, elsewhere, holdings, link, parted, suffixed
from dedupelab.collect.catalogues.reading import CatalogueReader, SourceFile
from dedupelab.collect.catalogues.record import CROSSWALK_VERSION, Record, Tally, as_json, decided
from dedupelab.collect.catalogues.references import identifier_key
from dedupelab.collect.catalogues.sources import Catalogue
from dedupelab.collect.metadata.source_types import address
from dedupelab.values.normalise import compare

SPOKEN = (*tables.CATALOGUED, "digital_source_type")
"""Columns of images that records speak to; the source type is no field that copies are compared on."""
Row = dict[str, Any]


BLOCK = 4096
"""Records that are held as they are read, and images that they speak for at a time; what is settled is kept packed."""


@dataclass(frozen=True)
class Joined:
    """The images with what catalogues say (once, block by block), the records and where they went, the crosswalk's losses, the files."""

    images: Iterator[pd.DataFrame]
    records: pd.DataFrame
    crosswalk: pd.DataFrame
    files: pd.DataFrame


class Joining:
    """Reads catalogues and links their records, one catalogue after the other; the raw records pass through.

    Parameters
    ----------
    images
        As `tables.SCANNED`.
    catalogues
        Collection and catalogue, in the order of study.toml: of two records for one image the earlier one is asked first.
    """

    def __init__(self, images: pd.DataFrame, catalogues: Iterable[tuple[str, Catalogue]]) -> None:
        self._images = images
        # The tables stand in the order of collections; one collection's catalogues stay as they are named.
        self._catalogues = sorted(catalogues, key=lambda named: named[0])
        self._records: list[pa.Buffer] = []
        self._files: list[Row] = []
        self._counted: dict[tuple[str, str, str, str], list[int]] = {}

    def blocks(self) -> Iterator[pd.DataFrame]:
        """Read everything; yield the records as they stand in their catalogues, as `tables.RAW_RECORDS`, block by block."""
        pa.default_memory_pool().release_unused()  # what reading the images left over
        taken: Counter[str] = Counter()
        orders: Counter[str] = Counter()
        index, indexed = holdings(self._images[:0]), ""
        for collection, catalogue in self._catalogues:
            if collection != indexed:
                index, indexed = holdings(self._images[self._images["collection"] == collection]), collection
            place, orders[collection] = orders[collection], orders[collection] + 1
            yield from self._read(collection, place, catalogue, index, taken)

    def joined(self, precedence: str = "embedded") -> Joined:
        """Return the tables, after all blocks have been read; `precedence` as in `speak`."""
        walk = [
            {"collection": c, "format": k, "field": s, "mapped_to": t, "values": values, "lost": lost}
            for (c, k, s, t), (values, lost) in self._counted.items()
        ]
        pa.default_memory_pool().release_unused()
        records = tables.unpacked(tables.RECORDS, self._records)
        images = speak(self._images, records, precedence)
        return Joined(
            images, records, tables.CROSSWALK.from_rows(walk), tables.CATALOGUE_FILES.from_rows(self._files)
        )

    def _read(
        self, collection: str, place: int, catalogue: Catalogue, index: Holdings, taken: Counter[str]
    ) -> Iterator[pd.DataFrame]:
        reader, waiting = CatalogueReader(catalogue), Waiting(index, catalogue.link)
        named: set[str] = set()
        rows: list[Row] = []
        raw: list[Row] = []
        for number, (told, record) in enumerate(reader, 1):
            at: Row = {"collection": collection, "catalogue": place, "number": number}
            found = link(record, index, catalogue.link) if record.usable else Link("unusable")
            again = bool(record.record_id) and record.record_id in named
            named.add(record.record_id)
            key = at | {
                "format": told.format,
                "problem": "an earlier record has the same identifier" if again else None,
            }
            self._count(collection, told.format, record)
            if not waiting.takes(record, found, key):
                rows.append(_row(key, record, found, taken))
            raw.append(at | {"crosswalk": CROSSWALK_VERSION, "raw": record.raw})
            if len(raw) >= BLOCK:
                self._settle(rows)
                yield tables.RAW_RECORDS.from_rows(raw)
                rows, raw = [], []
        for lost, row in waiting.settled(taken):
            for (source, target), count in lost.items():
                self._counted[collection, row["format"], source, target][1] += count
            rows.append(row)
        self._settle(rows)
        if raw:
            yield tables.RAW_RECORDS.from_rows(raw)
        self._files += [_file(each, collection, place, n) for n, each in enumerate(reader.files, 1)]

    def _settle(self, rows: list[Row]) -> None:
        for start in range(0, len(rows), BLOCK):
            self._records.append(tables.packed(tables.RECORDS, rows[start : start + BLOCK]))

    def _count(self, collection: str, kind: str, record: Record) -> None:
        for (source, target), stated in record.stated.items():
            sums = self._counted.setdefault((collection, kind, source, target), [0, 0])
            sums[0] += stated
            sums[1] += record.lost[source, target]


class Waiting:
    """Records of one catalogue that only all of it can settle: the order of a date's day and month, files that go on from a number or lie in another folder."""

    def __init__(self, index: Holdings, mode: str) -> None:
        self._index = index
        self._by_number = mode in {"auto", "identifier"} and bool(index.suffixed)
        self._known: set[str] = set()
        self._named: set[str] = set()
        self._paths: dict[str, str] = {}
        self._several: set[str] = set()
        """Images that records name by more than one path."""
        self._proofs = Proofs()
        self._kept: list[tuple[Record, Link, Row]] = []

    def takes(self, record: Record, found: Link, key: Row) -> bool:
        """Learn from a record what it proves; return whether it waits itself."""
        self._proofs.learn(record.numeric)
        self._several.update(
            image for image, path in found.paths.items() if self._paths.setdefault(image, path) != path
        )
        waits = record.undecided is not None or any(
            path != self._index.paths[image] for image, path in found.paths.items()
        )
        if self._by_number:
            keys = [identifier_key(each) for each in record.identifiers]
            self._known.update(keys)
            self._named.update(found.image_ids)
            waits = waits or (_goes_on(record, found) and any(each in self._index.suffixed for each in keys))
        if waits:
            self._kept.append((record, found, key))
        return waits

    def settled(self, taken: Counter[str]) -> Iterator[tuple[Tally, Row]]:
        """Yield what each that waited loses by it, and its row: the date in the order that others prove, the files that go on from its number."""
        divided = parted(self._known)
        for record, first, key in self._kept:
            read = decided(record, self._proofs.order(record.undecided[0])) if record.undecided else record
            found = elsewhere(first, self._several, self._index)
            if self._by_number and _goes_on(record, found):
                more = suffixed(record, self._index, self._known, divided, self._named)
                if more:
                    images = tuple(dict.fromkeys((*found.image_ids, *more)))
                    found = Link("linked", "identifier", images, found.problem if found.image_ids else None)
            yield read.lost - record.lost, _row(key, read, found, taken)


def _goes_on(record: Record, found: Link) -> bool:
    """Whether a record may speak of files that are called by its number and something more."""
    return record.usable and not record.files and found.outcome != "ambiguous"


def _file(told: SourceFile, collection: str, place: int, number: int) -> Row:
    row: Row = {
        "collection": collection, "catalogue": place, "number": number, "file": told.file, "format": told.format, "encoding": told.encoding or None,
        "outcome": told.outcome, "records": told.records, "unread": told.records - told.usable,
        "cause": told.cause or None, "problem": told.problem or None, "note": "\n".join(told.notes) or None,
    }  # fmt: skip
    return {name: value for name, value in row.items() if value is not None}


def speak(
    images: pd.DataFrame, records: pd.DataFrame, precedence: str = "embedded"
) -> Iterator[pd.DataFrame]:
    """Yield the images with what linked records say of them, as `tables.IMAGES`, block by block.

    An empty field takes the record's value; where both can be true, the file's stays. Where the two contradict each other,
    `precedence` decides and `disagreements` keeps both.
    """
    describing: dict[str, int] = {}
    others: dict[str, list[int]] = {}
    """By image: the place of the first record that describes it, and of the further ones."""
    for place, (outcome, identities) in enumerate(zip(records["outcome"], records["image_ids"], strict=True)):
        for identity in identities.split() if outcome == "linked" else ():
            if describing.setdefault(identity, place) != place:
                others.setdefault(identity, []).append(place)
    columns = [*SPOKEN, "disagreements", "from_catalogue"]
    for start in range(0, len(images), BLOCK):
        block = images.iloc[start : start + BLOCK]
        asked = {
            row: [describing[identity], *others.get(identity, ())]
            for row, identity in zip(block.index, block["image_id"], strict=True)
            if identity in describing
        }
        places = sorted({place for several in asked.values() for place in several})
        stated = dict(zip(places, records[list(SPOKEN)].iloc[places].to_dict("records"), strict=True))
        rows_asked = list(asked)
        own = block.loc[rows_asked, columns].astype(object)
        rows = [
            _spoken({str(k): v for k, v in row.items()}, _claims(stated[n] for n in several), precedence)
            for several, row in zip(
                asked.values(), own.where(own.notna(), None).to_dict("records"), strict=True
            )
        ]
        block = block.astype(dict.fromkeys(columns, object))
        block.loc[rows_asked, columns] = pd.DataFrame(rows, columns=columns, index=rows_asked)
        yield tables.IMAGES.conform(block)


def _claims(rows: Iterable[dict[Any, Any]]) -> dict[str, str]:
    """Return what the records of one image say, the earlier record first."""
    found: dict[str, str] = {}
    for row in rows:
        stated = {name: row[name] for name in SPOKEN if isinstance(row[name], str) and row[name]}
        if kind := stated.get("digital_source_type"):
            stated["digital_source_type"] = address(kind)
        found = stated | found
    return found


def _spoken(row: Row, claims: Mapping[str, str], precedence: str) -> Row:
    """Return an image's metadata with its records' claims."""
    disagreements = json.loads(row["disagreements"] or "{}")
    taken = []
    for name, claim in claims.items():
        own = row[name]
        state = compare(name, own, claim) if own else "missing"
        if state == "conflict":
            disagreements.setdefault(name, {"embedded": own})["catalogue"] = claim
        if not own or (precedence == "catalogue" and state not in {"equal", "compatible"}):
            row[name] = claim
            taken.append(name)
    row["disagreements"] = as_json(disagreements) if disagreements else None
    row["from_catalogue"] = " ".join(sorted(taken)) or None
    return row


def _row(key: Row, record: Record, found: Link, taken: Counter[str]) -> Row:
    """Return a record's row; `key` has its place, its format and what is odd of it beside the others."""
    problems = [record.problem, found.problem, key["problem"]]
    if any(taken[identity] for identity in found.image_ids):
        problems.append("another record describes the same image")
    taken.update(found.image_ids)
    row = key | {
        "record_id": record.record_id or "none",
        "outcome": found.outcome,
        "linked_by": found.linked_by,
        "image_ids": " ".join(found.image_ids) or None,
        "problem": "; ".join(filter(None, problems)) or None,
        **record.fields,
        "parallel": as_json(dict(record.parallel)) if record.parallel else None,
        "unmapped": " ".join(name.replace(" ", "_") for name in record.unmapped) or None,
    }
    return {name: value for name, value in row.items() if value is not None}
