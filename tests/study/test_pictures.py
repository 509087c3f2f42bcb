"""The pictures behind the table: found again by identifier, on any number of workers, and missed without a fuss."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from dedupelab import tables
from dedupelab.collect.listing import list_files
from dedupelab.collect.record import image_id
from dedupelab.collect.scan import scan
from dedupelab.study import pictures
from dedupelab.study.pictures import Pictures, digest_at, gray_at, pixel_digests


@pytest.fixture
def folder(tmp_path):
    for number, name in enumerate((b"a.png", b"caf\xe9.png", "照片.png".encode())):
        Image.new("L", (9, 7), number).save(tmp_path / "x.png")
        (tmp_path / "x.png").rename(tmp_path / name.decode("utf-8", "surrogateescape"))
    (tmp_path / "notes.txt").touch()
    return tmp_path


def test_every_hashed_image_has_an_address(folder):
    """It leads to the picture, whatever its name; what was not hashed has none."""
    images = scan({"c": list_files(str(folder))}, known=tables.IMAGES.empty(), folder=folder / ".parts")
    found = Pictures({"c": str(folder)}).addresses(images)
    assert len(found) == 3
    assert {int(gray_at(where)[0, 0]) for where in found.values()} == {0, 1, 2}
    assert np.shape(gray_at(found[image_id("c", "a.png")])) == (7, 9)


def test_digests_of_what_can_still_be_read(folder, monkeypatch):
    """Missing and damaged files are left out; workers change nothing."""
    (folder / "bad.png").write_text("no picture")
    places = {"a": str(folder / "a.png"), "b": str(folder / "bad.png"), "c": str(folder / "gone.png")}
    alone = pixel_digests(list(places), addresses=places)
    assert alone == {"a": digest_at(places["a"])}
    monkeypatch.setattr(pictures, "BATCH", 1)
    with ThreadPoolExecutor(2) as executor:
        assert pixel_digests(list(places), addresses=places, executor=executor) == alone
