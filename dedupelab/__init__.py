"""dedupelab turns picture collections into evidence about duplicate images.

>>> import dedupelab
>>> study = dedupelab.open_study("path/to/study")  # doctest: +SKIP
>>> study.match()                                  # doctest: +SKIP
>>> dedupelab.report(study)                        # doctest: +SKIP
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
    from dedupelab.exchange.merging import merge
    from dedupelab.gate.gate import screen
    from dedupelab.gate.server import serve
    from dedupelab.pack.replay import replay
    from dedupelab.pack.report import report
    from dedupelab.pack.verify import verify
    from dedupelab.publish.catalogue import write_catalogue as catalogue
    from dedupelab.study.calibration import calibrate
    from dedupelab.study.start import init, open_study
    from dedupelab.study.study import Study

__all__ = [
    "CollectionError", "ConfigError", "DedupelabError", "NotebookError", "OutputError", "ReportError",
    "Study", "TableError", "__version__", "calibrate", "catalogue", "init", "merge", "open_study", "replay",
    "report", "screen", "serve", "verify",
]  # fmt: skip

_DEFERRED = {
    "Study": "study.study", "calibrate": "study.calibration",
    "catalogue": "publish.catalogue:write_catalogue", "init": "study.start", "merge": "exchange.merging",
    "open_study": "study.start", "replay": "pack.replay", "report": "pack.report", "screen": "gate.gate",
    "serve": "gate.server", "verify": "pack.verify",
}  # fmt: skip
"""Loaded when first asked for: these bring pandas, scipy and more, seconds that help and a scan's workers need not spend.

A module of the package, and after a colon the function where it has a longer name there.
"""


def __getattr__(name: str) -> object:
    if name not in _DEFERRED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415  the namespace holds what __all__ names

    module, _, longer = _DEFERRED[name].partition(":")
    globals()[name] = getattr(import_module(f"{__name__}.{module}"), longer or name)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *_DEFERRED})
