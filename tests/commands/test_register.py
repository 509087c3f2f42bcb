"""The paper trail from the command line."""

import json

import pytest
from command import invoke

from dedupelab.registers.register_fields import KINDS
from dedupelab.settings.study_toml import load_config
from dedupelab.study.study import Study


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "study"
    assert invoke("init", folder, "--template").exit_code == 0
    return folder


def entry(**more):
    values = {
        "date": "2026-03-01",
        "decision": "ten bits",
        "reason": "=1+1",
        "decided_by": "board",
        "source": "minutes",
    } | more
    return [word for name, value in values.items() for word in ("--set", f"{name}={value}")]


def test_a_study_starts_before_any_picture(study):
    """The template has settings that load, an empty folder for pictures and a form for every register."""
    assert load_config(study).collection[0].location == "pictures"
    assert list((study / "pictures").iterdir()) == []
    assert {p.name for p in (study / "registers").iterdir()} == {
        *(f"{kind}.csv" for kind in KINDS),
        "columns.txt",
    }
    done = invoke("register", study, "incident", "import", study / "registers" / "incident.csv")
    assert (done.exit_code, done.output.splitlines()[0]) == (0, "0 new, 0 corrected, 0 as they were")


def test_the_template_is_chosen_or_not(tmp_path):
    """Neither collections nor the template, or both, is wrong usage."""
    assert invoke("init", tmp_path / "a").exit_code == 2
    assert invoke("init", tmp_path / "a", "--template", "--collection", "a=b").exit_code == 2


def test_add_list_correct_withdraw(study):
    """An entry is added, shown, corrected by name, withdrawn with a reason; the history keeps all of it."""
    assert (
        "1 new" in invoke("register", study, "decision", "add", *entry(), "--id", "D-1", "--by", "Mei").output
    )
    assert "ten bits" in invoke("register", study, "decision", "list").output
    again = invoke("register", study, "decision", "add", *entry(reason="two pilots"), "--id", "D-1")
    assert (again.exit_code, "expected a new id, got one that Mei wrote on" in again.output) == (1, True)
    assert (
        "1 corrected"
        in invoke(
            "register", study, "decision", "add", *entry(reason="two"), "--id", "D-1", "--correct"
        ).output
    )
    assert invoke("register", study, "decision", "withdraw", "--id", "D-1", "--reason", "moot").exit_code == 0
    assert json.loads(invoke("register", study, "decision", "list", "--json").output)["entries"] == []
    assert len(json.loads(invoke("register", study, "decision", "history", "--json").output)["entries"]) == 3
    assert (
        "no entries yet; an entry has date, decision" in invoke("register", study, "decision", "list").output
    )


def test_csv_goes_out_and_comes_back(study, tmp_path):
    """An export opens without running anything, and importing it again changes nothing."""
    invoke("register", study, "decision", "add", *entry())
    path = tmp_path / "out.csv"
    assert invoke("register", study, "decision", "export", path).exit_code == 0
    assert "'=1+1" in path.read_text("utf-8-sig")
    assert (
        "0 new, 0 corrected, 1 as they were" in invoke("register", study, "decision", "import", path).output
    )
    assert Study(study).registers.read("decision")["reason"].tolist() == ["=1+1"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["decision", "import"], 2, "expected a CSV file to import"),
        (["decision", "import", "absent.csv"], 1, "expected to read absent.csv"),
        (["decision", "add", "--set", "date"], 2, "expected COLUMN=VALUE"),
        (["decision", "add", *entry(source="")], 1, "expected source"),
        (["decision", "add", "--set", "date=1", "--set", "date=2"], 1, "date twice"),
        (["nonsense", "list"], 2, "nonsense"),
        (["decision", "withdraw", "--id", "x", "--reason", "y"], 1, "id of an entry that stands"),
    ],
)
def test_mistakes_are_one_line(study, words, code, message):
    """Wrong usage is 2, a refused entry 1; the message says what was expected."""
    done = invoke("register", study, *words)
    assert (done.exit_code, message in " ".join(done.output.split())) == (code, True), done.output
