"""The copies of one group side by side, with what each holder says of them."""

import string
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from dedupelab.errors import OutputError, ReportError
from dedupelab.publish.figures.captions import Caption, short_alt, short_title
from dedupelab.publish.figures.style import INK, RULE
from dedupelab.publish.language.language import _, listed
from dedupelab.publish.paper.document import Column, Figure, Strong, Table, Text

_SHEET = 1280
_TILES = 20


@dataclass(frozen=True)
class Tile:
    """One copy on a contact sheet: its picture and what its holder says of it, one entry per column of the table."""

    picture: Image.Image
    facts: tuple[str, ...]


def facts() -> tuple[Column, ...]:
    """Return the columns of what a holder says of a copy."""
    return (
        Column(_("Holder")),
        Column(_("Size"), "right", _("pixels")),
        Column(_("Format")),
        Column(_("Creator")),
        Column(_("Credit")),
        Column(_("Date")),
    )


def contact_sheet(
    tiles: Sequence[Tile],
    folder: Path,
    *,
    population: str,
    source: Text,
    columns: Sequence[Column] = (),
    caption: Caption | None = None,
    identifier: str = "figure-sheet",
    letter_column: str = "",
    compared: Sequence[int] = (3, 4, 5),
    note: str = "",
) -> Figure:
    """Lay the copies of one group side by side (JPEG, letters only) with a table of what each holder says of them.

    `compared` are the columns where a difference from the first copy is marked.

    Raises
    ------
    ReportError
        If there are no tiles, more than twenty, or a tile has not one fact per column.
    """
    columns = columns or facts()
    if not 1 <= len(tiles) <= _TILES:
        raise ReportError(
            f"figure {identifier}: expected 1 to {_TILES} pictures, got {len(tiles)}; show the first ones"
        )
    if any(len(tile.facts) != len(columns) for tile in tiles):
        raise ReportError(
            f"figure {identifier}: expected {len(columns)} facts for every picture, got others; fill gaps with ''"
        )
    sheet = _sheet([tile.picture for tile in tiles])
    path = folder / f"{identifier}.jpg"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sheet.save(path, quality=82, optimize=True)
    except OSError as problem:
        raise OutputError(
            f"expected to write {path}, got {problem}; free space or choose another folder"
        ) from problem
    first = tiles[0].facts
    rows = [
        (letter, *(_told(n, fact, first, compared) for n, fact in enumerate(tile.facts)))
        for letter, tile in zip(string.ascii_lowercase, tiles, strict=False)
    ]
    table = Table(
        identifier.replace("figure", "table", 1),
        _("What the holders say of these copies, {population}", population=population),
        (Column(letter_column or _("Copy")), *columns),
        rows,
        note or _("An asterisk marks a statement that differs from the first copy's."),
    )
    differing = [
        columns[n].title.lower() for n in compared if len({tile.facts[n] for tile in tiles} - {""}) > 1
    ]
    silent = not any(tile.facts[n] for tile in tiles for n in compared)
    said = (
        _("with different {differing}", differing=listed(differing))
        if differing
        else _("none described")
        if silent
        else _("described alike")
    )
    caption = caption or Caption(
        _("{tiles} copies of one picture, {said}", tiles=len(tiles), said=said),
        _("Copies of one group, letters as in the table; {population}", population=population),
        _("{tiles} copies of one picture, {said}.", tiles=len(tiles), said=said),
    )
    return Figure(identifier, short_title(caption.title), caption.subtitle, source, short_alt(caption.alt), path,
                  description=caption.description, data=table)  # fmt: skip


def _told(n: int, fact: str, first: Sequence[str], compared: Sequence[int]) -> Text:
    """Mark what contradicts the first copy; silence contradicts nobody."""
    differs = n in compared and fact and first[n] and fact != first[n]
    return (Strong(f"{fact}\u00a0*"),) if differs else fact or "–"


def _sheet(pictures: Sequence[Image.Image]) -> Image.Image:
    """Lay pictures on white in rows, each whole within its cell, a letter above each."""
    across = min(len(pictures), 4 if len(pictures) > 6 else 3)
    gap, strip = 24, 40
    side = (_SHEET - gap * (across - 1)) // across
    down = -(-len(pictures) // across)
    fitted = [picture.convert("RGB") for picture in pictures]
    for picture in fitted:
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    heights = [max(p.height for p in fitted[row * across : (row + 1) * across]) for row in range(down)]
    sheet = Image.new("RGB", (_SHEET, sum(heights) + strip * down + gap * (down - 1)), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(30)
    y = 0
    for row, height in enumerate(heights):
        for column, picture in enumerate(fitted[row * across : (row + 1) * across]):
            x = column * (side + gap)
            pen.text((x, y), string.ascii_lowercase[row * across + column], fill=INK, font=font)
            sheet.paste(picture, (x, y + strip))
            pen.rectangle((x, y + strip, x + picture.width - 1, y + strip + picture.height - 1), outline=RULE)
        y += height + strip + gap
    return sheet
