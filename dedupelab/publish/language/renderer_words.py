"""The few words that renderers add of their own, one set for each language."""

from dataclasses import dataclass

from dedupelab.publish.language.language import _, current


@dataclass(frozen=True)
class Words:
    """What the renderers themselves say, in the document's language.

    `figure`, `table` and `section` hold the placeholder {number}, `page` holds {page} and {pages}; `gap` stands after what ends in a
    colon.
    """

    contents: str
    skip: str
    figure: str
    table: str
    paragraph: str
    section: str
    source: str
    data: str
    note: str
    description: str
    page: str
    evidence: str
    gap: str


def words() -> Words:
    """Return the renderers' words in the language that is being written."""
    return Words(
        contents=_("Contents"),
        skip=_("Skip to the text"),
        figure=_("Figure {number}"),
        table=_("Table {number}"),
        paragraph=_("paragraph"),
        section=_("section {number}"),
        source=_("Source:"),
        data=_("Data:"),
        note=_("Note:"),
        description=_("Description of the figure"),
        page=_("Page {page} of {pages}"),
        evidence=_("Evidence"),
        # A full-width colon brings its own room.
        gap="" if current().unspaced else " ",
    )
