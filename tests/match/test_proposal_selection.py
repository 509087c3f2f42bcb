"""What is opened explains the picture in all its parts."""

import numpy as np
import pandas as pd

from dedupelab.match.proposal_selection import FIRST, FIRST_ELSEWHERE, FRESH_WITHIN, STRONG, worth_opening


def proposals(*covers: range, ends: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give picture 0 a proposal for each range of its descriptors; far pictures have many better ones of their own."""
    rows, votes = [], []
    for far, cover in enumerate(covers, start=1):
        votes += [(len(rows), place, k) for k, place in enumerate(cover)]
        rows.append((0, far, len(cover)))
        for other in range(ends):
            number = 1000 + far * 100 + other
            votes += [(len(rows), k, k) for k in range(150)]
            rows.append((far, number, 150))
    return pd.DataFrame(votes, columns=["pair", "left", "right"]), pd.DataFrame(
        rows, columns=["left", "right", "votes"]
    )


def opened_of_first(
    votes: pd.DataFrame, pairs: pd.DataFrame, collections: np.ndarray | None = None
) -> list[int]:
    home = np.zeros(100_000, np.int64) if collections is None else collections
    wanted = worth_opening(votes, pairs, home)
    return pairs.loc[wanted & (pairs["left"] == 0), "right"].tolist()


def test_the_photograph_in_a_window_is_opened():
    """Thirty pictures share the window with more votes; the one that explains the rest is opened all the same."""
    assert 31 in opened_of_first(*proposals(*[range(60)] * 30, range(60, 80), ends=8))


def test_every_part_of_a_collage_is_opened():
    """Copies of one part do not keep those of the others out."""
    parts = [range(k, k + 15) for k in (0, 15, 30, 45)]
    covers = [part for part in parts for _ in range(20)]
    opened = opened_of_first(*proposals(*covers, ends=8))
    assert {(far - 1) // 20 for far in opened} == {0, 1, 2, 3}
    assert len(opened) < 30


def test_few_weak_proposals_are_opened():
    """Of proposals that explain the same few places a few are opened in each collection."""
    weak = proposals(*[range(3)] * 30, ends=8)
    assert len(opened_of_first(*weak)) == FIRST
    elsewhere = np.zeros(100_000, np.int64)
    elsewhere[1:31] = 1
    assert len(opened_of_first(*weak, elsewhere)) == FIRST_ELSEWHERE


def test_the_ninth_part_of_a_collage_is_opened():
    """Weak as it is, what explains something that no other proposal explains has its turn; of many such, some."""
    parts = proposals(*[range(8 * k, 8 * k + STRONG - 2) for k in range(9)], ends=8)
    assert opened_of_first(*parts) == list(range(1, 10))
    many = proposals(*[range(5 * k, 5 * k + STRONG - 3) for k in range(30)], ends=8)
    assert len(opened_of_first(*many)) == FRESH_WITHIN


def test_nothing_proposed():
    """No votes, no pairs."""
    assert len(worth_opening(*proposals(), np.zeros(0, np.int64))) == 0
