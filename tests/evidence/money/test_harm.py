import pytest

from dedupelab.errors import ConfigError
from dedupelab.evidence.money.harm import KEYS, HarmInput
from dedupelab.evidence.money.money import Prices
from dedupelab.numbers.messages import message

INPUTS = {
    "storage_price": HarmInput(0.2, message("HKD per GB and month"), message("invoice 7"), "invoice"),
    "storage_copies": HarmInput(3, message("copies"), message("backup policy"), "measured"),
    "review_seconds": HarmInput(30, message("seconds per pair"), message("timed log"), "measured"),
    "hourly_wage": HarmInput(120, message("HKD per hour"), message("guess"), "assumed"),
}
MONEY = {"currency": "HKD", "price_year": 2025}


@pytest.fixture
def study(frames):
    """14 images of 2 GB; one group of 4 keeps 6 GB redundant; 3 pairs need a look of 6 (digests and refuted apart)."""
    images = [{"id": f"i{n:02d}", "bytes": 2_000_000_000} for n in range(14)]
    pairs = [("i00", "i01", "byte-identical"), ("i00", "i02", "near-identical"), ("i00", "i03", "derivative"),
             ("i04", "i05", "undecided"), ("i06", "i07", "unrelated"), ("i01", "i02", "payload-identical")]  # fmt: skip
    return frames(images, [[["i00", "i01", "i02", "i03"]]], pairs)


def test_storage_by_hand(study):
    """6 GB x 0.2 HKD x 12 months x 3 copies = 43.20 HKD per year; like M2 it has no interval before a review."""
    found = study.results(["a"], prices=Prices(INPUTS, **MONEY))
    assert found["M3"].value == pytest.approx(43.2)
    assert found["M3"].unit == "HKD per year"
    assert (found["M3"].interval, found["M3"].interval_kind) == (None, "unchecked")
    assert (found["M3"].status, found["M3"].grade) == ("estimated", "C")
    assert {each.name for each in found["M3"].inputs} == {
        "redundant bytes", "storage_price", "storage_copies", "price_year",
    }  # fmt: skip


def test_labour_by_hand(study):
    """3 pairs x 30 s = 0.025 h; x 120 HKD = 3 HKD, graded by the worst input. With 60 s for the group: 150 s = 1/24 h."""
    found = study.results(["a"], prices=Prices(INPUTS, **MONEY))
    assert found["M8.hours"].value == pytest.approx(0.025)
    assert found["M8"].value == pytest.approx(3.0)
    assert (found["M8.hours"].grade, found["M8"].grade) == ("C", "E")
    more = {**INPUTS, "group_seconds": HarmInput(60, message("seconds"), message("timed log"), "measured")}
    assert study.results(["a"], prices=Prices(more, **MONEY))["M8.hours"].value == pytest.approx(1 / 24)


@pytest.mark.parametrize(
    ("removed", "gone"),
    [
        ("storage_price", {"M3"}),
        ("storage_copies", {"M3"}),
        ("review_seconds", {"M8", "M8.hours"}),
        ("hourly_wage", {"M8"}),
    ],
)
def test_removing_an_input_removes_exactly_the_lines_that_need_it(study, removed, gone):
    """The line says what it needs; the other lines stay as they were."""
    whole = study.results(["a"], prices=Prices(INPUTS, **MONEY))
    found = study.results(["a"], prices=Prices({k: v for k, v in INPUTS.items() if k != removed}, **MONEY))
    assert {name for name in ("M3", "M8", "M8.hours") if found[name].value is None} == gone
    assert all(tuple(map(str, found[name].needs)) == (f"harm.{removed}",) for name in gone)
    assert all(found[name] == whole[name] for name in {"M3", "M8", "M8.hours"} - gone)


def test_money_without_currency_or_year_is_not_printed(study):
    """A price without its year is no price; hours need neither."""
    found = study.results(["a"], prices=Prices(INPUTS, currency="HKD"))
    assert tuple(map(str, found["M3"].needs)) == ("harm.price_year",)
    assert tuple(map(str, found["M8"].needs)) == ("harm.price_year",)
    assert found["M8.hours"].value is not None


def test_lines_that_wait_for_registers_say_so(study):
    """Disputes, double licensing, exposure and repeated acquisition are never invented."""
    found = study.results(["a"])
    for name in ("M3", "M8", "M8.hours", "M9", "M10a", "M10b", "M10c", "M14"):
        assert (found[name].status, found[name].value) == ("not estimated", None)
        assert tuple(map(str, found[name].needs))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ((-1, "HKD", "invoice", "invoice"), "expected a number from 0 upwards, got -1"),
        ((float("nan"), "HKD", "invoice", "invoice"), "from 0 upwards"),
        ((1, "HKD", " ", "invoice"), "expected a source"),
        ((1, "HKD", "a friend", "hearsay"), "expected a source type of measured"),
    ],
)
def test_indefensible_inputs_are_refused(wrong, message):
    """Negative, unsourced or unclassified inputs never reach a line."""
    with pytest.raises(ConfigError, match=message):
        HarmInput(*wrong)


def test_unknown_inputs_are_refused(study):
    """A misspelt input is an error, not an input that is silently missing."""
    with pytest.raises(ConfigError, match=f"expected {', '.join(KEYS)}, got storage_prize"):
        study.results(["a"], prices=Prices({"storage_prize": INPUTS["storage_price"]}))
