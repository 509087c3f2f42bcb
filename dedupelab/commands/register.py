"""`dedupelab register`: the paper trail from the command line; the registers themselves are in `registers/registers.py`."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dedupelab.commands.terminal import FILE, JSON, STUDY, say
from dedupelab.errors import ConfigError, to_type
from dedupelab.registers.register_fields import KINDS

if TYPE_CHECKING:
    import pandas as pd

ACTIONS = ("list", "add", "import", "export", "withdraw", "history")
_WIDEST = 32


@click.command("register")
@STUDY
@click.argument("kind", type=click.Choice([*KINDS]))
@click.argument("action", type=click.Choice(ACTIONS))
@click.argument("file", type=FILE, required=False)
@click.option(
    "--set", "settings", multiple=True, metavar="COLUMN=VALUE", help="A column of the entry to add; repeat."
)
@click.option("--id", "identity", default="", help="Entry to add, correct or withdraw.")
@click.option("--correct", is_flag=True, help="Add: the id exists, this corrects it.")
@click.option("--reason", default="", help="Withdraw: why the entry no longer counts.")
@click.option("--by", default="", help="Who writes; the name of the login if not given.")
@JSON
def register_command(
    study: Path,
    kind: str,
    action: str,
    file: Path | None,
    settings: tuple[str, ...],
    identity: str,
    by: str,
    reason: str,
    *,
    correct: bool,
    as_json: bool,
) -> None:
    """Write down what only people know: workflow, incidents, licences, assumptions, decisions, intended copies.

    ACTION is list, add (with --set), import FILE, export FILE, withdraw (with --id and --reason) or history. Entries are
    never changed or deleted: a correction is a further entry, with who and when.
    """
    from dedupelab.registers.register_csv import read_csv, write_csv
    from dedupelab.study.study import Study

    registers = Study(study).registers
    if action in {"import", "export"} and file is None:
        raise click.UsageError(
            f"expected a CSV file to {action}, got none: {to_type('register', study, kind, action, 'FILE')}"
        )
    facts: dict[str, object] = {"register": kind, "file": str(registers.path)}
    if action in {"list", "history"}:
        rows = registers.read(kind) if action == "list" else registers.history(kind)
        facts["entries"] = json.loads(rows.to_json(orient="records"))
        lines = _listing(kind, rows)
    elif action == "export":
        assert file is not None
        rows = registers.read(kind)
        facts |= {"written": str(write_csv(kind, rows, file)), "entries": len(rows)}
        lines = [f"{len(rows):,} entries: {file}"]
    elif action == "withdraw":
        registers.withdraw(kind, identity, reason, who=by or getpass.getuser())
        facts["withdrawn"] = identity
        lines = [f"withdrawn: {kind} {identity}"]
    else:
        assert file is not None or action == "add"
        entries = [_entry(settings, identity)] if action == "add" else read_csv(kind, Path(file or ""))
        done = registers.add(
            kind, entries, who=by or getpass.getuser(), correct=correct or action == "import"
        )
        facts |= {"new": done.new, "corrected": done.corrected, "unchanged": done.unchanged}
        lines = [f"{done.new:,} new, {done.corrected:,} corrected, {done.unchanged:,} as they were"]
    say(as_json, facts, *lines, f"register: {registers.path}", to_type("report", study))


def _entry(settings: tuple[str, ...], identity: str) -> dict[str, object]:
    entry: dict[str, object] = {"id": identity}
    for item in settings:
        name, separator, value = item.partition("=")
        if not separator:
            raise click.BadParameter(f"expected COLUMN=VALUE, got {item!r}", param_hint="--set")
        if name in entry:
            raise ConfigError(f"expected each column once, got {name} twice; keep one")
        entry[name] = value
    return entry


def _listing(kind: str, rows: pd.DataFrame) -> list[str]:
    """Return the entries line by line, without columns that are empty throughout."""
    from dedupelab.registers.register_csv import columns

    if not len(rows):
        wanted = ", ".join(
            f.name + ("" if f.required else " (optional)") for f in KINDS[kind] if f.name in columns(kind)
        )
        return [f"no entries yet; an entry has {wanted}"]
    shown = rows.dropna(axis=1, how="all")
    texts = [[_short(value) for value in row] for row in shown.itertuples(index=False)]
    return ["  ".join(map(str, shown.columns)), *("  ".join(line) for line in texts)]


def _short(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124  NaN
        return "-"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    printable = "".join(c if c.isprintable() else " " for c in text)
    return printable if len(printable) <= _WIDEST else printable[: _WIDEST - 1] + "…"
