"""MODS, the Metadata Object Description Schema of the Library of Congress."""

import re

from dedupelab.collect.catalogues.markup import Element, MappedElement, attribute, named, whole_text
from dedupelab.collect.catalogues.record import Statement
from dedupelab.collect.catalogues.terms import is_former, makes

_NOTES = {
    "preferred citation": "credit",
    "credit line": "credit",
    "credit": "credit",
    "source note": "source",
}
"""Notes of MODS that are a field here, by their type."""
_NAME_PARTS = ("family", "given", "termsOfAddress")


def _mods_name(element: Element) -> str:
    """Return a name as its display form, else family and given names, else its parts as written."""
    if shown := named(element, "displayForm"):
        return whole_text(shown[0])
    parts = [(attribute(part, "type"), whole_text(part)) for part in named(element, "namePart")]
    if not parts:
        return whole_text(element)
    ordered = [text for kind in _NAME_PARTS for said, text in parts if said == kind]
    if attribute(element, "type") == "corporate":
        units = [text for kind, text in parts if kind != "date"]
        return ". ".join([*(unit.rstrip(" .") for unit in units[:-1]), *units[-1:]])
    return ", ".join(ordered or [text for kind, text in parts if kind != "date"])


def _mods_meaning(path: str, element: Element, target: str | None) -> str | None:  # noqa: PLR0911  one per element
    kind = attribute(element, "type").casefold()
    if path == "name":
        roles = [
            text
            for r in element.iter("{*}roleTerm")
            for text in (whole_text(r), attribute(r, "valueURI"))
            if text
        ]
        return target if not roles or makes(roles) else None
    if path == "note":
        return _NOTES.get(kind)
    if path == "accessCondition" and "restriction" in kind:
        return "access_limit"
    if path.startswith("originInfo/") and any(
        re.search("digiti|numeri|scan|reprodu", attribute(each, "eventType").casefold())
        for each in element.iterancestors("{*}originInfo")
    ):
        return None
    if path.startswith("originInfo/") and target and (point := attribute(element, "point")):
        return {"start": "date_from", "end": "date_to"}.get(point, target)
    if path == "titleInfo" and attribute(element, "type") not in {"", "translated"}:
        return None  # alternative, abbreviated, uniform; a translated one is parallel
    if path == "location/physicalLocation" and is_former(kind):
        return None
    if path == "identifier" and attribute(element, "invalid") == "yes":
        return None
    return target


def _mods_title(element: Element) -> str:
    """Return a title with its article, its parts and its subtitle."""
    said = {
        name: [whole_text(e) for e in named(element, name)]
        for name in ("nonSort", "title", "subTitle", "partNumber", "partName")
    }
    text = " ".join(filter(None, [*said["nonSort"], *said["title"]]))
    text = " : ".join(filter(None, [text.strip(), *said["subTitle"]]))
    return ". ".join(filter(None, [text, ", ".join([*said["partNumber"], *said["partName"]])]))


_MARKS = {"approximate": "~", "questionable": "?", "inferred": ""}


def read_mods(element: Element) -> list[Statement]:
    """Return what a MODS record states; dates that are approximate or questionable are marked so."""
    for each in element.iter("{*}dateCreated", "{*}dateIssued"):
        mark = _MARKS.get(attribute(each, "qualifier"), "")
        text = (each.text or "").strip()
        if mark and text and text[-1] not in "?~%":
            each.text = (
                text + mark
                if text.replace("-", "").isdigit()
                else f"ca. {text}"
                if mark == "~"
                else f"{text}?"
            )
    return _mods(element)


def _translated(path: str, element: Element) -> bool:
    return path == "titleInfo" and attribute(element, "type") == "translated"


_mods = MappedElement(
    "mods:",
    {
        "titleInfo": "title",
        "name": "creator",
        "originInfo/dateCreated": "date_created",
        "originInfo/dateIssued": "date_created?",
        "accessCondition": "terms",
        "accessCondition/@href": "web_statement",
        "abstract": "caption",
        "accessCondition/copyright/rights.holder/name": "copyright_owner",
        "accessCondition/copyright/notice": "copyright_notice",
        "accessCondition/copyright/services/contact": "licensor",
        "/note": "note",
        "location/physicalLocation": "holding_institution",
        "location/url": "file",
        "identifier": "identifier",
        "recordInfo/recordIdentifier": "record_id",
        "language/languageTerm": "language",
        "relatedItem/titleInfo": "related",
        "relatedItem/identifier": "related",
        "relatedItem/location/url": "related",
    },
    attributes=frozenset({"href"}),
    elsewhere=frozenset({"relatedItem", "subject"}),
    whole={"name": _mods_name, "titleInfo": _mods_title},
    refine=_mods_meaning,
    another=_translated,
)
