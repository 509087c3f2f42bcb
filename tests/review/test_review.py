"""What a review asks beside pairs, and what it tells: random files to search for, gold pairs, and the same numbers once reopened."""

import numpy as np
import pytest

from dedupelab import tables
from dedupelab.errors import LabelError
from dedupelab.review.gold import COPY
from dedupelab.review.labels import DUPLICATE, LabelStore
from dedupelab.review.review import Review


@pytest.fixture
def reopened(frames, tmp_path):
    """Open the review of twelve pictures, some of them twice: `aa` is `a` by digest, `b` linked to `a`, `c` to `d`; `low` is blank."""
    images = [{"id": name, "phash": number % 2 * (2**64 - 1)} for number, name in enumerate("abcdefghijkl")]
    images[0]["payload_sha256"] = "p-a"
    images += [{"id": "aa", "payload_sha256": "p-a", "phash": 0}, {"id": "low", "information": 0.1}]
    study = frames(images, pairs=[("a", "b", "near-identical"), ("c", "d", "derivative")])

    def open_() -> Review:
        store = LabelStore(tmp_path / "labels.sqlite")
        return Review(store, study.images, study.pairs, tables.PROPOSED.empty(), 20, 1)

    return open_


def test_a_file_is_searched_for_once(reopened):
    """A search is saved, with what it found or with nothing, and the file is asked no more; what was found is decided, too."""
    review = reopened()
    asked = review.unsearched()["image"].tolist()
    assert sorted(asked) == sorted([*"abcdefghijkl", "aa"])
    assert len(review.searched("e", [], reviewer="Ada", note="by date and by words")) == 1
    assert len(review.searched("g", ["h", "i"], reviewer="Ada")) == 2
    assert reopened().unsearched()["image"].tolist() == [name for name in asked if name not in {"e", "g"}]
    assert set(review.labels["purpose"]) == {"search"}
    assert review.decided.placed[["left", "right"]].to_numpy().tolist() == [["g", "h"], ["g", "i"]]
    assert len(review.pending("Ada")) == len(review.sheet) + len(review.gold)


def test_what_a_search_finds_is_counted(reopened):
    """Two files searched for, of one a copy that nothing proposed: half of the files; a linked copy is none that was missed."""
    review = reopened()
    review.searched("e", ["f"], reviewer="Ada")
    review.searched("c", ["d"], reviewer="Ada")
    found = review.assess(draws=10).search.result
    assert (found.numerator, found.denominator) == (1, 2)


def test_only_drawn_files_are_searched_for(reopened):
    """A file that was not drawn would have been chosen, and says nothing of the others."""
    with pytest.raises(LabelError, match="one of the files drawn for a search"):
        reopened().searched("low", [], reviewer="Ada")


def test_feedback_counts_gold_pairs_of_one_reviewer(reopened):
    """Of three gold pairs one right, one wrong, one not told: one of two. Who answered none has none."""
    review = reopened()
    for row, said in zip(review.gold.itertuples(), ("right", "wrong", "cannot-tell"), strict=False):
        copy = (row.stratum == COPY) == (said == "right")
        label = said if said == "cannot-tell" else DUPLICATE[0] if copy else "different"
        review.decide(row.left, row.right, label, reviewer="Ada")
    assert review.feedback("Ada") == (1, 2)
    assert review.feedback("Bo") == (0, 0)


def test_a_review_tells_the_same_once_reopened(reopened):
    """Labels given to an open review and found by another come to the same draw and the same totals."""
    review = reopened()
    for task in review.pending("Ada").itertuples():
        review.decide(task.left, task.right, "same", reviewer="Ada")
    one, other = review.assess(draws=20), reopened().assess(draws=20)
    assert one.drawn.plan.equals(other.drawn.plan)
    assert np.array_equal(one.totals.draws["surplus"], other.totals.draws["surplus"])
