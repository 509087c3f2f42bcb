"""Names out of lists, such as relations, fields, units and settings, as messages: a page says them in its language.

Each list is that of the module which owns it; `tests/publish/language/test_messages.py` holds them against one another.
"""

from dedupelab.numbers.messages import N_

RELATIONS = (
    N_("byte-identical"), N_("payload-identical"), N_("pixel-identical"), N_("near-identical"),
    N_("derivative"), N_("variant"), N_("unrelated"), N_("undecided"),
)  # fmt: skip
CRITERIA = (
    N_("content-credentials"), N_("lineage-root"), N_("largest"), N_("least-processed"), N_("completeness"),
)  # fmt: skip
"""Criteria of authority, under the names that study.toml has for them."""
AUTHORITIES = (N_("resolved"), N_("unresolved"), N_("single"))
ROLES = (N_("authoritative"), N_("copy"), N_("tied"))
"""What a copy is in its group."""
FIELDS = (
    N_("caption"), N_("copyright notice"), N_("copyright owner"), N_("creator"), N_("credit line"),
    N_("date created"), N_("image identifier"), N_("licensor"), N_("source"), N_("title"),
    N_("usage terms"), N_("rights statement address"),
)  # fmt: skip
"""Metadata fields, as sentences call them."""
DATES = (N_("modified"),)
"""Columns that may say when a picture came in."""
UNITS = (
    N_("images"),
    N_("records"),
    N_("files"),
    N_("# pairs"),
    N_("pairs"),
    N_("# images per week"),
    N_("images per week"),
    N_("groups"),
    N_("works"),
    N_("hours"),
    N_("ratio"),
    N_("settings"),
    N_("bytes"),
    N_("pictures"),
    N_("labels"),
    N_("reviewers"),
    N_("links"),
    N_("year"),
    N_("years"),
    N_("weeks"),
    N_("kappa"),
    N_("index"),
)
"""What results count; those with a number sign are as they stand after a number, where that differs."""
COUNTED = (N_("# pairs to look at"),)
"""Denominators as they stand after a number, where that differs."""
KINDS = (N_("archive"), N_("newsroom"), N_("stock"), N_("portal"), N_("bureau"))
"""Kinds of collections that study.toml proposes."""
SOURCE_TYPES = (N_("measured"), N_("invoice"), N_("survey"), N_("expert"), N_("literature"), N_("assumed"))
FACETS = (
    N_("holds"), N_("repeats"), N_("joins"), N_("beside"), N_("within"), N_("across"), N_("one and one"),
    N_("one and several"), N_("several and several"), N_("with others"), N_("alone"), N_("any"),
    N_("not examined"), N_("under 10 votes"), N_("10-19 votes"), N_("20-49 votes"), N_("50 votes or more"),
    N_("0 bits"), N_("1-4 bits"), N_("5-10 bits"), N_("over 10 bits"), N_("no distance"),
)  # fmt: skip
"""What strata of a review are told apart by."""
EDITS = (
    N_("re-encoded"), N_("resized"), N_("recoloured"), N_("grayscale"), N_("retouched"), N_("cropped"),
    N_("captioned"), N_("watermarked"), N_("bordered"), N_("flipped"), N_("rotated"), N_("framed"),
    N_("combined"),
)  # fmt: skip
"""Kinds of edits that a calibration plants."""
INPUTS = (
    N_("redundant bytes"), N_("images"), N_("groups"), N_("entries"), N_("licences"),
    N_("licences of pictures outside the study"), N_("intended copies"), N_("pairs to look at"),
    N_("dates"), N_("price_year"), N_("storage_price"), N_("storage_copies"), N_("storage_overhead"),
    N_("review_seconds"), N_("group_seconds"), N_("hourly_wage"), N_("incident_years"), N_("licence_years"),
    N_("disputes_per_year"), N_("dispute_days"), N_("dispute_day_value"), N_("attribution_share"),
    N_("acquisitions_per_year"), N_("acquisition_fee"), N_("ceiling"), N_("coverage"), N_("cross_share"),
    N_("flagged_per_organisation"), N_("governance"), N_("growth"), N_("integration_per_organisation"),
    N_("legal"), N_("licence_per_organisation"), N_("midpoint"), N_("migration"), N_("optimism_bias"),
    N_("organisations"), N_("recall"), N_("remediation"), N_("steepness"), N_("sme_share"),
    N_("sme_harm_share"), N_("open_source_per_organisation"), N_("start"), N_("stock_hours"), N_("acquisition_deadweight"),
    N_("acquisition_displacement"), N_("acquisition_remaining"), N_("acquisition_substitution"),
    N_("attribution"), N_("deflator"), N_("dispute_deadweight"), N_("dispute_displacement"),
    N_("dispute_remaining"), N_("dispute_substitution"), N_("duplicated works"), N_("harm_scale"),
    N_("incidents of duplicated works"), N_("incidents of other works"), N_("licence_deadweight"),
    N_("licence_displacement"), N_("licence_remaining"), N_("licence_substitution"),
    N_("licences paid twice"), N_("licences of works licensed more than once"), N_("members_answered"), N_("members_asked"), N_("other works"),
    N_("storage_deadweight"), N_("storage_displacement"), N_("storage_remaining"),
    N_("storage_substitution"),
)  # fmt: skip
"""Names of inputs, those that study.toml sets under the names that it has for them."""
COLUMNS = (
    N_("amount"), N_("asset"), N_("attribution"), N_("closed"), N_("confidentiality"), N_("currency"), N_("date"),
    N_("days"), N_("decided_by"), N_("decision"), N_("end"), N_("evidence"), N_("fee"), N_("high"), N_("id"),
    N_("items"), N_("kind"), N_("licensee"), N_("licensor"), N_("low"), N_("minutes"), N_("opened"),
    N_("organisation"), N_("owner"), N_("p50"), N_("p90"), N_("reason"), N_("recorded"), N_("role"), N_("scope"),
    N_("source"), N_("source_type"), N_("start"), N_("step"), N_("system"), N_("territory"), N_("unit"),
    N_("value"), N_("value_per_day"),
)  # fmt: skip
"""Columns of the registers that a reader sees."""
CHOICES = (
    N_("confidential"), N_("de-duplicate"), N_("dispute"), N_("ingest"), N_("members"), N_("other"), N_("public"),
    N_("reacquisition"), N_("review"), N_("rights"), N_("search"), N_("stall"),
)  # fmt: skip
"""What registers let choose from."""
