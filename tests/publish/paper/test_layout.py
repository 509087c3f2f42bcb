import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupelab.errors import ReportError
from dedupelab.publish.paper import document as d
from dedupelab.publish.paper.layout import column_shares, lay_out, printable, whole
from dedupelab.publish.paper.text_width import longest_word


def test_labels_are_counted_in_order_of_reading(paper):
    """Figures and tables are numbered through, and a reference shows the number as a link."""
    laid = lay_out(paper)
    labels = [b["label"] for b in laid["blocks"] if b["kind"] in {"figure", "table"}]
    assert labels == ["Figure 1", "Table 1", "Table 2"]
    reference = laid["blocks"][1]["text"][1]
    assert (reference["kind"], reference["text"], reference["target"]) == (
        "link",
        "Figure\u00a01",
        "#figure-one",
    )


def test_a_data_table_follows_its_figure_unless_placed(paper):
    """The numbers behind a figure are always in the paper, and once."""
    figure = next(b for b in paper.blocks if isinstance(b, d.Figure))
    moved = dataclasses.replace(paper, blocks=[*paper.blocks, figure.data])
    kinds = [b["kind"] for b in lay_out(paper)["blocks"]]
    assert kinds[kinds.index("figure") + 1] == "table"
    labels = {b["id"]: b["label"] for b in lay_out(moved)["blocks"] if b["kind"] == "table"}
    assert labels == {"table-long": "Table 1", "table-figure": "Table 2"}


def test_a_link_to_nowhere_names_the_nearest():
    """A reference to an unknown id is an error that suggests the id that was meant."""
    blocks = [d.Paragraph("a", number="2.1"), d.Paragraph([d.Reference("paragraph-2.2")])]
    with pytest.raises(ReportError, match=r"did you mean #paragraph-2.1\?"):
        lay_out(d.Document("t", blocks=blocks))


def test_ids_are_unique_and_levels_do_not_skip():
    """Two equal ids, or a heading two levels down, cannot be navigated."""
    with pytest.raises(ReportError, match="'paragraph-1' twice"):
        lay_out(d.Document("t", blocks=[d.Paragraph("a", number="1"), d.Paragraph("b", number="1")]))
    with pytest.raises(ReportError, match="do not skip levels"):
        lay_out(d.Document("t", blocks=[d.Heading(1, "a"), d.Heading(3, "b")]))


@given(st.text())
def test_printable_text_has_no_controls(text):
    """Whatever a file is called, what is printed is one line of characters without controls or overrides."""
    shown = printable(text)
    assert not any(
        ord(c) < 32 or 0x7F <= ord(c) <= 0x9F or 0x202A <= ord(c) <= 0x202E or 0xD800 <= ord(c) <= 0xDFFF
        for c in shown
    )
    assert printable(shown) == shown


@given(st.lists(st.lists(st.text(max_size=80), min_size=5, max_size=5), max_size=6))
def test_columns_share_the_table(rows):
    """Column shares sum to one, none vanishes, and no table is wider than the page."""
    width, shares, _tightness = column_shares(d.Table("table-a", "", [d.Column("name")] * 5, rows))
    assert 0 < width <= 1
    assert abs(sum(shares) - 1) < 1e-9
    assert min(shares) > 0.05


def test_a_heading_fits_its_column():
    """A column of given width grows until the longest word of its heading stands in one line; the others keep their proportions, and wide ones theirs."""

    def shares(grade):
        columns = [d.Column("項目", width=2.2), d.Column(grade, width=0.6), d.Column("計算方法", width=8.2)]
        return column_shares(d.Table("table-a", "x", columns, [("a", "E", "b")]))[1]

    for heading in ("Grade", "等級"):
        first, grade, last = shares(heading)
        assert grade > 0.6 / 11
        assert first / last == pytest.approx(2.2 / 8.2)
        assert first + grade + last == pytest.approx(1)
    columns = [d.Column("What", width=1), d.Column("Grade", width=1), d.Column("Why", width=2)]
    assert column_shares(d.Table("table-a", "x", columns, [("a", "E", "b")]))[1] == [0.25, 0.25, 0.5]


def test_a_number_keeps_its_per_cent(paper):
    """No line ends between a number and its sign; what is to be typed stays as it was written."""
    blocks = [d.Paragraph(["12.4 % of it, ", d.Code("a 5 % b.jpg")]), d.Verbatim("say 5 %")]
    first, typed = lay_out(dataclasses.replace(paper, blocks=blocks, front=[]))["blocks"]
    assert [part["text"] for part in first["text"]] == ["12.4\u00a0% of it, ", "a 5 % b.jpg"]
    assert typed["lines"] == ["say 5 %"]


def test_the_running_head_is_cut_between_words(paper):
    """The head of a page has no half of a word; a title without spaces is cut where its room ends."""

    def head(title):
        return lay_out(dataclasses.replace(paper, title=title, meta=d.Meta()))["short_title"]

    assert head("word " * 13 + "extent, authority") == "word " * 12 + "word …"
    assert head("字" * 80) == "字" * 70 + " …"
    assert head("short") == "short"


def test_a_size_is_one_word():
    """What no line may break, as the spaces in a picture's size, counts as one when columns get their room."""
    assert longest_word("1280\u00a0x\u00a01024") == 11


@pytest.mark.parametrize(("words", "held"), [(3, True), (120, False)])
def test_a_table_of_few_rows_is_held_on_a_page_unless_they_are_high(words, held):
    """What counts is how many lines a row takes in its column: three holders with names of a paragraph fill a page."""
    columns = [d.Column("Holder", width=1), d.Column("Kind", width=4)]
    table = d.Table("table-a", "x", columns, [["name " * words, "archive"]] * 3)
    assert whole(lay_out(d.Document("t", blocks=[table]))["blocks"][0]) is held


def test_what_leads_to_a_list_stays_with_it(paper):
    """A paragraph before a list, and a question set in italics, are kept with what follows; any other paragraph is not."""
    blocks = [
        d.Paragraph("In these senses:", number="1.1"),
        d.Definitions([("work", "what it shows")]),
        d.Paragraph([d.Emphasis("How many?")]),
        d.Paragraph("Many."),
    ]
    laid = lay_out(dataclasses.replace(paper, blocks=blocks, front=[]))["blocks"]
    assert [b["leads"] for b in laid if b["kind"] == "paragraph"] == [True, True, False]
