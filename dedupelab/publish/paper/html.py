"""One standalone HTML page: no script, no request, readable from a telephone to a printer."""

import base64
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from dedupelab.errors import ReportError
from dedupelab.publish.language.language import _
from dedupelab.publish.paper.document import Document
from dedupelab.publish.paper.layout import Plain, lay_out
from dedupelab.publish.paper.writing import check_size, replace_file

if TYPE_CHECKING:
    from jinja2 import Template

_ASSETS = Path(__file__).parents[1] / "assets"
_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
_WIDTH = 800
"""Pixels of a figure's natural width; the style sheet scales it to the column."""


def render_html(
    document: Document, path: Path, pages: Mapping[str, str] = MappingProxyType({})
) -> tuple[str, ...]:
    """Write the document as one HTML file; return warnings (there are none, browsers choose fonts themselves).

    Parameters
    ----------
    pages
        Addresses of pages with what numbers count, by their ids; see `publish.gallery`.

    Raises
    ------
    ReportError
        If the document contradicts itself, a figure's file is missing or the result passes 5 MB.
    """
    from markupsafe import Markup  # noqa: PLC0415 - loaded only where a page is wanted

    paper = lay_out(document)
    for part in ("front", "blocks"):
        paper[part] = [_with_picture(block) if block["kind"] == "figure" else block for block in paper[part]]
    # The style sheet is ours and goes in as it is; everything of the document is escaped.
    style = Markup((_ASSETS / "report.css").read_text(encoding="utf-8"))  # noqa: S704
    page = template("report.html").render(paper=paper, style=style, pages=pages, pictures=_("The pictures"))
    replace_file(path, check_size(page.encode("utf-8"), path))
    return ()


@cache
def template(name: str) -> "Template":
    """Return one of our pages to be filled in, in which everything is escaped; compiled once, as that takes longer than filling it in."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - as above

    made = Environment(autoescape=True, undefined=StrictUndefined)
    return made.from_string((_ASSETS / name).read_text(encoding="utf-8"))


def _with_picture(figure: Plain) -> Plain:
    """Give the figure a data address: an image element runs no script, whatever the file holds."""
    from PIL import Image  # noqa: PLC0415 - only figures need it

    picture: Path = figure["vector"] or figure["raster"]
    try:
        content = base64.b64encode(picture.read_bytes()).decode()
        with Image.open(figure["raster"]) as raster:
            pixels = (_WIDTH, round(_WIDTH * raster.height / raster.width))
    except OSError as problem:
        raise ReportError(
            f"figure {figure['id']}: expected a readable picture, got {problem}; draw it again"
        ) from problem
    if picture.suffix.lower() not in _TYPES:
        raise ReportError(
            f"figure {figure['id']}: expected SVG, PNG or JPEG, got {picture.suffix}; save it as one of these"
        )
    return {**figure, "address": f"data:{_TYPES[picture.suffix.lower()]};base64,{content}", "pixels": pixels}
