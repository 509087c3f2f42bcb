"""A program kept running beside a worker, which answers one request after another; what it crashes over stays its own.

Native parsers of hostile files may abort or hang. In a process of their own they cost one answer, not the worker.
"""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from multiprocessing.util import Finalize
from typing import IO

PATIENCE = 60.0
"""Seconds after which an answer is no longer waited for."""


class CompanionError(Exception):
    """The program gave no answer; it is started anew for the next request."""


class Companion:
    """One program; it is started by the first request and again after it has ended.

    Parameters
    ----------
    receive
        Reads one answer from the program's output; nothing when it was cut short, for then the program has ended.
    patience
        Seconds to wait for an answer.
    """

    def __init__(
        self,
        command: Sequence[str],
        receive: Callable[[IO[bytes]], bytes],
        *,
        patience: float = PATIENCE,
    ) -> None:
        self._command, self._receive, self._patience = tuple(command), receive, patience
        self._process: _Pipes | None = None

    def ask(self, request: bytes) -> bytes:
        """Send a request and return the answer.

        Raises
        ------
        CompanionError
            If the program cannot be started, ends, or does not answer in time.
        """
        process = self._started()
        late = threading.Timer(self._patience, process.kill)
        late.daemon = True
        late.start()
        try:
            process.stdin.write(request)
            process.stdin.flush()
            answer = self._receive(process.stdout)
        except OSError:
            answer = b""
        finally:
            late.cancel()
        if not answer:
            raise CompanionError(f"it ended without an answer (code {self.close()})")
        return answer

    def close(self) -> int | None:
        """End the program; return its exit code (negative: by which signal), None when it was not running."""
        process, self._process = self._process, None
        return None if process is None else _end(process)

    def _started(self) -> "_Pipes":
        if self._process is not None and self._process.poll() is None:
            return self._process
        try:
            self._process = _Pipes(self._command)
        except OSError as problem:
            raise CompanionError(f"{self._command[0]}: {problem.strerror or problem}") from problem
        # Workers end without the interpreter's usual farewells, but not without multiprocessing's.
        Finalize(None, _end, args=(self._process,), exitpriority=10)
        return self._process


class _Pipes(subprocess.Popen[bytes]):
    """A process with both pipes open, as the types of its parent cannot say."""

    stdin: IO[bytes]
    stdout: IO[bytes]

    def __init__(self, command: Sequence[str]) -> None:
        # A session of its own, so that it can be ended with whatever it has started itself.
        super().__init__(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self) -> None:
        """End the program and what it started."""
        if self.poll() is None and hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        super().kill()


def _end(process: _Pipes) -> int:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):  # what is still in the buffer has no reader any more
            pipe.close()
    return process.wait()
