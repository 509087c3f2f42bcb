"""What would be read from a catalogue, before any picture is there: for the registrar who is going to send it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from dedupelab.collect.catalogues.day_order import Proofs
from dedupelab.collect.catalogues.reading import CatalogueReader, SourceFile
from dedupelab.collect.catalogues.record import FIELDS, WITHDRAWN, Record
from dedupelab.collect.catalogues.references import as_path, identifier_key, is_telling, names_a_picture
from dedupelab.collect.catalogues.sources import Catalogue

EXAMPLES = 3
SHOWN = 80
"""Characters of an example."""


@dataclass(frozen=True)
class Column:
    """A field that is read, or a field of the catalogue without a place here: how many records or values, and examples."""

    name: str
    count: int
    sources: tuple[str, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """What a catalogue holds for us.

    `links` counts records by what would link them: `file` (they name a picture's file), `identifier` (a file called by their
    identifier, alone or with a word behind it), `weak` (a bare number or word that only a file of that very name would answer
    to), `none`; `linked_by` has examples. `withdrawn` and `unusable` records say nothing.
    """

    files: tuple[SourceFile, ...]
    records: int
    unusable: int
    withdrawn: int
    problems: tuple[str, ...]
    read: tuple[Column, ...]
    lost: tuple[Column, ...]
    unread: tuple[Column, ...]
    undecided: int
    links: dict[str, int] = field(default_factory=dict)
    linked_by: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every file was read to its end."""
        return all(told.outcome not in {"unreadable", "broken"} for told in self.files)


def preview(catalogue: Catalogue) -> Preview:
    """Return what would be read from a catalogue, with examples of what is read, lost and not understood.

    Dates that are not read are those that say something; a text that says that the date is not known is none of them.
    """
    reader = CatalogueReader(catalogue)
    records = [record for _, record in reader]
    proofs = Proofs()
    for record in records:
        proofs.learn(record.numeric)
    usable = [record for record in records if record.usable]
    bad = [record for record in records if not record.usable and record.problem != WITHDRAWN]
    ways: dict[str, list[str]] = {"file": [], "identifier": [], "weak": [], "none": []}
    for record in usable:
        way, example = _way(record)
        ways[way].append(example)
    return Preview(
        files=tuple(reader.files),
        records=len(records),
        unusable=len(bad),
        withdrawn=len(records) - len(usable) - len(bad),
        problems=_few(record.problem or "" for record in bad),
        read=tuple(_read(name, usable) for name in FIELDS if any(name in record.fields for record in usable)),
        lost=_gathered(pair for record in usable for pair in record.left),
        unread=_gathered(pair for record in usable for pair in record.unread),
        undecided=sum(
            record.undecided is not None and not proofs.order(record.undecided[0]) for record in usable
        ),
        links={way: len(found) for way, found in ways.items()},
        linked_by={way: _few(found) for way, found in ways.items() if way != "none" and found},
    )


def _way(record: Record) -> tuple[str, str]:
    """Return what would link a record, and to what."""
    named = next(filter(names_a_picture, record.files), None)
    if named is not None:
        return "file", as_path(named)
    if record.files:
        return "file", record.files[0]
    telling = next((each for each in record.identifiers if is_telling(identifier_key(each))), None)
    if telling is not None:
        return "identifier", telling
    return ("weak", record.identifiers[0]) if record.identifiers else ("none", "")


def _read(name: str, records: list[Record]) -> Column:
    sources = Counter(source for record in records for source, target in record.stated if target == name)
    values = (record.fields[name] for record in records if name in record.fields)
    return Column(
        name,
        sum(name in record.fields for record in records),
        tuple(sorted(filter(None, sources))),
        _few(values),
    )


def _gathered(pairs: Iterable[tuple[str, str]]) -> tuple[Column, ...]:
    found: dict[str, list[str]] = {}
    for source, text in pairs:
        found.setdefault(source, []).append(text)
    return tuple(
        Column(source, len(texts), (source,), _few(texts)) for source, texts in sorted(found.items())
    )


def _few(texts: Iterable[str]) -> tuple[str, ...]:
    shown = dict.fromkeys(text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…" for text in texts)
    return tuple(islice(shown, EXAMPLES))
