"""The tables of catalogue records: what each says and where it went, how it stood, and what its crosswalk loses."""

from dedupelab.tables.parquet import Table, count, text

CATALOGUED = (
    "creator", "credit", "copyright_notice", "copyright_owner", "licensor", "usage_terms", "web_statement",
    "source", "title", "caption", "date_created",
)  # fmt: skip
"""Metadata columns that a catalogue record can fill. Identifiers are left out: each institution gives its own."""

RECORDS = Table(
    "records",
    (
        text("collection", "name of the collection that the catalogue describes", nullable=False),
        count("catalogue", "which of the collection's catalogues, from 0", "index"),
        count("number", "place of the record in its catalogue, from 1", "index"),
        text("record_id", "the record's own identifier, or its number", nullable=False),
        text("format", "format it was read as", nullable=False),
        text("outcome", "linked, ambiguous, unmatched or unusable", nullable=False),
        text("linked_by", "path, name, stem or identifier; empty when not linked"),
        text("image_ids", "the images it describes, separated by spaces"),
        text("problem", "why it is not linked, or what was odd about it"),
        *(text(name, "as in images, by the catalogue") for name in CATALOGUED),
        text("digital_source_type", "IPTC digital source type as the catalogue has it"),
        text("holding_institution", "who the catalogue says holds it"),
        text("access_limit", "limits on access"),
        text("related", "identifiers or titles of related objects"),
        text("language", "language of the content"),
        text("parallel", "values in another script or language, as JSON {field: value}"),
        text("unmapped", "source fields without a place here, separated by spaces"),
    ),
    order=("collection", "catalogue", "number"),
)

CATALOGUE_FILES = Table(
    "catalogue_files",
    (
        text("collection", "name of the collection that the catalogue describes", nullable=False),
        count("catalogue", "which of the collection's catalogues, from 0", "index"),
        count("number", "place of the file in its catalogue, from 1", "index"),
        text("file", "the catalogue's name, of a folder also the file's", nullable=False),
        text("format", "format it was read as; unknown where none was found", nullable=False),
        text("encoding", "encoding it was read in, where the format does not say"),
        text(
            "outcome",
            "read, empty, broken (in part), unreadable, or passed over (no catalogue)",
            nullable=False,
        ),
        count("records", "records in it, also those that could not be read", "records"),
        count("unread", "of these, what could not be read; the rest of a file counts as one", "records"),
        text("cause", "kind of reason why it was not read, or not to its end"),
        text("problem", "why it was not read, or not to its end"),
        text("note", "what a person should know: columns without a place, an encoding that was guessed"),
    ),
    order=("collection", "catalogue", "number"),
)

RAW_RECORDS = Table(
    "raw_records",
    (
        text("collection", "of records", nullable=False),
        count("catalogue", "of records", "index"),
        count("number", "of records", "index"),
        text("crosswalk", "version of the crosswalk it was read with", nullable=False),
        text("raw", "the record as it stood in the catalogue, as text", nullable=False),
    ),
    order=("collection", "catalogue", "number"),
)

CROSSWALK = Table(
    "crosswalk",
    (
        text("collection", "name of the collection", nullable=False),
        text("format", "format of the catalogue", nullable=False),
        text("field", "field as the catalogue calls it", nullable=False),
        text("mapped_to", "column or role it was read as; empty when it has no place here", nullable=False),
        count("values", "values in the catalogue", "values"),
        count("lost", "values that are in no column", "values"),
    ),
    order=("collection", "format", "field", "mapped_to"),
)
