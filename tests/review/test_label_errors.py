"""Reviewers err, and gold pairs say how often: what they say is then no longer taken for the truth."""

import numpy as np

from dedupelab.review.label_errors import Judgements, drawn_truth


def flat(reviewed, copies):
    """Return the parameters of a posterior with Jeffreys' prior."""
    return copies + 0.5, reviewed - copies + 0.5


def drawn(said, pairs):
    random = np.random.default_rng(1)
    return drawn_truth(said, np.zeros(pairs, np.int64), np.ones(pairs, bool), 1, flat, 400, random)


def test_errors_on_gold_pairs_explain_what_was_said_of_others():
    """Of 200 links 5 % were called none: where gold says that 5 % of answers are wrong, the links may well all be right."""
    unit, reviewer = np.arange(200), np.zeros(200, np.int64)
    copy = np.arange(200) % 20 > 0
    wrong = Judgements(unit, reviewer, copy, np.array([[190.0, 190.0]]), np.array([[200.0, 200.0]]))
    sure = Judgements(unit, reviewer, copy, np.array([[2000.0, 2000.0]]), np.array([[2000.0, 2000.0]]))
    assert np.quantile(drawn(wrong, 200)[0], 0.975) > 0.99
    assert np.quantile(drawn(sure, 200)[0], 0.975) < 0.99


def test_who_never_erred_on_gold_may_never_err():
    """Of 200 strangers and 4 copies in one stratum: after 15 right answers of each kind half of the draws and more take every copy
    for one; after one false alarm few do, nor where somebody else called one of them none.
    """  # noqa: D205  one sentence
    unit, reviewer, copy = np.arange(204), np.zeros(204, np.int64), np.arange(204) >= 200
    counts = np.full((1, 2), 15.0)
    whole = [
        drawn(Judgements(unit, reviewer, copy, right, counts), 204)[1][:, 200:].all(axis=1).mean()
        for right in (counts, counts - [[0, 1]])
    ]
    assert whole[0] > 0.6 > 0.3 > whole[1]
    other = np.r_[unit, 200], np.r_[reviewer, 1], np.r_[copy, False]
    order = np.argsort(other[0], kind="stable")
    two = Judgements(*(each[order] for each in other), np.full((2, 2), 15.0), np.full((2, 2), 15.0))
    assert drawn(two, 204)[1][:, 201:].all(axis=1).mean() < whole[0] - 0.2


def test_two_people_who_differ_leave_the_pair_open():
    """Where all else is copies, a pair on which two differ is most likely one, and may be none."""
    unit, reviewer = np.r_[np.arange(50), 49], np.r_[np.zeros(50, np.int64), 1]
    copy = np.r_[np.ones(50, bool), False]
    said = Judgements(unit, reviewer, copy, np.zeros((2, 2)), np.zeros((2, 2)))
    assert said.tested
    truth = drawn(said, 50)[1]
    assert 0.5 < truth[:, 49].mean() < 1 <= truth[:, :10].mean() + 0.01


def test_without_gold_and_double_looks_nothing_is_known_of_errors():
    """One look each says nothing of how often reviewers err."""
    said = Judgements(
        np.arange(3), np.zeros(3, np.int64), np.ones(3, bool), np.zeros((1, 2)), np.zeros((1, 2))
    )
    assert not said.tested
