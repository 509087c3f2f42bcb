"""A worker reads its batch in order and starts light."""

import subprocess
import sys

from dedupelab.collect.batch import Job, read_batch
from dedupelab.collect.listing import list_files
from dedupelab.collect.record import read_record


def test_a_batch_is_its_records(photograph, tmp_path):
    """What a worker returns is what reading file by file gives, in the same order, under either policy."""
    for k in range(3):
        photograph(k).save(tmp_path / f"{k}.jpg")
    (tmp_path / "3.jpg").write_bytes(b"no picture")
    found = tuple(list_files(str(tmp_path)))
    for policy in ("scaled", "full"):
        expected = [read_record(entry, "one", policy) for entry in found]
        assert read_batch(Job("one", found), policy) == expected
        assert [row["status"] for row in expected] == ["hashed"] * 3 + ["unreadable"]
    assert read_batch(Job("one", ()), "scaled") == []


def test_a_worker_starts_light():
    """What a worker unpickles brings numpy and Pillow, and none of the libraries that tables and statistics need."""
    code = (
        "import sys, dedupelab.collect.batch; "
        "print(sorted({'pandas', 'pyarrow', 'pydantic', 'scipy', 'networkx'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("[]\n", "")
