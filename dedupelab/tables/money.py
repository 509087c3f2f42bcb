"""Tables of what is in money and of the trend; `tables` shows them beside the others."""

from dedupelab.tables.parquet import Table, count, real, text

EXCEEDANCE = Table(
    "exceedance",
    (
        text("line", "id of a money line in results.json", nullable=False),
        text("label", "what the line is", nullable=False),
        real("probability", "share of draws that cost at least the amount", "0..1"),
        real("amount", "cost", "see unit"),
        text("unit", "of the amount", nullable=False),
    ),
    order=("line", "amount", "probability"),
)

OPTIONS = Table(
    "options",
    (
        text("option", "policy option", nullable=False),
        text("screening", "licensed or open-source", nullable=False),
        count("year", "1 is the first", "year"),
        real("adopted", "share of organisations in the middle of the year, expected", "0..1"),
        real("harm", "harm of the year when nothing is done, expected", "currency"),
        real("benefit", "harm that the option avoids, expected", "currency"),
        real("cost", "what the option costs, expected", "currency"),
        real("net", "benefit less cost, expected", "currency"),
        real("balance", "sum of discounted nets up to the year", "currency"),
    ),
    order=("option", "screening", "year"),
)

TORNADO = Table(
    "tornado",
    (
        text("option", "policy option", nullable=False),
        text("screening", "licensed or open-source", nullable=False),
        text("input", "which input", nullable=False),
        *(
            real(f"p{level}", f"{level} % of the input's draws stay below", "the input's unit")
            for level in (10, 50, 90)
        ),
        real("net_at_p10", "present value with the input at P10 and the others at P50", "currency"),
        real("net_at_p90", "present value with the input at P90 and the others at P50", "currency"),
        real("correlation", "Spearman's rank correlation of input and present value over all draws", "-1..1"),
        real("switching", "value of the input at which the sign turns", "the input's unit", nullable=True),
    ),
    order=("option", "screening", "input"),
)

TREND = Table(
    "trend",
    (
        text("week", "Monday, ISO 8601", nullable=False),
        count("ingested", "new pictures of the week, low-information pictures apart", "images"),
        count("copies", "of these, copies of a work held before", "images"),
        *(
            real(name, f"copies: {meaning}", "images", nullable=True)
            for name, meaning in (
                ("expected", "expected in random order of the same pictures"), ("low", "of random orders, 2.5 % stay below"),
                ("high", "of random orders, 97.5 % stay below"), ("fitted", "fitted, with the growth beyond random order"),
            )
        ),
        count("labelled", "of the new pictures, labelled as AI-made", "images"),
        count("unlabelled", "of the new pictures, without any source label", "images"),
    ),
    order=("week",),
)  # fmt: skip
