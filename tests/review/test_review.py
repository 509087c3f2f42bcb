"""What a review asks beside pairs, and what it tells: random files to search for, gold pairs, and the same numbers once reopened."""

import numpy as np
import pytest

from dedupelab import tables
from dedupelab.errors import LabelError
from dedupelab.review.accuracy import accuracy
from dedupelab.review.gold import COPIES, PLANTED, STRANGERS, planted
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
    """Of the files up to "c" one has a copy that nothing proposed; a linked copy is none that was missed. What was searched for
    out of turn counts once all before it were.
    """  # noqa: D205  one sentence
    review = reopened()
    *before, asked = review.files["image"].tolist()[: review.files["image"].tolist().index("c") + 1]
    review.searched("c", ["d"], reviewer="Ada")
    assert review.assess(draws=10).search.searched == 0
    for name in before:
        review.searched(name, ["f"] if name == "e" else [], reviewer="Ada")
    found = review.assess(draws=10).search.result
    assert (asked, found.numerator, found.denominator) == ("c", 1, len(before) + 1)


def test_what_nobody_could_decide_is_an_assumption_that_is_said(reopened):
    """The interval of a review with a pair on which nobody could tell names it; with none it names none."""
    review = reopened()
    first, *others = review.sheet.itertuples()
    for row in others:
        review.decide(row.left, row.right, "same", reviewer="Ada")
    assert "nobody could decide" not in str(review.assess(draws=10).method)
    review.decide(first.left, first.right, "cannot-tell", reviewer="Ada")
    assert "if pairs that nobody could decide (1) are like others" in str(review.assess(draws=10).method)


def test_only_drawn_files_are_searched_for(reopened):
    """A file that was not drawn would have been chosen, and says nothing of the others."""
    with pytest.raises(LabelError, match="one of the files drawn for a search"):
        reopened().searched("low", [], reviewer="Ada")


def test_feedback_counts_gold_pairs_of_one_reviewer(reopened):
    """Of three gold pairs one right, one wrong, one not told: one right of two. Who answered none has none."""
    review = reopened()
    for row, said in zip(review.gold.itertuples(), ("right", "wrong", "cannot-tell"), strict=False):
        copy = (row.stratum in COPIES) == (said == "right")
        label = said if said == "cannot-tell" else DUPLICATE[0] if copy else "different"
        review.decide(row.left, row.right, label, reviewer="Ada")
    assert sorted(review.feedback("Ada")["right_answer"]) == [False, True]
    assert len(review.feedback("Bo")) == 0


def test_what_was_told_cannot_be_mended(reopened):
    """Once told, an undo does not reach back, a second answer and an undo by other ways do not count; what is asked later counts."""
    review = reopened()
    row = review.gold.iloc[0]
    wrong, right = ("different", "same") if row["stratum"] in COPIES else ("same", "different")
    pair = row["left"], row["right"]
    first = review.decide(*pair, right, reviewer="Ada")
    assert review.undo("Ada").decision == first.decision
    said = review.decide(*pair, wrong, reviewer="Ada")
    assert list(review.feedback("Ada")["right_answer"]) == [False]
    assert review.undo("Ada") is None
    review.store.undo(said.decision, reviewer="Ada")
    review.decide(*pair, right, reviewer="Ada")
    assert list(review.decided.gold["label"]) == [wrong]
    assert row["draw"] not in set(review.pending("Ada")["draw"])
    later = review.gold.iloc[1]
    assert review.decide(later["left"], later["right"], "same", reviewer="Ada").decision
    assert set(review.decided.gold["draw"]) == {row["draw"], later["draw"]}
    assert review.undo("Ada").draw == later["draw"]


def test_when_a_gold_pair_comes_cannot_be_counted_out(frames, tmp_path):
    """Between the gold pairs of a long sheet lie now few, now many others: no rhythm tells the next one."""
    images = [{"id": f"i{n:03d}", "phash": n % 2 * (2**64 - 1)} for n in range(300)]
    pairs = [(f"i{n:03d}", f"i{n + 1:03d}", "near-identical") for n in range(0, 298, 2)]
    study = frames(images, pairs=pairs)
    review = Review(
        LabelStore(tmp_path / "l.sqlite"), study.images, study.pairs, tables.PROPOSED.empty(), 150, 1
    )
    asked = review.pending("Ada")["draw"].isin(review.gold["draw"]).to_numpy()
    gaps = np.diff(np.flatnonzero(asked))
    assert asked.sum() == len(review.gold) >= 10
    assert gaps.min() < 0.6 * gaps.mean() < 1.4 * gaps.mean() < gaps.max()


def test_planted_copies_are_asked_like_any_pair(reopened):
    """Each stands beside its original, on either side, under a name and a digest of its own; right answers count as right."""
    review = reopened()
    rows = review.gold[review.gold["stratum"] == PLANTED]
    assert len(rows) >= 1
    assert STRANGERS in set(review.gold["stratum"])
    for row in rows.itertuples():
        copy = planted(row.left) or planted(row.right)
        assert copy.original in {row.left, row.right}
        assert review.decide(row.left, row.right, "derivative", reviewer="Ada").purpose == "gold"
    assert review.feedback("Ada")["right_answer"].all()
    assert set(reopened().decided.gold["stratum"]) == {PLANTED}
    assert len(reopened().decided.absent) == 0
    with pytest.raises(LabelError, match="image_id of this study"):
        review.decide("a", "a+00000000ffff", "same", reviewer="Ada")


def test_a_search_finds_only_what_is_asked_nowhere_else(reopened):
    """Neither the file itself nor what is linked to it, nor equal files; all others."""
    review = reopened()
    assert review.findable("aa") == review.findable("a") == list("cdefghijkl")
    assert "low" not in review.findable("e")


def test_undoing_a_search_takes_all_it_found_back(reopened):
    """Two copies of one search were one answer; the file is asked again."""
    review = reopened()
    review.searched("g", ["h", "i"], reviewer="Ada")
    assert review.undo("Ada").purpose == "search"
    assert len(review.decided.searched) == 0
    assert "g" in set(review.unsearched()["image"])


def test_equal_files_are_asked_about_one_by_one(frames, tmp_path):
    """Two drawn files of the same bytes are two files: an answer on one is none on the other."""
    study = frames([{"id": "a", "sha256": "one"}, {"id": "b", "sha256": "one"}, {"id": "c"}])
    review = Review(
        LabelStore(tmp_path / "labels.sqlite"), study.images, study.pairs, tables.PROPOSED.empty(), 20, 1
    )
    for name in ("a", "b"):
        review.searched(name, [], reviewer="Ada")
        review.person(name, "no", reviewer="Ada")
    assert list(review.unsearched()["image"]) == ["c"]
    assert len(review.decided.persons) == 2


def test_persons_seen_are_counted_with_an_interval(reopened):
    """Of four files looked at one shows somebody, on one nobody could tell: 1 of 3, the last answer counts.

    The fourth file shows nobody or somebody: from the lower exact end of 1 of 4 to the upper of 2 of 4, as bounds. So does one that
    was searched for without an answer: who answers only where somebody is seen has seen no more. What was answered out of turn waits.
    """

    def seen():
        return next(each for each in accuracy(review.assess(draws=10)) if each.id == "M17.seen")

    review = reopened()
    assert not review.started
    first, second, third, fourth, fifth, sixth = review.files["image"][:6]
    review.person(sixth, "yes", reviewer="Ada")
    assert review.started
    assert seen().value is None
    for name, answer in {first: "no", second: "yes", third: "cannot-tell", fourth: "yes"}.items():
        review.person(name, answer, reviewer="Ada")
    review.person(fourth, "no", reviewer="Ada")
    found = seen()
    assert (found.numerator, found.denominator, found.grade) == (1, 3, "B")
    assert found.interval_kind == "bounds"
    assert found.interval == pytest.approx((0.00631, 0.93241), abs=1e-4)
    assert found.caveats
    review.person(third, "no", reviewer="Ada")
    assert (seen().denominator, seen().interval_kind) == (4, "sampling")
    review.searched(fifth, [], reviewer="Ada")
    assert (seen().denominator, seen().interval_kind) == (5, "bounds")
    with pytest.raises(LabelError, match="yes, no, cannot-tell"):
        review.person(fourth, "same", reviewer="Ada")


def test_labels_count_on_when_equal_files_come_or_metadata_change(frames, tmp_path):
    """Of six pairs that were drawn and decided none is drawn anew where a file is stored again under another name or loses its caption."""
    images = [{"id": f"{kind}{n}", "payload_sha256": f"p{kind}{n}"} for n in range(6) for kind in "ab"]
    pairs = [(f"a{n}", f"b{n}", "near-identical") for n in range(6)]

    def opened(images):
        study = frames(images, pairs=pairs)
        store = LabelStore(tmp_path / "labels.sqlite")
        return Review(store, study.images, study.pairs, tables.PROPOSED.empty(), 20, 1)

    review = opened(images)
    for row in review.sheet.itertuples():
        review.decide(row.left, row.right, "same", reviewer="Ada")
    before = review.drawn.units.set_index(["left", "right"])[["stratum", "wave", "number"]]
    edited = [{**image, "sha256": "0" * 60 + f"{number:04}"} for number, image in enumerate(images)]
    again = [{"id": f"z{n}", "payload_sha256": f"pa{n}", "sha256": f"{n}" * 64} for n in range(6)]
    for later in (images + again, edited, edited + again):
        units = opened(later).drawn.units.set_index(["left", "right"])[["stratum", "wave", "number"]]
        assert units.equals(before)


def test_a_name_in_other_letters_sits_at_the_same_desk(reopened):
    """Whoever decided as Ann is not asked again as ANN for a second opinion, and takes her own decision back."""
    review = reopened()
    for task in review.pending("Ann").itertuples():
        if task.purpose == "first":
            review.decide(task.left, task.right, "same", reviewer="Ann")
    assert review.pending("ANN").equals(review.pending("Ann"))
    assert review.undo("ann ") is not None


def test_a_review_tells_the_same_once_reopened(reopened):
    """Labels given to an open review and found by another come to the same draw and the same totals."""
    review = reopened()
    for task in review.pending("Ada").itertuples():
        review.decide(task.left, task.right, "same", reviewer="Ada")
    one, other = review.assess(draws=20), reopened().assess(draws=20)
    assert one.drawn.plan.equals(other.drawn.plan)
    assert np.array_equal(one.totals.draws["surplus"], other.totals.draws["surplus"])
