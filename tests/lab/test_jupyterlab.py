"""The notebooks in JupyterLab itself, driven through Chromium as a person would."""

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from dedupelab import Study, init
from dedupelab.lab.server import lab_command_line

pytestmark = pytest.mark.browser
TOKEN = "test"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def study(tmp_path_factory, photograph) -> Path:
    """Two collections that share two of three pictures."""
    root = tmp_path_factory.mktemp("lab")
    for name, seeds, quality in (("archive", (0, 1, 2), 92), ("agency", (0, 1, 3), 60)):
        (root / name).mkdir()
        for seed in seeds:
            photograph(seed, (640, 480)).save(root / name / f"{seed}.jpg", quality=quality)
    init(root / "study", {name: str(root / name) for name in ("archive", "agency")})
    Study(root / "study").measure()
    return root / "study"


@pytest.fixture(scope="module")
def lab(study, tmp_path_factory) -> Iterator[str]:
    """Start JupyterLab as `dedupelab lab` does, with a home of its own; give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path_factory.mktemp("home")
    settings = home / "config" / "labconfig"
    settings.mkdir(parents=True)
    news = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
    (settings / "default_setting_overrides.json").write_text(json.dumps(news))
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
            for _ in range(120):
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
            server.wait(30)


@pytest.fixture(scope="module")
def page(program) -> Iterator[Page]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program("chromium"), args=FLAGS)
        yield browser.new_page(viewport={"width": 1280, "height": 900})
        browser.close()


def test_a_notebook_runs_and_its_group_browser_answers(lab, page, study):
    """Run All leaves no error; choosing another group in the list shows that group's copies."""
    page.goto(f"{lab}/lab/tree/02-duplicates.ipynb?token={TOKEN}&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_function(
        "document.querySelector('#jp-main-statusbar')?.innerText.includes('| Idle')", timeout=60_000
    )
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Run All Cells")).click()
    choice = page.locator(".widget-select select")
    choice.wait_for(timeout=60_000)
    page.wait_for_function("document.querySelectorAll('.jp-Notebook figure').length >= 5", timeout=60_000)
    groups = list(Study(study).groups()["group_id"])
    assert len(groups) == 2
    options = choice.locator("option").all_inner_texts()
    assert {text.split(":")[0] for text in options} == set(groups)
    for number, text in enumerate(options):
        choice.select_option(index=number)
        shown = page.locator(".widget-html", has_text=text.split(":")[0])
        shown.locator("figure img").first.wait_for(timeout=20_000)
    assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']").count() == 0
