"""The agenda: few pairs are opened, and what they show leads to the others."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from dedupelab.match.agenda import (
    COMPLETE,
    HUBS,
    NEAREST,
    first_round,
    second_round,
)


def star(count: int, votes, *, centre: str = "a", far: str = "b") -> pd.DataFrame:
    return pd.DataFrame(
        {"left": centre, "right": [f"{far}{k:03}" for k in range(count)], "distance": 30, "votes": votes}
    )


def of(frame: pd.DataFrame, elsewhere: str = "") -> pd.Series:
    names = pd.unique(frame[["left", "right"]].to_numpy().ravel())
    return pd.Series({n: "there" if elsewhere and n.startswith(elsewhere) else "here" for n in names})


def test_the_nearest_are_opened():
    """Of many near fingerprints each picture's nearest are opened; a pair stays when one of the two wants it."""
    near = pd.concat(
        [star(40, 0).assign(distance=np.arange(40)), star(40, 0, centre="z").assign(distance=50)],
        ignore_index=True,
    )
    kept = first_round(near, of(near))
    assert len(kept) == 80
    crowd = [star(NEAREST, 0, centre=f"b{k:03}", far=f"x{k:03}-").assign(distance=0) for k in range(40)]
    crowded = pd.concat([near, *crowd], ignore_index=True)
    kept = first_round(crowded, of(crowded))
    assert kept.query("left == 'a'")["distance"].tolist() == list(range(NEAREST))
    assert len(kept.query("left == 'z'")) == NEAREST


def test_another_collection_is_not_crowded_out():
    """Nearer copies in one's own collection leave room for those of each other collection."""
    both = pd.concat([star(30, 0), star(3, 0, far="there").assign(distance=60)], ignore_index=True)
    kept = first_round(both, of(both, "there")).query("left == 'a'")
    assert kept["right"].str.startswith("there").sum() == 3


def test_what_has_votes_is_opened():
    """Proposals by descriptors were chosen before and are all opened."""
    voted = star(40, 7)
    assert len(first_round(voted, of(voted))) == 40


def opened(*links: str, unrelated: tuple[str, ...] = ()) -> pd.DataFrame:
    rows = [(p[0], p[1], "derivative") for p in links] + [(p[0], p[1], "unrelated") for p in unrelated]
    return pd.DataFrame(rows, columns=["left", "right", "relation"])


def test_a_copy_of_a_copy_meets_the_hub():
    """What is linked to one copy is laid beside the picture that most copies are linked to, once."""
    many = [f"a{name}" for name in "bcdfghijk"]
    found = second_round(opened(*many, "de"))
    assert found[["left", "right"]].to_numpy().tolist() == [["a", "e"]]
    assert found["transform"].tolist() == ["identity"]
    assert len(second_round(opened(*many, "de", unrelated=("ae",)))) == 0


def test_the_ends_of_a_chain_are_asked():
    """Of a few linked pictures every two are opened, so that no chain becomes one work unasked."""
    found = second_round(opened("ab", "bc", "cd", unrelated=("ad",)))
    assert found[["left", "right"]].to_numpy().tolist() == [["a", "c"], ["b", "d"]]


def test_a_collage_meets_the_hubs_of_all_its_parts():
    """Two works that a collage ties together each have a hub, and the collage is laid beside both."""
    found = second_round(opened("ab", "ac", "ad", "uv", "uw", "ux", "bm", "mv"))
    assert {("a", "m"), ("m", "u")} <= {tuple(p) for p in found[["left", "right"]].to_numpy()}


def test_nothing_was_linked():
    """No links, no second round."""
    assert len(second_round(opened(unrelated=("ab",)))) == 0


@given(st.sets(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), max_size=20))
def test_the_second_round_is_linear(pairs):
    """Pairs are new, ordered, never with oneself, and at most so many a picture."""
    links = sorted({(min(p), max(p)) for p in pairs if p[0] != p[1]})
    verified = opened(*("".join(p) for p in links))
    found = second_round(verified)
    listed = [tuple(p) for p in found[["left", "right"]].to_numpy()]
    assert listed == sorted(set(listed))
    assert all(left < right for left, right in listed)
    assert not set(listed) & set(links)
    assert len(listed) <= (HUBS + COMPLETE) * len({n for p in links for n in p})
