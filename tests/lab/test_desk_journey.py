"""From an empty folder to a paper in the browser, by what `dedupelab lab` opens: no terminal in between."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from collections_of import collections_of

from dedupelab import Study

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
PATIENCE = 300_000
WORKS, REVIEWED = 32, 30
SEEN = "(node) => { const box = node.getBoundingClientRect(); return box.height > 0 && node.contains(document.elementFromPoint(box.left + 9, box.top + 9)); }"
"""Whether the upper left of an element is in sight."""
DESK = "/lab/tree/desk/00-desk.ipynb?token=test&reset"


@pytest.fixture(scope="module")
def place(tmp_path_factory, picture) -> Path:
    """Return a folder with two folders of pictures: WORKS in common, re-encoded, and one more in each."""
    root = tmp_path_factory.mktemp("journey")
    held = {"archive": (range(WORKS + 1), 92), "agency": ((*range(WORKS), WORKS + 1), 60)}
    collections_of(root, picture, (320, 240), **held)
    return root


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """Lay out the package with the notebooks that are opened here and no others: a report runs all there are, as it does on the sample."""
    folder = tmp_path_factory.mktemp("checkout")
    (folder / "notebooks").mkdir()
    for name in ("00-desk", "02-duplicates", "11-review"):
        shutil.copy2(ROOT / "notebooks" / f"{name}.ipynb", folder / "notebooks")
    for name in ("dedupelab", "data"):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.fixture(scope="module")
def address(place, checkout, tmp_path_factory):
    """Type `dedupelab lab` in that folder; give the address that it serves."""
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    surroundings = {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "user"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "JUPYTER_TOKEN": "test",
        "PYTHONPATH": str(checkout),
    }
    typed = [sys.executable, "-m", "dedupelab", "lab", "--no-browser", "--port", str(port)]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            typed, cwd=place, env=os.environ | surroundings, stdout=log, stderr=log, start_new_session=True
        )
    served = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{served}/api", timeout=1).read()
                break
            except OSError:
                assert server.poll() is None, (home / "log").read_text()
                time.sleep(0.5)
        yield served
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def run_cells(page):
    """Run all cells of the open notebook, once its kernel is there."""
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=PATIENCE)
    idle = "document.querySelector('#jp-main-statusbar')?.innerText.includes('| Idle')"
    page.wait_for_function(idle, timeout=PATIENCE)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Run All Cells")).click()


def stage(page, name: str):
    """Run a stage from the desk and wait for its end."""
    page.get_by_role("button", name=re.compile(f"^{name}:")).click()
    page.locator(".studydesk").get_by_role("progressbar").wait_for(timeout=PATIENCE)
    page.locator(".studydesk .quiet", has_text=f"{name.lower()}: done").wait_for(timeout=PATIENCE)


def follow(page, address: str, place: str):
    """Open a notebook to which the desk leads, here instead of in another tab, and run it."""
    page.goto(f"{address}{place}?token=test&reset")
    run_cells(page)


def test_from_a_folder_to_a_paper(browser, address, place):
    """Two folders chosen, the study made, scanned and matched with bars that live through a reload; groups seen, pairs reviewed by keyboard, both papers open."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}{DESK}")
    run_cells(page)
    desk = page.locator(".studydesk")
    assert not page.get_by_text("Jupyter news").count(), "nothing asks to look at a network"
    desk.wait_for(timeout=PATIENCE)
    desk.get_by_label("Folder of the study").fill("my-study")
    desk.get_by_label("Name of the study").fill("my study")
    desk.get_by_label("Purpose: what the results are for").fill("statistics")
    for number, name in enumerate(("archive", "agency")):
        box = desk.locator(".collection").nth(number)
        box.get_by_label("Short name").fill(name)
        box.get_by_label("Holder, as the paper says").fill(f"The {name}")
    box = desk.locator(".collection").nth(0)
    box.get_by_label("Folder or address").fill(str(place))
    box.get_by_role("button", name="Choose a folder").click()
    desk.get_by_role("button", name="archive/", exact=True).click()
    box.locator(".files strong", has_text="archive").wait_for(timeout=PATIENCE)
    assert box.locator(".files").evaluate(SEEN), "the list of folders is where its button is"
    desk.get_by_role("button", name="Take this folder").click()
    desk.locator(".collection").nth(1).get_by_label("Folder or address").fill(str(place / "gone"))
    desk.get_by_role("button", name="Make the study").click()
    desk.locator(".status.alarm", has_text="can be read").wait_for(timeout=PATIENCE)
    assert desk.locator(".status").evaluate(SEEN)
    assert desk.get_by_label("Name of the study").input_value() == "my study"
    desk.locator(".collection").nth(1).get_by_label("Folder or address").fill(str(place / "agency"))
    desk.get_by_role("button", name="Make the study").click()
    desk.get_by_role("button", name="Save", exact=True).wait_for(timeout=PATIENCE)
    assert desk.locator(".status", has_text="The study is made").evaluate(SEEN)
    found = (
        Axe()
        .run(page, context=".studydesk", options={"runOnly": ["wcag2a", "wcag2aa"]})
        .response["violations"]
    )
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []

    stage(page, "Scan")
    page.get_by_role("button", name=re.compile("^Match:")).click()
    page.reload()
    run_cells(page)
    page.locator(".studydesk .quiet", has_text="match: done").wait_for(timeout=PATIENCE)
    study = Study(place / "my-study")
    assert len(study.groups()) == WORKS
    assert [c.holder for c in study.config.collection] == ["The archive", "The agency"]

    desk.get_by_label("Traditional Chinese (Hong Kong)").check()
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.locator(".status", has_text="Saved in").wait_for(timeout=PATIENCE)
    groups, pairs = (
        page.get_by_role("link", name=name).get_attribute("href")
        for name in ("Browse the groups", "Review pairs")
    )
    follow(page, address, groups)
    page.locator(".groups .line strong").first.wait_for(timeout=PATIENCE)
    page.locator(".groups .list").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator(".groups .copies img").nth(1).wait_for(timeout=PATIENCE)

    follow(page, address, pairs)
    name = page.get_by_label("Your name (required)")
    name.wait_for(timeout=PATIENCE)
    name.focus()
    page.keyboard.type("Ada")
    page.keyboard.press("Enter")
    for number in range(1, REVIEWED + 1):
        page.locator(f".room[data-n='{number}'] .stage img").first.wait_for(timeout=PATIENCE)
        page.keyboard.press("1")
    page.locator(f".room[data-n='{REVIEWED + 1}']").wait_for(timeout=PATIENCE)
    assert list(study.review().labels["label"]) == ["same"] * REVIEWED

    page.goto(f"{address}{DESK}")
    run_cells(page)
    desk.get_by_role("button", name="Save", exact=True).wait_for(timeout=PATIENCE)
    stage(page, "Report")
    for tag in ("en", "zh-Hant-HK"):
        paper = page.get_by_role("link", name=f"report.{tag}.pdf").get_attribute("href")
        data = urllib.request.urlopen(f"{address}{paper}?token=test").read()
        assert data.startswith(b"%PDF")
    run = place / "my-study" / "reports" / "my study" / "latest"
    assert {each.name for each in (run / "notebooks").iterdir()} == {"02-duplicates.ipynb", "11-review.ipynb"}
    page.close()
