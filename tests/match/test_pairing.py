"""Pairs: every pair once, copies represented by one of them, and nothing proved or refuted by pixels that were not seen."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest

from dedupelab import tables
from dedupelab.match.candidates import Candidates, no_candidates
from dedupelab.match.compare.loader import Loader
from dedupelab.match.compare.verdicts import Verdict
from dedupelab.match.pairing import examine_pairs, near_candidates, representatives, settle_pixels
from dedupelab.tables import TRANSFORMS
from dedupelab.tables.contents import content_classes


@dataclass(frozen=True)
class Says:
    """A verifier that calls everything a derivative and notes what it was asked."""

    asked: list[tuple[int, int, str]] = field(default_factory=list)

    def prepare(self, gray, _open_large=None, _stored=None):
        return gray

    def judge(self, left, right, transform="identity"):
        self.asked.append((int(left[0, 0]), int(right[0, 0]), transform))
        return Verdict(
            "derivative",
            0.5,
            "crop: right is 40% of left",
            transform,
            (0.0, 0.0, 0.5, 0.5),
            (0.0, 0.0, 1.0, 1.0),
            mirrored="crop: left is 40% of right",
            left_places=((0.0, 0.0, 0.5, 0.5),),
            right_places=((0.5, 0.5, 1.0, 1.0),),
        )


def images(**digests: str) -> pd.DataFrame:
    return tables.IMAGES.from_rows(
        {"image_id": n, "collection": n if n in "ab" else "c", "path": n, "bytes": 3, "status": "hashed", "sha256": d, "phash": int(d) << 40,
         "phash_forms": 8 * (int(d) << 40).to_bytes(8, "little"),
         "width": 5, "height": 5, "information": 0.9, "ai_label": "no-label", "c2pa": "none", "has_gps": False}
        for n, d in digests.items()
    )  # fmt: skip


def load(name: str) -> np.ndarray:
    return np.full((2, 2), ord(name), np.uint8)


def rows(frame: pd.DataFrame, *pairs: tuple[str, str, int, str]) -> Candidates:
    """Return candidate pairs of these images, in the given order."""
    near = pd.DataFrame(pairs, columns=["left", "right", "distance", "transform"])
    return no_candidates(frame).with_frame(near)


def examined(frame: pd.DataFrame, near: Candidates, says: Says, **options) -> pd.DataFrame:
    """Return the pairs table of what representatives of the candidates are found to be."""
    return examine_pairs(
        frame, representatives(near, content_classes(frame)), load, verifier=says, **options
    ).frame()


def test_copies_are_represented_by_their_first():
    """Candidates between copies fall away, others meet once with the smallest distance, turned round where they swap."""
    classes = pd.Series({"a": "a", "b": "b", "c": "a", "d": "b"})
    near = rows(
        images(a="1", b="2", c="1", d="2"),
        ("a", "b", 5, "identity"),
        ("b", "c", 3, "rot90"),
        ("c", "d", 4, "flip"),
        ("a", "c", 0, "identity"),
    )
    found = representatives(near, classes).frame()
    assert found.to_dict("records") == [{"left": "a", "right": "b", "distance": 3, "transform": "rot270"}]


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_swapping_undoes_the_transform(transform):
    """Every transform is turned into its inverse, and swapping twice changes nothing."""
    frame = images(a="1", b="2", c="1")
    there = representatives(rows(frame, ("b", "c", 1, transform)), pd.Series({"b": "b", "c": "a", "a": "a"}))
    (turned,) = there.frame()["transform"]
    back = representatives(rows(frame, ("a", "c", 1, turned)), pd.Series({"a": "b", "c": "a", "b": "b"}))
    assert back.frame()["transform"].tolist() == [transform]


def test_every_pair_is_listed_once():
    """Proven pairs and verdicts make one table; copies of the judged pictures have the verdict, too."""
    says = Says()
    frame = images(a="1", b="2", c="1", d="3")
    near = rows(frame, ("a", "b", 2, "identity"), ("b", "c", 2, "identity"), ("a", "d", 9, "rot90"))
    found = examined(frame, near, says)
    assert sorted(says.asked[:2]) == [(ord("a"), ord("b"), "identity"), (ord("a"), ord("d"), "rot90")]
    assert says.asked[2:] == [(ord("b"), ord("d"), "identity")], "both are linked to a"
    indexed = found.set_index(["left", "right"])
    assert indexed.index.is_unique
    assert (found["left"] < found["right"]).all()
    assert indexed["relation"].to_dict() == {
        ("a", "b"): "derivative",
        ("a", "c"): "byte-identical",
        ("a", "d"): "derivative",
        ("b", "c"): "derivative",
        ("b", "d"): "derivative",
        ("c", "d"): "derivative",
    }
    assert indexed.loc[("a", "c"), "distance"] == 0
    assert indexed.loc[("a", "c"), "left_region"] is None
    assert indexed.loc[("b", "c"), "reason"] == "crop: left is 40% of right"
    assert list(indexed.loc[("b", "c"), "right_region"]) == [0, 0, 0.5, 0.5]
    assert indexed["cross_collection"].to_dict() == {
        ("a", "b"): True,
        ("a", "c"): True,
        ("a", "d"): True,
        ("b", "c"): True,
        ("b", "d"): True,
        ("c", "d"): False,
    }


def test_nothing_to_examine():
    """No candidates and no copies are an empty table; only copies need no pixels."""
    different, equal = images(a="1", b="2"), images(a="1", b="1")
    assert len(examined(different, rows(different), Says())) == 0
    assert list(examined(different, rows(different), Says()).columns) == tables.PAIRS.names
    assert len(examined(equal, rows(equal), Says())) == 1


def test_an_executor_changes_nothing():
    """The same table, however the work is spread and whatever the order of the candidates."""
    frame = images(a="1", b="2", c="3", d="4")
    near = [(x, y, 1, "identity") for i, x in enumerate("abcd") for y in "abcd"[i + 1 :]]
    alone = examined(frame, rows(frame, *near), Says())
    with ThreadPoolExecutor(3) as executor:
        spread = examined(frame, rows(frame, *near[::-1]), Says(), executor=executor)
    pd.testing.assert_frame_equal(alone, spread)


def test_pixel_digests_are_asked_for_once():
    """Only suspects are decoded in full, a known digest is kept, and a file that fails stays without one."""
    asked: list[str] = []

    def digest(names: list[str]) -> dict[str, str]:
        asked.extend(names)
        return {"a": "digest"}

    frame = images(a="1", b="2", d="3")
    frame.loc[frame["image_id"] == "d", "pixel_sha256"] = "known"
    settled = settle_pixels(frame, rows(frame, ("a", "b", 1, "identity"), ("a", "d", 60, "identity")), digest)
    assert asked == ["a", "b"]
    assert settled.set_index("image_id")["pixel_sha256"].fillna("").to_dict() == {
        "a": "digest",
        "b": "",
        "d": "known",
    }
    assert settle_pixels(frame, rows(frame), lambda _names: pytest.fail("nothing to ask")) is not None


def test_candidates_are_near_and_rich():
    """Fingerprints within the radius pair; pictures that show next to nothing do not, however equal they are."""
    frame = images(a="1", b="2", c="3", d="4")
    print_ = int(frame["phash"].iloc[0])
    frame["phash"] = pd.array([print_, print_ ^ 1, print_, print_], "UInt64")
    frame["information"] = [0.9, 0.9, 0.1, 0.1]
    forms = b"".join(
        int(p).to_bytes(8, "little") for p in [print_, *np.random.default_rng(4).integers(0, 2**62, 7)]
    )
    frame["phash_forms"], frame["phash_trimmed"] = [forms] * 4, frame["phash"]
    found = near_candidates(frame, 3).frame()
    assert found[["left", "right", "distance"]].to_numpy().tolist() == [["a", "b", 1]]


def test_a_loader_opens_by_identifier():
    """It asks for the address, and an unknown picture is an error of the caller."""
    loader = Loader({"a": "where a lies"}, lambda where: np.full((1, 1), len(where), np.uint8))
    assert loader("a")[0, 0] == 12
    with pytest.raises(KeyError):
        loader("b")
