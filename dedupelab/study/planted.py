"""Planted copies: edits of the study's own pictures, made for the eyes of reviewers alone, so that how often they err is known.

The edits are those of the calibration; which one is made of which picture hangs on the copy's name, so that it looks the same
whenever it is shown. What it says of itself tells nobody which it is: it has its original's size and kind of file before the edit, and
is as often silent as the study's files are. Nothing is written into a collection.
"""

import io
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from PIL import Image

from dedupelab.numbers.messages import Message, named
from dedupelab.review.gold import Planted, planted
from dedupelab.study.calibration import EDITS, KINDS, QUALITIES, QUALITY
from dedupelab.study.study import Study
from dedupelab.tables import METADATA

KEPT = 8
"""Copies that are kept in memory: the pair that is looked at, the next one, and some for an undo."""
LONGEST = 2400
"""Pixels of the longer side of a copy before its edit, at most; of larger originals anything from half of that."""
WRITTEN = {"PNG", "TIFF", "WEBP", "BMP"}
"""Kinds of file that a copy may be, besides JPEG."""
SAID = [column.name for column in METADATA if not column.name.startswith("c2pa")]
SPOKEN = ("creator", "credit", "copyright_notice", "caption", "title", "date_created")
"""Fields of which a file that says anything at all says one."""


class Copy(NamedTuple):
    """A planted copy as a file would hold it, its size in pixels, and the kind of edit."""

    data: bytes
    size: tuple[int, int]
    kind: str


class PlantedCopies:
    """Opens pictures of a study, planted copies among them."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._made = lru_cache(KEPT)(self._make)

    def picture(self, name: str, longest: int = 400) -> Image.Image:
        """Return an image of the study, or a planted copy by its name, as `Study.picture` does.

        Raises
        ------
        CollectionError
            If there is no such image, or it cannot be opened any more.
        """
        copy = planted(name)
        if copy is None:
            return self._study.picture(name, longest)
        with Image.open(io.BytesIO(self._made(copy).data)) as opened:
            opened.thumbnail((longest, longest), Image.Resampling.LANCZOS)
            return opened.convert("RGB")

    def facts(self, name: str) -> Mapping[str, object]:
        """Return what the images table would say of a planted copy: what its original says, or nothing where another file is silent."""
        copy = self._planted(name)
        made = self._made(copy)
        row = self._files.loc[copy.original]
        other = self._files.iloc[copy.number // len(EDITS) % len(self._files)]
        silent = not any(isinstance(other[field], str) and other[field] for field in SPOKEN)
        size, kind = len(made.data), str(row["format"])
        if kind in WRITTEN:
            file = io.BytesIO()
            with Image.open(io.BytesIO(made.data)) as opened:
                opened.save(file, kind)
            size = file.tell()
        return {
            **({} if silent else {field: row[field] for field in SAID}),
            "width": made.size[0],
            "height": made.size[1],
            "format": kind if kind in WRITTEN else "JPEG",
            "bytes": size,
        }

    def kind(self, name: str) -> Message:
        """Say which edit was made."""
        kind = self._made(self._planted(name)).kind
        return KINDS.get(kind, named(kind))

    @cached_property
    def _files(self) -> pd.DataFrame:
        images = self._study.images()
        return images[images["status"] == "hashed"].set_index("image_id").sort_index()

    @staticmethod
    def _planted(name: str) -> Planted:
        copy = planted(name)
        assert copy is not None, name
        return copy

    def _make(self, copy: Planted) -> Copy:
        kind = list(EDITS)[copy.number % len(EDITS)]
        random = np.random.default_rng(copy.number)
        own = max(self._files.loc[copy.original, ["width", "height"]])
        longest = LONGEST if own <= LONGEST else int(random.integers(LONGEST // 2, LONGEST))
        original = self._study.picture(copy.original, longest).convert("RGB")
        edited = EDITS[kind](original, random).convert("RGB")
        file = io.BytesIO()
        edited.save(file, "JPEG", quality=QUALITIES.get(kind, QUALITY))
        return Copy(file.getvalue(), edited.size, kind)
