"""Dates as catalogues and cameras write them: a span of time, as wide as the date is vague, on a clock that may be unknown."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

APPROXIMATE = 5
"""Years that an approximate date (EDTF `~`) may be off, either way."""
ZONE_SLACK = timedelta(hours=14)
"""Civil time runs up to 14 hours from UTC; clocks of unknown zone may differ by that much and mean one moment."""
_FORM = re.compile(
    r"(?P<year>\d{4})(?:[-:](?P<month>\d\d)(?:[-:](?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,6})\d*)?)?"
    r"\s*(?P<zone>[Zz]|[+-]\d\d:?\d\d)?)?)?)?"
)
_DIGITS = re.compile(r"(\d{1,3})(X{1,3})")
_SEASON = re.compile(r"(\d{4})-2[1-4]")
_WITHOUT_MARKS = str.maketrans("", "", "?~%")
_WIDTHS = (timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1))
_TWO_MONTHS = timedelta(days=59)


@dataclass(frozen=True)
class Span:
    """First moment and first moment after; in UTC when `zoned`, else on an unknown clock. `timed`: has a time of day."""

    start: datetime
    end: datetime
    timed: bool
    zoned: bool


_ALWAYS = Span(datetime.min, datetime.max, timed=False, zoned=False)  # noqa: DTZ901  on an unknown clock


def parse_date(text: str) -> Span | None:
    """Return the span that a date means, or None where it is not a date.

    ISO 8601 with any precision, and the Exif form with colons; a month or day of 00 is not known (IIM). Of the Extended
    Date/Time Format: ranges `1960/1965`, open or of unknown end too (`1960/..`, `1960/`), one of a set `[1960,1962..1965]`,
    unknown digits `196X` and `1960-XX`, seasons `1960-21`, uncertain `1960?`, approximate `1960~`, either of any part.
    Years before 1 and after 9999 are not read.

    >>> parse_date("2024-02").end
    datetime.datetime(2024, 3, 1, 0, 0)
    >>> parse_date("196X").end, parse_date("1960~").start
    (datetime.datetime(1970, 1, 1, 0, 0), datetime.datetime(1955, 1, 1, 0, 0))
    >>> parse_date("circa 1960") is None
    True
    """
    plain = text.strip()
    if plain[:1] + plain[-1:] in {"[]", "{}"}:
        members = plain[1:-1].replace("..", ",").split(",")
        return _between(members[0].strip(), members[-1].strip())
    if "/" in plain:
        first, last = (end.strip(" .") for end in plain.split("/", 1))
        return _between(first, last)
    return _single(plain)


def _between(first: str, last: str) -> Span | None:
    """Return the span from a date to another; an end that is empty is open or not known."""
    if not first and not last:
        return None
    one, other = _single(first) if first else _ALWAYS, _single(last) if last else _ALWAYS
    if one is None or other is None or one.start >= other.end:
        return None
    return _untimed(one.start, other.end)


def _single(text: str) -> Span | None:
    """Return the span of a date that has one beginning, whatever is unknown or doubted of it."""
    span = _vague(text.translate(_WITHOUT_MARKS).strip())
    approximate = "~" in text or "%" in text
    if span is None or not approximate or not APPROXIMATE < span.start.year < 9990 - APPROXIMATE:
        return span
    start, end = span.start.replace(day=1), span.end.replace(day=1)
    return _untimed(start.replace(year=start.year - APPROXIMATE), end.replace(year=end.year + APPROXIMATE))


def _vague(text: str) -> Span | None:
    """Return the span of a date as far as its digits are known; a season is some hemisphere's: the year and two months around."""
    if season := _SEASON.fullmatch(text):
        whole = _plain(season[1])
        inside = whole is not None and 1 < whole.start.year < 9998
        return _untimed(whole.start - _TWO_MONTHS, whole.end + _TWO_MONTHS) if whole and inside else whole
    year, *parts = text.split("-")
    if digits := _DIGITS.fullmatch(year):
        low, high = (_plain(digits[1] + digit * len(digits[2])) for digit in "09")
        return _untimed(low.start, high.end) if low and high else None
    return _plain("-".join([year, *takewhile(lambda part: "X" not in part, parts)]))


def _untimed(start: datetime, end: datetime) -> Span:
    return Span(start, end, timed=False, zoned=False)


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
