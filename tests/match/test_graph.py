"""The graph says what the tables say, and other programs can read it."""

from xml.etree import ElementTree as ET

import networkx as nx
import pytest

from dedupelab import tables
from dedupelab.errors import ConfigError, OutputError
from dedupelab.match.graph import duplicate_graph, write_graph

EVIL = "a\x00b\x0b\ufffe<i>&\"'\u202e 照片\u3000📷\r\nnext\ttab"


@pytest.fixture
def study():
    images = tables.IMAGES.from_rows(
        {"image_id": n, "collection": c, "path": EVIL, "bytes": 3, "status": s, "ai_label": "no-label", "c2pa": "none",
         "has_gps": False, "creator": EVIL if n == "a" else None, "width": 4 if s == "hashed" else None}
        for n, c, s in [("a", "x", "hashed"), ("b", "y", "hashed"), ("c", "y", "hashed"), ("d", "z", "hashed"), ("e", "z", "unreadable")]
    )  # fmt: skip
    pairs = tables.PAIRS.from_rows(
        {"left": a, "right": b, "relation": r, "score": 0.5, "transform": "identity", "reason": EVIL, "cross_collection": True,
         "left_region": [0, 0, 1, 1]}
        for a, b, r in [("a", "b", "derivative"), ("b", "c", "near-identical"), ("c", "d", "variant"), ("a", "d", "unrelated")]
    )  # fmt: skip
    members = tables.MEMBERS.from_rows(
        {"group_id": "g", "image_id": n, "role": "copy", "work": w} for n, w in (("a", 0), ("b", 0), ("c", 1))
    )
    return images, pairs, members


def test_links_are_edges_and_nothing_else(study):
    """Variants and unrelated pairs are no edges; lone and unreadable images are no nodes unless asked for."""
    graph = duplicate_graph(*study)
    assert set(graph) == {"a", "b", "c"}
    assert set(map(frozenset, graph.edges)) == {frozenset("ab"), frozenset("bc")}
    assert set(duplicate_graph(*study, lone=True)) == {"a", "b", "c", "d"}
    assert graph.nodes["a"]["group"] == "g"
    assert "group" not in duplicate_graph(*study, lone=True).nodes["d"]
    assert graph.edges["a", "b"]["relation"] == "derivative"


def test_attributes_are_plain(study):
    """Missing values are absent, numbers are numbers, text has no characters that XML forbids and keeps all others."""
    graph = duplicate_graph(*study)
    assert "creator" not in graph.nodes["b"]
    assert graph.nodes["a"]["creator"] == "ab<i>&\"'\u202e 照片\u3000📷 next tab"
    assert {type(v) for _, facts in graph.nodes(data=True) for v in facts.values()} <= {str, int, float, bool}
    assert "distance" not in graph.edges["a", "b"]


@pytest.mark.parametrize("ending", [".graphml", ".gexf", ".GraphML"])
def test_files_are_read_back(study, tmp_path, ending):
    """Both formats give the same nodes, edges and attributes again, are well-formed, and equal graphs are equal bytes."""
    graph = duplicate_graph(*study, lone=True)
    path = write_graph(graph, tmp_path / f"one{ending}")
    write_graph(duplicate_graph(*study, lone=True), tmp_path / f"other{ending}")
    assert path.read_bytes() == (tmp_path / f"other{ending}").read_bytes()
    ET.parse(path)
    found = nx.read_gexf(path) if ending == ".gexf" else nx.read_graphml(path)
    assert set(found) == set(graph)
    assert set(map(frozenset, found.edges)) == set(map(frozenset, graph.edges))
    assert {k: found.nodes["a"][k] for k in graph.nodes["a"]} == graph.nodes["a"]
    assert {k: found.edges["a", "b"][k] for k in graph.edges["a", "b"]} == graph.edges["a", "b"]


def test_an_empty_graph_is_a_file(tmp_path):
    """No duplicates is a result, too."""
    path = write_graph(nx.Graph(), tmp_path / "none.graphml")
    assert len(nx.read_graphml(path)) == 0


def test_where_it_cannot_be_written(tmp_path):
    """Another ending, no folder, a folder in its place: one line, and nothing half-written."""
    with pytest.raises(ConfigError, match=r"ending in \.graphml or \.gexf"):
        write_graph(nx.Graph(), tmp_path / "graph.png")
    (tmp_path / "taken.gexf").mkdir()
    for place in (tmp_path / "absent" / "g.graphml", tmp_path / "taken.gexf"):
        with pytest.raises(OutputError, match="expected to write") as caught:
            write_graph(nx.Graph(), place)
        assert "\n" not in str(caught.value)
    assert [p.name for p in tmp_path.iterdir()] == ["taken.gexf"]


def test_a_failed_write_keeps_the_old_file(tmp_path):
    """A graph that turns out not to be writable leaves the file from before."""
    path = write_graph(nx.path_graph(["a", "b"]), tmp_path / "g.graphml")
    before = path.read_bytes()
    bad = nx.Graph()
    bad.add_node("a", value=object())
    with pytest.raises((nx.NetworkXError, TypeError)):
        write_graph(bad, path)
    assert path.read_bytes() == before
