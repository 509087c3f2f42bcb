"""Local features of pictures."""

import numpy as np

from dedupelab.match.search.features import spread


def test_spread_deals_evenly():
    """A detailed corner does not take all places: every occupied cell has its strongest point before any has two."""
    crowd = np.random.default_rng(0).uniform(0, 10, (500, 2))
    lone = np.array([[95.0, 95.0], [55.0, 15.0]])
    points = np.concatenate([crowd, lone]).astype(np.float32)
    response = np.r_[np.full(500, 9.0), 0.1, 0.1].astype(np.float32)
    assert set(spread(points, response, (100, 100), 3)) >= {500, 501}
    assert len(spread(points, response, (100, 100), 1000)) == 502
