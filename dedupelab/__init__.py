"""dedupelab turns picture collections into evidence about duplicate images.

>>> import dedupelab
>>> study = dedupelab.open_study("path/to/study")  # doctest: +SKIP
>>> study.match()                                  # doctest: +SKIP
"""

import typing as _typing

from dedupelab.errors import (
    CollectionError,
    ConfigError,
    DedupelabError,
    NotebookError,
    OutputError,
    ReportError,
    TableError,
)
from dedupelab.version import __version__

if _typing.TYPE_CHECKING:
    from dedupelab.study.start import init, open_study
    from dedupelab.study.study import Study

__all__ = [
    "CollectionError",
    "ConfigError",
    "DedupelabError",
    "NotebookError",
    "OutputError",
    "ReportError",
    "Study",
    "TableError",
    "__version__",
    "init",
    "open_study",
]

_DEFERRED = {"Study": "study.study", "init": "study.start", "open_study": "study.start"}
"""Loaded when first asked for: these bring pandas, scipy and more, a second that a scan's workers need not spend."""


def __getattr__(name: str) -> object:
    if name not in _DEFERRED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415  the namespace holds what __all__ names

    globals()[name] = getattr(import_module(f"{__name__}.{_DEFERRED[name]}"), name)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *_DEFERRED})
