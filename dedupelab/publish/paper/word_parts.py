"""The parts of a Word document: its styles by name, and what python-docx has no function for: fields, links, bookmarks, borders.

Who edits a style changes it once and not in three hundred paragraphs. Element names are those of ECMA-376 part 1, section 17
(WordprocessingML).
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from dedupelab.publish.figures.style import ACCENT, INK, QUIET, RULE
from dedupelab.publish.paper.layout import language_and_region

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.shape import InlineShape
    from docx.table import Table as WordTable
    from docx.text.paragraph import Paragraph as WordParagraph
    from docx.text.run import Run as WordRun


_HELD = re.compile(r"(?<=[A-Z\d])-(?=\d)")
"""A hyphen before a number, after a capital letter or another number."""


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


def add_words(paragraph: "WordParagraph", text: str) -> "WordRun":
    """Append a run in which no line ends within `W-4` or `2026-03-31`: Word breaks at every hyphen that is not told to hold."""
    first, *rest = _HELD.split(text)
    run = paragraph.add_run(first)
    for piece in rest:
        run._r.append(element("noBreakHyphen"))  # noqa: SLF001 - as above
        run.add_text(piece)
    return run


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
    start = element("bookmarkStart", id=number, name=bookmark_name(identifier))
    end = element("bookmarkEnd", id=number)
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


SERIF = "Times New Roman"
MONO = "Courier New"
CHINESE = "PMingLiU"
"""Fonts that every Word has; LibreOffice has stand-ins of equal widths."""
_AFTER_BORDERS = (
    "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc",
    "w:outlineLvl",
)  # fmt: skip


@dataclass(frozen=True)
class Look:
    """A paragraph style: sizes and spaces in points, indents and tabs in centimetres; `keep` holds it to what follows."""

    size: float = 10.5
    bold: bool = False
    italic: bool = False
    color: str = INK
    font: str = SERIF
    before: float = 0
    after: float = 0
    line: float = 1.15
    indent: float = 0
    hanging: float = 0
    right_tab: float = 0
    keep: bool = False
    centered: bool = False
    rule: str = ""
    bar: str = ""
    fill: str = ""


LOOKS = {
    "Normal": Look(after=6),
    "Title": Look(size=20, bold=True, before=8, after=4, keep=True, rule=ACCENT),
    "Subtitle": Look(size=12, color=QUIET, after=10),
    "Heading 1": Look(size=15, bold=True, color=ACCENT, before=16, after=5, keep=True),
    "Heading 2": Look(size=12, bold=True, before=12, after=5, keep=True),
    "Heading 3": Look(bold=True, before=12, after=5, keep=True),
    "Heading 4": Look(italic=True, before=12, after=5, keep=True),
    "TOC Heading": Look(size=13, bold=True, color=ACCENT, before=14, after=4, keep=True),
    "Main Points Heading": Look(size=13, bold=True, color=ACCENT, before=8, after=4, keep=True),
    "TOC 1": Look(bold=True, before=4, after=1, right_tab=16.6),
    "TOC 2": Look(indent=0.6, after=1, right_tab=16.6),
    "Parties": Look(size=9.5, color=QUIET),
    "Numbered Paragraph": Look(hanging=1.2, after=6),
    "Main Point": Look(hanging=0.7, after=5),
    "Item": Look(hanging=0.7, after=3),
    "List Bullet": Look(hanging=0.7, after=3),
    "Callout": Look(indent=0.3, before=3, after=3, fill="#f4f1e8", bar="#8a6d1a"),
    "Term": Look(bold=True, keep=True),
    "Meaning": Look(indent=0.6, after=5),
    "Verbatim": Look(size=8.5, font=MONO, line=1.0, fill="#f3f4f6"),
    "Caption": Look(bold=True, before=12, after=3, keep=True),
    "Figure Subtitle": Look(size=9, color=QUIET, after=4, keep=True),
    "Picture": Look(after=3, keep=True),
    "Source": Look(size=8.5, color=QUIET, before=2, after=2),
    "Table Text": Look(size=8.5, before=1.5, after=1.5, line=1.0),
    "After Table": Look(size=4, after=4),
    "Header": Look(size=8.5, color=QUIET, right_tab=16.6),
    "Footer": Look(size=8.5, color=QUIET, centered=True),
}


def make_styles(word: "WordDocument", lang: str) -> None:
    """Set A4, the margins, every style of LOOKS and the document's language."""
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin, section.bottom_margin = Cm(2.3), Cm(2.0)
    known = {style.name: style for style in word.styles}
    for name, look in LOOKS.items():
        _set_look(known.get(name) or word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH), look)
    _set_language(known["Normal"], lang)
    link = word.styles.add_style("Link", WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb = _color(ACCENT)
    code = word.styles.add_style("Code Words", WD_STYLE_TYPE.CHARACTER)
    code.font.name, code.font.size = MONO, Pt(9)


def _set_look(style: Any, look: Look) -> None:  # noqa: ANN401 - python-docx types styles by their base only
    style.quick_style = True
    style.font.size, style.font.bold, style.font.italic = Pt(look.size), look.bold, look.italic
    style.font.color.rgb = _color(look.color)
    properties = style.element.get_or_add_rPr()
    for spacing in properties.findall(qn("w:spacing")):
        properties.remove(spacing)
    fonts = properties.get_or_add_rFonts()
    # The template's theme fonts would win over the names.
    fonts.attrib.clear()
    for key, value in (("ascii", look.font), ("hAnsi", look.font), ("cs", look.font), ("eastAsia", CHINESE)):
        fonts.set(qn(f"w:{key}"), value)
    form = style.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(look.before), Pt(look.after), look.line
    form.left_indent, form.first_line_indent = Cm(look.indent + look.hanging), Cm(-look.hanging)
    form.keep_with_next = look.keep
    form.tab_stops.clear_all()
    if look.hanging:
        form.tab_stops.add_tab_stop(Cm(look.indent + look.hanging))
    if look.right_tab:
        form.tab_stops.add_tab_stop(Cm(look.right_tab), WD_TAB_ALIGNMENT.RIGHT)
    if look.centered:
        form.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _set_edges(style.element.get_or_add_pPr(), look)


def _set_edges(properties: Any, look: Look) -> None:  # noqa: ANN401 - an lxml element
    """Draw a rule above, a bar beside or a ground behind the paragraphs of a style."""
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)
    if look.rule or look.bar:
        borders = element("pBdr")
        side, size, color = ("top", "8", look.rule) if look.rule else ("left", "24", look.bar)
        borders.append(element(side, val="single", sz=size, space="8", color=color.removeprefix("#")))
        properties.insert_element_before(borders, *_AFTER_BORDERS)
    if look.fill:
        ground = element("shd", val="clear", color="auto", fill=look.fill.removeprefix("#"))
        properties.insert_element_before(ground, *_AFTER_BORDERS[1:])


def _set_language(style: Any, lang: str) -> None:  # noqa: ANN401 - as above
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    # The first is that of Latin letters: called Chinese, names in them would be broken within words.
    latin = "en-GB" if lang.startswith(("zh", "ja", "ko")) else word_tag(lang)
    properties.append(element("lang", val=latin, eastAsia="zh-HK"))


def _color(value: str) -> RGBColor:
    return RGBColor.from_string(value.removeprefix("#"))
