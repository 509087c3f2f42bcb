"""A study begins with a commented study.toml that says exactly what was asked for."""

import tomllib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dedupelab.errors import CollectionError, ConfigError, OutputError
from dedupelab.numbers.sources import PLACEHOLDERS
from dedupelab.settings.study_toml import load_config, parse_config
from dedupelab.study import start

TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)


@settings(deadline=None)
@given(TEXT, TEXT)
@example('a "quoted" \\ name', "C:\\pictures\\2024")
@example("two\nlines\r\ttab", "{criteria} {0} %s")
@example("電影資料館", "\U000e0001\U0001f4f7\u2028\x7f\x00")
@example('"""', "'''")
def test_any_name_and_location_survive(name, location):
    """Quotes, backslashes, breaks, control characters, braces and every plane of Unicode come back as they were."""
    config = parse_config(tomllib.loads(start.starter("study", {name: location})))
    assert (config.collection[0].name, config.collection[0].location) == (name, location)


def test_the_starter_says_the_defaults():
    """What the file spells out is what would hold without it, so deleting a line changes nothing."""
    settings = tomllib.loads(start.starter("s", {"a": "b"}))
    least = parse_config({"study": {"name": "s"}, "collection": [{"name": "a", "location": "b"}]})
    assert parse_config(settings) == least
    assert {"scan", "match", "harm", "report", "compute"} <= set(settings)


def test_the_commented_inputs_are_valid():
    """Taking the hash off the harm inputs gives a study that has them, once every placeholder of a source has been replaced."""
    text = start.starter("s", {"a": "b"})
    opened = "\n".join(line.removeprefix("# ") if " = " in line else line for line in text.splitlines())
    with pytest.raises(ConfigError, match="got the placeholder"):
        parse_config(tomllib.loads(opened))
    for placeholder in PLACEHOLDERS.values():
        assert placeholder in opened
        opened = opened.replace(placeholder, "invoice 7, May 2026")
    harm = parse_config(tomllib.loads(opened)).harm
    assert harm.net.dispute.deadweight is not None
    assert harm.deflator is not None
    assert len(harm.correlation) == 1
    assert harm.storage_price is not None
    assert harm.hourly_wage is not None
    assert harm.price_year == 2026


def test_text_that_is_no_unicode_is_refused():
    """A folder name that is no UTF-8 cannot stand in TOML."""
    with pytest.raises(ConfigError):
        start.starter("s", {"a": "\udc80"})


def test_init_places_collections_beside_the_study(tmp_path, monkeypatch):
    """A folder given relative to here is written relative to the study; addresses stay as they are."""
    (tmp_path / "pictures").mkdir()
    monkeypatch.chdir(tmp_path)
    path = start.init("new/study", {"own": "pictures", "far": "s3://bucket/prefix"})
    config = load_config(path)
    assert [c.location for c in config.collection] == ["../../pictures", "s3://bucket/prefix"]
    assert config.study.name == "study"


def test_init_never_overwrites(tmp_path):
    """A study that is there stays as it is."""
    (tmp_path / "study.toml").write_text("mine")
    with pytest.raises(ConfigError, match="edit that file"):
        start.init(tmp_path, {"a": str(tmp_path)})
    assert (tmp_path / "study.toml").read_text() == "mine"


def test_init_checks_before_it_writes(tmp_path):
    """A missing folder, an unusable name and an unwritable place are one-line errors, and nothing is left behind."""
    (tmp_path / "file").write_text("")
    with pytest.raises(CollectionError, match="expected a folder for a"):
        start.init(tmp_path / "one", {"a": str(tmp_path / "absent")})
    with pytest.raises(ConfigError, match="names a folder"):
        start.init(tmp_path / "two", {"a": str(tmp_path)}, name="a/b")
    with pytest.raises(OutputError, match="expected to write"):
        start.init(tmp_path / "file" / "deeper", {"a": str(tmp_path)})
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_open_study_prefers_what_is_asked_for(tmp_path, monkeypatch):
    """The path given, else the study JupyterLab was started for, else the sample study."""
    for name in ("asked", "served"):
        (tmp_path / name / "pictures").mkdir(parents=True)
        start.init(tmp_path / name, {"a": str(tmp_path / name / "pictures")})
    monkeypatch.setenv("DEDUPELAB_STUDY", str(tmp_path / "served"))
    assert start.open_study(tmp_path / "asked").name == "asked"
    assert start.open_study().name == "served"
    monkeypatch.delenv("DEDUPELAB_STUDY")
    monkeypatch.setattr(start, "sample_home", lambda: tmp_path / "asked")
    assert start.open_study().name == "asked"


def test_the_sample_lies_in_the_checkout_or_the_cache(tmp_path, monkeypatch):
    """In a source checkout it is data/sample; elsewhere the user's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    assert start.sample_home() == tmp_path / "cache" / "dedupelab" / "sample"
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "README.md").touch()
    assert start.sample_home() == tmp_path / "data" / "sample"
