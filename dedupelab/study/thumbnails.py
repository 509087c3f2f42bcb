"""Thumbnails: small pictures kept beside the tables from the first time that somebody sees them; redactions are obeyed each time anew."""

import contextlib
import io
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from PIL import Image

from dedupelab.collect.listing import address
from dedupelab.errors import CollectionError, OutputError
from dedupelab.study.redactions import blurred, redactions_of, shown_together
from dedupelab.study.study import Study
from dedupelab.tables import IMAGES, read
from dedupelab.tables.whole_file import whole_file

FOLDER = "thumbnails"
LONGEST = 240
"""Longer side in pixels."""
QUALITY = 82
COLUMNS = (
    "image_id",
    "collection",
    "path",
    "status",
    "sha256",
    "payload_sha256",
    "pixel_sha256",
    "stored_sha256",
    "orientation",
)
"""What is read of the images table, and what redactions need of it."""


class Thumbnails:
    """The small pictures of one study, as readers may see them."""

    def __init__(self, study: Study) -> None:
        path = study.store.path(IMAGES)
        images = read(IMAGES, path, COLUMNS) if path.exists() else IMAGES.empty()
        self._study, self._folder = study, study.store.root / FOLDER
        self._kept = redactions_of(study.redaction_rows, images) if study.redaction_rows else {}
        hashed = images[images["status"] == "hashed"]
        self._place = pd.Index(hashed["image_id"])
        self._files = hashed[["collection", "path", "sha256"]].to_numpy(object)

    def jpegs(self, identities: Sequence[str]) -> dict[str, bytes]:
        """Return copies of one picture as pages show them side by side, by image_id, as JPEG.

        Those that cannot be opened any more, are left out on request, or would show what is blurred in another are not among them.
        """
        found = {}
        for name in shown_together(identities, self._kept):
            with contextlib.suppress(CollectionError):
                data = self._cached(name)
                found[name] = self._blurred(name, data) if name in self._kept else data
        return found

    def _cached(self, name: str) -> bytes:
        collection, path, digest = map(str, self._files[int(self._place.get_indexer([name])[0])])
        kept = self._folder / digest[:2] / f"{digest}.jpg"
        with contextlib.suppress(OSError):
            return kept.read_bytes()
        where = address(self._study.location(collection), path)
        data = _jpeg(self._study.execution.pictures.colour_at(where, LONGEST))
        self._keep(kept, data)
        return data

    @staticmethod
    def _keep(path: Path, data: bytes) -> None:
        # Without the right to write nothing is kept, and everything is shown.
        with contextlib.suppress(OutputError, OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(path) as partial:
                partial.write_bytes(data)

    def _blurred(self, name: str, data: bytes) -> bytes:
        regions = self._kept[name].blurred
        if not regions:
            return data
        with Image.open(io.BytesIO(data)) as opened:
            return _jpeg(blurred(opened.convert("RGB"), regions))


def _jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.convert("RGB").save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
