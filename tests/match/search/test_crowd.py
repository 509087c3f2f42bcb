"""Descriptors that are near to too many."""

import numpy as np

from dedupelab.match.search import crowd
from dedupelab.match.search.crowd import Crowd, among, met, thinned

VOTE = np.dtype([("left", np.uint32), ("right", np.uint32), ("form", np.uint8)])


def drawn(count: int, descriptors: int) -> np.ndarray:
    """Draw votes, some descriptors in many of them."""
    rng = np.random.default_rng(1)
    votes = np.zeros(count, VOTE)
    for side in ("left", "right"):
        votes[side] = (rng.random(count) ** 4 * descriptors).astype(np.uint32)
    return votes


def test_what_is_left_out_early_would_not_be_counted(tmp_path, monkeypatch):
    """Thinned part by part or not at all, the same descriptors are a crowd in the end, and the same votes without one remain."""
    monkeypatch.setattr(crowd, "CROWD", 15)
    votes = drawn(4000, 900)
    plain, early = (Crowd(tmp_path / name, 4) for name in ("plain", "early"))
    plain.add(*met(votes))
    kept = []
    for part in np.split(votes, 4):
        some, out = thinned(part)
        early.add(*met(some))
        early.add(*out)
        kept.append(some)
    bits = plain.bits()
    np.testing.assert_array_equal(early.bits(), bits)
    assert 0 < np.unpackbits(bits).sum() < 900
    remain = [each[~among(each["left"], bits) & ~among(each["right"], bits)] for each in (votes, *kept)]
    assert sum(map(len, kept)) < len(votes)
    np.testing.assert_array_equal(np.concatenate(remain[1:]), remain[0])
    counts = np.bincount(np.concatenate([votes["left"], votes["right"]]), minlength=1024)
    np.testing.assert_array_equal(among(np.arange(1024, dtype=np.uint32), bits), counts > 30)
