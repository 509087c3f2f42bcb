"""Speeds of this machine on a seeded sample of a study's own files, measured in a few seconds, in this process alone."""

import contextlib
import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from dedupelab.collect.listing import Entry
from dedupelab.collect.reading.decoding import Decode
from dedupelab.collect.record import read_record
from dedupelab.errors import CollectionError
from dedupelab.study.pictures import digest_at, gray_at, large_at
from dedupelab.study.ranges import Range, spend, worded
from dedupelab.tables.store import Store

FILES = 40
"""Files in the sample; the smallest and the largest are as likely as those between."""
SECONDS = 2.0
"""About how long each of the measurements may take."""
NOTE = "speeds"
LONG = 60.0
"""Seconds from which a stage is announced."""
ENOUGH = 50
"""Things that must have been done for their speed to be remembered, or to be foretold."""
RUNS, RUN = 8, 6
"""How many runs of pairs, and how many neighbours in each are timed together, as tasks hold them: they share pictures."""
Item = TypeVar("Item")
Pair = tuple[str, str, str]


def sample(items: Sequence[Item], size: int, seed: int = 0) -> list[Item]:
    """Return every so-manieth item from a random start, in random order: ordered by size, all sizes are in it alike.

    >>> sorted(sample(range(100), 4))
    [21, 46, 71, 96]
    """
    chance = random.Random(seed)  # noqa: S311  a sample that anyone can draw again, no secret
    if len(items) > size:
        step = len(items) / size
        start = chance.random() * step
        items = [items[int(start + k * step)] for k in range(size)]
    return chance.sample(list(items), len(items))


def choose(entries: Sequence[tuple[str, Entry]], size: int = FILES) -> list[tuple[str, Entry]]:
    """Return the sample of listed files (collection and entry) that are to be opened."""
    opened = [pair for pair in entries if pair[1].skipped is None and pair[1].unreadable is None]
    return sample(sorted(opened, key=lambda pair: (pair[1].bytes, pair[0], pair[1].path)), size)


def read_speed(chosen: Sequence[tuple[str, Entry]], policy: Decode, seconds: float = SECONDS) -> Range:
    """Measure the seconds from a file to its record."""
    return _timed(lambda pair: read_record(pair[1], pair[0], policy), chosen, seconds)


def digest_speed(addresses: Sequence[str], seconds: float = SECONDS / 2) -> Range:
    """Measure the seconds of a full decode for a pixel digest."""
    return _timed(digest_at, addresses, seconds)


def describe_speed(addresses: Sequence[str], seconds: float = SECONDS) -> Range:
    """Measure the seconds from a file to its local descriptors."""
    from dedupelab.match.search.descriptors import extract  # noqa: PLC0415  loads OpenCV

    return _timed(lambda where: extract(gray_at(where)), addresses, seconds)


def compare_speed(
    runs: Sequence[Sequence[Pair]], seconds: float = SECONDS, *, described: bool = True
) -> Range:
    """Measure the seconds of one pair, pictures opened; each run holds pairs (left, right, transform) of one task, as addresses.

    `described` says that descriptors are stored, as they are in the thorough gear; making them is not timed.
    """
    from dedupelab.match.compare.loader import Loader  # noqa: PLC0415  loads OpenCV, as what follows
    from dedupelab.match.compare.verification import AlignedComparison  # noqa: PLC0415  loads OpenCV
    from dedupelab.match.compare.verified_pairs import judge_batch  # noqa: PLC0415

    verifier = AlignedComparison()
    size = min(map(len, runs), default=1)
    where = {place: place for run in runs for pair in run[:size] for place in pair[:2]}
    load = Loader(where, gray_at, large_at, _described(where) if described else {})
    found = _timed(lambda run: judge_batch((list(run[:size]), load, [False] * size), verifier), runs, seconds)
    return found * Range.exactly(1 / max(size, 1))


def _described(addresses: Iterable[str]) -> dict[str, bytes]:
    """Return the descriptors of pictures that can be opened, by address."""
    from dedupelab.match.search.descriptors import extract  # noqa: PLC0415  loads OpenCV

    found = {}
    for where in addresses:
        with contextlib.suppress(CollectionError, OSError, ValueError):
            found[where] = extract(gray_at(where)).to_bytes()
    return found


def runs_of(pairs: int) -> list[range]:
    """Return the numbers of a few short runs of neighbours, out of so many pairs in the order in which tasks take them."""
    starts = sample(range(max(pairs - RUN, 0) + 1), RUNS)
    return [range(start, min(start + RUN, pairs)) for start in starts if pairs]


def made_up(addresses: Sequence[str]) -> tuple[list[list[Pair]], list[list[Pair]]]:
    """Return runs of pictures with themselves, and with others: the cheapest pairs and the dearest."""
    equal = [[(where, where, "identity")] for where in addresses]
    other = [[(one, two, "identity")] for one, two in pairwise(addresses)]
    return equal, other


def foretell(
    store: Store, workers: int, doing: str, kind: str, count: int, guess: float, measure: Callable[[], Range]
) -> str | None:
    """Say in one line how long a stage will take when that is more than a minute.

    Parameters
    ----------
    store, workers
        Of the study: what it remembers of earlier runs, and its processes.
    doing, kind
        How it is called in the line, and in the remembered speeds.
    guess
        Seconds that one of them roughly takes: what is far from a minute by this is not measured.
    measure
        Measures the speed where no earlier run is remembered.
    """
    known = _speeds(store).get(kind)
    if not known and count * guess / workers < LONG / 2:
        return None
    seconds = spend([(Range.exactly(count), known or measure())], workers)
    if seconds.expected < LONG:
        return None
    basis = "the speed of an earlier run of this study" if known else "a short measurement of its files"
    return f"{doing} {count:,}: {worded(seconds)} by {basis}"


def remember(store: Store, kind: str, count: int, seconds: float, workers: int) -> None:
    """Keep how fast a stage was, in seconds of one worker, for the next run's forecast."""
    if count >= ENOUGH:
        speed = Range.exactly(seconds * workers / count) * Range(0.75, 1.0, 1.5)
        kept = {name: asdict(value) for name, value in (_speeds(store) | {kind: speed}).items()}
        store.remember(NOTE, json.dumps(kept, sort_keys=True))


def _speeds(store: Store) -> dict[str, Range]:
    try:
        return {name: Range(**value) for name, value in json.loads(store.note(NOTE) or "{}").items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def process_mb() -> float:
    """Return the most memory this process has held so far, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(
            line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines() if ":" in line
        )
        return int(lines["VmHWM"].split()[0]) / 1024
    try:
        import resource  # noqa: PLC0415  not on Windows
    except ImportError:
        return 300.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


def _timed(work: Callable[[Item], object], items: Sequence[Item], seconds: float) -> Range:
    """Time the work on item after item until the time is up; the first one, which loads libraries, is done twice."""
    took: list[float] = []
    began = time.perf_counter()
    for item in [*items[:1], *items]:
        start = time.perf_counter()
        try:
            work(item)
        except (CollectionError, OSError, ValueError):
            continue
        took.append(time.perf_counter() - start)
        if len(took) > 3 and time.perf_counter() - began > seconds:
            break
    return Range.of(took[1:] or took or [0.0])
