"""JupyterLab as a person meets it: started for a study as `dedupelab lab` does, driven through Chromium."""

import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from collections_of import collections_of

from dedupelab import Study, init
from dedupelab.lab.server import lab_command_line

TOKEN = "test"


@pytest.fixture(scope="session")
def shared_pictures(photograph) -> Callable[[Path], Path]:
    """Make and measure a study of two collections that share two of three pictures: `shared_pictures(folder)` is its folder."""

    def made(root: Path) -> Path:
        held = {"archive": ((0, 1, 2), 92), "agency": ((0, 1, 3), 60)}
        init(root / "study", collections_of(root, photograph, (640, 480), **held))
        Study(root / "study").measure()
        return root / "study"

    return made


@contextmanager
def jupyterlab(study: Path, home: Path) -> Iterator[str]:
    """Start JupyterLab for a study with a home of its own; give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command, environment = lab_command_line(study, port=port, browser=False)
    folders = {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "user"),
    }
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [*command, f"--IdentityProvider.token={TOKEN}"],
            env=os.environ | environment | folders,
            stdout=log,
            stderr=log,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            for _ in range(360):  # on a busy machine it takes minutes to listen
                try:
                    urllib.request.urlopen(f"{address}/api", timeout=1).read()
                    break
                except (urllib.error.URLError, OSError):
                    assert server.poll() is None, (home / "log").read_text()
                    time.sleep(0.5)
            yield address
        finally:
            server.send_signal(signal.SIGINT)
            server.terminate()
            try:
                server.wait(30)
            except (
                subprocess.TimeoutExpired
            ):  # it waits for a kernel that has ended, for ever: no test is of that
                server.kill()
                server.wait()


@pytest.fixture(scope="module")
def lab(study, tmp_path_factory) -> Iterator[str]:
    """JupyterLab for the module's `study`; its address."""
    with jupyterlab(study, tmp_path_factory.mktemp("home")) as address:
        yield address


@pytest.fixture(scope="module")
def page(browser) -> Iterator[object]:
    """Yield a page of Chromium."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def run_all(lab, page) -> Callable[[str], None]:
    """Open a notebook, where it is not open already, and run all its cells: `run_all("02-duplicates.ipynb")`."""

    def run(notebook: str) -> None:
        if urlsplit(page.url).path != f"/lab/tree/{notebook}":  # JupyterLab takes seconds to load
            page.goto(f"{lab}/lab/tree/{notebook}?token={TOKEN}&reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        idle = "document.querySelector('#jp-main-statusbar')?.innerText.includes('| Idle')"
        page.wait_for_function(idle, timeout=60_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name=re.compile("^Run All Cells")).click()

    return run
