"""Votes kept from one time to the next."""

import numpy as np
import pandas as pd
import pytest

from dedupelab import tables
from dedupelab.match.search import descriptor_cells
from dedupelab.match.search.descriptor_index import DescriptorIndex
from dedupelab.match.search.descriptors import KEPT, WAVES, Descriptors
from dedupelab.match.search.kept_votes import kept_tables, known_votes
from dedupelab.match.search.voting import vote

WORKS = 8


def drawn(work: int, copy: int) -> Descriptors:
    """Make a picture's descriptors: those of its work, each a little off."""
    own, other = np.random.default_rng(work), np.random.default_rng([work, copy])
    codes = own.normal(0, 30, (KEPT, len(WAVES))) + other.normal(0, 4, (KEPT, len(WAVES)))
    places = own.integers(30, 200, (KEPT, 4)) + other.integers(0, 3, (KEPT, 4))
    return Descriptors(np.clip(codes, -127, 127).astype(np.int8), places.astype(np.uint8), (512, 384))


@pytest.fixture(scope="module")
def pictures():
    """Five copies of each of eight works, by name."""
    return {f"{work}-{copy}": drawn(work, copy) for work in range(WORKS) for copy in range(5)}


def voted(pictures, kept=None):
    """Vote as the gear does; return the tables, and how many pictures were taken as fresh."""
    index = DescriptorIndex.of(sorted(pictures.items()))
    digests = pd.Series([f"digest of {name}" for name in index.names])
    known = known_votes(index, digests, *(kept or (tables.VOTERS.empty(), tables.VOTED.empty())))
    tally, crowded = vote(index, known=known)
    voters = kept[0] if kept else tables.VOTERS.empty()
    found = kept_tables(index, digests, tally, crowded, known, voters)
    return found, int(known.fresh.sum()) if known else len(index)


def without(pictures, *names):
    return {name: picture for name, picture in pictures.items() if name not in names}


def test_a_new_picture_votes_alone_to_the_same_end(pictures):
    """Two pictures that came later are all that votes, and the votes of all are those of voting from the start."""
    before, _ = voted(without(pictures, "3-2", "0-0"))
    (_, after), fresh = voted(pictures, before)
    assert fresh == 2
    (_, whole), _ = voted(pictures)
    assert len(whole) == WORKS * 10
    pd.testing.assert_frame_equal(after, whole)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("undivided", [600_000, 100])
def test_whatever_comes_and_goes_ends_alike(pictures, seed, undivided, monkeypatch):
    """Few at a time come, change and go, in cells whole and divided: the votes kept are those of voting from the start."""
    monkeypatch.setattr(descriptor_cells, "UNDIVIDED", undivided)
    rng = np.random.default_rng(seed)
    names = sorted(pictures)
    there = set(rng.permutation(names)[:37].tolist())
    kept, _ = voted({name: pictures[name] for name in there})
    for came, went in ((1, 2), (2, 0), (0, 3), (0, 0)):
        gone = set(rng.permutation(sorted(there))[:went].tolist())
        new = set(rng.permutation(sorted(set(names) - there))[:came].tolist())
        there = there - gone | new
        now = {name: pictures[name] for name in there}
        kept, fresh = voted(now, kept)
        assert fresh == came
        pd.testing.assert_frame_equal(kept[1], voted(now)[0][1])


@pytest.mark.slow
def test_a_picture_that_has_gone_takes_its_votes_along(pictures):
    """Nobody votes anew when a picture is removed, and no pair names it."""
    before, _ = voted(pictures)
    (voters, after), fresh = voted(without(pictures, "3-2"), before)
    assert fresh == 0
    assert "3-2" not in set(voters["image_id"])
    pd.testing.assert_frame_equal(after, voted(without(pictures, "3-2"))[0][1])


@pytest.mark.slow
def test_a_changed_file_votes_again(pictures):
    """A picture of the same name with another file is a new one."""
    changed = pictures | {"3-2": drawn(5, 9)}
    (voters, votes), _ = voted(pictures)
    voters = voters.assign(sha256=voters["sha256"].replace("digest of 3-2", "another"))
    (_, after), fresh = voted(changed, (voters, votes))
    assert fresh == 1
    pd.testing.assert_frame_equal(after, voted(changed)[0][1])


@pytest.mark.slow
def test_everything_votes_again_when_much_is_new(pictures):
    """More than a tenth new, at once or bit by bit, and nothing is taken over."""
    names = sorted(pictures)
    before, _ = voted(without(pictures, *names[:5]))
    assert voted(pictures, before)[1] == len(names)
    for count in (2, 1):
        before, fresh = voted(without(pictures, *names[:count]), before if count == 1 else None)
    assert fresh == 1
    little, _ = voted(without(pictures, *names[:4]))
    bit, fresh = voted(without(pictures, *names[:2]), little)
    assert fresh == 2
    assert voted(pictures, bit)[1] == len(names)


def test_other_cells_mean_another_vote(pictures):
    """What was found in other cells is not taken over."""
    (voters, votes), _ = voted(pictures)
    assert voted(pictures, (voters.assign(parts=8), votes))[1] == len(pictures)


def test_nothing_is_left(pictures):
    """When every picture has gone, nothing votes, and nothing is kept."""
    before, _ = voted(pictures)
    after, fresh = voted({}, before)
    assert (fresh, *map(len, after)) == (0, 0, 0)
