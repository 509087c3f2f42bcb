"""Lines that rest on registers, their sum, and what removing an input removes."""

from datetime import UTC, datetime
from math import exp, log, pi, sin

import pandas as pd
import pytest

from dedupelab.errors import ConfigError
from dedupelab.evidence.money.deflator import Deflator
from dedupelab.evidence.money.harm_inputs import HarmInput, supplied
from dedupelab.evidence.money.money import Prices
from dedupelab.evidence.money.scenarios import Option, Terms
from dedupelab.numbers.draws import Correlation
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import by_id
from dedupelab.registers.registers import Registers

MONEY = {"currency": "HKD", "price_year": 2026}


def given(value, unit="HKD", source_type="measured"):
    return HarmInput(value, unit, message("invoice 7"), source_type)


INPUTS = {
    "storage_price": given(0.2), "storage_copies": given(3), "review_seconds": given(30), "hourly_wage": given(120),
    "incident_years": given(2), "licence_years": given(2), "attribution_share": given(0.5, source_type="expert"),
}  # fmt: skip
INCIDENT = {
    "kind": "dispute",
    "opened": "2026-01-05",
    "organisation": "a",
    "currency": "HKD",
    "source": "letter",
    "source_type": "invoice",
}
LICENCE = {
    "licensee": "Press",
    "currency": "HKD",
    "start": "2026-01-01",
    "end": "2026-12-31",
    "source": "invoice",
}


@pytest.fixture
def entries(tmp_path):
    """Four incidents and six licences; two works of two copies each are licensed."""
    registers = Registers(tmp_path / "registers.sqlite")
    registers.add("incident", [
        INCIDENT | {"days": 2, "value_per_day": 100, "amount": 50, "attribution": 1},
        INCIDENT | {"kind": "stall", "opened": "2026-02-05", "days": 4, "value_per_day": 100},
        INCIDENT | {"organisation": "unpriced"},
        INCIDENT | {"kind": "reacquisition", "amount": 300},
    ], who="Mei")  # fmt: skip
    registers.add("licence", [
        LICENCE | {"id": "1", "asset": "a/w0.jpg", "licensor": "A", "fee": 900},
        LICENCE | {"id": "2", "asset": "w1", "licensor": "B", "fee": 400},
        LICENCE | {"id": "3", "asset": "sha-w1", "licensor": "C", "fee": 700, "licensee": "Ferry"},
        LICENCE | {"id": "4", "asset": "x0", "licensor": "A", "fee": 100, "scope": "web"},
        LICENCE | {"id": "5", "asset": "x1", "licensor": "B", "fee": 300, "scope": "print"},
        LICENCE | {"id": "6", "asset": "elsewhere", "licensor": "B", "fee": 50},
    ], who="Mei")  # fmt: skip
    return registers


@pytest.fixture
def study(frames):
    """Works w (w0, w1) and x (x0, x1), 2 GB each; one undecided pair beside the links."""
    images = [{"id": name, "bytes": 2_000_000_000} for name in ("w0", "w1", "x0", "x1", "l0", "l1")]
    pairs = [("w0", "w1", "near-identical"), ("x0", "x1", "byte-identical"), ("l0", "l1", "undecided")]
    return frames(images, [[["w0", "w1"]], [["x0", "x1"]]], pairs)


def results(study, entries, inputs=INPUTS, **more):
    prices = Prices(inputs, registers=entries.entries(), **{**MONEY, **more})
    return by_id(study.measured(["a"], prices=prices).results)


def test_disputes_by_hand(study, entries):
    """(2 x 100 + 50) x 1 + 4 x 100 x 0.5 = 450 in two years: 225 a year; the unpriced incident is left out and named.

    Of 250 + 400 = 650 in all, 450 is due to duplication: attribution 0.692. Two events are too few for an interval.
    """
    found = results(study, entries)["M9"]
    assert found.value == pytest.approx(225)
    assert found.attribution == pytest.approx(450 / 650)
    assert (found.interval, found.interval_kind, found.lower_bound) == (None, "none", True)
    assert str(found.caveats[0]) == "at least: 1 of 3 incidents have no amounts and are left out"
    assert found.grade == "D"  # the share is an expert's


def test_an_incident_that_cost_nothing_is_no_census_of_none(study, tmp_path):
    """One dispute on record that cost nothing: 0 a year, and that this does not say what is to be expected."""
    one = Registers(tmp_path / "one.sqlite")
    one.add("incident", [INCIDENT | {"days": 0, "value_per_day": 100}], who="Mei")
    found = results(study, one)["M9"]
    assert (found.value, found.interval, found.interval_kind) == (0, None, "none")
    assert "came to nothing" in str(found.interval_method)


def test_elicited_disputes_by_hand(study, tmp_path):
    """Without incidents: 6 a year x 5 days x mean of (0, 300, 600) = 300 x 0.5 = 4,500.

    The interval is that of the average: 6 x 5 x 0.5 x triangle (0, 300, 600), whose 2.5 % quantile is 600 x sqrt(0.025 / 2) =
    67.08 and whose 97.5 % quantile is 600 - 67.08. A single year scatters more, as disputes come at random.
    """
    elicited = {
        "disputes_per_year": given(6), "dispute_days": given(5), "attribution_share": given(0.5),
        "dispute_day_value": supplied("HKD", "board", "expert", low=0, value=300, high=600),
    }  # fmt: skip
    found = results(study, Registers(tmp_path / "none.sqlite"), elicited)
    assert found["M9"].value == pytest.approx(4500)
    assert found["M9.p10"].value < found["M9.p50"].value < found["M9.p90"].value
    assert found["M9"].interval == pytest.approx((15 * 67.08, 15 * 532.92), rel=3e-3)
    # Compound Poisson: variance 6 x 25 x E(v^2) x 0.25 with E(v^2) = 300^2 + 600^2 / 24; P10 to P90 is about 2.56 deviations.
    spread = (6 * 25 * (300**2 + 600**2 / 24) * 0.25) ** 0.5
    assert (found["M9.p90"].value - found["M9.p10"].value) / 2.563 == pytest.approx(spread, rel=0.1)


def test_licences_by_hand(study, entries):
    """Work w, Press: 400 kept, 900 double: 900 / 2 years = 450. Web and print do not overlap; Ferry paid once.

    Exposure: w has licensors A 900, B 400, C 700: 1,100 beyond the dearest; x has A 100, B 300: 100. Ratios: 900 / 400 and
    300 / 100, mean 2.625. One asset is not in the study.
    """
    found = results(study, entries)
    assert found["M10a"].value == pytest.approx(450)
    assert found["M10b"].value == pytest.approx(1200)
    assert "exposure, not loss" in str(found["M10b"].caveat)
    assert found["M10c"].value == pytest.approx(2.625)
    assert {i.name: i.value for i in found["M10a"].inputs}["licences of pictures outside the study"] == 1


def test_acquisitions_by_hand(study, entries):
    """300 in two years: 150 a year, and never in the sum."""
    found = results(study, entries)
    assert found["M14"].value == pytest.approx(150)
    assert "M14" not in {i.name for i in found["M.sum"].inputs}
    surveyed = INPUTS | {"acquisitions_per_year": given(4), "acquisition_fee": given(25)}
    entries.withdraw("incident", entries.read("incident")["id"].iloc[3], "twice", who="Mei")
    assert results(study, entries, surveyed)["M14"].value == pytest.approx(100)


def test_incidents_of_one_work_are_one_event(study, entries):
    """Six incidents of two works are two events, too few for an interval, and that is said; six of no named work are six."""
    for asset, events in (("a/w0.jpg", 2), (None, 8)):
        more = [
            INCIDENT | {"id": f"i{day}", "amount": day, "attribution": 1, "opened": f"2026-03-{day}"}
            | {"asset": asset and ("a/w1.jpg" if day < 16 else "x0"), "currency": "HKD"}
            for day in range(13, 19)
        ]  # fmt: skip
        entries.add("incident", more, who="Mei", correct=True)
        found = results(study, entries)["M9"]
        assert (found.value, found.numerator) == (pytest.approx((450 + 93) / 2), 8)
        told = "incidents of one work count as one event in the interval: 8 incidents, 4 events" in str(
            found.caveat
        )
        assert (found.interval is None, told) == (events == 2, events == 2)


def test_bounds_for_the_silent_hold_the_spread_of_those_who_answered(study, entries):
    """Four of five answered: from the lower end of the sum to its upper end and a quarter of the upper ends of disputes and licences."""
    more = [INCIDENT | {"amount": 90, "attribution": 1, "opened": f"2026-03-{day}"} for day in (10, 11, 12)]
    more += [
        INCIDENT | {"id": f"s{day}", "amount": day, "attribution": 1, "opened": f"2026-04-{day}"}
        for day in (10, 11, 12)
    ]
    entries.add("incident", more, who="Mei")
    inputs = {name: each for name, each in INPUTS.items() if name != "licence_years"}
    found = results(study, entries, inputs | {"members_asked": given(5), "members_answered": given(4)})
    low, high = found["M.sum"].interval
    assert found["M.silent"].interval == pytest.approx((low, high + found["M9"].interval[1] / 4))


def test_a_share_that_may_be_none_is_said_beside_the_one_that_is_used(study, entries):
    """Six incidents of two works held twice and six of two held once measure nothing: draws below 0 count as 0, so that some is used."""
    more = [
        INCIDENT | {"asset": asset, "kind": "dispute", "amount": 10, "opened": f"2026-0{month}-10"}
        for asset in ("w0", "x0", "l0", "l1")
        for month in (3, 5, 7)
    ]
    entries.add("incident", more, who="Mei")
    found = results(study, entries)
    assert found["M9a"].value == pytest.approx(0)
    used = next(float(i.value) for i in found["M9"].inputs if i.name == "attribution")
    assert 0.05 < used < 0.4
    assert f"so that the share is {used:.1%} on average, where M9a itself is 0.0%" in str(
        found["M9"].caveat
    ).replace("\xa0", "")


def test_a_correlation_that_changes_nothing_is_said(study, entries):
    """A wage that is one number moves with nothing, and an input that enters no line neither; one that varies is not named."""
    tied = tuple(
        Correlation(*each, 0.5)
        for each in (("harm.hourly_wage", "M9"), ("harm.storage_price", "harm.dispute_days"))
    )
    wide = INPUTS | {"storage_price": supplied("HKD", "invoices", "invoice", low=0.1, value=0.2, high=0.3)}
    prices = Prices(wide, registers=entries.entries(), correlations=tied, **MONEY)
    said = str(by_id(study.measured(["a"], prices=prices).results)["M.sum"].caveat)
    assert "correlations with harm.dispute_days, harm.hourly_wage change nothing" in said


def test_what_moves_together_is_expected_together(study, tmp_path):
    """Long disputes that are dear ones, too, cost more than the means' product: E(XY) = E(X) E(Y) exp(r s1 s2) of two lognormals.

    Normal scores of rank correlation 0.8 correlate by r = 2 sin(0.8 pi / 6). Line, its draws, its single year, the sum and the harm of
    doing nothing say the same; of independent inputs it is the product of the means.
    """
    half = {"source": "board, minutes 3", "source_type": "expert"}
    elicited = {
        "disputes_per_year": given(40), "attribution_share": given(0.5),
        "dispute_days": supplied("days", p50=5, p90=15, **half), "dispute_day_value": supplied("HKD", p50=1000, p90=3000, **half),
    }  # fmt: skip
    spread, dear = log(3) / 1.2815515655446004, []
    for rank in (0.8, 0.0, -0.8):
        tied = (Correlation("harm.dispute_days", "harm.dispute_day_value", rank),) if rank else ()
        common = {
            name: given(1) for name in ("organisations", "recall", "remediation", "licence_per_organisation")
        }
        common |= {name: given(0) for name in ("cross_share", "integration_per_organisation")}
        found = results(
            study, Registers(tmp_path / "none.sqlite"), elicited, correlations=tied, common=common, members=1,
            options=[Option("Path", "own", adoption=(1.0,))], terms=Terms(years=1),
        )  # fmt: skip
        together = exp(2 * sin(rank * pi / 6) * spread**2)
        wanted = 40 * 0.5 * 5 * 1000 * exp(spread**2) * together
        assert found["M9"].value == pytest.approx(wanted, rel=5e-3)
        for name in ("M.sum", "S.nothing.harm", "S.path-licensed.benefit"):
            assert found[name].value == pytest.approx(found["M9"].value)
        dear.append(found["M9.p90"].value)
    assert dear[0] > 1.5 * dear[1] > 2 * dear[2]


def test_the_sum_by_hand(study, entries):
    """M3 4 GB x 0.2 x 12 x 3 = 28.8; 28.8 + 225 + 450 = 703.8; exposure is not in it, nor labour that nobody spends.

    That is M8: 2 pairs x 30 s = 1 / 60 h x 120 = 2. Attribution: 703.8 of 28.8 + 325 + 450 in all.
    """
    found = results(study, entries)
    assert (found["M3"].value, found["M8"].value) == (pytest.approx(28.8), pytest.approx(2))
    assert found["M.sum"].value == pytest.approx(703.8)
    assert [i.name for i in found["M.sum"].inputs] == ["M3", "M9", "M10a"]
    assert found["M.sum"].grade == max(found[n].grade for n in ("M3", "M9", "M10a"))
    assert found["M.sum"].attribution == pytest.approx(703.8 / 803.8)
    assert found["M.sum"].interval_kind == "none"  # M9 and M10a rest on too few events
    assert "gross" in str(found["M.sum"].caveat)
    assert found["M.sum.p10"].value < found["M.sum"].value < found["M.sum.p90"].value


@pytest.mark.parametrize(
    ("removed", "gone"),
    [
        ("storage_price", {"M3"}), ("storage_copies", {"M3"}), ("review_seconds", {"M8", "M8.hours"}), ("hourly_wage", {"M8"}),
        ("incident_years", {"M9", "M14"}), ("licence_years", {"M10a"}), ("attribution_share", {"M9"}),
    ],
)  # fmt: skip
def test_removing_an_input_removes_exactly_the_lines_that_need_it(study, entries, removed, gone):
    """The line says what it needs, the sum says what it lacks, and every other line stays as it was."""
    whole = results(study, entries)
    found = results(study, entries, {k: v for k, v in INPUTS.items() if k != removed})
    lines = {"M3", "M8", "M8.hours", "M9", "M10a", "M10b", "M10c", "M14"}
    assert {n for n in lines if found[n].value is None} == gone
    assert all(f"harm.{removed}" in tuple(map(str, found[n].needs)) for n in gone)
    assert all(found[n] == whole[n] for n in lines - gone)
    lacking = [n for n in ("M3", "M9", "M10a") if n in gone]
    assert all(str(found[n].label) in str(found["M.sum"].caveat) for n in lacking)
    assert not any(n in str(found["M.sum"].caveat) for n in lines)


def test_inputs_in_another_currency_are_refused(study, entries):
    """A wage in US dollars is no wage in Hong Kong dollars."""
    with pytest.raises(
        ConfigError, match=r"harm.hourly_wage: expected an amount in HKD, got the unit 'USD per hour'; give"
    ):
        results(study, entries, INPUTS | {"hourly_wage": given(9, message("USD per hour"))})


def test_amounts_in_another_currency_are_not_converted(study, entries):
    """Nobody gave a rate: the line says which currency stands in the way."""
    entries.add("incident", [INCIDENT | {"amount": 5, "currency": "USD", "attribution": 1}], who="Mei")
    assert tuple(map(str, results(study, entries)["M9"].needs)) == ("amounts in HKD (the register has USD)",)


def test_inputs_come_from_the_registers_too(study, entries):
    """study.toml before the assumptions log before timed work; each says where it came from."""
    entries.add("workflow", [{"date": "2026-02-01", "organisation": "a", "step": "review", "minutes": m, "items": 60, "source": "log"} for m in (20, 20, 25, 30, 30)], who="Mei")  # fmt: skip
    bare = {k: v for k, v in INPUTS.items() if k not in {"review_seconds", "hourly_wage"}}
    log = {
        "unit": "HKD per hour",
        "source_type": "survey",
        "source": "survey 2",
        "owner": "Kai",
        "date": "2026-02-01",
    }
    entries.add(
        "assumption", [{"id": "harm.hourly_wage", "low": 90, "value": 120, "high": 150, **log}], who="Mei"
    )
    found = results(study, entries, bare)
    assert found["M8"].value == pytest.approx(2 * 25 / 3600 * 120)  # the mean of the five
    sources = {i.name: str(i.source) for i in found["M8"].inputs}
    assert "5 timed entries" in sources["review_seconds"]
    assert sources["hourly_wage"].startswith("assumptions log, Kai")
    assert found["M8"].grade == "D"
    assert results(study, entries)["M8"].value == pytest.approx(2)


def test_intended_copies_are_subtracted(study, entries):
    """With w1 registered as an access copy one of two surplus copies and half of the redundant bytes are left."""
    entries.add("intended", [{"asset": "a/w1.*", "reason": "access copy", "source": "policy"}], who="Mei")
    found = results(study, entries)
    assert (found["M1"].numerator, found["M1.unintended"].numerator) == (2, 1)
    assert found["M2.unintended"].numerator == 2_000_000_000
    assert found["M3"].value == pytest.approx(14.4)
    assert {str(i.source) for i in found["M3"].inputs} >= {"result M2.unintended"}


def test_uncertain_prices_widen_the_line(study, entries):
    """A triangle of prices gives its mean and quantiles: 4 GB x 36 x triangle (0.1, 0.2, 0.3)."""
    wide = INPUTS | {"storage_price": supplied("HKD", "invoices", "invoice", low=0.1, value=0.2, high=0.3)}
    found = results(study, entries, wide)
    assert found["M3"].value == pytest.approx(28.8)
    assert found["M3.p10"].value == pytest.approx(144 * (0.1 + (0.1 * 0.02) ** 0.5), rel=1e-3)


def test_storage_of_copies_that_nobody_checked_has_no_interval(study, entries):
    """What a price may be says nothing of which bytes are redundant: neither storage nor a sum of storage alone has an interval.

    Beside other lines storage is anywhere from nothing to that of all 12 GB at the dearest, and so is the sum.
    """
    wide = {
        **{name: each for name, each in INPUTS.items() if name.startswith("storage")},
        "storage_price": supplied("HKD", "invoices", "invoice", low=100, value=200, high=300),
        "storage_deadweight": given(0.5),
    }
    found = results(study, entries, wide)
    for name in ("M3", "M3.net", "M.sum", "M.sum.net"):
        assert (found[name].interval, found[name].interval_kind) == (None, "unchecked"), name
    more = [INCIDENT | {"amount": 1000, "attribution": 1, "opened": f"2026-03-{day}"} for day in (10, 11, 12)]
    entries.add("incident", more, who="Mei")
    found = results(
        study, entries, wide | {name: INPUTS[name] for name in ("incident_years", "attribution_share")}
    )
    assert found["M9"].interval is not None
    most = 12 * 12 * 3 * 300
    assert found["M.sum"].interval[0] < found["M9"].value
    assert 0.8 * most < found["M.sum"].interval[1] < most + found["M9"].interval[1]
    assert found["M.sum.net"].interval[1] < found["M.sum"].interval[1] - 0.4 * most


def test_an_option_is_no_surer_than_the_harm_it_lessens(study, entries):
    """Harm without an interval gives present values without one; with storage anywhere from nothing to its most, they are as wide.

    One year, everything adopted and remediated, no costs: the present value is the net harm, and so is its interval.
    """
    free = ("integration_per_organisation", "licence_per_organisation")
    common = {name: given(1) for name in ("organisations", "recall", "remediation")} | {
        name: given(0) for name in ("cross_share", *free)
    }
    option = {"options": [Option("All", "own", adoption=(1.0,))], "common": common, "terms": Terms(1, 0.0)}
    inputs = {name: each for name, each in INPUTS.items() if name != "hourly_wage"} | {
        "storage_price": supplied("HKD", "invoices", "invoice", low=100, value=200, high=300),
        "dispute_deadweight": given(0.5),
    }
    few = results(study, entries, inputs, **option)
    for name in ("M.sum", "S.all-licensed", "S.all-licensed.opposed"):
        assert name not in few or (few[name].interval, few[name].interval_kind) == (None, "none"), name
    entries.withdraw("licence", "1", "another picture", who="Mei")
    more = [INCIDENT | {"amount": 1000, "attribution": 1, "opened": f"2026-03-{day}"} for day in (10, 11, 12)]
    entries.add("incident", more, who="Mei")
    found = results(study, entries, inputs, **option)
    assert found["S.all-licensed"].value == pytest.approx(found["M.sum.net"].value)
    assert found["S.all-licensed"].interval == pytest.approx(found["M.sum.net"].interval)
    assert found["S.all-licensed.opposed"].interval == pytest.approx(found["M.sum.net"].interval)


def test_a_share_above_one_is_refused(study, entries):
    """A probability above 1 never reaches a line."""
    with pytest.raises(ConfigError, match=r"harm.attribution_share: expected a share from 0 to 1, got 1.5"):
        results(study, entries, INPUTS | {"attribution_share": given(1.5)})


def test_equal_seeds_give_equal_results(study, entries):
    """The same seed, the same numbers to the last digit."""
    assert results(study, entries) == results(study, entries)


def test_the_exceedance_curve_falls(study, entries):
    """At least nothing is certain, more is less likely, and P90 is exceeded by one draw in ten."""
    prices = Prices(INPUTS, registers=entries.entries(), **MONEY)
    measured = study.measured(["a"], prices=prices)
    curve = measured.exceedance[measured.exceedance["line"] == "M.sum"]
    assert curve["probability"].iloc[[0, -1]].tolist() == [1.0, 0.0]
    assert curve["amount"].is_monotonic_increasing
    tenth = curve.loc[(curve["probability"] - 0.1).abs().idxmin(), "amount"]
    assert tenth == pytest.approx(by_id(measured.results)["M.sum.p90"].value)


def test_the_window_speaks_of_the_threshold_alone(frames):
    """Twelve pairs within 2 bits and one at 9: a range of 12 to 13 copies, and no word that the unchecked number is robust."""
    ids = [f"{n:02d}{side}" for n in range(13) for side in "ab"]
    pairs = [(f"{n:02d}a", f"{n:02d}b", "near-identical") for n in range(13)]
    study = frames(
        [{"id": i, "bytes": 100 + 50 * ("b" in i)} for i in ids], [[[a, b]] for a, b, _ in pairs], pairs
    )
    study.pairs["distance"] = pd.array([2] * 12 + [9], dtype="Int64")
    found = by_id(study.measured(["a"], prices=Prices(window=(4, 10))).results)
    assert found["M1.window"].interval == pytest.approx((12 / 26, 13 / 26))
    assert found["M1.window"].robust is None
    assert "whether the detector is right at any is not known" in str(found["M1.window"].caveat)
    assert found["M2.window"].interval == pytest.approx((12 * 100 / 3250, 13 * 150 / 3250))


def test_a_register_sets_its_years(study, entries):
    """Entries over 14 months cannot have been written down in a tenth of a year, in incidents as in licences."""
    late = INCIDENT | {"opened": "2027-03-05", "amount": 5, "attribution": 1}
    entries.add("incident", [late], who="Mei", now=datetime(2027, 4, 1, tzinfo=UTC))
    with pytest.raises(
        ConfigError, match=r"harm.incident_years: expected at least 1.16 years, .*got 0.1; give the time"
    ):
        results(study, entries, INPUTS | {"incident_years": given(0.1)})
    entries.add(
        "licence",
        [LICENCE | {"id": "7", "asset": "z", "licensor": "A", "fee": 1, "start": "2028-07-01", "end": ""}],
        who="Mei",
    )
    with pytest.raises(ConfigError, match=r"harm.licence_years: expected at least 2.50 years, .*got 2;"):
        results(study, entries)


def test_net_by_hand(study, entries):
    """Of disputes a fifth would have come anyway and a tenth moved from elsewhere: 225 x 0.8 x 0.9 = 162; the rest stays gross.

    Net sum 28.8 + 162 + 450 = 640.8, 0.9105 of 703.8. The line names its inputs, and says gross where there are none.
    """
    found = results(
        study, entries, INPUTS | {"dispute_deadweight": given(0.2), "dispute_displacement": given(0.1)}
    )
    assert found["M9"].value == pytest.approx(225)
    assert found["M9"].net_share == pytest.approx(0.72)
    assert found["M9.net"].value == pytest.approx(162)
    assert {i.name for i in found["M9.net"].inputs} >= {"dispute_deadweight", "dispute_displacement"}
    assert found["M.sum.net"].value == pytest.approx(640.8)
    assert found["M.sum"].net_share == pytest.approx(640.8 / 703.8)
    assert found["M3"].net_share is None
    assert "gross: nobody supplied" in str(found["M3"].caveat)
    assert "M9.net" not in results(study, entries)


def test_amounts_of_other_years_are_brought_to_the_price_year(study, entries):
    """650 attributed 450 of 2026 are, in prices of 2027 with an index from 100 to 110, 495 in two years: 247.5 a year.

    Without an index the mixture is named; an index without the year is refused.
    """
    index = Deflator({2026: 100.0, 2027: 110.0}, message("index of the statistics office"))
    found = results(study, entries, price_year=2027, deflator=index)
    assert found["M9"].value == pytest.approx(247.5)
    assert found["M10a"].value == pytest.approx(495)
    assert "deflator" in {i.name for i in found["M9"].inputs}
    mixed = results(study, entries, price_year=2027)["M9"]
    assert mixed.value == pytest.approx(225)
    assert "amounts of 2026 are taken as they are, not brought to prices of 2027" in str(mixed.caveat)
    with pytest.raises(ConfigError, match="expected the price index of 2026, got 2027"):
        results(study, entries, price_year=2027, deflator=Deflator({2027: 110.0}, message("index")))


def test_what_two_members_report_counts_once(study, entries):
    """The first incident again, by another member who names no more than the day and the amounts: 225 a year as before, and told."""
    again = {
        "id": "again",
        "organisation": "b",
        "days": 2,
        "value_per_day": 100,
        "amount": 50,
        "attribution": 1,
    }
    entries.add("incident", [INCIDENT | again], who="Kai")
    found = results(study, entries)["M9"]
    assert found.value == pytest.approx(225)
    assert "entries that tell of one incident are counted once: again = incident-" in str(found.caveat)


def test_one_payment_in_two_registers_counts_once(study, entries):
    """The 900 that the ledger counts as paid twice stand among the incidents, too: M10a has them, M9 and M14 do not."""
    paid = {"id": "paid", "kind": "reacquisition", "opened": "2026-01-20", "asset": "w0", "amount": 900}
    entries.add("incident", [INCIDENT | paid], who="Kai")
    found = results(study, entries)
    assert (found["M10a"].value, found["M14"].value) == (pytest.approx(450), pytest.approx(150))
    assert "paid = 1" in str(found["M14"].caveat)


def test_the_kind_of_source_of_amounts_makes_the_grade(study, entries):
    """One amount that does not say where it comes from makes the line an assumption, and is told."""
    bare = {name: value for name, value in INCIDENT.items() if name != "source_type"}
    entries.add("incident", [bare | {"amount": 5, "attribution": 1, "opened": "2026-03-01"}], who="Mei")
    found = results(study, entries)["M9"]
    assert found.grade == "E"
    assert "1 of 3 entries do not say what kind of source" in str(found.caveat)


def test_doing_nothing_costs_what_the_lines_come_to(study, entries):
    """The net sum of the lines, each year, discounted: doing nothing costs that and nothing else, and dealing with all of it saves that.

    At 10 % over three years a yearly amount counts 1 + 1 / 1.1 + 1 / 1.21 times.
    """
    common = {
        "organisations": given(1), "cross_share": given(0.5), "recall": given(1), "remediation": given(1), "growth": given(0),
        "integration_per_organisation": given(20), "licence_per_organisation": given(5), "open_source_per_organisation": given(1),
        "governance": given(3), "legal": given(7),
    }  # fmt: skip
    found = results(
        study, entries, INPUTS | {"dispute_deadweight": given(0.2)}, common=common,
        options=[Option("Path", "own", adoption=(1.0,))], terms=Terms(years=3, rate=0.1, fade=1.0), members=1,
    )  # fmt: skip
    whole = found["M.sum.net"].value * (1 + 1 / 1.1 + 1 / 1.21)
    assert found["S.nothing.harm"].value == pytest.approx(whole)
    assert found["S.path-licensed.benefit"].value == pytest.approx(whole)
