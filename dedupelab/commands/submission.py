"""`dedupelab check-report`: a run held against the seventeen criteria; the checks themselves are in `publish/criteria/`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dedupelab.commands.terminal import FOLDER, INCOMPLETE, JSON
from dedupelab.errors import PackError

if TYPE_CHECKING:
    from dedupelab.publish.criteria.criteria import Found


def _verified(run: Path) -> Found:
    """Say whether a run and its pack are as they were signed."""
    from dedupelab.pack.verify import verify

    try:
        found = verify(run)
    except PackError as problem:
        return "fail", str(problem)
    return (
        "pass",
        f"the run and its pack, {found.files:,} files, are as key {found.signed.known_as} signed them",
    )


@click.command("check-report")
@click.argument("run", type=FOLDER)
@JSON
def check_report_command(run: Path, *, as_json: bool) -> None:
    """Hold RUN, a run folder, against the 17 criteria of good evidence; exit code 3 while any is open."""
    from dedupelab.publish.criteria.check import check_run, lines, one_line, summary

    outcomes = check_run(run, _verified(run))
    if as_json:
        facts = {**summary(outcomes), "criteria": [asdict(outcome) for outcome in outcomes]}
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        click.echo("\n".join([*lines(outcomes), one_line(outcomes)]))
        failed = next((outcome for outcome in outcomes if outcome.state == "fail"), None)
        click.echo(
            "next: hand it in"
            if failed is None
            else f"next: mend {failed.id} ({failed.reason}), then report again"
        )
    if summary(outcomes)["fail"]:
        click.get_current_context().exit(INCOMPLETE)
