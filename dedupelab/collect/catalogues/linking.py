"""Which images a catalogue record describes: by relative path, by file name, by identifier, and never by guess.

A name that several images of the collection bear is ambiguous: the record is counted as that and linked to none.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import pandas as pd

from dedupelab.collect.catalogues.record import Record

MODES = ("auto", "name", "path", "identifier")
_IIIF_IMAGE = re.compile(r"(.+)/[^/]+/[^/]+/!?[\d.]+/(?:default|native|color|colour|gray|grey|bitonal)\.\w+")
_SERVICE = re.compile(r"/(?:iiif|image-api|cantaloupe|loris)(?:/[23])?/", re.IGNORECASE)
Index = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Holdings:
    """One collection's images by what a catalogue may call them; values are image_ids."""

    paths: Mapping[str, str]
    names: Index
    stems: Index
    identifiers: Index


@dataclass(frozen=True)
class Link:
    """What became of a record: `linked`, `ambiguous` or `unmatched`; how, to which images, and what was odd."""

    outcome: str
    linked_by: str | None = None
    image_ids: tuple[str, ...] = ()
    problem: str | None = None


@dataclass
class _Found:
    """What the names in one record came to."""

    images: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


def holdings(images: pd.DataFrame) -> Holdings:
    """Return the index of one collection's images; skipped files are no images."""
    listed = images[images["status"] != "skipped"]
    paths, names, stems, identifiers = {}, _Many(), _Many(), _Many()
    columns = ["image_id", "path", "guid", "document_id"]
    for identity, path, guid, document in listed[columns].itertuples(index=False):
        plain = _folded(path)
        paths[identity] = plain
        pure = PurePosixPath(plain)
        names.add(pure.name, identity)
        stems.add(pure.stem, identity)
        for own in (pure.stem, guid, document):
            if isinstance(own, str) and own:
                identifiers.add(identifier_key(own), identity)
    return Holdings(paths, names.found(), stems.found(), identifiers.found())


class _Many:
    """Collects several images under one key."""

    def __init__(self) -> None:
        self._under: dict[str, list[str]] = {}

    def add(self, key: str, identity: str) -> None:
        """Note an image under a key, once."""
        images = self._under.setdefault(key, [])
        if identity not in images:
            images.append(identity)

    def found(self) -> Index:
        """Return what was noted."""
        return {key: tuple(images) for key, images in self._under.items()}


def link(record: Record, index: Holdings, mode: str = "auto") -> Link:
    """Return the images that a record describes.

    Parameters
    ----------
    record
        With the files it names and its identifiers.
    index
        The images of its collection.
    mode
        `path`: a file must be named by its path, or the end of it, from a folder on. `name`: by its name alone.
        `identifier`: the record's identifier is a file's name without ending, or its embedded GUID or document
        identifier. `auto`: files by path, else by name, else by name without ending; identifiers where no file is found.
    """
    found = _Found()
    if mode != "identifier":
        for reference in record.files:
            _place(reference, index, mode, found)
    if mode in {"auto", "identifier"} and not (found.images or found.ambiguous):
        _identify(record.identifiers, index, found)
    images = tuple(dict.fromkeys(found.images))
    if images:
        ways = " and ".join(dict.fromkeys(found.ways))
        odd = [f"ambiguous: {_some(found.ambiguous)}"] * bool(found.ambiguous)
        odd += [f"not in the collection: {_some(found.absent)}"] * bool(found.absent)
        return Link("linked", ways, images, "; ".join(odd) or None)
    if found.ambiguous:
        return Link("ambiguous", problem=f"several images are called {_some(found.ambiguous)}")
    named = found.absent or list(record.identifiers)
    wanted = f"no image is called {_some(named)}" if named else "it names no file and no identifier"
    return Link("unmatched", problem=wanted)


def identifier_key(text: str) -> str:
    """Return an identifier as letters and digits with single hyphens, in lower case: as it may stand in a file name.

    >>> identifier_key("HKFA/1997:12"), identifier_key("hkfa_1997_12")
    ('hkfa-1997-12', 'hkfa-1997-12')
    """
    return "-".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold()))


def as_path(reference: str) -> str:
    r"""Return the path or name of the file that a catalogue refers to: of an address, a Windows path, a IIIF image request.

    >>> as_path("https://a.example/iiif/3/reel%2F1.tif/full/max/0/default.jpg"), as_path(r"D:\scans\1.TIF")
    ('reel/1.tif', 'scans/1.tif')
    """
    text = reference.strip()
    parts = urlsplit(text) if "://" in text else None
    if parts is not None:
        text = parts.path
        requested = _IIIF_IMAGE.fullmatch(text)
        if requested:
            service = _SERVICE.search(requested[1])
            kept = requested[1][service.end() :] if service else requested[1].rpartition("/")[2]
            text = kept or requested[1]
        text = unquote(text)
    return _folded(re.sub(r"^[A-Za-z]:", "", text.replace("\\", "/")).lstrip("./"))


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _place(reference: str, index: Holdings, mode: str, found: _Found) -> None:
    path = as_path(reference)
    name = path.rpartition("/")[2]
    candidates = index.names.get(name, ())
    within = tuple(c for c in candidates if _ends_alike(index.paths[c], path))
    # A bare name that happens to be a whole path is still only a name, unless paths are what the catalogue gives.
    exact = (
        within if "/" in path else tuple(c for c in candidates if mode == "path" and index.paths[c] == path)
    )
    longest = _longest(exact, index.paths, path)
    if mode == "path" or (len(longest) == 1 and mode != "name"):
        _note(found, longest, "path", reference)
    elif candidates:
        _note(found, candidates, "name", reference)
    else:
        _note(found, index.stems.get(PurePosixPath(name).stem, ()) if name else (), "stem", reference)


def _longest(candidates: tuple[str, ...], paths: Mapping[str, str], path: str) -> tuple[str, ...]:
    """Return the candidates that share most of the path's end; of `/srv/a/1.jpg`, `a/1.jpg` goes before `1.jpg`."""
    shared = {c: min(paths[c].count("/"), path.count("/")) for c in candidates}
    most = max(shared.values(), default=0)
    return tuple(c for c in candidates if shared[c] == most)


def _ends_alike(one: str, other: str) -> bool:
    """Whether one path is the end of the other, folder by folder."""
    return f"/{one}".endswith(f"/{other}") or f"/{other}".endswith(f"/{one}")


def _identify(identifiers: Iterable[str], index: Holdings, found: _Found) -> None:
    for identifier in identifiers:
        tail = re.split(r"[/:]", identifier.rstrip("/"))[-1]
        for text in dict.fromkeys((identifier, tail)):
            images = index.identifiers.get(identifier_key(text), ()) if identifier_key(text) else ()
            if images:
                _note(found, images, "identifier", identifier)
                break
    if found.images:
        found.ambiguous.clear()


def _note(found: _Found, images: tuple[str, ...], way: str, reference: str) -> None:
    if len(images) == 1:
        found.images.append(images[0])
        found.ways.append(way)
    else:
        (found.ambiguous if images else found.absent).append(reference)


def _some(names: list[str]) -> str:
    shown = ", ".join(repr(name[:80]) for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
