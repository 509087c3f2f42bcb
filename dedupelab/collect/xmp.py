"""XMP packets: RDF in XML, read by namespace and never by prefix, with no DTD and no entities.

Every value may be written as an attribute, an element, a container or a structure; all forms are read alike
(ISO 16684-1, section 7).
"""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST = 16 * 2**20
"""Bytes; a larger packet is refused unread."""
EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DC = "{http://purl.org/dc/elements/1.1/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_RIGHTS = "{http://ns.adobe.com/xap/1.0/rights/}"
_MM = "{http://ns.adobe.com/xap/1.0/mm/}"
_REF = "{http://ns.adobe.com/xap/1.0/sType/ResourceRef#}"
_EXT = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
_PLUS = "{http://ns.useplus.org/ldf/xmp/1.0/}"
_EXIF = "{http://ns.adobe.com/exif/1.0/}"
_TERMS = "{http://purl.org/dc/terms/}"

_CONTAINERS = (_RDF + "Seq", _RDF + "Bag", _RDF + "Alt")
_DEEPEST = 4
_CONTROLS = {code: None for code in range(32) if chr(code) not in "\t\n\r"} | {0xFFFE: None, 0xFFFF: None}
_DECLARATION = re.compile(rb"<\?xml\s[^>]*\?>")


@dataclass(frozen=True)
class Xmp:
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
    prompt: str = field(default="", repr=False)
    has_prompt: bool = False
    has_gps: bool = False
    provenance: str = ""
    sidecar_for: str = ""
    problem: str | None = None


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
    text, problem = _decode(packet)
    text = text[text.find("<") : text.rfind(">") + 1] if "<" in text else ""
    if not text:
        return Xmp(problem="expected XMP, got no XML" if packet.strip(b"\0 \r\n\t") else None)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return Xmp(problem="expected XMP without a document type, got one; it is not followed")
    root, malformed = _parse(text)
    if root is None:
        return Xmp(problem=malformed)
    nodes = [node for rdf in root.iter(_RDF + "RDF") for node in rdf]
    return _assertions(nodes, problem or malformed)


def _decode(packet: bytes) -> tuple[str, str | None]:
    """Decode UTF-8, UTF-16 and UTF-32 with or without a byte order mark, by where the NULs of the first `<` are."""
    start = packet.lstrip(b"\xef\xbb\xbf \r\n\t")[:4]
    encoding = "utf-8-sig"
    if start[:4] in {b"\xff\xfe\0\0", b"<\0\0\0"}:
        encoding = "utf-32-le"
    elif start[:4] in {b"\0\0\xfe\xff", b"\0\0\0<"}:
        encoding = "utf-32-be"
    elif start[:2] in {b"\xff\xfe", b"<\0"}:
        encoding = "utf-16-le"
    elif start[:2] in {b"\xfe\xff", b"\0<"}:
        encoding = "utf-16-be"
    try:
        return packet.decode(encoding), None
    except UnicodeDecodeError:
        return packet.decode(encoding, "replace"), "expected XMP in Unicode, got bytes that are not"


def _parse(text: str) -> "tuple[Element | None, str | None]":
    """Parse XML; control characters, which XML forbids and some programs write, get a second try without them."""
    # A document type has been refused, so there is nothing to expand or to fetch, and the parser written in C can be
    # used; defusedxml's guards need the one written in Python, which takes more than twice as long. lxml parses faster,
    # but its elements are slower to ask.
    from xml.etree import ElementTree as ET  # noqa: PLC0415 - few files have XMP; see above

    message = None
    for forbidden in ({}, _CONTROLS):
        try:
            return ET.fromstring(text.translate(forbidden) if forbidden else text), message  # noqa: S314 - see above
        except (ET.ParseError, ValueError) as problem:
            # ValueError: a lone half of a UTF-16 pair cannot be handed to the parser.
            message = f"expected well-formed XMP, got {problem}"
    return None, message


def _assertions(nodes: "list[Element]", problem: str | None) -> Xmp:
    properties: dict[str, str | Element] = {}
    for node in nodes:
        for name, value in node.items():
            properties.setdefault(name, value)
        for child in node:
            properties.setdefault(child.tag, child)

    # Most properties are absent from most packets, so that is looked at first.
    def text(name: str) -> str:
        return _text(properties[name]) if name in properties else ""

    def items(name: str) -> "list[str | Element]":
        return _items(properties[name]) if name in properties else []

    document, original = text(_MM + "DocumentID"), text(_MM + "OriginalDocumentID")
    parent = properties.get(_MM + "DerivedFrom", "")
    parents = [
        _text(_member(parent, _REF + part)) for part in ("documentID", "originalDocumentID", "instanceID")
    ]
    # A document with another identifier than its original derives from that, if from nothing nearer.
    parents += [_text(parent), original if original != document else ""]
    prompt = text(_EXT + "AIPromptInformation")
    return Xmp(
        creator=tuple(filter(None, map(_text, items(_DC + "creator")))),
        credit=text(_PHOTOSHOP + "Credit"),
        copyright=text(_DC + "rights"),
        owner=_parties(items(_PLUS + "CopyrightOwner"), "CopyrightOwner"),
        licensor=_parties(items(_PLUS + "Licensor"), "Licensor"),
        licensor_url=_members(items(_PLUS + "Licensor"), _PLUS + "LicensorURL"),
        usage_terms=text(_RIGHTS + "UsageTerms"),
        web_statement=text(_RIGHTS + "WebStatement"),
        data_mining=text(_PLUS + "DataMining"),
        other_constraints=text(_PLUS + "OtherConstraints"),
        source=text(_PHOTOSHOP + "Source"),
        supplier=_parties(items(_PLUS + "ImageSupplier"), "ImageSupplier"),
        supplier_image_id=text(_PLUS + "ImageSupplierImageID"),
        registry=_entries(items(_EXT + "RegistryId")),
        title=text(_DC + "title"),
        caption=text(_DC + "description"),
        date=text(_PHOTOSHOP + "DateCreated"),
        guid=text(_EXT + "DigImageGUID"),
        document_id=document,
        original_document_id=original,
        instance_id=text(_MM + "InstanceID"),
        derived_from=next(filter(None, parents), ""),
        # The standard spelled the property with a small t before 2010.
        digital_source_type=text(_EXT + "DigitalSourceType") or text(_EXT + "DigitalSourcetype"),
        ai_system=text(_EXT + "AISystemUsed"),
        ai_system_version=text(_EXT + "AISystemVersionUsed"),
        prompt=prompt,
        has_prompt=bool(prompt or text(_EXT + "AIPromptWriterName")),
        has_gps=bool(text(_EXIF + "GPSLatitude") and text(_EXIF + "GPSLongitude")),
        provenance=text(_TERMS + "provenance"),
        sidecar_for=text(_PHOTOSHOP + "SidecarForExtension"),
        problem=problem,
    )


def _members(items: "list[str | Element]", form: str) -> tuple[str, ...]:
    return tuple(filter(None, (_text(_member(item, form)) for item in items)))


def _parties(items: "list[str | Element]", name: str) -> tuple[str, ...]:
    """Return who is named: PLUS names a party by any of name, identifier and address; the first given identifies it."""
    forms = [_PLUS + name + part for part in ("Name", "ID", "URL")]
    found = ([_text(_member(item, form)) for form in forms] for item in items)
    return tuple(named for values in found if (named := next(filter(None, values), "")))


def _entries(items: "list[str | Element]") -> tuple[str, ...]:
    """Return registry entries, each as organisation and item: an item means nothing without its registry."""
    both = ([_text(_member(item, _EXT + part)) for part in ("RegOrgId", "RegItemId")] for item in items)
    return tuple(entry for pair in both if (entry := " ".join(filter(None, pair))))


def _container(value: "Element") -> "Element | None":
    return next((child for child in value if child.tag in _CONTAINERS), None)


def _items(value: "str | Element") -> "list[str | Element]":
    """Return the items of a Seq, Bag or Alt, or the value itself when it is none."""
    if isinstance(value, str):
        return [value]
    container = _container(value)
    return [value] if container is None else list(container)


def _member(value: "str | Element", name: str) -> "str | Element":
    """Return a structure's field, whether its node is written out, implied by parseType or given as attributes."""
    if isinstance(value, str):
        return ""
    for node in (value, *(child for child in value if child.tag == _RDF + "Description")):
        if name in node.attrib:
            return node.attrib[name]
        found = node.find(name)
        if found is not None:
            return found
    return ""


def _text(value: "str | Element", depth: int = 0) -> str:
    """Return a value's text: of several languages the default, else the first; of a qualified value the value."""
    if isinstance(value, str):
        return value.strip()
    if _RDF + "resource" in value.attrib:
        return value.attrib[_RDF + "resource"].strip()
    if depth < _DEEPEST and len(value):
        container = _container(value)
        if container is not None:
            items = sorted(container, key=lambda item: item.get(_LANG) != "x-default")
            return _text(items[0], depth + 1) if items else ""
        return _text(_member(value, _RDF + "value"), depth + 1)
    return (value.text or "").strip()
