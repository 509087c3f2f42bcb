"""Frames are checked against their declaration, and files are whole or not there."""

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupelab import tables
from dedupelab.errors import OutputError, TableError
from dedupelab.tables import parquet
from dedupelab.tables.parquet import Column, Table

SMALL = Table(
    "small",
    (
        Column("name", pa.string(), "a name"),
        Column("print", pa.uint64(), "a fingerprint", "bits", nullable=True),
        Column("count", pa.int64(), "a count", "things", nullable=True),
        Column("flag", pa.bool_(), "a flag", nullable=True),
        Column("note", pa.string(), "a note", nullable=True),
        Column("share", pa.float64(), "a share", "0..1", nullable=True),
        Column("blob", pa.binary(4), "four bytes", nullable=True),
        Column("when", pa.timestamp("us", tz="UTC"), "a moment", nullable=True),
    ),
    order=("name",),
)


def row(name: str, **values: object) -> dict[str, object]:
    return {"name": name} | values


def test_large_fingerprints_survive_beside_empty_ones(tmp_path):
    """Unsigned integers above 2^63 and above 2^53 are never rounded through floats, even where others are missing."""
    prints = [2**64 - 1, None, 2**63 + 1, 2**53 + 1, 0]
    frame = SMALL.from_rows(row(str(i), print=value) for i, value in enumerate(prints))
    parquet.write(SMALL, frame, tmp_path / "t.parquet")
    found = parquet.read(SMALL, tmp_path / "t.parquet")["print"]
    assert [None if value is pd.NA else int(value) for value in found] == prints


@pytest.mark.parametrize("rows", [0, 1, 9, 25])
def test_blocks_make_the_same_file(tmp_path, monkeypatch, rows):
    """Written in row groups as they come, a table is the file that one write leaves, byte for byte, an empty one too."""
    frame = SMALL.from_rows(row(f"{i:03}", print=i, count=i * i) for i in range(rows))
    blocks = (frame[start : start + 10] for start in range(0, rows, 10))
    original = pq.write_table
    monkeypatch.setattr(parquet.pq, "write_table", lambda *a, **k: original(*a, **k, row_group_size=10))
    parquet.write(SMALL, frame, tmp_path / "one.parquet", "key")
    assert parquet.write_blocks(SMALL, blocks, tmp_path / "blocks.parquet", "key") == rows
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "blocks.parquet").read_bytes()


def test_blocks_that_end_in_an_error_leave_nothing(tmp_path):
    """A block that does not fit, or that cannot be made, leaves no part of a file."""

    def failing():
        yield SMALL.from_rows([row("a")])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        parquet.write_blocks(SMALL, failing(), tmp_path / "t.parquet")
    with pytest.raises(TableError):
        parquet.write_blocks(SMALL, [pd.DataFrame({"name": ["a"]})], tmp_path / "t.parquet")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError):
        parquet.write_blocks(SMALL, [], tmp_path / "file" / "t.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.slow
@settings(deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"name": st.text(st.characters(codec="utf-8")), "print": st.none() | st.integers(0, 2**64 - 1)},
            optional={
                "count": st.none() | st.integers(-(2**63), 2**63 - 1),
                "flag": st.none() | st.booleans(),
                "note": st.none() | st.text(st.characters(codec="utf-8")),
                "share": st.none() | st.floats(0, 1),
                "blob": st.none() | st.binary(min_size=4, max_size=4),
            },
        ),
        max_size=12,
    )
)
def test_rows_come_back_as_they_were(tmp_path_factory, rows):
    """Writing and reading changes nothing, not what is empty either; conforming twice is conforming once."""
    path = tmp_path_factory.getbasetemp() / "law.parquet"
    frame = parquet.write(SMALL, SMALL.from_rows(rows), path)
    read = parquet.read(SMALL, path)
    pd.testing.assert_frame_equal(read, frame)
    pd.testing.assert_frame_equal(SMALL.conform(read), read)
    expected = sorted((r["name"], r["print"]) for r in rows if r["print"] is not None)
    kept = read[read["print"].notna()]
    assert sorted(zip(kept["name"], map(int, kept["print"]), strict=True)) == expected


@settings(deadline=None)
@given(st.permutations([row(name, count=i) for i, name in enumerate("abcdef")]))
def test_row_order_is_the_declared_one(rows):
    """Whatever order rows come in, the table is the same."""
    assert SMALL.from_rows(rows)["name"].tolist() == list("abcdef")


def test_equal_content_gives_equal_bytes(tmp_path):
    """Two files of the same rows and key do not differ, whatever order the rows and columns came in."""
    one = SMALL.from_rows([row("a", count=1), row("b", flag=True)])
    other = one.iloc[::-1][SMALL.names[::-1]].reset_index(drop=True)
    parquet.write(SMALL, one, tmp_path / "one", "key")
    parquet.write(SMALL, other, tmp_path / "other", "key")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.drop(columns="note"), "1 missing (note)"),
        (lambda f: f.assign(extra=1), "1 unknown (extra)"),
        (lambda f: f.assign(count="many"), "expected the declared types"),
        (lambda f: f.assign(name=[None]), "value in every row of name"),
        (lambda f: f.assign(print=-1), "expected the declared types"),
        (lambda f: f.assign(print=0.5), "expected the declared types"),
        (lambda f: f.assign(blob=b"12345"), "expected the declared types"),
        (lambda f: pd.concat([f, f]).assign(name=[1, "b"]), "expected the declared types"),
    ],
)
def test_a_frame_that_does_not_fit_is_refused(change, words):
    """Missing, unknown, mistyped and empty columns are one-line errors that say which."""
    with pytest.raises(TableError) as caught:
        SMALL.conform(change(SMALL.from_rows([row("a")])))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "values", [{"count": "x"}, {"unknown": 1}, {"note": "\udc80"}, {"print": 2**64}, {"name": None}]
)
def test_rows_that_do_not_fit_are_refused(values):
    """Rows are held to the declaration as frames are: nothing is dropped and nothing foreign is raised."""
    with pytest.raises(TableError):
        SMALL.from_rows([row("a") | values])


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    """When the disk fills up half-way, the table from before is still whole and no partial file stays."""
    path = tmp_path / "t.parquet"
    parquet.write(SMALL, SMALL.from_rows([row("old")]), path, "old key")

    def half(_table, where, **_options):
        where.write_bytes(b"PAR1 half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", half)
    with pytest.raises(OutputError, match="No space left"):
        parquet.write(SMALL, SMALL.from_rows([row("new")]), path, "new key")
    assert parquet.read(SMALL, path)["name"].tolist() == ["old"]
    assert parquet.key_of(path) == "old key"
    assert [p.name for p in tmp_path.iterdir()] == ["t.parquet"]


def test_a_folder_that_is_a_file_is_an_output_error(tmp_path):
    """Where no folder can be made, the error is the package's own."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="expected to write"):
        parquet.write(SMALL, SMALL.empty(), tmp_path / "file" / "deeper" / "t.parquet")


def test_a_frame_that_does_not_fit_is_not_written(tmp_path):
    """The check comes before the file."""
    with pytest.raises(TableError):
        parquet.write(SMALL, pd.DataFrame({"name": ["a"]}), tmp_path / "t.parquet")
    assert list(tmp_path.iterdir()) == []


def test_keys(tmp_path):
    """A table gives back its key; what is absent, damaged or without a key has none."""
    parquet.write(SMALL, SMALL.empty(), tmp_path / "keyed", "a key")
    pq.write_table(pa.table({"x": [1]}), tmp_path / "foreign")
    whole = (tmp_path / "keyed").read_bytes()
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    keys = [parquet.key_of(tmp_path / name) for name in ("keyed", "absent", "foreign", "cut")]
    assert keys == ["a key", "", "", ""]


def test_reading_something_else_is_refused(tmp_path):
    """Another table, another type under the same name, or no table at all: a study may delete it, a signed run may not."""
    pq.write_table(pa.table({"x": [1]}), tmp_path / "other")
    schema = pa.schema([f if f.name != "count" else pa.field("count", pa.float64()) for f in SMALL.schema])
    pq.write_table(schema.empty_table(), tmp_path / "mistyped")
    (tmp_path / "text").write_text("no Parquet")
    for name in ("other", "mistyped", "text", "absent"):
        with pytest.raises(TableError, match="a study makes it anew once it is deleted; a run keeps it"):
            parquet.read(SMALL, tmp_path / name)


def test_rows_that_are_packed_are_the_rows():
    """In the table's order, whatever order their parts came in; no part is no row."""
    rows = [{"collection": "a", "catalogue": 0, "number": n, "record_id": f"R{n}", "format": "csv", "outcome": "linked", "title": None if n % 2 else "Pier"} for n in range(1, 8)]  # fmt: skip
    parts = [tables.packed(tables.RECORDS, part) for part in (rows[4:], rows[:4])]
    assert tables.unpacked(tables.RECORDS, parts).equals(tables.RECORDS.from_rows(rows))
    assert len(tables.unpacked(tables.RECORDS, [])) == 0
