"""Processes that read files for a scan, each watched (`reader`): here, or beside the workers of a cluster."""

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from dedupelab.collect.batch import Job
from dedupelab.collect.record import Row
from dedupelab.collect.watched_reader import Reader, Work
from dedupelab.work.pool import PARALLEL_FROM

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
IDLE = 30.0
"""Seconds after which a process beside a cluster's worker ends when there is nothing to read."""
_idle: dict[Reader, threading.Timer] = {}
_keeping = threading.Lock()
_never = threading.Event()


@contextmanager
def readers(workers: int, tasks: int, seconds: float, memory: int) -> Iterator[Executor]:
    """Yield an executor for `collect.batch.read_batch`: `workers` processes, or one where there is little to read.

    Processes are started with the first batch, so that a scan that finds nothing new starts none.

    Parameters
    ----------
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


class Readers(Executor):
    """An executor of `Reader`s, each looked after by a thread of this process; see `readers`."""

    def __init__(self, workers: int, seconds: float, memory: int) -> None:
        self._tasks: queue.SimpleQueue[tuple[Future[Any], Work, Job] | None] = queue.SimpleQueue()
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._tend, args=(Reader(seconds, memory),), daemon=True)
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

    def _tend(self, reader: Reader) -> None:
        """Do batches until there are no more."""
        try:
            while (task := self._tasks.get()) is not None:
                future, work, job = task
                if self._over.is_set():
                    future.cancel()
                if not future.set_running_or_notify_cancel():
                    continue
                try:
                    future.set_result(reader.read(work, job, self._over))
                except BaseException as problem:  # noqa: BLE001  whoever waits for the batch is told
                    future.set_exception(problem)
        finally:
            reader.stop()


class Watched(Executor):
    """Sends batches to another executor's workers, each of which has them read by a process of its own, watched.

    Parameters
    ----------
    workers
        Runs the batches, such as `cluster.cluster`; whoever made it ends it.
    """

    def __init__(self, workers: Executor, seconds: float, memory: int) -> None:
        self._workers, self._seconds, self._memory = workers, seconds, memory

    def submit(
        self, fn: Callable[Parameters, Result], /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> "Future[Result]":
        """Hand over one batch: what reads it, and the job."""
        (job,) = args
        assert not kwargs
        return self._workers.submit(read_watched, fn, job, self._seconds, self._memory)  # type: ignore[arg-type]  # as above


def read_watched(work: Work, job: Job, seconds: float, memory: int) -> list[Row]:
    """Let a process beside this one read a batch; it is kept for the next batch, and not for long if there is none."""
    reader = _taken(seconds, memory)
    try:
        return reader.read(work, job, _never)
    finally:
        _keep(reader)


def _taken(seconds: float, memory: int) -> Reader:
    with _keeping:
        for reader in [reader for reader in _idle if reader.limits == (seconds, memory)]:
            _idle.pop(reader).cancel()
            return reader
    return Reader(seconds, memory)


def _keep(reader: Reader) -> None:
    timer = threading.Timer(IDLE, _dismiss, (reader,))
    timer.daemon = True
    with _keeping:
        _idle[reader] = timer
    timer.start()


def _dismiss(reader: Reader) -> None:
    with _keeping:
        if _idle.pop(reader, None) is None:
            return
    reader.stop()
