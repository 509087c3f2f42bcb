"""A stand-in for decoders: a file's name says what happens when it is read. A module of its own, so that workers can import it."""

import os
import signal
import time
from pathlib import Path

from dedupelab.collect.batch import Job
from dedupelab.collect.listing import Entry
from dedupelab.collect.record import _listed
from dedupelab.errors import ConfigError


def job(*names: str, folder: Path = Path("absent")) -> Job:
    """Make a batch of files with these names."""
    return Job("own", tuple(Entry(name, str(folder / name), 1, None) for name in names))


def read(job, started):  # noqa: C901  a list of ways
    """Stand in for a decoder: the file's name says what it does."""
    rows = []
    for number, entry in enumerate(job.entries):
        started(number)
        rows.append(_listed(entry, job.collection) | {"status": "hashed", "sha256": entry.path})
        kind = entry.path.partition("-")[0]
        if kind == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        elif kind == "abort":
            os.abort()
        elif kind == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        elif kind == "exit":
            os._exit(7)
        elif kind == "hang":
            time.sleep(1000)
        elif kind == "memory":
            _ = [bytearray(1 << 26) for _ in range(100)]
        elif kind == "bug":
            raise ZeroDivisionError("some\nthing")
        elif kind == "wrong":
            raise ConfigError("not a file's fault")
        elif kind == "once" and not Path(entry.native).exists():
            Path(entry.native).touch()
            os.kill(os.getpid(), signal.SIGKILL)
    started(len(job.entries))
    if any(entry.path.startswith("together") for entry in job.entries) and len(job.entries) > 1:
        os.kill(os.getpid(), signal.SIGSEGV)
    return rows
