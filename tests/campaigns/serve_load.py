"""How `dedupelab serve` holds under load: a steady rate of uploads, what they took, and whether memory grows.

    python tests/campaigns/serve_load.py [--requests 50000] [--rate 20] [--pictures 1000] [--clients 40] [--most 100] [--json FILE]

The service is started by the command line. Pictures are drawn; uploads are copies in another size, crops, captioned copies, and pictures
that nobody holds. A request is due at its time whatever became of those before it (an open loop);
`--rate 0` asks as fast as answers come. Memory is that of the service and its processes, added up, after a tenth of all and at the end.
"""

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from PIL import Image, ImageDraw

from dedupelab.study.start import init

SIZE = (480, 360)
EDITED = 32
"""Held pictures that are uploaded in another size, cropped and captioned; as many uploads are of nobody."""
TOKEN = "the token of a campaign"
WARM = 0.1
"""Part of all requests after which memory is looked at first."""


@dataclass
class Found:
    """What a load was like."""

    requests: int
    seconds: float = 0.0
    statuses: dict[str, int] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)
    median_ms: float = 0.0
    p95_ms: float = 0.0
    p99_ms: float = 0.0
    processor_ms: float = 0.0
    """Processor time of the service for each request."""
    megabytes: tuple[float, float] = (0.0, 0.0)
    """After `WARM` of the requests, and at the end."""


def drawn(rng: np.random.Generator) -> Image.Image:
    """Draw a picture like no other: soft colours, and outlines of every size on them."""
    soft = Image.fromarray(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8)).resize(
        SIZE, Image.Resampling.BICUBIC
    )
    pen = ImageDraw.Draw(soft)
    for _ in range(60):
        left, top, right, bottom = np.sort(rng.uniform(0, 1, (2, 2)), axis=0).ravel() * (*SIZE, *SIZE)
        shape = pen.ellipse if rng.random() < 0.5 else pen.rectangle
        shape((left, top, right, bottom), outline=tuple(int(c) for c in rng.integers(0, 256, 3)), width=2)
    return soft


def make(home: Path, pictures: int) -> list[Path]:
    """Write a collection of so many pictures and a study of it, matched; return uploads."""
    (home / "held").mkdir(parents=True)
    (home / "uploads").mkdir()
    rng = np.random.default_rng(1)
    uploads = []
    for number in range(pictures):
        own = drawn(rng)
        own.save(home / "held" / f"{number:06}.jpg", quality=88)
        if number < EDITED:
            captioned = Image.new("RGB", (SIZE[0], SIZE[1] + 80), "white")
            captioned.paste(own, (0, 0))
            ImageDraw.Draw(captioned).text((20, SIZE[1] + 30), "a caption under a picture", fill="black")
            edits = (own.resize((320, 240)), own.crop((70, 50, 430, 320)), captioned, drawn(rng))
            for kind, edited in zip(("resized", "crop", "caption", "other"), edits, strict=True):
                uploads.append(home / "uploads" / f"{number}-{kind}.jpg")
                edited.save(uploads[-1], quality=80)
    init(home / "study", {"own": str(home / "held")})
    subprocess.run(
        [sys.executable, "-m", "dedupelab", "match", str(home / "study")], check=True, capture_output=True
    )
    return uploads


class Load:
    """Clients that ask a service, each on a connection of its own, and what they got."""

    def __init__(self, address: str, uploads: list[bytes], requests: int, rate: float) -> None:
        split = urlsplit(address)
        self._where = (split.hostname or "", split.port or 0)
        self._uploads, self._requests, self._rate = uploads, requests, rate
        self._next, self._lock = 0, threading.Lock()
        self.began = time.monotonic()
        self.statuses: Counter[str] = Counter()
        self.said: Counter[str] = Counter()
        self.spent: list[float] = []

    @property
    def done(self) -> int:
        """Requests that were answered."""
        return len(self.spent)

    def run(self, clients: int) -> list[threading.Thread]:
        """Start so many clients."""
        threads = [threading.Thread(target=self._client, daemon=True) for _ in range(clients)]
        for thread in threads:
            thread.start()
        return threads

    def _client(self) -> None:
        connection = http.client.HTTPConnection(*self._where, timeout=120)
        while True:
            with self._lock:
                number, self._next = self._next, self._next + 1
            if number >= self._requests:
                break
            due = self.began + number / self._rate if self._rate else time.monotonic()
            time.sleep(max(0.0, due - time.monotonic()))
            status, said = self._asked(connection, self._uploads[number % len(self._uploads)])
            with self._lock:
                self.spent.append(1000 * (time.monotonic() - due))
                self.statuses[status] += 1
                self.said[said] += 1
        connection.close()

    @staticmethod
    def _asked(connection: http.client.HTTPConnection, data: bytes) -> tuple[str, str]:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "image/jpeg"}
        try:
            connection.request("POST", "/screen", data, headers)
            reply = connection.getresponse()
            body = json.loads(reply.read())
        except (OSError, http.client.HTTPException, ValueError) as problem:
            connection.close()
            return type(problem).__name__, "nothing"
        return str(reply.status), body["uploads"][0]["said"] if "uploads" in body else "nothing"


def below(process: int) -> list[int]:
    """Return a process and all that it started (Linux)."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(
                (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1]
            )
        except (OSError, IndexError):
            continue
    found = [process]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


def taken(process: int) -> tuple[float, float]:
    """Return memory in megabytes that is theirs alone or shared in parts, and seconds of processor time, of all (Linux)."""
    memory = spent = 0.0
    for each in below(process):
        try:
            rollup = Path(f"/proc/{each}/smaps_rollup").read_text("utf-8").splitlines()
            memory += next(int(line.split()[1]) for line in rollup if line.split()[0] == "Pss:") / 1e3
            times = Path(f"/proc/{each}/stat").read_text("utf-8").rpartition(")")[2].split()
            spent += (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")
        except (OSError, StopIteration):
            continue
    return memory, spent


def loaded(study: Path, uploads: list[Path], requests: int, rate: float, clients: int) -> Found:
    """Serve a study and ask it so often."""
    command = [sys.executable, "-m", "dedupelab", "serve", str(study), "--port", "0", "--json"]
    environment = os.environ | {"DEDUPELAB_TOKEN": TOKEN}
    found = Found(requests)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as service:
        try:
            assert service.stdout is not None
            address = json.loads(service.stdout.readline())["address"]
            _, before = taken(service.pid)
            load = Load(address, [path.read_bytes() for path in uploads], requests, rate)
            threads = load.run(clients)
            while load.done < WARM * requests:
                time.sleep(0.1)
            warm, _ = taken(service.pid)
            for thread in threads:
                thread.join()
            found.seconds = time.monotonic() - load.began
            end, after = taken(service.pid)
        finally:
            service.terminate()
        assert service.wait(60) == 0, f"expected the service to end with 0, got {service.returncode}"
    found.statuses, found.said = dict(load.statuses), dict(load.said)
    found.median_ms, found.p95_ms, found.p99_ms = (
        float(np.percentile(load.spent, at)) for at in (50, 95, 99)
    )
    found.processor_ms = 1000 * (after - before) / requests
    found.megabytes = (warm, end)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument(
        "--rate", type=float, default=20.0, help="requests a second; 0 as fast as answers come"
    )
    parser.add_argument("--pictures", type=int, default=1000, help="held pictures")
    parser.add_argument("--clients", type=int, default=40, help="connections")
    parser.add_argument("--most", type=float, default=100.0, help="megabytes by which memory may grow")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        uploads = make(Path(name), options.pictures)
        found = loaded(Path(name) / "study", uploads, options.requests, options.rate, options.clients)
    grown = found.megabytes[1] - found.megabytes[0]
    print(
        f"{found.requests:,} requests in {found.seconds:,.0f} s ({found.requests / found.seconds:.1f} a second): {found.statuses}, {found.said}; "
        f"median {found.median_ms:.0f} ms, 95 % {found.p95_ms:.0f}, 99 % {found.p99_ms:.0f}; processor time {found.processor_ms:.0f} ms each; "
        f"memory {found.megabytes[0]:.0f} MB, at the end {found.megabytes[1]:.0f}"
    )
    if options.json:
        facts: dict[str, Any] = asdict(found)
        options.json.write_text(json.dumps(facts), encoding="utf-8")
    return 0 if set(found.statuses) == {"200"} and grown < options.most else 1


if __name__ == "__main__":
    sys.exit(main())
