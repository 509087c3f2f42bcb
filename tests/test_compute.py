"""Work fans out when that pays, and a worker that dies is an error that says so."""

import os
import signal

import pytest

from dedupelab.compute import PARALLEL_FROM, pool
from dedupelab.errors import DedupelabError


@pytest.mark.parametrize(("workers", "tasks"), [(1, 10_000), (0, 10_000), (8, PARALLEL_FROM - 1), (8, 0)])
def test_little_work_stays_in_this_process(workers, tasks):
    """One worker, or fewer tasks than starting workers costs, need no pool."""
    with pool(workers, tasks) as executor:
        assert executor is None


def test_much_work_fans_out():
    """The executor's results come back in order."""
    with pool(2, PARALLEL_FROM) as executor:
        assert executor is not None
        assert list(executor.map(abs, range(-3, 3))) == [3, 2, 1, 0, 1, 2]


def kill_one() -> None:
    """Let a worker of a pool be killed, then ask for more."""
    with pool(2, PARALLEL_FROM) as executor:
        assert executor is not None
        os.kill(executor.submit(os.getpid).result(), signal.SIGKILL)
        for _ in range(3):
            executor.submit(os.getpid).result()


def divide() -> None:
    """Let the work itself fail."""
    with pool(2, PARALLEL_FROM) as executor:
        assert executor is not None
        executor.submit(divmod, 1, 0).result()


def test_a_killed_worker_is_one_line():
    """The operating system killing a worker, as it does for want of memory, is no traceback."""
    with pytest.raises(DedupelabError, match=r"lower \[compute\] workers") as caught:
        kill_one()
    assert "\n" not in str(caught.value)


def test_errors_of_the_work_pass_through():
    """Only the death of a worker is translated."""
    with pytest.raises(ZeroDivisionError):
        divide()
