"""Planted copies: edits of the study's own pictures, made for the eyes of reviewers alone, so that how often they err is known.

The edits are those of the calibration; which one is made of which picture hangs on the copy's name, so that it looks the same
whenever it is shown. Nothing is written into a collection.
"""

import io
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from PIL import Image

from dedupelab.numbers.messages import Message, named
from dedupelab.review.gold import Planted, planted
from dedupelab.study.calibration import EDITS, KINDS, LONGEST, QUALITIES, QUALITY
from dedupelab.study.study import Study

KEPT = 8
"""Copies that are kept in memory: the pair that is looked at, the next one, and some for an undo."""


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
        """Return what the images table would say of a planted copy: a file that says nothing of itself."""
        made = self._made(self._planted(name))
        return {
            "width": made.size[0],
            "height": made.size[1],
            "format": "JPEG",
            "bytes": len(made.data),
        }

    def kind(self, name: str) -> Message:
        """Say which edit was made."""
        kind = self._made(self._planted(name)).kind
        return KINDS.get(kind, named(kind))

    @staticmethod
    def _planted(name: str) -> Planted:
        copy = planted(name)
        assert copy is not None, name
        return copy

    def _make(self, copy: Planted) -> Copy:
        kind = list(EDITS)[copy.number % len(EDITS)]
        original = self._study.picture(copy.original, LONGEST).convert("RGB")
        edited = EDITS[kind](original, np.random.default_rng(copy.number)).convert("RGB")
        file = io.BytesIO()
        edited.save(file, "JPEG", quality=QUALITIES.get(kind, QUALITY))
        return Copy(file.getvalue(), edited.size, kind)
