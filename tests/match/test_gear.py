"""The thorough gear: its descriptors kept by content, what they propose."""

import pandas as pd
import pytest

from dedupelab import tables
from dedupelab.collect.record import describe, image_id
from dedupelab.match.gear import describable, extract_descriptors, voted_candidates


def images_of(files: dict[str, bytes]) -> pd.DataFrame:
    rows = [
        {"image_id": image_id("c", name), "collection": "c", "path": name, "modified": None} | describe(data)
        for name, data in files.items()
    ]
    return tables.IMAGES.from_rows(rows)


@pytest.fixture
def files(photograph) -> dict[str, bytes]:
    """Encode a picture, half of it, and another picture."""
    import io

    def encoded(picture) -> bytes:
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=90)
        return buffer.getvalue()

    whole = photograph(0, (640, 480))
    return {
        "whole.jpg": encoded(whole),
        "half.jpg": encoded(whole.crop((0, 0, 360, 480))),
        "other.jpg": encoded(photograph(1, (640, 480))),
    }


@pytest.fixture
def load(files):
    from dedupelab.collect.reading.decoding import load_gray

    names = {image_id("c", name): data for name, data in files.items()}
    return lambda identity: load_gray(names[identity])


def test_a_half_is_proposed_and_a_stranger_is_not(files, load):
    """Descriptors find a crop whose fingerprint is far; the distance given is that of the fingerprints."""
    images = images_of(files)
    found = extract_descriptors(describable(images), tables.DESCRIPTORS.empty(), load)
    proposed = voted_candidates(images, found)
    halves = {image_id("c", "whole.jpg"), image_id("c", "half.jpg")}
    assert {frozenset(pair) for pair in proposed[["left", "right"]].to_numpy()} == {frozenset(halves)}
    prints = images.set_index("image_id")["phash"]
    row = proposed.iloc[0]
    assert row["transform"] == "identity"
    assert row["distance"] == (int(prints[row["left"]]) ^ int(prints[row["right"]])).bit_count()


def test_known_content_is_not_described_again(files, load):
    """A second extraction opens nothing, also after a file was renamed."""
    images = images_of(files)
    found = extract_descriptors(describable(images), tables.DESCRIPTORS.empty(), load)
    renamed = images_of({f"new/{name}": data for name, data in files.items()})
    again = extract_descriptors(describable(renamed), found, lambda _identity: pytest.fail("opened again"))
    assert set(again["sha256"]) == set(found["sha256"])
    assert set(again["image_id"]) == set(renamed["image_id"])


def test_a_picture_that_is_gone_has_no_row(files, load):
    """What can no longer be opened is left to the next scan."""
    images = images_of(files)
    gone = image_id("c", "other.jpg")

    def open_or_fail(identity):
        if identity == gone:
            raise FileNotFoundError(identity)
        return load(identity)

    found = extract_descriptors(describable(images), tables.DESCRIPTORS.empty(), open_or_fail)
    assert gone not in set(found["image_id"])
    assert len(found) == 2


def test_equal_and_empty_pictures_are_not_described(files):
    """One of each class of equal files stands for all; blank pictures say nothing."""
    import io

    from PIL import Image

    blank = io.BytesIO()
    Image.new("L", (200, 100), 255).save(blank, "PNG")
    images = images_of(files | {"copy.jpg": files["whole.jpg"], "blank.png": blank.getvalue()})
    assert len(describable(images)) == 3


def test_nothing_to_propose_from():
    """No picture, no proposal, no error."""
    images = tables.IMAGES.empty()
    assert len(voted_candidates(images, tables.DESCRIPTORS.empty())) == 0
