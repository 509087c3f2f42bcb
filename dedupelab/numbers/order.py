"""The order in which results are written."""

ORDER = (
    "N.listed", "N.hashed", "N.unreadable", "N.skipped", "N.low-information", "N.works", "N.surplus",
    "N.groups", "N.records", "N.catalogued", "N.pairs", "N.links", "N", "M1", "M1b", "M1x", "M1p", "M2", "M16",
    "M4", "M4j", "M5", "M5s", "M5i", "M5c", "M5p", "M6", "M6b", "M6c", "M6l", "M7", "M7s", "M12", "M12c", "M12w", "M13", "M15", "M17", "M3", "M8",
    "M9", "M9a", "M10a", "M14", "M.sum", "M.silent", "M10b", "M10c", "S", "M11", "V.reviewed", "V.labelled", "V.reviewers",
    "V.twice", "V.disputes", "V.open", "V.absent", "V.precision", "V.recall", "V.files", "V", "K",
)  # fmt: skip
"""By these ids, by id below each (10 after 9); others come last."""
