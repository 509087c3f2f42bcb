"""What can go wrong, as a small tree; every message says what was expected, what was got and what to do.

DedupelabError
├── ConfigError (ValueError)          study.toml or a parameter is wrong
├── CollectionError (OSError)         a collection is missing, empty or cannot be listed
│   └── CatalogueError                a collection's catalogue is missing or cannot be read at all
├── TableError (ValueError)           a table does not have its declared columns
├── LabelError (ValueError)           a reviewer's decision or the store of labels is not usable
├── OutputError (OSError)             a result cannot be written
├── NotebookError (RuntimeError)      a notebook failed, names the cell
├── ReportError (RuntimeError)        a document could not be built
├── PackError (ValueError)            a pack, manifest or answer is altered, incomplete or not to be trusted
└── MissingExtraError (ImportError)   an optional part is not installed
"""

import difflib
import shlex
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


class DedupelabError(Exception):
    """Root of everything that dedupelab raises on purpose."""


class ConfigError(DedupelabError, ValueError):
    """A study's settings or a parameter are not usable."""


class CollectionError(DedupelabError, OSError):
    """A collection is missing, empty or cannot be listed."""


class CatalogueError(CollectionError):
    """A collection's catalogue is missing or cannot be read at all."""


class TableError(DedupelabError, ValueError):
    """A table does not have the columns that `tables` declares."""


class LabelError(DedupelabError, ValueError):
    """A decision cannot be taken as it stands, or the store of labels cannot be used."""


class OutputError(DedupelabError, OSError):
    """A result cannot be written where it was asked for."""


class NotebookError(DedupelabError, RuntimeError):
    """A notebook failed; the message names the notebook and the cell."""


class ReportError(DedupelabError, RuntimeError):
    """A document could not be built from the results."""


class PackError(DedupelabError, ValueError):
    """A pack, manifest, question or answer is altered, incomplete or does not fit; the message names the file."""


class MissingExtraError(DedupelabError, ImportError):
    """An optional part is needed and not installed."""

    @classmethod
    def for_extra(cls, package: str, extra: str) -> "MissingExtraError":
        """Say which package is missing and which extra brings it."""
        return cls(
            f"expected the package {package}, got none installed; run: pip install 'dedupelab[{extra}]'"
        )


def nearest(given: str, valid: Iterable[str], likeness: float = 0.5) -> str:
    """Return "; did you mean X?" for the nearest valid name, or nothing."""
    found = difflib.get_close_matches(given, [*valid], 1, likeness)
    return f"; did you mean {found[0]}?" if found else ""


@contextmanager
def writing(place: object, remedy: str = "free space or choose another folder") -> Iterator[None]:
    """Say what could not be written and what to do then, in place of what the system says; raises OutputError."""
    try:
        yield
    except OSError as problem:
        if isinstance(problem, DedupelabError):
            raise
        reason = str(problem.strerror or problem)
        if problem.filename and str(problem.filename) not in str(place):
            reason += f" at {problem.filename}"
        raise OutputError(f"expected to write {place}, got: {reason}; {remedy}") from problem


def to_type(*words: str | Path) -> str:
    """Return a command line that a message tells to type: a shell takes it as it stands, whatever names are in it.

    >>> to_type("report", "my study")
    "dedupelab report 'my study'"
    """
    return shlex.join(["dedupelab", *map(str, words)])
