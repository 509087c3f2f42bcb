"""`dedupelab check-report`: a run held against the seventeen criteria; the checks themselves are in `publish/criteria/`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dedupelab.commands.terminal import FOLDER, INCOMPLETE, JSON, say
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
    facts = {**summary(outcomes), "criteria": [asdict(outcome) for outcome in outcomes]}
    failed = next((outcome for outcome in outcomes if outcome.state == "fail"), None)
    following = f"mend {failed.id} ({failed.reason}), then report again" if failed else "hand it in"
    say(as_json, facts, *lines(outcomes), one_line(outcomes), following)
    if failed:
        click.get_current_context().exit(INCOMPLETE)
