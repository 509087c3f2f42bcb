"""A file is there whole or not at all."""

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
