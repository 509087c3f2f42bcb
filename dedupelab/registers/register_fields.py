"""The columns of the registers: what each means, and what is refused before it is written."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from re import findall, fullmatch

from dedupelab.errors import ConfigError
from dedupelab.numbers.amounts import CODES, LARGEST
from dedupelab.numbers.sources import TYPES, checked_source

Value = str | int | float | bytes | None
"""What a cell of a register holds."""
SOURCE_TYPES = TYPES
FIRST, LAST = "1900-01-01", "2200-01-01"
"""Days before and after which a date is a slip of the hand."""
PAST = {"workflow": ("date",), "incident": ("opened", "closed")}
"""Days by which something has happened, in each register: none lies ahead of the day of writing."""
_LAST = date.fromisoformat(LAST)
SQL = {"number": "REAL", "share": "REAL", "count": "INTEGER"}


@dataclass(frozen=True)
class Field:
    """One column: `kind` is text, source, date, number (0 upwards), share (0..1), count (1 upwards), currency, digests or choice."""

    name: str
    kind: str
    meaning: str
    required: bool = False
    choices: tuple[str, ...] = ()

    @property
    def sql(self) -> str:
        """Type of the column in the file."""
        return SQL.get(self.kind, "TEXT")

    def read(self, given: object) -> Value:
        """Return a given value as it is kept; None when empty.

        Raises
        ------
        ConfigError
            If it is not what the column holds.
        """
        text = "" if given is None or given != given else str(given).strip()  # noqa: PLR0124  NaN differs from itself
        if not text:
            if self.required:
                raise ConfigError(f"expected {self.name} ({self.meaning}), got none; fill it in")
            return None
        if self.kind in SQL:
            return self._number(text)
        if self.kind == "source":
            return checked_source(text)
        if self.kind == "date":
            return self._date(text)
        if self.kind == "currency" and text.upper() not in CODES:
            raise ConfigError(
                f"expected {self.name} to be an ISO 4217 code such as HKD, got {text!r}; correct it"
            )
        if self.kind == "choice" and text not in self.choices:
            raise ConfigError(
                f"expected {self.name} to be one of {', '.join(self.choices)}, got {text!r}; choose one"
            )
        if self.kind == "digests" and not all(fullmatch(r"[0-9a-fA-F]{64}", part) for part in text.split()):
            raise ConfigError(
                f"expected {self.name} to be SHA-256 digests of 64 hexadecimal digits with spaces between, got {text[:80]!r}; "
                "compute them with sha256sum"
            )
        return text.upper() if self.kind == "currency" else text

    def _number(self, text: str) -> float | int:
        top = 1.0 if self.kind == "share" else LARGEST
        least = 1.0 if self.kind == "count" else 0.0
        wanted = {
            "share": "a share from 0 to 1",
            "count": "a whole number from 1 upwards",
            "number": "a number from 0 upwards",
        }
        try:
            number = float(text.replace(",", "") if fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", text) else text)
        except ValueError:
            number = float("nan")
        whole = self.kind != "count" or number == int(number) if isfinite(number) else False
        if not (isfinite(number) and least <= number <= top and whole):
            size = f", at most {LARGEST:,.0f}" if number > LARGEST else ""
            raise ConfigError(
                f"expected {self.name} to be {wanted[self.kind]}{size}, got {text!r}; correct it"
            )
        return int(number) if self.kind == "count" else number

    def _date(self, text: str) -> str:
        try:
            day = date.fromisoformat(text).isoformat()
        except ValueError:
            day = ""
        if day != text or not FIRST <= day < LAST:
            raise ConfigError(
                f"expected {self.name} as year-month-day such as 2026-03-31, got {text!r}; write it so (as text, in a spreadsheet), from the year "
                f"{FIRST[:4]} on and before {LAST[:4]}"
            )
        return day


def as_text(value: object) -> str:
    """Return a value as a field shows it, so that reading it again gives the same: empty for none, whole numbers without a point.

    Of several values each, with a comma between; of a catalogue with settings its path, of a text in several languages the first.

    >>> as_text(None), as_text(2026.0), as_text([0.1, 1.0]), as_text({"en": "A study"})
    ('', '2026', '0.1, 1', 'A study')
    """
    if isinstance(value, Mapping):
        return as_text(value.get("path") or next(iter(value.values()), None))
    if isinstance(value, list | tuple):
        return ", ".join(map(as_text, value))
    if value is None or value != value:  # noqa: PLR0124  NaN differs from itself
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


SOURCE = Field("source", "source", "where it comes from, so that somebody else could check it", required=True)
WITHDRAWN = Field("withdrawn", "text", "why the entry no longer counts; empty while it does")
CURRENCY = Field("currency", "currency", "ISO 4217 code of the amounts")
KINDS: Mapping[str, tuple[Field, ...]] = {
    "workflow": (
        Field("date", "date", "day of the timing", required=True),
        Field("organisation", "text", "where the work was done", required=True),
        Field("step", "choice", "what was timed", required=True, choices=("search", "ingest", "de-duplicate", "review", "rights", "other")),
        Field("role", "text", "who does it: a role, not a name"),
        Field("system", "text", "in which system"),
        Field("minutes", "number", "minutes that it took", required=True),
        Field("items", "count", "how many pairs, pictures or requests were dealt with in that time", required=True),
        SOURCE,
    ),
    "incident": (
        Field("kind", "choice", "what happened: a dispute over whose picture it is, a stalled use, or a picture licensed or taken again", required=True, choices=("dispute", "stall", "reacquisition")),
        Field("opened", "date", "first day", required=True),
        Field("closed", "date", "last day; empty while it is open"),
        Field("organisation", "text", "to whom it happened", required=True),
        Field("asset", "text", "which picture it was about: image_id, collection/path or SHA-256"),
        Field("days", "number", "days stalled"),
        Field("value_per_day", "number", "what a stalled day cost"),
        Field("amount", "number", "what was paid or lost beside"),
        CURRENCY,
        Field("source_type", "choice", "what kind of source the amounts have; counted as assumed when empty", choices=SOURCE_TYPES),
        Field("attribution", "share", "share of the cost that is due to duplication, 0 to 1"),
        Field("evidence", "digests", "SHA-256 of the files that prove it"),
        Field("confidentiality", "choice", "who may see the entry", choices=("public", "members", "confidential")),
        SOURCE,
    ),
    "licence": (
        Field("asset", "text", "image_id, collection/path, SHA-256, or the licensor's own number", required=True),
        Field("licensor", "text", "who granted it", required=True),
        Field("licensee", "text", "who paid", required=True),
        Field("fee", "number", "what was paid", required=True),
        Field("currency", "currency", "ISO 4217 code of the fee", required=True),
        Field("scope", "text", "use that is allowed, such as print or web; all when empty"),
        Field("territory", "text", "where, such as HK; worldwide when empty"),
        Field("start", "date", "first day", required=True),
        Field("end", "date", "last day; without limit when empty"),
        SOURCE,
    ),
    "assumption": (
        Field("value", "number", "the number; the most likely one between low and high"),
        Field("low", "number", "lowest value thought possible"),
        Field("high", "number", "highest value thought possible"),
        Field("p50", "number", "value that half of the cases stay below"),
        Field("p90", "number", "value that nine in ten cases stay below"),
        Field("unit", "text", "unit of the number", required=True),
        Field("source_type", "choice", "what kind of source", required=True, choices=SOURCE_TYPES),
        SOURCE,
        Field("owner", "text", "who answers for it", required=True),
        Field("date", "date", "since when it holds", required=True),
    ),
    "decision": (
        Field("date", "date", "day of the decision", required=True),
        Field("decision", "text", "what was decided", required=True),
        Field("reason", "text", "why", required=True),
        Field("decided_by", "text", "who decided", required=True),
        SOURCE,
    ),
    "intended": (
        Field("asset", "text", "image_id, or collection/path, in which * stands for anything", required=True),
        Field("reason", "text", "why this copy is meant to exist, such as access copy or backup", required=True),
        SOURCE,
    ),
}  # fmt: skip
"""Each register's columns, beside `id` and `withdrawn`, which all have."""


def folded(name: object) -> str:
    """Return a name in the form in which entries are held together: its words, whatever case, width, spaces and stops they are written with.

    >>> folded(" Harbour  Pictures Ltd. ") == folded("ＨＡＲＢＯＵＲ Pictures, Ltd"), folded(None)
    (True, '')
    """
    text = "" if name is None or name != name else unicodedata.normalize("NFKC", str(name)).casefold()  # noqa: PLR0124  NaN
    return " ".join(findall(r"\w+", text)) or text.strip()


def checked(kind: str, row: Mapping[str, object], today: date = _LAST) -> dict[str, Value]:
    """Return one entry as it is kept; `today` is the day on which it is written.

    Raises
    ------
    ConfigError
        If a column is unknown, missing or wrong, two columns contradict each other, or something is said to have happened after today.
    """
    fields = {field.name: field for field in (*KINDS[kind], WITHDRAWN)}
    if unknown := sorted(set(row) - set(fields) - {"id"}):
        raise ConfigError(f"expected columns {', '.join(fields)}, got {', '.join(unknown)}; rename or remove")
    kept = {name: field.read(row.get(name)) for name, field in fields.items()}
    _days_stand(kind, kept, today)
    if kind == "assumption":
        # Here, because it brings scipy, which the help of a command need not wait for.
        from dedupelab.numbers.distributions import distribution  # noqa: PLC0415

        numbers = (kept.get(name) for name in ("value", "low", "high", "p50", "p90"))
        distribution(*(float(n) if isinstance(n, int | float) else None for n in numbers))
    if kind == "workflow" and kept["minutes"] == 0:
        raise ConfigError("expected minutes above 0, got 0; give parts of a minute as 0.5")
    if kind == "incident":
        _days_fit(kept, today)
        if kept["value_per_day"] is not None and kept["days"] is None:
            raise ConfigError(
                f"expected days for value_per_day, got none beside {float(str(kept['value_per_day'])):g}; give the days stalled, or the cost as amount"
            )
        priced = [name for name in ("value_per_day", "amount") if kept[name] is not None]
        if priced and kept["currency"] is None:
            raise ConfigError(f"expected a currency for {' and '.join(priced)}, got none; fill it in")
    return kept


def _days_stand(kind: str, kept: Mapping[str, Value], today: date) -> None:
    """Refuse what ends before it begins, and what has not happened yet."""
    for first, last in (("opened", "closed"), ("start", "end")):
        begin, end = str(kept.get(first) or ""), str(kept.get(last) or "")
        if begin and end and end < begin:
            raise ConfigError(f"expected {last} on or after {first}, got {begin} to {end}; correct one")
    for name in PAST.get(kind, ()):
        day = str(kept[name] or "")
        if day > today.isoformat():
            raise ConfigError(f"expected {name} to be a day that has been, by {today}, got {day}; correct it")


def _days_fit(incident: Mapping[str, Value], today: date) -> None:
    """Refuse more days stalled than there were."""
    opened, closed = str(incident["opened"]), str(incident["closed"] or today)
    runs = (date.fromisoformat(closed) - date.fromisoformat(opened)).days + 1
    days = float(str(incident["days"] or 0))
    if days > runs:
        raise ConfigError(
            f"expected at most {runs:,} days, from {opened} to {closed}, got {days:g}; correct the days or the dates, or write "
            "one entry for each use that was stalled"
        )
