"""Excel workbooks: every sheet that is a table, its cells as they are shown."""

import datetime as dt
import io

import pytest

openpyxl = pytest.importorskip("openpyxl")


def test_workbooks(told):
    """The sheet with headings is read, wherever it stands; days, whole numbers and empty cells are what they mean."""
    book = openpyxl.Workbook()
    book.active.append(["Read me first"])
    sheet = book.create_sheet("Objects")
    for row in (
        ["Harbour Museum"],
        ["File name", "Titel", "Datum", "Objekt-Nr."],
        ["a.jpg", "碼頭", dt.datetime(1931, 5, 1, tzinfo=dt.UTC).replace(tzinfo=None), 4021.0],
        ["b.jpg"],
    ):
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    said, found = told({"list.xlsx": data.getvalue()}, "a.jpg", "b.jpg", "4021.jpg")
    assert said == {"a.jpg": {"title": "碼頭", "date_created": "1931-05-01"}, "b.jpg": {}}
    assert found.records["record_id"][0] == "4021"


def test_what_a_workbook_shows(told):
    """Every sheet that is a table; a cell over three rows says the same in each; a date shown without a day has none."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["File", "Photographer", "Date"],
        ["a.jpg", "Lee", dt.datetime(1931, 5, 1, tzinfo=dt.UTC).replace(tzinfo=None)],
        ["b.jpg"],
        ["c.jpg"],
        ["d.jpg", "Ng"],
    ):
        sheet.append(row)
    sheet["C2"].number_format = '[$-en-GB]mmm" de "yyyy'
    sheet.merge_cells("B2:B4")
    book.create_sheet("Notes").append(["Ask", "Ms Ho"])
    more = book.create_sheet("More")
    more.append(["Datei", "Titel"])
    more.append(["e.jpg", "Kai"])
    data = io.BytesIO()
    book.save(data)
    said, found = told({"list.xlsx": data.getvalue()}, *(f"{letter}.jpg" for letter in "abcde"))
    assert said == {
        "a.jpg": {"creator": "Lee", "date_created": "1931-05"}, "b.jpg": {"creator": "Lee"}, "c.jpg": {"creator": "Lee"},
        "d.jpg": {"creator": "Ng"}, "e.jpg": {"title": "Kai"},
    }  # fmt: skip
    assert found.files["note"][0].endswith("identifiers: Notes")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("list.xlsx", b"PK\x03\x04junk"),
        ("list.xls", b"\xd0\xcf\x11\xe0\xa1\xb1"),
        ("list.ods", b"PK\x03\x04mimetype"),
    ],
)
def test_what_is_no_workbook_that_can_be_read(told, name, data):
    """It is named as a spreadsheet with the remedy, not called an encoding problem."""
    _, found = told({name: data}, "a.jpg")
    assert found.files["outcome"].tolist() == ["unreadable"]
    assert name in found.files["problem"][0]
    assert "CSV" in found.files["problem"][0]


def test_formulas_and_hidden_sheets(told):
    """A formula that no program has reckoned is empty and said; a hidden sheet is not read beside one that is seen."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["File name", "Photographer", "Caption"])
    sheet.append(["a.jpg", "Doe", '=B2&" at dawn"'])
    hidden = book.create_sheet("Old")
    hidden.append(["File name", "Photographer"])
    hidden.append(["a.jpg", "Poe"])
    hidden.sheet_state = "hidden"
    kept = io.BytesIO()
    book.save(kept)
    found, joined = told({"list.xlsx": kept.getvalue()}, "a.jpg")
    assert found["a.jpg"] == {"creator": "Doe"}
    assert "1 cells are formulas without a result" in joined.files["note"][0]
    assert "hidden" in joined.files["note"][0]
    assert "Old" in joined.files["note"][0]


def _saved(book):
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_numbers_and_dates_as_they_are_shown(told):
    """Zeros and words of a number format are part of an identifier; a day typed without a year has none, a year of an era is one."""
    book = openpyxl.Workbook()
    sheet = book.active
    day = dt.datetime(2021, 5, 1, tzinfo=dt.UTC).replace(tzinfo=None)
    sheet.append(["Accession number", "Title", "Date taken"])
    shown = ((12, "00000"), (7, '"HK-"0000'), (1999.1, "0.00"), (199905, r"0000\.00"), (45678, "General"))
    dates = ((day, "d-mmm"), (11689, "[$-404]e"), (day, "yyyy"), (11689, "[$-411]ggge"), (1931, "0"))
    for number, ((value, form), (date, how)) in enumerate(zip(shown, dates, strict=True), 2):
        sheet.append([value, f"T{number}", date])
        sheet.cell(number, 1).number_format, sheet.cell(number, 3).number_format = form, how
    said, _ = told(
        {"list.xlsx": _saved(book)}, "00012.jpg", "HK-0007.jpg", "1999.10.jpg", "1999.1.jpg", "1999.05.jpg", "45678.jpg"
    )  # fmt: skip
    assert said == {
        "00012.jpg": {"title": "T2"}, "HK-0007.jpg": {"title": "T3", "date_created": "1932"}, "1999.10.jpg": {"title": "T4", "date_created": "2021"},
        "1999.05.jpg": {"title": "T5", "date_created": "1932"}, "45678.jpg": {"title": "T6", "date_created": "1931"},
    }  # fmt: skip


def test_cells_beside_the_headings_and_marks_of_excel(told):
    """A cell right of all headings is counted as lost and costs no row; escaped characters are what they stand for."""
    book = openpyxl.Workbook()
    for row in (["File", "Photographer"], ["a.jpg", "Chan Tai Man", "陳大文"], ["b.jpg", "Doe_x000D_"]):
        book.active.append(row)
    said, found = told({"list.xlsx": _saved(book)}, "a.jpg", "b.jpg")
    assert said == {"a.jpg": {"creator": "Chan Tai Man"}, "b.jpg": {"creator": "Doe"}}
    assert found.crosswalk.set_index("field").loc["column 3", "lost"] == 1
