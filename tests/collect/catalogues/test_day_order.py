"""Which of day and month stands first, as a column proves it."""

import pytest

from dedupelab.collect.catalogues.day_order import orders


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["25/12/2015", "01/02/2016"], ({"day"}, True)),
        (["12/25/2015"], ({"month"}, False)),
        (["05/05/2015", "1931"], (set(), False)),
    ],
)
def test_what_a_column_proves(texts, found):
    """A number above twelve is a day; equal ones need no proof."""
    assert orders(texts) == found
