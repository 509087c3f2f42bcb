"""Entries as a form shows them: the fields of one, which ones there are, and what each says, all as text."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dedupelab.errors import ConfigError
from dedupelab.registers.register_fields import KINDS, WITHDRAWN, Field, as_text
from dedupelab.registers.registers import Registers

IDENTITY = Field("id", "text", "given when empty; that of an entry corrects it")
CONFIDENTIAL = "confidential"


@dataclass(frozen=True)
class Sheet:
    """One kind of entry: `keys` are those that can be chosen, with what they are; `entries` what those say that are there."""

    title: str
    fields: tuple[Field, ...]
    keys: Mapping[str, str] = field(default_factory=dict)
    entries: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    note: str = ""

    def wrong(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return what is wrong with single fields: for each expected, got, remedy."""
        told = {}
        for each in self.fields:
            try:
                each.read(values.get(each.name, ""))
            except ConfigError as problem:
                told[each.name] = str(problem)
        return told


@dataclass(frozen=True)
class RegisterSheets:
    """The registers of a study, a sheet each. Confidential entries are counted and not shown, nor is who wrote one."""

    registers: Registers
    signed = True
    """Whether who writes is kept with an entry."""
    entry = "Entry"
    """What is chosen in a sheet."""

    def titles(self) -> dict[str, str]:
        """Return the sheets' names and what they are called."""
        return {kind: kind for kind in KINDS}

    def sheet(self, name: str) -> Sheet:
        """Return one register as it stands."""
        rows = self.registers.read(name)
        shown = rows[rows["confidentiality"] != CONFIDENTIAL] if "confidentiality" in rows else rows
        fields = (IDENTITY, *KINDS[name], WITHDRAWN)
        entries = {
            str(row["id"]): {each.name: as_text(row[each.name]) for each in fields}
            for row in shown.to_dict("records")
        }
        hidden = len(rows) - len(shown)
        return Sheet(
            name,
            fields,
            {"": "a new entry", **dict.fromkeys(entries, "")},
            entries,
            f"{hidden:,} confidential entries are not shown." if hidden else "",
        )

    def write(
        self, name: str, key: str, values: Mapping[str, str], *, who: str, correct: bool, before: Mapping[str, str]
    ) -> tuple[str, str]:  # fmt: skip
        """Write an entry; return what was done and the key of what to show next.

        Raises
        ------
        ConfigError
            If it cannot stand, or the entry that it corrects was corrected meanwhile.
        OutputError, TableError
            If the file cannot be written or read.
        """
        if before and self.sheet(name).entries.get(key) != before:
            raise ConfigError(
                f"expected {key} as the form showed it, got another: somebody corrected it meanwhile; choose it again to see it"
            )
        done = self.registers.add(name, [values], who=who, correct=correct)
        return "Written." if done.new else "Corrected." if done.corrected else "It stands so already.", ""
