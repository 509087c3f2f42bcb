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

from dedupelab import tables
from dedupelab.collect.catalogues.linking import Link, holdings, link
from dedupelab.collect.catalogues.reading import read_catalogue
from dedupelab.collect.catalogues.record import CROSSWALK_VERSION, Record, as_json
from dedupelab.collect.catalogues.sources import Catalogue
from dedupelab.collect.metadata.source_types import address
from dedupelab.values.normalise import compare

PRECEDENCE = ("embedded", "catalogue")
SPOKEN = (*tables.CATALOGUED, "digital_source_type")
"""Columns of images that records speak to; the source type is no field that copies are compared on."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Joined:
    """The images with what catalogues say, the records and where they went, their raw form, and the crosswalk's losses."""

    images: pd.DataFrame
    records: pd.DataFrame
    raw: pd.DataFrame
    crosswalk: pd.DataFrame


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

    Raises
    ------
    CatalogueError
        If a catalogue cannot be read at all.
    """
    rows: list[Row] = []
    raw: list[Row] = []
    counted: dict[tuple[str, str, str, str], list[int]] = {}
    taken: Counter[str] = Counter()
    named: Counter[tuple[str, int, str]] = Counter()
    orders: Counter[str] = Counter()
    indexes = {}
    for collection, catalogue in catalogues:
        place, orders[collection] = orders[collection], orders[collection] + 1
        if collection not in indexes:
            indexes[collection] = holdings(images[images["collection"] == collection])
        kind, records = read_catalogue(catalogue)
        for number, record in enumerate(records, 1):
            key: Row = {"collection": collection, "catalogue": place, "number": number}
            found = link(record, indexes[collection], catalogue.link) if record.usable else Link("unusable")
            identifier = (collection, place, record.record_id or "")
            again = bool(identifier[2]) and bool(named[identifier])
            named[identifier] += 1
            rows.append(key | _row(record, kind, found, taken, again=again))
            raw.append(key | {"crosswalk": CROSSWALK_VERSION, "raw": record.raw})
            for (source, target), stated in record.stated.items():
                sums = counted.setdefault((collection, kind, source, target), [0, 0])
                sums[0] += stated
                sums[1] += record.lost[source, target]
    crosswalk = [
        {"collection": c, "format": k, "field": s, "mapped_to": t, "values": values, "lost": lost}
        for (c, k, s, t), (values, lost) in counted.items()
    ]
    read = tables.RECORDS.from_rows(rows)
    return Joined(
        speak(images, read, precedence),
        read,
        tables.RAW_RECORDS.from_rows(raw),
        tables.CROSSWALK.from_rows(crosswalk),
    )


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
