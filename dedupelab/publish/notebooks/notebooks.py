"""Notebook runs: papermill underneath, stricter above.

papermill only warns about an unknown parameter, crashes on a `Path`, uses whatever kernel the home folder names, and
writes paths, times and user names into the result. Here a wrong parameter is refused before anything starts, the
kernel is this interpreter, a failure names its cell, and a run leaves nothing in the notebook but its results.
"""

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import nbformat

from dedupelab.errors import NotebookError, OutputError
from dedupelab.publish.notebooks.anonymise import scrubbed
from dedupelab.publish.notebooks.parameters import (
    checked,
    declared_of,
    imported_by,
    parameters_of,
    read_notebook,
    refuse_unknown,
)
from dedupelab.tables.whole_file import whole_file
from dedupelab.work.progress import Joint, Progress

if TYPE_CHECKING:
    from dedupelab.publish.notebooks.forked import Forks

PACKAGED = Path(__file__).parents[2] / "_notebooks"
CHECKOUT = Path(__file__).parents[3] / "notebooks"
LONGEST_MESSAGE = 300


DESK = "00-desk.ipynb"


def notebook_sources() -> list[Path]:
    """Find the notebooks that tell the story, in the order of their file names.

    They lie inside an installed package, and at the top of a source checkout.

    Raises
    ------
    NotebookError
        Where there are none: the installation is broken.
    """
    folder = PACKAGED if PACKAGED.is_dir() else CHECKOUT
    sources = sorted(path for path in folder.glob("*.ipynb") if path.name != DESK)
    if not sources:
        raise NotebookError(f"expected notebooks in {folder}, got none; remedy: install dedupelab again")
    return sources


def desk_source() -> Path:
    """Find the notebook in which a study is made: it tells no story, and no run executes it."""
    return notebook_sources()[0].with_name(DESK)


def run_notebook(
    source: Path,
    target: Path,
    parameters: Mapping[str, object],
    *,
    progress: Progress | None = None,
    forks: "Forks | None" = None,
) -> Path:
    """Execute a notebook in a fresh process of this interpreter and write the result to `target`.

    Relative paths mean what they mean to the caller; the kernel starts in the caller's working folder. The result
    appears whole or not at all. A notebook that fails is kept beside it, with suffix `.failed.ipynb`, outputs and
    traceback included; the next good run removes it. Safe to call from several threads at once.

    Raises
    ------
    ConfigError
        When a parameter is not declared by the notebook or has another type; nothing has been started.
    NotebookError
        When a cell fails, in one line: notebook, cell (counted in the source, from 1), error.
    OutputError
        When the result cannot be written.
    """
    values = checked(parameters, parameters_of(source), source.name)
    failed = target.with_suffix(".failed.ipynb")
    notebook, error = _execute(source, values, progress, forks)
    notebook = scrubbed(notebook, source, values)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(notebook, failed if error else target)
        if not error:
            failed.unlink(missing_ok=True)
    except OSError as e:
        raise OutputError(
            f"expected a place to write {target.name}, got {e}; remedy: choose another output folder"
        ) from e
    if error:
        raise NotebookError(f"{source.name}, {error}; the failed notebook is kept as {failed}")
    return target


def run_notebooks(
    sources: Sequence[Path],
    out: Path,
    parameters: Mapping[str, object],
    *,
    progress: Progress | None = None,
    workers: int = 2,
) -> list[Path]:
    """Execute several notebooks side by side into the folder `out`, each under its own name.

    Every notebook is given those of `parameters` that it declares; a name that none declares is refused. All are run
    even if one fails. `progress` counts the cells of all notebooks together and is never called by two threads at once.

    Raises
    ------
    ConfigError, NotebookError, OutputError
        As `run_notebook` does, for the first notebook in the order of `sources` that fails.
    """
    declared = {source: parameters_of(source) for source in sources}
    known = {p.name: p for found in declared.values() for p in found}
    refuse_unknown(parameters, known, "notebooks")
    for source, found in declared.items():
        checked(declared_of(parameters, found), found, source.name)
    # The font cache is made here once: two kernels making it at the same time would each print a notice into a page.
    import matplotlib.font_manager  # noqa: F401, PLC0415 - heavy, and wanted for its effect only
    from papermill.iorw import local_file_io_cwd  # noqa: PLC0415 - heavy, too

    from dedupelab.publish.notebooks.kernels import forking  # noqa: PLC0415 - likewise

    notebooks = [read_notebook(source) for source in sources]
    meter = Joint(progress, [_code_cells(notebook) for notebook in notebooks]) if progress else None
    # papermill writes in a folder that it notes once for all threads, and goes back to the one noted before: with this one noted
    # around all of them, no notebook that ends takes the others, and the paths of this process, into a folder of an earlier run.
    with local_file_io_cwd(), forking(set().union(*map(imported_by, notebooks))) as forks:
        pool = ThreadPoolExecutor(workers)
        try:
            runs = [
                pool.submit(
                    run_notebook,
                    source,
                    out / source.name,
                    declared_of(parameters, declared[source]),
                    progress=meter.of(i) if meter else None,
                    forks=forks,
                )
                for i, source in enumerate(sources)
            ]
            wait(runs)
        finally:
            # After Ctrl-C the notebooks that have not begun are not begun; those at work end before the caller tidies up.
            pool.shutdown(wait=True, cancel_futures=True)
    return [run.result() for run in runs]


def _write(notebook: nbformat.NotebookNode, target: Path) -> None:
    with whole_file(target) as partial:
        nbformat.write(notebook, partial)


def _code_cells(notebook: nbformat.NotebookNode) -> int:
    return sum(cell.cell_type == "code" for cell in notebook.cells)


def _execute(
    source: Path, values: dict[str, object], progress: Progress | None, forks: "Forks | None"
) -> tuple[nbformat.NotebookNode, str | None]:
    """Return the executed notebook, and what went wrong in it, if anything."""
    # Heavy, and needed only where a notebook is run.
    from nbclient.exceptions import DeadKernelError  # noqa: PLC0415
    from papermill import execute_notebook  # noqa: PLC0415
    from papermill.exceptions import PapermillExecutionError  # noqa: PLC0415

    from dedupelab.publish.notebooks.kernels import KERNEL, fresh_kernel, with_own_loop  # noqa: PLC0415

    # papermill warns of parameters whose type has more than one word, and nbclient tells of what is raised below.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    original = read_notebook(source)
    meter = _Meter(progress, _code_cells(original) + bool(values))
    with TemporaryDirectory(prefix="notebook-") as folder, fresh_kernel(forks) as manager:
        # papermill treats braces in a path as fields to fill; a name of our own has none.
        given, result = Path(folder) / "source.ipynb", Path(folder) / "result.ipynb"
        nbformat.write(original, given)
        try:
            with_own_loop(
                lambda: execute_notebook(
                    str(given),
                    str(result),
                    values,
                    kernel_name=KERNEL,
                    language="python",
                    progress_bar=False,
                    kernel_manager_class=manager,
                    record_timing=False,
                    # Asked politely, a kernel now and then tells standard error that it was interrupted.
                    shutdown_kernel="immediate",
                    on_cell_execute=meter.start,
                    on_cell_executed=meter.finish,
                )
            )
        except PapermillExecutionError as e:
            error = f"{e.ename}: {e.evalue}"
        except DeadKernelError as e:
            error = f"{e}, perhaps for want of memory"
        else:
            return read_notebook(result), None
        return read_notebook(
            result
        ), f"cell {_number(meter.at, original, injected=bool(values))}: {_one_line(error)}"


class _Meter:
    """Follows one run cell by cell, as nbclient's hooks tell it."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0
        self.at = 0

    def start(self, *, cell_index: int, **_: object) -> None:
        self.at = cell_index

    def finish(self, **_: object) -> None:
        self._done += 1
        if self._progress:
            self._progress(self._done, self._total)


def _number(index: int, source: nbformat.NotebookNode, *, injected: bool) -> int:
    """Count from 1, in the source, the cell at `index`, from 0, of a run: papermill puts one cell in between."""
    tagged = [i for i, cell in enumerate(source.cells) if "parameters" in cell.metadata.get("tags", [])]
    return index if injected and index > (tagged or [-1])[0] else index + 1


def _one_line(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 1] + "…"
