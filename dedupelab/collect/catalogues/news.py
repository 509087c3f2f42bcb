"""What newsrooms and agencies send: NewsML-G2 items and ninjs, news in JSON, in its versions 1, 2 and 3."""

import re
from collections.abc import Iterator
from typing import Any

from dedupelab.collect.catalogues.markup import Element, MappedElement, attribute, local, named, whole_text
from dedupelab.collect.catalogues.record import Record, Statement, as_json, assemble, unusable
from dedupelab.collect.catalogues.terms import key, makes, meaning

_DESCRIBES = {
    "creditline": "credit", "credit": "credit", "copyright": "copyright_notice", "copyrightnotice": "copyright_notice", "rights": "copyright_notice",
    "usageterms": "terms", "usage": "terms", "headline": "title?", "title": "title?",
    **dict.fromkeys(("", "caption", "description", "summary", "abstract", "main", "short", "medium", "long", "default", "text", "dek", "standfirst"), "caption"),
}  # fmt: skip
"""What a description is by its role; one in another role, such as the writer's initials, has no place here."""
_DESCRIBED = frozenset(
    {"caption", "credit", "copyright_notice", "copyright_owner", "terms", "title", "title?", "source"}
)
_BYLINE = frozenset({"", "byline", "by", "main"})
"""Roles that leave open who is named: in a picture's byline that is who made it."""


def _role(text: str) -> str:
    """Return a role without its scheme: `drol:caption`, an address, or a plain word."""
    return key(re.split(r"[:/#]", text.rstrip("/"))[-1])


def _described(role: str) -> str | None:
    """Return what a description is by its role, also where that is a word as tables have it, such as `說明`."""
    known = _role(role)
    found = _DESCRIBES.get(known) or meaning(known)
    return found if known in _DESCRIBES or found in _DESCRIBED else None


def _newsml_meaning(path: str, element: Element, target: str | None) -> str | None:
    if path.startswith("contentMeta/description"):
        return _described(attribute(element, "role"))
    if path.startswith(("contentMeta/creator", "contentMeta/contributor")):
        who = element if local(element) in {"creator", "contributor"} else element.getparent()
        roles = [] if who is None else [r for r in (attribute(who, "role"), attribute(who, "roleuri")) if r]
        roles += map(whole_text, named(who, "role"))
        made = makes(map(_role, roles)) if roles else path.startswith("contentMeta/creator")
        own = path.count("/") == 2 and path.endswith(("/name", "/@literal"))
        if not made or not (own or path == "contentMeta/creator"):
            return None
        return "creator" if path.endswith("/name") or not named(who, "name") else "creator?"
    return target


def _newsml_another(_path: str, element: Element) -> bool:
    """Whether a name is another form of one that stands beside it: not the full one, or else not the first."""
    around = element.getparent()
    if local(element) != "name" or around is None:
        return False
    names = named(around, "name")
    return element is not next((each for each in names if _role(attribute(each, "role")) == "full"), names[0])


read_newsml = MappedElement(
    "nar:",
    {
        "@guid": "record_id",
        "rightsInfo/copyrightHolder/name": "copyright_owner",
        "rightsInfo/copyrightHolder/@literal": "copyright_owner?",
        "rightsInfo/copyrightNotice": "copyright_notice",
        "rightsInfo/usageTerms": "terms",
        "itemMeta/provider/name": "holding_institution",
        "itemMeta/provider/@literal": "holding_institution?",
        "itemMeta/provider/@qcode": "holding_institution?",
        "itemMeta/embargoed": "access_limit",
        "itemMeta/title": "title?",
        "itemMeta/fileName": "file",
        "contentMeta/contentCreated": "date_created",
        "contentMeta/creator/name": "creator",
        "contentMeta/creator/@literal": "creator?",
        "contentMeta/creditline": "credit",
        "contentMeta/by": "creator?",
        "contentMeta/infoSource/name": "source",
        "contentMeta/infoSource/@literal": "source?",
        "contentMeta/headline": "title",
        "contentMeta/description": "caption",
        "contentMeta/language/@tag": "language",
        "contentMeta/digitalSourceType/@uri": "digital_source_type",
        "itemMeta/link/@href": "related",
        "contentSet/remoteContent/@href": "file",
        "contentSet/remoteContent/altId": "identifier",
        "contentMeta/altId": "identifier",
    },
    attributes=frozenset({"guid", "href", "literal", "qcode", "tag", "uri"}),
    refine=_newsml_meaning,
    another=_newsml_another,
)

NINJS = {
    "uri": "record_id", "altids": "identifier", "byline": "creator", "bylines": "creator", "by": "creator",
    "copyrightholder": "copyright_owner", "copyrightnotice": "copyright_notice", "usageterms": "terms",
    "rightsinfo/linkedrights": "web_statement", "rightsinfo/link": "web_statement", "infosource": "source",
    "infosources": "source", "digitalsourcetype": "digital_source_type", "contentcreated": "date_created",
    "firstcreated": "date_created?", "headline": "title", "headlines": "title", "title": "title?",
    "titles": "title?", "descriptions": "caption", "description": "caption", "caption": "caption",
    "contributors": "creator", "creditline": "credit", "embargoed": "access_limit",
    "embargoeduntil": "access_limit", "language": "language", "provider": "holding_institution",
    "renditions/href": "file",
}  # fmt: skip
"""Property to target; letter case and underscores aside, the names of versions 1 to 3 do not contradict each other."""
_ROLES = ("role", "contenttype", "scheme", "rel", "profile")
_PICTURES = frozenset({"picture", "graphic", "component", ""})


def is_ninjs(document: Any) -> bool:  # noqa: ANN401  whatever JSON can say
    """Whether a document has items with a uri, or is an empty list of items."""
    items = list(_items(document))
    return not items or any(isinstance(item.get("uri"), str) for item in items)


def read_ninjs(document: Any) -> Iterator[Record]:  # noqa: ANN401  whatever JSON can say
    """Yield the picture items of a ninjs document: one item, a list of items, or pictures associated with a text."""
    for item in _items(document):
        uri = item.get("uri")
        if not isinstance(uri, str) or not uri.strip():
            yield unusable("expected a ninjs item with a uri, got none", raw=as_json(item))
            continue
        yield assemble(_statements(item), raw=as_json(item))


def _items(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  as above
    if isinstance(value, list):
        for each in value:
            yield from _items(each)
    elif isinstance(value, dict):
        envelope = next(
            (value[name] for name in ("items", "_items") if isinstance(value.get(name), list)), None
        )
        if envelope is not None and "uri" not in value:
            yield from _items(envelope)
            return
        inner = value.get("associations") or []
        if str(value.get("type", "")).casefold() in _PICTURES:
            yield value
        for each in inner.values() if isinstance(inner, dict) else inner:
            yield from _items(each)
    else:
        yield {"value": value}


def _statements(item: dict[str, Any]) -> list[Statement]:
    found = []
    for name, value in item.items():
        if name == "associations":
            continue
        for path, text, role in _values(value, (name,)):
            plain = "/".join(path).casefold().replace("_", "")
            root = path[0].casefold()
            target = NINJS.get(plain) or (NINJS.get(root) if len(path) == 1 else None)
            if root.startswith("description_"):
                target = "caption"
            if root.startswith("headline_"):
                target = "title?"
            found.append(Statement("ninjs:" + "/".join(path), text, _by_role(root, plain, role, target)))
    return found


def _by_role(root: str, plain: str, role: str, target: str | None) -> str | None:
    """Return what a value is where the item says its role: a description's, a byline's."""
    if root in {"description", "descriptions"} and target == "caption":
        return _described(role)
    if root in {"byline", "bylines", "by", "contributors", "contributor", "creators", "creator"}:
        named = (
            target is not None
            or plain in {f"{root}/{part}" for part in ("byline", "name", "fullname", "by")}
            or plain in {"contributors", "contributor", "creators", "creator"}
        )
        if named and makes([role]):
            return "creator"
        return "creator?" if named and _role(role) in _BYLINE and not root.startswith("contributor") else None
    if root == "altids" and _role(role) == "internal":
        return None
    return target


def _values(value: Any, path: tuple[str, ...], role: str = "") -> Iterator[tuple[tuple[str, ...], str, str]]:  # noqa: ANN401  as above
    """Yield the texts below a property with their role; `value`, `name` and `literal` stand for the thing they are the value of."""
    if isinstance(value, list):
        for each in value:
            yield from _values(each, path, role)
    elif isinstance(value, dict):
        if _is_keyed(value, path):
            yield from _values(list(value.values()), path, role)
            return
        own = next(
            (value[name] for name in ("role", "roles", "rel", "jobtitle", "jobTitle") if value.get(name)),
            role,
        )
        role = own if isinstance(own, str) else str(own[0]) if isinstance(own, list) and own else role
        main = next((name for name in ("value", "name", "literal") if isinstance(value.get(name), str)), None)
        main = None if path[0] == "renditions" else main
        for name, each in value.items():
            if name not in _ROLES or main is None:
                yield from _values(each, path if name == main else (*path, name), role)
    elif value is not None:
        yield path, str(value), role


def _is_keyed(value: dict[str, Any], path: tuple[str, ...]) -> bool:
    """Whether an object is version 1's way of listing: renditions and other identifiers under names of the sender's own."""
    known = {"renditions": {"href", "name"}, "altids": {"value", "role"}}.get(path[0].casefold())
    return known is not None and len(path) == 1 and not known & set(value)
