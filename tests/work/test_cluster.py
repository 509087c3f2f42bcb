"""A Dask cluster does what the processes of this machine do, byte for byte, or says in one line why not."""

import importlib.util
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import pytest
from dask_cluster import cluster_of
from hostile_decoder import job, read
from matched import matched

from dedupelab.collect import watched_readers as readers
from dedupelab.collect.watched_readers import Watched
from dedupelab.errors import ConfigError, DedupelabError
from dedupelab.match.search import hamming
from dedupelab.work import cluster as clusters
from dedupelab.work import pool as compute
from dedupelab.work.cluster import cluster, environment

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("distributed") is None, reason="distributed is not installed"
    ),
]


def start(workers: int):
    from distributed import LocalCluster

    return LocalCluster(
        n_workers=workers,
        processes=True,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"dashboard": False},
        worker_dashboard_address=None,
    )


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """Start a scheduler and two workers, each a process of its own started by Dask's own commands, on the loopback device."""
    with cluster_of(2, tmp_path_factory.mktemp("dask")) as address:
        yield address


@pytest.fixture
def pictures(tmp_path: Path, photograph) -> Path:
    """Make a folder with copies of every kind the stages settle: bytes, pixels, near ones, one turned."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for seed in range(3):
        photograph(seed).save(folder / f"{seed}.png")
        photograph(seed).save(folder / f"{seed}.jpg", quality=70)
    photograph(0).save(folder / "again.bmp")
    photograph(1).transpose(2).save(folder / "turned.png")
    (folder / "same.png").write_bytes((folder / "2.png").read_bytes())
    (folder / "broken.png").write_text("no picture")
    return folder


def test_the_same_bytes_wherever_it_runs(tmp_path, pictures, scheduler, monkeypatch):
    """One process, a pool of processes and a cluster write the same tables, byte for byte."""
    ran = []
    original = clusters._ClusterExecutor.submit
    monkeypatch.setattr(
        clusters._ClusterExecutor, "submit", lambda self, fn, *a: ran.append(fn) or original(self, fn, *a)
    )
    monkeypatch.setattr(hamming, "WORTH_SENDING", 0.0)
    alone = matched(tmp_path / "alone", str(pictures), "workers = 1")
    assert ran == []
    spread = matched(tmp_path / "cluster", str(pictures), f'scheduler = "{scheduler}"')
    assert {getattr(fn, "func", fn).__name__ for fn in ran} == {
        "read_watched", "search_part", "_all", "_extract_batch", "cells_of", "join_cells", "count_votes", "judge_batch",
    }  # fmt: skip
    monkeypatch.setattr(compute, "PARALLEL_FROM", 1)
    pooled = matched(tmp_path / "pool", str(pictures), "workers = 2")
    assert {"images", "pairs", "groups", "members", "descriptors"} <= set(alone)
    assert [name for name in alone if alone[name] != spread[name]] == []
    assert [name for name in alone if alone[name] != pooled[name]] == []


def test_a_bad_file_costs_one_row_on_a_cluster_too(scheduler):
    """Crashes, kills, hangs and wants of memory: their files are rows with the reason, the workers live on, batches stay in order."""
    jobs = [job("a", "crash-1", "b", "killed-1", "c", "memory-1", "bug-1"), job("crash-2"), job("d", "e")]
    with cluster(scheduler) as workers:
        before = sorted(workers._client.run(os.getpid).values())
        patient, brief = Watched(workers, 60.0, 512), Watched(workers, 5.0, 512)
        waiting = [patient.submit(read, each) for each in jobs] + [
            brief.submit(read, job("f", "hang-1", "g"))
        ]
        found = [future.result(timeout=300) for future in waiting]
        assert sorted(workers._client.run(os.getpid).values()) == before
    jobs.append(job("f", "hang-1", "g"))
    assert [[row["path"] for row in rows] for rows in found] == [
        [e.path for e in each.entries] for each in jobs
    ]
    told = {row["path"]: row["problem"] for rows in found for row in rows if row["status"] == "unreadable"}
    assert told == {
        "crash-1": "cannot be read: the decoder crashed (SIGSEGV)",
        "crash-2": "cannot be read: the decoder crashed (SIGSEGV)",
        "hang-1": "cannot be read: it took longer than 5 s",
        "killed-1": "cannot be read: the decoder was killed (SIGKILL), most often for want of memory",
        "memory-1": "cannot be read: it needs more memory than a file may take, see [scan] memory",
        "bug-1": "cannot be read: the reader failed (ZeroDivisionError: some thing); please report this",
    }


def test_readers_beside_workers_end_when_there_is_nothing_to_read(monkeypatch):
    """Kept for the next batch, gone soon after the last one; other limits get another process."""
    monkeypatch.setattr(readers, "IDLE", 0.5)
    monkeypatch.setattr(readers, "_idle", {})
    for _ in range(2):
        assert [row["path"] for row in readers.read_watched(read, job("a"), 20.0, 512)] == ["a"]
        (kept,) = readers._idle
    readers.read_watched(read, job("a"), 20.0, 600)
    for _ in range(100):
        if not readers._idle and kept._process is None:
            return
        time.sleep(0.1)
    pytest.fail("a reader outlived its task by ten seconds")


def test_errors_of_the_work_pass_through(scheduler):
    """An exception of a task is raised here as it is; results come in order."""
    with cluster(scheduler) as executor:
        assert list(executor.map(abs, range(-3, 3))) == [3, 2, 1, 0, 1, 2]
        with pytest.raises(ZeroDivisionError):
            executor.submit(divmod, 1, 0).result()


def test_large_tasks_are_no_warning(scheduler):
    """Millions of fingerprints may be sent; Dask's advice against it is not shown."""
    with cluster(scheduler) as executor:
        assert executor.submit(len, bytes(20_000_000)).result() == 20_000_000


def test_what_a_worker_cannot_see_is_told(scheduler, tmp_path):
    """A folder that is not mounted at a worker is an error before anything is read, not a table of unreadable files."""
    with pytest.raises(ConfigError, match="mount it there") as caught:
        cluster(scheduler, [str(tmp_path), str(tmp_path / "absent")]).__enter__()
    assert "absent" in str(caught.value)


@pytest.mark.parametrize("name", ["pillow", "numpy", "dedupelab"])
def test_other_versions_are_refused(scheduler, monkeypatch, name):
    """A worker with another dedupelab, Pillow or numpy is named with both versions and the remedy."""
    here = environment() | {name: "0.0.1"}
    monkeypatch.setattr(clusters, "environment", lambda: here)
    with pytest.raises(ConfigError, match=rf"{name} .* instead of 0\.0\.1; install the same there") as caught:
        cluster(scheduler).__enter__()
    assert "\n" not in str(caught.value)


def test_a_worker_that_joins_later_is_refused_too(scheduler, monkeypatch):
    """The versions travel with every task."""
    monkeypatch.setattr(clusters, "_inspect", lambda *_: None)
    here = environment() | {"scipy": "0.0.1"}
    with cluster(scheduler) as executor:
        monkeypatch.setattr(clusters, "environment", lambda: here)
        with pytest.raises(ConfigError, match="got one with scipy"):
            executor.submit(abs, -1).result()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "tcp://unknown.invalid:8786"])
def test_no_scheduler_is_told_soon(monkeypatch, address):
    """Nothing listens, or there is no such host: one line within seconds."""
    monkeypatch.setattr(clusters, "CONNECT", 0.5)
    began = time.monotonic()
    with pytest.raises(
        ConfigError, match=r"expected a Dask scheduler at .*start one with: dask scheduler"
    ) as caught:
        cluster(address).__enter__()
    assert time.monotonic() - began < 5
    assert "\n" not in str(caught.value)


def test_something_else_at_the_address(monkeypatch):
    """A server that never says what Dask says is told soon, too."""
    monkeypatch.setattr(clusters, "CONNECT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        began = time.monotonic()
        with pytest.raises(ConfigError, match="expected a Dask scheduler"):
            cluster(f"tcp://127.0.0.1:{server.getsockname()[1]}").__enter__()
        assert time.monotonic() - began < 10


def test_no_workers(monkeypatch):
    """A scheduler without workers is told, with the command that starts one."""
    monkeypatch.setattr(clusters, "CONNECT", 0.5)
    with start(0) as running, pytest.raises(ConfigError, match="dask worker tcp://"):
        cluster(running.scheduler_address).__enter__()


def test_a_lost_worker_is_made_up_for(tmp_path):
    """The tasks of a worker that was killed are done by another one, each once in the results."""
    with start(2) as running, cluster(running.scheduler_address) as executor:
        victim = executor.submit(os.getpid).result()
        gate = tmp_path / "open"
        tasks = [executor.submit(_at_work, number, gate, tmp_path / f"{number}") for number in range(12)]
        while not (busy := {path.read_text() for path in tmp_path.glob("[0-9]*")}) or str(victim) not in busy:
            time.sleep(0.05)
        # It is in the middle of a task now, on a machine however busy, and stays there until the gate opens.
        os.kill(victim, signal.SIGKILL)
        gate.touch()
        assert [task.result(timeout=300) for task in tasks] == list(range(12))


def _at_work(number: int, gate: Path, told: Path) -> int:
    """Say which process is at it, and wait for the gate."""
    part = told.with_suffix(".part")
    part.write_text(str(os.getpid()))
    part.replace(told)
    while not gate.exists():
        time.sleep(0.05)
    return number


def test_no_worker_left_is_told(monkeypatch):
    """When the last worker is gone for good, waiting tasks fail instead of waiting for ever."""
    monkeypatch.setattr(clusters, "PATIENCE", 1.0)
    with start(1) as running, cluster(running.scheduler_address) as executor:
        task = executor.submit(time.sleep, 60)
        running.scale(0)
        with pytest.raises(DedupelabError, match="expected workers, got none for 1 s"):
            task.result(timeout=30)


def test_a_lost_scheduler_is_told(monkeypatch):
    """When the scheduler ends, so does the work, with one line."""
    monkeypatch.setattr(clusters, "PATIENCE", 5.0)
    with start(1) as running, cluster(running.scheduler_address) as executor:
        task = executor.submit(time.sleep, 60)
        threading.Thread(target=running.close).start()
        with pytest.raises(DedupelabError, match="run again"):
            task.result(timeout=30)


def test_without_the_package(monkeypatch):
    """What is missing is named with the command that installs it."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigError, match=r"pip install 'dedupelab\[cluster\]'") as caught:
        cluster("tcp://127.0.0.1:8786").__enter__()
    assert "\n" not in str(caught.value)
