"""What a client sends: files of a form, or the bytes of one picture, received into a folder within limits of size and time."""

import asyncio
import shutil
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from dedupelab.settings.sections import ServeSection

FORM = "multipart/form-data"
RAW = ("", "application/octet-stream")
"""Types of a body that is one file, beside `image/...`: many clients say nothing or nothing more."""
FIELDS = 20
"""Fields of a form that are no files; they are ignored."""
UNNAMED = "upload"


@dataclass(frozen=True)
class Received:
    """One file, as the client calls it, and where it lies."""

    name: str
    path: Path


class _Form(MultiPartParser):
    """Knows whether the last boundary came, without which a file was cut off, and whether there was a file too many."""

    spool_max_size = 1 << 16
    ended = False

    @property
    def crowded(self) -> bool:
        return self._current_files > self.max_files

    def on_end(self) -> None:
        self.ended = True


async def receive(request: Request, folder: Path, limits: ServeSection) -> list[Received]:
    """Receive a request's files into a folder.

    Raises
    ------
    HTTPException
        400 for a body that is cut off or no form, 408 for one that did not arrive in time, 413 for too much, 415 for a
        type that holds no picture.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM and kind not in RAW and not kind.startswith("image/"):
        raise HTTPException(415, f"expected {FORM}, image/* or application/octet-stream, got another type")
    _check_length(request, limits.megabytes)
    try:
        async with asyncio.timeout(limits.seconds):
            if kind == FORM:
                return await _form(request, folder, limits)
            return await _raw(request, folder, limits.megabytes)
    except TimeoutError as problem:
        raise HTTPException(
            408, f"expected a request to arrive within {limits.seconds:g} s, got a part of it; send it again"
        ) from problem


def _check_length(request: Request, megabytes: int) -> None:
    """Refuse what says that it is too large before any of it is read; the server has seen to it that a length is a number."""
    if int(request.headers.get("content-length", 0)) > megabytes << 20:
        raise _too_much(megabytes)


async def _form(request: Request, folder: Path, limits: ServeSection) -> list[Received]:
    form = _Form(
        request.headers, _bounded(request, limits.megabytes), max_files=limits.files, max_fields=FIELDS
    )
    try:
        items = (await form.parse()).multi_items()
    except MultiPartException as problem:
        if form.crowded:
            raise HTTPException(
                413, f"expected at most {limits.files:,} files, got more; ask in several requests"
            ) from problem
        raise HTTPException(400, f"expected a form that can be read, got: {problem.message}") from problem
    files = [value for _, value in items if isinstance(value, UploadFile)]
    try:
        if not form.ended:
            raise HTTPException(400, "expected a whole form, got one that is cut off; send it again")
        if not files:
            raise HTTPException(400, "expected a file in the form, got none; give the field a filename")
        received = []
        for number, file in enumerate(files):
            path = folder / str(number)
            await run_in_threadpool(_copy, file, path)
            received.append(Received(file.filename or UNNAMED, path))
        return received
    finally:
        for file in files:
            await file.close()


def _copy(file: UploadFile, path: Path) -> None:
    with path.open("wb") as target:
        shutil.copyfileobj(file.file, target)


async def _raw(request: Request, folder: Path, megabytes: int) -> list[Received]:
    path, size = folder / "0", 0
    with path.open("wb") as target:
        async for part in _bounded(request, megabytes):
            size += target.write(part)
    if not size:
        raise HTTPException(400, "expected the bytes of a picture, got nothing")
    return [Received(UNNAMED, path)]


async def _bounded(request: Request, megabytes: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > megabytes << 20:
            raise _too_much(megabytes)
        yield part


def _too_much(megabytes: int) -> HTTPException:
    return HTTPException(413, f"expected at most {megabytes:,} MB, got more; send less at once")
