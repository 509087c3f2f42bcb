"""The thorough gear: its descriptors kept by content, what they propose."""

import pandas as pd
import pytest

from dedupelab import tables
from dedupelab.collect.record import describe, image_id
from dedupelab.match.gear import describable, describe_pictures, voted_candidates
from dedupelab.match.search.descriptor_index import AsBytes


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


def test_a_half_is_proposed_and_a_stranger_is_not(files, load, tmp_path):
    """Descriptors find a crop whose fingerprint is far; the distance given is that of the fingerprints."""
    images = images_of(files)
    found = describe_pictures(describable(images), (), load, tmp_path)
    proposed, _ = voted_candidates(images, found)
    halves = {image_id("c", "whole.jpg"), image_id("c", "half.jpg")}
    assert {frozenset(pair) for pair in proposed[["left", "right"]].to_numpy()} == {frozenset(halves)}
    prints = images.set_index("image_id")["phash"]
    row = proposed.iloc[0]
    assert row["transform"] == "identity"
    assert row["distance"] == (int(prints[row["left"]]) ^ int(prints[row["right"]])).bit_count()


def test_known_content_is_not_described_again(files, load, tmp_path):
    """A second time nothing is opened, also after files were renamed and one was removed."""
    images = images_of(files)
    found = describe_pictures(describable(images), (), load, tmp_path / "one")
    table = pd.concat(found.blocks())
    del files["other.jpg"]
    renamed = images_of({f"new/{name}": data for name, data in files.items()})
    again = describe_pictures(
        describable(renamed), [table[:1], table[1:]], lambda _: pytest.fail("opened again"), tmp_path / "two"
    )
    assert again.index.names == sorted(renamed["image_id"])
    digests = dict(zip(renamed["image_id"], renamed["sha256"], strict=True))
    assert again.digests == [digests[name] for name in again.index.names]
    held = dict(zip(table["sha256"], table["descriptors"], strict=True))
    assert [AsBytes(again.index)[name] for name in again.index.names] == [held[d] for d in again.digests]


def test_a_picture_that_is_gone_has_no_row(files, load, tmp_path):
    """What can no longer be opened is left to the next scan."""
    images = images_of(files)
    gone = image_id("c", "other.jpg")

    def open_or_fail(identity):
        if identity == gone:
            raise FileNotFoundError(identity)
        return load(identity)

    found = describe_pictures(describable(images), (), open_or_fail, tmp_path)
    assert gone not in found.index.names
    assert len(found.index) == 2


def test_equal_and_empty_pictures_are_not_described(files):
    """One of each class of equal files stands for all; blank pictures say nothing."""
    import io

    from PIL import Image

    blank = io.BytesIO()
    Image.new("L", (200, 100), 255).save(blank, "PNG")
    images = images_of(files | {"copy.jpg": files["whole.jpg"], "blank.png": blank.getvalue()})
    assert len(describable(images)) == 3


def test_nothing_to_propose_from(tmp_path):
    """No picture, no proposal, no error."""
    images = tables.IMAGES.empty()
    found = describe_pictures(describable(images), (), lambda _: pytest.fail("opened"), tmp_path)
    proposed, kept = voted_candidates(images, found)
    assert (len(proposed), *map(len, kept)) == (0, 0, 0)
    assert list(found.blocks()) == []
