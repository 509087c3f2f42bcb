"""Batches through an executor: results in order, and only so many under way that memory stays bounded."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from itertools import islice
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
