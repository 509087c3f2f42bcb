"""Dublin Core: the fifteen elements and the DCMI terms, in oai_dc containers, RDF or any other wrapping, and as CSV headings."""

import re

from dedupelab.collect.catalogues.markup import DC, EDM, Element, MappedElement, children, local, namespace
from dedupelab.collect.catalogues.terms import makes

TARGETS = {
    "identifier": "identifier", "title": "title", "creator": "creator", "publisher": "holding_institution",
    "rights": "rights", "rightsHolder": "copyright_owner", "license": "terms",
    "accessRights": "access_limit", "created": "date_created", "date": "date_created?",
    "description": "caption", "abstract": "caption", "source": "source", "relation": "related",
    "isPartOf": "related", "isVersionOf": "related", "isFormatOf": "related", "hasFormat": "related",
    "hasVersion": "related", "references": "related", "language": "language",
}  # fmt: skip
"""Term to target. The publisher of a catalogue record is who holds the picture, as crosswalks to institutions have it."""
_NAMED = frozenset({"name", "prefLabel", "label", "value", "li", "altLabel", "title", "literalForm"})
"""What holds the text of a nested value, such as a person's name."""
_BY_NAME = {name.casefold(): target for name, target in TARGETS.items()}
_QUALIFIED = {
    "rights.uri": "rights", "rights.holder": "copyright_owner", "rights.license": "terms", "rights.access": "access_limit", "date.created": "date_created",
    "date.creation": "date_created", "description.abstract": "caption", "description.caption": "caption", "description.tableofcontents": None,
    "description.provenance": None, "description.sponsorship": None, "description.version": None, "description.filename": "file", "title.alternative": None,
    "identifier.citation": None, "identifier.filename": "file", "publisher.place": None, "coverage.temporal": None,
}  # fmt: skip
"""What an element with a qualifier is where the element alone is something else; a date with any other is not of the making."""
_HEADING = re.compile(r"(?:dc|dct|dcterms)[.:]([a-z]+)(?:[.:]([a-z]+))?(?:\[([\w-]*)\])?", re.IGNORECASE)


def _meaning(path: str, _element: Element, target: str | None) -> str | None:
    """Return what a nested or linked value means: what the element around it does."""
    steps = path.split("/")
    if len(steps) == 1:
        return target
    nested = steps[-1] in _NAMED - {"altLabel"} or steps[-1] in {"@resource", "@about"}
    found = next((TARGETS[step] for step in steps[:-1] if step in TARGETS), None) if nested else None
    # An address is who made or holds something in no list of names.
    return (
        None
        if steps[-1].startswith("@")
        and found in {"creator", "holding_institution", "copyright_owner", "title"}
        else found
    )


read_dublin = MappedElement(
    "dc:", {**TARGETS, "/@about": "identifier"}, attributes=frozenset({"resource", "about"}), refine=_meaning
)


def is_container(element: Element) -> bool:
    """Whether an element holds Dublin Core directly: oai_dc:dc, rdf:Description or another wrapping."""
    inner = children(element)
    if not inner or namespace(element) in DC or namespace(element) in EDM:
        return False
    plain = local(element).casefold() in {"dc", "oai_dc", "qualifieddc", "simpledc"} and not namespace(
        element
    )
    return any(
        namespace(child) in DC or (plain and not namespace(child) and local(child) in TARGETS)
        for child in inner
    )


def heading(text: str) -> tuple[str | None, str] | None:
    """Return target and language of a Dublin Core column heading, or None where it is none.

    >>> heading("dcterms:rightsHolder"), heading("dc.title[zh-Hant]"), heading("Title")
    (('copyright_owner', ''), ('title', 'zh-Hant'), None)
    """
    found = _HEADING.fullmatch(text.strip())
    if found is None:
        return None
    element, qualifier, language = found.groups()
    kind, further = element.casefold(), (qualifier or "").casefold()
    target = _BY_NAME.get(further) or _BY_NAME.get(kind)
    if f"{kind}.{further}" in _QUALIFIED:
        target = _QUALIFIED[f"{kind}.{further}"]
    elif further and kind == "date":
        target = None
    elif further and kind in {"creator", "contributor"}:
        target = "creator" if makes([further]) else None
    return target, language or ""
