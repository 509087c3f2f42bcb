"""Files met more than once: links, hard links, and collections that lie in one another. One file is one image.

Otherwise a link would be counted as a surplus copy, and a folder that is named twice as duplication of everything in it.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

from dedupelab.collect.listing import Entry, address, local_path


def once(listings: Mapping[str, list[Entry]], locations: Mapping[str, str]) -> dict[str, list[Entry]]:
    """Leave every file where it is listed first, and skip it where it is met again, with the reason.

    A file belongs to the innermost of collections that lie in one another, to a place that is no link before one that is, and
    to the collection that study.toml names first.
    """
    nested = _nested(locations)
    inner = {name: sum(lies == name for _, lies in nested) for name in locations}
    first: dict[tuple[object, ...], tuple[tuple[object, ...], str, str]] = {}
    for number, (collection, entries) in enumerate(listings.items()):
        for entry in entries:
            if (key := _key(entry)) is not None:
                rank = (entry.link, -inner[collection], number, entry.path)
                if key not in first or rank < first[key][0]:
                    first[key] = rank, collection, entry.path
    return {
        collection: [_kept(entry, collection, first) for entry in entries]
        for collection, entries in listings.items()
    }


def overlaps(locations: Mapping[str, str]) -> list[str]:
    """Return one sentence for each two collections that are one folder, or of which one lies in the other."""
    nested = _nested(locations)
    told = []
    for one, two in combinations(locations, 2):
        if _root(locations[one]) == _root(locations[two]):
            told.append(
                f"collections {one} and {two} are the same folder; each file is counted once, in {one}"
            )
        elif (one, two) in nested or (two, one) in nested:
            outer, lies = (one, two) if (one, two) in nested else (two, one)
            told.append(
                f"collection {lies} lies in collection {outer}; each of its files is counted once, in {lies}"
            )
    return told


def _key(entry: Entry) -> tuple[object, ...] | None:
    """Return what one file has however it is reached; None for what is not opened anyway.

    Size and time are part of it: some network file systems give different files one number.
    """
    if entry.skipped is not None or entry.unreadable is not None:
        return None
    return entry.identity or entry.native, entry.bytes, entry.modified


def _kept(
    entry: Entry, collection: str, first: Mapping[tuple[object, ...], tuple[tuple[object, ...], str, str]]
) -> Entry:
    key = _key(entry)
    if key is None:
        return entry
    _, owner, path = first[key]
    if (owner, path) == (collection, entry.path):
        return entry
    return replace(entry, skipped=f"the same file as {owner}/{path}")


def _nested(locations: Mapping[str, str]) -> set[tuple[str, str]]:
    """Return the collections that lie in another: outer, inner."""
    roots = {name: _root(location) for name, location in locations.items()}
    return {
        (outer, lies)
        for outer in roots
        for lies in roots
        if len(roots[outer]) < len(roots[lies]) and roots[lies][: len(roots[outer])] == roots[outer]
    }


def _root(location: str) -> tuple[str, ...]:
    """Return the parts of where a collection lies, links and `..` resolved."""
    if (here := local_path(location.rstrip("/*") or "/")) is not None:
        return here.resolve().parts
    return tuple(address(location, "").rstrip("/*").split("/"))
