"""`dedupelab compare`: what changed between two runs of a study; the comparison itself is in `numbers/comparison.py`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dedupelab.commands.terminal import FOLDER, JSON, inert, say
from dedupelab.errors import TableError

if TYPE_CHECKING:
    import pandas as pd

    from dedupelab.numbers.comparison import Comparison, Moved


_SHOWN = 10


@click.command("compare")
@click.argument("before", type=FOLDER)
@click.argument("after", type=FOLDER)
@JSON
def compare_command(before: Path, after: Path, *, as_json: bool) -> None:
    """Say what changed from run BEFORE to run AFTER: pictures, relations, numbers and the inputs that moved them."""
    found = compared(before, after)
    following = f"compare {before / 'tables'} with {after / 'tables'}"
    say(as_json, _facts(found), *_lines(found), following)


def compared(before: Path, after: Path) -> Comparison:
    """Return what changed between two run folders; raises TableError where one is none."""
    from dedupelab.numbers.comparison import compare_runs
    from dedupelab.numbers.results import load_results

    old, new = (load_results(run / "results.json") for run in (before, after))
    return compare_runs(_tables(before), _tables(after), old, new)


def _tables(run: Path) -> dict[str, pd.DataFrame]:
    from dedupelab import tables

    found = {}
    for table in (tables.IMAGES, tables.PAIRS):
        path = run / "tables" / table.file
        if not path.exists():
            raise TableError(f"expected a run folder with {path}, got none; name two folders under reports/")
        found[table.name] = tables.read(table, path)
    return found


def _facts(found: Comparison) -> dict[str, object]:
    return {
        "same": found.same,
        "appeared": found.appeared,
        "disappeared": found.disappeared,
        "changed": found.changed,
        "relations": [{"before": a, "after": b, "pairs": n} for (a, b), n in found.relations.items()],
        "numbers": [
            {
                "id": each.result.id,
                "before": each.before,
                "after": each.after,
                "unit": each.result.unit,
                "inputs": [{"name": n, "before": a, "after": b} for n, a, b in each.inputs],
            }
            for each in found.moved
        ],
    }


def _lines(found: Comparison) -> list[str]:
    if found.same:
        return ["nothing changed: the same pictures, relations and numbers"]
    lines = []
    for title, paths in (
        ("appeared", found.appeared),
        ("disappeared", found.disappeared),
        ("changed", found.changed),
    ):
        shown = "; ".join(map(inert, paths[:_SHOWN]))
        more = f" and {len(paths) - _SHOWN:,} more" if len(paths) > _SHOWN else ""
        lines.append(f"pictures {title}: {len(paths):,}" + (f" ({shown}{more})" if paths else ""))
    lines += [f"pairs {a} -> {b}: {n:,}" for (a, b), n in found.relations.items()]
    for each in found.moved:
        lines.append(
            f"{each.result.id} {each.result.label}: {_value(each, each.before)} -> {_value(each, each.after)}"
        )
        lines += [f"    {name}: {a} -> {b}" for name, a, b in each.inputs]
    return lines


def _value(each: Moved, value: float | None) -> str:
    from dedupelab.publish.chapters import wording

    if value is None:
        return (
            f"not estimated (needs {', '.join(map(str, each.needs))})"
            if each.needs and each.after is None
            else "not estimated"
        )
    return wording.quantity(value, each.result.unit)
