"""What people ask not to be shown: `redactions.csv` beside study.toml, one row for each part of a picture or its words.

A row names a file of a collection (`archive/a/1.jpg`, or a file's SHA-256), what is to be done, the part as fractions of
the picture as it is seen, and why. It holds for every copy with the same pixels, wherever a page shows it.
"""

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from PIL import Image, ImageFilter

from dedupelab.errors import ConfigError
from dedupelab.tables.sheets import read_sheet

FILE = "redactions.csv"
ACTIONS = ("blur", "hide caption", "leave out")
COLUMNS = ("file", "action", "left", "top", "width", "height", "reason")
BLOCKS = 5
"""Blocks along the longer side of what is blurred: too few for a face, whatever is done to them afterwards."""
LONGEST = 500
"""Characters of a reason."""


@dataclass(frozen=True)
class Region:
    """Part of a picture, as fractions of its width and height from the upper left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Row:
    """One request."""

    file: str
    action: str
    region: Region | None
    reason: str
    line: int


@dataclass(frozen=True)
class Redaction:
    """What is kept from readers of one picture."""

    blurred: tuple[Region, ...] = ()
    silent: bool = False
    left_out: bool = False


def load_redactions(folder: Path) -> tuple[Row, ...]:
    """Read a study's redactions; none where there is no such file.

    Raises
    ------
    ConfigError
        With one line: which row and column, what was expected, what was got.
    """
    path = folder / FILE
    if not path.exists():
        return ()
    sheet = read_sheet(path)
    if set(sheet.headings) != set(COLUMNS):
        raise ConfigError(
            f"{FILE}: expected the columns {', '.join(COLUMNS)}, got {', '.join(sheet.headings)[:120]!r}; correct the first line"
        )
    return tuple(
        _row({head: cell.strip() for head, cell in row.items()}, number) for number, row in sheet.rows
    )


def redactions_of(rows: Sequence[Row], images: pd.DataFrame) -> dict[str, Redaction]:
    """Return what is kept back, by image_id: of the files that rows name, and of every copy with the same pixels.

    Raises
    ------
    ConfigError
        If a row names no file of the study.
    """
    if not rows:
        return {}
    names = dict(zip(images["collection"] + "/" + images["path"], images["image_id"], strict=True))
    digests = images.groupby("sha256")["image_id"].agg(list).to_dict()
    found: dict[str, Redaction] = {}
    for row in rows:
        named = [names[row.file]] if row.file in names else digests.get(row.file.lower(), [])
        if not named:
            near = difflib.get_close_matches(row.file, names, 1, 0.6)
            hint = f"did you mean {near[0]}?" if near else "see collection and path in the images table"
            raise ConfigError(
                f"{FILE} row {row.line}: expected a file of the study, got {row.file[:120]!r}; {hint}"
            )
        for identity in _copies(named, images):
            found[identity] = _joined(found.get(identity, Redaction()), row)
    return found


def blurred(picture: Image.Image, regions: Sequence[Region]) -> Image.Image:
    """Return the picture with parts made unrecognisable: few blocks of mean colour, then smoothed.

    What remains of a part are at most `BLOCKS` x `BLOCKS` colours, so nothing can be sharpened back.
    """
    shown = picture.convert("RGB")
    for region in regions:
        box = (
            max(0, math.floor(region.left * shown.width)),
            max(0, math.floor(region.top * shown.height)),
            min(shown.width, math.ceil((region.left + region.width) * shown.width)),
            min(shown.height, math.ceil((region.top + region.height) * shown.height)),
        )
        part = shown.crop(box)
        longer = max(part.size)
        few = tuple(max(1, round(BLOCKS * side / longer)) for side in part.size)
        coarse = part.resize((few[0], few[1]), Image.Resampling.BOX).resize(
            part.size, Image.Resampling.NEAREST
        )
        shown.paste(coarse.filter(ImageFilter.GaussianBlur(longer / (2 * BLOCKS))), box)
    return shown


def shown_together(identities: Sequence[str], kept: Mapping[str, Redaction]) -> list[str]:
    """Return which of several copies of one picture may stand side by side.

    Where a part of one is blurred, another would show it: copies that no row blurs are left out then.
    """
    open_ = [name for name in identities if not kept.get(name, Redaction()).left_out]
    hidden = [name for name in identities if kept.get(name, Redaction()).blurred]
    return [name for name in open_ if not hidden or name in hidden]


def _copies(named: Sequence[str], images: pd.DataFrame) -> list[str]:
    rows = images[images["image_id"].isin(named)]
    same = images["image_id"].isin(named)
    for digest in ("sha256", "pixel_sha256"):
        same |= images[digest].isin(rows[digest].dropna())
    return [str(identity) for identity in images.loc[same, "image_id"]]


def _joined(before: Redaction, row: Row) -> Redaction:
    return Redaction(
        before.blurred + ((row.region,) if row.region and row.region not in before.blurred else ()),
        before.silent or row.action == "hide caption",
        before.left_out or row.action == "leave out",
    )


def _row(cells: Mapping[str, str], number: int) -> Row:
    place = f"{FILE} row {number}"
    if not cells["file"]:
        raise ConfigError(
            f"{place}: expected a file such as archive/a/1.jpg or a SHA-256, got nothing; fill it in"
        )
    action = cells["action"].casefold()
    if action not in ACTIONS:
        near = difflib.get_close_matches(action, ACTIONS, 1)
        hint = f"did you mean {near[0]}?" if near else "choose one"
        raise ConfigError(
            f"{place}: expected an action of {', '.join(ACTIONS)}, got {cells['action'][:40]!r}; {hint}"
        )
    if not cells["reason"] or len(cells["reason"]) > LONGEST:
        raise ConfigError(
            f"{place}: expected a reason of 1 to {LONGEST} characters, got {len(cells['reason'])}; say who asked and why"
        )
    region = _region(cells, place) if action == "blur" else None
    return Row(cells["file"], action, region, cells["reason"], number)


def _region(cells: Mapping[str, str], place: str) -> Region:
    values = []
    for name in ("left", "top", "width", "height"):
        try:
            value = float(cells[name].replace(",", "."))
        except ValueError:
            value = math.nan
        least = "more than 0" if name in {"width", "height"} else "0"
        if not 0 <= value <= 1 or (value == 0 and name in {"width", "height"}):
            raise ConfigError(
                f"{place}: expected {name} as a fraction of the picture, {least} to 1, got {cells[name][:40]!r}; "
                "a part that begins in the middle has left 0.5"
            )
        values.append(value)
    left, top, width, height = values
    if left >= 1 or top >= 1:
        raise ConfigError(
            f"{place}: expected a part within the picture, got one that begins at its edge; lower left or top"
        )
    return Region(left, top, width, height)
