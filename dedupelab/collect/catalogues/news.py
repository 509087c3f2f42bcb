"""What newsrooms and agencies send: NewsML-G2 items and ninjs, news in JSON, in its versions 1, 2 and 3."""

from collections.abc import Iterator
from typing import Any

from dedupelab.collect.catalogues.markup import MappedElement
from dedupelab.collect.catalogues.record import Record, Statement, as_json, assemble, unusable

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
)

NINJS = {
    "uri": "record_id",
    "altids": "identifier",
    "byline": "creator",
    "bylines": "creator",
    "by": "creator",
    "copyrightholder": "copyright_owner",
    "copyrightnotice": "copyright_notice",
    "usageterms": "terms",
    "rightsinfo/linkedrights": "web_statement",
    "rightsinfo/link": "web_statement",
    "infosource": "source",
    "infosources": "source",
    "digitalsourcetype": "digital_source_type",
    "contentcreated": "date_created",
    "firstcreated": "date_created?",
    "headline": "title",
    "headlines": "title",
    "title": "title?",
    "titles": "title?",
    "descriptions": "caption",
    "creditline": "credit",
    "embargoed": "access_limit",
    "embargoeduntil": "access_limit",
    "language": "language",
    "provider": "holding_institution",
    "renditions/href": "file",
}
"""Property to target; letter case and underscores aside, the names of versions 1 to 3 do not contradict each other."""
_ROLES = ("role", "contenttype", "scheme", "rel", "profile")
_PICTURES = frozenset({"picture", "graphic", "component", ""})


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
        for path, text in _values(value, (name,)):
            plain = "/".join(path).casefold().replace("_", "")
            root = path[0].casefold()
            target = NINJS.get(plain) or (NINJS.get(root) if len(path) == 1 else None)
            if root.startswith("description_"):
                target = "caption"
            if root.startswith("headline_"):
                target = "title?"
            found.append(Statement("ninjs:" + "/".join(path), text, target))
    return found


def _values(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:  # noqa: ANN401  as above
    """Yield the texts below a property; `value`, `name` and `literal` stand for the thing they are the value of."""
    if isinstance(value, list):
        for each in value:
            yield from _values(each, path)
    elif isinstance(value, dict):
        if _is_keyed(value, path):
            yield from _values(list(value.values()), path)
            return
        main = next((name for name in ("value", "name", "literal") if isinstance(value.get(name), str)), None)
        main = None if path[0] == "renditions" else main
        for name, each in value.items():
            if name not in _ROLES or main is None:
                yield from _values(each, path if name == main else (*path, name))
    elif value is not None:
        yield path, str(value)


def _is_keyed(value: dict[str, Any], path: tuple[str, ...]) -> bool:
    """Whether an object is version 1's way of listing: renditions and other identifiers under names of the sender's own."""
    known = {"renditions": {"href", "name"}, "altids": {"value", "role"}}.get(path[0].casefold())
    return known is not None and len(path) == 1 and not known & set(value)
