"""Rows that memory does not hold."""

from itertools import pairwise

import numpy as np
import pytest

from dedupelab.match.search import spilled
from dedupelab.match.search.spilled import Spilled

PAIR = np.dtype([("at", np.uint32), ("what", np.uint32)])


@pytest.mark.slow
@pytest.mark.parametrize("stop", [1, 200, 5_000, 1 << 20])
@pytest.mark.parametrize("most", [1, 90, 10_000])
@pytest.mark.parametrize("waiting", [0, 4_000, 1 << 20])
def test_what_was_laid_down_comes_back(stop, most, waiting, tmp_path, monkeypatch):
    """All rows come back once, ordered by ranges of their numbers, no more at once than asked but those of one number, and no file stays."""
    monkeypatch.setattr(spilled, "FILES", 16)
    monkeypatch.setattr(spilled, "HELD", waiting)
    rng = np.random.default_rng(stop)
    rows = np.zeros(1000, PAIR)
    rows["at"], rows["what"] = rng.integers(stop, size=1000), np.arange(1000)
    held = Spilled(tmp_path / "rows", PAIR, lambda rows: rows["at"].astype(np.int64), stop)
    for some in np.split(rows, [3, 3, 400]):
        held.add(some)
    parts = list(held.read(most))
    assert np.sort(np.concatenate(parts), order="what").tolist() == rows.tolist()
    assert all(len(part) <= most or len(np.unique(part["at"])) == 1 for part in parts)
    ends = [(part["at"].min(), part["at"].max()) for part in parts]
    assert all(before[1] < after[0] for before, after in pairwise(ends))
    assert list(tmp_path.iterdir()) == []


def test_few_rows_make_no_file(tmp_path):
    """What memory holds is not written."""
    held = Spilled(tmp_path / "rows", PAIR, lambda rows: rows["at"].astype(np.int64), 9)
    held.add(np.array([(7, 0), (2, 1)], PAIR))
    assert list(tmp_path.iterdir()) == []
    assert [part.tolist() for part in held.read(9)] == [[(2, 1), (7, 0)]]
