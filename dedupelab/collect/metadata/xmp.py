"""XMP packets: RDF in XML, read by namespace and never by prefix, with no DTD and no entities (ISO 16684-1, section 7)."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from dedupelab.collect.metadata import rdf

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST = 16 * 2**20
"""Bytes; a larger packet is refused unread."""
EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"

_DC = "{http://purl.org/dc/elements/1.1/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_RIGHTS = "{http://ns.adobe.com/xap/1.0/rights/}"
_MM = "{http://ns.adobe.com/xap/1.0/mm/}"
_REF = "{http://ns.adobe.com/xap/1.0/sType/ResourceRef#}"
_EXT = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
_PLUS = "{http://ns.useplus.org/ldf/xmp/1.0/}"
_EXIF = "{http://ns.adobe.com/exif/1.0/}"
_TERMS = "{http://purl.org/dc/terms/}"

_CONTROLS = {code: None for code in range(32) if chr(code) not in "\t\n\r"} | {0xFFFE: None, 0xFFFF: None}
_DECLARATION = re.compile(rb"<\?xml\s[^>]*\?>")


class Xmp(NamedTuple):
    """What XMP asserts about a picture; several owners or licensors are kept apart.

    `prompt` is read only so that it can be kept out of everything else. `provenance` is where Content Credentials lie that
    are not embedded. `sidecar_for` is the suffix of the picture that a sidecar file belongs to, where it says so.
    """

    creator: tuple[str, ...] = ()
    credit: str = ""
    copyright: str = ""
    owner: tuple[str, ...] = ()
    licensor: tuple[str, ...] = ()
    licensor_url: tuple[str, ...] = ()
    usage_terms: str = ""
    web_statement: str = ""
    data_mining: str = ""
    other_constraints: str = ""
    source: str = ""
    supplier: tuple[str, ...] = ()
    supplier_image_id: str = ""
    registry: tuple[str, ...] = ()
    title: str = ""
    caption: str = ""
    date: str = ""
    guid: str = ""
    document_id: str = ""
    original_document_id: str = ""
    instance_id: str = ""
    derived_from: str = ""
    digital_source_type: str = ""
    ai_system: str = ""
    ai_system_version: str = ""
    prompt: str = ""
    has_prompt: bool = False
    has_gps: bool = False
    names_person: bool = False
    provenance: str = ""
    sidecar_for: str = ""
    problem: str | None = None

    def __repr__(self) -> str:
        said = (f"{name}={value!r}" for name, value in self._asdict().items() if value and name != "prompt")
        return f"Xmp({', '.join(said)})"


def join(main: bytes, extensions: list[bytes]) -> bytes:
    """Join a JPEG file's main packet and the segments of its extended one into one document with both.

    Extended segments (identifier, length, offset, bytes; ISO 16684-3) that the main packet does not name, or that leave
    gaps, are left out.
    """
    parts: dict[int, bytes] = {}
    total = -1
    for segment in extensions:
        if len(segment) > 40 and segment[:32] in main:
            total = int.from_bytes(segment[32:36])
            parts.setdefault(int.from_bytes(segment[36:40]), segment[40:])
    extended = b"".join(parts[offset] for offset in sorted(parts))
    gapless = all(
        offset + len(parts[offset]) in parts or offset + len(parts[offset]) == total for offset in parts
    )
    if not parts or 0 not in parts or len(extended) != total or not gapless:
        return main
    # A declaration may stand only at the beginning of a document.
    bodies = (_DECLARATION.sub(b"", packet.strip(b"\0 \r\n\t"), count=1) for packet in (main, extended))
    return b"<joined>" + b"\n".join(bodies) + b"</joined>"


def read(packet: bytes) -> Xmp:
    """Read what XMP asserts from a packet or a sidecar file; whatever cannot be read is absent and named as a problem."""
    if len(packet) > LARGEST:
        return Xmp(problem=f"expected XMP of at most {LARGEST} bytes, got {len(packet)}")
    xml, problem = _utf8(packet)
    if not xml:
        return Xmp(problem="expected XMP, got no XML" if packet.strip(b"\0 \r\n\t") else None)
    try:
        root = _parse(xml)
    except ValueError as malformed:
        # Control characters, which XML forbids and some programs write, get a second try without them.
        text, undecodable = _decoded(xml, "utf-8")
        problem = problem or undecodable or str(malformed)
        try:
            root = _parse(text.translate(_CONTROLS).encode())
        except ValueError as still:
            return Xmp(problem=str(still))
    return _assertions(rdf.properties(root), problem)


def _utf8(packet: bytes) -> tuple[bytes, str | None]:
    """Return the XML in UTF-8, from the first `<` to the last `>`: UTF-16 and UTF-32 show by where their NULs are."""
    start = packet.lstrip(b"\xef\xbb\xbf \r\n\t")[:4]
    encoding = None
    if start[:4] in {b"\xff\xfe\0\0", b"<\0\0\0"}:
        encoding = "utf-32-le"
    elif start[:4] in {b"\0\0\xfe\xff", b"\0\0\0<"}:
        encoding = "utf-32-be"
    elif start[:2] in {b"\xff\xfe", b"<\0"}:
        encoding = "utf-16-le"
    elif start[:2] in {b"\xfe\xff", b"\0<"}:
        encoding = "utf-16-be"
    problem = None
    if encoding is not None:
        text, problem = _decoded(packet, encoding)
        packet = text.encode()
    first = packet.find(b"<")
    return packet[first : packet.rfind(b">") + 1] if first >= 0 else b"", problem


def _decoded(packet: bytes, encoding: str) -> tuple[str, str | None]:
    try:
        return packet.decode(encoding), None
    except UnicodeDecodeError:
        return packet.decode(encoding, "replace"), "expected XMP in Unicode, got bytes that are not"


def _parse(xml: bytes) -> "Element":
    """Parse XML; a ValueError says what is wrong with it."""
    # A document type is refused, so there is nothing to expand or to fetch, and the parser written in C can be used;
    # defusedxml's guards need the one written in Python, which takes more than twice as long. lxml parses faster, but its
    # elements are slower to ask.
    from xml.etree import ElementTree as ET  # noqa: PLC0415 - few files have XMP; see above

    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise ValueError("expected XMP without a document type, got one; it is not followed")
    try:
        parser = ET.XMLParser(encoding="utf-8")  # noqa: S314 - see above
        parser.feed(xml)
        return parser.close()
    except ET.ParseError as problem:
        raise ValueError(f"expected well-formed XMP, got {problem}") from problem


_TEXTS = {
    _PHOTOSHOP + "Credit": "credit",
    _DC + "rights": "copyright",
    _RIGHTS + "UsageTerms": "usage_terms",
    _RIGHTS + "WebStatement": "web_statement",
    _PLUS + "DataMining": "data_mining",
    _PLUS + "OtherConstraints": "other_constraints",
    _PHOTOSHOP + "Source": "source",
    _PLUS + "ImageSupplierImageID": "supplier_image_id",
    _DC + "title": "title",
    _DC + "description": "caption",
    _PHOTOSHOP + "DateCreated": "date",
    _EXT + "DigImageGUID": "guid",
    _MM + "DocumentID": "document_id",
    _MM + "OriginalDocumentID": "original_document_id",
    _MM + "InstanceID": "instance_id",
    _EXT + "DigitalSourceType": "digital_source_type",
    _EXT + "AISystemUsed": "ai_system",
    _EXT + "AISystemVersionUsed": "ai_system_version",
    _EXT + "AIPromptInformation": "prompt",
    _TERMS + "provenance": "provenance",
    _PHOTOSHOP + "SidecarForExtension": "sidecar_for",
}
"""Properties that are one text, and the fields they fill."""
_PARENTS = tuple(_REF + part for part in ("documentID", "originalDocumentID", "instanceID"))
_DERIVED_FROM, _WRITER = _MM + "DerivedFrom", _EXT + "AIPromptWriterName"
_POSITION = (_EXIF + "GPSLatitude", _EXIF + "GPSLongitude")
_PERSONS = (
    *(_EXT + name for name in ("PersonInImage", "PersonInImageWDetails", "ModelAge", "AddlModelInfo")),
    *(_PLUS + name for name in ("MinorModelAgeDisclosure", "ModelReleaseID")),
)
_SOURCE_TYPE_BEFORE_2010 = _EXT + "DigitalSourcetype"


def _filled(item: "str | Element") -> bool:
    """Whether a value or any field of a structure says anything."""
    return bool(item.strip() if isinstance(item, str) else "".join(item.itertext()).strip())


def _assertions(properties: "Mapping[str, str | Element]", problem: str | None) -> Xmp:
    said: dict[str, Any] = {"problem": problem}
    # Most properties are absent from most packets, so what is there is walked and not what could be.
    for name, value in properties.items():
        if name in _TEXTS:
            said[_TEXTS[name]] = rdf.text(value)
        elif name in _LISTS:
            values = rdf.items(value)
            said |= {field: read(values) for field, read in _LISTS[name].items()}

    def text(name: str) -> str:
        return rdf.text(properties.get(name, ""))

    # The standard spelled the property with a small t before 2010.
    if not said.get("digital_source_type"):
        said["digital_source_type"] = text(_SOURCE_TYPE_BEFORE_2010)
    return Xmp(
        **said,
        derived_from=_parent(properties, said),
        has_prompt=bool(said.get("prompt") or text(_WRITER)),
        has_gps=all(map(text, _POSITION)),
        names_person=any(_filled(item) for name in _PERSONS for item in rdf.items(properties.get(name, ""))),
    )


def _parent(properties: "Mapping[str, str | Element]", said: Mapping[str, str]) -> str:
    if _DERIVED_FROM in properties:
        named = properties[_DERIVED_FROM]
        parents = (*(rdf.member(named, part) for part in _PARENTS), named)
        if found := next(filter(None, map(rdf.text, parents)), ""):
            return found
    # A document with another identifier than its original derives from that, if from nothing nearer.
    original = said.get("original_document_id", "")
    return original if original != said.get("document_id", "") else ""


def _names(values: "list[str | Element]") -> tuple[str, ...]:
    return tuple(filter(None, map(rdf.text, values)))


def _firsts(values: "list[str | Element]", fields: Sequence[str]) -> tuple[str, ...]:
    """Return of each structure the first of its fields that is given, of those that give any."""
    found = []
    for value in values:
        for field in fields:
            if given := rdf.text(rdf.member(value, field)):
                found.append(given)
                break
    return tuple(found)


def _entries(values: "list[str | Element]") -> tuple[str, ...]:
    """Return registry entries, each as organisation and item: an item means nothing without its registry."""
    both = ([rdf.text(rdf.member(value, part)) for part in _REGISTERED] for value in values)
    return tuple(entry for pair in both if (entry := " ".join(filter(None, pair))))


def _party(party: str) -> list[str]:
    """Return the fields that PLUS names a party by; the first given identifies it."""
    return [_PLUS + party + part for part in ("Name", "ID", "URL")]


_REGISTERED = (_EXT + "RegOrgId", _EXT + "RegItemId")
_LISTS: "dict[str, dict[str, Callable[[list[str | Element]], tuple[str, ...]]]]" = {
    _DC + "creator": {"creator": _names},
    _PLUS + "CopyrightOwner": {"owner": partial(_firsts, fields=_party("CopyrightOwner"))},
    _PLUS + "Licensor": {
        "licensor": partial(_firsts, fields=_party("Licensor")),
        "licensor_url": partial(_firsts, fields=[_PLUS + "LicensorURL"]),
    },
    _PLUS + "ImageSupplier": {"supplier": partial(_firsts, fields=_party("ImageSupplier"))},
    _EXT + "RegistryId": {"registry": _entries},
}
"""Properties with several items, and the fields that each fills."""
