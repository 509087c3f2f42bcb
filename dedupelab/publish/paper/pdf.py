"""A tagged A4 PDF (PDF/UA-1) through Typst, which reads the document as JSON and never as code."""

import json
import re
import shutil
import tempfile
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
    first = next(
        (n for n, b in enumerate(paper["blocks"]) if b["id"].startswith("annex-")), len(paper["blocks"])
    )
    ends = _endings(paper["blocks"][:first])
    blocks = {
        "front": [_block(block, root) for block in paper["front"]],
        "blocks": [
            _block(block, root, flowing=n > first or n in ends) | {"ends": n in ends}
            for n, block in enumerate(paper["blocks"])
        ],
    }
    length = len(paper["title"])
    size = 21 if length <= 90 else 16 if length <= 250 else 11
    return {**paper, **blocks, "language": language, "region": region, "title_size": size}


def _endings(blocks: list[Plain]) -> set[int]:
    """Return the places of figures and tables with which a chapter ends: no text follows that could fill the room before them."""
    found: set[int] = set()
    ending = True
    for n in reversed(range(len(blocks))):
        if blocks[n]["kind"] == "heading" and blocks[n]["level"] == 1:
            ending = True
        elif blocks[n]["kind"] not in {"figure", "table"}:
            ending = False
        elif ending:
            found.add(n)
    return found


def _block(block: Plain, root: Path, *, flowing: bool = False) -> Plain:
    if block["kind"] == "table":
        # Nothing floats in the annexes, nor what ends a chapter: a long table that is held on one page there leaves the page before it empty.
        held = whole(block) and not (flowing and len(block["rows"]) > _ROWS)
        return {**block, "whole": held, "firm": [length_of(row) < _TALL_ROW for row in block["rows"]]}
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
