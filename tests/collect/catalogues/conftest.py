"""A small catalogue read as a scan reads it: each picture with what the tables say of it."""

import pandas as pd
import pytest
from whole_catalogues import join_catalogues, scanned

from dedupelab import tables
from dedupelab.collect.catalogues.sources import opened


@pytest.fixture
def told(tmp_path):
    """Return a function: files of one catalogue and pictures to what is said of each picture, and what was joined."""

    def tell(content, *pictures, **settings):
        files = content if isinstance(content, dict) else {"catalogue": content}
        place = tmp_path / "delivery"
        place.mkdir(exist_ok=True)
        for name, data in files.items():
            (place / name).write_bytes(data if isinstance(data, bytes) else data.encode())
        where = place if len(files) > 1 else place / next(iter(files))
        images = scanned(*({"path": path} for path in pictures))
        found = join_catalogues(images, [("a", opened(str(where), tmp_path / "cache", **settings))])
        joined = found.images.set_index("path")
        linked = set(" ".join(found.records["image_ids"].dropna()).split())
        said = {
            path: {k: v for k, v in row.items() if k in tables.CATALOGUED and pd.notna(v)}
            for path, row in joined.to_dict("index").items()
            if row["image_id"] in linked
        }
        return said, found

    return tell
