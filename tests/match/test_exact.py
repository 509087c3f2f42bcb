"""Copies that digests prove: in full where they are few, as a star where they are many, and read either way round."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupelab.match.candidates import no_candidates
from dedupelab.match.exact import (
    FULL_CLASS,
    distances,
    exact_pairs,
    pixel_suspects,
    turn_between,
    turned_pairs,
)
from dedupelab.tables.contents import content_classes

COLUMNS = ["image_id", "status", "sha256", "payload_sha256", "pixel_sha256"]


def images(*rows: tuple[str, str | None, str | None, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame([(i, "hashed", *digests) for i, *digests in rows], columns=COLUMNS)
    return frame.assign(frames=1, appended_sha256=None)


def test_the_strongest_proof_is_named():
    """Byte before payload before pixel; a pair is listed once."""
    frame = images(
        ("a", "1", "p", None),
        ("b", "1", "p", None),
        ("c", "2", "p", "x"),
        ("d", "3", None, "x"),
        ("e", "4", None, None),
    )
    found = exact_pairs(frame).set_index(["left", "right"])["relation"].to_dict()
    assert found == {
        ("a", "b"): "byte-identical",
        ("a", "c"): "payload-identical",
        ("b", "c"): "payload-identical",
        ("c", "d"): "pixel-identical",
    }
    assert content_classes(frame).to_dict() == {"a": "a", "b": "a", "c": "a", "d": "a", "e": "e"}


@pytest.mark.parametrize(("count", "rows"), [(2, 1), (FULL_CLASS, FULL_CLASS * (FULL_CLASS - 1) // 2), (FULL_CLASS + 1, FULL_CLASS), (5000, 4999)])  # fmt: skip
def test_large_classes_are_stars(count, rows):
    """Every member is there, joined to the first; all of them are one class."""
    frame = images(*((f"i{n:05d}", "same", "same", None) for n in range(count)))
    found = exact_pairs(frame)
    assert len(found) == rows
    assert set(found["left"]) | set(found["right"]) == set(frame["image_id"])
    assert (found["left"] < found["right"]).all()
    if count > FULL_CLASS:
        assert set(found["left"]) == {"i00000"}
        assert f"one of {count:,} equal files" in found["reason"].iloc[0]
    assert content_classes(frame).unique().tolist() == ["i00000"]


def test_unread_files_prove_nothing():
    """An unreadable copy and missing digests make no pair: empty is not equal to empty."""
    frame = images(
        ("a", "1", None, None), ("b", "1", None, None), ("c", "2", None, None), ("d", "3", None, None)
    )
    frame.loc[1, "status"] = "unreadable"
    assert len(exact_pairs(frame)) == 0
    assert "b" not in content_classes(frame)


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from(["x", "y", "z", None])] * 3), max_size=12))
def test_classes_are_what_the_pairs_join(digests):
    """The class of an image is the smallest member of its component in the graph of exact pairs."""
    import networkx as nx

    frame = images(*((f"i{n:02d}", *three) for n, three in enumerate(digests)))
    graph = nx.Graph()
    graph.add_nodes_from(frame["image_id"])
    graph.add_edges_from(exact_pairs(frame)[["left", "right"]].itertuples(index=False))
    expected = {i: min(part) for part in nx.connected_components(graph) for i in part}
    assert content_classes(frame).to_dict() == expected


def suspects(*rows: dict[str, object]) -> list[str]:
    """Pictures of one size and fingerprint unless said otherwise; every two are candidates."""
    frame = images(*((r["image_id"], r["image_id"], None, r.get("pixel")) for r in rows))
    for name, value in (("width", 9), ("height", 9), ("frames", 1), ("phash", 5), ("information", 0.9)):
        frame[name] = pd.Series(
            [r.get(name, value) for r in rows], dtype="Float64" if name == "information" else "Int64"
        )
    rich = frame.loc[frame["information"] >= 0.35, "image_id"].tolist()
    pairs = [(a, b, 0, "identity") for n, a in enumerate(rich) for b in rich[n + 1 :]]
    near = pd.DataFrame(pairs, columns=["left", "right", "distance", "transform"])
    return pixel_suspects(frame, no_candidates(frame).with_frame(near), 0.35)


def test_only_what_pixels_could_settle_is_decoded():
    """Equal sizes and near fingerprints; low-information pictures by equal fingerprints; nothing that has a digest."""
    assert suspects({"image_id": "a"}, {"image_id": "b"}) == ["a", "b"]
    assert suspects({"image_id": "a"}, {"image_id": "b", "width": 8}) == []
    assert suspects({"image_id": "a"}, {"image_id": "b", "frames": 2}) == []
    assert suspects({"image_id": "a"}, {"image_id": "b", "pixel": "x"}) == ["a"]
    poor = {"information": 0.1}
    assert suspects({"image_id": "a"} | poor, {"image_id": "b"} | poor) == ["a", "b"]
    assert suspects({"image_id": "a"} | poor, {"image_id": "b", "phash": 6} | poor) == []
    assert suspects({"image_id": "a"} | poor, {"image_id": "b", "frames": 2} | poor) == []
    assert suspects({"image_id": "a"}) == []


@settings(deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), min_size=2, max_size=2))
def test_distances_count_bits(prints):
    """Fingerprints of 64 bits are compared as whole numbers, the highest bit included."""
    frame = pd.DataFrame({"image_id": ["a", "b"], "phash": pd.array(prints, "UInt64")})
    found = distances(frame, pd.DataFrame({"left": ["a"], "right": ["b"]}))
    assert found.tolist() == [(prints[0] ^ prints[1]).bit_count()]


def test_the_number_of_frames_is_said():
    """Where several frames are equal, the reason says how many were compared."""
    frame = images(("a", "1", None, "x"), ("b", "2", None, "x")).assign(frames=3)
    assert exact_pairs(frame)["reason"].tolist() == [
        "every decoded pixel of 3 frames is equal; the files differ"
    ]


def shown(picture, orientation):
    """Return stored pixels as Exif 3.0, 4.6.4 A, has them shown."""
    flipped, turned = picture[:, ::-1], np.rot90
    return (
        picture, flipped, picture[::-1, ::-1], picture[::-1], picture.T, turned(picture, -1), turned(picture.T, 2), turned(picture),
    )[orientation - 1]  # fmt: skip


@pytest.mark.parametrize("left", range(1, 9))
@pytest.mark.parametrize("right", range(1, 9))
def test_the_turn_between_two_orientations_lays_one_on_the_other(left, right):
    """Flip first, then quarter turns counter-clockwise, as TRANSFORMS means them."""
    stored = np.arange(6).reshape(2, 3)
    turn = turn_between(left, right)
    moved = shown(stored, left)
    moved = moved[:, ::-1] if turn.startswith("flip") else moved
    moved = np.rot90(moved, int(turn.rpartition("rot")[2]) // 90) if "rot" in turn else moved
    assert np.array_equal(moved, shown(stored, right))


def test_equal_payloads_that_are_shown_differently_are_turned_copies():
    """They are found by their stored data, each way of showing once, and classes do not mix them."""
    frame = images(
        ("a", "1", "p", None),
        ("b", "2", "p", None),
        ("c", "3", "p6", None),
        ("d", "4", "p3", None),
        ("e", "5", "q6", None),
    )
    frame = frame.assign(stored_sha256=[None, None, "p", "p", "q"], orientation=[1, 1, 6, 3, 6])
    classes = content_classes(frame)
    assert classes.to_dict() == {"a": "a", "b": "a", "c": "c", "d": "d", "e": "e"}
    found = turned_pairs(frame, classes).frame()
    assert sorted(zip(found["left"], found["right"], found["transform"], strict=True)) == [
        ("a", "c", "rot270"), ("a", "d", "rot180"), ("c", "d", "rot270"),
    ]  # fmt: skip
