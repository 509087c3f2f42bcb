import math

import numpy as np
import pandas as pd
import pytest

from dedupelab.evidence.money.harm import Line
from dedupelab.evidence.money.harm_inputs import HarmInput, Supply, supplied
from dedupelab.evidence.money.options import compare, expected_values, slug
from dedupelab.evidence.money.scenarios import COMMON, OWN, Option, Terms, balance
from dedupelab.evidence.money.tornado import CURVED, HARM, tornado
from dedupelab.numbers.draws import Streams
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import Result, by_id

ONE = np.ones(1)
TERMS = Terms(years=3, rate=0.1, fade=1.0)
FIXED = {
    "organisations": 10.0, "cross_share": 0.5, "recall": 0.8, "remediation": 0.5, "growth": 0.0, "integration_per_organisation": 20.0,
    "licence_per_organisation": 5.0, "open_source_per_organisation": 1.0, "governance": 3.0, "legal": 7.0,
}  # fmt: skip
PATH = Option("Path", "own", adoption=(0.5, 1.0))


def point(value, source_type="measured"):
    return HarmInput(value, message("unit"), message("register"), source_type)


def line(name, value, unit, draws):
    result = Result(name, name, value, unit, grade="C", status="estimated")
    return Line(result, draws, draws)


def test_a_balance_by_hand():
    """Harm 1,000 a year, adoption 0.5, 1, 1 of 10 organisations, half of the harm across them, recall 0.8, remediation 0.5.

    Reach: 0.5 x 0.25 + 0.5 x 0.5 = 0.375, then 1, 1. Benefits: 1000 x reach x 0.4 = 150, 400, 400.
    Costs: year 1: 5 joined x 20 + 5 x 5 + 7 + 3 = 135; year 2: 5 x 20 + 10 x 5 + 3 = 153; year 3: 50 + 3 = 53.
    Net: 15, 247, 347. At 10 %: 15 + 247 / 1.1 + 347 / 1.21 = 526.322.
    """
    found = balance(PATH, "licensed", {k: v * ONE for k, v in FIXED.items()}, 1000 * ONE, TERMS)
    assert found.benefit[0].tolist() == [150, 400, 400]
    assert found.cost[0].tolist() == [135, 153, 53]
    assert found.net[0] == pytest.approx(526.322, abs=1e-3)
    assert found.payback() == 1


def test_break_even_is_where_the_present_value_is_zero():
    """Organisation-years 5 + 10 / 1.1 + 10 / 1.21 = 22.355; price* = 5 + 526.322 / 22.355 = 28.543; there the net is 0."""
    inputs = {k: v * ONE for k, v in FIXED.items()}
    found = balance(PATH, "licensed", inputs, 1000 * ONE, TERMS)
    price = found.break_even(5 * ONE)
    assert found.screened[0] == pytest.approx(22.3554, abs=1e-4)
    assert price == pytest.approx(28.5433, abs=1e-3)
    again = balance(PATH, "licensed", inputs | {"licence_per_organisation": price * ONE}, 1000 * ONE, TERMS)
    assert again.net[0] == pytest.approx(0, abs=1e-9)


def test_growth_bias_portal_scale_and_stock_by_hand():
    """Harm 50 of the study's members, twice as much of all, growth 10 % fading by half: 100, 110, 115.5; the portal sees half.

    Reach of a path of 1: cross 0.5 x 0.25 + 0.5 x 0.5 = 0.375; benefits 100 x 0.375 x 0.4 x 0.8 avoidable = 12, 13.2, 13.86.
    Costs go up by a fifth: (10 x 20 + 10 x 5 + 7 + 3 + twice 3 hours at 4 to look at the stock) x 1.2 = 340.8; (50 + 3) x 1.2
    = 63.6 twice.
    """
    given = FIXED | {
        "growth": 0.1, "optimism_bias": 0.2, "coverage": 0.5, "harm_scale": 2, "avoidable": 0.8, "stock_hours": 3, "hourly_wage": 4,
    }  # fmt: skip
    option = Option("Portal", "portal", adoption=(1.0,))
    found = balance(option, "licensed", {k: v * ONE for k, v in given.items()}, 50 * ONE, Terms(3, 0.0, 0.5))
    assert found.benefit[0] == pytest.approx([12, 13.2, 13.86])
    assert found.cost[0] == pytest.approx([340.8, 63.6, 63.6])
    assert found.payback() is None


def spreadsheet(option, screening, row, yearly, terms):
    """Compute the same by a plain loop over years, as a spreadsheet would have it."""
    total, before, harm = 0.0, 0.0, yearly * row["harm_scale"]
    start = row.get("start", 0.0)
    for year in range(terms.years):
        when = year + 0.5 - start
        share = (
            row["ceiling"] / (1 + math.exp(-row["steepness"] * (when - row["midpoint"])))
            if when >= 0
            else 0.0
        )
        reach = row.get("coverage", 1.0) * share
        hit = harm * (row["cross_share"] * reach**2 + (1 - row["cross_share"]) * reach)
        benefit = hit * row["recall"] * row["remediation"]
        price = row["licence_per_organisation" if screening == "licensed" else "open_source_per_organisation"]
        labour = row["flagged_per_organisation"] * row["review_seconds"] / 3600 * row["hourly_wage"]
        cost = max(share - before, 0) * row["stock_hours"] * row["harm_scale"] * row["hourly_wage"]
        cost += row["organisations"] * (
            max(share - before, 0) * row["integration_per_organisation"] + share * (price + labour)
        )
        cost += (row["migration"] + row["legal"]) * (year == math.floor(start)) + row["governance"] * (
            year >= math.floor(start)
        )
        total += (benefit - cost * (1 + row["optimism_bias"])) / (1 + terms.rate) ** year
        before, harm = share, harm * (1 + row["growth"] * terms.fade**year)
    return total


def test_a_spreadsheet_agrees():
    """200 random rows, three kinds of options: the arrays and a loop over years give the same present values."""
    random = np.random.default_rng(4)
    names = {
        "organisations": 30, "cross_share": 1, "recall": 1, "remediation": 1, "growth": 0.5, "integration_per_organisation": 900,
        "licence_per_organisation": 700, "open_source_per_organisation": 90, "governance": 300, "legal": 400, "migration": 500,
        "flagged_per_organisation": 200, "review_seconds": 40, "hourly_wage": 150, "optimism_bias": 0.4, "ceiling": 1, "midpoint": 3,
        "steepness": 3, "start": 2.5, "coverage": 1, "harm_scale": 9, "stock_hours": 70,
    }  # fmt: skip
    draws = {name: random.uniform(0, top, 200) for name, top in names.items()}
    yearly = random.uniform(0, 1e5, 200)
    terms = Terms(6, 0.035, 0.5)
    for kind, left in (("portal", ()), ("statutory", ("coverage",)), ("voluntary", ("coverage", "start"))):
        for screening in ("licensed", "open-source"):
            used = {n: d for n, d in draws.items() if n not in left}
            found = balance(Option("x", kind), screening, used, yearly, terms).net
            rows = [{n: float(d[i]) for n, d in used.items()} for i in range(200)]
            expected = [spreadsheet(kind, screening, row, yearly[i], terms) for i, row in enumerate(rows)]
            assert found == pytest.approx(expected)


def supply(**harm):
    return Supply(harm, "HKD", 2026, Streams(2000, 1))


def common(**more):
    return {name: point(value) for name, value in FIXED.items()} | more


def study(option=PATH, inputs=None, lines=None, **harm):
    given = lines or [line("M9", 1000.0, "HKD per year", np.full(2000, 1000.0))]
    return by_id(compare([option], inputs or common(), given, supply(**harm), TERMS).results)


def test_the_results_are_those_of_the_balance():
    """Present value, payback, break-even price and other rates as computed by hand above; doing nothing is 0."""
    found = study()
    assert found["S.path-licensed"].value == pytest.approx(526.322, abs=1e-3)
    assert found["S.path-licensed.break-even"].value == pytest.approx(28.5433, abs=1e-3)
    assert found["S.path-licensed.rate0"].value == pytest.approx(15 + 247 + 347)
    assert found["S.path-licensed.payback"].value == 1
    assert found["S.path-licensed.positive"].value == 1
    assert found["S.nothing.best"].value == 0
    assert found["S.path-open-source.best"].value == 1
    assert found["S.nothing.harm"].value == pytest.approx(1000 * (1 + 1 / 1.1 + 1 / 1.21))
    difference = found["S.difference.path-licensed"]
    assert difference.value == pytest.approx(4 * 22.3554, abs=1e-2)  # 4 a year for each organisation-year
    assert difference.interval == pytest.approx((difference.value, difference.value))


def test_who_pays_and_who_gains_adds_up():
    """Costs of organisations and of the operator are all costs; benefits by bearer are all benefits; SMEs take their share."""
    lines = [
        line("M3", 300.0, "HKD per year", np.full(2000, 300.0)),
        line("M8", 90.0, "HKD", np.full(2000, 90.0)),
        line("M9", 700.0, "HKD per year", np.full(2000, 700.0)),
    ]
    found = study(inputs=common(sme_share=point(0.5), growth=point(0.2)), lines=lines)
    part = {
        name.rpartition("licensed.")[2]: r.value
        for name, r in found.items()
        if name.startswith("S.path-licensed.")
    }
    assert part["pays.organisations"] + part["pays.operator"] == pytest.approx(part["cost"])
    assert part["pays.smes"] == pytest.approx(part["pays.organisations"] / 2)
    gains = [v for n, v in part.items() if n.startswith("gains.") and n != "gains.smes"]
    assert sum(gains) == pytest.approx(part["benefit"])
    assert part["gains.smes"] is None
    assert tuple(map(str, found["S.path-licensed.gains.smes"].needs)) == (
        "scenarios.sme_harm_share (not collected)",
    )


@pytest.mark.parametrize(
    "removed", ["organisations", "cross_share", "recall", "remediation", "integration_per_organisation"]
)
def test_removing_an_input_closes_every_option(removed):
    """What all options need leaves all of them open, and says so."""
    found = study(inputs={n: i for n, i in common().items() if n != removed})
    for name in ("S.path-licensed", "S.path-open-source"):
        assert (found[name].value, tuple(map(str, found[name].needs))) == (None, (f"scenarios.{removed}",))
    assert not any("best" in name for name in found)


def test_removing_a_price_closes_its_screening_only():
    """Without the price of licensed screening the open-source variant stays as it was."""
    whole, found = (
        study(),
        study(inputs={n: i for n, i in common().items() if n != "licence_per_organisation"}),
    )
    assert tuple(map(str, found["S.path-licensed"].needs)) == ("scenarios.licence_per_organisation",)
    assert found["S.path-open-source"] == whole["S.path-open-source"]


def test_an_option_needs_its_curve_and_a_yearly_harm():
    """A statutory option without a start, and any option without yearly harm or a price year, say what they need."""
    law = Option("Law", "statutory", {name: point(0.5) for name in ("ceiling", "midpoint", "steepness")})
    assert tuple(map(str, study(option=law)["S.law-licensed"].needs)) == ("scenarios.option.start of Law",)
    once = [line("M8", 90.0, "HKD", np.full(2000, 90.0))]
    assert tuple(map(str, study(lines=once)["S.path-licensed"].needs)) == (
        "a yearly line of harm (M3, M9 or M10a)",
    )


def test_grades_follow_the_worst_input():
    """One assumed input makes the option an assumption."""
    assert study()["S.path-licensed"].grade == "C"
    assert study(inputs=common(recall=point(0.8, "assumed")))["S.path-licensed"].grade == "E"


def test_options_share_their_draws():
    """Two equal options differ in no draw: the difference is 0 with no spread, however uncertain the inputs are."""
    wide = common(recall=supplied("share", "x1", low=0.2, value=0.5, high=0.9, name="recall"))
    twins = [PATH, Option("Twin", "own", adoption=(0.5, 1.0))]
    lines = [line("M9", 1000.0, "HKD per year", np.random.default_rng(1).gamma(2, 500, 2000))]
    found = by_id(compare(twins, wide, lines, supply(), TERMS).results)
    assert found["S.path-licensed"].interval == found["S.twin-licensed"].interval
    assert found["S.path-licensed"].interval[1] > found["S.path-licensed"].interval[0]
    zero = [r for n, r in found.items() if n.startswith("S.difference") and "open-source" in n]
    assert [(r.value, r.interval) for r in zero] == [(0.0, (0.0, 0.0))]


def test_the_tornado_by_hand():
    """Yearly harm from P10 to P90 with the rest fixed: net = harm x slope - costs; the sign turns where they meet."""
    inputs = {k: np.full(1000, v) for k, v in FIXED.items()}
    harm = np.linspace(0, 2000, 1000)
    table = tornado(PATH, "licensed", inputs, harm, TERMS).set_index("input")
    slope = 0.15 + 0.4 / 1.1 + 0.4 / 1.21
    costs = 135 + 153 / 1.1 + 53 / 1.21
    row = table.loc["harm"]
    assert table.index[0] == "harm"
    assert row["net_at_p10"] == pytest.approx(200 * slope - costs)
    assert row["net_at_p90"] == pytest.approx(1800 * slope - costs)
    assert row["switching"] == pytest.approx(costs / slope, rel=1e-3)
    assert row["correlation"] == pytest.approx(1)
    assert table.loc["governance", "correlation"] == 0


def test_the_sign_is_looked_for_at_two_values_only_of_what_runs_straight():
    """Of every input but those of adoption and growth the present value halfway is the mean of both ends; of those it is not."""
    rng = np.random.default_rng(1)
    names = {*COMMON, *OWN, "avoidable", "stock_hours", "hourly_wage", "review_seconds", HARM}
    draws = {name: rng.uniform(0.2, 0.8, 500) for name in sorted(names)}
    bent = set()
    for name in names:
        ends = []
        for value in (0.0, 0.5, 1.0):
            fixed = draws | {name: np.full(500, value)}
            harm = fixed.pop(HARM)
            ends.append(balance(Option("x", "portal"), "licensed", fixed, harm, TERMS).net.mean())
        if abs(ends[0] + ends[2] - 2 * ends[1]) > 1e-9:
            bent.add(name)
    assert bent == set(CURVED)


def test_expected_values_are_those_of_the_results():
    """The short way that the window takes gives the same present values."""
    lines = [line("M9", 1000.0, "HKD per year", np.full(2000, 1000.0))]
    found = expected_values([PATH], common(), lines, supply(), TERMS)
    results = study()
    assert found == {
        "nothing": 0.0,
        **{slug("Path", s): results[f"S.{slug('Path', s)}"].value for s in ("licensed", "open-source")},
    }


@pytest.mark.slow
def test_ten_thousand_draws_take_a_moment():
    """Four options with both kinds of screening, 10,000 draws: seconds at most, as nothing loops over draws."""
    from time import process_time

    options = [Option(f"o{n}", "own", adoption=(0.1 * n, 0.9)) for n in range(1, 5)]
    lines = [line("M9", 1000.0, "HKD per year", np.random.default_rng(1).gamma(2, 500, 10_000))]
    start = process_time()
    wide = Supply({}, "HKD", 2026, Streams(10_000, 1))
    found = compare(options, common(), lines, wide, Terms())
    assert process_time() - start < 20
    assert len(found.years) == 4 * 2 * 5
    assert isinstance(found.inputs, pd.DataFrame)


def test_full_adoption_and_remediation_bring_back_the_net_harm():
    """One simulation: everybody adopts at once, every copy is found and dealt with: benefits are the net harm, draw by draw.

    Gross 1,000 on average, 0.6 of it net, 0.9 of that remediable: no benefit exceeds what duplication costs net.
    """
    draws = np.random.default_rng(2).gamma(4, 250, 2000)
    net = Line(
        line("M9", 1000.0, "HKD per year", draws).result, draws, draws, np.full(2000, 0.6), np.full(2000, 0.9)
    )
    full = Option("Path", "own", adoption=(1.0,))
    found = study(full, common(recall=point(1.0), remediation=point(1.0)), [net])
    annuity = 1 + 1 / 1.1 + 1 / 1.21
    assert found["S.nothing.harm"].value == pytest.approx(draws.mean() * 0.6 * annuity)
    assert found["S.path-licensed.benefit"].value == pytest.approx(draws.mean() * 0.6 * 0.9 * annuity)


def test_one_simulation_gives_one_number():
    """The tornado's price at which the sign turns is the break-even price; at an input's own value its net is the result's.

    All but the price varies, too, so that means and medians differ.
    """
    random = np.random.default_rng(3)
    lines = [line("M9", 1000.0, "HKD per year", random.gamma(2, 500, 2000))]
    wide = common(
        recall=supplied("share", "x1", low=0.2, value=0.5, high=0.9, name="recall"),
        integration_per_organisation=supplied("HKD", "x1", p50=20, p90=60),
        licence_per_organisation=supplied("HKD", "x1", low=3, value=5, high=13),
    )
    compared = compare([PATH], wide, lines, supply(), TERMS)
    found = by_id(compared.results)
    table = compared.inputs.set_index(["screening", "input"])
    for screening, price in (
        ("licensed", "licence_per_organisation"),
        ("open-source", "open_source_per_organisation"),
    ):
        assert table.loc[(screening, price), "switching"] == pytest.approx(
            found[f"S.path-{screening}.break-even"].value, rel=1e-6
        )
    assert table.loc[("licensed", "governance"), "net_at_p10"] == pytest.approx(
        found["S.path-licensed"].value
    )
    years = compared.years[compared.years["screening"] == "licensed"]
    assert years["balance"].iloc[-1] == pytest.approx(found["S.path-licensed"].value)


def test_higher_wages_cost_more_everywhere():
    """Looking at the stock is a cost of the option, not a harm of doing nothing: higher wages lower the present value."""
    hours = Line(line("M8.hours", 10.0, "hours", None).result, None, np.full(2000, 10.0))
    lines = [
        line("M9", 1000.0, "HKD per year", np.full(2000, 1000.0)),
        hours,
        line("M8", 900.0, "HKD", np.full(2000, 900.0)),
    ]
    wage = supplied("HKD per hour", "x1", low=50, value=100, high=150)
    compared = compare([PATH], common(), lines, supply(hourly_wage=wage), TERMS)
    found = by_id(compared.results)
    # Half of the ten hours at 100 in the first year, half in the second: 500 + 500 / 1.1 on top of the costs by hand.
    plain = study()
    assert plain["S.path-licensed"].value - found["S.path-licensed"].value == pytest.approx(
        500 + 500 / 1.1, rel=1e-4
    )
    assert found["S.nothing.harm"].value == plain["S.nothing.harm"].value
    row = compared.inputs.set_index(["screening", "input"]).loc[("licensed", "hourly_wage")]
    assert row["net_at_p90"] < row["net_at_p10"]
    assert row["correlation"] == pytest.approx(-1)


def test_harm_and_cost_are_of_the_same_organisations():
    """The harm of 4 against the cost of 10 is refused; with the factor between them, and its source, it is compared."""
    given = [line("M9", 1000.0, "HKD per year", np.full(2000, 1000.0))]
    found = by_id(compare([PATH], common(), given, supply(), TERMS, members=4).results)
    assert found["S.path-licensed"].value is None
    assert "the harm is of 4, the cost of 10" in str(found["S.path-licensed"].needs[0])
    scaled = by_id(compare([PATH], common(harm_scale=point(2.5)), given, supply(), TERMS, members=4).results)
    assert scaled["S.nothing.harm"].value == pytest.approx(2.5 * study()["S.nothing.harm"].value)
    assert "harm_scale" in {i.name for i in scaled["S.path-licensed"].inputs}
    assert by_id(compare([PATH], common(), given, supply(), TERMS, members=10).results)[
        "S.path-licensed"
    ].value
    alone = by_id(compare([PATH], common(harm_scale=point(100)), given, supply(), TERMS, members=10).results)
    assert "both are of 10, so that scenarios.harm_scale would change the harm alone" in str(
        alone["S.path-licensed"].needs[0]
    )


def test_net_cost_to_business_by_hand():
    """Organisations pay 128, 150, 50 without governance (3) and legal work (7), and save 150, 400, 400.

    As equal amounts of three years at 10 %: costs (125 + 150 / 1.1 + 50 / 1.21) / 2.7355 = 110.65, savings (150 + 400 / 1.1 +
    400 / 1.21) / 2.7355 = 308.61: net -197.96 a year. Half of the costs and a quarter of the savings are of small ones.
    """
    annuity = 1 + 1 / 1.1 + 1 / 1.21
    paid = (125 + 150 / 1.1 + 50 / 1.21) / annuity
    saved = (150 + 400 / 1.1 + 400 / 1.21) / annuity
    found = study(inputs=common(sme_share=point(0.5), sme_harm_share=point(0.25)))
    assert (
        found["S.path-licensed.eandcb"].value
        == pytest.approx(paid - saved)
        == pytest.approx(-197.96, abs=0.01)
    )
    assert found["S.path-licensed.eandcb.smes"].value == pytest.approx(paid / 2 - saved / 4)
    assert study()["S.path-licensed.eandcb.smes"].value is None


def test_independence_is_said_with_what_it_hides():
    """Without correlations the spread is given at 0.5 and -0.5 of benefits and costs as well; the mean stays, the spread moves."""
    lines = [line("M9", 1000.0, "HKD per year", np.random.default_rng(1).gamma(2, 500, 2000))]
    wide = common(integration_per_organisation=supplied("HKD", "x1", p50=40, p90=120))
    found = by_id(compare([PATH], wide, lines, supply(), TERMS).results)
    whole, together, opposed = (found[f"S.path-licensed{part}"] for part in ("", ".together", ".opposed"))
    assert together.value == pytest.approx(whole.value) == pytest.approx(opposed.value)
    width = [each.interval[1] - each.interval[0] for each in (together, whole, opposed)]
    assert width == sorted(width)
    assert "no correlations were supplied" in str(together.method)
