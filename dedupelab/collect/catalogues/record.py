"""One catalogue record in the words of the images table, whatever format it came in.

A reader turns a record into statements: a source field, its value, and the target it means. Here statements become a
record, and every value that finds no place is counted: that is the crosswalk's loss.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dedupelab.collect.catalogues.dates import read_date
from dedupelab.collect.listing import PICTURE_SUFFIXES
from dedupelab.tables import CATALOGUED

CROSSWALK_VERSION = "1"
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
_SETTLED = ("rights", "terms", "date_from", "date_to")
FALLBACK = "?"
"""At the end of a target: used only where nothing else fills it."""
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_CONTROLS = {code: None for code in (*range(32), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"}
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

    Examples
    --------
    >>> record = assemble([Statement("245$a", "Harbour", "title"), Statement("300$a", "1 print")], raw="")
    >>> record.fields, record.unmapped, record.lost.total()
    ({'title': 'Harbour'}, ('300$a',), 1)
    """
    kept: dict[str, list[Statement]] = {}
    parallel: dict[str, list[str]] = {}
    stated, lost = Tally(), Tally()
    spoken: dict[tuple[str, str], str] = {}
    for given in statements:
        text = clean(given.value)
        if not text:
            continue
        target = _settled(given.target, text)
        name = target.removesuffix(FALLBACK)
        said = Statement(given.source, text, target, given.language, given.parallel)
        if given.source:
            stated[given.source, _shown(name)] += 1
        if not target:
            lost[given.source, ""] += 1
        elif said.parallel or spoken.setdefault((said.source, name), said.language) != said.language:
            parallel.setdefault(name, []).append(text)
        else:
            kept.setdefault(target, []).append(said)
    fields = _fields(kept, lost)
    parallel = {name: texts for name, texts in parallel.items() if name in FIELDS}
    identifiers = _texts(kept, "record_id") + _texts(kept, "identifier")
    files = _texts(kept, "file") + [text for text in identifiers if names_a_picture(text)]
    return Record(
        record_id=next(iter(identifiers), ""),
        fields=fields,
        files=tuple(dict.fromkeys(files)),
        identifiers=tuple(dict.fromkeys(identifiers)),
        parallel={name: "; ".join(dict.fromkeys(texts)) for name, texts in sorted(parallel.items())},
        stated=stated,
        lost=lost,
        raw=raw[:LONGEST_RAW],
    )


def clean(text: str) -> str:
    """Return a value as composed Unicode (NFC), without control characters, with one blank between words."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_CONTROLS).split())[:LONGEST]


def names_a_picture(text: str) -> bool:
    """Whether a text ends like the name of a picture file.

    >>> names_a_picture("HK-1.TIF"), names_a_picture("https://a.example/objects/12")
    (True, False)
    """
    name = text.partition("?")[0] if "://" in text else text
    stem, dot, ending = name.rpartition(".")
    return bool(stem) and dot + ending.lower() in PICTURE_SUFFIXES


def as_json(value: object) -> str:
    """Return canonical JSON, for what is kept raw."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _settled(target: str | None, text: str) -> str:
    if target in {"rights", "terms"}:
        plain = "copyright_notice" if target == "rights" else "usage_terms"
        return "web_statement" if _ADDRESS.fullmatch(text) else plain
    return target or ""


def _shown(name: str) -> str:
    return "date_created" if name in _SETTLED else name


def _texts(kept: Mapping[str, list[Statement]], target: str) -> list[str]:
    return [said.value for said in kept.get(target, ())]


def _fields(kept: Mapping[str, list[Statement]], lost: Tally) -> dict[str, str]:
    fields = {}
    for name in FIELDS:
        strong, weak = kept.get(name, []), kept.get(name + FALLBACK, [])
        if name == "date_created":
            found = _date(kept, strong, weak, lost)
        elif strong or weak:
            found = "; ".join(dict.fromkeys(said.value for said in strong or weak))[:LONGEST]
            for said in weak if strong else ():
                lost[said.source, name] += 1
        else:
            continue
        if found:
            fields[name] = found
    return fields


def _date(
    kept: Mapping[str, list[Statement]], strong: list[Statement], weak: list[Statement], lost: Tally
) -> str:
    """Return the first text that is a date: of the strong ones, of the ends of a range, of the others; count the rest."""
    starts, ends = kept.get("date_from", []), kept.get("date_to", [])
    found = ""
    for said in strong:
        found = _taken(found, said, said.value, lost)
    for start, end in zip(starts, ends, strict=False):
        span = start.value if start.value == end.value else f"{start.value}/{end.value}"
        found = _taken(found, start, span, lost)
    for said in (*starts[len(ends) :], *ends[len(starts) :], *weak):
        found = _taken(found, said, said.value, lost)
    return found


def _taken(found: str, said: Statement, text: str, lost: Tally) -> str:
    date = "" if found else read_date(text) or ""
    if not date and read_date(text) != found:
        lost[said.source, "date_created"] += 1
    return found or date
