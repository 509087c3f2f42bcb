import codecs
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupelab.errors import ConfigError
from dedupelab.registers.register_csv import columns, read_csv, write_csv, write_forms
from dedupelab.registers.register_fields import KINDS, checked
from dedupelab.registers.registers import Registers, Written

INCIDENT = {
    "kind": "dispute", "opened": "2026-01-05", "closed": "2026-01-20", "organisation": "片庫", "days": "4", "value_per_day": "1,500",
    "amount": "", "currency": "hkd", "attribution": "0.5", "evidence": "ab" * 32, "confidentiality": "members", "source": "letter 12",
}  # fmt: skip
LICENCE = {
    "asset": "agency/1.jpg", "licensor": "Agency", "licensee": "Press", "fee": "900", "currency": "HKD", "scope": "web", "territory": "HK",
    "start": "2026-01-01", "end": "2026-12-31", "source": "invoice 4",
}  # fmt: skip
ASSUMPTION = {"value": "110", "unit": "HKD per hour", "source_type": "survey", "source": "survey 2", "owner": "Kai", "date": "2026-02-01"}  # fmt: skip
WORKFLOW = {"date": "2026-02-01", "organisation": "Press", "step": "review", "minutes": "20", "items": "60", "source": "timed log"}  # fmt: skip
EXAMPLES = {
    "incident": INCIDENT, "licence": LICENCE, "assumption": ASSUMPTION, "workflow": WORKFLOW,
    "decision": {"date": "2026-02-01", "decision": "threshold 10", "reason": "pilot", "decided_by": "board", "source": "minutes"},
    "intended": {"asset": "archive/masters/*", "reason": "access copies", "source": "policy"},
}  # fmt: skip


@pytest.fixture
def registers(tmp_path):
    return Registers(tmp_path / "registers.sqlite")


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_comes_back_as_it_was_meant(registers, kind):
    """Numbers as numbers, codes in capitals, empty as nothing, with an id, the time and the writer."""
    assert registers.add(kind, [EXAMPLES[kind]], who="Mei", now=datetime(2026, 3, 1, tzinfo=UTC)) == Written(
        1, 0, 0
    )
    row = registers.read(kind).iloc[0]
    assert row["id"].startswith(f"{kind}-")
    assert (row["who"], row["recorded"]) == ("Mei", "2026-03-01T00:00:00+00:00")
    if kind == "incident":
        assert (row["days"], row["value_per_day"], row["currency"]) == (4.0, 1500.0, "HKD")
        assert row["amount"] != row["amount"]


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("licence", {"fee": "-3"}, "expected fee to be a number from 0 upwards, got '-3'"),
        ("licence", {"fee": "nan"}, "expected fee to be a number"),
        ("licence", {"fee": ""}, "expected fee .what was paid., got none"),
        ("licence", {"currency": "HKX"}, "ISO 4217 code such as HKD, got 'HKX'"),
        ("licence", {"start": "2026-12-31", "end": "2026-01-01"}, "expected end on or after start"),
        ("licence", {"start": "31/12/2026"}, "year-month-day such as 2026-03-31, got '31/12/2026'"),
        ("licence", {"start": "2026-02-30"}, "year-month-day"),
        ("licence", {"start": "0026-02-03"}, "got '0026-02-03'; write it so .*, from the year 1900 on"),
        ("incident", {"days": ""}, "expected days for value_per_day, got none beside 1500; give the days stalled"),
        ("incident", {"attribution": "1.2"}, "a share from 0 to 1, got '1.2'"),
        ("incident", {"source": " "}, "expected source .* got none"),
        ("incident", {"currency": ""}, "expected a currency for value_per_day, got none"),
        ("incident", {"evidence": "letter.pdf"}, "SHA-256 digests of 64 hexadecimal digits"),
        ("incident", {"kind": "quarrel"}, "one of dispute, stall, reacquisition, got 'quarrel'"),
        ("assumption", {"value": "", "p50": "5", "p90": "3"}, "expected 0 < p50 <= p90, got p50 5 and p90 3"),
        ("assumption", {"low": "200", "high": "300"}, "expected low <= value <= high"),
        ("assumption", {"value": ""}, "got none; give one of these forms"),
        ("workflow", {"items": "1.5"}, "a whole number from 1 upwards, got '1.5'"),
        ("workflow", {"minutes": "0"}, "expected minutes above 0"),
        ("licence", {"fee": "1e300"}, "a number from 0 upwards, at most 1,000,000,000,000, got '1e300'"),
        ("incident", {"days": "1e6", "closed": ""}, r"expected at most [\d,]+ days, from 2026-01-05 to 20\d\d-.*, got 1e.06; correct the days or the dates"),
        ("incident", {"opened": "2026-01-01", "closed": "2026-01-05", "days": "6"}, "expected at most 5 days, from 2026-01-01 to 2026-01-05, got 6"),
        ("decision", {"colour": "red"}, "got colour; rename or remove"),
        ("incident", {"opened": "2126-01-05", "closed": ""}, r"expected opened to be a day that has been, by 20\d\d-.*, got 2126-01-05; correct it"),
        ("incident", {"closed": "2126-01-20"}, "expected closed to be a day that has been"),
        ("workflow", {"date": "2126-02-01"}, "expected date to be a day that has been"),
        ("licence", {"fee": "1.234,50"}, "expected fee to be a number from 0 upwards, got '1.234,50'"),
        ("licence", {"fee": "1，200"}, "expected fee to be a number from 0 upwards"),
        ("incident", {"attribution": "50"}, "a share from 0 to 1, got '50'"),
        ("incident", {"attribution": "50%"}, "a share from 0 to 1, got '50%'"),
    ],
)  # fmt: skip
def test_indefensible_entries_are_refused(registers, kind, change, message):
    """Expected, got, remedy; and nothing is written, not even the good entries beside."""
    with pytest.raises(ConfigError, match=message):
        registers.add(kind, [EXAMPLES[kind], EXAMPLES[kind] | change], who="Mei")
    assert len(registers.read(kind)) == 0


def test_one_licence_is_not_written_down_twice(registers):
    """Overlapping dates of one asset, licensor and licensee are refused; another use, licensor or time is not."""
    registers.add("licence", [LICENCE | {"id": "a"}], who="Mei")
    with pytest.raises(
        ConfigError,
        match=r"licence b: expected dates that do not overlap licence a .* got 2026-06-01 to no end",
    ):
        registers.add("licence", [LICENCE | {"id": "b", "start": "2026-06-01", "end": ""}], who="Mei")
    others = [{"scope": "print"}, {"licensor": "Archive"}, {"start": "2027-01-01", "end": ""}]
    assert registers.add("licence", [LICENCE | o for o in others], who="Mei").new == 3
    registers.add("licence", [LICENCE | {"id": "a", "fee": "800"}], who="Kai")
    assert registers.read("licence")["fee"].tolist() == [800.0, 900.0, 900.0, 900.0]


def test_one_licence_is_not_written_down_twice_in_other_letters(registers):
    """Case, width, spaces and stops make no other party, scope or territory."""
    registers.add("licence", [LICENCE | {"id": "a", "licensor": "Agency Ltd"}], who="Mei")
    again = {
        "id": "b",
        "licensor": "ＡＧＥＮＣＹ, Ltd.",
        "licensee": " press",
        "scope": "Web",
        "territory": "ＨＫ",
    }
    with pytest.raises(ConfigError, match="dates that do not overlap licence a"):
        registers.add("licence", [LICENCE | again], who="Mei")


def test_nothing_stalls_longer_than_it_has_lasted(registers):
    """An open incident of 1 March can have stalled a use for three days on 3 March, and no more, wherever on earth that is written. Times to come, as the clock says what has been."""
    now = datetime(2100, 3, 2, 11, tzinfo=UTC)
    row = INCIDENT | {"opened": "2100-03-01", "closed": ""}
    assert registers.add("incident", [row | {"days": "3"}], who="Mei", now=now).new == 1
    with pytest.raises(ConfigError, match="expected at most 3 days, from 2100-03-01 to 2100-03-03, got 4"):
        registers.add("incident", [row | {"days": "4"}], who="Mei", now=now)
    with pytest.raises(ConfigError, match="by 2100-03-03, got 2100-03-04"):
        registers.add("incident", [row | {"opened": "2100-03-04"}], who="Mei", now=now)


def test_a_correction_keeps_what_was(registers):
    """The corrected entry stands; both are in the history; an id is not reused by accident."""
    registers.add("decision", [EXAMPLES["decision"] | {"id": "d1"}], who="Mei")
    with pytest.raises(ConfigError, match="expected a new id, got one that Mei wrote on"):
        registers.add("decision", [EXAMPLES["decision"] | {"id": "d1"}], who="Kai", correct=False)
    assert registers.add(
        "decision", [EXAMPLES["decision"] | {"id": "d1", "reason": "two pilots"}], who="Kai"
    ) == Written(0, 1, 0)
    assert registers.read("decision")["reason"].tolist() == ["two pilots"]
    assert registers.history("decision")["reason"].tolist() == ["pilot", "two pilots"]


def test_a_withdrawn_entry_no_longer_counts(registers):
    """Withdrawing needs a reason; the entry stays in the history with it."""
    registers.add("decision", [EXAMPLES["decision"] | {"id": "d1"}], who="Mei")
    with pytest.raises(ConfigError, match="expected the id of an entry that stands and a reason"):
        registers.withdraw("decision", "d1", " ", who="Kai")
    registers.withdraw("decision", "d1", "written by mistake", who="Kai")
    assert len(registers.read("decision")) == 0
    assert registers.history("decision")["withdrawn"].tolist() == [None, "written by mistake"]


@pytest.mark.parametrize("kind", KINDS)
def test_csv_comes_back_the_same(registers, kind, tmp_path):
    """An export that is imported again changes nothing; it opens as UTF-8 in spreadsheets."""
    registers.add(kind, [EXAMPLES[kind] | {"id": "一"}], who="Mei")
    path = write_csv(kind, registers.read(kind), tmp_path / "out" / f"{kind}.csv")
    assert path.read_bytes().startswith(codecs.BOM_UTF8)
    assert registers.add(kind, read_csv(kind, path), who="Kai") == Written(0, 0, 1)


@given(text=st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1).map(str.strip).filter(bool))
@settings(max_examples=60, deadline=None)
def test_no_text_runs_as_a_formula_and_none_is_changed(tmp_path_factory, text):
    """Whatever was written comes back; in the file no cell starts as a formula does."""
    import pandas as pd

    folder = tmp_path_factory.mktemp("csv")
    entry = checked("decision", EXAMPLES["decision"] | {"reason": text})
    path = write_csv("decision", pd.DataFrame([entry | {"id": "d", "who": "=1+1"}]), folder / "d.csv")
    assert read_csv("decision", path)[0]["reason"] == entry["reason"]
    import csv

    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "＝", "＋"))] == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("asset,reason\nx,y\n".encode("utf-16"), None),
        (b"\xef\xbb\xbfasset;reason\r\nx;y\r\n;\r\n", None),
        ("asset,reason\n照片,y\n".encode("big5"), "expected UTF-8"),
        (b"asset,raeson\nx,y\n", "got 'raeson'; did you mean reason"),
        (b"asset,reason\nx,y,z\n", "row 2: expected 2 cells, got 3"),
        (b"asset,asset\nx,y\n", "each column once"),
        (b"", "got ''"),
        (b"asset,reason\nx,\0\n", "zero bytes"),
    ],
)
def test_files_of_spreadsheets(tmp_path, data, message):
    """UTF-8 and UTF-16 with marks, other separators and empty lines are read; what would be guessed is refused."""
    path = tmp_path / "intended.csv"
    path.write_bytes(data)
    if message:
        with pytest.raises(ConfigError, match=message):
            read_csv("intended", path)
    else:
        assert read_csv("intended", path) == [{"asset": "x", "reason": "y"}]


def test_forms_to_start_from(tmp_path):
    """One empty CSV for each register, which imports as nothing, and a text that names every column."""
    written = write_forms(tmp_path / "registers")
    guide = written[-1].read_text("utf-8")
    for kind, path in zip(KINDS, written, strict=False):
        assert read_csv(kind, path) == []
        assert all(name in guide for name in columns(kind))


def test_an_unknown_register_is_named(registers):
    """A misspelt register is an error."""
    with pytest.raises(ConfigError, match="expected a register of workflow, incident"):
        registers.read("incidents")


def test_somebody_writes(registers):
    """An entry without a writer is refused; who wrote, without blanks around, and when, in UTC, stands beside each."""
    entry = {
        "id": "d",
        "date": "2026-03-01",
        "decision": "x",
        "reason": "y",
        "decided_by": "Mei",
        "source": "minutes",
    }
    with pytest.raises(ConfigError, match="expected the name of who writes"):
        registers.add("decision", [entry], who=" ")
    assert len(registers.history("decision")) == 0
    noon = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=8)))
    registers.add("decision", [entry], who=" Mei ", now=noon)
    assert registers.history("decision")[["recorded", "who"]].to_numpy().tolist() == [
        ["2026-03-01T04:00:00+00:00", "Mei"]
    ]


def test_a_time_of_writing_may_lack_its_zone(registers):
    """It is then this machine's, as for the ledger."""
    now = datetime(2026, 3, 2, 11)  # noqa: DTZ001  what a caller may give
    assert registers.add("incident", [INCIDENT], who="Mei", now=now).new == 1
