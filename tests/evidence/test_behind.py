"""The rows behind a number are as many as it counts, and say which they are; what counts nothing says what it was made of."""

import pandas as pd
import pytest
from reproduced import counted, unreproduced

from dedupelab.errors import ConfigError
from dedupelab.evidence.behind import MADE_OF, Sources, counted_rows
from dedupelab.evidence.copies.population import population
from dedupelab.evidence.money.money import Prices
from dedupelab.match.alternatives import COLUMNS
from dedupelab.tables import CROSSWALK, RECORDS, SCANNED


def test_the_rows_reproduce_every_number_that_counts_rows(twenty):
    """In a study of twenty files with conflicts, silences, orphans and AI labels, each number's rows are its numerator."""
    images = twenty.images.set_index("image_id")
    for column, values in {
        "creator": {"w0": "Li Ann", "w1": "Ho Bo", "x0": "Li Ann"},
        "credit": {"w0": "A", "w2": "A"},
        "digital_source_type": {"w0": "trainedAlgorithmicMedia"},
        "ai_label": {"w1": "yes"},
    }.items():
        for name, value in values.items():
            images.loc[name, column] = value
    named = images.reset_index()[twenty.images.columns]
    held = {"a": "Archive", "b": "Agency"}
    found = type(twenty)(named, twenty.pairs, twenty.groups, twenty.members).results(held)
    people = population(named, twenty.groups, twenty.members, collections=held)
    sources = Sources(
        people, twenty.pairs, SCANNED.empty(), RECORDS.empty(), CROSSWALK.empty(), Prices(),
        lambda: pd.DataFrame(columns=COLUMNS), lambda: None,
    )  # fmt: skip
    rows = {name: each() for name, each in counted_rows(sources) if name in found and found[name].estimated}
    assert [name for name in rows if not counted(found[name], rows[name])] == []
    assert len(rows) > 50
    assert set(rows["M5.creator"]["group_id"]) == {"g0000"}
    assert found["M5.creator"].numerator == 1
    assert rows["M2"]["adds"].tolist() == [600, 100]


@pytest.mark.slow
def test_every_number_of_a_reviewed_study_has_an_answer(reviewed):
    """Decisions, strata and corrected numbers among them: rows that give the number as detected, or what it was made of."""
    reviewed.measure()
    wrong, kinds = unreproduced(reviewed)
    assert wrong == []
    assert kinds["counted"]["V"] > 5
    not_estimated = {"M9a", "M9", "M10a", "M10b", "M10c", "M11", "M12w", "M14", "M17"}
    assert set(kinds["made of"]) - not_estimated == {"C", "M", "M3", "M8", "V"}
    shown = reviewed.behind("V.disputes")
    assert len(shown) == next(r.value for r in reviewed.results() if r.id == "V.disputes")


@pytest.mark.slow
def test_what_counts_nothing_says_what_it_was_made_of(shared_study):
    """A line without its price names what it needs; a number below it has the same inputs."""
    parts = shared_study.behind("M3")
    assert [*parts.columns] == MADE_OF
    assert "needs" in set(parts["name"])


def test_a_number_that_the_study_has_not_is_told(shared_study):
    """An unknown id: one line with the beginnings of those that there are."""
    with pytest.raises(
        ConfigError, match=r"expected the id of a number of this study, got 'X'; choose one .*M1b"
    ):
        shared_study.behind("X")
