"""Numbers as people read them, always with what they are worth."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupelab.evidence.money.harm_inputs import setting
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import Result
from dedupelab.publish.chapters import wording
from dedupelab.publish.chapters.numbering import Numbering
from dedupelab.publish.chapters.wording import Numbers


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.12445, "fraction", "12.4 %"),
        (0.0, "fraction", "0.0 %"),
        (1.0, "fraction", "100.0 %"),
        (1284, "images", "1,284 images"),
        (0, "images", "0 images"),
        (12345.0, "HKD per year", "HK$12,000 per year"),
        (0.2, "HKD per GB and month", "HK$0.20 per GB and month"),
        (12345.0, "CHF", "CHF 12,000"),
        (1234567.0, "USD", "US$1,200,000"),
        (0.031234, "hours", "0.031 hours"),
        (8.0, "hours", "8.0 hours"),
        (0.512, "index", "0.51"),
        (3, "", "3"),
        (2.5, "images", "2.5 images"),
        (389.08, "images", "389 images"),
        (-236.6, "works", "\u2212237 works"),
        (1.0, "kappa", "1.00 kappa"),
    ],
)
def test_quantities(value, unit, expected):
    """Shares in per cent, counts whole, money and hours with two significant figures."""
    assert wording.quantity(value, unit) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (9.96, "10"),
        (99.6, "100"),
        (0.0999, "0.10"),
        (0.996, "1.0"),
        (12345, "12,000"),
        (0.00312, "0.0031"),
        (-12345, "\u221212,000"),
        (0, "0"),
        (1, "1.0"),
    ],
)
def test_two_significant_figures(value, expected):
    """No more figures than two, also where rounding adds a digit."""
    assert wording.significant(value) == expected


@settings(deadline=None)
@given(st.floats(1e-9, 1e12))
def test_rounding_stays_near(value):
    """A rounded number is within 5 % of the value and reads back as a number with at most two figures."""
    text = wording.significant(value)
    assert abs(float(text.replace(",", "")) - value) <= 0.0501 * value
    assert len(text.replace(",", "").replace(".", "").strip("0")) <= 2


def result(**changes: object) -> Result:
    return Result(**({"id": "M1", "label": message("surplus"), "value": 0.124, "unit": "fraction"} | changes))


def test_intervals_carry_their_kind():
    """A 95 % interval, bounds, or a census: never a bare pair of numbers."""
    sampled = result(interval=(0.109, 0.141), interval_kind="sampling")
    assert wording.with_interval(sampled) == "12.4 % (95 % interval 10.9 to 14.1 %)"
    bounded = result(interval=(0.1, 0.2), interval_kind="bounds")
    assert wording.with_interval(bounded) == "12.4 % (bounds 10.0 to 20.0 %)"
    counted = result(interval_kind="census")
    assert wording.with_interval(counted) == "12.4 % (census)"
    assert wording.with_interval(result(interval_method="")) == "12.4 %"


def test_bounds_say_so_in_a_narrow_cell():
    """Beside 95 % intervals, bounds are no such interval."""
    assert wording.short(result(interval=(0.109, 0.141), interval_kind="sampling")) == "10.9 to 14.1"
    assert wording.short(result(interval=(0.1, 1.0), interval_kind="bounds")) == "bounds 10.0 to 100.0"


def test_intervals_of_money_and_of_differences():
    """The currency stands once, and a minus sign is none."""
    money = result(value=150.0, unit="HKD per year", interval=(100.0, 200.0), interval_method="scenarios")
    assert wording.interval(money) == "HK$100 to 200 per year"
    foreign = result(value=150.0, unit="CHF", interval=(100.0, 200.0), interval_method="scenarios")
    assert wording.interval(foreign) == "CHF 100 to 200"
    change = result(value=-7, unit="images", interval=(-10, -5), interval_kind="sampling")
    assert wording.interval(change) == "\u221210 to \u22125 images"


def test_what_is_missing_is_said():
    """Without an input there is no number, but what it would need, in every form."""
    missing = result(
        value=None,
        status="not estimated",
        needs=(setting("harm", "storage_price"), setting("harm", "hourly_wage")),
        interval_method="",
    )
    assert wording.figure(missing) == "not estimated: needs storage price, hourly wage"
    assert wording.with_interval(missing) == wording.figure(missing)
    assert wording.interval(missing) == wording.named_interval(missing) == ""


def test_counts_behind_a_share():
    """Numerator and denominator with what they count; nothing where there are none."""
    assert (
        wording.of(result(numerator=160, denominator=1284, denominator_label="hashed images"))
        == "160 of 1,284 hashed images"
    )
    assert wording.of(result()) == ""


def test_small_counts_and_events_are_no_nonsense():
    """Less than one gigabyte is not nought of nought, and fourteen incidents are none of two years: they happened in one and a half."""
    stored = {"numerator": 0.0172, "denominator": 0.0505, "denominator_label": "gigabytes"}
    assert wording.of(result(**stored)) == "0.017 of 0.051 gigabytes"
    seen = {"numerator": 14, "denominator": 1.5, "denominator_label": "years watched"}
    assert wording.of(result(unit="HKD per year", **seen)) == "14 in 1.5 years watched"
    weekly = {"numerator": 58, "denominator": 26, "denominator_label": "weeks"}
    assert wording.of(result(unit="images per week", **weekly)) == "58 in 26 weeks"
    # What a review corrects is still counted in whole pictures.
    corrected = {"numerator": 387.05, "denominator": 653, "denominator_label": "images"}
    assert wording.of(result(**corrected)) == "387 of 653 images"


def test_grades_have_a_meaning():
    """A letter alone says nothing."""
    for letter in wording.GRADES:
        text = wording.grade(result(grade=letter))
        assert text.startswith(f"{letter}: ")
        assert len(text) > 4


def test_numbers_are_asked_for_by_identifier():
    """Known ones are there, families by their prefix in order, and an unknown one is an error of the author."""
    numbers = Numbers.of([result(id="M2"), result(id="M2.b"), result(id="M2.a"), result(id="M20.x")])
    assert numbers["M2"].id == "M2"
    assert [r.id for r in numbers.below("M2")] == ["M2.b", "M2.a"]
    assert numbers.get("M9") is None
    assert numbers.say("M2").startswith("12.4 %")
    with pytest.raises(KeyError):
        numbers["M9"]


def test_paragraphs_are_numbered_in_turn():
    """Others can cite them."""
    numbering = Numbering("3")
    assert [numbering("a").number, numbering("b").number] == ["3.1", "3.2"]
