"""Connected components on arrays."""

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedupelab.tables.components import components


@given(st.integers(0, 12), st.data())
def test_components_are_those_of_networkx(count, data):
    """Two nodes have one number where a path joins them, and numbers follow the smallest node of each component."""
    node = st.integers(0, max(count - 1, 0))
    edges = data.draw(st.lists(st.tuples(node, node), max_size=15 if count else 0))
    graph = nx.Graph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from(edges)
    left, right = (np.array([edge[side] for edge in edges], np.int64) for side in (0, 1))
    parts = sorted(nx.connected_components(graph), key=min)
    expected = {node: number for number, part in enumerate(parts) for node in part}
    assert components(left, right, count).tolist() == [expected[node] for node in range(count)]


def test_an_edge_given_many_times_is_one():
    """As many equal edges as a byte cannot count still join their nodes."""
    edges = np.zeros(256, np.int64), np.ones(256, np.int64)
    assert components(*edges, 2).tolist() == [0, 0]
