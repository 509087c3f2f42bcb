"""A Dask scheduler and its workers as a user starts them: each a process of its own, on the loopback device."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

STANDINS = Path(__file__).parent


@contextmanager
def cluster_of(workers: int, folder: Path) -> Iterator[str]:
    """Start a scheduler and so many workers with the commands that a user would type; yield the scheduler's address."""
    known = folder / "scheduler.json"
    path = os.pathsep.join([str(STANDINS.parents[1]), str(STANDINS)])
    dask = [sys.executable, "-m", "dask"]
    quiet = {
        "env": os.environ | {"PYTHONPATH": path},
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    words = ["--scheduler-file", str(known), "--no-dashboard"]
    listening = ["--host", "tcp://127.0.0.1"]
    with ExitStack() as running:
        commands = [["scheduler", *words, *listening, "--port", "0"]]
        commands += [
            ["worker", *words, *listening, "--nthreads", "1", "--local-directory", str(folder)]
        ] * workers
        for command in commands:
            process = running.enter_context(subprocess.Popen([*dask, *command], **quiet))
            running.callback(process.terminate)
        until = time.monotonic() + 120
        while not known.exists() or not known.read_text():
            assert time.monotonic() < until
            time.sleep(0.1)
        address = json.loads(known.read_text())["address"]
        from distributed import Client

        with Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=120)
        yield address
