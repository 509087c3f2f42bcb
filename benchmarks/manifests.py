"""Export and merge of large manifests: time, processor time and memory, each step in a process of its own.

    python benchmarks/manifests.py [--rows 1000000] [--sites 4] [--folder DIR]

Pictures are rows only: random fingerprints, a twentieth of them near another of the same site, a tenth of each site's files
held by the next site byte for byte and a twentieth under a fingerprint one bit off, so that exact links, questions and lone
pictures all occur. Tables are written block by block; nothing is opened.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

NOW = datetime(2026, 1, 2, tzinfo=UTC)
COPIED, NEAR = 0.1, 0.05


def names(rows: int, site: int) -> list[str]:
    """Return image_ids as long as real ones."""
    return [f"i{site:02x}{number:013x}" for number in range(rows)]


def pictures(rows: int, site: int, seed: int = 0) -> pd.DataFrame:
    """Return an images table of one site."""
    from dedupelab import tables

    generator = np.random.default_rng([seed, site])
    prints = generator.integers(0, 2**64, rows, np.uint64)
    digests = [f"{word:016x}" * 4 for word in generator.integers(0, 2**63, rows)]
    chosen = generator.permutation(rows)
    near, source = chosen[: int(rows * NEAR)], chosen[-int(rows * NEAR) :]
    prints[near] = prints[source] ^ (np.uint64(1) << generator.integers(0, 64, len(near)).astype(np.uint64))
    if site:  # what the site before holds, too
        other = np.random.default_rng([seed, site - 1])
        prints_there = other.integers(0, 2**64, rows, np.uint64)
        digests_there = [f"{word:016x}" * 4 for word in other.integers(0, 2**63, rows)]
        copied, alike = int(rows * COPIED), int(rows * NEAR)
        prints[:copied], digests[:copied] = prints_there[-copied:], digests_there[-copied:]
        prints[copied : copied + alike] = prints_there[-copied - alike : -copied] ^ np.uint64(1)
    forms = np.repeat(prints.astype("<u8")[:, None], 8, axis=1)
    forms[:, 1:] = generator.integers(0, 2**64, (rows, 7), np.uint64)
    frame = pd.DataFrame(
        {
            "image_id": names(rows, site),
            "collection": f"site-{site}",
            "path": [f"{number // 1000:05}/{number:07}.jpg" for number in range(rows)],
            "bytes": generator.integers(10_000, 5_000_000, rows),
            "status": "hashed",
            "sha256": digests,
            "payload_sha256": [each[::-1] for each in digests],
            "format": "JPEG",
            "mode": "RGB",
            "width": generator.integers(200, 4000, rows),
            "height": generator.integers(200, 4000, rows),
            "frames": 1,
            "phash": prints,
            "dhash": prints[::-1],
            "phash_forms": [row.tobytes() for row in forms],
            "phash256": [row.tobytes() for row in forms[:, :4]],
            "information": 0.8,
            "creator": [f"person {number % 997}" for number in range(rows)],
            "caption": [f"a caption of the usual length for picture {number}" for number in range(rows)],
            "ai_label": "no-label",
            "c2pa": "none",
            "has_gps": False,
        }
    )
    absent = {c.name: None for c in tables.IMAGES.columns if c.name not in frame}
    return tables.IMAGES.conform(frame.assign(**absent))


def make(folder: Path, rows: int, site: int) -> None:
    """Write the tables of a site as a scan and a match leave them."""
    from dedupelab import tables
    from dedupelab.pack.toml import toml
    from dedupelab.tables.store import Store

    folder.mkdir(parents=True)
    settings = {
        "study": {"name": f"site-{site}"},
        "collection": [{"name": f"site-{site}", "location": "."}],
        "match": {"gear": "quick"},
    }
    (folder / "study.toml").write_text(toml(settings), encoding="utf-8")
    store, held = Store(folder / ".dedupelab"), pictures(rows, site)
    for table in (tables.SCANNED, tables.IMAGES):
        store.write(table, table.conform(held), "made")
    store.write(tables.DETECTED, tables.DETECTED.empty(), "made")


def export(folder: Path, path: Path) -> dict[str, int]:
    """Write a site's manifest."""
    from dedupelab.exchange.manifest import write_manifest
    from dedupelab.study.study import Study

    write_manifest(Study(folder), path, now=NOW)
    return {"bytes": path.stat().st_size}


def merge(folder: Path, sent: list[Path]) -> dict[str, int]:
    """Join the manifests."""
    from dedupelab.exchange.merging import merge as joined

    found = joined(folder, sent, now=NOW)
    links = int(found.study.pairs()["relation"].str.endswith("identical").sum())
    return {"images": found.images, "pairs": found.pairs, "undecided": found.undecided, "links": links}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="pictures of all sites together")
    parser.add_argument("--sites", type=int, default=4)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--step", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        print(json.dumps(step(given.step, given.folder, given.rows, given.sites)))
        return
    home = Path(tempfile.mkdtemp(prefix="dedupelab-manifests-", dir=given.folder))
    try:
        steps = [f"{what}-{site}" for what in ("make", "export") for site in range(given.sites)]
        for name in (*steps, "merge"):
            command = [sys.executable, "-P", __file__, "--step", name, "--folder", str(home)]
            command += ["--rows", str(given.rows), "--sites", str(given.sites)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            print(name, done.stdout.splitlines()[-1], flush=True)
    finally:
        shutil.rmtree(home)


def step(name: str, home: Path, rows: int, sites: int) -> dict[str, float]:
    what, _, number = name.partition("-")
    began, found = time.perf_counter(), {}
    if what == "make":
        make(home / number, rows // sites, int(number))
    elif what == "export":
        found = export(home / number, home / f"{number}.zip")
    else:
        found = merge(home / "merged", sorted(home.glob("*.zip")))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)
    spent = time.process_time()
    return found | {
        "seconds": round(time.perf_counter() - began, 1),
        "cpu": round(spent, 1),
        "peak_mb": round(peak),
    }


if __name__ == "__main__":
    main()
