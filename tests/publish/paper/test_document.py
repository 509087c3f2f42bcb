from pathlib import Path

import pytest

from dedupelab.errors import ReportError
from dedupelab.publish.paper import document as d


def figure(**changes):
    parts = {
        "id": "figure-a", "title": "A finding", "subtitle": "", "source": "", "alt": "A finding.", "raster": Path("a.png"),
    }  # fmt: skip
    return d.Figure(**(parts | changes))


@pytest.mark.parametrize("alt", ["", "   ", "x" * 151])
def test_alt_text_is_required(alt):
    """A figure without alt text, or with more than a screen reader says in one go, cannot be made."""
    with pytest.raises(ReportError, match="alt text of 1 to 150"):
        figure(alt=alt)


def test_title_has_twelve_words_at_most():
    """A figure's title is one line."""
    assert figure(title="word " * 11 + "word").title
    with pytest.raises(ReportError, match="12 words, got 13"):
        figure(title="word " * 12 + "word")


@pytest.mark.parametrize(
    "target",
    ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.test", "#", "#a b", "#x\n"],
)
def test_links_lead_to_the_document_or_the_web(target):
    """No other scheme can reach a page."""
    with pytest.raises(ReportError, match="expected a link"):
        d.Link("text", target)


def test_a_table_has_seven_columns_and_full_rows():
    """What would overflow A4 or lack a cell is refused where it is made."""
    with pytest.raises(ReportError, match="1 to 7 columns, got 8"):
        d.Table("table-a", "", [d.Column("x")] * 8, [])
    with pytest.raises(ReportError, match="2 cells in every row, got 1 in row 1"):
        d.Table("table-a", "", [d.Column("x")] * 2, [("a", "b"), ("a",)])


@pytest.mark.parametrize("identifier", ["", "1a", "a b", "a<b", 'a"b', "ä", "a\n"])
def test_ids_are_plain_ascii(identifier):
    """An id is safe as HTML id, Typst label and Word bookmark."""
    with pytest.raises(ReportError, match="expected an id"):
        figure(id=identifier)
