"""The main job: everything in order, ending in the run folder."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import click

from dedupelab.commands.routine import KEEP, LOG, conclude
from dedupelab.commands.terminal import JSON, PATH, PROGRESS, STUDY, bars, end, opened_study
from dedupelab.errors import to_type


@click.command("report")
@STUDY
@click.option("--out", type=PATH, help="Where runs land; otherwise [report] out, else ./reports.")
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="TAG",
    help="Language, such as en or zh-Hant-HK; repeat for more.",
)
@click.option("--notebooks/--no-notebooks", default=True, help="Whether to run the notebooks.")
@click.option("--members", is_flag=True, help="Write a report for each member, too; as [report] members.")
@click.option(
    "--skip-unchanged", is_flag=True, help="Write no run where nothing changed since the newest one."
)
@click.option(
    "--gallery",
    is_flag=True,
    help="Write pages with the pictures behind the numbers; the HTML paper links to them.",
)
@KEEP
@LOG
@PROGRESS
@JSON
def report_command(
    study: Path,
    out: Path | None,
    languages: tuple[str, ...],
    keep: int,
    log: Path | None,
    *,
    notebooks: bool,
    members: bool,
    skip_unchanged: bool,
    gallery: bool,
    progress: bool,
    as_json: bool,
) -> None:
    """Run everything in order and write the run folder: tables, notebooks, and the paper as HTML, PDF and DOCX."""
    from dedupelab.pack.report import report
    from dedupelab.publish.runs import newest
    from dedupelab.schedule.journal import FILE, journal

    opened = opened_study(study)
    home = Path(out or opened.config.report.out) / opened.name
    with journal(log or home / FILE, opened.name) as lines, opened.store.lock():
        before = newest(home)
        run = report(
            opened,
            out,
            languages=languages,
            notebooks=notebooks,
            members=members,
            gallery=gallery,
            skip_unchanged=skip_unchanged,
            bars=lines.follow(partial(bars, lines=progress)),
        )
        incomplete = opened.incomplete()
        routine = conclude(opened, run, before, incomplete, keep, lines)
    for note in json.loads((run / "run.json").read_text(encoding="utf-8"))["notes"]:
        click.echo(f"note: {note}", err=True)
    papers = sorted(
        str(run.parent / "latest" / path.name)
        for name in ("letter", "report", "summary")
        for path in run.glob(f"{name}.*")
    )
    checks = json.loads((run / "check.json").read_text(encoding="utf-8"))
    headline = next((r for r in opened.results() if r.id == "M1"), None)
    found = "no pictures could be compared"
    if headline is not None and headline.value is not None:
        found = f"surplus copies: {headline.value:.1%} of {headline.denominator:,.0f} pictures" + (
            f"; {headline.caveat}" if headline.caveat else ""
        )
    if as_json:
        share = None if headline is None else headline.value
        facts: dict[str, Any] = {
            "run": str(run),
            "papers": papers,
            "M1": share,
            "incomplete": incomplete,
            "checks": {name: checks[name] for name in ("pass", "fail", "not_applicable")},
        }
        click.echo(json.dumps(facts | routine, ensure_ascii=False))
    else:
        passed = checks["pass"]
        failed = [each["id"] for each in checks["criteria"] if each["state"] == "fail"]
        checked = f"checks: {passed} of {len(checks['criteria'])} passed, {checks['not_applicable']} not applicable, "
        checked += f"{len(failed)} open ({', '.join(failed)})" if failed else "none open"
        told = [found, str(routine["summary"]), f"next: {to_type('lab', study)}", f"run: {run}", checked]
        click.echo("\n".join([*told, "the report:", *papers]))
    end(incomplete)
