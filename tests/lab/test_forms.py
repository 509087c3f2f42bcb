"""One form for registers and for prices: it writes what was typed, says beside the field what was wrong, and loses nothing typed."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from dedupelab import init
from dedupelab.lab import views
from dedupelab.lab.forms import EntryForm, register_form
from dedupelab.registers.register_fields import KINDS
from dedupelab.registers.registers import Registers
from dedupelab.registers.sheets import RegisterSheets
from dedupelab.settings.study_toml import load_config
from dedupelab.settings.written_inputs import InputSheets

DECISION = {
    "date": "2026-03-01",
    "decision": "<b>ten</b>",
    "reason": "pilot",
    "decided_by": "board",
    "source": "minutes",
}
STALL = {"kind": "stall", "opened": "2026-01-01", "organisation": "Harbour", "confidentiality": "confidential", "source": "letter"}  # fmt: skip


@pytest.fixture
def study(tmp_path: Path):
    return SimpleNamespace(registers=Registers.of(tmp_path))


@pytest.fixture
def form(study):
    """Open the form at the register of decisions."""
    opened = EntryForm(RegisterSheets(study.registers))
    opened.hear({"do": "choose", "sheet": "decision"})
    return opened


def write(form, values, *, who="Mei", correct=False):
    """Send what the page sends; return whether it was told off, and in which words."""
    form.hear({"do": "write", "values": values, "who": who, "correct": correct})
    return form.widget.told["alarm"], form.widget.told["message"]


def test_an_entry_is_written(form, study):
    """What was typed stands in the register with the writer; it is listed, and who wrote it is not."""
    assert write(form, DECISION) == (False, "Written.")
    rows = study.registers.read("decision")
    assert rows[["who", "decision"]].to_numpy().tolist() == [["Mei", "<b>ten</b>"]]
    standing = form.widget.view["standing"]
    assert standing["heads"] == ["Entry", *DECISION]
    assert standing["rows"] == [[rows["id"].iloc[0], *DECISION.values()]]


def test_confidential_entries_are_counted_not_shown(form, study):
    """Neither the entry nor who wrote it stands in the form or the view; how many are hidden does."""
    public = STALL | {"organisation": "Peak", "confidentiality": "public"}
    study.registers.add("incident", [STALL, public], who="Mei")
    form.hear({"do": "choose", "sheet": "incident"})
    for shown in (views.register(study, "incident").markup, str(form.widget.view)):
        assert "1 confidential entries are not shown" in shown
        assert "Peak" in shown
        assert "Harbour" not in shown
        assert "Mei" not in shown


def test_what_is_wrong_is_said_beside_its_field(form, study):
    """Each field says what is expected and got; nobody named is one line; nothing is written, nor what was typed drawn anew."""
    stamp = form.widget.view["stamp"]
    alarm, message = write(form, DECISION | {"source": "", "date": "<script>"})
    assert alarm
    assert form.widget.told["wrong"].keys() == {"source", "date"}
    assert all("expected" in told for told in (message, *form.widget.told["wrong"].values()))
    assert "expected the name of who writes" in write(form, DECISION, who=" ")[1]
    assert len(study.registers.read("decision")) == 0
    assert form.widget.view["stamp"] == stamp


def test_a_correction_is_meant(form, study):
    """An id that exists is corrected only where that is said; an entry chosen from the list is, and a reason withdraws it."""
    write(form, DECISION | {"id": "D-1"})
    assert "expected a new id" in write(form, DECISION | {"id": "D-1", "reason": "two pilots"})[1]
    assert write(form, DECISION | {"id": "D-1", "reason": "two pilots"}, correct=True)[1] == "Corrected."
    form.hear({"do": "choose", "sheet": "decision", "key": "D-1"})
    assert form.widget.view["values"] == DECISION | {"id": "D-1", "reason": "two pilots", "withdrawn": ""}
    assert form.widget.view["correct"]
    assert study.registers.read("decision")["reason"].tolist() == ["two pilots"]
    study.registers.add("decision", [DECISION | {"id": "D-1", "reason": "three"}], who="Ada")
    assert "corrected it meanwhile" in write(form, form.widget.view["values"], correct=True)[1]
    form.hear({"do": "choose", "sheet": "decision", "key": "D-1"})
    write(form, form.widget.view["values"] | {"withdrawn": "never held"}, correct=True)
    assert len(study.registers.read("decision")) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_every_register_has_its_columns(study, kind):
    """Each column is a field that says what it means and whether it must be filled in."""
    opened = EntryForm(RegisterSheets(study.registers))
    opened.hear({"do": "choose", "sheet": kind})
    shown = {each["name"]: (each["meaning"], each["required"]) for each in opened.widget.view["fields"]}
    assert {field.name: (field.meaning, field.required) for field in KINDS[kind]}.items() <= shown.items()
    assert register_form(study).view["sheets"] == [[each, each] for each in KINDS]


def test_prices_and_options_by_the_same_form(tmp_path):
    """A wage with its source stands in study.toml and is read back; an option gets inputs of its own; taken out, it is gone."""
    (tmp_path / "a").mkdir()
    init(tmp_path / "study", {"first": str(tmp_path / "a")})
    opened = EntryForm(InputSheets(tmp_path / "study"))
    opened.hear({"do": "choose", "sheet": "harm", "key": "hourly_wage"})
    assert "hourly wage: currency per hour" in dict(opened.widget.view["keys"]).values()
    wage = {"low": "120", "value": "180", "high": "260", "unit": "HKD per hour", "source": "payroll of May"}
    assert "tbd" in write(opened, wage | {"source": "tbd"})[1]
    assert "low <= value <= high" in write(opened, wage | {"low": "200"})[1]
    assert write(opened, wage) == (False, "Written into study.toml; comments stay.")
    assert load_config(tmp_path / "study").harm.hourly_wage.high == 260
    assert opened.widget.view["values"].items() >= wage.items()
    assert opened.widget.view["standing"]["rows"][0][0] == "hourly wage"
    opened.hear({"do": "take out"})
    assert load_config(tmp_path / "study").harm.hourly_wage is None
    opened.hear({"do": "choose", "sheet": "options"})
    write(opened, {"name": "Code", "kind": "voluntary", "adoption": ""})
    assert ["option: Code", "Option Code"] in opened.widget.view["sheets"]


def test_settings_edited_to_nonsense_are_told(tmp_path):
    """Choosing and writing are one line each; the file stays as somebody left it, the form as it was."""
    (tmp_path / "a").mkdir()
    init(tmp_path / "study", {"first": str(tmp_path / "a")})
    opened = EntryForm(InputSheets(tmp_path / "study"))
    shown = opened.widget.view
    (tmp_path / "study" / "study.toml").write_text("[harm\n")
    for said in ({"do": "choose", "sheet": "terms"}, {"do": "write", "values": {}}, {"do": "take out"}):
        opened.hear(said)
        assert opened.widget.told["alarm"]
        assert "\n" not in opened.widget.told["message"]
    assert opened.widget.view == shown
    assert (tmp_path / "study" / "study.toml").read_text() == "[harm\n"
