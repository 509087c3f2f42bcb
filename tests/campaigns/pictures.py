"""Make the README's pictures anew from the sample: the reviewed one's first page, the browser of groups, the review room.

    python tests/campaigns/pictures.py [--work .cache/pictures] [--to data]

Samples and reports are kept in the working folder; delete it to make them anew. The page is drawn by pdftoppm, the rest is what
Chromium shows of JupyterLab.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "lab"))
from conftest import TOKEN, jupyterlab  # noqa: E402 - how the tests start it

WIDTH, COLOURS = 820, 128
"""How wide a picture is in the README, and how many colours do for it."""
PATIENCE = 180_000
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def made(work: Path, kind: str, *options: str) -> tuple[Path, Path]:
    """Return a sample and its newest run, made where they are not."""
    study, reports = work / kind, work / f"{kind}-reports"
    told = [sys.executable, "-m", "dedupelab"]
    if not (study / "study.toml").exists():
        subprocess.run([*told, "sample", str(study), *options], check=True)
    if not (reports / "sample" / "latest").exists():
        subprocess.run([*told, "report", str(study), "--out", str(reports), "--no-notebooks"], check=True)
    return study, reports / "sample" / "latest"


def small(shot: Path, to: Path, width: int = WIDTH) -> None:
    """Write a picture as a PNG of few colours, no wider than the page that shows it."""
    picture = Image.open(shot).convert("RGB")
    if picture.width > width:
        picture = picture.resize(
            (width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS
        )
    picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT).save(to, optimize=True)


def first_page(run: Path, shot: Path) -> None:
    """Draw the first page of a run's paper."""
    command = ["pdftoppm", "-png", "-r", "144", "-f", "1", "-l", "1", "-singlefile"]
    subprocess.run([*command, str(run / "report.en.pdf"), str(shot.with_suffix(""))], check=True)


def browser_of_groups(page: Page, shot: Path) -> None:
    """Open the third group of the browser and take its picture."""
    page.locator(".groups .line strong").first.wait_for(timeout=PATIENCE)
    page.locator(".groups .list").focus()
    for key in ("ArrowDown", "x", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    page.locator(".groups .copies img").nth(1).wait_for(timeout=PATIENCE)
    page.wait_for_timeout(2000)
    page.locator(".groups").first.evaluate("found => found.scrollIntoView()")
    page.locator(".jp-SideBar.jp-mod-left .lm-TabBar-tab.lm-mod-current").click()  # closes the list of files
    page.screenshot(path=shot)


def review_room(page: Page, shot: Path) -> None:
    """Begin a review under an invented name and take a picture of the first pair."""
    field = page.get_by_label("Your name (required)")
    field.wait_for(timeout=PATIENCE)
    field.focus()
    page.keyboard.type("Ada")
    page.keyboard.press("Enter")
    page.locator(".room .stage img").nth(1).wait_for(timeout=PATIENCE)
    page.wait_for_timeout(2000)
    page.locator(".room").first.evaluate("found => found.scrollIntoView()")
    page.screenshot(path=shot)


SHOWN: dict[str, tuple[str, Callable[[Page, Path], None]]] = {
    "browser": ("02-duplicates.ipynb", browser_of_groups),
    "review-room": ("11-review.ipynb", review_room),
}
"""The pictures of JupyterLab: the notebook to run, and what to take of it."""


def in_jupyterlab(study: Path, work: Path) -> None:
    """Run the notebooks on a copy of the study, which the review would change, and take their pictures."""
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as play:
        home = Path(scratch)
        shutil.copytree(study, home / "study")
        chromium = play.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        with jupyterlab(home / "study", home) as address:
            for name, (notebook, take) in SHOWN.items():
                page = chromium.new_page(viewport={"width": 1240, "height": 1000})
                page.goto(f"{address}/lab/tree/{notebook}?token={TOKEN}&reset")
                page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=PATIENCE)
                idle = "document.querySelector('#jp-main-statusbar')?.innerText.includes('| Idle')"
                page.wait_for_function(idle, timeout=PATIENCE)
                page.get_by_role("menuitem", name="Run", exact=True).click()
                page.get_by_role("menuitem", name=re.compile("^Run All Cells")).click()
                take(page, work / f"{name}.png")
                page.close()
        chromium.close()


def main() -> None:
    """Make the three pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, default=ROOT / ".cache" / "pictures")
    parser.add_argument("--to", type=Path, default=ROOT / "data")
    asked = parser.parse_args()
    asked.work.mkdir(parents=True, exist_ok=True)
    _study, run = made(asked.work, "reviewed", "--reviewed")
    first_page(run, asked.work / "first-page.png")
    # Of the reviewed sample nothing is left to be asked in the review room.
    study, _run = made(asked.work, "plain")
    in_jupyterlab(study, asked.work)
    for name, width in (("first-page", 620), ("browser", WIDTH), ("review-room", WIDTH)):
        small(asked.work / f"{name}.png", asked.to / f"{name}.png", width)
        print(asked.to / f"{name}.png", (asked.to / f"{name}.png").stat().st_size, "bytes")


if __name__ == "__main__":
    main()
