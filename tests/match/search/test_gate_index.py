"""The index on disk finds what comparing with everything finds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupelab import tables
from dedupelab.errors import OutputError
from dedupelab.match.candidates import negative
from dedupelab.match.search.gate_index import BLOCK, bands, open_index, queries, write_index


def images(prints, **columns):
    """Make a table of pictures that have nothing but fingerprints, digests made from their numbers, and `columns`."""
    rows = [
        {"image_id": f"i{k:07}", "collection": "own", "path": f"{k:07}.jpg", "bytes": 1, "status": "hashed", "information": 0.9,
         "sha256": f"{k:064x}", "phash": int(p), "phash_trimmed": int(p), "phash_forms": bytes(64), "ai_label": "no-label",
         "c2pa": "none", "has_gps": False}
        | {name: values[k] for name, values in columns.items()}
        for k, p in enumerate(prints)
    ]  # fmt: skip
    return tables.IMAGES.from_rows(rows)


def crowded(rows, seed=0):
    """Draw fingerprints of which many lie near others."""
    rng = np.random.default_rng(seed)
    prints = rng.integers(0, 2**64, rows, np.uint64)
    near = prints[rng.integers(0, rows, rows // 2)]
    for _ in range(8):
        near ^= np.uint64(1) << rng.integers(0, 64, len(near)).astype(np.uint64)
    prints[: len(near)] = near
    return prints


@pytest.mark.parametrize("radius", [0, 1, 3, 8, 10, 12, 20, 40, 64])
def test_it_finds_what_brute_force_finds(tmp_path, radius):
    """At every radius: the same pictures with the same distances, nearest first, each once."""
    prints = crowded(3000)
    index = open_index(write_index(images(prints), tmp_path, "k").parent, "k")
    asked = np.append(prints[:5], crowded(5, 1))
    found = index.near(asked, radius)
    distance = np.bitwise_count(asked[:, None] ^ prints[None, :])
    expected = {(q, r): int(distance[q, r]) for q, r in zip(*np.nonzero(distance <= radius), strict=True)}
    got = {(int(q), int(r)): int(d) for q, r, d in zip(found.query, found.row, found.distance, strict=True)}
    assert got == expected
    assert len(found.row) == len(expected)
    assert (np.diff(found.distance) >= 0).all()


@given(st.integers(0, 64))
def test_the_bands_cover_every_error(radius):
    """Errors in at most `radius` bits leave some band with no more than it looks for (the pigeonhole of `bands`)."""
    assert sum(band.radius + 1 for band in bands(radius)) in {radius + 1, 65, 66, 67, 68} or radius > 60
    assert sum(band.radius + 1 for band in bands(radius)) >= min(radius + 1, 64)


def test_borders_are_cut_off(tmp_path):
    """A held picture is found by its fingerprint inside the border as well."""
    held = images([5, 9], phash_trimmed=[5, 0xFFFF0000FFFF0000])
    index = open_index(write_index(held, tmp_path, "k").parent, "k")
    found = index.near(np.array([0xFFFF0000FFFF0001], np.uint64), 1)
    assert (found.row.tolist(), found.distance.tolist()) == ([1], [1])


def test_digests_are_compared_in_full(tmp_path):
    """Digests that begin alike are told apart; none held is an empty list."""
    alike = ["ab" * 8 + "0" * 48, "ab" * 8 + "1" * 48]
    index = open_index(write_index(images([1, 2], sha256=alike), tmp_path, "k").parent, "k")
    assert index.same("sha256", alike[1]) == [1]
    assert index.same("sha256", "ab" * 32) == []
    assert index.same("pixel_sha256", alike[0]) == []


def test_facts_come_back(tmp_path):
    """Every row of more than one block says what the table says."""
    table = images(range(BLOCK + 3), credit=[f"c{k}" for k in range(BLOCK + 3)])
    index = open_index(write_index(table, tmp_path, "k").parent, "k")
    assert [index.fact(row)["credit"] for row in (0, BLOCK - 1, BLOCK, BLOCK + 2)] == [
        "c0",
        f"c{BLOCK - 1}",
        f"c{BLOCK}",
        f"c{BLOCK + 2}",
    ]
    assert len(index) == BLOCK + 3


def test_blank_pictures_are_found_by_digest_alone(tmp_path):
    """What shows next to nothing is near to everything blank: its fingerprint is neither held nor asked for."""
    index = open_index(write_index(images([7, 7], information=[0.01, 0.9]), tmp_path, "k").parent, "k")
    assert index.near(np.array([7], np.uint64), 0).row.tolist() == [1]
    assert index.same("sha256", f"{0:064x}") == [0]
    assert len(queries({"phash": 7, "information": 0.01})) == 0


def test_many_copies_are_named_in_part(tmp_path):
    """A thousand pictures of one fingerprint do not make an answer of a thousand lines."""
    index = open_index(write_index(images([3] * 1000), tmp_path, "k").parent, "k")
    assert index.near(np.array([3], np.uint64), 8, copies=10).row.tolist() == list(range(10))


def test_a_picture_is_asked_for_in_all_its_forms():
    """As it is, in eight orientations, without its border, and inverted."""
    forms = np.arange(8, dtype="<u8") + 100
    asked = queries({"phash": 100, "information": 0.9, "phash_forms": forms.tobytes(), "phash_trimmed": 7})
    assert set(asked.tolist()) == {*range(100, 108), 7, int(negative(np.array([100], np.uint64))[0])}


def test_an_empty_table_has_an_index(tmp_path):
    """Nothing held: nothing is found, and nothing fails."""
    index = open_index(write_index(images([]), tmp_path, "k").parent, "k")
    assert len(index.near(np.array([3], np.uint64), 8).row) == 0
    assert index.near(np.empty(0, np.uint64), 40).row.tolist() == []
    assert index.same("sha256", "0" * 64) == []


def test_only_the_newest_index_is_kept(tmp_path):
    """A new index takes the place of the old one; what another key stands for, or a damaged one, is not opened."""
    write_index(images([1]), tmp_path, "old")
    new = write_index(images([1]), tmp_path, "new")
    assert [path.name for path in tmp_path.iterdir()] == ["index-new"]
    assert open_index(tmp_path, "old") is None
    (new / "facts.arrow").write_bytes(b"none")
    assert open_index(tmp_path, "new") is None


def test_where_it_cannot_be_written(tmp_path):
    """A file in its place is one line."""
    (tmp_path / "gate").write_bytes(b"")
    with pytest.raises(OutputError, match="expected to write an index in"):
        write_index(images([1]), tmp_path / "gate", "k")
