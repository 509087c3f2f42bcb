"""The gate's lookup against many fingerprints, beside comparing with all of them in the same run.

    python benchmarks/screen.py [--rows 1000000] [--queries 1000] [--radius 8] [--work DIR] [--json FILE]

A query is one fingerprint, or the eleven under which an upload is looked up (`gate_index.queries`): eight orientations, cut,
inverted. Fingerprints are random; half of the queries lie 0 to 6 bits from a held one. The load is timed in a process of its own.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LOAD = """
import sys, time
from pathlib import Path
from dedupelab.match.search.gate_index import open_index
import numpy as np
began = time.perf_counter()
index = open_index(Path(sys.argv[1]), "bench")
index.near(np.array([1], np.uint64), 8)
print(time.perf_counter() - began)
"""


def held(rows: int, seed: int = 0) -> pd.DataFrame:
    """Draw an images table as far as the index reads it."""
    from dedupelab.match.search.gate_index import FACTS

    rng = np.random.default_rng(seed)
    prints = rng.integers(0, 2**64, rows, np.uint64)
    number = pd.Series(np.arange(rows))
    columns = {
        "image_id": "i" + number.astype(str).str.zfill(15),
        "collection": np.array(["archive", "newsroom", "portal"], object)[number % 3],
        "path": "2026/" + number.astype(str) + ".jpg",
        "bytes": number,
        "status": "hashed",
        "sha256": [
            f"{left:016x}{right:048x}" for left, right in zip(prints.tolist(), range(rows), strict=True)
        ],
        "phash": prints,
        "phash_trimmed": prints,
        "phash_forms": [prints[k : k + 1].tobytes() * 8 for k in range(rows)],
        "information": 0.9,
        "credit": "Photographer " + (number % 5000).astype(str),
    }
    return pd.DataFrame(columns).reindex(columns=list(FACTS))


def asked(prints: NDArray[np.uint64], count: int, seed: int = 1) -> NDArray[np.uint64]:
    """Draw queries: every other one is a held fingerprint with up to six bits changed."""
    rng = np.random.default_rng(seed)
    queries = rng.integers(0, 2**64, (count, 11), np.uint64)
    near = rng.choice(prints, count)
    for _ in range(6):
        near ^= np.uint64(1) << rng.integers(0, 64, count).astype(np.uint64)
    queries[::2, 0] = near[::2]
    return queries


def timed(work: Callable[[NDArray[np.uint64]], object], queries: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Return milliseconds for each query."""
    spent = []
    for query in queries:
        began = time.perf_counter()
        work(query)
        spent.append(1000 * (time.perf_counter() - began))
    return np.array(spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--radius", type=int, default=8)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        measure(options, options.work or Path(name))


def measure(options: argparse.Namespace, folder: Path) -> None:
    from dedupelab.match.search.gate_index import open_index, write_index

    table = held(options.rows)
    prints = table["phash"].to_numpy(np.uint64)
    began = time.perf_counter()
    written = write_index(table, folder, "bench")
    build = time.perf_counter() - began
    size = sum(file.stat().st_size for file in written.iterdir())
    del table
    load = float(subprocess.check_output([sys.executable, "-c", LOAD, str(folder)], text=True))
    index = open_index(folder, "bench")
    assert index is not None
    queries = asked(prints, options.queries)

    def brute(query: NDArray[np.uint64]) -> object:
        return [np.flatnonzero(np.bitwise_count(prints ^ each) <= options.radius) for each in query]

    found = [len(index.near(query, options.radius).row) for query in queries[:50]]
    assert found == [sum(map(len, brute(query))) for query in queries[:50]]  # type: ignore[call-overload, arg-type]
    rows = []
    for title, part in (("one fingerprint", queries[:, :1]), ("an upload: eleven", queries)):
        for way, work in (("index", lambda q: index.near(q, options.radius)), ("brute force", brute)):
            spent = timed(work, part if way == "index" else part[:100])
            rows.append(
                {
                    "query": title,
                    "way": way,
                    "median ms": np.median(spent),
                    "p95 ms": np.percentile(spent, 95),
                }
            )
    facts = timed(lambda q: index.fact(int(q[0] % np.uint64(options.rows))), queries)
    print(
        f"{options.rows:,} fingerprints, radius {options.radius}; Python {platform.python_version()}, numpy {np.__version__}"
    )
    print(f"index: written in {build:.1f} s, {size / 1e6:,.0f} MB, loaded and asked once in {load:.3f} s\n")
    print("| query | way | median ms | 95th percentile |\n|---|---|---|---|")
    for row in rows:
        print(f"| {row['query']} | {row['way']} | {row['median ms']:.2f} | {row['p95 ms']:.2f} |")
    print(f"| facts of one held picture | index | {np.median(facts):.2f} | {np.percentile(facts, 95):.2f} |")
    if options.json:
        options.json.write_text(
            json.dumps({"load": load, "build": build, "bytes": size, "rows": rows}), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
