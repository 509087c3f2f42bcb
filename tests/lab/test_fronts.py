"""What front ends say of a key or a failure, in Chromium with a stand-in for the kernel."""

import pytest

from dedupelab.lab.front import DeskWidget, RoomWidget

pytestmark = pytest.mark.browser
OPEN = """async ([source, state]) => {
  const { default: { render } } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const heard = {};
  const model = { get: (name) => state[name], set: (name, value) => { state[name] = value; }, save_changes: () => {}, on: (event, does) => { heard[event] = does; }, off: () => {}, send: () => {} };
  window.change = (name, more) => { state[name] = { ...state[name], ...more }; heard[`change:${name}`](); };
  render({ model, el: document.body });
}"""
PAIR = {
    "screen": "pair", "n": 1, "message": "Welcome, Ada.", "alarm": False, "purpose": "first", "reviewer": "Ada", "metadata": None,
    "pictures": {}, "sizes": {}, "laid": False,
}  # fmt: skip
FAILED = "expected a folder of pictures, got none"
JOB = {
    "stage": "scan",
    "state": "failed",
    "label": "",
    "done": 0,
    "total": 0,
    "message": FAILED,
    "process": 1,
}
DESK = {
    "form": {
        "study": {},
        "collections": [],
        "languages": ["en"],
        "consultation": {},
    },
    "folder": "/mine", "open": True, "message": FAILED, "alarm": True, "problems": [], "made": [],
}  # fmt: skip


@pytest.fixture
def shown(browser):
    """Show a front end: `shown(widget, state)`."""
    opened = browser.new_page(viewport={"width": 1024, "height": 700})

    def show(widget, state):
        opened.add_style_tag(content=widget._css)
        opened.evaluate(OPEN, [widget._esm, state])
        return opened

    yield show
    opened.close()


def test_what_is_said_of_a_wrong_key_stands_until_something_is_done(shown):
    """Pictures that arrive meanwhile draw the pair anew and take nothing away; a key that does something does, and so do an error and the next pair."""
    page = shown(RoomWidget, {"view": PAIR, "progress": {}})
    status, wrong = page.locator(".status"), "“#” does nothing here; ? lists the keys."
    page.locator(".room").focus()
    page.keyboard.press("#")
    page.evaluate("change('view', { laid: true })")
    page.keyboard.press("Shift")
    assert status.inner_text() == wrong
    page.keyboard.press("s")
    assert status.inner_text() == "Welcome, Ada."
    page.keyboard.press("#")
    page.evaluate("change('view', { message: 'expected a disk with room', alarm: true })")
    assert status.inner_text() == "expected a disk with room"
    page.evaluate("change('view', { message: '', alarm: false })")
    page.keyboard.press("#")
    assert status.inner_text() == wrong
    page.evaluate("change('view', { n: 2, message: '' })")
    assert status.inner_text() == ""


def test_why_a_stage_failed_is_said_once(shown):
    """The line at the head tells it while it is the news; afterwards the line below the stages does."""
    page = shown(DeskWidget, {"view": DESK, "job": JOB, "files": {}, "tabs": {}, "typed": {}})
    assert page.get_by_text(FAILED).count() == 1
    page.evaluate("change('view', { message: 'Saved.', alarm: false })")
    assert page.get_by_text(FAILED).count() == 1
    assert page.get_by_text(f"scan: failed. {FAILED}").count() == 1
