"""Records and images become tables: what each record says and where it went, and the images with their catalogue's say.

The file's own metadata goes first by default: it travels with the copy, whoever receives the picture sees nothing else,
and a record that was linked by mistake can then fill silence but never overrule what a file says of itself. With the
catalogue first, the institution's maintained record overrules what a supplier once wrote into the file.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from dedupelab import tables
from dedupelab.collect.catalogues.dates import Order
from dedupelab.collect.catalogues.dates import orders as date_orders
from dedupelab.collect.catalogues.linking import Holdings, Link, holdings, link, parted, suffixed
from dedupelab.collect.catalogues.reading import CatalogueReader, SourceFile
from dedupelab.collect.catalogues.record import CROSSWALK_VERSION, Record, as_json, decided
from dedupelab.collect.catalogues.references import identifier_key
from dedupelab.collect.catalogues.sources import Catalogue
from dedupelab.collect.metadata.source_types import address
from dedupelab.values.normalise import compare

PRECEDENCE = ("embedded", "catalogue")
SPOKEN = (*tables.CATALOGUED, "digital_source_type")
"""Columns of images that records speak to; the source type is no field that copies are compared on."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Joined:
    """The images with what catalogues say, the records and where they went, their raw form, the crosswalk's losses, the files."""

    images: pd.DataFrame
    records: pd.DataFrame
    raw: pd.DataFrame
    crosswalk: pd.DataFrame
    files: pd.DataFrame


def join_catalogues(
    images: pd.DataFrame, catalogues: Iterable[tuple[str, Catalogue]], precedence: str = "embedded"
) -> Joined:
    """Read catalogues, link their records, and let them speak for the images they describe.

    Parameters
    ----------
    images
        As `tables.SCANNED`.
    catalogues
        Collection and catalogue, in the order of study.toml: of two records for one image the earlier one is asked first.
    precedence
        Of PRECEDENCE: whose value stands where a file and its record both state a field.

    """
    rows: list[Row] = []
    raw: list[Row] = []
    files: list[Row] = []
    counted: dict[tuple[str, str, str, str], list[int]] = {}
    taken: Counter[str] = Counter()
    orders: Counter[str] = Counter()
    indexes = {}
    for collection, catalogue in catalogues:
        place, orders[collection] = orders[collection], orders[collection] + 1
        if collection not in indexes:
            indexes[collection] = holdings(images[images["collection"] == collection])
        reader = CatalogueReader(catalogue)
        read = read_whole(reader)
        links = link_all([record for _, record in read], indexes[collection], catalogue.link)
        named: set[str] = set()
        for number, ((told, record), found) in enumerate(zip(read, links, strict=True), 1):
            key: Row = {"collection": collection, "catalogue": place, "number": number}
            again = bool(record.record_id) and record.record_id in named
            named.add(record.record_id)
            rows.append(key | _row(record, told.format, found, taken, again=again))
            raw.append(key | {"crosswalk": CROSSWALK_VERSION, "raw": record.raw})
            for (source, target), stated in record.stated.items():
                sums = counted.setdefault((collection, told.format, source, target), [0, 0])
                sums[0] += stated
                sums[1] += record.lost[source, target]
        files += [_file(each, collection, place, n) for n, each in enumerate(reader.files, 1)]
    crosswalk = [
        {"collection": c, "format": k, "field": s, "mapped_to": t, "values": values, "lost": lost}
        for (c, k, s, t), (values, lost) in counted.items()
    ]
    records = tables.RECORDS.from_rows(rows)
    return Joined(
        speak(images, records, precedence),
        records,
        tables.RAW_RECORDS.from_rows(raw),
        tables.CROSSWALK.from_rows(crosswalk),
        tables.CATALOGUE_FILES.from_rows(files),
    )


def read_whole(reader: CatalogueReader, *, examples: bool = False) -> list[tuple[SourceFile, Record]]:
    """Return all records of a catalogue; day and month stand in the order that the other dates of their column prove.

    `examples` keeps what was left behind in words, for a person to look at.
    """
    read = [(told, record if examples else replace(record, left=(), unread=())) for told, record in reader]
    proofs: dict[str, set[Order]] = {}
    for _, record in read:
        for source, text in record.numeric:
            proofs.setdefault(source, set()).update(date_orders([text])[0])
    for place, (told, record) in enumerate(read):
        if record.undecided is not None:
            proven = proofs.get(record.undecided[0], set())
            read[place] = told, decided(record, next(iter(proven)) if len(proven) == 1 else "")
    return read


def link_all(records: Sequence[Record], index: Holdings, mode: str = "auto") -> list[Link]:
    """Return what each record of a catalogue is linked to; files that go on from an identifier after all that are named."""
    links = [link(record, index, mode) if record.usable else Link("unusable") for record in records]
    if mode not in {"auto", "identifier"} or not index.suffixed:
        return links
    known = {identifier_key(each) for record in records for each in record.identifiers}
    divided = parted(known)
    taken = {image for found in links for image in found.image_ids}
    for place, (record, found) in enumerate(zip(records, links, strict=True)):
        if record.usable and not record.files and found.outcome != "ambiguous":
            more = suffixed(record, index, known, divided, taken)
            if more:
                links[place] = Link("linked", "identifier", tuple(dict.fromkeys((*found.image_ids, *more))))
    return links


def _file(told: SourceFile, collection: str, place: int, number: int) -> Row:
    row: Row = {
        "collection": collection, "catalogue": place, "number": number, "file": told.file, "format": told.format, "encoding": told.encoding or None,
        "outcome": told.outcome, "records": told.records, "problem": told.problem or None, "note": "\n".join(told.notes) or None,
    }  # fmt: skip
    return {name: value for name, value in row.items() if value is not None}


def speak(images: pd.DataFrame, records: pd.DataFrame, precedence: str = "embedded") -> pd.DataFrame:
    """Return the images with what linked records say of them, as `tables.IMAGES`.

    An empty field takes the record's value; where both can be true, the file's stays. Where the two contradict each other,
    `precedence` decides and `disagreements` keeps both.
    """
    claims = dict(_claims(records))
    if not claims:
        return images
    images = images.copy()
    columns = [*SPOKEN, "disagreements", "from_catalogue"]
    chosen = images["image_id"].isin(claims.keys())
    said = images.loc[chosen, ["image_id", *columns]].astype(object)
    rows = [
        _spoken({str(k): v for k, v in row.items()}, claims[str(row["image_id"])], precedence)
        for row in said.where(said.notna(), None).to_dict("records")
    ]
    for name in columns:
        whole = images[name].astype(object)
        whole[chosen] = [row[name] for row in rows]
        images[name] = whole
    return tables.IMAGES.conform(images)


def _claims(records: pd.DataFrame) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield for each image what its records say, the earlier record first."""
    found: dict[str, dict[str, str]] = {}
    linked = records[records["outcome"] == "linked"]
    for row in linked[["image_ids", *SPOKEN]].to_dict("records"):
        stated = {name: row[name] for name in SPOKEN if isinstance(row[name], str) and row[name]}
        if kind := stated.get("digital_source_type"):
            stated["digital_source_type"] = address(kind)
        for identity in row["image_ids"].split():
            found[identity] = stated | found.get(identity, {})
    yield from found.items()


def _spoken(row: Row, claims: Mapping[str, str], precedence: str) -> Row:
    """Return an image's metadata with its records' claims."""
    disagreements = json.loads(row["disagreements"] or "{}")
    taken = []
    for name, claim in claims.items():
        own = row[name]
        state = compare(name, own or "", claim)
        if state == "conflict":
            disagreements.setdefault(name, {"embedded": own})["catalogue"] = claim
        if not own or (precedence == "catalogue" and state not in {"equal", "compatible"}):
            row[name] = claim
            taken.append(name)
    row["disagreements"] = as_json(disagreements) if disagreements else None
    row["from_catalogue"] = " ".join(sorted(taken)) or None
    return row


def _row(record: Record, kind: str, found: Link, taken: Counter[str], *, again: bool) -> Row:
    problems = [record.problem, found.problem]
    if again:
        problems.append("an earlier record has the same identifier")
    shared = sum(1 for identity in found.image_ids if taken[identity])
    if shared:
        problems.append("another record describes the same image")
    taken.update(found.image_ids)
    row = {
        "record_id": record.record_id or "none",
        "format": kind,
        "outcome": found.outcome,
        "linked_by": found.linked_by,
        "image_ids": " ".join(found.image_ids) or None,
        "problem": "; ".join(filter(None, problems)) or None,
        **record.fields,
        "parallel": as_json(dict(record.parallel)) if record.parallel else None,
        "unmapped": " ".join(name.replace(" ", "_") for name in record.unmapped) or None,
    }
    return {name: value for name, value in row.items() if value is not None}
