"""What `dedupelab schedule --as cron` prints, run by cron itself: a line in a crontab, a minute later a report.

    python tests/campaigns/cron.py [--seconds 3600]

The line is as printed but for its time, which is every minute. The crontab of the user who runs this is as it was afterwards; where
no cron is at work one is started, for which one must be root, and ended.
"""

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from dedupelab.study.start import init

MINUTE = 75.0
"""Seconds in which cron must have started what is due every minute."""
RUNNING = Path("/var/run/crond.pid")


@contextlib.contextmanager
def at_work() -> Iterator[None]:
    """See to it that a cron is at work."""
    with contextlib.suppress(OSError, ValueError):
        os.kill(int(RUNNING.read_text()), 0)
        yield
        return
    program = shutil.which("cron") or "/usr/sbin/cron"
    with subprocess.Popen([program, "-f"]) as cron:
        try:
            time.sleep(1)
            assert cron.poll() is None, "expected cron to go on, got its end; run this as root"
            yield
        finally:
            cron.terminate()


@contextlib.contextmanager
def installed(lines: str) -> Iterator[None]:
    """Add lines to this user's crontab for a while."""
    had = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False)
    before = had.stdout if had.returncode == 0 else ""
    subprocess.run(["crontab", "-"], input=before + lines, text=True, check=True)
    try:
        yield
    finally:
        if before:
            subprocess.run(["crontab", "-"], input=before, text=True, check=True)
        else:
            subprocess.run(["crontab", "-r"], check=True)


def until(there: Path, seconds: float) -> float:
    """Wait for a file or folder; return the seconds it took."""
    began = time.monotonic()
    while not there.exists():
        assert time.monotonic() - began < seconds, f"expected {there.name} within {seconds:.0f} s, got none"
        time.sleep(0.5)
    return time.monotonic() - began


def play(home: Path, seconds: float) -> dict[str, object]:
    """Let cron make a report; return what its log says, with the seconds until it began and until it was done."""
    home = home / "it's 100 %"
    (home / "pictures").mkdir(parents=True)
    for seed in range(4):
        drawn = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
        Image.fromarray(drawn).resize((240, 180)).save(home / "pictures" / f"{seed}.png")
    init(home / "study", {"own": str(home / "pictures")})
    words = [
        "schedule",
        str(home / "study"),
        "--as",
        "cron",
        "--every",
        "daily",
        "--out",
        str(home / "reports"),
    ]
    printed = subprocess.run(
        [sys.executable, "-m", "dedupelab", *words], capture_output=True, text=True, check=True, cwd=home
    ).stdout
    fields = printed.rstrip("\n").split(" ", 5)
    assert fields[:5] == ["0", "3", "*", "*", "*"]
    given = {"DEDUPELAB_KEY": str(home.parent / "key"), "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    line = "".join(f"{name}={value}\n" for name, value in given.items() if value) + f"* * * * * {fields[5]}\n"
    with at_work():
        with installed(line):
            waited = until(home / "study" / ".dedupelab", MINUTE)
        latest = home / "reports" / "study" / "latest"
        took = until(latest, seconds)
        log = home / "reports" / "study" / "log.jsonl"
        while '"exit":' not in log.read_text("utf-8"):  # what it says last, after the run is in place
            time.sleep(0.5)
    said = [json.loads(entry) for entry in log.read_text("utf-8").splitlines()]
    return {
        "began": waited,
        "took": took,
        "log": said,
        "files": sorted(path.name for path in latest.iterdir()),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=3600.0, help="patience for the report")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        found = play(Path(name), options.seconds)
    print(f"cron began after {found['began']:.0f} s, the report took {found['took']:.0f} s: {found['files']}")
    print(json.dumps(found["log"][-1]))
    return 0 if "results.json" in found["files"] else 1


if __name__ == "__main__":
    sys.exit(main())
