"""How JupyterLab is started for a study: on loopback, with a token, on a working copy of the notebooks."""

import os
import shutil
import sys
from pathlib import Path

from dedupelab.errors import OutputError
from dedupelab.publish.notebooks.notebooks import DESK, desk_source, notebook_sources
from dedupelab.study.study import Study

VARIABLE, ROOT = "DEDUPELAB_STUDY", "DEDUPELAB_DESK"
"""Which study notebooks open, and in which folder the desk works."""

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
        first = [str(_copied([desk_source()], root / "desk") / DESK)]
        environment[ROOT] = str(root)
    else:
        opened = Study(study)
        root = with_notebooks(opened.folder)
        environment[VARIABLE] = str(opened.folder)
        # In full: JupyterLab looks for a bare name where it was started, not where the notebooks are.
        first = [
            str(root / source.name) for source in notebook_sources() if notebook and notebook in source.stem
        ][:1]
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--port={port}",
        "--ip=127.0.0.1",
        f"--ServerApp.root_dir={root}",
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
