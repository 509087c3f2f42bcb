"""Batches through an executor: results in order, and only so many under way that memory stays bounded."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from itertools import chain, islice
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

AHEAD = 256
"""Batches under way at most: enough for a cluster of a hundred processes, and little to hold."""


def run_batches(
    work: Callable[[Task], Result], tasks: Iterable[Task], executor: Executor | None, *, ahead: int = AHEAD
) -> Iterator[Result]:
    """Yield the result of every task, in order; tasks are taken from the iterable only shortly before they run.

    Parameters
    ----------
    work
        What a worker does with a task; picklable, like the tasks, when the executor's workers are processes.
    tasks
        May be a generator.
    executor
        Where they run; in this process when None.
    ahead
        How many are handed to the executor before the first result is awaited.

    Examples
    --------
    >>> list(run_batches(sum, [(1, 2), (3, 4)], None))
    [3, 7]
    """
    if executor is None:
        yield from map(work, tasks)
        return
    waiting = iter(tasks)
    running = deque(executor.submit(work, task) for task in islice(waiting, ahead))
    try:
        while running:
            result = running.popleft().result()
            running.extend(executor.submit(work, task) for task in islice(waiting, 1))
            yield result
    finally:
        for future in running:
            future.cancel()


def run_each(
    work: Callable[[Task], Result], items: Sequence[Task], executor: Executor | None, *, size: int
) -> Iterator[Result]:
    """Yield the result of every item, in order; `size` of them are one batch, for work that is small beside handing it over.

    >>> list(run_each(abs, [-1, 2, -3], None, size=2))
    [1, 2, 3]
    """
    batches = (items[start : start + size] for start in range(0, len(items), size))
    return chain.from_iterable(run_batches(partial(_all, work), batches, executor))


def _all(work: Callable[[Task], Result], batch: Sequence[Task]) -> list[Result]:
    return [work(item) for item in batch]
