"""MODS, the Metadata Object Description Schema of the Library of Congress."""

from dedupelab.collect.catalogues.marc import MAKERS
from dedupelab.collect.catalogues.markup import (
    Element,
    MappedElement,
    attribute,
    children,
    local,
    whole_text,
)

_NAME_PARTS = ("family", "given", "termsOfAddress")


def _mods_name(element: Element) -> str:
    """Return a name as its display form, else family and given names, else its parts as written."""
    inner = children(element)
    shown = [whole_text(part) for part in inner if local(part) == "displayForm"]
    if shown:
        return shown[0]
    parts = [(attribute(part, "type"), whole_text(part)) for part in inner if local(part) == "namePart"]
    ordered = [text for kind in _NAME_PARTS for said, text in parts if said == kind]
    return ", ".join(ordered or [text for kind, text in parts if kind != "date"])


def _mods_meaning(path: str, element: Element, target: str | None) -> str | None:
    kind = attribute(element, "type").casefold()
    if path == "name":
        roles = [whole_text(r).casefold() for r in element.iter("{*}roleTerm")]
        return target if not roles or any(role in MAKERS for role in roles) else None
    if path == "accessCondition" and "restriction" in kind:
        return "access_limit"
    if path.startswith("originInfo/") and target and (point := attribute(element, "point")):
        return {"start": "date_from", "end": "date_to"}.get(point, target)
    if path == "titleInfo/title" and attribute(_parent(element), "type") in {"alternative", "abbreviated"}:
        return None
    return target


def _parent(element: Element) -> Element:
    found = element.getparent()
    return element if found is None else found


read_mods = MappedElement(
    "mods:",
    {
        "titleInfo/title": "title",
        "name": "creator",
        "originInfo/dateCreated": "date_created",
        "originInfo/dateIssued": "date_created?",
        "accessCondition": "terms",
        "accessCondition/@href": "web_statement",
        "abstract": "caption",
        "location/physicalLocation": "holding_institution",
        "location/url": "file",
        "identifier": "identifier",
        "recordInfo/recordIdentifier": "record_id",
        "language/languageTerm": "language",
        "relatedItem/titleInfo/title": "related",
        "relatedItem/identifier": "related",
        "relatedItem/location/url": "related",
    },
    attributes=frozenset({"href"}),
    elsewhere=frozenset({"relatedItem", "subject"}),
    whole={"name": _mods_name},
    refine=_mods_meaning,
)
