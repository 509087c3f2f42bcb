"""How JupyterLab is started for a study: on loopback, with a token, on a working copy of the notebooks."""

import os
import shutil
import sys
from pathlib import Path

from dedupelab.errors import OutputError
from dedupelab.publish.notebooks.notebooks import notebook_sources
from dedupelab.study.study import Study

VARIABLE = "DEDUPELAB_STUDY"


def lab_command_line(
    study: Path | None, *, port: int = 8888, browser: bool = True, notebook: str = ""
) -> tuple[list[str], dict[str, str]]:
    """Return JupyterLab's command line and the environment it needs.

    With a study, the notebooks are copied to its `notebooks` folder once, so that what a person changes there stays and
    an update of dedupelab does not overwrite it. Without one, the notebooks open where they are, on the sample study.

    `notebook` is a word in the name of the notebook to open first; without one, JupyterLab shows the folder.

    Raises
    ------
    ConfigError
        If the study cannot be opened.
    OutputError
        If the notebooks cannot be copied.
    """
    sources = notebook_sources()
    folder, environment = sources[0].parent, {}
    if study is not None:
        opened = Study(study)
        folder = opened.folder / "notebooks"
        try:
            folder.mkdir(exist_ok=True)
            for source in sources:
                if not (folder / source.name).exists():
                    shutil.copyfile(source, folder / source.name)
        except OSError as problem:
            raise OutputError(
                f"expected to write in {folder}, got: {problem.strerror}; allow writing or copy the study elsewhere"
            ) from problem
        environment[VARIABLE] = str(opened.folder)
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--port={port}",
        "--ip=127.0.0.1",
        f"--ServerApp.root_dir={folder}",
    ]
    if (
        getattr(os, "geteuid", lambda: 1)() == 0
    ):  # Jupyter refuses root otherwise; the server listens on loopback only
        command.append("--allow-root")
    # In full: JupyterLab looks for a bare name where it was started, not where the notebooks are.
    first = [str(folder / source.name) for source in sources if notebook and notebook in source.stem][:1]
    return command + first + ([] if browser else ["--no-browser"]), environment
