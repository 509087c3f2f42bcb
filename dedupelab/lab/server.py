"""How JupyterLab is started for a study: on loopback, with a token, on a working copy of the notebooks."""

import json
import os
import shutil
import sys
from pathlib import Path

from dedupelab.errors import OutputError
from dedupelab.publish.notebooks.notebooks import DESK, desk_source, notebook_sources
from dedupelab.publish.runs import alive
from dedupelab.study.study import Study
from dedupelab.tables.whole_file import whole_file

VARIABLE, ROOT = "DEDUPELAB_STUDY", "DEDUPELAB_DESK"
"""Which study notebooks open, and in which folder the desk works."""

WIDGET = "application/vnd.jupyter.widget-view+json"
"""What a notebook keeps of a widget: an id that only the kernel knows that made it."""
ASSETS, CONFIG_PATH = Path(__file__).parent / "assets", "JUPYTER_CONFIG_PATH"
"""Where JupyterLab finds settings in `labconfig`: it does not ask whether to fetch news, and asks nothing of a network; a person's own go first."""


def lab_command_line(
    study: Path | None, *, port: int = 8888, browser: bool = True, notebook: str = ""
) -> tuple[list[str], dict[str, str]]:
    """Return JupyterLab's command line and the environment it needs.

    With a study, the notebooks are copied to its `notebooks` folder once, so that what a person changes there stays and
    an update of dedupelab does not overwrite it. Without one the desk opens, from the folder `desk` in the current one, and
    JupyterLab serves the current folder: studies are made in it.

    `notebook` is a word in the name of the notebook to open first; without one, JupyterLab shows the folder.

    Raises
    ------
    ConfigError
        If the study cannot be opened.
    OutputError
        If the notebooks cannot be copied.
    """
    places = filter(None, [os.environ.get(CONFIG_PATH), str(ASSETS)])
    environment, first = {CONFIG_PATH: os.pathsep.join(places)}, []
    if study is None:
        root = Path.cwd()
        folder = _copied([desk_source()], root / "desk")
        first = [str(folder / DESK)]
        environment[ROOT] = str(root)
    else:
        opened = Study(study)
        root = folder = with_notebooks(opened.folder)
        environment[VARIABLE] = str(opened.folder)
        # In full: JupyterLab looks for a bare name where it was started, not where the notebooks are.
        first = [
            str(root / source.name) for source in notebook_sources() if notebook and notebook in source.stem
        ][:1]
    if not _served(folder):
        for copied in folder.glob("*.ipynb"):
            _forget_widgets(copied)
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--port={port}",
        "--ip=127.0.0.1",
        f"--ServerApp.root_dir={root}",
        "--expose-app-in-browser",  # what a widget runs the cells again with
    ]
    if (
        getattr(os, "geteuid", lambda: 1)() == 0
    ):  # Jupyter refuses root otherwise; the server listens on loopback only
        command.append("--allow-root")
    return command + first + ([] if browser else ["--no-browser"]), environment


def with_notebooks(folder: Path) -> Path:
    """Copy the notebooks into a study's folder where they are not yet; return where they are. Raises like `lab_command_line`."""
    return _copied(notebook_sources(), folder / "notebooks")


def _copied(sources: list[Path], folder: Path) -> Path:
    try:
        folder.mkdir(exist_ok=True)
        for source in sources:
            if not (folder / source.name).exists():
                shutil.copyfile(source, folder / source.name)
    except OSError as problem:
        raise OutputError(
            f"expected to write in {folder}, got: {problem.strerror}; allow writing or copy the study elsewhere"
        ) from problem
    return folder


def _served(folder: Path) -> bool:
    """Say whether a JupyterLab that runs serves a folder already: its kernels may answer what the notebooks there show."""
    from jupyter_core.paths import jupyter_runtime_dir  # noqa: PLC0415  only where JupyterLab is started

    for told in Path(jupyter_runtime_dir()).glob("jpserver-*.json"):
        try:
            server = json.loads(told.read_text("utf-8"))
            if folder.is_relative_to(server["root_dir"]) and alive(server["pid"]):
                return True
        except (OSError, ValueError, KeyError):  # it ended while it was looked at
            continue
    return False


def _forget_widgets(notebook: Path) -> None:
    """Take out the widgets of kernels that are gone, which JupyterLab would show as errors; what stands in their place says what to do."""
    try:
        text = notebook.read_text("utf-8")
        if WIDGET not in text:
            return
        content = json.loads(text)
        for cell in content["cells"]:
            for output in cell.get("outputs", ()):
                output.get("data", {}).pop(WIDGET, None)
        with whole_file(notebook) as partial:
            partial.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return  # no notebook, or one that is not ours to change: JupyterLab says what is wrong with it
