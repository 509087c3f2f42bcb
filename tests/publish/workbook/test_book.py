"""The workbook as a file: what opens, what never runs, and what is the same every time."""

import io
from datetime import UTC, datetime
from functools import partial

import openpyxl
import pytest

from dedupelab.publish.workbook import book as book_module
from dedupelab.publish.workbook.book import Field, Formula, Jump, Share, Sheet, parts, workbook_bytes

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
FIELDS = [Field("Name", 20), Field("Value", 12, "real"), Field("Part", 8, "share")]
ROWS = [["first", 1234.5, Share(0.25)], [Jump("second", "'Sums'!A2"), 2, None]]
SUMS = Sheet("Sums", "sums", FIELDS, ROWS, ["All", Formula("SUM(B2:B3)"), None])


def opened(*sheets):
    return openpyxl.load_workbook(io.BytesIO(workbook_bytes(sheets, title="t", created=NOW)))


def test_numbers_are_numbers_and_sums_are_formulas():
    """A header that stays, filters, widths, numbers with their form, a share as per cent, a link to a cell, and a sum to follow."""
    page = opened(SUMS)["Sums"]
    assert (page.freeze_panes, page.auto_filter.ref) == ("B2", "A1:C3")
    assert page.column_dimensions["A"].width == 20
    assert (page["B2"].value, page["B2"].number_format) == (1234.5, "#,##0.00")
    assert (page["C2"].value, page["C2"].number_format) == (0.25, '0.0"\u00a0"%')
    assert [page[f"{letter}1"].alignment.horizontal for letter in "ABC"] == [None, "right", "right"]
    assert page["A3"].hyperlink.location == "'Sums'!A2"
    assert (page["B4"].value, page["B4"].data_type) == ("=SUM(B2:B3)", "f")


@pytest.mark.parametrize(
    "evil", ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "\t=2", "a\x00\x0bb", "\u202egpj.exe", "字" * 40_000]
)
def test_text_of_strangers_is_text(evil):
    """Nothing a file name may hold becomes a formula, breaks the file or turns a line around."""
    cell = opened(Sheet("s", "", [Field("n")], [[evil]]))["s"]["A2"]
    assert cell.data_type == "s"
    assert not cell.value.startswith(("=", "+", "@"))
    assert "\u202e" not in cell.value
    assert len(cell.value) <= 32_767


def test_equal_sheets_give_equal_bytes(picture):
    """Made again, with a picture in it, every byte is the same; another time is in the properties and nowhere else."""
    shown = Sheet("p", "", [Field("a"), Field("Picture", 20)], [["x", ""]], pictures={0: picture["raster"]})
    one, other = (workbook_bytes([SUMS, shown], title="t", created=NOW) for _ in range(2))
    assert one == other
    assert len(openpyxl.load_workbook(io.BytesIO(one))["p"]._images) == 1
    assert openpyxl.load_workbook(io.BytesIO(one)).properties.modified == NOW.replace(tzinfo=None)


def test_more_rows_than_a_spreadsheet_opens_go_on_in_further_sheets(picture):
    """Every row is in one part, pictures go with their rows, totals stand below the last; long names stay short."""
    sheet = Sheet(
        "n" * 40, "", [Field("n")], [[n] for n in range(5)], [Formula("SUM(A2:A6)")], {4: picture["raster"]}
    )
    found = list(parts(sheet, most=2))
    assert [name for name, _part in found] == ["n" * 31, "n" * 27 + " (2)", "n" * 27 + " (3)"]
    assert [row for _name, part in found for row in part.rows] == sheet.rows
    assert [(dict(part.pictures), bool(part.totals)) for _name, part in found] == [
        ({}, False),
        ({}, False),
        ({0: picture["raster"]}, True),
    ]


def test_a_formula_reckons_with_the_row_in_which_it_stands(monkeypatch):
    """In a further sheet, too, a row's formula means its own cells."""
    monkeypatch.setattr(book_module, "parts", partial(parts, most=2))
    fields = [Field("Copies", 9, "whole"), Field("Less one", 9, "whole")]
    book = opened(Sheet("s", "", fields, [[n, Formula("A{row}-1")] for n in range(3)]))
    assert [book["s"]["B3"].value, book["s (2)"]["B2"].value] == ["=A3-1", "=A2-1"]


def test_a_sheet_is_printed_across_one_page_and_long_text_has_room():
    """Landscape A4 as wide as the page, headings on each; a row is as high as its longest text wraps, up to eight lines."""
    rows = [["short"], ["word " * 12], ["word " * 400], [Jump("name " * 10, "'s'!A2")]]
    page = opened(Sheet("s", "", [Field("n", 20)], rows))["s"]
    assert (page.page_setup.orientation, page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (
        "landscape",
        1,
        0,
    )
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.print_title_rows == "$1:$1"
    assert [page.row_dimensions[n].height for n in (2, 3, 4, 5)] == [None, 45, 120, 45]
