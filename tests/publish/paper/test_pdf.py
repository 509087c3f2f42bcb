import dataclasses
import hashlib
import json
import re
import subprocess
from collections import Counter
from pathlib import Path

import pikepdf
import pytest
import typst
from PIL import Image

from dedupelab.errors import ReportError
from dedupelab.publish.paper import document as d
from dedupelab.publish.paper import pdf as pdf_module
from dedupelab.publish.paper.pdf import render_pdf


def elements(node, found=None):
    """Return the structure elements of a PDF in reading order."""
    found = [] if found is None else found
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            found.append(kid)
            elements(kid, found)
    return found


def printed(document, path, program) -> str:
    """Render a document and return its text as it stands on the pages."""
    render_pdf(document, path)
    return subprocess.run([program, "-layout", path, "-"], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def made(paper, tmp_path_factory):
    path = tmp_path_factory.mktemp("pdf") / "a.pdf"
    warnings = render_pdf(paper, path)
    with pikepdf.open(path) as pdf:
        yield pdf, warnings


def test_it_is_pdf_ua_with_a4_pages(made):
    """The file claims PDF/UA-1 (Typst checked it), is tagged, titled, in its language and on A4."""
    pdf, _ = made
    assert pdf.open_metadata()["pdfuaid:part"] == "1"
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "en-GB"
    assert str(pdf.open_metadata()["dc:title"]) == "A paper on copies"
    assert {tuple(round(float(x)) for x in page.mediabox[2:]) for page in pdf.pages} == {(595, 842)}


def test_structure(made):
    """Headings nest, figures have alt text and description, tables have header cells, bookmarks lead to headings."""
    pdf, _ = made
    kinds = [str(e.S) for e in elements(pdf.Root.StructTreeRoot)]
    assert [k for k in kinds if k in {"/Title", "/H1", "/H2", "/H3"}] == [
        "/Title",
        "/H1",
        "/H1",
        "/H1",
        "/H2",
        "/H1",
    ]
    figures = [e for e in elements(pdf.Root.StructTreeRoot) if str(e.S) == "/Figure"]
    assert str(figures[0].Alt).startswith("A single bar stands tall.")
    assert kinds.count("/Table") == 2
    assert kinds.count("/TH") == 9
    assert kinds.count("/TR") == 2 + 61
    with pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == ["Main points", "1 Extent", "2 Annex"]


def test_strings_are_inert(made):
    """No script, no link out of a string: the only outside address is the one that was asked for."""
    pdf, _ = made
    addresses = {
        str(note.A.URI)
        for page in pdf.pages
        for note in page.get("/Annots", [])
        if "/A" in note and "/URI" in note.A
    }
    assert addresses == {"https://example.org/a"}
    assert "/JavaScript" not in pdf.Root.get("/Names", {})


def test_equal_documents_give_equal_bytes(paper, tmp_path):
    """Nothing of the clock, the machine or the folder goes in."""
    render_pdf(paper, tmp_path / "a.pdf")
    render_pdf(paper, tmp_path / "elsewhere" / "b.pdf")
    content = (tmp_path / "a.pdf").read_bytes()
    assert content == (tmp_path / "elsewhere" / "b.pdf").read_bytes()
    assert str(tmp_path).encode() not in content


def test_characters_without_font_are_written_by_code_point(tmp_path, monkeypatch):
    """Text that no font here can show is printed readably and reported with the package to install."""
    bare = typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr(pdf_module, "installed_fonts", lambda: bare)
    blocks = [d.Paragraph(["by 陳大文, “1960” – ", d.Lang("電影", "zh-Hant-HK")])]
    warnings = render_pdf(d.Document("A title", blocks=blocks), tmp_path / "a.pdf")
    assert len(warnings) == 1
    assert "none for 5" in warnings[0]
    assert "fonts-noto-cjk" in warnings[0]


def test_a_document_of_its_front_alone_is_printed(tmp_path):
    """A letter has no chapter after its first page."""
    render_pdf(d.Document("t", front=[d.Paragraph("Dear Sir or Madam,")]), tmp_path / "a.pdf")
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        assert len(pdf.pages) == 1


def test_a_title_of_2000_characters_is_printed(tmp_path):
    """Long words are broken, not cut off or refused."""
    document = d.Document(
        "x" * 2000,
        blocks=[
            d.Heading(1, "y" * 500),
            d.Table("table-a", "z" * 300, [d.Column("w" * 90)] * 7, [["v" * 200] * 7]),
        ],
    )
    render_pdf(document, tmp_path / "a.pdf")
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        assert len(pdf.pages) <= 3


def test_what_is_copied_holds_nothing_unseen(tmp_path, monkeypatch):
    """A digest compares equal to one that somebody computed, and no usual word is broken; names of files may be."""
    seen = []
    compiled = typst.compile
    monkeypatch.setattr(
        typst,
        "compile",
        lambda source, **how: (
            seen.append((Path(source).parent / "document.json").read_text("utf-8"))
            if "root" in how
            else None,
            compiled(source, **how),
        )[1],
    )
    digest = hashlib.sha256(b"table").hexdigest()
    words = [
        "Counterfactual:",
        "Featherstonehaugh",
        "photographs/a-very-long-name",
        "Featherstonehaugh/Ledger",
    ]
    table = d.Table("table-a", "x", [d.Column("Table"), d.Column("SHA-256")], [["images", [d.Code(digest)]]])
    document = d.Document("t", blocks=[table, *map(d.Paragraph, words)])
    render_pdf(document, tmp_path / "a.pdf")
    laid = json.loads(seen[-1])["blocks"]
    assert laid[0]["rows"][0][1][0]["text"] == digest
    assert [block["text"][0]["text"] for block in laid[1:3]] == words[:2]
    assert "\u200b" in laid[3]["text"][0]["text"]
    assert laid[4]["text"][0]["text"] == "Featherstonehaugh/\u200bLedger"


@pytest.mark.parametrize(
    ("rows", "words", "then"),
    [(12, 2, []), (2, 900, [d.Table("two-table", "x", [d.Column("a")], [["c"]])])],
    ids=["tables that fill pages", "small tables after long text, and one in the next chapter"],
)
def test_a_table_stands_in_its_own_chapter(tmp_path, rows, words, then):
    """However many float, none comes to stand below the heading of the next chapter, nor below what floats there."""
    columns = [d.Column("a"), d.Column("b")]
    tables = [d.Table(f"table-{n}", "x", columns, [["c", "d"]] * rows) for n in range(6)]
    order = [*(table.id for table in (*tables, *then)), *(() if then else ("two",))]
    blocks = [
        d.Heading(1, "One", id="one"),
        d.Paragraph("word " * words),
        *tables,
        d.Heading(1, "Two", id="two"),
        *then,
        d.Paragraph([part for name in order for part in (" ", d.Reference(name))]),
        d.Heading(1, "Three"),
        d.Paragraph("More."),
    ]
    render_pdf(d.Document("t", blocks=blocks, contents=False), tmp_path / "a.pdf")
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        pages = {page.objgen: n for n, page in enumerate(pdf.pages)}
        names = pikepdf.NameTree(pdf.Root.Names.Dests) if "/Names" in pdf.Root else {}
        places = []
        for page in pdf.pages:
            for note in page.get("/Annots", []):
                goal = note.get("/Dest", note.get("/A", {}).get("/D"))
                goal = names[str(goal)] if isinstance(goal, pikepdf.String | pikepdf.Name) else goal
                goal = goal.D if isinstance(goal, pikepdf.Dictionary) else goal
                places.append((pages[goal[0].objgen], -float(goal[3])))
    assert len(places) == len(order)
    assert places == sorted(places)


def test_what_ends_a_chapter_fills_the_room_after_its_text(tmp_path):
    """Tables of half a page at the end of a chapter, where no text follows, run on one after the other and leave no page half empty."""
    columns = [d.Column("a", width=1), d.Column("b", width=3)]
    tables = [d.Table(f"table-{n}", "x", columns, [["c", "word " * 36]] * 9) for n in range(3)]
    blocks = [d.Heading(1, "One"), d.Paragraph("Few words."), *tables, d.Heading(1, "Two", id="annex-a")]
    render_pdf(d.Document("t", blocks=blocks, contents=False), tmp_path / "a.pdf")
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        assert len(pdf.pages) == 2


def test_nothing_floats_into_a_long_table_of_the_chapter_before(tmp_path, program):
    """What floats in a chapter stands below the table that ends the chapter before it, not between its rows; what floats next keeps its order."""
    raster = tmp_path / "bar.png"
    Image.new("RGB", (400, 200)).save(raster)
    rows = [[f"row {n}", "word " * 12] for n in range(60)]
    columns = [d.Column("a", width=1), d.Column("b", width=3)]
    pictures = [d.Figure(f"figure-{n}", f"Finding {n}", "", "", "A finding.", raster) for n in range(3)]
    blocks = [
        d.Heading(1, "One"),
        d.Table("table-long", "x", columns, rows),
        d.Heading(1, "Two"),
        d.Paragraph("word " * 80),
        *pictures,
        d.Paragraph("word " * 900),
        d.Heading(1, "Three"),
        d.Paragraph("More."),
    ]
    text = printed(d.Document("t", blocks=blocks, contents=False), tmp_path / "a.pdf", program("pdftotext"))
    found = re.findall(r"row \d+|Finding \d", text)
    assert found == [*(row[0] for row in rows), *(picture.title for picture in pictures)]


@pytest.mark.parametrize(("rows", "above"), [(6, False), (43, True), (44, True), (45, True)])
def test_a_note_never_stands_alone(tmp_path, program, rows, above):
    """The note of a table that may break stands above it, where the head holds it; that of one which is kept whole, below."""
    columns = [d.Column("a"), d.Column("b")]
    table = d.Table(
        "table-a", "What was listed", columns, [[f"row {n}", "c"] for n in range(rows)], note="Of these."
    )
    render_pdf(d.Document("t", blocks=[table], contents=False), tmp_path / "a.pdf")
    text = subprocess.run(
        [program("pdftotext"), "-layout", tmp_path / "a.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    found = re.findall(r"What was listed|Of these|row \d+", text)
    listed = [f"row {n}" for n in range(rows)]
    assert found == ["What was listed", *(["Of these", *listed] if above else [*listed, "Of these"])]


@pytest.mark.parametrize("rows", [43, 44, 45, *range(72, 84)])
def test_no_row_stands_alone_at_either_end_of_a_table(tmp_path, program, rows):
    """Wherever the foot of a page falls within a table, three rows at least stand before it and after it, the first below heading and caption."""
    columns = [d.Column("a"), d.Column("b")]
    tables = [
        d.Table(f"table-{name}", f"Table {name}", columns, [[f"{name} {n}", "c"] for n in range(count)])
        for name, count in (("one", rows), ("two", 40))
    ]
    blocks = [d.Heading(1, "One"), tables[0], d.Heading(2, "Further"), tables[1]]
    text = printed(d.Document("t", blocks=blocks, contents=False), tmp_path / "a.pdf", program("pdftotext"))
    found = [
        (page, hit)
        for page, words in enumerate(text.split("\f"))
        for hit in re.findall(r"Further|(?:one|two) \d+", words)
    ]
    for name, count in (("one", rows), ("two", 40)):
        pages = [page for page, hit in found if hit.startswith(name)]
        assert len(pages) == count
        assert min(Counter(pages).values()) >= 3
    heading = next(page for page, hit in found if hit == "Further")
    assert heading == next(page for page, hit in found if hit.startswith("two"))


def test_nothing_floats_above_the_title(tmp_path, program):
    """Where the first chapter begins on page one, its table stands below the title and the text, at the foot."""
    table = d.Table("table-a", "What was listed", [d.Column("a"), d.Column("b")], [["c", "d"]])
    blocks = [
        d.Heading(1, "One"),
        d.Paragraph("Some words."),
        table,
        d.Heading(1, "Two"),
        d.Paragraph("More."),
    ]
    text = printed(
        d.Document("A title", blocks=blocks, contents=False), tmp_path / "a.pdf", program("pdftotext")
    )
    assert re.findall("A title|One|Some words|What was listed", text) == [
        "A title",
        "One",
        "Some words",
        "What was listed",
    ]


@pytest.mark.parametrize(("words", "entries"), [(500, 12), (760, 0)])
def test_a_picture_without_room_on_page_one_leaves_it_to_the_contents(tmp_path, words, entries):
    """A tall picture goes to the next page, and the contents begin below the case on the first, unless but a line or two would stand there."""
    raster = tmp_path / "tall.png"
    Image.new("RGB", (40, 40)).save(raster)
    picture = d.Figure("figure-a", "A finding", "", "", "A finding.", raster)
    blocks = [d.Heading(1, f"Chapter {n}", id=f"chapter-{n}") for n in range(12)]
    render_pdf(
        d.Document("t", blocks=blocks, front=[d.Paragraph("word " * words), picture]), tmp_path / "a.pdf"
    )
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        assert len(pdf.pages[0].get("/Annots", [])) == entries
        assert len(pdf.pages[1].get("/Annots", [])) == len(blocks) - entries


def test_a_file_too_large_for_the_mail_is_refused(paper, tmp_path, monkeypatch):
    """What no mailbox would take is an error with its size, and is not written."""
    monkeypatch.setattr("dedupelab.publish.paper.writing.LARGEST", 1000)
    with pytest.raises(ReportError, match="show fewer or smaller pictures"):
        render_pdf(paper, tmp_path / "a.pdf")
    assert not (tmp_path / "a.pdf").exists()


def test_the_draft_mark_stands_on_every_page(paper, tmp_path):
    """A draft looks different from a final paper, and only by its mark."""
    render_pdf(paper, tmp_path / "a.pdf")
    final = dataclasses.replace(paper, meta=dataclasses.replace(paper.meta, draft=""))
    render_pdf(final, tmp_path / "b.pdf")
    assert (tmp_path / "a.pdf").read_bytes() != (tmp_path / "b.pdf").read_bytes()
