"""What one file's metadata asserts, by the Metadata Working Group's order of precedence (guidelines 2.0, 2010).

Exif first; then XMP, unless IIM was changed after XMP was last written to match it (the digest that was stored for it no
longer fits): then IIM, with the tail that its length limits cut off restored from XMP. Unlike exiftool, a field that IIM
does not have is then still taken from XMP: a name that stands somewhere in the file is not called missing. Every source
keeps its say in `disagreements`.
"""

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from dedupelab.collect import exif, iim, xmp
from dedupelab.collect.segments import Segments

LONGEST = 10_000
"""Characters of a value that are kept."""
LIMITS = {"creator": 32, "credit": 32, "source": 32, "title": 64, "copyright_notice": 128, "caption": 2000}
"""Bytes that IIM has room for."""
SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"

# IPTC's terms for pictures made by algorithms altogether, and for pictures with a part that is.
_GENERATED = frozenset({"trainedalgorithmicmedia", "algorithmicmedia"})
_COMPOSED = frozenset(
    {"compositewithtrainedalgorithmicmedia", "compositedwithtrainedalgorithmicmedia", "compositesynthetic"}
)
_CONTROLS = {code: None for code in (*range(32), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"}
_NOTICE = re.compile(r"©|\(c\)|\bcopyright\b|\ball rights reserved\b|\b(?:19|20)\d\d\b|[\s.,;:]+")
_UNIQUE_ID = re.compile(r"[0-9a-fA-F]{32}")
_BLANK_DATE = re.compile(r"[0\s:T+-]*")
# Exif 2024:05:01 10:20:30+08:00, IIM 20240501T102030+0800, XMP 2024-05-01T10:20:30.5+08:00; 00 or blank: not known.
_DATE = re.compile(
    r"(\d{4})(?:[:-]?(\d\d|  )(?:[:-]?(\d\d|  )(?:[T ]+(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,]\d*)?)?)?\s*(Z|[+-]\d\d:?\d\d)?)?)?)?"
)
_ZONE = re.compile(r"(T.*)([+-]\d\d:\d\d)$")
_ZONES_APART = timedelta(hours=14)

Values = tuple[str, ...]


@dataclass(frozen=True)
class Metadata:
    """What a file says of itself: the columns of `tables.METADATA`, None where nothing is asserted, and what was odd."""

    creator: str | None = None
    credit: str | None = None
    copyright_notice: str | None = None
    copyright_owner: str | None = None
    licensor: str | None = None
    usage_terms: str | None = None
    web_statement: str | None = None
    source: str | None = None
    title: str | None = None
    caption: str | None = None
    date_created: str | None = None
    guid: str | None = None
    document_id: str | None = None
    derived_from: str | None = None
    digital_source_type: str | None = None
    ai_label: str = "no-label"
    c2pa: str = "none"
    has_gps: bool = False
    disagreements: str | None = None
    problem: str | None = None


_NOTHING = Metadata()
_NOTHING_BUT_CREDENTIALS = Metadata(c2pa="unchecked")


def read_metadata(segments: Segments) -> Metadata:
    """Read what a file's Exif, IIM and XMP assert. Never raises: malformed metadata is a `problem`, the rest is kept.

    `c2pa` is `unchecked` where Content Credentials are present. `ai_label` is `composite` for pictures with a generated
    part (IPTC compositeWithTrainedAlgorithmicMedia, compositeSynthetic), `yes` for generated ones
    (trainedAlgorithmicMedia, algorithmicMedia) or where XMP names an AI system. `guid` is XMP's DigImageGUID, else Exif's
    ImageUniqueID if it has the standard's 32 hexadecimal digits (phones write their model there).

    Examples
    --------
    >>> read_metadata(Segments(exif=b"neither this")).problem
    'expected Exif to begin with a TIFF header, got other bytes'
    """
    if segments.exif is None and segments.iim is None and segments.xmp is None:
        return _NOTHING_BUT_CREDENTIALS if segments.c2pa else _NOTHING
    first = exif.Exif() if segments.exif is None else exif.read(segments.exif)
    second = iim.Iim() if segments.iim is None else iim.read(segments.iim)
    third = xmp.Xmp() if segments.xmp is None else xmp.read(segments.xmp)
    dates = [_date(source.date) for source in (first, second, third)]
    claims = {
        "creator": (_clean(first.creator), _clean(second.creator), _clean(third.creator)),
        "credit": ((), _clean(second.credit), _clean(third.credit)),
        "copyright_notice": (_clean(first.copyright), _clean(second.copyright), _clean(third.copyright)),
        "source": ((), _clean(second.source), _clean(third.source)),
        "title": ((), _clean(second.title), _clean(third.title)),
        "caption": (_clean(first.caption), _clean(second.caption), _clean(third.caption)),
        "date_created": tuple((date,) if date else () for date, _ in dates),
    }
    in_step = _in_step(segments)
    chosen = {field: _prevail(field, *values, in_step=in_step) for field, values in claims.items()}
    source_type, label = _source_type(third.digital_source_type, third.ai_system)
    problems = [first.problem, second.problem, third.problem, *(problem for _, problem in dates)]
    return Metadata(
        **chosen,
        copyright_owner=_joined(_clean(third.owner)),
        licensor=_joined(_clean(third.licensor)),
        usage_terms=_joined(_clean(third.usage_terms)),
        web_statement=_joined(_clean(third.web_statement)),
        guid=_joined(_clean(third.guid)) or (first.guid if _UNIQUE_ID.fullmatch(first.guid) else None),
        document_id=_joined(_clean(third.document_id)),
        derived_from=_joined(_clean(third.derived_from)),
        digital_source_type=source_type,
        ai_label=label,
        c2pa="unchecked" if segments.c2pa else "none",
        has_gps=first.has_gps or third.has_gps,
        disagreements=_disagreements(claims),
        problem="; ".join(dict.fromkeys(filter(None, problems))) or None,
    )


def _clean(values: str | Values) -> Values:
    """Drop control characters, blanks around and empty values."""
    texts = (values,) if isinstance(values, str) else values
    if not any(texts):
        return ()
    plain = (
        text if text.isprintable() else text.replace("\r\n", "\n").translate(_CONTROLS) for text in texts
    )
    return tuple(kept for text in plain if (kept := text.strip()[:LONGEST]))


def _joined(values: Values) -> str | None:
    return "; ".join(values)[:LONGEST] or None


def _in_step(segments: Segments) -> bool:
    """Whether IIM is absent or still what XMP was written to match; without a stored digest that is taken for granted."""
    if segments.iim is None or segments.iim_digest is None:
        return True
    return hashlib.md5(segments.iim, usedforsecurity=False).digest() == segments.iim_digest


def _prevail(field: str, first: Values, second: Values, third: Values, *, in_step: bool) -> str | None:
    if first or not second or (third and in_step):
        return _joined(first or third)
    limit = LIMITS.get(field, LONGEST)
    tails = (*third, *[""] * len(second))
    restored = (
        tail if _is_cut(text, tail, limit) else text for text, tail in zip(second, tails, strict=False)
    )
    return _joined(tuple(restored))


def _is_cut(short: str, full: str, limit: int) -> bool:
    """Whether a text is the beginning of another, as long as IIM has room for.

    The last character may have been left out whole, or a blank before the cut been trimmed: four bytes at most.
    """
    return len(full) > len(short) and full.startswith(short) and len(short.encode()) > limit - 4


def _source_type(value: str, ai_system: str) -> tuple[str | None, str]:
    """Return IPTC's full address of a source type, however it is written, and the AI label it means."""
    address = _joined(_clean(value))
    code = (address or "").rstrip("/").rpartition("/")[2].rpartition(":")[2]
    if address and (code.isalpha() and ("cv.iptc.org" in address or "://" not in address)):
        address = SOURCE_TYPES + code
    if code.lower() in _COMPOSED:
        return address, "composite"
    return address, "yes" if code.lower() in _GENERATED or _clean(ai_system) else "no-label"


def _date(text: str) -> tuple[str | None, str | None]:
    """Return a date in ISO 8601 with only what is known of it, and what was wrong with it.

    Fractions of seconds are dropped; a zone is kept where it is given and never assumed.

    >>> _date("2008:05:30 15:56:01.25"), _date("20240500T"), _date("20240501T102030+0800")
    (('2008-05-30T15:56:01', None), ('2024-05', None), ('2024-05-01T10:20:30+08:00', None))
    """
    if _BLANK_DATE.fullmatch(text):
        return None, None
    text = text.replace("\0", " ").strip().rstrip(" :-T")
    found = _DATE.fullmatch(text)
    if found is None:
        return None, f"expected a date, got {text[:40]!r}"
    year, *rest = (part.strip() if part else "" for part in found.groups())
    month, day, hour, minute, second, zone = rest
    zone = "+00:00" if zone == "Z" else zone
    zone = f"{zone[:3]}:{zone[-2:]}" if zone else ""
    date = "-".join([year, *_known(month, day)])
    time = ":".join(filter(None, (hour, minute, second)))
    # A clock time without minutes, or on a day that is not known, says nothing.
    date += f"T{time}{zone}" if minute and date.count("-") == 2 else ""
    try:
        datetime.fromisoformat(date + "-01-01"[len(date) - 4 :] if len(date) < 10 else date)
    except ValueError:
        return None, f"expected a date, got {text[:40]!r}"
    return date, None


def _known(month: str, day: str) -> list[str]:
    if month in {"", "00"}:
        return []
    return [month] if day in {"", "00"} else [month, day]


def _disagreements(claims: dict[str, tuple[Values, ...]]) -> str | None:
    """Return the fields on which two sources that assert something do not agree, with all they say, as canonical JSON."""
    found = {}
    for field, values in claims.items():
        said = {source: value for source, value in zip(("exif", "iim", "xmp"), values, strict=True) if value}
        if not all(_agree(field, one, other) for one, other in combinations(said.values(), 2)):
            found[field] = {source: _joined(value) for source, value in said.items()}
    return json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if found else None


def _agree(field: str, one: Values, other: Values) -> bool:
    if one == other:
        return True
    if field == "date_created":
        return _dates_agree(one[0], other[0])
    if len(one) != len(other):
        # Some programs write a list of names as one string.
        one, other = (("; ".join(one),), ("; ".join(other),)) if 1 in {len(one), len(other)} else (one, other)
    limit = LIMITS[field]
    left, right = (
        sorted((_normal(field, text), len(text.encode())) for text in values) for values in (one, other)
    )
    return len(left) == len(right) and all(
        a == b or (b.startswith(a) and a_size > limit - 4) or (a.startswith(b) and b_size > limit - 4)
        for (a, a_size), (b, b_size) in zip(left, right, strict=True)
    )


def _normal(field: str, text: str) -> str:
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return " ".join(_NOTICE.sub(" ", plain).split()) if field == "copyright_notice" else plain


def _dates_agree(one: str, other: str) -> bool:
    """Whether two dates can be the same moment: one less precise, or at most 14 hours apart while a zone is missing."""
    (left, left_zone), (right, right_zone) = _parted(one), _parted(other)
    if left.startswith(right) or right.startswith(left):
        return left_zone == right_zone or not (left_zone and right_zone)
    if "T" not in left or "T" not in right:
        return False
    if left_zone and right_zone:
        return datetime.fromisoformat(one) == datetime.fromisoformat(other)
    apart = abs(datetime.fromisoformat(left) - datetime.fromisoformat(right))
    return apart <= _ZONES_APART


def _parted(date: str) -> tuple[str, str]:
    found = _ZONE.search(date)
    return (date[: found.start(2)], found[2]) if found else (date, "")
