"""Cells kept from one time to the next."""

import numpy as np
import pandas as pd
import pytest

from dedupelab.match.search import descriptor_cells, kept_cells
from dedupelab.match.search.descriptor_index import DescriptorIndex
from dedupelab.match.search.descriptors import WAVES, Descriptors
from dedupelab.match.search.kept_cells import cell_blocks, find_cells


def index_of(names):
    """Return an index of drawn pictures, as many descriptors to each as its name says."""
    found = []
    for name in names:
        rng = np.random.default_rng(int(name))
        codes = np.clip(rng.normal(0, 30, (int(name), len(WAVES))), -127, 127).astype(np.int8)
        found.append((name, Descriptors(codes, rng.integers(0, 256, (int(name), 4), np.uint8), (512, 384))))
    return DescriptorIndex.of(found)


@pytest.mark.parametrize("undivided", [600_000, 100, 10])
def test_what_is_kept_is_not_found_again(tmp_path, monkeypatch, undivided):
    """After pictures came, went and changed, cells are those found from nothing, and only those of what is new are looked for."""
    monkeypatch.setattr(descriptor_cells, "UNDIVIDED", undivided)
    monkeypatch.setattr(descriptor_cells, "MEMBERS", 1 if undivided > 10 else 0.001)
    monkeypatch.setattr(kept_cells, "DESCRIBED", 2)
    before, after = index_of(["20", "35", "50", "60", "70"]), index_of(["20", "33", "50", "60", "65"])
    digests = [f"of {name}" for name in before.names]
    found = find_cells(before, tmp_path / "before")
    blocks = list(cell_blocks(before, digests, found, 2))
    assert pd.concat(blocks)["image_id"].tolist() == before.names
    sought, original = [], kept_cells.cells_of
    monkeypatch.setattr(
        kept_cells, "cells_of", lambda codes, parts: sought.append(len(codes)) or original(codes, parts)
    )
    changed = [f"of {name}" for name in after.names[:3]] + ["another", "of 65"]
    kept = find_cells(after, tmp_path / "kept", None, blocks, changed)
    assert sum(sought) == 33 + 60 + 65
    assert np.array_equal(kept, find_cells(after, tmp_path / "anew"))


def test_nothing_has_no_cells(tmp_path):
    """An index without descriptors has none, and writes nothing."""
    assert find_cells(DescriptorIndex.of([]), tmp_path / "cells").shape == (0, descriptor_cells.PROBES)
    assert list(tmp_path.iterdir()) == []
