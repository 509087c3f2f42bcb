"""What a collection holds: every file below a folder or an fsspec address, each with a reason when it is left out.

Nothing is passed over in silence: files that are no pictures, hidden files and folders that cannot be opened become
entries too, so that listed = hashed + unreadable + skipped.
"""

import fnmatch
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path, PurePosixPath

from dedupelab.collect import remote
from dedupelab.errors import CollectionError

PICTURE_SUFFIXES = frozenset([
    ".jpg", ".jpeg", ".jpe", ".jfif", ".jp2", ".j2k", ".png", ".apng", ".gif", ".tif", ".tiff", ".webp",
    ".bmp", ".dib", ".ppm", ".pgm", ".pbm", ".pnm", ".pcx", ".tga", ".ico", ".psd", ".heic", ".heif",
    ".avif", ".mpo", ".dds", ".sgi", ".icns", ".jxl",
])  # fmt: skip
SIDECAR = ".xmp"
EXCLUDED = (
    "#recycle", "@Recycle", "$RECYCLE.BIN", "RECYCLER/S-1-5-*", ".Trash-*", ".Trashes", "Network Trash Folder",
    "@eaDir", ".@__thumb", "#snapshot", "@Recently-Snapshot", ".snapshot", "@tmp", "lost+found",
    "System Volume Information", "__MACOSX", ".thumbnails", "Thumbs.db",
)  # fmt: skip
"""What storages and systems keep beside what people collected: bins, snapshots and thumbnails of Synology, QNAP, Windows,
macOS and Linux."""
_EXCLUDED_AS = "left out by [scan] exclude: "
_ESCAPE = re.compile(r"\\x([0-9a-f]{2})")


@dataclass(frozen=True)
class Entry:
    """One listed file; `skipped` says why it will not be opened, `unreadable` why it cannot be.

    `sidecar` is the XMP file beside a picture that describes it.
    """

    path: str
    native: str
    bytes: int
    modified: datetime | None
    skipped: str | None = None
    unreadable: str | None = None
    sidecar: "Entry | None" = None
    identity: int | None = None
    """Device and number of the file, where its file system gives one."""
    link: bool = False
    """Whether the path is a symbolic link."""


def list_files(location: str, exclude: Sequence[str] = ()) -> list[Entry]:
    """List a collection in path order.

    Parameters
    ----------
    location
        A folder, or any address fsspec understands, such as ``s3://bucket/prefix`` or ``zip://::archive.zip``.
    exclude
        Patterns of files and folders that are left out, see `excluded_by`.

    Raises
    ------
    CollectionError
        If the location is missing, is no folder, cannot be listed, or holds no file at all.
    """
    found = _remote(location, exclude) if "://" in location else _local(Path(location), exclude)
    entries = sorted(found, key=lambda e: e.path)
    if not any(e.skipped is None and e.unreadable is None for e in entries):
        raise CollectionError(
            f"expected pictures in {location}, got 0 images in {len(entries)} files; check the collection's location"
        )
    return with_sidecars(entries)


def with_sidecars(entries: list[Entry]) -> list[Entry]:
    """Join XMP sidecars to the pictures beside them; a sidecar is no picture, and stays listed with its reason.

    `photo.jpg.xmp` describes `photo.jpg`. `photo.xmp` describes every picture called `photo` that has none of the former
    kind (a JPEG and a TIFF of one name show one picture), unless it names another suffix itself: that is seen when it is
    read.
    """
    beside = {
        entry.path.lower(): entry
        for entry in entries
        if entry.path.lower().endswith(SIDECAR) and not PurePosixPath(entry.path).name.startswith(".")
    }
    if not beside:
        return entries
    used: dict[str, str] = {}
    joined = []
    for entry in entries:
        name = entry.path.lower()
        found = beside.get(name + SIDECAR) or beside.get(str(PurePosixPath(name).with_suffix(SIDECAR)))
        if entry.skipped is None and entry.unreadable is None and found is not None:
            used.setdefault(found.path, entry.path)
            entry = replace(entry, sidecar=found)  # noqa: PLW2901 - the same file, with what lies beside it
        joined.append(entry)
    return [
        replace(
            entry,
            skipped=f"XMP sidecar of {used[entry.path]}"
            if entry.path in used
            else "XMP sidecar without a picture",
        )
        if entry.path.lower() in beside and entry.unreadable is None
        else entry
        for entry in joined
    ]


def excluded_by(path: str, exclude: Sequence[str]) -> str | None:
    """Return the pattern that leaves a file or folder out, or None.

    A pattern is held against the last parts of the path, whatever their case; one that begins with a slash against the whole
    path within the collection.

    >>> excluded_by("1998/#Recycle", ["#recycle"]), excluded_by("recycling centre", ["#recycle"])
    ('#recycle', None)
    >>> excluded_by("drafts", ["/drafts"]), excluded_by("1998/drafts", ["/drafts"])
    ('/drafts', None)
    """
    # The last part alone tells for nearly every file that none matches.
    if not _endings(tuple(exclude)).fullmatch(path.rpartition("/")[2].casefold()):
        return None
    whole = PurePosixPath("/" + path.casefold())
    return next((pattern for pattern in exclude if whole.match(pattern.casefold())), None)


@cache
def _endings(exclude: tuple[str, ...]) -> re.Pattern[str]:
    """Return what the last part of a path matches that one of these patterns leaves out."""
    names = (PurePosixPath(pattern.casefold()).name for pattern in exclude)
    return re.compile("|".join(map(fnmatch.translate, names)) or "(?!)")


def readable_name(name: str) -> str:
    r"""Return a file name as text that can be stored: bytes that are no UTF-8 become backslash escapes.

    What looks like such an escape already is escaped itself, so that different names stay different.

    >>> readable_name("caf\udce9.jpg"), readable_name("caf\\xe9.jpg")
    ('caf\\xe9.jpg', 'caf\\x5cxe9.jpg')
    """
    return os.fsencode(_ESCAPE.sub(r"\\x5cx\1", name)).decode("utf-8", "backslashreplace")


def _local(root: Path, exclude: Sequence[str]) -> Iterator[Entry]:
    if not root.exists():
        raise CollectionError(
            f"expected a folder at {root}, got nothing there; check the collection's location"
        )
    if not root.is_dir():
        raise CollectionError(f"expected a folder at {root}, got a file; name the folder that holds it")
    try:
        with os.scandir(root):
            pass
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise CollectionError(f"expected to list {root}, got: {reason}; allow reading it") from problem
    waiting = [(root, PurePosixPath())]
    while waiting:
        folder, below = waiting.pop()
        try:
            found = sorted(os.scandir(folder), key=lambda item: item.name)
        except OSError as problem:
            yield Entry(
                str(below), str(folder), 0, None, unreadable=f"folder cannot be listed: {problem.strerror}"
            )
            continue
        for item in found:
            path = below / readable_name(item.name)
            if exclude and (pattern := excluded_by(str(path), exclude)):
                yield Entry(str(path), item.path, 0, None, skipped=f"{_EXCLUDED_AS}{pattern}")
            elif item.is_dir(follow_symlinks=False):
                if item.name.startswith("."):
                    yield Entry(str(path), item.path, 0, None, skipped="hidden folder")
                else:
                    waiting.append((Path(item.path), path))
            else:
                yield _entry(str(path), item)


def _entry(path: str, item: "os.DirEntry[str]") -> Entry:
    try:
        status = item.stat()
    except OSError as problem:
        return Entry(path, item.path, 0, None, unreadable=f"cannot be opened: {problem.strerror}")
    if stat.S_ISDIR(status.st_mode):
        return Entry(path, item.path, 0, None, skipped="link to a folder")
    if not stat.S_ISREG(status.st_mode):
        return Entry(path, item.path, 0, None, skipped="not a regular file")
    return Entry(
        path,
        item.path,
        status.st_size,
        remote.moment(status.st_mtime),
        skipped=reason_to_skip(item.name),
        identity=_identity(status),
        link=item.is_symlink(),
    )


def reason_to_skip(name: str) -> str | None:
    """Say why a file is left out by its name, or None when it is to be opened.

    >>> reason_to_skip("scan.TIF"), reason_to_skip("notes.txt")
    (None, 'not a picture format: .txt')
    """
    if name.startswith("."):
        return "hidden file"
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in PICTURE_SUFFIXES:
        return None
    return f"not a picture format: {readable_name(suffix)}" if suffix else "no file extension"


def _remote(location: str, exclude: Sequence[str]) -> Iterator[Entry]:
    for found in remote.find(location):
        above = PurePosixPath(found.path).parents
        hidden = any(part.name.startswith(".") for part in above)
        patterns = (excluded_by(str(part), exclude) for part in (found.path, *above[:-1])) if exclude else ()
        if pattern := next(filter(None, patterns), None):
            reason: str | None = f"{_EXCLUDED_AS}{pattern}"
        else:
            reason = "in a hidden folder" if hidden else reason_to_skip(found.name)
        where = address(location, found.path)
        here = local_path(where)
        yield Entry(
            found.path,
            where,
            found.bytes,
            found.modified,
            skipped=reason,
            identity=_identity(here.stat()) if here and here.exists() else None,
            link=bool(here and here.is_symlink()),
        )


def local_path(where: str) -> Path | None:
    """Return the path on this machine that an address of it names, None where it names another place.

    >>> local_path("file:///srv/a") == local_path("/srv/a") == Path("/srv/a"), local_path("s3://bucket/a")
    (True, None)
    """
    protocol, remote_, path = where.rpartition("://")
    return Path(path) if not remote_ or protocol in {"file", "local"} else None


def _identity(status: os.stat_result) -> int | None:
    return status.st_dev << 64 | status.st_ino if status.st_ino else None


def address(location: str, path: str) -> str:
    """Return where a listed path of a collection is read from.

    >>> address("s3://bucket/prefix", "a/b.jpg"), address("zip://::pictures.zip", "a.jpg")
    ('s3://bucket/prefix/a/b.jpg', 'zip://a.jpg::pictures.zip')
    """
    if "://" not in location:
        return str(Path(location, _raw_name(path)))
    first, chained, rest = location.partition("::")
    protocol, _, root = first.partition("://")
    stem = root.rstrip("*").rstrip("/")
    inner = f"{stem}/{path}" if stem or root.startswith("/") else path
    return f"{protocol}://{inner}{chained}{rest}"


def _raw_name(path: str) -> str:
    """Undo `readable_name`."""
    raw = re.sub(rb"\\x([0-9a-f]{2})", lambda escape: bytes.fromhex(escape[1].decode()), path.encode())
    return os.fsdecode(raw)


def read_bytes(native: str) -> bytes:
    """Read a listed file whole.

    Raises
    ------
    OSError
        If it cannot be read, whatever kind of error the file system has for that.
    """
    if "://" not in native:
        with open(native, "rb") as file:  # noqa: PTH123  Path costs as much as the read of a small file
            return file.read()
    return remote.fetch(native)
