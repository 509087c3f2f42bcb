"""A Word document that can be edited: real headings, tables, captions and a contents field, through python-docx."""

import io
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dedupelab.errors import ReportError
from dedupelab.publish.figures.style import ALARM, QUIET
from dedupelab.publish.paper.document import Document
from dedupelab.publish.paper.layout import Plain, lay_out
from dedupelab.publish.paper.text_width import breakable, columns_of, unbroken
from dedupelab.publish.paper.word_flow import TEXT_WIDTH, flowing, kept, picture_width
from dedupelab.publish.paper.word_parts import (
    add_bookmark,
    add_contents_field,
    add_field,
    add_link,
    add_words,
    make_styles,
    repeat_header,
    set_alt_text,
    set_borders,
    set_language,
    set_widths,
)
from dedupelab.publish.paper.writing import check_size, replace_file, without_clock

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.shared import Length, RGBColor
    from docx.text.paragraph import Paragraph as WordParagraph

_TABLE_PRINT, _SMALLEST = 8.5, 7.0
"""Points of a table's print, and of one whose words would not fit beside each other."""
_ENDS = 3
"""Rows that stand together where a table that may break begins, and where it ends."""
_HEADER = 100
"""Characters that fit beside each other above a page."""
_TITLE, _ENTRY = 4.0, 0.55
"""Centimetres of a title and of an entry of the contents."""


def render_docx(document: Document, path: Path) -> tuple[str, ...]:
    """Write the document for Word; return warnings (there are none, Word chooses fonts itself).

    Raises
    ------
    ReportError
        If the document contradicts itself, a figure's file is missing or the result passes 5 MB.
    """
    content = io.BytesIO()
    _Writer(lay_out(document, breakable)).write().save(content)
    replace_file(path, check_size(without_clock(content), path))
    return ()


class _Writer:
    """Turns plain blocks into paragraphs, one method per kind of block."""

    def __init__(self, paper: Plain) -> None:
        import docx  # noqa: PLC0415 - loaded only where a Word document is wanted

        for block in paper["front"] + paper["blocks"]:
            if block["kind"] == "figure":
                block["ratio"] = _ratio(block)
        self.paper = paper
        self.words = paper["words"]
        self.counts: Counter[str] = Counter()
        self.word: WordDocument = docx.Document()
        make_styles(self.word, paper["lang"])
        self.styles = {style.name: style.style_id for style in self.word.styles}

    def write(self) -> "WordDocument":
        self.properties()
        self.page_furniture()
        self.title_block()
        self.blocks(self.paper["front"])
        if self.paper["contents"]:
            self.word.add_paragraph(self.words["contents"], style="TOC Heading")
            add_contents_field(self.word, self.paper["contents"])
        taken = _TITLE + _ENTRY * len(self.paper["contents"])
        self.blocks([*flowing(self.paper["blocks"], self.paper["front"], taken)])
        # Word wants a paragraph after a table; at the very end it may not take a page of its own.
        last = self.word.paragraphs[-1]
        if not last.text:
            last.paragraph_format.space_after, last.paragraph_format.line_spacing = _points(0), _points(1)
        return self.word

    def blocks(self, blocks: list[Plain]) -> None:
        for block in blocks:
            getattr(self, block["kind"])(block)

    def properties(self) -> None:
        paper, core = self.paper, self.word.core_properties
        core.title, core.author, core.language = paper["title"][:255], paper["submitter"][:255], paper["lang"]
        core.subject, core.comments, core.keywords = paper["subtitle"][:255], "", ""
        core.last_modified_by, core.revision = "", 1
        core.created = core.modified = paper["created"].replace(tzinfo=None)

    def page_furniture(self) -> None:
        section = self.word.sections[0]
        head = section.header.paragraphs[0]
        head.add_run(self.paper["short_title"])
        if self.paper["draft"]:
            # Beside each other as far as both fit.
            apart = "\t" if columns_of(self.paper["short_title"] + self.paper["draft"]) < _HEADER else "\n"
            mark = head.add_run(f"{apart}{self.paper['draft']}")
            mark.bold, mark.font.color.rgb = True, _color(ALARM)
        foot = section.footer.paragraphs[0]
        before, _, rest = self.words["page"].partition("{page}")
        between, _, after = rest.partition("{pages}")
        foot.add_run(before)
        add_field(foot, "PAGE", "1")
        foot.add_run(between)
        add_field(foot, "NUMPAGES", "1")
        foot.add_run(after)

    def title_block(self) -> None:
        paper = self.paper
        for text in filter(None, (paper["submitter"], *paper["consultation"])):
            self.word.add_paragraph(text, style="Parties").runs[0].bold = text == paper["submitter"]
        title = self.word.add_paragraph(paper["title"], style="Title")
        if len(paper["title"]) > 120:
            title.runs[0].font.size = _points(11)
        if paper["subtitle"]:
            self.word.add_paragraph(paper["subtitle"], style="Subtitle")

    def runs(self, paragraph: "WordParagraph", parts: list[Plain]) -> "WordParagraph":
        for part in parts:
            if part["kind"] == "link":
                add_link(paragraph, part["text"], part["target"])
                continue
            # An id is held in one line; a file's name or a command keeps the hyphens that it is copied and typed with.
            held = part["kind"] != "code" or part["text"].replace("-", "").isalnum()
            run = add_words(paragraph, part["text"]) if held else paragraph.add_run(part["text"])
            match part["kind"]:
                case "strong":
                    run.bold = True
                case "emphasis":
                    run.italic = True
                case "code":
                    run._r.style = self.styles["Code Words"]  # noqa: SLF001 - as above
                case "lang":
                    set_language(run, part["lang"])
        return paragraph

    def styled(self, style: str) -> "WordParagraph":
        paragraph = self.word.add_paragraph()
        self.set_style(paragraph, style)
        return paragraph

    def set_style(self, paragraph: "WordParagraph", style: str) -> None:
        # By id: python-docx takes ten milliseconds to look up a name, and a table has hundreds of cells.
        paragraph._p.style = self.styles[style]  # noqa: SLF001

    def add(self, parts: list[Plain], style: str, anchor: str = "") -> "WordParagraph":
        paragraph = self.styled(style)
        self.runs(paragraph, parts)
        if anchor:
            add_bookmark(paragraph, anchor)
        return paragraph

    def heading(self, block: Plain) -> None:
        number = [_plain(f"{block['number']}  ")] if block["number"] else []
        written = self.add(number + block["text"], f"Heading {block['level']}", block["id"])
        written.paragraph_format.page_break_before = block.get("breaks")

    def paragraph(self, block: Plain) -> None:
        number = [_plain(f"{block['number']}\t")] if block["number"] else []
        written = self.add(number + block["text"], "Numbered Paragraph" if number else "Normal", block["id"])
        written.paragraph_format.keep_with_next = block["leads"] or None

    def mainpoints(self, block: Plain) -> None:
        self.word.add_paragraph(block["title"], style="Main Points Heading")
        for n, point in enumerate(block["points"], 1):
            paragraph = self.add([_plain(f"{n}\t"), *point["sentence"]], "Main Point")
            if point["figure"]:
                paragraph.add_run(f" {point['figure']}").bold = True
            if point["interval"]:
                paragraph.add_run(f"{self.paper['gap']}{point['interval']}")
            if point["grade"]:
                paragraph.add_run(f" [{point['grade'].replace(' ', chr(0xA0))}]").font.color.rgb = _color(
                    QUIET
                )
            if point["reference"]:
                paragraph.add_run(" ")
                self.runs(paragraph, [point["reference"]])

    def callout(self, block: Plain) -> None:
        title = self.styled("Callout")
        title.add_run(block["title"]).bold = True
        paragraphs = [title, *(self.add(text, "Callout") for text in block["texts"])]
        paragraphs[0].paragraph_format.space_before = paragraphs[-1].paragraph_format.space_after = _points(
            12
        )
        title.paragraph_format.keep_with_next = True

    def bulletlist(self, block: Plain) -> None:
        for n, item in enumerate(block["items"], 1):
            # Typed numbers start at 1 in every list, where Word's own would run on from list to list.
            self.add(
                [_plain(f"{n}.\t"), *item] if block["ordered"] else item,
                "Item" if block["ordered"] else "List Bullet",
            )

    def definitions(self, block: Plain) -> None:
        for item in block["items"]:
            term = self.styled("Term")
            term.add_run(item["term"])
            self.add(item["text"], "Meaning")

    def verbatim(self, block: Plain) -> None:
        paragraphs = [self.word.add_paragraph(line, style="Verbatim") for line in block["lines"]]
        if paragraphs:
            paragraphs[-1].paragraph_format.space_after = _points(6)

    def caption(self, block: Plain, parts: list[Plain]) -> None:
        paragraph = self.styled("Caption")
        kind = block["kind"]
        self.counts[kind] += 1
        before, _, after = self.words[kind].partition("{number}")
        paragraph.add_run(before)
        add_field(
            paragraph,
            f"SEQ {'Figure' if kind == 'figure' else 'Table'} \\* ARABIC",
            str(self.counts[kind]),
        )
        paragraph.add_run(f"{after}  ")
        self.runs(paragraph, parts)
        add_bookmark(paragraph, block["id"])

    def under(self, word: str, parts: list[Plain], *, keep: bool = False, last: bool = False) -> None:
        if parts:
            form = self.add([_plain(f"{word}{self.paper['gap']}"), *parts], "Source").paragraph_format
            form.keep_with_next, form.space_after = keep, _points(9) if last else None

    def table(self, block: Plain) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN  # noqa: PLC0415 - as above

        together = kept(block)
        self.caption(block, block["caption"])
        if not together:
            # Below a table that may break its note could stand alone on the next page.
            self.notes(block, keep=True)
        columns = block["columns"]
        aligned = {"left": ALIGN.LEFT, "right": ALIGN.RIGHT, "center": ALIGN.CENTER}
        noted, tight = bool(block["note"] or block["source"]), block["tightness"] > 1
        size = _points(max(_TABLE_PRINT / block["tightness"], _SMALLEST)) if tight else None
        table = self.word.add_table(rows=1 + len(block["rows"]), cols=len(columns))
        for n, (row, cells) in enumerate(zip(table.rows, [None, *block["rows"]], strict=True)):
            # A row holds on to the next: all of a table that is kept, whose last holds on to the note; else those at its ends.
            left = len(block["rows"]) - n
            holds = (left or noted) if together else left and min(n, left) < _ENDS
            for column, cell, slot in zip(columns, cells or columns, row.cells, strict=True):
                paragraph = slot.paragraphs[0]
                self.set_style(paragraph, "Table Text")
                paragraph.alignment = aligned[column["align"]]
                self.cell(paragraph, cell, head=cells is None)
                if holds:
                    paragraph.paragraph_format.keep_with_next = True
                for run in paragraph.runs if size else ():
                    run.font.size = size
        set_widths(table, [column["share"] * block["width"] * TEXT_WIDTH for column in columns])
        set_borders(table)
        repeat_header(table)
        if together:
            self.notes(block)
        self.styled("After Table")

    def cell(self, paragraph: "WordParagraph", cell: Any, *, head: bool) -> None:  # noqa: ANN401 - a column or the parts of a text
        if not head:
            for run in self.runs(paragraph, cell).runs:
                # Typewriter letters are wide; at their usual size a path takes half the table.
                run.font.size = _points(7.5) if run._r.style else None  # noqa: SLF001 - as above
            return
        paragraph.add_run(unbroken(cell["title"])).bold = True
        if cell["unit"]:
            paragraph.add_run().add_break()
            paragraph.add_run(cell["unit"]).font.color.rgb = _color(QUIET)

    def notes(self, block: Plain, *, keep: bool = False) -> None:
        self.under(self.words["note"], block["note"], keep=keep)
        self.under(self.words["source"], block["source"], keep=keep)

    def figure(self, block: Plain) -> None:
        from docx.shared import Cm  # noqa: PLC0415 - as above

        self.caption(block, [{"kind": "strong", "text": block["title"]}])
        if block["subtitle"]:
            self.word.add_paragraph(block["subtitle"], style="Figure Subtitle")
        shape = (
            self.styled("Picture").add_run().add_picture(str(block["raster"]), width=Cm(picture_width(block)))
        )
        set_alt_text(shape, block["id"], f"{block['alt']} {block['description']}".strip())
        data = [block["data"]] if block["data"] else []
        self.under(self.words["source"], block["source"], keep=bool(data), last=not data)
        self.under(self.words["data"], data, last=True)


def _ratio(figure: Plain) -> float:
    from PIL import Image  # noqa: PLC0415 - as above

    try:
        with Image.open(figure["raster"]) as raster:
            return raster.height / raster.width
    except OSError as problem:
        raise ReportError(
            f"figure {figure['id']}: expected a readable picture, got {problem}; draw it again"
        ) from problem


def _plain(text: str) -> Plain:
    return {"kind": "plain", "text": text}


def _color(value: str) -> "RGBColor":
    from docx.shared import RGBColor  # noqa: PLC0415 - as above

    return RGBColor.from_string(value.removeprefix("#"))


def _points(size: float) -> "Length":
    from docx.shared import Pt  # noqa: PLC0415 - as above

    return Pt(size)
