"""Tables that people fill in: whatever a spreadsheet makes of them is read, or said in one line."""

import csv

import pytest

from dedupelab.errors import ConfigError
from dedupelab.tables.sheets import LARGEST, read_sheet

ROWS = [(2, {"file": "片庫/1.jpg", "reason": "=private"}), (4, {"file": "b.jpg", "reason": "two\nlines"})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", list(",;\t"))
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_every_form_of_a_spreadsheet_is_read(tmp_path, encoding, separator, ends):
    """UTF-8 with and without a mark, UTF-16; comma, semicolon, tab; any line ends; empty rows keep their number."""
    cells = [("File ", "REASON"), ("片庫/1.jpg", "'=private"), ("", " "), ("b.jpg", '"two\nlines"')]
    path = tmp_path / "a.csv"
    path.write_bytes("".join(separator.join(row) + ends for row in cells).encode(encoding))
    sheet = read_sheet(path)
    assert sheet.headings == ("file", "reason")
    assert sheet.rows == ROWS


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "expected a first line with each column once, got ''"),
        (b"file,File\n", "each column once"),
        (b"file,reason\na.jpg\n", "row 2: expected 2 cells, got 1"),
        (b"file\n\xff\n", "expected UTF-8, or UTF-16"),
        (b"file\na\0b\n", "expected text, got zero bytes"),
        (b"x" * (LARGEST + 1), "expected a table below 50 MB"),
    ],
)
def test_what_is_no_sheet_is_one_line(tmp_path, content, said):
    """Empty, a heading twice, a row of another length, other bytes: what was expected, got, and what to do."""
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=said) as error:
        read_sheet(path)
    assert "\n" not in str(error.value)


def test_a_cell_without_end_is_said(tmp_path):
    """A quote that is never closed makes one cell of all that follows: past what a cell may hold, that is an error."""
    path = tmp_path / "a.csv"
    path.write_text('file\n"' + "x\n" * 200)
    before = csv.field_size_limit(100)
    try:
        with pytest.raises(ConfigError, match=r"a\.csv: expected a CSV, got: field larger"):
            read_sheet(path)
    finally:
        csv.field_size_limit(before)


def test_a_missing_sheet_is_said(tmp_path):
    """The path stands in the message."""
    with pytest.raises(ConfigError, match=r"expected to read .*none\.csv"):
        read_sheet(tmp_path / "none.csv")
