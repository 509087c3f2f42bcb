"""How often intervals held the truth in simulated studies: measured by `make coverage`, which anyone can rerun."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from dedupelab.numbers.messages import N_
from dedupelab.publish.language.language import _, number
from dedupelab.publish.paper.document import Block, Column, Heading, Table

STUDIES, SEED = 500, 1
MEASURED = (
    (N_("Disputes in a year"), N_("12 a year over 3 years, lognormal costs with P90 3 x P50"), 0.952),
    (
        N_("Licences paid twice in a year"),
        N_("20 a year over 2 years, lognormal costs with P90 2.5 x P50"),
        0.934,
    ),
    (
        N_("Pictures acquired again in a year"),
        N_("8 a year over 2 years, lognormal costs with P90 2 x P50"),
        0.980,
    ),
    (
        N_("Lines from registers: few events"),
        N_("about 5 events, lognormal costs with a deviation of 0.5 of their logarithms"),
        0.992,
    ),
    (
        N_("Lines from registers: few events"),
        N_("about 5 events, lognormal costs with a deviation of 1 of their logarithms"),
        1.000,
    ),
    (
        N_("Lines from registers: few events"),
        N_("about 5 events, lognormal costs with a deviation of 1.5 of their logarithms"),
        0.962,
    ),
    (
        N_("Lines from registers: few events"),
        N_("about 10 events, lognormal costs with a deviation of 0.5 of their logarithms"),
        0.990,
    ),
    (
        N_("Lines from registers: few events"),
        N_("about 10 events, lognormal costs with a deviation of 1 of their logarithms"),
        0.982,
    ),
    (
        N_("Lines from registers: few events"),
        N_("about 10 events, lognormal costs with a deviation of 1.5 of their logarithms"),
        0.922,
    ),
    (
        N_("Lines from registers: few events"),
        N_("about 20 events, lognormal costs with a deviation of 0.5 of their logarithms"),
        0.956,
    ),
    (
        N_("Lines from registers: few events"),
        N_("about 20 events, lognormal costs with a deviation of 1 of their logarithms"),
        0.956,
    ),
    (
        N_("Lines from registers: few events"),
        N_("about 20 events, lognormal costs with a deviation of 1.5 of their logarithms"),
        0.940,
    ),
    (
        N_("Lines from registers: few events"),
        N_("about 40 events, lognormal costs with a deviation of 0.5 of their logarithms"),
        0.944,
    ),
    (
        N_("Lines from registers: few events"),
        N_("about 40 events, lognormal costs with a deviation of 1 of their logarithms"),
        0.934,
    ),
    (
        N_("Lines from registers: few events"),
        N_("about 40 events, lognormal costs with a deviation of 1.5 of their logarithms"),
        0.938,
    ),
    (N_("Mean time from the workflow register"), N_("10 timed entries, lognormal, P90 2 x P50"), 0.944),
    (N_("Mean time from the workflow register"), N_("30 timed entries, lognormal, P90 3 x P50"), 0.950),
    (
        N_("Weekly growth"),
        N_("16 weeks, 20 pictures a week, 25 % copies, in random order: no growth"),
        0.944,
    ),
    (
        N_("Weekly growth"),
        N_("16 weeks, 20 pictures a week, 25 % copies, growing by 3 % a week beyond random order"),
        0.962,
    ),
    (
        N_("Weekly growth"),
        N_("26 weeks, 25 pictures a week, 10 % copies, in random order: no growth"),
        0.946,
    ),
    (
        N_("Weekly growth"),
        N_("26 weeks, 25 pictures a week, 10 % copies, growing by 3 % a week beyond random order"),
        0.958,
    ),
    (
        N_("Weekly growth"),
        N_("52 weeks, 15 pictures a week, 40 % copies, in random order: no growth"),
        0.940,
    ),
    (
        N_("Weekly growth"),
        N_("52 weeks, 15 pictures a week, 40 % copies, growing by 3 % a week beyond random order"),
        0.952,
    ),
)
"""What was simulated, its truth, and the share of nominal 95 % intervals that held it."""


KINDS = {
    "even": N_("errors that fall anywhere alike"),
    "uneven": N_("errors by collection, size and work"),
    "cliques": N_("heavy-tailed groups, templates that link crowds"),
    "erring": N_("reviewers who err on 3 and 5 %"),
    "unproposed": N_("half of the hard copies unproposed, files searched for"),
}
"""Kinds of simulated studies."""
PRINTED = {"surplus": N_("Surplus"), "recall": N_("Recall"), "precision": N_("Precision")}
"""Totals of a review that are printed with an interval or, precision and recall, with its lower end."""


class Reviewed(NamedTuple):
    """How often the intervals of a review held the truth: `held` by kind of studies, total and number of labels."""

    measured: str
    version: str
    studies: int
    labels: tuple[int, ...]
    held: Mapping[tuple[str, str, int], float]

    @property
    def printed(self) -> dict[str, list[float]]:
        """Return for each kind of studies the per cent of the totals that are printed, by total and number of labels."""
        each = [(total, labels) for total in PRINTED for labels in self.labels]
        return {kind: [100 * self.held[kind, *what] for what in each] for kind in KINDS}


@cache
def reviewed() -> Reviewed:
    """Return what `make coverage` last left in coverage.json, from which the paper, the workbook and the README have it."""
    kept = json.loads(Path(__file__).with_name("coverage.json").read_text(encoding="utf-8"))
    rows = {(row["kind"], row["total"], row["labels"]): row["held"] for row in kept["rows"]}
    labels = tuple(sorted({asked for _kind, _total, asked in rows}))
    return Reviewed(kept["measured"], kept["version"], kept["studies"], labels, rows)


def held() -> str:
    """Return in one sentence how often nominal 95 % intervals held the truth."""
    money, review = [100 * share for *_what, share in MEASURED], reviewed()
    shares = [share for each in review.printed.values() for share in each]
    return _(
        "How often such intervals hold the truth was measured in simulated studies: those of money and growth in {least:.1f} to {most:.1f} per cent of "
        "{studies} studies of each kind, those of a review in {least_reviewed:.1f} to {most_reviewed:.1f} per cent of {reviewed_studies}, where 95 are promised.",
        least=min(money),
        most=max(money),
        studies=STUDIES,
        least_reviewed=min(shares),
        most_reviewed=max(shares),
        reviewed_studies=review.studies,
    )


def coverage_table() -> list[Block]:
    """Return the annex on the intervals' coverage: for each number the least and the most over the kinds of studies simulated."""
    shares: dict[str, list[float]] = {}
    for what, _truth, share in MEASURED:
        shares.setdefault(what, []).append(100 * share)
    return [
        Heading(2, _("Coverage of intervals"), id="annex-coverage"),
        replace(
            measured_table(),
            columns=[
                Column(_("Number"), width=4),
                Column(_("Kinds of studies"), "right", width=1.2),
                Column(_("Least"), "right", _("per cent"), 1),
                Column(_("Most"), "right", _("per cent"), 1),
            ],
            rows=[
                [_(what), number(len(each)), number(min(each), ".1f"), number(max(each), ".1f")]
                for what, each in shares.items()
            ],
        ),
        review_table(),
    ]


def measured_table() -> Table:
    """Return how often the intervals of money and growth held the truth, in each kind of studies."""
    return Table(
        "table-coverage",
        _(
            "Nominal 95 % intervals that held the truth, {studies} simulated studies each",
            studies=STUDIES,
        ),
        [
            Column(_("Number"), width=2),
            Column(_("Simulated truth"), width=4),
            Column(_("Held"), "right", _("per cent"), 1),
        ],
        [[_(what), _(truth), number(100 * share, ".1f")] for what, truth, share in MEASURED],
        note=_(
            "Run again with: python benchmarks/money_coverage.py {studies} {seed}. Simulated studies, not this one.",
            studies=STUDIES,
            seed=SEED,
        ),
    )


def review_table() -> Table:
    """Return how often the intervals of a review held the truth."""
    review = reviewed()
    return Table(
        "table-coverage-review",
        _(
            "Nominal 95 % intervals of a review that held the truth, {studies} simulated studies of each kind",
            studies=review.studies,
        ),
        [
            Column(_("Studies"), width=4),
            *(
                Column(
                    _("{number}, {labels} labels", number=_(what), labels=labels),
                    "right",
                    _("per cent"),
                    1.2,
                )
                for what in PRINTED.values()
                for labels in review.labels
            ),
        ],
        [
            [_(KINDS[kind]), *(number(each, ".1f") for each in shares)]
            for kind, shares in review.printed.items()
        ],
        note=_(
            "Measured on {measured} with dedupelab {version}; run again with: make coverage. Simulated studies, not this one. Precision and recall "
            "are printed as lower bounds, and so measured. Groups, files with a copy, shared works, bytes and single collections are printed as "
            "linked, without an interval.",
            measured=review.measured,
            version=review.version,
        ),
    )
