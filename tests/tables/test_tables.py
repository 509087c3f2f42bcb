"""Declarations: every table can be made, written and read, and says what its columns mean."""

import pytest

from dedupelab import tables


@pytest.mark.parametrize("table", tables.ALL, ids=lambda table: table.name)
def test_every_column_is_explained_once(table):
    """Names are unique, each has a meaning, and rows are ordered by columns that are never empty."""
    assert len(set(table.names)) == len(table.names)
    assert all(column.meaning for column in table.columns)
    required = {column.name for column in table.columns if not column.nullable}
    assert set(table.order) <= required


@pytest.mark.parametrize("table", tables.ALL, ids=lambda table: table.name)
def test_an_empty_table_is_a_table(table, tmp_path):
    """No rows keep every column and its type through a file."""
    written = tables.write(table, table.empty(), tmp_path / "t.parquet")
    read = tables.read(table, tmp_path / "t.parquet")
    assert list(read.columns) == table.names
    assert len(read) == 0
    assert dict(read.dtypes) == dict(written.dtypes) == dict(table.empty().dtypes)


def test_links_are_the_strongest_relations():
    """A variant, an unrelated and an undecided pair are no duplicates."""
    assert set(tables.RELATIONS) - set(tables.LINKS) == {"variant", "unrelated", "undecided"}
    assert tables.RELATIONS[: len(tables.LINKS)] == tables.LINKS
