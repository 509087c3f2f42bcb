"""Work fans out when that pays, and a worker that dies is an error that says so."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dedupelab.errors import DedupelabError
from dedupelab.work.pool import PARALLEL_FROM, pool


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
        # The other worker goes on until the executor has noticed.
        for _ in range(1000):
            executor.submit(time.sleep, 0.01).result()


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


def test_a_script_without_guard_is_not_run_again(tmp_path):
    """Workers do not import the caller's script: one that starts work at its top level runs once."""
    script = tmp_path / "plain.py"
    script.write_text(
        "print('once', flush=True)\n"
        "from dedupelab.work.pool import PARALLEL_FROM, pool\n"
        "with pool(2, PARALLEL_FROM) as executor:\n"
        "    print(sum(executor.map(abs, range(-3, 4))), __file__ is not None)\n"
    )
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, timeout=120)
    assert (ran.returncode, ran.stdout.split("\n"), ran.stderr) == (0, ["once", "12 True", ""], "")


ORPHANS = """
import os, sys, time
from dedupelab.work.pool import started
with started(2) as executor:
    print(*{executor.submit(os.getpid).result() for _ in range(50)}, flush=True)
    [executor.submit(time.sleep, 60) for _ in range(4)]
    time.sleep(60)
"""


def test_workers_end_with_the_process_that_started_them():
    """A run that is killed leaves no worker behind that goes on with work nobody waits for."""
    with subprocess.Popen([sys.executable, "-c", ORPHANS], stdout=subprocess.PIPE, text=True) as run:
        workers = [int(number) for number in run.stdout.readline().split()]
        run.kill()
    assert workers
    for _ in range(200):
        if not any(alive(number) for number in workers):
            return
        time.sleep(0.05)
    pytest.fail("workers outlived their parent by ten seconds")


def alive(number: int) -> bool:
    """Whether the process runs; one that ended and was not waited for yet does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
