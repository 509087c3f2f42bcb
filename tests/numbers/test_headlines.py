"""Which numbers lead: by the rule, or as the author names them."""

import pytest

from dedupelab.numbers.headlines import MOST, SENTENCES, headlines
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import Input, Result, missing

WHOLE = message("images")


def number(name: str, value: float, unit: str = "fraction", parts: dict[str, float] | None = None) -> Result:
    inputs = tuple(
        Input(part, amount, message("HKD"), message("result"), "measured")
        for part, amount in (parts or {}).items()
    )
    return Result(name, message("label"), value, unit, 1, 40, WHOLE, inputs=inputs)


def leading(results: list[Result], chosen: tuple[str, ...] = ()) -> list[str]:
    return [each.result for each in headlines(results, chosen)]


def priced(**lines: float) -> list[Result]:
    total = number("M.sum", sum(lines.values()), "HKD per year", lines)
    return [total, *(number(name, amount, "HKD per year") for name, amount in lines.items())]


SHARES = [
    number(name, 0.1)
    for name in SENTENCES
    if not name.startswith("M.") and name not in {"M3", "M8", "M9", "M10a", "M14"}
]


def test_harm_leads_then_what_was_lost_then_how_much_there_is():
    """The sum and its largest line, conflicts and lost rights, sharing, surplus; storage waits for its turn behind them."""
    found = leading([*SHARES, *priced(M3=900.0, M9=20.0, M10a=70.0)])
    assert found == ["M.sum", "M10a", "M5.creator", "M7s", "M4.any", "M1", "M1x"]
    assert len(found) == MOST


def test_storage_alone_is_no_sum():
    """Where the sum adds storage alone it does not lead, and storage stands behind every share but the last."""
    assert leading([*SHARES[-2:], *priced(M3=9.0)]) == [SHARES[-2].id, "M3", "M1b"]


def test_a_sum_of_one_line_is_not_said_twice():
    """A line that is the whole sum does not stand beside it."""
    assert leading(priced(M9=9.0)) == ["M.sum"]


@pytest.mark.parametrize("order", [("M1b", "M3", "V.kappa"), ("V.kappa", "M1b", "V.kappa", "M3")])
def test_the_author_chooses(order):
    """What the author names leads in the author's order, once each; what has no value, or is not there, is passed over."""
    results = [
        number("V.kappa", 0.8, "index"),
        *SHARES,
        *priced(M3=1.0),
        missing("M14", message("label"), "HKD", [WHOLE], WHOLE),
    ]
    assert leading(results, (*order, "M14", "M99")) == list(dict.fromkeys(order))
    assert headlines(results, ("V.kappa",))[0].sentence == "{label}: {value}."
