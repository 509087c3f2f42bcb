"""The constants of a plan for very many pictures (data/guides/hundred-million.md), measured on a study that was matched.

    python benchmarks/constants.py STUDY [--files 100000000] [--rows 200000] [--json FILE]

Processor seconds, not seconds of the clock: they hold on a machine that others use too. One process, one thread of search.
"""

import argparse
import json
import platform
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

HOLD = """
import sys
import pandas as pd
from dedupelab import tables
from dedupelab.study.speeds import process_mb
from pathlib import Path
before = process_mb()
images = tables.read(tables.IMAGES, Path(sys.argv[1]))
held = process_mb()
from dedupelab.match.candidates import search_candidates
search_candidates(images.head(2000), 10)
search_candidates(images, 10)
print(len(images), before, held, process_mb())
"""


JOINED = 1_000_000
"""Fingerprints of the join that is timed: below that, what every join needs once has too much weight."""


def speeds(study: "object", runs: int) -> dict[str, float]:
    """Return processor seconds for a picture or pair of this study."""
    from dedupelab.study import speeds as probe

    probe.time = SimpleNamespace(perf_counter=time.process_time)
    import cv2

    cv2.setNumThreads(1)
    listings = study.execution.listings()
    entries = [(name, entry) for name, found in listings.items() for entry in found]
    chosen = probe.choose(entries)
    images, pairs = study.images(), study.pairs()
    where = study.addresses(images)
    opened = list(where.values())[:: max(len(where) // 40, 1)]
    several = pairs.iloc[:: max(len(pairs) // runs, 1)]
    compared = [
        [(where[row.left], where[row.right], row.transform)]
        for row in several.itertuples()
        if row.left in where
    ]
    return {
        "read a file": probe.read_speed(chosen, study.config.scan.decode, 3.0).expected,
        "decode in full": probe.digest_speed(opened, 2.0).expected,
        "describe a picture": probe.describe_speed(opened, 3.0).expected,
        "compare a pair": probe.compare_speed(compared, 3.0).expected,
    }


def search_ratio(rows: int, radius: int) -> tuple[float, float]:
    """Return processor seconds of one join, and how many times those that the plan of the search foretells."""
    from join import synthetic

    from dedupelab.match.search.hamming import search_seconds, self_join

    self_join(synthetic(2000), radius, threads=1)
    began = time.process_time()
    self_join(synthetic(rows), radius, threads=1)
    took = time.process_time() - began
    return took, took / search_seconds(rows, radius)


def memory(images: pd.DataFrame, rows: int, folder: Path) -> dict[str, float]:
    """Return the bytes that a row takes in memory, and while candidates are sought, from a table of so many rows."""
    from dedupelab import tables

    copies = [
        images.assign(
            image_id=[f"i{number:07x}{row:08x}" for row in range(len(images))],
            phash=images["phash"] ^ (number * 0x9E3779B97F4A7C15 % 2**64),
        )
        for number in range(-(-rows // len(images)))
    ]
    many = pd.concat(copies, ignore_index=True).head(rows)
    path = folder / "images.parquet"
    tables.write(tables.IMAGES, many, path)
    ran = subprocess.run([sys.executable, "-c", HOLD, str(path)], capture_output=True, text=True, check=True)
    count, before, held, sought = map(float, ran.stdout.split())
    return {
        "in memory": (held - before) * 2**20 / count,
        "while candidates are sought": (sought - before) * 2**20 / count,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", type=Path)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--files", type=int, default=100_000_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    import tempfile

    from dedupelab import tables
    from dedupelab.match.search.hamming import search_seconds
    from dedupelab.study.study import Study

    study = Study(options.study)
    images = study.images()
    images = images[images["status"] == "hashed"]
    found = {"bytes of a file": float(images["bytes"].mean()), **speeds(study, 40)}
    radius = study.config.match.max_distance
    found["one join"], found["of what was foretold"] = search_ratio(JOINED, radius)
    found["a join of all, foretold"] = search_seconds(options.files, radius)
    found["a row of images on disk"] = study.store.path(tables.IMAGES).stat().st_size / len(study.images())
    with tempfile.TemporaryDirectory() as name:
        found |= memory(images, options.rows, Path(name))
    print(f"{len(images):,} pictures; Python {platform.python_version()}, {platform.machine()}")
    for name, value in found.items():
        print(f"{name}: {value:,.4g}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
