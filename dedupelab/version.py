"""The version, as the installed package's metadata say it."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("dedupelab")
except PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0+unknown"
