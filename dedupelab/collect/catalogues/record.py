"""One catalogue record in the words of the images table, whatever format it came in.

A reader turns a record into statements: a source field, its value, and the target it means. Here statements become a
record, and every value that finds no place is counted: that is the crosswalk's loss.
"""

import html
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from dedupelab.collect.catalogues.dates import read_date, read_range, says_unknown
from dedupelab.collect.catalogues.day_order import Order, orders
from dedupelab.collect.catalogues.references import identifier_key, is_telling, listed, names_a_picture, parts
from dedupelab.tables import CATALOGUED

CROSSWALK_VERSION = "4"
WITHDRAWN = "withdrawn by its repository (OAI-PMH status deleted)"
LONGEST = 10_000
"""Characters of a value that are kept."""
LONGEST_RAW = 100_000
"""Characters of a raw record that are kept."""
EXTRA = ("digital_source_type", "holding_institution", "access_limit", "related", "language")
FIELDS = (*CATALOGUED, *EXTRA)
LINKING = ("record_id", "identifier", "file")
ROLES = (*FIELDS, *LINKING)
"""What a source field can be mapped to."""
# Read by what the value looks like, or together: a rights or licence statement may be an address; two ends of a range.
_SETTLED = ("rights", "terms", "date_from", "date_to", "address")
FALLBACK = "?"
"""At the end of a target: used only where nothing else fills it; two of them, only where nothing with one does."""
LEVELS = 3
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_UNSEEN = (
    *range(32), *range(0x7F, 0xA0), 0xAD, 0x61C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F),
    *range(0x2060, 0x206A), 0xFEFF,
)  # fmt: skip
_CONTROLS = {code: None for code in _UNSEEN if chr(code) not in "\t\n\r\x0b\x0c\x85"}
"""Control characters, marks of writing direction, zero width spaces; joiners stay, they are part of words."""
_BLOCKS = re.compile(
    r"<(?:br|hr|/?(?:p|div|li|ul|ol|tr|td|th|table|h[1-6]|blockquote|section|article))\b[^<>]*>",
    re.IGNORECASE,
)
_INLINE = re.compile(
    r"<(?:script|style)\b.*?</(?:script|style)\s*>|<!--.*?-->|</?(?:a|abbr|b|big|cite|code|em|font|i|img|label|mark|q|s|small|span|strike|strong|sub|sup|tt|u)\b[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
_ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
Tally = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Statement:
    """One value of a source field. `target` is of ROLES or None; `parallel` marks the same thing in another script.

    Without a source it is not counted: it was said of something else, and holds here too.
    """

    source: str
    value: str
    target: str | None = None
    language: str = ""
    parallel: bool = False


@dataclass(frozen=True)
class Record:
    """A catalogue record: what it says, what may link it to images, and what was left behind.

    `stated` and `lost` count by (source field, target); a record with a `problem` and nothing else could not be read.
    """

    record_id: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    parallel: Mapping[str, str] = field(default_factory=dict)
    stated: Tally = field(default_factory=Counter)
    lost: Tally = field(default_factory=Counter)
    left: tuple[tuple[str, str], ...] = ()
    """Source field and text of what has no place here."""
    unread: tuple[tuple[str, str], ...] = ()
    """Source field and text of what should be a date and is none."""
    numeric: tuple[tuple[str, str], ...] = ()
    """Source field and text of dates whose day and month stand in an order of the column's own; `undecided` is the one taken."""
    undecided: tuple[str, str] | None = None
    raw: str = ""
    problem: str | None = None
    usable: bool = True

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Source fields without a target, sorted."""
        return tuple(sorted({source for source, target in self.stated if not target}))


def unusable(problem: str, *, record_id: str = "", raw: str = "") -> Record:
    """Return the record that stands for one that could not be read, with the reason."""
    return Record(record_id=record_id, raw=raw[:LONGEST_RAW], problem=clean(problem), usable=False)


def assemble(statements: Iterable[Statement], *, raw: str) -> Record:
    """Return the record that statements make; several values of a field are joined by "; ".

    A value in another language than an earlier one of the same field is kept as parallel. Dates keep the precision they
    are given in; a text that is no date is counted as lost.

    >>> record = assemble([Statement("245$a", "Harbour", "title"), Statement("300$a", "1 print")], raw="")
    >>> record.fields, record.unmapped, record.lost.total()
    ({'title': 'Harbour'}, ('300$a',), 1)
    """
    kept: dict[str, list[Statement]] = {}
    parallel: dict[str, list[str]] = {}
    stated, lost = Tally(), Tally()
    spoken: dict[tuple[str, str], str] = {}
    left: list[tuple[str, str]] = []
    for given in _each(statements):
        text = clean(given.value)
        if not text:
            continue
        target = _settled(given.target, text)
        name = target.rstrip(FALLBACK)
        if name in FIELDS and ("<" in text or "&" in text):
            text = clean(unmarked(text))
        said = Statement(given.source, text, target, given.language, given.parallel)
        if given.source:
            stated[given.source, _shown(name)] += 1
        if not target:
            lost[given.source, ""] += 1
            left.append((given.source, text))
        elif said.parallel or spoken.setdefault((said.source, name), said.language) != said.language:
            parallel.setdefault(name, []).append(text)
        else:
            kept.setdefault(target, []).append(said)
    dates = _Dates(kept, lost)
    fields = _fields(kept, lost, dates)
    parallel = {name: texts for name, texts in parallel.items() if name in FIELDS}
    identifiers = _texts(kept, "record_id") + _texts(kept, "identifier")
    files = _texts(kept, "file") or _texts(kept, "file" + FALLBACK)
    files += [text for text in identifiers if names_a_picture(text)]
    return Record(
        record_id=next(iter(identifiers), ""),
        fields=fields,
        files=tuple(dict.fromkeys(files)),
        identifiers=tuple(dict.fromkeys(each for text in identifiers for each in (text, *parts(text)))),
        parallel={name: "; ".join(dict.fromkeys(texts)) for name, texts in sorted(parallel.items())},
        stated=stated,
        lost=lost,
        left=tuple(left),
        unread=tuple(dates.unread),
        numeric=tuple(dates.numeric),
        undecided=dates.undecided,
        raw=raw[:LONGEST_RAW],
    )


def decided(record: Record, order: Order) -> Record:
    """Return a record whose date is read in the order of day and month that its column proves."""
    if record.undecided is None:
        return record
    source, text = record.undecided
    found = read_date(text, order) if order else None
    if found is None:
        return replace(record, lost=record.lost + Tally({(source, "date_created"): 1}))
    return replace(record, fields={**record.fields, "date_created": found})


def _each(statements: Iterable[Statement]) -> Iterable[Statement]:
    """Yield statements; several files in one cell are several."""
    for said in statements:
        if said.target in {"file", "file?", "address"}:
            yield from (replace(said, value=piece) for piece in listed(said.value))
        else:
            yield said


def clean(text: str) -> str:
    """Return a value as composed Unicode (NFC), without control characters, with one blank between words."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_CONTROLS).split())[:LONGEST]


def unmarked(text: str) -> str:
    """Return a text without HTML: known tags alone are taken out, a lone ampersand or less-than sign stays.

    >>> unmarked("<p>Ferry &amp; quay<br/>at dusk</p>"), unmarked("Depth < 6 m, A & B, H<sub>2</sub>O")
    (' Ferry & quay at dusk ', 'Depth < 6 m, A & B, H2O')
    """
    plain = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return _BLOCKS.sub(" ", _INLINE.sub("", plain))


def as_json(value: object) -> str:
    """Return canonical JSON, for what is kept raw."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _settled(target: str | None, text: str) -> str:
    if target in {"rights", "terms"}:
        plain = "copyright_notice" if target == "rights" else "usage_terms"
        return "web_statement" if _ADDRESS.fullmatch(text) else plain
    if target == "address":
        if names_a_picture(text):
            return "file"
        named = "://" not in text and " " not in text and is_telling(identifier_key(text))
        return "identifier" if named else ""
    return target or ""


def _shown(name: str) -> str:
    return "date_created" if name in _SETTLED else name


def _texts(kept: Mapping[str, list[Statement]], target: str) -> list[str]:
    return [said.value for said in kept.get(target, ())]


def _fields(kept: Mapping[str, list[Statement]], lost: Tally, dates: "_Dates") -> dict[str, str]:
    fields = {}
    for name in FIELDS:
        if name == "date_created":
            found = dates.found
        else:
            said = [kept.get(name + FALLBACK * level, []) for level in range(LEVELS)]
            first = next(filter(None, said), None)
            if first is None:
                continue
            found = "; ".join(dict.fromkeys(each.value for each in first))[:LONGEST]
            for weaker in said[said.index(first) + 1 :]:
                for each in weaker:
                    lost[each.source, name] += each.value not in {one.value for one in first}
        if found:
            fields[name] = found
    return fields


class _Dates:
    """The first text of a record that is a date: stated ones before ranges, each level before the weaker ones; the rest is counted."""

    def __init__(self, kept: Mapping[str, list[Statement]], lost: Tally) -> None:
        self.found = ""
        self.unread: list[tuple[str, str]] = []
        self.numeric: list[tuple[str, str]] = []
        self.undecided: tuple[str, str] | None = None
        self._lost = lost
        for level in range(LEVELS):
            mark = FALLBACK * level
            for said in kept.get("date_created" + mark, ()):
                self._take(said, read_date(said.value), said.value)
            starts, ends = kept.get("date_from" + mark, []), kept.get("date_to" + mark, [])
            for start, end in zip(starts, ends, strict=False):
                self._take(start, read_range(start.value, end.value), f"{start.value} / {end.value}")
            for start in starts[len(ends) :]:
                self._take(start, read_range(start.value, ""), start.value)
            for end in ends[len(starts) :]:
                self._take(end, read_range("", end.value), end.value)

    def _take(self, said: Statement, date: str | None, text: str) -> None:
        _, open_order = orders([text])
        if open_order or _PROVING.search(text):
            self.numeric.append((said.source, text))
        if date is None:
            if not says_unknown(text):
                self.unread.append((said.source, text))
            self._lost[said.source, "date_created"] += 1
        elif not self.found:
            self.found = date
            self.undecided = (said.source, text) if open_order else None
        elif date != self.found:
            self._lost[said.source, "date_created"] += 1


_PROVING = re.compile(r"\d{1,2}[/.-]\s?\d{1,2}[/.-]\s?\d{4}")
