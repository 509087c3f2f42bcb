"""Settings: what is wrong is told in one line with the remedy, before any work starts."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupelab.errors import ConfigError, nearest
from dedupelab.settings.study_toml import Config, load_config, parse_config

WHOLE = {"study": {"name": "a study"}, "collection": [{"name": "one", "location": "pictures"}]}


def told(settings: dict[str, object]) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_config(WHOLE | settings)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith("study.toml: ")
    return message


def test_the_least_study_is_a_name_and_a_collection():
    """All else has a default."""
    config = parse_config(WHOLE)
    assert config.match.max_distance == 10
    assert config.scan.decode == "scaled"
    assert config.harm.storage_price is None


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"matsh": {}}, ["matsh is not a known setting", "did you mean match?"]),
        ({"match": {"max_distanse": 3}}, ["match.max_distanse is not", "did you mean max_distance?"]),
        ({"collections": []}, ["did you mean collection?"]),
        ({"collection": [{"name": "a", "locaton": "b"}]}, ["collection.locaton", "did you mean location?"]),
        ({"harm": {"storage_price": {"valeu": 1, "unit": "x", "source": "y"}}}, ["did you mean value?"]),
        ({"report": {"zzzzqqq": 1}}, ["report.zzzzqqq is not a known setting (known: languages"]),
        ({"match": {"max_distance": 99}}, ["match.max_distance must be within 0..64, got 99"]),
        ({"match": {"max_distance": -1}}, ["match.max_distance must be within 0..64, got -1"]),
        ({"match": {"max_distance": 10**30}}, ["match.max_distance"]),
        ({"scan": {"tolerance": 1.01}}, ["scan.tolerance must be within 0..1, got 1.01"]),
        ({"scan": {"tolerance": float("nan")}}, ["scan.tolerance", "nan"]),
        ({"compute": {"workers": -1}}, ["compute.workers must be within 0..512, got -1"]),
        ({"harm": {"price_year": 1066}}, ["harm.price_year", "1066"]),
        ({"harm": {"storage_price": {"value": -1, "unit": "x", "source": "y"}}}, ["value must be 0 or more, got -1"]),
        ({"harm": {"storage_price": {"value": float("inf"), "unit": "x", "source": "y"}}}, ["finite", "inf"]),
        ({"harm": {"storage_price": {"value": float("nan"), "unit": "x", "source": "y"}}}, ["nan"]),
        ({"harm": {"storage_price": {"value": 1, "unit": "x", "source": ""}}}, ["harm.storage_price.source"]),
        ({"harm": {"currency": "hkd"}}, ["harm.currency", "hkd"]),
        ({"harm": {"currency": "HKDX"}}, ["harm.currency", "HKDX"]),
        ({"harm": {"currency": "XXX"}}, ["harm.currency", "ISO 4217", "XXX"]),
        ({"harm": {"hourly_wage": {"p50": 5, "p90": 3, "unit": "x", "source": "y"}}}, ["harm.hourly_wage", "expected 0 < p50 <= p90"]),
        ({"harm": {"hourly_wage": {"low": 5, "unit": "x", "source": "y"}}}, ["harm.hourly_wage", "give one of these forms"]),
        ({"harm": {"attribution_share": {"value": 1.5, "unit": "x", "source": "y"}}}, ["attribution_share", "at most 1, got 1.5"]),
        ({"scenarios": {"recal": 1}}, ["did you mean recall?"]),
        ({"scenarios": {"option": [{"name": "x", "kind": "law"}]}}, ["scenarios.option.kind", "statutory", "law"]),
        ({"scenarios": {"option": [{"name": "x", "ceiling": {"value": 2, "unit": "x", "source": "y"}}]}}, ["ceiling", "at most 1, got 2"]),
        ({"sensitivity": {"distances": [9, 2]}}, ["sensitivity.distances", "lower distance first"]),
        ({"trend": {"dates": "today"}}, ["trend.dates", "modified", "today"]),
        ({"match": {"max_distance": "10"}}, ["match.max_distance", "integer", "'10'"]),
        ({"match": {"max_distance": True}}, ["match.max_distance", "integer", "True"]),
        ({"match": {"max_distance": 1.5}}, ["match.max_distance", "integer", "1.5"]),
        ({"match": {"gear": "quik"}}, ["match.gear", "one of thorough, quick, auto", "'quik'; did you mean quick?"]),
        ({"match": {"criteria": ["larges"]}}, ["did you mean largest?"]),
        ({"scan": {"codes": ["pqd"]}}, ["expected scan.codes to be one of pdq, iscc, got 'pqd'; did you mean pdq?"]),
        ({"scan": {"codes": "pdq"}}, ["expected scan.codes to be a list, got 'pdq'"]),
        ({"scan": 3}, ["expected scan to be a section of settings, got 3"]),
        ({"collection": {"a": "b"}}, ["expected collection to be a list"]),
        ({"collection": []}, ["expected collection to be a list that is not empty"]),
        ({"report": {"languages": []}}, ["report.languages to be a list that is not empty"]),
        ({"report": {"languages": ["Klingon, please"]}}, ["report.languages", "zh-Hant-HK", "Klingon"]),
        ({"study": {}}, ["expected study.name, got none; add it"]),
        ({"study": {"name": ""}}, ["study.name"]),
        ({"study": {"name": "x" * 101}}, ["study.name", "100"]),
        ({"study": {"name": "../elsewhere"}}, ["study.name", "it names a folder"]),
        ({"study": {"name": "a\nb"}}, ["study.name", "it names a folder"]),
        ({"collection": [{"name": "a", "location": ""}]}, ["collection.location"]),
        ({"collection": [{"name": "a", "location": "x"}, {"name": "a", "location": "y"}]}, ["'a' 2 times; rename one"]),
    ],
)  # fmt: skip
def test_bad_settings(settings, words):
    """Unknown names, wrong types, ranges and doubles each name the setting, what was expected and what was got."""
    message = told(settings)
    assert [word for word in words if word not in message] == []


@pytest.mark.parametrize("section", ["study", "collection"])
def test_a_missing_section_is_named(section):
    """Without a study or a collection there is nothing to do."""
    with pytest.raises(ConfigError) as caught:
        parse_config({name: value for name, value in WHOLE.items() if name != section})
    assert section in str(caught.value)
    assert "got none; add it" in str(caught.value)


def test_settings_do_not_change():
    """A configuration is one immutable object."""
    config = parse_config(WHOLE)
    with pytest.raises(ValueError, match="frozen"):
        config.match.max_distance = 3  # type: ignore[misc]  # the point


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6))  # fmt: skip
def test_whatever_toml_holds_is_parsed_or_refused(value):
    """No setting of any type raises anything but a one-line ConfigError."""
    for section in Config.model_fields:
        try:
            parse_config(WHOLE | {section: value})
        except ConfigError as problem:
            assert "\n" not in str(problem)  # noqa: PT017  not every value is refused


@pytest.mark.parametrize("as_file", [True, False])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_study_is_a_folder_or_its_file(tmp_path, as_file, mark):
    """Both are understood, also where an editor has put a byte order mark."""
    file = tmp_path / "study.toml"
    file.write_text(
        mark + '[study]\nname = "北京"\n[[collection]]\nname = "a"\nlocation = "b"\n', encoding="utf-8"
    )
    assert load_config(file if as_file else tmp_path).study.name == "北京"


def test_files_that_are_no_settings(tmp_path):
    """Absent, not TOML, not text, a folder in its place: each is one line."""
    file = tmp_path / "study.toml"
    found = []
    for content in (None, b"[study", b"name = \xff", "folder"):
        if content == "folder":
            file.unlink()
            file.mkdir()
        elif content is not None:
            file.write_bytes(content)
        with pytest.raises(ConfigError) as caught:
            load_config(tmp_path)
        found.append(str(caught.value))
    assert "write one with: dedupelab init" in found[0]
    assert "expected TOML" in found[1]
    assert all("expected to read" in message for message in found[2:])
    assert all("\n" not in message for message in found)


def test_workers_are_what_is_asked_for(monkeypatch):
    """A number of workers counts on every platform; 0 means one per core."""
    asked = parse_config(WHOLE | {"compute": {"workers": 7}})
    assert asked.workers == 7
    assert parse_config(WHOLE).workers >= 1
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert asked.workers == 7
    assert parse_config(WHOLE).workers == 3


def test_nothing_is_suggested_where_nothing_is_near():
    """A suggestion is a help, not a guess."""
    assert nearest("qqqq", ("alpha", "beta")) == ""
    assert nearest("alhpa", ("alpha", "beta")) == "; did you mean alpha?"


def given(**numbers):
    return {"unit": "HKD", "source": "payroll of March 2026"} | numbers


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"harm": {"dispute_days": given(low=0.0, value=1.0, high=1e6)}}, "expected high within 100 times value, got value 1 and high 1e+06"),
        ({"harm": {"hourly_wage": given(value=1e15)}}, "expected value to be at most 1e+12, got 1e+15"),
        ({"harm": {"deflator": {"index": {"2025": 0.1, "2026": 100.0}, "source": "table 52 of 2026"}}}, "expected an index of one base"),
        ({"harm": {"deflator": {"index": {"2020": 100.0, "2026": 1.0}, "source": "table 52 of 2026"}}}, "got 100 for 2020 and 1 for 2026"),
        ({"scenarios": {"option": [{"name": "A code"}, {"name": "a  Code"}]}}, "expected options of different names, got 'A code' for two"),
        ({"scenarios": {"option": [{"name": "A", "adoption": [0.1] * 6}]}}, "expected adoption of at most 5 years, the horizon, got 6 for 'A'"),
        ({"scenarios": {"option": [{"name": "A", "adoption": [0.1], "ceiling": given(value=0.5)}]}}, "got both adoption and ceiling; remove one"),
        ({"scenarios": {"option": [{"name": "A", "coverage": given(value=0.5)}]}}, "expected coverage of a portal only, got it for kind 'own'"),
        (
            {"harm": {"correlation": [
                {"first": "M9", "second": "harm.hourly_wage", "rank": 0.5, "source": "board of May 2026"},
                {"first": "harm.hourly_wage", "second": "M9", "rank": -0.5, "source": "board of May 2026"},
            ]}},
            "expected M9 and harm.hourly_wage together once",
        ),
        ({"harm": {"hourly_wage": given(value=1.0) | {"source": "Payroll of …."}}}, "got the placeholder"),
        ({"harm": {"hourly_wage": given(value=1.0) | {"source": "invoice 123 of"}}}, "got the placeholder"),
    ],
)  # fmt: skip
def test_what_would_carry_a_paper_away_is_refused(settings, expected):
    """A most likely day beside a million, a wage of a million millions, an index of two bases, one name or pair twice, half a source."""
    assert expected in told(settings)


def test_prices_may_rise_fast():
    """An index that doubles in a year, or triples over five with years left out, is taken."""
    index = {"2020": 100.0, "2025": 310.0, "2026": 620.0}
    assert parse_config(
        WHOLE | {"harm": {"deflator": {"index": index, "source": "table 52 of 2026"}}}
    ).harm.deflator
