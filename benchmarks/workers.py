"""What two workers of a scan gain over one: by the clock, and by the processor time that bounds it on idle cores.

On a machine that others use the clock says little. The processor time of the workers and of the process that directs them
says what a scan costs wherever it runs: what two workers cannot share out is what they lose.
"""

import os
import tempfile
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Load:
    """What one scan took, in seconds a file: wall time, and processor time here and in all workers."""

    wall: float
    here: float
    workers: float


def _clock(pause: float) -> tuple[int, float]:
    time.sleep(pause)
    return os.getpid(), time.process_time()


def clocks(pool: Executor, workers: int) -> float:
    """Return the processor time that all workers have used so far."""
    found: dict[int, float] = {}
    while len(found) < workers:  # who is asleep takes no second question
        found = dict(pool.map(_clock, [0.1] * workers))
    return sum(found.values())


def scanned(files: list[Path], pool: Executor, workers: int) -> Load:
    """Scan with workers that are running already."""
    from dedupelab.collect.listing import Entry
    from dedupelab.collect.scan import scan
    from dedupelab.tables import IMAGES

    moment = datetime(2026, 1, 1, tzinfo=UTC)
    entries = [Entry(f"{k:06d}", str(file), file.stat().st_size, moment) for k, file in enumerate(files)]
    before = clocks(pool, workers)
    wall, here = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as parts:
        table = scan({"bench": entries}, known=IMAGES.empty(), folder=Path(parts) / "parts", executor=pool)
    wall, here = time.perf_counter() - wall, time.process_time() - here
    used = clocks(pool, workers) - before
    hashed = int((table["status"] == "hashed").sum())
    if hashed != len(files):
        raise RuntimeError(f"expected {len(files)} hashed files, got {hashed}")
    return Load(wall / hashed, here / hashed, used / hashed)


def parallel(files: list[Path], count: int) -> tuple[list[Load], list[Load]]:
    """Scan in interleaved rounds with one and with two workers that have read such files before."""
    context = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as one, ProcessPoolExecutor(2, mp_context=context) as two:
        scanned(files[:8], one, 1)
        scanned(files[:16], two, 2)
        single, double = list[Load](), list[Load]()
        for turn in range(count):
            both = [partial(scanned, files, one, 1), partial(scanned, files, two, 2)]
            loads = [run() for run in both[:: -1 if turn % 2 else 1]]
            single.append(loads[turn % 2])
            double.append(loads[1 - turn % 2])
    return single, double


def start_up(file: Path) -> float:
    """Return the seconds until two workers of a scan, started as dedupelab starts them, have both read a file."""
    from dedupelab.collect.batch import Job, read_batch
    from dedupelab.collect.listing import Entry
    from dedupelab.work.pool import PARALLEL_FROM, pool

    job = Job("bench", (Entry(file.name, str(file), file.stat().st_size, None),))
    began = time.perf_counter()
    with pool(2, PARALLEL_FROM) as executor:
        if executor is None:
            raise RuntimeError("expected workers, got none")
        list(executor.map(partial(read_batch, policy="scaled"), [job] * 2))
        return time.perf_counter() - began


def compare(name: str, files: list[Path], count: int) -> str:
    """Return one sentence about what two processes gain."""
    single, double = parallel(files, count)
    ratios = [one.wall / two.wall for one, two in zip(single, double, strict=True)]
    alone, shared = min(load.workers for load in single), min(load.workers for load in double)
    here = min(load.here for load in double)
    return (
        f"{name}, {len(files)} files: two processes {max(ratios):.2f} x one by the clock at best (median {median(ratios):.2f}). "
        f"Processor time a file: {1e3 * alone:.3f} ms in one worker, {1e3 * shared:.3f} ms in two, {1e3 * here:.3f} ms in "
        f"the process that directs them: {2 * alone / (shared + here):.2f} x on two idle cores."
    )
