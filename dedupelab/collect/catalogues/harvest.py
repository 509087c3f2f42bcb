"""Catalogues from elsewhere: OAI-PMH harvests over http(s) and remote files, fetched once and kept until asked again.

A harvest is asked for by the address one would type: `https://archive.example/oai?verb=ListRecords&metadataPrefix=oai_dc`.
Each answer is kept as a file; a harvest that was interrupted goes on with the resumption token of its last answer.
"""

import hashlib
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from lxml import etree

from dedupelab.collect.catalogues.markup import OAI, SAFE
from dedupelab.errors import CatalogueError
from dedupelab.tables.whole_file import replacing
from dedupelab.version import __version__
from dedupelab.work.progress import Progress

TIMEOUT = 60.0
"""Seconds without an answer after which a request is given up."""
ATTEMPTS = 5
FIRST_WAIT = 2.0
"""Seconds before the second attempt; doubled each time, unless the server says how long (Retry-After)."""
LONGEST_WAIT = 300.0
LARGEST_PAGE = 256 << 20
"""Octets of one answer."""
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_COMPLETE = "complete"
Sleep = Callable[[float], None]


def is_harvest(address: str) -> bool:
    """Whether an address asks an OAI-PMH repository for its records.

    >>> is_harvest("https://a.example/oai?verb=ListRecords&metadataPrefix=oai_dc"), is_harvest("https://a.example/dc.xml")
    (True, False)
    """
    parts = urlsplit(address)
    return parts.scheme in {"http", "https"} and parse_qs(parts.query).get("verb") == ["ListRecords"]


def fetched(
    address: str,
    cache: Path,
    *,
    refresh: bool = False,
    sleep: Sleep = time.sleep,
    progress: Progress | None = None,
) -> list[Path]:
    """Return the files of a remote catalogue, in order; fetched now if they are not kept, or `refresh` asks for it.

    Raises
    ------
    CatalogueError
        If the address does not answer, or not with a catalogue; what has arrived of a harvest is kept for the next attempt.
    """
    folder = cache / hashlib.sha256(address.encode()).hexdigest()[:16]
    if refresh:
        shutil.rmtree(folder, ignore_errors=True)
    try:
        if not (folder / _COMPLETE).exists():
            folder.mkdir(parents=True, exist_ok=True)
            if is_harvest(address):
                _harvest(address, folder, sleep, progress)
            else:
                _copy(address, folder / "catalogue")
            (folder / _COMPLETE).write_text(address + "\n", encoding="utf-8")
    except OSError as problem:
        if isinstance(problem, CatalogueError):
            raise
        raise CatalogueError(f"expected to keep {address}, got: {problem}; free space") from problem
    return sorted(path for path in folder.iterdir() if path.name != _COMPLETE and path.suffix != ".partial")


def _harvest(address: str, folder: Path, sleep: Sleep, progress: Progress | None) -> None:
    pages = sorted(folder.glob("page-*.xml"))
    token: str | None = _token(pages[-1], address) if pages else ""
    seen: set[str] = set()
    while token is not None:
        if token in seen:
            raise CatalogueError(
                f"expected {address} to come to an end, got one resumption token twice; tell its keeper"
            )
        seen.add(token)
        page = folder / f"page-{len(pages):06d}.xml"
        _request(_next(address, token), page, sleep)
        try:
            token = _token(page, address)
        except CatalogueError:
            page.unlink(missing_ok=True)
            raise
        pages.append(page)
        if progress:
            progress(len(pages), len(pages) + (token is not None))


def _next(address: str, token: str) -> str:
    """Return the address of the next page: a resumption token stands alone beside the verb (OAI-PMH 2.0, 3.5)."""
    if not token:
        return address
    parts = urlsplit(address)
    query = urlencode({"verb": "ListRecords", "resumptionToken": token})
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _token(page: Path, address: str) -> str | None:
    """Return the resumption token of a page, None on the last one."""
    token, answered = None, False
    try:
        with page.open("rb") as file:
            for _, element in etree.iterparse(
                file, events=("end",), **SAFE,
                tag=[f"{{{OAI}}}{name}" for name in ("resumptionToken", "error", "record", "OAI-PMH")],
            ):  # fmt: skip
                name = etree.QName(element).localname
                answered = answered or name == "OAI-PMH"
                if name == "error" and element.get("code") != "noRecordsMatch":
                    said = f"{element.get('code')}: {' '.join((element.text or '').split())}"
                    stale = element.get("code") == "badResumptionToken"
                    remedy = "begin again: dedupelab scan STUDY --refresh" if stale else "correct the address"
                    raise CatalogueError(f"expected records from {address}, got {said}; {remedy}")
                if name == "resumptionToken":
                    token = (element.text or "").strip() or None
                if name == "record":
                    element.clear()
    except etree.XMLSyntaxError as problem:
        raise CatalogueError(
            f"expected OAI-PMH from {address}, got no well-formed XML: {problem.msg}; correct the address"
        ) from problem
    if not answered:
        raise CatalogueError(f"expected OAI-PMH from {address}, got other XML; correct the address")
    return token


def _request(address: str, target: Path, sleep: Sleep) -> None:
    wait = FIRST_WAIT
    for attempt in range(1, ATTEMPTS + 1):
        try:
            asked = urllib.request.Request(  # noqa: S310  http and https only, see is_harvest
                address,
                headers={"User-Agent": f"dedupelab/{__version__}", "Accept": "text/xml, application/xml"},
            )
            with urllib.request.urlopen(asked, timeout=TIMEOUT) as answer:  # noqa: S310  as above
                _keep(answer, target, address)
        except urllib.error.HTTPError as problem:
            if problem.code not in _RETRIED or attempt == ATTEMPTS:
                raise _no_answer(address, f"status {problem.code}", attempt) from problem
            wait = _asked_wait(problem.headers.get("Retry-After", ""), wait)
        except (OSError, EOFError) as problem:
            if isinstance(problem, CatalogueError):
                raise
            if attempt == ATTEMPTS:
                reason = getattr(problem, "reason", problem) or type(problem).__name__
                raise _no_answer(address, str(reason), attempt) from problem
        else:
            return
        sleep(min(wait, LONGEST_WAIT))
        wait *= 2


def _keep(answer: IO[bytes], target: Path, address: str) -> None:
    size = 0
    with replacing(target) as partial, partial.open("wb") as file:
        while block := answer.read(1 << 16):
            size += len(block)
            if size > LARGEST_PAGE:
                raise CatalogueError(
                    f"expected pages of at most {LARGEST_PAGE >> 20} MB from {address}, got more; harvest by set"
                )
            file.write(block)


def _asked_wait(said: str, wait: float) -> float:
    return float(said) if said.isdecimal() else wait


def _no_answer(address: str, reason: str, attempts: int) -> CatalogueError:
    return CatalogueError(
        f"expected an answer from {address}, got {reason} after {attempts} attempts; check the address or run again later"
    )


def _copy(address: str, target: Path) -> None:
    import fsspec  # noqa: PLC0415  only studies with remote catalogues pay for it

    try:
        with fsspec.open(address, "rb", expand=False) as remote:
            _keep(remote, target, address)
    except CatalogueError:
        raise
    except Exception as problem:  # every file system has errors of its own
        reason = " ".join(str(problem).split()) or type(problem).__name__
        raise CatalogueError(
            f"expected a catalogue at {address}, got: {reason}; check the address and access"
        ) from problem
