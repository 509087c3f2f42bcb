"""`dedupelab.serve`: a study's gate over HTTP, from the socket and the token to the end of the process."""

import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dedupelab.errors import ConfigError, MissingExtraError, OutputError
from dedupelab.gate.bearer import token_of
from dedupelab.gate.gate import Gate, index_of
from dedupelab.study.study import Study


@dataclass(frozen=True)
class Serving:
    """What is served, and where."""

    address: str
    token: str
    """Where the token lies: a file, or an environment variable."""
    pictures: int


def serve(
    study: Study,
    *,
    host: str | None = None,
    port: int | None = None,
    token_file: Path | None = None,
    ready: Callable[[Serving], None] | None = None,
) -> None:
    """Answer uploads over HTTP until the process is asked to end (SIGTERM, Ctrl-C); limits are in `[serve]` of study.toml.

    Parameters
    ----------
    study
        A study that was scanned, better one that was matched.
    host, port
        Instead of those in study.toml.
    token_file
        Holds the token; see `bearer.token_of`.
    ready
        Told when the first request can come.

    Raises
    ------
    CollectionError
        If the study holds no picture yet.
    ConfigError
        If the address cannot be listened on, or the token is not usable.
    MissingExtraError
        If the packages of the extra `serve` are not installed.
    OutputError
        If something has to be written and cannot be.
    """
    try:
        from dedupelab.gate.listening import listen_and_answer  # noqa: PLC0415  an extra brings what it needs
    except ImportError as problem:
        raise MissingExtraError.for_extra(problem.name or "uvicorn", "serve") from problem
    limits = study.config.serve
    token, where = token_of(study.store.root, token_file)
    keep = _kept(study)
    listening = _listen(host or limits.host, limits.port if port is None else port)
    with contextlib.closing(listening):
        # Written in a process of its own, so that what this takes is not held for as long as the service runs.
        index_of(study, apart=True)
        with Gate(study, limits=limits) as gate:
            gate.warm()
            listening.listen()  # from here on clients wait instead of being refused
            if ready:
                ready(Serving(_address(listening), where, len(gate.index)))
            listen_and_answer(listening, gate, token, limits, study.config.workers, keep)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as problem:
        listening.close()
        raise ConfigError(
            f"expected to listen on {host} port {port}, got: {problem.strerror or problem}; choose another with --host or --port"
        ) from problem
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _kept(study: Study) -> Path | None:
    if not study.config.serve.keep:
        return None
    folder = study.folder / study.config.serve.keep
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise OutputError(
            f"expected a folder for uploads at {folder}, got: {problem.strerror}; change [serve] keep"
        ) from problem
    return folder
