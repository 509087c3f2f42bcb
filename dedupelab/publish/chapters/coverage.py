"""How often intervals held the truth in simulated studies: measured by `benchmarks/money_coverage.py`, which anyone can rerun."""

from dedupelab.publish.document import Block, Column, Heading, Table

STUDIES, SEED = 500, 1
MEASURED = (
    ("M9, disputes", "12 a year over 3 years, lognormal costs with P90 3 x P50", 0.960),
    ("M10a, licences paid twice", "20 a year over 2 years, lognormal costs with P90 2.5 x P50", 0.948),
    ("M14, acquired again", "8 a year over 2 years, lognormal costs with P90 2 x P50", 0.966),
    ("M8, mean time from the workflow register", "10 timed entries, lognormal, P90 2 x P50", 0.944),
    ("M8, mean time from the workflow register", "30 timed entries, lognormal, P90 3 x P50", 0.950),
    ("M11, weekly growth", "16 weeks, 20 pictures a week, negative binomial with dispersion 0.1", 0.938),
    ("M11, weekly growth", "26 weeks, 25 pictures a week, negative binomial with dispersion 0.05", 0.952),
    ("M11, weekly growth", "52 weeks, 15 pictures a week, negative binomial with dispersion 0.2", 0.944),
)
"""What was simulated, its truth, and the share of nominal 95 % intervals that held it."""


def coverage_table() -> list[Block]:
    """Return the annex on the intervals' coverage."""
    return [
        Heading(2, "Coverage of intervals", id="annex-coverage"),
        Table(
            "table-coverage",
            f"Nominal 95 % intervals that held the truth, {STUDIES} simulated studies each",
            [
                Column("Number", width=2),
                Column("Simulated truth", width=4),
                Column("Held", "right", "per cent", 1),
            ],
            [[what, truth, f"{100 * share:.1f}"] for what, truth, share in MEASURED],
            note=f"Run again with: python benchmarks/money_coverage.py {STUDIES} {SEED}. Simulated studies, not this one.",
        ),
    ]
