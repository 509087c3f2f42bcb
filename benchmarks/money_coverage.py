"""How often nominal 95 % intervals hold the truth: 500 simulated studies each for the trend and every register-based line.

Run: python benchmarks/money_coverage.py [studies] [seed]. It prints the rows of `dedupelab/publish/chapters/coverage.py`.
"""

import sys
from collections.abc import Iterator

import numpy as np

from dedupelab.evidence.copies.trend import growth, random_orders
from dedupelab.evidence.money.compound_poisson import FEWEST_EVENTS, expected_draws, interval
from dedupelab.numbers.distributions import MeanTime
from dedupelab.numbers.draws import Streams, quantiles

Z90 = 1.2815515655446004


def losses(studies: int, seed: int, rate: float, years: float, ratio: float) -> float:
    """Coverage of the expected cost a year: Poisson events, lognormal costs with P90 = ratio x P50.

    Studies with fewer events than have an interval are drawn again: nothing is printed for them.
    """
    random = np.random.default_rng(seed)
    sigma = np.log(ratio) / Z90
    truth = rate * 100 * np.exp(sigma**2 / 2)
    hits = 0
    for _ in range(studies):
        while (events := int(random.poisson(rate * years))) < FEWEST_EVENTS:
            pass
        costs = 100 * np.exp(sigma * random.standard_normal(events))
        low, high = interval(expected_draws(costs, years, Streams(2000), "M9"), costs) or (0.0, 0.0)
        hits += low <= truth <= high
    return hits / studies


def times(studies: int, seed: int, entries: int, ratio: float) -> float:
    """Coverage of the mean time of work from a timed log of lognormal times."""
    random = np.random.default_rng(seed)
    sigma = np.log(ratio) / Z90
    truth = 30 * np.exp(sigma**2 / 2)
    hits = 0
    for _ in range(studies):
        log = tuple(float(t) for t in 30 * np.exp(sigma * random.standard_normal(entries)))
        low, high = quantiles(MeanTime(log).draw(Streams(2000), "time"), (0.025, 0.975))
        hits += low <= truth <= high
    return hits / studies


WEEKLY = 0.03
"""Planted weekly growth of copying beyond random order."""


def slopes(studies: int, seed: int, weeks: int, ingest: int, share: float, *, planted: float) -> float:
    """Share of studies whose interval of M11 holds the growth that was planted beyond random order.

    About `share` of the pictures are copies. Without growth the copies are those of one random order of the pictures; with
    it each week's copies are binomial around those expected in random order, times (1 + planted) for each week.
    """
    random = np.random.default_rng(seed)
    week, hits = np.arange(weeks), 0
    for study in range(studies):
        several: list[int] = []
        while sum(several) - len(several) < share * ingest * weeks:
            several.append(1 + int(random.geometric(0.6)))
        sizes = np.concatenate([several, np.ones(ingest * weeks - sum(several))])
        ingested = random.multinomial(ingest * weeks, np.full(weeks, 1 / weeks)).astype(np.float64)
        orders = random_orders(sizes, ingested, seed=seed + study)
        if planted:
            expected = orders.expected * (1 + planted) ** week
            chance = np.minimum(1, expected * (orders.expected.sum() / expected.sum()) / ingested.clip(1))
            copies = random.binomial(ingested.astype(np.int64), chance).astype(np.float64)
        else:
            copies = random_orders(sizes, ingested, seed=seed + studies + study, orders=1).drawn[0]
        low, high = growth(copies, orders).interval
        hits += low <= np.log1p(planted) <= high
    return hits / studies


def table(studies: int, seed: int) -> Iterator[tuple[str, str, float]]:
    """Yield what was simulated, its truth in words, and the coverage."""
    for line, (rate, years, ratio) in {
        "Disputes in a year": (12.0, 3.0, 3.0),
        "Licences paid twice in a year": (20.0, 2.0, 2.5),
        "Pictures acquired again in a year": (8.0, 2.0, 2.0),
    }.items():
        words = f"{rate:g} a year over {years:g} years, lognormal costs with P90 {ratio:g} x P50"
        yield line, words, losses(studies, seed, rate, years, ratio)
    for events in (5, 10, 20, 40):
        for deviation in (0.5, 1.0, 1.5):
            words = f"about {events} events, lognormal costs with a deviation of {deviation:g} of their logarithms"
            ratio = float(np.exp(deviation * Z90))
            yield "Lines from registers: few events", words, losses(studies, seed, float(events), 1.0, ratio)
    for entries, ratio in ((10, 2.0), (30, 3.0)):
        yield (
            "Mean time from the workflow register",
            f"{entries} timed entries, lognormal, P90 {ratio:g} x P50",
            times(studies, seed, entries, ratio),
        )
    for weeks, ingest, share in ((16, 20, 0.25), (26, 25, 0.1), (52, 15, 0.4)):
        where = f"{weeks} weeks, {ingest} pictures a week, {100 * share:.0f}\N{NO-BREAK SPACE}% copies"
        words = f"{where}, in random order: no growth"
        yield "Weekly growth", words, slopes(studies, seed, weeks, ingest, share, planted=0.0)
        words = f"{where}, growing by {100 * WEEKLY:.0f}\N{NO-BREAK SPACE}% a week beyond random order"
        yield "Weekly growth", words, slopes(studies, seed, weeks, ingest, share, planted=WEEKLY)


if __name__ == "__main__":
    STUDIES, START = (
        (int(sys.argv[1]) if len(sys.argv) > 1 else 500),
        (int(sys.argv[2]) if len(sys.argv) > 2 else 1),
    )
    for what, truth, share in table(STUDIES, START):
        print(f'    ("{what}", "{truth}", {share:.3f}),')
