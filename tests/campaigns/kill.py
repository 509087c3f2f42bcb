"""Kill a study at random moments: the next run must finish the work and give the tables that an undisturbed run gives.

    python tests/campaigns/kill.py [--times 50] [--seed 1] [--command report] [--notebooks 1]

Each time the study starts from nothing, its process is killed with SIGKILL at a moment drawn evenly over a whole run, and is then
run again to its end. What must be equal: the bytes of every table and of results.json. What must not be there: processes that
go on, half-written files, half a run folder.

A report is the whole command: stages, notebooks, paper in three formats, pack, `latest`. Its notebooks are alike to a kill (a kernel
each, results into the folder being built) and take most of its time, so one of them stands for all unless more are asked for.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from dedupelab.study.start import init

MEASURE = "import sys; from dedupelab.study.study import Study; s = Study(sys.argv[1]);\nwith s.store.lock(): s.measure()"
"""A report without its pages: scan, match, measure."""
REPORT = """
import sys
from pathlib import Path
from dedupelab.publish.notebooks import notebooks
notebooks.PACKAGED = Path(sys.argv.pop(1))
from dedupelab.commands.cli import main
main()
"""
"""The command, with the notebooks of a folder."""
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PATIENCE = 3600.0
"""Seconds in which a run must end, on a machine however busy."""


@dataclass(frozen=True)
class Kill:
    """One kill: after how many seconds, whether the run was still at work then, and what was wrong after the next one."""

    after: float
    hit: bool
    wrong: list[str]


def make_study(home: Path, photograph: Callable[[int], Image.Image], notebooks: int = 1) -> Path:
    """Write two collections that share pictures, a study of them, the desk and the first few notebooks that a run executes."""
    (home / "notebooks").mkdir(parents=True)
    for source in sorted(NOTEBOOKS.glob("*.ipynb"))[
        : notebooks + 1
    ]:  # the first is the desk, which no run executes
        shutil.copy2(source, home / "notebooks")
    for name in ("archive", "portal"):
        (home / name).mkdir(parents=True)
    for seed in range(8):
        picture = photograph(seed)
        picture.save(home / "archive" / f"{seed}.jpg", quality=90)
        if seed % 2:
            picture.resize((240, 180)).save(home / "portal" / f"{seed}.png")
        if seed % 3 == 0:
            shutil.copyfile(home / "archive" / f"{seed}.jpg", home / "portal" / f"same-{seed}.jpg")
    (home / "portal" / "bad.jpg").write_bytes(b"no picture")
    init(home / "study", {name: str(home / name) for name in ("archive", "portal")})
    return home / "study"


def drawn(seed: int) -> Image.Image:
    """Draw a picture with soft and sharp parts."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8)).resize(
        (480, 360), Image.Resampling.BICUBIC
    )
    noise = rng.integers(-25, 25, (45, 60, 3)).repeat(8, 0).repeat(8, 1)
    return Image.fromarray(np.clip(np.asarray(coarse).astype(int) + noise, 0, 255).astype(np.uint8))


def start(study: Path, out: Path, command: str) -> "subprocess.Popen[bytes]":
    """Start the command in a process of its own."""
    words = (
        ["-c", MEASURE, str(study)]
        if command == "measure"
        else ["-c", REPORT, str(study.parent / "notebooks"), "report", str(study), "--out", str(out)]
    )
    return subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def finished(run: "subprocess.Popen[bytes]") -> int:
    """Wait for a run to end and return its exit code; one that does not end is no longer waited for, and is not left behind."""
    try:
        return run.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        run.kill()
        return run.wait()


def digests(study: Path, out: Path) -> dict[str, str]:
    """Return the SHA-256 of every table and of the results, in the study and in its newest run."""
    places = [study / ".dedupelab" / "tables", *out.glob("*/latest/tables")]
    files = [path for place in places for path in sorted(place.glob("*.parquet"))]
    files += [study / ".dedupelab" / "results.json", *out.glob("*/latest/results.json")]
    return {
        str(path.relative_to(study.parent)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def descendants(process: int) -> set[int]:
    """Return the processes below a process, by their numbers (Linux)."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(entry.parent.name)] = int(fields[1])
    found, waiting = set(), [process]
    while waiting:
        parent = waiting.pop()
        below = {child for child, of in parents.items() if of == parent}
        found |= below
        waiting += below
    return found


def undisturbed(study: Path, out: Path, command: str) -> tuple[dict[str, str], float]:
    """Run once from nothing to the end; return the digests and the seconds it took."""
    began = time.monotonic()
    run = start(study, out, command)
    code = finished(run)
    assert code in {0, 3}, f"expected the undisturbed run to end with 0 or 3, got {code}"
    return digests(study, out), time.monotonic() - began


def kill_once(study: Path, out: Path, command: str, after: float, expected: dict[str, str]) -> Kill:
    """Start from nothing, kill after some seconds, run again; say what is not as it should be."""
    shutil.rmtree(study / ".dedupelab", ignore_errors=True)
    shutil.rmtree(out, ignore_errors=True)
    run, began = start(study, out, command), time.monotonic()
    try:
        run.wait(after)
        return Kill(time.monotonic() - began, False, [])
    except subprocess.TimeoutExpired:
        below = descendants(run.pid)
        os.kill(run.pid, signal.SIGKILL)
    run.wait()
    wrong = []
    # A kernel asks every second or so whether its parent is alive.
    until = time.monotonic() + 30
    while (
        alive := {number for number in below if Path(f"/proc/{number}").exists() and not _zombie(number)}
    ) and time.monotonic() < until:
        time.sleep(0.2)
    wrong += [f"process {number} goes on" for number in sorted(alive)]
    code = finished(start(study, out, command))
    if code not in {0, 3}:
        wrong.append(f"the next run ended with {code}")
    found = digests(study, out)
    wrong += [f"{name} differs" for name in sorted(expected) if found.get(name) != expected[name]]
    wrong += [
        f"{path.name} is left"
        for place in (study, out)
        for path in place.rglob("*")
        if path.name.endswith(".partial") or path.name.startswith(".building-")
    ]
    return Kill(after, True, wrong)


def _zombie(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def campaign(
    study: Path, out: Path, command: str, times: int, seed: int, tell: Callable[[str], None]
) -> list[Kill]:
    """Kill so many times; return what was found."""
    expected, seconds = undisturbed(study, out, command)
    tell(f"undisturbed: {seconds:.1f} s, {len(expected)} files to compare")
    moments = random.Random(seed)
    kills: list[Kill] = []
    while len(kills) < times:
        found = kill_once(study, out, command, moments.uniform(0, seconds), expected)
        if not found.hit:  # the first run of all is the slowest: it compiles
            seconds = min(seconds, found.after)
            continue
        kills.append(found)
        tell(f"{len(kills)}: killed after {found.after:.1f} s: {found.wrong or 'as it should be'}")
    return kills


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--command", choices=["report", "measure"], default="report")
    parser.add_argument("--notebooks", type=int, default=1, help="how many of the notebooks a report runs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        study = make_study(home, drawn, options.notebooks)
        kills = campaign(
            study,
            home / "reports",
            options.command,
            options.times,
            options.seed,
            lambda line: print(line, flush=True),
        )
    print(
        json.dumps(
            {
                "kills": len(kills),
                "hit": sum(kill.hit for kill in kills),
                "wrong": sum(bool(kill.wrong) for kill in kills),
            }
        )
    )
    return 1 if any(kill.wrong for kill in kills) else 0


if __name__ == "__main__":
    sys.exit(main())
