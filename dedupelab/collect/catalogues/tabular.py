"""Tables: stock agencies' CSV, exports of ResourceSpace and CollectiveAccess, Dublin Core headings, and any CSV by a mapping."""

import csv
import difflib
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path

from dedupelab.collect.catalogues.dublin import heading as dublin_heading
from dedupelab.collect.catalogues.record import LINKING, Record, Statement, as_json, assemble, clean, unusable
from dedupelab.collect.catalogues.terms import MEANINGS, key, makes, meaning, tongue
from dedupelab.errors import CatalogueError

DELIMITERS = (",", ";", "\t", "|")
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z][a-z0-9]*);", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+")
_ALIEN = re.compile("[\udc80-\udcff]")
_LONGEST_CELL = 1 << 22
_BEGINNING = 1 << 18
"""Characters of a line that the sign between cells is looked for in."""
_EMPTY = re.compile(
    r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|BLOCKED!|N/V|BEZUG!|WERT!|#+)|NULL|null|\(null\)|\\N|NaN|nan|NaT|<NA>"
)
"""What programs write into a cell that has no value, or an error."""
ABOVE = 15
"""Rows above the headings, as spreadsheets have: a title, a date, a blank."""
PROFILES: Mapping[str, Mapping[str, str]] = {
    "stock-csv": {
        "contributor": "creator", "creationdate": "date_created", "editorial": "access_limit", "vendor": "holding_institution",
        "agency": "holding_institution",
    },
    "resourcespace-csv": {"resourceid": "record_id", "resourceids": "record_id", "notes": "caption?"},
    "collectiveaccess-csv": {
        "idno": "record_id", "objectidentifier": "record_id", "preferredlabels": "title", "preferredlabelsname": "title",
        "nonpreferredlabels": "", "nonpreferredlabelsname": "", "objectdate": "date_created?", "caentities": "creator", "entities": "creator",
        "caentitiespreferredlabels": "creator", "caentitiespreferredlabelsdisplayname": "creator", "caentitiespreferredlabelssurname": "",
        "cacollections": "related", "cacollectionspreferredlabels": "related", "cacollectionspreferredlabelsname": "related",
        "caobjectsrelated": "related", "caobjectsrelatedidno": "related", "originalfilename": "file", "mediaoriginalfilename": "file",
        "caobjectrepresentations": "file", "caobjectrepresentationsmedia": "file", "caobjectrepresentationsidno": "",
    },
    "csv": {},
}  # fmt: skip
"""What headings (`terms.key`) mean in the exports of one kind of program, beside what they mean in any table."""
_CA_FILE = re.compile(
    r"caobjectrepresentations\w*?(?:originalfilename|originalname|filename|mediaoriginal|mediaurl|original|url)"
)
_CA_OBJECT = re.compile(r"^ca_objects\.", re.IGNORECASE)
_CA_RESTRICTED = re.compile(r"(?:relationshiptypes?|types?|roles?)=([\w,;]+)", re.IGNORECASE)
Row = list[str]
Meaning = tuple[str | None, str]


def sniff_profile(headings: list[str]) -> str:
    """Return the profile that a table's headings speak for.

    >>> sniff_profile(["Resource ID(s)", "Title"]), sniff_profile(["Filename", "Title", "Keywords"])
    ('resourcespace-csv', 'stock-csv')
    """
    names = {key(each) for each in headings}
    if names & {"resourceid", "resourceids"}:
        return "resourcespace-csv"
    if "idno" in names or any(each.strip().lower().startswith("ca_") for each in headings):
        return "collectiveaccess-csv"
    if "filename" in names and any(n.startswith(("keyword", "categor", "release")) for n in names):
        return "stock-csv"
    return "csv"


def open_rows(path: Path, encoding: str, *, strict: bool = True) -> Iterator[Row | str]:
    """Yield the rows of a text table, one that breaks the quoting or the encoding as the reason in words.

    Unless `strict`, lines of UTF-8 that are in another encoding cost themselves alone.
    """
    csv.field_size_limit(_LONGEST_CELL)
    errors = "surrogateescape" if encoding == "utf-8" and not strict else "strict"
    with path.open(encoding=encoding, newline="", errors=errors) as file:
        try:
            begin = "".join(file.readline(_BEGINNING) for _ in range(ABOVE))
        except UnicodeDecodeError as problem:
            raise CatalogueError(
                f'expected {path.name} in {encoding}, got other bytes ({problem.reason}); name it: catalogue = {{ path = "...", encoding = "..." }}'
            ) from problem
        delimiter = _delimiter(begin)
        file.seek(0)
        try:
            for row in _parted((line.replace("\0", "") for line in file), delimiter):
                alien = errors != "strict" and any(not cell.isascii() and _ALIEN.search(cell) for cell in row)
                yield "expected a row in UTF-8, got other bytes; correct its encoding" if alien else row
        except UnicodeDecodeError as problem:
            raise CatalogueError(
                f"expected rows in {encoding} to the end of {path.name}, got other bytes ({problem.reason}); correct the file or its encoding"
            ) from problem


def _parted(lines: Iterator[str], delimiter: str) -> Iterator[Row | str]:
    """Yield rows, or why there is none; a quotation mark that nothing closes costs its own line alone.

    >>> list(_parted(iter(["a,b,c", 'x,"y,z', "p,q,r", "s,t,u"]), ","))[2:]
    [['p', 'q', 'r'], ['s', 't', 'u']]
    """
    again: deque[str] = deque()
    taken: list[str] = []

    def given() -> Iterator[str]:
        while (line := again.popleft() if again else next(lines, None)) is not None:
            taken.append(line)
            yield line

    width = 0
    rows = csv.reader(given(), delimiter=delimiter)
    while True:
        taken.clear()
        try:
            row: Row | str | None = next(rows, None)
        except csv.Error as problem:
            row = f"expected rows of a table, got: {problem}"
        if row is None:
            return
        if len(taken) < 2:
            width = max(width, len(row) if isinstance(row, list) else 0)
        elif _cells(taken, delimiter) is None:
            whole = (n for n, line in enumerate(taken) if n and len(_cells([line], delimiter) or ()) == width)
            if following := next(whole, 0):
                row = "expected a row whose quotation marks are closed, got one that is not; close it"
                again.extendleft(reversed(taken[following:]))
                rows = csv.reader(given(), delimiter=delimiter)
        yield row


def _cells(lines: list[str], delimiter: str) -> Row | None:
    """Return the cells of lines that are one row; None where their quoting is not sound."""
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True), None)
    except csv.Error:
        return None


def _delimiter(text: str) -> str:
    """Return the sign that divides the first lines: into headings that are known, else into most cells; an entity's semicolon divides nothing."""

    def speaks(sign: str) -> tuple[int, int, int]:
        try:
            rows: list[Row | str] = list(csv.reader(_ENTITY.sub("", text).splitlines(), delimiter=sign))
        except csv.Error:  # the reader says so
            return 0, 0, 0
        place = headed(rows)
        known = (
            0
            if place is None
            else sum(target is not None for target, _ in _meanings(list(rows[place]), "csv", {}))
        )
        return known, max(map(len, rows), default=0), text.count(sign)

    return max(DELIMITERS, key=speaks)


def headed(rows: Iterable[Row | str]) -> int | None:
    """Return the place of the first row, of those that have a column of file names or identifiers beside another, with most headings that are known."""
    known = {}
    for place, row in enumerate(islice(rows, ABOVE)):
        if isinstance(row, list) and sum(bool(cell.strip()) for cell in row) > 1:
            meant = [target for target, _ in _meanings(row, sniff_profile(row), {}) if target]
            if any(target.rstrip("?") in {*LINKING, "address"} for target in meant):
                known[place] = len(meant)
    return max(known, key=known.__getitem__, default=None)


def read_headings(
    rows: Iterator[Row | str], name: str, columns: Mapping[str, str]
) -> tuple[list[str], Iterator[Row | str]]:
    """Return the headings of a table and the rows below them; rows above, such as a title, are passed over.

    Raises
    ------
    CatalogueError
        If there are no headings.
    """
    first = list(islice(rows, ABOVE))
    wanted = {key(heading) for heading in columns.values()}
    place = next(
        (
            n
            for n, row in enumerate(first)
            if isinstance(row, list) and wanted and wanted <= {key(c) for c in row}
        ),
        None,
    )
    if place is None:
        place = headed(first)
    if place is None:
        place = next(
            (n for n, row in enumerate(first) if isinstance(row, list) and any(c.strip() for c in row)), None
        )
    if place is None:
        raise CatalogueError(f"expected headings in the first line of {name}, got none; add them")
    return [clean(cell) for cell in first[place]], chain(first[place + 1 :], rows)


def _meanings(headings: list[str], profile: str, columns: Mapping[str, str]) -> list[Meaning]:
    named = {key(heading): target for target, heading in columns.items()}
    found: list[Meaning] = []
    for each in headings:
        dublin = dublin_heading(each)
        if key(each) in named:
            found.append((named[key(each)], ""))
        elif dublin is not None:
            found.append(dublin)
        else:
            meant = _bundle(each) if profile == "collectiveaccess-csv" else PROFILES[profile].get(key(each))
            meant = meaning(each) if meant is None else meant
            found.append((None if meant in columns else meant or None, ""))
    return found


def _bundle(heading: str) -> str | None:
    """Return what a CollectiveAccess bundle holds, by its name; entities of another role than a maker's hold nothing here."""
    name, _, options = _CA_OBJECT.sub("", heading.strip()).partition("%")
    found = PROFILES["collectiveaccess-csv"].get(key(name))
    if found == "creator" and (kinds := _CA_RESTRICTED.search(options)):
        return "creator" if makes(re.split("[,;]", kinds[1])) else ""
    if found is None and _CA_FILE.match(key(name)):
        return "file"
    if found is not None or name.startswith("ca_"):
        return found
    # The innermost part of a bundle's name that says something, such as `date` of `date.date_value`.
    return next(filter(None, map(meaning, reversed(name.split(".")))), None)


def targets(headings: list[str], profile: str, columns: Mapping[str, str]) -> list[tuple[str | None, str]]:
    """Return target and language of each column.

    Parameters
    ----------
    columns
        Target to heading, as study.toml says; goes before everything else.

    Raises
    ------
    CatalogueError
        If a named column is not there, or no column names files or identifiers.
    """
    known = {key(heading) for heading in headings}
    for target, heading in columns.items():
        if key(heading) not in known:
            raise CatalogueError(
                f"expected a column {heading!r} for {target}, got {', '.join(headings)[:200]}; correct catalogue.columns"
            )
    found = _meanings(headings, profile, columns)
    if not any(target and target.rstrip("?") in {*LINKING, "address"} for target, _ in found):
        raise CatalogueError(
            f"expected a column of file names or identifiers, got {', '.join(headings)[:200]}; "
            'name it: catalogue = { path = "...", columns = { file = "..." } }'
        )
    return found


def unused(headings: list[str], meanings: list[Meaning]) -> list[str]:
    """Return the headings that mean nothing here, each with what it may be meant for.

    >>> unused(["File", "Photografer", "Medium"], [("file", ""), (None, ""), (None, "")])
    ['Photografer (creator?)', 'Medium']
    """
    found = []
    for heading, (target, _) in zip(headings, meanings, strict=False):
        if heading and target is None:
            near = difflib.get_close_matches(key(heading), MEANINGS, 1, 0.85)
            meant = MEANINGS[near[0]] if near else _within(heading)
            found.append(f"{heading} ({meant.rstrip('?')}?)" if meant else heading)
    return found


def _within(heading: str) -> str:
    """Return what the end of a heading may mean, such as `DateCreated` of `CreDateCreated`; nothing where it means nothing."""
    words = _WORD.findall(heading)
    return next(filter(None, (meaning(" ".join(words[n:])) for n in range(1, len(words)))), None) or ""


def read_table(rows: Iterator[Row | str], headings: list[str], meanings: list[Meaning]) -> Iterator[Record]:
    """Yield a record for each row; one that ends early says nothing in the last columns, one that is too long or breaks the quoting says so.

    Headings that stand again, as on every page of a list, are no record.
    """
    for row in rows:
        if isinstance(row, str):
            yield unusable(row)
        elif any(cell.strip() for cell in row) and not _is_headings(row, headings):
            yield _record(row, headings, meanings)


def _is_headings(row: Row, headings: list[str]) -> bool:
    return clean(row[0]) == headings[0] and [*filter(None, map(clean, row))] == [*filter(None, headings)]


def _record(row: Row, headings: list[str], meanings: list[Meaning]) -> Record:
    extra = [cell for cell in row[len(headings) :] if cell.strip()]
    if extra:
        return unusable(
            f"expected {len(headings)} cells as in the headings, got {len(row)}", raw=as_json(row)
        )
    statements = []
    seen: set[str] = set()
    for number, (heading, cell, (target, language)) in enumerate(
        zip(headings, row, meanings, strict=False), 1
    ):
        if _EMPTY.fullmatch(cell.strip()):
            continue
        # A name in a second language or script is no second person.
        again = bool(target) and target in seen and bool(tongue(heading)) and bool(cell.strip())
        statements.append(Statement(heading or f"column {number}", cell, target, language, parallel=again))
        if target and cell.strip():
            seen.add(target)
    return assemble(statements, raw=as_json(dict(zip(headings, row, strict=False))))
