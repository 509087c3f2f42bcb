import pandas as pd
import pytest

from dedupelab.evidence.money.double_entries import once
from dedupelab.evidence.money.licences import licensed, work_of

WORKS = {"a/1.jpg": "work 1", "b/1.jpg": "work 1", "a/2.jpg": "work 2"}
ROW = {
    "kind": "dispute", "opened": "2026-01-05", "closed": None, "organisation": "a", "asset": "a/1.jpg", "days": 10.0,
    "value_per_day": 100.0, "amount": None, "currency": "HKD",
}  # fmt: skip


def told(*rows, licences=()):
    frame = pd.DataFrame([ROW | {"id": str(number)} | row for number, row in enumerate(rows, 1)])
    return once(frame, WORKS, licences)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (
            {"organisation": "b", "asset": "b/1.jpg", "days": 12.0},
            True,
        ),  # another copy of the work, another member
        ({"organisation": "b", "opened": "2026-01-14"}, True),  # within the ten days of the first
        ({"organisation": "b", "opened": "2026-01-16"}, False),
        ({"organisation": "b", "asset": "a/2.jpg"}, False),
        ({"organisation": "b", "kind": "stall"}, False),
        ({"days": 12.0}, False),  # a member may have two of its own
        ({}, True),  # nothing differs: written down twice
        ({"organisation": "b", "asset": None}, True),
        ({"organisation": "b", "asset": None, "days": 12.0}, False),
    ],
)
def test_one_incident_of_two_entries(other, same):
    """Two entries are one where members differ and work and time agree, or where nothing but the member differs."""
    found = told({}, other)
    assert (len(found.incidents), bool(found.same)) == ((1, True) if same else (2, False))


def test_the_dearest_of_several_stays():
    """Three members report one dispute: the largest cost counts, the others are named with it."""
    found = told({}, {"organisation": "b", "days": 30.0}, {"organisation": "c", "days": 20.0})
    assert found.incidents["id"].tolist() == ["2"]
    assert found.same == (("1", "2"), ("3", "2"))


def test_a_payment_stands_in_one_register():
    """A fee that is counted as paid twice is taken out of the incident; days that were lost beside it stay."""
    licence = {"id": "L-1", "work": "work 1", "fee": 900.0, "currency": "HKD", "start": "2026-01-25"}
    found = told(
        {"amount": 900.0},
        {"kind": "reacquisition", "amount": 900.0, "days": None, "value_per_day": None},
        licences=[licence],
    )
    assert found.paid == (("1", "L-1"),)
    assert found.incidents["amount"].tolist() == [0.0, 900.0]  # one licence explains one payment
    for other in (
        {"amount": 901.0},
        {"asset": "a/2.jpg"},
        {"opened": "2026-03-01"},
        {"currency": "USD"},
        {"asset": None},
    ):
        assert told({"amount": 900.0} | other, licences=[licence]).paid == ()


@pytest.mark.parametrize("asset", ["a\\1.jpg", "ABC123", " a/1.jpg "])
def test_an_asset_is_known_however_it_is_spelled(asset):
    """Digests in capitals, as Windows prints them, strokes of Windows and blanks name the picture all the same."""
    works = WORKS | {"abc123": "work 1"}
    assert work_of(asset, works) == "work 1"
    again = {"id": "2", "organisation": "b", "asset": asset, "days": 12.0}
    assert once(pd.DataFrame([ROW | {"id": "1"}, ROW | again]), works).same == (("1", "2"),)


def test_a_member_is_known_however_it_is_spelled():
    """One member, spelled in other letters, spaces and stops, may have two disputes of one work; two members have one."""
    apart = {"organisation": "Ａ  Ltd.", "days": 12.0}
    assert len(told({"organisation": "a ltd"}, apart).incidents) == 2
    assert len(told({"organisation": "b ltd"}, apart).incidents) == 1


def test_a_payment_for_a_picture_outside_the_study_stands_in_one_register():
    """The licensor's own number names it in both registers; the fee is counted as a licence alone."""
    ledger = pd.DataFrame(
        [
            {"id": name, "asset": "HP 77", "licensor": name, "licensee": "Press", "fee": fee, "currency": "HKD", "scope": None, "territory": None, "start": "2026-01-25", "end": None}
            for name, fee in (("L-1", 400.0), ("L-2", 900.0))
        ]
    )  # fmt: skip
    paid = licensed(WORKS, ledger).paid
    assert [each["id"] for each in paid] == ["L-2"]
    assert told({"asset": "hp 77", "amount": 900.0}, licences=paid).paid == (("1", "L-2"),)


def test_a_licence_written_down_twice_is_one():
    """Under the names of two copies, with the parties in other letters: one licence, of which none was paid twice, and that is told."""
    row = {"licensor": "Agency Ltd", "licensee": "Press", "fee": 900.0, "currency": "HKD", "scope": None, "territory": None, "start": "2026-01-25", "end": None}  # fmt: skip
    again = row | {"id": "L-2", "asset": "b/1.jpg", "licensor": "AGENCY, Ltd."}
    found = licensed(WORKS, pd.DataFrame([row | {"id": "L-1", "asset": "a/1.jpg"}, again]))
    assert (found.paid, found.exposure, found.same) == ((), {}, (("L-2", "L-1"),))
    assert "L-2 = L-1" in str(found.told[0])
    assert licensed(
        WORKS, pd.DataFrame([row | {"id": "L-1", "asset": "a/1.jpg"}, again | {"fee": 901.0}])
    ).paid
