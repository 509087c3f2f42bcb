"""Pairs judged in batches: every pair has its verdict, in its place, however the work is spread."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pandas as pd
import pytest
from skimage import data

from dedupelab.errors import TableError
from dedupelab.match.compare.loader import Loader
from dedupelab.match.compare.verification import AlignedComparison
from dedupelab.match.compare.verified_pairs import FAR, verify_pairs
from dedupelab.match.search.descriptors import extract

LINKED = {"near-identical", "derivative"}
verify = AlignedComparison()
PHOTOGRAPHS = {
    "coffee": data.coffee()[::2, ::2, 1],
    "cat": data.chelsea()[:, :, 1],
    "camera": data.camera(),
    "astronaut": data.astronaut()[:, :, 1],
}


def load(name):
    """Open a photograph by name; at module level, so that workers can."""
    return PHOTOGRAPHS[name]


def candidates(*pairs):
    return pd.DataFrame(
        [(left, right, 4, "identity") for left, right in pairs],
        columns=["left", "right", "distance", "transform"],
    )


def test_verify_pairs_keeps_rows_and_loads_each_picture_once():
    """Rows come back in their order with the declared columns, and a batch opens each picture once."""
    opened = []

    def counting(name):
        opened.append(name)
        return PHOTOGRAPHS[name]

    asked = candidates(
        ("cat", "coffee"), ("camera", "cat"), ("astronaut", "camera"), ("astronaut", "cat"), ("cat", "cat")
    )
    seen = []
    result = verify_pairs(asked, counting, verify, progress=lambda done, total: seen.append((done, total)))
    assert result[["left", "right", "distance"]].equals(asked[["left", "right", "distance"]])
    assert result["relation"].tolist()[-1] == "near-identical"
    assert not set(result["relation"][:-1]) & LINKED
    assert sorted(opened) == sorted(PHOTOGRAPHS)
    assert seen[-1] == (5, 5)


@pytest.mark.slow
def test_verify_pairs_is_the_same_in_other_processes():
    """Spawned workers and small batches give the same table as one process."""
    asked = candidates(("cat", "cat"), ("camera", "cat"), ("camera", "camera"))
    alone = verify_pairs(asked, load, verify)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        shared = verify_pairs(asked, load, verify, executor=pool, batch=1)
    pd.testing.assert_frame_equal(alone, shared)


def test_verify_pairs_without_pairs():
    """No candidates give an empty table with all columns."""
    result = verify_pairs(candidates(), load, verify)
    assert result.empty
    assert {"relation", "score", "reason", "left_region", "right_region"} <= set(result.columns)


def test_verify_pairs_says_what_is_wrong():
    """A missing column or an unknown transform is an error that names it."""
    with pytest.raises(TableError, match="got no transform"):
        verify_pairs(candidates(("cat", "cat")).drop(columns="transform"), load, verify)
    with pytest.raises(TableError, match="sideways"):
        verify_pairs(candidates(("cat", "cat")).assign(transform="sideways"), load, verify)


def test_pictures_that_stored_descriptors_do_not_place_stay_closed():
    """Fingerprints far apart, and descriptors that lay neither on the other: unrelated, unopened; a crop is opened and found."""
    pictures = PHOTOGRAPHS | {"crop": PHOTOGRAPHS["cat"][60:260, 100:400]}
    kept = {name: extract(picture).to_bytes() for name, picture in pictures.items()}
    opened = []

    def read(name):
        opened.append(name)
        return pictures[name]

    load = Loader({name: name for name in pictures}, read, kept=kept)
    asked = candidates(("camera", "coffee"), ("coffee", "camera"), ("cat", "crop"))
    found = verify_pairs(asked.assign(distance=FAR + 1), load, verify)
    assert (found["relation"].tolist(), opened) == (["unrelated", "unrelated", "derivative"], ["cat", "crop"])
    near = verify_pairs(asked.assign(distance=FAR), load, verify)
    assert near["relation"].tolist() == found["relation"].tolist()
    assert set(opened) == {"camera", "coffee", "cat", "crop"}
