"""Remembered verdicts: they come back as they were given, a broken-off match goes on, and nothing is looked at twice."""

import numpy as np
import pytest
from skimage import data

from dedupelab import tables
from dedupelab.match.compare import verified_pairs
from dedupelab.match.compare.remembered import Remembered
from dedupelab.match.compare.verification import AlignedComparison
from dedupelab.match.compare.verified_pairs import judge

CAT = data.chelsea()[:, :, 1]
PICTURES = {
    "a": CAT,
    "b": CAT[:, :300].copy(),
    "c": np.ascontiguousarray(CAT[:, ::-1]),
    "d": data.coffee()[::2, ::2, 1],
}
NAMES = np.array(list(PICTURES), object)
DIGESTS = {name: f"sha-{name}" for name in PICTURES}
LEFT, RIGHT = (np.array(ends, np.int32) for ends in zip((0, 1), (0, 2), (0, 3), (1, 2), (2, 3), strict=True))


def remembered(folder, before=None):
    return Remembered.opened(folder, DIGESTS, tables.VERDICTS.empty() if before is None else before)


def judged(memory=None, names=NAMES):
    """Judge the five pairs, one in a task; return them as columns of the pairs table."""
    load = {name: PICTURES[old] for name, old in zip(names, NAMES, strict=True)}.__getitem__
    hint = np.zeros(len(LEFT), np.int8)
    found = judge(LEFT, RIGHT, hint, names, load, AlignedComparison(), remembered=memory, batch=1)
    windows = {k: found.windows[k] for k in sorted(found.windows)}
    return {name: column.tolist() for name, column in found.columns().items()} | {"windows": windows}


@pytest.fixture
def opened(monkeypatch):
    """Return the pairs that were judged, as they are."""
    seen = []
    original = verified_pairs.judge_batch
    monkeypatch.setattr(
        verified_pairs, "judge_batch", lambda task, verifier: seen.extend(task[0]) or original(task, verifier)
    )
    return seen


def same(one, two):
    regions = ("left_region", "right_region")
    for name in one:
        if name in regions:
            assert [None if v is None else list(v) for v in one[name]] == [
                None if v is None else list(v) for v in two[name]
            ]
        else:
            assert one[name] == two[name]


def test_what_was_judged_is_not_judged_again(tmp_path, opened):
    """From its table every verdict comes back as it was, to the last bit, and no picture is opened."""
    first = remembered(tmp_path)
    before = judged(first)
    opened.clear()
    again = remembered(tmp_path / "none", first.table())
    same(judged(again), before)
    assert opened == []
    assert again.table().equals(first.table())


def test_a_match_that_was_broken_off_goes_on(tmp_path, opened, monkeypatch):
    """After two of five pairs the other three are judged, and all are as in one go; a torn part costs its pairs alone."""
    whole = judged()
    opened.clear()
    counting = verified_pairs.judge_batch

    def broken(task, verifier):
        if len(opened) >= 2:
            raise KeyboardInterrupt
        return counting(task, verifier)

    monkeypatch.setattr(verified_pairs, "judge_batch", broken)
    with pytest.raises(KeyboardInterrupt):
        judged(remembered(tmp_path))
    monkeypatch.setattr(verified_pairs, "judge_batch", counting)
    (tmp_path / "part-00007.parquet").write_bytes(b"torn")
    opened.clear()
    same(judged(remembered(tmp_path)), whole)
    assert len(opened) == 3


def test_other_content_is_judged_anew(tmp_path, opened):
    """Pairs that touch a file with other bytes are judged, under whatever name; the verdicts on what is gone are forgotten."""
    first = remembered(tmp_path)
    judged(first)
    opened.clear()
    second = Remembered.opened(tmp_path / "none", DIGESTS | {"d": "sha-other"}, first.table())
    judged(second)
    assert sorted(opened) == [("a", "d", "identity"), ("c", "d", "identity")]
    assert len(second.table()) == 5
