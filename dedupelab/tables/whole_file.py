"""Files that are there whole or not at all: written under another name beside, which takes its place at the end."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dedupelab.errors import writing


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield the name to write a file under; it replaces `path` when the block ends, and is cleared away where that fails.

    What is no file, as a device or a pipe, is written to and stays what it is; so does a link.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        with tempfile.TemporaryDirectory() as folder:
            partial = Path(folder) / path.name
            yield partial
            with partial.open("rb") as written, path.open("wb") as taken:
                shutil.copyfileobj(written, taken)
        return
    path = path.resolve() if path.is_symlink() else path
    partial = path.with_name(path.name + ".partial")
    try:
        yield partial
        partial.replace(path)
    except BaseException:
        with contextlib.suppress(
            OSError
        ):  # where the folder itself is none, there is nothing to clear away either
            partial.unlink()
        raise


@contextlib.contextmanager
def whole_file(path: Path, *, parents: bool = False) -> Iterator[Path]:
    """Do as `replacing`, and say what cannot be written; `parents` makes the folder first where it is not there.

    Raises
    ------
    OutputError
        If the file cannot be written; nothing half-written stays, and what was there before does.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "numbers.txt"
    >>> with whole_file(path) as partial:
    ...     _ = partial.write_text("1 2 3")
    >>> path.read_text(), [each.name for each in path.parent.iterdir()]
    ('1 2 3', ['numbers.txt'])
    """
    with writing(path):
        if parents:
            path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as partial:
            yield partial
