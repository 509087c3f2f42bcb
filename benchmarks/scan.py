"""From file to fingerprint: dedupelab's one pass beside the decoder's limit and what others do, in one run.

    python benchmarks/scan.py

Every round runs every method once on the same files, in turn, so that a busy machine slows all of them alike; counted is
processor time on one thread, which other programs disturb least. The last part scans with one and with two workers that
are running already: wall time, and the processor time a file takes in the workers and in the process that directs them,
which bounds what two processes can gain however busy the machine is.
"""

import argparse
import hashlib
import io
import os
import platform
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

import numpy as np
from photographs import read_photographs
from PIL import Image, ImageOps, features
from workers import compare, start_up

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
Method = Callable[[list[Path]], object]
LARGE = (4000, 3000)
SMALL = 500
BASE = "imagehash.phash(Image.open(f))"
LIMIT = "read + SHA-256 + decode scaled to 256 (the limit)"
OURS = "dedupelab: the whole record"


def make_files(folder: Path, photos: Path | None, large: int, small: int) -> tuple[list[Path], list[Path]]:
    """Write so many 12-megapixel and so many 500 px JPEGs, or take those that are there.

    A large picture tiles enlarged photographs, with noise like a sensor's, so that it costs what a camera's file costs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    big = [folder / f"large-{k:03d}.jpg" for k in range(large)]
    little = [folder / f"small-{k:03d}.jpg" for k in range(small)]
    if all(f.is_file() for f in (*big, *little)):
        return big, little
    pictures = [photograph.picture for photograph in read_photographs(photos)]
    for k, file in enumerate(big):
        rng = np.random.default_rng([1, k])
        canvas = Image.new("RGB", LARGE)
        for place in range(4):
            half = (LARGE[0] // 2, LARGE[1] // 2)
            part = ImageOps.fit(pictures[(4 * k + place) % len(pictures)], half, Image.Resampling.BICUBIC)
            canvas.paste(part, (place % 2 * half[0], place // 2 * half[1]))
        noisy = np.asarray(canvas, np.float32) + rng.normal(0, 3, (LARGE[1], LARGE[0], 1)).astype(np.float32)
        Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(file, quality=90)
    for k, file in enumerate(little):
        picture = pictures[k % len(pictures)]
        picture = ImageOps.contain(picture if k < len(pictures) else ImageOps.mirror(picture), (SMALL, SMALL))
        picture.save(file, quality=90)
    return big, little


def read_and_digest(files: list[Path]) -> None:
    for file in files:
        hashlib.sha256(file.read_bytes()).hexdigest()


def scaled_decode(files: list[Path]) -> None:
    for file in files:
        data = file.read_bytes()
        hashlib.sha256(data).hexdigest()
        with Image.open(io.BytesIO(data)) as picture:
            picture.draft("L", (256, 256))
            picture.load()


def imagehash_phash(files: list[Path]) -> None:
    import imagehash

    for file in files:
        imagehash.phash(Image.open(file))


def our_records(files: list[Path]) -> None:
    from dedupelab.collect.batch import Job, read_batch
    from dedupelab.collect.listing import Entry
    from dedupelab.collect.scan import BATCH

    entries = [Entry(file.name, str(file), file.stat().st_size, None) for file in files]
    for k in range(0, len(files), BATCH):
        read_batch(Job("bench", tuple(entries[k : k + BATCH])), "scaled")


def imagededup_phash(files: list[Path]) -> None:
    from imagededup.methods import PHash  # type: ignore[import-not-found, unused-ignore]

    hasher = PHash(verbose=False)
    for file in files:
        hasher.encode_image(str(file))


def cleanvision_duplicates(files: list[Path]) -> None:
    from cleanvision import Imagelab  # type: ignore[import-not-found, unused-ignore]

    lab = Imagelab(filepaths=[str(file) for file in files])
    lab.find_issues({"exact_duplicates": {}, "near_duplicates": {}}, n_jobs=1, verbose=False)


METHODS: dict[str, Method] = {
    BASE: imagehash_phash,
    "read + SHA-256": read_and_digest,
    LIMIT: scaled_decode,
    OURS: our_records,
    "imagededup PHash": imagededup_phash,
    "cleanvision, duplicates only": cleanvision_duplicates,
}


def usable(file: Path) -> dict[str, Method]:
    """Return the methods whose packages are installed, each run once, so that imports and caches are warm."""
    found = {}
    for name, method in METHODS.items():
        try:
            quietly(method, [file])
        except (ImportError, RuntimeError) as problem:
            print(f"{name}: left out: {problem}", file=sys.stderr)
            continue
        found[name] = method
    return found


def quietly(method: Method, files: list[Path]) -> float:
    """Run a method without its progress bars and warnings; return seconds of processor time."""
    quiet = io.StringIO()
    stderr, sys.stderr = sys.stderr, quiet
    stdout, sys.stdout = sys.stdout, quiet
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            began = time.process_time()
            method(files)
            return time.process_time() - began
    finally:
        sys.stderr, sys.stdout = stderr, stdout


def rounds(methods: dict[str, Method], files: list[Path], count: int) -> dict[str, list[float]]:
    """Return the images per second of each method in each of the interleaved rounds; every other goes backwards."""
    rates: dict[str, list[float]] = {name: [] for name in methods}
    for turn in range(count):
        for name in list(methods)[:: -1 if turn % 2 else 1]:
            rates[name].append(len(files) / quietly(methods[name], files))
    return rates


def ratio(rates: dict[str, list[float]], method: str, other: str) -> tuple[float, float, float]:
    """Return the median, smallest and largest ratio of two methods' rates in the same round."""
    found = [one / two for one, two in zip(rates[method], rates[other], strict=True)]
    return median(found), min(found), max(found)


def versions(packages: Sequence[str]) -> str:
    """Return the versions of those packages that are installed, and of Python and the JPEG decoder."""
    found = [f"Python {platform.python_version()}", f"{os.cpu_count()} cores"]
    found.append(f"libjpeg-turbo {features.version('libjpeg_turbo')}")
    for package in packages:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the files, run the rounds, print a Markdown table."""
    parser = argparse.ArgumentParser(description="From file to fingerprint, images per second.")
    parser.add_argument(
        "--photos", type=Path, help="folder of photographs; default: those in the installed wheels"
    )
    parser.add_argument(
        "--work",
        type=Path,
        default=Path(tempfile.gettempdir()) / "dedupelab-scan",
        help="where the files are kept",
    )
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--large", type=int, default=8, help="12-megapixel files")
    parser.add_argument("--small", type=int, default=96, help="500 px files")
    parser.add_argument(
        "--scans", type=int, default=3, help="rounds of the part with workers; 0 leaves it out"
    )
    options = parser.parse_args(arguments)
    large, small = make_files(options.work, options.photos, options.large, options.small)
    sets = {"12-megapixel JPEG": large, "500 px JPEG": small}
    methods = usable(small[0])
    rates = {name: rounds(methods, files, options.rounds) for name, files in sets.items()}
    print("| method | " + " | ".join(f"{name}: images/s (ratio)" for name in sets) + " |")
    print("|---" * (1 + len(sets)) + "|")
    for method in methods:
        cells = (f"{median(r[method]):.1f} ({ratio(r, method, BASE)[0]:.2f})" for r in rates.values())
        print(f"| {method} | " + " | ".join(cells) + " |")
    if OURS in methods:
        print()
        for name, rate in rates.items():
            middle, low, high = ratio(rate, OURS, BASE)
            print(
                f"{name}: {middle:.2f} x imagehash ({low:.2f} to {high:.2f} in {options.rounds} rounds), "
                f"{100 * ratio(rate, OURS, LIMIT)[0]:.0f} % of the limit."
            )
        if options.scans:
            print(compare("500 px JPEG", small * -(-3072 // len(small)), options.scans))
            print(compare("12-megapixel JPEG", large * -(-128 // len(large)), options.scans))
            print(f"Start of two workers: {start_up(small[0]):.2f} s.")
    print()
    print(versions(["numpy", "pillow", "imagehash", "imagededup", "cleanvision"]))
    return 0


def on_one_thread(main: Callable[[], int]) -> int:
    """Run in a process whose linear algebra has one thread: the number is read when the library is loaded."""
    if all(os.environ.get(name) == "1" for name in THREADS):
        return main()
    environment = os.environ | dict.fromkeys(THREADS, "1")
    return subprocess.run([sys.executable, *sys.argv], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(on_one_thread(main))
