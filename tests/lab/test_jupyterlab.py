"""The notebooks and the desk in JupyterLab itself, driven through Chromium as a person would; nobody is kept out, nothing typed is lost."""

import json
import os
import re
import signal
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from dedupelab import Study
from dedupelab.publish.notebooks.notebooks import desk_source
from dedupelab.settings.study_toml import load_config

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 60_000
TOKEN = "test"
TABS = "tabs.ipynb"


@pytest.fixture(scope="module")
def study(tmp_path_factory, shared_pictures) -> Path:
    """Two collections that share two of three pictures."""
    return shared_pictures(tmp_path_factory.mktemp("lab"))


def violations(page, place=".studydesk"):
    """Return what axe-core finds in the desk, whichever tab is open, or in another place of the page."""
    found = Axe().run(page, context=place, options={"runOnly": ["wcag2a", "wcag2aa"]})
    return [(each["id"], each["nodes"][0]["html"]) for each in found.response["violations"]]


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
    assert violations(page, ".groups") == []
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


@pytest.fixture(scope="module")
def desk(run_all, page, study):
    """Open the desk on the study, from a notebook that is set to it."""
    notebook = json.loads(desk_source().read_text("utf-8"))
    (parameters,) = (each for each in notebook["cells"] if "parameters" in each["metadata"].get("tags", ()))
    parameters["source"] = [f"study: str = {str(study)!r}"]
    (study / "notebooks" / TABS).write_text(json.dumps(notebook), "utf-8")
    run_all(TABS)
    shown = page.locator(".studydesk")
    shown.get_by_role("button", name="Save", exact=True).wait_for(timeout=PATIENCE)
    return shown


def test_groups_stand_in_a_tab(desk, page):
    """By keyboard to the tab, to a group and into it."""
    desk.get_by_role("tab", name="Study").focus()
    page.keyboard.press("ArrowRight")
    assert desk.get_by_role("tab", name="Groups").get_attribute("aria-selected") == "true"
    desk.locator(".groups .line strong").first.wait_for(timeout=PATIENCE)
    desk.locator(".groups .list").focus()
    page.keyboard.press("Enter")
    desk.locator(".groups .copies img").nth(1).wait_for(timeout=PATIENCE)
    assert violations(page) == []


def test_a_price_is_written(desk, page, study):
    """What is wrong is said beside its field and is reached; what is right stands in study.toml and in the list; it can be taken out."""
    desk.get_by_role("tab", name="Prices and options").click()
    form = desk.locator("[data-tab=inputs] .entry")
    form.get_by_label("Input").select_option("hourly_wage")
    desk.locator("[data-entry='harm/hourly_wage']").wait_for(timeout=PATIENCE)
    form.locator("[name=value]").fill("much")
    form.locator("[name=unit]").fill("HKD per hour")
    page.keyboard.press("Enter")
    field = form.locator("[name=value]")
    form.get_by_text("expected value to be a number from 0 upwards, got 'much'; correct it").first.wait_for(
        timeout=PATIENCE
    )
    assert field.get_attribute("aria-invalid") == "true"
    assert field.evaluate("each => each === document.activeElement")
    assert form.locator("[name=unit]").input_value() == "HKD per hour"
    assert violations(page) == []
    field.fill("180")
    form.locator("[name=source]").fill("payroll of May 2026")
    form.get_by_role("button", name="Write it").click()
    form.get_by_role("rowheader", name="hourly wage").wait_for(timeout=PATIENCE)
    assert load_config(study).harm.hourly_wage.value == 180
    assert violations(page) == []
    form.get_by_role("button", name="Take it out").click()
    form.get_by_text("Nothing yet.").wait_for(timeout=PATIENCE)
    assert load_config(study).harm.hourly_wage is None


def test_ctrl_s_writes_what_is_typed_and_stays_in_the_field(desk, page, study):
    """In the study's form, in a form of entries: the settings are written at once, and who typed types on."""
    desk.get_by_role("tab", name="Study").click()
    field = desk.get_by_label("Purpose: what the results are for")
    field.fill("statistics")
    page.keyboard.press("Control+s")
    desk.locator(".status", has_text="Saved in study.toml").first.wait_for(timeout=PATIENCE)
    assert load_config(study).study.purpose == "statistics"
    assert field.evaluate("each => each === document.activeElement")
    desk.get_by_role("tab", name="Prices and options").click()
    form = desk.locator("[data-tab=inputs] .entry")
    form.locator("select").first.select_option("deflator")
    form.locator("[name=index]").fill("2025 = 104.2, 2026 = 106")
    form.locator("[name=source]").fill("statistics office, May 2026")
    page.keyboard.press("Control+s")
    form.get_by_text("Written into study.toml; comments stay.").wait_for(timeout=PATIENCE)
    assert load_config(study).harm.deflator.index == {"2025": 104.2, "2026": 106.0}
    assert form.locator("[name=source]").evaluate("each => each === document.activeElement")
    assert violations(page) == []
    form.locator("select").first.select_option("harm")
    form.locator("[name=value]").wait_for(timeout=PATIENCE)
    desk.get_by_role("tab", name="Groups").click()
    desk.locator(".groups .list").focus()
    page.keyboard.press("Control+s")
    desk.locator(".groups .status", has_text="Nothing to save").wait_for(timeout=PATIENCE)


def test_an_entry_is_written(desk, page, study):
    """A decision with who wrote it stands in its register."""
    desk.get_by_role("tab", name="Registers").click()
    form = desk.locator("[data-tab=registers] .entry")
    form.get_by_label("What").select_option("decision")
    form.locator("[name=decided_by]").wait_for(timeout=PATIENCE)
    form.get_by_label("Written by *").fill("Mei")
    for name, text in (
        ("date", "2026-05-01"),
        ("decision", "ten"),
        ("reason", "pilot"),
        ("decided_by", "board"),
        ("source", "minutes of May"),
    ):
        form.locator(f"[name={name}]").fill(text)
    page.keyboard.press("Enter")
    form.get_by_role("cell", name="minutes of May").wait_for(timeout=PATIENCE)
    assert Study(study).registers.read("decision")[["who", "decision"]].to_numpy().tolist() == [
        ["Mei", "ten"]
    ]
    assert violations(page) == []


def test_nobody_is_kept_out_of_a_dark_theme(desk, page):
    """Every tab in the colours of JupyterLab's dark themes."""
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    try:
        for name in ("Study", "Groups", "Prices and options", "Registers"):
            desk.get_by_role("tab", name=name).click()
            page.wait_for_timeout(300)
            assert violations(page) == [], name
        ground = desk.evaluate("each => getComputedStyle(each).backgroundColor")
        assert max(map(int, re.findall(r"\d+", ground))) < 64
    finally:
        page.evaluate("document.body.dataset.jpThemeLight = 'true'")


def test_what_was_typed_lives_through_a_closed_browser(desk, page, lab, study):
    """Typed and not saved, the notebook saved, the page opened anew: the form has it; study.toml does not."""
    desk.get_by_role("tab", name="Study").click()
    desk.get_by_label("Who answers for it").fill("Ada Lovelace")
    page.keyboard.press("Tab")
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Save Notebook(?! As)")).first.click()
    page.locator(".jp-Notebook").first.wait_for(timeout=PATIENCE)
    notebook = study / "notebooks" / TABS
    for _ in range(60):
        if "widget-view" in notebook.read_text("utf-8"):
            break
        page.wait_for_timeout(500)
    page.goto("about:blank")
    page.goto(f"{lab}/lab/tree/{TABS}?token={TOKEN}")
    desk.get_by_role("button", name="Save", exact=True).wait_for(timeout=PATIENCE)
    assert desk.get_by_label("Who answers for it").input_value() == "Ada Lovelace"
    assert load_config(study).study.owner == ""
