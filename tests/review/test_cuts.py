"""Links that are none may hide a surplus copy that no forest holds: it is counted by how likely it is."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dedupelab.review.cuts import cuts
from dedupelab.review.graph_context import JOINS
from dedupelab.review.sampling import draw
from dedupelab.review.sampling_frame import frame
from dedupelab.review.uncertainty import _Rejoined, propagate, rates

PAIRS = [(f"m{number}", f"n{number}") for number in range(8)]


@pytest.fixture
def stranger(frames):
    """Lay a frame: the stranger `x` was linked to `a` and to `b`, which many votes propose as copies; so do they eight pairs more."""
    names = ["a", "b", "x", *(name for pair in PAIRS for name in pair)]
    links = [("a", "x", "near-identical"), ("b", "x", "near-identical")]
    study = frames([{"id": name} for name in names], pairs=links)
    proposed = pd.DataFrame(
        [(left, right, 80, pd.NA) for left, right in [("a", "b"), *PAIRS]],
        columns=["left", "right", "votes", "distance"],
    )
    return frame(study.images, study.pairs, proposed)


def answers(laid, **said):
    """Return what is known of each unit by the names of its ends; all proposals that would join works are copies."""
    names = (laid.units["left"] + laid.units["right"]).to_numpy()
    known = np.where(laid.units["role"] == JOINS, 1.0, np.nan)
    for name, answer in said.items():
        known[names == name] = answer
    return known


def surplus(laid, known):
    drawn = draw(laid, 300)
    found = rates(drawn, known, ~np.isnan(known))
    return propagate(laid, found, drawn.units["stratum"], known, draws=200)


def test_a_stranger_linked_to_two_copies_is_one_surplus_copy_less(stranger):
    """Both links are none, and nobody was asked whether `a` and `b` are copies: they are as likely as the proposals that were.

    Nine copies of 19 pictures; the forest alone has the eight that join.
    """
    assert stranger.aside[["one", "two"]].to_numpy().tolist() == [[0, 1]]
    totals = surplus(stranger, answers(stranger, ax=0, bx=0))
    assert np.median(totals.draws["surplus"]) == pytest.approx(9, abs=0.1)
    assert (totals.draws["works"] == 19 - totals.draws["surplus"]).all()


def test_where_the_way_around_holds_nothing_meets_again(stranger):
    """One link is none and the other one a copy: then `a` and `b` cannot be copies, as copies of copies are."""
    seen = cuts(stranger, answers(stranger, ax=0, bx=1), np.full(len(stranger.units), 0.9))
    assert (seen.met.tolist(), seen.sure) == ([0.0], 0)


def test_an_error_that_nobody_saw_is_a_way_around_too(stranger):
    """One of the two links was seen to be none, in a stratum where most are: past the other, `a` and `b` meet as likely as proposals are copies."""
    units = stranger.units
    seen = cuts(stranger, answers(stranger, ax=0), np.where(units["role"] == JOINS, 0.9, 0.4))
    assert seen.met.tolist() == [pytest.approx(0.9)]


def test_a_copy_that_was_seen_counts_once(frames):
    """With every pair looked at the surplus is exact: `a` and `b` are copies, `x` is none of theirs."""
    links = [("a", "x", "near-identical"), ("b", "x", "near-identical"), ("a", "b", "undecided")]
    study = frames([{"id": name} for name in "abx"], pairs=links)
    laid = frame(study.images, study.pairs)
    known = answers(laid, ax=0, bx=0, ab=1)
    assert set(surplus(laid, known).draws["surplus"]) == {1.0}
    assert cuts(laid, known, np.full(3, 0.5)).seen.tolist() == [True, True]


def test_errors_that_nobody_saw_hide_copies_too():
    """Where no error was seen among the links, half of those that a draw takes for errors meet again, give or take, two at a time."""
    none = np.zeros(0)
    rejoined = _Rejoined(none.astype(int), none, none, np.arange(40), 0)
    found = rejoined(np.zeros((2000, 40), bool), np.random.default_rng(1))
    assert found.mean() == pytest.approx(10, abs=0.5)
    assert found.std() > 5


def test_hidden_copies_take_nothing_of_the_spread(frames):
    """Of 60 links twelve were looked at, two were none: whether a draw has many errors or few says nothing of what they hide."""
    names = [(f"p{number:02}", f"q{number:02}") for number in range(60)]
    links = [(left, right, "near-identical") for left, right in names]
    study = frames([{"id": name} for pair in names for name in pair], pairs=links)
    laid = frame(study.images, study.pairs)
    known = np.full(60, np.nan)
    known[:12] = np.arange(12) >= 2
    drawn = draw(laid, 12)
    units = drawn.units.assign(drawn=~np.isnan(known))
    found = rates(replace(drawn, units=units), known, ~np.isnan(known))
    totals = propagate(laid, found, drawn.units["stratum"], known, draws=2000)
    copies = totals.copies.sum(axis=1)
    hidden = totals.draws["surplus"] - copies
    assert hidden.max() > 1
    assert abs(np.corrcoef(copies, hidden)[0, 1]) < 0.1
