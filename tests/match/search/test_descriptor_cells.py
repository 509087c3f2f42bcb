"""The fixed division of the space of descriptors."""

import numpy as np
import pytest

from dedupelab.match.search.descriptor_cells import (
    PROBES,
    SIGNS,
    cell_count,
    cells_of,
    orbits,
    parts_for,
    turned,
)


@pytest.fixture(scope="module")
def codes():
    spread = np.random.default_rng(1).normal(0, 25, (3000, 32))
    return np.clip(np.rint(spread), -127, 127).astype(np.int8)


@pytest.mark.parametrize("parts", [1, 8, 64])
def test_cells_are_closed(codes, parts):
    """The cell of a mirrored or inverted descriptor is the mirrored or inverted cell, and all of them are compared together."""
    plain = cells_of(codes, parts)
    for form, signs in enumerate(SIGNS):
        cells = cells_of(codes * signs, parts)
        assert np.mean(cells[:, 0] == plain[:, 0] ^ turned(form, parts)) > 0.99
        np.testing.assert_array_equal(
            orbits(plain ^ np.uint32(turned(form, parts)), parts), orbits(plain, parts)
        )
    assert plain.max() < cell_count(parts)


@pytest.mark.parametrize("parts", [1, 8])
def test_each_cell_is_named_once(codes, parts):
    """A descriptor is looked for in as many different cells as it has probes."""
    ordered = np.sort(cells_of(codes, parts), axis=1)
    assert ordered.shape == (len(codes), PROBES)
    assert (np.diff(ordered.astype(int), axis=1) > 0).all()


@pytest.mark.parametrize(("parts", "least"), [(1, 0.9), (64, 0.8)])
def test_near_descriptors_meet(codes, parts, least):
    """Of descriptors as far apart as those that vote, most share a cell that one of them is in."""
    rng = np.random.default_rng(2)
    other = np.clip(codes + np.rint(rng.normal(0, 6, codes.shape)), -127, 127).astype(np.int8)
    one, two = cells_of(codes, parts), cells_of(other, parts)
    met = (one == two[:, :1]).any(axis=1) | (two == one[:, :1]).any(axis=1)
    assert met.mean() > least


def test_cells_grow_with_what_is_in_them():
    """Twice the descriptors never mean more than the members that a cell is to have, up to the finest division."""
    for count in (10**6, 10**7, 10**8):
        assert 75 < count / cell_count(parts_for(count)) <= 150
