"""Dates as Exif, IIM and XMP write them, brought to one form with only what is known: no day, time or zone is added."""

import re
from datetime import datetime

_BLANK = "0 \t\n\r\v\f:T+-"
# Exif 2024:05:01 10:20:30+08:00, IIM 20240501T102030+0800, XMP 2024-05-01T10:20:30.5+08:00; 00 or blank: not known.
_WRITTEN = re.compile(
    r"(\d{4})(?:[:-]?(\d\d|  )(?:[:-]?(\d\d|  )(?:[T ]+(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,]\d*)?)?)?\s*(Z|[+-]\d\d:?\d\d)?)?)?)?"
)


def iso_date(text: str) -> tuple[str | None, str | None]:
    """Return a date in ISO 8601 with only what is known of it, and what was wrong with it.

    Fractions of seconds are dropped; a zone is kept where it is given and never assumed.

    >>> iso_date("2008:05:30 15:56:01.25"), iso_date("20240500T"), iso_date("20240501T102030+0800")
    (('2008-05-30T15:56:01', None), ('2024-05', None), ('2024-05-01T10:20:30+08:00', None))
    """
    text = text.replace("\0", " ").strip()
    if not text.strip(_BLANK):
        return None, None
    text = text.rstrip(" :-T")
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None, f"expected a date, got {text[:40]!r}"
    year, month, day, hour, minute, second, zone = found.groups("")
    date = "-".join([year, *_known(month.strip(), day.strip())])
    # A clock time without minutes, or on a day that is not known, says nothing.
    if minute and len(date) == len("2024-05-01"):
        zone = "+00:00" if zone == "Z" else zone and f"{zone[:3]}:{zone[-2:]}"
        date += f"T{hour}:{minute}:{second}{zone}" if second else f"T{hour}:{minute}{zone}"
    try:
        datetime.fromisoformat(date + "-01-01"[len(date) - 4 :] if len(date) < 10 else date)
    except ValueError:
        return None, f"expected a date, got {text[:40]!r}"
    return date, None


def _known(month: str, day: str) -> list[str]:
    if month in {"", "00"}:
        return []
    return [month] if day in {"", "00"} else [month, day]
