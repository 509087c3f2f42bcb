"""A Dask cluster as the executor: the same functions on other machines, or a one-line error.

Equal bytes out are the promise, so a worker with other versions is refused, when it is there at the start and when it joins
later; a worker that is lost has its tasks done by another, and a cluster without workers is an error, not a long wait.
"""

import asyncio
import importlib.metadata
import logging
import platform
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from dedupelab.errors import ConfigError, DedupelabError
from dedupelab.tables.keys import code_digest
from dedupelab.version import __version__

CONNECT = 5.0
"""Seconds in which a scheduler must answer and have a worker."""
PATIENCE = 30.0
"""Seconds without any worker after which waiting tasks are given up."""
PACKAGES = ("numpy", "pillow", "pillow-heif", "scipy", "opencv-python-headless")
"""Packages whose version can change a table, or which files can be read."""
_LOOK = 1.0

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


@cache
def environment() -> dict[str, str]:
    """Return the versions that must agree between this process and a worker for equal bytes to come out."""
    return {
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "dedupelab": __version__,
        "dedupelab's source": code_digest("collect", "match")[:12],
        **{name: _version(name) for name in PACKAGES},
    }


@contextmanager
def cluster(scheduler: str, folders: Sequence[str] = ()) -> Iterator[Executor]:
    """Yield an executor whose tasks run on a Dask cluster.

    Parameters
    ----------
    scheduler
        Its address, such as ``tcp://10.0.0.1:8786``.
    folders
        Folders that every worker must see under the same path.

    Raises
    ------
    ConfigError
        If `distributed` is not installed, no scheduler answers, it has no workers, or one of these has other versions or
        does not see a folder.
    DedupelabError
        If the scheduler or all workers are lost, or a task has cost several workers.
    """
    try:
        import dask  # noqa: PLC0415  an extra, and slow to import
        from distributed import Client  # noqa: PLC0415
    except ImportError as problem:
        raise ConfigError(
            f"compute.scheduler: expected the package distributed, got none installed; run: pip install 'dedupelab[cluster]', or leave {scheduler} out"
        ) from problem
    # Fingerprints are sent as they are; what Dask would advise instead needs Dask on both sides of the work.
    settings = {"distributed.admin.large-graph-warning-threshold": "10GB"}
    with dask.config.set(settings), _quiet():
        try:
            _ask(scheduler)
            client = Client(scheduler, timeout=CONNECT, set_as_default=False)
        except (OSError, ValueError, RuntimeError) as problem:
            raise ConfigError(
                f"compute.scheduler: expected a Dask scheduler at {scheduler}, got {_reason(problem)}; start one with: dask scheduler, or leave it out"
            ) from problem
        executor = _ClusterExecutor(client)
        try:
            _inspect(client, scheduler, folders)
            yield executor
        finally:
            executor.shutdown(wait=False, cancel_futures=True)
            client.close(timeout=CONNECT)


class _ClusterExecutor(Executor):
    """Dask's own executor, with its errors worded and waiting for workers that never come ended."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401  distributed is imported only when asked for
        self._client = client
        self._inner = client.get_executor(pure=False)
        self._pending: set[Future[Any]] = set()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look_after, name="dedupelab-cluster", daemon=True)
        self._watch.start()

    def submit(
        self, fn: Callable[Parameters, Result], /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> "Future[Result]":
        """Hand a task to the cluster."""
        outer: Future[Result] = Future()
        with self._lock:
            self._pending.add(outer)
        inner = self._inner.submit(_run_checked, environment(), fn, args, kwargs)
        outer.add_done_callback(partial(_forward_cancel, inner))
        inner.add_done_callback(partial(self._hand_over, outer))
        return outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002  the interface's own
        """Stop; tasks not yet done are cancelled unless they are waited for."""
        self._over.set()
        self._watch.join(CONNECT)
        self._inner.shutdown(wait=wait and not cancel_futures)

    def _hand_over(self, outer: "Future[Any]", inner: "Future[Any]") -> None:
        problem: BaseException | None
        try:
            problem = inner.exception()
        except CancelledError:
            problem = DedupelabError(
                "expected the cluster to finish, got a lost scheduler or cancelled tasks; what was read is kept: start the cluster and run again"
            )
        if problem is not None and type(problem).__name__ == "KilledWorker":
            problem = DedupelabError(
                "expected the workers to finish, got a task that several of them did not survive, most often for want of memory; "
                "give each worker more memory and run again"
            )
        self._settle(outer, problem, None if problem else inner.result())

    def _settle(self, outer: "Future[Any]", problem: BaseException | None, result: object = None) -> None:
        with self._lock:
            if outer not in self._pending:
                return
            self._pending.discard(outer)
        if not outer.set_running_or_notify_cancel():
            return
        if problem is None:
            outer.set_result(result)
        else:
            outer.set_exception(problem)

    def _look_after(self) -> None:
        """Give up tasks that nobody is there to do."""
        alone = 0.0
        while not self._over.wait(_LOOK):
            try:
                workers = len(self._client.nthreads())
            except Exception:  # noqa: BLE001  whatever a lost connection raises, it means the same
                workers = 0
            alone = 0.0 if workers else alone + _LOOK
            if alone < PATIENCE:
                continue
            with self._lock:
                waiting = list(self._pending)
            for outer in waiting:
                self._settle(
                    outer,
                    DedupelabError(
                        f"expected workers, got none for {PATIENCE:.0f} s; what was read is kept: start workers and run again"
                    ),
                )


def _run_checked(
    expected: dict[str, str], work: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:  # noqa: ANN401  whatever the work returns
    """Do the work, in a worker that would do it as this package's other processes do."""
    if others := _differences(expected, environment()):
        raise ConfigError(
            f"compute.scheduler: expected workers with the versions of this process, got one with {others}; install the same there"
        )
    return work(*args, **kwargs)


def _ask(scheduler: str) -> None:
    """Wait for a scheduler's answer, in a thread and event loop of its own; Dask's client may wait for one for ever."""
    from distributed.core import rpc  # noqa: PLC0415  see above

    async def identity() -> str:
        async with rpc(scheduler, timeout=CONNECT) as answering:
            return str((await answering.identity())["type"])

    with ThreadPoolExecutor(1) as thread:
        kind = thread.submit(asyncio.run, asyncio.wait_for(identity(), CONNECT)).result()
    if kind != "Scheduler":
        raise ValueError(f"a {kind.lower()}")


def _reason(problem: Exception) -> str:
    return str(problem) if isinstance(problem, ValueError) else f"no answer within {CONNECT:g} s"


def _inspect(client: Any, scheduler: str, folders: Sequence[str]) -> None:  # noqa: ANN401  see _ClusterExecutor
    """Refuse a cluster without workers, or with one that would give other bytes."""
    try:
        client.wait_for_workers(1, timeout=CONNECT)
    except TimeoutError as problem:
        raise ConfigError(
            f"compute.scheduler: expected workers at {scheduler}, got none; start some with: dask worker {scheduler} --nthreads 1"
        ) from problem
    for worker, found in sorted(client.run(_look_around, list(folders), on_error="return").items()):
        if isinstance(found, BaseException):
            raise ConfigError(
                f"compute.scheduler: expected dedupelab {__version__} on every worker, got {worker} with: {found}; install the same version there"
            ) from found
        versions, missing = found
        if others := _differences(environment(), versions):
            raise ConfigError(
                f"compute.scheduler: expected workers with the versions of this process, got {worker} with {others}; install the same there"
            )
        if missing:
            raise ConfigError(
                f"compute.scheduler: expected every worker to see {missing[0]}, got none at {worker}; mount it there under the same path or name an fsspec address"
            )


def _look_around(folders: list[str]) -> tuple[dict[str, str], list[str]]:
    return environment(), [folder for folder in folders if not Path(folder).is_dir()]


def _differences(expected: dict[str, str], found: dict[str, str]) -> str:
    """Word what differs, or nothing.

    >>> _differences({"numpy": "2.4.6", "pillow": "13.0.0"}, {"numpy": "2.4.6", "pillow": "11.2.1"})
    'pillow 11.2.1 instead of 13.0.0'
    """
    return ", ".join(
        f"{name} {found.get(name, 'none')} instead of {version}"
        for name, version in expected.items()
        if found.get(name, "none") != version
    )


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "none"


def _forward_cancel(inner: "Future[Any]", outer: "Future[Any]") -> None:
    if outer.cancelled():
        inner.cancel()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what Dask logs of lost connections off standard error: the error says it in one line."""
    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)
