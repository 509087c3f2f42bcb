"""The rows behind a number are as many as it counts, and say which they are."""

import pytest

from dedupelab.errors import ConfigError
from dedupelab.evidence.behind import behind, counted_rows
from dedupelab.evidence.copies.population import population
from dedupelab.tables import RECORDS


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
    rows = counted_rows(people, twenty.pairs, RECORDS.empty(), {})
    checked = [name for name in rows if name in found]
    assert {name: len(behind(name, rows)) for name in checked} == {
        name: found[name].numerator for name in checked
    }
    assert len(checked) > 60
    assert {
        "M1",
        "M1b",
        "M1.in.a",
        "M4.a.b",
        "M5.creator",
        "M5s.credit",
        "M6b",
        "M7s",
        "M12",
        "N.links",
    } <= set(checked)
    assert set(behind("M5.creator", rows)["group_id"]) == {"g0000"}
    assert found["M5.creator"].numerator == 1


def test_a_number_that_counts_no_rows_is_told(shared_study):
    """An estimate, an average and an unknown id: one line with the beginnings of those that have rows."""
    for name in ("M16.gini", "M11", "X"):
        with pytest.raises(ConfigError, match="counts rows, got"):
            shared_study.behind(name)


def test_a_study_gives_the_rows_of_what_it_measured(shared_study):
    """Every number of the study that has rows has as many as results.json says."""
    checked = 0
    for result in shared_study.results():
        try:
            rows = shared_study.behind(result.id)
        except ConfigError:
            continue
        assert len(rows) == result.numerator, result.id
        checked += 1
    assert checked > 60
