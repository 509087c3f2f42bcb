"""The parts of Word that python-docx has no function for: fields, links, bookmarks, borders, alt text.

Element names are those of ECMA-376 part 1, section 17 (WordprocessingML).
"""

from typing import TYPE_CHECKING, Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm

from dedupelab.publish.figures.style import INK, RULE
from dedupelab.publish.paper.layout import language_and_region

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.shape import InlineShape
    from docx.table import Table as WordTable
    from docx.text.paragraph import Paragraph as WordParagraph
    from docx.text.run import Run as WordRun


def element(name: str, /, **attributes: str) -> Any:  # noqa: ANN401 - lxml elements of classes that python-docx makes up
    """Return a WordprocessingML element with attributes in its namespace."""
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def add_field(paragraph: "WordParagraph", instruction: str, shown: str) -> None:
    """Append a field with the result that is shown until Word updates it."""
    field = element("fldSimple", instr=f" {instruction} ")
    paragraph._p.append(field)  # noqa: SLF001 - the underlying element, python-docx has no field
    run = paragraph.add_run(shown)
    field.append(run._r)  # noqa: SLF001


def add_link(paragraph: "WordParagraph", text: str, target: str) -> None:
    """Append a link to a bookmark (`#id`) or an address."""
    if target.startswith("#"):
        link = element("hyperlink", anchor=bookmark_name(target[1:]), history="1")
    else:
        link = element("hyperlink", history="1")
        link.set(qn("r:id"), paragraph.part.relate_to(target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    paragraph._p.append(link)  # noqa: SLF001
    run = paragraph.add_run(text)
    run.style = "Link"
    link.append(run._r)  # noqa: SLF001


def bookmark_name(identifier: str) -> str:
    """Return an id as Word allows it: letters, digits and underscores, at most 40.

    >>> bookmark_name("paragraph-2.3")
    'paragraph_2_3'
    """
    return "".join(c if c.isalnum() else "_" for c in identifier)[:40]


def add_bookmark(paragraph: "WordParagraph", identifier: str) -> None:
    """Put a bookmark around the whole paragraph."""
    body = paragraph._p  # noqa: SLF001
    number = str(len(body.getroottree().findall(f".//{qn('w:bookmarkStart')}")) + 1)
    start, end = (
        element("bookmarkStart", id=number, name=bookmark_name(identifier)),
        element("bookmarkEnd", id=number),
    )
    body.insert(1 if body.pPr is not None else 0, start)
    body.append(end)


def add_contents_field(word: "WordDocument", entries: list[dict[str, Any]]) -> None:
    """Append a table of contents field that already shows linked headings; Word adds page numbers when it updates it."""
    paragraphs = []
    for entry in entries:
        paragraph = word.add_paragraph(style=f"TOC {entry['level']}")
        add_link(paragraph, f"{entry['number']}  {entry['text']}".strip(), f"#{entry['id']}")
        paragraphs.append(paragraph)
    first, last = paragraphs[0]._p, paragraphs[-1]._p  # noqa: SLF001
    code = element("instrText")
    code.set(qn("xml:space"), "preserve")
    code.text = ' TOC \\o "1-2" \\h \\z \\u '
    for position, part in enumerate(
        (element("fldChar", fldCharType="begin"), code, element("fldChar", fldCharType="separate"))
    ):
        run = element("r")
        run.append(part)
        first.insert(1 + position, run)
    run = element("r")
    run.append(element("fldChar", fldCharType="end"))
    last.append(run)


def set_language(run: "WordRun", lang: str) -> None:
    """Say which language a run is in, for spelling, fonts and reading aloud."""
    properties = run._r.get_or_add_rPr()  # noqa: SLF001
    properties.append(
        element("lang", **{"eastAsia" if lang.startswith(("zh", "ja", "ko")) else "val": word_tag(lang)})
    )


def set_alt_text(shape: "InlineShape", name: str, text: str) -> None:
    """Give a picture its name and what a screen reader says instead of it."""
    properties = shape._inline.docPr  # noqa: SLF001
    properties.set("name", name)
    properties.set("descr", text)
    # Without these LibreOffice keeps the picture 3 mm off the text's edge.
    for side in ("distT", "distB", "distL", "distR"):
        shape._inline.set(side, "0")  # noqa: SLF001


def repeat_header(table: "WordTable") -> None:
    """Repeat the first row on every page and keep rows whole."""
    for n, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001
        properties.append(element("cantSplit"))
        if n == 0:
            properties.append(element("tblHeader"))


def set_widths(table: "WordTable", widths: list[float]) -> None:
    """Fix the columns' widths, in centimetres, so that no table grows off the page."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)


def set_borders(table: "WordTable") -> None:
    """Draw thin rules between rows and strong ones around the header, none upright; keep cells narrow."""
    properties = table._tbl.tblPr  # noqa: SLF001
    borders = element("tblBorders")
    for side, size, color in (("top", "8", INK), ("bottom", "4", RULE), ("insideH", "4", RULE)):
        borders.append(element(side, val="single", sz=size, space="0", color=color.removeprefix("#")))
    margins = element("tblCellMar")
    for side, width in (("left", "90"), ("right", "90")):
        margins.append(element(side, w=width, type="dxa"))
    layout = properties.find(qn("w:tblLayout"))
    # Cells reach out by their margin, so that their text stands in line with the paragraphs.
    layout.addprevious(element("tblInd", w="0", type="dxa"))
    layout.addprevious(borders)
    layout.addnext(margins)
    for cell in table.rows[0].cells:
        edge = element("tcBorders")
        edge.append(element("bottom", val="single", sz="8", space="0", color=INK.removeprefix("#")))
        cell._tc.get_or_add_tcPr().append(edge)  # noqa: SLF001


def word_tag(lang: str) -> str:
    """Return a language as Word names it, without script.

    >>> word_tag("zh-Hant-HK")
    'zh-HK'
    """
    return "-".join(part for part in language_and_region(lang) if part)
