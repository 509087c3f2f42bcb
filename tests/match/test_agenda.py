"""The agenda: few pairs are opened, and what they show leads to the others."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from dedupelab.match.agenda import (
    COMPLETE,
    FIRST,
    FIRST_ELSEWHERE,
    HUBS,
    NEAREST,
    STRONG,
    first_round,
    second_round,
)


def star(count: int, votes, *, centre: str = "a", far: str = "b") -> pd.DataFrame:
    return pd.DataFrame(
        {"left": centre, "right": [f"{far}{k:03}" for k in range(count)], "distance": 30, "votes": votes}
    )


def both_ends(*stars: pd.DataFrame) -> pd.DataFrame:
    """Give every far end a crowd of its own, so that only the centre can want a pair."""
    crowd = [
        star(NEAREST, STRONG + 100, centre=name, far=f"x-{name}-") for s in stars for name in s["right"]
    ] + [star(FIRST, STRONG - 1, centre=name, far=f"x+{name}+") for s in stars for name in s["right"]]
    return pd.concat([*stars, *crowd], ignore_index=True)


def of(frame: pd.DataFrame, elsewhere: str = "") -> pd.Series:
    names = pd.unique(frame[["left", "right"]].to_numpy().ravel())
    return pd.Series({n: "there" if elsewhere and n.startswith(elsewhere) else "here" for n in names})


def test_a_few_weak_proposals_and_all_near_ones_are_opened():
    """Of weak proposals the first few by votes, of near fingerprints and strong proposals up to a budget."""
    weak = both_ends(star(30, np.arange(30) % 5 + 3))
    kept = first_round(weak, of(weak)).query("left == 'a'")
    assert len(kept) == FIRST
    assert set(kept["votes"]) == {7}
    near = both_ends(star(NEAREST - 1, 0).assign(distance=4))
    assert len(first_round(near, of(near)).query("left == 'a'")) == NEAREST - 1
    strong = both_ends(star(NEAREST + 9, STRONG))
    assert len(first_round(strong, of(strong)).query("left == 'a'")) == NEAREST


def test_another_collection_is_not_crowded_out():
    """Many copies in one's own collection leave room for weaker proposals from each other collection."""
    copies, elsewhere = star(30, STRONG - 1), star(30, 3, far="z")
    both = both_ends(copies, elsewhere)
    kept = first_round(both, of(both, "z")).query("left == 'a'")
    assert kept["right"].str.startswith("z").sum() == FIRST_ELSEWHERE


def test_either_picture_may_want_a_pair():
    """A pair that is last for one and first for the other is opened."""
    crowd = both_ends(star(NEAREST, STRONG + 50))
    lonely = pd.concat([crowd, star(1, 3, far="c")], ignore_index=True)
    assert "c000" in set(first_round(lonely, of(lonely))["right"])


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
