"""What people ask not to be shown: `redactions.csv` beside study.toml, one row for each part of a picture or its words.

A row names a file of a collection (`archive/a/1.jpg`, or a file's SHA-256), what is to be done, the part as fractions of
the picture as it is seen, and why. It holds for every copy that digests prove to show the same pixels, turned or not, wherever
a page shows it.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from PIL import Image, ImageFilter

from dedupelab.errors import ConfigError, nearest
from dedupelab.match.exact import turn_between, turned_twice
from dedupelab.tables import TRANSFORMS
from dedupelab.tables.contents import content_classes
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
    """Return what is kept back, by image_id: of the files that rows name, and of every copy that shows the same pixels.

    A part is turned with a copy that is shown turned, so that the same part is blurred in it.

    Raises
    ------
    ConfigError
        If a row names no file of the study.
    """
    if not rows:
        return {}
    names = dict(zip(images["collection"] + "/" + images["path"], images["image_id"], strict=True))
    digests = images.groupby("sha256")["image_id"].agg(list).to_dict()
    same = _Copies(images)
    found: dict[str, Redaction] = {}
    for row in rows:
        named = [names[row.file]] if row.file in names else digests.get(row.file.lower(), [])
        if not named:
            hint = nearest(row.file, names, 0.6) or "; see collection and path in the images table"
            raise ConfigError(
                f"{FILE} row {row.line}: expected a file of the study, got {row.file[:120]!r}{hint}"
            )
        for identity, turn in same.of(named).items():
            found[identity] = _joined(found.get(identity, Redaction()), row, turn)
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


class _Copies:
    """Images that show the same pixels: equal by a digest, or the same stored data, perhaps under another orientation."""

    def __init__(self, images: pd.DataFrame) -> None:
        hashed = images[images["status"] == "hashed"]
        classes = content_classes(images).reindex(hashed["image_id"]).to_numpy(object)
        stored = hashed["stored_sha256"].fillna(hashed["payload_sha256"]).to_numpy(object)
        turns = hashed["orientation"].fillna(1).astype(int).to_numpy()
        names = hashed["image_id"].tolist()
        self._facts = dict(zip(names, zip(classes, stored, turns, strict=True), strict=True))
        self._by_class, self._by_data = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
        for name, (content, data, _) in self._facts.items():
            self._by_class[content].append(name)
            if isinstance(data, str):
                self._by_data[data].append(name)

    def of(self, named: Sequence[str]) -> dict[str, str]:
        """Return these images and all their copies, with how the named ones are turned to lie on each."""
        found = dict.fromkeys(named, "identity")
        waiting = [name for name in named if name in self._facts]
        while waiting:
            name = waiting.pop()
            content, data, turn = self._facts[name]
            near = dict.fromkeys(self._by_class[content], "identity")
            if isinstance(data, str):
                near |= {other: turn_between(turn, self._facts[other][2]) for other in self._by_data[data]}
            for other, between in near.items():
                if other not in found:
                    found[other] = turned_twice(found[name], between)
                    waiting.append(other)
        return found


def _joined(before: Redaction, row: Row, turn: str) -> Redaction:
    region = row.region and turned_region(row.region, turn)
    return Redaction(
        before.blurred + ((region,) if region and region not in before.blurred else ()),
        before.silent or row.action == "hide caption",
        before.left_out or row.action == "leave out",
    )


def turned_region(region: Region, transform: str) -> Region:
    """Return where a part of a picture lies once the picture is turned by one of TRANSFORMS.

    >>> turned_region(Region(0.0, 0.0, 0.25, 0.5), "rot90")
    Region(left=0.0, top=0.75, width=0.5, height=0.25)
    """
    left, top, width, height = region.left, region.top, region.width, region.height
    place = TRANSFORMS.index(transform)
    if place >= 4:
        left = 1 - left - width
    for _ in range(place % 4):
        left, top, width, height = top, 1 - left - width, height, width
    return Region(max(left, 0.0), max(top, 0.0), width, height)


def _row(cells: Mapping[str, str], number: int) -> Row:
    place = f"{FILE} row {number}"
    if not cells["file"]:
        raise ConfigError(
            f"{place}: expected a file such as archive/a/1.jpg or a SHA-256, got nothing; fill it in"
        )
    action = cells["action"].casefold()
    if action not in ACTIONS:
        hint = nearest(action, ACTIONS, 0.6) or "; choose one"
        raise ConfigError(
            f"{place}: expected an action of {', '.join(ACTIONS)}, got {cells['action'][:40]!r}{hint}"
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
