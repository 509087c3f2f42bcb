"""Collections at an address: object stores, archives, servers, through fsspec. What it raises becomes one line, or one file's reason."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from dedupelab.errors import CollectionError

_MODIFIED = ("LastModified", "last_modified", "mtime", "modified", "date_time", "created")
"""Where fsspec's file systems state when a file was changed."""
_ACCESS = ("credential", "accessdenied", "access denied", "forbidden", "signature", "accesskey", "access key", "token")  # fmt: skip
"""What stores say of a caller whom they do not know."""
S3 = ("s3://", "s3a://")
SILENCES = 3
"""Files in a row at which a store must have been silent until the next ones are given up at once: each costs many seconds of
trying again, and a store that went away in the middle of a million files would hold the scan for weeks."""
PAUSE = 60.0
"""Seconds after which such a store is tried again."""
_SLOW = 1.0
"""Seconds of waiting that tell a store that does not answer from one that says no."""
_silent: dict[str, tuple[int, float]] = {}
"""For each store that did not answer this process: how often in a row, and when last."""


@dataclass(frozen=True)
class Found:
    """One file of a collection at an address."""

    path: str
    """Below the collection's address."""
    name: str
    bytes: int
    modified: datetime | None


def find(location: str) -> Iterator[Found]:
    """List every file below an address, as it is there now.

    Raises
    ------
    CollectionError
        If it cannot be listed, whatever kind of error the file system has for that, or is a file.
    """
    import fsspec  # noqa: PLC0415  only studies with remote collections pay for it

    try:
        system, root = fsspec.core.url_to_fs(location)
        system.invalidate_cache()  # a process that lists twice, such as a notebook's, must see what changed
        prefix = root.rstrip("*").rstrip("/")
        found = system.find(prefix, detail=True)
    except Exception as problem:  # every file system has errors of its own
        raise CollectionError(
            f"expected to list {location}, got: {_told(problem)}; {_remedy(location, problem)}"
        ) from problem
    for native, info in found.items():
        path = native[len(prefix) :].lstrip("/") if native.startswith(prefix) else native
        if not path:
            if native.endswith("/"):  # the empty object by which some tools say that there is a folder
                continue
            raise CollectionError(
                f"expected a folder at {location}, got a file; name the folder that holds it"
            )
        stated = (info[name] for name in _MODIFIED if info.get(name))
        yield Found(path, native.rpartition("/")[2], int(info.get("size") or 0), moment(next(stated, None)))


def fetch(native: str) -> bytes:
    """Read a file at an address whole, in one request where the file system can.

    Raises
    ------
    OSError
        If it cannot be read, whatever kind of error the file system has for that.
    """
    import fsspec  # noqa: PLC0415  only studies with remote collections pay for it

    store = native.rpartition("::")[2].partition("://")[2].partition("/")[0] or native
    times, last = _silent.get(store, (0, 0.0))
    began = time.monotonic()
    if times >= SILENCES and began - last < PAUSE:
        raise OSError(f"the store has not answered for {times} files in a row")
    try:
        system, path = fsspec.core.url_to_fs(native)
        # In one piece: for parts side by side s3fs would first ask how long the file is, another request of each file.
        whole = {"max_concurrency": 1} if native.startswith(S3) else {}
        data = bytes(system.cat_file(path, **whole))
    except Exception as problem:  # a damaged archive, a refused request: one file's trouble
        now = time.monotonic()
        if now - began >= _SLOW and not isinstance(problem, FileNotFoundError | PermissionError):
            _silent[store] = times + 1, now
        said = _told(problem)
        # Some file systems say nothing but the name of what is not there.
        nothing = isinstance(problem, FileNotFoundError) and said == path
        raise OSError("No such file or directory" if nothing else said) from problem
    _silent.pop(store, None)
    return data


def moment(stated: object) -> datetime | None:
    """Return a modification time as file systems state it: seconds, a datetime, or a tuple of calendar fields.

    Times that no calendar knows count as not stated.
    """
    try:
        if isinstance(stated, tuple):
            year, month, day, hour, minute, second = stated
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        if isinstance(stated, int | float):
            return datetime.fromtimestamp(stated, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    if isinstance(stated, datetime):
        return stated.astimezone(UTC) if stated.tzinfo else stated.replace(tzinfo=UTC)
    return None


def _told(problem: Exception) -> str:
    said = getattr(problem, "strerror", None) or str(problem)
    return " ".join(said.split()) or type(problem).__name__


def _remedy(location: str, problem: Exception) -> str:
    """Say what to do where a collection cannot be listed."""
    if isinstance(problem, ImportError) and location.startswith(S3):
        return "run: pip install 'dedupelab[s3]'"
    if location.startswith(S3) and any(word in _told(problem).lower() for word in _ACCESS):
        return "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, to those that may list and read it"
    if location.startswith(S3):
        return "check the address, and AWS_ENDPOINT_URL where the store is not Amazon's"
    return "check the address and access"
