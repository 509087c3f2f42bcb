"""Views show what strangers wrote as text, never as markup."""

import re
from html.parser import HTMLParser
from types import SimpleNamespace

import lxml.html
import pandas as pd
import pytest
from PIL import Image

from dedupelab.errors import ConfigError
from dedupelab.lab import views
from dedupelab.lab.explorer import curve
from dedupelab.lab.views import View
from dedupelab.numbers.messages import NOTHING, message
from dedupelab.numbers.results import Result, by_id
from dedupelab.publish.paper import document as d

EVIL = "<script>alert(\"x\")</script>' onload='x' &amp; 照片📷.jpg"


class Reader(HTMLParser):
    """Notes elements, attributes and text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.names: list[str] = []
        self.quoted: list[str] = []
        self.text = ""
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.names += [name for name, _ in attrs]
        self.quoted += [value or "" for _, value in attrs]

    def handle_data(self, data):
        self.text += data


def checked(view: View) -> Reader:
    """Read a view and be sure that nothing in it runs."""
    read = Reader(view._repr_html_())
    assert "script" not in read.elements
    assert [name for name in read.names if name.startswith("on")] == []
    return read


@pytest.fixture
def drawn(tmp_path):
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    data = d.Table("t", EVIL, [d.Column(EVIL, "right", EVIL)], [(EVIL,)])
    return d.Figure(
        "f", EVIL, EVIL, EVIL, EVIL, raster=tmp_path / "a.png", vector=None, description=EVIL, data=data
    )


def test_tables_show_file_names_and_captions_as_text():
    """Names of files and of columns are escaped; hashes read as hexadecimal, and the number of rows is said."""
    frame = pd.DataFrame(
        {"path": [EVIL] * 20, EVIL: [1.23456] * 20, "phash": pd.array([255] * 19 + [None], "UInt64")}
    )
    read = checked(views.frame(frame, rows=3))
    assert read.text.count(EVIL) == 4
    assert "3 of 20 rows" in read.text
    assert "00000000000000ff" in read.text
    assert "1.235" in read.text
    assert read.elements.count("tr") == 4
    assert "2 of 2 rows" in checked(views.frame(frame.head(2))).text
    assert checked(views.frame(frame, ["path"])).elements.count("th") == 1


def test_missing_values_are_blank():
    """None, NaN and NA are no words for readers."""
    frame = pd.DataFrame(
        {
            "a": [None, "x"],
            "b": [float("nan"), 1.0],
            "c": pd.array([None, 2], "Int64"),
            "d": pd.array([None, True], "boolean"),
        }
    )
    text = checked(views.frame(frame)).text.lower()
    assert [word for word in ("nan", "none", "<na>", "nat") if word in text] == []


def test_figures_escape_and_describe(drawn, monkeypatch):
    """Title, subtitle, source, data and alternative text are text; the picture is inside, so nothing is fetched."""
    monkeypatch.setattr(views, "exhibit", lambda _study, _name, _folder: drawn)
    view = views.figure(None, "any")
    read = checked(view)
    assert EVIL in read.quoted
    assert read.text.count(EVIL) >= 5
    (source,) = [value for value in read.quoted if value.startswith("data:")]
    assert source.startswith("data:image/png;base64,")
    assert repr(view) == EVIL


def test_groups_escape_their_captions(drawn, monkeypatch):
    """Contact sheets carry names of files."""
    monkeypatch.setattr(views, "example_groups", lambda _study, count: ["g"] * count)
    monkeypatch.setattr(views, "example", lambda *_args: SimpleNamespace(sheet=drawn))
    assert checked(views.groups(None, 3)).elements.count("figure") == 3


def test_nothing_to_show_is_said(monkeypatch):
    """A study without duplicates has views, too."""
    monkeypatch.setattr(views, "exhibit", lambda *_args: None)
    monkeypatch.setattr(views, "example_groups", lambda *_args: [])
    study = SimpleNamespace(members=lambda: pd.DataFrame({"group_id": [], "image_id": []}))
    assert "Nothing to show" in views.figure(study, "any").markup
    assert "No group" in views.groups(study).markup
    assert "No group" in views.group_graph(study).markup
    with pytest.raises(ConfigError, match="expected a group_id"):
        views.group_graph(study, EVIL)


def study_of(found, *, simulated):
    return SimpleNamespace(
        results=lambda: found, config=SimpleNamespace(review=SimpleNamespace(simulated=simulated))
    )


def test_a_simulated_review_is_called_so_beside_its_numbers():
    """A number corrected by invented reviewers is never called reviewed by people."""
    found = [Result("M1", message("surplus"), 0.124, "fraction", grade="B", review="sampled")]
    assert "reviewed by people" in views.numbers(study_of(found, simulated=False), "M1").text
    simulated = views.numbers(study_of(found, simulated=True), "M1").text
    assert "reviewed by people" not in simulated
    assert "B: sampled; the review is simulated" in simulated


def test_numbers_come_with_what_they_are_worth():
    """Value, interval, counts and grade of an identifier and those below it; what is not estimated says what it needs."""
    found = [
        Result(
            "M1", EVIL, 0.124, "fraction", numerator=31, denominator=250, denominator_label=message("images")
        ),
        Result(
            "M1.a",
            message("part"),
            None,
            "HKD",
            status="not estimated",
            needs=(message("wage"),),
            interval_method=NOTHING,
        ),
        Result("M10", message("other"), 5, "images"),
    ]
    read = checked(views.numbers(study_of(found, simulated=False), "M1"))
    for words in ("12.4\u00a0%", "31 of 250 images", "A: ", EVIL, "not estimated: needs wage"):
        assert words in read.text
    assert "M10" not in read.text


def test_what_lies_below_several_numbers_is_folded():
    """Where each of several options has many numbers of its own, the options stand and the rest opens below; of one alone all stand."""
    below = [f"S.{option}.p{number}" for option in ("code", "mandate") for number in (*"abcdefgh",)]
    found = [Result(name, message(name), 5, "HKD") for name in ("S.code", "S.mandate", "S.nothing", *below)]
    page = lxml.html.fromstring(views.numbers(study_of(found, simulated=False), "S").markup)
    summaries = [each.text for each in page.iter("summary")]
    assert [each.split(",")[0] for each in summaries] == ["Below S.code", "Below S.mandate"]
    assert all("8 numbers" in each for each in summaries)
    folded = page.xpath("//details//td[1]/text()")
    assert sorted(folded) == sorted(below)
    assert {"S.code", "S.mandate", "S.nothing"} == {*page.xpath("//td[1]/text()")} - {*below}
    one = views.numbers(study_of(found, simulated=False), "S.code").markup
    assert "<details" not in one


@pytest.mark.slow
def test_numbers_of_page_one_have_their_ids_and_no_money_is_a_formula(shared_study):
    """Each point begins with the id that `study.behind` takes, numbers within sentences name theirs, and JupyterLab sets no formula."""
    page = views.main_points(shared_study)._repr_html_()
    tree = lxml.html.fromstring(page)
    ids = [row.findtext("td") for row in tree.iter("tr") if row.findtext("td")]
    assert "M1" in ids
    found = by_id(shared_study.results())
    assert [name for name in ids if found[name].value and not len(shared_study.behind(name))] == []
    assert tree.xpath("//td/span[@title='M1']")
    assert tree.get("class") == "mathjax_ignore"


def test_views_add_up():
    """Two views are one, in order, as markup and as text."""
    both = View("<p>a</p>", "a") + View("<p>b</p>", "b")
    assert both.markup == "<p>a</p><p>b</p>"
    assert repr(both) == "a\nb"
    assert "JupyterLab" in repr(View("<p>a</p>"))


def test_a_bar_leaves_nothing_in_the_notebook(monkeypatch):
    """It moves while the work goes on and is empty at the end: no widget that a saved notebook could not show; quiet where nothing runs."""
    shown = []
    handle = SimpleNamespace(update=lambda each: shown.append(each.data))
    monkeypatch.setattr(
        "IPython.display.display", lambda each, display_id: shown.append(each.data) if display_id else None
    )
    views.bars("comparing")(5, 5)
    assert shown == []
    monkeypatch.setattr("IPython.display.display", lambda each, **_: (shown.append(each.data), handle)[1])
    monkeypatch.setattr(views, "PAUSE", 0.0)
    advance = views.bars("<comparing>")
    for done in (1, 4, 5):
        advance(done, 5)
    assert "value='1' max='5'" in shown[0]
    assert "&lt;comparing&gt;: 4 of 5" in shown[1]
    assert shown[2:] == [""]


def test_a_per_cent_sign_stays_with_its_number():
    """No line of a cell begins with it."""
    cell = views.grid(("a",), [("95 % interval 55.6 to 100.0 %",)])._repr_html_()
    assert "95\u00a0% interval 55.6 to 100.0\u00a0%" in cell


def test_rows_have_a_ground_under_the_column_that_stays():
    """What stays in sight lies on its own row's colour, so that nothing shows through, in every theme."""
    markup = views.grid(("a", "b"), [("1", "2"), ("3", "4")])._repr_html_()
    assert markup.count("background:inherit") == 3
    assert markup.count("background:var(--jp-") == 3


def test_a_long_text_among_numbers_does_not_push_them_away():
    """What a number would need is broken at words, in a narrow column that others share; large fractions are read without powers of ten."""
    markup = views.grid(
        ("Id", "Value"), [("M14", "not estimated: needs a survey of members"), ("M3", "0.2")], (1,)
    )
    cells = markup._repr_html_().split("<td")
    assert "max-width:16em" in cells[2]
    assert "nowrap" not in cells[2]
    assert "text-align:right" in cells[4]
    frame = pd.DataFrame({"harm": [50_851.7, 2111.0, 0.45832]})
    assert [cell in views.frame(frame).markup for cell in (">50,852<", ">2,111<", ">0.4583<")] == [True] * 3


def test_an_id_is_not_broken_at_its_hyphens():
    """However long it is; a sentence is, and a Chinese one, which has no spaces."""
    long = (
        "S.difference.statutory-standard-open-source",
        "a sentence that goes on and on for long",
        "這是一段沒有空格的中文標題文字" * 3,
    )
    cells = [views.grid(("Id",), [(text,)])._repr_html_().split("<td")[1] for text in long]
    assert ["nowrap" in cell for cell in cells] == [True, False, False]


def test_numbers_that_are_not_there_are_said():
    """A heading without a row says nothing: a sentence does."""
    study = SimpleNamespace(results=list)
    assert "no such numbers yet" in views.numbers(study, "K").markup


def test_distances_below_the_curve_do_not_collide():
    """Of 65 distances so many are named that each has room; the study's own are drawn all the same."""
    found = [Result(f"M1.at.{bits}", message("at"), bits / 100, "fraction") for bits in range(65)]
    drawn = curve(found, 10)
    named = [int(bits) for bits in re.findall(r"text-anchor='middle'>(\d+)<", drawn)]
    assert named == list(range(0, 65, 4))
    assert drawn.count(",") >= 65
