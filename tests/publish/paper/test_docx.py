import zipfile
from pathlib import Path

import docx
import matplotlib as mpl
import pytest
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from PIL import ImageFont

from dedupelab.publish.paper import document as d
from dedupelab.publish.paper.docx import render_docx


@pytest.fixture(scope="module")
def word(paper, tmp_path_factory):
    path = tmp_path_factory.mktemp("docx") / "a.docx"
    assert render_docx(paper, path) == ()
    return docx.Document(str(path))


def test_structure(word):
    """Headings are headings, tables are tables with repeated header rows and captions, pictures have alt text."""
    headings = [p.text for p in word.paragraphs if p.style.name.startswith("Heading")]
    assert headings == ["1  Extent", "Details", "2  Annex"]
    assert len(word.tables) == 2
    for table in word.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    captions = [p for p in word.paragraphs if p.style.name == "Caption"]
    assert len(captions) == 3
    fields = [f.get(qn("w:instr")).split()[:2] for f in word.element.iter(qn("w:fldSimple"))]
    assert fields == [["SEQ", "Figure"], ["SEQ", "Table"], ["SEQ", "Table"]]
    alt = word.inline_shapes[0]._inline.docPr.get("descr")
    assert alt == "A single bar stands tall. The bar reaches from 20 to 180."


def test_contents_field_and_page_numbers(word):
    """The contents list is a field that already lists the headings; the footer counts pages."""
    instructions = [e.text for e in word.element.iter(qn("w:instrText"))]
    assert any(text.strip().startswith("TOC") for text in instructions)
    footer = [f.get(qn("w:instr")).strip() for f in word.sections[0].footer._element.iter(qn("w:fldSimple"))]
    assert footer == ["PAGE", "NUMPAGES"]


def test_page_and_properties(word):
    """The page is A4, the properties say title, author, language and time."""
    section = word.sections[0]
    assert (round(section.page_width / Cm(1), 1), round(section.page_height / Cm(1), 1)) == (21.0, 29.7)
    core = word.core_properties
    assert (core.title, core.author, core.language) == ("A paper on copies", "The Association", "en-GB")
    assert core.created.isoformat().startswith("2026-11-22T08:00:00")


def test_no_row_stands_alone_at_either_end_of_a_table(tmp_path):
    """Of a table that may break, the head and the first three rows hold together, and so do the last three."""
    columns = [d.Column("a"), d.Column("b")]
    table = d.Table("table-a", "x", columns, [[f"{n}", "c"] for n in range(20)])
    render_docx(d.Document("t", blocks=[table]), tmp_path / "a.docx")
    rows = docx.Document(str(tmp_path / "a.docx")).tables[0].rows
    held = [all(cell.paragraphs[0].paragraph_format.keep_with_next for cell in row.cells) for row in rows]
    assert held == [True] * 3 + [False] * 15 + [True] * 2 + [False]


def test_tables_keep_within_the_margins(word):
    """No table is wider than the text."""
    section = word.sections[0]
    text = section.page_width - section.left_margin - section.right_margin
    for table in word.tables:
        assert sum(column.width for column in table.columns) <= text


def test_strings_are_inert(word, evil):
    """The text comes out as it went in, and no outside address but the one that was asked for."""
    assert sum(p.text.count(evil) for p in word.paragraphs) == 4 + 1 + 1
    outside = {r.target_ref for r in word.part.rels.values() if r.is_external}
    assert outside == {"https://example.org/a"}


def test_links_within_lead_somewhere(word):
    """Every internal link has its bookmark; names and numbers are unique."""
    names = [b.get(qn("w:name")) for b in word.element.iter(qn("w:bookmarkStart"))]
    numbers = [b.get(qn("w:id")) for b in word.element.iter(qn("w:bookmarkStart"))]
    assert len(set(names)) == len(names)
    assert len(set(numbers)) == len(numbers)
    assert {a for link in word.element.iter(qn("w:hyperlink")) if (a := link.get(qn("w:anchor")))} <= set(
        names
    )


def test_equal_documents_give_equal_bytes(paper, tmp_path):
    """Nothing of the clock, the machine or the folder goes in."""
    render_docx(paper, tmp_path / "a.docx")
    render_docx(paper, tmp_path / "elsewhere" / "b.docx")
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "elsewhere" / "b.docx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.docx") as file:
        assert not any(str(tmp_path).encode() in file.read(name) for name in file.namelist())
        assert not any(name.endswith(".bin") for name in file.namelist())


def test_control_characters_do_not_break_the_file(tmp_path):
    """A file name with controls and half characters still gives a document that opens."""
    render_docx(d.Document("a\x00b\ud800", blocks=[d.Paragraph("\x1b[31m\uffff")]), tmp_path / "a.docx")
    texts = [p.text for p in docx.Document(str(tmp_path / "a.docx")).paragraphs]
    assert "a[U+0000]b[U+D800]" in texts
    assert "[U+001B][31m[U+FFFF]" in texts


def test_no_word_is_broken_whatever_the_font(tmp_path):
    """Headings, and words of cells, fit their columns in the widest font that may stand in, however narrow the columns were asked for."""
    data = Path(mpl.get_data_path()) / "fonts" / "ttf"
    columns = [
        ("Collection", 2.2),
        ("Holder", 3),
        ("Unreadable", 1.2),
        ("Hashed", 1),
        ("Grade", 0.6),
        ("Due to duplication", 1),
    ]
    row = ["film-archive", "Featherstonehaugh & Sons", "2", "158", "HK$110,000", "2025-12-25 18:30:03"]
    table = d.Table("table-a", "x", [d.Column(name, width=width) for name, width in columns], [row])
    path = tmp_path / "a.docx"
    render_docx(d.Document("t", blocks=[table]), path)
    made = docx.Document(str(path)).tables[0]
    for font, cells in zip(("DejaVuSerif-Bold", "DejaVuSerif"), made.rows, strict=True):
        letters = ImageFont.truetype(str(data / f"{font}.ttf"), 85)
        for cell in cells.cells:
            size = (cell.paragraphs[0].runs[0].font.size or Pt(8.5)).pt
            longest = max(
                letters.getlength(word) / 85 * size for word in cell.text.replace("-a", "- a").split()
            )
            # 90 twentieths of a point on either side are the cell's margins.
            assert longest <= cell.width.pt - 9, (font, cell.text)


def test_no_line_ends_within_an_id_or_a_date(tmp_path):
    """Word breaks at every hyphen that is not told to hold: those of ids and dates are, those of words and of what is to be copied are not."""
    text = ["film-archive, W-4 of 2026-03-31, ", d.Code("W-5"), " ", d.Code("a-1 B-2.jpg")]
    render_docx(d.Document("t", blocks=[d.Paragraph(text)]), tmp_path / "a.docx")
    paragraph = docx.Document(str(tmp_path / "a.docx")).paragraphs[-1]
    held = paragraph._p.xpath(".//w:noBreakHyphen/preceding-sibling::w:t[1]/text()")
    assert held == ["film-archive, W", "4 of 2026", "03", "W"]
    assert paragraph.text == "film-archive, W-4 of 2026-03-31, W-5 a-1 B-2.jpg"


def test_a_note_never_stands_alone(tmp_path):
    """Below a table that stays on one page its note is held by the last row; above one that may break it leads to the head."""
    columns = [d.Column("a"), d.Column("b")]
    tables = [
        d.Table(f"table-{rows}", f"{rows} rows", columns, [["c", "d"]] * rows, note=f"Of {rows}.", source="s")
        for rows in (4, 40)
    ]
    render_docx(d.Document("t", blocks=tables, contents=False), tmp_path / "a.docx")
    word = docx.Document(str(tmp_path / "a.docx"))
    parts = [part for part in word.iter_inner_content() if not hasattr(part, "text") or part.text]
    few, many = (n for n, part in enumerate(parts) if not hasattr(part, "text"))
    assert [part.text for part in parts[few + 1 : few + 3]] == ["Note: Of 4.", "Source: s"]
    assert all(cell.paragraphs[0].paragraph_format.keep_with_next for cell in parts[few].rows[-1].cells)
    assert [part.text for part in parts[many - 2 : many]] == ["Note: Of 40.", "Source: s"]
    assert all(part.paragraph_format.keep_with_next for part in parts[many - 2 : many])
    assert len(parts) == many + 1
