"""Collections in an object store give the tables that folders give, byte for byte; what a store refuses is told."""

import importlib.util
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import invoke
from dask_cluster import cluster_of
from matched import matched

from dedupelab.collect import remote
from dedupelab.collect.listing import list_files, read_bytes
from dedupelab.errors import CollectionError
from dedupelab.study import execution, scanning
from dedupelab.study.start import init
from dedupelab.study.study import Study

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("s3fs") is None or importlib.util.find_spec("moto") is None,
        reason="s3fs or moto is not installed",
    ),
]
ROOT = Path(__file__).parents[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """Run an S3 server on the loopback device, in a process of its own."""
    port = free_port()
    words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            until = time.monotonic() + 60
            while True:
                try:
                    with urllib.request.urlopen(f"{address}/moto-api/", timeout=2):
                        break
                except OSError:
                    assert server.poll() is None
                    assert time.monotonic() < until
                    time.sleep(0.1)
            yield address
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def environment(endpoint) -> Iterator[dict[str, str]]:
    """Let this process and those that it starts find the store, as a user's environment would."""
    found = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "tests",
        "AWS_SECRET_ACCESS_KEY": "tests",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    with pytest.MonkeyPatch.context() as patched:
        for name, value in found.items():
            patched.setenv(name, value)
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CONFIG_FILE"):
            patched.delenv(name, raising=False)
        yield found


@pytest.fixture
def bucket(environment) -> Iterator[str]:
    """Make a bucket that goes away afterwards."""
    import fsspec

    system = fsspec.filesystem("s3", skip_instance_cache=True)
    name = f"pictures-{time.monotonic_ns()}"
    system.mkdir(name)
    yield name
    system.invalidate_cache()
    if system.exists(name):
        system.rm(name, recursive=True)


def upload(folder: Path, bucket: str, prefix: str) -> None:
    """Put a folder's files into the bucket, and give them the times that the store says."""
    import fsspec

    system = fsspec.filesystem("s3", skip_instance_cache=True)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            system.pipe_file(f"{bucket}/{prefix}/{path.relative_to(folder)}", path.read_bytes())
    for native, info in system.find(f"{bucket}/{prefix}", detail=True).items():
        seconds = info["LastModified"].timestamp()
        os.utime(folder / native.removeprefix(f"{bucket}/{prefix}/"), (seconds, seconds))


@pytest.fixture
def pictures(tmp_path, photograph) -> Path:
    """Make copies of every kind that the stages settle, names that need care, and files that are no pictures."""
    folder = tmp_path / "pictures"
    (folder / "a b").mkdir(parents=True)
    for seed in range(3):
        photograph(seed).save(folder / f"{seed}.png")
        photograph(seed).save(folder / "a b" / f"照片 {seed} #%+?.jpg", quality=70)
    (folder / "same.png").write_bytes((folder / "2.png").read_bytes())
    (folder / "broken.png").write_text("no picture")
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "notes.txt").write_text("x")
    (folder / "0.xmp").write_text("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
    return folder


def test_the_same_bytes_from_a_store_as_from_a_folder(tmp_path, pictures, bucket):
    """Names, times, sidecars, damaged and empty files: scan and match write the same tables, byte for byte."""
    upload(pictures, bucket, "deep/er")
    here = matched(tmp_path / "here", str(pictures))
    there = matched(tmp_path / "there", f"s3://{bucket}/deep/er/")
    assert {"images", "pairs", "groups", "members", "descriptors"} <= set(here)
    assert [name for name in here if here[name] != there[name]] == []
    assert len(Study(tmp_path / "there").images()) == 11


@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="distributed is not installed")
def test_the_same_bytes_from_a_store_on_a_cluster(tmp_path, pictures, bucket):
    """A scheduler and two workers, each a process, read the objects themselves: the tables are those of the folder."""
    upload(pictures, bucket, "x")
    here = matched(tmp_path / "here", str(pictures))
    with cluster_of(2, tmp_path) as scheduler:
        there = matched(tmp_path / "there", f"s3://{bucket}/x", f'scheduler = "{scheduler}"')
    assert [name for name in here if here[name] != there[name]] == []


def test_a_second_scan_reads_what_changed(tmp_path, pictures, bucket, photograph, monkeypatch):
    """One process that scans twice sees the object that came in between, and reads no other again."""
    import fsspec

    upload(pictures, bucket, "x")
    init(tmp_path / "study", {"own": f"s3://{bucket}/x"}, "small")
    study = Study(tmp_path / "study")
    before = study.scan()
    photograph(7).save(tmp_path / "new.jpg")
    outside = fsspec.filesystem("s3", skip_instance_cache=True)
    outside.pipe_file(f"{bucket}/x/new.jpg", (tmp_path / "new.jpg").read_bytes())
    sent = []
    original = scanning.scan
    monkeypatch.setattr(
        scanning, "scan", lambda listings, **more: sent.append(more["known"]) or original(listings, **more)
    )
    after = Study(tmp_path / "study").scan()
    assert len(after) == len(before) + 1
    assert len(sent[0]) == len(before)


def test_a_bucket_that_vanishes_halfway_is_partial(tmp_path, pictures, bucket, monkeypatch):
    """It goes between listing and reading: rows with the store's reason, exit 3; its return mends the table."""
    import fsspec

    upload(pictures, bucket, "x")
    init(tmp_path / "study", {"far": f"s3://{bucket}/x", "near": str(pictures)}, "small")
    original = execution.list_files

    def listed(location, *more):
        found = original(location, *more)
        if location.startswith("s3://"):
            outside = fsspec.filesystem("s3", skip_instance_cache=True)
            outside.rm(bucket, recursive=True)
            assert not outside.exists(bucket)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(execution, "list_files", listed)
        halfway = invoke("match", tmp_path / "study")
    assert halfway.exit_code == 3
    assert "incomplete: far: 9 of 9 pictures are unreadable" in halfway.stderr
    images = Study(tmp_path / "study").images()
    problems = set(
        images.loc[(images["collection"] == "far") & (images["status"] == "unreadable"), "problem"]
    )
    assert problems == {"cannot be read: The specified bucket does not exist"}
    gone = invoke("match", tmp_path / "study")
    assert (gone.exit_code, gone.stdout) == (1, "")
    assert gone.stderr.startswith(f"error: expected to list s3://{bucket}/x, got: The specified bucket")
    fsspec.filesystem("s3", skip_instance_cache=True).mkdir(bucket)
    upload(pictures, bucket, "x")
    back = invoke("match", tmp_path / "study")
    assert back.exit_code == 3  # the broken and the empty file are two of nine
    assert set(Study(tmp_path / "study").images()["status"]) == {"hashed", "unreadable", "skipped"}
    assert "far: 2 of 9" in back.stderr


def test_an_object_that_vanishes_is_one_row(pictures, bucket):
    """Deleted after the listing: its reason, not an error of the scan."""
    import fsspec

    upload(pictures, bucket, "x")
    (first, *_) = list_files(f"s3://{bucket}/x")
    fsspec.filesystem("s3", skip_instance_cache=True).rm_file(first.native.removeprefix("s3://"))
    with pytest.raises(OSError, match=r"does not exist|No such file"):
        read_bytes(first.native)


LIST = "import sys; from dedupelab.collect.listing import list_files; list_files(sys.argv[1])"


@pytest.mark.parametrize(
    "missing", [("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), ("AWS_SECRET_ACCESS_KEY",)]
)
def test_missing_credentials_are_one_line(tmp_path, environment, missing):
    """Expected, got, and which settings state them; a whole command, since libraries keep what they found."""
    init(tmp_path / "study", {"far": "s3://anything/x"}, "small")
    known = {name: value for name, value in os.environ.items() if name not in missing} | {
        "HOME": str(tmp_path)
    }
    ran = subprocess.run(
        [sys.executable, "-m", "dedupelab", "scan", str(tmp_path / "study")],
        env=known | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert len(ran.stderr.splitlines()) == 1
    assert ran.stderr.startswith("error: expected to list s3://anything/x, got: ")
    assert "redentials" in ran.stderr
    assert "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE" in ran.stderr


def test_a_store_that_does_not_answer_is_one_line(environment, monkeypatch):
    """Nothing listens at the endpoint: the address that was asked and the setting that names it."""
    import s3fs

    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(s3fs.S3FileSystem, "_cache", {})
        with pytest.raises(CollectionError, match="check the address, and AWS_ENDPOINT_URL") as caught:
            list_files("s3://anything/x")
    assert "\n" not in str(caught.value)


def test_a_store_that_fell_silent_is_not_waited_for_file_by_file(environment, monkeypatch):
    """Three files wait; the next ones are given up at once, until the store is tried again and answers."""
    import fsspec

    asked = []

    class Silent:
        def cat_file(self, path, **_):
            asked.append(path)
            if len(asked) <= 3:
                time.sleep(0.02)
                raise OSError("no connection")
            return b"x"

    monkeypatch.setattr(remote, "_SLOW", 0.01)
    monkeypatch.setattr(fsspec.core, "url_to_fs", lambda native: (Silent(), native))
    for _ in range(3):
        with pytest.raises(OSError, match="no connection"):
            read_bytes("s3://silent/x.jpg")
    for _ in range(50):
        with pytest.raises(OSError, match="has not answered for 3 files in a row"):
            read_bytes("s3://silent/x.jpg")
    assert len(asked) == 3
    assert read_bytes("s3://other/x.jpg") == b"x"
    monkeypatch.setattr(remote, "PAUSE", 0.0)
    assert read_bytes("s3://silent/x.jpg") == b"x"
    monkeypatch.setattr(remote, "PAUSE", 60.0)
    assert read_bytes("s3://silent/x.jpg") == b"x"


def test_without_the_package():
    """What is missing is named with the command that installs it."""
    ran = subprocess.run(
        [sys.executable, "-c", "import sys; sys.modules['s3fs'] = None; " + LIST, "s3://anything/x"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stderr.endswith("run: pip install 'dedupelab[s3]'\n")
