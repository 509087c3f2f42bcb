"""Which rows belong together, directly or through others: the connected components of a graph, on arrays."""

import numpy as np
from numpy.typing import NDArray


def components(left: NDArray[np.integer], right: NDArray[np.integer], count: int) -> NDArray[np.int64]:
    """Return the component of each of `count` nodes; numbers follow the smallest node of a component.

    Parameters
    ----------
    left, right
        The nodes, from 0, that each edge joins.
    count
        How many nodes there are, with those that no edge joins.

    Examples
    --------
    >>> components(np.array([3, 1]), np.array([1, 4]), 5).tolist()
    [0, 1, 2, 1, 1]
    """
    from scipy.sparse import coo_array  # noqa: PLC0415  keeps `import dedupelab` light
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    if not count:
        return np.zeros(0, np.int64)
    edges = coo_array((np.ones(len(left), np.bool_), (left, right)), shape=(count, count))
    return np.asarray(connected_components(edges, directed=False)[1], np.int64)
