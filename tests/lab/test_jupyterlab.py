"""The notebooks in JupyterLab itself, driven through Chromium as a person would."""

import os
import re
import signal
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from dedupelab import Study
from dedupelab.publish.notebooks.notebooks import desk_source

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def study(tmp_path_factory, shared_pictures) -> Path:
    """Two collections that share two of three pictures."""
    return shared_pictures(tmp_path_factory.mktemp("lab"))


def test_a_notebook_runs_and_its_group_browser_answers(run_all, page, study):
    """Run All leaves no error; by keyboard a group is chosen, opened with its copies, selected and kept as a list; nobody is kept out."""
    run_all("02-duplicates.ipynb")
    page.locator(".groups .line strong").first.wait_for(timeout=60_000)
    page.wait_for_function("document.querySelectorAll('.jp-Notebook figure').length >= 4", timeout=60_000)
    groups = list(Study(study).groups()["group_id"])
    assert len(groups) == 2
    page.locator(".groups .list").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    page.locator(".groups .copies img").nth(1).wait_for(timeout=20_000)
    heading = page.locator(".groups .opened h3").inner_text()
    assert any(group in heading for group in groups)
    found = (
        Axe().run(page, context=".groups", options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]
    )
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    page.keyboard.press("Escape")
    page.get_by_label("Name of the list").fill("to look at")
    page.get_by_role("button", name="Keep selection as a list").click()
    page.get_by_text("Kept: 1 group in lists/to look at.csv.").wait_for(timeout=20_000)
    assert (study / "lists" / "to look at.csv").exists()
    assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']").count() == 0


def test_what_a_restarted_kernel_does_not_answer_says_so(run_all, page):
    """One line at the head of the widget, in sight, says that nothing answers and what to do; running the cells again brings it back."""
    if not page.locator(".groups .line strong").count():  # the test before leaves it open
        run_all("02-duplicates.ipynb")
    page.locator(".groups .line strong").first.wait_for(timeout=60_000)
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Restart Kernel…")).click()
    page.locator(".jp-Dialog button.jp-mod-warn").click()
    told = page.locator(".groups .parted")
    told.wait_for(timeout=60_000)
    assert "The kernel was restarted" in told.inner_text()
    assert "run the cells again (Run, Run All Cells)" in told.inner_text()
    assert told.count() == 1
    page.locator(".groups .list").focus()
    told.wait_for(state="visible")
    run_all("02-duplicates.ipynb")
    page.wait_for_function(
        "document.querySelector('.groups .line strong') && !document.querySelector('.groups .parted')",
        timeout=60_000,
    )


RUN_AGAIN = "Run the cells again"
IN_SIGHT = """() => {
  const told = document.querySelector(".studydesk .parted"), { left, top } = told?.getBoundingClientRect() ?? {};
  return told && told.contains(document.elementFromPoint(left + 9, top + 9));
}"""


@pytest.mark.slow
def test_the_desk_comes_back_by_one_button_with_what_was_typed(run_all, page, study):
    """Over a restart, and over a kernel that died and started again by itself: the desk says so, and one button brings form and words back."""
    (study / "notebooks" / "desk.ipynb").write_text(desk_source().read_text("utf-8"), "utf-8")
    run_all("desk.ipynb")
    desk = page.locator(".studydesk")
    desk.get_by_label("Folder of the study").fill("a new one")
    desk.get_by_label("Who answers for it").fill("Ada")
    desk.get_by_role("button", name="Make the study").scroll_into_view_if_needed()
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Restart Kernel…")).click()
    page.locator(".jp-Dialog button.jp-mod-warn").click()
    page.wait_for_function(IN_SIGHT, timeout=60_000)
    desk.get_by_role("button", name=RUN_AGAIN).click()
    page.wait_for_function(
        "document.querySelector('.studydesk') && !document.querySelector('.parted')", timeout=60_000
    )
    assert desk.get_by_label("Folder of the study").input_value() == "a new one"
    assert desk.get_by_label("Who answers for it").input_value() == "Ada"

    desk.get_by_label("Name of the study").fill("harbour")
    kernel = page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.id")
    (process,) = (
        int(each.name)
        for each in Path("/proc").iterdir()
        if each.name.isdecimal() and f"kernel-{kernel}" in (each / "cmdline").read_text("utf-8")
    )
    os.kill(process, signal.SIGKILL)
    page.locator(".jp-Dialog button").first.click(timeout=60_000)
    desk.get_by_role("button", name=RUN_AGAIN).click()
    page.wait_for_function(
        "document.querySelector('.studydesk') && !document.querySelector('.parted')", timeout=60_000
    )
    assert desk.get_by_label("Name of the study").input_value() == "harbour"
    assert desk.get_by_label("Who answers for it").input_value() == "Ada"
