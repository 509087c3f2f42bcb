"""The styles of the Word document by name, so that an editor changes one style and not three hundred paragraphs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from dedupelab.publish.figures.style import ACCENT, INK, QUIET
from dedupelab.publish.paper.word_parts import element, word_tag

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

SERIF = "Times New Roman"
MONO = "Courier New"
CHINESE = "PMingLiU"
"""Fonts that every Word has; LibreOffice has stand-ins of equal widths."""
_AFTER_BORDERS = (
    "w:shd",
    "w:tabs",
    "w:suppressAutoHyphens",
    "w:spacing",
    "w:ind",
    "w:contextualSpacing",
    "w:jc",
    "w:outlineLvl",
)


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
    "TOC 1": Look(bold=True, before=4, after=1, right_tab=16.2),
    "TOC 2": Look(indent=0.6, after=1, right_tab=16.2),
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
    "Header": Look(size=8.5, color=QUIET, right_tab=16.2),
    "Footer": Look(size=8.5, color=QUIET, centered=True),
}


def make_styles(word: "WordDocument", lang: str) -> None:
    """Set A4, the margins, every style of LOOKS and the document's language."""
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.4)
    section.top_margin, section.bottom_margin = Cm(2.5), Cm(2.3)
    for name, look in LOOKS.items():
        _set_look(_style(word, name, WD_STYLE_TYPE.PARAGRAPH), look)
    _set_language(word.styles["Normal"], lang)
    link = _style(word, "Link", WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb = _color(ACCENT)
    code = _style(word, "Code Words", WD_STYLE_TYPE.CHARACTER)
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


def _style(word: "WordDocument", name: str, kind: WD_STYLE_TYPE) -> Any:  # noqa: ANN401 - as above
    known = {style.name for style in word.styles}
    return word.styles[name] if name in known else word.styles.add_style(name, kind)


def _color(value: str) -> RGBColor:
    return RGBColor.from_string(value.removeprefix("#"))
