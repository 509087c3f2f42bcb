"""Rows of the pairs table: a verdict for all copies, told from the right side, in blocks that are the whole table."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupelab import tables
from dedupelab.match.compare.verdict_columns import Verdicts
from dedupelab.match.pair_rows import (
    PairRows,
    joined,
    proven_verdicts,
    spread_verdicts,
)

NAMES = np.array([f"i{k:02d}" for k in range(12)], object)


def verdicts(count: int, transform: str = "rot90") -> Verdicts:
    region = np.arange(4 * count, dtype=np.float32).reshape(count, 4)
    return Verdicts(
        np.full(count, tables.TRANSFORMS.index(transform), np.int8),
        np.full(count, tables.RELATIONS.index("derivative"), np.int8),
        np.linspace(0, 1, count),
        np.zeros(count, np.int32),
        region,
        region + 100,
        ["crop: right is 40% of left"],
        ["crop: left is 40% of right"],
        np.zeros(count, bool),
    )


def rows(count: int, mirrored: list[bool]) -> PairRows:
    """So many pairs of the first picture with each other."""
    right = np.arange(1, count + 1, dtype=np.int32)
    return PairRows(
        NAMES,
        np.zeros(len(NAMES), np.int32),
        np.zeros(count, np.int32),
        right,
        np.arange(count, dtype=np.int32),
        np.array(mirrored, bool),
        np.arange(count, dtype=np.int16),
        verdicts(count),
    )


def spread(left: int, right: int, classes: list[int], limit: int = 256):
    found = spread_verdicts(
        np.array([left], np.int32), np.array([right], np.int32), np.array(classes, np.int32),
        np.ones(len(classes), bool), limit,
    )  # fmt: skip
    return list(zip(*(column.tolist() for column in found), strict=True))


def test_a_verdict_holds_for_all_copies():
    """Each pair of copies has it once, smaller identifier left, mirrored where that swaps the two."""
    assert sorted(spread(0, 1, [0, 1, 1, 0])) == [
        (0, 1, 0, False), (0, 2, 0, False), (1, 3, 0, True), (2, 3, 0, True),
    ]  # fmt: skip


def test_very_many_copies_keep_one_row():
    """A thousand copies against a thousand are not a million rows."""
    classes = [0, 1] * 1000
    assert spread(0, 1, classes) == [(0, 1, 0, False)]
    assert len(spread(0, 1, [0, 1] * 16)) == 256


@given(st.lists(st.integers(0, 5), min_size=6, max_size=14), st.integers(1, 20))
def test_spreading_is_the_product_of_the_classes(classes, limit):
    """Any classes: every member of the one with every member of the other, or the judged pair alone."""
    firsts = [classes.index(value) for value in classes]
    heads = sorted(set(firsts))
    left, right = heads[0], heads[-1]
    if left == right:
        return
    ones, twos = ([k for k, first in enumerate(firsts) if first == head] for head in (left, right))
    expected = {(min(a, b), max(a, b), 0, a > b) for a in ones for b in twos}
    if len(expected) > limit:
        expected = {(left, right, 0, False)}
    found = spread(left, right, firsts, limit)
    assert set(found) == expected
    assert len(found) == len(expected)


def test_a_mirrored_row_reads_the_other_way_round():
    """Transform, regions and the sides in the reason are exchanged."""
    straight, turned = rows(2, [False, True]).frame().to_dict("records")
    assert (straight["transform"], turned["transform"]) == ("rot90", "rot270")
    assert turned["reason"] == "crop: left is 40% of right"
    assert list(straight["left_region"]) == [0, 1, 2, 3]
    assert list(turned["left_region"]) == [104, 105, 106, 107]
    assert list(turned["right_region"]) == [4, 5, 6, 7]


def turned(pixels: np.ndarray, transform: str) -> np.ndarray:
    """Turn as `tables.TRANSFORMS` words it: flip left-right first, then counter-clockwise."""
    pixels = np.fliplr(pixels) if transform.startswith("flip") else pixels
    return np.rot90(pixels, int(transform.rpartition("rot")[2]) // 90 if "rot" in transform else 0)


@pytest.mark.parametrize("transform", tables.TRANSFORMS)
def test_a_mirrored_row_undoes_the_transform(transform):
    """What turns left into right, read the other way round, turns right into left; shown on a picture without symmetry."""
    left = np.arange(12).reshape(3, 4)
    right = turned(left, transform)
    (back,) = replace(rows(1, [True]), verdicts=verdicts(1, transform)).frame()["transform"]
    assert np.array_equal(turned(right, back), left)
    # Nothing else undoes it.
    assert [t for t in tables.TRANSFORMS if np.array_equal(turned(right, t), left)] == [back]


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_blocks_are_the_table(tmp_path, size):
    """However many rows a block has, the blocks written one after another read as the whole table."""
    found = rows(5, [False, True, False, True, True])
    count = tables.write_blocks(tables.PAIRS, found.blocks(size), tmp_path / "p.parquet", "key")
    assert count == 5
    pd.testing.assert_frame_equal(tables.read(tables.PAIRS, tmp_path / "p.parquet"), found.frame())
    assert tables.key_of(tmp_path / "p.parquet") == "key"


def test_verdicts_are_numbered_on():
    """The second's reasons follow the first's, and nothing else changes."""
    proven = pd.DataFrame({"relation": ["byte-identical"], "score": [1.0], "reason": ["equal byte for byte"]})
    both = joined(proven_verdicts(proven), verdicts(2))
    assert [both.reasons[k] for k in both.reason] == ["equal byte for byte", *verdicts(2).reasons * 2]
    assert np.isnan(both.left_region[0]).all()
    assert both.relation.tolist() == [0, 4, 4]
