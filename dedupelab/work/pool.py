"""The one executor for everything that fans out: a process pool, or none where starting it would cost more than it saves."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from typing import Any

from dedupelab.errors import DedupelabError

PARALLEL_FROM = 200
"""Fewer tasks than this are done in one process: starting workers would take longer."""


_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_SETTINGS = {
    **_ONE_THREAD,
    **dict.fromkeys(("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"), str(256 << 20)),
}
"""What workers find in their environment."""


def one_thread() -> None:
    """Have linear algebra of this process take one thread, unless the environment says otherwise already; heard before numpy is loaded only.

    What is multiplied is so narrow that threads wait for each other more than they compute: voting of 585 pictures took 5.7 seconds
    of processor time with two on a busy machine, and 0.9 with one.
    """
    for name, value in _ONE_THREAD.items():
        os.environ.setdefault(name, value)


@contextmanager
def as_workers_start() -> Iterator[None]:
    """Set what workers inherit when they start.

    Linear algebra takes one thread, as workers times threads would fight for the cores. Memory that is let go is kept for the next picture
    (glibc): asking the system anew for what a picture's descriptors take costs a third of the time that they do. Ctrl-C is heard by the caller
    alone, who then ends the workers. The caller's script is not run again in them: all they run lies in this package, and
    a script without a `__main__` guard would start itself over and over.
    """
    before = {name: os.environ.get(name) for name in _SETTINGS}
    os.environ.update(_SETTINGS)
    script = sys.modules["__main__"]
    names = ("__spec__", "__file__")
    hidden: dict[str, Any] = {name: vars(script).pop(name) for name in names if name in vars(script)}
    script.__spec__ = None
    mask = (
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        if hasattr(signal, "pthread_sigmask")
        else None
    )
    try:
        yield
    finally:
        if mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        vars(script).update(hidden)
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
    with started(workers) as executor:
        yield executor


@contextmanager
def started(workers: int) -> Iterator[Executor]:
    """Yield a pool of so many processes, all of them started; see `pool`."""
    try:
        executor = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=end_with_parent)
        try:
            with as_workers_start():
                # No worker is idle before the first has started, so each of these starts one.
                ready = [executor.submit(time.sleep, 0.05) for _ in range(workers)]
            wait(ready)
            yield executor
        finally:
            executor.shutdown(wait=True, cancel_futures=True)
    except BrokenProcessPool as problem:
        raise DedupelabError(
            f"expected {workers} workers to finish, got one that died, most often for want of memory; what was read is kept: "
            "lower [compute] workers and run again"
        ) from problem


def end_with_parent() -> None:
    """End this worker when the process that started it is gone: killed, that one could not say so, and the work would go on."""
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="end with parent").start()
