"""exiv2 as the reader of metadata, inside this process; GPL, hence an extra that nobody gets unasked.

Which source is believed, and where they disagree, is decided as for our own readers. What it does otherwise: of a text in
several languages without a default it does not keep which came first, it wants the usual prefix for RDF, and it reads no
metadata of GIF; the last two are problems of their rows.
"""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from typing import Any

from dedupelab.collect.metadata import tags
from dedupelab.collect.metadata.iim import decode
from dedupelab.collect.metadata.metadata import Sources
from dedupelab.collect.metadata.xmp import Xmp

PACKAGE = "exiv2"
_WITHOUT = {"image/gif"}
"""Formats of which exiv2 reads the size alone."""
_EXIF = {
    "Exif.Image.Artist": "IFD0:Artist",
    "Exif.Image.Copyright": "IFD0:Copyright",
    "Exif.Image.ImageDescription": "IFD0:ImageDescription",
    "Exif.Photo.DateTimeOriginal": "ExifIFD:DateTimeOriginal",
    "Exif.Photo.OffsetTimeOriginal": "ExifIFD:OffsetTimeOriginal",
    "Exif.Photo.ImageUniqueID": "ExifIFD:ImageUniqueID",
}
_POSITION = {"Exif.GPSInfo.GPSLatitude": "GPS:GPSLatitude", "Exif.GPSInfo.GPSLongitude": "GPS:GPSLongitude"}
_IIM = {
    "Byline": "By-line", "Credit": "Credit", "Copyright": "CopyrightNotice", "Source": "Source",
    "ObjectName": "ObjectName", "Caption": "Caption-Abstract", "DateCreated": "DateCreated",
    "TimeCreated": "TimeCreated",
}  # fmt: skip
_XMP = {
    "dc.creator": "dc:Creator", "dc.rights": "dc:Rights", "dc.title": "dc:Title",
    "dc.description": "dc:Description", "dcterms.provenance": "dcterms:Provenance",
    "iptcExt.RegistryId": "iptcExt:RegistryID", "exif.GPSLatitude": "exif:GPSLatitude",
    "exif.GPSLongitude": "exif:GPSLongitude",
}  # fmt: skip
"""Names that exiftool spells another way; the others are the same."""


def version() -> str | None:
    """Return the installed version, None without the package."""
    try:
        return version_of(PACKAGE)
    except PackageNotFoundError:
        return None


def read(data: bytes) -> Sources:
    """Return what a picture's Exif, IIM and XMP say, as exiv2 reads the same bytes; a failure is a `problem`."""
    exiv2 = _library()
    try:
        image = exiv2.ImageFactory.open(data)
        image.readMetadata()
        kind = image.mimeType()
        said = {**dict(_exif(image.exifData())), **_iim(image.iptcData()), **_xmp(image.xmpData())}
    except (exiv2.Exiv2Error, ValueError) as problem:
        return Sources(xmp=Xmp(problem=f"exiv2 gave no answer: {problem.args[-1]}"))
    if kind in _WITHOUT:
        return Sources(xmp=Xmp(problem=f"exiv2 gave no answer: it reads no metadata of {kind}"))
    found = tags.sorted_out(said)
    if image.xmpPacket() and not len(image.xmpData()):
        return found._replace(xmp=Xmp(problem="exiv2 took nothing from the XMP packet"))
    return found


@cache
def _library() -> Any:  # noqa: ANN401 - it has no types
    import exiv2  # noqa: PLC0415 - an extra, only for studies that choose it

    # What it has to say of malformed files goes to standard error, past the progress bar.
    exiv2.LogMsg.setLevel(exiv2.LogMsg.Level.mute)
    return exiv2


def _exif(found: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - exiv2
    for datum in found:
        key = datum.key()
        if key in _EXIF:
            yield _EXIF[key], _decoded(datum)
        elif key in _POSITION and not datum.toString().partition(" ")[0].endswith("/0"):
            # Phones without a fix write 0/0.
            yield _POSITION[key], datum.toString()


def _iim(found: Any) -> dict[str, list[str]]:  # noqa: ANN401 - exiv2
    said: dict[str, list[str]] = {}
    for datum in found:
        name = _IIM.get(datum.tagName())
        if name and datum.groupName() == "Application2":
            said.setdefault(f"IPTC:{name}", []).append(_decoded(datum))
    return said


def _decoded(datum: Any) -> str:  # noqa: ANN401 - exiv2
    """Return a value's text, of whatever encoding; undecodable bytes come as the surrogates that Python makes of them."""
    text = decode(datum.toString().rstrip("\0").encode(errors="surrogateescape"))
    return (text or "").replace("\0", "\n")


def _xmp(found: Any) -> dict[str, Any]:  # noqa: ANN401 - exiv2
    """Rebuild structures from flat keys, such as `Xmp.plus.Licensor[1]/plus:LicensorName`."""
    said: dict[str, Any] = {}
    for datum in found:
        prefix, _, path = datum.key().removeprefix("Xmp.").partition(".")
        name, *fields = path.split("/")
        name, _, place = name.partition("[")
        known = _XMP.get(f"{prefix}.{name}", f"{prefix}:{name}")
        tag = f"XMP-{known}"
        if fields:
            items = said.setdefault(tag, {})
            member = fields[-1].partition(":")[2]
            items.setdefault(place, {})[member[:1].upper() + member[1:]] = _plain(datum)
        elif not datum.toString().startswith('type="'):
            said[tag] = _plain(datum)
    return {tag: _without_places(value) for tag, value in said.items()}


def _without_places(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return the structures of a list in order, the one that is in no list, or what is no structure as it is."""
    if not isinstance(value, dict):
        return value
    return value[""] if "" in value else list(value.values())


def _plain(datum: Any) -> str | list[str]:  # noqa: ANN401 - exiv2
    """Return a text, the default of several languages, or the items of a list."""
    kind = datum.typeName()
    if kind == "LangAlt":
        texts = dict(datum.value().items())
        return str(texts.get("x-default") or next(iter(texts.values()), ""))
    if kind in {"XmpSeq", "XmpBag", "XmpAlt"}:
        return [str(item) for item in datum.value()]
    return str(datum.toString())
