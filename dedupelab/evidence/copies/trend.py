"""Whether copies become more frequent: weekly growth of copying beyond what the same pictures show in random order.

A picture whose work is held already is a copy, and as the stock grows that becomes likelier in any order of arrival. So each
week's copies are compared with those expected had the same pictures come in random order (rarefaction: Hurlbert, Ecology 52,
1971, 577-586), as indirect standardisation does; what random order shows by itself is no growth.
"""

from dataclasses import dataclass
from math import expm1

import numpy as np
import pandas as pd
from scipy.special import gammaln, stdtrit

from dedupelab.evidence.copies.population import Population
from dedupelab.evidence.metadata.ai import ai_labelled
from dedupelab.numbers.draws import Floats
from dedupelab.numbers.intervals import SEED
from dedupelab.numbers.messages import Message, message, named
from dedupelab.numbers.results import Input, Result, missing

FEWEST_WEEKS = 12
"""Weeks below which no trend is given."""
FEWEST_COPIES = 10
"""Copies among dated pictures below which no trend is given."""
ORDERS = 999
"""Random orders that are drawn."""
_PICTURES = 400_000_000
"""Pictures placed in all orders together: larger stocks get fewer orders, at least 199."""
COLUMNS = (
    "week", "ingested", "copies", "expected", "low", "high", "fitted", "labelled", "unlabelled",
)  # fmt: skip
LABEL = message("Weekly growth of copying beyond random order of arrival")
METHOD = message(
    "Each week's copies (of a work that the study already held) over those expected had the same pictures arrived in random order, "
    "log-linear in the week; e^slope - 1."
)
SIZES = message(
    "which pictures came is taken as it is, only their order is compared with chance: a delivery of many copies at once counts as much as "
    "copying that spreads"
)


@dataclass(frozen=True)
class Orders:
    """What random order of arrival gives: `expected` copies of each week, and copies `drawn` (orders x weeks)."""

    expected: Floats
    drawn: Floats


@dataclass(frozen=True)
class Growth:
    """Slope per week on the log scale with its 95 % interval, the chance of such a slope in random order, fitted copies."""

    slope: float
    interval: tuple[float, float]
    chance: float
    fitted: Floats


def expected_copies(sizes: Floats, ingested: Floats) -> Floats:
    """Return the copies expected in each week when pictures arrive in random order.

    Among the first K of N pictures a work of m pictures is absent with chance C(N - m, K) / C(N, K); pictures beyond the
    first of their work are copies.

    Parameters
    ----------
    sizes
        Pictures of each work, lone pictures among them.
    ingested
        Pictures that arrived in each week; their sum is that of `sizes`.

    Examples
    --------
    Two works of two pictures, one picture a week: the second picture is a copy with chance 1/3, the fourth always.

    >>> expected_copies(np.array([2.0, 2.0]), np.ones(4)).round(4).tolist()
    [0.0, 0.3333, 0.6667, 1.0]
    """
    total = float(ingested.sum())
    before = np.concatenate([[0.0], np.cumsum(ingested)])
    works = np.zeros(len(before))
    for size, times in zip(*np.unique(sizes, return_counts=True), strict=True):
        left = total - before
        some = left >= size
        absent = np.zeros(len(before))
        absent[some] = np.exp(
            gammaln(left[some] + 1)
            - gammaln(left[some] - size + 1)
            - gammaln(total + 1)
            + gammaln(total - size + 1)
        )
        works += times * (1 - absent)
    return np.maximum(ingested - np.diff(works), 0.0)


def random_orders(sizes: Floats, ingested: Floats, *, seed: int = SEED, orders: int = ORDERS) -> Orders:
    """Return expected copies, and the copies of each week in random orders of the same pictures."""
    random = np.random.default_rng(seed)
    several = sizes[sizes > 1].astype(np.int64)
    slots = np.repeat(np.arange(len(ingested)), ingested.astype(np.int64))
    begins = np.concatenate([[0], np.cumsum(several)[:-1]]).astype(np.int64)
    times = min(orders, max(199, int(_PICTURES / max(1, len(slots)))))
    drawn = np.zeros((times, len(ingested)))
    for number in range(times if len(several) else 0):
        weeks = random.permutation(slots)[: several.sum()]
        firsts = np.minimum.reduceat(weeks, begins)
        drawn[number] = np.bincount(weeks, minlength=len(ingested)) - np.bincount(
            firsts, minlength=len(ingested)
        )
    return Orders(expected_copies(sizes, ingested), drawn)


def growth(copies: Floats, orders: Orders) -> Growth:
    """Return the weekly growth of copies beyond random order.

    The slope solves sum(t d) = sum(t m) for fitted copies m = c e^(slope t) x expected with the same sum (Poisson
    regression with an offset). Its standard error is that of the regression, widened or narrowed by the dispersion around the
    fit, and is studentised in every random order as in the study. Whether zero lies inside the interval is decided by these
    orders alone; its ends are the wider ones of theirs and of the regression's with Student's t, as copies that do grow
    scatter more than an order does.
    """
    used = orders.expected > 1e-9
    weeks = np.flatnonzero(used).astype(np.float64)
    expected = orders.expected[used]
    slopes, errors, fitted = _slopes(np.vstack([copies[used], orders.drawn[:, used]]), expected, weeks)
    slope, error = float(slopes[0]), float(errors[0])
    ratios = np.divide(slopes, errors, out=np.zeros_like(slopes), where=errors > 0)
    low, high = (float(q) for q in np.quantile(ratios[1:], (0.025, 0.975)))
    half = float(stdtrit(len(weeks) - 2, 0.975)) * error
    below, above = slope - high * error, slope - low * error
    least, most = min(below, slope - half), max(above, slope + half)
    # The regression's ends must not take in a zero that the orders leave out.
    least = below if below > 0 >= least else least
    most = above if above < 0 <= most else most
    beyond = min(int((ratios[1:] >= ratios[0]).sum()), int((ratios[1:] <= ratios[0]).sum()))
    whole = np.zeros(len(copies))
    whole[used] = fitted
    return Growth(slope, (least, most), min(1.0, 2 * (beyond + 1) / len(ratios)), whole)


def _slopes(copies: Floats, expected: Floats, weeks: Floats) -> tuple[Floats, Floats, Floats]:
    """Return slopes and their errors, one for each row of copies, and the copies fitted to the first row."""
    total = np.maximum(copies.sum(axis=1), 1.0)
    target = copies @ weeks / total
    centre = float(expected @ weeks / expected.sum())
    far = weeks - centre
    slopes = np.zeros(len(copies))
    most = 4.0 / max(1.0, float(np.abs(far).max()))
    for _ in range(100):
        weights = expected * np.exp(slopes[:, np.newaxis] * far)
        weights /= weights.sum(axis=1, keepdims=True)
        mean = weights @ far
        spread = np.maximum(weights @ far**2 - mean**2, 1e-12)
        step = np.clip((target - centre - mean) / spread, -most / 4, most / 4)
        slopes = np.clip(slopes + step, -10 * most, 10 * most)
        if float(np.abs(step).max()) < 1e-12:
            break
    fitted = total[:, np.newaxis] * weights
    chi = ((copies - fitted) ** 2 / np.maximum(fitted, 1e-12)).sum(axis=1)
    return slopes, np.sqrt(chi / (len(weeks) - 2) / (total * spread)), fitted[0]


def weekly(people: Population, dates: str) -> tuple[pd.DataFrame, Floats]:
    """Return one row for each week from the first to the last, and how many dated pictures each work has.

    A week has ingested pictures, copies among them and AI labels. A copy is a picture of a work of which the study holds one
    with an earlier date; low-information pictures are left out.
    """
    hashed = people.hashed[~people.hashed["low"]]
    unit = people.members.set_index("image_id")["unit"]
    labelled, silent = ai_labelled(hashed)
    frame = pd.DataFrame(
        {
            "image_id": hashed["image_id"],
            "when": pd.to_datetime(hashed[dates], utc=True),
            "unit": hashed["image_id"].map(unit),
            "labelled": labelled,
            "unlabelled": silent,
        }
    ).dropna(subset=["when"])
    frame = frame.sort_values(["when", "image_id"], kind="stable")
    frame["copy"] = frame["unit"].notna() & frame.duplicated("unit")
    day = frame["when"].dt.tz_localize(None).dt.normalize()
    frame["week"] = day - pd.to_timedelta(day.dt.day_of_week, unit="D")
    weeks = frame.groupby("week").agg(
        ingested=("copy", "size"),
        copies=("copy", "sum"),
        labelled=("labelled", "sum"),
        unlabelled=("unlabelled", "sum"),
    )
    if not len(weeks):
        return pd.DataFrame({name: [] for name in COLUMNS}), np.empty(0)
    sizes = np.concatenate(
        [frame["unit"].value_counts().to_numpy(), np.ones(int(frame["unit"].isna().sum()))]
    )
    whole = pd.date_range(weeks.index.min(), weeks.index.max(), freq="7D")
    weeks = weeks.reindex(whole, fill_value=0)
    weeks.insert(0, "week", whole.strftime("%Y-%m-%d"))
    found = dict.fromkeys(("expected", "low", "high", "fitted"), np.nan)
    return weeks.reset_index(drop=True).assign(**found)[list(COLUMNS)], sizes.astype(np.float64)


def trend(people: Population, dates: str, *, seed: int = SEED) -> tuple[list[Result], pd.DataFrame]:
    """Return M11 with its robustness check, and the table `trend`.

    Parameters
    ----------
    dates
        Column of the images table that says when a picture came in; empty when the study names none.
    """
    if not dates:
        needs = (message("the day on which each picture came in, over twelve weeks or more"),)
        return [missing("M11", LABEL, "fraction", needs, METHOD)], pd.DataFrame(
            {name: [] for name in COLUMNS}
        )
    table, sizes = weekly(people, dates)
    source = (Input("dates", named(dates), message("column"), message("table images"), "measured"),)
    if need := _lacking(table):
        return [missing("M11", LABEL, "fraction", (need,), METHOD, source)], table
    copies, ingested = table["copies"].to_numpy(np.float64), table["ingested"].to_numpy(np.float64)
    orders = random_orders(sizes, ingested, seed=seed)
    found = growth(copies, orders)
    low, high = np.quantile(orders.drawn, (0.025, 0.975), axis=0)
    table = table.assign(expected=orders.expected, low=low, high=high, fitted=found.fitted)
    used = orders.expected > 1e-9
    tau, chance = mann_kendall(
        copies[used] / orders.expected[used], orders.drawn[:, used] / orders.expected[used]
    )
    of = (int((ingested > 0).sum()), message("weeks with new pictures"))
    drawn = len(orders.drawn)
    return [
        Result(
            "M11", LABEL, expm1(found.slope), "fraction", None, *of, (expm1(found.interval[0]), expm1(found.interval[1])),
            message(
                "95 % by {orders:,} random orders of the same pictures and by quasi-Poisson regression with Student's t, the wider ends; the orders "
                "alone decide whether zero lies inside", orders=drawn,
            ),
            message("{method} Beside it: Mann-Kendall tau {tau:.2f}, p {chance:.2g}.", method=METHOD, tau=tau, chance=chance), "C", source,
            "estimated", review="unreviewed", caveats=(SIZES,), chance=found.chance,
        ),
        Result(
            "M11.tau", message("Mann-Kendall's tau of copies over those of random order, by week"), tau, "index", None, *of,
            None, message("test: p = {chance:.2g} among {orders:,} random orders", chance=chance, orders=drawn),
            message("Kendall's tau of weekly ratios and weeks (Mann 1945, Kendall 1975)."), "C",
            source, "estimated", review="unreviewed", interval_kind="test", chance=chance,
        ),
    ], table  # fmt: skip


def _lacking(table: pd.DataFrame) -> Message | None:
    """Say what a trend would need; nothing where it can be given."""
    got = int((table["ingested"] > 0).sum())
    if got < FEWEST_WEEKS:
        return message(
            "at least {weeks} weeks with new pictures (this study has {got} weeks)",
            weeks=FEWEST_WEEKS,
            got=got,
        )
    copies = int(table["copies"].sum())
    if copies < FEWEST_COPIES:
        return message(
            "at least {copies} copies among dated pictures (this study has {got})",
            copies=FEWEST_COPIES,
            got=copies,
        )
    return None


def mann_kendall(values: Floats, orders: Floats) -> tuple[float, float]:
    """Return Kendall's tau of values and their order, and the share of random orders with one as far from 0.

    Parameters
    ----------
    values
        One for each week.
    orders
        The same in random orders (orders x weeks).

    Examples
    --------
    >>> rising = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    >>> mann_kendall(rising, rising[np.newaxis, ::-1])
    (1.0, 1.0)
    """
    later = np.arange(len(values))
    taus = []
    for row in (values, *orders):
        signs = np.sign(row[np.newaxis, :] - row[:, np.newaxis])[later[:, np.newaxis] < later[np.newaxis, :]]
        ties = np.count_nonzero(signs)
        taus.append(float(signs.sum() / np.sqrt(len(signs) * ties)) if ties else 0.0)
    drawn = np.abs(taus[1:])
    return taus[0], float((1 + (drawn >= abs(taus[0]) - 1e-12).sum()) / (1 + len(drawn)))
