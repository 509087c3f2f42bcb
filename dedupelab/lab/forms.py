"""One form in JupyterLab for what people write down: the registers, and the inputs of harm and options in study.toml.

Thin: what an entry consists of, what is refused and where it is kept is said by `registers.sheets` and `settings.written_inputs`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from dedupelab.errors import DedupelabError
from dedupelab.registers.sheets import RegisterSheets, Sheet
from dedupelab.study.study import Study

if TYPE_CHECKING:
    from dedupelab.lab.front import FormWidget

ROWS = 200
"""Entries that are listed at most."""


class Sheets(Protocol):
    """Where entries are kept."""

    @property
    def signed(self) -> bool:
        """Whether who writes is kept."""

    @property
    def entry(self) -> str:
        """What is chosen in a sheet."""

    def titles(self) -> dict[str, str]:
        """Return the sheets' names and what they are called."""

    def sheet(self, name: str, /) -> Sheet:
        """Return one as it stands."""

    def write(
        self, name: str, key: str, values: Mapping[str, str], /, *, who: str, correct: bool, before: Mapping[str, str]
    ) -> tuple[str, str]:  # fmt: skip
        """Write an entry that stood as `before`; return what was done and the key of what to show next. Without values it is taken out."""


def register_form(study: Study) -> "FormWidget":
    """Return a form in which entries are written into the study's registers, with what stands below.

    Keyboard: Tab moves between the fields, Enter writes. What is wrong is said beside its field; nothing is written then.
    """
    return EntryForm(RegisterSheets(study.registers)).widget


class EntryForm:
    """What the form does when a person does something."""

    def __init__(self, sheets: Sheets) -> None:
        from dedupelab.lab.front import FormWidget  # noqa: PLC0415  widgets load only where there is a notebook

        self.sheets = sheets
        self.widget = FormWidget()
        self.widget.still = "<p>A form: run the cells of this notebook in JupyterLab (Run, Run All Cells) to write entries.</p>"
        self._show(next(iter(sheets.titles())), "")
        self.widget.on_msg(lambda _widget, content, _buffers: self.hear(content))

    def hear(self, said: dict[str, Any]) -> None:
        """Do what a person asked for; what goes wrong is shown and loses nothing that was typed."""
        actions = {"choose": self._choose, "write": self._write, "take out": self._take_out}
        try:
            actions[str(said.get("do"))](said)
        except (DedupelabError, OSError) as problem:
            self._tell(str(problem), alarm=True)

    def _choose(self, said: dict[str, Any]) -> None:
        self._show(str(said.get("sheet", "")), str(said.get("key", "")))
        self._tell("")

    def _write(self, said: dict[str, Any]) -> None:
        shown = self.widget.view
        values = {str(name): str(value) for name, value in (said.get("values") or {}).items()}
        if wrong := self.sheets.sheet(shown["sheet"]).wrong(values):
            self._tell(next(iter(wrong.values())), alarm=True, wrong=wrong)
            return
        self._keep(values, who=str(said.get("who", "")), correct=bool(said.get("correct")))

    def _take_out(self, _said: dict[str, Any]) -> None:
        self._keep({})

    def _keep(self, values: Mapping[str, str], *, who: str = "", correct: bool = True) -> None:
        shown = self.widget.view
        message, key = self.sheets.write(
            shown["sheet"], shown["key"], values, who=who, correct=correct, before=shown["values"]
        )
        self._show(shown["sheet"], key)
        self._tell(message)

    def _show(self, name: str, key: str) -> None:
        """Show a sheet with an entry of it; the first that can be chosen where there is none of that key."""
        sheet = self.sheets.sheet(name)
        chosen = key if key in sheet.keys else next(iter(sheet.keys))
        values = sheet.entries.get(chosen, {})
        heads = [
            field.name for field in sheet.fields if any(each[field.name] for each in sheet.entries.values())
        ]
        named = [head for head in heads if head not in {"id", "name"}]
        self.widget.view = {
            "sheets": [list(each) for each in self.sheets.titles().items()],
            "sheet": name,
            "entry": self.sheets.entry,
            "keys": [[each, f"{each.replace('_', ' ')}: {what}" if each and what else each or what] for each, what in sheet.keys.items()],
            "key": chosen,
            "fields": [
                {"name": f.name, "meaning": f.meaning, "required": f.required, "choices": list(f.choices)}
                for f in sheet.fields
            ],
            "values": dict(values),
            "signed": self.sheets.signed,
            "correct": bool(values),
            "removable": not self.sheets.signed and bool(values) and bool(chosen),
            "standing": {
                "heads": [self.sheets.entry, *named],
                "rows": [
                    [key.replace("_", " "), *(each[head] for head in named)] for key, each in list(sheet.entries.items())[:ROWS]
                ],
            },
            "note": sheet.note,
            "stamp": int(self.widget.view.get("stamp", 0)) + 1,
        }  # fmt: skip

    def _tell(self, message: str, *, alarm: bool = False, wrong: Mapping[str, str] | None = None) -> None:
        # The stamp lets the same words be told again.
        stamp = int(self.widget.told.get("stamp", 0)) + 1
        self.widget.told = {"message": message, "alarm": alarm, "wrong": dict(wrong or {}), "stamp": stamp}
