"""Tables as offices keep them: titles above the headings, short rows, HTML, workbooks, numbers in an order of their own."""

import pytest

from dedupelab.collect.catalogues.reading import CatalogueReader
from dedupelab.collect.catalogues.sources import Catalogue

CSV = "Filename,{}\na.jpg,{}\n"


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ("<p>Ferry &amp; quay<br/>at dusk</p>", "Ferry & quay at dusk"), ("x < 6 m > y & AT&T; R&D", "x < 6 m > y & AT&T; R&D"),
        ("\u202bالميناء\u202c", "الميناء"), ("H<sub>2</sub>O &copy; 1931", "H2O © 1931"), ("<unknown> stays", "<unknown> stays"),
    ],
)  # fmt: skip
def test_markup_and_marks(told, text, caption):
    """HTML becomes text and marks of direction go; what only looks like markup stays."""
    assert told(CSV.format("Caption", f'"{text}"'), "a.jpg")[0]["a.jpg"]["caption"] == caption


def test_rows_above_the_headings(told):
    """A title and a date above them are no headings."""
    text = "Harbour Museum,,\nExport of May,,\n,,\nFilename,Titel,Fotograf\na.jpg,Kran,Ng\n"
    assert told(text, "a.jpg")[0]["a.jpg"] == {"title": "Kran", "creator": "Ng"}


def test_columns_without_a_place_are_named(told):
    """With what one may be meant for."""
    _, found = told("Filename,Photografer,Medium\na.jpg,X,Y\n", "a.jpg")
    assert "Photografer (creator?), Medium" in found.files["note"][0]


def test_a_name_in_a_second_script_is_no_second_person(told):
    """Columns that their headings mark as another language are parallel."""
    said, found = told("Filename,Photographer,Photographer (Chinese)\na.jpg,Lee,李\n", "a.jpg")
    assert said["a.jpg"]["creator"] == "Lee"
    assert found.records["parallel"][0] == '{"creator":"李"}'


@pytest.mark.parametrize(
    ("others", "date"),
    [(["25/12/2015"], "2016-02-01"), (["12/25/2015"], "2016-01-02"), ([], "2016"), (["25/12/2015", "12/25/2015"], "2016"), (["25.12.2015"], "2016-02-01")],
)  # fmt: skip
def test_the_order_of_day_and_month(told, others, date):
    """Another row of the column proves it; where none does, or two contradict each other, only the year is known."""
    rows = "".join(f"b{n}.jpg,{other}\n" for n, other in enumerate(others))
    said, found = told(f"Filename,Date\na.jpg,01/02/2016\n{rows}", "a.jpg")
    assert said["a.jpg"]["date_created"] == date
    lost = found.crosswalk.set_index("field").loc["Date", "lost"]
    assert lost == (date == "2016")


def test_the_order_in_other_formats(told):
    """A column is a field of the catalogue, also in MODS."""
    mods = "".join(
        f"<mods><originInfo><dateCreated>{date}</dateCreated></originInfo><location><url>{name}.jpg</url></location></mods>"
        for name, date in (("a", "01/02/2016"), ("b", "25/12/2015"))
    )
    said, _ = told(f'<modsCollection xmlns="http://www.loc.gov/mods/v3">{mods}</modsCollection>', "a.jpg")
    assert said["a.jpg"]["date_created"] == "2016-02-01"


def test_bundles_of_collectiveaccess(told):
    """The representation's file is the link, entities count by the role they are restricted to."""
    people = "ca_entities.preferred_labels%restrictToRelationshipTypes="
    text = f"ca_objects.idno,ca_objects.preferred_labels.name,{people}photographer,{people}donor,ca_object_representations.media.original.filename,ca_objects.date.date_value\n1.2,Pier,Lee,To,a.jpg,ca. 1931\n"
    assert told(text, "a.jpg")[0]["a.jpg"] == {"title": "Pier", "creator": "Lee", "date_created": "1931~"}


def test_entities_divide_nothing(told):
    """The semicolons of HTML in captions are no delimiters, however many there are."""
    text = "File,Description\na.jpg,&nbsp;&eacute;t&eacute; &amp; &lt;hiver&gt;; &#38;\n"
    assert told(text, "a.jpg")[0]["a.jpg"] == {"caption": "été & <hiver>; &"}


def test_columns_that_are_not_used_are_named(told):
    """With what a person may have meant by the end of a heading."""
    _, found = told("File,CreDateCreated,Shelf\na.jpg,1931,B2\n", "a.jpg")
    assert "CreDateCreated (date_created?), Shelf;" in found.files["note"][0]


@pytest.mark.parametrize("begin", ["a", '"', "File,Title\n"])
def test_a_line_that_never_ends(tmp_path, begin):
    """It is a row that says so, whatever it begins with; nothing is raised."""
    (tmp_path / "long.csv").write_text(begin + "a" * (1 << 23))
    reader = CatalogueReader(Catalogue((tmp_path / "long.csv",), "long.csv"))
    assert [record.usable for _, record in reader] == [False]
    assert reader.files[0].problem
