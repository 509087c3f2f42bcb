"""dedupelab turns picture collections into evidence about duplicate images.

>>> import dedupelab
>>> study = dedupelab.open_study("path/to/study")  # doctest: +SKIP
>>> study.match()                                  # doctest: +SKIP
"""

from dedupelab.errors import (
    CollectionError,
    ConfigError,
    DedupelabError,
    NotebookError,
    OutputError,
    ReportError,
    TableError,
)
from dedupelab.start import init, open_study
from dedupelab.study import Study
from dedupelab.version import __version__

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
