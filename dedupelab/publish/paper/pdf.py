"""A tagged A4 PDF (PDF/UA-1) through Typst, which reads the document as JSON and never as code."""

import itertools
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

from dedupelab.errors import ReportError
from dedupelab.publish.figures.style import ACCENT
from dedupelab.publish.language.language import current
from dedupelab.publish.paper.document import Document
from dedupelab.publish.paper.fonts import CHINESE, installed_fonts
from dedupelab.publish.paper.glyphs import missing_in_print, substitute, warning_for
from dedupelab.publish.paper.layout import Plain, language_and_region, lay_out, length_of, whole
from dedupelab.publish.paper.text_width import LONGEST
from dedupelab.publish.paper.writing import check_size, replace_file

SERIF = "Libertinus Serif"
MONO = "DejaVu Sans Mono"
_TEXT_WIDTH = 459.0
"""Points that a picture of full width has, a little less than there are between the margins of report.typ."""
_PICTURE_HEIGHT = 500.0
_ROWS = 6
"""A table of the annexes up to this many rows stays on one page."""
_SHOWN = ("figure", "table")
_TALL_ROW = 2000
"""Characters of a row that may break across pages."""
_LONG_WORD = re.compile(r"[^\s\u2e80-\uffef]{15,}")
_SEAMS = re.compile(r"(?<=[/_.\-=&?])(?=[^/_.\-=&?])")
_INSIDE = re.compile(r"(?<=[^/_.\-=&?]{9})(?=[^/_.\-=&?]{3})")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def render_pdf(document: Document, path: Path) -> tuple[str, ...]:
    """Write the document as PDF; return warnings about characters that no font here can show.

    Raises
    ------
    ReportError
        If no font here can show the language of the paper, the document contradicts itself, Typst refuses it, a figure's file is missing or the result passes 5 MB.
    """
    import typst  # noqa: PLC0415 - loaded only where a PDF is wanted

    fonts = installed_fonts()
    installed = set(fonts.families())
    families = (SERIF, *(family for family in CHINESE if family in installed))
    said: list[str] = []

    def listen(text: str) -> str:
        said.append(text)
        return text

    lay_out(document, listen)
    missing = missing_in_print("".join(said), (*families, MONO), fonts)
    if wanting := missing & current().characters:
        raise ReportError(warning_for(wanting, " in the paper's own language"))
    # Typst breaks no long word by itself: give file names and addresses places to break.
    paper = lay_out(document, lambda text: _LONG_WORD.sub(_breakable, substitute(text, missing)))
    with tempfile.TemporaryDirectory(prefix="dedupelab-") as name:
        root = Path(name)
        data = _for_typst(paper, root) | {"fonts": families, "mono": [MONO, *families], "accent": ACCENT}
        (root / "document.json").write_text(json.dumps(data, default=str), encoding="utf-8")
        (root / "report.typ").write_bytes(
            files("dedupelab.publish").joinpath("assets/report.typ").read_bytes()
        )
        try:
            pdf = typst.compile(
                str(root / "report.typ"),
                root=str(root),
                font_paths=fonts,
                pdf_standards=["ua-1"],
                timestamp=int(document.meta.created.timestamp()),
            )
        except typst.TypstError as problem:
            hints = "; ".join(problem.hints) or "report this document as a defect of the template"
            raise ReportError(
                f"expected a document that Typst accepts as PDF/UA-1, got: {problem.message}; {hints}"
            ) from problem
    replace_file(path, check_size(pdf, path))
    return (warning_for(missing),) if missing else ()


def _breakable(word: re.Match[str]) -> str:
    # Columns have room for a word, and a digest is there to be copied and compared: neither may hold what nobody sees.
    if _DIGEST.fullmatch(word[0]):
        return word[0]
    return "\u200b".join(
        piece if len(piece.rstrip(".,:;!?/_-=&")) <= LONGEST else _INSIDE.sub("\u200b", piece)
        for piece in _SEAMS.split(word[0])
    )


def _for_typst(paper: Plain, root: Path) -> Plain:
    """Complete the plain document by what Typst needs: sizes, and pictures copied beside it."""
    language, region = language_and_region(paper["lang"])
    blocks = [_block(block, root) for block in paper["blocks"]]
    annex = next((n for n, block in enumerate(blocks) if block["id"].startswith("annex-")), len(blocks))
    parts = {
        "front": [_block(block, root) for block in paper["front"]],
        "blocks": [*_laid(blocks[:annex]), *map(_flowing, blocks[annex:])],
    }
    length = len(paper["title"])
    size = 21 if length <= 90 else 16 if length <= 250 else 11
    return {**paper, **parts, "language": language, "region": region, "title_size": size}


def _laid(blocks: list[Plain]) -> Iterator[Plain]:
    """Yield the chapters' blocks, figures and small tables that end a chapter before its last passage, whose text fills the pages they stand on.

    Left at the end they would leave the page before them empty, and stand below what floats in the next chapter. What stays there flows.
    """
    starts = [n for n, block in enumerate(blocks) if block["kind"] == "heading" and block["level"] == 1]
    for start, end in itertools.pairwise([0, *starts, len(blocks)]):
        chapter = blocks[start:end]
        words = _before(chapter, lambda block: block["kind"] in _SHOWN)
        passage = _before(chapter[:words], lambda block: block["kind"] not in {*_SHOWN, "heading"})
        shown = [_flowing(block) for block in chapter[words:]]
        # Nothing floats in the last chapter, nor where there is no text.
        early = list(itertools.takewhile(lambda block: block.get("whole", True), shown))
        early = early if passage < words and end < len(blocks) else []
        yield from (*chapter[:passage], *early, *chapter[passage:words])
        yield from (block | {"ends": True} for block in shown[len(early) :])


def _before(blocks: list[Plain], ends: Callable[[Plain], bool]) -> int:
    """Return where the blocks begin that end these and are of a kind."""
    return len(blocks) - len(list(itertools.takewhile(ends, reversed(blocks))))


def _flowing(block: Plain) -> Plain:
    """Return a block that does not float: a long table that is held on one page would leave the page before it empty, so it may break."""
    return (
        block | {"whole": block["whole"] and len(block["rows"]) <= _ROWS}
        if block["kind"] == "table"
        else block
    )


def _block(block: Plain, root: Path) -> Plain:
    if block["kind"] == "table":
        firm = [length_of(row) < _TALL_ROW for row in block["rows"]]
        return {**block, "whole": whole(block), "firm": firm}
    if block["kind"] != "figure":
        return block
    from PIL import Image  # noqa: PLC0415 - only figures need it

    picture = block["vector"] or block["raster"]
    target = root / f"{block['id']}{picture.suffix}"
    try:
        shutil.copyfile(picture, target)
        with Image.open(block["raster"]) as raster:
            ratio = raster.height / raster.width
    except OSError as problem:
        raise ReportError(
            f"figure {block['id']}: expected a readable picture, got {problem}; draw it again"
        ) from problem
    height = min(ratio * block["width"] * _TEXT_WIDTH, _PICTURE_HEIGHT)
    return {**block, "file": target.name, "height": height, "vector": None, "raster": None}
