"""What the choice of criteria does, counted."""

import pandas as pd

from dedupelab.evidence.metadata.criteria_sensitivity import EFFECTS, effects

ALTERNATIVES = pd.DataFrame(
    [
        ("g0000", "largest", "without", "unresolved"),
        ("g0001", "largest", "without", "other"),
        ("g0000", "largest", "first", "same"),
        ("g0001", "largest", "first", "same"),
        ("elsewhere", "largest", "without", "other"),
        ("g0000", "completeness", "first", "resolved"),
        ("g0001", "completeness", "first", "same"),
    ],
    columns=["group_id", "criterion", "change", "outcome"],
)


def test_groups_that_change_are_counted(twenty):
    """Without `largest` both of the two groups change, one to another copy and one to nobody; a group not counted is not."""
    found = twenty.results(["a", "b"], alternatives=ALTERNATIVES)
    values = {name: (r.numerator, r.denominator) for name, r in found.items() if name.startswith("M6c.")}
    assert values == {
        "M6c.completeness.first": (1, 2), "M6c.completeness.first.other": (0, 2), "M6c.completeness.first.resolved": (1, 2),
        "M6c.completeness.first.unresolved": (0, 2), "M6c.largest.first": (0, 2), "M6c.largest.first.other": (0, 2),
        "M6c.largest.first.resolved": (0, 2), "M6c.largest.first.unresolved": (0, 2), "M6c.largest.without": (2, 2),
        "M6c.largest.without.other": (1, 2), "M6c.largest.without.resolved": (0, 2), "M6c.largest.without.unresolved": (1, 2),
    }  # fmt: skip
    assert (
        str(found["M6c.largest.without"].label) == "Groups whose authority changes when largest is left out"
    )


def test_the_table_follows_the_order_of_the_study(twenty):
    """One row per criterion and change, the study's criteria first, as counts of groups."""
    results = twenty.measured(["a", "b"], alternatives=ALTERNATIVES).results
    table = effects(results, ("largest",))
    assert list(table.columns) == list(EFFECTS)
    assert table.to_numpy().tolist() == [
        ["largest", "without", 2, 2, 1, 1, 0],
        ["largest", "first", 2, 0, 0, 0, 0],
        ["completeness", "first", 2, 1, 0, 0, 1],
    ]
    assert effects([], ("largest",)).empty
