"""What a repeated report does besides: say in one line what changed, let old runs go, and log it for machines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dedupelab.commands.compare import compared
from dedupelab.commands.terminal import FILE, INCOMPLETE
from dedupelab.errors import DedupelabError

if TYPE_CHECKING:
    from dedupelab.schedule.journal import Journal
    from dedupelab.study.study import Study


HEADLINE = "M1"
KEEP = click.option(
    "--keep",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Delete all but so many of the newest runs; 0 keeps all.",
)
LOG = click.option(
    "--log",
    type=FILE,
    default=None,
    help="Append what happens to this file as JSON lines; beside the runs if not given.",
)


def conclude(
    study: Study, run: Path, before: Path | None, incomplete: list[str], keep: int, log: Journal
) -> dict[str, object]:
    """Let old runs go, log the end, and return what the command says of it: `summary`, `since`, `removed`."""
    from dedupelab.publish.runs import forget_old

    changes = _changes(before, run)
    counts = {str(k): int(v) for k, v in study.images()["status"].value_counts().items()}
    removed = forget_old(run.parent, keep)
    parts = [f"{sum(counts.values()):,} files, {counts.get('unreadable', 0):,} unreadable", changes]
    parts += ["incomplete"] if incomplete else []
    parts += [f"{len(removed):,} old runs removed"] if removed else []
    facts: dict[str, object] = {
        "summary": f"{study.name}: " + "; ".join(parts),
        "since": before.name if before else None,
        "removed": removed,
    }
    code = INCOMPLETE if incomplete else 0
    log.write(
        "end",
        run_folder=str(run),
        exit=code,
        stages=study.execution.ran,
        incomplete=incomplete,
        **counts,
        **facts,
    )
    return facts


def _changes(before: Path | None, run: Path) -> str:
    """Say in a few words what is other than in the run before."""
    from dedupelab.publish.runs import made_from

    if before is None:
        return "first run"
    if run == before:
        return f"nothing changed since {before.name}, so no run was written"
    try:
        found = compared(before, run)
    except (DedupelabError, OSError) as problem:  # a run of another version is no reason to fail today's
        return f"not comparable with {before.name}: {' '.join(str(problem).split())}"
    if found.same:
        new = "" if made_from(run) == made_from(before) else " in pictures, relations and numbers"
        return f"nothing changed{new} since {before.name}"
    counts = (("appeared", found.appeared), ("disappeared", found.disappeared), ("changed", found.changed))
    told = [f"{len(paths):,} {word}" for word, paths in counts if paths]
    told += [f"{len(found.moved):,} numbers moved"] if found.moved else []
    for each in found.moved:
        if each.result.id == HEADLINE and each.before is not None and each.after is not None:
            told.append(f"surplus copies {each.before:.1%} -> {each.after:.1%}")
    told = told or ["relations changed"]
    return f"since {before.name}: " + ", ".join(told)
