"""What the form of prices and options writes: comments and other edits stay, what is wrong is told before anything is written."""

import pytest

from dedupelab import init
from dedupelab.errors import ConfigError
from dedupelab.settings.money import inputs_of
from dedupelab.settings.study_toml import load_config
from dedupelab.settings.written_inputs import INPUT, OPTION, OPTIONS, InputSheets

WAGE = {"low": "120", "value": "180", "high": "260", "unit": "HKD per hour", "source": "payroll of March 2026", "source_type": "invoice"}  # fmt: skip
DAYS = {"p50": "10", "p90": "40.5", "unit": "days", "source": "letter of the board", "source_type": ""}


@pytest.fixture
def sheets(tmp_path):
    """Make a study of one collection, as `dedupelab init` does."""
    (tmp_path / "a").mkdir()
    init(tmp_path / "study", {"first": str(tmp_path / "a")})
    return InputSheets(tmp_path / "study")


def text(sheets):
    return (sheets.folder / "study.toml").read_text("utf-8")


def write(sheets, name, key, values):
    """Write an entry as the form showed it."""
    return sheets.write(name, key, values, before=sheets.sheet(name).entries.get(key, {}))


def test_inputs_are_written_and_read_back_and_comments_stay(sheets):
    """A triangle, a lognormal and what is net of a cost: the settings have them, the form reads them back, no line is lost."""
    before = text(sheets).splitlines()
    write(sheets, "harm", "hourly_wage", WAGE)
    write(sheets, "harm", "dispute_days", DAYS)
    write(sheets, "harm", "dispute_deadweight", {"value": "0.2", "unit": "share", "source": "board of May"})
    write(sheets, "scenarios", "recall", {"value": "0.8", "unit": "share", "source": "trial of May"})
    assert [line for line in before if line not in text(sheets).splitlines()] == []
    config = load_config(sheets.folder)
    given = inputs_of(config.harm)
    assert given.keys() == {"hourly_wage", "dispute_days", "dispute_deadweight"}
    assert (given["hourly_wage"].source_type, given["dispute_days"].source_type) == ("invoice", "assumed")
    assert config.scenarios.recall.value == 0.8
    empty = dict.fromkeys((field.name for field in INPUT), "")
    assert sheets.sheet("harm").entries["hourly_wage"] == empty | WAGE
    assert sheets.sheet("harm").entries["dispute_days"] == empty | DAYS
    again = text(sheets)
    write(sheets, "harm", "hourly_wage", WAGE)
    assert text(sheets) == again


def test_options_are_made_renamed_and_taken_out(sheets):
    """An option gets a sheet of its own for its inputs; the terms are one entry; taken out, all is as it was."""
    before = text(sheets)
    said, key = write(
        sheets, "options", "", {"name": "Code of practice", "kind": "voluntary", "adoption": ""}
    )
    assert (said, key) == ("Written into study.toml; comments stay.", "Code of practice")
    write(sheets, OPTION + key, "ceiling", {"value": "0.4", "unit": "share", "source": "survey of May"})
    write(sheets, "options", "", {"name": "Statute", "kind": "statutory", "adoption": "0.1, 0.5,1"})
    write(sheets, "options", key, {"name": "Code", "kind": "voluntary", "adoption": ""})
    one, two = load_config(sheets.folder).scenarios.option
    assert (one.name, one.ceiling.value, two.adoption) == ("Code", 0.4, (0.1, 0.5, 1.0))
    assert set(sheets.titles()) == {
        "harm",
        "scenarios",
        "options",
        "option: Code",
        "option: Statute",
        "terms",
        "deflator",
        "ties",
    }
    with pytest.raises(ConfigError, match="which is there already"):
        write(sheets, "options", "Code", {"name": "Statute", "kind": "own"})
    for name in ("Code", "Statute"):
        write(sheets, "options", name, {})
    assert text(sheets).split() == before.split()
    terms = sheets.sheet("terms").entries[""]
    write(sheets, "terms", "", terms | {"price_year": "2026", "discount_rate": "0.03"})
    assert load_config(sheets.folder).harm.price_year == 2026
    write(sheets, "terms", "", sheets.sheet("terms").entries[""] | {"price_year": ""})
    assert load_config(sheets.folder).harm.price_year is None


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (WAGE | {"low": "200"}, "low <= value <= high"),
        (WAGE | {"p50": "3"}, "p50"),
        ({"value": "", "unit": "share", "source": "board of May 2026"}, "value"),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_is_written(sheets, values, told):
    """The same checks as of a file written by hand, in one line."""
    before = text(sheets)
    with pytest.raises(ConfigError, match=told) as problem:
        write(sheets, "harm", "hourly_wage", values)
    assert "\n" not in str(problem.value)
    assert text(sheets) == before


def test_single_fields_are_told_each(sheets):
    """A number that is none, a source that stands for nothing, a source type that is unknown: each says what is expected and got."""
    wrong = sheets.sheet("harm").wrong({"value": "many", "unit": "", "source": "tbd", "source_type": "dream"})
    assert wrong.keys() == {"value", "unit", "source", "source_type"}
    assert all("expected" in each and "got" in each for each in wrong.values())


def test_what_was_edited_by_hand_meanwhile_stays(sheets):
    """Another setting is kept; the same entry wins over the form; nonsense is told; an option that went is told."""
    path = sheets.folder / "study.toml"
    write(sheets, "harm", "hourly_wage", WAGE)
    seen = sheets.sheet("harm").entries["hourly_wage"]
    path.write_text(text(sheets).replace('purpose = ""', 'purpose = "by hand"'), "utf-8")
    sheets.write("harm", "hourly_wage", WAGE | {"high": "300"}, before=seen)
    assert load_config(sheets.folder).study.purpose == "by hand"
    path.write_text(text(sheets).replace("high = 300", "high = 400"), "utf-8")
    with pytest.raises(ConfigError, match="edited it meanwhile"):
        sheets.write("harm", "hourly_wage", WAGE | {"high": "500"}, before=seen | {"high": "300"})
    assert load_config(sheets.folder).harm.hourly_wage.high == 400
    good = text(sheets)
    for nonsense in ("[[[", "[harm]\nnet = 3\n", good.replace("high = 400", "high = 1")):
        path.write_text(nonsense, "utf-8")
        with pytest.raises(ConfigError):
            sheets.write("harm", "hourly_wage", WAGE, before=seen)
        assert text(sheets) == nonsense
    path.write_text(good, "utf-8")
    with pytest.raises(ConfigError, match="somebody took it out"):
        sheets.sheet(OPTION + "Gone")


@pytest.mark.parametrize(
    "harm",
    [
        "[harm]\nnet.dispute.deadweight = { value = 0.1, unit = 'share', source = 'board of May' } # mine\n",
        "[harm.net.dispute.deadweight]\nvalue = 0.1 # mine\nunit = 'share'\nsource = 'board of May'\n",
        "[harm]\nnet = { dispute = { deadweight = { value = 0.1, unit = 'share', source = 'board of May' } } } # mine\n",
        "harm.net.dispute.deadweight = { value = 0.1, unit = 'share', source = 'board of May' } # mine\n",
    ],
)
def test_every_way_to_write_a_table_is_read_and_added_to(sheets, harm):
    """Dotted, inline or a section: the form has the entry, changes it, adds another, and the comment stays."""
    path = sheets.folder / "study.toml"
    path.write_text(harm + "[study]\nname = 'x'\n[[collection]]\nname = 'a'\nlocation = '../a'\n", "utf-8")
    shown = sheets.sheet("harm").entries["dispute_deadweight"]
    write(sheets, "harm", "dispute_deadweight", shown | {"value": "0.3"})
    write(sheets, "harm", "storage_remaining", shown)
    write(sheets, "harm", "hourly_wage", WAGE)
    net = load_config(sheets.folder).harm.net
    assert (net.dispute.deadweight.value, net.storage.remaining.value) == (0.3, 0.1)
    assert "# mine" in text(sheets)


def test_an_option_has_the_fields_of_its_sheet(sheets):
    """Name, kind and adoption; its inputs are its own and those of all."""
    write(sheets, "options", "", {"name": "One", "kind": "", "adoption": ""})
    assert sheets.sheet("options").fields == OPTIONS
    assert {"ceiling", "recall"} <= sheets.sheet(OPTION + "One").keys.keys()


def test_prices_by_year_and_ties_are_written_and_taken_out(sheets):
    """An index by year and a negative tie stand in the settings, are read back, changed and taken out; a tie turned round is the same one."""
    before = text(sheets)
    index = {"index": "2025 = 104.2, 2026 = 106", "source": "Census and Statistics, May", "source_type": ""}
    write(sheets, "deflator", "index", index)
    tie = {"first": "harm.hourly_wage", "second": "M9", "rank": "-0.4", "source": "board of May"}
    _said, key = write(sheets, "ties", "", tie)
    harm = load_config(sheets.folder).harm
    assert (harm.deflator.index, harm.deflator.source_type) == ({"2025": 104.2, "2026": 106.0}, "literature")
    assert [(each.first, each.second, each.rank) for each in harm.correlation] == [
        ("harm.hourly_wage", "M9", -0.4)
    ]
    assert sheets.sheet("deflator").entries == {"index": index}
    assert sheets.sheet("ties").entries == {key: tie}
    with pytest.raises(ConfigError, match="there already"):
        write(sheets, "ties", "", tie | {"first": "M9", "second": "harm.hourly_wage"})
    write(sheets, "ties", key, tie | {"rank": "0.5"})
    write(sheets, "deflator", "index", index | {"index": "2025=104.2"})
    harm = load_config(sheets.folder).harm
    assert ([each.rank for each in harm.correlation], harm.deflator.index) == ([0.5], {"2025": 104.2})
    write(sheets, "ties", key, {})
    write(sheets, "deflator", "index", {})
    assert text(sheets).split() == before.split()


@pytest.mark.parametrize(
    ("name", "key", "values", "told"),
    [
        ("deflator", "index", {"index": "last year 104", "source": "x y"}, "year = number"),
        ("deflator", "index", {"index": "25 = 104", "source": "x y"}, "expected years such as 2026"),
        ("deflator", "index", {"index": "2025 = ,", "source": "x y"}, "a number for each year"),
        ("deflator", "index", {"index": "2025 = -3", "source": "x y"}, "from 0 upwards"),
        ("deflator", "index", {"index": "2025 = 0", "source": "x y"}, "greater than 0"),
        ("ties", "", {"first": "M9", "second": "M10a", "rank": "much", "source": "x y"}, "from -1 to 1"),
        ("ties", "", {"first": "M9", "second": "M10a", "rank": "nan", "source": "x y"}, "rank"),
        ("ties", "", {"first": "M9", "second": "M10a", "rank": "2", "source": "x y"}, "rank"),
        ("ties", "", {"first": "M9", "second": "M9", "rank": "0.2", "source": "x y"}, "expected two inputs"),
    ],
)  # fmt: skip
def test_no_index_and_no_tie_is_told(sheets, name, key, values, told):
    """What is no year, no number or no pair is one line, and nothing is written."""
    before = text(sheets)
    with pytest.raises(ConfigError, match=told) as problem:
        write(sheets, name, key, values)
    assert "\n" not in str(problem.value)
    assert text(sheets) == before
