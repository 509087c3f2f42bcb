"""One file's row of the images table, from one read of its bytes."""

import hashlib
from typing import Any

from dedupelab.collect.decoding import Decode, UndecodableError, decode
from dedupelab.collect.fingerprints import fingerprint
from dedupelab.collect.listing import Entry, read_bytes
from dedupelab.collect.reading import Reading, metadata_of, sidecar_of
from dedupelab.collect.segments import split
from dedupelab.collect.xmp import Xmp

Row = dict[str, Any]
UNREAD = "cannot be read"
"""How the reason starts when a listed file's bytes could not be had."""
_OWN = Reading()
EMPTY_METADATA: Row = {"ai_label": "no-label", "c2pa": "none", "has_gps": False}


def image_id(collection: str, path: str) -> str:
    """Return the identifier of an image: the same for the same collection and path, whatever the bytes.

    >>> image_id("film-archive", "reel/1.jpg")
    'i240934b4b8f6863'
    """
    return "i" + hashlib.sha256(f"{collection}\0{path}".encode()).hexdigest()[:15]


def read_record(entry: Entry, collection: str, policy: Decode = "scaled", reading: Reading = _OWN) -> Row:
    """Read one listed file once and return its row; a file that cannot be read is a row with its reason."""
    row: Row = {
        "image_id": image_id(collection, entry.path),
        "collection": collection,
        "path": entry.path,
        "bytes": entry.bytes,
        "modified": entry.modified,
        **EMPTY_METADATA,
    }
    if entry.skipped is not None:
        return row | {"status": "skipped", "problem": entry.skipped}
    if entry.unreadable is not None:
        return row | {"status": "unreadable", "problem": entry.unreadable}
    try:
        data = read_bytes(entry.native)
    except OSError as problem:
        return row | {"status": "unreadable", "problem": f"{UNREAD}: {problem.strerror or problem}"}
    if entry.sidecar is not None:
        row |= {"sidecar": entry.sidecar.path, "sidecar_modified": entry.sidecar.modified}
    return row | describe(data, policy, reading, sidecar_of(entry))


def describe(
    data: bytes, policy: Decode = "scaled", reading: Reading = _OWN, sidecar: Xmp | None = None
) -> Row:
    """Return everything the images table says of a file's content, from its bytes and what its sidecar says."""
    parts = split(data)
    row: Row = {
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "payload_sha256": parts.payload_sha256,
    }
    metadata = metadata_of(data, parts, reading, sidecar)
    row |= vars(metadata)
    try:
        picture = decode(data, policy)
        prints = fingerprint(picture.gray, exact=policy == "full")
    except UndecodableError as problem:
        return row | {"status": "unreadable", "problem": str(problem), "payload_sha256": None}
    return row | {
        "status": "hashed",
        "problem": metadata.problem,
        "format": picture.format,
        "mode": picture.mode,
        "width": picture.width,
        "height": picture.height,
        "frames": picture.frames,
        **vars(prints),
    }
