"""Which source of one file is believed, by the Metadata Working Group's order (guidelines 2.0, 2010), and where they differ.

An XMP sidecar comes first, field by field: it is written by programs that leave the picture alone, so it is the later word
(the guidelines know no sidecars). Then Exif; then XMP, unless IIM was changed after XMP was last written to match it (the
digest that was stored for it no longer fits): then IIM, with the tail that its length limits cut off restored from XMP.
Unlike exiftool, a field that IIM does not have is then still taken from XMP: a name that stands somewhere in the file is
not called missing.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache

from dedupelab.values.normalise import IIM_LIMITS, contradictory

LONGEST = 10_000
"""Characters of a value that are kept."""

Values = tuple[str, ...]
Ranking = tuple[str, ...]
"""Sources, the one that is believed first."""
Said = Mapping[str, Values]
"""What each source says of one field: `sidecar`, `exif`, `iim`, `xmp`; those that say nothing are left out."""

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
PLACES = ("sidecar", "exif", "xmp", "iim")
"""The places of one file, the one that is believed first."""
_OUT_OF_STEP = ("sidecar", "exif", "iim", "xmp")


def ranking(records: bytes | None, digest: bytes | None) -> Ranking:
    """Return all places in the order in which a file's are believed: IIM before XMP where its digest no longer fits.

    Without a stored digest IIM is taken to be what XMP was written to match.
    """
    if records is None or digest is None or hashlib.md5(records, usedforsecurity=False).digest() == digest:
        return PLACES
    return _OUT_OF_STEP


@lru_cache(maxsize=64)
def ranked(sources: Ranking, ranking: Ranking) -> Ranking:
    """Return the sources that say something, the one that is believed first.

    >>> ranked(("exif", "sidecar", "iim"), ranking(None, None))
    ('sidecar', 'exif', 'iim')
    """
    return tuple(source for source in ranking if source in sources)


def believed(field: str, said: Said, order: Ranking) -> str | None:
    """Return the value that prevails, several joined by '; ': that of the first source in order."""
    values = said[order[0]]
    if order[0] == "iim" and "xmp" in said:
        limit = IIM_LIMITS.get(field, LONGEST)
        tails = (*said["xmp"], *[""] * len(values))
        values = tuple(
            tail if _is_cut(text, tail, limit) else text for text, tail in zip(values, tails, strict=False)
        )
    return joined(values)


def joined(values: Values) -> str | None:
    """Return several values as one, bounded; None for none."""
    return "; ".join(values)[:LONGEST] or None


def disagreements(claims: Mapping[str, Said]) -> str | None:
    """Return the fields on which two sources contradict each other, with all that each says, as canonical JSON."""
    found = {}
    for field, said in claims.items():
        if len(set(said.values())) > 1:
            texts = {source: joined(values) or "" for source, values in said.items()}
            if contradictory(field, texts.values()):
                found[field] = texts
    return canonical(found) if found else None


@lru_cache(maxsize=256)
def listed(order: tuple[tuple[str, Ranking], ...]) -> str | None:
    """Return the sources of each field in order, as canonical JSON; None where nothing is said.

    Files of one hand say the same fields in the same places, so the answers are kept.
    """
    return canonical(dict(order)) if order else None


def canonical(value: object) -> str:
    """Return JSON that is the same for the same content."""
    return _CANONICAL.encode(value)


def _is_cut(short: str, full: str, limit: int) -> bool:
    """Whether a text is the beginning of another, as long as IIM has room for.

    The last character may have been left out whole, or a blank before the cut been trimmed: four bytes at most.
    """
    return len(full) > len(short) and full.startswith(short) and len(short.encode()) > limit - 4
