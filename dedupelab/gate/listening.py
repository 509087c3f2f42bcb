"""The HTTP server under the gate: patient with clients only for so long, and a log of one line a request."""

import asyncio
import logging
import socket
import sys
import time
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from dedupelab.gate.gate import Gate
from dedupelab.gate.service import LOG, Service
from dedupelab.settings.sections import ServeSection

PATIENCE = 10.0
"""Seconds in which the head of a request must have arrived: a client that says nothing holds a connection no longer."""
CONNECTIONS = 512
"""Clients connected at once beside the requests that may wait; more are told 503."""
BACKLOG = 512
IDLE = 15
"""Seconds for which a connection is kept open between two requests."""
ENDING = 30
"""Seconds that requests under way have when the service is asked to end."""
LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class PatientProtocol(H11Protocol):
    """HTTP/1.1 for clients of whom some never finish: a head that does not come in time ends the connection."""

    _due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the class itself
        """Expect the first head."""
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more."""
        self._relax()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Go on with what has arrived; between two requests, expect the next head once it has begun."""
        super().data_received(data)
        # Before the first request there is no cycle, whatever its type says.
        cycle: Any = self.cycle
        if cycle and not cycle.response_complete:
            self._relax()
        elif self._due is None:
            self._expect()

    def on_response_complete(self) -> None:
        """Leave the connection to the server's own time-out until something arrives."""
        self._relax()
        super().on_response_complete()

    def _expect(self) -> None:
        self._due = self.loop.call_later(PATIENCE, self._give_up)

    def _relax(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(LATE)
            self.transport.close()


def listen_and_answer(
    listening: socket.socket, gate: Gate, token: str, limits: ServeSection, workers: int, keep: Path | None
) -> None:
    """Answer what comes in at a socket until the process is asked to end; see `service.Service`."""
    _log_lines()
    options: dict[str, Any] = {
        "http": PatientProtocol,
        "ws": "none",
        "lifespan": "on",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
        "backlog": BACKLOG,
        "limit_concurrency": limits.waiting + CONNECTIONS,
        "timeout_keep_alive": IDLE,
        "timeout_graceful_shutdown": ENDING,
    }
    service = Service(gate, token, limits, workers, keep)
    uvicorn.Server(uvicorn.Config(service, **options)).run(sockets=[listening])


def _log_lines() -> None:
    """Send this service's lines, and what the server warns of, to standard error with the time in UTC."""
    lines = logging.StreamHandler(sys.stderr)
    form = logging.Formatter("time=%(asctime)sZ %(message)s", "%Y-%m-%dT%H:%M:%S")
    form.converter = time.gmtime
    lines.setFormatter(form)
    for logger, level in ((LOG, logging.INFO), (logging.getLogger("uvicorn.error"), logging.WARNING)):
        logger.handlers, logger.propagate = [lines], False
        logger.setLevel(level)
