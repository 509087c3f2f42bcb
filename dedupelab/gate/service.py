"""The gate over HTTP: who may ask, how much at once, and what is counted and logged. It decides nothing of its own."""

import asyncio
import contextlib
import hashlib
import logging
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dedupelab.errors import DedupelabError
from dedupelab.gate.answer import SAID, Answer, summary
from dedupelab.gate.bearer import admits
from dedupelab.gate.description import description, page
from dedupelab.gate.gate import Gate
from dedupelab.gate.request import Received, receive
from dedupelab.settings.sections import ServeSection

LOG = logging.getLogger("dedupelab.serve")
WATCH = 2.0
"""Seconds between two looks whether the study was matched anew."""
LINGER = 5.0
"""Seconds in which the rest of a refused request is read and forgotten, so that its client gets to the answer."""
PATHS = ("/screen", "/health", "/metrics", "/openapi.json", "/docs")
NOWHERE = "other"
"""How paths that are none are counted and logged: a client could write anything into them."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@dataclass
class _Asked:
    """What the log says of one request."""

    path: str
    status: int = 0
    files: int = 0
    bytes: int = 0
    answers: list[Answer] = field(default_factory=list)


class Service:
    """The application (ASGI): a gate, the token that opens it, and what one client may ask of it.

    Parameters
    ----------
    gate
        Closed by whoever opened it.
    workers
        Requests that are answered side by side: one per process of the gate.
    keep
        Folder in which uploads stay, under the digest of their bytes; None to keep none.
    """

    def __init__(
        self, gate: Gate, token: str, limits: ServeSection, workers: int, keep: Path | None = None
    ) -> None:
        self._gate, self._token, self._limits, self._keep = gate, token, limits, keep
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="gate")
        self._under_way = 0
        self._described = description(limits)
        self._metrics = _Metrics(gate)
        routes = [
            Route("/screen", self._screen, methods=["POST"]),
            Route("/health", self._health),
            Route("/metrics", self._tell_metrics),
            Route("/openapi.json", lambda _: JSONResponse(self._described)),
            Route("/docs", self._page),
        ]
        handlers: Any = {HTTPException: _told, DedupelabError: _unable, ClientDisconnect: _gone}
        self._app: ASGIApp = Starlette(routes=routes, lifespan=self._living, exception_handlers=handlers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, count it and log it in one line."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        path = scope["path"] if scope["path"] in PATHS else NOWHERE
        asked = scope["asked"] = _Asked(path)
        body = _Body(receive, send, asked)
        try:
            await self._app(scope, body.receive, body.send)
        finally:
            self._metrics.count(asked, time.perf_counter() - began)
            _log(asked, scope["method"], time.perf_counter() - began)

    @contextlib.asynccontextmanager
    async def _living(self, _: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            self._threads.shutdown(wait=True, cancel_futures=True)

    async def _watch(self) -> None:
        """Take a new index when the study was matched anew; requests go on meanwhile, on the one before."""
        while True:
            await asyncio.sleep(WATCH)
            try:
                if await asyncio.to_thread(self._gate.renew):
                    self._metrics.hold(self._gate)
                    LOG.info("index renewed pictures=%d", len(self._gate.index))
            except DedupelabError as problem:
                LOG.warning("index not renewed: %s", " ".join(str(problem).split()))

    async def _screen(self, request: Request) -> Response:
        self._admit(request)
        if self._under_way >= self._limits.waiting:
            raise HTTPException(
                429, "expected fewer requests at once; come back", headers={"Retry-After": "1"}
            )
        self._under_way += 1
        self._metrics.under_way.set(self._under_way)
        try:
            with tempfile.TemporaryDirectory(prefix="dedupelab-") as folder:
                answers = await self._answered(request, Path(folder))
        finally:
            self._under_way -= 1
            self._metrics.under_way.set(self._under_way)
        unreadable = all(answer.said == "unreadable" for answer in answers)
        return JSONResponse(summary(answers), 415 if unreadable else 200)

    async def _answered(self, request: Request, folder: Path) -> list[Answer]:
        received = await receive(request, folder, self._limits)
        asked = request.scope["asked"]
        asked.files, asked.bytes = len(received), sum(file.path.stat().st_size for file in received)
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, self._ask, received)
        asked.answers = [
            replace(answer, upload=file.name) for answer, file in zip(found, received, strict=True)
        ]
        return list(asked.answers)

    def _ask(self, received: list[Received]) -> list[Answer]:
        answers = self._gate.screen([file.path for file in received])
        if self._keep is not None:
            for file in received:
                with file.path.open("rb") as opened:
                    name = hashlib.file_digest(opened, "sha256").hexdigest()
                shutil.move(file.path, self._keep / name)
        return answers

    async def _health(self, _: Request) -> Response:
        index = self._gate.index
        return JSONResponse({"status": "ready", "pictures": len(index), "described": index.described})

    async def _tell_metrics(self, request: Request) -> Response:
        self._admit(request)
        return PlainTextResponse(
            generate_latest(self._metrics.registry), media_type="text/plain; version=0.0.4"
        )

    async def _page(self, _: Request) -> Response:
        return HTMLResponse(page(self._described), headers={"Content-Security-Policy": POLICY})

    def _admit(self, request: Request) -> None:
        if not admits(self._token, request.headers.get("authorization")):
            raise HTTPException(
                401, "expected Authorization: Bearer and the token", headers={"WWW-Authenticate": "Bearer"}
            )


class _Metrics:
    """What /metrics tells."""

    def __init__(self, gate: Gate) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "dedupelab_requests", "Requests.", ["path", "status"], registry=self.registry
        )
        self._uploads = Counter("dedupelab_uploads", "Files answered.", ["said"], registry=self.registry)
        self._seconds = Histogram("dedupelab_screen_seconds", "Time of /screen.", registry=self.registry)
        self.under_way = Gauge("dedupelab_under_way", "Requests under way.", registry=self.registry)
        self._pictures = Gauge("dedupelab_pictures", "Pictures held.", registry=self.registry)
        self._described = Gauge("dedupelab_described", "Of them with local features.", registry=self.registry)
        for said in SAID:
            self._uploads.labels(said)
        self.hold(gate)

    def hold(self, gate: Gate) -> None:
        """Tell how many pictures the gate holds now."""
        self._pictures.set(len(gate.index))
        self._described.set(gate.index.described)

    def count(self, asked: _Asked, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(asked.path, asked.status).inc()
        for answer in asked.answers:
            self._uploads.labels(answer.said).inc()
        if asked.path == PATHS[0]:
            self._seconds.observe(seconds)


class _Body:
    """A request's body and reply: one that was refused before it was read is read to its end first, and forgotten."""

    def __init__(self, receive: Receive, send: Send, asked: _Asked) -> None:
        self._receive, self._send, self._asked = receive, send, asked
        self._whole = False

    async def receive(self) -> Message:
        """Return the next part."""
        message = await self._receive()
        self._whole = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        """Send a part of the reply."""
        if message["type"] == "http.response.start":
            self._asked.status = message["status"]
            if not self._whole and self._asked.status >= 400:
                message["headers"] = [*message["headers"], (b"connection", b"close")]
        elif not message.get("more_body", False) and not self._whole and self._asked.status >= 400:
            # A connection that is closed on unread bytes takes the reply with it.
            await self._send({**message, "more_body": True})
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LINGER):
                    while not self._whole:
                        await self.receive()
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)


def _log(asked: _Asked, method: str, seconds: float) -> None:
    said = " ".join(f"{said}={sum(a.said == said for a in asked.answers)}" for said in SAID)
    LOG.info(
        "method=%s path=%s status=%d ms=%.0f files=%d bytes=%d %s",
        method if method in {"GET", "HEAD", "POST"} else NOWHERE,
        asked.path,
        asked.status,
        1000 * seconds,
        asked.files,
        asked.bytes,
        said,
    )


async def _told(_: Request, problem: HTTPException) -> Response:
    return JSONResponse({"error": problem.detail}, problem.status_code, problem.headers)


async def _unable(_: Request, problem: DedupelabError) -> Response:
    LOG.warning("not answered: %s", " ".join(str(problem).split()))
    return JSONResponse({"error": "the gate cannot answer now; its log says why"}, 503, {"Retry-After": "5"})


async def _gone(request: Request, _: ClientDisconnect) -> Response:
    """Count a client that went away in the middle; nobody reads this reply."""
    request.scope["asked"].status = 400
    return JSONResponse({"error": "expected a whole request, got a part of it"}, 400)
