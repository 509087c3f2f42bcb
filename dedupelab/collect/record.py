"""One file's row of the images table, from one read of its bytes."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

from dedupelab.collect.listing import Entry, read_bytes
from dedupelab.collect.metadata.backends import Reading, metadata_later, read_together, sidecar_of
from dedupelab.collect.metadata.metadata import Metadata
from dedupelab.collect.metadata.segments import Segments, shown_payload, split
from dedupelab.collect.metadata.xmp import Xmp
from dedupelab.collect.reading.codes import Code, image_codes
from dedupelab.collect.reading.decoding import PIXELS, Decode, Picture, UndecodableError, decode, full_colour
from dedupelab.collect.reading.fingerprints import Reduced, fingerprint, fingerprints, reduced

Row = dict[str, Any]
Started = Callable[[int], None]
UNREAD = "cannot be read"
"""How the reason starts when a listed file's bytes could not be had."""
ENDED = frozenset({"GIF", "JPEG", "PNG", "WEBP"})
NO_END = "the end of the file is missing; read as far as viewers show it"
"""Said of a picture in a format that marks its end, where that was not found."""
_OWN = Reading()
EMPTY_METADATA: Row = {"ai_label": "no-label", "c2pa": "none", "has_gps": False}


class Part(NamedTuple):
    """A file's row as far as it is known, and what is taken together with the rest of a batch: metadata and fingerprints."""

    row: Row
    metadata: Metadata | Segments | None = None
    small: Reduced | None = None


def image_id(collection: str, path: str) -> str:
    """Return the identifier of an image: the same for the same collection and path, whatever the bytes.

    >>> image_id("film-archive", "reel/1.jpg")
    'i240934b4b8f6863'
    """
    return "i" + hashlib.sha256(f"{collection}\0{path}".encode()).hexdigest()[:15]


def read_record(
    entry: Entry,
    collection: str,
    policy: Decode = "scaled",
    codes: Collection[Code] = (),
    reading: Reading = _OWN,
) -> Row:
    """Read one listed file once and return its row; a file that cannot be read is a row with its reason."""
    return read_records((entry,), collection, policy, codes, reading)[0]


def read_records(
    entries: Sequence[Entry],
    collection: str,
    policy: Decode = "scaled",
    codes: Collection[Code] = (),
    reading: Reading = _OWN,
    started: Started | None = None,
    pixels: int = PIXELS,
) -> list[Row]:
    """Read listed files once each and return their rows, in order; metadata and fingerprints are taken together.

    `started` is called with the number of each file before it is opened, and with their count before what is taken together.
    """
    found = []
    for number, entry in enumerate(entries):
        if started:
            started(number)
        found.append(_read(entry, collection, policy, codes, reading, pixels))
    if started:
        started(len(entries))
    return _completed(found, reading)


def refused(entry: Entry, collection: str, problem: str) -> Row:
    """Return the row of a file that could not be read to the end, for a reason that lies outside of this process."""
    return _listed(entry, collection) | {"status": "unreadable", "problem": f"{UNREAD}: {problem}"}


def _read(
    entry: Entry, collection: str, policy: Decode, codes: Collection[Code], reading: Reading, pixels: int
) -> Part:
    row = _listed(entry, collection)
    if entry.skipped is not None:
        return Part(row | {"status": "skipped", "problem": entry.skipped})
    if entry.unreadable is not None:
        return Part(row | {"status": "unreadable", "problem": entry.unreadable})
    try:
        data = read_bytes(entry.native)
    except OSError as problem:
        reason = f"{UNREAD}: {problem.strerror or problem}"
        return Part(row | {"status": "unreadable", "problem": reason})
    if entry.sidecar is not None:
        row |= {"sidecar": entry.sidecar.path, "sidecar_modified": entry.sidecar.modified}
    found = _describe(data, policy, codes, reading, sidecar_of(entry), pixels)
    return found._replace(row=row | found.row)


def _listed(entry: Entry, collection: str) -> Row:
    return {
        "image_id": image_id(collection, entry.path),
        "collection": collection,
        "path": entry.path,
        "bytes": entry.bytes,
        "modified": entry.modified,
        **EMPTY_METADATA,
    }


def describe(
    data: bytes,
    policy: Decode = "scaled",
    codes: Collection[Code] = (),
    reading: Reading = _OWN,
    sidecar: Xmp | None = None,
) -> Row:
    """Return everything the images table says of a file's content, from its bytes and what its sidecar says."""
    return _completed([_describe(data, policy, codes, reading, sidecar)], reading)[0]


def _describe(
    data: bytes,
    policy: Decode,
    codes: Collection[Code],
    reading: Reading,
    sidecar: Xmp | None,
    pixels: int = PIXELS,
) -> Part:
    parts = split(data)
    row: Row = {
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "payload_sha256": None,
    }
    metadata = metadata_later(data, parts, reading, sidecar)
    try:
        picture = decode(data, policy, colour=bool(codes), most=pixels)
    except UndecodableError as problem:
        return Part(row | {"status": "unreadable", "problem": str(problem)}, metadata)
    payload = shown_payload(parts.payload_sha256, picture.turn)
    row |= {
        "status": "hashed",
        "payload_sha256": payload,
        "stored_sha256": parts.first_sha256 if parts.first_sha256 != payload else None,
        "appended_sha256": parts.appended_sha256,
        "orientation": picture.turn,
        "format": picture.format,
        "mode": picture.mode,
        "width": picture.width,
        "height": picture.height,
        "frames": picture.frames,
    }
    if parts.payload_sha256 is None and parts.format in ENDED:
        row["problem"] = NO_END
    row |= _coded(data, picture, codes, row.get("problem"))
    if policy == "full":
        return Part(row | vars(fingerprint(picture.gray, exact=True)), metadata)
    return Part(row, metadata, reduced(picture.gray))


def _coded(data: bytes, picture: Picture, codes: Collection[Code], problem: str | None) -> Row:
    """Return the codes asked for; a picture that cannot be had in full keeps its row, without codes and with the reason."""
    if not codes:
        return {}
    try:
        # Fingerprints must not depend on whether codes are asked for, so a scaled JPEG is decoded once more.
        return image_codes(picture.colour or full_colour(data), codes)
    except UndecodableError as reason:
        return {"problem": "; ".join(filter(None, (problem, f"no image codes: {reason}")))}


def _completed(parts: Sequence[Part], reading: Reading) -> list[Row]:
    """Complete the rows whose metadata and fingerprints wait for each other's."""
    waiting = [part.metadata for part in parts if isinstance(part.metadata, Segments)]
    told = iter(read_together(waiting, reading))
    prints = iter(fingerprints([part.small for part in parts if part.small is not None]))
    rows = []
    for row, metadata, small in parts:
        if metadata is not None:
            _tell(row, next(told) if isinstance(metadata, Segments) else metadata)
        rows.append(row if small is None else row | vars(next(prints)))
    return rows


def _tell(row: Row, metadata: Metadata) -> None:
    """Add to a row what metadata assert; why a picture cannot be read is the whole of its problem."""
    problems = (metadata.problem, row.get("problem")) if row["status"] == "hashed" else (row["problem"],)
    row |= metadata._asdict()
    row["problem"] = "; ".join(filter(None, problems)) or None
