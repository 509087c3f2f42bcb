"""The columns of images that come from metadata: what files, sidecars, Content Credentials and catalogues assert."""

import pyarrow as pa

from dedupelab.tables.parquet import Column
from dedupelab.tables.parquet import text as _text

METADATA = (
    _text("creator", "who made the picture; several joined by '; '"),
    _text("credit", "credit line to display; not ownership"),
    _text("copyright_notice", "copyright notice as written"),
    _text("copyright_owner", "PLUS copyright owner"),
    _text("licensor", "PLUS licensor: who can grant a licence"),
    _text("licensor_url", "PLUS licensor's address for requests; several joined by '; '"),
    _text("usage_terms", "rights usage terms"),
    _text("web_statement", "address of the rights statement"),
    _text("data_mining", "PLUS data mining: full address of what is allowed or prohibited"),
    _text("other_constraints", "PLUS other constraints; says more where data_mining refers to it"),
    _text("source", "where the holder had it from"),
    _text("image_supplier", "PLUS image supplier: who handed it on; not ownership"),
    _text("supplier_image_id", "the supplier's identifier of the image"),
    _text("registry_id", "IPTC registry entries: organisation, blank, item; several joined by '; '"),
    _text("title", "title or object name"),
    _text("caption", "description or caption"),
    _text("date_created", "when the picture was made: ISO 8601 with only the precision that is known"),
    _text("guid", "globally unique image identifier"),
    _text("document_id", "XMP document identifier: the same for all states of one document"),
    _text("original_document_id", "XMP identifier of the document that this one began as"),
    _text("instance_id", "XMP instance identifier: another one after each save"),
    _text("derived_from", "XMP identifier of the document this one derives from"),
    _text(
        "digital_source_type", "IPTC digital source type from XMP or a linked catalogue record, full address"
    ),
    _text("ai_system", "IPTC AI system used: the program that generated the picture or a part of it"),
    _text("ai_system_version", "IPTC AI system version used"),
    Column(
        "ai_prompt",
        pa.bool_(),
        "whether XMP holds a prompt or its writer's name (neither is kept)",
        nullable=True,
    ),
    _text(
        "ai_label",
        "yes, no-label or composite, from XMP and Content Credentials that are not invalid; a missing label is not evidence of a human author",
        nullable=False,
    ),
    _text(
        "c2pa",
        "Content Credentials: none, trusted, valid, invalid, or unchecked (there or referred to, and not checked)",
        nullable=False,
    ),
    _text("c2pa_signer", "who signed the Content Credentials, as the certificate says; not ownership"),
    _text(
        "c2pa_source_type",
        "digital source types that the Content Credentials name, full addresses: how it was made, then changes; joined by '; '",
    ),
    _text("c2pa_generator", "the program that made the Content Credentials"),
    Column("has_gps", pa.bool_(), "whether the metadata holds a position (the position itself is not kept)"),
    Column(
        "names_person",
        pa.bool_(),
        "whether fields of IPTC or PLUS on persons and models are filled in (what they say is not kept)",
        nullable=True,
    ),
    _text(
        "sources",
        "which of sidecar, exif, iim and xmp assert a field, the believed first, as JSON {field: [source]}",
    ),
    _text(
        "disagreements",
        "fields on which the sources of this one file, or it and its catalogue record, disagree, as JSON {field: {source: value}}",
    ),
    _text("metadata_backend", "what read the metadata, and its version"),
)
