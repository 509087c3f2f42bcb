"""The merged catalogue as libraries and museums exchange records: MARCXML, MODS and LIDO.

A field stands where its format has a place for it, and is read again from there by `collect.catalogues` as it was written. What
copies contradict each other on, and what the record rests on, are notes; who may license has a place in MODS alone.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from lxml import etree

from dedupelab.collect.catalogues.record import clean
from dedupelab.evidence.metadata.merged import Copy, Merged

MARC_NS = "http://www.loc.gov/MARC21/slim"
MODS_NS = "http://www.loc.gov/mods/v3"
LIDO_NS = "http://www.lido-schema.org"
COPYRIGHT_NS = "http://www.cdlib.org/inside/diglib/copyrightMD"
XLINK_NS = "http://www.w3.org/1999/xlink"
LEADER = "00000nkm a2200000uu 4500"
PRODUCTION = "http://terminology.lido-schema.org/lido00007"
Holders = Mapping[str, str]
Element = Any


def marcxml(works: Iterable[Merged], holders: Holders, name: str, base: str) -> bytes:
    """Return a MARCXML collection with one MARC 21 record per work; field 008 is left to the library's system, which dates its entry."""
    root = etree.Element(f"{{{MARC_NS}}}collection", nsmap={None: MARC_NS})
    for work in works:
        record = _add(root, MARC_NS, "record")
        _add(record, MARC_NS, "leader", LEADER)
        _add(record, MARC_NS, "controlfield", work.work_id, tag="001")
        said = work.values
        for tag, creator in zip(_first("100", "700"), _several(said, "creator"), strict=False):
            _field(record, tag, "1 ", {"a": creator, "4": "cre"})
        _field(record, "245", "10" if "creator" in said else "00", _title(said))
        _field(record, "264", " 0", {"c": said.get("date_created", "")})
        _field(record, "520", "  ", {"a": said.get("caption", "")})
        _field(record, "524", "  ", {"a": said.get("credit", "")})
        _field(record, "540", "  ", {"a": said.get("usage_terms", ""), "u": said.get("web_statement", "")})
        _field(record, "541", "  ", {"a": said.get("source", "")})
        _field(
            record, "542", "  ", {"d": said.get("copyright_owner", ""), "f": said.get("copyright_notice", "")}
        )
        for note in _notes(work):
            _field(record, "500", "  ", {"a": note})
        for holder in _holders(work, holders):
            _field(record, "852", "  ", {"a": holder})
        for address in _addresses(work, name, base):
            _field(record, "856", "41", {"u": address})
        record[2:] = sorted(record[2:], key=lambda field: str(field.get("tag")))
    return _written(root)


def mods(works: Iterable[Merged], holders: Holders, name: str, base: str) -> bytes:
    """Return a MODS collection with one record per work; rights in copyrightMD."""
    root = etree.Element(f"{{{MODS_NS}}}modsCollection", nsmap={None: MODS_NS, "xlink": XLINK_NS})
    for work in works:
        record, said = _add(root, MODS_NS, "mods", version="3.7"), work.values
        if title := said.get("title"):
            _add(_add(record, MODS_NS, "titleInfo"), MODS_NS, "title", title)
        for creator in _several(said, "creator"):
            person = _add(record, MODS_NS, "name")
            _add(person, MODS_NS, "namePart", creator)
            role = _add(person, MODS_NS, "role")
            _add(role, MODS_NS, "roleTerm", "cre", type="code", authority="marcrelator")
        _add(record, MODS_NS, "typeOfResource", "still image")
        if date := said.get("date_created"):
            _add(_add(record, MODS_NS, "originInfo"), MODS_NS, "dateCreated", date, encoding="edtf")
        _optional(record, MODS_NS, "abstract", said.get("caption"))
        _optional(record, MODS_NS, "note", said.get("credit"), type="preferred citation")
        _optional(record, MODS_NS, "note", said.get("source"), type="source note")
        for note in _notes(work):
            _add(record, MODS_NS, "note", note)
        for holder in _holders(work, holders):
            _add(_add(record, MODS_NS, "location"), MODS_NS, "physicalLocation", holder)
        for address in _addresses(work, name, base):
            _add(_add(record, MODS_NS, "location"), MODS_NS, "url", address, access="raw object")
        _optional(record, MODS_NS, "accessCondition", said.get("usage_terms"), type="use and reproduction")
        if statement := said.get("web_statement"):
            condition = _add(record, MODS_NS, "accessCondition", type="use and reproduction")
            condition.set(f"{{{XLINK_NS}}}href", statement)
        if {"copyright_owner", "copyright_notice", "licensor"} & set(said):
            _copyright(_add(record, MODS_NS, "accessCondition", type="use and reproduction"), said)
        _add(_add(record, MODS_NS, "recordInfo"), MODS_NS, "recordIdentifier", work.work_id)
    return _written(root)


def _copyright(condition: Element, said: Mapping[str, str]) -> None:
    rights = etree.SubElement(condition, f"{{{COPYRIGHT_NS}}}copyright", nsmap={"copyrightMD": COPYRIGHT_NS})
    rights.set("copyright.status", "unknown")
    rights.set("publication.status", "unknown")
    if owner := said.get("copyright_owner"):
        _add(_add(rights, COPYRIGHT_NS, "rights.holder"), COPYRIGHT_NS, "name", owner)
    _optional(rights, COPYRIGHT_NS, "notice", said.get("copyright_notice"))
    if licensor := said.get("licensor"):
        _add(_add(rights, COPYRIGHT_NS, "services"), COPYRIGHT_NS, "contact", licensor)


def lido(works: Iterable[Merged], holders: Holders, name: str, base: str) -> bytes:
    """Return a LIDO wrapper with one record per work."""
    root = etree.Element(f"{{{LIDO_NS}}}lidoWrap", nsmap={"lido": LIDO_NS})
    for work in works:
        record, said = _add(root, LIDO_NS, "lido"), work.values
        _add(record, LIDO_NS, "lidoRecID", work.work_id, **_lido(type="local"))
        described = _add(record, LIDO_NS, "descriptiveMetadata")
        described.set("{http://www.w3.org/XML/1998/namespace}lang", "und")
        _path(described, "objectClassificationWrap/objectWorkTypeWrap/objectWorkType/term", "picture")
        identified = _add(described, LIDO_NS, "objectIdentificationWrap")
        _path(identified, "titleWrap/titleSet/appellationValue", said.get("title", ""))
        wrap = _add(identified, LIDO_NS, "repositoryWrap")
        for holder in _holders(work, holders):
            repository = _add(wrap, LIDO_NS, "repositorySet", **_lido(type="current"))
            _path(repository, "repositoryName/legalBodyName/appellationValue", holder)
        if caption := said.get("caption"):
            _path(identified, "objectDescriptionWrap/objectDescriptionSet/descriptiveNoteValue", caption)
        if {"creator", "date_created"} & set(said):
            _production(_path(described, "eventWrap/eventSet/event"), said)
        _administration(_add(record, LIDO_NS, "administrativeMetadata"), work, holders, name, base)
    return _written(root)


def _production(event: Element, said: Mapping[str, str]) -> None:
    kind = _add(event, LIDO_NS, "eventType")
    _add(kind, LIDO_NS, "conceptID", PRODUCTION, **_lido(type="URI"))
    _add(kind, LIDO_NS, "term", "Production")
    for creator in _several(said, "creator"):
        _path(event, "eventActor/actorInRole/actor/nameActorSet/appellationValue", creator)
    if date := said.get("date_created"):
        _path(event, "eventDate/displayDate", date)


def _administration(place: Element, work: Merged, holders: Holders, name: str, base: str) -> None:
    place.set("{http://www.w3.org/XML/1998/namespace}lang", "und")
    said = work.values
    record = _add(place, LIDO_NS, "recordWrap")
    _add(record, LIDO_NS, "recordID", work.work_id, **_lido(type="local"))
    _path(record, "recordType/term", "item")
    _path(record, "recordSource/legalBodyName/appellationValue", next(iter(_holders(work, holders)), name))
    resources = _add(place, LIDO_NS, "resourceWrap")
    for number, address in enumerate(_addresses(work, name, base)):
        resource = _add(resources, LIDO_NS, "resourceSet")
        _path(resource, "resourceRepresentation/linkResource", address)
        if number:
            continue
        for note in _notes(work):
            _path(resource, "resourceDescription", note)
        if source := said.get("source"):
            _path(resource, "resourceSource/legalBodyName/appellationValue", source)
        if {"usage_terms", "web_statement", "copyright_notice", "copyright_owner", "credit"} & set(said):
            _rights(_add(resource, LIDO_NS, "rightsResource"), said)


def _rights(rights: Element, said: Mapping[str, str]) -> None:
    kinds: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("conceptID", "web_statement", {"type": "URI"}),
        ("term", "usage_terms", {}),
        ("term", "copyright_notice", {"label": "copyright notice"}),
    )
    for element, column, marks in kinds:
        if text := said.get(column):
            _add(_add(rights, LIDO_NS, "rightsType"), LIDO_NS, element, text, **_lido(**marks))
    if owner := said.get("copyright_owner"):
        _path(rights, "rightsHolder/legalBodyName/appellationValue", owner)
    _optional(rights, LIDO_NS, "creditLine", said.get("credit"))


def _title(said: Mapping[str, str]) -> dict[str, str]:
    """Return the subfields of a title; where there is none, the form stands in its place, for nobody gave it one."""
    return {"a": said["title"]} if "title" in said else {"k": "Picture"}


def _first(one: str, others: str) -> Iterable[str]:
    yield one
    while True:
        yield others


def _several(said: Mapping[str, str], column: str) -> list[str]:
    return [each for each in said.get(column, "").split("; ") if each]


def _holders(work: Merged, holders: Holders) -> list[str]:
    return list(dict.fromkeys(holders.get(each, each) for each in work.collections))


def _addresses(work: Merged, name: str, base: str) -> list[str]:
    return [address_of(copy, home_of(name, base)) for copy in work.copies]


def home_of(name: str, base: str) -> str:
    """Return the address that those of a study's works and pictures begin with."""
    return f"{base}{quote(name, safe='')}/"


def address_of(copy: Copy, home: str) -> str:
    """Return where a copy's picture can be had."""
    return f"{home}{quote(copy.collection, safe='')}/{quote(copy.path)}"


def _notes(work: Merged) -> list[str]:
    """Return what a record rests on, and what is not settled, in words."""
    notes = [f"Authority: {work.authority}: {work.reason}"]
    notes += [f"{field} comes from {place}" for field, place in work.provenance.items()]
    notes += [f"{field} is unresolved: {' / '.join(said)}" for field, said in work.unresolved.items()]
    return notes + [f"{field} is contested by another copy" for field in work.contested]


def _field(record: Element, tag: str, indicators: str, parts: Mapping[str, str]) -> None:
    given = {code: text for code, text in parts.items() if text}
    if not given or set(given) == {"4"}:
        return
    field = _add(record, MARC_NS, "datafield", tag=tag, ind1=indicators[0], ind2=indicators[1])
    for code, text in given.items():
        _add(field, MARC_NS, "subfield", text, code=code)


def _path(place: Element, path: str, text: str = "") -> Element:
    for name in path.split("/"):
        place = _add(place, LIDO_NS, name)
    place.text = clean(text) or None
    return place


def _lido(**attributes: str) -> dict[str, str]:
    return {f"{{{LIDO_NS}}}{name}": value for name, value in attributes.items()}


def _optional(place: Element, namespace: str, name: str, text: str | None, **attributes: str) -> None:
    if text:
        _add(place, namespace, name, text, **attributes)


def _add(place: Element, namespace: str, name: str, text: str = "", **attributes: str) -> Element:
    added = etree.SubElement(place, f"{{{namespace}}}{name}", attributes)
    added.text = clean(text) or None
    return added


def _written(root: Element) -> bytes:
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))
