"""The corrected intervals hold: some simulated studies of benchmarks/review_coverage.py, and what a review does with labels."""

import numpy as np
import pandas as pd
import pytest
from scripts import script

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def coverage():
    return script("benchmarks/review_coverage.py")


PRINTED = ("surplus", "precision", "recall")
"""Totals that the paper prints with an interval or a bound."""


@pytest.mark.parametrize("kind", ["even", "cliques", "erring", "unproposed"])
def test_totals_are_covered(coverage, kind):
    """Of eight studies the interval of each total that is printed misses three at most."""
    table = pd.DataFrame([row for seed in range(8) for row in coverage.check(seed, 300, 100, kind)])
    assert (table[table["total"].isin(PRINTED)].groupby("total")["holds"].sum() >= 5).all()


def test_a_study_is_drawn_again_the_same(coverage):
    """Equal seeds give equal studies, draws and intervals."""
    assert coverage.check(3, 60, 20) == coverage.check(3, 60, 20)


def test_strata_nobody_looked_at_widen_the_bounds_only(coverage):
    """With one stratum of joins unseen, the totals reach from none to all of its pairs, and say how many they are."""
    study, laid = coverage.laid_out(5, "even")
    drawn = coverage.draw(laid, 300, seed=5)
    copies = laid.units["left"].map(study.work).to_numpy() == laid.units["right"].map(study.work).to_numpy()
    name = drawn.plan.loc[(drawn.plan["role"] == "joins"), "stratum"].iloc[0]
    hidden = (drawn.units["stratum"] == name).to_numpy()
    looked = drawn.units["drawn"].to_numpy() & ~hidden
    known = np.where(looked, copies.astype(float), np.nan)
    found = coverage.rates(drawn, known, looked)
    totals = coverage.propagate(laid, found, drawn.units["stratum"], known, draws=50)
    assert totals.open_pairs == hidden.sum()
    assert np.allclose(totals.most["surplus"] - totals.draws["surplus"], hidden.sum())


def test_a_label_counts_whether_or_not_the_pair_before_it_was_skipped(coverage):
    """With the first pair of every stratum skipped, all others of the sample enter the estimate."""
    _study, laid = coverage.laid_out(5, "even")
    drawn = coverage.draw(laid, 100, seed=5)
    looked = drawn.units["drawn"].to_numpy() & (drawn.units["place"] > 1).to_numpy()
    known = np.where(looked, 1.0, np.nan)
    assert coverage.rates(drawn, known, looked)["reviewed"].sum() == looked.sum()


@pytest.mark.parametrize("labels", [40, 60, 300])
def test_a_study_that_is_reopened_is_drawn_as_it_was(coverage, labels):
    """With nothing new, what was laid out gives the same plan and the same pairs, also where labels are fewer than floors."""
    _study, laid = coverage.laid_out(0, "even")
    first = coverage.draw(laid, labels, seed=0)
    again = coverage.draw(laid, labels, seed=0, before=first.laid)
    assert again.plan.equals(first.plan)
    assert again.laid.equals(first.laid)


def test_a_redraw_keeps_every_pair_that_was_drawn(coverage):
    """Another seed or a twentieth of new pairs: what was drawn stays drawn, in its stratum; what is new is a stratum of its own."""
    _study, laid = coverage.laid_out(5, "even")
    first = coverage.draw(laid, 300, seed=1)
    again = coverage.draw(laid, 300, seed=2, before=first.laid)
    assert (again.units["drawn"] == first.units["drawn"]).all()
    assert (again.units["stratum"] == first.units["stratum"]).all()
    old = first.laid.sample(frac=0.95, random_state=1)
    grown = coverage.draw(laid, 300, seed=1, before=old)
    kept = grown.units.index.isin(old.index)
    assert (grown.units["drawn"][kept] >= first.units["drawn"][kept]).all()
    assert grown.units["stratum"][~kept].str.endswith("added 1").all()
    assert not grown.units["stratum"][kept].str.endswith("added 1").any()
