import pytest

from dedupelab import tables
from dedupelab.evidence.money.harm import HarmInput
from dedupelab.evidence.money.money import Prices
from dedupelab.evidence.stage import measure
from dedupelab.numbers.headlines import SENTENCES, headlines
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import dumps


@pytest.mark.parametrize("collections", [(), ("a",), ("a", "b")])
def test_an_empty_study_has_lines_but_no_numbers(frames, collections):
    """Without images nothing is estimated, nothing fails, and nothing leads the report."""
    measured = frames([]).measured(collections)
    assert {result.value for result in measured.results if result.id.startswith("M")} == {None}
    assert measured.fields.empty
    assert measured.headlines == []
    assert dumps(measured.results, study="study")


def test_declared_empty_tables_will_do(twenty):
    """The tables' own empty frames are a study without images."""
    empty = [table.empty() for table in (tables.IMAGES, tables.PAIRS, tables.GROUPS, tables.MEMBERS)]
    assert measure(*empty, collections=["a"]).fields.equals(tables.FIELDS.empty())


def test_tables_come_as_declared(twenty):
    """What the stage returns can be written as it is."""
    measured = twenty.measured(["a", "b"])
    assert tables.FIELDS.conform(measured.fields).equals(measured.fields)
    assert tables.OVERLAP.conform(measured.overlap).equals(measured.overlap)


def test_no_number_stands_alone(twenty):
    """Every printed number has a denominator's name, a method, a grade, and an interval or the reason for none."""
    for result in twenty.measured(["a", "b"]).results:
        assert str(result.label)
        assert str(result.method)
        if result.value is not None:
            assert result.denominator is not None, result.id
            assert str(result.denominator_label), result.id
            assert result.interval is not None or result.interval_kind in {"census", "unchecked"}, result.id


def test_headlines_are_at_most_seven_in_fixed_order(twenty):
    """What leads does not depend on how large it is; a line that is not estimated does not lead."""
    inputs = {
        "storage_price": HarmInput(0.2, message("HKD"), message("invoice"), "invoice"),
        "storage_copies": HarmInput(1, message("copies"), message("policy"), "measured"),
    }
    bare = twenty.measured(["a", "b"])
    priced = twenty.measured(["a", "b"], prices=Prices(inputs, currency="HKD", price_year=2025))
    assert [each.result for each in bare.headlines] == ["M4.any", "M1", "M1x", "M12", "M7", "M1b"]
    assert [each.result for each in priced.headlines] == ["M4.any", "M1", "M1x", "M12", "M7", "M3", "M1b"]
    order = list(SENTENCES)
    places = [order.index(each.result) for each in priced.headlines]
    assert places == sorted(places)


def test_conflict_in_any_field_leads_only_where_creators_cannot(frames):
    """M5.any stands in for M5.creator, never beside it."""
    images = [{"id": f"{side}{n}", "credit": side} for n in range(10) for side in "XY"]
    groups = [[[f"X{n}", f"Y{n}"]] for n in range(10)]
    chosen = [each.result for each in frames(images, groups).measured(["a"]).headlines]
    assert "M5.any" in chosen
    named = [{**each, "creator": "Ho"} for each in images]
    chosen = [each.result for each in frames(named, groups).measured(["a"]).headlines]
    assert "M5.creator" in chosen
    assert "M5.any" not in chosen


def test_shares_of_a_few_do_not_lead(frames):
    """A hundred per cent of one group says nothing: shares need ten groups or images to lead."""
    images = [{"id": "a", "credit": "X"}, {"id": "b", "credit": "Y"}]
    assert frames(images, [[["a", "b"]]]).measured(["a"]).headlines == []


def test_sentences_name_attributes_of_results(twenty):
    """Every placeholder of a headline is filled by its result."""
    results = {result.id: result for result in twenty.measured(["a", "b"]).results}
    for headline in headlines(results.values()):
        filled = headline.sentence.format_map({**vars(results[headline.result])})
        assert "{" not in filled


def test_the_same_tables_give_the_same_bytes(twenty):
    """Nothing random is left unseeded."""
    one, other = (dumps(twenty.measured(["a", "b"]).results, study="study") for _ in range(2))
    assert one == other
