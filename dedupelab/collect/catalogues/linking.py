"""Which images a catalogue record describes: by relative path, by file name, by identifier, and never by guess.

A name that several images of the collection bear is ambiguous: the record is counted as that and linked to none. A record that
names a picture file is linked to that file alone. A bare short number at the end of an address is nobody's name. Where a
catalogue names two files of one name in different folders, a picture in neither is not taken for both (`elsewhere`).
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import PurePosixPath

import pandas as pd

from dedupelab.collect.catalogues.record import Record
from dedupelab.collect.catalogues.references import (
    as_path,
    folded,
    identifier_key,
    is_telling,
    names_a_picture,
)

_WORDS = re.compile(r"[^\W_]+")
_ENDING = re.compile(r"\.[a-z]{2,4}\d?$")
Index = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Holdings:
    """One collection's images by what a catalogue may call them; values are image_ids."""

    paths: Mapping[str, str]
    names: Index
    stems: Index
    identifiers: Index
    suffixed: Mapping[str, tuple[tuple[str, str], ...]]
    """By the key of an identifier: images whose file is called by it and something more, and what sign comes between."""


@dataclass(frozen=True)
class Link:
    """What became of a record: `linked`, `ambiguous` or `unmatched`; how, to which images, and what was odd.

    `paths` has the path that an image was named by, where a folder was named with it: its own, or another that ends in its name.
    """

    outcome: str
    linked_by: str | None = None
    image_ids: tuple[str, ...] = ()
    problem: str | None = None
    paths: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Found:
    """What the names in one record came to."""

    images: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    paths: dict[str, str] = field(default_factory=dict)


def holdings(images: pd.DataFrame) -> Holdings:
    """Return the index of one collection's images; skipped files are no images."""
    listed = images[images["status"] != "skipped"]
    paths: dict[str, str] = {}
    names, stems, identifiers = (dict[str, tuple[str, ...]]() for _ in range(3))
    suffixed: dict[str, list[tuple[str, str]]] = {}
    columns = ["image_id", "path", "guid", "document_id"]
    for identity, path, guid, document in listed[columns].itertuples(index=False):
        plain = paths[identity] = folded(path)
        name = plain.rpartition("/")[2] or plain
        stem = PurePosixPath(name).stem
        alone = (identity,)  # one for all the ways it is called by
        _add(names, name, alone)
        _add(stems, stem, alone)
        words = list(_WORDS.finditer(stem))
        for one, following in pairwise(words):
            begin = identifier_key(stem[: one.end()])
            if is_telling(begin):  # as in `suffixed`
                suffixed.setdefault(begin, []).append((identity, stem[one.end() : following.end()]))
        for own in (stem, guid, document):
            if isinstance(own, str) and own:
                key = identifier_key(own)
                _add(identifiers, stem if key == stem else key, alone)
    more = {key: tuple(images) for key, images in suffixed.items()}
    return Holdings(paths, names, stems, identifiers, more)


def _add(under: dict[str, tuple[str, ...]], key: str, alone: tuple[str]) -> None:
    """Note an image under a key, once."""
    images = under.setdefault(key, alone)
    if alone[0] not in images:
        under[key] = (*images, *alone)


def link(record: Record, index: Holdings, mode: str = "auto") -> Link:
    """Return the images that a record describes.

    Parameters
    ----------
    record
        With the files it names and its identifiers.
    mode
        `path`: a file must be named by its path, or the end of it, from a folder on. `name`: by its name alone.
        `identifier`: the record's identifier is a file's name without ending, or its embedded GUID or document
        identifier. `auto`: files by path, else by name, else by name without ending; identifiers where the record names no
        picture file.
    """
    found = _Found()
    if mode != "identifier":
        for reference in record.files:
            _place(reference, index, mode, found)
    fixed = mode == "auto" and any(map(names_a_picture, record.files))
    if mode in {"auto", "identifier"} and not (found.images or found.ambiguous or fixed):
        _identify(record.identifiers, index, found)
    images = tuple(dict.fromkeys(found.images))
    if images:
        ways = " and ".join(dict.fromkeys(found.ways))
        odd = [f"ambiguous: {_some(found.ambiguous)}"] * bool(found.ambiguous)
        odd += [f"not in the collection: {_some(found.absent)}"] * bool(found.absent)
        return Link("linked", ways, images, "; ".join(odd) or None, found.paths)
    if found.ambiguous:
        return Link("ambiguous", problem=f"several images are called {_some(found.ambiguous)}")
    named = found.absent or list(record.identifiers)
    wanted = f"no image is called {_some(named)}" if named else "it names no file and no identifier"
    return Link("unmatched", problem=wanted)


def elsewhere(found: Link, several: Collection[str], index: Holdings) -> Link:
    """Return a link without the images that it has by name though its folder is another, and other records name by other folders.

    >>> index = Holdings({"i1": "a/1.jpg"}, {}, {}, {}, {})
    >>> elsewhere(Link("linked", "name", ("i1",), paths={"i1": "b/1.jpg"}), {"i1"}, index).outcome
    'unmatched'
    """
    wrong = {i: path for i, path in found.paths.items() if i in several and path != index.paths[i]}
    kept = tuple(image for image in found.image_ids if image not in wrong)
    if len(kept) == len(found.image_ids):
        return found
    odd = f"files of one name in several folders, not in the collection: {_some(list(wrong.values()))}"
    if not kept:
        return Link("unmatched", problem=odd)
    return replace(found, image_ids=kept, problem="; ".join(filter(None, (found.problem, odd))))


def suffixed(
    record: Record,
    index: Holdings,
    known: Collection[str],
    known_parts: Collection[str],
    taken: Collection[str],
) -> tuple[str, ...]:
    """Return the images called by a record's identifier and what is seen of it, such as `1999.5.1_front.jpg`.

    A number that goes on is another object's: `1999.5.10`, and `1999.5.1_2` where the identifier is written with that sign, or
    where the catalogue knows identifiers that go on with figures.

    Parameters
    ----------
    record, index
        As in `link`; only where a record names no file.
    known, known_parts
        Keys of all identifiers of the catalogue, and of those of them that are divided further (`parted`): what one of them
        describes better is not this record's.
    """
    if record.files:
        return ()
    found: list[str] = []
    for identifier in record.identifiers:
        key = identifier_key(identifier)
        if not is_telling(key):
            continue
        divided = set(re.findall(r"[\W_]+", identifier))
        for image, more in index.suffixed.get(key, ()):
            word = _WORDS.search(more)
            sign = more[: word.start()] if word else ""
            goes_on = (
                bool(word) and more[len(sign)].isdigit() and (sign.strip() in divided or key in known_parts)
            )
            stem = PurePosixPath(index.paths[image]).stem
            better = any(len(other) > len(key) and other in known for other in _beginnings(stem))
            if image not in taken and not goes_on and not better:
                found.append(image)
    return tuple(dict.fromkeys(found))


def parted(known: Iterable[str]) -> frozenset[str]:
    """Return the keys of identifiers that others go on from in figures, as 1999.5.1 does from 1999.5."""
    return frozenset(key.rpartition("-")[0] for key in known if key.rpartition("-")[2][:1].isdigit())


def _beginnings(stem: str) -> set[str]:
    words = identifier_key(stem).split("-")
    return {"-".join(words[:n]) for n in range(1, len(words) + 1)}


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
        found.paths.update((image, index.paths[image]) for image in longest if len(longest) == 1)
    elif candidates:
        _note(found, candidates, "name", reference)
        if len(candidates) == 1 and "/" in path and mode == "auto":
            found.paths.setdefault(candidates[0], path)
    elif "://" not in reference or names_a_picture(reference):
        _note(
            found,
            index.stems.get(_ENDING.sub("", name)) or index.stems.get(name, ()) if name else (),
            "stem",
            reference,
        )
    elif is_telling(identifier_key(name)):  # a page's address, maybe called like the picture
        _note(found, index.stems.get(name, ()), "stem", reference)


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
        plain = identifier.partition("?")[0].partition("#")[0] if "://" in identifier else identifier
        tail = identifier_key(re.split(r"[/:]", plain.rstrip("/"))[-1])
        whole = identifier_key(identifier)
        for key in (whole, tail) if is_telling(tail) else (whole,):
            images = index.identifiers.get(key, ()) if key else ()
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
