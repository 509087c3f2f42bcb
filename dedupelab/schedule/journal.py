"""A log for machines: one JSON object per line, appended, with what was done, how long it took and how it ended."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from dedupelab.errors import DedupelabError, writing
from dedupelab.version import __version__
from dedupelab.work.progress import Bars, Progress

FILE = "log.jsonl"
"""The log beside a study's runs, where no other file is named."""


class Journal:
    """The log of one command: its lines share a `run`, so that two commands can write one file."""

    def __init__(self, path: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path = path
        self._now = now
        self._run = f"{now():%Y%m%dT%H%M%S}-{os.getpid()}"

    def write(self, event: str, **facts: object) -> None:
        """Append one line, in one piece.

        Raises
        ------
        OutputError
            If the file cannot be written.
        """
        line = {
            "time": self._now().isoformat(timespec="milliseconds"),
            "run": self._run,
            "event": event,
        } | facts
        text = json.dumps(line, ensure_ascii=True, default=str) + "\n"
        with writing(f"the log {self.path}", "choose another file with --log"):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                file.write(text.encode())

    def follow(self, bars: Bars) -> Bars:
        """Return bars that also write a line when a step is complete."""

        def bar(label: str) -> Progress:
            shown, began = bars(label), time.monotonic()
            written = False

            def advance(done: int, total: int) -> None:
                nonlocal written
                shown(done, total)
                if done >= total and not written:
                    written = True
                    self.write("step", step=label, done=total, seconds=round(time.monotonic() - began, 3))

            return advance

        return bar


@contextmanager
def journal(path: Path, study: str) -> Iterator[Journal]:
    """Keep the log of a report: a line when it starts, and one when it ends, whatever ends it.

    What stops it is logged with its message and raised again; a process that is killed leaves a start without an end.
    """
    log = Journal(path)
    began = time.monotonic()
    log.write("start", command="report", study=study, version=__version__, process=os.getpid())
    try:
        yield log
    except BaseException as problem:
        told = (
            " ".join(str(problem).split()) if isinstance(problem, DedupelabError | OSError) else repr(problem)
        )
        log.write("failed", problem=told, exit=1, seconds=round(time.monotonic() - began, 3))
        raise
