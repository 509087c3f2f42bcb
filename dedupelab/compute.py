"""The one executor for everything that fans out: a process pool, or none where starting it would cost more than it saves."""

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context

from dedupelab.errors import DedupelabError

PARALLEL_FROM = 200
"""Fewer tasks than this are done in one process: starting workers would take longer."""


_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let workers inherit that linear algebra takes one thread: workers times threads would fight for the cores."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def pool(workers: int, tasks: int) -> Iterator[Executor | None]:
    """Yield an executor for so many tasks, or None when this process should do them alone.

    Workers are spawned, not forked, so that threads of the caller (a notebook, a server) cannot deadlock them and every
    platform behaves alike.

    Raises
    ------
    DedupelabError
        If a worker was killed.
    """
    if workers < 2 or tasks < PARALLEL_FROM:
        yield None
        return
    try:
        with _one_thread_each(), ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as executor:
            yield executor
    except BrokenProcessPool as problem:
        raise DedupelabError(
            f"expected {workers} workers to finish, got one that died, most often for want of memory; what was read is kept: "
            "lower [compute] workers and run again"
        ) from problem
