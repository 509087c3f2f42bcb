"""exiftool as the reader of metadata: one program kept running for each worker, its answers sorted into the same sources.

Which source is believed, and where they disagree, is decided here as for our own readers, so that the two can be
compared field by field. Only the tags that become columns are asked for; an asterisk asks for every language of one.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from dedupelab.collect.companion import Companion, CompanionError
from dedupelab.collect.exif import Exif, names_in
from dedupelab.collect.iim import Iim
from dedupelab.collect.metadata import Sources
from dedupelab.collect.xmp import Xmp

PROGRAM = "exiftool"
_READY = b"{ready}"
_RELAY = Path(__file__).with_name("relay.py")
_TAGS = {
    "IFD0": ("Artist", "Copyright", "ImageDescription"),
    "ExifIFD": ("DateTimeOriginal", "OffsetTimeOriginal", "ImageUniqueID"),
    "GPS": ("GPSLatitude", "GPSLongitude"),
    "IPTC": ("By-line", "Credit", "CopyrightNotice", "Source", "ObjectName", "Caption-Abstract", "DateCreated", "TimeCreated"),
    "XMP-dc": ("Creator", "Rights*", "Title*", "Description*"),
    "XMP-dcterms": ("Provenance",),
    "XMP-photoshop": ("Credit", "Source", "DateCreated"),
    "XMP-xmpRights": ("UsageTerms*", "WebStatement"),
    "XMP-xmpMM": ("DocumentID", "OriginalDocumentID", "InstanceID", "DerivedFrom"),
    "XMP-exif": ("GPSLatitude", "GPSLongitude"),
    "XMP-plus": ("CopyrightOwner", "Licensor", "ImageSupplier", "ImageSupplierImageID", "DataMining", "OtherConstraints", "OtherConstraints-*"),
    "XMP-iptcExt": ("DigitalSourceType", "DigitalSourcetype", "DigitalImageGUID", "DigImageGUID", "RegistryID", "AISystemUsed", "AISystemVersionUsed", "AIPromptInformation", "AIPromptWriterName"),
}  # fmt: skip
_FIXED = ("-j", "-G1", "-struct", "-a", "-m", "-n", "-charset", "filename=utf8")
"""Numbers as they are stored: words for codes differ from version to version."""


@lru_cache(maxsize=1)
def version() -> str | None:
    """Return the program's version, None when it is not on PATH or does not run."""
    path = shutil.which(PROGRAM)
    if path is None:
        return None
    try:
        ran = subprocess.run([path, "-ver"], capture_output=True, text=True, timeout=30, check=True)  # noqa: S603 - as found on PATH
    except (OSError, subprocess.SubprocessError):
        return None
    return ran.stdout.strip()


def read(data: bytes) -> Sources:
    """Return what a picture's Exif, IIM and XMP say, as exiftool reads the same bytes; a failure is a `problem`.

    The bytes go through a temporary file, because the program's standard input carries the questions.
    """
    with tempfile.TemporaryDirectory(prefix="dedupelab-") as folder:
        path = Path(folder, "picture")
        path.write_bytes(data)
        request = "\n".join((*_FIXED, *_asked(), str(path), "-execute", ""))
        try:
            answer = json.loads(
                _companion(os.getpid()).ask(request.encode()) or b"[]", parse_int=str, parse_float=str
            )
        except (CompanionError, ValueError) as problem:
            return Sources(xmp=Xmp(problem=f"exiftool gave no answer: {problem}"))
    return sorted_out(answer[0] if answer else {})


def sorted_out(said: dict[str, Any]) -> Sources:
    """Return exiftool's answer for one file (JSON with groups, structures and numbers kept) as sources."""

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
            provenance=text("XMP-dcterms", "Provenance"),
            problem=None if said else "exiftool gave no answer",
        ),
    )


def _asked() -> list[str]:
    return [f"-{group}:{name}" for group, names in _TAGS.items() for name in names]


def _find(said: dict[str, Any], group: str, name: str) -> Any:  # noqa: ANN401 - JSON
    """Return a tag's value: in its default language, else in the first, whose code follows the name."""
    if (value := said.get(f"{group}:{name}")) is not None:
        return value
    return next((value for key, value in said.items() if key.startswith(f"{group}:{name}-")), None)


def _text(value: object) -> str:
    if isinstance(value, list):
        return _text(value[0]) if value else ""
    return "" if value is None or isinstance(value, dict) else str(value).strip()


def _structures(said: dict[str, Any], name: str, group: str = "XMP-plus") -> list[dict[str, Any]]:
    value = _find(said, group, name)
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]


def _parties(structures: list[dict[str, Any]], name: str) -> tuple[str, ...]:
    found = ([_text(each.get(name + part)) for part in ("Name", "ID", "URL")] for each in structures)
    return tuple(named for values in found if (named := next(filter(None, values), "")))


def _position(said: dict[str, Any], group: str) -> bool:
    return all(_text(said.get(f"{group}:GPS{side}")) for side in ("Latitude", "Longitude"))


@lru_cache(maxsize=1)
def _companion(_process: int) -> Companion:
    program = shutil.which(PROGRAM) or PROGRAM
    asking = [sys.executable, "-P", str(_RELAY), program, "-stay_open", "True", "-@", "-"]
    return Companion(asking, _until_ready)


def _until_ready(out: IO[bytes]) -> bytes:
    """Read up to the line that ends an answer; a file without any of the tags is answered with nothing else."""
    lines = list[bytes]()
    for line in out:
        if line.strip() == _READY:
            return b"".join(lines) or b"[]"
        lines.append(line)
    return b""
