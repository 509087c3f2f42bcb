"""The list of the browser of groups while somebody scrolls: what it asks of Python and what it draws anew, in Chromium with a stand-in for the kernel."""

import pytest

from dedupelab.lab.front import BrowserWidget

pytestmark = pytest.mark.browser
TOTAL = 40_000
OPEN = """async ([source, total]) => {
  const { default: { render } } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const state = {
    index: { total, all: total, stamp: 1, message: "" },
    choices: { institution: [], relation: [], conflict: [], authority: [], reason: [], sort: [["images", "most copies first"]] },
  };
  const heard = {};
  window.sent = [];
  const model = { get: (name) => state[name], on: (event, does) => { heard[event] = does; }, off: () => {}, send: (said) => window.sent.push(said) };
  window.answer = () => {
    const { from, to } = window.sent.at(-1);
    const rows = Array.from({ length: to - from }, (_, place) => ({ group: `g${from + place}`, images: 2, years: "", institutions: ["a"], relations: [], conflicts: [], authority: "", reason: "", pictures: 0 }));
    heard["msg:custom"]({ kind: "rows", from, stamp: 1, rows, last: true }, []);
  };
  window.scrolled = async (top) => {
    document.querySelector(".list").scrollTop = top;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  };
  render({ model, el: document.body });
}"""


@pytest.fixture
def page(browser):
    """Show the list of many groups, with nobody answering yet."""
    opened = browser.new_page(viewport={"width": 1024, "height": 700})
    opened.add_style_tag(content=BrowserWidget._css)
    opened.evaluate(OPEN, [BrowserWidget._esm, TOTAL])
    yield opened
    opened.close()


def test_what_is_passed_by_is_not_asked_for(page):
    """Flung through the list while an answer is on its way, one question is open; the next is for the rows in sight then."""
    page.evaluate("async () => { for (let at = 1; at <= 50; at += 1) await scrolled(at * 60_000); }")
    assert page.evaluate("sent.length") == 1
    page.evaluate("answer()")
    first, last = page.evaluate("[sent[1].from, sent[1].to]")
    assert page.evaluate("sent.length") == 2
    assert first <= 50 * 60_000 // 96 < last
    assert last - first < 40
    page.evaluate("answer()")
    assert page.evaluate("sent.length") == 2
    assert page.locator(".line strong").count() == last - first


def test_rows_that_stay_in_sight_are_not_made_anew(page):
    """A small step leaves the elements of the other rows as they are; a choice changes only what it marks."""
    page.evaluate("answer()")
    page.evaluate("window.kept = document.querySelectorAll('.line')[5]")
    page.evaluate("scrolled(200)")
    page.locator(".list").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    assert page.evaluate("kept === document.querySelectorAll('.line')[5] && kept.isConnected")
    assert page.locator(".line[aria-selected=true]").count() == 1
    assert page.locator(".line[data-at]").get_attribute("aria-posinset") == "2"


def test_pictures_of_rows_far_away_are_given_back(page):
    """However far somebody scrolls, a bounded number of rows is kept; those that come back are asked for again."""
    page.evaluate(
        "async () => { for (let at = 0; at < 80; at += 1) { answer(); await scrolled((at + 1) * 96 * 40); } answer(); await scrolled(0); }"
    )
    assert page.evaluate("sent.at(-1).from") == 0
