"""Dublin Core: the fifteen elements and the DCMI terms, in oai_dc containers, RDF or any other wrapping, and as CSV headings."""

import re

from dedupelab.collect.catalogues.markup import DC, Element, MappedElement, children

TARGETS = {
    "identifier": "identifier",
    "title": "title",
    "creator": "creator",
    "publisher": "holding_institution",
    "rights": "rights",
    "rightsHolder": "copyright_owner",
    "license": "terms",
    "accessRights": "access_limit",
    "created": "date_created",
    "date": "date_created?",
    "description": "caption",
    "abstract": "caption",
    "source": "source",
    "relation": "related",
    "isPartOf": "related",
    "isVersionOf": "related",
    "isFormatOf": "related",
    "hasFormat": "related",
    "hasVersion": "related",
    "references": "related",
    "language": "language",
}
"""Term to target. The publisher of a catalogue record is who holds the picture, as crosswalks to institutions have it."""
_BY_NAME = {name.casefold(): target for name, target in TARGETS.items()}
_HEADING = re.compile(r"(?:dc|dct|dcterms)[.:]([a-z]+)(?:[.:]([a-z]+))?(?:\[([\w-]*)\])?", re.IGNORECASE)

read_dublin = MappedElement("dc:", TARGETS)


def is_container(element: Element) -> bool:
    """Whether an element holds Dublin Core directly: oai_dc:dc, rdf:Description or another wrapping."""
    inner = children(element)
    return bool(inner) and any(namespace(child) in DC for child in inner) and namespace(element) not in DC


def namespace(element: Element) -> str:
    """Return an element's namespace, or nothing."""
    tag = str(element.tag)
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""


def heading(text: str) -> tuple[str | None, str] | None:
    """Return target and language of a Dublin Core column heading, or None where it is none.

    >>> heading("dcterms:rightsHolder"), heading("dc.title[zh-Hant]"), heading("Title")
    (('copyright_owner', ''), ('title', 'zh-Hant'), None)
    """
    found = _HEADING.fullmatch(text.strip())
    if found is None:
        return None
    element, qualifier, language = found.groups()
    target = _BY_NAME.get((qualifier or "").casefold()) or _BY_NAME.get(element.casefold())
    return target, language or ""
