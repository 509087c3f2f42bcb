import numpy as np
import pytest
from scipy.special import ndtri

from dedupelab.errors import ConfigError
from dedupelab.numbers.draws import Correlation, Streams, correlation, reordered


def normals(*correlations):
    """Draw two standard normals from streams."""
    streams = Streams(20_000, 1, correlations)
    return ndtri(streams.uniform("one")), ndtri(streams.uniform("other"))


@pytest.mark.parametrize("rank", [0.8, -0.5, 0.0])
def test_two_normals_by_hand(rank):
    """A rank correlation of r is one of 2 sin(pi r / 6) between normals: their sum has the variance 2 + 2 x that.

    0.8 gives 0.8135 and a deviation of 1.9044; -0.5 gives -0.5176 and 0.9822; 0 gives 1.4142.
    """
    one, other = normals(Correlation("one", "other", rank)) if rank else normals()
    assert correlation(one, other) == pytest.approx(rank, abs=0.02)
    assert (one + other).std() == pytest.approx({0.8: 1.9044, -0.5: 0.9822, 0.0: 1.4142}[rank], rel=0.01)


def test_each_input_keeps_its_draws():
    """Correlations change the order of draws and nothing else; inputs that are not tied stay as they were."""
    tied, free = Streams(1000, 1, (Correlation("a", "b", 0.7),)), Streams(1000, 1)
    for name in ("a", "b"):
        assert np.sort(tied.uniform(name)) == pytest.approx(np.sort(free.uniform(name)))
    assert tied.uniform("c").tolist() == free.uniform("c").tolist()


def test_three_inputs_are_tied_at_once():
    """Ties that share an input hold together, whichever is asked for first."""
    ties = (Correlation("a", "b", 0.6), Correlation("b", "c", 0.6))
    streams = Streams(20_000, 1, ties)
    c, a, b = (streams.uniform(name) for name in "cab")
    assert [correlation(a, b), correlation(b, c), correlation(a, c)] == pytest.approx(
        [0.6, 0.6, 0.0], abs=0.03
    )
    assert Streams(20_000, 1, ties).uniform("a").tolist() == a.tolist()


def test_what_cannot_hold_at_once_is_refused():
    """Three inputs of which each two oppose each other by 0.9 do not exist."""
    ranks = np.full((3, 3), -0.9)
    np.fill_diagonal(ranks, 1)
    with pytest.raises(ConfigError, match="expected ranks that can hold at once"):
        reordered([np.arange(100.0)] * 3, ranks, 1)
