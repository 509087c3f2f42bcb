"""Tags by exiftool's names, such as `XMP-dc:Creator`, sorted into the sources that our own readers fill.

Readers that are not ours give their answers in this form, so that every field is chosen in one place for all of them.
"""

from typing import Any

from dedupelab.collect.metadata.exif import Exif, names_in
from dedupelab.collect.metadata.iim import Iim
from dedupelab.collect.metadata.metadata import Sources
from dedupelab.collect.metadata.xmp import Xmp

Said = dict[str, Any]
"""Values by group and name: text, lists of it, or structures as further dicts; in another language than the default, its
code follows the name."""


def sorted_out(said: Said) -> Sources:
    """Return what a reader answers for one file as sources; whether an answer without any tag is a problem, it says itself."""

    def text(group: str, *names: str) -> str:
        return next((value for name in names if (value := _text(_find(said, group, name)))), "")

    def texts(group: str, name: str) -> tuple[str, ...]:
        value = _find(said, group, name)
        return tuple(filter(None, (_text(item) for item in (value if isinstance(value, list) else [value]))))

    date, time = text("IPTC", "DateCreated"), text("IPTC", "TimeCreated")
    taken = text("ExifIFD", "DateTimeOriginal")
    licensors = _structures(said, "Licensor")
    document, original = text("XMP-xmpMM", "DocumentID"), text("XMP-xmpMM", "OriginalDocumentID")
    parent = _find(said, "XMP-xmpMM", "DerivedFrom")
    named = parent if isinstance(parent, dict) else {"DocumentID": parent}
    parents = [_text(named.get(name)) for name in ("DocumentID", "OriginalDocumentID", "InstanceID")]
    prompt = text("XMP-iptcExt", "AIPromptInformation")
    return Sources(
        Exif(
            creator=names_in(text("IFD0", "Artist")),
            copyright=text("IFD0", "Copyright").replace("\n", "; "),
            caption=text("IFD0", "ImageDescription"),
            date=taken and taken + text("ExifIFD", "OffsetTimeOriginal"),
            guid=text("ExifIFD", "ImageUniqueID"),
            has_gps=_position(said, "GPS"),
        ),
        Iim(
            creator=texts("IPTC", "By-line"),
            credit=text("IPTC", "Credit"),
            copyright=text("IPTC", "CopyrightNotice"),
            source=text("IPTC", "Source"),
            title=text("IPTC", "ObjectName"),
            caption=text("IPTC", "Caption-Abstract"),
            date=f"{date}T{time}" if date and time else date,
        ),
        Xmp(
            creator=texts("XMP-dc", "Creator"),
            credit=text("XMP-photoshop", "Credit"),
            copyright=text("XMP-dc", "Rights"),
            owner=_parties(_structures(said, "CopyrightOwner"), "CopyrightOwner"),
            licensor=_parties(licensors, "Licensor"),
            licensor_url=tuple(url for each in licensors if (url := _text(each.get("LicensorURL")))),
            usage_terms=text("XMP-xmpRights", "UsageTerms"),
            web_statement=text("XMP-xmpRights", "WebStatement"),
            data_mining=text("XMP-plus", "DataMining"),
            other_constraints=text("XMP-plus", "OtherConstraints", "OtherConstraints-*"),
            source=text("XMP-photoshop", "Source"),
            supplier=_parties(_structures(said, "ImageSupplier"), "ImageSupplier"),
            supplier_image_id=text("XMP-plus", "ImageSupplierImageID"),
            registry=tuple(
                " ".join(filter(None, (_text(each.get("RegOrgId")), _text(each.get("RegItemId")))))
                for each in _structures(said, "RegistryID", "XMP-iptcExt")
            ),
            title=text("XMP-dc", "Title"),
            caption=text("XMP-dc", "Description"),
            date=text("XMP-photoshop", "DateCreated"),
            guid=text("XMP-iptcExt", "DigitalImageGUID", "DigImageGUID"),
            document_id=document,
            original_document_id=original,
            instance_id=text("XMP-xmpMM", "InstanceID"),
            derived_from=next(filter(None, parents), original if original != document else ""),
            digital_source_type=text("XMP-iptcExt", "DigitalSourceType", "DigitalSourcetype"),
            ai_system=text("XMP-iptcExt", "AISystemUsed"),
            ai_system_version=text("XMP-iptcExt", "AISystemVersionUsed"),
            prompt=prompt,
            has_prompt=bool(prompt or text("XMP-iptcExt", "AIPromptWriterName")),
            has_gps=_position(said, "XMP-exif"),
            names_person=any(_find(said, group, name) not in (None, "", []) for group, name in _PERSONS),
            provenance=text("XMP-dcterms", "Provenance"),
        ),
    )


_PERSONS = (
    *(
        ("XMP-iptcExt", name)
        for name in ("PersonInImage", "PersonInImageWDetails", "ModelAge", "AdditionalModelInformation")
    ),
    *(("XMP-plus", name) for name in ("MinorModelAgeDisclosure", "ModelReleaseID")),
)
"""Tags of IPTC and PLUS that are filled in where a picture shows a person."""


def _find(said: Said, group: str, name: str) -> Any:  # noqa: ANN401 - JSON
    """Return a tag's value: in its default language, else in the first, whose code follows the name."""
    if (value := said.get(f"{group}:{name}")) is not None:
        return value
    return next((value for key, value in said.items() if key.startswith(f"{group}:{name}-")), None)


def _text(value: object) -> str:
    if isinstance(value, list):
        return _text(value[0]) if value else ""
    return "" if value is None or isinstance(value, dict) else str(value).strip()


def _structures(said: Said, name: str, group: str = "XMP-plus") -> list[dict[str, Any]]:
    value = _find(said, group, name)
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]


def _parties(structures: list[dict[str, Any]], name: str) -> tuple[str, ...]:
    found = ([_text(each.get(name + part)) for part in ("Name", "ID", "URL")] for each in structures)
    return tuple(named for values in found if (named := next(filter(None, values), "")))


def _position(said: Said, group: str) -> bool:
    return all(_text(said.get(f"{group}:GPS{side}")) for side in ("Latitude", "Longitude"))
