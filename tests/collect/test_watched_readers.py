"""A decoder that crashes, hangs or wants all memory costs its file, and nothing else."""

import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from hostile_decoder import job, read

from dedupelab import tables
from dedupelab.collect.batch import Job, read_batch
from dedupelab.collect.listing import list_files
from dedupelab.collect.scan import scan
from dedupelab.collect.watched_readers import readers
from dedupelab.errors import ConfigError

pytestmark = pytest.mark.slow


@pytest.fixture
def decoder():
    """Return a decoder that does what a file's name says; workers can import it."""
    return read


def asked(decoder, *jobs, seconds=20.0, memory=512):
    with readers(1, 1, seconds, memory) as executor:
        return [future.result() for future in [executor.submit(decoder, each) for each in jobs]]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("crash", "cannot be read: the decoder crashed (SIGSEGV)"),
        ("abort", "cannot be read: the decoder crashed (SIGABRT)"),
        ("killed", "cannot be read: the decoder was killed (SIGKILL), most often for want of memory"),
        ("exit", "cannot be read: the decoder ended its process"),
        ("bug", "cannot be read: the reader failed (ZeroDivisionError: some thing); please report this"),
    ],
)
def test_one_bad_file_costs_one_row(decoder, kind, reason):
    """Wherever it stands in its batch, alone included: its row has the reason, the others are as ever and in order."""
    names = [("a", f"{kind}-1", "b"), (f"{kind}-1", "a"), ("a", "b", f"{kind}-1"), (f"{kind}-1",), ("c", "d")]
    for batch, rows in zip(names, asked(decoder, *(job(*each) for each in names)), strict=True):
        assert [row["path"] for row in rows] == list(batch)
        assert [row.get("problem") for row in rows] == [reason if kind in name else None for name in batch]
        assert {row["status"] for row in rows if kind in row["path"]} <= {"unreadable"}


def test_a_hang_costs_its_limit_once(decoder):
    """The file is given up after its seconds, and the batch goes on; several in one batch too."""
    began = time.monotonic()
    (rows,) = asked(decoder, job("a", "hang-1", "b", "hang-2", "c"), seconds=1.0)
    late = "cannot be read: it took longer than 1 s"
    assert [row.get("problem") for row in rows] == [None, late, None, late, None]
    assert time.monotonic() - began < 15


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux keeps such a limit")
def test_wanting_all_memory_is_a_reason(decoder):
    """What would take six gigabytes is refused half of one, and the worker goes on."""
    (rows,) = asked(decoder, job("a", "memory-1", "b"))
    assert [row.get("problem") for row in rows] == [
        None,
        "cannot be read: it needs more memory than a file may take, see [scan] memory",
        None,
    ]


def test_an_innocent_file_is_read_again(decoder, tmp_path):
    """What the operating system killed once may only have been in the way: alone it is read."""
    (rows,) = asked(decoder, job("a", "once-1", "b", folder=tmp_path))
    assert [row["status"] for row in rows] == ["hashed"] * 3


def test_a_crash_after_the_last_file_is_found_file_by_file(decoder):
    """Fingerprints are taken of a whole batch: if that crashes, each file is read alone."""
    (rows,) = asked(decoder, job("a", "together-1", "b"))
    assert [(row["path"], row["status"]) for row in rows] == [
        ("a", "hashed"),
        ("together-1", "hashed"),
        ("b", "hashed"),
    ]


def test_what_is_no_files_fault_is_an_error(decoder):
    """What this package raises on purpose stops the scan with its message."""
    with pytest.raises(ConfigError, match="not a file's fault"):
        asked(decoder, job("a", "wrong-1"))


def test_nothing_to_read_starts_nothing():
    """A scan that finds everything known costs no process."""
    began = time.perf_counter()
    with readers(4, 10_000, 60, 4096):
        pass
    assert time.perf_counter() - began < 0.2


def test_stopping_does_not_wait_for_a_hang(decoder):
    """Ctrl-C ends the processes though one of them is stuck."""

    def stopped():
        with readers(1, 1, 1000, 512) as executor:
            executor.submit(decoder, job("hang-1"))
            time.sleep(1.5)
            raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert time.monotonic() - began < 20


def test_a_scan_is_the_same_as_in_this_process(tmp_path, photograph):
    """Watched or not: one table, byte for byte, with damaged files among them."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for seed in range(6):
        photograph(seed).save(folder / f"{seed}.jpg")
    (folder / "cut.jpg").write_bytes((folder / "0.jpg").read_bytes()[:900])
    (folder / "text.png").write_text("none")
    listings = {"own": list_files(str(folder))}
    here = scan(listings, known=tables.IMAGES.empty(), folder=tmp_path / "a")
    with readers(2, 1000, 60, 4096) as executor:
        there = scan(listings, known=tables.IMAGES.empty(), folder=tmp_path / "b", executor=executor)
    for name, frame in (("a", here), ("b", there)):
        tables.write(tables.IMAGES, frame, tmp_path / f"{name}.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_that_took_a_files_place_is_a_row(tmp_path, photograph):
    """Between listing and reading a file became a pipe, which never ends: it costs its seconds."""
    photograph(0).save(tmp_path / "a.jpg")
    photograph(1).save(tmp_path / "b.jpg")
    entries = tuple(list_files(str(tmp_path)))
    (tmp_path / "a.jpg").unlink()
    os.mkfifo(tmp_path / "a.jpg")
    (rows,) = asked(partial(read_batch, policy="scaled"), Job("own", entries), seconds=2.0, memory=4096)
    assert [row["status"] for row in rows] == ["unreadable", "hashed"]
    assert rows[0]["problem"] == "cannot be read: it took longer than 2 s"


STANDINS = Path(__file__).parents[1] / "standins"
ORPHAN = """
import sys, time
from functools import partial
sys.path.insert(0, sys.argv[1])
from dedupelab.collect.batch import Job
from dedupelab.collect.listing import Entry
from dedupelab.collect.watched_readers import readers
from hostile_decoder import read
with readers(1, 1, 1000, 512) as executor:
    executor.submit(read, Job("own", (Entry("hang-1", "x", 1, None),)))
    time.sleep(1.5)
    (thread,) = executor._threads
    import multiprocessing
    print(*[child.pid for child in multiprocessing.active_children()], flush=True)
    time.sleep(60)
"""


def test_readers_end_with_the_process_that_started_them():
    """A scan that is killed leaves no process behind."""
    with subprocess.Popen(
        [sys.executable, "-c", ORPHAN, str(STANDINS)], stdout=subprocess.PIPE, text=True
    ) as run:
        (number,) = (int(word) for word in run.stdout.readline().split())
        run.kill()
    for _ in range(200):
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return
        if (
            Path(f"/proc/{number}/stat").exists()
            and Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        ):
            return
        time.sleep(0.05)
    pytest.fail("a reader outlived its parent by ten seconds")
