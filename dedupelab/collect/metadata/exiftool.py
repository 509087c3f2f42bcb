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
from typing import IO

from dedupelab.collect.metadata import tags
from dedupelab.collect.metadata.companion import Companion, CompanionError
from dedupelab.collect.metadata.metadata import Sources
from dedupelab.collect.metadata.xmp import Xmp

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
    if not answer or not answer[0]:
        return Sources(xmp=Xmp(problem="exiftool gave no answer"))
    return tags.sorted_out(answer[0])


def _asked() -> list[str]:
    return [f"-{group}:{name}" for group, names in _TAGS.items() for name in names]


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
