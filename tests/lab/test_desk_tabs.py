"""The desk's other tabs in JupyterLab, driven through Chromium: groups, prices and options, registers; nobody is kept out, nothing typed is lost."""

import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from dedupelab import Study
from dedupelab.publish.notebooks.notebooks import desk_source
from dedupelab.settings.study_toml import load_config

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 60_000
TOKEN = "test"


@pytest.fixture(scope="module")
def study(tmp_path_factory, shared_pictures) -> Path:
    """Two collections that share two of three pictures, with the desk's notebook set to it."""
    folder = shared_pictures(tmp_path_factory.mktemp("tabs"))
    notebook = json.loads(desk_source().read_text("utf-8"))
    (parameters,) = (each for each in notebook["cells"] if "parameters" in each["metadata"].get("tags", ()))
    parameters["source"] = [f"study: str = {str(folder)!r}"]
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "desk.ipynb").write_text(json.dumps(notebook), "utf-8")
    return folder


@pytest.fixture(scope="module")
def desk(run_all, page):
    """Open the desk."""
    run_all("desk.ipynb")
    shown = page.locator(".studydesk")
    shown.get_by_role("button", name="Save", exact=True).wait_for(timeout=PATIENCE)
    return shown


def violations(page):
    """Return what axe-core finds in the desk, whichever tab is open."""
    found = Axe().run(page, context=".studydesk", options={"runOnly": ["wcag2a", "wcag2aa"]})
    return [(each["id"], each["nodes"][0]["html"]) for each in found.response["violations"]]


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
    notebook = study / "notebooks" / "desk.ipynb"
    for _ in range(60):
        if "widget-view" in notebook.read_text("utf-8"):
            break
        page.wait_for_timeout(500)
    page.goto("about:blank")
    page.goto(f"{lab}/lab/tree/desk.ipynb?token={TOKEN}")
    desk.get_by_role("button", name="Save", exact=True).wait_for(timeout=PATIENCE)
    assert desk.get_by_label("Who answers for it").input_value() == "Ada Lovelace"
    assert load_config(study).study.owner == ""
