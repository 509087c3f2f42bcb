"""Agreement is between people: one person's second look is no second opinion."""

import numpy as np
import pandas as pd
import pytest

from dedupelab.review.agreement import agreement, cohen


def looks(*rows):
    frame = pd.DataFrame(rows, columns=["left", "right", "reviewer", "label", "purpose"])
    return frame.assign(number=range(1, len(frame) + 1))


def test_one_persons_repeats_are_no_agreement_between_people():
    """Eighteen pairs looked at twice by one person, of which one otherwise: no kappa, and 17 of 18 on a line of their own."""
    pairs = [(f"a{n:02d}", f"b{n:02d}") for n in range(18)]
    first = [(*pair, "Ada", "same", "first") for pair in pairs]
    again = [(*pair, "Ada", "different" if pair[0] == "a00" else "same", "second") for pair in pairs]
    found = {result.id: result for result in agreement(looks(*first, *again))}
    assert found["V.kappa"].value is None
    assert (found["V.repeats"].numerator, found["V.repeats"].denominator) == (17, 18)


def test_two_people_are_compared_by_what_each_said_first():
    """Of a pair that one looked at twice and another once, the two first answers count."""
    pairs = [(f"a{n:02d}", f"b{n:02d}") for n in range(12)]
    said = [(*p, "Ada", "same" if k % 2 else "different", "first") for k, p in enumerate(pairs)]
    own = [(*p, "Ada", "cannot-tell", "second") for p in pairs]
    other = [(*p, "Bo", "same" if k % 2 else "different", "second") for k, p in enumerate(pairs)]
    found = {result.id: result for result in agreement(looks(*said, *own, *other))}
    assert (found["V.kappa"].value, found["V.kappa"].denominator) == (1.0, 12)
    assert found["V.repeats"].value == 0


@pytest.mark.parametrize(("copies", "error"), [(0.95, 0.12), (0.8, 0.04), (0.5, 0.12)])
def test_kappa_of_few_pairs_is_held(copies, error):
    """Two people err on 30 pairs each by themselves, 300 reviews: 93 % of the intervals hold kappa, whatever share are copies.

    They agree on (1 - e)^2 + e^2 of the pairs, and say "copy" of c (1 - e) + (1 - c) e. The asymptotic interval alone holds it in 76 %
    where 95 % are copies.
    """
    random = np.random.default_rng(4)
    agree, says = (1 - error) ** 2 + error**2, copies * (1 - error) + (1 - copies) * error
    chance = says**2 + (1 - says) ** 2
    kappa, held = (agree - chance) / (1 - chance), []
    for _ in range(300):
        true = random.random(30) < copies
        one, two = (true ^ (random.random(30) < error) for _ in range(2))
        table = np.array([[(one & two).sum(), (one & ~two).sum()], [(~one & two).sum(), (~one & ~two).sum()]])
        if (bounds := cohen(table)[1].bounds) is not None:
            held.append(bounds[0] <= kappa <= bounds[1])
    assert np.mean(held) >= 0.93
