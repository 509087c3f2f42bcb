"""What a study is going to take, before it starts: counts from its tables where there are any, else assumptions that are printed."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dedupelab import tables
from dedupelab.collect.listing import Entry, address
from dedupelab.match.candidates import Candidates
from dedupelab.match.exact import pixel_suspects
from dedupelab.match.gear import describable
from dedupelab.match.pair_selection import nearest
from dedupelab.match.pairing import near_candidates, representatives
from dedupelab.match.search.hamming import search_seconds
from dedupelab.study.execution import Execution
from dedupelab.study.ranges import Estimate, Range, Stage, spend
from dedupelab.study.speeds import (
    SECONDS,
    choose,
    compare_speed,
    describe_speed,
    digest_speed,
    made_up,
    process_mb,
    read_speed,
    runs_of,
    sample,
)
from dedupelab.tables.contents import content_classes
from dedupelab.work.pool import started

PAIRS = Range(0.05, 0.5, 1.5)
"""Pairs to compare per picture, before the scan; the sample study, dense with copies, has 0.7."""
SUSPECTS = Range(0.02, 0.2, 0.5)
"""Pictures decoded in full per picture, before the scan; the sample study has 0.4."""
PROPOSED = Range(0.2, 0.6, 1.5)
"""Pairs that local descriptors propose per picture beside near fingerprints, before they have voted: of 578 pictures of 398 works, 0.5."""
VOTING = Range(0.002, 0.005, 0.015)
"""Seconds in which the descriptors of one picture vote, in one process."""
TABLES = Range(0.0002, 0.001, 0.003)
"""Seconds of sorting, grouping and writing per picture, in one process."""
SEARCHES = 10
"""Joins that find candidates: as it is, inverted, trimmed, and seven turns."""
ROW_KB, DESCRIPTORS_KB = 10.0, 170.0
"""Memory per file of the images table as it is made, and per picture of voting, as far as `[match] memory` goes: a thousand pictures took 170 MB."""


def forecast(run: Execution, workers: Sequence[int] = (), files: int = 0) -> Estimate:
    """Estimate scan and match of a study in both gears.

    Parameters
    ----------
    run
        Of a study: its images table, if there is one, says how many pairs there are to compare.
    workers
        For how many processes; when empty for one, the study's own number and more.
    files
        Of how many files to speak; those listed when 0. With another number, counts are scaled.
    """
    listings = run.listings()
    entries = [(name, entry) for name, found in listings.items() for entry in found]
    opened = [entry for _, entry in entries if entry.skipped is None and entry.unreadable is None]
    images = run.store.read(tables.IMAGES)
    hashed = images[images["status"] == "hashed"]
    scale = files / len(entries) if files else 1.0
    chosen = choose(entries)
    where = [address(run.locations[name], entry.path) for name, entry in chosen]
    pictures = Range.exactly((len(hashed) or len(opened)) * scale)
    if len(hashed):
        candidates = near_candidates(images, run.config.match.max_distance, threads=run.config.workers)
        home = images.set_index("image_id")["collection"]
        pairs = nearest(representatives(candidates, content_classes(images)), home)
        runs = [_runs(run, images, pairs)]
        compared = Range.exactly(len(pairs) * scale)
        suspects = Range.exactly(len(pixel_suspects(images, candidates, tables.LOW_INFORMATION)) * scale)
        described = Range.exactly(len(describable(images)) * scale)
        counted = f"{len(pairs):,} pairs to compare, counted in the scanned fingerprints"
    else:
        runs = [*made_up(where)]
        compared, suspects, described = pictures * PAIRS, pictures * SUSPECTS, pictures
        counted = f"assumed {PAIRS.low} to {PAIRS.high:g} pairs to compare per picture: how many there are is unknown before the scan"
    # A worker of its own measures: that is what the stages use, and its memory is theirs.
    with started(1) as worker:
        speeds = {
            "read": worker.submit(read_speed, chosen, run.config.scan.decode).result(),
            "decode in full": worker.submit(digest_speed, where).result(),
            "describe": worker.submit(describe_speed, where).result(),
            "compare": _either(
                [worker.submit(compare_speed, each, described=False).result() for each in runs]
            ),
            "compare, described": _either([worker.submit(compare_speed, each).result() for each in runs]),
            # Descriptors propose copies and strangers alike.
            "compare, proposed": _either(
                [worker.submit(compare_speed, each, SECONDS / 2).result() for each in made_up(where)]
            ),
        }
        each = worker.submit(process_mb).result()
    search = SEARCHES * search_seconds(int(pictures.expected), run.config.match.max_distance)
    own = Range(search / 2, search, 3 * search) + pictures * TABLES
    decoded = (suspects, speeds["decode in full"])
    quick = [decoded, (compared, speeds["compare"])]
    thorough = [
        decoded,
        (described, speeds["describe"]),
        (compared, speeds["compare, described"]),
        (described * PROPOSED, speeds["compare, proposed"]),
    ]
    vote = described * VOTING
    reading = [(Range.exactly(len(opened) * scale), speeds["read"])]
    stages = [
        stage
        for count in sorted(
            set(workers) or {1, run.config.workers, 4 * run.config.workers, 16 * run.config.workers}
        )
        for stage in (
            Stage("scan", count, spend(reading, count)),
            Stage("quick match", count, spend(quick, count) + own),
            Stage("thorough match", count, spend(thorough, count) + own + vote),
        )
    ]
    rows = len(entries) * scale / 1024
    measured = ", ".join(f"{name} {_milliseconds(speed)}" for name, speed in speeds.items())
    return Estimate(
        files=round(len(entries) * scale),
        scanned=bool(len(hashed)),
        stages=tuple(stages),
        memory_mb={
            "per worker": each,
            "main process": process_mb() + ROW_KB * rows,
            "main process in thorough": process_mb()
            + ROW_KB * rows
            + min(DESCRIPTORS_KB * rows, run.config.match.memory),
        },
        speeds=speeds,
        basis=(
            f"measured now on up to {len(chosen)} files of all sizes, one process, per file or pair: {measured}",
            counted,
            f"assumed for thorough: {PROPOSED.low:g} to {PROPOSED.high:g} more pairs per picture proposed by descriptors",
            "more workers than this machine has cores are taken to be other machines like this one",
        ),
    )


def pair_speed(run: Execution, images: pd.DataFrame, pairs: Candidates) -> Range:
    """Measure the comparison on a few of these pairs."""
    described = run.config.gear == "thorough"
    with started(1) as worker:
        return worker.submit(compare_speed, _runs(run, images, pairs)[:3], 1.0, described=described).result()


def picture_speed(run: Execution, images: pd.DataFrame) -> Range:
    """Measure the extraction of descriptors on a few of these pictures."""
    few = images.iloc[sample(range(len(images)), 6)]
    with started(1) as worker:
        return worker.submit(describe_speed, list(run.pictures.addresses(few).values()), 1.0).result()


def file_speed(run: Execution, listings: dict[str, list[Entry]]) -> Range:
    """Measure the reading on a few of these files."""
    chosen = choose([(name, entry) for name, found in listings.items() for entry in found], 12)
    with started(1) as worker:
        return worker.submit(read_speed, chosen, run.config.scan.decode, 1.0).result()


def _either(speeds: list[Range]) -> Range:
    """Return what is known of a speed when it is one of these, or any mixture."""
    low, high = min(speed.low for speed in speeds), max(speed.high for speed in speeds)
    return Range(low, sum(speed.expected for speed in speeds) / len(speeds), high)


def _runs(run: Execution, images: pd.DataFrame, pairs: Candidates) -> list[list[tuple[str, str, str]]]:
    where = run.pictures.addresses(images)
    return [
        [
            (
                where[pairs.names[pairs.left[k]]],
                where[pairs.names[pairs.right[k]]],
                tables.TRANSFORMS[pairs.transform[k]],
            )
            for k in each
        ]
        for each in runs_of(len(pairs))
    ]


def _milliseconds(speed: Range) -> str:
    return f"{1000 * speed.expected:.0f} ms ({1000 * speed.low:.0f} to {1000 * speed.high:.0f})"
