"""A job: one stage of a study in a process of its own, which tells how far it is in a file.

So it lives through a closed browser, a reload and a restarted kernel; whoever opens the desk again finds it. Stopped, it loses
nothing: every stage goes on where it was.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dedupelab.errors import DedupelabError, OutputError
from dedupelab.lab.counts import counted
from dedupelab.publish.runs import alive
from dedupelab.study.study import Study
from dedupelab.tables.store import FOLDER
from dedupelab.tables.whole_file import whole_file
from dedupelab.work.progress import Progress

FILE = "job.json"
STAGES = ("scan", "match", "report")
WAIT = 30
"""Seconds for a cancelled job to end."""
PAUSE = 0.2
"""Seconds between two lines that are written at least."""
OPEN = ("starting", "running")
_STARTED: dict[int, "subprocess.Popen[bytes]"] = {}
"""What this process started: it alone learns that one has ended."""


@dataclass(frozen=True)
class Told:
    """How far a job is: `state` is starting, running, done, failed, cancelled or stopped (it ended without a word)."""

    stage: str = ""
    state: str = ""
    label: str = ""
    done: int = 0
    total: int = 0
    message: str = ""
    process: int = 0


def start(folder: Path, stage: str) -> Told:
    """Start a stage of a study in the background.

    Raises
    ------
    OutputError
        If one is at work already, another process holds the study, or the folder cannot be written.
    """
    if stage not in STAGES:
        raise ValueError(f"expected a stage of {', '.join(STAGES)}, got {stage!r}")
    now = told(folder)
    if now.state in OPEN:
        raise OutputError(
            f"expected the study to be free, got {now.stage} at work; wait until it ends, or cancel it"
        )
    expect_free(folder)
    _write(folder, Told(stage, "starting", message=f"{stage} begins."))
    command = [sys.executable, "-m", "dedupelab.lab.job", str(folder), stage]
    process = subprocess.Popen(  # noqa: S603  our own argument list
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    _STARTED[process.pid] = process
    begun = Told(stage, "starting", message=f"{stage} begins.", process=process.pid)
    if _read(folder).get("process", 0) == 0:
        _write(folder, begun)
    return begun


def expect_free(folder: Path) -> None:
    """Say before anything begins what a stage would fail with once it has begun; raises like `Store.lock`."""
    with Study(folder).store.lock():
        pass


def told(folder: Path) -> Told:
    """Return how far the last job of a study is; nothing where there was none."""
    now = Told(**_read(folder))
    if now.state not in OPEN and now.process in _STARTED:
        _STARTED.pop(now.process).wait(WAIT)  # it has said its last word
    if now.state in OPEN and now.process and not _alive(now.process):
        return Told(
            now.stage, "stopped", now.label, now.done, now.total,
            f"{now.stage} ended without a word; start it again, it goes on where it was.",
        )  # fmt: skip
    return now


def cancel(folder: Path) -> None:
    """Stop the job of a study, and what it started."""
    now = told(folder)
    if now.state in OPEN and now.process:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(now.process, signal.SIGTERM)
            else:
                os.kill(now.process, signal.SIGTERM)
        if now.process in _STARTED:
            _STARTED.pop(now.process).wait(WAIT)
        _write(
            folder,
            Told(now.stage, "cancelled", now.label, now.done, now.total, f"{now.stage} was cancelled; started again, it goes on where it was."),
        )  # fmt: skip


def run(folder: Path, stage: str) -> int:
    """Run a stage in this process; return 0, or 1 where it failed, which the file tells in one line."""
    own = os.getpid()
    last = [0.0]

    def bars(label: str) -> Progress:
        def advance(done: int, total: int) -> None:
            if done >= total or time.monotonic() - last[0] > PAUSE:
                last[0] = time.monotonic()
                _write(folder, Told(stage, "running", label, done, total, "", own))

        return advance

    try:
        study = Study(folder)
        with study.store.lock():
            if stage == "scan":
                study.scan(bars=bars)
                message = counted(len(study.images()), "file") + " read."
            elif stage == "match":
                study.match(bars=bars)
                message = counted(len(study.groups()), "group") + " of copies."
            else:
                from dedupelab.pack.report import report  # noqa: PLC0415  it takes seconds, and no other stage needs it

                message = str(report(study, folder / "reports", bars=bars))
    except (DedupelabError, OSError) as problem:
        _write(folder, Told(stage, "failed", message=str(problem), process=own))
        return 1
    _write(folder, Told(stage, "done", message=message, process=own))
    return 0


def _read(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / FOLDER / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _write(folder: Path, now: Told) -> None:
    with whole_file(folder / FOLDER / FILE, parents=True) as partial:
        partial.write_text(json.dumps(asdict(now), ensure_ascii=False), encoding="utf-8")


def _alive(process: int) -> bool:
    if process in _STARTED:
        ended = _STARTED[process].poll() is not None
        if ended:
            del _STARTED[process]
        return not ended
    return alive(process)


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), sys.argv[2]))
