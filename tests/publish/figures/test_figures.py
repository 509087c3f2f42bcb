import inspect
import xml.etree.ElementTree as ET
from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dedupelab import tables
from dedupelab.errors import ReportError
from dedupelab.evidence.metadata import lineage as descents
from dedupelab.publish.figures import groups, institutions, lineage, money, rates, style, years
from dedupelab.publish.figures.captions import Caption, Setting
from dedupelab.publish.paper import document as d

POPULATION = "two collections, May 2026"


def setting(folder):
    return Setting(folder, POPULATION, "a test", "HK$ a year", "HK$")


def overlap(names, shared=7, works=20):
    return tables.OVERLAP.from_rows(
        {"row": a, "column": b, "works": works, "shared": works if a == b else shared,
         "containment": 1.0 if a == b else shared / works, "jaccard": 0.2}
        for a in names
        for b in names
    )  # fmt: skip


def shares(names):
    return pd.DataFrame({"label": names, "value": 0.25, "low": 0.2, "high": np.nan, "without": "census"})


def graph(names):
    made = nx.barbell_graph(3, 0)
    nx.set_node_attributes(made, {n: names[n % len(names)] for n in made}, "collection")
    return nx.relabel_nodes(made, str)


def cells(names, works=12):
    shares = (0.25, np.nan, 0.0)
    rows = [
        (f, names[0], names[-1], s, works if s == s else 4, 3 if s else 0)
        for f, s in zip((*names, "title"), shares, strict=False)
    ]
    return pd.DataFrame(rows, columns=["field", "one", "other", "share", "works", "found"])


def descent(name):
    rows = [("a", name, "", "", "lost"), ("b", "crop", "", "", name), ("c", "ring", "", "", "ring")]
    return descents.lineage(pd.DataFrame(rows, columns=list(descents.COLUMNS)))


def priced(names):
    """Little tables for the figures of money and time."""
    lines = pd.DataFrame({"label": names, "value": 5000.0})
    steps = np.linspace(0, 1, 11)
    curves = [
        pd.DataFrame({"line": n, "label": n, "probability": 1 - steps, "amount": 900 * steps}) for n in names
    ]
    inputs = pd.DataFrame(
        {
            "label": names,
            "net_at_p10": [-900.0] * len(names),
            "net_at_p90": 400.0,
            "correlation": 0.5,
            "switching": np.nan,
        }
    )
    options = pd.DataFrame({"label": names, "value": -12.0, "p10": -90.0, "p90": 30.0, "best": 0.25})
    years = pd.DataFrame([{"option": n, "year": y, "adopted": y / 5} for n in names for y in (1, 2, 3)])
    trend = pd.DataFrame({"week": [f"2026-02-{n:02d}" for n in range(1, 15)], "ingested": [9] * 13 + [0], "copies": [3] * 13 + [0], "fitted": 2.7,
                          "expected": 2.5, "low": 1.0, "high": 4.0, "labelled": 1, "unlabelled": 5})  # fmt: skip
    return {
        "waterfall": (lines, (10_000.0, 8_000.0, 13_000.0)), "exceedance_curves": (pd.concat(curves),), "tornado_chart": (inputs, names[0]),
        "option_values": (options, 5), "adoption_curves": (years,), "trend_fan": (trend, (0.02, 0.01, 0.03)),
    }  # fmt: skip


def drawn(name, names, folder):
    """Draw one figure of each kind from little data with these names."""
    picture = Image.new("RGB", (64, 48), "teal")
    weeks = pd.DataFrame(
        {
            "week": pd.date_range("2026-01-05", periods=4, freq="7D"),
            "images": [9, 8, 0, 7],
            "labelled": [1, 2, 0, 3],
        }
    )
    harm = pd.DataFrame({"label": [*names, "Fees"], "value": [*[5000.0] * len(names), np.nan], "low": np.nan, "high": np.nan,
                         "reason": "needs invoices"})  # fmt: skip
    arguments = {
        "overlap_heat_map": (overlap(names),),
        "sharing_graph": (overlap(names), dict.fromkeys(names, 30)),
        "headline_intervals": (shares(names),),
        "runs_intervals": (shares(names),),
        "conflicts_by_field": (shares(names),),
        "accuracy_intervals": (shares(names), "Most links hold"),
        "intervals": (
            shares(names),
            "figure-attribution",
            "per hundred",
            Caption("Due", POPULATION, "Due"),
            "Figure",
        ),
        "threshold_curve": (pd.DataFrame({"distance": [0, 4, 8], "rate": [0.1, 0.2, 0.4]}), 4),
        "weekly_labelled": (weeks, Caption("AI by week", POPULATION, "AI by week")),
        "relations_chart": ({"byte-identical": 4, "variant": 2},),
        "group_sizes": ([2, 2, 3, 40],),
        "group_graph": (graph(names),),
        "contradictions_heat_map": (cells(names), 10),
        "lineage_graph": (descent(names[0]), {}),
        "contact_sheet": (
            [
                groups.Tile(picture, (names[0], "64 × 48", "PNG", names[n % len(names)], "", "2026"))
                for n in (0, 1)
            ],
            "figure-sheet",
            "",
        ),
        "harm_lines": (harm,),
        **priced(names),
    }[name]
    return FIGURES[name](*arguments, setting(folder))


FIGURES = {
    name: function
    for module in (groups, institutions, lineage, money, rates, years)
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_")
}
"""Every figure of the paper and the notebooks: from plain numbers and a folder to a `Figure` block with its table."""
KINDS = sorted(FIGURES)


@pytest.mark.parametrize("name", KINDS)
def test_every_figure_bears_strange_names(name, tmp_path):
    """Names of 2,000 characters, mathematics, underscores and markup neither break a figure nor its title."""
    names = ["_x" * 1000, "$\\frac{a}{b}$ <script> & % #x"]
    figure = drawn(name, names, tmp_path)
    assert 1 <= len(figure.title.split(" ")) <= 12
    assert 1 <= len(figure.alt) <= 150
    assert figure.subtitle.endswith(POPULATION)
    with Image.open(figure.raster) as raster:
        assert raster.width >= 1200
    if figure.vector:
        assert ET.parse(figure.vector).getroot().tag.endswith("svg")
        assert "<text" not in figure.vector.read_text()


def test_equal_numbers_give_equal_bytes(tmp_path):
    """SVG and PNG hold no clock, no random names and no folder."""
    one, two = (drawn("group_graph", ["film", "news"], tmp_path / part) for part in ("a", "b"))
    assert one.vector.read_bytes() == two.vector.read_bytes()
    assert one.raster.read_bytes() == two.raster.read_bytes()


def test_the_data_table_holds_the_numbers(tmp_path):
    """What is drawn can be read: value, interval, and shares that stand for the drawn ones."""
    table = drawn("overlap_heat_map", ["film", "news"], tmp_path).data
    assert [tuple(row) for row in table.rows] == [
        ("film", "news", "20", "7", "35.0"),
        ("news", "film", "20", "7", "35.0"),
    ]


@pytest.mark.parametrize(
    ("draw", "given", "axis"),
    [("group_sizes", [2, 2], "yaxis"), ("relations_chart", {"byte-identical": 2}, "xaxis")],
)
def test_nothing_is_half_a_group(tmp_path, monkeypatch, draw, given, axis):
    """Where only two things are counted, the axis has whole numbers too."""
    seen = []
    framed = groups.frame
    monkeypatch.setattr(
        groups,
        "frame",
        lambda canvas, *rest: (
            seen.extend(getattr(canvas.axes[0], axis).get_ticklocs()),
            framed(canvas, *rest),
        )[1],
    )
    getattr(groups, draw)(given, setting(tmp_path))
    assert seen
    assert all(float(tick).is_integer() for tick in seen)


def test_what_was_not_estimated_is_said_not_drawn(tmp_path):
    """A line without value is no zero: it stands in the note with what it needs."""
    table = drawn("harm_lines", ["Storage"], tmp_path).data
    assert [row[0] for row in table.rows] == ["Storage"]
    assert table.note == "Not estimated: Fees (needs invoices)"


def test_amounts_are_drawn_as_the_tables_round_them(tmp_path):
    """A cost of 13 cents is no nought, and 46,357 is not known to the dollar."""
    lines = pd.DataFrame(
        {
            "label": ["Storage", "Disputes"],
            "value": [0.131, 46357.0],
            "low": [0.12, 3100.0],
            "high": [0.14, 110000.0],
            "reason": "",
        }
    )
    table = money.harm_lines(lines, Setting(tmp_path, POPULATION, "this study", "HK$", "HKD")).data
    assert [row[1] for row in table.rows] == ["0.13", "46,000"]


def test_the_waterfall_ends_in_the_sum(tmp_path):
    """Each line has its row, the sum its P10 and P90; the title says which line makes up how much."""
    figure = drawn("waterfall", ["Storage", "Disputes"], tmp_path)
    assert [tuple(row) for row in figure.data.rows] == [
        ("Storage", "5,000", ""), ("Disputes", "5,000", ""), ("Sum", "10,000", "8,000 to 13,000"),
    ]  # fmt: skip
    assert figure.title.startswith("50\u00a0% of the sum:")


def test_the_tornado_says_where_the_sign_turns(tmp_path):
    """An input without a switching value turns the sign nowhere; the widest swing is named."""
    table = drawn("tornado_chart", ["wage", "price"], tmp_path).data
    assert [tuple(row) for row in table.rows] == [
        (n, "\u2212900", "400", "0.50", "nowhere") for n in ("price", "wage")
    ]


@pytest.mark.parametrize(
    ("growth", "title"),
    [
        ((0.02, 0.01, 0.03), "grew by 2.0"),
        ((-0.02, -0.03, -0.01), "fell by 2.0"),
        ((0.02, -0.01, 0.03), "No growth or fall"),
    ],
)
def test_the_trend_says_only_what_its_interval_says(growth, title, tmp_path):
    """Growth or fall is a finding only where the interval leaves zero out."""
    weeks = priced(["a"])["trend_fan"][0]
    assert title in years.trend_fan(weeks, growth, setting(tmp_path)).title


def test_relations_are_all_listed(tmp_path):
    """Every relation has its row; only links count as duplication."""
    figure = groups.relations_chart({"byte-identical": 4, "variant": 2}, setting(tmp_path))
    assert [row[0] for row in figure.data.rows] == list(tables.RELATIONS)
    assert {row[0] for row in figure.data.rows if row[2] == "yes"} == set(tables.LINKS)
    assert figure.title == "4 of 6 examined pairs count as duplication"


def test_the_contact_sheet_marks_contradictions_only(tmp_path):
    """A creator that differs from the first copy's is marked; a missing one contradicts nobody."""
    picture = Image.new("L", (30, 50), 90)
    facts = [("film", "1", "PNG", "Chan", "Film", "1999"), ("news", "2", "TIFF", "Lee", "", "1999")]
    figure = groups.contact_sheet(
        [groups.Tile(picture, f) for f in facts], "figure-sheet", "", setting(tmp_path)
    )
    assert figure.vector is None
    assert figure.data.rows[1] == ("b", "news", "2", "TIFF", (d.Strong("Lee\u00a0*"),), "–", "1999")


def test_a_value_cut_short_is_called_no_difference(tmp_path):
    """A creator cut at the 32 characters of an older standard, and a date without its time, contradict nobody: no mark, no finding."""
    picture = Image.new("L", (30, 50), 90)
    whole, cut = "Bartholomew Szeto-Featherstonehaugh", "Bartholomew Szeto-Featherstoneha"
    facts = [
        ("film", "1", "PNG", whole, "Film", "2019-12-07 13:13:48"),
        ("news", "2", "JPEG", cut, "News", "2019-12-07"),
    ]
    figure = groups.contact_sheet(
        [groups.Tile(picture, f) for f in facts],
        "figure-sheet",
        "",
        replace(setting(tmp_path), population="2 of 3 copies"),
    )
    assert figure.data.rows[1] == ("b", "news", "2", "JPEG", cut, (d.Strong("News\u00a0*"),), "2019-12-07")
    assert figure.title == "2 of 3 copies of one picture, with different credit"


def test_no_interval_is_claimed_where_none_is_drawn(tmp_path):
    """The conflicts of links that nobody checked have no intervals, and the figure says so."""
    drawn = shares(["Creator", "Credit"])
    with_intervals = rates.conflicts_by_field(drawn, setting(tmp_path))
    without = rates.conflicts_by_field(drawn.assign(low=float("nan"), high=float("nan")), setting(tmp_path))
    assert "with 95 % intervals" in with_intervals.subtitle
    assert "without intervals as people have not checked the links" in without.subtitle


def test_no_share_of_too_few_works_is_told(tmp_path):
    """A cell below the floor bears its number of works and no share, in the picture's table as in the picture; the finding is the largest."""
    figure = institutions.contradictions_heat_map(cells(["film", "news"]), 10, setting(tmp_path))
    assert [tuple(row) for row in figure.data.rows] == [
        ("film", "3 of 12"),
        ("news", "too few (4)"),
        ("title", "0 of 12"),
    ]
    assert figure.title == "Largest share of contradictions: film, 25.0\u00a0% of works"
    many = pd.concat([cells(["film", f"news{n}"]) for n in range(9)])
    table = institutions.contradictions_heat_map(many, 10, setting(tmp_path)).data
    assert tuple(table.rows[0]) == ("film", "film – news0", "12", "3", "25.0")
    assert tuple(table.rows[1])[2:] == ("4", "–", "–")


def test_lineage_names_what_is_absent_and_what_runs_in_a_circle(tmp_path):
    """Each document has its row: who holds it, its parents, and what cannot be true."""
    figure = lineage.lineage_graph(descent("master"), {"a": "A", "b": "B", "c": "C"}, setting(tmp_path))
    assert [tuple(row) for row in figure.data.rows] == [
        ("crop", "copy B", "master", "–"), ("lost", "not held", "–", "–"), ("master", "copy A", "lost", "–"),
        ("ring", "copy C", "–", "says it descends from itself"),
    ]  # fmt: skip
    assert figure.title == "The copies' lineage contradicts itself"
    wide = pd.DataFrame([(f"i{n}", f"d{n}", "", "", "") for n in range(41)], columns=list(descents.COLUMNS))
    with pytest.raises(ReportError, match="1 to 40 documents"):
        lineage.lineage_graph(descents.lineage(wide), {}, setting(tmp_path))


def twenty(shared):
    """Twenty collections of a hundred works, of which pairs share some."""
    names = [f"member-{n:02}" for n in range(20)]
    both = shared | {(b, a): works for (a, b), works in shared.items()}
    rows = [(a, b, both.get((a, b), 0) / 100, both.get((a, b), 0), 100) for a in names for b in names]
    return pd.DataFrame(rows, columns=["row", "column", "containment", "shared", "works"]), dict.fromkeys(
        names, 30
    )


def test_of_many_collections_those_that_share_most_are_drawn(tmp_path, monkeypatch):
    """The pair that the title names is in the picture, and the figure says that it shows twelve of twenty."""
    table, images = twenty({("member-00", "member-01"): 3, ("member-18", "member-19"): 40})
    said = []
    monkeypatch.setattr(institutions, "label", lambda name, *_room: said.append(name) or name)
    matrix = institutions.overlap_heat_map(table, setting(tmp_path))
    assert {"member-18", "member-19", "member-00", "member-09"} < set(said)
    assert "member-10" not in said
    said.clear()
    graph = institutions.sharing_graph(table, images, setting(tmp_path))
    assert {"member-18", "member-19", "member-09"} < set(said)
    assert "member-10" not in said
    assert matrix.description.startswith("Matrix of 12 collections")
    assert graph.description.startswith("Graph of 12 collections")
    for figure in (matrix, graph):
        assert figure.subtitle.endswith("; shown are 12 of 20 collections, those that share most")


def test_a_rate_that_does_not_move_runs_from_nowhere(tmp_path):
    """Where every threshold gives the same rate, the title says that one rate."""
    for last, title in (
        (0.2, "Surplus rate is 20.0\u00a0% at every threshold"),
        (0.4, "Surplus rate runs from 20.0\u00a0% to 40.0\u00a0% with the threshold"),
    ):
        curve = pd.DataFrame({"distance": [0, 4, 8], "rate": [0.2, 0.2, last]})
        assert rates.threshold_curve(curve, 4, setting(tmp_path)).title == title


def test_two_pairs_that_share_as_much_are_not_one(tmp_path):
    """Where several pairs share the most works, the figure says how many and names none."""
    shared = {("member-00", "member-01"): 40, ("member-18", "member-19"): 40}
    title = institutions.sharing_graph(*twenty(shared), setting(tmp_path)).title
    assert title == "2 pairs of collections share most: 40 works each"


def test_a_group_too_large_to_be_read_is_refused(tmp_path):
    """A group of more images than a drawing can show is an error that says what to draw instead."""
    with pytest.raises(ReportError, match="1 to 60 images to draw, got 61"):
        groups.group_graph(nx.path_graph(61), setting(tmp_path))


def contrast(a, b="#ffffff"):
    """WCAG 2.2 contrast ratio."""

    def luminance(color):
        channels = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_palette_can_be_read():
    """Text colours reach 4.5:1 on white and series too; ink keeps it on the boxes' grounds."""
    assert (
        min(contrast(color) for color in (style.INK, style.QUIET, style.ALARM, style.ACCENT, *style.SERIES))
        >= 4.5
    )
    assert contrast(style.INK, "#f4f1e8") >= 7
