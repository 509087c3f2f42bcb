"""Where a catalogue lies, and what it consists of: a file, a folder of files, or what was fetched from an address."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from dedupelab.collect.catalogues.harvest import fetched
from dedupelab.errors import CatalogueError
from dedupelab.work.progress import Progress

CAUSES = (
    "not fetched",
    "not opened",
    "encoding",
    "no catalogue",
    "not well-formed",
    "repository error",
    "refused",
)
"""Kinds of reasons why a file is not read, or not to its end; `refused` is every other."""


@dataclass(frozen=True)
class Catalogue:
    """One catalogue as study.toml names it, with the files it consists of.

    `columns` maps targets to the headings of a table; `format` and `encoding` may be `auto`. One that did not arrive has a
    `problem` and no files.
    """

    files: tuple[Path, ...]
    name: str
    format: str = "auto"
    encoding: str = "auto"
    link: str = "auto"
    columns: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    @cached_property
    def digest(self) -> str:
        """SHA-256 over names and bytes of the files, or over why there are none.

        Raises
        ------
        CatalogueError
            If one cannot be read.
        """
        digest = hashlib.sha256(self.problem.encode())
        try:
            for path in self.files:
                with path.open("rb") as file:
                    digest.update(path.name.encode() + b"\0" + hashlib.file_digest(file, "sha256").digest())
        except OSError as problem:
            raise CatalogueError(
                f"expected to read the catalogue {self.name}, got: {problem.strerror}; allow reading it"
            ) from problem
        return digest.hexdigest()


def opened(
    where: str,
    cache: Path,
    *,
    refresh: bool = False,
    progress: Progress | None = None,
    format: str = "auto",  # noqa: A002  as study.toml calls it
    encoding: str = "auto",
    link: str = "auto",
    columns: Mapping[str, str] | None = None,
) -> Catalogue:
    """Return a catalogue with its files; what lies elsewhere is fetched first, once.

    Parameters
    ----------
    where
        A file, a folder (its files in order of their names, hidden ones apart), or an address.

    Raises
    ------
    CatalogueError
        If there is nothing, or the address does not answer.
    """
    if "://" in where:
        name = where.partition("?")[0]
        files = fetched(where, cache, refresh=refresh, progress=progress)
    else:
        path = Path(where)
        name = path.name
        files = [path]
        if path.is_dir():
            files = sorted(
                each for each in path.rglob("*") if each.is_file() and not each.name.startswith(".")
            )
    if not files or not all(file.is_file() for file in files):
        raise CatalogueError(
            f"expected a catalogue at {where}, got nothing there; correct the collection's catalogue in study.toml"
        )
    return Catalogue(tuple(files), name, format, encoding, link, dict(columns or {}))
