"""The few words that renderers add of their own, one set for each language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What the renderers themselves say, in the document's language.

    `page` holds the placeholders {page} and {pages}.
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


ENGLISH = Words(
    contents="Contents",
    skip="Skip to the text",
    figure="Figure",
    table="Table",
    paragraph="paragraph",
    section="section",
    source="Source:",
    data="Data:",
    note="Note:",
    description="Description of the figure",
    page="Page {page} of {pages}",
    evidence="Evidence",
)
