"""Dates as catalogues and cameras write them: a span of time, as wide as the date is vague, on a clock that may be unknown."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

APPROXIMATE = 5
"""Years that an approximate date (EDTF `~`) may be off, either way."""
ZONE_SLACK = timedelta(hours=14)
"""Civil time runs up to 14 hours from UTC; clocks of unknown zone may differ by that much and mean one moment."""
_FORM = re.compile(
    r"(?P<year>\d{4})(?:[-:](?P<month>\d\d)(?:[-:](?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,6})\d*)?)?"
    r"\s*(?P<zone>[Zz]|[+-]\d\d:?\d\d)?)?)?)?"
)
_UNKNOWN = re.compile(r"(\d{2,3})(X{1,2})")
_WIDTHS = (timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1))


@dataclass(frozen=True)
class Span:
    """First moment and first moment after; in UTC when `zoned`, else on an unknown clock. `timed`: has a time of day."""

    start: datetime
    end: datetime
    timed: bool
    zoned: bool


def parse_date(text: str) -> Span | None:
    """Return the span that a date means, or None where it is not a date.

    ISO 8601 with any precision, and the Exif form with colons; a month or day of 00 is not known (IIM). Of the Extended
    Date/Time Format: ranges `1960/1965`, unknown digits `196X`, uncertain `1960?`, approximate `1960~`.

    Examples
    --------
    >>> parse_date("2024-02").end
    datetime.datetime(2024, 3, 1, 0, 0)
    >>> parse_date("196X").end, parse_date("1960~").start
    (datetime.datetime(1970, 1, 1, 0, 0), datetime.datetime(1955, 1, 1, 0, 0))
    >>> parse_date("circa 1960") is None
    True
    """
    if any(mark in text for mark in "/X?~%"):
        return _extended(text.strip())
    return _plain(text.strip())


def _plain(text: str) -> Span | None:
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    calendar = [int(part) for part in match.group("year", "month", "day") if part]
    if 0 in calendar:
        calendar = calendar[: calendar.index(0)]
    clock = (
        [int(part) for part in match.group("hour", "minute", "second") if part] if len(calendar) == 3 else []
    )
    try:
        return _span(calendar, clock, match["fraction"] or "", match["zone"])
    except (ValueError, OverflowError):
        return None


def _extended(text: str) -> Span | None:
    """Return the span of a range or of a date with unknown digits, an uncertain or an approximate date."""
    first, slash, last = text.partition("/")
    if "/" in last:
        return None
    if slash:
        one, other = parse_date(first), parse_date(last)
        ordered = one is not None and other is not None and one.start < other.end
        return Span(one.start, other.end, timed=False, zoned=False) if one and other and ordered else None
    if unknown := _UNKNOWN.fullmatch(text):
        low, high = (int(unknown[1] + digit * len(unknown[2])) for digit in "09")
        one, other = parse_date(f"{low:04d}"), parse_date(f"{high:04d}")
        return Span(one.start, other.end, timed=False, zoned=False) if one and other else None
    span = _plain(text[:-1]) if text.endswith(("?", "~", "%")) else None
    if span is None or text.endswith("?"):
        return span
    if not APPROXIMATE < span.start.year < 9990 - APPROXIMATE:
        return span
    start, end = span.start.replace(day=1), span.end.replace(day=1)
    return Span(
        start.replace(year=start.year - APPROXIMATE),
        end.replace(year=end.year + APPROXIMATE),
        timed=False,
        zoned=False,
    )


def dates_agree(one: Span, other: Span) -> bool:
    """Return whether both may mean one moment: they overlap, or lie within 14 hours where a clock's zone is missing.

    Dates without a time of day are compared by the calendar alone.
    """
    timed, zoned = one.timed or other.timed, one.zoned and other.zoned
    if one.timed and other.timed and not zoned:
        return abs(one.start - other.start) <= ZONE_SLACK
    slack = ZONE_SLACK if timed and not zoned else timedelta()
    return max(one.start, other.start) - min(one.end, other.end) < slack + timedelta(microseconds=1) * bool(
        slack
    )


def precedes(one: Span, other: Span) -> bool:
    """Return whether one is certainly over before the other begins: what may be one moment is no order.

    Examples
    --------
    >>> year, day = parse_date("2024"), parse_date("2024-05-01")
    >>> precedes(year, day), precedes(parse_date("2023"), day)
    (False, True)
    """
    return one.end <= other.start and not dates_agree(one, other)


def _span(calendar: list[int], clock: list[int], fraction: str, zone: str | None) -> Span | None:
    if not calendar:
        return None
    year, month, day = (*calendar, 1, 1)[:3]
    start = datetime(year, month, day)  # noqa: DTZ001 - the zone, if any, is taken off below
    if clock:
        hour, minute, second = (*clock, 0, 0)[:3]
        start = start.replace(hour=hour, minute=minute, second=second)
        width = _WIDTHS[len(clock) - 1]
        if fraction:
            start += timedelta(microseconds=int(fraction.ljust(6, "0")))
            width = timedelta(microseconds=10 ** (6 - len(fraction)))
        offset = _offset(zone)
        return Span(start - offset, start + width - offset, timed=True, zoned=zone is not None)
    if len(calendar) == 3:
        end = start + timedelta(days=1)
    elif len(calendar) == 2 and month < 12:
        end = start.replace(month=month + 1)
    else:
        end = start.replace(year=year + 1, month=1)
    return Span(start, end, timed=False, zoned=False)


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone in "Zz":
        return timedelta()
    ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return ahead if zone[0] == "+" else -ahead
