from datetime import date, timedelta

import pandas as pd
import pytest
from scipy.stats import beta, chi2

from dedupelab.evidence.copies.population import population
from dedupelab.evidence.money.attribution import Counted, attribution
from dedupelab.evidence.money.licences import works_by_name
from dedupelab.numbers.draws import Streams
from dedupelab.numbers.results import by_id


@pytest.fixture
def people(frames):
    """20 works of two copies each, and 80 works held once."""
    ids = [f"w{n}{side}" for n in range(20) for side in "ab"] + [f"l{n}" for n in range(80)]
    study = frames([{"id": i} for i in ids], [[[f"w{n}a", f"w{n}b"]] for n in range(20)])
    return population(study.images, study.groups, study.members, collections=["a"])


def incidents(duplicated, single):
    assets = [f"w{n}{'ab'[n % 2]}" for n in range(duplicated)] + [f"l{n}" for n in range(single)]
    rows = [
        {"kind": "dispute", "asset": a, "opened": (date(2026, 1, 1) + timedelta(n)).isoformat()}
        for n, a in enumerate(assets)
    ]
    rows += [{"kind": "dispute", "asset": None}, {"kind": "dispute", "asset": "elsewhere"}]
    return pd.DataFrame([row | {"id": f"i{number}"} for number, row in enumerate(rows)])


def measured(people, duplicated, single):
    found = attribution(incidents(duplicated, single), works_by_name(people), people, Streams(4000))
    return by_id(found.results), found.draws


def test_the_share_by_hand(people):
    """12 of 16 incidents concern the 20 duplicated works of 100: r1 = 12 / 20 = 0.6, r0 = 4 / 80 = 0.05.

    Among the duplicated (0.6 - 0.05) / 0.6 = 0.9167 is attributable, of all 0.75 x 0.9167 = 0.6875; by Levin's formula the
    same: 1 - r0 / r with r = 16 / 100 = 0.16. Exact ends: p - (1 - p) / 4 at Clopper and Pearson's 0.4762 and 0.9273.
    """
    found, draws = measured(people, 12, 4)
    assert found["M9a"].value == pytest.approx(0.6875) == pytest.approx(1 - 0.05 / 0.16)
    low, high = beta.ppf(0.025, 12, 5), beta.ppf(0.975, 13, 4)
    assert (low, high) == (pytest.approx(0.4762, abs=1e-4), pytest.approx(0.9273, abs=1e-4))
    assert found["M9a"].interval == pytest.approx((low - (1 - low) / 4, high - (1 - high) / 4))
    assert (found["M9a.duplicated"].value, found["M9a.single"].value) == (0.6, 0.05)
    assert [str(each) for each in found["M9a"].caveats] == [
        "the interval takes as given which works the study holds more than once",
        "works held more than once may differ from others in more than that: what is used more may be both copied and disputed more",
        "2 of 18 incidents name no picture of this study and are left out",
    ]
    # Each count names the entries that it counts.
    named = {each.name: each for each in found["M9a"].inputs}
    assert named["incidents of duplicated works"].entries == tuple(f"i{n}" for n in range(12))
    assert named["incidents of other works"].entries == tuple(f"i{n}" for n in range(12, 16))
    assert named["incidents of other works"].place == "incident"
    assert draws.mean() == pytest.approx(
        1.25 * 12.5 / 17 - 0.25, abs=2e-3
    )  # Jeffreys' mean of p, through the same line


def test_incidents_of_one_work_are_no_independent_witnesses(people):
    """Twelve incidents of one duplicated work and four of four others are as good as 16 / 12 = 1.33 independent ones, as would be twelve of one other work.

    As 12 and 4 works they would say that duplication is behind two thirds of all; one quarrel says nothing.
    """
    quarrel = incidents(12, 4).replace({f"w{n}{'ab'[n % 2]}": "w0a" for n in range(12)})
    found = attribution(quarrel, works_by_name(people), people, Streams(4000))
    results = by_id(found.results)
    assert results["M9a"].value == pytest.approx(0.6875)
    of, whole = 12 / 12, 16 / 12
    low, high = beta.ppf(0.025, of, whole - of + 1), beta.ppf(0.975, of + 1, whole - of)
    assert results["M9a"].interval == pytest.approx((low - (1 - low) / 4, high - (1 - high) / 4))
    assert [str(each) for each in results["M9a"].caveats][3:] == [
        "several incidents name one work: in the intervals 16 count as 1.3 (Kish 1965)",
        "zero lies inside the interval: no share can be told from none",
    ]
    assert found.draws.std() > 0.25
    assert results["M9a.duplicated"].interval[1] == pytest.approx(12 * chi2.ppf(0.975, 4) / 2 / 20)
    assert results["M9a.single"].interval[1] == pytest.approx(chi2.ppf(0.975, 10) / 2 / 80)


def test_zero_inside_is_said(people):
    """3 of 12 incidents concern a fifth of the works: little more than by chance, and the interval holds zero."""
    found, draws = measured(people, 3, 9)
    assert found["M9a"].interval[0] < 0 < found["M9a"].interval[1]
    assert "zero lies inside the interval" in str(found["M9a"].caveat)
    assert draws.min() == 0


def test_nine_incidents_measure_nothing(people):
    """Fewer than ten that name a picture of the study leave the share to what was supplied."""
    found, draws = measured(people, 6, 3)
    assert draws is None
    assert "at least 10 incidents" in str(found["M9a"].needs[0])
    assert attribution(None, {}, people, Streams(10)).draws is None


def test_all_concern_duplicates():
    """All incidents of duplicated works: everything is attributable."""
    assert Counted(12, 0, 20, 80).fraction(1.0) == 1.0
