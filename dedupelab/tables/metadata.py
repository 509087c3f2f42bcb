"""The columns of images that come from metadata: what files, sidecars, Content Credentials and catalogues assert."""

from dedupelab.tables.parquet import flag, text

METADATA = (
    text("creator", "who made the picture; several joined by '; '"),
    text("credit", "credit line to display; not ownership"),
    text("copyright_notice", "copyright notice as written"),
    text("copyright_owner", "PLUS copyright owner"),
    text("licensor", "PLUS licensor: who can grant a licence"),
    text("licensor_url", "PLUS licensor's address for requests; several joined by '; '"),
    text("usage_terms", "rights usage terms"),
    text("web_statement", "address of the rights statement"),
    text("data_mining", "PLUS data mining: full address of what is allowed or prohibited"),
    text("other_constraints", "PLUS other constraints; says more where data_mining refers to it"),
    text("source", "where the holder had it from"),
    text("image_supplier", "PLUS image supplier: who handed it on; not ownership"),
    text("supplier_image_id", "the supplier's identifier of the image"),
    text("registry_id", "IPTC registry entries: organisation, blank, item; several joined by '; '"),
    text("title", "title or object name"),
    text("caption", "description or caption"),
    text("date_created", "when the picture was made: ISO 8601 with only the precision that is known"),
    text("guid", "globally unique image identifier"),
    text("document_id", "XMP document identifier: the same for all states of one document"),
    text("original_document_id", "XMP identifier of the document that this one began as"),
    text("instance_id", "XMP instance identifier: another one after each save"),
    text("derived_from", "XMP identifier of the document this one derives from"),
    text(
        "digital_source_type", "IPTC digital source type from XMP or a linked catalogue record, full address"
    ),
    text("ai_system", "IPTC AI system used: the program that generated the picture or a part of it"),
    text("ai_system_version", "IPTC AI system version used"),
    flag("ai_prompt", "whether XMP holds a prompt or its writer's name (neither is kept)", nullable=True),
    text(
        "ai_label",
        "yes, no-label or composite, from XMP and Content Credentials that are not invalid; a missing label is not evidence of a human author",
        nullable=False,
    ),
    text(
        "c2pa",
        "Content Credentials: none, trusted, valid, invalid, or unchecked (there or referred to, and not checked)",
        nullable=False,
    ),
    text("c2pa_signer", "who signed the Content Credentials, as the certificate says; not ownership"),
    text(
        "c2pa_source_type",
        "digital source types that the Content Credentials name, full addresses: how it was made, then changes; joined by '; '",
    ),
    text("c2pa_generator", "the program that made the Content Credentials"),
    flag("has_gps", "whether the metadata holds a position (the position itself is not kept)"),
    flag(
        "names_person",
        "whether fields of IPTC or PLUS on persons and models are filled in (what they say is not kept)",
        nullable=True,
    ),
    text(
        "sources",
        "which of sidecar, exif, iim and xmp assert a field, the believed first, as JSON {field: [source]}",
    ),
    text(
        "disagreements",
        "fields on which the sources of this one file, or it and its catalogue record, disagree, as JSON {field: {source: value}}",
    ),
    text("metadata_backend", "what read the metadata, and its version"),
)
