"""A Word document's figures stand where text fills the pages before them, as Word itself moves nothing."""

import pytest

from dedupelab.publish.paper import document as d
from dedupelab.publish.paper.layout import lay_out
from dedupelab.publish.paper.word_flow import _LETTERS, _PAGE, flowing, height, kept

RATIO = 0.78
"""Every picture has some four fifths of its width as height: with its title half of a page."""


@pytest.fixture
def laid(tmp_path):
    """Return how blocks are laid out for Word, of a chapter of paragraphs (P), long tables (T) and figures (F)."""

    def made(order: str, words: int = 60):
        blocks = [d.Heading(1, "Chapter", number="1")]
        for n, kind in enumerate(order):
            if kind == "F":
                blocks.append(
                    d.Figure(f"figure-{n}", f"Finding {n}", "", "", "A finding.", tmp_path / "none.png")
                )
            elif kind == "T":
                columns = [d.Column("a", width=1), d.Column("b", width=3)]
                blocks.append(d.Table(f"table-{n}", "x", columns, [["c", "word " * 8]] * 20))
            else:
                blocks.append(d.Paragraph("word " * words))
        return [block | {"ratio": RATIO} for block in lay_out(d.Document("t", blocks=blocks))["blocks"]]

    return made


def emptiest(blocks, letter: float) -> float:
    """Return the largest share of a page that a figure leaves empty before it."""
    filled, most = 0.0, 0.0
    for block in blocks:
        takes, room = height(block, letter), _PAGE - filled
        if block["kind"] == "figure" and takes > room:
            most, filled = max(most, room / _PAGE), takes
        else:
            filled = (filled + takes) % _PAGE
    return most


@pytest.mark.parametrize("letter", _LETTERS)
@pytest.mark.parametrize("order", ["PPPPPPFPPPPPPPPFPPPPPPPPFPPPPPPP", "PPPPPPPF", "PPPPPPFTPPFT"])
def test_no_page_is_more_than_a_third_empty_before_a_figure(laid, order, letter):
    """Whatever the width of the print: what has no room waits for text, and where none is left it stands before some."""
    given = laid(order)
    assert max(emptiest(given, each) for each in _LETTERS) > 1 / 3
    assert emptiest(flowing(given, [], 0.0), letter) <= 1 / 3


def test_figures_keep_their_order_and_their_chapter(laid):
    """Nothing is lost, no figure passes another, and none leaves its chapter."""
    given = [*laid("PPPPPPFFPPPP"), *laid("PPFPPPPPPPF")]
    placed = [*flowing(given, [], 12.0)]
    assert len(placed) == len(given)
    assert [b["id"] for b in placed if b["kind"] == "figure"] == [
        b["id"] for b in given if b["kind"] == "figure"
    ]
    second = [n for n, block in enumerate(placed) if block["kind"] == "heading"][1]
    assert sum(block["kind"] == "figure" for block in placed[:second]) == 2


@pytest.mark.parametrize("order", ["FP", "PPPPPPFP", "F"])
def test_no_figure_parts_a_heading_from_its_text(laid, order):
    """Where there is text, it follows the heading; a figure alone is there, too."""
    placed = [*flowing(laid(order), [], 18.0)]
    assert sorted(block["kind"] for block in placed[1:]) == sorted(
        "figure" if kind == "F" else "paragraph" for kind in order
    )
    assert placed[1]["kind"] == ("paragraph" if "P" in order else "figure")


def test_a_chapter_with_figures_begins_on_a_page_of_its_own_unless_little_stands_before_it(laid):
    """So that errors of the reckoning do not add up; a chapter of words alone runs on."""
    assert next(flowing(laid("PF"), [], 15.0))["breaks"]
    assert "breaks" not in next(flowing(laid("PF"), [], 4.0))
    assert "breaks" not in next(flowing(laid("PP"), [], 15.0))


def test_few_high_rows_may_break():
    """A table of few rows is held on one page unless they take much of it."""
    columns = [d.Column("a", width=1), d.Column("b", width=3)]
    tables = [
        d.Table(f"table-{words}", "x", columns, [["c", "word " * words]] * 5, note="A note.")
        for words in (5, 70)
    ]
    assert [kept(block) for block in lay_out(d.Document("t", blocks=tables))["blocks"]] == [True, False]
