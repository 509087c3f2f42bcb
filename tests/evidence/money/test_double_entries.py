import pandas as pd
import pytest

from dedupelab.evidence.money.double_entries import once

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
