"""A file is there whole or not at all."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from dedupelab.errors import CatalogueError, OutputError
from dedupelab.tables.whole_file import replacing, whole_file


@pytest.mark.parametrize("writing", [replacing, whole_file])
@pytest.mark.parametrize("problem", [KeyboardInterrupt, ValueError, CatalogueError])
def test_what_was_there_stays_when_writing_fails(tmp_path, writing, problem):
    """Whatever goes wrong halfway, the old file stays, nothing is left beside it, and the error is what it was."""
    path = tmp_path / "a.txt"
    path.write_text("old")

    def halfway():
        with writing(path) as partial:
            partial.write_text("ne")
            raise problem

    with pytest.raises(problem):
        halfway()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_said_in_one_line(tmp_path):
    """An error of the disk names the file, the reason and what to do; the file before stays."""
    path = tmp_path / "a.txt"
    path.write_text("old")
    with (
        pytest.raises(OutputError, match=r"expected to write .*a\.txt, got: no room; free space"),
        whole_file(path),
    ):
        raise OSError(28, "no room")
    assert path.read_text() == "old"


def test_a_folder_is_made_only_where_asked(tmp_path):
    """A mistyped folder is an error; one of the study's own is made."""
    with (
        pytest.raises(OutputError, match="expected to write"),
        whole_file(tmp_path / "b" / "a.txt") as partial,
    ):
        partial.write_text("new")
    assert not list(tmp_path.iterdir())
    with whole_file(tmp_path / "b" / "a.txt", parents=True) as partial:
        partial.write_text("new")
    assert (tmp_path / "b" / "a.txt").read_text() == "new"
    with pytest.raises(OutputError), whole_file(tmp_path / "b" / "a.txt" / "c", parents=True):
        pass


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="makes a pipe with a name")
def test_what_is_no_file_is_written_to_and_stays(tmp_path):
    """A run by root once put a file in the place of a device that was named as its output."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        read = pool.submit(pipe.read_bytes)
        with whole_file(pipe) as partial:
            partial.write_bytes(b"all of it")
        assert read.result(10) == b"all of it"
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_link_still_leads_to_its_file(tmp_path):
    """What is written through a link is found in the file that it leads to."""
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "a.txt")
    with whole_file(tmp_path / "link") as partial:
        partial.write_text("new")
    assert (tmp_path / "a.txt").read_text() == "new"
    assert (tmp_path / "link").is_symlink()
