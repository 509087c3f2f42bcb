"""Descent by identifiers that strangers wrote: a graph without circles, and what cannot be true named."""

import networkx as nx
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from dedupelab.evidence.metadata.lineage import BEGAN, COLUMNS, DERIVED, Lineage, lineage


def descent(**copies: dict[str, str]) -> Lineage:
    """Lineage of copies by name: d document, o original, i instance, p parent."""
    short = dict(zip("doip", COLUMNS[1:], strict=True))
    rows = [{"image_id": name, **{short[k]: v for k, v in said.items()}} for name, said in copies.items()]
    return lineage(pd.DataFrame(rows, columns=list(COLUMNS)))


def test_parents_there_and_parents_named_only():
    """A master, a crop of it, a crop of that by its instance, a copy of something nobody holds, a copy that says nothing."""
    found = descent(
        a={"d": "master", "i": "m1"}, b={"d": "crop", "i": "c1", "p": "master"}, c={"d": "small", "p": "c1"}, e={"d": "x", "p": "lost"}, f={},
    )  # fmt: skip
    assert sorted(found.graph.edges) == [("crop", "small"), ("lost", "x"), ("master", "crop")]
    assert (found.absent, found.circles, found.split, found.odd) == (("lost",), (), (), False)
    assert found.graph.nodes["f"]["copies"] == ("f",)


def test_what_a_document_began_as_is_another_kind_of_edge():
    """An original that is not the parent is an edge of its own; one that repeats the parent, or the document, is none."""
    found = descent(
        a={"d": "x", "p": "mid", "o": "first"}, b={"d": "y", "p": "x", "o": "x"}, c={"d": "z", "o": "z"}
    )
    kinds = {(one, other): kind for one, other, kind in found.graph.edges(data="kind")}
    assert kinds == {("mid", "x"): DERIVED, ("first", "x"): BEGAN, ("x", "y"): DERIVED}


def test_a_circle_is_named_and_not_followed():
    """Three documents that derive from each other in a ring: the ring is reported, its edges go, what hangs on it stays."""
    found = descent(
        a={"d": "x", "p": "z"}, b={"d": "y", "p": "x"}, c={"d": "z", "p": "y"}, e={"d": "w", "p": "x"}
    )
    assert found.circles == (("x", "y", "z"),)
    assert sorted(found.graph.edges) == [("x", "w")]
    assert found.odd


def test_a_document_that_is_its_own_parent():
    """Named as a circle of one, by its document or its instance; no edge."""
    found = descent(a={"d": "x", "p": "x"}, b={"d": "y", "i": "y1", "p": "y1"})
    assert found.circles == (("x",), ("y",))
    assert not found.graph.edges


def test_two_copies_of_one_document():
    """One node with both copies; where they name different parents, that is named, and both parents stand."""
    same = descent(a={"d": "x", "p": "m"}, b={"d": "x", "p": "m"}, c={"d": "x"})
    assert (same.graph.nodes["x"]["copies"], same.split) == (("a", "b", "c"), ())
    other = descent(a={"d": "x", "p": "m"}, b={"d": "x", "p": "n"})
    assert (other.split, sorted(other.graph.edges)) == (("x",), [("m", "x"), ("n", "x")])
    assert other.odd


NAME = st.sampled_from(["", "x", "y", "z", "w"])


@given(st.lists(st.tuples(NAME, NAME, NAME, NAME), min_size=1, max_size=7))
def test_any_claims_end_in_a_graph_without_circles(rows):
    """Whatever files say: it ends, has no circle, holds every copy once, and does not depend on the order of rows."""
    frame = pd.DataFrame([(f"i{n}", *row) for n, row in enumerate(rows)], columns=list(COLUMNS))
    found = lineage(frame)
    assert nx.is_directed_acyclic_graph(found.graph)
    held = [copy for _node, copies in found.graph.nodes(data="copies") for copy in copies]
    assert sorted(held) == frame["image_id"].tolist()
    again = lineage(frame.iloc[::-1])
    assert (again.circles, again.split) == (found.circles, found.split)
    assert set(again.graph.edges) == set(found.graph.edges)


def test_groups_are_counted(frames):
    """Of four groups three state a lineage (3/4): one among its copies (1/3), one in a circle (1/3), one of a lost parent."""
    said = [({"document_id": "x"}, {"document_id": "y", "derived_from": "x"}),
            ({"document_id": "x", "derived_from": "y"}, {"document_id": "y", "derived_from": "x"}),
            ({"document_id": "x", "derived_from": "lost"}, {}), ({"document_id": "x"}, {})]  # fmt: skip
    images = [
        {"id": f"i{n}{letter}", **row}
        for n, pair in enumerate(said)
        for letter, row in zip("ab", pair, strict=True)
    ]
    found = frames(images, [[[f"i{n}a", f"i{n}b"]] for n in range(4)]).results(["a"])
    values = {name: (r.numerator, r.denominator) for name, r in found.items() if name.startswith("M6l.")}
    assert values == {"M6l.stated": (3, 4), "M6l.inside": (1, 3), "M6l.odd": (1, 3)}
