"""What a file says of itself, and how institutions write it: as Exif, as IIM, as XMP.

A `Labels` also knows what a correct reader reports: Exif before XMP before IIM for creator, copyright and date
(Metadata Working Group, "Guidelines for handling image metadata" 2.0, 2010), and IIM cut to its lengths (IPTC IIM 4.2).
"""

import struct
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape, quoteattr

from PIL import Image

AI_MADE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
AI_COMPOSITE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
RIGHTS = (
    "creator", "credit", "copyright_notice", "copyright_owner", "licensor", "usage_terms", "web_statement",
)  # fmt: skip
BY_LINE, CREDIT, COPYRIGHT = 32, 32, 128
"""Octets that IIM allows."""
CARRIERS = {
    "jpeg": ("exif", "xmp", "iim"),
    "tiff": ("exif", "xmp", "iim"),
    "png": ("exif", "xmp"),
    "webp": ("exif", "xmp"),
    "gif": (),
}
"""Which of the three each kind of file holds here."""

_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "stRef": "http://ns.adobe.com/xap/1.0/sType/ResourceRef#",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}


@dataclass(frozen=True)
class Labels:
    """Everything written into one file; empty text and empty tuples are not written.

    `artist` is written as the Exif artist instead of the creators: a pool camera's owner. `date_created` is ISO 8601
    with the precision that is known. `position` is latitude and longitude in degrees.
    """

    creators: tuple[str, ...] = ()
    credit: str = ""
    copyright_notice: str = ""
    copyright_owner: str = ""
    licensor: str = ""
    usage_terms: str = ""
    web_statement: str = ""
    source: str = ""
    title: str = ""
    caption: str = ""
    date_created: str = ""
    guid: str = ""
    document_id: str = ""
    derived_from: str = ""
    digital_source_type: str = ""
    camera: str = ""
    artist: str = ""
    position: tuple[float, float] | None = None
    carriers: tuple[str, ...] = ("exif", "xmp", "iim")

    def without_rights(self) -> "Labels":
        """Return the same without any field that names an author, an owner or terms."""
        empty = dict.fromkeys(RIGHTS[1:], "")
        return replace(self, creators=(), artist="", **empty)  # type: ignore[arg-type]  # every name is a text field

    def carried_by(self, kind: str) -> "Labels":
        """Return the same as a kind of file holds it; TIFF files have no nested Exif here, so XMP takes the date."""
        carriers = tuple(carrier for carrier in self.carriers if carrier in CARRIERS[kind])
        if kind == "tiff":
            return replace(
                self, carriers=carriers if carriers != ("exif",) else ("exif", "xmp"), position=None
            )
        return replace(self, carriers=carriers)

    def reported(self) -> dict[str, str]:
        """Return what a correct reader finds: the columns of the images table that truth.csv lists.

        >>> Labels(creators=("A", "B"), credit="C", carriers=("iim",)).reported()["creator"]
        'A; B'
        """
        exif, xmp, iim = (carrier in self.carriers for carrier in ("exif", "xmp", "iim"))
        creator = "; ".join(self.creators)
        short = "; ".join(cut(name, BY_LINE) for name in self.creators)
        when = self.date_created
        return {
            "creator": (exif and self.artist) or (creator if exif or xmp else short if iim else ""),
            "credit": self.credit if xmp else cut(self.credit, CREDIT) if iim else "",
            "copyright_notice": self.copyright_notice if exif or xmp or iim else "",
            "copyright_owner": self.copyright_owner if xmp else "",
            "licensor": self.licensor if xmp else "",
            "date_created": when if xmp or (exif and "T" in when) else when.partition("T")[0] if iim else "",
        }

    def asserts_rights(self) -> bool:
        """Whether a reader finds any rights field."""
        found = self.reported()
        in_xmp = "xmp" in self.carriers and bool(self.usage_terms or self.web_statement)
        return in_xmp or any(found.get(field) for field in RIGHTS)


def cut(text: str, octets: int) -> str:
    """Cut text to a number of UTF-8 octets without splitting a character.

    >>> cut("沐晴", 4)
    '沐'
    """
    return text.encode()[:octets].decode(errors="ignore")


def exif_block(labels: Labels | None, orientation: int = 1) -> bytes:
    """Return the Exif block as JPEG and WebP carry it; empty when there is nothing to write."""
    exif = exif_of(labels, orientation)
    return exif.tobytes() if len(exif) else b""


def exif_of(labels: Labels | None, orientation: int = 1) -> Image.Exif:
    """Return the Exif tags; text is UTF-8, as the Metadata Working Group asks."""
    exif = Image.Exif()
    if orientation != 1:
        exif[0x0112] = orientation
    if labels is None or "exif" not in labels.carriers:
        return exif
    artist = labels.artist or "; ".join(labels.creators)
    for tag, text in (
        (0x010E, labels.caption),
        (0x0110, labels.camera),
        (0x013B, artist),
        (0x8298, labels.copyright_notice),
    ):
        if text:
            exif[tag] = text.encode()
    if "T" in labels.date_created:
        day, _, time = labels.date_created.partition("T")
        exif.get_ifd(0x8769)[0x9003] = f"{day.replace('-', ':')} {time}"
        exif[0x8769] = exif.get_ifd(0x8769)
    if labels.position is not None:
        latitude, longitude = labels.position
        exif[0x8825] = {
            1: "N" if latitude >= 0 else "S",
            2: _degrees(abs(latitude)),
            3: "E" if longitude >= 0 else "W",
            4: _degrees(abs(longitude)),
        }
    return exif


def iim_records(labels: Labels) -> bytes:
    """Return IIM records in UTF-8, each text cut to the length that IIM allows."""
    if "iim" not in labels.carriers:
        return b""
    day = labels.date_created.partition("T")[0].replace("-", "")
    texts = [
        (5, cut(labels.title, 64)),
        (55, day.ljust(8, "0") if day else ""),
        *((80, cut(name, BY_LINE)) for name in labels.creators),
        (110, cut(labels.credit, CREDIT)),
        (115, cut(labels.source, 32)),
        (116, cut(labels.copyright_notice, COPYRIGHT)),
        (120, cut(labels.caption, 2000)),
    ]
    records = b"".join(_record(2, dataset, text.encode()) for dataset, text in texts if text)
    return _record(1, 90, b"\x1b%G") + _record(2, 0, b"\x00\x04") + records if records else b""


def photoshop_block(labels: Labels) -> bytes:
    """Return the APP13 block that carries the IIM records; empty when there are none."""
    records = iim_records(labels)
    if not records:
        return b""
    padded = records + b"\x00" * (len(records) % 2)
    return b"Photoshop 3.0\x008BIM" + struct.pack(">HHI", 0x0404, 0, len(records)) + padded


def xmp_packet(labels: Labels) -> bytes:
    """Return the XMP packet as RDF/XML; empty when XMP is not among the carriers."""
    if "xmp" not in labels.carriers:
        return b""
    simple = {
        "photoshop:Credit": labels.credit,
        "photoshop:Source": labels.source,
        "photoshop:DateCreated": labels.date_created,
        "xmpRights:WebStatement": labels.web_statement,
        "xmpMM:DocumentID": labels.document_id,
        "Iptc4xmpExt:DigImageGUID": labels.guid,
        "Iptc4xmpExt:DigitalSourceType": labels.digital_source_type,
    }
    attributes = "".join(f"\n   {name}={quoteattr(text)}" for name, text in simple.items() if text)
    parts = [
        _array("dc:creator", "Seq", labels.creators),
        *(
            _array(name, "Alt", (text,) if text else ())
            for name, text in (
                ("dc:rights", labels.copyright_notice),
                ("dc:title", labels.title),
                ("dc:description", labels.caption),
                ("xmpRights:UsageTerms", labels.usage_terms),
            )
        ),
        _party("plus:CopyrightOwner", "plus:CopyrightOwnerName", labels.copyright_owner),
        _party("plus:Licensor", "plus:LicensorName", labels.licensor),
        f'\n   <xmpMM:DerivedFrom stRef:documentID="{escape(labels.derived_from)}"/>'
        if labels.derived_from
        else "",
    ]
    spaces = "".join(f'\n   xmlns:{prefix}="{address}"' for prefix, address in _NAMESPACES.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        f'  <rdf:Description rdf:about=""{spaces}{attributes}>{"".join(parts)}\n  </rdf:Description>\n'
        ' </rdf:RDF>\n</x:xmpmeta>\n<?xpacket end="w"?>'
    ).encode()


def _array(name: str, kind: str, texts: tuple[str, ...]) -> str:
    if not texts:
        return ""
    language = ' xml:lang="x-default"' if kind == "Alt" else ""
    items = "".join(f"<rdf:li{language}>{escape(text)}</rdf:li>" for text in texts)
    return f"\n   <{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>"


def _party(name: str, field: str, text: str) -> str:
    if not text:
        return ""
    item = f'<rdf:li rdf:parseType="Resource"><{field}>{escape(text)}</{field}></rdf:li>'
    return f"\n   <{name}><rdf:Seq>{item}</rdf:Seq></{name}>"


def _record(record: int, dataset: int, data: bytes) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, dataset, len(data)) + data


def _degrees(value: float) -> tuple[float, float, float]:
    seconds = round(value * 3600)
    return float(seconds // 3600), float(seconds // 60 % 60), float(seconds % 60)
