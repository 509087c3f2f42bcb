"""A process that imports once what notebooks import, and forks itself into a kernel for each of them.

A kernel begins with nothing of another notebook in it, without the seconds that its imports would take. Run as a module, with the names of
what to import; standard input is a socket, over which each line that asks for a kernel is answered by its process id.

The fork server of `multiprocessing` is shared by whatever else of this process forks and takes over its environment, where the seed of hashes
is another in each run; so this one is its own.
"""

import contextlib
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from typing import Self

from dedupelab.errors import NotebookError

ALWAYS = ("ipykernel.kernelapp", "matplotlib_inline.backend_inline", "matplotlib.pyplot")
"""What every kernel needs, whatever its notebook imports."""


class Kernel:
    """A forked kernel, as Jupyter looks after it: its parent is the process that forked it, which waits for it."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        """Return None while it lives, else 1: how it ended is not known here."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 1
        return None

    def wait(self) -> int | None:
        """Return what `poll` says: Jupyter waits for a process that has ended already."""
        return self.poll()

    def send_signal(self, number: int) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end; Jupyter does so by its group first, which may be gone by then."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class Forks:
    """The process that forks kernels, as long as it is entered; safe to ask from several threads."""

    def __init__(self, modules: Iterable[str], environment: Mapping[str, str]) -> None:
        self._modules, self._environment = modules, environment
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Start it; it imports while the caller goes on."""
        self._socket, theirs = socket.socketpair()
        with theirs:
            # In a session of its own: Ctrl-C is for the caller alone, who lets notebooks at work end.
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, and names from our own notebooks
                [sys.executable, "-m", __name__, *ALWAYS, *self._modules],
                stdin=theirs.fileno(),
                env={**os.environ, **self._environment},
                start_new_session=True,
            )
        self._line = self._socket.makefile("rw", encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        """End it; a kernel that it left alone ends by itself."""
        self._line.close()
        self._socket.close()
        self._process.wait()

    def kernel(self, connection: str, environment: Mapping[str, str], folder: str | None) -> Kernel:
        """Fork a kernel that reads its connection file, in an environment and a working folder of its own.

        Raises
        ------
        NotebookError
            If the process has ended.
        """
        try:
            with self._lock:
                self._line.write(json.dumps([connection, dict(environment), folder]) + "\n")
                self._line.flush()
                return Kernel(int(self._line.readline()))
        except (OSError, ValueError) as problem:
            raise NotebookError(
                "expected a process that starts notebooks, got one that ended; remedy: run again, with more memory if it was killed"
            ) from problem


def _serve(modules: Iterable[str]) -> None:
    # The working folder is put back where a kernel looks for modules, as with any other kernel.
    del sys.path[0]
    for name in modules:
        # What a notebook cannot import, it says itself.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    signal.signal(signal.SIGCHLD, _wait)
    with socket.socket(fileno=os.dup(0)) as asked, asked.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            if (pid := os.fork()) == 0:
                try:
                    _become_kernel(*json.loads(line))
                finally:
                    os._exit(1)
            lines.write(f"{pid}\n")
            lines.flush()


def _wait(*_: object) -> None:
    """Wait for kernels that have ended, so that they are gone, and their time is counted as that of any process below."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become_kernel(connection: str, environment: Mapping[str, str], folder: str | None) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(environment)
    if folder:
        os.chdir(folder)
    from ipykernel.kernelapp import launch_new_instance  # noqa: PLC0415 - where it is imported already

    # With its parent a kernel ends, too.
    launch_new_instance(argv=["-f", connection, f"--IPKernelApp.parent_handle={os.getppid()}"])


if __name__ == "__main__":
    _serve(sys.argv[1:])
