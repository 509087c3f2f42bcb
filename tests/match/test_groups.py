"""Groups: what links join, how firmly, and how many works that can be."""

import time

import networkx as nx
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupelab import tables
from dedupelab.match.groups import build_groups, cohesion, linked_parts, works

Link = tuple[str, str, float]


def pairs(*links: tuple[str, str, str, float]) -> pd.DataFrame:
    return tables.PAIRS.from_rows(
        {"left": a, "right": b, "relation": relation, "score": score, "transform": "identity", "reason": "", "cross_collection": False}
        for a, b, relation, score in links
    )  # fmt: skip


def images(*names: str, size: int = 100) -> pd.DataFrame:
    return tables.IMAGES.from_rows(
        {"image_id": n, "collection": f"c{i % 2}", "path": n, "bytes": size + i, "status": "hashed", "sha256": f"digest of {n}",
         "ai_label": "no-label", "c2pa": "none", "has_gps": False}
        for i, n in enumerate(names)
    )  # fmt: skip


def test_links_join_and_nothing_else_does():
    """Variants, unrelated and undecided pairs make no group; each image is in at most one."""
    frame = pairs(
        ("a", "b", "near-identical", 0.9),
        ("b", "c", "derivative", 0.7),
        ("d", "e", "variant", 0.4),
        ("f", "g", "undecided", 0.4),
        ("h", "i", "unrelated", 0.1),
        ("j", "k", "byte-identical", 1.0),
    )
    groups, members = build_groups(images(*"abcdefghijk"), frame)
    found = members.groupby("group_id")["image_id"].agg("".join).tolist()
    assert sorted(found) == ["abc", "jk"]
    assert members["image_id"].is_unique
    assert groups["images"].sum() == len(members)


def test_a_refuted_chain_is_two_works():
    """A-B-C whose ends were examined and are unrelated: one group, two works; the weaker link gives way."""
    chain = (("a", "b", "near-identical", 0.9), ("b", "c", "derivative", 0.7))
    for refuting, expected in (("unrelated", 2), ("variant", 2), ("undecided", 1)):
        groups, members = build_groups(images(*"abc"), pairs(*chain, ("a", "c", refuting, 0.1)))
        assert groups["works"].tolist() == [expected]
        work = members.set_index("image_id")["work"]
        assert work["a"] == work["b"]
        assert (work["c"] == work["a"]) == (expected == 1)
    assert build_groups(images(*"abc"), pairs(*chain))[0]["works"].tolist() == [1]


def test_bytes_of_all_but_one_per_work_are_redundant():
    """The largest copy of each work is kept."""
    frame = images(*"abc", size=100)  # 100, 101, 102 bytes
    chain = (("a", "b", "near-identical", 0.9), ("b", "c", "derivative", 0.7))
    (one,) = build_groups(frame, pairs(*chain))[0].to_dict("records")
    assert (one["bytes"], one["redundant_bytes"], one["collections"]) == (303, 201, 2)
    (two,) = build_groups(frame, pairs(*chain, ("a", "c", "unrelated", 0)))[0].to_dict("records")
    assert (two["bytes"], two["redundant_bytes"]) == (303, 100)


def test_identifiers_follow_content_only():
    """Renaming the pictures, and giving rows in another order, changes no group's identifier."""
    links = [("a", "b", "near-identical", 0.9), ("b", "c", "derivative", 0.7), ("d", "e", "derivative", 0.8)]
    frame = images(*"abcde")
    before, _ = build_groups(frame, pairs(*links))
    renaming = dict(zip("abcde", "zyxwv", strict=True))
    renamed = frame.assign(image_id=frame["image_id"].map(renaming), path="p" + frame["path"])
    swapped = [(*sorted((renaming[a], renaming[b])), r, s) for a, b, r, s in links[::-1]]
    after, _ = build_groups(renamed.iloc[::-1], pairs(*swapped))
    pd.testing.assert_frame_equal(before, after)
    changed = frame.assign(sha256=frame["sha256"].replace("digest of a", "other"))
    assert len(set(before["group_id"]) - set(build_groups(changed, pairs(*links))[0]["group_id"])) == 1


def test_nothing_to_join():
    """No pairs give empty tables with their columns."""
    groups, members = build_groups(images("a"), tables.PAIRS.empty())
    assert (len(groups), len(members), linked_parts(tables.PAIRS.empty())) == (0, 0, {})
    assert list(groups.columns) == tables.GROUPS.names


@st.composite
def graphs(draw: st.DrawFn) -> list[Link]:
    """Draw a connected graph with scores."""
    count = draw(st.integers(2, 9))
    tree = [(draw(st.integers(0, n - 1)), n) for n in range(1, count)]
    more = draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=14))
    edges = sorted({tuple(sorted(e)) for e in [*tree, *more] if e[0] != e[1]})
    return [(f"i{a}", f"i{b}", draw(st.sampled_from([0.2, 0.5, 0.5, 0.75, 1.0]))) for a, b in edges]


@settings(deadline=None)
@given(graphs())
def test_cohesion_is_what_networkx_says(links):
    """Diameter and bridges as networkx; at the weakest link the group hangs together, above it it falls apart."""
    found = cohesion(pd.DataFrame(links, columns=["left", "right", "score"]))
    graph = nx.Graph()
    graph.add_weighted_edges_from(links)
    assert found["diameter"] == nx.diameter(graph)
    assert found["bridges"] == len(list(nx.bridges(graph)))
    for above in (False, True):
        part = nx.Graph()
        part.add_nodes_from(graph)
        part.add_edges_from(
            (a, b)
            for a, b, s in links
            if (s > found["weakest_link"] if above else s >= found["weakest_link"])
        )
        assert nx.is_connected(part) != above


@settings(deadline=None)
@given(graphs(), st.randoms(use_true_random=False))
def test_no_work_holds_a_refuted_pair(links, random):
    """Works part the members, never hold a refuted pair, and do not depend on the order of rows."""
    names = sorted({n for a, b, _ in links for n in (a, b)})
    linked = {(a, b) for a, b, _ in links}
    open_pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :] if (a, b) not in linked]
    refuted = pd.DataFrame(random.sample(open_pairs, len(open_pairs) // 2), columns=["left", "right"])
    frame = pd.DataFrame(links, columns=["left", "right", "score"])
    found = works(names, frame, refuted)
    assert set(found) == set(names)
    assert set(found.values()) == set(range(len(set(found.values()))))
    assert not any(found[a] == found[b] for a, b in refuted.itertuples(index=False))
    assert works(names[::-1], frame.sample(frac=1, random_state=1), refuted) == found
    if refuted.empty:
        assert set(found.values()) == {0}


def test_a_large_star_is_quick():
    """2,000 copies of one picture take well under the time a person would wait."""
    names = [f"i{n:05d}" for n in range(2000)]
    frame = pairs(*((names[0], name, "byte-identical", 1.0) for name in names[1:]))
    started = time.perf_counter()
    groups, members = build_groups(images(*names), frame)
    assert time.perf_counter() - started < 10
    assert groups[["images", "works", "diameter", "bridges"]].to_numpy().tolist() == [[2000, 1, 2, 1999]]
    assert len(members) == 2000


def test_a_large_star_with_a_refuted_pair_is_quick():
    """Twenty thousand links are joined without comparing everything with everything."""
    names = [f"i{n:05d}" for n in range(20_000)]
    frame = pd.DataFrame({"left": names[0], "right": names[1:], "score": 1.0})
    started = time.perf_counter()
    found = works(names, frame, pd.DataFrame({"left": [names[1]], "right": [names[2]]}))
    assert time.perf_counter() - started < 10
    assert sorted(set(found.values())) == [0, 1]
