"""The runs of a study as folders: one that is being built, its place among the others, the newest, and those old enough to go."""

import contextlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from dedupelab.errors import writing

FACTS = "run.json"
RESULTS = "results.json"
_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z(-\d+)?")
_WHOLE = (FACTS, RESULTS)
"""A folder without these is no complete run."""


def complete_runs(home: Path) -> list[Path]:
    """Return the complete runs in a study's folder of runs, oldest first by the time in their names."""
    if not home.is_dir():
        return []
    found = [path for path in home.iterdir() if _NAME.fullmatch(path.name) and not path.is_symlink()]
    return sorted((path for path in found if _is_whole(path)), key=_moment)


def newest(home: Path) -> Path | None:
    """Return the run that `latest` points to, else the one with the latest time; None where there is no complete run.

    A clock that went back gives a newer run an older name; `latest` knows.
    """
    pointed = home / "latest"
    if pointed.is_symlink() and _is_whole(target := pointed.resolve()) and target.parent == home.resolve():
        return home / target.name
    return next(reversed(complete_runs(home)), None)


def made_from(run: Path) -> str:
    """Return the key of all that went into a complete run; nothing where it does not say."""
    try:
        facts: dict[str, Any] = json.loads((run / FACTS).read_text(encoding="utf-8"))
        return str(facts["made_from"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""  # a run of another version: it is as if something had changed


def forget_old(home: Path, keep: int) -> list[str]:
    """Delete all but the newest `keep` complete runs; return the names of those that are gone.

    The newest run is never deleted, nor is anything that is no complete run of this study: other files, folders with other
    names, and what a failed run left to look at.

    Parameters
    ----------
    keep
        How many runs stay, 1 or more; 0 keeps all.
    """
    runs = complete_runs(home)
    last = newest(home)
    if keep < 1 or last is None:
        return []
    others = [run for run in runs if run.name != last.name]
    old = others[: max(len(others) - (keep - 1), 0)]
    for run in old:
        # Renamed first: a deletion that is stopped half-way leaves no run that looks complete.
        doomed = run.with_name(f".building-0-{run.name}")
        run.rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)
    return [run.name for run in old]


@contextmanager
def building(home: Path) -> Iterator[Path]:
    """Yield a new folder among the runs that no scheduler takes for one; what is still there at the end goes.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    with writing(f"in {home}", "choose another folder with --out"):
        home.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=half_made(home, "building"), dir=home))
    try:
        with writing(f"a run in {home}"):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put_in_place(folder: Path, home: Path, moment: datetime) -> Path:
    """Give a folder that is complete its name and let `latest` point to it; return it."""
    stamp = moment.strftime("%Y-%m-%dT%H%M%SZ")
    target = home / stamp
    number = 1
    while target.exists():
        number += 1
        target = home / f"{stamp}-{number}"
    folder.chmod(home.stat().st_mode & 0o777)  # as open as the folder that it lies in
    folder.rename(target)
    pointer = home / f".latest-{os.getpid()}"
    pointer.unlink(missing_ok=True)
    try:
        pointer.symlink_to(target.name, target_is_directory=True)
        pointer.replace(home / "latest")
    except OSError:  # file systems without links get a copy
        with contextlib.suppress(OSError):
            shutil.rmtree(home / "latest")
        shutil.copytree(target, home / "latest")
    return target


def half_made(home: Path, kind: str) -> str:
    """Clear away what processes that were killed left half-made of a kind; return how the name of this process's folder begins."""
    for stale in home.glob(f".{kind}-*"):
        if not alive(stale.name.split("-")[1]):
            shutil.rmtree(stale, ignore_errors=True)
    return f".{kind}-{os.getpid()}-"


def alive(process: str | int) -> bool:
    """Whether a process of that number is at work; one of another user counts as alive."""
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except OSError:
        return True
    return True


def _is_whole(run: Path) -> bool:
    return all((run / name).is_file() for name in _WHOLE)


def _moment(run: Path) -> tuple[str, int]:
    stamp, _, number = run.name.partition("Z")
    return stamp, int(number.removeprefix("-") or 1)
