"""A process that reads files, watched: a decoder that crashes, hangs or wants all memory costs one file.

It says which file it opens. When it dies, or stays at one file for too long, that file is read once more alone if it may have
been innocent, becomes a row with the reason if not, and a new process goes on with the others. Nothing of this costs time while
all is well: a process is sent whole batches, as any pool would send them.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import current_process, get_context
from multiprocessing.connection import Connection
from typing import Any

from dedupelab.collect.batch import Job
from dedupelab.collect.record import Row, refused
from dedupelab.errors import DedupelabError
from dedupelab.work.pool import as_workers_start, end_with_parent

Work = Callable[..., list[Row]]
LOOK = 0.5
"""Seconds between two looks at a process that has not answered."""
START = 120.0
"""Seconds in which a process must have started."""
_starting = threading.Lock()


@dataclass(frozen=True)
class Failure:
    """What went wrong, and at which file of the batch; their count when it was after the last."""

    at: int
    reason: str
    certain: bool
    """Whether that file alone is to blame; what the operating system killed may only have been in the way."""


class Reader:
    """One process, started when it is first asked and again after every failure."""

    def __init__(self, seconds: float, memory: int) -> None:
        self.limits = (seconds, memory)
        self._seconds = seconds
        self._memory = memory
        self._context = get_context("spawn")
        self._at = self._context.RawValue("q", 0)
        self._process: Any = None
        self._connection: Connection | None = None

    def read(self, work: Work, job: Job, over: threading.Event, *, alone: bool = False) -> list[Row]:
        """Read a batch, without the files that cannot be read: these are rows with the reason."""
        found = self._ask(work, job, over)
        if not isinstance(found, Failure):
            return found
        if over.is_set():
            raise DedupelabError(found.reason)
        entries = job.entries
        if len(entries) == 1:
            if found.certain or alone:
                return [refused(entries[0], job.collection, found.reason)]
            return self.read(work, job, over, alone=True)
        if found.at >= len(entries):  # fingerprints are taken together, so any of the files may be the one
            singles = [Job(job.collection, (entry,)) for entry in entries]
            return [row for single in singles for row in self.read(work, single, over, alone=True)]
        before, guilty, after = entries[: found.at], entries[found.at], entries[found.at + 1 :]
        rows = self.read(work, Job(job.collection, before), over) if before else []
        if found.certain:
            rows.append(refused(guilty, job.collection, found.reason))
        else:
            rows += self.read(work, Job(job.collection, (guilty,)), over, alone=True)
        return rows + (self.read(work, Job(job.collection, after), over) if after else [])

    def _ask(self, work: Work, job: Job, over: threading.Event) -> list[Row] | Failure:
        """Let the process do a batch; return its rows, or what went wrong.

        Raises
        ------
        DedupelabError
            What the work raises on purpose, or when no process can be started.
        """
        if self._process is not None and not self._process.is_alive():
            # Ended between two batches, which says nothing of the next file.
            self.stop()
        connection = self._connection or self._start()
        self._at.value = 0
        try:
            connection.send((work, job))
            at, since = -1, time.monotonic()
            while not connection.poll(min(LOOK, self._seconds)):
                if over.is_set():
                    self.stop()
                    return Failure(0, "the scan was stopped", certain=False)
                if self._at.value != at:
                    at, since = self._at.value, time.monotonic()
                elif time.monotonic() - since >= self._seconds:
                    self.stop()
                    return Failure(at, f"it took longer than {self._seconds:g} s", certain=True)
            kind, answer = connection.recv()
        except (EOFError, OSError):
            return self._died()
        if kind == "rows":
            return list(answer)
        if isinstance(answer, DedupelabError):
            raise answer
        return Failure(self._at.value, str(answer), certain=True)

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None

    def _start(self) -> Connection:
        ours, theirs = self._context.Pipe()
        with _starting, as_workers_start(), _may_have_children():
            self._process = self._context.Process(
                target=_serve, args=(theirs, self._at, self._memory), daemon=True
            )
            self._process.start()
        theirs.close()
        self._connection = ours
        try:
            ready = ours.poll(START) and ours.recv() == "ready"
        except (EOFError, OSError):
            ready = False
        if not ready:
            self.stop()
            raise DedupelabError(
                "expected a process that reads files to start, got none; free memory or lower [compute] workers, and see [scan] memory"
            )
        return ours

    def _died(self) -> Failure:
        at = self._at.value
        self._process.join(5)
        code = self._process.exitcode
        self.stop()
        reason = (
            f"the decoder crashed ({_signal(-code)})"
            if code and code < 0
            else "the decoder ended its process"
        )
        if code == -getattr(signal, "SIGKILL", 0):
            reason = "the decoder was killed (SIGKILL), most often for want of memory"
        return Failure(at, reason, certain=False)


@contextmanager
def _may_have_children() -> Iterator[None]:
    """Let a daemonic process, such as a worker of Dask, start one: the rule against it is for children that could stay behind."""
    settings = current_process()._config  # type: ignore[attr-defined]  # noqa: SLF001  there is no other way
    before = settings.get("daemon")
    settings["daemon"] = False
    try:
        yield
    finally:
        settings["daemon"] = before


def _serve(connection: Connection, at: Any, memory: int) -> None:  # noqa: ANN401  a shared number, which has no type of its own
    """Do batches until the pipe closes; runs in a worker."""
    end_with_parent()
    _limit(memory)
    # What decoders print of damaged files helps nobody, and could hold anything a terminal obeys.
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 2)
    os.close(silent)

    def started(number: int) -> None:
        at.value = number

    connection.send("ready")
    while True:
        try:
            work, job = connection.recv()
        except (EOFError, OSError):
            return
        try:
            answer: tuple[str, object] = ("rows", work(job, started=started))
        except DedupelabError as problem:
            answer = ("raised", problem)
        except MemoryError:
            answer = ("raised", "it needs more memory than a file may take, see [scan] memory")
        except Exception as problem:  # noqa: BLE001  a file that this package cannot cope with is one row, and says so
            told = " ".join(str(problem).split())[:160]
            answer = ("raised", f"the reader failed ({type(problem).__name__}: {told}); please report this")
        connection.send(answer)


def _limit(memory: int) -> None:
    """Let the operating system refuse what a file may not take, and write no memory images of crashes."""
    if not sys.platform.startswith("linux"):  # elsewhere there is no such limit, or none that is kept
        return
    import resource  # noqa: PLC0415  not everywhere

    with contextlib.suppress(ValueError, OSError):  # a stricter limit than ours is in force already
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = memory << 20
    with contextlib.suppress(ValueError, OSError):
        soft = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_DATA, (soft, most))


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
