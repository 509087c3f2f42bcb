"""A catalogue's files to records: the format of each by its first bytes, every record read or counted with the reason why not.

One file that cannot be read costs itself: it is listed with its reason and the others are read.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from lxml import etree

from dedupelab.collect.catalogues import (
    archive,
    dublin,
    edm,
    encodings,
    iiif,
    marc,
    markup,
    mods,
    museum,
    news,
    tabular,
    workbook,
)
from dedupelab.collect.catalogues.markup import Element, Withdrawn, attribute, local, namespace, raw_text
from dedupelab.collect.catalogues.record import WITHDRAWN, Record, Statement, assemble, unusable
from dedupelab.collect.catalogues.sources import Catalogue
from dedupelab.collect.listing import PICTURE_SUFFIXES
from dedupelab.errors import CatalogueError

_VRA: tuple[str, ...] = ("http://www.vraweb.org/vracore4.htm", "")


def _one(read: markup.Reader) -> Callable[[Element], Iterable[list[Statement]]]:
    """Return what reads an element that is one record, as the only one in it."""
    return lambda element: [read(element)]


XML: Mapping[str, tuple[Callable[[Element], bool], Callable[[Element], Iterable[list[Statement]]]]] = {
    "edm": (edm.is_edm, edm.read_edm),
    "oai-dc": (dublin.is_container, _one(dublin.read_dublin)),
    "marcxml": (
        lambda e: local(e) == "record" and _has(e, "leader", "controlfield", "datafield"),
        _one(marc.read_marcxml),
    ),
    "mods": (lambda e: local(e) == "mods", _one(mods.read_mods)),
    "ead": (archive.is_component, _one(archive.read_component)),
    "lido": (lambda e: local(e) == "lido", _one(museum.read_lido)),
    "vra": (lambda e: local(e) == "image" and namespace(e) in _VRA, _one(museum.read_vra)),
    "newsml-g2": (lambda e: local(e) == "newsItem", _one(news.read_newsml)),
}
"""XML formats: what element is a record or holds some, and how it is read."""
_WRAPPERS = {
    "lidoWrap": "lido", "modsCollection": "mods", "collection": "marcxml", "ead": "ead", "vra": "vra", "RDF": "edm",
}  # fmt: skip
"""Roots of files that may hold no record."""
JSON = ("iiif", "ninjs")
TABLES = tuple(tabular.PROFILES)
FORMATS = (*XML, "marc", "unimarc", *JSON, *TABLES)
LARGEST_JSON = 512 << 20
"""Octets of a JSON catalogue, which is read whole."""
_MEANT = frozenset([".csv", ".tsv", ".tab", ".mrc", ".marc", ".iso", ".xlsx", ".xlsm", ".xls", ".ods"])
"""Endings of files that are meant to be read, also in a folder: where they cannot be, that is told as incomplete."""
_OTHER_SUFFIXES = PICTURE_SUFFIXES | {
    ".md", ".pdf", ".doc", ".docx", ".rtf", ".odt", ".htm", ".html", ".xsd", ".dtd", ".rng", ".xsl", ".xslt",
    ".css", ".js", ".py", ".sh", ".bat", ".log", ".ini", ".db", ".zip", ".gz", ".tar", ".7z", ".md5",
    ".sha1", ".sha256", ".mp3", ".mp4", ".mov", ".wav",
}  # fmt: skip


@dataclass
class SourceFile:
    """One file of a catalogue: what it was read as, what became of it, and what a person should know of it.

    `cause` is the kind of `problem` that it was refused for, one of `sources.CAUSES`.
    """

    file: str
    format: str = "unknown"
    encoding: str = ""
    outcome: str = "read"
    records: int = 0
    usable: int = 0
    problem: str = ""
    cut: bool = False
    cause: str = ""
    notes: list[str] = field(default_factory=list)


class NoCatalogueError(CatalogueError):
    """A file that is nothing known here."""


@dataclass
class CatalogueReader:
    """Reads the files of a catalogue in order; after that `files` tells of each."""

    catalogue: Catalogue
    files: list[SourceFile] = field(default_factory=list)

    def __iter__(self) -> Iterator[tuple[SourceFile, Record]]:
        """Yield every record with the file it stands in; a file that cannot be read is one record that says why."""
        if self.catalogue.problem:
            yield self._nothing(self.catalogue.problem, "not fetched")
            return
        for path in self.catalogue.files:
            told = SourceFile(self._named(path))
            self.files.append(told)
            if self._several and path.suffix.lower() in _OTHER_SUFFIXES:
                told.outcome, told.problem = "passed over", "it is no catalogue"
                continue
            for record in self._read(path, told):
                told.records += 1
                told.usable += record.usable or record.problem == WITHDRAWN
                if not record.usable and record.problem != WITHDRAWN and not told.problem:
                    told.problem = record.problem or ""
                yield told, record
            if told.outcome != "passed over":
                whole = "broken" if told.cut else "read"
                told.outcome = whole if told.usable else "unreadable" if told.records else "empty"
        if all(told.outcome == "passed over" for told in self.files):
            name = self.catalogue.name
            yield self._nothing(
                f"expected a catalogue among the files of {name}, got none that is one; correct the collection's catalogue in study.toml",
                "no catalogue",
            )

    def _nothing(self, problem: str, cause: str) -> tuple[SourceFile, Record]:
        """Return what stands for a catalogue of which nothing can be read."""
        told = SourceFile(self.catalogue.name, outcome="unreadable", records=1, problem=problem, cause=cause)
        self.files.append(told)
        return told, unusable(problem)

    @property
    def _several(self) -> bool:
        return len(self.catalogue.files) > 1

    def _read(self, path: Path, told: SourceFile) -> Iterator[Record]:
        """Yield a file's records, and where it cannot be read on, one that says why."""
        try:
            yield from read_file(path, self.catalogue, told)
        except CatalogueError as problem:
            told.cut = True
            unknown = isinstance(problem, NoCatalogueError)
            told.cause = told.cause or ("no catalogue" if unknown else "refused")
            if self._several and unknown and path.suffix.lower() not in _MEANT:
                told.outcome, told.problem = "passed over", "it is no catalogue"
            else:
                yield unusable(str(problem))

    def _named(self, path: Path) -> str:
        return f"{self.catalogue.name}/{path.name}" if self._several else self.catalogue.name


def read_file(path: Path, catalogue: Catalogue, told: SourceFile | None = None) -> Iterator[Record]:
    """Yield the records of one file; `told` learns its format, its encoding and what to tell.

    Raises
    ------
    CatalogueError
        If it is missing, in no format known here, or not in the encoding named; also while records are asked for.
    """
    told = SourceFile(path.name) if told is None else told
    try:
        if not path.stat().st_size:
            return
        kind = sniff_format(path) if catalogue.format == "auto" else catalogue.format
        yield from _records(catalogue, kind, path, told)
    except CatalogueError:
        raise
    except OSError as problem:
        reason, told.cause = problem.strerror or str(problem), "not opened"
        raise CatalogueError(
            f"expected a catalogue at {told.file}, got: {reason}; check its path"
        ) from problem
    except (UnicodeError, LookupError) as problem:
        told.cause = "encoding"
        raise CatalogueError(
            f"expected {told.file} in {told.encoding or catalogue.encoding}, got other bytes ({problem}); correct encoding"
        ) from problem


def sniff_format(path: Path) -> str:
    """Return `xml`, `json`, `sheet`, `table` or `marc`: what the first bytes speak for.

    Raises
    ------
    CatalogueError
        If they speak for something that is not read here, such as an old Excel workbook.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if marc.LEADER.match(head):
        return "marc"
    if head.startswith(b"PK\x03\x04"):
        if path.suffix.lower() in {".ods", ".odt", ".zip", ".docx"} or b"opendocument" in head:
            raise NoCatalogueError(
                f"expected a catalogue, got {path.name}, which is another kind of archive or spreadsheet; save it as XLSX or CSV (UTF-8)"
            )
        return "sheet"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise NoCatalogueError(
            f"expected a catalogue, got {path.name}, an old Excel workbook or other Office file; save it as XLSX or CSV (UTF-8)"
        )
    text = _decoded(path, head).lstrip()
    if "\0" in text:
        raise NoCatalogueError(
            f"expected a catalogue, got {path.name}, which is no text in any encoding known here; convert it to UTF-8"
        )
    if text.startswith("<"):
        return "xml"
    return (
        "json"
        if text.startswith(("{", "[")) and not re.match(r"\[[^\[\]{}\"]*\]\s*[,;\t]", text)
        else "table"
    )


def _decoded(path: Path, head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head:
        return head.decode(encodings.sniff_encoding(path).name, "replace").lstrip("\ufeff")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def recognise(element: Element) -> str | None:
    """Return the XML format that an element is a record of, or None."""
    return next((name for name, (is_record, _) in XML.items() if is_record(element)), None)


def _has(element: Element, *names: str) -> bool:
    return bool(markup.named(element, *names))


def _records(catalogue: Catalogue, kind: str, path: Path, told: SourceFile) -> Iterator[Record]:
    if kind == "xml" or kind in XML:
        yield from _xml(catalogue, kind, path, told)
    elif kind in {"marc", "unimarc"}:
        yield from _marc(catalogue, kind, path, told)
    elif kind == "json" or kind in JSON:
        document = _load(path, catalogue, told)
        told.format = kind if kind in JSON else "iiif" if iiif.is_iiif(_first(document)) else "ninjs"
        if kind == "json" and told.format == "ninjs" and not news.is_ninjs(document):
            raise NoCatalogueError(
                f"expected a IIIF manifest or ninjs items with a uri in {told.file}, got other JSON; name its format, or convert it"
            )
        yield from iiif.read_iiif(document) if told.format == "iiif" else news.read_ninjs(document)
    else:
        yield from _table(catalogue, kind, path, told)


def _table(catalogue: Catalogue, kind: str, path: Path, told: SourceFile) -> Iterator[Record]:
    if kind != "sheet" and not _is_archive(path):
        rows = tabular.open_rows(path, _encoding(path, catalogue, told), strict=catalogue.encoding != "auto")
        yield from _rows(catalogue, kind, rows, told)
        return
    with workbook.open_sheets(path, catalogue.columns.values()) as (sheets, notes):
        for rows in sheets:
            yield from _rows(catalogue, "table" if kind == "sheet" else kind, rows, told)
    told.notes += notes


def _rows(
    catalogue: Catalogue, kind: str, rows: Iterator[tabular.Row | str], told: SourceFile
) -> Iterator[Record]:
    headings, rows = tabular.read_headings(rows, told.file, catalogue.columns)
    told.format = tabular.sniff_profile(headings) if kind == "table" else kind
    try:
        meanings = tabular.targets(headings, told.format, catalogue.columns)
    except CatalogueError as problem:
        if catalogue.columns:
            raise
        raise NoCatalogueError(f"{told.file}: {problem}") from problem
    if left := tabular.unused(headings, meanings):
        told.notes.append(
            f'columns not used: {", ".join(left)}; name what one means: columns = {{ creator = "..." }}'
        )
    yield from tabular.read_table(rows, headings, meanings)


def _is_archive(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _xml(catalogue: Catalogue, kind: str, path: Path, told: SourceFile) -> Iterator[Record]:
    encoding = _xml_encoding(path, catalogue, told)

    def wanted(element: Element) -> str | None:
        more = str(element.tag).endswith("resumptionToken") and (element.text or "").strip()
        if more and len(catalogue.files) == 1:
            told.notes.append("the repository has more records than this file; harvest to the end")
        if kind == "xml" and told.format == "unknown":
            found = recognise(element)
            told.format = found or told.format
            return found
        name = told.format if kind == "xml" else kind
        return name if XML[name][0](element) else None

    if kind != "xml":
        told.format = kind
    with path.open("rb") as opened:
        try:
            for found in markup.stream_records(opened, wanted, encoding):
                if isinstance(found, Withdrawn):
                    told.format = "oai-dc" if told.format == "unknown" else told.format
                    yield unusable(WITHDRAWN, record_id=found.identifier)
                    continue
                yield from _read(found)
        except etree.XMLSyntaxError as problem:
            told.cut, told.cause = True, "not well-formed"
            yield unusable(
                f"expected well-formed XML to the end of {told.file}, got: {problem.msg}; correct the file"
            )
            return
    if told.format == "unknown":
        _without_records(path, told)


def _read(found: markup.Found) -> Iterator[Record]:
    raw = raw_text(found.element)
    given = [Statement("oai:identifier", found.identifier, "record_id")] if found.identifier else []
    for said in XML[found.format][1](found.element):
        yield assemble([*given, *said], raw=raw)


def _without_records(path: Path, told: SourceFile) -> None:
    """Say what an XML file without records is: an answer of a repository, an empty list, or something else."""
    root, error = "nothing", ""
    with path.open("rb") as opened:
        events = etree.iterparse(opened, events=("start", "end"), **markup.SAFE, recover=True)
        for event, element in islice(events, 2 * markup.SEARCHED):
            if root == "nothing":
                root = str(element.tag)
            named = event == "end" and isinstance(element.tag, str) and local(element) == "error"
            if named and attribute(element, "code"):
                error = f"{attribute(element, 'code')}: {' '.join((element.text or '').split())}"
    if root.rpartition("}")[2] == "OAI-PMH":
        told.format = "oai-dc"
        if error and not error.startswith("noRecordsMatch"):
            told.cause = "repository error"
            raise CatalogueError(
                f"expected records in {told.file}, got the repository's error {error}; harvest again"
            )
        told.problem = error
        return
    if found := _WRAPPERS.get(root.rpartition("}")[2]):
        told.format = found
        return
    raise NoCatalogueError(
        f"expected {told.file} in one of {', '.join(FORMATS)}, got XML with the root {root} and no record in it; name its format, or convert it"
    )


def _marc(catalogue: Catalogue, kind: str, path: Path, told: SourceFile) -> Iterator[Record]:
    told.format, unmarked = kind, ""
    encoding = "" if catalogue.encoding == "auto" else catalogue.encoding
    if not encoding:
        with path.open("rb") as opened:
            found = marc.sniff_encoding(opened)
        unmarked = found.name
        if found.told:
            told.notes.append(found.told)
    told.encoding = encoding or unmarked
    with path.open("rb") as opened:
        for record in marc.read_marc(
            opened, encoding, unmarked=unmarked or "marc8", unimarc=True if kind == "unimarc" else None
        ):
            if ("200$a", "title") in record.stated:
                told.format = "unimarc"
            yield record


def _load(path: Path, catalogue: Catalogue, told: SourceFile) -> object:
    size = path.stat().st_size
    if size > LARGEST_JSON:
        raise CatalogueError(
            f"expected JSON of at most {LARGEST_JSON >> 20} MB, got {size >> 20} MB in {path.name}; split it"
        )
    try:
        data = path.read_bytes()
        encoding = catalogue.encoding
        if encoding == "auto":
            encoding = json.detect_encoding(data)
            try:
                data.decode(encoding)
            except UnicodeDecodeError:
                encoding = _encoding(path, catalogue, told)
        return json.loads(data.decode(encoding))
    except (ValueError, RecursionError) as problem:
        reason, told.cause = str(problem) or "it is nested too deeply", "not well-formed"
        raise CatalogueError(f"expected JSON in {told.file}, got: {reason}; correct the file") from problem


def _first(document: object) -> object:
    return document[0] if isinstance(document, list) and document else document


def _encoding(path: Path, catalogue: Catalogue, told: SourceFile) -> str:
    if catalogue.encoding != "auto":
        told.encoding = catalogue.encoding
        return catalogue.encoding
    found = encodings.sniff_encoding(path)
    told.encoding = found.name
    if found.told:
        told.notes.append(found.told)
    return found.name


def _xml_encoding(path: Path, catalogue: Catalogue, told: SourceFile) -> str | None:
    """Return what an XML file is read in against what it says of itself: as the setting has it, else by evidence."""
    if catalogue.encoding != "auto":
        told.encoding = catalogue.encoding
        return encodings.xml_name(catalogue.encoding)
    name, found = encodings.for_xml(path)
    told.encoding = found.name if found else name or ""
    if found and found.told:
        told.notes.append(found.told)
    elif name == "utf-8":
        told.notes.append("read as UTF-8, which it is; it says another encoding of itself")
    return name
