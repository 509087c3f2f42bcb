"""The browser of groups: filters, what is opened, what is kept, and how soon many groups are there."""

import csv
import time

import numpy as np
import pandas as pd
import pytest
from collections_of import collections_of

import dedupelab.lab.browser
from dedupelab import Study, init, tables
from dedupelab.errors import ConfigError
from dedupelab.lab.browser import Browser, group_browser
from dedupelab.lab.shelf import Shelf, Wanted
from dedupelab.study.thumbnails import FOLDER

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def measured(tmp_path_factory, photograph):
    """Three works held twice, re-encoded, by an archive and an agency; one of them three times."""
    root = tmp_path_factory.mktemp("browser")
    held = {"archive": ((0, 1, 2, 3), 92), "agency": ((0, 1, 2), 60)}
    init(root / "study", collections_of(root, photograph, named="{name} {seed}.jpg", **held))
    photograph(0, (320, 240)).save(root / "agency" / "again.jpg", quality=75)
    Study(root / "study").measure()
    return root / "study"


@pytest.fixture
def browser(measured):
    """Open the browser, and keep what it sends."""
    opened = Browser(Study(measured))
    opened.sent = []
    opened.widget.send = lambda content, buffers=None: opened.sent.append((content, buffers or []))
    return opened


def ask(browser, **said):
    """Send what the page sends; return the last answer."""
    browser.hear(said)
    return browser.sent[-1] if browser.sent else (None, [])


def test_rows_in_sight_come_with_their_pictures(browser, measured):
    """Two of three groups asked for: their facts, and one JPEG a copy, kept in the study for the next time."""
    assert browser.widget.index["total"] == 3
    ask(browser, do="rows", **{"from": 0, "to": 2})
    rows = [row for content, _ in browser.sent for row in content["rows"]]
    pictures = [each for _, buffers in browser.sent for each in buffers]
    assert [row["images"] for row in rows] == [3, 2]
    assert [row["pictures"] for row in rows] == [3, 2]
    assert len(pictures) == 5
    assert all(each.startswith(b"\xff\xd8") for each in pictures)
    assert len(list((measured / ".dedupelab" / FOLDER).rglob("*.jpg"))) >= 5
    assert "data:image/jpeg" in browser.widget.still


def test_rows_that_are_ready_do_not_wait_for_others(browser, monkeypatch):
    """Where pictures take long, each row is sent once it is there, at its place; the last says so."""
    monkeypatch.setattr(dedupelab.lab.browser, "SOON", -1)
    ask(browser, do="rows", **{"from": 0, "to": 3})
    told = [(content["from"], len(content["rows"]), content["last"]) for content, _ in browser.sent]
    assert told == [(0, 1, False), (1, 1, False), (2, 1, True)]
    assert [len(buffers) for _, buffers in browser.sent] == [3, 2, 2]


def test_filters_narrow_and_wrong_numbers_are_told(browser):
    """By size, institution and relation; what is no number is one line and changes nothing."""
    browser.hear({"do": "filter", "least": "3"})
    assert (browser.widget.index["total"], browser.widget.index["all"]) == (1, 3)
    browser.hear({"do": "filter", "relation": "derivative", "conflict": "any"})
    assert browser.widget.index["total"] == 0
    browser.hear({"do": "filter", "institution": "agency", "sort": "weakest"})
    assert browser.widget.index["total"] == 3
    content, _ = ask(browser, do="filter", most="many")
    assert content["alarm"]
    assert browser.widget.index["total"] == 3


def test_the_browser_opens_on_the_pictures_behind_a_number(measured):
    """Of works, images and pairs the groups that hold them; of a number that counts no pictures one line that says where to look."""
    study = Study(measured)
    assert group_browser(study, "M1p").index["total"] == 0
    assert {group_browser(study, number).index["total"] for number in ("M1", "N.links", "M4.any", "M2")} == {
        3
    }
    with pytest.raises(ConfigError, match=r"counts pictures, got M3; see study.behind\('M3'\)"):
        group_browser(study, "M3")


def test_a_group_opens_copy_by_copy(browser):
    """Copies with holder, size and picture, what they say, and the links between them; an unknown one is told."""
    group = str(browser.shelf.groups["group_id"].iloc[browser._rows[0]])
    content, pictures = ask(browser, do="open", group=group)
    assert len(content["copies"]) == len(pictures) == 3
    assert {copy["holder"] for copy in content["copies"]} == {"archive", "agency"}
    assert content["links"]
    said = {value for _, values, _ in content["fields"] for value in values}
    assert not said & {"True", "False"}, "words of a program say nothing to an editor"
    assert "metadata backend" not in {field for field, _, _ in content["fields"]}
    assert ask(browser, do="open", group="gone")[0]["alarm"]


def test_what_is_chosen_is_kept(browser, measured):
    """A list is written once, one line a copy; a pair goes to the review, first and blind; an intended copy into its register."""
    groups = [str(each) for each in browser.shelf.groups["group_id"]][:2]
    assert ask(browser, do="keep", name="../out", groups=groups)[0]["alarm"]
    assert ask(browser, do="keep", name="look at", groups=[])[0]["alarm"]
    ask(browser, do="keep", name="look at", groups=groups)
    with (measured / "lists" / "look at.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["group_id"] for row in rows} == set(groups)
    assert ask(browser, do="keep", name="look at", groups=groups)[0]["alarm"]

    review = browser.study.review()
    names = sorted(review.images["image_id"])
    asked = pd.concat([review.sheet, review.gold])[["left", "right"]]
    drawn = {frozenset(pair) for pair in asked.itertuples(index=False, name=None)}
    pair = next([a, b] for a in names for b in names if a < b and frozenset((a, b)) not in drawn)
    assert ask(browser, do="review", images=pair, who=" ")[0]["alarm"]
    ask(browser, do="review", images=pair, who="Ada")
    assert set(review.pending("Ada").iloc[0][["left", "right"]]) == set(pair)
    review.decide(*pair, "different", reviewer="Ada")
    assert set(review.pending("Ada").iloc[0][["left", "right"]]) != set(pair)
    assert "already" in ask(browser, do="review", images=pair, who="Ada")[0]["message"]

    assert ask(browser, do="intended", images=[names[0]], reason="", who="Ada")[0]["alarm"]
    ask(browser, do="intended", images=[names[0]], reason="access copy", who="Ada")
    assert list(browser.study.registers.entries()["intended"]["asset"]) == [names[0]]


def test_redactions_are_obeyed(measured):
    """What is left out on request is neither in a row nor in the opened group, though a thumbnail of it was kept before."""
    study = Study(measured)
    row = int(study.groups()["images"].argmax())
    group = str(study.groups()["group_id"].iloc[row])
    first = Shelf.of(study).images(row)["image_id"].iloc[0]
    path = study.images().set_index("image_id").loc[first]
    file = measured / "redactions.csv"
    file.write_text(
        "file,action,left,top,width,height,reason\n"
        f"{path['collection']}/{path['path']},leave out,,,,,asked by the person shown\n"
    )
    try:
        opened = Browser(Study(measured))
        sent = []
        opened.widget.send = lambda content, buffers=None: sent.append((content, buffers))
        opened.hear({"do": "open", "group": group})
        assert sent[-1][0]["hidden"] == 1
        assert path.name not in {copy["image"] for copy in sent[-1][0]["copies"]}
        ends = {number for link in sent[-1][0]["links"] for number in link[:2]}
        assert ends == {*range(len(sent[-1][0]["copies"]))}, "links are of the copies that are shown"
    finally:
        file.unlink()


def test_a_hundred_thousand_pictures_are_there_at_once(tmp_path):
    """Of 100,000 pictures in 40,000 groups the browser's rows are there, filtered and sorted, in two seconds of the processor's time."""
    (tmp_path / "pictures").mkdir()
    init(tmp_path / "study", {"a": str(tmp_path / "pictures"), "b": str(tmp_path)})
    study = Study(tmp_path / "study")
    count, several = 100_000, 40_000
    names = np.array([f"i{number:07}" for number in range(count)], object)
    place = np.arange(count) % several
    images = pd.DataFrame(
        {"image_id": names, "collection": np.where(place % 3, "a", "b"), "path": names + ".jpg"}
    )
    images = images.assign(status="hashed", bytes=1, ai_label="no-label", c2pa="none", has_gps=False)
    images["date_created"] = [f"{1950 + number % 70}-05" for number in range(count)]
    groups = pd.DataFrame({"group_id": [f"g{number:06}" for number in range(several)]})
    sizes = np.bincount(place)
    groups = groups.assign(
        images=sizes, collections=2, works=1, bytes=1, redundant_bytes=sizes, weakest_link=0.9
    )
    groups = groups.assign(diameter=1, bridges=0, authority="resolved", authority_reason="it came first")
    members = pd.DataFrame(
        {"group_id": groups["group_id"].to_numpy()[place], "image_id": names, "role": "copy", "work": 0}
    )
    later = np.flatnonzero(np.arange(count) >= several)
    pairs = pd.DataFrame({"left": names[place[later]], "right": names[later], "relation": "near-identical"})
    pairs = pairs.assign(transform="identity", score=0.9, reason="alike", cross_collection=True)
    for table, rows in (
        (tables.IMAGES, images),
        (tables.GROUPS, groups),
        (tables.MEMBERS, members),
        (tables.PAIRS, pairs),
    ):
        study.store.write(table, table.from_rows(rows.to_dict("records")), "k")
    begun = time.process_time()
    shelf = Shelf.of(study)
    rows = shelf.rows(Wanted(institution="a", since=1990, sort="newest"))
    first = [shelf.facts(int(row)) for row in rows[:20]]
    assert time.process_time() - begun < 2
    assert len(first) == 20
    assert 0 < len(rows) < several
