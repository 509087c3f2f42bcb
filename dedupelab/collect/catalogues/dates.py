"""Dates as cataloguers write them, in the Extended Date/Time Format (ISO 8601-2, level 1), with no more than is known.

A day or month that is not known is left out, `~` marks an approximate and `?` an uncertain date, `X` an unknown digit,
and a slash joins the ends of a range.
"""

import calendar
import re
from datetime import date

_MONTHS = {
    name.casefold(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
_ISO = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s?(Z|[+-]\d\d:?\d\d)?)?)?)?([?~%]?)"
)
_PACKED = re.compile(r"(\d{4})(\d\d)(\d\d)?")
_CHINESE = re.compile(r"(\d{4})\s*年(?:\s*(\d{1,2})\s*月(?:\s*(\d{1,2})\s*[日號号])?)?")
_DECADE = re.compile(r"(\d{3})(?:0\s*'?s|0\s*年代|[-Xx?](?!\d)|0-9)")
_CENTURY = re.compile(r"(\d\d)(?:--|XX|xx|\?\?)")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s.-]+([A-Za-z]{3,9})\.?,?[\s-]+(\d{4})")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})")
_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.:](\d{1,2})(?:[/.:](\d{1,2}))?")
_ABOUT = re.compile(r"^(?:circa|ca\.?|c\.|about|approx(?:imately|\.)?|約|约)\s*", re.IGNORECASE)
_COPYRIGHT = re.compile(r"^(?:[©c]|copyright|\(c\))\s*(?=\d{4})", re.IGNORECASE)
_SHORT = re.compile(r"(\d\d)(\d\d)\s?[-/–]\s?(\d\d)")
_BETWEEN = re.compile(r"between\s+(.+?)\s+and\s+(.+)", re.IGNORECASE)
_RANGE = re.compile(r"(.+?)\s*(?:/|–|—|\bto\b|至|(?<=\d{4})-(?=\d{4}\D*$)|\s-\s)\s*(.+)")


def read_date(text: str) -> str | None:
    """Return a date in EDTF with only what is known of it, or None where the text is no date.

    Of a date like 03/04/1960, whose day and month cannot be told apart, only the year is kept.

    Examples
    --------
    >>> [read_date(text) for text in ("1997-07-01", "1 July 1997", "1997年7月", "c. 1960", "[1960?]", "1960s", "c1984.")]
    ['1997-07-01', '1997-07-01', '1997-07', '1960~', '1960?', '196X', '1984']
    >>> [read_date(text) for text in ("1960-1965", "between 1960 and 1965", "03/04/1960", "undated")]
    ['1960/1965', '1960/1965', '1960', None]
    """
    plain = " ".join(text.split()).strip("[](). ,;")
    if not plain or len(plain) > 80:
        return None
    return _single(plain) or _span(plain)


def _span(text: str) -> str | None:
    if (short := _SHORT.fullmatch(text)) and short[3] > short[2]:
        return f"{short[1]}{short[2]}/{short[1]}{short[3]}"
    found = _BETWEEN.fullmatch(text) or _RANGE.fullmatch(text)
    if found is None:
        return None
    start, end = _single(found[1]), _single(found[2])
    if start is None or end is None or start[:4] > end[:4]:
        return None
    return start if start == end else f"{start}/{end}"


def _single(text: str) -> str | None:
    about = _ABOUT.match(text)
    plain = _COPYRIGHT.sub("", text[about.end() :] if about else text).strip("[]()., ")
    mark = "~" if about else "?" if plain.endswith("?") and not _DECADE.fullmatch(plain) else ""
    plain = plain.removesuffix("?") if mark == "?" else plain
    found = _exact(plain)
    if found is None:
        return None
    return found if found[-1] in "?~%" or "T" in found else found + mark


def _exact(text: str) -> str | None:  # noqa: PLR0911  one per way of writing
    if found := _ISO.fullmatch(text):
        return _moment(found)
    if found := _DECADE.fullmatch(text):
        return found[1] + "X"
    if found := _CENTURY.fullmatch(text):
        return found[1] + "XX"
    if found := _PACKED.fullmatch(text) or _CHINESE.fullmatch(text) or _YEAR_FIRST.fullmatch(text):
        return _calendar(found[1], found[2], found[3])
    if (found := _DAY_FIRST.fullmatch(text)) and found[2].casefold() in _MONTHS:
        return _calendar(found[3], str(_MONTHS[found[2].casefold()]), found[1])
    if (found := _MONTH_FIRST.fullmatch(text)) and found[1].casefold() in _MONTHS:
        return _calendar(found[3], str(_MONTHS[found[1].casefold()]), found[2])
    if found := _NUMBERS.fullmatch(text):
        return _numbers(int(found[1]), int(found[2]), found[3])
    return None


def _moment(found: "re.Match[str]") -> str | None:
    year, month, day, hour, minute, second, zone, mark = found.groups()
    base = _calendar(year, month, day)
    if base is None or not hour or len(base) < 10 or int(hour) > 23 or int(minute) > 59:
        return base and base + (mark or "")
    zone = "+00:00" if zone == "Z" else f"{zone[:3]}:{zone[-2:]}" if zone else ""
    return f"{base}T{hour}:{minute}" + (f":{second}" if second and int(second) < 60 else "") + zone


def _numbers(one: int, other: int, year: str) -> str | None:
    if one == other or one > 12:
        return _calendar(year, str(other), str(one))
    if other > 12:
        return _calendar(year, str(one), str(other))
    return _calendar(year, None, None)


def _calendar(year: str, month: str | None, day: str | None) -> str | None:
    """Return year, month and day as far as they are known; None where the calendar has no such day."""
    parts = [int(year), *(int(part) for part in (month, day) if part and int(part))]
    if month and not int(month):
        parts = parts[:1]
    try:
        date(*(*parts, 1, 1)[:3])
    except ValueError:
        return None
    return "-".join((f"{parts[0]:04d}", *(f"{part:02d}" for part in parts[1:])))
