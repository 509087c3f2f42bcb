"""How a file's metadata is read: by which backend, with its Content Credentials checked and its sidecar beside it.

The bytes are those that were read for everything else; only a sidecar is a file of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Literal

from dedupelab.collect.listing import Entry, read_bytes
from dedupelab.collect.metadata import credentials, exiftool, exiv2
from dedupelab.collect.metadata.metadata import NOTHING, Metadata, own_sources, read_metadata, sidecar_source
from dedupelab.collect.metadata.segments import Segments
from dedupelab.collect.metadata.xmp import LARGEST, Xmp
from dedupelab.errors import ConfigError
from dedupelab.version import __version__

Backend = Literal["own", "exiftool", "exiv2"]
_OTHERS = {"exiftool": exiftool, "exiv2": exiv2}
MOST_KEPT = 2**18
"""Bytes of a file's metadata that wait for the rest of its batch."""


@dataclass(frozen=True)
class Reading:
    """The chosen backend, and the certificates (PEM) whose signers the study trusts."""

    backend: Backend = "own"
    anchors: str = ""

    @property
    def methods(self) -> tuple[str | None, ...]:
        """What the answers depend on besides the files: programs with their versions, and the trust list."""
        return (*_names(self.backend), self.anchors)


def choose_reading(backend: Backend, trust_list: str | Path = "", folder: Path = Path()) -> Reading:
    """Return the chosen way of reading; the trust list is a file of certificates in PEM, its name relative to `folder`.

    Raises
    ------
    ConfigError
        If the backend's program is not on PATH or its package not installed, or the trust list is missing or holds no certificate.
    """
    if backend == "exiftool" and exiftool.version() is None:
        raise ConfigError(
            'expected the program exiftool on PATH, got none; install it, or set [scan] metadata = "own"'
        )
    if backend == "exiv2" and exiv2.version() is None:
        raise ConfigError(
            'expected the package exiv2, got none; install dedupelab[exiv2] (GPL), or set [scan] metadata = "own"'
        )
    if not trust_list:
        return Reading(backend)
    anchors = folder / trust_list
    try:
        text = anchors.read_text(encoding="ascii")
    except (OSError, ValueError) as problem:
        raise ConfigError(
            f"expected certificates in PEM at {anchors}, got: {problem}; correct [scan] trust_anchors"
        ) from problem
    if "-----BEGIN CERTIFICATE-----" not in text:
        raise ConfigError(
            f"expected certificates in PEM at {anchors}, got none; correct [scan] trust_anchors"
        )
    return Reading(backend, text)


def metadata_later(
    data: bytes, segments: Segments, reading: Reading, sidecar: Xmp | None = None
) -> Metadata | Segments:
    """Return what a picture's metadata asserts, or what `read_together` will read with the rest of a batch.

    What needs another file or the whole of this one, or would keep much of it in memory until then, is read at once. Never
    raises: whatever fails costs its fields and is a `problem`.
    """
    backend, library = _names(reading.backend)
    own = reading.backend == "own"
    if own and not segments.c2pa and sidecar is None:
        kept = len(segments.exif or b"") + len(segments.iim or b"") + len(segments.xmp or b"")
        if not kept:
            return _nothing(backend)
        if kept <= MOST_KEPT:
            return segments
    sources = own_sources([segments])[0] if own else _OTHERS[reading.backend].read(data)
    signed = credentials.check(data, reading.anchors) if segments.c2pa else None
    named = f"{backend}, {library}" if segments.c2pa and library else backend
    return read_metadata(segments, sources=sources, sidecar=sidecar, credentials=signed, backend=named)


def read_together(waiting: Sequence[Segments], reading: Reading) -> list[Metadata]:
    """Return what the metadata of a batch's files assert, in order.

    One kind after another, and after all pictures, is a third faster than file by file: a decoded picture leaves nothing
    of the interpreter in a processor's caches, and each reader drives out the one before.
    """
    backend, _ = _names(reading.backend)
    return [
        read_metadata(segments, sources=sources, backend=backend)
        for segments, sources in zip(waiting, own_sources(waiting), strict=True)
    ]


def sidecar_of(entry: Entry) -> Xmp | None:
    """Read the sidecar beside a picture, None where there is none; one that cannot be read is a `problem`."""
    if entry.sidecar is None:
        return None
    if entry.sidecar.bytes > LARGEST:
        return Xmp(problem=f"XMP sidecar: expected at most {LARGEST} bytes, got {entry.sidecar.bytes}")
    try:
        packet = read_bytes(entry.sidecar.native)
    except OSError as problem:
        return Xmp(problem=f"XMP sidecar: cannot be read: {problem.strerror or problem}")
    return sidecar_source(packet, PurePosixPath(entry.path).suffix)


@lru_cache(maxsize=4)
def _nothing(backend: str) -> Metadata:
    return NOTHING._replace(metadata_backend=backend)


@lru_cache(maxsize=4)
def _names(backend: Backend) -> tuple[str, str | None]:
    version = __version__ if backend == "own" else _OTHERS[backend].version()
    library = credentials.installed()
    return f"{backend} {version}", f"{credentials.PACKAGE} {library}" if library else None
