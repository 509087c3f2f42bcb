"""The form writes what was typed, and says in one line what was wrong."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from dedupelab.lab import views
from dedupelab.lab.forms import register_form
from dedupelab.registers.register_fields import KINDS
from dedupelab.registers.registers import Registers


@pytest.fixture
def study(tmp_path: Path):
    return SimpleNamespace(registers=Registers.of(tmp_path))


def controls(form):
    kind, who, identity, columns, buttons, message, standing = form.children
    return {
        "kind": kind, "who": who, "id": identity, "columns": columns, "button": buttons.children[0], "correct": buttons.children[1],
        "message": message, "standing": standing,
    }  # fmt: skip


def fill(form, **values):
    found = controls(form)
    names = [field.name for field in KINDS[found["kind"].value]]
    for name, value in values.items():
        found["columns"].children[names.index(name)].value = value
    found["button"].click()
    return found


DECISION = {
    "date": "2026-03-01",
    "decision": "<b>ten</b>",
    "reason": "pilot",
    "decided_by": "board",
    "source": "minutes",
}


def test_an_entry_is_written(study):
    """What was typed stands in the register with the writer, and is shown as text."""
    form = register_form(study)
    controls(form)["kind"].value = "decision"
    controls(form)["who"].value = "Mei"
    found = fill(form, **DECISION)
    assert study.registers.read("decision")[["who", "decision"]].to_numpy().tolist() == [
        ["Mei", "<b>ten</b>"]
    ]
    assert "written" in found["message"].value
    assert "&lt;b&gt;ten" in found["standing"].value


def test_confidential_entries_are_counted_not_shown(study):
    """Neither the entry nor who wrote it stands in the view; how many are hidden does."""
    entry = {
        "kind": "stall",
        "opened": "2026-01-01",
        "organisation": "Harbour",
        "confidentiality": "confidential",
        "source": "letter",
    }
    study.registers.add(
        "incident", [entry, entry | {"organisation": "Peak", "confidentiality": "public"}], who="Mei"
    )
    shown = views.register(study, "incident")
    assert "1 confidential entries are not shown" in shown.markup
    assert "Peak" in shown.markup
    assert "Harbour" not in shown.markup
    assert "Mei" not in shown.markup


def test_what_is_wrong_is_said(study):
    """A missing source is one line, harmless, and nothing is written."""
    form = register_form(study)
    controls(form)["kind"].value = "decision"
    controls(form)["who"].value = "Mei"
    found = fill(form, **(DECISION | {"source": "", "date": "<script>"}))
    assert "expected" in found["message"].value
    assert "<script>" not in found["message"].value
    assert len(study.registers.read("decision")) == 0


def test_a_correction_is_meant(study):
    """An id that exists is corrected only where the box is ticked."""
    form = register_form(study)
    controls(form)["kind"].value = "decision"
    controls(form)["id"].value = "D-1"
    controls(form)["who"].value = "Mei"
    fill(form, **DECISION)
    assert "expected a new id" in fill(form, reason="two pilots")["message"].value
    controls(form)["correct"].value = True
    fill(form, reason="two pilots")
    assert study.registers.read("decision")["reason"].tolist() == ["two pilots"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_register_has_its_columns(study, kind):
    """Each column is a control that says whether it must be filled in."""
    form = register_form(study)
    controls(form)["kind"].value = kind
    labels = [control.description for control in controls(form)["columns"].children]
    assert labels == [field.name + (" *" if field.required else "") for field in KINDS[kind]]
