"""Every table's columns, declared once: name, type, unit and meaning. Stages meet only here."""

import pyarrow as pa

from dedupelab.tables.labels import LABELS, LAID, PROPOSED, REVIEWED
from dedupelab.tables.metadata import METADATA
from dedupelab.tables.money import EXCEEDANCE, OPTIONS, TORNADO, TREND
from dedupelab.tables.parquet import (
    Column,
    Table,
    count,
    flag,
    key_of,
    moment,
    packed,
    read,
    read_blocks,
    real,
    text,
    unpacked,
    write,
    write_blocks,
)
from dedupelab.tables.records import CATALOGUE_FILES, CATALOGUED, CROSSWALK, RAW_RECORDS, RECORDS

__all__ = [
    "ALL", "CATALOGUED", "CATALOGUE_FILES", "CELLS", "CROSSWALK", "DETECTED", "EXCEEDANCE", "FIELDS", "GROUPS",
    "IMAGES", "INVERSE", "LABELS", "LAID", "LINKS", "LOW_INFORMATION", "MEASURED", "MEMBERS", "METADATA", "OPTIONS",
    "OVERLAP", "PAIRS", "PROPOSED", "RAW_RECORDS", "RECORDS", "RELATIONS", "REVIEWED", "SCANNED", "TORNADO",
    "TRANSFORMS", "TREND", "VERDICTS", "VOTED", "VOTERS", "Column", "Table", "key_of", "packed", "read", "read_blocks",
    "unpacked", "write", "write_blocks",
]  # fmt: skip

RELATIONS = (
    "byte-identical", "payload-identical", "pixel-identical", "near-identical", "derivative", "variant",
    "unrelated", "undecided",
)  # fmt: skip
LINKS = RELATIONS[:5]
"""Relations that count as duplication, strongest first."""
TRANSFORMS = ("identity", "rot90", "rot180", "rot270", "flip", "flip-rot90", "flip-rot180", "flip-rot270")
"""How `left` is turned to lie on `right`: rot90 is counter-clockwise, flip is left-right and comes first."""
INVERSE = dict(zip(TRANSFORMS, (*(TRANSFORMS[i] for i in (0, 3, 2, 1)), *TRANSFORMS[4:]), strict=True))
"""The transform that undoes each transform: quarter turns undo each other, half a turn and mirrored turns themselves."""
LOW_INFORMATION = 0.25
"""Pictures whose `information` is below this are blank pages, test cards and icons: only digests may link them."""


def _bits(name: str, kind: pa.DataType, meaning: str) -> Column:
    return Column(name, kind, meaning, "bits", nullable=True)


def _region(name: str, meaning: str) -> Column:
    return Column(name, pa.list_(pa.float32()), meaning, "fraction of side", nullable=True)


IMAGES = Table(
    "images",
    (
        text("image_id", "stable identifier from collection and path", nullable=False),
        text("collection", "name of the collection", nullable=False),
        text("path", "path within the collection, with forward slashes", nullable=False),
        count("bytes", "file size", "bytes"),
        moment("modified", "modification time of the file", nullable=True),
        text("sidecar", "path of the XMP sidecar that was read with it"),
        moment("sidecar_modified", "modification time of the sidecar", nullable=True),
        text("status", "hashed, unreadable or skipped", nullable=False),
        text("problem", "why it was not hashed, or what was odd about it"),
        text("sha256", "SHA-256 of the file's bytes"),
        text(
            "payload_sha256",
            "SHA-256 of the compressed picture data as they are shown, without metadata segments",
        ),
        text(
            "stored_sha256",
            "the same of the first picture as it is stored, unturned; only where that is another",
        ),
        text(
            "pixel_sha256",
            "SHA-256 of the decoded, oriented pixels of every frame with size and mode; only where it settles a relation",
        ),
        text("appended_sha256", "SHA-256 of what stands behind the picture's end, such as a video"),
        text("format", "file format as decoded, such as JPEG"),
        text("mode", "pixel mode as stored, such as RGB or CMYK"),
        count("orientation", "Exif orientation under which it is shown", "1..8", nullable=True),
        count("width", "width after orientation", "pixels", nullable=True),
        count("height", "height after orientation", "pixels", nullable=True),
        count(
            "frames", "pages, views or animation frames; the first is fingerprinted", "frames", nullable=True
        ),
        _bits("phash", pa.uint64(), "64-bit DCT hash as imagehash.phash"),
        _bits("dhash", pa.uint64(), "64-bit difference hash as imagehash.dhash"),
        _bits("phash_forms", pa.binary(64), "phash in the eight orientations of TRANSFORMS, little-endian"),
        _bits("phash_trimmed", pa.uint64(), "phash after even borders are cut off"),
        _bits("phash256", pa.binary(32), "256-bit DCT hash as imagehash.phash(hash_size=16)"),
        real("information", "how much the picture shows: 0 blank .. 1 rich", "0..1", nullable=True),
        _bits("pdq", pa.binary(32), "256-bit PDQ hash as pdqhash.compute; only where [scan] codes asks"),
        count("pdq_quality", "how far PDQ can be relied on", "0..100", nullable=True),
        text("iscc", "ISCC Image-Code, 64 bits, as ISO 24138 writes it; only where [scan] codes asks"),
        *METADATA,
        text("from_catalogue", "metadata columns whose value is the catalogue's, separated by spaces"),
    ),
    order=("collection", "path"),
)

SCANNED = Table("scanned", IMAGES.columns, IMAGES.order)
"""The images as the files alone describe them; `images` is this with what the catalogues say."""

PAIRS = Table(
    "pairs",
    (
        text("left", "image_id; left < right", nullable=False),
        text("right", "image_id", nullable=False),
        count("distance", "Hamming distance of phash under the transform", "bits of 64", nullable=True),
        text("transform", "how left is turned to lie on right, of TRANSFORMS", nullable=False),
        text("relation", "of RELATIONS", nullable=False),
        real("score", "strength of the evidence for the relation", "0..1"),
        text("reason", "one readable sentence", nullable=False),
        _region("left_region", "matched part of left: x0, y0, x1, y1"),
        _region("right_region", "matched part of right: x0, y0, x1, y1"),
        text(
            "differences",
            "where the two differ, as JSON: list of [left, top, right, bottom] in left, as fractions of its sides; "
            "empty where they were not compared at their own resolution",
            later=True,
        ),
        flag("cross_collection", "whether the two lie in different collections"),
    ),
    order=("left", "right"),
)

DETECTED = Table("detected", PAIRS.columns, PAIRS.order)
"""The pairs as the detector left them; `pairs` are the same once people's decisions were applied."""

GROUPS = Table(
    "groups",
    (
        text("group_id", "from the members' contents; stable while these are", nullable=False),
        count("images", "members", "images"),
        count("collections", "different collections among the members", "collections"),
        count(
            "works",
            "different pictures the group depicts; more than 1 when a chain joined refuted pairs",
            "works",
        ),
        count("bytes", "size of all members", "bytes"),
        count("redundant_bytes", "size of all members but the one kept per work", "bytes"),
        real("weakest_link", "lowest score that the group needs to hang together", "0..1"),
        count("diameter", "most links between two members", "links"),
        count("bridges", "links whose loss would split the group", "links"),
        text("authoritative", "image_id of the copy to believe, empty when unresolved"),
        text("authority", "resolved or unresolved", nullable=False),
        text("authority_reason", "one sentence: which criterion decided", nullable=False),
        text("authority_message", "the same sentence as a message, as JSON: its id and values"),
    ),
    order=("group_id",),
)

MEMBERS = Table(
    "members",
    (
        text("group_id", "of groups", nullable=False),
        text("image_id", "of images", nullable=False),
        text("role", "authoritative, copy, or tied (among the best when unresolved)", nullable=False),
        count("work", "which of the group's works it shows, from 0", "index"),
    ),
    order=("group_id", "image_id"),
)

FIELDS = Table(
    "fields",
    (
        text("group_id", "of groups", nullable=False),
        text("field", "metadata column of images", nullable=False),
        text(
            "state",
            "equal, compatible, conflict (among asserting members), single (one asserts) or missing",
            nullable=False,
        ),
        flag("silent", "whether some member asserts nothing while another does"),
        count("asserting", "members with a value", "images"),
        count("versions", "different values after normalisation", "values"),
        text("values", "the different values as JSON, most frequent first", nullable=False),
    ),
    order=("group_id", "field"),
)

OVERLAP = Table(
    "overlap",
    (
        text("row", "collection", nullable=False),
        text("column", "collection", nullable=False),
        count("works", "works held by row", "works"),
        count("shared", "of these, works also held by column", "works"),
        real("containment", "shared / works", "fraction", nullable=True),
        real("jaccard", "shared / works held by either", "fraction", nullable=True),
    ),
    order=("row", "column"),
)

DESCRIPTORS = Table(
    "descriptors",
    (
        text("image_id", "of images", nullable=False),
        text("sha256", "of the file they were taken from", nullable=False),
        Column("descriptors", pa.binary(), "compact local descriptors; working data of the thorough gear"),
    ),
    order=("image_id",),
)

VERDICTS = Table(
    "verdicts",
    (
        text("pair", "digest of what both files hold and of the transform that was expected", nullable=False),
        text("relation", "of pairs, of the first pictures", nullable=False),
        real("score", "as in pairs", "0..1"),
        text("reason", "as in pairs", nullable=False),
        text("transform", "as in pairs", nullable=False),
        text(
            "mirrored", "the reason with left and right exchanged, where it reads otherwise", nullable=False
        ),
        flag("drawn", "whether what agrees is drawn or printed, or surrounds pictures"),
        text("places", "regions, windows and differences as JSON, where there are any", nullable=False),
    ),
    order=("pair",),
)
"""Working data of a match: what need not be looked at again."""

CELLS = Table(
    "cells",
    (
        text("image_id", "of images", nullable=False),
        text("sha256", "of the file whose descriptors are looked for there", nullable=False),
        Column(
            "cells", pa.binary(), "the eight nearest of each descriptor; working data of the thorough gear"
        ),
    ),
    order=("image_id",),
)

VOTERS = Table(
    "voters",
    (
        text("image_id", "of images", nullable=False),
        text("sha256", "of the file whose descriptors voted", nullable=False),
        Column(
            "crowded", pa.binary(), "a bit for each descriptor: it says nothing, as too many are near to it"
        ),
        flag("counted", "whether that was counted in a vote on everything"),
        count("parts", "into which coarse cells were divided", "parts"),
    ),
    order=("image_id",),
)

VOTED = Table(
    "voted",
    (
        text("left", "image_id; left < right", nullable=False),
        text("right", "image_id", nullable=False),
        count("form", "0 as it is, 1 mirrored, 2 inverted, 3 both", "form"),
        count("turn", "by how much left is turned clockwise", "256ths of a turn"),
        count("votes", "places that agree", "places"),
        Column("left_at", pa.binary(), "descriptors of left that agree; working data of the thorough gear"),
        Column("right_at", pa.binary(), "descriptors of right that agree"),
    ),
    order=("left", "right"),
)

MEASURED = (FIELDS, OVERLAP, EXCEEDANCE, OPTIONS, TORNADO, TREND)
"""What `measure` writes beside results.json."""
ALL = (IMAGES, PAIRS, GROUPS, MEMBERS, RECORDS, CROSSWALK, *MEASURED)
