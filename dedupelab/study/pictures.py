"""The pictures behind the images table: where each lies, and how the stages after the scan open it again."""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from dedupelab.collect.listing import address, read_bytes
from dedupelab.collect.reading.decoding import UndecodableError, load_colour, load_gray
from dedupelab.collect.reading.frames import LARGE, Frames, load_frames, pixel_digest
from dedupelab.errors import CollectionError
from dedupelab.work.batches import run_each

BATCH = 32
"""Pictures a task decodes in full."""
Opened = TypeVar("Opened")


@dataclass(frozen=True)
class Pictures:
    """The pictures of a study, by where its collections lie (name to folder or address)."""

    locations: Mapping[str, str]

    def addresses(self, images: pd.DataFrame) -> dict[str, str]:
        """Return where each hashed image is read from, by image_id."""
        hashed = images[images["status"] == "hashed"]
        columns = zip(hashed["image_id"], hashed["collection"], hashed["path"], strict=True)
        return {identity: address(self.locations[collection], path) for identity, collection, path in columns}

    def colour(self, images: pd.DataFrame, image_id: str, longest: int) -> Image.Image:
        """Return one picture in colour, oriented, at most `longest` pixels on its longer side.

        Raises
        ------
        CollectionError
            If there is no such image, or it cannot be opened any more.
        """
        found = images.loc[images["image_id"] == image_id, ["collection", "path"]]
        if found.empty:
            raise CollectionError(
                f"expected an image_id of this study, got {image_id!r}; see the images table"
            )
        collection, path = found.iloc[0]
        return self.colour_at(address(self.locations[collection], path), longest)

    @staticmethod
    def colour_at(where: str, longest: int) -> Image.Image:
        """Return the picture of a file or an address like `colour`; raises like it."""
        return _opened(where, partial(load_colour, longest=longest))


def gray_at(where: str) -> NDArray[np.uint8]:
    """Return a picture's oriented gray pixels, at most 512 on the longer side.

    Raises
    ------
    CollectionError
        If it can no longer be opened: it has changed since the scan.
    """
    return _opened(where, load_gray)


def large_at(where: str) -> NDArray[np.uint8]:
    """Return a picture's oriented colour pixels, at most `LARGE` on the longer side.

    Raises
    ------
    CollectionError
        As of `gray_at`.
    """
    return np.asarray(_opened(where, partial(load_colour, longest=LARGE)))


def _opened(where: str, load: Callable[[bytes], Opened]) -> Opened:
    """Read a file and load what it shows; one that has changed since the scan so that it cannot be is told in one line."""
    try:
        return load(read_bytes(where))
    except (OSError, UndecodableError) as problem:
        raise CollectionError(f"expected to open {where}, got: {problem}; scan the study again") from problem


def frames_at(where: str) -> Frames | None:
    """Return a file's frames as `load_frames` does; None as well when one can no longer be opened."""
    try:
        return load_frames(read_bytes(where))
    except (OSError, UndecodableError):
        return None


def pixel_digests(
    identities: list[str], *, addresses: Mapping[str, str], executor: Executor | None = None
) -> dict[str, str]:
    """Return the pixel digests of images by image_id; those that can no longer be read are left out."""
    where = [addresses[identity] for identity in identities]
    found = run_each(digest_at, where, executor, size=BATCH)
    return {identity: digest for identity, digest in zip(identities, found, strict=True) if digest}


def digest_at(where: str) -> str | None:
    """Return a file's pixel digest; None when it has too many frames for one, or a frame cannot be read."""
    try:
        return pixel_digest(read_bytes(where))
    except (OSError, UndecodableError):
        return None
