"""Contact sheets: all pictures of a group at once, each decided against the first.

Whole groups are known to be what the detector linked, so this is not blind. Pairs that the sample still asks for are therefore
not decided here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from dedupelab.errors import LabelError
from dedupelab.review.labels import Decision
from dedupelab.review.review import Review
from dedupelab.tables.contents import content_classes

MARK = "[contact sheet]"
"""Ends the note of a decision that was made on a contact sheet."""
ASKED = "asked in the sample"


@dataclass(frozen=True)
class Tile:
    """One picture of a group; `label` is what stands on it and the first one, `locked` why it cannot be decided here."""

    image: str
    label: str = ""
    locked: str = ""


@dataclass(frozen=True)
class ContactSheets:
    """The groups of a study as contact sheets, those with most pictures first."""

    review: Review
    groups: pd.DataFrame
    members: pd.DataFrame

    @cached_property
    def names(self) -> list[str]:
        """The groups with something to decide."""
        several = [name for name, images in self._contents.items() if len(images) > 1]
        size = self.groups.set_index("group_id")["images"]
        return sorted(several, key=lambda name: (-int(size[name]), name))

    def tiles(self, group: str) -> list[Tile]:
        """Return the different pictures of a group; the first is the one that the others are compared with."""
        first, *rest = self._contents[group]
        said = self.review.decided.reviewed.set_index(["left", "right"])["label"]
        waiting = self._waiting()
        found = [Tile(first)]
        for image in rest:
            pair = (min(first, image), max(first, image))
            locked = ASKED if pair in waiting else ""
            found.append(Tile(image, str(said.get(pair, "")), locked))
        return found

    def answer(self, group: str, answers: Mapping[str, str], *, reviewer: str) -> list[Decision]:
        """Save what a reviewer says of pictures of a group (label by image_id), each against the first.

        Raises
        ------
        LabelError
            If the sample asks for such a pair, or as `Review.decide` does.
        OutputError
            If one cannot be written; those before it are saved.
        """
        tiles = {tile.image: tile for tile in self.tiles(group)}
        first = next(iter(tiles))
        for image in answers:
            if image not in tiles or image == first:
                raise LabelError(
                    f"expected a further picture of group {group}, got {image!r}; choose one of its copies"
                )
            if tiles[image].locked:
                raise LabelError(
                    "expected a pair outside the sample, got one that is asked blind; decide it there"
                )
        return [
            self.review.decide(first, image, label, reviewer=reviewer, note=MARK)
            for image, label in answers.items()
        ]

    @cached_property
    def _contents(self) -> dict[str, list[str]]:
        """Image of each different content by group, what is authoritative or largest first."""
        images = self.review.images.set_index("image_id")
        listed = self.members.assign(
            content=self.members["image_id"].map(content_classes(self.review.images)),
            best=(self.members["role"] != "authoritative").to_numpy(),
            pixels=-(images["width"] * images["height"]).reindex(self.members["image_id"]).to_numpy(np.int64),
        ).sort_values(["group_id", "best", "pixels", "image_id"])
        listed = listed.dropna(subset=["content"]).drop_duplicates(["group_id", "content"])
        by = listed.groupby("group_id", sort=True)["content"]
        return {str(group): [str(each) for each in contents] for group, contents in by}

    def _waiting(self) -> set[tuple[str, str]]:
        """Drawn pairs that nobody has looked at: they are to be asked blind."""
        units = self.review.drawn.units
        drawn = units[units["drawn"]]
        said = self.review.decided.reviewed
        done = set(zip(said["left"], said["right"], strict=True))
        return set(zip(drawn["left"], drawn["right"], strict=True)) - done
