"""How much memory a scan of large pictures takes: the process and those that read for it, together, at the worst moment.

    python tests/campaigns/memory.py [--pictures 1000] [--workers 2] [--most 600]

Of ten pictures of 4000 x 3000 pixels, seven are JPEG, one progressive JPEG, two PNG, which cannot be decoded at a smaller size. Each
is a name of its own for one of three files, so that every one is read and decoded while the disk holds three.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from dedupelab.study.start import init
from dedupelab.study.study import Study

SIZE = (4000, 3000)
SCAN = "import sys; from dedupelab.study.study import Study; print(len(Study(sys.argv[1]).scan()))"
LOOK = 0.05
"""Seconds between two looks at the processes."""


@dataclass(frozen=True)
class Taken:
    """What a scan took."""

    megabytes: float
    """Resident memory of all its processes, added up, at the worst moment; what they share is counted for each."""
    processes: int
    seconds: float
    hashed: int


def make_study(home: Path, pictures: int, workers: int) -> Path:
    """Write a collection of so many twelve-megapixel pictures, and a study of it."""
    folder = home / "pictures"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(1)
    coarse = Image.fromarray(rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)).resize(SIZE)
    noise = rng.integers(-12, 12, (SIZE[1] // 4, SIZE[0] // 4, 3)).repeat(4, 0).repeat(4, 1)
    drawn = Image.fromarray(np.clip(np.asarray(coarse, dtype=np.int16) + noise, 0, 255).astype(np.uint8))
    drawn.save(home / "plain.jpg", quality=85)
    drawn.save(home / "progressive.jpg", quality=85, progressive=True)
    drawn.save(home / "packed.png", compress_level=1)
    for number in range(pictures):
        kind = {7: "progressive.jpg", 8: "packed.png", 9: "packed.png"}.get(number % 10, "plain.jpg")
        shutil.copyfile(home / kind, folder / f"{number:05}{Path(kind).suffix}")
    file = init(home / "study", {"own": str(folder)})
    text = file.read_text("utf-8")
    file.write_text(text.replace("[compute]\nworkers = 0", f"[compute]\nworkers = {workers}"), "utf-8")
    assert Study(home / "study").config.workers == workers
    return home / "study"


def resident(process: int) -> list[float]:
    """Return the resident memory of a process and of all below it, in megabytes (Linux)."""
    parents, held = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(
                (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1]
            )
            held[int(folder.name)] = (
                int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6
            )
        except (OSError, IndexError):
            continue
    found, waiting = {process}, [process]
    while waiting:
        parent = waiting.pop()
        below = {child for child, of in parents.items() if of == parent}
        found |= below
        waiting += below
    return [held[number] for number in found if number in held]


def scanned(study: Path) -> Taken:
    """Scan in a process of its own and watch it."""
    began, most, processes = time.monotonic(), 0.0, 0
    with subprocess.Popen([sys.executable, "-c", SCAN, str(study)], stdout=subprocess.DEVNULL) as run:
        while run.poll() is None:
            held = resident(run.pid)
            most, processes = max(most, sum(held)), max(processes, len(held))
            time.sleep(LOOK)
    assert run.returncode == 0, f"expected the scan to end with 0, got {run.returncode}"
    images = Study(study).images()
    return Taken(most, processes, time.monotonic() - began, int((images["status"] == "hashed").sum()))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--most", type=float, default=600.0, help="megabytes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        taken = scanned(make_study(Path(name), options.pictures, options.workers))
    print(
        f"{taken.hashed:,} pictures of {SIZE[0]} x {SIZE[1]} pixels, {options.workers} workers: {taken.megabytes:.0f} MB at most"
        f" in {taken.processes} processes, {taken.seconds:.0f} s"
    )
    return 0 if taken.megabytes < options.most and taken.hashed == options.pictures else 1


if __name__ == "__main__":
    sys.exit(main())
