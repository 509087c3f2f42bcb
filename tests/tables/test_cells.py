"""Cells of CSV files."""

from hypothesis import example, given
from hypothesis import strategies as st

from dedupelab.tables.cells import guarded, unguarded

SIGNS = "=+-@\t\r\n＝＋－＠"


@given(st.text(st.sampled_from([*SIGNS, "'", "a", "1", "陳"]), max_size=6))
@example("'=1")
@example("''a")
@example("＝cmd")
def test_what_was_written_comes_back(text):
    """Every text survives, and none begins with a sign that a spreadsheet runs."""
    cell = guarded(text)
    assert unguarded(cell) == text
    assert not cell.startswith(tuple(SIGNS))
