"""The command that says how long a study will take."""

from pathlib import Path

import click

from dedupelab.commands.terminal import JSON, STUDY, say
from dedupelab.errors import to_type


@click.command("estimate")
@STUDY
@click.option(
    "--files",
    type=click.IntRange(min=1),
    default=None,
    help="Speak of so many files instead of those listed.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    multiple=True,
    help="Number of workers to speak of; repeat for more.",
)
@JSON
def estimate_command(study: Path, files: int | None, workers: tuple[int, ...], *, as_json: bool) -> None:
    """Say how long scan and match will take, and how much memory, from a few seconds of measuring."""
    from dedupelab.study.study import Study

    found = Study(study).estimate(workers=workers, files=files or 0)
    following = "match" if found.scanned else "scan"
    say(as_json, found.facts(), *found.lines(), to_type(following, study))
