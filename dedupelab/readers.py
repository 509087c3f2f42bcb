"""Processes that read files for a scan, watched: a decoder that crashes, hangs or wants all memory costs one file.

A worker says which file it opens. When it dies, or stays at one file for too long, that file is read once more alone if it may
have been innocent, becomes a row with the reason if not, and a new worker goes on with the others. Nothing of this costs time
while all is well: workers are sent whole batches, as any pool would send them.
"""

import contextlib
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, ParamSpec, TypeVar

from dedupelab.collect.batch import Job
from dedupelab.collect.record import Row, refused
from dedupelab.compute import PARALLEL_FROM, as_workers_start, end_with_parent
from dedupelab.errors import DedupelabError

Work = Callable[..., list[Row]]
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
LOOK = 0.5
"""Seconds between two looks at a worker that has not answered."""
START = 120.0
"""Seconds in which a worker must have started."""
_starting = threading.Lock()


@contextmanager
def readers(workers: int, tasks: int, seconds: float, memory: int) -> Iterator[Executor]:
    """Yield an executor for `collect.batch.read_batch`: `workers` processes, or one where there is little to read.

    Processes are started with the first batch, so that a scan that finds nothing new starts none.

    Parameters
    ----------
    workers, tasks
        Processes at most, and files to read.
    seconds
        Longest that one file may take, reading it from its place included.
    memory
        Megabytes that a process may allocate, where the operating system keeps such a limit (Linux).
    """
    executor = Readers(1 if tasks < PARALLEL_FROM else max(workers, 1), seconds, memory)
    try:
        yield executor
    except BaseException:
        executor.shutdown(wait=True, cancel_futures=True)
        raise
    executor.shutdown(wait=True)


@dataclass(frozen=True)
class Failure:
    """What went wrong, and at which file of the batch; their count when it was after the last."""

    at: int
    reason: str
    certain: bool
    """Whether that file alone is to blame; what the operating system killed may only have been in the way."""


class Worker:
    """One process, started when it is first asked and again after every failure."""

    def __init__(self, seconds: float, memory: int) -> None:
        self._seconds = seconds
        self._memory = memory
        self._context = get_context("spawn")
        self._at = self._context.RawValue("q", 0)
        self._process: Any = None
        self._connection: Connection | None = None

    def ask(self, work: Work, job: Job, over: threading.Event) -> list[Row] | Failure:
        """Let the process do a batch; return its rows, or what went wrong.

        Raises
        ------
        DedupelabError
            What the work raises on purpose, or when no process can be started.
        """
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
        with _starting, as_workers_start():
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


class Readers(Executor):
    """An executor of `Worker`s, each looked after by a thread of this process; see `readers`."""

    def __init__(self, workers: int, seconds: float, memory: int) -> None:
        self._tasks: queue.SimpleQueue[tuple[Future[Any], Work, Job] | None] = queue.SimpleQueue()
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._tend, args=(Worker(seconds, memory),), daemon=True)
            for _ in range(workers)
        ]
        self._running = False

    def submit(
        self, fn: Callable[Parameters, Result], /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> "Future[Result]":
        """Hand over one batch: what reads it, and the job."""
        (job,) = args
        assert isinstance(job, Job)
        assert not kwargs
        if not self._running:
            self._running = True
            for thread in self._threads:
                thread.start()
        future: Future[Any] = Future()
        self._tasks.put((future, fn, job))  # type: ignore[arg-type]  # the interface's own signature says less
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002  the interface's own
        """End the processes; batches that are not done are cancelled, or finished first."""
        if cancel_futures:
            self._over.set()
        for _ in self._threads:
            self._tasks.put(None)
        if self._running and wait:
            for thread in self._threads:
                thread.join()

    def _tend(self, worker: Worker) -> None:
        """Do batches until there are no more."""
        try:
            while (task := self._tasks.get()) is not None:
                future, work, job = task
                if self._over.is_set():
                    future.cancel()
                if not future.set_running_or_notify_cancel():
                    continue
                try:
                    future.set_result(self._read(worker, work, job))
                except BaseException as problem:  # noqa: BLE001  whoever waits for the batch is told
                    future.set_exception(problem)
        finally:
            worker.stop()

    def _read(self, worker: Worker, work: Work, job: Job, *, alone: bool = False) -> list[Row]:
        """Read a batch, without the files that cannot be read: these are rows with the reason."""
        found = worker.ask(work, job, self._over)
        if not isinstance(found, Failure):
            return found
        if self._over.is_set():
            raise DedupelabError(found.reason)
        entries = job.entries
        if len(entries) == 1:
            if found.certain or alone:
                return [refused(entries[0], job.collection, found.reason)]
            return self._read(worker, work, job, alone=True)
        if found.at >= len(entries):  # fingerprints are taken together, so any of the files may be the one
            singles = [Job(job.collection, (entry,)) for entry in entries]
            return [row for single in singles for row in self._read(worker, work, single, alone=True)]
        before, guilty, after = entries[: found.at], entries[found.at], entries[found.at + 1 :]
        rows = self._read(worker, work, Job(job.collection, before)) if before else []
        if found.certain:
            rows.append(refused(guilty, job.collection, found.reason))
        else:
            rows += self._read(worker, work, Job(job.collection, (guilty,)), alone=True)
        return rows + (self._read(worker, work, Job(job.collection, after)) if after else [])


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
