"""Exact join of 64-bit fingerprints, side by side with peers in one run: read the ratios, not the seconds.

    python benchmarks/join.py [--sizes 10000 100000] [--large] [--candidates 1000000] [--json FILE]

One thread each unless a row says two. Fingerprints are random with planted neighbours: a twentieth of the rows lies 0 to 6
bits from another one, and a hundredth is one and the same fingerprint. Peers that are not installed are skipped and named.
"""

import argparse
import importlib.metadata
import importlib.util
import json
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

RADIUS = 8
LARGE = (1_000_000, 10_000_000)
PATIENCE = 4.0
"""Seconds after which a method is not repeated."""
TREE_QUERIES = 300
Prints = NDArray[np.uint64]


def synthetic(rows: int, seed: int = 0) -> Prints:
    generator = np.random.default_rng(seed)
    prints = generator.integers(0, 2**64, rows, np.uint64)
    chosen, source = generator.integers(0, rows, (2, rows // 20))
    near = prints[source]
    for _ in range(6):
        near ^= np.uint64(1) << generator.integers(0, 64, len(near)).astype(np.uint64)
    prints[chosen] = near
    prints[generator.integers(0, rows, rows // 100)] = prints[0]
    return prints


def ours(engine: Literal["numba", "numpy"], threads: int, *, expand: bool) -> Callable[[Prints], int]:
    from dedupelab.match.search.hamming import self_join

    def run(prints: Prints) -> int:
        found = self_join(prints, RADIUS, engine=engine, threads=threads)
        return len(found.expand().left) if expand else -1

    return run


def faiss_flat(prints: Prints) -> int:
    import faiss

    faiss.omp_set_num_threads(1)
    codes = prints.view(np.uint8).reshape(-1, 8)
    index = faiss.IndexBinaryFlat(64)
    index.add(codes)
    limits, _, _ = index.range_search(codes, RADIUS + 1)  # faiss means "nearer than"
    return (int(limits[-1]) - len(prints)) // 2


def faiss_multi_hash(prints: Prints) -> int:
    import faiss

    faiss.omp_set_num_threads(1)
    codes = prints.view(np.uint8).reshape(-1, 8)
    index = faiss.IndexBinaryMultiHash(64, 3, 21)
    index.nflip = 2
    index.add(codes)
    limits, _, _ = index.range_search(codes, RADIUS + 1)
    return (int(limits[-1]) - len(prints)) // 2


def tree_seconds(prints: Prints) -> float:
    """Build the tree, ask for some, and count the rest as equally long."""
    import pybktree

    values = prints.tolist()
    start = time.perf_counter()
    tree = pybktree.BKTree(pybktree.hamming_distance, values)
    built = time.perf_counter()
    for value in values[:: max(len(values) // TREE_QUERIES, 1)][:TREE_QUERIES]:
        tree.find(value, RADIUS)
    asked = time.perf_counter()
    return built - start + (asked - built) * len(values) / min(TREE_QUERIES, len(values))


def seconds(run: Callable[[Prints], int], prints: Prints, repeat: int) -> tuple[float, int]:
    """Return the best time, and the number of pairs."""
    best = float("inf")
    pairs = 0
    for _ in range(repeat):
        start = time.perf_counter()
        pairs = run(prints)
        best = min(best, time.perf_counter() - start)
        if best > PATIENCE:
            break
    return best, pairs


def installed(*packages: str) -> bool:
    return all(importlib.util.find_spec(package) is not None for package in packages)


def side_by_side(rows: int, repeat: int) -> list[dict[str, object]]:
    prints = synthetic(rows)
    methods: list[tuple[str, Callable[[Prints], int] | None]] = []
    if installed("numba"):
        methods += [
            ("dedupelab, numba", ours("numba", 1, expand=False)),
            ("dedupelab, numba, copies multiplied out", ours("numba", 1, expand=True)),
            ("dedupelab, numba, 2 threads", ours("numba", 2, expand=False)),
        ]
        ours("numba", 1, expand=False)(prints[:1000])  # loads the compiled code
    methods += [
        ("dedupelab, numpy", ours("numpy", 1, expand=False)),
        ("faiss IndexBinaryFlat.range_search", faiss_flat if installed("faiss") else None),
        (
            "faiss IndexBinaryMultiHash, 3 x 21 bits, 2 flips",
            faiss_multi_hash if installed("faiss") else None,
        ),
    ]
    results: list[dict[str, object]] = []
    for name, run in methods:
        if run is None:
            results.append({"rows": rows, "method": name, "seconds": None})
            continue
        took, pairs = seconds(run, prints, repeat)
        results.append(
            {"rows": rows, "method": name, "seconds": took, "pairs": pairs if pairs >= 0 else None}
        )
    name = f"pybktree ({TREE_QUERIES} queries, extrapolated)"
    results.append(
        {"rows": rows, "method": name, "seconds": tree_seconds(prints) if installed("pybktree") else None}
    )
    return results


def identical(rows: int, repeat: int) -> dict[str, float]:
    """Time equal fingerprints against different ones."""
    engine: Literal["numba", "numpy"] = "numba" if installed("numba") else "numpy"
    different = np.random.default_rng(1).integers(0, 2**64, rows, np.uint64)
    run = ours(engine, 1, expand=False)
    return {
        "identical": seconds(run, np.full(rows, different[0]), repeat)[0],
        "different": seconds(run, different, repeat)[0],
    }


def peak_memory() -> float:
    """Return the most memory this process ever held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024
    import resource  # not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


def alone(rows: int, threads: int) -> dict[str, object]:
    """Join in a process of its own; memory counts from the bare interpreter with numpy, imports and input included."""
    command = [sys.executable, __file__, "--alone", str(rows), str(threads)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(json.loads(printed))


def in_this_process(rows: int, threads: int) -> dict[str, object]:
    start = peak_memory()
    prints = synthetic(rows)
    engine: Literal["numba", "numpy"] = "numba" if installed("numba") else "numpy"
    run = ours(engine, threads, expand=False)
    run(prints[:1000])
    ready = peak_memory()
    took, _ = seconds(run, prints, 1)
    return {
        "rows": rows,
        "engine": engine,
        "threads": threads,
        "seconds": took,
        "memory_mb": peak_memory() - start,
        "memory_above_imports_and_input_mb": peak_memory() - ready,
    }


def studied(rows: int) -> pd.DataFrame:
    """Return an images table of fingerprints of which a third lie in clumps of 64: some ten pairs an image."""
    generator = np.random.default_rng(0)
    prints = generator.integers(0, 2**64, rows, np.uint64)
    clumps = generator.permutation(rows)[: rows // 3 // 64 * 64].reshape(-1, 64)
    near = np.repeat(prints[clumps[:, :1]], 64, axis=1)
    for _ in range(3):
        near ^= np.uint64(1) << generator.integers(0, 64, near.shape).astype(np.uint64)
    prints[clumps] = near
    forms = generator.integers(0, 2**64, (rows, 8), np.uint64)
    forms[:, 0] = prints
    data = forms.astype("<u8").tobytes()
    return pd.DataFrame(
        {
            "image_id": pd.Series([f"i{k:015x}" for k in generator.permutation(rows)], dtype="str"),
            "status": "hashed",
            "information": 0.9,
            "phash": pd.array(prints, "UInt64"),
            "phash_forms": pd.Series([data[k : k + 64] for k in range(0, len(data), 64)], dtype=object),
            "phash_trimmed": pd.array(prints, "UInt64"),
        }
    )


def candidates_in_this_process(rows: int, threads: int) -> dict[str, object]:
    """Find the candidates of a study in all forms, as numbers and then as text; memory counts from the images table on."""
    from dedupelab.match.candidates import search_candidates

    images = studied(rows)
    search_candidates(images.head(20_000), 10)
    ready = peak_memory()
    start, used = time.perf_counter(), time.process_time()
    found = search_candidates(images, 10, threads=threads)
    took, cpu, numbers = time.perf_counter() - start, time.process_time() - used, peak_memory()
    found.frame()
    return {
        "images": rows,
        "threads": threads,
        "candidates": len(found),
        "seconds": took,
        "processor_seconds": cpu,
        "memory_mb": numbers - ready,
        "memory_with_text_mb": peak_memory() - ready,
    }


def version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def markdown(results: dict[str, Any]) -> str:
    lines = [f"Exact self-join of 64-bit fingerprints, radius {RADIUS}, one thread unless said.", ""]
    lines += [", ".join(f"{name} {number}" for name, number in results["versions"].items()), ""]
    lines += [
        "| fingerprints | method | seconds | times as long as dedupelab | pairs |",
        "|---|---|---|---|---|",
    ]
    for row in results["side_by_side"]:
        base = next(r["seconds"] for r in results["side_by_side"] if r["rows"] == row["rows"])
        took = "not installed" if row["seconds"] is None else f"{row['seconds']:.3g}"
        ratio = "" if row["seconds"] is None else f"{row['seconds'] / base:.3g}"
        pairs = "" if row.get("pairs") is None else f"{row['pairs']:,}"
        lines.append(f"| {row['rows']:,} | {row['method']} | {took} | {ratio} | {pairs} |")
    same = results["copies"]
    ratio = same["identical"] / same["different"]
    lines += [
        "",
        f"50,000 identical fingerprints take {ratio:.2f} times as long as 50,000 different ones.",
        "",
    ]
    lines += [
        "| fingerprints | threads | seconds | peak memory above start, MB | of it the search |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['rows']:,} | {row['threads']} | {row['seconds']:.3g} | {row['memory_mb']:.0f}"
        f" | {row['memory_above_imports_and_input_mb']:.0f} |"
        for row in results["alone"]
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare exact joins of 64-bit fingerprints.")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[10_000, 100_000], help="fingerprints per comparison"
    )
    parser.add_argument("--large", action="store_true", help="also join 1 and 10 million, dedupelab alone")
    parser.add_argument("--repeat", type=int, default=5, help="take the best of so many runs")
    parser.add_argument("--json", type=Path, help="write the results to this file too")
    parser.add_argument(
        "--candidates", type=int, metavar="IMAGES", help="only find a study's candidates, in all forms"
    )
    parser.add_argument("--alone", type=int, nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.alone:
        print(json.dumps(in_this_process(*arguments.alone)))
        return
    if arguments.candidates:
        print(json.dumps(candidates_in_this_process(arguments.candidates, 2)))
        return
    packages = ("dedupelab", "numpy", "numba", "faiss-cpu", "pybktree")
    large = [alone(rows, threads) for rows in LARGE for threads in (1, 2)] if arguments.large else []
    results = {
        "radius": RADIUS,
        "versions": {"Python": platform.python_version(), **{name: version(name) for name in packages}},
        "machine": platform.machine(),
        "side_by_side": [row for rows in arguments.sizes for row in side_by_side(rows, arguments.repeat)],
        "copies": identical(50_000, arguments.repeat),
        "alone": [*(alone(rows, 1) for rows in arguments.sizes), *large],
    }
    print(markdown(results))
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
