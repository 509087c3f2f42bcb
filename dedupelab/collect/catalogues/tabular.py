"""Tables: stock agencies' CSV, exports of ResourceSpace and CollectiveAccess, Dublin Core headings, and any CSV by a mapping."""

import codecs
import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from dedupelab.collect.catalogues.dublin import heading as dublin_heading
from dedupelab.collect.catalogues.record import (
    FIELDS,
    LINKING,
    Record,
    Statement,
    as_json,
    assemble,
    unusable,
)
from dedupelab.errors import CatalogueError

ENCODINGS = ("utf-8", "big5hkscs")
"""Tried in this order where no byte order mark tells; Big5 with the Hong Kong supplement reads plain Big5 too."""
DELIMITERS = (",", ";", "\t", "|")
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_BLOCK = 1 << 20
_LONGEST_CELL = 1 << 22
HEADINGS = {
    **{name.replace("_", " "): name for name in (*FIELDS, *LINKING)},
    "id": "record_id",
    "file name": "file", "filename": "file", "original filename": "file", "original file name": "file", "file path": "file",
    "path": "file", "image": "file", "url": "file", "檔案名稱": "file", "檔名": "file",
    "object number": "record_id", "accession number": "record_id", "reference": "record_id", "編號": "record_id",
    "headline": "title?", "標題": "title", "題名": "title",
    "photographer": "creator", "author": "creator", "artist": "creator", "by line": "creator", "byline": "creator", "攝影": "creator",
    "攝影者": "creator", "作者": "creator",
    "credit line": "credit", "copyright": "copyright_notice", "版權": "copyright_notice", "copyright holder": "copyright_owner",
    "rights holder": "copyright_owner", "rights": "rights", "licence": "terms", "license": "terms", "rights reference": "terms",
    "description": "caption", "說明": "caption", "brief description": "caption",
    "date": "date_created?", "date taken": "date_created", "日期": "date_created?", "拍攝日期": "date_created", "object production date": "date_created",
    "repository": "holding_institution", "institution": "holding_institution", "館藏機構": "holding_institution",
    "access": "access_limit", "access restriction": "access_limit",
}  # fmt: skip
"""Column headings, in lower case with single blanks, and what they mean in any table."""
PROFILES: Mapping[str, Mapping[str, str]] = {
    "stock-csv": {
        "asset id": "record_id", "image id": "record_id", "contributor": "creator", "creation date": "date_created",
        "editorial": "access_limit", "vendor": "holding_institution", "agency": "holding_institution",
    },
    "resourcespace-csv": {
        "resource id": "record_id", "resource id s": "record_id", "original filename": "file", "credit": "credit", "caption": "caption",
        "notes": "caption?",
    },
    "collectiveaccess-csv": {
        "idno": "record_id", "object identifier": "record_id", "preferred labels": "title", "preferred labels name": "title",
        "original filename": "file", "ca object representations original filename": "file", "media": "file",
        "ca entities": "creator", "ca entities preferred labels": "creator", "entities": "creator",
        "rights holder": "copyright_owner", "ca collections": "related", "ca objects related": "related",
    },
    "csv": {},
}  # fmt: skip
"""What headings mean in the exports of one kind of program, beside HEADINGS."""


def sniff_encoding(path: Path) -> str:
    """Return the encoding of a text file: by its byte order mark, else the first of ENCODINGS that reads all of it.

    Raises
    ------
    CatalogueError
        If none does.
    """
    with path.open("rb") as file:
        head = file.read(4)
        for mark, name in _MARKS.items():
            if head.startswith(mark):
                return name
        for name in ENCODINGS:
            file.seek(0)
            decoder = codecs.getincrementaldecoder(name)()
            try:
                while block := file.read(_BLOCK):
                    decoder.decode(block)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                continue
            return name
    raise CatalogueError(
        f"expected {path.name} in UTF-8, UTF-16 with a byte order mark or Big5-HKSCS, got another encoding; "
        'name it: catalogue = { path = "...", encoding = "..." }'
    )


def sniff_profile(headings: list[str]) -> str:
    """Return the profile that a table's headings speak for.

    >>> sniff_profile(["Resource ID(s)", "Title"]), sniff_profile(["Filename", "Title", "Keywords"])
    ('resourcespace-csv', 'stock-csv')
    """
    names = {plain(each) for each in headings}
    if names & {"resource id", "resource id s"}:
        return "resourcespace-csv"
    if "idno" in names or any(each.strip().lower().startswith("ca_") for each in headings):
        return "collectiveaccess-csv"
    if names & {"filename", "file name"} and any(
        n.startswith(("keyword", "categor", "release")) for n in names
    ):
        return "stock-csv"
    return "csv"


def plain(heading: str) -> str:
    """Return a heading in lower case, words divided by one blank, without CollectiveAccess' name of the table."""
    text = heading.strip().casefold().removeprefix("ca_objects.")
    return " ".join(re.findall(r"\w+", text.replace("_", " ")))


def read_headings(path: Path, encoding: str) -> tuple[list[str], str]:
    """Return the headings of a table and the character that divides them.

    Raises
    ------
    CatalogueError
        If the first line holds no headings.
    """
    with path.open(encoding=encoding, newline="", errors="strict") as file:
        first = file.readline(_LONGEST_CELL)
    delimiter = max(DELIMITERS, key=first.count)
    headings = [cell.strip() for cell in next(csv.reader([first], delimiter=delimiter), [])]
    if not any(headings):
        raise CatalogueError(f"expected headings in the first line of {path.name}, got none; add them")
    return headings, delimiter


def targets(headings: list[str], profile: str, columns: Mapping[str, str]) -> list[tuple[str | None, str]]:
    """Return target and language of each column.

    Parameters
    ----------
    headings
        As they stand in the first line.
    profile
        Of PROFILES.
    columns
        Target to heading, as study.toml says; goes before everything else.

    Raises
    ------
    CatalogueError
        If a named column is not there, or no column names files or identifiers.
    """
    named = {plain(heading): target for target, heading in columns.items()}
    known = {plain(heading) for heading in headings}
    for target, heading in columns.items():
        if plain(heading) not in known:
            raise CatalogueError(
                f"expected a column {heading!r} for {target}, got {', '.join(headings)[:200]}; correct catalogue.columns"
            )
    found: list[tuple[str | None, str]] = []
    for each in headings:
        name, dublin = plain(each), dublin_heading(each)
        if name in named:
            found.append((named[name], ""))
        elif dublin is not None:
            found.append(dublin)
        else:
            meant = PROFILES[profile].get(name) or HEADINGS.get(name)
            found.append((None if meant in columns else meant, ""))
    if not any(target in LINKING for target, _ in found):
        raise CatalogueError(
            f"expected a column of file names or identifiers, got {', '.join(headings)[:200]}; "
            'name it: catalogue = { path = "...", columns = { file = "..." } }'
        )
    return found


def read_table(path: Path, encoding: str, profile: str, columns: Mapping[str, str]) -> Iterator[Record]:
    """Yield a record for each row; a row that does not fit the headings, or breaks the quoting, says so.

    Raises
    ------
    CatalogueError
        Like `read_headings` and `targets`.
    """
    headings, delimiter = read_headings(path, encoding)
    meanings = targets(headings, profile, columns)
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding=encoding, newline="", errors="strict") as file:
        rows = csv.reader(file, delimiter=delimiter, strict=False)
        next(rows, None)
        while True:
            try:
                row = next(rows, None)
            except (csv.Error, UnicodeDecodeError) as problem:
                yield unusable(f"expected rows of a table in {encoding}, got: {problem}")
                if isinstance(problem, UnicodeDecodeError):
                    return
                continue
            if row is None:
                return
            if any(cell.strip() for cell in row):
                yield _record(row, headings, meanings)


def _record(row: list[str], headings: list[str], meanings: list[tuple[str | None, str]]) -> Record:
    extra = [cell for cell in row[len(headings) :] if cell.strip()]
    if len(row) < len(headings) or extra:
        raw = as_json(row)
        return unusable(f"expected {len(headings)} cells as in the headings, got {len(row)}", raw=raw)
    statements = [
        Statement(heading or f"column {number}", cell, target, language)
        for number, (heading, cell, (target, language)) in enumerate(
            zip(headings, row, meanings, strict=False), 1
        )
    ]
    raw = as_json(dict(zip(headings, row, strict=False)))
    return assemble(statements, raw=raw)
