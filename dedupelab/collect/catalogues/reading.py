"""A catalogue file to records: its format by its first bytes, every record read or counted with the reason why not."""

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from lxml import etree

from dedupelab.collect.catalogues import archive, dublin, iiif, marc, markup, mods, museum, news, tabular
from dedupelab.collect.catalogues.markup import Element, Withdrawn, local, raw_text
from dedupelab.collect.catalogues.record import WITHDRAWN, Record, Statement, assemble, unusable
from dedupelab.collect.catalogues.sources import Catalogue
from dedupelab.errors import CatalogueError

_VRA: tuple[str, ...] = ("http://www.vraweb.org/vracore4.htm", "")
XML: Mapping[str, tuple[Callable[[Element], bool], markup.Reader]] = {
    "oai-dc": (dublin.is_container, dublin.read_dublin),
    "marcxml": (
        lambda e: local(e) == "record" and _has(e, "leader", "controlfield", "datafield"),
        marc.read_marcxml,
    ),
    "mods": (lambda e: local(e) == "mods", mods.read_mods),
    "ead": (archive.is_component, archive.read_component),
    "lido": (lambda e: local(e) == "lido", museum.read_lido),
    "vra": (lambda e: local(e) == "image" and dublin.namespace(e) in _VRA, museum.read_vra),
    "newsml-g2": (lambda e: local(e) == "newsItem", news.read_newsml),
}
"""XML formats: what element is a record, and how it is read."""
JSON = ("iiif", "ninjs")
TABLES = tuple(tabular.PROFILES)
FORMATS = (*XML, "marc", *JSON, *TABLES)
LARGEST_JSON = 512 << 20
"""Octets of a JSON catalogue, which is read whole."""


def _has(element: Element, *names: str) -> bool:
    return any(local(child) in names for child in markup.children(element))


def read_catalogue(catalogue: Catalogue) -> tuple[str, Iterator[Record]]:
    """Return the format of a catalogue and its records, read as they are asked for.

    Raises
    ------
    CatalogueError
        If the catalogue is missing, in no format known here, or nothing of it can be read; also while records are asked for.
    """
    try:
        first = catalogue.files[0]
        kind = sniff_format(first) if catalogue.format == "auto" else catalogue.format
        if kind == "table":
            headings, _ = tabular.read_headings(first, _encoding(first, catalogue))
            kind = tabular.sniff_profile(headings)
        if kind == "xml":
            kind = _sniff_xml(catalogue)
    except OSError as problem:
        raise _unopened(catalogue, problem) from problem
    except (UnicodeError, LookupError) as problem:
        raise CatalogueError(
            f"expected {catalogue.name} in {catalogue.encoding}, got other bytes ({problem}); correct encoding"
        ) from problem
    return kind, _some(
        catalogue, kind, chain.from_iterable(_records(catalogue, kind, file) for file in catalogue.files)
    )


def sniff_format(path: Path) -> str:
    """Return `xml`, `table`, or one of FORMATS that the first bytes speak for."""
    with path.open("rb") as file:
        head = file.read(4096)
    if re.match(rb"\d{5}[a-z ][a-z]", head):
        return "marc"
    text = _decoded(head).lstrip()
    if text.startswith("<"):
        return "xml"
    if not text.startswith(("{", "[")):
        return "table"
    return "iiif" if iiif.is_iiif(_first(_load(path))) else "ninjs"


def _decoded(head: bytes) -> str:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if head.startswith(mark):
            return head[: len(head) // 2 * 2].decode(encoding, "replace").lstrip("\ufeff")
    return head.removeprefix(codecs.BOM_UTF8).decode("latin-1")


def _sniff_xml(catalogue: Catalogue) -> str:
    """Return the format of the first record, or the root's name in an error."""
    root = "nothing"
    for file in catalogue.files:
        try:
            with file.open("rb") as opened:
                for found in markup.stream_records(opened, recognise):
                    if not isinstance(found, Withdrawn):
                        return found.format
            with file.open("rb") as opened:
                _, element = next(
                    iter(etree.iterparse(opened, events=("start",), resolve_entities=False, load_dtd=False))
                )
                root = str(element.tag)
                if root == f"{{{markup.OAI}}}OAI-PMH":
                    return "oai-dc"  # a harvest that found nothing, or only withdrawn records
        except etree.XMLSyntaxError as problem:
            raise _malformed(catalogue, problem) from problem
    raise CatalogueError(
        f"expected {catalogue.name} in one of {', '.join(FORMATS)}, got XML with the root {root} and no record in it; "
        "name its format, or convert it"
    )


def recognise(element: Element) -> str | None:
    """Return the XML format that an element is a record of, or None."""
    return next((name for name, (is_record, _) in XML.items() if is_record(element)), None)


def _records(catalogue: Catalogue, kind: str, file: Path) -> Iterator[Record]:
    if kind in XML:
        return _xml(kind, file)
    if kind == "marc":
        return _marc(file, "" if catalogue.encoding == "auto" else catalogue.encoding)
    if kind in JSON:
        document = _load(file)
        return iiif.read_iiif(document) if kind == "iiif" else news.read_ninjs(document)
    return tabular.read_table(file, _encoding(file, catalogue), kind, catalogue.columns)


def _xml(kind: str, file: Path) -> Iterator[Record]:
    is_record, read = XML[kind]
    with file.open("rb") as opened:
        try:
            for found in markup.stream_records(opened, lambda element: kind if is_record(element) else None):
                if isinstance(found, Withdrawn):
                    yield unusable(WITHDRAWN, record_id=found.identifier)
                    continue
                raw = raw_text(found.element)
                given = (
                    [Statement("oai:identifier", found.identifier, "record_id")] if found.identifier else []
                )
                yield assemble([*given, *read(found.element)], raw=raw)
        except etree.XMLSyntaxError as problem:
            yield unusable(f"expected well-formed XML to the end, got: {problem.msg}")


def _marc(file: Path, encoding: str) -> Iterator[Record]:
    with file.open("rb") as opened:
        yield from marc.read_marc(opened, encoding)


def _some(catalogue: Catalogue, kind: str, records: Iterator[Record]) -> Iterator[Record]:
    """Pass records on; where not one of them could be read, the whole catalogue cannot."""
    held: list[Record] = []
    usable = False
    try:
        for record in records:
            if usable:
                yield record
            elif record.usable or len(held) >= 1000 or record.problem == WITHDRAWN:
                usable = True
                yield from (*held, record)
                held = []
            else:
                held.append(record)
    except OSError as problem:
        raise _unopened(catalogue, problem) from problem
    except (UnicodeError, LookupError) as problem:
        raise CatalogueError(
            f"expected {catalogue.name} in {catalogue.encoding}, got other bytes ({problem}); correct encoding"
        ) from problem
    if held:
        raise CatalogueError(
            f"expected records in {catalogue.name} as {kind}, got none in {len(held)} attempts ({held[0].problem}); "
            "correct the file, its format or its encoding"
        )


def _load(path: Path) -> object:
    size = path.stat().st_size
    if size > LARGEST_JSON:
        raise CatalogueError(
            f"expected JSON of at most {LARGEST_JSON >> 20} MB, got {size >> 20} MB in {path.name}; split it"
        )
    try:
        data = path.read_bytes()
        return json.loads(data.decode(json.detect_encoding(data)))
    except (ValueError, RecursionError) as problem:
        reason = str(problem) or "it is nested too deeply"
        raise CatalogueError(f"expected JSON in {path.name}, got: {reason}; correct the file") from problem


def _first(document: object) -> object:
    return document[0] if isinstance(document, list) and document else document


def _encoding(path: Path, catalogue: Catalogue) -> str:
    return tabular.sniff_encoding(path) if catalogue.encoding == "auto" else catalogue.encoding


def _unopened(catalogue: Catalogue, problem: OSError) -> CatalogueError:
    if isinstance(problem, CatalogueError):
        return problem
    reason = problem.strerror or str(problem)
    return CatalogueError(f"expected a catalogue at {catalogue.name}, got: {reason}; check its path")


def _malformed(catalogue: Catalogue, problem: etree.XMLSyntaxError) -> CatalogueError:
    return CatalogueError(f"expected XML in {catalogue.name}, got: {problem.msg}; correct the file")
