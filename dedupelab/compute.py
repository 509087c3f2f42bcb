"""The one executor for everything that fans out: a process pool, or none where starting it would cost more than it saves."""

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

PARALLEL_FROM = 200
"""Fewer tasks than this are done in one process: starting workers would take longer."""


@contextmanager
def pool(workers: int, tasks: int) -> Iterator[Executor | None]:
    """Yield an executor for so many tasks, or None when this process should do them alone.

    Workers are spawned, not forked, so that threads of the caller (a notebook, a server) cannot deadlock them and every
    platform behaves alike.
    """
    if workers < 2 or tasks < PARALLEL_FROM:
        yield None
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as executor:
        yield executor
