"""The agenda: few pairs are opened, and what they show leads to the others."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupelab.match.candidates import Candidates
from dedupelab.match.pair_selection import COMPLETE, HUBS, NEAREST, likely, nearest


def star(count: int, distances, *, centre: int = 0, first: int = 1) -> list[tuple[int, int, int]]:
    return [
        (centre, first + k, int(d))
        for k, d in zip(range(count), np.broadcast_to(distances, count), strict=True)
    ]


def candidates(rows: list[tuple[int, int, int]], count: int = 10_000) -> Candidates:
    left, right, distance = (np.array(column) for column in zip(*rows, strict=True))
    return Candidates(
        np.array([f"{k:05}" for k in range(count)], object),
        np.minimum(left, right).astype(np.int32),
        np.maximum(left, right).astype(np.int32),
        distance.astype(np.int16),
        np.zeros(len(rows), np.int8),
    )


def homes(*elsewhere: int, count: int = 10_000) -> pd.Series:
    return pd.Series({f"{k:05}": "there" if k in elsewhere else "here" for k in range(count)})


def test_the_nearest_are_opened():
    """Of many near fingerprints each picture's nearest are opened; a pair stays when one of the two wants it."""
    near = star(40, np.arange(40)) + star(40, 50, centre=9_999)
    assert len(nearest(candidates(near), homes())) == 80
    crowd = [row for k in range(40) for row in star(NEAREST, 0, centre=1 + k, first=100 + 20 * k)]
    kept = nearest(candidates(near + crowd), homes())
    of_hub = kept.left == 0
    assert kept.distance[of_hub].tolist() == list(range(NEAREST))
    assert (kept.right == 9_999).sum() == NEAREST


def test_another_collection_is_not_crowded_out():
    """Nearer copies in one's own collection leave room for those of each other collection."""
    both = star(30, 0) + star(3, 60, first=500)
    crowd = [row for k in range(3) for row in star(NEAREST, 0, centre=500 + k, first=600 + 20 * k)]
    kept = nearest(candidates(both + crowd), homes(500, 501, 502))
    assert {500, 501, 502} <= set(kept.right[kept.left == 0].tolist())


def second(*links: str, unrelated: tuple[str, ...] = ()) -> list[str]:
    """Return the pairs of letters that are opened after these."""
    pairs = [*links, *unrelated]
    left, right = (np.array([ord(pair[side]) for pair in pairs], np.int32) for side in (0, 1))
    # Capitals are held by another collection.
    home = np.array([chr(code).isupper() for code in range(128)], np.int32)
    found = likely(left, right, np.arange(len(pairs)) < len(links), home)
    return [chr(one) + chr(two) for one, two in zip(*found, strict=True)]


def test_a_copy_of_a_copy_meets_the_hub():
    """What is linked to one copy is laid beside the picture that most copies are linked to, once."""
    many = [f"a{name}" for name in "bcdfghijk"]
    assert "ae" in second(*many, "de")
    assert "ae" not in second(*many, "de", unrelated=("ae",))
    opened = second(*many, "de")
    assert len(opened) == len(set(opened))


def test_neighbours_of_neighbours_in_another_collection_are_asked():
    """What shares most links with a picture is laid beside it, a few of each collection: its original among them."""
    copies = "bcdefghijk"
    links = (
        [f"A{name}" for name in copies] + [f"{name}x" for name in copies[:6]] + [f"{name}Z" for name in "bc"]
    )
    opened = second(*links)
    assert {"Ax", "Zx"} <= set(opened)


def test_the_ends_of_a_chain_are_asked():
    """Of a few linked pictures every two are opened, so that no chain becomes one work unasked."""
    assert second("ab", "bc", "cd", unrelated=("ad",)) == ["ac", "bd"]


def test_a_collage_meets_the_hubs_of_all_its_parts():
    """Two works that a collage ties together each have a hub, and the collage is laid beside both."""
    assert {"am", "mu"} <= set(second("ab", "ac", "ad", "uv", "uw", "ux", "bm", "mv"))


def test_nothing_was_linked():
    """No links, no second round."""
    assert second(unrelated=("ab",)) == []


@pytest.mark.slow
@given(st.sets(st.tuples(st.sampled_from("abcdefghijklm"), st.sampled_from("abcdefghijklm")), max_size=30))
def test_the_second_round_is_linear(pairs):
    """Pairs are new, ordered, never with oneself, and at most so many a picture."""
    links = sorted({min(p) + max(p) for p in pairs if p[0] != p[1]})
    found = second(*links)
    assert found == sorted(set(found))
    assert all(pair[0] < pair[1] for pair in found)
    assert not set(found) & set(links)
    assert len(found) <= (HUBS + COMPLETE) * len({name for pair in links for name in pair})
