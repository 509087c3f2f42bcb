"""What voting costs as a collection grows: processor time a picture, memory, what is proposed, and the exponent of growth.

    python benchmarks/scale.py --photos DIR --sizes 10000 20000 40000

Real photographs are described; pictures of their own are made of their descriptors: each is mixed, coefficient by coefficient,
with another of the same cell, so that they are spread like real ones and no two are copies, and placed as some photograph's are. Each size runs in a
process of its own. Times are processor time, of this process and of those that it started.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
from photographs import read_photographs

from dedupelab.match.search import voting
from dedupelab.match.search.crowd import Crowd, met
from dedupelab.match.search.descriptor_cells import PROBES, cells_of
from dedupelab.match.search.descriptor_index import laid_down, lay_down
from dedupelab.match.search.descriptors import Descriptors, extract
from dedupelab.match.search.kept_cells import find_cells

STEPS = ("cells", "join", "count", "propose")


def described(photos: Path | None) -> list[Descriptors]:
    """Describe the photographs."""
    found = (extract(np.asarray(each.picture.convert("L"))) for each in read_photographs(photos))
    return [each for each in found if len(each)]


def made_up(real: list[Descriptors], count: int, seed: int) -> Iterator[tuple[str, Descriptors]]:
    """Yield pictures made of real ones' descriptors."""
    rng = np.random.default_rng(seed)
    codes = np.concatenate([each.codes for each in real])
    cell = cells_of(codes, 1)[:, 0]
    order = np.argsort(cell, kind="stable")
    at = np.empty(len(order), np.int64)
    at[order] = np.arange(len(order))
    first, last = np.searchsorted(cell[order], cell), np.searchsorted(cell[order], cell, side="right")
    for number in range(count):
        placed = real[rng.integers(len(real))]
        one = rng.integers(len(codes), size=len(placed))
        size = last[one] - first[one]
        # Another of the cell: by so many places further on from its own.
        step = 1 + (rng.random(len(placed)) * np.maximum(size - 1, 1)).astype(np.int64)
        two = order[first[one] + (at[one] - first[one] + step) % size]
        part = rng.random((len(placed), codes.shape[1]))
        moved = codes[one] * (1 - part) + codes[two] * part
        # What lies between two is shorter than either; a descriptor is not.
        grown = np.linalg.norm(codes[one].astype(float), axis=1) / np.maximum(
            np.linalg.norm(moved, axis=1), 1
        )
        moved = np.clip(np.rint(moved * grown[:, None]), -127, 127).astype(np.int8)
        yield f"{number:08d}", Descriptors(moved, placed.places, placed.size)


def processor() -> float:
    """Return the seconds that this process and its ended children have computed."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def own_memory() -> float:
    """Return the most memory of this process's own in megabytes, mapped files apart; where the system does not say, all of it."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("RssAnon"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Watch:
    """Keeps the largest memory seen while a run goes on, looked at twenty times a second."""

    def __init__(self) -> None:
        self.least = self.most = own_memory()
        self.over = threading.Event()
        self.looking = threading.Thread(target=self._look, daemon=True)
        self.looking.start()

    def _look(self) -> None:
        while not self.over.wait(0.05):
            self.most = max(self.most, own_memory())

    def stop(self) -> None:
        """End looking."""
        self.over.set()
        self.looking.join()


def measure(folder: Path, count: int, share: int, memory: int) -> dict[str, float]:
    """Vote over the first `count` pictures that were laid down; of the parts of cells only one in `share` is joined."""
    index = laid_down(folder, [f"{number:08d}" for number in range(count)])
    at_once = memory << 20
    parts = voting.parts_for(len(index.codes))
    watch, spent, votes = Watch(), {"cells": 0.0, "join": 0.0, "count": 0.0}, 0
    began = processor()
    with tempfile.TemporaryDirectory(dir=folder) as work:
        place = Path(work)
        cells = find_cells(index, place / "cells")
        entries = voting.spilled_entries(index, cells, place / "entries", np.ones(count, bool))
        spent["cells"] = processor() - began
        crowd = Crowd(place / "crowd", count)
        spilled = voting.Spilled(
            place / "votes", voting.vote_type(index), partial(voting.picture, side="left"), count
        )
        step = processor()
        joined = 0
        for number, read in enumerate(entries.read(at_once // voting.ENTRY)):
            if number % share:
                continue
            joined += len(read)
            for task in voting.with_codes(index, [read], np.ones(count, bool)):
                found = voting.join_cells(task, parts)
            votes += len(found.votes)
            crowd.add(*met(found.votes))
            for ids, counts in found.left_out:
                crowd.add(ids, counts)
            spilled.add(found.votes)
        rows = len(index.codes) * PROBES
        spent["join"] = processor() - step
        step = processor()
        crowded = crowd.bits()
        shares = voting.read_votes(index, spilled.read(at_once // voting.VOTE), crowded)
        tally = voting.together(map(voting.count_votes, shares))
        spent["count"] = processor() - step
        step = processor()
        proposed = len(voting.propose(index, tally))
        spent["propose"] = processor() - step
    watch.stop()
    scale = rows / max(joined, 1)
    return {
        "pictures": count,
        "cells": 1000 * spent["cells"] / count,
        "join": 1000 * spent["join"] * scale / count,
        "count": 1000 * spent["count"] * scale / count,
        "propose": 1000 * spent["propose"] / count,
        "votes": votes * scale / count,
        "pairs": len(tally.left),
        "proposed": proposed,
        "share": 1 / scale,
        "memory": watch.most,
        "memory before": watch.least,
        "crowded": float(np.unpackbits(crowded).sum() / len(index.codes)),
    }


def main() -> int:
    """Build the index once, measure each size in a process of its own, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--photos", type=Path, help="folder of photographs; those in installed wheels when left out"
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_500, 5_000, 10_000, 20_000])
    parser.add_argument("--work", type=Path, help="folder for the index, kept for the next run")
    parser.add_argument(
        "--share", type=int, default=1, help="join one in so many buckets of cells and multiply"
    )
    parser.add_argument("--memory", type=int, default=voting.MEMORY, help="megabytes, as [match] memory")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.work, options.one, options.share, options.memory)))
        return 0
    with tempfile.TemporaryDirectory() as kept:
        work = options.work or Path(kept) / "index"
        ends = work / "ends.bin"
        if not ends.exists() or ends.stat().st_size < 8 * max(options.sizes):
            began = time.process_time()
            real = described(options.photos)
            spent = 1000 * (time.process_time() - began) / len(real)
            print(f"{len(real)} photographs described, {spent:.0f} ms each", file=sys.stderr)
            shutil.rmtree(work, ignore_errors=True)
            lay_down(work, made_up(real, max(options.sizes), options.seed))
        rows = []
        for size in options.sizes:
            call = [
                sys.executable,
                __file__,
                "--work",
                str(work),
                "--one",
                str(size),
                "--share",
                str(options.share),
                "--memory",
                str(options.memory),
            ]
            environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
            done = subprocess.run(call, stdout=subprocess.PIPE, text=True, check=True, env=environment)
            rows.append(json.loads(done.stdout))
            print(rows[-1], file=sys.stderr)
    print(table(rows))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))
    return 0


def together(row: dict[str, float]) -> float:
    """Return the milliseconds a picture of all steps."""
    return sum(row[step] for step in STEPS)


def table(rows: list[dict[str, float]]) -> str:
    """Return the measurements as a Markdown table, with the exponent of growth between first and last."""
    lines = [
        f"Python {platform.python_version()}, numpy {version('numpy')}, {platform.machine()}, one core",
        "",
        "| pictures | cells, ms a picture | join | count | propose | together | votes a picture | pairs | own memory, MB | joined |",
        "|---" * 10 + "|",
    ]
    for row in rows:
        times = " | ".join(f"{value:.2f}" for value in (*(row[step] for step in STEPS), together(row)))
        lines.append(
            f"| {row['pictures']:,} | {times} | {row['votes']:,.0f} | {row['pairs']:,} | {row['memory']:.0f} | {row['share']:.0%} |"
        )
    if len(rows) > 1:
        first, last = rows[0], rows[-1]
        total = [together(row) * row["pictures"] for row in (first, last)]
        exponent = np.log(total[1] / total[0]) / np.log(last["pictures"] / first["pictures"])
        lines += ["", f"Exponent from {first['pictures']:,} to {last['pictures']:,}: {exponent:.2f}"]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
