"""The runs of a study as folders: which is the newest, and which are old enough to go."""

import re
import shutil
from pathlib import Path

_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z(-\d+)?")
_WHOLE = ("run.json", "results.json")
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


def forget_old(home: Path, keep: int) -> list[str]:
    """Delete all but the newest `keep` complete runs; return the names of those that are gone.

    The newest run is never deleted, nor is anything that is no complete run of this study: other files, folders with other
    names, and what a failed run left to look at.

    Parameters
    ----------
    home
        The study's folder of runs.
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


def _is_whole(run: Path) -> bool:
    return all((run / name).is_file() for name in _WHOLE)


def _moment(run: Path) -> tuple[str, int]:
    stamp, _, number = run.name.partition("Z")
    return stamp, int(number.removeprefix("-") or 1)
