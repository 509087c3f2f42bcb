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
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from itertools import islice
from pathlib import Path

import numpy as np
from photographs import read_photographs

from dedupelab.match.search import voting
from dedupelab.match.search.descriptor_cells import cells_of
from dedupelab.match.search.descriptor_index import DescriptorIndex, append, open_index
from dedupelab.match.search.descriptors import Descriptors, extract

BLOCK = 1024


def described(photos: Path | None) -> list[Descriptors]:
    """Describe the photographs."""
    found = []
    for photograph in read_photographs(photos):
        found.append(extract(np.asarray(photograph.picture.convert("L"))))
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
        grown = np.linalg.norm(codes[one].astype(float), axis=1) / np.maximum(np.linalg.norm(moved, axis=1), 1)
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
    """Keeps the largest memory seen at the steps of a run."""

    def __init__(self) -> None:
        self.most = own_memory()

    def look(self) -> None:
        """Look now."""
        self.most = max(self.most, own_memory())


def measure(folder: Path, count: int, share: int) -> dict[str, float]:
    """Vote over the first `count` pictures of an index; of the buckets of cells only one in `share` is joined."""
    whole = open_index(folder)
    assert whole is not None
    ends = whole.ends[:count]
    index = DescriptorIndex(
        whole.names[:count], whole.codes[: ends[-1]], whole.places[: ends[-1]], ends, whole.sizes[:count]
    )
    watch, spent, votes = Watch(), {"cells": 0.0, "join": 0.0, "count": 0.0}, 0
    began = processor()
    with tempfile.TemporaryDirectory() as work:
        place = Path(work)
        buckets = voting._fill(index, place, None)
        spent["cells"] = processor() - began
        crowd = np.zeros(len(index) << 8, np.uint32)
        parts = voting.parts_for(len(index.codes))
        step = processor()
        joined = 0
        for number, task in enumerate(voting._blocks(index, place, buckets)):
            if number % share:
                continue
            joined += 1
            found = voting._join(task, parts)
            votes += len(found)
            voting._spill(found, place, crowd)
            watch.look()
        spent["join"] = processor() - step
        step = processor()
        pairs = 0
        for part in voting._shares(index, place, crowd):
            pairs += len(voting._count(part).left)
            watch.look()
        spent["count"] = processor() - step
    scale = buckets / max(joined, 1)
    return {
        "pictures": count,
        "cells": 1000 * spent["cells"] / count,
        "join": 1000 * spent["join"] * scale / count,
        "count": 1000 * spent["count"] * scale / count,
        "votes": votes * scale / count,
        "pairs": pairs,
        "share": joined / buckets,
        "memory": watch.most,
        "crowded": float((crowd > 2 * voting.CROWD).sum() / len(index.codes)),
    }


def main() -> int:
    """Build the index once, measure each size in a process of its own, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--photos", type=Path, help="folder of photographs; those in installed wheels when left out")
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_500, 5_000, 10_000, 20_000])
    parser.add_argument("--work", type=Path, help="folder for the index, kept for the next run")
    parser.add_argument("--share", type=int, default=1, help="join one in so many buckets of cells and multiply")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.work, options.one, options.share)))
        return 0
    with tempfile.TemporaryDirectory() as kept:
        work = options.work or Path(kept) / "index"
        held = open_index(work)
        if len(held or ()) < max(options.sizes):
            began = time.process_time()
            real = described(options.photos)
            spent = 1000 * (time.process_time() - began) / len(real)
            print(f"{len(real)} photographs described, {spent:.0f} ms each", file=sys.stderr)
            append(work, islice(made_up(real, max(options.sizes), options.seed), len(held or ()), None))
        rows = []
        for size in options.sizes:
            call = [sys.executable, __file__, "--work", str(work), "--one", str(size), "--share", str(options.share)]
            environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
            done = subprocess.run(call, capture_output=True, text=True, check=True, env=environment)
            rows.append(json.loads(done.stdout))
            print(rows[-1], file=sys.stderr)
    print(table(rows))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))
    return 0


def table(rows: list[dict[str, float]]) -> str:
    """Return the measurements as a Markdown table, with the exponent of growth between first and last."""
    lines = [
        f"Python {platform.python_version()}, numpy {version('numpy')}, {platform.machine()}, one core",
        "",
        "| pictures | cells, ms a picture | join | count | together | votes a picture | pairs | own memory, MB | joined |",
        "|---" * 9 + "|",
    ]
    for row in rows:
        together = row["cells"] + row["join"] + row["count"]
        cells = (row[name] for name in ("cells", "join", "count"))
        times = " | ".join(f"{value:.2f}" for value in (*cells, together))
        lines.append(
            f"| {row['pictures']:,} | {times} | {row['votes']:,.0f} | {row['pairs']:,} | {row['memory']:.0f} | {row['share']:.0%} |"
        )
    if len(rows) > 1:
        first, last = rows[0], rows[-1]
        total = [sum(row[name] for name in ("cells", "join", "count")) * row["pictures"] for row in (first, last)]
        exponent = np.log(total[1] / total[0]) / np.log(last["pictures"] / first["pictures"])
        lines += ["", f"Exponent from {first['pictures']:,} to {last['pictures']:,}: {exponent:.2f}"]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
